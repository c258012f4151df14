/* SPDX-License-Identifier: Apache-2.0 */
/* TPMT_PUBLIC, what makes an attestation key, PCR selections and values. */
#include "testkit.h"

#include <string.h>

#include "forge.h"

static struct forge_ak ak;

/* N61: a key that could speak for more than its TPM. */
static const struct key_row {
	const char *name;
	uint32_t set, clear; /* attributes */
	uint16_t name_alg, scheme, scheme_hash;
	enum status parse, check;
} rows[] = {
#define P256 HASH_SHA256, 0x0018, HASH_SHA256
    {"sound", 0, 0, P256, OK, OK},
    {"without_user_auth", 0, TPMA_USER_WITH_AUTH, P256, OK, OK},
    {"n61_not_restricted", 0, TPMA_RESTRICTED, P256, OK, AK_ATTRIBUTES},
    {"n61_not_fixed_tpm", 0, TPMA_FIXED_TPM, P256, OK, AK_ATTRIBUTES},
    {"n61_not_fixed_parent", 0, TPMA_FIXED_PARENT, P256, OK, AK_ATTRIBUTES},
    {"n61_not_born_here", 0, TPMA_SENSITIVE_DATA_ORIGIN, P256, OK,
	AK_ATTRIBUTES},
    {"n61_not_signing", 0, TPMA_SIGN, P256, OK, AK_ATTRIBUTES},
    {"n61_decrypting", TPMA_DECRYPT, 0, P256, OK, AK_ATTRIBUTES},
    {"n61_scheme_null", 0, 0, HASH_SHA256, 0x0010, 0, OK, AK_SCHEME},
    {"n61_scheme_ecdaa", 0, 0, HASH_SHA256, 0x001a, HASH_SHA256,
	PUBLIC_UNSUPPORTED, OK},
    {"n61_scheme_hash_sha1", 0, 0, HASH_SHA256, 0x0018, HASH_SHA1, OK,
	AK_SCHEME},
    {"n61_scheme_hash_sha512", 0, 0, HASH_SHA256, 0x0018, HASH_SHA512, OK,
	AK_SCHEME},
    {"n61_name_sha1", 0, 0, HASH_SHA1, 0x0018, HASH_SHA256, OK, AK_NAME_ALG},
    {"n61_name_sha512", 0, 0, HASH_SHA512, 0x0018, HASH_SHA256, OK,
	AK_NAME_ALG},
    {"n61_name_null", 0, 0, 0x0010, 0x0018, HASH_SHA256, PUBLIC_UNSUPPORTED,
	OK},
    {"n61_name_sm3", 0, 0, 0x0012, 0x0018, HASH_SHA256, PUBLIC_UNSUPPORTED,
	OK},
};

static void
run_key(void **state)
{
	const struct key_row *row = *state;
	struct tpm_public pub;

	forge_ak_sound(&ak);
	ak.attributes = (ak.attributes | row->set) & ~row->clear;
	ak.name_alg = row->name_alg;
	ak.scheme = row->scheme;
	ak.scheme_hash = row->scheme_hash;
	forge_ak_publish(&ak);
	assert_status(
	    public_parse(bytes_view(ak.wire, ak.wire_len), &pub), row->parse);
	if (row->parse == OK)
		assert_status(public_check_ak(&pub), row->check);
}

/* N52: TPM2B_PUBLIC has the size of what is in it, and nothing behind. */
static void
n52_public_sizes(void **state)
{
	uint8_t wire[300];
	struct tpm_public pub;
	size_t n;

	(void)state;
	forge_ak_sound(&ak);
	n = ak.wire_len;
	memcpy(wire + 2, ak.wire, n);
	wire[0] = 0;
	wire[1] = (uint8_t)n;
	assert_status(public_parse(bytes_view(wire, n + 2), &pub), OK);
	assert_true(bytes_eq(pub.wire, bytes_view(wire + 2, n)));
	wire[1]++;
	assert_int_not_equal(public_parse(bytes_view(wire, n + 2), &pub), OK);
	wire[n + 2] = 0;
	assert_status(
	    public_parse(bytes_view(wire, n + 3), &pub), PUBLIC_TRAILING);
	assert_status(
	    public_parse(bytes_view(wire + 2, n + 1), &pub), PUBLIC_TRAILING);
	for (size_t i = 0; i < n; i++)
		assert_int_not_equal(
		    public_parse(bytes_view(wire + 2, i), &pub), OK);
}

