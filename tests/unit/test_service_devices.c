/* SPDX-License-Identifier: Apache-2.0 */
/*
 * T05, T09 at the service: two hosts, and accelerators that sign under test
 * roots, appraised and kept by the appraiser and the store as they run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "appraiser.h"
#include "status.h"
#include "store_file.h"
#include "world.h"

enum { WINDOW = 1000, HOSTS = 2, BOARDS = 3, X = 0, Y = 1, Z = 2 };

static struct world host[HOSTS]; /* one attestation key each */
static struct forge_board board[BOARDS];
static char identity[BOARDS][ASSAY_IDENTITY_MAX];
static int64_t t0;

/* A service of its own for each test. */
struct place {
	char folder[64], db[96], policy[96], root[BOARDS][96];
	struct signing_key key;
	struct appraiser_input in;
	struct appraiser *a;
	unsigned sessions;
};

#define is(got, want)                                                          \
	assert_string_equal(status_name(got), status_name(want))

static void
write_file(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
service_open(struct place *p)
{
	struct fault fault = {0};

	is(store_open(p->db, STORE_CREATE, &store_limits, &p->in.store,
	       &fault),
	    OK);
	is(appraiser_open(&p->in, &p->a, &fault), OK);
}

static void
service_close(struct place *p)
{
	appraiser_close(p->a);
	store_close(p->in.store);
	p->a = NULL;
	p->in.store = NULL;
}

static void
decide(struct place *p, unsigned h, enum assay_enrolment decision)
{
	const struct tpm_name *name = &host[h].forge.ak.name;
	bool changed;

	is(store_host_decide(
	       p->in.store, name->b, name->n, decision, t0, &changed),
	    OK);
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct fault fault = {0};
	char path[96];

	(void)snprintf(
	    p->folder, sizeof(p->folder), "/tmp/test_service_dev.XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return -1;
	(void)snprintf(p->db, sizeof(p->db), "%s/db", p->folder);
	(void)snprintf(p->policy, sizeof(p->policy), "%s/policy", p->folder);
	(void)snprintf(path, sizeof(path), "%s/key", p->folder);
	write_file(p->policy, forge_policy, strlen(forge_policy));
	is(key_load(path, &p->key, &fault), OK);
	assert_int_equal(unlink(path), 0);
	p->in = (struct appraiser_input){.key = &p->key,
	    .policy = p->policy,
	    .device_window = WINDOW,
	    .anchor_count = BOARDS};
	for (size_t i = 0; i < BOARDS; i++) {
		(void)snprintf(
		    p->root[i], sizeof(p->root[i]), "%s/%zu", p->folder, i);
		write_file(p->root[i], board[i].root, board[i].root_len);
		p->in.anchors[i] = p->root[i];
	}
	service_open(p);
	for (unsigned h = 0; h < HOSTS; h++)
		decide(p, h, ASSAY_PINNED);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	service_close(p);
	key_free(&p->key);
	store_file_remove(p->db);
	(void)unlink(p->policy);
	for (size_t i = 0; i < BOARDS; i++)
		(void)unlink(p->root[i]);
	assert_int_equal(rmdir(p->folder), 0);
	free(p);
	return 0;
}

/* The text or number that SQL yields, by a connection of its own. */
static void
ask(const struct place *p, const char *sql, char out[4096])
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;

	out[0] = '\0';
	assert_int_equal(sqlite3_open(p->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_busy_timeout(db, 5000), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		(void)snprintf(out, 4096, "%s",
		    (const char *)sqlite3_column_text(stmt, 0));
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int
number(const struct place *p, const char *sql)
{
	char text[4096];

	ask(p, sql, text);
	return atoi(text);
}

/* BOARDS of a report: numbers of those that sign, then these. */
enum { END = -1, SILENT = -2 };

/* A bundle of host H in a new session at TIME. */
static struct session
build(struct place *p, unsigned h, int64_t time, const int *boards)
{
	struct session s = {.state = SESSION_WAITING,
	    .created = time - 1,
	    .expiry = time + 100};
	struct world *w = &host[h];
	unsigned n = ++p->sessions;

	world_reset(w);
	w->forge.devices = 0;
	w->forge.devices_sign = true;
	for (; boards[w->forge.devices] != END; w->forge.devices++)
		if (boards[w->forge.devices] == SILENT)
			w->forge.devices_sign = false;
		else
			w->forge.board_of[w->forge.devices] =
			    &board[boards[w->forge.devices]];
	memcpy(w->forge.nonce, &n, sizeof(n));
	w->forge.nonce[8] = (uint8_t)h;
	assert_true(forge_build(&w->forge, FORGE_START, NULL));
	(void)snprintf(s.id, sizeof(s.id), "00000000-0000-4000-8000-%04x%08x",
	    h, n);
	memcpy(s.nonce, w->forge.nonce, sizeof(s.nonce));
	is(store_session_add(p->in.store, &s), OK);
	return s;
}

static enum status
run(struct place *p, unsigned h, const struct session *s, int64_t time)
{
	struct fault fault = {0};
	char *result = NULL;
	enum status st = appraiser_run(p->a, s, host[h].forge.out.p,
	    host[h].forge.out.n, time, &result, &fault);

	free(result);
	return st;
}

/*
 * Such a report, appraised; the codes of ours in the reasons that are on
 * record: M moved, R replaced, E evidence missing.
 */
static const char *
report(struct place *p, unsigned h, int64_t time, const int *boards)
{
	static const struct {
		const char *code;
		char letter;
	} codes[] = {{"\"DEVICE_MOVED\"", 'M'}, {"\"DEVICE_REPLACED\"", 'R'},
	    {"\"DEVICE_EVIDENCE_MISSING\"", 'E'}};
	static char found[8], verdict[4096], reasons[4096];
	struct session s = build(p, h, time, boards);
	size_t n = 0;

	is(run(p, h, &s, time), OK);
	ask(p, "SELECT reasons FROM appraisals ORDER BY id DESC LIMIT 1",
	    reasons);
	ask(p, "SELECT verdict FROM appraisals ORDER BY id DESC LIMIT 1",
	    verdict);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strstr(reasons, codes[i].code) != NULL)
			found[n++] = codes[i].letter;
	found[n] = '\0';
	if ((strcmp(verdict, "contraindicated") == 0) != (n > 0))
		fail_msg("%s: %s", verdict, reasons);
	return found;
}

#define OF(...) ((const int[]){__VA_ARGS__, END})
#define ALONE ((const int[]){END})

static void
accept_device(struct place *p, unsigned h, int which)
{
	const struct tpm_name *name = &host[h].forge.ak.name;
	struct accepted did;

	is(store_device_accept(p->in.store, name->b, name->n,
	       which < 0 ? NULL : identity[which], &did),
	    OK);
	assert_true(did.expected + did.forgotten + did.taken > 0);
}

static void
t05_window(void **state)
{
	struct place *p = *state;
	int64_t t = t0;

	/* The same host again: nothing. */
	assert_string_equal(report(p, 0, t, OF(X)), "");
	assert_string_equal(report(p, 0, t, OF(X)), "");
	assert_string_equal(report(p, 1, t, OF(Y)), "");

	/* Within the window, and to its last second; on both hosts. */
	assert_string_equal(report(p, 1, t + 1, OF(Y, X)), "M");
	assert_string_equal(report(p, 1, t += WINDOW, OF(Y, X)), "M");
	assert_string_equal(report(p, 0, t + 1, OF(X)), "M");

	/* Moved back, and the other one shows it no more. */
	assert_string_equal(report(p, 1, t + 2, OF(Y)), "");
	assert_string_equal(report(p, 0, t + WINDOW, OF(X)), "M");
	assert_string_equal(report(p, 0, t + WINDOW + 1, OF(X)), "");

	/* After the window; where it was it is missed. */
	t += 2 * WINDOW + 2;
	assert_string_equal(report(p, 1, t, OF(Y, X)), "");
	assert_string_equal(report(p, 0, t, ALONE), "E");
	accept_device(p, 0, X);
	assert_string_equal(report(p, 0, t, ALONE), "");

	/* The clock goes back, by months: what is on record is not old. */
	assert_string_equal(report(p, 0, t0 - 10000000, OF(X)), "M");
}

static void
t05_accepted(void **state)
{
	struct place *p = *state;

	/* A move that is right is on record with one word. */
	assert_string_equal(report(p, 0, t0, OF(X)), "");
	assert_string_equal(report(p, 1, t0, OF(Y)), "");
	assert_string_equal(report(p, 1, t0 + 1, OF(Y, X)), "M");
	accept_device(p, 1, X);
	assert_string_equal(report(p, 1, t0 + 2, OF(Y, X)), "");
	assert_string_equal(report(p, 0, t0 + 2, ALONE), "");
	assert_string_equal(report(p, 0, t0 + 3, OF(X)), "M");
	assert_string_equal(report(p, 1, t0 + 4, OF(Y, X)), "M");

	/* A host that is rejected is none that has anything. */
	decide(p, 0, ASSAY_REJECTED);
	assert_string_equal(report(p, 1, t0 + 5, OF(Y, X)), "");
}

static void
t09_floor(void **state)
{
	struct place *p = *state;

	/* Nothing is expected of a host that never signed. */
	assert_string_equal(report(p, 0, t0, OF(SILENT)), "");
	assert_string_equal(report(p, 0, t0, OF(X)), "");
	assert_string_equal(report(p, 0, t0, OF(SILENT)), "E");
	assert_string_equal(report(p, 0, t0 + 10 * WINDOW, ALONE), "E");
	assert_string_equal(report(p, 0, t0, OF(X)), "");

	/* One more is no finding, and expected then. */
	assert_string_equal(report(p, 0, t0, OF(X, Y)), "");
	assert_string_equal(report(p, 0, t0, OF(Y, X)), "");
	assert_string_equal(report(p, 0, t0, OF(X)), "E");
	accept_device(p, 0, Y);
	assert_string_equal(report(p, 0, t0, OF(X)), "");
}

static void
t09_exchanged(void **state)
{
	struct place *p = *state;

	assert_string_equal(report(p, 0, t0, OF(X, Y)), "");

	/* As often as it is shown: what is refused is not expected. */
	for (int i = 0; i < 3; i++)
		assert_string_equal(report(p, 0, t0, OF(X, Z)), "R");
	assert_int_equal(
	    number(p, "SELECT count(*) FROM devices WHERE expected = 1"), 2);
	accept_device(p, 0, Z);
	assert_string_equal(report(p, 0, t0, OF(X, Z)), "");
	assert_string_equal(report(p, 0, t0, OF(X, Y)), "R");

	/* Two at once, accepted with one word. */
	assert_string_equal(report(p, 0, t0, OF(Y)), "RE");
	accept_device(p, 0, -1);
	assert_string_equal(report(p, 0, t0, OF(Y)), "");
	assert_int_equal(number(p, "SELECT count(*) FROM devices"), 1);
}

/* A child that appraises the bundle of host H as soon as it is let. */
static pid_t
appraise_aside(struct place *p, unsigned h, const struct session *s,
    int64_t time, int start)
{
	pid_t child = fork();
	char byte;

	assert_true(child >= 0);
	if (child != 0)
		return child;
	(void)read(start, &byte, 1);
	service_open(p); /* no connection crosses a fork */
	_exit(run(p, h, s, time) == OK ? 0 : 1);
}

static void
await(pid_t child)
{
	int how = 0;

	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFEXITED(how));
	assert_int_equal(WEXITSTATUS(how), 0);
}

enum { RACES = 12 };

/* Of two hosts that show one device at a time, one has the finding. */
static void
t05_race(void **state)
{
	struct place *p = *state;
	char sql[160];

	for (int i = 1; i <= RACES; i++) {
		int64_t t = t0 + i * 2 * WINDOW;
		struct session s[HOSTS];
		pid_t child[HOSTS];
		int start[2];

		assert_int_equal(pipe(start), 0);
		for (unsigned h = 0; h < HOSTS; h++)
			s[h] = build(p, h, t, OF(X));
		service_close(p);
		for (unsigned h = 0; h < HOSTS; h++)
			child[h] = appraise_aside(p, h, &s[h], t, start[0]);
		assert_int_equal(write(start[1], "ab", 2), 2);
		for (unsigned h = 0; h < HOSTS; h++)
			await(child[h]);
		(void)close(start[0]);
		(void)close(start[1]);
		service_open(p);
		(void)snprintf(sql, sizeof(sql),
		    "SELECT count(*) FROM appraisals WHERE time = %lld AND"
		    " instr(reasons, '\"DEVICE_MOVED\"') > 0",
		    (long long)t);
		assert_int_equal(number(p, sql), 1);
	}
	assert_int_equal(
	    number(p, "SELECT count(*) FROM appraisals"), RACES * HOSTS);
}

/*
 * The other host's sighting is written while a report is appraised, which
 * waits for it: it is appraised anew.  Should this machine be so slow that it
 * sees the sighting at once, that is right, too.
 */
static void
t05_conflict_retry(void **state)
{
	struct place *p = *state;
	struct session s = build(p, 1, t0, OF(X));
	sqlite3 *db = NULL;
	char sql[512], hex[2 * ASSAY_NAME_MAX + 1];
	int start[2];
	pid_t child;

	bytes_to_hex(bytes_view(host[0].forge.ak.name.b,
	                 host[0].forge.ak.name.n),
	    hex);
	service_close(p);
	assert_int_equal(pipe(start), 0);
	child = appraise_aside(p, 1, &s, t0, start[0]);
	assert_int_equal(sqlite3_open(p->db, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(write(start[1], "a", 1), 1);
	(void)usleep(600000);
	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO devices VALUES (X'%s', '%s', 'gpu-0', 1, 1, %lld,"
	    " %lld); COMMIT",
	    hex, identity[X], (long long)t0, (long long)t0);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	await(child);
	(void)close(start[0]);
	(void)close(start[1]);
	service_open(p);
	assert_int_equal(
	    number(p, "SELECT instr(reasons, '\"DEVICE_MOVED\"') > 0 FROM"
	              " appraisals"),
	    1);
	assert_int_equal(
	    number(p, "SELECT count(*) FROM devices WHERE expected = 1"), 1);
}

/* Report after report, X and Y in turn, until somebody ends it. */
static void
report_for_ever(struct place *p, int ready)
{
	service_open(p);
	for (;;) {
		int which = (p->sessions + 1) % 2 == 0 ? X : Y;
		struct session s = build(p, 0, t0, OF(which));

		if (run(p, 0, &s, t0) != OK || write(ready, "", 1) != 1)
			_exit(1);
	}
}

/* Killed at any moment, the devices are those of the last appraisal. */
static void
t09_killed(void **state)
{
	struct place *p = *state;
	char device[4096], last[4096];

	service_close(p);
	for (unsigned round = 0; round < 12; round++) {
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
		(void)usleep(round * 2300);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		(void)close(ready[0]);
		(void)close(ready[1]);
		ask(p, "SELECT identity FROM devices WHERE present = 1",
		    device);
		ask(p, "SELECT substr(session, -1) FROM appraisals ORDER BY id"
		       " DESC LIMIT 1",
		    last);
		assert_string_equal(device,
		    identity[strtol(last, NULL, 16) % 2 == 0 ? X : Y]);
		assert_int_equal(
		    number(p, "SELECT count(*) FROM devices WHERE"
		              " present = 1"),
		    1);

		/* The first one, and none of those that were refused. */
		assert_int_equal(
		    number(p, "SELECT count(*) FROM devices WHERE"
		              " expected = 1"),
		    1);
	}
	service_open(p);
	assert_int_equal(
	    number(p, "SELECT count(*) FROM sessions AS s WHERE"
	              " (state = 'complete') <> (EXISTS (SELECT 1 FROM"
	              " appraisals WHERE session = s.id))"),
	    0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(t05_window),
	    CASE(t05_accepted),
	    CASE(t09_floor),
	    CASE(t09_exchanged),
	    CASE(t05_race),
	    CASE(t05_conflict_retry),
	    CASE(t09_killed),
	};
	char hex[2 * FORGE_SERIAL_LEN + 1];
	int rc;

	for (unsigned h = 0; h < HOSTS; h++)
		if (!world_open(&host[h], KEY_P256))
			return 1;
	for (size_t i = 0; i < BOARDS; i++) {
		if (!forge_board_new(&board[i]))
			return 1;
		bytes_to_hex(BYTES_OF(board[i].serial), hex);
		(void)snprintf(identity[i], sizeof(identity[i]),
		    "simulated:%s", hex);
	}
	t0 = host[0].time;
	rc = cmocka_run_group_tests_name("service: devices", tests, NULL, NULL);
	for (size_t i = 0; i < BOARDS; i++)
		forge_board_free(&board[i]);
	for (unsigned h = 0; h < HOSTS; h++)
		world_close(&host[h]);
	return rc;
}
