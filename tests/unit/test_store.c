/* SPDX-License-Identifier: Apache-2.0 */
/* The store of the verifier service, on files of its own. */
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"
#include "store.h"
#include "store_file.h"

static const struct store_limits small = {
    .sessions = 8,
    .bundles_per_key = 3,
    .bundles = 5,
    .appraisals = 10,
};

/* A fresh folder for each test. */
struct place {
	char folder[64];
	char db[96];
	struct store *store;
};

static enum status
open_as(struct place *p, enum store_mode mode, const struct store_limits *l)
{
	struct fault fault = {0};

	store_close(p->store);
	p->store = NULL;
	return store_open(p->db, mode, l, &p->store, &fault);
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	(void)snprintf(p->folder, sizeof(p->folder), "/tmp/test_store.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	(void)snprintf(p->db, sizeof(p->db), "%s/assay.db", p->folder);
	*state = p;
	return open_as(p, STORE_CREATE, &small) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	store_close(p->store);
	store_file_remove(p->db);
	(void)rmdir(p->db); /* in case a test made it a folder */
	assert_int_equal(rmdir(p->folder), 0);
	free(p);
	return 0;
}

/* Session number N, which waits from 1000 to 1150. */
static struct session
session_of(unsigned n)
{
	struct session s = {.created = 1000, .expiry = 1150};

	(void)snprintf(s.id, sizeof(s.id), "00000000-0000-4000-8000-%012x", n);
	memcpy(s.nonce, &n, sizeof(n));
	return s;
}

/* A TPM Name of SHA-256 with N in it. */
static struct assay_host
host_of(unsigned n, enum assay_enrolment enrolment)
{
	struct assay_host h = {.enrolment = enrolment, .ak_name_len = 34};

	h.ak_name[1] = 0x0b;
	memcpy(h.ak_name + 2, &n, sizeof(n));
	return h;
}

/* An appraisal at time 1010 of evidence that is the bytes of N. */
static struct appraisal
appraisal_of(const struct session *s, const unsigned *n)
{
	struct appraisal a = {
	    .session = s,
	    .time = 1010,
	    .verdict = "warning",
	    .exit_status = 2,
	    .reasons = "[]",
	    .result = "a.b.c",
	    .evidence = (const uint8_t *)n,
	    .evidence_len = sizeof(*n),
	};

	assert_int_equal(
	    digest_sha256(a.evidence, a.evidence_len, a.digest), OK);
	return a;
}

/* Session N, and the appraisal of evidence N by the key KEY in it. */
static enum status
appraise(struct place *p, unsigned n, unsigned key,
    enum assay_enrolment enrolment, int64_t revision)
{
	struct session s = session_of(n);
	struct appraisal a = appraisal_of(&s, &n);

	assert_int_equal(store_session_add(p->store, &s), OK);
	a.verified = true;
	a.host = host_of(key, enrolment);
	a.asked = true;
	a.asked_len = a.host.ak_name_len;
	memcpy(a.asked_name, a.host.ak_name, a.asked_len);
	a.revision = revision;
	return store_appraisal_add(p->store, &a);
}

static int64_t
ask(const struct place *p, const char *sql)
{
	return store_file_ask(p->db, sql);
}

static void
test_open(void **state)
{
	struct place *p = *state;
	struct stat sb;

	/* Nobody else reads it, whatever the umask. */
	assert_int_equal(stat(p->db, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);

	/* It opens again in every mode, with or without its WAL. */
	assert_int_equal(open_as(p, STORE_READ, &small), OK);
	assert_int_equal(open_as(p, STORE_WRITE, &small), OK);
	assert_int_equal(open_as(p, STORE_CREATE, &small), OK);
	assert_int_equal(ask(p, "PRAGMA user_version"), 5);

	/* What is not there is only made when asked for. */
	store_close(p->store);
	p->store = NULL;
	assert_int_equal(unlink(p->db), 0);
	assert_int_equal(open_as(p, STORE_READ, &small), FILE_MISSING);
	assert_int_equal(open_as(p, STORE_WRITE, &small), FILE_MISSING);
	assert_int_not_equal(access(p->db, F_OK), 0);

	/* Neither a FIFO nor a folder is waited for. */
	assert_int_equal(mkfifo(p->db, 0600), 0);
	assert_int_equal(open_as(p, STORE_CREATE, &small), FILE_NOT_REGULAR);
	assert_int_equal(unlink(p->db), 0);
	assert_int_equal(mkdir(p->db, 0700), 0);
	assert_int_equal(open_as(p, STORE_CREATE, &small), FILE_NOT_REGULAR);
}

static void
test_read_only(void **state)
{
	struct session s = session_of(1);
	struct place *p = *state;

	assert_int_equal(open_as(p, STORE_READ, &small), OK);
	assert_int_equal(store_session_add(p->store, &s), PERMISSION);
	assert_non_null(strstr(store_fault(p->store)->text, p->db));
}

/* Write what is not a store, see it refused and left as it is. */
static void
refused(struct place *p, const void *bytes, size_t len, enum status expected)
{
	struct fault fault = {0};
	struct file file = {0};

	store_close(p->store);
	p->store = NULL;
	assert_int_equal(
	    file_write(p->db, bytes, len, 0600, FILE_REPLACE, NULL, &fault),
	    OK);
	assert_int_equal(open_as(p, STORE_CREATE, &small), expected);
	assert_int_equal(file_read(p->db, 1 << 20, &file, &fault), OK);
	assert_int_equal(file.len, len);
	assert_memory_equal(file.data, bytes, len);
	file_free(&file);
}

static void
test_foreign_file(void **state)
{
	static const char text[] = "this is a letter and not a database, and "
	                           "it is long enough to have a whole header "
	                           "of a hundred bytes in it, or more";
	struct place *p = *state;
	uint8_t noise[8192];

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 7);
	refused(p, text, sizeof(text), STORE_MALFORMED);
	refused(p, noise, sizeof(noise), STORE_MALFORMED);
	refused(p, "x", 1, STORE_MALFORMED);
}

static void
test_foreign_database(void **state)
{
	static const struct {
		const char *sql;
		enum status expected;
	} rows[] = {
	    {"PRAGMA user_version = 6", STORE_NEWER},
	    {"PRAGMA user_version = 5", OK},
	    {"PRAGMA application_id = 1", STORE_MALFORMED},
	    {"PRAGMA application_id = 0", STORE_MALFORMED},
	    {"PRAGMA application_id = 1095979865", OK},
	    {"DROP TABLE appraisals", STORE_MALFORMED},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		store_close(p->store);
		p->store = NULL;
		(void)ask(p, rows[i].sql);
		assert_int_equal(
		    open_as(p, STORE_CREATE, &small), rows[i].expected);
	}
}

/* Cut short anywhere, a store is refused or says so when it is used. */
static void
test_truncated(void **state)
{
	struct place *p = *state;
	struct fault fault = {0};
	struct file whole = {0};
	int refusals = 0;

	for (unsigned n = 1; n <= 4; n++)
		assert_int_equal(appraise(p, n, n, ASSAY_NOT_ENROLLED, 0), OK);
	store_close(p->store);
	p->store = NULL;
	assert_int_equal(file_read(p->db, 1 << 20, &whole, &fault), OK);
	for (size_t cut = 1; cut < whole.len; cut += 1111) {
		struct session s = session_of(100);

		assert_int_equal(file_write(p->db, whole.data, cut, 0600,
		                     FILE_REPLACE, NULL, &fault),
		    OK);
		if (open_as(p, STORE_WRITE, &small) != OK) {
			refusals++;
			continue;
		}
		(void)store_session_add(p->store, &s);
		store_close(p->store);
		p->store = NULL;
	}
	assert_true(refusals > 0);
	file_free(&whole);
}

static void
test_sessions(void **state)
{
	struct session s = session_of(1), got;
	struct place *p = *state;
	char *result = NULL;

	assert_int_equal(
	    store_session_get(p->store, s.id, &got), SESSION_UNKNOWN);
	assert_int_equal(store_session_add(p->store, &s), OK);
	assert_int_equal(store_session_get(p->store, s.id, &got), OK);
	assert_string_equal(got.id, s.id);
	assert_memory_equal(got.nonce, s.nonce, SESSION_NONCE);
	assert_int_equal(got.state, SESSION_WAITING);
	assert_int_equal(got.created, 1000);
	assert_int_equal(got.expiry, 1150);
	assert_int_equal(
	    store_session_result(p->store, s.id, &result), SESSION_UNKNOWN);

	/* They outlive the process. */
	assert_int_equal(open_as(p, STORE_CREATE, &small), OK);
	assert_int_equal(store_session_get(p->store, s.id, &got), OK);

	assert_int_equal(store_session_fail(p->store, s.id), OK);
	assert_int_equal(store_session_get(p->store, s.id, &got), OK);
	assert_int_equal(got.state, SESSION_FAILED);

	assert_int_equal(store_session_delete(p->store, s.id), OK);
	assert_int_equal(store_session_delete(p->store, s.id), SESSION_UNKNOWN);
}

static void
test_session_limit(void **state)
{
	struct place *p = *state;
	struct session s;

	for (unsigned n = 0; n < 8; n++) {
		s = session_of(n);
		assert_int_equal(store_session_add(p->store, &s), OK);
	}
	s = session_of(8);
	assert_int_equal(store_session_add(p->store, &s), SESSIONS_FULL);

	/* Those that are over make room, and are forgotten later. */
	s.created = 1150;
	s.expiry = 1300;
	assert_int_equal(store_session_add(p->store, &s), OK);
	assert_int_equal(ask(p, "SELECT count(*) FROM sessions"), 9);
	s = session_of(9);
	s.created = 1750;
	s.expiry = 1900;
	assert_int_equal(store_session_add(p->store, &s), OK);
	assert_int_equal(ask(p, "SELECT count(*) FROM sessions"), 2);
}

static void
test_one_evidence(void **state)
{
	struct session s = session_of(1), got;
	struct place *p = *state;
	char *result = NULL;
	unsigned n = 7;
	struct appraisal a = appraisal_of(&s, &n);

	/* Not before the session, not after it, and not twice. */
	assert_int_equal(store_appraisal_add(p->store, &a), SESSION_UNKNOWN);
	assert_int_equal(store_session_add(p->store, &s), OK);
	a.time = s.expiry;
	assert_int_equal(store_appraisal_add(p->store, &a), SESSION_EXPIRED);
	a.time = s.expiry - 1;
	assert_int_equal(store_appraisal_add(p->store, &a), OK);
	assert_int_equal(store_appraisal_add(p->store, &a), SESSION_USED);
	assert_int_equal(ask(p, "SELECT count(*) FROM appraisals"), 1);

	assert_int_equal(store_session_get(p->store, s.id, &got), OK);
	assert_int_equal(got.state, SESSION_COMPLETE);
	assert_int_equal(store_session_result(p->store, s.id, &result), OK);
	assert_string_equal(result, "a.b.c");
	free(result);

	/* A failed session takes none either. */
	s = session_of(2);
	assert_int_equal(store_session_add(p->store, &s), OK);
	assert_int_equal(store_session_fail(p->store, s.id), OK);
	assert_int_equal(store_appraisal_add(p->store, &a), SESSION_USED);
}

/* A refused row leaves nothing of its appraisal behind. */
static void
test_all_or_nothing(void **state)
{
	struct session s = session_of(1), got;
	struct place *p = *state;
	unsigned n = 7;
	struct appraisal a = appraisal_of(&s, &n);

	assert_int_equal(store_session_add(p->store, &s), OK);
	a.verdict = "splendid";
	assert_int_equal(store_appraisal_add(p->store, &a), INTERNAL);
	assert_int_equal(ask(p, "SELECT count(*) FROM evidence"), 0);
	assert_int_equal(store_session_get(p->store, s.id, &got), OK);
	assert_int_equal(got.state, SESSION_WAITING);
	a.verdict = "none";
	assert_int_equal(store_appraisal_add(p->store, &a), OK);
}

static void
test_decisions(void **state)
{
	struct assay_host h = host_of(1, ASSAY_PINNED), got;
	static const struct {
		enum assay_enrolment decision;
		bool changed;
		int64_t revision;
	} rows[] = {
	    {ASSAY_PINNED, true, 1},
	    {ASSAY_PINNED, false, 1},
	    {ASSAY_REJECTED, true, 2},
	    {ASSAY_REJECTED, false, 2},
	    {ASSAY_PINNED, true, 3},
	};
	struct place *p = *state;
	int64_t revision = 0;
	bool changed;

	assert_int_equal(
	    store_host_get(p->store, h.ak_name, 34, &got, &revision),
	    HOST_UNKNOWN);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(store_host_decide(p->store, h.ak_name, 34,
		                     rows[i].decision, 1000, &changed),
		    OK);
		assert_int_equal(changed, rows[i].changed);
		assert_int_equal(
		    store_host_get(p->store, h.ak_name, 34, &got, &revision),
		    OK);
		assert_int_equal(got.enrolment, rows[i].decision);
		assert_int_equal(revision, rows[i].revision);
		assert_false(got.has_tpm_state);
		assert_false(got.has_chain);
	}
}

