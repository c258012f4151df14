/* SPDX-License-Identifier: Apache-2.0 */
#include "store_sql.h"

#include <string.h>

/* What was found about the endorsement key is JSON. */
#define ENROLMENT_COLUMNS                                                      \
	"SELECT ak_name, ek_name, keys, binding, proved,"                      \
	" CASE WHEN json_valid(detail) THEN"                                   \
	" json_extract(detail, '$.ek.manufacturer') END"

#define DEVICE_COLUMNS                                                         \
	"SELECT d.ak_name, d.identity, d.label, d.expected, d.last_seen,"      \
	" d.first_seen, d.present FROM devices AS d"

static const char *const text[QUERY_COUNT] = {
    [Q_BEGIN] = "BEGIN IMMEDIATE",
    [Q_COMMIT] = "COMMIT",
    [Q_ROLLBACK] = "ROLLBACK",
    [Q_SYNC_NORMAL] = "PRAGMA synchronous = NORMAL",
    [Q_SYNC_FULL] = "PRAGMA synchronous = FULL",

    /* A bounded number at a time: nobody waits for a great sweep. */
    [Q_SESSION_PURGE] = "DELETE FROM sessions WHERE id IN (SELECT id"
                        " FROM sessions WHERE expiry <= ?1 ORDER BY expiry"
                        " LIMIT 256)",
    [Q_SESSION_COUNT] = "SELECT count(*) FROM sessions"
                        " WHERE state = 'waiting' AND expiry > ?1",
    [Q_SESSION_ADD] = "INSERT INTO sessions (id, nonce, state, created,"
                      " expiry) VALUES (?1, ?2, 'waiting', ?3, ?4)",
    [Q_SESSION_GET] = "SELECT nonce, state, created, expiry FROM sessions"
                      " WHERE id = ?1",
    [Q_SESSION_DELETE] = "DELETE FROM sessions WHERE id = ?1",
    [Q_SESSION_FAIL] = "UPDATE sessions SET state = 'failed'"
                       " WHERE id = ?1 AND state = 'waiting'",

    /* One evidence per session: the row changes once or not at all. */
    [Q_SESSION_USE] = "UPDATE sessions SET state = 'complete' WHERE id = ?1"
                      " AND state = 'waiting' AND expiry > ?2",
    [Q_SESSION_RESULT] = "SELECT result FROM appraisals WHERE session = ?1",

    [Q_HOST_GET] = "SELECT enrolment, revision, tpm_clock, tpm_reset,"
                   " tpm_restart, tpm_firmware, tpm_safe, chain_counter,"
                   " chain_digest, ima_count, ima_bank, ima_pcr"
                   " FROM hosts WHERE ak_name = ?1",
    [Q_HOST_MOVE] = "UPDATE hosts SET revision = revision + 1,"
                    " tpm_clock = ?2, tpm_reset = ?3, tpm_restart = ?4,"
                    " tpm_firmware = ?5, tpm_safe = ?6, chain_counter = ?7,"
                    " chain_digest = ?8, first_seen = coalesce(first_seen,"
                    " ?9), last_seen = ?9, ima_count = ?10,"
                    " ima_bank = ?11, ima_pcr = ?12 WHERE ak_name = ?1",
    /* A new decision begins the record anew. */
    [Q_HOST_DECIDE] = "INSERT INTO hosts (ak_name, enrolment, revision,"
                      " decided) VALUES (?1, ?2, 1, ?3) ON CONFLICT (ak_name)"
                      " DO UPDATE SET enrolment = ?2, decided = ?3,"
                      " revision = revision + 1, tpm_clock = NULL,"
                      " tpm_reset = NULL, tpm_restart = NULL,"
                      " tpm_firmware = NULL, tpm_safe = NULL,"
                      " chain_counter = NULL, chain_digest = NULL,"
                      " ima_count = NULL, ima_bank = NULL, ima_pcr = NULL"
                      " WHERE enrolment <> ?2",

    [Q_CHALLENGE_PURGE] = "DELETE FROM challenges WHERE id IN (SELECT id"
                          " FROM challenges WHERE expiry <= ?1"
                          " ORDER BY expiry LIMIT 256)",
    [Q_CHALLENGE_COUNT] = "SELECT count(*) FROM challenges WHERE open = 1"
                          " AND expiry > ?1",
    [Q_CHALLENGE_COUNT_EK] = "SELECT count(*) FROM challenges"
                             " WHERE open = 1 AND expiry > ?1"
                             " AND ek_name = ?2",
    [Q_CHALLENGE_ADD] = "INSERT INTO challenges (id, proof, ak_name,"
                        " ek_name, keys, detail, open, created, expiry)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8)",
    [Q_CHALLENGE_GET] = "SELECT proof, ak_name, ek_name, keys, open, expiry"
                        " FROM challenges WHERE id = ?1",
    [Q_CHALLENGE_USE] = "UPDATE challenges SET open = 0 WHERE id = ?1"
                        " AND open = 1",
    [Q_ENROLMENT_ADD] = "INSERT INTO enrolments (ak_name, ek_name, keys,"
                        " binding, detail, proved) SELECT ak_name, ek_name,"
                        " keys, ?2, detail, ?3 FROM challenges"
                        " WHERE id = ?1",
    [Q_ENROLMENT_BY_AK] = ENROLMENT_COLUMNS
                          " FROM enrolments WHERE ak_name = ?1",
    [Q_ENROLMENT_BY_EK] = ENROLMENT_COLUMNS
                          " FROM enrolments WHERE ek_name = ?1",
    [Q_ENROLMENT_DROP] = "DELETE FROM enrolments WHERE ak_name = ?1",

    [Q_EVIDENCE_ADD] = "INSERT INTO evidence (sha256, bytes) VALUES (?1, ?2)"
                       " ON CONFLICT (sha256) DO NOTHING",
    [Q_EVIDENCE_DROP] = "DELETE FROM evidence WHERE sha256 = ?1 AND NOT"
                        " EXISTS (SELECT 1 FROM appraisals"
                        " WHERE archived = ?1)",
    [Q_APPRAISAL_ADD] = "INSERT INTO appraisals (session, nonce, ak_name,"
                        " enrolled, time, verdict, exit, reasons, result,"
                        " evidence, archived) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
                        " ?7, ?8, ?9, ?10, ?10)",

    /* What goes beyond the caps for keys that nobody enrolled. */
    [Q_SURPLUS_OF_KEY] = "SELECT id, archived FROM appraisals WHERE"
                         " enrolled = 0 AND archived IS NOT NULL AND"
                         " ak_name IS ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2",
    [Q_SURPLUS] = "SELECT id, archived FROM appraisals WHERE"
                  " enrolled = 0 AND archived IS NOT NULL"
                  " ORDER BY id DESC LIMIT 1 OFFSET ?1",
    [Q_APPRAISAL_UNLINK] = "UPDATE appraisals SET archived = NULL"
                           " WHERE id = ?1",
    [Q_APPRAISALS_TRIM] = "DELETE FROM appraisals WHERE id IN (SELECT id"
                          " FROM appraisals WHERE enrolled = 0 AND"
                          " archived IS NULL ORDER BY id DESC"
                          " LIMIT 256 OFFSET ?1)",

    [Q_KEYS] = "WITH keys (name) AS (SELECT ak_name FROM hosts UNION"
               " SELECT ak_name FROM enrolments UNION"
               " SELECT ak_name FROM appraisals WHERE enrolled = 0"
               " AND ak_name IS NOT NULL) SELECT k.name, h.enrolment, a.time,"
               " a.verdict, (SELECT count(*) FROM appraisals WHERE"
               " ak_name = k.name), e.detail FROM keys AS k"
               " LEFT JOIN hosts AS h ON h.ak_name = k.name"
               " LEFT JOIN enrolments AS e ON e.ak_name = k.name"
               " LEFT JOIN appraisals AS a ON a.id ="
               " (SELECT max(id) FROM appraisals WHERE ak_name = k.name)"
               " ORDER BY a.time DESC NULLS LAST, k.name",

    [Q_BUNDLE] = "SELECT a.session, a.nonce, a.time, e.bytes FROM"
                 " appraisals AS a LEFT JOIN evidence AS e ON"
                 " e.sha256 = a.archived WHERE a.session = ?1",
    [Q_BUNDLE_LAST] = "SELECT a.session, a.nonce, a.time, e.bytes FROM"
                      " appraisals AS a LEFT JOIN evidence AS e ON"
                      " e.sha256 = a.archived ORDER BY a.id DESC LIMIT 1",
    [Q_BUNDLE_OWNER] = "SELECT ak_name FROM appraisals WHERE evidence = ?1"
                       " AND ak_name IS NOT NULL ORDER BY id LIMIT 1",

    [Q_DEVICE_EXPECTED] = DEVICE_COLUMNS
                          " WHERE d.ak_name = ?1 AND d.expected = 1"
                          " ORDER BY d.identity LIMIT 1 OFFSET ?2",
    [Q_DEVICE_ELSEWHERE] = DEVICE_COLUMNS
                           " JOIN hosts AS h ON h.ak_name = d.ak_name"
                           " WHERE d.identity = ?2 AND d.ak_name <> ?1"
                           " AND d.last_seen >= ?3"
                           " AND h.enrolment IN ('pinned', 'enrolled')"
                           " ORDER BY d.last_seen DESC LIMIT 1",
    [Q_DEVICES] = DEVICE_COLUMNS " WHERE ?1 IS NULL OR d.ak_name = ?1"
                                 " ORDER BY d.ak_name, d.label, d.last_seen",
    [Q_DEVICE_COUNT] = "SELECT (SELECT count(*) FROM hosts"
                       " WHERE ak_name = ?1), (SELECT count(*) FROM devices"
                       " WHERE ak_name = ?1 AND identity = ?2)",
    [Q_DEVICES_ABSENT] = "UPDATE devices SET present = 0"
                         " WHERE ak_name = ?1 AND present = 1",
    [Q_DEVICE_SEEN] = "INSERT INTO devices (ak_name, identity, label,"
                      " expected, present, first_seen, last_seen)"
                      " VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)"
                      " ON CONFLICT (ak_name, identity) DO UPDATE SET"
                      " label = ?3, expected = max(expected, ?4),"
                      " present = 1, last_seen = ?5",
    [Q_DEVICES_TRIM] = "DELETE FROM devices WHERE ak_name = ?1 AND identity"
                       " IN (SELECT identity FROM devices WHERE ak_name = ?1"
                       " AND expected = 0 ORDER BY present DESC,"
                       " last_seen DESC, identity LIMIT -1 OFFSET ?2)",
    [Q_DEVICES_DROP] = "DELETE FROM devices WHERE ak_name = ?1",

    /* ?2 is one identity, or NULL for all. */
    [Q_ACCEPT_FORGET] = "DELETE FROM devices WHERE ak_name = ?1"
                        " AND present = 0 AND (?2 IS NULL OR identity = ?2"
                        " OR label = (SELECT label FROM devices WHERE"
                        " ak_name = ?1 AND identity = ?2 AND present = 1))",
    [Q_ACCEPT_MOVED] = "UPDATE hosts SET revision = revision + 1 WHERE"
                       " ak_name IN (SELECT o.ak_name FROM devices AS o"
                       " JOIN devices AS d ON d.identity = o.identity WHERE"
                       " d.ak_name = ?1 AND d.present = 1 AND"
                       " o.ak_name <> ?1 AND (?2 IS NULL OR"
                       " d.identity = ?2))",
    [Q_ACCEPT_TAKE] = "DELETE FROM devices WHERE ak_name <> ?1 AND identity"
                      " IN (SELECT identity FROM devices WHERE ak_name = ?1"
                      " AND present = 1 AND (?2 IS NULL OR identity = ?2))",
    [Q_ACCEPT_EXPECT] = "UPDATE devices SET expected = 1 WHERE ak_name = ?1"
                        " AND present = 1 AND expected = 0"
                        " AND (?2 IS NULL OR identity = ?2)",
    [Q_HOST_TOUCH] = "UPDATE hosts SET revision = revision + 1"
                     " WHERE ak_name = ?1",
};

