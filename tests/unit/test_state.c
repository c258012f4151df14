/* SPDX-License-Identifier: Apache-2.0 */
/* The report counter: written in turn, survived when torn, never guessed. */
#include "crypto.h"
#include "state.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct chain
chain_of(uint64_t counter)
{
	struct chain c = {.counter = counter};

	memset(c.digest, (int)(counter & 0xff), sizeof(c.digest));
	return c;
}

static int
temp_file(void)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	fd = dup(fileno(f));
	assert_true(fd >= 0);
	(void)fclose(f);
	return fd;
}

static void
test_rounds(void **state)
{
	struct chain got, want;
	int fd = temp_file();

	(void)state;
	assert_int_equal(state_load(fd, &got), OK);
	assert_int_equal(got.counter, 0);
	assert_true(bytes_is_zero(BYTES_OF(got.digest)));
	for (uint64_t i = 1; i < 20; i++) {
		want = chain_of(i);
		assert_int_equal(state_store(fd, &want), OK);
		assert_int_equal(state_load(fd, &got), OK);
		assert_int_equal(got.counter, i);
		assert_true(
		    bytes_eq(BYTES_OF(got.digest), BYTES_OF(want.digest)));
	}
	assert_int_equal(lseek(fd, 0, SEEK_END), STATE_FILE);
	(void)close(fd);
}

/* Both slots of a file whose last report was COUNTER. */
static void
make_file(uint64_t counter, uint8_t file[STATE_FILE])
{
	for (uint64_t c = counter - 1; c <= counter; c++) {
		struct chain chain = chain_of(c);

		assert_int_equal(
		    state_encode(&chain, file + c % 2 * STATE_SLOT), OK);
	}
}

/*
 * Flip each bit of the newest slot: the one before it counts.  Flip one in
 * both: an error.
 */
static void
test_damage(void **state)
{
	uint8_t file[STATE_FILE];
	struct chain got;
	struct bytes view = {file, sizeof(file)};

	(void)state;
	for (size_t bit = 0; bit < 8 * STATE_SLOT; bit++) {
		make_file(7, file);
		file[STATE_SLOT + bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(state_decode(view, &got), OK);
		assert_int_equal(got.counter, 6);
		file[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(state_decode(view, &got), STATE_DAMAGED);
	}
}

/* Cut at every length: an older report, or an error, never a made-up one. */
static void
test_cut(void **state)
{
	uint8_t file[STATE_FILE + 1] = {0};
	struct chain got;

	(void)state;
	make_file(7, file);
	for (size_t n = 0; n <= sizeof(file); n++) {
		enum status st = state_decode(bytes_view(file, n), &got);

		if (n == 0)
			assert_int_equal(got.counter, 0);
		else if (st == OK)
			assert_int_equal(
			    got.counter, n < STATE_SLOT + 80 ? 6 : 7);
		else
			assert_true(n < 80 || n > STATE_FILE);
	}
}

/* A slot in the other's place does not count: no replay inside the file. */
static void
test_swapped(void **state)
{
	uint8_t file[STATE_FILE], swapped[STATE_FILE];
	struct chain got;

	(void)state;
	make_file(7, file);
	memcpy(swapped, file + STATE_SLOT, STATE_SLOT);
	memcpy(swapped + STATE_SLOT, file, STATE_SLOT);
	assert_int_equal(state_decode(BYTES_OF(swapped), &got), STATE_DAMAGED);
}

static void
test_read_only(void **state)
{
	struct chain c = chain_of(1), got;
	int fd = temp_file();
	char path[64];
	int ro;

	(void)state;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(ro >= 0);
	assert_int_equal(state_store(ro, &c), FILE_WRITE);
	assert_int_equal(state_load(-1, &got), FILE_READ);
	(void)close(ro);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rounds),
	    cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_swapped),
	    cmocka_unit_test(test_read_only),
	};

	if (crypto_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
