/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, and how a store of ours is told from any other file. */
#include "store_sql.h"

enum {
	SCHEMA_VERSION = 5,          /* PRAGMA user_version */
	APPLICATION_ID = 0x41535359, /* PRAGMA application_id, "ASSY" */
};

/* Settings of a connection, not of the file. */
static const char settings[] = "PRAGMA foreign_keys = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA journal_size_limit = 67108864;"
                               "PRAGMA synchronous = FULL;";

/* Only keys that an operator decided about.  64-bit unsigned numbers are
 * kept as the signed number of the same bits. */
#define HOSTS                                                                  \
	"CREATE TABLE hosts ("                                                 \
	" ak_name BLOB PRIMARY KEY CHECK (length(ak_name) IN (34, 50)),"       \
	" enrolment TEXT NOT NULL CHECK (enrolment IN ('pinned', 'rejected',"  \
	"  'enrolled')),"                                                      \
	" revision INTEGER NOT NULL,"                                          \
	" tpm_clock INTEGER, tpm_reset INTEGER, tpm_restart INTEGER,"          \
	" tpm_firmware INTEGER, tpm_safe INTEGER,"                             \
	" chain_counter INTEGER,"                                              \
	" chain_digest BLOB CHECK (length(chain_digest) = 32),"                \
	" decided INTEGER NOT NULL,"                                           \
	" first_seen INTEGER, last_seen INTEGER,"                              \
	" CHECK ((tpm_clock IS NULL) = (tpm_reset IS NULL)"                    \
	"  AND (tpm_clock IS NULL) = (tpm_restart IS NULL)"                    \
	"  AND (tpm_clock IS NULL) = (tpm_firmware IS NULL)"                   \
	"  AND (tpm_clock IS NULL) = (tpm_safe IS NULL)"                       \
	"  AND (chain_counter IS NULL) = (chain_digest IS NULL))"              \
	") STRICT;"

/* proof is the SHA-256 of the answer; an enrolment is a challenge that was
 * answered, and binding a digest over its keys. */
#define ENROLMENTS                                                             \
	"CREATE TABLE challenges ("                                            \
	" id TEXT PRIMARY KEY,"                                                \
	" proof BLOB NOT NULL CHECK (length(proof) = 32),"                     \
	" ak_name BLOB NOT NULL CHECK (length(ak_name) IN (34, 50)),"          \
	" ek_name BLOB NOT NULL CHECK (length(ek_name) IN (34, 50)),"          \
	" keys BLOB NOT NULL CHECK (length(keys) = 32),"                       \
	" detail TEXT NOT NULL,"                                               \
	" open INTEGER NOT NULL CHECK (open IN (0, 1)),"                       \
	" created INTEGER NOT NULL,"                                           \
	" expiry INTEGER NOT NULL"                                             \
	") STRICT;"                                                            \
	"CREATE INDEX challenges_expiry ON challenges (expiry);"               \
	"CREATE TABLE enrolments ("                                            \
	" ak_name BLOB PRIMARY KEY CHECK (length(ak_name) IN (34, 50)),"       \
	" ek_name BLOB NOT NULL UNIQUE CHECK (length(ek_name) IN (34, 50)),"   \
	" keys BLOB NOT NULL CHECK (length(keys) = 32),"                       \
	" binding BLOB NOT NULL CHECK (length(binding) = 32),"                 \
	" detail TEXT NOT NULL,"                                               \
	" proved INTEGER NOT NULL"                                             \
	") STRICT;"

/* To version 2: the constraint on hosts, and the tables that are new. */
static const char to_2[] =
    "ALTER TABLE hosts RENAME TO hosts_1;" HOSTS
    "INSERT INTO hosts SELECT ak_name, enrolment, revision, tpm_clock,"
    " tpm_reset, tpm_restart, tpm_firmware, tpm_safe, chain_counter,"
    " chain_digest, decided, first_seen, last_seen FROM hosts_1;"
    "DROP TABLE hosts_1;" ENROLMENTS "PRAGMA user_version = 2;";

