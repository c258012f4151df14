/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of the verifier service: devices that signed for enrolled hosts.
 * The devices are names; test_service_devices has ones that sign.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"
#include "status.h"
#include "store.h"
#include "store_file.h"

enum { WINDOW = 100, T0 = 1000 };

static const struct store_limits small = {
    .sessions = 100000,
    .bundles_per_key = 3,
    .bundles = 5,
    .appraisals = 10,
    .devices = 4,
};

struct place {
	char folder[64];
	char db[96];
	struct store *store;
	unsigned sessions;
};

#define is(got, want)                                                          \
	assert_string_equal(status_name(got), status_name(want))

static enum status
open_as(struct place *p, enum store_mode mode)
{
	struct fault fault = {0};

	store_close(p->store);
	p->store = NULL;
	return store_open(p->db, mode, &small, &p->store, &fault);
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	(void)snprintf(
	    p->folder, sizeof(p->folder), "/tmp/test_store_devices.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	(void)snprintf(p->db, sizeof(p->db), "%s/assay.db", p->folder);
	*state = p;
	return open_as(p, STORE_CREATE) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	store_close(p->store);
	store_file_remove(p->db);
	assert_int_equal(rmdir(p->folder), 0);
	free(p);
	return 0;
}

static int64_t
ask(const struct place *p, const char *sql)
{
	return store_file_ask(p->db, sql);
}

static void
name_of(unsigned host, uint8_t name[34])
{
	memset(name, 0, 34);
	name[1] = 0x0b;
	name[33] = (uint8_t)host;
}

static void
decide(struct place *p, unsigned host, enum assay_enrolment decision)
{
	uint8_t name[34];
	bool changed;

	name_of(host, name);
	is(store_host_decide(p->store, name, 34, decision, T0, &changed), OK);
}

static int64_t
revision_of(struct place *p, unsigned host)
{
	struct assay_host got;
	int64_t revision = 0;
	uint8_t name[34];

	name_of(host, name);
	is(store_host_get(p->store, name, 34, &got, &revision), OK);
	return revision;
}

/* A report of HOST at TIME, as it is appraised and about to be kept. */
struct report {
	struct session session;
	struct appraisal a;
	unsigned n;
};

/*
 * IDENTITIES are the devices that signed, gpu-0 and on, NULL-terminated; each
 * is asked about, as libassay would.
 */
static void
appraise(struct place *p, struct report *r, unsigned host, int64_t time,
    bool accepted, const char *const *identities)
{
	struct appraisal *a = &r->a;

	memset(r, 0, sizeof(*r));
	r->n = ++p->sessions;
	r->session = (struct session){.created = time, .expiry = time + 10};
	(void)snprintf(r->session.id, sizeof(r->session.id),
	    "00000000-0000-4000-8000-%012x", r->n);
	memcpy(r->session.nonce, &r->n, sizeof(r->n));
	is(store_session_add(p->store, &r->session), OK);
	*a = (struct appraisal){
	    .session = &r->session,
	    .time = time,
	    .since = time - WINDOW,
	    .verdict = accepted ? "warning" : "contraindicated",
	    .exit_status = accepted ? 2 : 1,
	    .reasons = "[]",
	    .result = "a.b.c",
	    .evidence = (const uint8_t *)&r->n,
	    .evidence_len = sizeof(r->n),
	    .asked = true,
	    .asked_len = 34,
	    .verified = true,
	};
	is(digest_sha256(a->evidence, a->evidence_len, a->digest), OK);
	name_of(host, a->asked_name);
	is(store_host_get(
	       p->store, a->asked_name, 34, &a->host, &a->revision),
	    OK);
	for (size_t i = 0; identities[i] != NULL; i++) {
		struct assay_device *d = &a->host.device[i], found;
		struct device_asked *ask = &a->asked_device[i];

		a->host.device_count++;
		(void)snprintf(
		    d->identity, sizeof(d->identity), "%s", identities[i]);
		(void)snprintf(d->label, sizeof(d->label), "gpu-%zu", i);
		d->expected = accepted;
		memcpy(ask->identity, d->identity, sizeof(ask->identity));
		is(store_device_elsewhere(p->store, a->asked_name, 34,
		       d->identity, a->since, &found, &ask->elsewhere),
		    OK);
		a->asked_devices++;
	}
}

/* The same, kept; true when the first device had signed elsewhere. */
static bool
report(struct place *p, unsigned host, int64_t time, bool accepted,
    const char *const *identities)
{
	struct report r;

	appraise(p, &r, host, time, accepted, identities);
	is(store_appraisal_add(p->store, &r.a), OK);
	return r.a.asked_device[0].elsewhere;
}

#define DEVICES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE ((const char *const[]){NULL})

/* How many devices are expected of HOST. */
static size_t
expected(struct place *p, unsigned host)
{
	struct assay_device d;
	uint8_t name[34];
	bool found = true;
	size_t n = 0;

	name_of(host, name);
	while (found) {
		is(store_device_expected(p->store, name, 34, n, &d, &found),
		    OK);
		n += found;
	}
	return n;
}

static enum status
accept_device(struct place *p, unsigned host, const char *identity,
    struct accepted *did)
{
	uint8_t name[34];

	memset(did, 0, sizeof(*did));
	name_of(host, name);
	return store_device_accept(p->store, name, 34, identity, did);
}

static void
t09_expected(void **state)
{
	struct place *p = *state;
	struct assay_device d;
	uint8_t name[34];
	bool found;

	decide(p, 1, ASSAY_PINNED);
	assert_int_equal(expected(p, 1), 0);

	/* What a refused report shows is seen and not expected. */
	report(p, 1, T0, false, DEVICES("x:1", "x:2"));
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 2);
	assert_int_equal(expected(p, 1), 0);

	/* Accepted once it stays so, also when a later report is refused. */
	report(p, 1, T0 + 1, true, DEVICES("x:1"));
	report(p, 1, T0 + 2, false, DEVICES("x:1", "x:3"));
	assert_int_equal(expected(p, 1), 1);
	name_of(1, name);
	is(store_device_expected(p->store, name, 34, 0, &d, &found), OK);
	assert_true(found);
	assert_string_equal(d.identity, "x:1");
	assert_string_equal(d.label, "gpu-0");
	assert_memory_equal(d.ak_name, name, 34);
	assert_int_equal(d.last_seen, T0 + 2);
	assert_int_equal(
	    ask(p, "SELECT first_seen FROM devices WHERE identity = 'x:1'"),
	    T0);

	/* Gone from a report it is still expected. */
	report(p, 1, T0 + 3, false, NONE);
	assert_int_equal(expected(p, 1), 1);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM devices WHERE present = 1"), 0);
}

