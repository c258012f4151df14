/* SPDX-License-Identifier: Apache-2.0 */
/* What the service reads from headers and writes as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "media.h"
#include "route.h"
#include "text.h"

static void
test_accept(void **state)
{
	static const struct {
		const char *accept;
		bool allowed;
	} rows[] = {
	    {NULL, true},
	    {MEDIA_SESSION, true},
	    {"*/*", true},
	    {"application/*", true},
	    {"APPLICATION/*", true},
	    {"text/html, " MEDIA_SESSION, true},
	    {"text/html,application/*;q=0.5", true},
	    {MEDIA_SESSION "; q=1", true},
	    {MEDIA_SESSION ";x=\"a,b;q=0\"", true},
	    {"application/*;q=0, " MEDIA_SESSION, true},
	    {MEDIA_SESSION ";q=0, */*", false},
	    {"*/*;q=0.000", false},
	    {"*/*;q=0.001", true},
	    {"", false},
	    {",", false},
	    {";", false},
	    {"\"", false},
	    {"text/html", false},
	    {"application/json", false},
	    {"application/", false},
	    {"application/*x", false},
	    {"*", false},
	    {MEDIA_SESSION "x", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(media_accepts(rows[i].accept, MEDIA_SESSION),
		    rows[i].allowed);
}

static void
test_content_type(void **state)
{
	static const struct {
		const char *type;
		bool evidence;
	} rows[] = {
	    {"application/cmw+cbor", true},
	    {"Application/CMW+CBOR", true},
	    {MEDIA_EVIDENCE, true},
	    {"application/cmw+cbor;cmwc_t=\"" MEDIA_PROFILE "\"", true},
	    {"application/cmw+cbor ; CMWC_T=\"" MEDIA_PROFILE "\"", true},
	    {"application/cmw+cbor; x=y", true},
	    {NULL, false},
	    {"", false},
	    {";", false},
	    {"application/cmw", false},
	    {"application/cmw+json", false},
	    {"application/cmw+cborx", false},
	    {"application/cmw+cbor; cmwc_t=\"tag:other\"", false},
	    {"application/cmw+cbor; cmwc_t=\"" MEDIA_PROFILE "x\"", false},
	    {"application/cmw+cbor; cmwc_t=", false},
	    {"application/cmw+cbor; cmwc_t=\"", false},
	    {"application/cmw+cbor, text/html", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    media_is_evidence(rows[i].type), rows[i].evidence);
}

/* Which status a request gets before anything behind it runs. */
static void
test_routes(void **state)
{
#define S  "/challenge-response/v1/session/"
#define ID "2b496f61-fbdc-40ce-945d-4092676eef61"
	static const struct {
		const char *method;
		const char *path;
		unsigned status; /* 0 for a route */
		const char *allow;
	} rows[] = {
	    {"POST", "/challenge-response/v1/newSession", 0, ""},
	    {"POST", S ID, 0, ""},
	    {"GET", S ID, 0, ""},
	    {"HEAD", S ID, 0, ""},
	    {"DELETE", S ID, 0, ""},
	    {"GET", "/healthz", 0, ""},
	    {"GET", "/.well-known/veraison/verification", 0, ""},
	    {"PUT", S ID, 405, "POST, GET, HEAD, DELETE"},
	    {"GET", "/challenge-response/v1/newSession", 405, "POST"},
	    {"POST", "/healthz", 405, "GET, HEAD"},
	    {"get", "/healthz", 405, "GET, HEAD"},
	    {"", "/healthz", 405, "GET, HEAD"},
	    {"GET", "/", 404, ""},
	    {"GET", "", 404, ""},
	    {"GET", "/healthz/", 404, ""},
	    {"GET", S, 404, ""},
	    {"GET", S ID "/x", 404, ""},
	    {"GET", S ID "x", 400, ""},
	    {"GET", S "..", 400, ""},
	    {"GET", S "2B496F61-FBDC-40CE-945D-4092676EEF61", 400, ""},
	    {"GET", S "2b496f61-fbdc-10ce-945d-4092676eef61", 400, ""},
	    {"GET", S "2b496f61-fbdc-40ce-c45d-4092676eef61", 400, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request r = {
		    .method = rows[i].method, .path = rows[i].path};
		struct answer a = {0};

		if (rows[i].status == 0)
			assert_non_null(route_find(&r, &a));
		else
			assert_null(route_find(&r, &a));
		assert_int_equal(a.status, rows[i].status);
		assert_string_equal(a.allow, rows[i].allow);
		if (rows[i].status == 0 && strstr(rows[i].path, S) != NULL)
			assert_string_equal(r.id, ID);
		answer_free(&a);
	}
}

static void
test_hex(void **state)
{
	static const char *const wrong[] = {
	    "", "0", "0g", " 00", "0x00", "00 ", "0000000000"};
	uint8_t out[4] = {0};
	char text[9];

	(void)state;
	assert_int_equal(text_from_hex("00fFa5", out, sizeof(out)), 3);
	text_to_hex(out, 4, text);
	assert_string_equal(text, "00ffa500");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(text_from_hex(wrong[i], out, sizeof(out)), 0);
}

/* RFC 4648 section 10, without the padding; and the two other digits. */
static void
test_base64url(void **state)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {
	    {"", ""},
	    {"f", "Zg"},
	    {"fo", "Zm8"},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg"},
	    {"fooba", "Zm9vYmE"},
	    {"foobar", "Zm9vYmFy"},
	    {"\xfb\xff", "-_8"},
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text_to_base64url(
		    (const uint8_t *)rows[i].bytes, strlen(rows[i].bytes), out);
		assert_string_equal(out, rows[i].text);
	}
}

static void
test_uuid_and_time(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
	    {0, "1970-01-01T00:00:00Z"},
	    {-1, "1970-01-01T00:00:00Z"},
	    {1795464150, "2026-11-23T20:02:30Z"},
	    {INT64_MAX, "9999-12-31T23:59:59Z"},
	};
	uint8_t random[16];
	char uuid[UUID_LEN + 1];
	char time[TIME_LEN + 1];

	(void)state;
	for (unsigned fill = 0; fill < 256; fill++) {
		memset(random, (int)fill, sizeof(random));
		text_to_uuid(random, uuid);
		assert_true(text_is_uuid(uuid));
	}
	assert_string_equal(uuid, "ffffffff-ffff-4fff-bfff-ffffffffffff");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text_to_time(rows[i].seconds, time);
		assert_string_equal(time, rows[i].text);
	}
}