/* To version 3: how far the list of files has been seen in this boot. */
static const char to_3[] =
    "ALTER TABLE hosts ADD COLUMN ima_count INTEGER;"
    "ALTER TABLE hosts ADD COLUMN ima_bank INTEGER"
    " CHECK ((ima_bank IS NULL) = (ima_count IS NULL));"
    "ALTER TABLE hosts ADD COLUMN ima_pcr BLOB"
    " CHECK ((ima_pcr IS NULL) = (ima_count IS NULL)"
    "  AND length(ima_pcr) <= 64);"
    "PRAGMA user_version = 3;";

/* To version 4: whose bundle has a digest. */
static const char to_4[] =
    "CREATE INDEX appraisals_evidence ON appraisals (evidence);"
    "PRAGMA user_version = 4;";

/*
 * To version 5: devices that signed for enrolled hosts.  present is 1 while
 * the last report of the host had it; expected once it was accepted.
 */
static const char to_5[] =
    "CREATE TABLE devices ("
    " ak_name BLOB NOT NULL REFERENCES hosts (ak_name) ON DELETE CASCADE,"
    " identity TEXT NOT NULL CHECK (length(identity) BETWEEN 1 AND 63),"
    " label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 31),"
    " expected INTEGER NOT NULL CHECK (expected IN (0, 1)),"
    " present INTEGER NOT NULL CHECK (present IN (0, 1)),"
    " first_seen INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL,"
    " PRIMARY KEY (ak_name, identity)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX devices_identity ON devices (identity, last_seen);"
    "PRAGMA user_version = 5;";

/* Version 2, from which a new file goes on as an older one does. */
static const char schema[] =
    "CREATE TABLE sessions ("
    " id TEXT PRIMARY KEY,"
    " nonce BLOB NOT NULL UNIQUE CHECK (length(nonce) = 32),"
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'complete',"
    "  'failed')),"
    " created INTEGER NOT NULL,"
    " expiry INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX sessions_expiry ON sessions (expiry);"
    "CREATE INDEX sessions_waiting ON sessions (expiry)"
    " WHERE state = 'waiting';"

    HOSTS ENROLMENTS

    "CREATE TABLE evidence ("
    " sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),"
    " bytes BLOB NOT NULL"
    ") STRICT;"

    /* evidence is the digest, for ever; archived is it too while the
     * bundle itself is kept. */
    "CREATE TABLE appraisals ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " session TEXT NOT NULL UNIQUE,"
    " nonce BLOB NOT NULL,"
    " ak_name BLOB,"
    " enrolled INTEGER NOT NULL,"
    " time INTEGER NOT NULL,"
    " verdict TEXT NOT NULL CHECK (verdict IN ('affirming', 'warning',"
    "  'contraindicated', 'none')),"
    " exit INTEGER NOT NULL,"
    " reasons TEXT NOT NULL,"
    " result TEXT NOT NULL,"
    " evidence BLOB NOT NULL CHECK (length(evidence) = 32),"
    " archived BLOB REFERENCES evidence (sha256)"
    ") STRICT;"
    "CREATE INDEX appraisals_key ON appraisals (ak_name, id);"
    "CREATE INDEX appraisals_archived ON appraisals (archived);"
    "CREATE INDEX appraisals_strangers ON appraisals (ak_name)"
    " WHERE enrolled = 0;"
    "CREATE INDEX appraisals_bundles ON appraisals (id)"
    " WHERE enrolled = 0 AND archived IS NOT NULL;"
    "CREATE INDEX appraisals_bundles_key ON appraisals (ak_name, id)"
    " WHERE enrolled = 0 AND archived IS NOT NULL;"
    "CREATE INDEX appraisals_bare ON appraisals (id)"
    " WHERE enrolled = 0 AND archived IS NULL;"

    /* 1095979865 is APPLICATION_ID. */
    "PRAGMA application_id = 1095979865;"
    "PRAGMA user_version = 2;";

_Static_assert(APPLICATION_ID == 1095979865, "as in the schema");

