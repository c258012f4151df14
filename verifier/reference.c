/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"
#include "reference_index.h"

#include <string.h>

#include "dcbor.h"

/* 9999-12-31T23:59:59Z, the last time that X.509 can say. */
#define TIME_LAST INT64_C(253402300799)

enum { TAG_URI = 32, TAG_CORIM = 501, TAG_COMID = 506 };

static const struct {
	enum hash alg;
	uint64_t number;
} digests[] = {
    {HASH_SHA256, 1},
    {HASH_SHA384, 7},
    {HASH_SHA512, 8},
};

enum { DIGESTS = sizeof(digests) / sizeof(digests[0]) };

uint64_t
reference_alg_number(enum hash alg)
{
	for (size_t i = 0; i < DIGESTS; i++)
		if (digests[i].alg == alg)
			return digests[i].number;
	return 0;
}

static enum hash
alg_of(uint64_t number)
{
	for (size_t i = 0; i < DIGESTS; i++)
		if (digests[i].number == number)
			return digests[i].alg;
	return HASH_NONE;
}

const char *
reference_kind_name(enum reference_kind kind)
{
	static const char *const names[] = {
	    [REFERENCE_DRIVER] = "driver",
	    [REFERENCE_VBIOS] = "vbios",
	    [REFERENCE_SWITCH] = "switch",
	    [REFERENCE_FIRMWARE] = "firmware",
	};

	return kind >= REFERENCE_DRIVER && kind <= REFERENCE_FIRMWARE
	    ? names[kind]
	    : "unknown";
}

const char *
reference_trust_name(enum reference_trust trust)
{
	static const char *const names[] = {
	    [REFERENCE_PINNED] = "pinned root",
	    [REFERENCE_KEY] = "key named by the operator",
	    [REFERENCE_UNSIGNED] = "unsigned",
	};

	return trust >= REFERENCE_PINNED && trust <= REFERENCE_UNSIGNED
	    ? names[trust]
	    : "unknown";
}

static bool
is_letter_or_digit(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9');
}

bool
reference_id_ok(struct bytes id)
{
	if (id.n == 0 || id.n > REFERENCE_TEXT ||
	    !is_letter_or_digit(id.p[0]))
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!is_letter_or_digit(id.p[i]) && id.p[i] != '.' &&
		    id.p[i] != '_' && id.p[i] != '-')
			return false;
	return true;
}

/* Fail with the code of this format unless it HOLDS. */
static void
want(struct dcbor *c, bool holds)
{
	if (!holds)
		dcbor_fail(c, REFERENCE_MALFORMED);
}

/* A map of exactly N pairs. */
static struct dcbor_map
want_map(struct dcbor *c, uint64_t n)
{
	struct dcbor_map m = dcbor_get_map(c);

	want(c, m.left == n);
	return m;
}

static void
want_key(struct dcbor *c, struct dcbor_map *m, int64_t key)
{
	int64_t got = 0;

	want(c, dcbor_key_int(c, m, &got) && got == key);
}

/* Text of 1 to MAX bytes; of none as well when it may be EMPTY. */
static struct bytes
get_text(struct dcbor *c, size_t max, bool empty)
{
	struct bytes t = dcbor_get_tstr(c);

	want(c, t.n <= max && (empty || t.n > 0));
	return t;
}

static int64_t
get_time(struct dcbor *c)
{
	uint64_t t = dcbor_get_uint(c);

	want(c, t <= (uint64_t)TIME_LAST);
	return c->st == OK ? (int64_t)t : 0;
}

/* [ + [algorithm, digest] ], all of one algorithm. */
static void
get_digests(struct dcbor *c, struct reference_row *row)
{
	uint64_t n = dcbor_get_array(c);

	want(c, n >= 1 && n <= REFERENCE_ALTERNATIVES);
	for (uint64_t i = 0; i < n && c->st == OK; i++) {
		enum hash alg;

		dcbor_want_array(c, 2);
		alg = alg_of(dcbor_get_uint(c));
		want(c, alg != HASH_NONE && (i == 0 || alg == row->alg));
		row->alg = alg;
		row->digest[i] = dcbor_get_bstr(c);
		want(c, row->digest[i].n == hash_size(alg));
		row->count = (size_t)i + 1;
	}
}

