/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPM structures.  Names like n42_ are those of published attacks on other
 * verifiers: what each must be called here.
 */
#include "testkit.h"

#include <string.h>

#include "forge.h"
#include "quote_files.h"

static struct forge_ak p256, p384;
static struct forge_attest attest;
static uint8_t buf[2048];

static struct bytes
encode(void)
{
	struct writer w = writer_of(buf, sizeof(buf));

	forge_attest_write(&attest, &w);
	assert_false(w.failed);
	return writer_view(&w);
}

/* TPMS_ATTEST: one field otherwise, and what quote_parse says. */
static const struct attest_row {
	const char *name;
	const char *selection; /* TPML_PCR_SELECTION, or NULL for the sound */
	uint32_t magic;        /* 0xff544347 is sound */
	uint16_t type;
	uint8_t safe;
	size_t digest, signer, extra; /* lengths */
	enum status want;
} attest_rows[] = {
#define SOUND NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 32, 34, 32
    {"sound", SOUND, OK},
    {"n42_magic_zero", NULL, 0, TPM_ATTEST_QUOTE, 1, 32, 34, 32,
	ATTEST_MAGIC},
    {"n42_magic_other_endian", NULL, 0x474354ff, TPM_ATTEST_QUOTE, 1, 32, 34,
	32, ATTEST_MAGIC},
    {"n44_type_nv", NULL, TPM_GENERATED, 0x8014, 1, 32, 34, 32, ATTEST_TYPE},
    {"n44_type_certify", NULL, TPM_GENERATED, 0x8017, 1, 32, 34, 32,
	ATTEST_TYPE},
    {"n44_type_creation", NULL, TPM_GENERATED, 0x801a, 1, 32, 34, 32,
	ATTEST_TYPE},
    {"n44_type_time", NULL, TPM_GENERATED, 0x8019, 1, 32, 34, 32,
	ATTEST_TYPE},
    {"n44_type_nv_digest", NULL, TPM_GENERATED, 0x801c, 1, 32, 34, 32,
	ATTEST_TYPE},
    {"n68_safe_0", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 0, 32, 34, 32, OK},
    {"n68_safe_2", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 2, 32, 34, 32,
	ATTEST_SAFE},
    {"n68_safe_255", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 255, 32, 34, 32,
	ATTEST_SAFE},
    {"digest_0", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 0, 34, 32,
	ATTEST_DIGEST_SIZE},
    {"digest_20", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 20, 34, 32, OK},
    {"digest_33", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 33, 34, 32,
	ATTEST_DIGEST_SIZE},
    {"digest_64", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 64, 34, 32, OK},
    {"signer_empty", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 32, 0, 32, OK},
    {"extra_empty", NULL, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 32, 34, 0, OK},
#define SELECT(hex) hex, TPM_GENERATED, TPM_ATTEST_QUOTE, 1, 32, 34, 32
    {"n28_count_0", SELECT("00000000"), OK}, /* refused where it is used */
    {"n67_count_1", SELECT("00000001000b03ffffff"), OK},
    {"n67_count_2", SELECT("00000002000b03ffffff000c03000000"), OK},
    {"n67_count_4",
	SELECT("00000004000403ffffff000b03ffffff000c03ffffff000d03ffffff"),
	OK},
    {"n67_count_5",
	SELECT("00000005000403000000000b03000000000c03000000000d0300000000"
	       "1203000000"),
	ATTEST_SELECTION},
    {"n67_count_16", SELECT("00000010000b03000000"), ATTEST_SELECTION},
    {"n67_count_17", SELECT("00000011000b03000000"), ATTEST_SELECTION},
    {"n67_count_max", SELECT("ffffffff000b03000000"), ATTEST_SELECTION},
    {"n67_select_0", SELECT("00000001000b00"), ATTEST_SELECTION},
    {"n67_select_2", SELECT("00000001000b02ffff"), ATTEST_SELECTION},
    {"n67_select_4", SELECT("00000001000b04ffffffff"), ATTEST_SELECTION},
    {"n67_select_255", SELECT("00000001000bff000000"), ATTEST_SELECTION},
    {"n67_bank_twice", SELECT("00000002000b03000001000b03000002"),
	ATTEST_SELECTION},
    {"bank_unknown", SELECT("00000001001203000000"), ATTEST_SELECTION},
    {"bank_null", SELECT("00000001001003000000"), ATTEST_SELECTION},
};

static void
run_attest(void **state)
{
	static const uint8_t zeros[64];
	static uint8_t selection[64];
	const struct attest_row *row = *state;
	struct quote q;

	attest = forge_attest_default();
	attest.magic = row->magic;
	attest.type = row->type;
	attest.safe = row->safe;
	attest.pcr_digest = bytes_view(zeros, row->digest);
	attest.signer = bytes_view(zeros, row->signer);
	attest.extra = bytes_view(zeros, row->extra);
	if (row->selection != NULL)
		attest.selection =
		    kit_hex(row->selection, selection, sizeof(selection));
	assert_status(quote_parse(encode(), &q), row->want);
}