/* Issue 5: the same device on two hosts in one window. */
static void
t05_window(void **state)
{
	struct place *p = *state;

	for (unsigned host = 1; host <= 3; host++)
		decide(p, host, ASSAY_PINNED);
	assert_false(report(p, 1, T0, true, DEVICES("x:1")));
	assert_false(report(p, 1, T0 + 1, true, DEVICES("x:1")));
	assert_false(report(p, 2, T0 + 1, true, DEVICES("x:2")));
	assert_true(report(p, 2, T0 + 1 + WINDOW, false, DEVICES("x:1")));

	/* Back again: the other host's sighting counts, though refused. */
	assert_true(report(p, 1, T0 + 2 + WINDOW, false, DEVICES("x:1")));
	assert_true(
	    report(p, 2, T0 + 2 + 2 * WINDOW, false, DEVICES("x:1")));
	assert_false(
	    report(p, 1, T0 + 3 + 3 * WINDOW, true, DEVICES("x:1")));

	/* A clock that went back makes nothing older. */
	assert_true(report(p, 3, T0 - 1000, false, DEVICES("x:1")));
	assert_true(report(p, 1, T0 - 1000, false, DEVICES("x:1")));
}

/* Hosts that nobody enrolled, or that were rejected, show nothing. */
static void
t05_enrolled(void **state)
{
	struct place *p = *state;

	decide(p, 1, ASSAY_PINNED);
	decide(p, 2, ASSAY_PINNED);
	decide(p, 3, ASSAY_REJECTED);
	assert_false(report(p, 3, T0, false, DEVICES("x:1")));
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 0);
	assert_false(report(p, 1, T0, true, DEVICES("x:1")));

	/* What is on record of a host does not outlive its rejection. */
	decide(p, 1, ASSAY_REJECTED);
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 0);
	assert_false(report(p, 2, T0 + 1, true, DEVICES("x:1")));
	decide(p, 1, ASSAY_PINNED);
	assert_int_equal(expected(p, 1), 0);
	assert_true(report(p, 1, T0 + 2, false, DEVICES("x:1")));
	(void)ask(p, "UPDATE hosts SET enrolment = 'rejected' WHERE"
	             " revision = 1");
}

