/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C2SP Wycheproof: a valid signature verifies, an invalid one does not.
 *
 * "acceptable" leaves the answer open; the suites used here have one kind,
 * PKCS#1 v1.5 with the NULL of the DigestInfo left out (MissingNull), and it
 * is pinned as refused.  RSASSA-PSS is verified with any salt length
 * (crypto.h), so the cases that are invalid for the length of an otherwise
 * sound salt alone are pinned as accepted.  Keys with the exponent 3 are
 * refused as such, with their valid signatures.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "crypto.h"
#include "quote_files.h"
#include "signed.h"

enum { SIG_MAX = 8192, MSG_MAX = 1024 };

#define SALT_LENGTH "s_len changed to "

static const struct suite {
	const char *name; /* of the file */
	enum sig_scheme scheme;
	enum hash hash;
	bool der;
	size_t least; /* as many cases as this were there when it was chosen */
} suites[] = {
    {"ecdsa_secp256r1_sha256_p1363_test", SIG_ECDSA, HASH_SHA256, false, 262},
    {"ecdsa_secp384r1_sha384_p1363_test", SIG_ECDSA, HASH_SHA384, false, 280},
    {"ecdsa_secp256r1_sha256_test", SIG_ECDSA, HASH_SHA256, true, 484},
    {"rsa_signature_2048_sha256_test", SIG_RSASSA, HASH_SHA256, false, 259},
    {"rsa_signature_3072_sha256_test", SIG_RSASSA, HASH_SHA256, false, 259},
    {"rsa_pss_2048_sha256_mgf1_32_test", SIG_RSAPSS, HASH_SHA256, false, 108},
};

static const char *
text_of(const json_t *at, const char *key)
{
	const char *s = json_string_value(json_object_get(at, key));

	assert_non_null(s);
	return s;
}

/* What our code is to say; see the head of this file. */
static bool
expected(const json_t *test)
{
	if (strcmp(text_of(test, "result"), "valid") == 0)
		return true;
	return strncmp(text_of(test, "comment"), SALT_LENGTH,
		   sizeof(SALT_LENGTH) - 1) == 0;
}

/* What certificates and devices are verified with; kept for all cases. */
static struct curves *curves;

/*
 * A raw block through verify_digest, DER through the file reader and as in a
 * certificate; with curves that are kept the answer is the same.
 */
static bool
verifies(const struct suite *suite, const struct public_key *key,
    struct bytes msg, struct bytes sig)
{
	struct tpm_public pub = {.key = *key};
	const struct signed_der cert = {.content = msg,
	    .scheme = suite->scheme, .hash = suite->hash, .signature = sig};
	struct tpm_signature parsed;
	struct digest d;
	enum status st;
	bool good;

	if (suite->der) {
		good = signature_file_parse(
			   sig, &pub, suite->hash, &parsed) == OK &&
		    signature_verify(&pub, &parsed, msg) == OK;
		assert_int_equal(
		    signed_verify(&cert, key, curves) == OK, good);
		return good;
	}
	assert_status(hash_one(suite->hash, msg, &d), OK);
	st = verify_digest(
	    key, suite->scheme, suite->hash, digest_view(&d), sig);
	assert_status(curves_verify(curves, key, suite->scheme, suite->hash,
			  digest_view(&d), sig),
	    st);
	return st == OK;
}

static size_t
run_group(const struct suite *suite, const json_t *group)
{
	static uint8_t der[SIG_MAX], msg[MSG_MAX], sig[SIG_MAX];
	struct public_key key, same;
	json_t *test, *exponent = json_object_get(
			  json_object_get(group, "publicKey"),
			  "publicExponent");
	enum status st;
	size_t i;

	st = key_from_spki(
	    kit_hex(text_of(group, "publicKeyDer"), der, sizeof(der)), &key);
	if (exponent != NULL &&
	    strcmp(json_string_value(exponent), "03") == 0) {
		assert_status(st, PUBLIC_UNSUPPORTED);
		return json_array_size(json_object_get(group, "tests"));
	}

	/* The key in DER and in PEM is one key. */
	assert_status(st, OK);
	assert_status(
	    key_from_pem(bytes_str(text_of(group, "publicKeyPem")), &same),
	    OK);
	assert_int_equal(key.type, same.type);
	assert_int_equal(key.der_len, same.der_len);
	assert_memory_equal(key.der, same.der, key.der_len);

	json_array_foreach(json_object_get(group, "tests"), i, test) {
		bool got = verifies(suite, &key,
		    kit_hex(text_of(test, "msg"), msg, sizeof(msg)),
		    kit_hex(text_of(test, "sig"), sig, sizeof(sig)));

		if (got != expected(test))
			print_error("case %lld, %s: %s\n",
			    (long long)json_integer_value(
				json_object_get(test, "tcId")),
			    text_of(test, "result"), text_of(test, "comment"));
		assert_int_equal(got, expected(test));
	}
	return i;
}

static void
run_suite(void **state)
{
	const struct suite *suite = *state;
	char path[128];
	struct bytes text;
	json_t *all, *group;
	size_t i, cases = 0;

	snprintf(path, sizeof(path), "vectors/wycheproof/%s.json",
	    suite->name);
	text = kit_sample(path);
	if (text.p == NULL)
		skip();
	all = json_loadb((const char *)text.p, text.n, 0, NULL);
	assert_non_null(all);
	json_array_foreach(json_object_get(all, "testGroups"), i, group)
		cases += run_group(suite, group);
	assert_true(cases >= suite->least);
	json_decref(all);
	free((void *)(uintptr_t)text.p);
}

int
main(void)
{
	int rc;

	if (!kit_have_samples())
		return 77;
	if (crypto_init() != OK || (curves = curves_new()) == NULL)
		return 1;
	rc = kit_run_rows("wycheproof", suites, sizeof(suites[0]),
	    COUNT(suites), run_suite, NULL, 0);
	curves_free(curves);
	return rc;
}