static void
n67_trailing_and_every_cut(void **state)
{
	struct bytes in;
	struct quote q;

	(void)state;
	attest = forge_attest_default();
	in = encode();
	assert_status(quote_parse(in, &q), OK);
	for (size_t i = 0; i < in.n; i++)
		assert_status(
		    quote_parse(bytes_sub(in, 0, i), &q), ATTEST_TRUNCATED);
	buf[in.n] = 0;
	assert_status(
	    quote_parse(bytes_view(buf, in.n + 1), &q), ATTEST_TRAILING);
}

/* TPMT_SIGNATURE: its head, and what signature_parse says. */
static const struct {
	const char *hex;
	enum status want;
} signature_rows[] = {
    {"0018000b000101000102", OK},
    {"0014000b000101", OK},
    {"0016000c000101", OK},
    {"0005000b000101", SIGNATURE_ALGORITHM}, /* N66: HMAC */
    {"0010", SIGNATURE_TRUNCATED},           /* N66: NULL */
    {"00100000", SIGNATURE_ALGORITHM},
    {"001b000b000101000102", SIGNATURE_ALGORITHM}, /* N66: SM2 */
    {"001a000b000101000102", SIGNATURE_ALGORITHM}, /* N66: ECDAA */
    {"001c000b000101000102", SIGNATURE_ALGORITHM}, /* ECSchnorr */
    {"00180004000101000102", SIGNATURE_HASH},
    {"00180012000101000102", SIGNATURE_HASH},
    {"00180010000101000102", SIGNATURE_HASH},
    {"0018000d000101000102", OK},
    {"0018000b000101", SIGNATURE_TRUNCATED},
    {"0018000b000101000201", SIGNATURE_TRUNCATED},
    {"0018000b00010100010200", SIGNATURE_TRAILING},
    {"0014000b00010100", SIGNATURE_TRAILING},
    {"0018000bffff", SIGNATURE_TRUNCATED},
    {"", SIGNATURE_TRUNCATED},
};

static void
n66_signature_forms(void **state)
{
	struct tpm_signature sig;

	(void)state;
	for (size_t i = 0; i < COUNT(signature_rows); i++)
		assert_status(
		    signature_parse(kit_hex(signature_rows[i].hex, buf,
					sizeof(buf)),
			&sig),
		    signature_rows[i].want);
}

/* Sign an attest and change the signature before it is verified. */
static enum status
verify_changed(struct forge_ak *ak, void (*change)(struct tpm_signature *))
{
	static uint8_t wire[256];
	struct writer w = writer_of(wire, sizeof(wire));
	struct tpm_signature sig;
	struct tpm_public pub;
	struct bytes in;

	attest = forge_attest_default();
	in = encode();
	assert_true(forge_sign(ak, in, &w));
	assert_status(signature_parse(writer_view(&w), &sig), OK);
	assert_status(
	    public_parse(bytes_view(ak->wire, ak->wire_len), &pub), OK);
	if (change != NULL)
		change(&sig);
	return signature_verify(&pub, &sig, in);
}

static const uint8_t zero48[48];
static uint8_t part[64];

static void
r_zero(struct tpm_signature *sig)
{
	sig->r = bytes_view(zero48, sig->r.n);
}

static void
s_zero(struct tpm_signature *sig)
{
	sig->s = bytes_view(zero48, sig->s.n);
}

static void
s_empty(struct tpm_signature *sig)
{
	sig->s.n = 0;
}

/* The order of P-256 and P-384 (SEC 2). */
static void
s_is_n(struct tpm_signature *sig)
{
	sig->s = kit_hex(sig->s.n == 32
		? "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63"
		  "2551"
		: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f437"
		  "2ddf581a0db248b0a77aecec196accc52973",
	    part, sizeof(part));
}

static void
r_all_ones(struct tpm_signature *sig)
{
	memset(part, 0xff, sizeof(part));
	sig->r = bytes_view(part, sig->r.n);
}

static void
r_longer(struct tpm_signature *sig)
{
	part[0] = 0;
	memcpy(part + 1, sig->r.p, sig->r.n);
	sig->r = bytes_view(part, sig->r.n + 1);
}

static void
swapped(struct tpm_signature *sig)
{
	struct bytes r = sig->r;

	sig->r = sig->s;
	sig->s = r;
}

static void
hash_other(struct tpm_signature *sig)
{
	sig->hash = sig->hash == HASH_SHA256 ? HASH_SHA384 : HASH_SHA256;
}

static void
scheme_other(struct tpm_signature *sig)
{
	sig->scheme = SIG_RSASSA;
}

static void
n63_n64_signature(void **state)
{
	static const struct {
		void (*change)(struct tpm_signature *);
		enum status want;
	} cases[] = {
	    {NULL, OK},
	    {r_zero, SIGNATURE_RANGE},
	    {s_zero, SIGNATURE_RANGE},
	    {s_empty, SIGNATURE_RANGE},
	    {s_is_n, SIGNATURE_RANGE},
	    {r_all_ones, SIGNATURE_RANGE},
	    {r_longer, SIGNATURE_LENGTH},
	    {swapped, SIGNATURE_INVALID},
	    {hash_other, SIGNATURE_HASH},
	    {scheme_other, SIGNATURE_SCHEME},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_status(
		    verify_changed(&p256, cases[i].change), cases[i].want);
		assert_status(
		    verify_changed(&p384, cases[i].change), cases[i].want);
	}
}

