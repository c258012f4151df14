/* SPDX-License-Identifier: Apache-2.0 */
#include "corim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comid.h"
#include "loose.h"
#include "text.h"

enum {
	TAG_EPOCH = 1,          /* RFC 8949, 3.4.2 */
	TAG_CORIM_OLD = 500,    /* any CoRIM, up to draft 06 */
	TAG_CORIM = 501,        /* corim-map */
	TAG_SIGNED_OLD = 502,   /* COSE_Sign1, up to draft 06 */
	TAG_COMID = 506,
	HEADER_META_OLD = 8, /* corim-meta-map in a byte string */
	COMIDS_MAX = 32,
};

/* What the protected header says. */
struct header {
	int64_t alg;
	struct bytes chain; /* x5chain, an encoded item, or empty */
	struct bytes meta;  /* corim-meta-map, encoded, or empty */
};

static enum status
malformed(struct fault *fault, const char *field)
{
	return fault_set(fault, CORIM_MALFORMED,
	    "%s: not as in draft-ietf-rats-corim; fetch the file again",
	    field);
}

/* { ? 0 => not before, 1 => not after }, epoch times */
static enum status
check_validity(struct bytes in, struct document *doc, int64_t at,
    struct fault *fault)
{
	struct reader r = reader_of(in), t;
	struct loose_map m;
	int64_t time[2] = {0, INT64_MAX};

	loose_map(&r, &m);
	for (size_t i = 0; i < 2 && !r.failed; i++) {
		uint64_t v;

		if (m.value[i].n == 0)
			continue;
		t = reader_of(m.value[i]);
		(void)loose_tag(&t, TAG_EPOCH);
		v = loose_uint(&t);
		if (!reader_at_end(&t) || v > INT64_MAX)
			r.failed = true;
		else
			time[i] = (int64_t)v;
	}
	if (!reader_at_end(&r))
		return malformed(fault, "validity");
	if (at < time[0] || at > time[1]) {
		char when[TIME_LEN + 1];

		text_to_time(at < time[0] ? time[0] : time[1], when);
		return fault_set(fault, RIM_EXPIRED,
		    "validity: the CoRIM is valid %s %s; get a newer one, or "
		    "judge it with --at TIME",
		    at < time[0] ? "only from" : "until", when);
	}
	if (time[1] != INT64_MAX && time[1] <= INT64_C(253402300799) &&
	    (doc->not_after == 0 || time[1] < doc->not_after))
		doc->not_after = time[1];
	return OK;
}

/* Protected header: alg, what is critical, the chain, the validity. */
static enum status
read_header(struct bytes protected_header, struct bytes unprotected,
    struct header *out, struct fault *fault)
{
	struct reader r = reader_of(protected_header);
	struct reader u = reader_of(unprotected), a;
	struct loose_map m, um;
	struct loose_item it;

	loose_map(&r, &m);
	loose_map(&u, &um);
	if (!reader_at_end(&r) || !reader_at_end(&u) ||
	    m.value[COSE_HEADER_ALG].n == 0)
		return malformed(fault, "header");
	a = reader_of(m.value[COSE_HEADER_ALG]);
	if (!loose_next(&a, &it) || it.type != LOOSE_NINT ||
	    it.value > INT32_MAX)
		return fault_set(fault, RIM_ALGORITHM,
		    "header: only ES256 and ES384 are accepted");
	out->alg = -1 - (int64_t)it.value;
	if (m.value[COSE_HEADER_CRIT].n > 0)
		return fault_set(fault, CORIM_UNSUPPORTED,
		    "header: has critical parameters, none is understood");
	out->chain = m.value[COSE_HEADER_X5CHAIN].n > 0
	    ? m.value[COSE_HEADER_X5CHAIN]
	    : um.value[COSE_HEADER_X5CHAIN];
	if (m.value[HEADER_META_OLD].n > 0) {
		struct reader b = reader_of(m.value[HEADER_META_OLD]);

		out->meta = loose_bstr(&b);
		if (!reader_at_end(&b))
			return malformed(fault, "corim-meta");
	}
	return OK;
}

