/* SPDX-License-Identifier: Apache-2.0 */
/* The store: hosts, appraisals, and the evidence they rest on. */
#include <stdlib.h>
#include <string.h>

#include "store_sql.h"

enum {
	PRUNE_STEPS = 8, /* bundles dropped with one appraisal, at most */
	TRIM_EVERY = 64, /* appraisals between two looks at their number */
};

static const char *const decisions[] = {
    [ASSAY_NOT_ENROLLED] = "",
    [ASSAY_PINNED] = "pinned",
    [ASSAY_REJECTED] = "rejected",
    [ASSAY_ENROLLED] = "enrolled",
};

static enum assay_enrolment
decision_from(const void *word)
{
	for (size_t i = 1; i < sizeof(decisions) / sizeof(decisions[0]); i++)
		if (word != NULL && strcmp(word, decisions[i]) == 0)
			return (enum assay_enrolment)i;
	return ASSAY_NOT_ENROLLED;
}

/* Columns of Q_HOST_GET from number 2 on; false when they are damaged. */
static bool
host_from(sqlite3_stmt *row, struct assay_host *h)
{
	h->has_tpm_state = sqlite3_column_type(row, 2) != SQLITE_NULL;
	h->clock = (uint64_t)sqlite3_column_int64(row, 2);
	h->reset_count = (uint32_t)sqlite3_column_int64(row, 3);
	h->restart_count = (uint32_t)sqlite3_column_int64(row, 4);
	h->firmware_version = (uint64_t)sqlite3_column_int64(row, 5);
	h->clock_safe = sqlite3_column_int(row, 6) != 0;

	h->has_chain = sqlite3_column_type(row, 7) != SQLITE_NULL;
	h->chain_counter = (uint64_t)sqlite3_column_int64(row, 7);
	if (!h->has_chain)
		return true;
	if (sqlite3_column_bytes(row, 8) != sizeof(h->chain_digest))
		return false;
	memcpy(h->chain_digest, sqlite3_column_blob(row, 8),
	    sizeof(h->chain_digest));
	return true;
}

/* The next columns: how far the list of files was seen. */
static bool
files_from(sqlite3_stmt *row, struct assay_host *h)
{
	int n = sqlite3_column_bytes(row, 11);

	h->has_ima = sqlite3_column_type(row, 9) != SQLITE_NULL;
	if (!h->has_ima)
		return true;
	h->ima_count = (uint64_t)sqlite3_column_int64(row, 9);
	h->ima_bank = sqlite3_column_int(row, 10);
	if (n <= 0 || (size_t)n > sizeof(h->ima_pcr))
		return false;
	memcpy(h->ima_pcr, sqlite3_column_blob(row, 11), (size_t)n);
	return true;
}

/* An enrolled host is one with its endorsement key on record, unharmed. */
static enum status
add_ek(struct store *s, struct assay_host *host)
{
	struct enrolment e;
	enum status st = store_enrolment_get(
	    s, host->ak_name, host->ak_name_len, &e);

	if (st == ENROLMENT_UNKNOWN)
		return fault_set(&s->fault, STORE_MALFORMED,
		    "the record of an enrolled host has lost its keys");
	if (st != OK)
		return st;
	memcpy(host->ek_name, e.ek_name, e.ek_name_len);
	host->ek_name_len = e.ek_name_len;
	memcpy(host->tpm_manufacturer, e.manufacturer,
	    sizeof(host->tpm_manufacturer));
	return OK;
}

enum status
store_host_get(struct store *s, const uint8_t *name, size_t len,
    struct assay_host *out, int64_t *revision)
{
	struct assay_host host = {0};
	sqlite3_stmt *row;
	enum status st;
	bool sound;

	st = sql_first(s, Q_HOST_GET, SQL_VALUES(value_blob(name, len)), &row);
	if (st != OK)
		return st;
	if (row == NULL)
		return fault_set(
		    &s->fault, HOST_UNKNOWN, "no record of this key");