/* An attacker with a host cannot make us keep more and more. */
static void
flood(void **state)
{
	struct place *p = *state;
	char identity[32];

	decide(p, 1, ASSAY_PINNED);
	decide(p, 2, ASSAY_PINNED);
	report(p, 1, T0, true, DEVICES("x:a", "x:b"));
	report(p, 2, T0, true, DEVICES("x:c"));
	for (unsigned i = 0; i < 300; i++) {
		(void)snprintf(identity, sizeof(identity), "y:%u", i);
		report(p, 1, T0 + i / 100, false, DEVICES(identity));
	}
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 2 + 4 + 1);
	assert_int_equal(expected(p, 1), 2);
	assert_int_equal(expected(p, 2), 1);

	/* The last report is always kept. */
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM devices WHERE identity = 'y:299'"
	           " AND present = 1"),
	    1);
	report(p, 1, 10, false,
	    DEVICES("z:0", "z:1", "z:2", "z:3"));
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM devices WHERE identity LIKE 'z:%'"),
	    4);
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 2 + 4 + 1);
}

/* What SQL and text could trip over is kept as it is. */
static void
odd_names(void **state)
{
	static const char sixty_three[] = "0123456789012345678901234567890123"
	                                  "45678901234567890123456789012";
	static const char *const odd[] = {
	    "'; DROP TABLE devices; --",
	    "x' OR '1'='1",
	    "\"%s%n\"",
	    "\xff\xfe",
	    "%",
	    "?2",
	    "NULL",
	    sixty_three,
	};
	struct place *p = *state;
	struct accepted did;

	decide(p, 1, ASSAY_PINNED);
	decide(p, 2, ASSAY_PINNED);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_false(
		    report(p, 1, T0, true, DEVICES(odd[i])));
		assert_true(
		    report(p, 2, T0, false, DEVICES(odd[i])));
		is(accept_device(p, 2, odd[i], &did), OK);
		assert_int_equal(did.expected, 1);
		assert_int_equal(did.taken, 1);
		is(accept_device(p, 1, odd[i], &did), DEVICE_UNSEEN);
		is(accept_device(p, 1, NULL, &did), OK);
	}
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 1);
}

/* Every kind of answer that an operator gives. */
static void
t09_accepted(void **state)
{
	struct place *p = *state;
	struct accepted did;
	int64_t one, two;

	is(accept_device(p, 1, "x:1", &did), HOST_UNKNOWN);
	is(accept_device(p, 1, NULL, &did), HOST_UNKNOWN);
	decide(p, 1, ASSAY_PINNED);
	decide(p, 2, ASSAY_PINNED);
	is(accept_device(p, 1, "x:1", &did), DEVICE_UNSEEN);
	is(accept_device(p, 1, NULL, &did), OK);

	/* Nothing to be said: nothing changes, twice as well. */
	report(p, 1, T0, true, DEVICES("x:1", "x:2"));
	report(p, 2, T0, true, DEVICES("x:3"));
	for (int i = 0; i < 2; i++) {
		is(accept_device(p, 1, "x:1", &did), OK);
		assert_int_equal(did.expected + did.forgotten + did.taken, 0);
		assert_int_equal(expected(p, 1), 2);
	}

	/* Replaced: the new one is expected, the old one forgotten. */
	report(p, 1, T0 + 1, false, DEVICES("x:4", "x:2"));
	is(accept_device(p, 1, "x:4", &did), OK);
	assert_int_equal(did.expected, 1);
	assert_int_equal(did.forgotten, 1);
	assert_int_equal(did.taken, 0);
	assert_int_equal(expected(p, 1), 2);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM devices WHERE identity = 'x:1'"), 0);

	/* Moved: it is of the other host from now on, and of no other. */
	assert_true(report(p, 2, T0 + 2, false, DEVICES("x:3", "x:2") + 1));
	one = revision_of(p, 1);
	two = revision_of(p, 2);
	is(accept_device(p, 2, "x:2", &did), OK);
	assert_int_equal(did.expected, 1);
	assert_int_equal(did.taken, 1);
	assert_int_equal(did.forgotten, 1); /* x:3, which was gpu-0 */
	assert_int_equal(expected(p, 1), 1);
	assert_int_equal(expected(p, 2), 1);
	assert_int_equal(revision_of(p, 1), one + 1);
	assert_int_equal(revision_of(p, 2), two + 1);
	assert_false(report(p, 2, T0 + 3, true, DEVICES("x:2")));

	/* Taken out. */
	report(p, 1, T0 + 3, false, NONE);
	is(accept_device(p, 1, "x:4", &did), OK);
	assert_int_equal(did.forgotten, 1);
	assert_int_equal(expected(p, 1), 0);
	is(accept_device(p, 1, "x:4", &did), DEVICE_UNSEEN);

	/* All at once. */
	report(p, 1, T0 + 4, true, DEVICES("x:5", "x:6", "x:7"));
	report(p, 1, T0 + 5, false, DEVICES("x:2", "x:6", "x:8"));
	is(accept_device(p, 1, NULL, &did), OK);
	assert_int_equal(did.expected, 2);
	assert_int_equal(did.forgotten, 2);
	assert_int_equal(did.taken, 1);
	assert_int_equal(expected(p, 1), 3);
	assert_int_equal(expected(p, 2), 0);
}

