/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char digits[] = "0123456789abcdef";

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

size_t
text_from_hex(const char *s, uint8_t *out, size_t cap)
{
	size_t len = strlen(s);

	if (len % 2 != 0 || len / 2 > cap)
		return 0;
	for (size_t i = 0; i < len / 2; i++) {
		int hi = hex_value(s[2 * i]);
		int lo = hex_value(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return 0;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return len / 2;
}

void
text_to_hex(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

void
text_to_base64url(const uint8_t *p, size_t n, char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                               "abcdefghijklmnopqrstuvwxyz"
	                               "0123456789-_";
	uint32_t bits = 0;
	unsigned held = 0;

	/* Six bits at a time; at most four are left over between bytes. */
	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | p[i];
		for (held += 8; held >= 6; held -= 6)
			*out++ = alphabet[bits >> (held - 6) & 63];
	}

	/* The last digit is filled up with zero bits. */
	if (held > 0)
		*out++ = alphabet[bits << (6 - held) & 63];
	*out = '\0';
}

void
text_to_base64(const uint8_t *p, size_t n, char *out)
{
	size_t len;

	text_to_base64url(p, n, out);
	len = strlen(out);
	for (size_t i = 0; i < len; i++)
		if (out[i] == '-' || out[i] == '_')
			out[i] = out[i] == '-' ? '+' : '/';
	while (len % 4 != 0)
		out[len++] = '=';
	out[len] = '\0';
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

size_t
text_from_base64(const char *s, size_t n, uint8_t *out, size_t cap)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t len = 0, pad = 0;

	if (s == NULL || n == 0 || n % 4 != 0)
		return 0;
	while (pad < 2 && s[n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < n - pad; i++) {
		int v = base64_value(s[i]);

		if (v < 0)
			return 0;
		bits = bits << 6 | (uint32_t)v;
		if ((held += 6) < 8)
			continue;
		held -= 8;
		if (len == cap)
			return 0;
		out[len++] = (uint8_t)(bits >> held);
	}
	/* Bits that are left over are zero. */
	return (bits & ((1u << held) - 1)) == 0 ? len : 0;
}

void
text_to_uuid(const uint8_t random[16], char out[UUID_LEN + 1])
{
	uint8_t b[16];

	/* Version and variant, RFC 9562 sections 4.2 and 4.1. */
	memcpy(b, random, sizeof(b));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);

	for (size_t i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		text_to_hex(&b[i], 1, out);
		out += 2;
	}
}

bool
text_is_uuid(const char *s)
{
	static const char form[] = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";

	if (strlen(s) != UUID_LEN)
		return false;
	for (size_t i = 0; i < UUID_LEN; i++) {
		if (form[i] == 'x' && strchr(digits, s[i]) == NULL)
			return false;
		if (form[i] == 'v' && strchr("89ab", s[i]) == NULL)
			return false;
		if (form[i] != 'x' && form[i] != 'v' && form[i] != s[i])
			return false;
	}
	return true;
}

void
text_to_time(int64_t seconds, char out[TIME_LEN + 1])
{
	static const int64_t last = 253402300799; /* 9999-12-31T23:59:59Z */
	time_t t = seconds < 0 ? 0 : (time_t)(seconds > last ? last : seconds);
	struct tm tm = {0};

	(void)gmtime_r(&t, &tm);
	(void)strftime(out, TIME_LEN + 1, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

enum { SECONDS_LAST_DIGITS = 11 };

bool
text_from_time(const char *s, int64_t now, int64_t *out)
{
	static const char *const forms[] = {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"};
	size_t leading = strspn(s, "0123456789");

	if (strcmp(s, "now") == 0) {
		*out = now;
		return true;
	}
	if (leading == 0)
		return false;
	if (s[leading] == '\0') {
		*out = strtoll(s, NULL, 10);
		return leading <= SECONDS_LAST_DIGITS;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = {0}, back;
		const char *end = strptime(s, forms[i], &tm);

		if (end == NULL || *end != '\0')
			continue;

		/* timegm takes the 30th of February for a day in March. */
		back = tm;
		*out = timegm(&back);
		return *out >= 0 && back.tm_mday == tm.tm_mday &&
		    back.tm_sec == tm.tm_sec;
	}
	return false;
}
