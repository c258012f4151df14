/* SPDX-License-Identifier: Apache-2.0 */
#include "claims.h"
#include "facts_read.h"
#include "tpm_attest.h"

/* CWT private use is below this (RFC 8392, 9.1). */
enum { PRIVATE_BELOW = -65536 };

/* Record CLAIM_VALUE unless the condition holds. */
static void
require(struct dcbor *c, bool holds)
{
	if (!holds)
		dcbor_fail(c, CLAIM_VALUE);
}

static struct bytes
get_sized_bstr(struct dcbor *c, size_t lo, size_t hi)
{
	struct bytes b = dcbor_get_bstr(c);

	require(c, b.n >= lo && b.n <= hi);
	return b;
}

static struct bytes
get_short_tstr(struct dcbor *c)
{
	struct bytes t = dcbor_get_tstr(c);

	require(c, t.n >= 1 && t.n <= 64);
	return t;
}

/* Is the claim unknown, yet private, and so to be passed over? */
static void
skip_unknown(struct dcbor *c, int64_t key)
{
	if (key < PRIVATE_BELOW)
		dcbor_skip(c, EVIDENCE_DEPTH - 2);
	else
		dcbor_fail(c, CLAIM_UNKNOWN);
}

/* 273: [ + [295, bstr] ] (RFC 9711 4.2.16, RFC 10013). */
static struct bytes
get_measurements(struct dcbor *c)
{
	struct bytes before = c->rest;
	uint64_t n = dcbor_get_array(c);

	require(c, n >= 1 && n <= 32);
	for (uint64_t i = 0; i < n && c->st == OK; i++) {
		dcbor_want_array(c, 2);
		require(c, dcbor_get_uint(c) == CF_MEASURED_COMPONENT);
		dcbor_get_bstr(c);
	}
	return bytes_sub(before, 0, before.n - c->rest.n);
}

static void
get_device(struct dcbor *c, struct device_claims *d)
{
	struct dcbor_map m = dcbor_get_map(c);
	int64_t key;

	while (dcbor_key_int(c, &m, &key)) {
		switch (key) {
		case CLAIM_NONCE:
			d->nonce = get_sized_bstr(c, NONCE_LEN, NONCE_LEN);
			break;
		case CLAIM_UEID:
			d->ueid = get_sized_bstr(c, 7, UEID_LEN);
			break;
		case CLAIM_OEMID:
		case CLAIM_HWVERSION:
		case CLAIM_DBGSTAT:
			dcbor_skip(c, 1);
			break;
		case CLAIM_HWMODEL:
			d->model = get_sized_bstr(c, 1, 32);
			break;
		case CLAIM_MEASUREMENTS:
			d->measurements = get_measurements(c);
			break;
		case CLAIM_FACTS:
			d->facts = dcbor_skip(c, 2);
			if (c->st == OK && facts_check(d->facts) != OK)
				dcbor_fail(c, facts_check(d->facts));
			break;
		case CLAIM_DEVICE_ITEM:
			d->item = dcbor_get_tstr(c);
			require(c, device_label_ok(d->item));
			break;
		default:
			skip_unknown(c, key);
		}
	}
	if (c->st == OK && (d->model.n == 0 || d->facts.n == 0))
		dcbor_fail(c, CLAIM_MISSING);
}

/* 266: { * device label => device claims } */
static void
get_submods(struct dcbor *c, struct claims *out)
{
	static const size_t most[2] = {GPUS_MAX, SWITCHES_MAX};
	struct dcbor_map m = dcbor_get_map(c);
	size_t count[2] = {0, 0};
	struct bytes label;

	while (dcbor_key_text(c, &m, &label)) {
		struct device_claims *d = &out->devices[out->device_count];
		size_t kind = label.n > 0 && label.p[0] == 's';

		if (count[kind]++ == most[kind]) {
			dcbor_fail(c, EVIDENCE_DEVICE_COUNT);
			return;
		}
		require(c, device_label_ok(label));
		d->label = label;
		get_device(c, d);
		out->device_count++;
	}
}

/* -70000: { + label => [alg, digest] } */
static void
get_digests(struct dcbor *c, struct claims *out)
{
	struct dcbor_map m = dcbor_get_map(c);
	struct bytes label;

	while (dcbor_key_text(c, &m, &label)) {
		struct item_digest *d = &out->digests[out->digest_count];

		if (out->digest_count == ITEMS_MAX) {
			dcbor_fail(c, CLAIM_VALUE);
			return;
		}
		d->label = label;
		dcbor_want_array(c, 2);
		d->alg = dcbor_get_int(c);
		d->digest = dcbor_get_bstr(c);
		require(c, (d->alg == COSE_SHA256 && d->digest.n == 32) ||
			(d->alg == COSE_SHA384 && d->digest.n == 48));
		out->digest_count++;
	}
}

