/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrapping a secret for a TPM: key derivations against values computed by
 * another program, sizes, refusals.  That a TPM can open it is shown by
 * tests/e2e/ek.sh.
 */
#include "testkit.h"

#include <stdio.h>
#include <string.h>

#include "credential.h"
#include "forge.h"

static uint8_t key[32];

/* By Python's hmac and hashlib, from the formulas of Part 1, 11.4.10. */
static const struct kdf_row {
	const char *name;
	bool is_e;
	enum hash alg;
	const char *label, *u, *v; /* as text */
	unsigned bits;
	const char *want;
} kdf_rows[] = {
    {"KDFa, SHA-256, 128 bits", false, HASH_SHA256, "STORAGE", "name", "",
	128,
	"97f1ccec355e7643a61c69d29ad6404d"},
    {"KDFa, SHA-256, 256 bits", false, HASH_SHA256, "INTEGRITY", "", "", 256,
	"bacf689f634ece301e1f1b15b072d9c87db6a69585db42b1a0cb8f73ebe2"
	"692e"},
    {"KDFa, SHA-384, 384 bits", false, HASH_SHA384, "INTEGRITY", "", "", 384,
	"ce5c1941c2411f7c12d0ad0dea97f8d18968b11c9fa9b006da60acc8fa70"
	"15ccffedc78fb26af4019b59583ab55d4698"},
    {"KDFa, more than one block", false, HASH_SHA256, "LONG", "u", "v", 1000,
	"aca6c5479afd42d89e062b138d962036821089511ae1702d8242d009a9ae"
	"46ee97735321e689b3bedf1183a0a97f6f4548c82f1f1b3bd54fda38f982"
	"803c55c81c4643787be12d460e3959a0615fbbbd310065160e7db591ad21"
	"41f618514806f4ede75c6aa56ca0aae7b072295440c428146be83a2ac8fc"
	"996ae19254"},
    {"KDFe, SHA-256, 256 bits", true, HASH_SHA256, "IDENTITY",
	"\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1",
	"\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2", 256,
	"46c1a8b985095523623fbee1f5d4b3df184a6991e5706b9bbee430d76b9b"
	"5909"},
};

static void
test_kdf(void **state)
{
	const struct kdf_row *row = *state;
	uint8_t got[128], want[128];
	struct bytes w = kit_hex(row->want, want, sizeof(want));
	enum status st = row->is_e
	    ? credential_kdfe(row->alg, BYTES_OF(key), row->label,
		  bytes_str(row->u), bytes_str(row->v), row->bits, got)
	    : credential_kdfa(row->alg, BYTES_OF(key), row->label,
		  bytes_str(row->u), bytes_str(row->v), row->bits, got);

	assert_status(st, OK);
	assert_int_equal(w.n, row->bits / 8);
	assert_memory_equal(got, w.p, w.n);
}

static const struct make_row {
	const char *name;
	enum key_type type;
	uint16_t name_alg, cipher, bits, mode;
	enum status want;
} make_rows[] = {
    {"P-256, AES-128", KEY_P256, HASH_SHA256, 6, 128, 0x43, OK},
    {"P-384, AES-256", KEY_P384, HASH_SHA384, 6, 256, 0x43, OK},
    {"name hash SHA-1", KEY_P256, HASH_SHA1, 6, 128, 0x43,
	PUBLIC_UNSUPPORTED},
    {"name hash SHA-512", KEY_P256, HASH_SHA512, 6, 256, 0x43,
	PUBLIC_UNSUPPORTED},
    {"no cipher", KEY_P256, HASH_SHA256, 0x10, 0, 0, PUBLIC_UNSUPPORTED},
    {"another cipher", KEY_P256, HASH_SHA256, 0x26, 128, 0x43,
	PUBLIC_UNSUPPORTED},
    {"another mode", KEY_P256, HASH_SHA256, 6, 128, 0x42, PUBLIC_UNSUPPORTED},
    {"AES-192", KEY_P256, HASH_SHA256, 6, 192, 0x43, PUBLIC_UNSUPPORTED},
};

static void
test_make(void **state)
{
	const struct make_row *row = *state;
	uint8_t wire[256], secret[CREDENTIAL_SECRET] = {7};
	struct credential one, two;
	struct tpm_public ek;
	struct forge_ak ak;
	struct bytes name;

	assert_true(forge_ak_new(&ak, row->type));
	name = name_view(&ak.name);
	assert_status(public_parse(forge_ek_public(&ak, row->name_alg, row->cipher,
				       row->bits, row->mode, wire,
				       sizeof(wire)),
			  &ek),
	    OK);
	assert_status(credential_make(&ek, name, secret, &one), row->want);
	forge_ak_free(&ak);
	if (row->want != OK)
		return;

	/* What a TPM expects: TPM2B around HMAC and 34 bytes, and a point. */
	assert_int_equal(one.blob_len,
	    2 + 2 + hash_size(row->name_alg) + 2 + CREDENTIAL_SECRET);
	assert_int_equal(one.blob[1], one.blob_len - 2);
	assert_int_equal(one.seed_len, 2 + 2 * (2 + ek.key.bits / 8));

	/* N41: nothing is the same in two runs. */
	assert_status(credential_make(&ek, name, secret, &two), OK);
	assert_memory_not_equal(one.seed, two.seed, one.seed_len);
	assert_memory_not_equal(one.blob, two.blob, one.blob_len);
}

int
main(void)
{
	int bad;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	if (crypto_init() != OK)
		return 1;
	bad = kit_run_rows("key derivation", kdf_rows, sizeof(kdf_rows[0]),
	    COUNT(kdf_rows), test_kdf, NULL, 0);
	return bad +
	    kit_run_rows("credential", make_rows, sizeof(make_rows[0]),
		COUNT(make_rows), test_make, NULL, 0);
}