/* Points off the curve, and kinds of keys that do not sign for us. */
static void
test_public_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum status want;
	} cases[] = {
	    {1, 0x08, PUBLIC_MALFORMED},    /* keyed hash */
	    {1, 0x25, PUBLIC_MALFORMED},    /* symmetric */
	    {17, 0x05, PUBLIC_UNSUPPORTED}, /* P-521 */
	    {17, 0x20, PUBLIC_UNSUPPORTED}, /* SM2 P-256 */
	    {17, 0x04, PUBLIC_UNSUPPORTED}, /* P-384 with 32-byte parts */
	    {19, 0x20, PUBLIC_UNSUPPORTED}, /* a KDF */
	};
	uint8_t wire[256];
	struct tpm_public pub;

	(void)state;
	forge_ak_sound(&ak);
	for (size_t i = 0; i < COUNT(cases); i++) {
		memcpy(wire, ak.wire, ak.wire_len);
		wire[cases[i].at] = cases[i].value;
		assert_status(
		    public_parse(bytes_view(wire, ak.wire_len), &pub),
		    cases[i].want);
	}
	memcpy(wire, ak.wire, ak.wire_len);
	wire[ak.wire_len - 1] ^= 1;
	assert_status(public_parse(bytes_view(wire, ak.wire_len), &pub),
	    PUBLIC_UNSUPPORTED);
}

static void
test_selection_text(void **state)
{
	static const char *const good[] = {"sha256:0", "sha256:0,1,2,23",
	    "sha1:0+sha256:1+sha384:2+sha512:3"};
	static const char *const bad[] = {"", "sha256", "sha256:", "sha256:24",
	    "sha256:0,", "sha256:,0", "sha256:00", "sha256:01", "sha256:0,0",
	    "sha256:-1", "sha256:0-7", "sha256: 0", "sha256:0 ", "md5:0",
	    "SHA256:0", "sha256:0+", "+sha256:0", "sha256:0+sha256:0",
	    "sha256:4294967296", "sha256:0;1", "sha256:999999999999999999999",
	    "sha3_256:0"};
	struct pcr_selection sel;
	uint8_t buf[128];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct writer w = writer_of(buf, sizeof(buf));

		assert_status(
		    selection_from_text(bytes_str(good[i]), &sel), OK);
		selection_to_text(&sel, &w);
		assert_true(bytes_eq(writer_view(&w), bytes_str(good[i])));
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_status(selection_from_text(bytes_str(bad[i]), &sel),
		    TEXT_MALFORMED);
}

static void
test_selection_sets(void **state)
{
	struct pcr_selection a, b;

	(void)state;
	selection_from_text(BYTES_LIT("sha256:0,1+sha384:2"), &a);
	selection_from_text(BYTES_LIT("sha384:2+sha256:1,0"), &b);
	assert_true(selection_eq(&a, &b));
	selection_from_text(BYTES_LIT("sha256:0"), &b);
	assert_true(selection_covers(&a, &b));
	assert_false(selection_covers(&b, &a));
	assert_false(selection_eq(&a, &b));
	/* The same indices in another bank are other PCRs. */
	selection_from_text(BYTES_LIT("sha384:0"), &b);
	assert_false(selection_covers(&a, &b));
	/* A bank without PCRs is as good as none. */
	selection_from_text(BYTES_LIT("sha256:0,1+sha384:2"), &b);
	b.bank[b.count++] = (struct pcr_bank){HASH_SHA1, 0};
	assert_true(selection_eq(&a, &b));
}

