/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media.h"

enum {
	DISCOVERY_AGE = 300, /* seconds a client may keep the document */
};

/* What the store says about a session, as an answer. */
static void
answer_store(struct answer *out, enum status st, const struct fault *fault)
{
	switch ((int)st) {
	case SESSION_UNKNOWN:
		answer_problem(out, 404, st, fault->text);
		break;
	case SESSION_USED:
	case SESSION_EXPIRED:
		answer_problem(out, 400, st, fault->text);
		break;
	case SESSIONS_FULL:
		answer_problem(out, 503, st, NULL);
		out->retry_after = RETRY_AFTER;
		break;
	default:
		answer_trouble(out, st, fault);
		break;
	}
}

static bool
accepts_session(const struct request *request, struct answer *out)
{
	if (media_accepts(request->accept, MEDIA_SESSION))
		return true;
	answer_problem(
	    out, 406, USAGE, "this answer is only had as " MEDIA_SESSION);
	return false;
}

/* The session object; RESULT is NULL until there is one. */
static void
answer_session(struct answer *out, unsigned status,
    const struct session *session, const char *result)
{
	char nonce[SESSION_NONCE * 2];
	char expiry[TIME_LEN + 1];
	json_t *root;

	text_to_base64url(session->nonce, SESSION_NONCE, nonce);
	text_to_time(session->expiry, expiry);
	root = json_pack("{s:s, s:s, s:s, s:[s]}", "status",
	    session_word(session->state), "nonce", nonce, "expiry", expiry,
	    "accept", MEDIA_EVIDENCE);
	if (root != NULL && result != NULL &&
	    json_object_set_new(root, "result", json_string(result)) != 0) {
		json_decref(root);
		root = NULL;
	}
	answer_json(out, status, MEDIA_SESSION, root);
}

void
handle_new_session(
    struct service *service, const struct request *request, struct answer *out)
{
	struct session session = {.state = SESSION_WAITING};
	uint8_t id[16];
	enum status st;

	if (!accepts_session(request, out))
		return;
	if (request->nonce != NULL) {
		answer_problem(out, 400, USAGE,
		    "this verifier makes the nonce itself; leave out nonce=");
		return;
	}
	if (request->nonce_size != NULL &&
	    strcmp(request->nonce_size, "32") != 0) {
		answer_problem(out, 400, NONCE_SIZE,
		    "the nonce has 32 bytes here; ask for nonceSize=32");
		return;
	}

	if (!service->random(session.nonce, sizeof(session.nonce)) ||
	    !service->random(id, sizeof(id))) {
		answer_problem(out, 500, INTERNAL, "no random numbers");
		return;
	}
	text_to_uuid(id, session.id);
	session.created = service->now();
	session.expiry = session.created + service->nonce_ttl;
	if ((st = store_session_add(service->store, &session)) != OK) {
		answer_store(out, st, store_fault(service->store));
		return;
	}
	(void)snprintf(
	    out->location, sizeof(out->location), "session/%s", session.id);
	answer_session(out, 201, &session, NULL);
}

/* May this request bring evidence at all? */
static bool
evidence_fits(const struct request *request, struct answer *out)
{
	if (!accepts_session(request, out))
		return false;
	if (!media_is_evidence(request->content_type)) {
		answer_problem(out, 415, CMW_TYPE,
		    "evidence is " MEDIA_CMW " of the profile " MEDIA_PROFILE);
		out->accept = MEDIA_EVIDENCE;
		return false;
	}
	if (request->content_encoding != NULL &&
	    strcmp(request->content_encoding, "identity") != 0) {
		answer_problem(
		    out, 415, USAGE, "send evidence without an encoding");
		out->accept_encoding = "identity";
		return false;
	}
	if (request->body_len == 0) {
		answer_problem(
		    out, 400, FILE_EMPTY, "the body has no evidence");
		return false;
	}
	return true;
}

/* Is the session still there for evidence?  Spares work on others. */
static enum status
session_waits(const struct session *session, int64_t now, struct fault *fault)
{
	if (session->state != SESSION_WAITING)
		return fault_set(fault, SESSION_USED,
		    "the session had its evidence; begin a new one");
	if (session->expiry <= now)
		return fault_set(fault, SESSION_EXPIRED,
		    "the session's nonce has expired; begin a new one");
	return OK;
}

/* Is the fault in this very appraisal, so that trying again is no use? */
static bool
is_final(enum status st)
{
	return st == INTERNAL || st == CRYPTO_FAILED;
}

void
handle_evidence(
    struct service *service, const struct request *request, struct answer *out)
{
	struct session session;
	struct fault fault = {0};
	int64_t now = service->now();
	char *result = NULL;
	enum status st;

	if (!evidence_fits(request, out))
		return;
	st = store_session_get(service->store, request->id, &session);
	if (st != OK) {
		answer_store(out, st, store_fault(service->store));
		return;
	}
	if ((st = session_waits(&session, now, &fault)) != OK) {
		answer_store(out, st, &fault);
		return;
	}

	/* Bad evidence is a result like any other; only we can fail. */
	st = appraiser_run(service->appraiser, &session, request->body,
	    request->body_len, now, &result, &fault);
	if (st != OK) {
		if (is_final(st))
			(void)store_session_fail(service->store, session.id);
		answer_store(out, st, &fault);
		return;
	}
	session.state = SESSION_COMPLETE;
	answer_session(out, 200, &session, result);
	free(result);
}

void
handle_get_session(
    struct service *service, const struct request *request, struct answer *out)
{
	struct session session;
	char *result = NULL;
	enum status st;

	if (!accepts_session(request, out))
		return;
	st = store_session_get(service->store, request->id, &session);
	if (st == OK && session.state == SESSION_COMPLETE)
		st = store_session_result(service->store, session.id, &result);
	if (st != OK)
		answer_store(out, st, store_fault(service->store));
	else
		answer_session(out, 200, &session, result);
	free(result);
}

void
handle_delete_session(
    struct service *service, const struct request *request, struct answer *out)
{
	enum status st = store_session_delete(service->store, request->id);

	if (st != OK)
		answer_store(out, st, store_fault(service->store));
	else
		out->status = 204;
}

void
handle_discovery(
    struct service *service, const struct request *request, struct answer *out)
{
	const char *type = MEDIA_DISCOVERY;
	json_t *key;

	if (!media_accepts(request->accept, type))
		type = MEDIA_JSON;
	if (!media_accepts(request->accept, type)) {
		answer_problem(out, 406, USAGE,
		    "this answer is only had as " MEDIA_DISCOVERY);
		return;
	}
	key = json_loads(service->jwk, 0, NULL);
	answer_json(out, 200, type,
	    json_pack("{s:o, s:[s], s:s, s:s, s:{s:s}}", "ear-verification-key",
	        key, "media-types", MEDIA_EVIDENCE, "version", ASSAY_VERSION,
	        "service-state", "READY", "api-endpoints",
	        "newChallengeResponseSession",
	        "/challenge-response/v1/newSession"));
	if (out->status == 200)
		out->max_age = DISCOVERY_AGE;
}

void
handle_health(
    struct service *service, const struct request *request, struct answer *out)
{
	(void)service;
	(void)request;
	if ((out->body = strdup("ok\n")) == NULL) {
		answer_problem(out, 500, NO_MEMORY, NULL);
		return;
	}
	out->body_len = strlen(out->body);
	out->type = MEDIA_TEXT;
	out->status = 200;
}