static void
test_host_state(void **state)
{
	struct assay_host h = host_of(1, ASSAY_PINNED), got;
	struct session s = session_of(1);
	struct place *p = *state;
	unsigned n = 1;
	struct appraisal a = appraisal_of(&s, &n);
	int64_t revision = 0;
	bool changed;

	assert_int_equal(store_host_decide(p->store, h.ak_name, 34,
	                     ASSAY_PINNED, 1000, &changed),
	    OK);
	h.has_tpm_state = 1;
	h.clock = UINT64_MAX;
	h.reset_count = UINT32_MAX;
	h.restart_count = 7;
	h.firmware_version = 0x8000000000000001u;
	h.clock_safe = 1;
	h.has_chain = 1;
	h.chain_counter = UINT64_MAX - 1;
	memset(h.chain_digest, 0xa5, sizeof(h.chain_digest));
	h.has_ima = 1;
	h.ima_count = UINT64_MAX;
	h.ima_bank = 0x000b;
	memset(h.ima_pcr, 0x5a, sizeof(h.ima_pcr));
	a.verified = true;
	a.host = h;
	a.asked = true;
	a.asked_len = 34;
	memcpy(a.asked_name, h.ak_name, 34);
	a.revision = 1;
	assert_int_equal(store_session_add(p->store, &s), OK);
	assert_int_equal(store_appraisal_add(p->store, &a), OK);
	assert_int_equal(
	    store_host_get(p->store, h.ak_name, 34, &got, &revision), OK);
	assert_int_equal(revision, 2);
	assert_memory_equal(&got, &h, sizeof(h));

	/* What was appraised against the old record is not taken. */
	s = session_of(2);
	assert_int_equal(store_session_add(p->store, &s), OK);
	assert_int_equal(store_appraisal_add(p->store, &a), STORE_CONFLICT);
	a.revision = 2;
	assert_int_equal(store_appraisal_add(p->store, &a), OK);

	/* The same decision changes nothing, another begins anew. */
	assert_int_equal(store_host_decide(p->store, h.ak_name, 34,
	                     ASSAY_PINNED, 1000, &changed),
	    OK);
	assert_int_equal(
	    store_host_get(p->store, h.ak_name, 34, &got, &revision), OK);
	assert_memory_equal(&got, &h, sizeof(h));
	assert_int_equal(store_host_decide(p->store, h.ak_name, 34,
	                     ASSAY_REJECTED, 1000, &changed),
	    OK);
	assert_int_equal(
	    store_host_get(p->store, h.ak_name, 34, &got, &revision), OK);
	assert_int_equal(revision, 4);
	assert_false(got.has_tpm_state);
	assert_false(got.has_chain);
	assert_false(got.has_ima);
}

