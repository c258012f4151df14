/* SPDX-License-Identifier: Apache-2.0 */
#include "quote_files.h"

#include <string.h>

enum status
key_file_parse(struct bytes in, struct tpm_public *pub, bool *is_tpm)
{
	*is_tpm = true;
	if (bytes_eq(bytes_sub(in, 0, 5), BYTES_LIT("-----"))) {
		*is_tpm = false;
		*pub = (struct tpm_public){0};
		return key_from_pem(in, &pub->key);
	}
	return public_parse(in, pub);
}

/* One positive INTEGER of a DER signature, without its sign byte. */
static struct bytes
read_der_uint(struct reader *r)
{
	uint8_t tag = read_u8(r);
	struct bytes v = read_bytes(r, read_u8(r));

	if (r->failed || tag != 0x02 || v.n == 0 || v.p[0] >= 0x80 ||
	    (v.n > 1 && v.p[0] == 0 && v.p[1] < 0x80)) {
		r->failed = true;
		return (struct bytes){NULL, 0};
	}
	return v.n > 1 && v.p[0] == 0 ? bytes_sub(v, 1, v.n - 1) : v;
}

/* ECDSA-Sig-Value ::= SEQUENCE { r, s } in DER (RFC 3279, 2.2.3). */
static bool
read_der(struct bytes in, struct tpm_signature *out)
{
	struct reader r = reader_of(in);

	/* At most 104 bytes on P-384: the short form of the length. */
	if (read_u8(&r) != 0x30 || read_u8(&r) != r.rest.n || r.rest.n > 127)
		return false;
	out->r = read_der_uint(&r);
	out->s = read_der_uint(&r);
	return reader_at_end(&r);
}

enum status
signature_file_parse(struct bytes in, const struct tpm_public *pub,
    enum hash fallback, struct tpm_signature *out)
{
	size_t width = pub->key.bits / 8;
	enum status st = signature_parse(in, out);

	/* Whatever reads as TPMT_SIGNATURE to its last byte is one. */
	if (st == OK)
		return OK;

	*out = (struct tpm_signature){.hash = fallback};
	out->scheme = pub->key.type == KEY_RSA ? SIG_RSASSA : SIG_ECDSA;
	if (pub->has_scheme) {
		out->scheme = pub->scheme;
		out->hash = pub->scheme_hash;
	}
	if (pub->key.type == KEY_RSA && in.n == width) {
		out->r = in;
		return OK;
	}
	if (pub->key.type != KEY_RSA && in.n == 2 * width) {
		out->r = bytes_sub(in, 0, width);
		out->s = bytes_sub(in, width, width);
		return OK;
	}
	if (pub->key.type != KEY_RSA && read_der(in, out))
		return OK;
	return st;
}

/* Integers of the structures, in the order that the file was found to have. */
struct order {
	bool big;
};

static uint32_t
get32(struct reader *r, struct order o)
{
	return o.big ? read_be32(r) : read_le32(r);
}

static uint16_t
get16(struct reader *r, struct order o)
{
	return o.big ? read_be16(r) : read_le16(r);
}

enum { FILE_BANKS = 16, FILE_DIGESTS = 8, FILE_DIGEST = 64, FILE_LISTS = 12 };

/* TPML_PCR_SELECTION as C lays it out: 16 entries of 8 bytes. */
static bool
read_file_selection(
    struct reader *r, struct order o, struct pcr_selection *sel)
{
	uint32_t count = get32(r, o);

	for (uint32_t i = 0; i < FILE_BANKS; i++) {
		uint16_t alg = get16(r, o);
		uint8_t size = read_u8(r);
		struct bytes map = read_bytes(r, 4);

		read_u8(r); /* padding */
		if (r->failed)
			return false;
		if (i >= count)
			continue;
		if (sel->count == BANKS_MAX || hash_size(alg) == 0 ||
		    size != 3)
			return false;
		for (size_t b = 0; b < sel->count; b++)
			if (sel->bank[b].alg == alg)
				return false;
		sel->bank[sel->count].alg = alg;
		sel->bank[sel->count++].mask = (uint32_t)map.p[0] |
		    (uint32_t)map.p[1] << 8 | (uint32_t)map.p[2] << 16;
	}
	return count > 0 && count <= FILE_BANKS;
}

