/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a result is collected inside libassay: subjects with their tier and
 * trust vector, reasons, what was not checked, facts as JSON.
 */
#ifndef ASSAY_VERDICT_H
#define ASSAY_VERDICT_H

#include <jansson.h>

#include <assay/result.h>

#include "bytes.h"
#include "evidence.h"
#include "status.h"

enum check {
#define CHECK(constant, code, text) constant,
#include "checks.def"
#undef CHECK
	CHECK_COUNT
};

const char *check_code(enum check c);
const char *check_text(enum check c);

/* Trustworthiness claims of AR4SI, in the order of their labels. */
enum trust {
	TRUST_IDENTITY,
	TRUST_CONFIGURATION,
	TRUST_EXECUTABLES,
	TRUST_FILE_SYSTEM,
	TRUST_HARDWARE,
	TRUST_RUNTIME,
	TRUST_STORAGE,
	TRUST_SOURCED_DATA,
	TRUST_COUNT
};

/* Values used (draft-ietf-rats-ar4si): 0 no claim, 2 affirming, 99 crypto. */
enum {
	TRUST_MALFUNCTION = -1,
	TRUST_NO_CLAIM = 0,
	TRUST_AFFIRMING = 2,
	TRUST_RECOGNISED_UNTRUSTED = 96,
	TRUST_UNRECOGNISED = 97,
	TRUST_CRYPTO_FAILED = 99,
};

/* What is judged: the host, or one device. */
struct subject {
	char label[LABEL_MAX];
	int8_t trust[TRUST_COUNT];
	enum status worst; /* the reason that decides its tier, or OK */
};

enum { REASONS_MAX = 96, DETAIL_MAX = 320, SUBJECTS_MAX = DEVICES_MAX + 1 };

struct reason {
	enum status code;
	char where[LABEL_MAX];
	char detail[DETAIL_MAX];
};

struct assay_result {
	const char *title; /* what was done, "evidence", "TPM quote" */
	struct reason reasons[REASONS_MAX];
	size_t reason_count;
	bool not_checked[CHECK_COUNT];
	struct subject subjects[SUBJECTS_MAX];
	size_t subject_count;
	json_t *data; /* facts, for --json and for people */
	json_t *top;  /* what --json has beside them: "pcrs"; or NULL */
	char *learned; /* the text of an event policy, or NULL */
	bool shown; /* to be looked at, not judged: success is 0 */
	bool in_full; /* people get every fact, not only the main ones */
	bool classify; /* the class is the question: tell it first */
	struct digest evidence_digest; /* SHA-256 of the input, or empty */
	struct digest policy_digest;
	bool nonce_seen; /* the evidence's nonce is in NONCE */
	uint8_t nonce[NONCE_LEN];
	bool host_known;
	struct assay_host host;
};

/* NULL without memory. */
struct assay_result *verdict_new(const char *title);

/* Add a subject; the first is the host.  NULL when there is no room. */
struct subject *verdict_subject(struct assay_result *r, struct bytes label);

/*
 * Add a reason at WHERE with details like printf; OK is no reason.  A subject
 * with the label WHERE takes the tier of the worst reason; every other place
 * counts towards the host.  When the list is full the worst is still kept.
 */
void verdict_reason(struct assay_result *r, enum status code,
    const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void verdict_not_checked(struct assay_result *r, enum check c);

/*
 * The number of the subject that a reason at WHERE belongs to: the one with
 * that label, else the first.
 */
size_t verdict_owner(const struct assay_result *r, const char *where);

/* The reason that decides the verdict, or OK. */
enum status verdict_worst(const struct assay_result *r);

/* Is there a reason that makes the evidence worse than a warning? */
bool verdict_failed(const struct assay_result *r);

/* The tier of one code, and of the whole. */
enum assay_verdict verdict_of_status(enum status st);
enum assay_verdict verdict_of(const struct assay_result *r);
const char *verdict_name(enum assay_verdict v);

/* Facts: a JSON string of hexadecimal digits, a number, text. */
void data_hex(json_t *at, const char *key, struct bytes b);
void data_uint(json_t *at, const char *key, uint64_t v);
void data_text(json_t *at, const char *key, struct bytes t);

/* The claims of an EAR as JSON (draft-ietf-rats-ear-04); NULL on failure. */
json_t *ear_claims(
    const struct assay_result *r, const struct assay_signing *s);

/* signer.c: a compact JWS (RFC 7515), ES384. */
long signer_jws(const char *key_pem, const char *payload, size_t len,
    char *out, size_t cap);

#endif