static void
n09_decision_meanwhile(void **state)
{
	struct assay_host h = host_of(1, ASSAY_PINNED);
	struct place *p = *state;
	bool changed;

	/* Appraised as a stranger, pinned before it is recorded. */
	assert_int_equal(store_host_decide(p->store, h.ak_name, 34,
	                     ASSAY_PINNED, 1000, &changed),
	    OK);
	assert_int_equal(
	    appraise(p, 1, 1, ASSAY_NOT_ENROLLED, 0), STORE_CONFLICT);
}

static void
test_strangers(void **state)
{
	struct assay_host h = host_of(1, ASSAY_NOT_ENROLLED), got;
	struct place *p = *state;
	struct archived bundle;
	int64_t revision;

	/* Nothing of a stranger becomes the state of a host. */
	for (unsigned n = 1; n <= 4; n++)
		assert_int_equal(appraise(p, n, 1, ASSAY_NOT_ENROLLED, 0), OK);
	assert_int_equal(
	    store_host_get(p->store, h.ak_name, 34, &got, &revision),
	    HOST_UNKNOWN);

	/* Three bundles of each key, five of all, the oldest go. */
	assert_int_equal(ask(p, "SELECT count(*) FROM evidence"), 3);
	assert_int_equal(store_bundle(p->store, session_of(1).id, &bundle),
	    EVIDENCE_DROPPED);
	for (unsigned n = 5; n <= 8; n++)
		assert_int_equal(appraise(p, n, n, ASSAY_NOT_ENROLLED, 0), OK);
	assert_int_equal(ask(p, "SELECT count(*) FROM evidence"), 5);
	assert_int_equal(ask(p, "SELECT count(*) FROM appraisals"), 8);
	assert_int_equal(store_bundle(p->store, session_of(4).id, &bundle), OK);
	free(bundle.data);
	assert_int_equal(store_bundle(p->store, session_of(3).id, &bundle),
	    EVIDENCE_DROPPED);
}