	host.enrolment = decision_from(sqlite3_column_text(row, 0));
	*revision = sqlite3_column_int64(row, 1);
	sound = host_from(row, &host) && files_from(row, &host) && len <= sizeof(host.ak_name) &&
	        host.enrolment != ASSAY_NOT_ENROLLED;
	sql_done(row);
	if (!sound)
		return fault_set(&s->fault, STORE_MALFORMED,
		    "the record of a host is damaged");
	memcpy(host.ak_name, name, len);
	host.ak_name_len = len;
	if (host.enrolment == ASSAY_ENROLLED &&
	    (st = add_ek(s, &host)) != OK)
		return st;
	*out = host;
	return OK;
}

enum status
store_host_decide(struct store *s, const uint8_t *name, size_t len,
    enum assay_enrolment decision, int64_t now, bool *changed)
{
	struct enrolment e;
	int64_t changes = 0;
	enum status st;

	if ((st = sql_begin(s, Q_SYNC_FULL)) != OK)
		return st;
	if (decision == ASSAY_ENROLLED)
		st = store_enrolment_get(s, name, len, &e);
	else if (decision == ASSAY_REJECTED)
		st = sql_run(s, Q_ENROLMENT_DROP,
		    SQL_VALUES(value_blob(name, len)), NULL);
	if (st == OK && decision == ASSAY_REJECTED)
		st = sql_run(s, Q_DEVICES_DROP,
		    SQL_VALUES(value_blob(name, len)), NULL);
	if (st == OK)
		st = sql_run(s, Q_HOST_DECIDE,
	    SQL_VALUES(value_blob(name, len), value_text(decisions[decision]),
	        value_int(now)),
	    &changes);
	if ((st = sql_end(s, st)) == OK)
		*changed = changes != 0;
	return st;
}

/* The session is used up by this appraisal, or it says why it cannot be. */
static enum status
use_session(struct store *s, const struct appraisal *a)
{
	struct session now;
	int64_t changes = 0;
	enum status st;

	st = sql_run(s, Q_SESSION_USE,
	    SQL_VALUES(value_text(a->session->id), value_int(a->time)),
	    &changes);
	if (st != OK || changes == 1)
		return st;
	if ((st = store_session_get(s, a->session->id, &now)) != OK)
		return st;
	if (now.state != SESSION_WAITING)
		return fault_set(&s->fault, SESSION_USED,
		    "the session had its evidence; begin a new one");
	return fault_set(&s->fault, SESSION_EXPIRED,
	    "the session's nonce has expired; begin a new one");
}

/* The record that the verdict rests on must still be the same. */
static enum status
same_record(struct store *s, const struct appraisal *a)
{
	struct assay_host host;
	int64_t revision = 0;
	enum status st;

	if (!a->asked)
		return OK;
	st = store_host_get(s, a->asked_name, a->asked_len, &host, &revision);
	if (st != OK && st != HOST_UNKNOWN)
		return st;
	if (revision != a->revision)
		return fault_set(&s->fault, STORE_CONFLICT,
		    "the record of this host changed meanwhile");
	return OK;
}

/* Was the key one of ours when it was looked up, and did it sign this? */
static bool
enrolled(const struct appraisal *a)
{
	return a->verified && (a->host.enrolment == ASSAY_PINNED ||
				  a->host.enrolment == ASSAY_ENROLLED);
}

/* Move the state of an enrolled host forward. */
static enum status
move_host(struct store *s, const struct appraisal *a)
{
	const struct assay_host *h = &a->host;
	struct value v[12];

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		v[i] = value_null();
	v[0] = value_blob(h->ak_name, h->ak_name_len);
	if (h->has_tpm_state) {
		v[1] = value_int((int64_t)h->clock);
		v[2] = value_int(h->reset_count);
		v[3] = value_int(h->restart_count);
		v[4] = value_int((int64_t)h->firmware_version);
		v[5] = value_int(h->clock_safe != 0);
	}
	if (h->has_chain) {
		v[6] = value_int((int64_t)h->chain_counter);
		v[7] = value_blob(h->chain_digest, sizeof(h->chain_digest));
	}
	v[8] = value_int(a->time);
	if (h->has_ima) {
		v[9] = value_int((int64_t)h->ima_count);
		v[10] = value_int(h->ima_bank);
		v[11] = value_blob(h->ima_pcr, sizeof(h->ima_pcr));
	}
	return sql_run(s, Q_HOST_MOVE, v, sizeof(v) / sizeof(v[0]), NULL);
}