/* What leads to each version; a new file begins with the schema. */
static const char *const steps[SCHEMA_VERSION + 1] = {
    [2] = to_2,
    [3] = to_3,
    [4] = to_4,
    [5] = to_5,
};

/* Several statements without parameters. */
static enum status
execute(struct store *s, const char *sql)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? OK : sql_fault(s, rc);
}

/* The one number that SQL yields. */
static enum status
number(struct store *s, const char *sql, int64_t *out)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);
	enum status st = OK;

	if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else
		st = sql_fault(s, rc);
	(void)sqlite3_finalize(stmt);
	return st;
}

/* What a file is, as far as its header and first page tell. */
struct marks {
	int64_t application;
	int64_t version;
	int64_t tables;
};

static enum status
marks_read(struct store *s, struct marks *out)
{
	enum status st;

	if ((st = number(s, "PRAGMA application_id", &out->application)) != OK)
		return st;
	if ((st = number(s, "PRAGMA user_version", &out->version)) != OK)
		return st;
	return number(s, "SELECT count(*) FROM sqlite_schema", &out->tables);
}

static bool
blank(const struct marks *m)
{
	return m->application == 0 && m->version == 0 && m->tables == 0;
}

/* Is it a file of ours that an older version made? */
static bool
older(const struct marks *m)
{
	return m->application == APPLICATION_ID && m->version >= 1 &&
	    m->version < SCHEMA_VERSION;
}

/* The statements that bring what NOW describes to our version. */
static enum status
schema_steps(struct store *s, const struct marks *now)
{
	int64_t version = now->version;
	enum status st = OK;

	if (blank(now)) {
		st = execute(s, schema);
		version = 2;
	} else if (!older(now)) {
		return OK;
	}
	while (st == OK && version < SCHEMA_VERSION)
		st = execute(s, steps[++version]);
	return st;
}

/*
 * All of them or none, and what they fit to is looked at under the lock:
 * another process may do the same at this moment.
 */
static enum status
schema_change(struct store *s)
{
	struct marks now = {0};
	enum status st;

	if ((st = execute(s, "BEGIN IMMEDIATE")) != OK)
		return st;
	if ((st = marks_read(s, &now)) == OK)
		st = schema_steps(s, &now);
	if (st != OK) {
		struct fault first = s->fault;

		(void)execute(s, "ROLLBACK");
		s->fault = first;
		return st;
	}
	return execute(s, "COMMIT");
}

/* Bring the file to our version, where that is our affair. */
static enum status
schema_settle(struct store *s, enum store_mode mode, struct marks *marks)
{
	enum status st = OK;

	if (mode == STORE_CREATE && blank(marks)) {
		st = execute(s, "PRAGMA journal_mode = WAL");
		if (st == OK)
			st = schema_change(s);
	} else if (mode != STORE_READ && older(marks)) {
		st = schema_change(s);
	}
	return st == OK ? marks_read(s, marks) : st;
}

enum status
schema_ready(struct store *s, enum store_mode mode)
{
	const char *path = sqlite3_db_filename(s->db, "main");
	struct marks marks = {0};
	enum status st;

	if ((st = execute(s, settings)) != OK ||
	    (st = marks_read(s, &marks)) != OK ||
	    (st = schema_settle(s, mode, &marks)) != OK)
		return st;

	/* Ours, and of a version that this program knows. */
	if (marks.application != APPLICATION_ID || marks.version < 1)
		return fault_set(&s->fault, STORE_MALFORMED,
		    "%s: not a store of this verifier; name another file",
		    path);
	if (marks.version > SCHEMA_VERSION)
		return fault_set(&s->fault, STORE_NEWER,
		    "%s: schema %lld, this program knows %d; use the newer "
		    "program",
		    path, (long long)marks.version, SCHEMA_VERSION);
	if (marks.version < SCHEMA_VERSION)
		return fault_set(&s->fault, STORE_OLDER,
		    "%s: schema %lld; start \"serve\" once, which brings it to "
		    "%d",
		    path, (long long)marks.version, SCHEMA_VERSION);
	return sql_prepare(s);
}