/* Rows have an end too; those of enrolled keys do not count. */
static void
test_stranger_rows(void **state)
{
	struct assay_host h = host_of(1000, ASSAY_PINNED);
	struct place *p = *state;
	bool changed;

	assert_int_equal(store_host_decide(p->store, h.ak_name, 34,
	                     ASSAY_PINNED, 1000, &changed),
	    OK);
	assert_int_equal(appraise(p, 1, 1000, ASSAY_PINNED, 1), OK);
	for (unsigned n = 2; n <= 192; n++)
		assert_int_equal(appraise(p, n, n, ASSAY_NOT_ENROLLED, 0), OK);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM appraisals WHERE enrolled = 0"), 15);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM appraisals WHERE enrolled = 1"), 1);
}

/* Evidence that two appraisals rest on stays while one of them keeps it. */
static void
test_shared_evidence(void **state)
{
	struct assay_host h = host_of(1, ASSAY_PINNED);
	struct place *p = *state;
	struct archived bundle;
	struct session s;
	bool changed;

	assert_int_equal(store_host_decide(p->store, h.ak_name, 34,
	                     ASSAY_PINNED, 1000, &changed),
	    OK);
	assert_int_equal(appraise(p, 1, 1, ASSAY_PINNED, 1), OK);
	for (unsigned n = 2; n <= 9; n++) {
		unsigned same = 1;
		struct appraisal a;

		s = session_of(n);
		a = appraisal_of(&s, n == 2 ? &same : &n);
		assert_int_equal(store_session_add(p->store, &s), OK);
		assert_int_equal(store_appraisal_add(p->store, &a), OK);
	}
	assert_int_equal(store_bundle(p->store, session_of(2).id, &bundle),
	    EVIDENCE_DROPPED);
	assert_int_equal(store_bundle(p->store, session_of(1).id, &bundle), OK);
	assert_int_equal(bundle.len, sizeof(unsigned));
	free(bundle.data);
}

