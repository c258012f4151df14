/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Blackwell with confidential mode off through NVIDIA's in-band library,
 * as tests/mock/corelib_mock.c plays it: nothing here is signed.
 */
#include "vendor_tree.h"

#include "inband.h"
#include "trap.h"
#include "vendor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIRST  "0000:01:00.0"
#define SECOND "0000:02:00.0"

static const uint8_t nonce[NONCE_LEN] = {7, 7, 7, 7};
static struct vendor_host host;
static struct tree tree;

/* Boards of mock devices, of that architecture and mode. */
static void
set_up(const char *architecture, const char *mode, bool two)
{
	static const char *const at[] = {FIRST, SECOND};
	char text[512] = "", path[TREE_PATH_MAX];
	size_t n = 0;

	(void)unsetenv("CORELIB_MOCK_FAIL");
	(void)unsetenv("CORELIB_MOCK_HUGE");
	(void)unsetenv("CORELIB_MOCK_CHAIN");
	tree_make(&tree);
	for (size_t i = 0; i < (two ? 2u : 1u); i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "[gpu-%zu]\npci-address = %s\narchitecture = %s\n"
		    "cc-mode = %s\n",
		    i, at[i], architecture, mode);
		vendor_tree_pci(
		    &tree, at[i], "0x10de\n", "0x2901\n", "0x030200\n");
	}
	tree_text(&tree, "board.ini", text);
	assert_int_equal(
	    setenv("NVML_MOCK_BOARD", tree_at(&tree, "board.ini", path), 1), 0);
	vendor_host_open(&host, &tree);
	assert_int_equal(host.board.count, two ? 2 : 1);
}

static void
tear_down(void)
{
	vendor_host_close(&host);
	tree_remove(&tree);
}

static enum status
ask(size_t i, const char *devices, struct writer *w)
{
	struct corelib library = {.library = NULL};

	assert_int_equal(setenv("CORELIB_MOCK_DEVICES", devices, 1), 0);
	assert_true(inband_open(&library));
	return inband_evidence(&library, &host.board.device[i],
	    host.board.count == 1, nonce, w);
}

/* The item, with lines of 64 digits and the leaf in front. */
static void
fetches_evidence(void **state)
{
	static const char want[] =
	    "[{\"arch\":\"BLACKWELL\",\"certificate\":\""
	    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUFCRXhGUVVZPQotLS0tLUVO"
	    "RCBDRVJUSUZJQ0FURS0tLS0tCi0tLS0tQkVHSU4gQ0VSVElGSUNBVEUtLS0tLQpN"
	    "SUlBUEhKeWNuSnljbkp5Y25KeWNuSnljbkp5Y25KeWNuSnljbkp5Y25KeWNuSnlj"
	    "bkp5Y25KeWNuSnljbkp5CmNuSnljbkp5Y25KeWNuSnljbkp5Y2c9PQotLS0tLUVO"
	    "RCBDRVJUSUZJQ0FURS0tLS0tCg=="
	    "\",\"evidence\":\""
	    "EeAB/wcHBwcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE1PQ0sgYXQgMDAw"
	    "MDowMTowMC4w"
	    "\",\"nonce\":\""
	    "0707070700000000000000000000000000000000000000000000000000000000"
	    "\"}]";
	uint8_t buf[2048];
	struct writer w = writer_of(buf, sizeof(buf));
	struct writer small = writer_of(buf, 100);

	(void)state;
	set_up("Blackwell", "off", false);
	assert_int_equal(ask(0, "MOCK at " FIRST, &w), OK);
	if (!bytes_eq(writer_view(&w), bytes_str(want)))
		fail_msg("%.*s", (int)w.n, (const char *)w.p);
	assert_int_equal(ask(0, "MOCK at " FIRST, &small), EVIDENCE_TOO_LARGE);
	tear_down();
}