/* x5chain: one certificate or an array, leaf first (RFC 9360, 2). */
static enum status
verify_chain(struct bytes x5chain, const struct rim_input *in,
    struct document *doc, struct public_key *key, struct fault *fault)
{
	struct bytes cert[CHAIN_MAX];
	struct reader r = reader_of(x5chain);
	struct chain *chain = calloc(1, sizeof(*chain));
	enum loose_type type;
	size_t n = 1;
	enum status st = NO_MEMORY;

	if (chain == NULL)
		return st;
	if (loose_peek(&r, &type) && type == LOOSE_ARRAY)
		n = loose_array(&r);
	for (size_t i = 0; i < n && i < CHAIN_MAX; i++)
		cert[i] = loose_bstr(&r);
	if (n < 1 || n > CHAIN_MAX || !reader_at_end(&r)) {
		st = malformed(fault, "x5chain");
		goto out;
	}
	st = chain_verify(in->anchors, cert, n, &in->at, chain);
	if (st != OK && st != CHAIN_EXPIRED) {
		st = fault_set(fault, st, "x5chain: %s; %s", status_text(st),
		    chain->note[0] != '\0'
			? chain->note
			: "name the signer's key with --signer");
		goto out;
	}
	doc->trust = REFERENCE_PINNED;
	*key = chain->key;
	st = document_signer(doc, chain, in->at, fault);
out:
	free(chain);
	return st;
}

/* The key to verify with: the operator's, else the chain's. */
static enum status
find_key(const struct header *h, const struct rim_input *in,
    struct document *doc, struct public_key *key, struct fault *fault)
{
	char hex[2 * HASH_MAX + 1];
	struct digest d;
	enum status st;

	if (in->signer != NULL) {
		*key = *in->signer;
		st = hash_one(
		    HASH_SHA256, bytes_view(key->der, key->der_len), &d);
		if (st != OK)
			return st;
		bytes_to_hex(digest_view(&d), hex);
		snprintf(doc->signer, sizeof(doc->signer),
		    "public key, SHA-256 %s", hex);
		doc->trust = REFERENCE_KEY;
		return OK;
	}
	if (h->chain.n == 0)
		return fault_set(fault, RIM_UNTRUSTED,
		    "header: no x5chain; name the signer's public key with "
		    "--signer FILE");
	return verify_chain(h->chain, in, doc, key, fault);
}

/* [protected, unprotected, payload, signature] */
static enum status
verify_signed(struct reader *r, const struct rim_input *in,
    struct document *doc, struct bytes *payload, struct fault *fault)
{
	struct cose_sign1 msg;
	struct bytes unprotected, validity = {NULL, 0};
	struct header h = {0};
	struct public_key key;
	enum status st;

	if (loose_array(r) != 4)
		return malformed(fault, "COSE_Sign1");
	msg.protected_header = loose_bstr(r);
	unprotected = loose_skip(r);
	msg.payload = loose_bstr(r);
	msg.signature = loose_bstr(r);
	if (!reader_at_end(r))
		return malformed(fault, "COSE_Sign1");
	if ((st = read_header(msg.protected_header, unprotected, &h, fault)) !=
		OK ||
	    (st = find_key(&h, in, doc, &key, fault)) != OK)
		return st;
	st = cose_verify(
	    &msg, h.alg, &key, anchors_curves(in->anchors));
	if (st == REFERENCE_ALGORITHM)
		return fault_set(fault, RIM_ALGORITHM,
		    "header: algorithm %lld is not ES256 or ES384 for this "
		    "key",
		    (long long)h.alg);
	if (st != OK)
		return fault_set(fault, RIM_SIGNATURE,
		    "signature: does not verify under %s", doc->signer);
	*payload = msg.payload;

	/* Only now what the signer says of its own validity. */
	if (h.meta.n > 0) {
		struct reader m = reader_of(h.meta);
		struct loose_map meta;

		loose_map(&m, &meta);
		if (!reader_at_end(&m))
			return malformed(fault, "corim-meta");
		validity = meta.value[1];
	}
	return validity.n == 0 ? OK
			       : check_validity(validity, doc, in->at, fault);
}