/* What a verdict rests on must still be so when it is kept. */
static void
t05_conflict(void **state)
{
	struct place *p = *state;
	struct report one, two;
	struct accepted did;

	decide(p, 1, ASSAY_PINNED);
	decide(p, 2, ASSAY_PINNED);

	/* Two at a time: the second one has to look again. */
	appraise(p, &one, 1, T0, true, DEVICES("x:1"));
	appraise(p, &two, 2, T0, true, DEVICES("x:1"));
	is(store_appraisal_add(p->store, &one.a), OK);
	is(store_appraisal_add(p->store, &two.a), STORE_CONFLICT);
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 1);
	assert_int_equal(ask(p, "SELECT count(*) FROM appraisals"), 1);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM sessions WHERE state = 'waiting'"),
	    1);
	assert_true(report(p, 2, T0, false, DEVICES("x:1")));

	/* A finding that an operator has settled meanwhile, too. */
	appraise(p, &two, 2, T0 + 1, false, DEVICES("x:1"));
	assert_true(two.a.asked_device[0].elsewhere);
	is(accept_device(p, 2, "x:1", &did), OK);
	is(store_appraisal_add(p->store, &two.a), STORE_CONFLICT);
	appraise(p, &one, 1, T0 + 1, false, DEVICES("x:1"));
	decide(p, 2, ASSAY_REJECTED);
	is(store_appraisal_add(p->store, &one.a), STORE_CONFLICT);
	assert_false(report(p, 1, T0 + 1, true, DEVICES("x:1")));

	/* And what is expected of the host itself. */
	appraise(p, &one, 1, T0 + 2, false, NONE);
	is(accept_device(p, 1, "x:1", &did), OK);
	is(store_appraisal_add(p->store, &one.a), STORE_CONFLICT);
}

/* A row that cannot be kept takes the whole appraisal with it. */
static void
all_or_nothing(void **state)
{
	struct place *p = *state;
	struct report r;

	decide(p, 1, ASSAY_PINNED);
	report(p, 1, T0, true, DEVICES("x:1"));
	appraise(p, &r, 1, T0 + 1, true, DEVICES("x:2", "x:3"));
	r.a.host.device[1].identity[0] = '\0';
	is(store_appraisal_add(p->store, &r.a), INTERNAL);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM devices WHERE present = 1 AND"
	           " identity = 'x:1'"),
	    1);
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 1);
	assert_int_equal(ask(p, "SELECT count(*) FROM appraisals"), 1);
	assert_int_equal(ask(p, "SELECT last_seen FROM hosts"), T0);
}

/* What others wrote into the file is refused, not believed. */
static void
damaged(void **state)
{
	static const char *const changes[] = {
	    "UPDATE devices SET identity = 'x' || char(0) || 'y'",
	    "UPDATE devices SET label = 'x' || char(0)",
	    "UPDATE devices SET ak_name = zeroblob(51)",
	};
	struct place *p = *state;

	decide(p, 1, ASSAY_PINNED);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct assay_device d;
		uint8_t name[51] = {0};
		bool found;

		report(p, 1, T0 + (int64_t)i, true, DEVICES("x:1"));
		(void)ask(p, changes[i]);
		name_of(1, name);
		if (i == 2)
			memset(name, 0, sizeof(name));
		is(store_device_expected(p->store, name, i == 2 ? 51 : 34, 0,
		       &d, &found),
		    STORE_MALFORMED);
		assert_false(found);
		(void)ask(p, "DELETE FROM devices");
	}

	/* A host that is gone takes its devices along. */
	report(p, 1, T0 + 9, true, DEVICES("x:1"));
	(void)ask(p, "DELETE FROM hosts");
	decide(p, 2, ASSAY_PINNED);
	assert_false(report(p, 2, T0 + 9, true, DEVICES("x:1")));
	assert_int_equal(expected(p, 2), 1);
}

