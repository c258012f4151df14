/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded zlib streams: what is refused, and with which code. */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "crypto.h"
#include "deflate.h"

enum { PLAIN_MAX = 1 << 20 };

static uint8_t plain[PLAIN_MAX], packed[PLAIN_MAX + 1024], out[PLAIN_MAX];
static uint8_t work[INFLATE_WORK];

/* Deflate N bytes of PLAIN; returns the stream. */
static struct bytes
pack(size_t n)
{
	size_t used = 0;

	assert_status(deflate_bytes(bytes_view(plain, n), packed,
			  sizeof(packed), &used),
	    OK);
	return bytes_view(packed, used);
}

static enum status
unpack(struct bytes in, size_t cap, size_t *n)
{
	return inflate_bytes(in, work, out, cap, n);
}

static void
test_round_trip(void **state)
{
	static const size_t sizes[] = {0, 1, 100, 32768, 40000, PLAIN_MAX};
	size_t n;

	(void)state;
	assert_status(random_bytes(plain, sizeof(plain)), OK);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_status(unpack(pack(sizes[i]), PLAIN_MAX, &n), OK);
		assert_int_equal(n, sizes[i]);
		assert_memory_equal(out, plain, n);

		/* Exactly as much room as is needed, and one byte less. */
		if (sizes[i] == 0)
			continue;
		assert_status(unpack(pack(sizes[i]), sizes[i], &n), OK);
		assert_status(unpack(pack(sizes[i]), sizes[i] - 1, &n),
		    DEFLATE_TOO_LARGE);
		assert_int_equal(n, 0);
	}
}

/* Same input, same bytes. */
static void
test_deterministic(void **state)
{
	static uint8_t first[2048];
	struct bytes one;
	size_t n;

	(void)state;
	memset(plain, 'x', 1000);
	one = pack(1000);
	n = one.n;
	assert_true(n <= sizeof(first));
	memcpy(first, one.p, n);
	memset(work, 0xa5, sizeof(work));
	one = pack(1000);
	assert_true(bytes_eq(one, bytes_view(first, n)));
}

/* N7: a bomb stops at the ratio, or at the room, whichever comes first. */
static void
n07_bomb(void **state)
{
	struct bytes in;
	size_t n;

	(void)state;
	memset(plain, 0, sizeof(plain));
	in = pack(PLAIN_MAX);
	assert_true(in.n * INFLATE_RATIO < PLAIN_MAX);
	assert_status(unpack(in, PLAIN_MAX, &n), DEFLATE_RATIO);
	assert_status(unpack(in, 1000, &n), DEFLATE_TOO_LARGE);
	assert_int_equal(n, 0);
}

static void
test_every_cut(void **state)
{
	struct bytes in;
	size_t n;

	(void)state;
	assert_status(random_bytes(plain, 700), OK);
	memset(plain + 300, 'y', 300);
	in = pack(700);
	for (size_t i = 0; i < in.n; i++) {
		assert_status(
		    unpack(bytes_sub(in, 0, i), PLAIN_MAX, &n),
		    DEFLATE_CORRUPT);
		assert_int_equal(n, 0);
	}
}

static void
test_trailing(void **state)
{
	struct bytes in;
	size_t n;

	(void)state;
	memset(plain, 'z', 300);
	in = pack(300);
	packed[in.n] = 0;
	assert_status(unpack(bytes_view(packed, in.n + 1), PLAIN_MAX, &n),
	    DEFLATE_TRAILING);

	/* Two streams are not one. */
	memcpy(packed + in.n, packed, in.n);
	assert_status(unpack(bytes_view(packed, 2 * in.n), PLAIN_MAX, &n),
	    DEFLATE_TRAILING);
	assert_int_equal(n, 0);
}

/* One bit anywhere: never the old content, never a crash. */
static void
test_every_bit(void **state)
{
	struct bytes in;
	size_t n;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		plain[i] = (uint8_t)(i * i);
	in = pack(400);
	for (size_t i = 0; i < 8 * in.n; i++) {
		packed[i / 8] ^= (uint8_t)(1 << i % 8);
		if (unpack(in, PLAIN_MAX, &n) == OK)
			assert_memory_equal(out, plain, 400);
		packed[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

/* Raw deflate, gzip, a preset dictionary: not RFC 1950 as we take it. */
static void
test_other_forms(void **state)
{
	z_stream z = {0};
	size_t n;

	(void)state;
	memset(plain, 'q', 100);
	for (int form = 0; form < 3; form++) {
		int bits = form == 0 ? -15 : form == 1 ? 31 : 15;

		assert_int_equal(
		    deflateInit2(&z, 9, Z_DEFLATED, bits, 8, 0), Z_OK);
		if (form == 2)
			deflateSetDictionary(&z, plain, 50);
		z.next_in = plain;
		z.avail_in = 100;
		z.next_out = packed;
		z.avail_out = sizeof(packed);
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		assert_status(
		    unpack(bytes_view(packed, z.total_out), PLAIN_MAX, &n),
		    DEFLATE_CORRUPT);
		deflateEnd(&z);
	}
}

static void
test_no_room(void **state)
{
	size_t n;

	(void)state;
	assert_status(random_bytes(plain, 1000), OK);
	assert_status(deflate_bytes(bytes_view(plain, 1000), packed, 900,
			  &n),
	    DEFLATE_TOO_LARGE);
	assert_int_equal(n, 0);
	assert_status(unpack(bytes_view(NULL, 0), PLAIN_MAX, &n),
	    DEFLATE_CORRUPT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_deterministic),
	    cmocka_unit_test(n07_bomb),
	    cmocka_unit_test(test_every_cut),
	    cmocka_unit_test(test_trailing),
	    cmocka_unit_test(test_every_bit),
	    cmocka_unit_test(test_other_forms),
	    cmocka_unit_test(test_no_room),
	};

	if (crypto_init() != OK)
		return 1;
	return cmocka_run_group_tests_name("deflate", tests, NULL, NULL);
}