/* The PCR after (*BANK, *INDEX) in the order of the selection. */
static bool
next_pcr(const struct pcr_selection *sel, size_t *bank, unsigned *index)
{
	for (; *bank < sel->count; (*bank)++, *index = 0)
		for (; *index < PCR_COUNT; (*index)++)
			if (sel->bank[*bank].mask >> *index & 1)
				return true;
	return false;
}

/* Lists of TPML_DIGEST: a count and 8 places of 2 + 64 bytes. */
static bool
read_file_values(struct reader *r, struct order o,
    const struct pcr_selection *sel, struct pcr_values *out)
{
	uint32_t lists = get32(r, o);
	size_t bank = 0;
	unsigned index = 0;

	if (lists == 0 || lists > FILE_LISTS)
		return false;
	for (uint32_t l = 0; l < lists; l++) {
		uint32_t count = get32(r, o);

		if (count > FILE_DIGESTS)
			return false;
		for (uint32_t i = 0; i < FILE_DIGESTS; i++) {
			uint16_t size = get16(r, o);
			struct bytes place = read_bytes(r, FILE_DIGEST);

			if (r->failed)
				return false;
			if (i >= count)
				continue;
			if (!next_pcr(sel, &bank, &index) ||
			    !pcrs_set(out, sel->bank[bank].alg, index,
				bytes_sub(place, 0, size)))
				return false;
			index++;
		}
	}
	return reader_at_end(r) && !next_pcr(sel, &bank, &index);
}

static bool
read_binary(struct bytes in, struct order o, struct pcr_values *out)
{
	struct reader r = reader_of(in);
	struct pcr_selection sel = {0};

	out->have = (struct pcr_selection){0};
	return read_file_selection(&r, o, &sel) &&
	    read_file_values(&r, o, &sel, out);
}

/* The line up to the next newline, without white space at its end. */
static struct bytes
read_line(struct reader *r)
{
	size_t n = 0;
	struct bytes line;

	while (n < r->rest.n && r->rest.p[n] != '\n')
		n++;
	line = read_bytes(r, n);
	if (r->rest.n > 0)
		read_u8(r);
	while (line.n > 0 && (line.p[line.n - 1] == ' ' ||
				 line.p[line.n - 1] == '\r' ||
				 line.p[line.n - 1] == '\t'))
		line.n--;
	return line;
}

/* Split LINE at its first C; false when there is none. */
static bool
split(struct bytes line, char c, struct bytes *key, struct bytes *value)
{
	const uint8_t *at = memchr(line.p, c, line.n);
	size_t n;

	if (at == NULL)
		return false;
	n = (size_t)(at - line.p);
	*key = bytes_sub(line, 0, n);
	*value = bytes_sub(line, n + 1, line.n - n - 1);
	return true;
}

/* Digits in BASE, at most 64 bits, nothing else. */
static bool
read_number(struct bytes t, unsigned base, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < t.n; i++) {
		uint8_t c = t.p[i];
		unsigned d = c >= '0' && c <= '9' ? c - 0u - '0'
		    : c >= 'a' && c <= 'f'	  ? c - 'a' + 10u
						  : base;

		if (d >= base || *out > (UINT64_MAX - d) / base)
			return false;
		*out = *out * base + d;
	}
	return t.n > 0;
}

/* One value, in digits. */
static bool
set_pcr(struct pcr_values *out, enum hash alg, uint64_t index, struct bytes hex)
{
	uint8_t value[HASH_MAX];
	ptrdiff_t n = bytes_from_hex(
	    (const char *)hex.p, hex.n, value, sizeof(value));

	return n > 0 && index < PCR_COUNT &&
	    pcrs_set(out, alg, (unsigned)index, bytes_view(value, (size_t)n));
}

