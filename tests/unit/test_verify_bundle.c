/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: the collection, its items, the claims, freshness.
 */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include "verify_rows.h"

static void
signs(struct world *w)
{
	w->forge.devices_sign = true;
}

/* The shape of the collection. */
static void
bundle_trailing(struct forge *f)
{
	write_u8(&f->out, 0);
}

static void
bundle_cut(struct forge *f)
{
	f->out.n--;
}

static void
bundle_not_map(struct forge *f)
{
	f->out.p[0] = 0x84;
}

static void
bundle_huge(struct forge *f)
{
	static uint8_t huge[EVIDENCE_MAX + 1];

	f->out = writer_of(huge, sizeof(huge));
	f->out.n = sizeof(huge);
}

static void
bundle_profile(struct forge *f)
{
	uint8_t *at = memmem(f->out.p, f->out.n, ":assay/evidence/1", 17);

	assert_non_null(at);
	/* "claims" sorts first, so the first one is the claim's: skip it. */
	at = memmem(at + 1, f->out.n - (size_t)(at + 1 - f->out.p),
	    ":assay/evidence/1", 17);
	assert_non_null(at);
	at[16] = '2';
}

static void
item_indicator(struct forge *f)
{
	f->items[0].record.ind = 2;
}

static void
item_type(struct forge *f)
{
	f->items[0].label = BYTES_LIT("ima");
}

static void
item_unknown(struct forge *f)
{
	f->items[0].label = BYTES_LIT("surprise");
}

static void
item_x(struct forge *f)
{
	f->items[f->item_count++] = (struct evidence_item){BYTES_LIT("x-a"),
	    {.type_cf = 60, .value = BYTES_LIT("v"), .ind = CMW_EVIDENCE,
		.whole = forge_keep(f,
		    bytes_view("\x83\x18\x3c\x41\x76\x04", 6))}};
}

/* Claims. */
static void
claim_profile(struct forge *f)
{
	f->claims.profile = BYTES_LIT("tag:other,2026:evidence/1");
}

static void
claim_ueid(struct forge *f)
{
	f->ueid[7] ^= 1;
}

static void
claim_ak_name(struct forge *f)
{
	f->claims.ak_name = forge_flipped(f->claims.ak_name, 9);
}

static void
claim_ek_name(struct forge *f)
{
	/* Another EK name, but the UEID of the AK name. */
	f->claims.ek_name = forge_flipped(f->claims.ak_name, 9);
}

static void
claim_nonce_short(struct forge *f)
{
	f->claims.nonce.n = 31;
}

static void
claim_no_model(struct forge *f)
{
	f->claims.devices[0].model.n = 0;
}

static void
claims_cut(struct forge *f)
{
	f->claims_wire.n--;
}

static void
digest_missing(struct forge *f)
{
	f->claims.digest_count--;
}

static void
digest_extra(struct forge *f)
{
	f->claims.digests[f->claims.digest_count++] = (struct item_digest){
	    BYTES_LIT("x-gone"), COSE_SHA256, BYTES_OF(f->ueid)};
	f->claims.digests[f->claims.digest_count - 1].digest.n = 32;
}

static void
digest_wrong(struct forge *f)
{
	f->digest[0].b[0] ^= 1;
}

static void
digest_algorithm(struct forge *f)
{
	static uint8_t sha384[48];

	f->claims.digests[0].alg = COSE_SHA384;
	f->claims.digests[0].digest = BYTES_OF(sha384);
}

static void
item_changed_later(struct forge *f)
{
	struct bytes *value = &f->items[0].record.value;

	*value = forge_flipped(*value, value->n - 1);
}

static void
claims_changed_later(struct forge *f)
{
	/* The last byte is the sandbox bits, a small number. */
	f->claims_wire = forge_flipped(f->claims_wire, f->claims_wire.n - 1);
}

static void
no_nonce(struct world *w)
{
	w->nonce = NULL;
}

static void
nonce_other(struct world *w)
{
	static const uint8_t other[NONCE_LEN];

	w->nonce = other;
}

static void
nonce_size(struct world *w)
{
	w->nonce_len = 31;
}

/* A host that hears nothing: N follows from a marker that it was given. */
static const char marker[] = "the checkpoint of one day";

static void
epoch(struct world *w)
{
	struct digest d;

	assert_int_equal(hash_one(HASH_SHA256, bytes_str(marker), &d), OK);
	memcpy(w->forge.nonce, d.b, NONCE_LEN);
	w->nonce = NULL;
	w->epoch = marker;
}

static void
epoch_of_another_day(struct world *w)
{
	epoch(w);
	w->epoch = "the checkpoint of another day";
}

static void
epoch_not_given(struct world *w)
{
	epoch(w);
	w->epoch = NULL;
}

static void
epoch_and_nonce(struct world *w)
{
	epoch(w);
	w->nonce = w->forge.nonce;
}

static void
carry_marker(struct forge *f)
{
	f->claims.epoch_kind = BYTES_LIT("checkpoint");
	f->claims.epoch_marker = bytes_str(marker);
}

