/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment: a host shows that its TPM holds the keys it claims. */
#include "handlers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enrolment_json.h"
#include "media.h"

/* Is this a request that may be looked into? */
static bool
fits(const struct request *request, struct answer *out)
{
	if (!media_accepts(request->accept, MEDIA_JSON)) {
		answer_problem(out, 406, USAGE,
		    "this answer is only had as " MEDIA_JSON);
		return false;
	}
	if (!media_is(request->content_type, MEDIA_JSON)) {
		answer_problem(
		    out, 415, USAGE, "a request to enrol is " MEDIA_JSON);
		out->accept = MEDIA_JSON;
		return false;
	}
	return true;
}

/* What went wrong, as an answer. */
static void
answer_refusal(struct answer *out, enum status st, const struct fault *fault)
{
	switch ((int)st) {
	case ENROLMENT_UNKNOWN:
		answer_problem(out, 404, st, fault->text);
		return;
	case ENROLMENT_USED:
	case ENROLMENT_EXPIRED:
		answer_problem(out, 400, st, fault->text);
		return;
	case ENROLMENTS_FULL:
		answer_problem(out, 503, st, NULL);
		out->retry_after = RETRY_AFTER;
		return;
	default:
		break;
	}
	if (status_exit(st) != ASSAY_CONTRAINDICATED) {
		answer_trouble(out, st, fault);
		return;
	}
	/* Who runs the service wants to know whom it turned away, and why. */
	(void)fault_print(fault, st);
	answer_problem(out, 403, st, fault->text);
}

/* What the host is asked, on its way to it. */
static void
answer_question(struct answer *out, const char *id,
    const struct assay_challenge *c)
{
	char credential[2 * ASSAY_CREDENTIAL_MAX], secret[2 * ASSAY_SECRET_MAX];

	text_to_base64(c->credential, c->credential_len, credential);
	text_to_base64(c->secret, c->secret_len, secret);
	(void)snprintf(
	    out->location, sizeof(out->location), "enrolment/%s", id);
	answer_json(out, 201, MEDIA_JSON,
	    json_pack("{s:s, s:s, s:s}", "id", id, "credential", credential,
	        "secret", secret));
}

/* The question as the store keeps it. */
static bool
keep(struct service *service, const struct question *q, struct challenge *c)
{
	struct enrolment *e = &c->enrolment;
	uint8_t id[16];

	if (!service->random(id, sizeof(id)))
		return false;
	text_to_uuid(id, c->id);
	memcpy(c->proof, q->challenge.proof, sizeof(c->proof));
	memcpy(e->ak_name, q->challenge.ak_name, sizeof(e->ak_name));
	e->ak_name_len = q->challenge.ak_name_len;
	memcpy(e->ek_name, q->challenge.ek_name, sizeof(e->ek_name));
	e->ek_name_len = q->challenge.ek_name_len;
	memcpy(e->keys, q->challenge.keys, sizeof(e->keys));
	c->detail = q->detail;
	c->created = service->now();
	c->expiry = c->created + service->enrolment_ttl;
	return true;
}

static void
ask(struct service *service, const struct enrolment_request *r,
    struct answer *out)
{
	const struct assay_check in = {
	    .ek_cert = {r->bytes[EK_CERT], r->len[EK_CERT]},
	    .ek_pub = {r->bytes[EK_PUB], r->len[EK_PUB]},
	    .ak = {r->bytes[AK_PUB], r->len[AK_PUB]},
	    .chain = {r->bytes[EK_CHAIN], r->len[EK_CHAIN]},
	};
	struct challenge c = {.id = ""};
	struct fault fault = {0};
	struct question q;
	enum status st;

	st = enroller_ask(
	    service->enroller, &in, service->now(), &q, &fault);
	if (st != OK) {
		if (!q.refused)
			answer_trouble(out, st, &fault);
		else if (status_exit(st) == 65)
			answer_problem(out, 400, st, fault.text);
		else
			answer_refusal(out, st, &fault);
		return;
	}
	if (!keep(service, &q, &c))
		answer_problem(out, 500, INTERNAL, "no random numbers");
	else if ((st = store_challenge_add(service->store, &c)) != OK)
		answer_refusal(out, st, store_fault(service->store));
	else
		answer_question(out, c.id, &q.challenge);
	free(q.detail);
}

void
handle_new_enrolment(
    struct service *service, const struct request *request, struct answer *out)
{
	struct enrolment_request *r = calloc(1, sizeof(*r));
	struct fault fault = {0};
	enum status st;

	if (r == NULL) {
		answer_problem(out, 500, NO_MEMORY, NULL);
		return;
	}
	if (!fits(request, out))
		goto out;
	st = enrolment_request_read(
	    request->body, request->body_len, r, &fault);
	if (st != OK)
		answer_problem(out, 400, st, fault.text);
	else
		ask(service, r, out);
out:
	free(r);
}

void
handle_proof(
    struct service *service, const struct request *request, struct answer *out)
{
	uint8_t proof[PROOF_LEN];
	struct assay_host host;
	struct fault fault = {0};
	struct enrolment e;
	int64_t revision;
	enum status st;

	if (!fits(request, out))
		return;
	st = enrolment_proof_read(
	    request->body, request->body_len, proof, &fault);
	if (st != OK) {
		answer_problem(out, 400, st, fault.text);
		return;
	}
	st = store_challenge_answer(
	    service->store, request->id, proof, service->now(), &e);
	if (st != OK) {
		answer_refusal(out, st, store_fault(service->store));
		return;
	}
	st = store_host_get(service->store, e.ak_name, e.ak_name_len, &host,
	    &revision);
	answer_json(out, 200, MEDIA_JSON,
	    json_pack("{s:s}", "state",
	        st == OK && host.enrolment == ASSAY_ENROLLED ? "active"
	                                                     : "pending"));
}
