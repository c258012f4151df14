/* SPDX-License-Identifier: Apache-2.0 */
/* The store: questions to hosts that want to enrol, and their answers. */
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "store_sql.h"

enum { LINGER = 600 /* seconds a question that is over can be told so */ };

/* Do two names agree? */
static bool
same(const void *a, size_t a_len, const void *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* Column AT of ROW as a blob of at most CAP bytes; false when it is not. */
static bool
column(sqlite3_stmt *row, int at, uint8_t *out, size_t cap, size_t *len)
{
	int n = sqlite3_column_bytes(row, at);

	if (n <= 0 || (size_t)n > cap)
		return false;
	memcpy(out, sqlite3_column_blob(row, at), (size_t)n);
	*len = (size_t)n;
	return true;
}

enum status
enrolment_binding(
    const struct enrolment *e, uint8_t out[EVIDENCE_DIGEST])
{
	uint8_t all[16 + 2 * (1 + ASSAY_NAME_MAX) + KEYS_DIGEST];
	size_t n = 0;

	/* A prefix of its own, then each with its length. */
	memcpy(all, "assay/enrolled/1", 16);
	n = 16;
	all[n++] = (uint8_t)e->ak_name_len;
	memcpy(all + n, e->ak_name, e->ak_name_len);
	n += e->ak_name_len;
	all[n++] = (uint8_t)e->ek_name_len;
	memcpy(all + n, e->ek_name, e->ek_name_len);
	n += e->ek_name_len;
	memcpy(all + n, e->keys, KEYS_DIGEST);
	return digest_sha256(all, n + KEYS_DIGEST, out);
}

/* The record in ROW; what was changed behind our back is damaged. */
static enum status
enrolment_from(struct store *s, sqlite3_stmt *row, struct enrolment *out)
{
	uint8_t binding[EVIDENCE_DIGEST], stored[EVIDENCE_DIGEST];
	size_t keys = 0, n = 0;
	bool sound = column(row, 0, out->ak_name, sizeof(out->ak_name),
			 &out->ak_name_len) &&
	    column(row, 1, out->ek_name, sizeof(out->ek_name),
		&out->ek_name_len) &&
	    column(row, 2, out->keys, sizeof(out->keys), &keys) &&
	    column(row, 3, stored, sizeof(stored), &n);

	out->proved = sqlite3_column_int64(row, 4);
	if (sqlite3_column_bytes(row, 5) < (int)sizeof(out->manufacturer))
		(void)snprintf(out->manufacturer, sizeof(out->manufacturer),
		    "%s", sqlite3_column_bytes(row, 5) == 0 ? ""
			: (const char *)sqlite3_column_text(row, 5));
	if (!sound || keys != KEYS_DIGEST || n != sizeof(stored) ||
	    enrolment_binding(out, binding) != OK ||
	    memcmp(binding, stored, sizeof(stored)) != 0)
		return fault_set(&s->fault, STORE_MALFORMED,
		    "the record of an enrolment is damaged: reject the key "
		    "and enrol it anew");
	return OK;
}

static enum status
find(struct store *s, enum query q, const uint8_t *name, size_t len,
    struct enrolment *out)
{
	sqlite3_stmt *row;
	enum status st;

	memset(out, 0, sizeof(*out));
	st = sql_first(s, q, SQL_VALUES(value_blob(name, len)), &row);
	if (st != OK)
		return st;
	if (row == NULL)
		return fault_set(&s->fault, ENROLMENT_UNKNOWN,
		    "nobody has enrolled with this key");
	st = enrolment_from(s, row, out);
	sql_done(row);
	return st;
}

enum status
store_enrolment_get(struct store *s, const uint8_t *ak_name, size_t len,
    struct enrolment *out)
{
	return find(s, Q_ENROLMENT_BY_AK, ak_name, len, out);
}

/*
 * One endorsement key, one attestation key: neither may be known with
 * another.  KNOWN says whether just this pair is there already.
 */
static enum status
check_pair(struct store *s, const struct enrolment *e, bool *known)
{
	struct enrolment got;
	struct assay_host host;
	int64_t revision;
	enum status st;

	*known = false;
	st = store_host_get(s, e->ak_name, e->ak_name_len, &host, &revision);
	if (st == OK && host.enrolment == ASSAY_REJECTED)
		return fault_set(&s->fault, HOST_REJECTED,
		    "an operator has rejected this attestation key");
	if (st != OK && st != HOST_UNKNOWN)
		return st;

	st = find(s, Q_ENROLMENT_BY_AK, e->ak_name, e->ak_name_len, &got);
	if (st == OK &&
	    !same(got.ek_name, got.ek_name_len, e->ek_name, e->ek_name_len))
		return fault_set(&s->fault, AK_TAKEN,
		    "this attestation key is enrolled with another "
		    "endorsement key");
	*known = st == OK;
	if (st != OK && st != ENROLMENT_UNKNOWN)
		return st;

	st = find(s, Q_ENROLMENT_BY_EK, e->ek_name, e->ek_name_len, &got);
	if (st == OK &&
	    !same(got.ak_name, got.ak_name_len, e->ak_name, e->ak_name_len))
		return fault_set(&s->fault, EK_TAKEN,
		    "this endorsement key is enrolled with another "
		    "attestation key; reject that one first");
	return st == ENROLMENT_UNKNOWN ? OK : st;
}

/* Does the number that Q yields leave room below LIMIT? */
static enum status
below(struct store *s, enum query q, const struct value *v, size_t n,
    int64_t limit)
{
	sqlite3_stmt *row;
	enum status st;
	int64_t count;

	if ((st = sql_first(s, q, v, n, &row)) != OK)
		return st;
	count = sqlite3_column_int64(row, 0);
	sql_done(row);
	if (count < limit)
		return OK;
	return fault_set(&s->fault, ENROLMENTS_FULL,
	    "%lld questions are open%s", (long long)count,
	    q == Q_CHALLENGE_COUNT_EK ? " for one endorsement key" : "");
}

/*
 * Is there room for one more question?  A certificate is no secret: whoever
 * has one may keep its host waiting, but no other.
 */
static enum status
room(struct store *s, const struct challenge *c)
{
	const struct enrolment *e = &c->enrolment;
	enum status st = below(s, Q_CHALLENGE_COUNT,
	    SQL_VALUES(value_int(c->created)), s->limits.challenges);

	if (st != OK)
		return st;
	return below(s, Q_CHALLENGE_COUNT_EK,
	    SQL_VALUES(value_int(c->created),
	        value_blob(e->ek_name, e->ek_name_len)),
	    s->limits.challenges_per_ek);
}

enum status
store_challenge_add(struct store *s, const struct challenge *c)
{
	const struct enrolment *e = &c->enrolment;
	uint8_t proof[EVIDENCE_DIGEST];
	bool known;
	enum status st;

	/* What has to be answered is kept as a digest alone. */
	st = digest_sha256(c->proof, sizeof(c->proof), proof);
	if (st != OK)
		return fault_set(&s->fault, st, "SHA-256 failed");
	if ((st = sql_begin(s, Q_SYNC_NORMAL)) != OK)
		return st;
	st = sql_run(s, Q_CHALLENGE_PURGE,
	    SQL_VALUES(value_int(c->created - LINGER)), NULL);
	if (st == OK)
		st = check_pair(s, e, &known);
	if (st == OK)
		st = room(s, c);
	if (st == OK)
		st = sql_run(s, Q_CHALLENGE_ADD,
		    SQL_VALUES(value_text(c->id),
		        value_blob(proof, sizeof(proof)),
		        value_blob(e->ak_name, e->ak_name_len),
		        value_blob(e->ek_name, e->ek_name_len),
		        value_blob(e->keys, sizeof(e->keys)),
		        value_text(c->detail), value_int(c->created),
		        value_int(c->expiry)),
		    NULL);
	return sql_end(s, st);
}

/* A question as it was asked; DETAIL is the caller's to bound. */
struct asked {
	struct enrolment enrolment;
	uint8_t proof[EVIDENCE_DIGEST];
	bool open;
	int64_t expiry;
};

static enum status
challenge_get(struct store *s, const char *id, struct asked *out)
{
	struct enrolment *e = &out->enrolment;
	sqlite3_stmt *row;
	size_t proof = 0, keys = 0;
	enum status st;

	memset(out, 0, sizeof(*out));
	st = sql_first(s, Q_CHALLENGE_GET, SQL_VALUES(value_text(id)), &row);
	if (st != OK)
		return st;
	if (row == NULL)
		return fault_set(&s->fault, ENROLMENT_UNKNOWN,
		    "no such enrolment; begin a new one");
	if (!column(row, 0, out->proof, sizeof(out->proof), &proof) ||
	    !column(row, 1, e->ak_name, sizeof(e->ak_name), &e->ak_name_len) ||
	    !column(row, 2, e->ek_name, sizeof(e->ek_name), &e->ek_name_len) ||
	    !column(row, 3, e->keys, sizeof(e->keys), &keys) ||
	    proof != sizeof(out->proof) || keys != sizeof(e->keys))
		st = fault_set(
		    &s->fault, STORE_MALFORMED, "an enrolment is damaged");
	out->open = sqlite3_column_int(row, 4) != 0;
	out->expiry = sqlite3_column_int64(row, 5);
	sql_done(row);
	return st;
}

/* Equal digests; nothing in the time tells where they differ. */
static bool
equal(const uint8_t *a, const uint8_t *b)
{
	unsigned diff = 0;

	for (size_t i = 0; i < EVIDENCE_DIGEST; i++)
		diff |= a[i] ^ b[i];
	return diff == 0;
}

/* The answer was right: the pair is on record, once. */
static enum status
record(struct store *s, const char *id, const struct enrolment *e)
{
	uint8_t binding[EVIDENCE_DIGEST];
	bool known;
	enum status st;

	if ((st = check_pair(s, e, &known)) != OK || known)
		return st;
	if ((st = enrolment_binding(e, binding)) != OK)
		return fault_set(&s->fault, st, "SHA-256 failed");
	return sql_run(s, Q_ENROLMENT_ADD,
	    SQL_VALUES(value_text(id), value_blob(binding, sizeof(binding)),
	        value_int(e->proved)),
	    NULL);
}

/* Refusals that are remembered: the question is used up all the same. */
static bool
is_refusal(enum status st)
{
	return st == PROOF_WRONG || st == EK_TAKEN || st == AK_TAKEN ||
	    st == HOST_REJECTED;
}

static enum status
answer(struct store *s, const char *id, const uint8_t proof[PROOF_LEN],
    int64_t now, struct enrolment *out)
{
	uint8_t given[EVIDENCE_DIGEST];
	struct asked asked;
	enum status st;

	if ((st = challenge_get(s, id, &asked)) != OK)
		return st;
	if (!asked.open)
		return fault_set(&s->fault, ENROLMENT_USED,
		    "this enrolment was answered before; begin a new one");
	if (asked.expiry <= now)
		return fault_set(&s->fault, ENROLMENT_EXPIRED,
		    "this enrolment has expired; begin a new one");
	st = sql_run(s, Q_CHALLENGE_USE, SQL_VALUES(value_text(id)), NULL);
	if (st == OK && digest_sha256(proof, PROOF_LEN, given) != OK)
		st = fault_set(&s->fault, CRYPTO_FAILED, "SHA-256 failed");
	if (st != OK)
		return st;
	if (!equal(given, asked.proof))
		return fault_set(&s->fault, PROOF_WRONG,
		    "the answer is not that of the TPM that was asked");
	*out = asked.enrolment;
	out->proved = now;
	return record(s, id, out);
}

enum status
store_challenge_answer(struct store *s, const char *id,
    const uint8_t proof[PROOF_LEN], int64_t now, struct enrolment *out)
{
	struct fault fault;
	enum status st, ended;

	if ((st = sql_begin(s, Q_SYNC_FULL)) != OK)
		return st;
	st = answer(s, id, proof, now, out);
	if (!is_refusal(st))
		return sql_end(s, st);
	fault = s->fault;
	if ((ended = sql_end(s, OK)) != OK)
		return ended;
	s->fault = fault;
	return st;
}
