/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as an EAT Attestation Result, draft-ietf-rats-ear-04 with the
 * JSON names of its section 3; appraisals carry the vector of AR4SI.
 */
#include <string.h>

#include "verdict.h"

#define EAR_PROFILE "tag:ietf.org,2026:rats/ear#04"
/* Labels -70100 to -70102 in the CBOR form. */
#define EXTENSION_CLASS "assay.capability_class"
#define EXTENSION_DIGESTS "assay.digests"
#define EXTENSION_REASONS "assay.reasons"

static const char *const trust_names[TRUST_COUNT] = {
    [TRUST_IDENTITY] = "instance-identity",
    [TRUST_CONFIGURATION] = "configuration",
    [TRUST_EXECUTABLES] = "executables",
    [TRUST_FILE_SYSTEM] = "file-system",
    [TRUST_HARDWARE] = "hardware",
    [TRUST_RUNTIME] = "runtime-opaque",
    [TRUST_STORAGE] = "storage-opaque",
    [TRUST_SOURCED_DATA] = "sourced-data",
};

/* Malformed evidence is an answer too: one that cannot be trusted. */
static const char *
tier(enum status worst)
{
	if (status_exit(worst) > ASSAY_NONE && status_exit(worst) != 70)
		return verdict_name(ASSAY_CONTRAINDICATED);
	return verdict_name(verdict_of_status(worst));
}

/* Reasons at WHERE; the host also takes those that belong to no device. */
static json_t *
reasons_of(const struct assay_result *r, size_t subject)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->reason_count; i++) {
		const struct reason *at = &r->reasons[i];

		if (verdict_owner(r, at->where) == subject)
			json_array_append_new(
			    list, json_string(status_name(at->code)));
	}
	return list;
}

static json_t *
appraisal(const struct assay_result *r, size_t i)
{
	const struct subject *s = &r->subjects[i];
	json_t *at = json_object(), *vector = json_object(), *class;
	char nonce[64];

	json_object_set_new(at, "ear_status", json_string(tier(s->worst)));
	for (size_t k = 0; k < TRUST_COUNT; k++)
		if (s->trust[k] != TRUST_NO_CLAIM)
			json_object_set_new(vector, trust_names[k],
			    json_integer(s->trust[k]));
	if (json_object_size(vector) > 0)
		json_object_set(at, "ear_trustworthiness_vector", vector);
	json_decref(vector);
	if (r->policy_digest.n > 0) {
		char hex[2 * HASH_MAX + 1];

		bytes_to_hex(digest_view(&r->policy_digest), hex);
		json_object_set_new(at, "ear_appraisal_policy_ids",
		    json_pack("[s+]", "sha-256;", hex));
	}
	/* The nonce seen in this evidence, whatever was asked for. */
	if (i == 0 && r->nonce_seen &&
	    bytes_to_base64url(BYTES_OF(r->nonce), nonce, sizeof(nonce)) > 0)
		json_object_set_new(at, "eat_nonce", json_string(nonce));
	json_object_set_new(at, EXTENSION_REASONS, reasons_of(r, i));
	class = json_object_get(
	    json_object_get(json_object_get(r->data, "devices"), s->label),
	    "capability");
	if (class != NULL)
		json_object_set(at, EXTENSION_CLASS, class);
	return at;
}

/* Digests of what the result rests on: the evidence, tables of classes. */
static json_t *
digests(const struct assay_result *r)
{
	json_t *at, *tables = json_object(), *table;
	char hex[2 * HASH_MAX + 1];
	size_t i;

	bytes_to_hex(digest_view(&r->evidence_digest), hex);
	at = json_pack("{s:s+}", "evidence", "sha-256;", hex);
	json_array_foreach(json_object_get(r->data, "tables"), i, table)
		json_object_set_new(tables,
		    json_string_value(json_object_get(table, "id")),
		    json_pack("s+", "sha-256;", json_string_value(
			json_object_get(table, "sha256"))));
	if (json_object_size(tables) > 0)
		json_object_set(at, "tables", tables);
	json_decref(tables);
	return at;
}

json_t *
ear_claims(const struct assay_result *r, const struct assay_signing *s)
{
	json_t *ear = json_object(), *submods = json_object();
	char nonce[64];

	json_object_set_new(ear, "eat_profile", json_string(EAR_PROFILE));
	json_object_set_new(
	    ear, "ear_status", json_string(tier(verdict_worst(r))));
	json_object_set_new(ear, "iat", json_integer(s->issued_at));
	json_object_set_new(ear, "ear_verifier_id",
	    json_pack("{s:s,s:s}", "developer", "assay", "build", s->build));
	if (s->nonce != NULL &&
	    bytes_to_base64url(
		bytes_view(s->nonce, NONCE_LEN), nonce, sizeof(nonce)) > 0)
		json_object_set_new(ear, "eat_nonce", json_string(nonce));
	for (size_t i = 0; i < r->subject_count; i++)
		json_object_set_new(
		    submods, r->subjects[i].label, appraisal(r, i));
	json_object_set_new(ear, "submods", submods);
	if (r->evidence_digest.n > 0)
		json_object_set_new(ear, EXTENSION_DIGESTS, digests(r));
	return ear;
}
