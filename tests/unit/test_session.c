/* SPDX-License-Identifier: Apache-2.0 */
/* The session objects of a verifier, good and bad. */
#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_new),
	    cmocka_unit_test(test_receipt),
	    cmocka_unit_test(test_deep),
	    cmocka_unit_test(test_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
