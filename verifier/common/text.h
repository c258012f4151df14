/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text forms of bytes, identifiers and times.  Outputs are NUL-terminated.
 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UUID_LEN = 36, /* RFC 9562 section 4 */
	TIME_LEN = 20, /* "2026-11-23T20:02:30Z", RFC 3339 */
};

/*
 * Decode S, an even number of hexadecimal digits and nothing else, into at
 * most CAP bytes at OUT.  Returns how many bytes, 0 when S is malformed.
 */
size_t text_from_hex(const char *s, uint8_t *out, size_t cap);

/* OUT has room for 2 * N + 1. */
void text_to_hex(const uint8_t *p, size_t n, char *out);

/* RFC 4648 section 5, no padding.  OUT has room for (N + 2) / 3 * 4 + 1. */
void text_to_base64url(const uint8_t *p, size_t n, char *out);

/*
 * RFC 4648 section 4, with padding, and its inverse: N characters at S in the
 * one form that text_to_base64 writes, at most CAP bytes; 0 when it is not.
 * OUT of the former has room for (N + 2) / 3 * 4 + 1.
 */
void text_to_base64(const uint8_t *p, size_t n, char *out);
size_t text_from_base64(const char *s, size_t n, uint8_t *out, size_t cap);

/* A UUID of version 4 (RFC 9562 section 5.4) from 16 random bytes. */
void text_to_uuid(const uint8_t random[16], char out[UUID_LEN + 1]);

/* Is S exactly what text_to_uuid writes? */
bool text_is_uuid(const char *s);

/* SECONDS since 1970 in UTC; the years 1970 to 9999 are kept to. */
void text_to_time(int64_t seconds, char out[TIME_LEN + 1]);

/*
 * Read "now" (which is NOW), seconds since 1970, "2026-03-01" or
 * "2026-03-01T12:00:00Z".  False for anything else: days that no month has,
 * times before 1970, more than 11 digits.
 */
bool text_from_time(const char *s, int64_t now, int64_t *out);

#endif
