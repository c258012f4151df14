/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pointer and length, travelling together.
 *
 * Foreign bytes are read through a struct reader and written through a
 * struct writer; pointer arithmetic on them lives in bytes.c alone.  Nothing
 * here allocates: views borrow, writers fill memory that the caller owns.
 */
#ifndef ASSAY_BYTES_H
#define ASSAY_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed view of N bytes.  P may be NULL only when N is 0. */
struct bytes {
	const uint8_t *p;
	size_t n;
};

/* View the bytes of an array or of a string literal without its NUL. */
#define BYTES_OF(array) ((struct bytes){(array), sizeof(array)})
#define BYTES_LIT(s) ((struct bytes){(const uint8_t *)(s), sizeof(s) - 1})

struct bytes bytes_view(const void *p, size_t n);
struct bytes bytes_str(const char *s);

/* Equality; the _ct form takes the same time wherever the difference is. */
bool bytes_eq(struct bytes a, struct bytes b);
bool bytes_eq_ct(struct bytes a, struct bytes b);

/* Lexicographic order of unsigned bytes: <0, 0, >0 (RFC 8949, 4.2.1). */
int bytes_cmp(struct bytes a, struct bytes b);

/* The part of B that starts at AT and has N bytes; empty if it is outside. */
struct bytes bytes_sub(struct bytes b, size_t at, size_t n);

/* Are all bytes zero?  True for an empty view. */
bool bytes_is_zero(struct bytes b);

/* True when B is well-formed UTF-8 without NUL (RFC 3629). */
bool bytes_is_text(struct bytes b);

/*
 * A reader over foreign bytes with a sticky error: after the first read that
 * does not fit, FAILED is set and every further read returns zero or empty.
 * Read straight down, look at FAILED once, insist on reader_at_end().
 */
struct reader {
	struct bytes rest;
	bool failed;
};

struct reader reader_of(struct bytes b);
uint8_t read_u8(struct reader *r);
uint16_t read_be16(struct reader *r);
uint32_t read_be32(struct reader *r);
uint64_t read_be64(struct reader *r);
/* Little-endian, of N bytes; and the sizes in use. */
uint64_t read_le(struct reader *r, size_t n);
uint16_t read_le16(struct reader *r);
uint32_t read_le24(struct reader *r);
uint32_t read_le32(struct reader *r);
uint64_t read_le64(struct reader *r);
struct bytes read_bytes(struct reader *r, size_t n);
/* TPM2B: a big-endian 16-bit length and that many bytes (Part 2, 10.4). */
struct bytes read_tpm2b(struct reader *r);
bool reader_at_end(const struct reader *r);

/*
 * A writer into CAP bytes at P.  Whatever does not fit sets FAILED and
 * changes nothing; N is how much has been written.
 */
struct writer {
	uint8_t *p;
	size_t cap;
	size_t n;
	bool failed;
};

struct writer writer_of(void *p, size_t cap);
/* Of N bytes, in either order; and the sizes in use. */
void write_be(struct writer *w, uint64_t v, size_t n);
void write_le(struct writer *w, uint64_t v, size_t n);
void write_u8(struct writer *w, uint8_t v);
void write_be16(struct writer *w, uint16_t v);
void write_be32(struct writer *w, uint32_t v);
void write_be64(struct writer *w, uint64_t v);
void write_le16(struct writer *w, uint16_t v);
void write_le32(struct writer *w, uint32_t v);
void write_bytes(struct writer *w, struct bytes b);
void write_str(struct writer *w, const char *s);
/* As RFC 4648, section 4 has it, with padding. */
void write_base64(struct writer *w, struct bytes b);
/* Reserve N bytes and return where they start, or NULL (FAILED is set). */
uint8_t *write_space(struct writer *w, size_t n);
struct bytes writer_view(const struct writer *w);

/*
 * Text forms.  bytes_to_number takes all of T, 1 to DIGITS digits of BASE, 10
 * or 16, in lower case; DIGITS is at most 16.  bytes_from_hex accepts an even
 * number of hexadecimal digits in either case and nothing else, needs CAP >=
 * digits / 2, and returns the number of bytes or -1.  bytes_to_hex writes 2 * b.n digits and a NUL.
 * bytes_from_base64url takes RFC 4648 section 5 without padding or, when
 * PADDED is true, also with correct padding; unused bits must be zero.
 * bytes_to_base64url writes the unpadded form and a NUL; returns its length,
 * or -1 if CAP is too small.
 */
bool bytes_to_number(
    struct bytes t, unsigned base, size_t digits, uint64_t *out);
ptrdiff_t bytes_from_hex(const char *s, size_t len, uint8_t *out, size_t cap);
void bytes_to_hex(struct bytes b, char *out);
ptrdiff_t bytes_from_base64url(
    const char *s, size_t len, bool padded, uint8_t *out, size_t cap);
ptrdiff_t bytes_to_base64url(struct bytes b, char *out, size_t cap);

#endif
