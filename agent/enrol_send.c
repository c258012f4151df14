/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
/*
 * Enrolment: the keys go out, a credential comes in, its proof goes out; by
 * the network, or by files that an operator carries.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "enrol.h"
#include "net.h"
#include "say.h"

#define ENROLMENT  "/assay/v1/enrolment"
#define MEDIA_JSON "application/json"
enum { JSON_MAX = 64 * 1024 };

struct enrol {
	const struct job *job;
	struct net net;
	struct channel seal;
	struct http_reply reply;
	char id[CHALLENGE_ID_LEN + 1];
	uint8_t keys[KEYS_MAX], request[JSON_MAX], response[JSON_MAX];
	uint8_t blob[CREDENTIAL_MAX];
};

/* The keys as the API wants them. */
static void
put_keys(struct bytes keys, struct writer *w)
{
	static const char *const names[] = {
	    "{\"ek_cert\":\"", "\",\"ek_chain\":\"", "\",\"ek_pub\":\"",
	    "\",\"ak_pub\":\""};
	struct reader r = reader_of(keys);

	for (size_t i = 0; i < 4; i++) {
		struct bytes b = read_tpm2b(&r);

		if (i == 1 && b.n == 0)
			continue; /* a TPM may have no chain */
		write_str(w, names[i]);
		write_base64(w, b);
	}
	write_str(w, "\"}\n");
}

/* One request to PATH and its answer, of status WANT, into RESPONSE. */
static enum status
post(struct enrol *e, const char *path, struct bytes body, unsigned want)
{
	char target[2 * URL_PATH_MAX];
	struct http_request req = {
	    .target = target, .accept = MEDIA_JSON, .content_type = MEDIA_JSON};
	enum status st;

	(void)snprintf(target, sizeof(target), "%s%s", e->net.url.path, path);
	st = net_post(&e->net, &req, body, writer_of(e->response, JSON_MAX),
	    &e->reply, e->job->deadline);
	if (st == HTTP_STATUS && e->reply.code[0] != '\0')
		say_note("the verifier says %s; more stands in its log",
		    e->reply.code);
	else if (st == HTTP_STATUS)
		say_note("why, stands in the verifier's log");
	return st == OK && e->reply.status != want ? ENROLMENT_MALFORMED : st;
}

/* The one file that comes in, or the answer. */
static enum status
get_response(struct enrol *e, struct bytes request, struct bytes *out)
{
	enum status st;
	ssize_t n;

	if (e->job->fd[FD_RESPONSE] >= 0) {
		n = read(e->job->fd[FD_RESPONSE], e->response, JSON_MAX);
		*out = bytes_view(e->response, n < 0 ? 0 : (size_t)n);
		return n == JSON_MAX ? FILE_TOO_LARGE : OK;
	}
	st = post(e, ENROLMENT, request, 201);
	*out = writer_view(&e->reply.body);
	return st;
}

/* To the file, or to standard output. */
static enum status
put_file(const struct enrol *e, struct bytes b)
{
	int fd = e->job->fd[FD_OUT];
	ssize_t n = write(fd < 0 ? STDOUT_FILENO : fd, b.p, b.n);

	return n == (ssize_t)b.n && (fd < 0 || fsync(fd) == 0) ? OK
	                                                       : FILE_WRITE;
}

static enum status
give_proof(struct enrol *e, struct bytes proof)
{
	char path[sizeof(ENROLMENT) + 1 + CHALLENGE_ID_LEN], hex[65], json[96];
	struct bytes body;

	bytes_to_hex(proof, hex);
	(void)snprintf(json, sizeof(json), "{\"proof\":\"%s\"}\n", hex);
	body = bytes_str(json);
	(void)snprintf(path, sizeof(path), ENROLMENT "/%s", e->id);
	if (e->job->fd[FD_RESPONSE] < 0)
		return post(e, path, body, 200);
	say_note("send this to %s", path);
	return put_file(e, body);
}

static enum status
talk(struct enrol *e)
{
	const uint64_t deadline = e->job->deadline;
	uint8_t digest[32];
	struct writer keys = writer_of(e->keys, sizeof(e->keys));
	struct writer request = writer_of(e->request, sizeof(e->request));
	struct writer blob = writer_of(e->blob, sizeof(e->blob));
	struct writer proof = writer_of(digest, sizeof(digest));
	struct bytes response;
	enum status st;

	if ((st = channel_receive(&e->seal, MESSAGE_KEYS, &keys, deadline)) !=
	    OK)
		return st;
	put_keys(writer_view(&keys), &request);
	if (request.failed)
		return MESSAGE_REFUSED;
	if (e->job->keys_only)
		return put_file(e, writer_view(&request));
	st = get_response(e, writer_view(&request), &response);
	if (st == OK)
		st = enrol_parse_challenge(response, e->id, &blob);
	if (st == OK)
		st = channel_send(&e->seal, MESSAGE_CREDENTIAL,
		    writer_view(&blob), deadline);
	if (st == OK)
		st = channel_receive(
		    &e->seal, MESSAGE_PROOF, &proof, deadline);
	return st == OK ? give_proof(e, writer_view(&proof)) : st;
}

enum status
enrol_send_run(const struct job *job)
{
	const struct config *cf = job->config;
	struct enrol *e = calloc(1, sizeof(*e));
	bool online = !job->keys_only && job->fd[FD_RESPONSE] < 0;
	enum status st = NO_MEMORY;

	if (e == NULL)
		return say(st, "at the start");
	e->job = job;
	e->seal = channel_of(job->fd[FD_FRONT], ROLE_SEND, ROLE_SEAL, &enrol_messages);
	json_object_seed(0);
	if ((st = crypto_init()) == OK && online)
		st = net_open(&e->net, cf->verifier, cf->ca_file);
	if (st == OK && !sandbox_filter(&job->sandbox, SANDBOX_SEND, false))
		st = say(SANDBOX_FAILED, "seccomp");
	if (st == OK)
		st = talk(e);
	if (st == ENROLMENT_MALFORMED || st == FILE_WRITE ||
	    st == FILE_TOO_LARGE || st == CRYPTO_FAILED)
		(void)say(st, "%s", status_text(st));
	if (st == OK && online)
		say_note("%s has this host on record; an operator has to "
		         "approve it there", cf->verifier);
	net_free(&e->net);
	free(e);
	return st;
}