/* Kinds by the identifiers that NVIDIA gives (its RIM service). */
static enum reference_kind
kind_of(struct bytes id)
{
	static const struct {
		const char *prefix;
		enum reference_kind kind;
	} rows[] = {
	    {"NV_GPU_DRIVER_", REFERENCE_DRIVER},
	    {"NV_GPU_CC_DRIVER_", REFERENCE_DRIVER},
	    {"NV_GPU_VBIOS_", REFERENCE_VBIOS},
	    {"NV_SWITCH_BIOS_", REFERENCE_SWITCH},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (bytes_eq(bytes_sub(id, 0, strlen(rows[i].prefix)),
			bytes_str(rows[i].prefix)))
			return rows[i].kind;
	return REFERENCE_FIRMWARE;
}

/* One element of "tags": 506(bstr), or the bare byte string of draft 06. */
static enum status
read_tag(struct bytes tag, struct document *doc, struct fault *fault)
{
	struct reader r = reader_of(tag);
	enum loose_type type;
	struct bytes comid;

	if (!loose_tag(&r, TAG_COMID) &&
	    (!loose_peek(&r, &type) || type != LOOSE_BSTR)) {
		doc->skipped++; /* CoSWID, CoTL */
		return OK;
	}
	comid = loose_bstr(&r);
	if (!reader_at_end(&r))
		return malformed(fault, "tags");
	/* NVIDIA also nests them the other way round. */
	r = reader_of(comid);
	(void)loose_tag(&r, TAG_COMID);
	return comid_read(r.rest, doc, fault);
}

/* corim-map: { 0 => id, 1 => tags, ? 4 => validity } */
static enum status
read_corim(struct bytes in, struct document *doc, int64_t at,
    struct fault *fault)
{
	struct reader r = reader_of(in), tags, id;
	enum loose_type type;
	struct loose_map m;
	size_t n;
	enum status st;

	(void)loose_tag(&r, TAG_CORIM);
	loose_map(&r, &m);
	if (!reader_at_end(&r) || m.value[0].n == 0 || m.value[1].n == 0)
		return malformed(fault, "corim-map");
	id = reader_of(m.value[0]);
	doc->kind = loose_peek(&id, &type) && type == LOOSE_TSTR
	    ? kind_of(loose_tstr(&id))
	    : REFERENCE_FIRMWARE;
	if (m.value[4].n > 0 &&
	    (st = check_validity(m.value[4], doc, at, fault)) != OK)
		return st;

	tags = reader_of(m.value[1]);
	n = loose_array(&tags);
	if (n > COMIDS_MAX)
		return malformed(fault, "tags");
	for (size_t i = 0; i < n; i++) {
		struct bytes tag = loose_skip(&tags);

		if (tags.failed)
			break;
		if ((st = read_tag(tag, doc, fault)) != OK)
			return st;
	}
	if (!reader_at_end(&tags))
		return malformed(fault, "tags");
	return comid_finish(doc, fault);
}

enum status
corim_read(
    const struct rim_input *in, struct document *doc, struct fault *fault)
{
	struct reader r = reader_of(in->bytes);
	struct bytes payload = r.rest;
	bool is_signed;
	enum status st;

	(void)loose_tag(&r, TAG_CORIM_OLD);
	is_signed = loose_tag(&r, TAG_SIGNED_OLD);
	is_signed |= loose_tag(&r, COSE_TAG_SIGN1);
	if (is_signed) {
		st = verify_signed(&r, in, doc, &payload, fault);
		if (st != OK)
			return st;
	} else if (!in->allow_unsigned) {
		return fault_set(fault, RIM_UNSIGNED,
		    "the CoRIM carries no signature; --allow-unsigned takes "
		    "it on your word and says so");
	} else {
		payload = r.rest;
		doc->trust = REFERENCE_UNSIGNED;
		strcpy(doc->signer, "(unsigned)");
	}
	return read_corim(payload, doc, in->at, fault);
}
