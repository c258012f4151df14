/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrolment in the store: questions and their one answer, pairs of keys,
 * records that were changed, races, kills, and a store of the first version.
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

#include "file.h"
#include "store.h"
#include "store_file.h"

struct place {
	char folder[64];
	char db[96];
	struct store *store;
};

static struct store_limits limits;

static enum status
open_as(struct place *p, enum store_mode mode)
{
	struct fault fault = {0};

	store_close(p->store);
	p->store = NULL;
	return store_open(p->db, mode, &limits, &p->store, &fault);
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	limits = store_limits;
	limits.challenges = 3;
	(void)snprintf(p->folder, sizeof(p->folder), "/tmp/test_enrol.XXXXXX");
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

/* Question N about the pair of keys AK and EK, open from 1000 to 1600. */
static struct challenge
question(unsigned n, unsigned ak, unsigned ek)
{
	struct challenge c = {.created = 1000, .expiry = 1600, .detail = "{}"};
	struct enrolment *e = &c.enrolment;

	(void)snprintf(c.id, sizeof(c.id), "00000000-0000-4000-8000-%012x", n);
	memcpy(c.proof, &n, sizeof(n));
	e->ak_name_len = 34;
	e->ak_name[1] = 0x0b;
	memcpy(e->ak_name + 2, &ak, sizeof(ak));
	e->ek_name_len = 50;
	e->ek_name[1] = 0x0c;
	memcpy(e->ek_name + 2, &ek, sizeof(ek));
	memcpy(e->keys, &ek, sizeof(ek));
	return c;
}

static enum status
answer(struct place *p, const struct challenge *c, int64_t now)
{
	struct enrolment e;

	return store_challenge_answer(p->store, c->id, c->proof, now, &e);
}

/* Ask and answer. */
static enum status
enrol(struct place *p, unsigned n, unsigned ak, unsigned ek)
{
	struct challenge c = question(n, ak, ek);
	enum status st = store_challenge_add(p->store, &c);

	return st == OK ? answer(p, &c, 1100) : st;
}

static enum status
decide(struct place *p, const struct challenge *c, enum assay_enrolment d)
{
	bool changed;

	return store_host_decide(p->store, c->enrolment.ak_name,
	    c->enrolment.ak_name_len, d, 1200, &changed);
}

#define is(got, want)                                                          \
	assert_string_equal(status_name(got), status_name(want))

/* From the question to a host that is enrolled. */
static void
test_whole(void **state)
{
	struct place *p = *state;
	struct challenge c = question(1, 1, 1);
	struct assay_host host;
	struct enrolment e;
	int64_t revision;

	is(store_challenge_add(p->store, &c), OK);
	is(store_enrolment_get(p->store, c.enrolment.ak_name, 34, &e),
	    ENROLMENT_UNKNOWN);
	is(decide(p, &c, ASSAY_ENROLLED), ENROLMENT_UNKNOWN);
	is(answer(p, &c, 1599), OK);
	is(store_enrolment_get(p->store, c.enrolment.ak_name, 34, &e), OK);
	assert_int_equal(e.proved, 1599);
	assert_memory_equal(e.keys, c.enrolment.keys, sizeof(e.keys));

	/* Nobody is let in but by an operator. */
	is(store_host_get(p->store, c.enrolment.ak_name, 34, &host, &revision),
	    HOST_UNKNOWN);
	is(decide(p, &c, ASSAY_ENROLLED), OK);
	is(store_host_get(p->store, c.enrolment.ak_name, 34, &host, &revision),
	    OK);
	assert_int_equal(host.enrolment, ASSAY_ENROLLED);
	assert_int_equal(host.ek_name_len, 50);
	assert_memory_equal(host.ek_name, c.enrolment.ek_name, 50);

	/* The answer itself is nowhere in the store. */
	assert_int_equal(ask(p, "SELECT count(*) FROM challenges WHERE"
	                        " substr(proof, 1, 4) = X'01000000'"),
	    0);
}

/* N14: one answer, right or wrong. */
static void
n14_once(void **state)
{
	struct place *p = *state;
	struct challenge c = question(1, 1, 1), wrong = c;

	wrong.proof[31] ^= 1;
	is(store_challenge_add(p->store, &c), OK);
	is(answer(p, &wrong, 1100), PROOF_WRONG);
	assert_null(strstr(store_fault(p->store)->text, "0"));
	is(answer(p, &c, 1100), ENROLMENT_USED);
	assert_int_equal(ask(p, "SELECT count(*) FROM enrolments"), 0);

	c = question(2, 1, 1);
	is(store_challenge_add(p->store, &c), OK);
	is(answer(p, &c, 1100), OK);
	is(answer(p, &c, 1100), ENROLMENT_USED);

	/* Too late, and never asked. */
	c = question(3, 3, 3);
	is(store_challenge_add(p->store, &c), OK);
	is(answer(p, &c, 1600), ENROLMENT_EXPIRED);
	c = question(4, 4, 4);
	is(answer(p, &c, 1100), ENROLMENT_UNKNOWN);
	/* The answer to another question. */
	c = question(5, 5, 5);
	wrong = question(6, 6, 6);
	is(store_challenge_add(p->store, &c), OK);
	is(store_challenge_add(p->store, &wrong), OK);
	memcpy(c.proof, wrong.proof, sizeof(c.proof));
	is(answer(p, &c, 1100), PROOF_WRONG);
}

static void
test_bound(void **state)
{
	struct place *p = *state;
	struct challenge c;

	for (unsigned n = 0; n < 3; n++) {
		c = question(n, n, n);
		is(store_challenge_add(p->store, &c), OK);
	}
	c = question(3, 3, 3);
	is(store_challenge_add(p->store, &c), ENROLMENTS_FULL);
	/* Those that are over make room, and are forgotten in time. */
	c.created = 1600;
	c.expiry = 2200;
	is(store_challenge_add(p->store, &c), OK);
	c = question(4, 4, 4);
	c.created = 2200;
	c.expiry = 2800;
	is(store_challenge_add(p->store, &c), OK);
	assert_int_equal(ask(p, "SELECT count(*) FROM challenges"), 2);
}

/* Whoever has a certificate keeps its host waiting, and no other. */
static void
test_bound_per_key(void **state)
{
	struct place *p = *state;
	struct challenge c;

	limits = store_limits;
	is(open_as(p, STORE_WRITE), OK);
	for (unsigned n = 0; n < 8; n++) {
		c = question(n, n, 1);
		is(store_challenge_add(p->store, &c), OK);
	}
	c = question(8, 8, 1);
	is(store_challenge_add(p->store, &c), ENROLMENTS_FULL);
	c = question(8, 8, 2);
	is(store_challenge_add(p->store, &c), OK);
}

/* N16: the same key with another, from whichever side it comes. */
static void
n16_pairs(void **state)
{
	struct place *p = *state;
	struct challenge one = question(1, 1, 1), two = question(2, 2, 1);
	struct challenge three = question(3, 1, 2);

	/* Both are asked before either has answered. */
	is(store_challenge_add(p->store, &one), OK);
	is(store_challenge_add(p->store, &two), OK);
	is(store_challenge_add(p->store, &three), OK);
	is(answer(p, &one, 1100), OK);
	is(answer(p, &two, 1100), EK_TAKEN);
	is(answer(p, &three, 1100), AK_TAKEN);
	is(answer(p, &two, 1100), ENROLMENT_USED);
	is(enrol(p, 4, 2, 1), EK_TAKEN);
	is(enrol(p, 5, 1, 2), AK_TAKEN);

	/* The same pair again changes nothing, before and after approval. */
	is(enrol(p, 6, 1, 1), OK);
	is(decide(p, &one, ASSAY_ENROLLED), OK);
	is(enrol(p, 7, 1, 1), OK);
	assert_int_equal(ask(p, "SELECT count(*) FROM enrolments"), 1);
	assert_int_equal(ask(p, "SELECT revision FROM hosts"), 1);

	/* A rejected key is out, and its endorsement key free for another. */
	is(decide(p, &one, ASSAY_REJECTED), OK);
	is(enrol(p, 8, 1, 1), HOST_REJECTED);
	is(enrol(p, 9, 2, 1), OK);

	/* Rejected while the question was open. */
	one = question(10, 5, 5);
	is(store_challenge_add(p->store, &one), OK);
	is(decide(p, &one, ASSAY_REJECTED), OK);
	is(answer(p, &one, 1100), HOST_REJECTED);
}

/* N9: a record that was changed behind our back is no record. */
static void
n09_changed(void **state)
{
	static const char *const changes[] = {
	    "UPDATE enrolments SET ek_name = zeroblob(50)",
	    "UPDATE enrolments SET keys = zeroblob(32)",
	    "UPDATE enrolments SET binding = zeroblob(32)",
	    "UPDATE enrolments SET ak_name ="
	    " X'000B020000000000000000000000000000000000000000000000"
	    "0000000000000000'",
	    "DELETE FROM enrolments",
	};
	struct place *p = *state;
	struct challenge c = question(1, 1, 1), other = question(1, 2, 1);
	struct assay_host host;
	struct enrolment e;
	int64_t revision;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		(void)ask(p, "DELETE FROM challenges");
		(void)ask(p, "DELETE FROM enrolments");
		(void)ask(p, "DELETE FROM hosts");
		is(enrol(p, 1, 1, 1), OK);
		is(decide(p, &c, ASSAY_ENROLLED), OK);
		(void)ask(p, changes[i]);
		is(store_host_get(p->store, c.enrolment.ak_name, 34, &host,
		       &revision),
		    STORE_MALFORMED);
	}

	/* The record of one key under the name of another. */
	(void)ask(p, "DELETE FROM challenges");
	(void)ask(p, "DELETE FROM hosts");
	is(enrol(p, 1, 1, 1), OK);
	(void)ask(p, changes[3]);
	is(store_enrolment_get(p->store, other.enrolment.ak_name, 34, &e),
	    STORE_MALFORMED);
	is(decide(p, &other, ASSAY_ENROLLED), STORE_MALFORMED);
}