/* { 0 => mkey, 1 => { 0 => version, 2 => digests, 11 => name } } */
static void
get_row(struct dcbor *c, struct reference *out)
{
	struct reference_row *row = &out->row[out->row_count];
	struct dcbor_map m = want_map(c, 2), mval, version;
	struct bytes text;
	uint64_t mkey;

	*row = (struct reference_row){0};
	want_key(c, &m, 0);
	mkey = dcbor_get_uint(c);
	want(c, mkey >= 1 && mkey <= REFERENCE_INDEX_MAX + 1);
	row->index = c->st == OK ? (unsigned)mkey - 1 : 0;
	want(c, out->row_count == 0 ||
		out->row[out->row_count - 1].index < row->index);

	want_key(c, &m, 1);
	mval = want_map(c, 3);
	want_key(c, &mval, 0);
	version = want_map(c, 1);
	want_key(c, &version, 0);
	text = get_text(c, REFERENCE_TEXT, false);
	want(c, out->row_count == 0 || bytes_eq(text, out->version));
	out->version = text;
	want_key(c, &mval, 2);
	get_digests(c, row);
	want_key(c, &mval, 11);
	row->name = get_text(c, REFERENCE_TEXT, true);
	out->row_count += c->st == OK;
}

/* [ environment, [ + measurement ] ] */
static void
get_triple(struct dcbor *c, struct reference *out)
{
	struct dcbor_map environment, class_map;
	uint64_t n;

	dcbor_want_array(c, 2);
	environment = want_map(c, 1);
	want_key(c, &environment, 0);
	class_map = want_map(c, 2);
	want_key(c, &class_map, 1);
	out->vendor = get_text(c, REFERENCE_TEXT, false);
	want_key(c, &class_map, 2);
	out->product = get_text(c, REFERENCE_TEXT, false);

	n = dcbor_get_array(c);
	want(c, n >= 1 && n <= REFERENCE_ROWS);
	for (uint64_t i = 0; i < n && c->st == OK; i++)
		get_row(c, out);
}

/* { 1 => { 0 => id }, 4 => { 0 => [ triple ] } } */
static enum status
decode_comid(struct bytes in, struct reference *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m = want_map(&c, 2), inner;

	want_key(&c, &m, 1);
	inner = want_map(&c, 1);
	want_key(&c, &inner, 0);
	want(&c, bytes_eq(get_text(&c, REFERENCE_TEXT, false), out->id));
	want_key(&c, &m, 4);
	inner = want_map(&c, 1);
	want_key(&c, &inner, 0);
	dcbor_want_array(&c, 1);
	get_triple(&c, out);
	return dcbor_end(&c);
}

enum status
reference_payload_decode(struct bytes corim, struct reference *out)
{
	struct dcbor c = dcbor_of(corim);
	struct bytes comid, profile;
	struct dcbor_map m;
	enum status st;

	/* 501({0 => id, 1 => [506(comid)], 3 => 32(profile)}) */
	out->row_count = 0;
	dcbor_want_tag(&c, TAG_CORIM);
	m = want_map(&c, 3);
	want_key(&c, &m, 0);
	out->id = get_text(&c, REFERENCE_TEXT, false);
	want(&c, c.st != OK || reference_id_ok(out->id));
	want_key(&c, &m, 1);
	dcbor_want_array(&c, 1);
	dcbor_want_tag(&c, TAG_COMID);
	comid = dcbor_get_bstr(&c);
	want_key(&c, &m, 3);
	dcbor_want_tag(&c, TAG_URI);
	profile = dcbor_get_tstr(&c);
	if ((st = dcbor_end(&c)) != OK)
		return st;
	if (!bytes_eq(profile, bytes_str(REFERENCE_PROFILE_URI)))
		return REFERENCE_PROFILE;
	return decode_comid(comid, out);
}