static void
carry_other_marker(struct forge *f)
{
	carry_marker(f);
	f->claims.epoch_marker = bytes_str("invented");
}

static void
carry_long_marker(struct forge *f)
{
	static uint8_t much[EPOCH_MARKER_MAX + 1];

	carry_marker(f);
	f->claims.epoch_marker = BYTES_OF(much);
}

static void
carry_marker_of_no_kind(struct forge *f)
{
	carry_marker(f);
	f->claims.epoch_kind = bytes_str("");
}

static const struct verify_row rows[] = {
    {"epoch", epoch, FORGE_CLAIMS, carry_marker, OK, 0},
    {"epoch_and_nonce", epoch_and_nonce, FORGE_CLAIMS, carry_marker, OK, 0},
    {"epoch_of_another_day", epoch_of_another_day, FORGE_CLAIMS, carry_marker,
	EPOCH_OTHER, 1},
    {"epoch_not_carried", epoch, 0, NULL, EPOCH_OTHER, 1},
    {"epoch_not_given", epoch_not_given, FORGE_CLAIMS, carry_marker,
	NONCE_NOT_CHECKED, 3},
    {"epoch_does_not_bind", epoch, FORGE_CLAIMS, carry_other_marker,
	EPOCH_MISMATCH, 1},
    {"epoch_without_cause", NULL, FORGE_CLAIMS, carry_marker, EPOCH_MISMATCH,
	1},
    {"epoch_long", epoch, FORGE_CLAIMS, carry_long_marker, CLAIM_VALUE, 65},
    {"epoch_of_no_kind", epoch, FORGE_CLAIMS, carry_marker_of_no_kind,
	CLAIM_VALUE, 65},
    {"sound", NULL, 0, NULL, OK, 0},
    {"extension_item_is_ignored", NULL, FORGE_ITEMS, item_x, OK, 0},
    {"bundle_trailing", NULL, FORGE_DONE, bundle_trailing, CBOR_TRAILING, 65},
    {"bundle_cut", NULL, FORGE_DONE, bundle_cut, CBOR_TRUNCATED, 65},
    {"bundle_not_map", NULL, FORGE_DONE, bundle_not_map, CBOR_TYPE, 65},
    {"bundle_huge", NULL, FORGE_DONE, bundle_huge, EVIDENCE_TOO_LARGE, 65},
    {"bundle_profile", NULL, FORGE_DONE, bundle_profile, EVIDENCE_PROFILE,
	65},
    {"item_indicator", signs, FORGE_ITEMS, item_indicator, CMW_INDICATOR, 65},
    {"item_type", signs, FORGE_ITEMS, item_type, CMW_TYPE, 65},
    {"item_unknown", signs, FORGE_ITEMS, item_unknown, EVIDENCE_ITEM_UNKNOWN,
	65},
    {"claim_profile", NULL, FORGE_CLAIMS, claim_profile, PROFILE_MISMATCH, 1},
    {"claim_ueid", NULL, FORGE_CLAIMS, claim_ueid, UEID_MISMATCH, 1},
    {"claim_ak_name", NULL, FORGE_CLAIMS, claim_ak_name, AK_NAME_MISMATCH, 1},
    {"claim_ek_name", NULL, FORGE_CLAIMS, claim_ek_name, UEID_MISMATCH, 1},
    {"claim_nonce_short", NULL, FORGE_CLAIMS, claim_nonce_short, CLAIM_VALUE,
	65},
    {"claim_no_model", NULL, FORGE_CLAIMS, claim_no_model, CLAIM_VALUE, 65},
    {"claims_cut", NULL, FORGE_BOUND, claims_cut, CBOR_TRUNCATED, 65},
    {"digest_missing", signs, FORGE_CLAIMS, digest_missing,
	ITEM_DIGEST_MISSING, 1},
    {"digest_extra", signs, FORGE_CLAIMS, digest_extra, ITEM_DIGEST_EXTRA, 1},
    {"digest_wrong", signs, FORGE_CLAIMS, digest_wrong, ITEM_DIGEST_MISMATCH,
	1},
    {"digest_algorithm", signs, FORGE_CLAIMS, digest_algorithm,
	ITEM_DIGEST_MISMATCH, 1},
    {"item_changed_later", signs, FORGE_SIGNED, item_changed_later,
	ITEM_DIGEST_MISMATCH, 1},
    {"claims_changed_later", NULL, FORGE_SIGNED, claims_changed_later,
	QUOTE_BINDING_MISMATCH, 1},
    {"nonce_missing", no_nonce, 0, NULL, NONCE_NOT_CHECKED, 3},
    {"nonce_other", nonce_other, 0, NULL, NONCE_MISMATCH, 1},
    {"nonce_size", nonce_size, 0, NULL, NONCE_SIZE, 65},
};

int
main(void)
{
	return verify_rows_run("verify: bundle", rows, COUNT(rows));
}
