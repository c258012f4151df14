/* SPDX-License-Identifier: Apache-2.0 */
/* The session objects of a verifier, good and bad. */
#include "enrol.h"
#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "00000000-0000-4000-8000-000000000001"

/* 32 bytes of 0x41 in base64url, without and with padding. */
#define N32 "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"
#define N31 "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ"
#define N33 "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"

static const struct {
	const char *json;
	enum status st;
} fresh[] = {
    {"{\"status\":\"waiting\",\"nonce\":\"" N32 "\"}", OK},
    {"{\"state\":\"waiting\",\"nonce\":\"" N32 "=\"}", OK},
    {" {\"nonce\":\"" N32 "\",\"expiry\":\"2030-01-01T00:00:00Z\","
     "\"accept\":[\"a/b\"],\"status\":\"waiting\",\"more\":{}}\n",
        OK},
    {"{\"status\":\"waiting\",\"nonce\":\"" N31 "\"}", NONCE_SIZE},
    {"{\"status\":\"waiting\",\"nonce\":\"" N33 "\"}", NONCE_SIZE},
    {"{\"status\":\"waiting\",\"nonce\":\"\"}", NONCE_SIZE},
    {"{\"status\":\"waiting\",\"nonce\":\"" N32 N32 N32 "\"}", NONCE_SIZE},
    {"{\"status\":\"waiting\",\"nonce\":\"" N32 "==\"}", SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":\"QUFB+/FBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
     "QUFBQUE\"}",
        SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":\"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
     "QUFBQUF\"}",
        SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":\"QUFB\\u0000\"}", SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":32}", SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":null}", SESSION_MALFORMED},
    {"{\"status\":\"waiting\"}", SESSION_MALFORMED},
    {"{\"nonce\":\"" N32 "\"}", SESSION_MALFORMED},
    {"{\"status\":1,\"nonce\":\"" N32 "\"}", SESSION_MALFORMED},
    {"{\"status\":\"complete\",\"nonce\":\"" N32 "\"}", SESSION_MALFORMED},
    {"{\"status\":\"Waiting\",\"nonce\":\"" N32 "\"}", SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"state\":\"waiting\",\"nonce\":\"" N32 "\"}",
        SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":\"" N32 "\",\"nonce\":\"" N32 "\"}",
        SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"status\":\"waiting\",\"nonce\":\"" N32 "\"}",
        SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":\"" N32 "\"}x", SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":\"" N32 "\"}{}", SESSION_MALFORMED},
    {"[\"status\",\"waiting\"]", SESSION_MALFORMED},
    {"\"waiting\"", SESSION_MALFORMED},
    {"{\"status\":\"waiting\",\"nonce\":\"" N32, SESSION_MALFORMED},
    {"{", SESSION_MALFORMED},
    {"", SESSION_MALFORMED},
    {"\xff\xfe", SESSION_MALFORMED},
};

static void
test_new(void **state)
{
	uint8_t nonce[NONCE_LEN], want[NONCE_LEN];

	(void)state;
	memset(want, 0x41, sizeof(want));
	for (size_t i = 0; i < sizeof(fresh) / sizeof(fresh[0]); i++) {
		enum status st;

		memset(nonce, 0, sizeof(nonce));
		st = session_parse_new(bytes_str(fresh[i].json), nonce);
		if (st != fresh[i].st)
			fail_msg("%zu: %s", i, status_name(st));

		/* Written only on success. */
		assert_true(st == OK ? bytes_eq(BYTES_OF(nonce), BYTES_OF(want))
		                     : bytes_is_zero(BYTES_OF(nonce)));
	}
}

static const struct {
	const char *json;
	enum status st;
} receipts[] = {
    {"{\"status\":\"complete\",\"result\":\"a.b.c\"}", OK},
    {"{\"status\":\"complete\",\"result\":{\"whatever\":[1,2,3]}}", OK},
    {"{\"state\":\"processing\"}", OK},
    {"{\"status\":\"failed\"}", HTTP_STATUS},
    {"{\"status\":\"waiting\"}", SESSION_MALFORMED},
    {"{\"status\":\"COMPLETE\"}", SESSION_MALFORMED},
    {"{\"status\":true}", SESSION_MALFORMED},
    {"{\"status\":\"complete\",\"state\":\"failed\"}", SESSION_MALFORMED},
    {"{\"status\":\"complete\",\"status\":\"complete\"}", SESSION_MALFORMED},
    {"{}", SESSION_MALFORMED},
    {"[]", SESSION_MALFORMED},
    {"", SESSION_MALFORMED},
};

static void
test_receipt(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(receipts) / sizeof(receipts[0]); i++) {
		enum status st =
		    session_parse_receipt(bytes_str(receipts[i].json));

		if (st != receipts[i].st)
			fail_msg("%zu: %s", i, status_name(st));
	}
}