/* N29, N43: values are found by bank and index, never by position. */
static void
n29_values(void **state)
{
	static struct pcr_values v;
	uint8_t one[32] = {1}, buf[512];
	struct writer w = writer_of(buf, sizeof(buf));
	struct pcr_selection sel;
	struct digest d, want;
	struct bytes parts[2];

	(void)state;
	memset(&v, 0, sizeof(v));
	assert_true(pcrs_set(&v, HASH_SHA256, 3, BYTES_OF(one)));
	assert_false(pcrs_set(&v, HASH_SHA256, 3, BYTES_OF(one)));
	assert_false(pcrs_set(&v, HASH_SHA256, 24, BYTES_OF(one)));
	assert_false(pcrs_set(&v, HASH_SHA384, 3, BYTES_OF(one)));
	assert_false(pcrs_set(&v, HASH_NONE, 3, BYTES_OF(one)));
	assert_false(pcrs_set(&v, HASH_SHA256, 4, bytes_view(one, 31)));
	assert_true(pcrs_set(&v, HASH_SHA1, 3, bytes_view(one, 20)));
	assert_int_equal(pcrs_get(&v, HASH_SHA256, 4).n, 0);
	assert_int_equal(pcrs_get(&v, HASH_SHA512, 3).n, 0);
	assert_int_equal(pcrs_get(&v, HASH_SHA256, 32).n, 0);

	/* The digest follows the order of the selection, not of the values. */
	selection_from_text(BYTES_LIT("sha256:3+sha1:3"), &sel);
	parts[0] = BYTES_OF(one);
	parts[1] = bytes_view(one, 20);
	assert_status(hash_parts(HASH_SHA256, parts, 2, &want), OK);
	assert_status(pcrs_digest(&v, &sel, HASH_SHA256, &d), OK);
	assert_true(bytes_eq(digest_view(&d), digest_view(&want)));
	selection_from_text(BYTES_LIT("sha1:3+sha256:3"), &sel);
	assert_status(pcrs_digest(&v, &sel, HASH_SHA256, &d), OK);
	assert_false(bytes_eq(digest_view(&d), digest_view(&want)));
	selection_from_text(BYTES_LIT("sha256:3,4"), &sel);
	assert_status(
	    pcrs_digest(&v, &sel, HASH_SHA256, &d), PCR_NOT_QUOTED);

	/* As carried in evidence, banks ascending. */
	pcrs_encode(&v, &w);
	memset(&v, 0, sizeof(v));
	assert_status(pcrs_decode(writer_view(&w), &v), OK);
	assert_int_equal(pcrs_get(&v, HASH_SHA1, 3).n, 20);
	assert_true(
	    bytes_eq(pcrs_get(&v, HASH_SHA256, 3), BYTES_OF(one)));
}

static void
test_values_refused(void **state)
{
	static const struct {
		const char *hex;
		enum status want;
	} cases[] = {
	    {"a0", CLAIM_VALUE},
	    {"a10ba0", CLAIM_VALUE},
	    {"a10ba10041ff", CLAIM_VALUE},
	    {"a104a1181854" "0000000000000000000000000000000000000000",
		CLAIM_VALUE},
	    {"a104a12054" "0000000000000000000000000000000000000000",
		CLAIM_VALUE},
	    {"a112a10054" "0000000000000000000000000000000000000000",
		CLAIM_VALUE},
	    {"a124a10054" "0000000000000000000000000000000000000000",
		CLAIM_VALUE},
	    {"a11a00010004a10054" "0000000000000000000000000000000000000000",
		CLAIM_VALUE},
	    {"a104a20054" "0000000000000000000000000000000000000000"
	     "0054" "0000000000000000000000000000000000000000",
		CBOR_KEY_ORDER},
	    {"a104a10054" "000000000000000000000000000000000000000000",
		CBOR_TRAILING},
	    {"8104", CBOR_TYPE},
	    {"a104a100", CBOR_TRUNCATED},
	};
	static struct pcr_values v;
	uint8_t buf[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_status(pcrs_decode(kit_hex(cases[i].hex, buf,
					      sizeof(buf)),
				  &v),
		    cases[i].want);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(n52_public_sizes),
	    cmocka_unit_test(test_public_refused),
	    cmocka_unit_test(test_selection_text),
	    cmocka_unit_test(test_selection_sets),
	    cmocka_unit_test(n29_values),
	    cmocka_unit_test(test_values_refused),
	};
	int rc;

	if (!forge_ak_new(&ak, KEY_P256))
		return 1;
	rc = kit_run_rows("tpm keys", rows, sizeof(rows[0]), COUNT(rows),
	    run_key, tests, COUNT(tests));
	forge_ak_free(&ak);
	return rc;
}
