/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: the attestation key, the quote, its signature, the PCR values.
 */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include "verify_rows.h"

/* The quote: fields first, then bytes that are signed all the same. */
static void
attest_magic(struct forge *f)
{
	f->attest.magic = 0;
}

static void
attest_type(struct forge *f)
{
	f->attest.type = 0x8014; /* TPM_ST_ATTEST_NV */
}

static void
attest_safe(struct forge *f)
{
	f->attest.safe = 2;
}

static void
attest_unsafe(struct forge *f)
{
	f->attest.safe = 0;
}

static void
attest_signer(struct forge *f)
{
	f->attest.signer = name_view(&f->ak.name);
}

static void
attest_extra(struct forge *f)
{
	f->q.b[0] ^= 1;
}

static void
attest_extra_short(struct forge *f)
{
	f->attest.extra.n--;
}

static void
attest_selection(struct forge *f)
{
	/* sizeofSelect 2 */
	f->attest.selection = forge_flipped(f->attest.selection, 6);
}

static void
attest_other_pcr(struct forge *f)
{
	/* PCR 16 */
	f->attest.selection = forge_flipped(f->attest.selection, 9);
}

static void
attest_no_pcr(struct forge *f)
{
	struct digest empty;

	assert_int_equal(
	    hash_one(HASH_SHA256, (struct bytes){NULL, 0}, &empty), OK);
	f->attest.selection = forge_attest_default().selection;
	f->pcr_digest = empty;
	f->send_pcrs = false;
}

static void
attest_digest(struct forge *f)
{
	f->pcr_digest.b[3] ^= 1;
}

static void
attest_digest_size(struct forge *f)
{
	f->attest.pcr_digest.n = 31;
}

static void
attest_software(struct forge *f)
{
	f->attest.firmware = UINT64_C(0x2020031200163636);
}

static void
attest_trailing(struct forge *f)
{
	f->attest_wire = forge_keep(f, forge_longer(f->attest_wire));
	forge_resign(f);
}

static void
attest_cut(struct forge *f)
{
	f->attest_wire = forge_shorter(f->attest_wire);
	forge_resign(f);
}

static void
attest_empty(struct forge *f)
{
	f->attest_wire.n = 0;
}

static void
attest_flipped(struct forge *f)
{
	f->attest_wire = forge_flipped(f->attest_wire, f->attest_wire.n - 1);
}

/* The signature. */
static void
signature_trailing(struct forge *f)
{
	f->signature_wire = forge_longer(f->signature_wire);
}

static void
signature_cut(struct forge *f)
{
	f->signature_wire = forge_shorter(f->signature_wire);
}

static void
signature_algorithm(struct forge *f)
{
	f->signature_wire = forge_flipped(f->signature_wire, 0); /* 0x0118 */
}

static void
signature_hash(struct forge *f)
{
	uint8_t sha384 = HASH_SHA384;

	f->signature_wire = forge_keep(f, f->signature_wire);
	f->arena.p[f->arena.n - f->signature_wire.n + 3] = sha384;
}

static void
signature_scheme(struct forge *f)
{
	f->signature_wire = BYTES_LIT("\x00\x14\x00\x0b\x00\x01\x01");
}

static void
signature_zero(struct forge *f)
{
	static uint8_t zero[4 + 34 + 34] = {0, 0x18, 0, 0x0b, 0, 32};

	zero[4 + 34 + 1] = 32;
	f->signature_wire = BYTES_OF(zero);
}

static void
signature_wide(struct forge *f)
{
	static uint8_t wide[4 + 35 + 34] = {0, 0x18, 0, 0x0b, 0, 33};

	wide[4 + 35 + 1] = 32;
	f->signature_wire = BYTES_OF(wide);
}

static void
signature_flipped(struct forge *f)
{
	f->signature_wire = forge_flipped(f->signature_wire, 20);
}

/* The key. */
static void
public_cut(struct forge *f)
{
	f->public_wire.n = 6;
}

static void
public_trailing(struct forge *f)
{
	f->public_wire = forge_longer(f->public_wire);
}

static void
public_curve(struct forge *f)
{
	f->public_wire = forge_flipped(f->public_wire, 17); /* curve 0x0003 */
}

static void
public_attributes(struct forge *f)
{
	f->ak.attributes &= ~(uint32_t)TPMA_RESTRICTED;
	forge_ak_publish(&f->ak);
	f->public_wire = bytes_view(f->ak.wire, f->ak.wire_len);
}

static void
public_scheme(struct forge *f)
{
	f->ak.scheme = 0x0010;
	forge_ak_publish(&f->ak);
	f->public_wire = bytes_view(f->ak.wire, f->ak.wire_len);
}

static void
public_name_alg(struct forge *f)
{
	f->ak.name_alg = HASH_SHA1;
	forge_ak_publish(&f->ak);
	f->public_wire = bytes_view(f->ak.wire, f->ak.wire_len);
}

/* PCR values beside the quote. */
static void
pcrs_none(struct forge *f)
{
	f->send_pcrs = false;
}

static void
pcrs_malformed(struct forge *f)
{
	f->pcrs_wire = BYTES_LIT("\xa1\x0b\xa1\x18\x18\x40");
}

static void
pcrs_other(struct forge *f)
{
	f->pcrs_wire = forge_flipped(f->pcrs_wire, f->pcrs_wire.n - 1);
}