/* Report after report, until somebody ends it. */
static void
report_for_ever(struct place *p, int ready)
{
	char identity[32];

	if (open_as(p, STORE_WRITE) != OK)
		_exit(1);
	for (;;) {
		struct report r;

		(void)snprintf(identity, sizeof(identity), "x:%012x",
		    p->sessions + 1);
		appraise(p, &r, 1, T0, true, DEVICES(identity));
		if (store_appraisal_add(p->store, &r.a) != OK ||
		    write(ready, "", 1) != 1)
			_exit(1);
	}
}

/* Killed at any moment, devices and appraisals belong together. */
static void
killed(void **state)
{
	struct place *p = *state;

	decide(p, 1, ASSAY_PINNED);
	store_close(p->store);
	p->store = NULL;
	for (unsigned round = 0; round < 20; round++) {
		int ready[2];
		pid_t child;
		char byte;

		assert_int_equal(pipe(ready), 0);
		p->sessions = round * 100000;
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			report_for_ever(p, ready[1]);
		for (unsigned n = 0; n <= round / 4; n++)
			assert_int_equal(read(ready[0], &byte, 1), 1);
		(void)usleep(round * 1700);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		(void)close(ready[0]);
		(void)close(ready[1]);

		/* The last report's device is there, and it alone. */
		assert_int_equal(
		    ask(p, "SELECT count(*) FROM devices WHERE present = 1"),
		    1);
		assert_int_equal(
		    ask(p, "SELECT count(*) FROM devices WHERE present = 1 AND"
		           " identity = 'x:' || (SELECT substr(session, 25)"
		           " FROM appraisals ORDER BY id DESC LIMIT 1)"),
		    1);
		assert_int_equal(
		    ask(p, "SELECT (SELECT count(*) FROM devices) -"
		           " (SELECT count(*) FROM appraisals)"),
		    0);
	}
	assert_int_equal(ask(p, "SELECT count(*) FROM pragma_integrity_check"
	                        " WHERE integrity_check <> 'ok'"),
	    0);
	is(open_as(p, STORE_CREATE), OK);
}

/* A store of the version before keeps what it has, and goes on. */
static void
n15_fourth_version(void **state)
{
	struct place *p = *state;
	struct fault fault = {0};
	struct file sql = {0};
	struct assay_host host;
	char path[512];
	uint8_t name[34] = {0, 0x0b, [33] = 1};
	sqlite3 *db = NULL;
	int64_t revision;

	store_close(p->store);
	p->store = NULL;
	assert_int_equal(unlink(p->db), 0);
	(void)snprintf(path, sizeof(path), "%s/tests/fixtures/store-4.sql",
	    getenv("ASSAY_SOURCE"));
	is(file_read(path, 1 << 16, &sql, &fault), OK);
	assert_int_equal(sqlite3_open(p->db, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, (const char *)sql.data, NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	file_free(&sql);
	assert_int_equal(ask(p, "PRAGMA user_version"), 4);

	is(open_as(p, STORE_READ), STORE_OLDER);
	is(open_as(p, STORE_WRITE), OK);
	assert_int_equal(ask(p, "PRAGMA user_version"), 5);
	is(store_host_get(p->store, name, 34, &host, &revision), OK);
	assert_int_equal(host.enrolment, ASSAY_PINNED);
	assert_int_equal(revision, 7);
	assert_int_equal(host.chain_counter, 42);
	assert_int_equal(host.ima_count, 5);
	assert_int_equal(ask(p, "SELECT count(*) FROM appraisals"), 1);
	assert_int_equal(ask(p, "SELECT count(*) FROM enrolments"), 1);
	assert_int_equal(ask(p, "SELECT count(*) FROM devices"), 0);
	p->sessions = 1; /* which the store has had */
	assert_false(report(p, 1, T0, true, DEVICES("x:1")));
	is(open_as(p, STORE_READ), OK);
	assert_int_equal(expected(p, 1), 1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(t09_expected),
	    CASE(t05_window),
	    CASE(t05_enrolled),
	    CASE(flood),
	    CASE(odd_names),
	    CASE(t09_accepted),
	    CASE(t05_conflict),
	    CASE(all_or_nothing),
	    CASE(damaged),
	    CASE(killed),
	    CASE(n15_fourth_version),
	};

	return cmocka_run_group_tests_name(
	    "store: devices", tests, NULL, NULL);
}
