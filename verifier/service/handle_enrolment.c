/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment: a host shows that its TPM holds the keys it claims. */
#include "handlers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media.h"

/* Bytes of one field of the request, decoded. */
enum { FIELD_MAX = 16 * 1024, FIELDS_MAX = 4 };

/* The fields of a request; the last is not required. */
static const char *const names[FIELDS_MAX] = {
    "ek_cert", "ek_pub", "ak_pub", "ek_chain"};
enum { REQUIRED = 3 };

struct fields {
	uint8_t bytes[FIELDS_MAX][FIELD_MAX];
	size_t len[FIELDS_MAX];
};

/* Is this JSON for us, and what is it?  NULL with the answer ready. */
static json_t *
read_json(const struct request *request, struct answer *out)
{
	json_t *root;

	if (!media_accepts(request->accept, MEDIA_JSON)) {
		answer_problem(out, 406, USAGE,
		    "this answer is only had as " MEDIA_JSON);
		return NULL;
	}
	if (!media_is(request->content_type, MEDIA_JSON)) {
		answer_problem(
		    out, 415, USAGE, "a request to enrol is " MEDIA_JSON);
		out->accept = MEDIA_JSON;
		return NULL;
	}
	root = request->body_len == 0
	    ? NULL
	    : json_loadb((const char *)request->body, request->body_len,
	          JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root)) {
		json_decref(root);
		answer_problem(out, 400, ENROLMENT_MALFORMED,
		    "the body is not one JSON object");
		return NULL;
	}
	return root;
}

/* The number of the field NAME, or FIELDS_MAX. */
static size_t
field_of(const char *name)
{
	size_t i = 0;

	while (i < FIELDS_MAX && strcmp(names[i], name) != 0)
		i++;
	return i;
}

/* All fields in base64, and no others. */
static bool
read_fields(json_t *root, struct fields *f, struct answer *out)
{
	const char *name;
	char line[80];
	json_t *value;

	json_object_foreach(root, name, value) {
		size_t i = field_of(name);

		if (i < FIELDS_MAX)
			f->len[i] = text_from_base64(json_string_value(value),
			    json_string_length(value), f->bytes[i], FIELD_MAX);
		if (i < FIELDS_MAX && f->len[i] > 0)
			continue;
		(void)snprintf(line, sizeof(line), "%s",
		    i < FIELDS_MAX ? names[i] : "a field that is not known");
		strcat(line, i < FIELDS_MAX ? " is not base64, or too long"
		                            : "");
		answer_problem(out, 400, ENROLMENT_MALFORMED, line);
		return false;
	}
	for (size_t i = 0; i < REQUIRED; i++) {
		if (f->len[i] > 0)
			continue;
		(void)snprintf(line, sizeof(line), "%s is missing", names[i]);
		answer_problem(out, 400, ENROLMENT_MALFORMED, line);
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
	case EK_TAKEN:
	case AK_TAKEN:
		/* Two machines say that they are one: an operator's matter. */
		(void)fault_print(fault, st);
		answer_problem(out, 403, st, fault->text);
		return;
	default:
		break;
	}
	if (status_exit(st) == ASSAY_CONTRAINDICATED)
		answer_problem(out, 403, st, fault->text);
	else
		answer_trouble(out, st, fault);
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
ask(struct service *service, const struct fields *f, struct answer *out)
{
	const struct assay_check in = {
	    .ek_cert = {f->bytes[0], f->len[0]},
	    .ek_pub = {f->bytes[1], f->len[1]},
	    .ak = {f->bytes[2], f->len[2]},
	    .chain = {f->bytes[3], f->len[3]},
	};
	struct challenge c = {.id = ""};
	struct fault fault = {0};
	struct question q;
	enum status st;

	st = enroller_ask(
	    service->enroller, &in, service->now(), &q, &fault);
	if (st != OK) {
		if (status_exit(st) == 65)
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
	struct fields *f = calloc(1, sizeof(*f));
	json_t *root = f == NULL ? NULL : read_json(request, out);

	if (f == NULL)
		answer_problem(out, 500, NO_MEMORY, NULL);
	else if (root != NULL && read_fields(root, f, out))
		ask(service, f, out);
	json_decref(root);
	free(f);
}

/* The proof, 64 hexadecimal digits, as the one field. */
static bool
read_proof(json_t *root, uint8_t proof[PROOF_LEN])
{
	const char *hex = json_string_value(json_object_get(root, "proof"));

	return json_object_size(root) == 1 && hex != NULL &&
	       strlen(hex) == 2 * PROOF_LEN &&
	       text_from_hex(hex, proof, PROOF_LEN) == PROOF_LEN;
}

void
handle_proof(
    struct service *service, const struct request *request, struct answer *out)
{
	json_t *root = read_json(request, out);
	uint8_t proof[PROOF_LEN];
	struct assay_host host;
	struct enrolment e;
	int64_t revision;
	enum status st;

	if (root == NULL)
		return;
	if (!read_proof(root, proof)) {
		answer_problem(out, 400, ENROLMENT_MALFORMED,
		    "the body is {\"proof\": 64 hexadecimal digits}");
		goto out;
	}
	st = store_challenge_answer(
	    service->store, request->id, proof, service->now(), &e);
	if (st != OK) {
		answer_refusal(out, st, store_fault(service->store));
		goto out;
	}
	st = store_host_get(service->store, e.ak_name, e.ak_name_len, &host,
	    &revision);
	answer_json(out, 200, MEDIA_JSON,
	    json_pack("{s:s}", "state",
	        st == OK && host.enrolment == ASSAY_ENROLLED ? "active"
	                                                     : "pending"));
out:
	json_decref(root);
}