/* The name under which an appraisal is filed. */
static struct value
filed_under(const struct appraisal *a)
{
	if (!a->verified)
		return value_null();
	return value_blob(a->host.ak_name, a->host.ak_name_len);
}

static enum status
add_rows(struct store *s, const struct appraisal *a)
{
	struct value digest = value_blob(a->digest, sizeof(a->digest));
	enum status st;

	st = sql_run(s, Q_EVIDENCE_ADD,
	    SQL_VALUES(digest, value_blob(a->evidence, a->evidence_len)), NULL);
	if (st != OK)
		return st;
	return sql_run(s, Q_APPRAISAL_ADD,
	    SQL_VALUES(value_text(a->session->id),
	        value_blob(a->session->nonce, SESSION_NONCE), filed_under(a),
	        value_int(enrolled(a)), value_int(a->time),
	        value_text(a->verdict), value_int(a->exit_status),
	        value_text(a->reasons), value_text(a->result), digest),
	    NULL);
}

/* Drop the bundles that Q finds beyond a cap, the newest of them first. */
static enum status
prune(struct store *s, enum query q, const struct value *v, size_t n)
{
	for (int step = 0; step < PRUNE_STEPS; step++) {
		uint8_t digest[EVIDENCE_DIGEST];
		sqlite3_stmt *row;
		enum status st;
		int64_t id;

		if ((st = sql_first(s, q, v, n, &row)) != OK || row == NULL)
			return st;
		id = sqlite3_column_int64(row, 0);
		if (sqlite3_column_bytes(row, 1) != sizeof(digest)) {
			sql_done(row);
			return fault_set(&s->fault, STORE_MALFORMED,
			    "an appraisal is damaged");
		}
		memcpy(digest, sqlite3_column_blob(row, 1), sizeof(digest));
		sql_done(row);

		/* Another appraisal may rest on the same bytes. */
		st = sql_run(
		    s, Q_APPRAISAL_UNLINK, SQL_VALUES(value_int(id)), NULL);
		if (st == OK)
			st = sql_run(s, Q_EVIDENCE_DROP,
			    SQL_VALUES(value_blob(digest, sizeof(digest))),
			    NULL);
		if (st != OK)
			return st;
	}
	return OK;
}

/* What keys that nobody enrolled can make us keep has an end. */
static enum status
prune_strangers(struct store *s, const struct appraisal *a)
{
	int64_t id = sqlite3_last_insert_rowid(s->db);
	enum status st;

	st = prune(s, Q_SURPLUS_OF_KEY,
	    SQL_VALUES(filed_under(a), value_int(s->limits.bundles_per_key)));
	if (st == OK)
		st = prune(
		    s, Q_SURPLUS, SQL_VALUES(value_int(s->limits.bundles)));
	if (st == OK && id % TRIM_EVERY == 0)
		st = sql_run(s, Q_APPRAISALS_TRIM,
		    SQL_VALUES(value_int(s->limits.appraisals)), NULL);
	return st;
}

enum status
store_appraisal_add(struct store *s, const struct appraisal *a)
{
	enum status st;

	if ((st = sql_begin(s, Q_SYNC_FULL)) != OK)
		return st;
	if ((st = use_session(s, a)) == OK &&
	    (st = same_record(s, a)) == OK && (st = devices_same(s, a)) == OK)
		st = add_rows(s, a);
	if (st == OK)
		st = enrolled(a) ? move_host(s, a) : prune_strangers(s, a);
	if (st == OK && enrolled(a))
		st = devices_move(s, a);
	return sql_end(s, st);
}