/* N64: high s is accepted, n - s being as valid as s (FIPS 186-5). */
static void
s_negated(struct tpm_signature *sig)
{
	struct bytes s = sig->s;
	int borrow = 0;

	s_is_n(sig);
	for (size_t i = s.n; i > 0; i--) {
		int d = part[i - 1] - s.p[i - 1] - borrow;

		borrow = d < 0;
		part[i - 1] = (uint8_t)(d + (borrow ? 256 : 0));
	}
}

static void
n64_high_s(void **state)
{
	(void)state;
	assert_status(verify_changed(&p256, s_negated), OK);
	assert_status(verify_changed(&p384, s_negated), OK);
}

/* N65: an RSA block that is not as long as the modulus. */
static void
n65_rsa_length(void **state)
{
	static uint8_t modulus[513], block[513];
	struct public_key key;
	struct digest d;

	(void)state;
	memset(modulus, 0xff, sizeof(modulus));
	memset(&d, 0, sizeof(d));
	assert_status(key_from_rsa(bytes_view(modulus, 256), 65537, &key), OK);
	for (size_t n = 0; n <= 513; n++)
		assert_status(verify_digest(&key, SIG_RSASSA, HASH_SHA256,
				  bytes_view(d.b, 32), bytes_view(block, n)),
		    n == 256 ? SIGNATURE_INVALID : SIGNATURE_LENGTH);

	/* Exponents and sizes that are not taken. */
	assert_status(key_from_rsa(bytes_view(modulus, 256), 3, &key),
	    PUBLIC_UNSUPPORTED);
	assert_status(key_from_rsa(bytes_view(modulus, 256), 65536, &key),
	    PUBLIC_UNSUPPORTED);
	assert_status(key_from_rsa(bytes_view(modulus, 128), 65537, &key),
	    PUBLIC_UNSUPPORTED);
	assert_status(key_from_rsa(bytes_view(modulus, 255), 65537, &key),
	    PUBLIC_UNSUPPORTED);
	assert_status(key_from_rsa(bytes_view(modulus, 513), 65537, &key),
	    PUBLIC_UNSUPPORTED);
	modulus[0] = 0x7f;
	assert_status(key_from_rsa(bytes_view(modulus, 256), 65537, &key),
	    PUBLIC_UNSUPPORTED);
}

/* N69: qualified names by the formulas of Part 1, 16. */
static void
n69_names(void **state)
{
	struct tpm_public pub;
	struct tpm_name name, primary, child;
	struct bytes parts[2];
	struct digest d;

	(void)state;
	assert_status(
	    public_parse(bytes_view(p256.wire, p256.wire_len), &pub), OK);
	assert_status(name_of(&pub, &name), OK);
	assert_status(hash_one(HASH_SHA256, pub.wire, &d), OK);
	assert_int_equal(name.n, 34);
	assert_memory_equal(name.b, "\x00\x0b", 2);
	assert_memory_equal(name.b + 2, d.b, 32);

	parts[0] = BYTES_LIT("\x40\x00\x00\x0b");
	parts[1] = name_view(&name);
	assert_status(hash_parts(HASH_SHA256, parts, 2, &d), OK);
	assert_status(qualified_name_primary(TPM_HIERARCHY_ENDORSEMENT,
			  name_view(&name), &primary),
	    OK);
	assert_memory_equal(primary.b + 2, d.b, 32);
	parts[0] = name_view(&primary);
	assert_status(hash_parts(HASH_SHA256, parts, 2, &d), OK);
	assert_status(qualified_name_child(name_view(&primary),
			  name_view(&name), &child),
	    OK);
	assert_memory_equal(child.b + 2, d.b, 32);

	assert_true(name_ok(name_view(&name)));
	assert_false(name_ok(bytes_view(name.b, 33)));
	assert_false(name_ok(BYTES_LIT("\x00\x0b")));
	assert_false(name_ok(bytes_view(NULL, 0)));
	name.b[1] = 0x0c;
	assert_false(name_ok(name_view(&name)));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(n67_trailing_and_every_cut),
	    cmocka_unit_test(n66_signature_forms),
	    cmocka_unit_test(n63_n64_signature),
	    cmocka_unit_test(n64_high_s),
	    cmocka_unit_test(n65_rsa_length),
	    cmocka_unit_test(n69_names),
	};
	int rc;

	if (!forge_ak_new(&p256, KEY_P256) || !forge_ak_new(&p384, KEY_P384))
		return 1;
	rc = kit_run_rows("tpm", attest_rows, sizeof(attest_rows[0]),
	    COUNT(attest_rows), run_attest, tests, COUNT(tests));
	forge_ak_free(&p256);
	forge_ak_free(&p384);
	return rc;
}