struct value
value_null(void)
{
	return (struct value){.kind = VALUE_NULL};
}

struct value
value_int(int64_t i)
{
	return (struct value){.kind = VALUE_INT, .i = i};
}

struct value
value_text(const char *s)
{
	return (struct value){.kind = VALUE_TEXT, .p = s, .n = strlen(s)};
}

struct value
value_blob(const void *p, size_t n)
{
	return (struct value){.kind = VALUE_BLOB, .p = p, .n = n};
}

enum status
sql_fault(struct store *s, int rc)
{
	static const struct {
		int rc;
		enum status st;
		const char *remedy;
	} rows[] = {
	    {SQLITE_NOTADB, STORE_MALFORMED, "name another file"},
	    {SQLITE_CORRUPT, STORE_MALFORMED, "restore it from a backup"},
	    {SQLITE_ERROR, STORE_MALFORMED, "not made by this program"},
	    {SQLITE_BUSY, STORE_BUSY, "try again"},
	    {SQLITE_LOCKED, STORE_BUSY, "try again"},
	    {SQLITE_READONLY, PERMISSION,
	        "make the file and its folder "
	        "writable"},
	    {SQLITE_PERM, PERMISSION, "check its permissions"},
	    {SQLITE_AUTH, PERMISSION, "check its permissions"},
	    {SQLITE_CANTOPEN, FILE_READ, "check its folder's permissions"},
	    {SQLITE_FULL, FILE_WRITE, "make room on its disk"},
	    {SQLITE_IOERR, FILE_WRITE, "check its disk"},
	    {SQLITE_NOMEM, NO_MEMORY, "free some memory"},
	};
	const char *path = sqlite3_db_filename(s->db, "main");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].rc == (rc & 0xff))
			return fault_set(&s->fault, rows[i].st, "%s: %s; %s",
			    path == NULL ? "store" : path,
			    sqlite3_errmsg(s->db), rows[i].remedy);
	return fault_set(&s->fault, INTERNAL, "store: %s (SQLite code %d)",
	    sqlite3_errmsg(s->db), rc);
}