static void
test_bundle(void **state)
{
	struct place *p = *state;
	struct archived bundle;
	unsigned two = 2;

	assert_int_equal(
	    store_bundle(p->store, NULL, &bundle), SESSION_UNKNOWN);
	assert_int_equal(appraise(p, 1, 1, ASSAY_NOT_ENROLLED, 0), OK);
	assert_int_equal(appraise(p, 2, 1, ASSAY_NOT_ENROLLED, 0), OK);
	assert_int_equal(
	    store_bundle(p->store, session_of(3).id, &bundle), SESSION_UNKNOWN);
	assert_int_equal(open_as(p, STORE_READ, &small), OK);
	assert_int_equal(store_bundle(p->store, NULL, &bundle), OK);
	assert_string_equal(bundle.session, session_of(2).id);
	assert_memory_equal(bundle.nonce, session_of(2).nonce, SESSION_NONCE);
	assert_int_equal(bundle.time, 1010);
	assert_int_equal(bundle.len, sizeof(two));
	assert_memory_equal(bundle.data, &two, sizeof(two));
	free(bundle.data);
}

struct seen {
	struct key_seen keys[8];
	size_t count;
};

static void
on_key(void *arg, const struct key_seen *key)
{
	struct seen *seen = arg;

	assert_true(seen->count < 8);
	if (key->last_verdict != NULL)
		assert_string_equal(key->last_verdict, "warning");
	seen->keys[seen->count++] = *key;
}

