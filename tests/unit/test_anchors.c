/* SPDX-License-Identifier: Apache-2.0 */
/* Anchors as a caller gives them, and the devices they vouch for. */
#include "testkit.h"

#include <string.h>

#include <mbedtls/pem.h>

#include "world.h"

enum { PEM_MAX = 8192 };

static struct world world;
static struct forge_board other;

/* Append CERT in PEM, with DAMAGE done to its first byte. */
static void
put_pem(char *text, const uint8_t *cert, size_t n, uint8_t damage)
{
	uint8_t copy[FORGE_CERT_MAX];
	size_t used = 0, at = strlen(text);

	memcpy(copy, cert, n);
	copy[0] ^= damage;
	assert_int_equal(
	    mbedtls_pem_write_buffer("-----BEGIN CERTIFICATE-----\n",
		"-----END CERTIFICATE-----\n", copy, n,
		(unsigned char *)text + at, PEM_MAX - at, &used),
	    0);
}

static int
add(struct assay *ctx, const void *data, size_t n)
{
	char error[200];

	return assay_add(ctx, ASSAY_ANCHOR, data, n, error, sizeof(error));
}

/* A context that trusts no device yet. */
static struct assay *
context(void)
{
	struct assay *ctx;

	world_reset(&world);
	world.anchor = false;
	world.forge.devices_sign = true;
	assert_true(forge_build(&world.forge, FORGE_START, NULL));
	ctx = world_context(&world);
	assert_non_null(ctx);
	return ctx;
}

/* Does the context take the forged device for what it says it is? */
static bool
trusts(struct assay *ctx)
{
	struct assay_result *r = assay_verify(ctx, world.nonce,
	    world.nonce_len, world.forge.out.p, world.forge.out.n);
	bool trusted;

	assert_non_null(r);
	trusted = !world_has(r, CHAIN_UNTRUSTED);
	assert_int_equal(trusted, world_has(r, SIMULATED));
	assay_result_free(r);
	return trusted;
}

static void
test_forms(void **state)
{
	const struct forge_board *b = &world.forge.board;
	char pem[PEM_MAX] = "a line of its own\n";
	struct assay *ctx = context();

	(void)state;
	assert_false(trusts(ctx));
	assert_int_equal(add(ctx, b->root, b->root_len), 0);
	assert_true(trusts(ctx));
	assay_free(ctx);

	/* Several in one file, with words around them. */
	put_pem(pem, other.root, other.root_len, 0);
	put_pem(pem, b->root, b->root_len, 0);
	ctx = context();
	assert_int_equal(add(ctx, pem, strlen(pem)), 0);
	assert_true(trusts(ctx));
	assay_free(ctx);
}

/* A file that is refused leaves nothing behind. */
static void
test_all_or_nothing(void **state)
{
	const struct forge_board *b = &world.forge.board;
	char pem[PEM_MAX] = "";
	struct assay *ctx = context();

	(void)state;
	put_pem(pem, b->root, b->root_len, 0);
	put_pem(pem, other.root, other.root_len, 1);
	assert_int_equal(add(ctx, pem, strlen(pem)), 65);
	assert_int_equal(add(ctx, other.root, other.root_len), 0);
	assert_false(trusts(ctx));
	assay_free(ctx);
}

static void
test_refused(void **state)
{
	static const char key[] = "-----BEGIN PUBLIC KEY-----\nMFkw\n"
				  "-----END PUBLIC KEY-----\n";
	const struct forge_board *b = &world.forge.board;
	static uint8_t huge[(64 << 10) + 1] = {0x30};
	struct assay *ctx = context();

	(void)state;
	assert_int_equal(add(ctx, "", 0), 65);
	assert_int_equal(add(ctx, "0", 1), 65);
	assert_int_equal(add(ctx, key, strlen(key)), 65);
	assert_int_equal(add(ctx, huge, sizeof(huge)), 65);
	for (size_t n = 1; n < b->root_len; n += 7)
		assert_int_equal(add(ctx, b->root, n), 65);
	assert_false(trusts(ctx));
	assay_free(ctx);
}

/* Another root, the leaf itself, are no way to the device. */
static void
test_not_the_issuer(void **state)
{
	struct assay *ctx = context();

	(void)state;
	assert_int_equal(add(ctx, other.root, other.root_len), 0);
	assert_false(trusts(ctx));
	add(ctx, other.leaf, other.leaf_len);
	assert_false(trusts(ctx));
	assay_free(ctx);
}

/* The second at which a certificate begins and ends is within. */
static void
test_validity_edges(void **state)
{
	static const struct {
		int64_t at;
		bool expired;
	} rows[] = {
	    {INT64_C(1767225599), true},  /* 2025-12-31T23:59:59Z */
	    {INT64_C(1767225600), false}, /* 2026-01-01T00:00:00Z */
	    {INT64_C(2082758400), false}, /* 2036-01-01T00:00:00Z */
	    {INT64_C(2082758401), true},
	    {INT64_MAX, true},
	    {INT64_MIN, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct assay_result *r;

		world_reset(&world);
		world.forge.devices_sign = true;
		world.time = rows[i].at;
		r = world_verify(&world, FORGE_START, NULL);
		assert_non_null(r);
		assert_int_equal(
		    world_has(r, CHAIN_EXPIRED), rows[i].expired);
		assay_result_free(r);
	}
}

/* One context, a changed anchor set: what was trusted is asked again. */
static void
test_again(void **state)
{
	const struct forge_board *b = &world.forge.board;
	struct assay *ctx = context();
	struct assay_result *r;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_false(trusts(ctx));
	assert_int_equal(add(ctx, b->root, b->root_len), 0);
	for (int i = 0; i < 3; i++)
		assert_true(trusts(ctx));

	/* A chain that was good once is not good at any time. */
	assay_set_time(ctx, INT64_C(4000000000));
	r = assay_verify(ctx, world.nonce, world.nonce_len, world.forge.out.p,
	    world.forge.out.n);
	assert_non_null(r);
	assert_true(world_has(r, CHAIN_EXPIRED));
	assay_result_free(r);
	assay_free(ctx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_all_or_nothing),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_not_the_issuer),
	    cmocka_unit_test(test_validity_edges),
	    cmocka_unit_test(test_again),
	};
	int rc;

	if (!world_open(&world, KEY_P256) || !forge_board_new(&other))
		return 1;
	rc = cmocka_run_group_tests_name("anchors", tests, NULL, NULL);
	forge_board_free(&other);
	world_close(&world);
	return rc;
}
