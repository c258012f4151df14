/* SPDX-License-Identifier: Apache-2.0 */
/* The store: opening it, and its sessions. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_sql.h"

const struct store_limits store_limits = {
    .sessions = 100000,
    .bundles_per_key = 16,
    .bundles = 1024,
    .appraisals = 65536,
    .challenges = 1024,
    .challenges_per_ek = 8,
    .devices = 256,
};

enum {
	BUSY_MS = 5000, /* how long another writer is waited for */
	LINGER = 600,   /* seconds a session that is over can be asked for */
};

/*
 * A file of SQLite begins with this (SQLite file format, 1.3.1).  SQLite
 * itself takes anything shorter than a page for an empty database and would
 * write over it.
 */
static bool
is_database(int fd, off_t size)
{
	static const char magic[16] = "SQLite format 3";
	char head[sizeof(magic)];

	return size == 0 ||
	       (size >= 512 &&
	           pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	           memcmp(head, magic, sizeof(magic)) == 0);
}

/*
 * The file first: SQLite would make it readable by all, wait on a FIFO, and
 * say nothing about what it found instead.
 */
static enum status
file_ready(const char *path, enum store_mode mode, struct fault *fault)
{
	static const int flags[] = {
	    [STORE_CREATE] = O_RDWR | O_CREAT,
	    [STORE_WRITE] = O_RDWR,
	    [STORE_READ] = O_RDONLY,
	};
	struct stat sb;
	enum status st = OK;
	int fd;

	fd = open(path, flags[mode] | O_CLOEXEC | O_NONBLOCK, 0600);
	if (fd < 0 || fstat(fd, &sb) != 0)
		st = fault_errno(fault, FILE_READ, path,
		    mode == STORE_CREATE
		        ? "make its folder, or name another file"
		        : "check the path; \"serve\" makes the store");
	else if (!S_ISREG(sb.st_mode))
		st = fault_set(
		    fault, FILE_NOT_REGULAR, "%s: not a regular file", path);
	else if (!is_database(fd, sb.st_size))
		st = fault_set(fault, STORE_MALFORMED,
		    "%s: not a database; name another file", path);
	if (fd >= 0)
		(void)close(fd);
	return st;
}

