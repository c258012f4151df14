/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that sign, that do not, that hang, and that take a process down. */
#include "deadline.h"
#include "devices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Long enough for any machine, and never waited for in full. */
enum { LONG = 60000, SHORT = 2000 };

/* How the made-up device of that handle behaves. */
enum manner { GOOD, SILENT, HANGS, DEAF, DIES, FAILS, FLOODS, EMPTY };

static enum status
act(void *ctx, const struct device *d, const uint8_t nonce[NONCE_LEN],
    char type[MEDIA_TYPE_MAX], struct writer *out)
{
	(void)ctx;
	(void)snprintf(type, MEDIA_TYPE_MAX, "a/b");
	switch ((enum manner)d->handle) {
	case DEAF:
	case HANGS:
		/* The one takes away what it is heard by first. */
		for (int fd = 3; d->handle == DEAF && fd < 64; fd++)
			(void)close(fd);
		for (;;)
			(void)pause();
	case DIES:
		_exit(1);
	case FAILS:
		return FILE_MODE;
	case FLOODS:
		(void)write_space(out, DEVICE_EVIDENCE_MAX);
		write_u8(out, 0);
		return OK;
	case GOOD:
	case SILENT:
		write_bytes(out, bytes_view(nonce, NONCE_LEN));
		return OK;
	case EMPTY:
		break;
	}
	return OK;
}

static struct platform port = {.name = "made-up", .evidence = act};
static const uint8_t nonce[NONCE_LEN] = {1}, ak_name[34] = {0, 11};

/* Ask COUNT devices of these manners within the times given. */
static struct answer *
ask(const enum manner *manners, size_t count, uint64_t each, uint64_t all)
{
	struct board *board = calloc(1, sizeof(*board));
	struct answer *answers = devices_answers(count + 1);
	struct question q = {&port, NULL, board, BYTES_OF(nonce),
	    BYTES_OF(ak_name), each, deadline_in(all)};

	assert_non_null(board);
	assert_non_null(answers);
	for (size_t i = 0; i < count; i++) {
		struct device *d = &board->device[i];

		(void)snprintf(d->label, sizeof(d->label), "gpu-%zu", i);
		d->handle = manners[i];
		d->signs = manners[i] != SILENT;
	}
	board->count = count;
	assert_int_equal(devices_ask(&q, answers), OK);
	free(board);

	/* A worker that was killed may take a moment to go; none stays. */
	while (waitpid(-1, NULL, 0) > 0)
		;
	return answers;
}

static void
test_good(void **state)
{
	static const enum manner manners[] = {GOOD, SILENT, GOOD};
	struct answer *a = ask(manners, 3, LONG, LONG);
	uint8_t want[NONCE_LEN];

	(void)state;
	for (size_t i = 0; i < 3; i += 2) {
		char label[8];

		(void)snprintf(label, sizeof(label), "gpu-%zu", i);
		assert_int_equal(evidence_device_nonce(BYTES_OF(nonce),
		                     BYTES_OF(ak_name), bytes_str(label), want),
		    OK);
		assert_int_equal(a[i].st, OK);
		assert_string_equal(a[i].type, "a/b");
		assert_true(
		    bytes_eq(bytes_view(a[i].bytes, a[i].len), BYTES_OF(want)));
	}
	assert_int_equal(a[1].len, 0);
	devices_free(a, 4);
}

/* Each fails by itself; the others are not harmed. */
static void
test_bad(void **state)
{
	static const struct {
		enum manner manner;
		enum status st;
	} rows[] = {
	    {GOOD, OK},
	    {DIES, DEVICE_UNRESPONSIVE},
	    {GOOD, OK},
	    {FAILS, FILE_MODE},
	    {FLOODS, EVIDENCE_TOO_LARGE},
	    {HANGS, DEVICE_UNRESPONSIVE},
	    {DEAF, DEVICE_UNRESPONSIVE},
	    {EMPTY, EVIDENCE_ITEM_MISSING},
	    {GOOD, OK},
	    {DIES, DEVICE_UNRESPONSIVE},
	};
	enum { N = sizeof(rows) / sizeof(rows[0]) };
	enum manner manners[N];
	struct answer *a;

	(void)state;
	for (size_t i = 0; i < N; i++)
		manners[i] = rows[i].manner;
	a = ask(manners, N, SHORT, LONG);
	for (size_t i = 0; i < N; i++)
		if (a[i].st != rows[i].st)
			fail_msg("%zu: %s", i, status_name(a[i].st));
	devices_free(a, N + 1);
}

/* When all the time has gone, the rest is not waited for. */
static void
test_all_hang(void **state)
{
	static const enum manner manners[] = {HANGS, HANGS, HANGS, HANGS};
	uint64_t start = deadline_now();
	struct answer *a = ask(manners, 4, LONG, SHORT);

	(void)state;
	assert_true(deadline_now() - start < LONG);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(a[i].st, DEVICE_UNRESPONSIVE);
	devices_free(a, 5);
}

/* The TEE signs G_tee, behind the devices. */
static enum status
tee_signs(void *ctx, const uint8_t *in, struct writer *out)
{
	(void)ctx;
	write_bytes(out, bytes_view(in, TEE_NONCE_LEN));
	return OK;
}

static enum status
tee_hangs(void *ctx, const uint8_t *in, struct writer *out)
{
	(void)ctx;
	(void)in;
	(void)out;
	while (pause() != 0)
		;
	return OK;
}

static enum status
tee_is_none(void *ctx, const uint8_t *in, struct writer *out)
{
	(void)ctx;
	(void)in;
	(void)out;
	return FILE_MISSING;
}

static void
test_tee(void **state)
{
	static const enum manner manners[] = {GOOD, DIES};
	uint8_t want[TEE_NONCE_LEN];
	struct answer *a;

	(void)state;
	port.tee = tee_signs;
	a = ask(manners, 2, LONG, LONG);
	assert_int_equal(a[0].st, OK);
	assert_int_equal(a[1].st, DEVICE_UNRESPONSIVE);
	assert_int_equal(a[2].st, OK);
	assert_string_equal(a[2].type, MEDIA_TEE);
	assert_int_equal(
	    evidence_tee_nonce(BYTES_OF(nonce), BYTES_OF(ak_name), want), OK);
	assert_true(bytes_eq(bytes_view(a[2].bytes, a[2].len), BYTES_OF(want)));
	devices_free(a, 3);

	/* Alone on a host, silent, or not there at all. */
	a = ask(manners, 0, LONG, LONG);
	assert_int_equal(a[0].st, OK);
	assert_int_equal(a[0].len, TEE_NONCE_LEN);
	devices_free(a, 1);
	port.tee = tee_hangs;
	a = ask(manners, 1, SHORT, LONG);
	assert_int_equal(a[0].st, OK);
	assert_int_equal(a[1].st, DEVICE_UNRESPONSIVE);
	devices_free(a, 2);
	port.tee = tee_is_none;
	a = ask(manners, 1, LONG, LONG);
	assert_int_equal(a[1].st, FILE_MISSING);
	assert_int_equal(a[1].len, 0);
	devices_free(a, 2);
	port.tee = NULL;
	a = ask(manners, 1, LONG, LONG);
	assert_int_equal(a[1].st, OK);
	assert_int_equal(a[1].len, 0);
	devices_free(a, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_all_hang),
	    cmocka_unit_test(test_tee),
	};

	if (crypto_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