enum status
store_keys(struct store *s, key_seen_fn *fn, void *arg)
{
	sqlite3_stmt *row;
	enum status st;

	st = sql_first(s, Q_KEYS, NULL, 0, &row);
	while (st == OK && row != NULL) {
		struct key_seen key = {0};
		int len = sqlite3_column_bytes(row, 0);

		if (len > 0 && (size_t)len <= sizeof(key.name)) {
			memcpy(
			    key.name, sqlite3_column_blob(row, 0), (size_t)len);
			key.name_len = (size_t)len;
		}
		key.enrolment = decision_from(sqlite3_column_text(row, 1));
		key.last_seen = sqlite3_column_int64(row, 2);
		key.last_verdict = (const char *)sqlite3_column_text(row, 3);
		key.appraisals = sqlite3_column_int64(row, 4);
		key.detail = (const char *)sqlite3_column_text(row, 5);
		key.pending = key.detail != NULL &&
		    key.enrolment != ASSAY_ENROLLED &&
		    key.enrolment != ASSAY_REJECTED;
		fn(arg, &key);
		st = sql_next(s, &row);
	}
	return st;
}

enum status
store_bundle(struct store *s, const char *id, struct archived *out)
{
	struct value v = id == NULL ? value_null() : value_text(id);
	struct archived got = {0};
	sqlite3_stmt *row;
	enum status st;
	const void *text;
	int len;

	st = sql_first(s, id == NULL ? Q_BUNDLE_LAST : Q_BUNDLE, &v,
	    id == NULL ? 0 : 1, &row);
	if (st != OK)
		return st;
	if (row == NULL)
		return fault_set(&s->fault, SESSION_UNKNOWN,
		    id == NULL ? "nothing was appraised yet"
		               : "no appraisal of this session");

	text = sqlite3_column_text(row, 0);
	len = sqlite3_column_bytes(row, 3);
	got.time = sqlite3_column_int64(row, 2);
	got.len = (size_t)len;
	if (text == NULL || sqlite3_column_bytes(row, 0) != UUID_LEN ||
	    sqlite3_column_bytes(row, 1) != SESSION_NONCE)
		st = fault_set(&s->fault, STORE_MALFORMED,
		    "an appraisal is damaged; restore the store");
	else if (sqlite3_column_type(row, 3) == SQLITE_NULL)
		st = fault_set(&s->fault, EVIDENCE_DROPPED,
		    "of keys that nobody enrolled only the last bundles are "
		    "kept");
	else if ((got.data = malloc(got.len + 1)) == NULL)
		st = fault_set(&s->fault, NO_MEMORY, "no memory");
	if (st == OK) {
		memcpy(got.session, text, UUID_LEN);
		memcpy(got.nonce, sqlite3_column_blob(row, 1), SESSION_NONCE);
		if (got.len > 0)
			memcpy(got.data, sqlite3_column_blob(row, 3), got.len);
		*out = got;
	}
	sql_done(row);
	return st;
}

enum status
store_bundle_owner(struct store *s, const uint8_t digest[EVIDENCE_DIGEST],
    uint8_t name[ASSAY_NAME_MAX], size_t *len)
{
	sqlite3_stmt *row;
	enum status st;
	int n;

	st = sql_first(s, Q_BUNDLE_OWNER,
	    SQL_VALUES(value_blob(digest, EVIDENCE_DIGEST)), &row);
	if (st != OK)
		return st;
	if (row == NULL)
		return fault_set(
		    &s->fault, HOST_UNKNOWN, "no bundle has this digest");
	n = sqlite3_column_bytes(row, 0);
	if (n > 0 && n <= ASSAY_NAME_MAX) {
		memcpy(name, sqlite3_column_blob(row, 0), (size_t)n);
		*len = (size_t)n;
	} else {
		st = fault_set(&s->fault, STORE_MALFORMED,
		    "an appraisal is damaged; restore the store");
	}
	sql_done(row);
	return st;
}