/* What the importer says about the import. */
static void
get_claims(struct dcbor *c, struct reference *out)
{
	struct dcbor_map m = dcbor_get_map(c);
	uint64_t kind, trust, revocation = REVOCATION_OF_NONE;
	bool looked_up = m.left == 9;

	want(c, m.left == 8 || looked_up);

	want_key(c, &m, REFERENCE_CLAIM_ISS);
	(void)get_text(c, REFERENCE_TEXT, false);
	want_key(c, &m, REFERENCE_CLAIM_IAT);
	out->imported = get_time(c);
	want_key(c, &m, REFERENCE_CLAIM_KIND);
	kind = dcbor_get_uint(c);
	want(c, kind >= REFERENCE_DRIVER && kind <= REFERENCE_FIRMWARE);
	want_key(c, &m, REFERENCE_CLAIM_AS_OF);
	out->as_of = get_time(c);
	want(c, out->as_of <= out->imported);
	want_key(c, &m, REFERENCE_CLAIM_SOURCE);
	out->source = dcbor_get_bstr(c);
	want(c, out->source.n == hash_size(HASH_SHA256));
	want_key(c, &m, REFERENCE_CLAIM_TRUST);
	trust = dcbor_get_uint(c);
	want(c, trust >= REFERENCE_PINNED && trust <= REFERENCE_UNSIGNED);
	want_key(c, &m, REFERENCE_CLAIM_SIGNER);
	out->signer = get_text(c, REFERENCE_SIGNER, false);
	want_key(c, &m, REFERENCE_CLAIM_NOT_AFTER);
	out->signer_not_after = get_time(c);
	if (looked_up) {
		want_key(c, &m, REFERENCE_CLAIM_REVOCATION);
		revocation = dcbor_get_uint(c);
		want(c, revocation == REVOCATION_OF_SOME ||
			revocation == REVOCATION_OF_ALL);
	}
	if (c->st == OK) {
		out->revocation = (enum revocation_extent)revocation;
		out->kind = (enum reference_kind)kind;
		out->trust = (enum reference_trust)trust;
	}
}

/* { 1 => alg, 3 => content type, 15 => claims } */
static enum status
decode_header(struct bytes in, int64_t *alg, struct reference *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m = want_map(&c, 3);

	want_key(&c, &m, COSE_HEADER_ALG);
	*alg = dcbor_get_int(&c);
	want_key(&c, &m, COSE_HEADER_CONTENT_TYPE);
	want(&c, bytes_eq(dcbor_get_tstr(&c),
		     bytes_str(REFERENCE_CONTENT_TYPE)));
	want_key(&c, &m, COSE_HEADER_CWT_CLAIMS);
	get_claims(&c, out);
	return dcbor_end(&c);
}

enum status
reference_split(struct bytes cose, struct cose_sign1 *msg)
{
	struct dcbor c = dcbor_of(cose);

	if (cose.n > REFERENCE_MAX)
		return REFERENCE_MALFORMED;
	dcbor_want_tag(&c, COSE_TAG_SIGN1);
	dcbor_want_array(&c, 4);
	msg->protected_header = dcbor_get_bstr(&c);
	(void)want_map(&c, 0);
	msg->payload = dcbor_get_bstr(&c);
	msg->signature = dcbor_get_bstr(&c);
	return dcbor_end(&c);
}

enum status
reference_verify(const struct cose_sign1 *msg, int64_t alg,
    const struct public_key *signer, struct curves *curves)
{
	enum status st = cose_verify(msg, alg, signer, curves);

	return st == OK || st == REFERENCE_ALGORITHM || st == CRYPTO_FAILED
	    ? st
	    : REFERENCE_SIGNATURE;
}

/* The parts, and what the header says. */
static enum status
open_set(struct bytes cose, struct cose_sign1 *msg, int64_t *alg,
    struct reference *out)
{
	enum status st;

	memset(out, 0, sizeof(*out));
	if ((st = reference_split(cose, msg)) != OK)
		return st;
	return decode_header(msg->protected_header, alg, out);
}

enum status
reference_decode(struct bytes cose, const struct public_key *signer,
    struct curves *curves, struct reference *out)
{
	struct cose_sign1 msg;
	int64_t alg = 0;
	enum status st;

	/* Nothing of it counts before the signature does. */
	if ((st = open_set(cose, &msg, &alg, out)) != OK ||
	    (st = reference_verify(&msg, alg, signer, curves)) != OK)
		return st;
	return reference_payload_decode(msg.payload, out);
}

enum status
reference_decode_listed(struct bytes cose,
    const struct reference_index *index, struct reference *out)
{
	struct cose_sign1 msg;
	struct digest d;
	int64_t alg = 0;
	enum status st;

	/* Nor before it is known that these bytes were meant. */
	if ((st = hash_one(HASH_SHA256, cose, &d)) != OK)
		return st;
	if (!reference_index_has(index, digest_view(&d)))
		return REFERENCE_SIGNATURE;
	if ((st = open_set(cose, &msg, &alg, out)) != OK)
		return st;
	return reference_payload_decode(msg.payload, out);
}

const struct reference_row *
reference_find(const struct reference *ref, unsigned index)
{
	for (size_t i = 0; i < ref->row_count; i++)
		if (ref->row[i].index == index)
			return &ref->row[i];
	return NULL;
}