/* The maps whose keys are 0 and perhaps 1. */
static void
get_key_names(struct dcbor *c, struct claims *out)
{
	struct dcbor_map m = dcbor_get_map(c);
	int64_t key;

	while (dcbor_key_int(c, &m, &key)) {
		require(c, key == 0 || key == 1);
		*(key == 0 ? &out->ak_name : &out->ek_name) =
		    get_sized_bstr(c, 2 + 32, TPM_NAME_MAX);
	}
	require(c, name_ok(out->ak_name));
	require(c, out->ek_name.n == 0 || name_ok(out->ek_name));
}

/* { 0 => bstr of SIZE, 1 => uint } or the other way round. */
static void
get_pair(struct dcbor *c, int bstr_key, size_t size, struct bytes *b,
    uint64_t *n)
{
	struct dcbor_map m = dcbor_get_map(c);
	unsigned seen = 0;
	int64_t key;

	while (dcbor_key_int(c, &m, &key)) {
		require(c, key == 0 || key == 1);
		if (key == bstr_key)
			*b = get_sized_bstr(c, size, size);
		else
			*n = dcbor_get_uint(c);
		seen++;
	}
	if (c->st == OK && seen != 2)
		dcbor_fail(c, CLAIM_MISSING);
}

static void
get_version(struct dcbor *c, struct claims *out)
{
	dcbor_want_array(c, 1);
	out->agent_version = get_short_tstr(c);
}

/* Which of the mandatory claims have been seen. */
static const int64_t mandatory[] = {CLAIM_IAT, CLAIM_NONCE, CLAIM_UEID,
    CLAIM_UPTIME, CLAIM_PROFILE, CLAIM_SUBMODS, CLAIM_SWNAME, CLAIM_SWVERSION,
    CLAIM_ITEM_DIGESTS, CLAIM_KEY_NAMES, CLAIM_BOOT, CLAIM_AGENT};

enum { MANDATORY = sizeof(mandatory) / sizeof(mandatory[0]) };

static unsigned
mandatory_bit(int64_t key)
{
	for (size_t i = 0; i < MANDATORY; i++)
		if (mandatory[i] == key)
			return 1u << i;
	return 0;
}

static void
get_claim(struct dcbor *c, int64_t key, struct claims *out)
{
	switch (key) {
	case CLAIM_IAT:
		out->iat = dcbor_get_uint(c);
		break;
	case CLAIM_NONCE:
		out->nonce = get_sized_bstr(c, NONCE_LEN, NONCE_LEN);
		break;
	case CLAIM_UEID:
		out->ueid = get_sized_bstr(c, 7, UEID_LEN);
		break;
	case CLAIM_OEMID:
	case CLAIM_HWMODEL:
	case CLAIM_HWVERSION:
		dcbor_skip(c, 1);
		break;
	case CLAIM_UPTIME:
		out->uptime = dcbor_get_uint(c);
		break;
	case CLAIM_PROFILE:
		out->profile = dcbor_get_tstr(c);
		break;
	case CLAIM_SUBMODS:
		get_submods(c, out);
		break;
	case CLAIM_SWNAME:
		out->agent_name = get_short_tstr(c);
		break;
	case CLAIM_SWVERSION:
		get_version(c, out);
		break;
	case CLAIM_ITEM_DIGESTS:
		get_digests(c, out);
		break;
	case CLAIM_KEY_NAMES:
		get_key_names(c, out);
		break;
	case CLAIM_BOOT:
		get_pair(c, 0, 16, &out->boot_id, &out->monotonic_ms);
		break;
	case CLAIM_EPOCH:
		dcbor_want_array(c, 2);
		out->epoch_kind = get_short_tstr(c);
		out->epoch_marker = get_sized_bstr(c, 1, EPOCH_MARKER_MAX);
		break;
	case CLAIM_CHAIN:
		out->has_chain = true;
		get_pair(c, 1, 32, &out->chain_previous, &out->chain_counter);
		break;
	case CLAIM_IMA_FROM:
		out->has_ima_part = true;
		dcbor_want_array(c, 3);
		out->ima_first = dcbor_get_uint(c);
		out->ima_start = get_sized_bstr(c, 20, HASH_MAX);
		out->ima_total = dcbor_get_uint(c);
		break;
	case CLAIM_AGENT:
		get_pair(c, 0, 32, &out->agent_digest, &out->sandbox);
		break;
	default:
		skip_unknown(c, key);
	}
}

enum status
claims_decode(struct bytes in, struct claims *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m;
	unsigned seen = 0;
	int64_t key;

	*out = (struct claims){0};
	dcbor_want_tag(&c, TAG_UCCS);
	m = dcbor_get_map(&c);
	while (dcbor_key_int(&c, &m, &key)) {
		get_claim(&c, key, out);
		seen |= mandatory_bit(key);
	}
	if (dcbor_end(&c) != OK)
		return dcbor_end(&c);
	return seen == (1u << MANDATORY) - 1 ? OK : CLAIM_MISSING;
}
