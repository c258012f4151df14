/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Gaudi's quote through the control node, as tests/mock/gaudi_mock.c
 * answers: there is no device here, and nothing is signed.
 */
#include "vendor_tree.h"

#include "dcbor.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GAUDI "0000:33:00.0"
#define NODE  "dev/accel/accel_controlD0"

static const uint8_t nonce[NONCE_LEN] = {0x01, 0x02, 0x03, 0x84, 0xff};
static struct vendor_host host;
static struct tree tree;

/* One Gaudi that says whether its firmware is protected, and its node. */
static void
set_up(const char *security, const char *accel)
{
	char file[96];

	(void)unsetenv("GAUDI_MOCK_FAIL");
	(void)unsetenv("GAUDI_MOCK_WRONG");
	tree_make(&tree);
	vendor_tree_pci(&tree, GAUDI, "0x1da3\n", "0x1020\n", "0x120000\n");
	(void)snprintf(
	    file, sizeof(file), "accel/%s/device/security_enabled", accel);
	vendor_tree_file(&tree, GAUDI, file, security);
	tree_text(&tree, NODE, "");
	vendor_host_open(&host, &tree);
	assert_int_equal(host.board.count, 1);
}

static void
tear_down(void)
{
	vendor_host_close(&host);
	tree_remove(&tree);
}

static enum status
ask(struct writer *w)
{
	char type[MEDIA_TYPE_MAX] = "";
	enum status st = host.port->evidence(
	    host.ctx, &host.board.device[0], nonce, type, w);

	assert_string_equal(type, MEDIA_GAUDI);
	return st;
}

static void
fetches_a_quote(void **state)
{
	uint8_t buf[4096];
	struct writer w = writer_of(buf, sizeof(buf));
	struct writer small = writer_of(buf, 60);
	struct dcbor c;

	(void)state;
	set_up("1\n", "accel0");
	assert_true(host.board.device[0].signs);
	assert_int_equal(ask(&w), OK);

	/* The first four bytes of the nonce, little-endian. */
	c = dcbor_of(writer_view(&w));
	dcbor_want_array(&c, 7);
	assert_int_equal(dcbor_get_uint(&c), 0x84030201);
	assert_int_equal(dcbor_get_uint(&c), 4);
	assert_true(bytes_eq(dcbor_get_bstr(&c), BYTES_LIT("PCR0PCR1")));
	assert_true(bytes_eq(dcbor_get_bstr(&c), BYTES_LIT("MOCK QUOTE")));
	assert_true(bytes_eq(dcbor_get_bstr(&c), BYTES_LIT("MOCK SIGNATURE")));
	assert_true(bytes_eq(dcbor_get_bstr(&c), BYTES_LIT("MOCK PUBLIC")));
	assert_true(
	    bytes_eq(dcbor_get_bstr(&c), BYTES_LIT("MOCK CERTIFICATE")));
	assert_int_equal(dcbor_end(&c), OK);
	assert_int_equal(ask(&small), EVIDENCE_TOO_LARGE);
	tear_down();
}

/* A driver that lies about its lengths, or gives another's answer. */
static void
refuses_what_is_no_answer(void **state)
{
	static const struct {
		const char *name, *value;
		enum status st;
	} rows[] = {
	    {"GAUDI_MOCK_WRONG", "nonce", DEVICE_NONCE_MISMATCH},
	    {"GAUDI_MOCK_WRONG", "empty", DEVICE_LIBRARY},
	    {"GAUDI_MOCK_WRONG", "4", DEVICE_LIBRARY},
	    {"GAUDI_MOCK_WRONG", "6", DEVICE_LIBRARY},
	    {"GAUDI_MOCK_WRONG", "8", DEVICE_LIBRARY},
	    {"GAUDI_MOCK_WRONG", "10", DEVICE_LIBRARY},
	    {"GAUDI_MOCK_FAIL", "25", DEVICE_UNSIGNED}, /* ENOTTY */
	    {"GAUDI_MOCK_FAIL", "22", DEVICE_UNSIGNED}, /* EINVAL */
	    {"GAUDI_MOCK_FAIL", "13", PERMISSION},      /* EACCES */
	    {"GAUDI_MOCK_FAIL", "16", DEVICE_LIBRARY},  /* EBUSY: in reset */
	    {"GAUDI_MOCK_FAIL", "19", DEVICE_LIBRARY},  /* ENODEV */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[4096];
		struct writer w = writer_of(buf, sizeof(buf));
		enum status st;

		set_up("1\n", "accel0");
		assert_int_equal(setenv(rows[i].name, rows[i].value, 1), 0);
		st = ask(&w);
		if (st != rows[i].st || w.n != 0)
			fail_msg("%s: %s", rows[i].value, status_name(st));
		tear_down();
	}
}

static void
asks_only_what_can_sign(void **state)
{
	static const struct {
		const char *security, *accel;
		bool signs;
	} rows[] = {
	    {"0\n", "accel0", false},
	    {"2\n", "accel0", false},
	    {"1\n", "accel0", true},
	    {"1\n", "accel", true},
	    {"1\n", "accel0x", true},
	};
	uint8_t buf[64];
	char path[TREE_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct writer w = writer_of(buf, sizeof(buf));

		set_up(rows[i].security, rows[i].accel);
		assert_int_equal(host.board.device[0].signs, rows[i].signs);
		if (strcmp(rows[i].accel, "accel0") != 0)
			assert_int_equal(ask(&w), DEVICE_LIBRARY);
		tear_down();
	}

	/* Gone since, or a link in its place, is no device. */
	set_up("1\n", "accel0");
	assert_int_equal(unlink(tree_at(&tree, NODE, path)), 0);
	assert_int_equal(
	    ask(&(struct writer){buf, sizeof(buf), 0, false}), DEVICE_LIBRARY);
	tree_link(&tree, NODE, "/dev/null");
	assert_int_equal(
	    ask(&(struct writer){buf, sizeof(buf), 0, false}), DEVICE_LIBRARY);
	tear_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fetches_a_quote),
	    cmocka_unit_test(refuses_what_is_no_answer),
	    cmocka_unit_test(asks_only_what_can_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
