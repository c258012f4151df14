/* SPDX-License-Identifier: Apache-2.0 */
/* Writing claims; a program that only makes evidence needs no more. */
#include "claims.h"

/* Claims that are always written, as claims_decode demands them. */
enum { ALWAYS = 12 };

static void
put_device(struct writer *w, const struct device_claims *d)
{
	uint64_t n = 2u + (d->nonce.n > 0) + (d->ueid.n > 0) +
	    (d->measurements.n > 0) + (d->item.n > 0);

	dcbor_put_tstr(w, d->label);
	dcbor_put_map(w, n);
	if (d->nonce.n > 0) {
		dcbor_put_int(w, CLAIM_NONCE);
		dcbor_put_bstr(w, d->nonce);
	}
	if (d->ueid.n > 0) {
		dcbor_put_int(w, CLAIM_UEID);
		dcbor_put_bstr(w, d->ueid);
	}
	dcbor_put_int(w, CLAIM_HWMODEL);
	dcbor_put_bstr(w, d->model);
	if (d->measurements.n > 0) {
		dcbor_put_int(w, CLAIM_MEASUREMENTS);
		write_bytes(w, d->measurements);
	}
	dcbor_put_int(w, CLAIM_FACTS);
	write_bytes(w, d->facts);
	if (d->item.n > 0) {
		dcbor_put_int(w, CLAIM_DEVICE_ITEM);
		dcbor_put_tstr(w, d->item);
	}
}

static void
put_digests(struct writer *w, const struct claims *c)
{
	dcbor_put_int(w, CLAIM_ITEM_DIGESTS);
	dcbor_put_map(w, c->digest_count);
	for (size_t i = 0; i < c->digest_count; i++) {
		dcbor_put_tstr(w, c->digests[i].label);
		dcbor_put_array(w, 2);
		dcbor_put_int(w, c->digests[i].alg);
		dcbor_put_bstr(w, c->digests[i].digest);
	}
}

/* The public claims, keys ascending. */
static void
put_public(struct writer *w, const struct claims *c)
{
	dcbor_put_int(w, CLAIM_IAT);
	dcbor_put_uint(w, c->iat);
	dcbor_put_int(w, CLAIM_NONCE);
	dcbor_put_bstr(w, c->nonce);
	dcbor_put_int(w, CLAIM_UEID);
	dcbor_put_bstr(w, c->ueid);
	dcbor_put_int(w, CLAIM_UPTIME);
	dcbor_put_uint(w, c->uptime);
	dcbor_put_int(w, CLAIM_PROFILE);
	dcbor_put_tstr(w, c->profile);
	dcbor_put_int(w, CLAIM_SUBMODS);
	dcbor_put_map(w, c->device_count);
	for (size_t i = 0; i < c->device_count; i++)
		put_device(w, &c->devices[i]);
	dcbor_put_int(w, CLAIM_SWNAME);
	dcbor_put_tstr(w, c->agent_name);
	dcbor_put_int(w, CLAIM_SWVERSION);
	dcbor_put_array(w, 1);
	dcbor_put_tstr(w, c->agent_version);
}

/* The private claims, keys descending: their encodings ascend. */
static void
put_private(struct writer *w, const struct claims *c)
{
	put_digests(w, c);
	dcbor_put_int(w, CLAIM_KEY_NAMES);
	dcbor_put_map(w, c->ek_name.n > 0 ? 2 : 1);
	dcbor_put_uint(w, 0);
	dcbor_put_bstr(w, c->ak_name);
	if (c->ek_name.n > 0) {
		dcbor_put_uint(w, 1);
		dcbor_put_bstr(w, c->ek_name);
	}
	dcbor_put_int(w, CLAIM_BOOT);
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 0);
	dcbor_put_bstr(w, c->boot_id);
	dcbor_put_uint(w, 1);
	dcbor_put_uint(w, c->monotonic_ms);
	if (c->epoch_marker.n > 0) {
		dcbor_put_int(w, CLAIM_EPOCH);
		dcbor_put_array(w, 2);
		dcbor_put_tstr(w, c->epoch_kind);
		dcbor_put_bstr(w, c->epoch_marker);
	}
	if (c->has_chain) {
		dcbor_put_int(w, CLAIM_CHAIN);
		dcbor_put_map(w, 2);
		dcbor_put_uint(w, 0);
		dcbor_put_uint(w, c->chain_counter);
		dcbor_put_uint(w, 1);
		dcbor_put_bstr(w, c->chain_previous);
	}
	dcbor_put_int(w, CLAIM_AGENT);
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 0);
	dcbor_put_bstr(w, c->agent_digest);
	dcbor_put_uint(w, 1);
	dcbor_put_uint(w, c->sandbox);
	if (c->has_ima_part) {
		dcbor_put_int(w, CLAIM_IMA_FROM);
		dcbor_put_array(w, 3);
		dcbor_put_uint(w, c->ima_first);
		dcbor_put_bstr(w, c->ima_start);
		dcbor_put_uint(w, c->ima_total);
	}
}

void
claims_encode(struct claims *c, struct writer *w)
{
	label_sort(c->devices, c->device_count, sizeof(c->devices[0]));
	label_sort(c->digests, c->digest_count, sizeof(c->digests[0]));
	dcbor_put_tag(w, TAG_UCCS);
	dcbor_put_map(w, (uint64_t)ALWAYS + (c->epoch_marker.n > 0) +
	    c->has_chain + c->has_ima_part);
	put_public(w, c);
	put_private(w, c);
}
