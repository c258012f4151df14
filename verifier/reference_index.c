/* SPDX-License-Identifier: Apache-2.0 */
#include "reference_index.h"

#include <stdlib.h>
#include <string.h>

#include "dcbor.h"

/* A byte string of 32 bytes: its head, and the whole. */
enum { HEAD = 2, DIGEST = 32, ELEMENT = HEAD + DIGEST };

static struct bytes
digest_at(const struct reference_index *index, size_t i)
{
	return bytes_sub(index->elements, i * ELEMENT + HEAD, DIGEST);
}

/* [ * bstr .size 32 ], ascending */
static enum status
decode_payload(struct bytes in, struct reference_index *out)
{
	struct dcbor c = dcbor_of(in);
	uint64_t n = dcbor_get_array(&c);
	struct bytes last = {NULL, 0};
	enum status st;

	for (uint64_t i = 0; i < n && c.st == OK; i++) {
		struct bytes d = dcbor_get_bstr(&c);

		if (c.st == OK &&
		    (n > REFERENCE_SETS || d.n != DIGEST ||
			(i > 0 && bytes_cmp(last, d) >= 0)))
			dcbor_fail(&c, REFERENCE_MALFORMED);
		last = d;
	}
	if ((st = dcbor_end(&c)) != OK)
		return st;
	out->count = (size_t)n;
	out->elements = bytes_sub(
	    in, in.n - out->count * ELEMENT, out->count * ELEMENT);
	return OK;
}

enum status
reference_index_decode(struct bytes cose, const struct public_key *signer,
    struct curves *curves, struct reference_index *out)
{
	struct cose_sign1 msg;
	struct dcbor_map m;
	struct dcbor c;
	int64_t alg, key = 0;
	enum status st;

	*out = (struct reference_index){.count = 0};
	if ((st = reference_split(cose, &msg)) != OK)
		return st;

	/* { 1 => alg, 3 => content type } */
	c = dcbor_of(msg.protected_header);
	m = dcbor_get_map(&c);
	if (m.left != 2 || !dcbor_key_int(&c, &m, &key) ||
	    key != COSE_HEADER_ALG)
		dcbor_fail(&c, REFERENCE_MALFORMED);
	alg = dcbor_get_int(&c);
	if (!dcbor_key_int(&c, &m, &key) || key != COSE_HEADER_CONTENT_TYPE ||
	    !bytes_eq(dcbor_get_tstr(&c), bytes_str(REFERENCE_INDEX_TYPE)))
		dcbor_fail(&c, REFERENCE_MALFORMED);
	if ((st = dcbor_end(&c)) != OK)
		return st;
	if ((st = reference_verify(&msg, alg, signer, curves)) != OK)
		return st;
	return decode_payload(msg.payload, out);
}

bool
reference_index_has(const struct reference_index *index, struct bytes digest)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t at = low + (high - low) / 2;
		int order = bytes_cmp(digest, digest_at(index, at));

		if (order == 0)
			return true;
		if (order < 0)
			high = at;
		else
			low = at + 1;
	}
	return false;
}

static int
by_value(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST);
}

void
reference_index_payload(
    uint8_t (*digests)[32], size_t count, struct writer *w)
{
	size_t n = 0;

	qsort(digests, count, DIGEST, by_value);
	for (size_t i = 0; i < count; i++)
		n += i == 0 || memcmp(digests[i], digests[i - 1], DIGEST) != 0;
	dcbor_put_array(w, n);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || memcmp(digests[i], digests[i - 1], DIGEST) != 0)
			dcbor_put_bstr(w, bytes_view(digests[i], DIGEST));
}
