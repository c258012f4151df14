/* SPDX-License-Identifier: Apache-2.0 */
/* The store: devices that signed for enrolled hosts. */
#include <stdio.h>
#include <string.h>

#include "store_sql.h"

static enum status
damaged(struct store *s)
{
	return fault_set(&s->fault, STORE_MALFORMED,
	    "the record of a device is damaged: restore the store, or reject "
	    "its host's key and approve it again");
}

/* Column AT of ROW as text of less than CAP bytes, none of them NUL. */
static bool
column_text(sqlite3_stmt *row, int at, char *out, size_t cap)
{
	const void *text = sqlite3_column_text(row, at);
	size_t n = (size_t)sqlite3_column_bytes(row, at);

	if (text == NULL || n == 0 || n >= cap || memchr(text, '\0', n) != NULL)
		return false;
	memcpy(out, text, n);
	out[n] = '\0';
	return true;
}

/* A row with DEVICE_COLUMNS. */
static enum status
device_from(struct store *s, sqlite3_stmt *row, struct device_seen *out)
{
	struct assay_device *d = &out->device;
	int n = sqlite3_column_bytes(row, 0);

	memset(out, 0, sizeof(*out));
	if (n <= 0 || (size_t)n > sizeof(d->ak_name) ||
	    !column_text(row, 1, d->identity, sizeof(d->identity)) ||
	    !column_text(row, 2, d->label, sizeof(d->label)))
		return damaged(s);
	memcpy(d->ak_name, sqlite3_column_blob(row, 0), (size_t)n);
	d->ak_name_len = (size_t)n;
	d->expected = sqlite3_column_int(row, 3);
	d->last_seen = sqlite3_column_int64(row, 4);
	out->first_seen = sqlite3_column_int64(row, 5);
	out->present = sqlite3_column_int(row, 6) != 0;
	return OK;
}

/* The one row that Q may have. */
static enum status
find(struct store *s, enum query q, const struct value *v, size_t n,
    struct assay_device *out, bool *found)
{
	struct device_seen seen;
	sqlite3_stmt *row;
	enum status st;

	*found = false;
	if ((st = sql_first(s, q, v, n, &row)) != OK || row == NULL)
		return st;
	if ((st = device_from(s, row, &seen)) == OK) {
		*out = seen.device;
		*found = true;
	}
	sql_done(row);
	return st;
}

enum status
store_device_expected(struct store *s, const uint8_t *name, size_t len,
    size_t i, struct assay_device *out, bool *found)
{
	return find(s, Q_DEVICE_EXPECTED,
	    SQL_VALUES(value_blob(name, len), value_int((int64_t)i)), out,
	    found);
}

enum status
store_device_elsewhere(struct store *s, const uint8_t *name, size_t len,
    const char *identity, int64_t since, struct assay_device *out, bool *found)
{
	return find(s, Q_DEVICE_ELSEWHERE,
	    SQL_VALUES(value_blob(name, len), value_text(identity),
	        value_int(since)),
	    out, found);
}

enum status
store_devices(struct store *s, const uint8_t *name, size_t len,
    device_seen_fn *fn, void *arg)
{
	struct value v = name == NULL ? value_null() : value_blob(name, len);
	sqlite3_stmt *row;
	enum status st;

	st = sql_first(s, Q_DEVICES, &v, 1, &row);
	while (st == OK && row != NULL) {
		struct device_seen seen;

		if ((st = device_from(s, row, &seen)) != OK) {
			sql_done(row);
			return st;
		}
		fn(arg, &seen);
		st = sql_next(s, &row);
	}
	return st;
}

enum status
devices_same(struct store *s, const struct appraisal *a)
{
	for (size_t i = 0; i < a->asked_devices; i++) {
		const struct device_asked *ask = &a->asked_device[i];
		struct assay_device now;
		enum status st;
		bool found;

		st = store_device_elsewhere(s, a->asked_name, a->asked_len,
		    ask->identity, a->since, &now, &found);
		if (st != OK)
			return st;
		if (found != ask->elsewhere)
			return fault_set(&s->fault, STORE_CONFLICT,
			    "the record of a device changed meanwhile");
	}
	return OK;
}

/*
 * The last report of the host has those that signed and no other.  Nobody
 * makes us keep more than so many that were never accepted; what the last
 * report has goes last.
 */
enum status
devices_move(struct store *s, const struct appraisal *a)
{
	struct value name =
	    value_blob(a->host.ak_name, a->host.ak_name_len);
	enum status st = sql_run(s, Q_DEVICES_ABSENT, &name, 1, NULL);

	for (size_t i = 0; st == OK && i < a->host.device_count; i++) {
		const struct assay_device *d = &a->host.device[i];

		st = sql_run(s, Q_DEVICE_SEEN,
		    SQL_VALUES(name, value_text(d->identity),
		        value_text(d->label), value_int(d->expected != 0),
		        value_int(a->time)),
		    NULL);
	}
	if (st == OK)
		st = sql_run(s, Q_DEVICES_TRIM,
		    SQL_VALUES(name, value_int(s->limits.devices)), NULL);
	return st;
}

/* Is there such a host, and has it shown the device? */
static enum status
is_known(struct store *s, const struct value v[2])
{
	sqlite3_stmt *row;
	int64_t hosts, devices;
	enum status st;

	if ((st = sql_first(s, Q_DEVICE_COUNT, v, 2, &row)) != OK)
		return st;
	hosts = sqlite3_column_int64(row, 0);
	devices = sqlite3_column_int64(row, 1);
	sql_done(row);
	if (hosts == 0)
		return fault_set(&s->fault, HOST_UNKNOWN,
		    "no record of this key; see \"enroll list\"");
	if (devices == 0 && v[1].kind != VALUE_NULL)
		return fault_set(&s->fault, DEVICE_UNSEEN,
		    "this host has not shown this device; see \"devices "
		    "list\"");
	return OK;
}

enum status
store_device_accept(struct store *s, const uint8_t *name, size_t len,
    const char *identity, struct accepted *out)
{
	const struct value v[2] = {value_blob(name, len),
	    identity == NULL ? value_null() : value_text(identity)};
	struct accepted did = {0};
	enum status st;

	if ((st = sql_begin(s, Q_SYNC_FULL)) != OK)
		return st;
	if ((st = is_known(s, v)) == OK)
		st = sql_run(s, Q_ACCEPT_FORGET, v, 2, &did.forgotten);
	/* Verdicts that are being made rest on what is changed here. */
	if (st == OK)
		st = sql_run(s, Q_ACCEPT_MOVED, v, 2, NULL);
	if (st == OK)
		st = sql_run(s, Q_ACCEPT_TAKE, v, 2, &did.taken);
	if (st == OK)
		st = sql_run(s, Q_ACCEPT_EXPECT, v, 2, &did.expected);
	if (st == OK)
		st = sql_run(s, Q_HOST_TOUCH, v, 1, NULL);
	if ((st = sql_end(s, st)) == OK)
		*out = did;
	return st;
}
