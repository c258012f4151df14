/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "evidence.h"
#include "message.h"
#include "net.h"
#include "roles.h"
#include "say.h"
#include "session.h"

/* Everything this process holds. */
struct send {
	const struct job *job;
	struct net net;
	struct channel seal;
	struct http_reply reply;
	char session[URL_PATH_MAX]; /* where the evidence goes */
	uint8_t nonce[NONCE_LEN];
	uint8_t *bundle;
};

/*
 * One request to TARGET and its answer, a session of at most CAP bytes with
 * one of two status codes.  The caller frees *JSON.
 */
static enum status
send_request(struct send *s, struct http_request *req, struct bytes body,
    const unsigned want[2], size_t cap, uint8_t **json)
{
	enum status st;

	req->accept = SESSION_MEDIA_TYPE;
	if ((*json = malloc(cap)) == NULL)
		return say(NO_MEMORY, "for the answer");
	st = net_post(&s->net, req, body, writer_of(*json, cap), &s->reply,
	    s->job->deadline);
	if (st == OK && !session_type_ok(s->reply.content_type))
		st = say(SESSION_MALFORMED, "%s: the answer is not of type %s",
		    req->target, SESSION_MEDIA_TYPE);
	if (st == OK && s->reply.status != want[0] &&
	    s->reply.status != want[1])
		st = say(SESSION_MALFORMED, "%s: HTTP status %u, not %u",
		    req->target, s->reply.status, want[0]);
	return st;
}

/* A word too many changes nothing here, and the operator should know. */
static void
send_note_stray(const struct send *s, const char *target)
{
	char name[STRAY_MAX];

	if (session_stray(writer_view(&s->reply.body), name))
		(void)say(VERIFIER_ANOMALY, "%s: \"%s\": %s", target, name,
		    status_text(VERIFIER_ANOMALY));
}

/* Ask for a session: out of it come a nonce and a place to send to. */
static enum status
send_open_session(struct send *s)
{
	char target[URL_PATH_MAX + sizeof(SESSION_NEW)];
	struct http_request req = {.target = target};
	uint8_t *json = NULL;
	enum status st;

	(void)snprintf(
	    target, sizeof(target), "%s%s", s->net.url.path, SESSION_NEW);
	st = send_request(s, &req, (struct bytes){NULL, 0},
	    (const unsigned[]){201, 201}, HTTP_BODY_MAX, &json);
	if (st != OK)
		goto out;
	st = session_parse_new(writer_view(&s->reply.body), s->nonce);
	if (st != OK) {
		(void)say(st, "%s: %s", target, status_text(st));
		goto out;
	}
	send_note_stray(s, target);
	st = url_locate(&s->net.url, target, s->reply.location, s->session);
	if (st != OK)
		(void)say(st,
		    "%s: its Location is missing, odd, or of "
		    "another origin",
		    target);
out:
	free(json);
	return st;
}

/* 32 bytes inwards, a bundle outwards. */
static enum status
send_get_bundle(struct send *s, struct writer *bundle)
{
	enum status st = channel_send(
	    &s->seal, MESSAGE_NONCE, BYTES_OF(s->nonce), s->job->deadline);

	if ((s->bundle = malloc(EVIDENCE_MAX)) == NULL)
		return say(NO_MEMORY, "for the bundle");
	*bundle = writer_of(s->bundle, EVIDENCE_MAX);
	if (st == OK)
		st = channel_receive(
		    &s->seal, MESSAGE_BUNDLE, bundle, s->job->deadline);
	if (st != OK && st != PROCESS_DIED)
		(void)say(st, "waiting for the bundle: %s", status_text(st));
	return st;
}

/*
 * Hand the evidence over.  Whether it was taken is all that matters here:
 * the result in the answer is not read, whatever it says.
 */
static enum status
send_evidence(struct send *s, struct bytes bundle)
{
	struct http_request req = {
	    .target = s->session,
	    .content_type =
	        MEDIA_EVIDENCE "; cmwc_t=\"" EVIDENCE_PROFILE_URI "\"",
	};
	/* The API lets a server echo the evidence in base64. */
	size_t cap = HTTP_BODY_MAX + (bundle.n + 2) / 3 * 4;
	uint8_t *json = NULL;
	enum status st = send_request(
	    s, &req, bundle, (const unsigned[]){200, 202}, cap, &json);

	if (st != OK)
		goto out;
	send_note_stray(s, s->session);
	st = session_parse_receipt(writer_view(&s->reply.body));
	if (st != OK)
		(void)say(st, "%s: %s", s->session,
		    st == HTTP_STATUS ? "the verifier says the session failed"
		                      : status_text(st));
out:
	free(json);
	return st;
}

enum status
send_run(const struct job *job)
{
	const struct config *cf = job->config;
	struct send *s = calloc(1, sizeof(*s));
	struct writer bundle;
	enum status st;

	if (s == NULL)
		return say(NO_MEMORY, "at the start");
	s->job = job;
	s->seal = channel_of(job->fd[FD_FRONT], ROLE_SEND, ROLE_SEAL, &report_messages);

	/* Names, certificates, seeds: all that needs a file comes first. */
	json_object_seed(0);
	if ((st = crypto_init()) != OK) {
		(void)say(st, "cryptography");
		goto out;
	}
	if ((st = net_open(&s->net, cf->verifier, cf->ca_file)) != OK)
		goto out;

	if (!sandbox_filter(&job->sandbox, SANDBOX_SEND, false)) {
		st = say(SANDBOX_FAILED, "seccomp: %s", strerror(errno));
		goto out;
	}

	if ((st = send_open_session(s)) != OK)
		goto out;
	if ((st = send_get_bundle(s, &bundle)) != OK)
		goto out;
	st = send_evidence(s, writer_view(&bundle));
out:
	net_free(&s->net);
	free(s->bundle);
	free(s);
	return st;
}