/* What is seen by who decides. */
static void
see(void *arg, const struct key_seen *key)
{
	unsigned *seen = arg;

	assert_non_null(key->detail);
	seen[key->pending ? 0 : 1]++;
}

static void
test_list(void **state)
{
	struct place *p = *state;
	struct challenge c = question(1, 1, 1);
	unsigned seen[2] = {0, 0};

	is(enrol(p, 1, 1, 1), OK);
	is(enrol(p, 2, 2, 2), OK);
	is(decide(p, &c, ASSAY_ENROLLED), OK);
	is(store_keys(p->store, see, seen), OK);
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], 1);
}

/* N17: many at once, each with a key of its own for the same EK. */
enum { RACERS = 4, EACH = 25 };

static void
race(const char *db, unsigned racer)
{
	struct place p = {.store = NULL};
	int won = 0;

	(void)snprintf(p.db, sizeof(p.db), "%s", db);
	if (open_as(&p, STORE_WRITE) != OK)
		_exit(255);
	for (unsigned i = 0; i < EACH; i++) {
		unsigned n = racer * EACH + i;
		struct challenge c = question(n, n, 1);
		enum status st = answer(&p, &c, 1100);

		if (st != OK && st != EK_TAKEN)
			_exit(254);
		won += st == OK;
	}
	store_close(p.store);
	_exit(won);
}