static void
pcrs_more(struct forge *f)
{
	size_t start = f->arena.n;
	uint8_t value[32] = {1};

	/* N29: a value that the quote does not cover. */
	assert_true(pcrs_set(&f->pcrs, HASH_SHA256, 16, BYTES_OF(value)));
	pcrs_encode(&f->pcrs, &f->arena);
	f->pcrs_wire = bytes_view(f->arena.p + start, f->arena.n - start);
}

static void
software_allowed(struct world *w)
{
	w->policy = "[policy]\nrequire-eventlog = no\nallow-pinned = yes\n"
		    "require-device-signed = no\nallow-software-tpm = yes\n";
}

static const struct verify_row rows[] = {
    {"attest_magic", NULL, FORGE_ATTEST, attest_magic, ATTEST_MAGIC, 1},
    {"attest_type", NULL, FORGE_ATTEST, attest_type, ATTEST_TYPE, 1},
    {"attest_safe", NULL, FORGE_ATTEST, attest_safe, ATTEST_SAFE, 65},
    {"attest_unsafe", NULL, FORGE_ATTEST, attest_unsafe, CLOCK_UNSAFE, 2},
    {"attest_signer", NULL, FORGE_ATTEST, attest_signer,
	QUALIFIED_SIGNER_MISMATCH, 1},
    {"attest_extra", NULL, FORGE_ATTEST, attest_extra, QUOTE_BINDING_MISMATCH,
	1},
    {"attest_extra_short", NULL, FORGE_ATTEST, attest_extra_short,
	QUOTE_BINDING_MISMATCH, 1},
    {"attest_selection", NULL, FORGE_ATTEST, attest_selection,
	ATTEST_SELECTION, 65},
    {"n55_attest_other_pcr", NULL, FORGE_ATTEST, attest_other_pcr,
	PCR_SELECTION_MISMATCH, 1},
    {"attest_no_pcr", NULL, FORGE_ATTEST, attest_no_pcr, PCR_SELECTION_EMPTY,
	1},
    {"attest_digest", NULL, FORGE_ATTEST, attest_digest, PCR_DIGEST_MISMATCH,
	1},
    {"attest_digest_size", NULL, FORGE_ATTEST, attest_digest_size,
	ATTEST_DIGEST_SIZE, 65},
    {"attest_software", NULL, FORGE_ATTEST, attest_software,
	TPM_SOFTWARE_NOT_ALLOWED, 1},
    {"attest_software_allowed", software_allowed, FORGE_ATTEST,
	attest_software, TPM_SOFTWARE, 2},
    {"attest_trailing", NULL, FORGE_SIGNED, attest_trailing, ATTEST_TRAILING,
	65},
    {"attest_cut", NULL, FORGE_SIGNED, attest_cut, ATTEST_TRUNCATED, 65},
    {"attest_empty", NULL, FORGE_SIGNED, attest_empty, CLAIM_MISSING, 65},
    {"n12_attest_flipped", NULL, FORGE_SIGNED, attest_flipped, SIGNATURE_INVALID,
	1},
    {"signature_trailing", NULL, FORGE_SIGNED, signature_trailing,
	SIGNATURE_TRAILING, 65},
    {"signature_cut", NULL, FORGE_SIGNED, signature_cut, SIGNATURE_TRUNCATED,
	65},
    {"signature_algorithm", NULL, FORGE_SIGNED, signature_algorithm,
	SIGNATURE_ALGORITHM, 1},
    {"signature_hash", NULL, FORGE_SIGNED, signature_hash, SIGNATURE_HASH, 1},
    {"signature_scheme", NULL, FORGE_SIGNED, signature_scheme,
	SIGNATURE_SCHEME, 1},
    {"signature_zero", NULL, FORGE_SIGNED, signature_zero, SIGNATURE_RANGE,
	1},
    {"signature_wide", NULL, FORGE_SIGNED, signature_wide, SIGNATURE_LENGTH,
	1},
    {"n12_signature_flipped", NULL, FORGE_SIGNED, signature_flipped,
	SIGNATURE_INVALID, 1},
    {"n52_public_cut", NULL, FORGE_SIGNED, public_cut, PUBLIC_MALFORMED, 65},
    {"n52_public_trailing", NULL, FORGE_SIGNED, public_trailing, PUBLIC_TRAILING,
	65},
    {"public_curve", NULL, FORGE_SIGNED, public_curve, PUBLIC_UNSUPPORTED, 1},
    {"n61_public_attributes", NULL, FORGE_SIGNED, public_attributes,
	AK_ATTRIBUTES, 1},
    {"n61_public_scheme", NULL, FORGE_SIGNED, public_scheme, AK_SCHEME, 1},
    {"n61_public_name_alg", NULL, FORGE_SIGNED, public_name_alg, AK_NAME_ALG, 1},
    {"pcrs_none", NULL, FORGE_SIGNED, pcrs_none, PCR_SELECTION_MISMATCH, 1},
    {"pcrs_malformed", NULL, FORGE_SIGNED, pcrs_malformed, CLAIM_VALUE, 65},
    {"n54_pcrs_other", NULL, FORGE_SIGNED, pcrs_other, PCR_DIGEST_MISMATCH, 1},
    {"n29_pcr_not_quoted", NULL, FORGE_SIGNED, pcrs_more,
	PCR_SELECTION_MISMATCH, 1},
};

int
main(void)
{
	return verify_rows_run("verify: quote", rows, COUNT(rows));
}
