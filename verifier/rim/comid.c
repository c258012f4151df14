/* SPDX-License-Identifier: Apache-2.0 */
#include "comid.h"

#include <string.h>

#include "loose.h"

enum {
	TRIPLES_MAX = 64,
	KEY_TRIPLES = 4,
	MVAL_VERSION = 0,
	MVAL_DIGESTS = 2,
	MVAL_NAME = 11,
};

/* Named Information hash algorithms, as numbers or names; the best last. */
static const struct {
	enum hash alg;
	const char *name;
} algorithms[] = {
    {HASH_SHA256, "sha-256"},
    {HASH_SHA512, "sha-512"},
    {HASH_SHA384, "sha-384"},
};

enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

static enum status
malformed(struct fault *fault, const char *field)
{
	return fault_set(fault, CORIM_MALFORMED,
	    "%s: not as in draft-ietf-rats-corim; fetch the file again",
	    field);
}

/* The rank of an algorithm in the table, -1 when it is not there. */
static int
read_algorithm(struct reader *r)
{
	struct loose_item it;

	if (!loose_next(r, &it))
		return -1;
	for (int i = 0; i < ALGORITHMS; i++) {
		if (it.type == LOOSE_UINT &&
		    it.value == reference_alg_number(algorithms[i].alg))
			return i;
		if (it.type == LOOSE_TSTR &&
		    bytes_eq(it.text, bytes_str(algorithms[i].name)))
			return i;
	}
	return -1;
}

/* [ + [alg, value] ]: every digest of the best algorithm there is. */
static enum status
read_digests(struct bytes in, struct document_row *row, struct fault *fault)
{
	struct reader r = reader_of(in);
	size_t n = loose_array(&r);
	int best = -1;

	for (size_t i = 0; i < n && !r.failed; i++) {
		struct bytes value;
		int alg;

		if (loose_array(&r) != 2)
			return malformed(fault, "digests");
		alg = read_algorithm(&r);
		value = loose_bstr(&r);
		if (r.failed || alg < best || alg < 0)
			continue;
		if (alg > best)
			row->count = 0;
		best = alg;
		row->alg = algorithms[alg].alg;
		if (value.n != hash_size(row->alg) ||
		    row->count == REFERENCE_ALTERNATIVES)
			return fault_set(fault, RIM_VALUE,
			    "index %u: a digest of the wrong length, or more "
			    "than %d",
			    row->index, REFERENCE_ALTERNATIVES);
		memcpy(row->digest[row->count++], value.p, value.n);
	}
	return reader_at_end(&r) ? OK : malformed(fault, "digests");
}

/* Every measurement must be of the same version, when it names one. */
static enum status
read_version(struct bytes in, struct document *doc, struct fault *fault)
{
	char text[REFERENCE_TEXT + 1];
	struct reader r = reader_of(in), t;
	struct loose_map m;
	enum status st;

	loose_map(&r, &m);
	t = reader_of(m.value[0]);
	st = document_text(loose_tstr(&t), "version", text, fault);
	if (!reader_at_end(&r) || !reader_at_end(&t))
		return malformed(fault, "version");
	if (st != OK)
		return st;
	if (doc->version[0] != '\0' && strcmp(doc->version, text) != 0)
		return fault_set(fault, CORIM_UNSUPPORTED,
		    "version: values of two versions in one CoRIM");
	strcpy(doc->version, text);
	return OK;
}

/* mkey as an unsigned integer: the index of an SPDM block, from 1. */
static bool
read_index(struct bytes mkey, unsigned *index)
{
	struct reader r = reader_of(mkey);
	struct loose_item it;

	if (mkey.n == 0 || !loose_next(&r, &it) || it.type != LOOSE_UINT ||
	    it.value < 1 || it.value > REFERENCE_INDEX_MAX + 1)
		return false;
	*index = (unsigned)it.value - 1;
	return true;
}