static void
test_race(void **state)
{
	struct place *p = *state;
	pid_t child[RACERS];
	int won = 0;

	limits.challenges = limits.challenges_per_ek = RACERS * EACH;
	is(open_as(p, STORE_WRITE), OK);
	for (unsigned n = 0; n < RACERS * EACH; n++) {
		struct challenge c = question(n, n, 1);

		is(store_challenge_add(p->store, &c), OK);
	}
	store_close(p->store); /* no connection crosses a fork */
	p->store = NULL;
	for (unsigned i = 0; i < RACERS; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			race(p->db, i);
	}
	for (int i = 0; i < RACERS; i++) {
		int how = 0;

		assert_int_equal(waitpid(child[i], &how, 0), child[i]);
		assert_true(WIFEXITED(how) && WEXITSTATUS(how) <= EACH);
		won += WEXITSTATUS(how);
	}
	assert_int_equal(won, 1);
	assert_int_equal(ask(p, "SELECT count(*) FROM enrolments"), 1);
}

/* Enrols one host after another and says so, until it is killed. */
static void
enrol_for_ever(struct place *p, unsigned from, int say)
{
	if (open_as(p, STORE_WRITE) != OK)
		_exit(1);
	for (unsigned n = from;; n++)
		if (enrol(p, n, n, n) != OK ||
		    write(say, &n, sizeof(n)) != sizeof(n))
			_exit(1);
}