/* "sha256:7" names exactly one PCR. */
static bool
read_assignment(struct bytes key, struct bytes hex, struct pcr_values *out)
{
	struct pcr_selection one;
	unsigned index = 0;

	if (selection_from_text(key, &one) != OK || one.count != 1 ||
	    (one.bank[0].mask & (one.bank[0].mask - 1)) != 0)
		return false;
	while (!(one.bank[0].mask >> index & 1))
		index++;
	return set_pcr(out, one.bank[0].alg, index, hex);
}

static struct bytes
without_blanks(struct bytes b)
{
	while (b.n > 0 && (b.p[0] == ' ' || b.p[0] == '\t'))
		b = bytes_sub(b, 1, b.n - 1);
	while (b.n > 0 && b.p[b.n - 1] == ' ')
		b.n--;
	return b;
}

/*
 * What tpm2_pcrread writes: "sha256:" begins a bank, "7 : 0xHEX" is in it;
 * or "sha256 7 HEX".
 */
static bool
read_listed(struct bytes line, enum hash *bank, struct pcr_values *out)
{
	struct bytes first, rest, index, hex;
	uint64_t number;

	if (split(line, ':', &first, &rest)) {
		first = without_blanks(first);
		rest = without_blanks(rest);
		if (rest.n == 0) {
			*bank = hash_from_name(first);
			return *bank != HASH_NONE;
		}
		return *bank != HASH_NONE &&
		    bytes_eq(bytes_sub(rest, 0, 2), BYTES_LIT("0x")) &&
		    read_number(first, 10, &number) &&
		    set_pcr(out, *bank, number,
			bytes_sub(rest, 2, rest.n - 2));
	}
	return split(line, ' ', &first, &rest) &&
	    split(rest, ' ', &index, &hex) &&
	    read_number(index, 10, &number) &&
	    set_pcr(out, hash_from_name(first), number, hex);
}

static bool
read_text(struct bytes in, struct pcr_values *out)
{
	struct reader r = reader_of(in);
	enum hash bank = HASH_NONE;

	out->have = (struct pcr_selection){0};
	while (r.rest.n > 0) {
		struct bytes line = read_line(&r), key, value;

		if (line.n == 0)
			continue;
		if (split(line, '=', &key, &value)
			? !read_assignment(key, value, out)
			: !read_listed(without_blanks(line), &bank, out))
			return false;
	}
	return out->have.count > 0;
}

enum status
pcr_file_parse(struct bytes in, struct pcr_values *out)
{
	if (bytes_is_text(in))
		return read_text(in, out) ? OK : PCR_FILE_MALFORMED;
	if (read_binary(in, (struct order){false}, out) ||
	    read_binary(in, (struct order){true}, out))
		return OK;
	return PCR_FILE_MALFORMED;
}

enum status
state_file_parse(struct bytes in, struct last_state *out)
{
	const struct {
		const char *key;
		unsigned base;
		bool *has;
		uint64_t *value, most;
	} rows[] = {
	    {"clock", 10, &out->has_clock, &out->clock, UINT64_MAX},
	    {"reset-count", 10, &out->has_reset, &out->reset_count,
		UINT32_MAX},
	    {"restart-count", 10, &out->has_restart, &out->restart_count,
		UINT32_MAX},
	    {"firmware", 16, &out->has_firmware, &out->firmware, UINT64_MAX},
	};
	struct reader r = reader_of(in);
	bool any = false;

	*out = (struct last_state){0};
	while (r.rest.n > 0) {
		struct bytes line = read_line(&r), key, value;
		size_t i;

		if (line.n == 0)
			continue;
		if (!split(line, '=', &key, &value))
			return STATE_MALFORMED;
		for (i = 0; i < 4 && !bytes_eq(key, bytes_str(rows[i].key));
		     i++)
			;
		if (i == 4 || *rows[i].has ||
		    !read_number(value, rows[i].base, rows[i].value) ||
		    *rows[i].value > rows[i].most)
			return STATE_MALFORMED;
		*rows[i].has = any = true;
	}
	return any ? OK : STATE_MALFORMED;
}