enum status
store_open(const char *path, enum store_mode mode,
    const struct store_limits *limits, struct store **out, struct fault *fault)
{
	struct store *s = NULL;
	char *full = NULL;
	enum status st;
	int rc;

	if ((st = file_ready(path, mode, fault)) != OK)
		return st;
	s = calloc(1, sizeof(*s));
	full = realpath(path, NULL); /* no name is special to SQLite then */
	if (s == NULL || full == NULL) {
		st = fault_set(fault, NO_MEMORY, "%s: no memory", path);
		goto out;
	}
	s->limits = *limits;
	s->sync = Q_SYNC_FULL;

	rc = sqlite3_open_v2(full, &s->db,
	    mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE,
	    NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(s->db, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(
		    s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	st = rc == SQLITE_OK ? schema_ready(s, mode) : sql_fault(s, rc);
	if (st != OK) {
		*fault = s->fault;
		goto out;
	}
	*out = s;
	s = NULL;
out:
	free(full);
	store_close(s);
	return st;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	sql_finalize(s);
	(void)sqlite3_close(s->db);
	free(s);
}

const struct fault *
store_fault(const struct store *s)
{
	return &s->fault;
}

static const char *const words[] = {
    [SESSION_WAITING] = "waiting",
    [SESSION_COMPLETE] = "complete",
    [SESSION_FAILED] = "failed",
};

const char *
session_word(enum session_state state)
{
	return words[state];
}

/* Is there room for one more at time NOW? */
static enum status
session_room(struct store *s, int64_t now)
{
	sqlite3_stmt *row;
	enum status st;
	int64_t count;

	st = sql_first(s, Q_SESSION_COUNT, SQL_VALUES(value_int(now)), &row);
	if (st != OK)
		return st;
	count = sqlite3_column_int64(row, 0);
	sql_done(row);
	if (count >= s->limits.sessions)
		return fault_set(&s->fault, SESSIONS_FULL,
		    "%lld sessions wait for evidence", (long long)count);
	return OK;
}

enum status
store_session_add(struct store *s, const struct session *session)
{
	enum status st;

	/* A session lost with the power only costs the agent a new one. */
	if ((st = sql_begin(s, Q_SYNC_NORMAL)) != OK)
		return st;
	st = sql_run(s, Q_SESSION_PURGE,
	    SQL_VALUES(value_int(session->created - LINGER)), NULL);
	if (st == OK)
		st = session_room(s, session->created);
	if (st == OK)
		st = sql_run(s, Q_SESSION_ADD,
		    SQL_VALUES(value_text(session->id),
		        value_blob(session->nonce, SESSION_NONCE),
		        value_int(session->created),
		        value_int(session->expiry)),
		    NULL);

	/* What was swept out stays so, also when there is no room. */
	if (st == SESSIONS_FULL) {
		enum status ended = sql_end(s, OK);

		return ended == OK ? st : ended;
	}
	return sql_end(s, st);
}

enum status
store_session_get(struct store *s, const char *id, struct session *out)
{
	struct session got = {0};
	sqlite3_stmt *row;
	enum status st;
	const void *word;

	st = sql_first(s, Q_SESSION_GET, SQL_VALUES(value_text(id)), &row);
	if (st != OK)
		return st;
	if (row == NULL)
		return fault_set(&s->fault, SESSION_UNKNOWN,
		    "no such session; begin a new one");

	(void)snprintf(got.id, sizeof(got.id), "%s", id);
	st = fault_set(&s->fault, STORE_MALFORMED, "a session is damaged");
	word = sqlite3_column_text(row, 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (word != NULL && strcmp(word, words[i]) == 0) {
			got.state = (enum session_state)i;
			st = OK;
		}
	if (sqlite3_column_bytes(row, 0) != SESSION_NONCE)
		st = STORE_MALFORMED;
	else
		memcpy(got.nonce, sqlite3_column_blob(row, 0), SESSION_NONCE);
	got.created = sqlite3_column_int64(row, 2);
	got.expiry = sqlite3_column_int64(row, 3);
	sql_done(row);
	if (st == OK)
		*out = got;
	return st;
}

enum status
store_session_delete(struct store *s, const char *id)
{
	int64_t changes = 0;
	enum status st;

	if ((st = sql_begin(s, Q_SYNC_NORMAL)) != OK)
		return st;
	st = sql_run(s, Q_SESSION_DELETE, SQL_VALUES(value_text(id)), &changes);
	if ((st = sql_end(s, st)) != OK)
		return st;
	if (changes == 0)
		return fault_set(&s->fault, SESSION_UNKNOWN,
		    "no such session; begin a new one");
	return OK;
}

enum status
store_session_fail(struct store *s, const char *id)
{
	enum status st;

	if ((st = sql_begin(s, Q_SYNC_NORMAL)) != OK)
		return st;
	return sql_end(
	    s, sql_run(s, Q_SESSION_FAIL, SQL_VALUES(value_text(id)), NULL));
}

enum status
store_session_result(struct store *s, const char *id, char **out)
{
	sqlite3_stmt *row;
	const void *text;
	enum status st;

	st = sql_first(s, Q_SESSION_RESULT, SQL_VALUES(value_text(id)), &row);
	if (st != OK)
		return st;
	if (row == NULL)
		return fault_set(
		    &s->fault, SESSION_UNKNOWN, "the session has no result");
	text = sqlite3_column_text(row, 0);
	*out = text == NULL ? NULL : strdup(text);
	sql_done(row);
	return *out != NULL ? OK : fault_set(&s->fault, NO_MEMORY, "no memory");
}