/* Killed at any step: no record that was told is lost, none is invented. */
static void
test_killed(void **state)
{
	struct place *p = *state;
	unsigned told = 0, n;

	limits.challenges = 1000000;
	store_close(p->store);
	p->store = NULL;
	for (unsigned round = 0; round < 20; round++) {
		int pipes[2];
		pid_t child;

		assert_int_equal(pipe(pipes), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			enrol_for_ever(p, round * 100000, pipes[1]);
		(void)close(pipes[1]);
		/* However busy the machine is, it has begun by then. */
		assert_int_equal(read(pipes[0], &n, sizeof(n)), sizeof(n));
		told++;
		(void)usleep(1000 + round * 1700);
		assert_int_equal(kill(child, SIGKILL), 0);
		while (read(pipes[0], &n, sizeof(n)) == sizeof(n))
			told++;
		(void)close(pipes[0]);
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
	assert_int_equal(ask(p, "SELECT count(*) FROM pragma_integrity_check"
	                        " WHERE integrity_check <> 'ok'"),
	    0);
	n = (unsigned)ask(p, "SELECT count(*) FROM enrolments");
	/* At most the last of a round was recorded and not told. */
	assert_true(n >= told && n <= told + 20);
	/* Each has its question, and that was used up. */
	assert_int_equal(ask(p, "SELECT count(*) FROM enrolments AS e WHERE"
	                        " NOT EXISTS (SELECT 1 FROM challenges AS c"
	                        " WHERE c.ak_name = e.ak_name AND"
	                        " c.ek_name = e.ek_name AND open = 0)"),
	    0);
	assert_int_equal(
	    ask(p, "SELECT count(*) FROM challenges AS c WHERE open = 0 AND"
	           " NOT EXISTS (SELECT 1 FROM enrolments AS e WHERE"
	           " e.ak_name = c.ak_name)"),
	    0);
}

/* N15: a store of the first version keeps its records. */
static void
n15_first_version(void **state)
{
	struct place *p = *state;
	struct fault fault = {0};
	struct file sql = {0};
	struct assay_host host;
	char path[512];
	uint8_t name[34] = {0, 0x0b};
	sqlite3 *db = NULL;
	int64_t revision;

	store_close(p->store);
	p->store = NULL;
	assert_int_equal(unlink(p->db), 0);
	(void)snprintf(path, sizeof(path), "%s/tests/fixtures/store-1.sql",
	    getenv("ASSAY_SOURCE"));
	is(file_read(path, 1 << 16, &sql, &fault), OK);
	assert_int_equal(sqlite3_open(p->db, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, (const char *)sql.data, NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	file_free(&sql);

	is(open_as(p, STORE_READ), STORE_OLDER);
	is(open_as(p, STORE_CREATE), OK);
	assert_int_equal(ask(p, "PRAGMA user_version"), 5);
	name[33] = 1;
	is(store_host_get(p->store, name, sizeof(name), &host, &revision), OK);
	assert_int_equal(host.enrolment, ASSAY_PINNED);
	assert_int_equal(revision, 5);
	assert_int_equal(host.clock, 1000);
	assert_int_equal(host.chain_counter, 42);
	assert_int_equal(host.chain_digest[31], 0xaa);
	name[33] = 2;
	is(store_host_get(p->store, name, sizeof(name), &host, &revision), OK);
	assert_int_equal(host.enrolment, ASSAY_REJECTED);
	assert_int_equal(ask(p, "SELECT count(*) FROM appraisals"), 1);
	assert_int_equal(ask(p, "SELECT count(*) FROM sqlite_schema WHERE"
	                        " name = 'hosts_1'"),
	    0);
	assert_false(host.has_ima);
	is(enrol(p, 1, 9, 9), OK);
	is(open_as(p, STORE_READ), OK);
}

/* N15: one of the second, which knew no lists of files. */
static void
n15_second_version(void **state)
{
	struct place *p = *state;
	struct assay_host host;
	uint8_t name[34] = {0, 0x0b, [33] = 1};
	bool changed;
	int64_t revision;

	is(store_host_decide(p->store, name, sizeof(name), ASSAY_PINNED, 1000,
	       &changed),
	    OK);
	store_close(p->store);
	p->store = NULL;
	(void)ask(p, "DROP TABLE devices");
	(void)ask(p, "DROP INDEX appraisals_evidence");
	(void)ask(p, "ALTER TABLE hosts DROP COLUMN ima_pcr");
	(void)ask(p, "ALTER TABLE hosts DROP COLUMN ima_bank");
	(void)ask(p, "ALTER TABLE hosts DROP COLUMN ima_count");
	(void)ask(p, "PRAGMA user_version = 2");

	is(open_as(p, STORE_READ), STORE_OLDER);
	is(open_as(p, STORE_WRITE), OK);
	assert_int_equal(ask(p, "PRAGMA user_version"), 5);
	is(store_host_get(p->store, name, sizeof(name), &host, &revision), OK);
	assert_int_equal(host.enrolment, ASSAY_PINNED);
	assert_false(host.has_ima);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_whole),
	    CASE(n14_once),
	    CASE(test_bound),
	    CASE(test_bound_per_key),
	    CASE(n16_pairs),
	    CASE(n09_changed),
	    CASE(test_list),
	    CASE(test_race),
	    CASE(test_killed),
	    CASE(n15_first_version),
	    CASE(n15_second_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