enum status
sql_prepare(struct store *s)
{
	for (size_t q = 0; q < QUERY_COUNT; q++) {
		int rc = sqlite3_prepare_v3(s->db, text[q], -1,
		    SQLITE_PREPARE_PERSISTENT, &s->prepared[q], NULL);

		if (rc != SQLITE_OK)
			return sql_fault(s, rc);
	}
	return OK;
}

void
sql_finalize(struct store *s)
{
	for (size_t q = 0; q < QUERY_COUNT; q++) {
		(void)sqlite3_finalize(s->prepared[q]);
		s->prepared[q] = NULL;
	}
}

/* Values are borrowed until the statement is reset, which we always do. */
static int
bind(sqlite3_stmt *stmt, int at, const struct value *v)
{
	switch (v->kind) {
	case VALUE_INT:
		return sqlite3_bind_int64(stmt, at, v->i);
	case VALUE_TEXT:
		return sqlite3_bind_text64(
		    stmt, at, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BLOB:
		return sqlite3_bind_blob64(stmt, at, v->p, v->n, SQLITE_STATIC);
	case VALUE_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, at);
}

void
sql_done(sqlite3_stmt *row)
{
	if (row == NULL)
		return;
	(void)sqlite3_reset(row);
	(void)sqlite3_clear_bindings(row);
}

enum status
sql_next(struct store *s, sqlite3_stmt **row)
{
	int rc = sqlite3_step(*row);
	enum status st;

	if (rc == SQLITE_ROW)
		return OK;
	st = rc == SQLITE_DONE ? OK : sql_fault(s, rc);
	sql_done(*row);
	*row = NULL;
	return st;
}

enum status
sql_first(struct store *s, enum query q, const struct value *v, size_t n,
    sqlite3_stmt **row)
{
	*row = s->prepared[q];
	for (size_t i = 0; i < n; i++) {
		int rc = bind(*row, (int)i + 1, &v[i]);
		enum status st;

		if (rc == SQLITE_OK)
			continue;
		st = sql_fault(s, rc);
		sql_done(*row);
		*row = NULL;
		return st;
	}
	return sql_next(s, row);
}

enum status
sql_run(struct store *s, enum query q, const struct value *v, size_t n,
    int64_t *changes)
{
	sqlite3_stmt *row;
	enum status st;

	if ((st = sql_first(s, q, v, n, &row)) != OK)
		return st;
	sql_done(row);
	if (changes != NULL)
		*changes = sqlite3_changes64(s->db);
	return OK;
}

enum status
sql_begin(struct store *s, enum query sync)
{
	enum status st;

	/* How durable can only be chosen between transactions. */
	if (s->sync != sync) {
		if ((st = sql_run(s, sync, NULL, 0, NULL)) != OK)
			return st;
		s->sync = sync;
	}
	return sql_run(s, Q_BEGIN, NULL, 0, NULL);
}

enum status
sql_end(struct store *s, enum status st)
{
	struct fault first;

	if (st == OK && (st = sql_run(s, Q_COMMIT, NULL, 0, NULL)) == OK)
		return OK;

	/* The first fault is the one that matters. */
	first = s->fault;
	if (sqlite3_get_autocommit(s->db) == 0)
		(void)sql_run(s, Q_ROLLBACK, NULL, 0, NULL);
	s->fault = first;
	return st;
}