/* T33: a word too many is found, and told in plain characters. */
static const struct {
	const char *json, *name;
} strays[] = {
    {"{}", NULL},
    {"[]", NULL},
    {"{\"status\":\"waiting\",\"nonce\":\"x\",\"expiry\":1,"
     "\"accept\":[],\"result\":{\"command\":1},\"evidence\":1,\"id\":1,"
     "\"state\":1}",
        NULL},
    {"{\"status\":\"waiting\",\"command\":\"shutdown\"}", "command"},
    {"{\"Status\":\"waiting\"}", "Status"},
    {"{\"\":1}", ""},
    {"{\"a\\u001b]0;\\u009b\\n\":1}", "a?]0;???"},
    {"{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":1}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
};

static void
test_stray(void **state)
{
	char name[STRAY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(strays) / sizeof(strays[0]); i++) {
		bool found = session_stray(bytes_str(strays[i].json), name);

		assert_int_equal(found, strays[i].name != NULL);
		if (found)
			assert_string_equal(name, strays[i].name);
	}
}

/* Nesting without end is refused, not followed. */
static void
test_deep(void **state)
{
	enum { N = 65536 };
	char *text = malloc(N);
	uint8_t nonce[NONCE_LEN];

	(void)state;
	assert_non_null(text);
	memset(text, '[', N);
	assert_int_equal(
	    session_parse_new(bytes_view(text, N), nonce), SESSION_MALFORMED);
	for (size_t i = 0; i < N; i++)
		text[i] = "{\"a\":"[i % 5];
	assert_int_equal(
	    session_parse_receipt(bytes_view(text, N)), SESSION_MALFORMED);
	free(text);
}

static void
test_type(void **state)
{
	(void)state;
	assert_true(session_type_ok(SESSION_MEDIA_TYPE));
	assert_true(session_type_ok(SESSION_MEDIA_TYPE "; charset=utf-8"));
	assert_true(session_type_ok(SESSION_MEDIA_TYPE ";q=1"));
	assert_false(session_type_ok(SESSION_MEDIA_TYPE "x"));
	assert_false(session_type_ok("application/json"));
	assert_false(session_type_ok(""));
}

/* What a host is asked that enrols. */
static const struct {
	const char *json;
	enum status st;
} asked[] = {
    {"{\"id\":\"" ID "\",\"credential\":\"AAE+\",\"secret\":\"/wA=\"}", OK},
    {"{\"id\":\"" ID "\",\"credential\":\"AAE-\",\"secret\":\"_wA=\"}",
        ENROLMENT_MALFORMED},
    {"{\"id\":\"" ID "\",\"credential\":\"AAE+\"}", ENROLMENT_MALFORMED},
    {"{\"id\":\"../../../../../../../../../../../etc\","
     "\"credential\":\"AAE+\",\"secret\":\"/wA=\"}",
        ENROLMENT_MALFORMED},
    {"{\"id\":\"" ID "0\",\"credential\":\"AAE+\",\"secret\":\"/wA=\"}",
        ENROLMENT_MALFORMED},
    {"{\"id\":\"" ID "\",\"credential\":\"\",\"secret\":\"/wA=\"}",
        ENROLMENT_MALFORMED},
    {"{\"id\":\"" ID "\",\"credential\":1,\"secret\":\"/wA=\"}",
        ENROLMENT_MALFORMED},
    {"{\"id\":\"" ID "\",\"credential\":\"AAE+\",\"secret\":\"/wA\\u0000\"}",
        ENROLMENT_MALFORMED},
    {"[]", ENROLMENT_MALFORMED},
    {"", ENROLMENT_MALFORMED},
};

static void
test_challenge(void **state)
{
	char id[CHALLENGE_ID_LEN + 1];
	static char longer[4096];
	uint8_t blob[8];

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct writer w = writer_of(blob, sizeof(blob));
		enum status st = enrol_parse_challenge(
		    bytes_str(asked[i].json), id, &w);

		assert_string_equal(status_name(st), status_name(asked[i].st));
		if (st != OK)
			continue;
		assert_string_equal(id, ID);
		assert_true(bytes_eq(
		    writer_view(&w), BYTES_LIT("\x00\x01\x3e\xff\x00")));
	}

	/* No more than there is room for, and no more than there can be. */
	for (int digits = 8; digits < 3000; digits += 4) {
		struct writer w = writer_of(blob, sizeof(blob));
		int n = snprintf(longer, sizeof(longer), "{\"id\":\"" ID "\","
		    "\"secret\":\"AAAA\",\"credential\":\"%0*d\"}", digits,
		    0);

		assert_int_not_equal(enrol_parse_challenge(
		    bytes_view(longer, (size_t)n), id, &w), OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_challenge),
	    cmocka_unit_test(test_new),
	    cmocka_unit_test(test_receipt),
	    cmocka_unit_test(test_stray),
	    cmocka_unit_test(test_deep),
	    cmocka_unit_test(test_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