static void
test_keys(void **state)
{
	struct assay_host pinned = host_of(1, ASSAY_PINNED);
	struct assay_host rejected = host_of(2, ASSAY_REJECTED);
	struct place *p = *state;
	struct seen seen = {0};
	unsigned n = 50;
	struct session s = session_of(n);
	struct appraisal a = appraisal_of(&s, &n);
	bool changed;

	assert_int_equal(store_host_decide(p->store, pinned.ak_name, 34,
	                     ASSAY_PINNED, 1000, &changed),
	    OK);
	assert_int_equal(store_host_decide(p->store, rejected.ak_name, 34,
	                     ASSAY_REJECTED, 1000, &changed),
	    OK);
	assert_int_equal(appraise(p, 1, 1, ASSAY_PINNED, 1), OK);
	assert_int_equal(appraise(p, 2, 3, ASSAY_NOT_ENROLLED, 0), OK);
	assert_int_equal(appraise(p, 3, 3, ASSAY_NOT_ENROLLED, 0), OK);

	/* Evidence that nobody's key signed is nobody's. */
	assert_int_equal(store_session_add(p->store, &s), OK);
	assert_int_equal(store_appraisal_add(p->store, &a), OK);

	assert_int_equal(store_keys(p->store, on_key, &seen), OK);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.keys[0].enrolment, ASSAY_PINNED);
	assert_int_equal(seen.keys[0].last_seen, 1010);
	assert_int_equal(seen.keys[0].appraisals, 1);
	assert_int_equal(seen.keys[1].enrolment, ASSAY_NOT_ENROLLED);
	assert_int_equal(seen.keys[1].appraisals, 2);
	assert_int_equal(seen.keys[2].enrolment, ASSAY_REJECTED);
	assert_int_equal(seen.keys[2].last_seen, 0);
	assert_null(seen.keys[2].last_verdict);
	assert_memory_equal(seen.keys[2].name, rejected.ak_name, 34);
}

