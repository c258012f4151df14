/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCR selections and PCR values: choosing them, the form carried in evidence,
 * the digest of a quote (TPM 2.0 Library, Part 3, 18.4).
 */
#include "dcbor_put.h"
#include "tpm_quote.h"

#include <string.h>

static size_t
bank_index(const struct pcr_selection *sel, enum hash alg)
{
	size_t i;

	for (i = 0; i < sel->count && sel->bank[i].alg != alg; i++)
		;
	return i;
}

uint32_t
selection_mask(const struct pcr_selection *sel, enum hash alg)
{
	size_t i = bank_index(sel, alg);

	return i < sel->count ? sel->bank[i].mask : 0;
}

/* Add one PCR to a selection; false if it is there or there is no room. */
static bool
selection_add(struct pcr_selection *sel, enum hash alg, unsigned index)
{
	size_t i = bank_index(sel, alg);

	if (index >= PCR_COUNT || i == BANKS_MAX || hash_size(alg) == 0)
		return false;
	if (i == sel->count)
		sel->bank[sel->count++] = (struct pcr_bank){alg, 0};
	if (sel->bank[i].mask >> index & 1)
		return false;
	sel->bank[i].mask |= UINT32_C(1) << index;
	return true;
}

bool
pcrs_set(
    struct pcr_values *v, enum hash alg, unsigned index, struct bytes value)
{
	if (value.n != hash_size(alg) || value.n == 0 ||
	    !selection_add(&v->have, alg, index))
		return false;
	memcpy(v->value[bank_index(&v->have, alg)][index], value.p, value.n);
	return true;
}

struct bytes
pcrs_get(const struct pcr_values *v, enum hash alg, unsigned index)
{
	if (index >= PCR_COUNT || !(selection_mask(&v->have, alg) >> index & 1))
		return (struct bytes){NULL, 0};
	return bytes_view(
	    v->value[bank_index(&v->have, alg)][index], hash_size(alg));
}

enum status
pcrs_digest(const struct pcr_values *v, const struct pcr_selection *sel,
    enum hash alg, struct digest *out)
{
	struct bytes parts[BANKS_MAX * PCR_COUNT];
	size_t n = 0;

	out->n = 0;
	for (size_t b = 0; b < sel->count; b++) {
		for (unsigned i = 0; i < PCR_COUNT; i++) {
			if (!(sel->bank[b].mask >> i & 1))
				continue;
			parts[n] = pcrs_get(v, sel->bank[b].alg, i);
			if (parts[n].n == 0)
				return PCR_NOT_QUOTED;
			n++;
		}
	}
	return hash_parts(alg, parts, n, out);
}

/* A decimal number up to 23 in its shortest form; PCR_COUNT if it is none. */
static unsigned
read_index(struct reader *r)
{
	unsigned v = 0;
	size_t digits = 0;

	while (r->rest.n > 0 && *r->rest.p >= '0' && *r->rest.p <= '9' &&
	    digits < 3) {
		if (v == 0 && digits > 0)
			return PCR_COUNT;
		v = v * 10 + (unsigned)(read_u8(r) - '0');
		digits++;
	}
	return digits == 0 || v > PCR_COUNT ? PCR_COUNT : v;
}

/* "sha256:" at the front. */
static enum hash
read_bank_name(struct reader *r)
{
	const uint8_t *start = r->rest.p;
	size_t n = 0;

	while (n < r->rest.n && start[n] != ':')
		n++;
	if (n == r->rest.n)
		return HASH_NONE;
	read_bytes(r, n + 1);
	return hash_from_name(bytes_view(start, n));
}

enum status
selection_from_text(struct bytes text, struct pcr_selection *out)
{
	struct reader r = reader_of(text);
	uint8_t next;

	*out = (struct pcr_selection){0};
	do {
		enum hash alg = read_bank_name(&r);

		if (alg == HASH_NONE || bank_index(out, alg) < out->count)
			return TEXT_MALFORMED;
		do {
			if (!selection_add(out, alg, read_index(&r)))
				return TEXT_MALFORMED;
			if (r.rest.n == 0)
				return OK;
			next = read_u8(&r);
		} while (next == ',');
	} while (next == '+');
	return TEXT_MALFORMED;
}

static unsigned
count_bits(uint32_t mask)
{
	unsigned n = 0;

	for (; mask != 0; mask &= mask - 1)
		n++;
	return n;
}

void
pcrs_encode(const struct pcr_values *v, struct writer *w)
{
	/* Ascending keys: the order of the algorithm identifiers. */
	static const enum hash order[] = {
	    HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512};

	dcbor_put_map(w, v->have.count);
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		uint32_t mask = selection_mask(&v->have, order[k]);

		if (mask == 0)
			continue;
		dcbor_put_uint(w, order[k]);
		dcbor_put_map(w, count_bits(mask));
		for (unsigned i = 0; i < PCR_COUNT; i++) {
			if (!(mask >> i & 1))
				continue;
			dcbor_put_uint(w, i);
			dcbor_put_bstr(w, pcrs_get(v, order[k], i));
		}
	}
}
