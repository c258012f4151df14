/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite below the store: statements by name, values by kind, transactions.
 * Only the store_*.c files include this.
 */
#ifndef SERVICE_STORE_SQL_H
#define SERVICE_STORE_SQL_H

#include <sqlite3.h>

#include "store.h"

/* Every statement that ever runs; the text is in store_sql.c. */
enum query {
	Q_BEGIN,
	Q_COMMIT,
	Q_ROLLBACK,
	Q_SYNC_NORMAL,
	Q_SYNC_FULL,
	Q_SESSION_PURGE,
	Q_SESSION_COUNT,
	Q_SESSION_ADD,
	Q_SESSION_GET,
	Q_SESSION_DELETE,
	Q_SESSION_FAIL,
	Q_SESSION_USE,
	Q_SESSION_RESULT,
	Q_HOST_GET,
	Q_HOST_MOVE,
	Q_HOST_DECIDE,
	Q_CHALLENGE_PURGE,
	Q_CHALLENGE_COUNT,
	Q_CHALLENGE_COUNT_EK,
	Q_CHALLENGE_ADD,
	Q_CHALLENGE_GET,
	Q_CHALLENGE_USE,
	Q_ENROLMENT_ADD,
	Q_ENROLMENT_BY_AK,
	Q_ENROLMENT_BY_EK,
	Q_ENROLMENT_DROP,
	Q_EVIDENCE_ADD,
	Q_EVIDENCE_DROP,
	Q_APPRAISAL_ADD,
	Q_SURPLUS_OF_KEY,
	Q_SURPLUS,
	Q_APPRAISAL_UNLINK,
	Q_APPRAISALS_TRIM,
	Q_KEYS,
	Q_BUNDLE,
	Q_BUNDLE_LAST,
	Q_BUNDLE_OWNER,
	Q_DEVICE_EXPECTED,
	Q_DEVICE_ELSEWHERE,
	Q_DEVICES_ABSENT,
	Q_DEVICE_SEEN,
	Q_DEVICES_TRIM,
	Q_DEVICES_DROP,
	Q_DEVICES,
	Q_DEVICE_COUNT,
	Q_ACCEPT_FORGET,
	Q_ACCEPT_MOVED,
	Q_ACCEPT_TAKE,
	Q_ACCEPT_EXPECT,
	Q_HOST_TOUCH,
	QUERY_COUNT
};

struct store {
	sqlite3 *db;
	struct store_limits limits;
	struct fault fault;
	sqlite3_stmt *prepared[QUERY_COUNT];
	enum query sync; /* Q_SYNC_NORMAL or Q_SYNC_FULL, what holds now */
};

/* A value for a parameter; bytes and text are borrowed. */
struct value {
	enum { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB } kind;
	int64_t i;
	const void *p;
	size_t n;
};

struct value value_null(void);
struct value value_int(int64_t i);
struct value value_text(const char *s);
struct value value_blob(const void *p, size_t n);

/* The code for SQLite's last error, with a line in the store's fault. */
enum status sql_fault(struct store *s, int rc);

/* Prepare every statement: an unfitting schema shows here. */
enum status sql_prepare(struct store *s);
void sql_finalize(struct store *s);

/*
 * Run Q with N values; ROW is the statement when there is a row to read,
 * else NULL.  A statement with a row must be given to sql_done.
 */
enum status sql_first(struct store *s, enum query q, const struct value *v,
    size_t n, sqlite3_stmt **row);
enum status sql_next(struct store *s, sqlite3_stmt **row);
void sql_done(sqlite3_stmt *row);

/* Run Q, which returns no rows; CHANGES may be NULL. */
enum status sql_run(struct store *s, enum query q, const struct value *v,
    size_t n, int64_t *changes);

#define SQL_VALUES(...)                                                        \
	(const struct value[]){__VA_ARGS__},                                   \
	    sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)

/*
 * A transaction that locks out other writers at once.  SYNC is what must be
 * durable after the commit.  sql_end commits when ST is OK, else rolls back,
 * and returns the worse of both.
 */
enum status sql_begin(struct store *s, enum query sync);
enum status sql_end(struct store *s, enum status st);

/*
 * The devices of an appraisal (store_devices.c), within its transaction:
 * STORE_CONFLICT when what was answered about them is so no more; and keep
 * those that signed.
 */
enum status devices_same(struct store *s, const struct appraisal *a);
enum status devices_move(struct store *s, const struct appraisal *a);

/* Make or check the tables (store_schema.c). */
enum status schema_ready(struct store *s, enum store_mode mode);

#endif