enum { RACE_SESSIONS = 60, RACERS = 3 };

/* Try every session once; the exit status is how many were ours. */
static void
race(const char *db)
{
	struct fault fault = {0};
	struct store *store = NULL;
	int won = 0;

	if (store_open(db, STORE_WRITE, &store_limits, &store, &fault) != OK)
		_exit(255);
	for (unsigned n = 0; n < RACE_SESSIONS; n++) {
		struct session s = session_of(n);
		struct appraisal a = appraisal_of(&s, &n);
		enum status st = store_appraisal_add(store, &a);

		if (st != OK && st != SESSION_USED)
			_exit(254);
		won += st == OK;
	}
	store_close(store);
	_exit(won);
}

static void
test_processes(void **state)
{
	struct place *p = *state;
	pid_t child[RACERS];
	int won = 0;

	assert_int_equal(open_as(p, STORE_WRITE, &store_limits), OK);
	for (unsigned n = 0; n < RACE_SESSIONS; n++) {
		struct session s = session_of(n);

		assert_int_equal(store_session_add(p->store, &s), OK);
	}
	store_close(p->store); /* no connection crosses a fork */
	p->store = NULL;
	for (int i = 0; i < RACERS; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			race(p->db);
	}
	for (int i = 0; i < RACERS; i++) {
		int how = 0;

		assert_int_equal(waitpid(child[i], &how, 0), child[i]);
		assert_true(WIFEXITED(how));
		assert_true(WEXITSTATUS(how) <= RACE_SESSIONS);
		won += WEXITSTATUS(how);
	}
	assert_int_equal(won, RACE_SESSIONS);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM appraisals"), RACE_SESSIONS);
}

/* Killed at any moment, the store is whole afterwards. */
static void
test_killed(void **state)
{
	struct place *p = *state;

	store_close(p->store);
	p->store = NULL;
	for (unsigned round = 0; round < 20; round++) {
		int ready[2];
		pid_t child;
		char byte;

		assert_int_equal(pipe(ready), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			if (open_as(p, STORE_WRITE, &store_limits) != OK)
				_exit(1);
			for (unsigned n = round * 10000;; n++)
				if (write(ready[1], "", 1) != 1 ||
				    appraise(p, n, n, ASSAY_NOT_ENROLLED, 0) !=
				        OK)
					_exit(1);
		}
		/* However busy the machine is, so many are done by then. */
		for (unsigned n = 0; n <= round / 4; n++)
			assert_int_equal(read(ready[0], &byte, 1), 1);
		(void)usleep(round * 1700);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		(void)close(ready[0]);
		(void)close(ready[1]);
	}
	assert_int_equal(ask(p, "SELECT count(*) FROM pragma_integrity_check"
	                        " WHERE integrity_check <> 'ok'"),
	    0);
	assert_true(ask(p, "SELECT count(*) FROM appraisals") > 0);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM sessions AS s WHERE"
	           " (state = 'complete') <> (EXISTS (SELECT 1 FROM"
	           " appraisals WHERE session = s.id))"),
	    0);
	assert_int_equal(open_as(p, STORE_CREATE, &small), OK);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_open),
	    CASE(test_read_only),
	    CASE(test_foreign_file),
	    CASE(test_foreign_database),
	    CASE(test_truncated),
	    CASE(test_sessions),
	    CASE(test_session_limit),
	    CASE(test_one_evidence),
	    CASE(test_all_or_nothing),
	    CASE(test_decisions),
	    CASE(test_host_state),
	    CASE(n09_decision_meanwhile),
	    CASE(test_strangers),
	    CASE(test_stranger_rows),
	    CASE(test_shared_evidence),
	    CASE(test_bundle),
	    CASE(test_keys),
	    CASE(test_processes),
	    CASE(test_killed),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