/* The agent itself takes no such way: it asks the driver, or nobody. */
static void
agent_asks_the_driver_alone(void **state)
{
	static const struct {
		const char *architecture, *mode;
		bool signs;
	} rows[] = {
	    {"Hopper", "off", false},
	    {"Blackwell", "off", false},
	    {"Blackwell", "on", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(rows[i].architecture, rows[i].mode, false);
		assert_int_equal(host.board.device[0].signs, rows[i].signs);
		tear_down();
	}
}

/* A device answers for itself, by its address, and for no other. */
static void
knows_devices_apart(void **state)
{
	static const struct {
		const char *devices;
		bool two;
		size_t which;
		const char *own; /* the one that must have answered */
	} rows[] = {
	    {"MOCK at " FIRST ",MOCK at " SECOND, true, 0, "MOCK at " FIRST},
	    {"MOCK at " SECOND ",MOCK at " FIRST, true, 0, "MOCK at " FIRST},
	    {"MOCK at " SECOND ",MOCK at " FIRST, true, 1, "MOCK at " SECOND},
	    {"0000:0A:00.0," SECOND, true, 1, SECOND},
	    /* Nobody says where they are. */
	    {"MOCK GPU", false, 0, "MOCK GPU"},
	    {"MOCK GPU", true, 0, NULL},
	    {"MOCK GPU,MOCK GPU", false, 0, NULL},
	    {"MOCK GPU,MOCK GPU", true, 1, NULL},
	    /* The end of another address is no address. */
	    {"1" FIRST ",MOCK", false, 0, NULL},
	    {"", false, 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[2048], again[2048];
		struct writer w = writer_of(buf, sizeof(buf));
		struct writer own = writer_of(again, sizeof(again));
		enum status st;

		set_up("Blackwell", "off", rows[i].two);
		st = ask(rows[i].which, rows[i].devices, &w);
		if (st != (rows[i].own == NULL ? DEVICE_LIBRARY : OK))
			fail_msg("%s: %s", rows[i].devices, status_name(st));
		if (rows[i].own != NULL) {
			st = ask(rows[i].which, rows[i].own, &own);
			assert_int_equal(st, OK);
			assert_true(
			    bytes_eq(writer_view(&w), writer_view(&own)));
		}
		tear_down();
	}
}

static void
refuses_what_is_no_answer(void **state)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
	    {"CORELIB_MOCK_FAIL", "corelib_device_manager_create"},
	    {"CORELIB_MOCK_FAIL",
	        "corelib_device_manager_discover_inband_gpus"},
	    {"CORELIB_MOCK_FAIL", "corelib_spdm_client_create"},
	    {"CORELIB_MOCK_FAIL", "corelib_spdm_get_certificate"},
	    {"CORELIB_MOCK_FAIL", "corelib_spdm_get_measurement_transcript"},
	    {"CORELIB_MOCK_HUGE", "discover"},
	    {"CORELIB_MOCK_HUGE", "corelib_spdm_get_certificate"},
	    {"CORELIB_MOCK_HUGE", "corelib_spdm_get_measurement_transcript"},
	    {"CORELIB_MOCK_CHAIN", "none"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[2048];
		struct writer w = writer_of(buf, sizeof(buf));
		enum status st;

		set_up("Blackwell", "off", false);
		assert_int_equal(setenv(rows[i].name, rows[i].value, 1), 0);
		st = ask(0, "MOCK at " FIRST, &w);
		if (st != DEVICE_LIBRARY || w.n != 0)
			fail_msg("%s: %s", rows[i].value, status_name(st));
		tear_down();
	}
}

/* What begins anew what another may have begun is never looked up. */
static void
never_resets(void **state)
{
	(void)state;
	trap_expect(CORELIB_LIBRARY, "corelib_spdm_reset_session");
}

/* Certificates that are cut, or none, become no text. */
static void
splits_certificates(void **state)
{
#define ONE "\x30\x82\x00\x01X"
	static const struct {
		const char *what;
		struct bytes der;
		bool good;
	} rows[] = {
	    {"one", {(const uint8_t *)ONE, 5}, true},
	    {"two", {(const uint8_t *)ONE ONE, 10}, true},
	    {"eight", {(const uint8_t *)ONE ONE ONE ONE ONE ONE ONE ONE, 40},
	        true},
	    {"nine", {(const uint8_t *)ONE ONE ONE ONE ONE ONE ONE ONE ONE, 45},
	        false},
	    {"cut in its value", {(const uint8_t *)ONE, 4}, false},
	    {"cut in its length", {(const uint8_t *)ONE, 3}, false},
	    {"a byte behind it", {(const uint8_t *)ONE "0", 6}, false},
	    {"no sequence", {(const uint8_t *)"\x31\x82\x00\x01X", 5}, false},
	    {"another length", {(const uint8_t *)"\x30\x83\x00\x01X", 5},
	        false},
	};
	uint8_t buf[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct writer w = writer_of(buf, sizeof(buf));

		if (inband_pem(rows[i].der, &w) != rows[i].good)
			fail_msg("%s", rows[i].what);
	}
	assert_false(
	    inband_pem(rows[0].der, &(struct writer){buf, 40, 0, false}));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fetches_evidence),
	    cmocka_unit_test(agent_asks_the_driver_alone),
	    cmocka_unit_test(knows_devices_apart),
	    cmocka_unit_test(refuses_what_is_no_answer),
	    cmocka_unit_test(never_resets),
	    cmocka_unit_test(splits_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