static void
test_media_is(void **state)
{
	static const struct {
		const char *type;
		bool json;
	} rows[] = {
	    {"application/json", true},
	    {"Application/JSON", true},
	    {"application/json; charset=utf-8", true},
	    {" application/json ;a=b", true},
	    {"application/jsonx", false},
	    {"application", false},
	    {";application/json", false},
	    {"", false},
	    {NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    media_is(rows[i].type, MEDIA_JSON), rows[i].json);
}

/* Base64 has one form, and no other is read. */
static void
test_base64(void **state)
{
	static const char *const bad[] = {"", "A", "AA", "AAA", "AA=A", "A===",
	    "AAA-", "AAA_", "AAB=", "AB==", "AAAA=", " AAA", "AAA\n", "====",
	    "AA==AAAA"};
	uint8_t in[64], out[64];
	char text[96];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 37 + 250);
	for (size_t n = 1; n <= sizeof(in); n++) {
		text_to_base64(in, n, text);
		assert_int_equal(strlen(text), (n + 2) / 3 * 4);
		assert_int_equal(
		    text_from_base64(text, strlen(text), out, n), n);
		assert_memory_equal(in, out, n);
		assert_int_equal(
		    text_from_base64(text, strlen(text), out, n - 1), 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(text_from_base64(bad[i], strlen(bad[i]), out,
		                     sizeof(out)),
		    0);
	assert_int_equal(text_from_base64(NULL, 4, out, sizeof(out)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_media_is),
	    cmocka_unit_test(test_base64),
	    cmocka_unit_test(test_accept),
	    cmocka_unit_test(test_content_type),
	    cmocka_unit_test(test_routes),
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_base64url),
	    cmocka_unit_test(test_uuid_and_time),
	};

	return cmocka_run_group_tests_name("media", tests, NULL, NULL);
}