/* { ? 0 => mkey, 1 => mval } */
static enum status
read_measurement(struct bytes in, struct document *doc, struct fault *fault)
{
	struct document_row row = {0};
	struct reader r = reader_of(in);
	struct loose_map m, mval;
	enum status st;

	loose_map(&r, &m);
	if (!reader_at_end(&r) || m.value[1].n == 0)
		return malformed(fault, "measurement");
	r = reader_of(m.value[1]);
	loose_map(&r, &mval);
	if (!reader_at_end(&r))
		return malformed(fault, "measurement-values");
	if (mval.value[MVAL_VERSION].n > 0 &&
	    (st = read_version(mval.value[MVAL_VERSION], doc, fault)) != OK)
		return st;
	if (!read_index(m.value[0], &row.index) ||
	    mval.value[MVAL_DIGESTS].n == 0) {
		doc->skipped++;
		return OK;
	}
	if ((st = read_digests(mval.value[MVAL_DIGESTS], &row, fault)) != OK)
		return st;
	if (row.count == 0) {
		doc->skipped++;
		return OK;
	}
	if (mval.value[MVAL_NAME].n > 0) {
		r = reader_of(mval.value[MVAL_NAME]);
		if ((st = document_text(
			 loose_tstr(&r), "name", row.name, fault)) != OK)
			return st;
	}
	return document_add(doc, &row, fault);
}

/* The class of an environment: vendor and model, the same in all. */
static enum status
read_class(struct bytes environment, struct document *doc, struct fault *fault)
{
	struct {
		int key;
		const char *field;
		char *out;
		char text[REFERENCE_TEXT + 1];
	} want[] = {
	    {1, "vendor", doc->vendor, ""},
	    {2, "model", doc->product, ""},
	};
	struct reader r = reader_of(environment), c, t;
	struct loose_map m, class_map;
	enum status st;

	loose_map(&r, &m);
	c = reader_of(m.value[0]);
	loose_map(&c, &class_map);
	if (!reader_at_end(&r) || !reader_at_end(&c))
		return malformed(fault, "environment");
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		t = reader_of(class_map.value[want[i].key]);
		st = document_text(loose_tstr(&t), want[i].field,
		    want[i].text, fault);
		if (st != OK)
			return st;
		if (want[i].out[0] != '\0' &&
		    strcmp(want[i].out, want[i].text) != 0)
			return fault_set(fault, CORIM_UNSUPPORTED,
			    "%s: values for two of them in one CoRIM",
			    want[i].field);
		strcpy(want[i].out, want[i].text);
	}
	return OK;
}

/* [ environment, [ + measurement ] ]; older drafts: a single measurement. */
static enum status
read_triple(struct bytes in, struct document *doc, struct fault *fault)
{
	struct reader r = reader_of(in);
	struct bytes environment, one;
	enum loose_type type;
	size_t n = 1;
	enum status st;

	if (loose_array(&r) != 2)
		return malformed(fault, "reference triple");
	environment = loose_skip(&r);
	if (r.failed || !loose_peek(&r, &type))
		return malformed(fault, "reference triple");
	if ((st = read_class(environment, doc, fault)) != OK)
		return st;
	if (type == LOOSE_ARRAY)
		n = loose_array(&r);
	for (size_t i = 0; i < n && !r.failed; i++) {
		one = loose_skip(&r);
		if (!r.failed &&
		    (st = read_measurement(one, doc, fault)) != OK)
			return st;
	}
	return reader_at_end(&r) ? OK : malformed(fault, "reference triple");
}

enum status
comid_read(struct bytes in, struct document *doc, struct fault *fault)
{
	struct reader r = reader_of(in);
	struct loose_map m, triples;
	size_t n;
	enum status st;

	loose_map(&r, &m);
	if (!reader_at_end(&r) || m.value[KEY_TRIPLES].n == 0)
		return malformed(fault, "concise-mid-tag");
	r = reader_of(m.value[KEY_TRIPLES]);
	loose_map(&r, &triples);
	if (!reader_at_end(&r))
		return malformed(fault, "triples");
	if (triples.value[0].n == 0)
		return OK;
	r = reader_of(triples.value[0]);
	n = loose_array(&r);
	if (n > TRIPLES_MAX)
		return malformed(fault, "reference triples");
	for (size_t i = 0; i < n && !r.failed; i++) {
		struct bytes one = loose_skip(&r);

		if (!r.failed && (st = read_triple(one, doc, fault)) != OK)
			return st;
	}
	return reader_at_end(&r) ? OK : malformed(fault, "reference triples");
}

enum status
comid_finish(struct document *doc, struct fault *fault)
{
	if (doc->row_count == 0)
		return fault_set(fault, RIM_EMPTY,
		    "no reference value has an SPDM index and a digest (%u "
		    "of other kinds)",
		    doc->skipped);
	if (doc->version[0] == '\0')
		return fault_set(fault, CORIM_UNSUPPORTED,
		    "version: no value says which version it is of");
	return OK;
}
