/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through PSA: what it asks for here is the same in mbedTLS 2.28 and 3.6.
 */
#include "credential.h"

#include <string.h>

#include <psa/crypto.h>

static psa_algorithm_t
psa_hash(enum hash alg)
{
	return alg == HASH_SHA384 ? PSA_ALG_SHA_384
	    : alg == HASH_SHA256 ? PSA_ALG_SHA_256
				 : PSA_ALG_NONE;
}

/* A 32-bit number as the derivations have it. */
static struct bytes
number(uint32_t v, uint8_t out[4])
{
	struct writer w = writer_of(out, 4);

	write_be32(&w, v);
	return writer_view(&w);
}

/* The first bytes of D that still fit into the N at OUT. */
static size_t
take(const struct digest *d, uint8_t *out, size_t n)
{
	size_t k = n < d->n ? n : d->n;

	memcpy(out, d->b, k);
	return k;
}

enum status
credential_kdfa(enum hash alg, struct bytes key, const char *label,
    struct bytes u, struct bytes v, unsigned bits, uint8_t *out)
{
	uint8_t counter[4], length[4];
	struct bytes parts[] = {{counter, 4},
	    bytes_view(label, strlen(label) + 1), u, v, number(bits, length)};

	for (size_t at = 0, i = 1; at < bits / 8; i++) {
		struct digest d;
		enum status st;

		number((uint32_t)i, counter);
		if ((st = hmac_parts(alg, key, parts, 5, &d)) != OK)
			return st;
		at += take(&d, out + at, bits / 8 - at);
	}
	return OK;
}

enum status
credential_kdfe(enum hash alg, struct bytes z, const char *label,
    struct bytes u, struct bytes v, unsigned bits, uint8_t *out)
{
	uint8_t counter[4];
	struct bytes parts[] = {{counter, 4}, z,
	    bytes_view(label, strlen(label) + 1), u, v};

	for (size_t at = 0, i = 1; at < bits / 8; i++) {
		struct digest d;
		enum status st;

		number((uint32_t)i, counter);
		if ((st = hash_parts(alg, parts, 5, &d)) != OK)
			return st;
		at += take(&d, out + at, bits / 8 - at);
	}
	return OK;
}

/* TPM identifiers (TCG Algorithm Registry). */
enum { ALG_AES = 0x0006, ALG_CFB = 0x0043 };

/*
 * Bits of the symmetric cipher in the EK's parameters, which come first of
 * them (Part 2, 12.2.3.5, 12.2.3.6); 0 when it is not ours.
 */
static unsigned
cipher_bits(const struct tpm_public *ek)
{
	struct reader r = reader_of(ek->wire);
	uint16_t alg, bits, mode;

	read_be16(&r); /* type */
	read_be16(&r); /* nameAlg */
	read_be32(&r); /* objectAttributes */
	read_tpm2b(&r); /* authPolicy */
	alg = read_be16(&r);
	bits = read_be16(&r);
	mode = read_be16(&r);
	if (r.failed || alg != ALG_AES || mode != ALG_CFB ||
	    (bits != 128 && bits != 256))
		return 0;
	return bits;
}

/* RSA-OAEP of a random seed, with the name hash (Part 1, B.10.4, B.4). */
static enum status
seed_rsa(const struct tpm_public *ek, uint8_t *seed, size_t n,
    struct credential *out)
{
	static const char label[] = "IDENTITY"; /* with its NUL */
	psa_algorithm_t alg = PSA_ALG_RSA_OAEP(psa_hash(ek->name_alg));
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;
	struct writer w = writer_of(out->seed, sizeof(out->seed));
	uint8_t block[RSA_BYTES_MAX];
	psa_key_id_t id = 0;
	psa_status_t rc;
	size_t len = 0;
	enum status st;

	if ((st = random_bytes(seed, n)) != OK)
		return st;
	psa_set_key_type(&at, PSA_KEY_TYPE_RSA_PUBLIC_KEY);
	psa_set_key_usage_flags(&at, PSA_KEY_USAGE_ENCRYPT);
	psa_set_key_algorithm(&at, alg);
	rc = psa_import_key(&at, ek->key.der, ek->key.der_len, &id);
	if (rc == PSA_SUCCESS)
		rc = psa_asymmetric_encrypt(id, alg, seed, n,
		    (const uint8_t *)label, sizeof(label), block,
		    sizeof(block), &len);
	psa_destroy_key(id);
	if (rc != PSA_SUCCESS)
		return CRYPTO_FAILED;
	write_be16(&w, (uint16_t)len);
	write_bytes(&w, bytes_view(block, len));
	out->seed_len = w.n;
	return w.failed ? INTERNAL : OK;
}

/* A key of our own on the EK's curve, its point, and what both share. */
static psa_status_t
agree(const struct public_key *key, uint8_t *point, uint8_t *shared,
    size_t field)
{
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id = 0;
	psa_status_t rc;
	size_t n = 0;

	psa_set_key_type(
	    &at, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&at, key->bits);
	psa_set_key_usage_flags(&at, PSA_KEY_USAGE_DERIVE);
	psa_set_key_algorithm(&at, PSA_ALG_ECDH);
	rc = psa_generate_key(&at, &id);
	if (rc == PSA_SUCCESS)
		rc = psa_export_public_key(id, point, 1 + 2 * field, &n);
	if (rc == PSA_SUCCESS && n == 1 + 2 * field)
		rc = psa_raw_key_agreement(PSA_ALG_ECDH, id, key->der,
		    key->der_len, shared, field, &n);
	if (rc == PSA_SUCCESS && n != field)
		rc = PSA_ERROR_GENERIC_ERROR;
	psa_destroy_key(id);
	return rc;
}

/* One-pass Diffie-Hellman (Part 1, C.6.4); the secret is our point. */
static enum status
seed_ecc(const struct tpm_public *ek, uint8_t *seed, size_t n,
    struct credential *out)
{
	enum { FIELD_MAX = 48 };
	size_t field = ek->key.bits / 8;
	uint8_t point[1 + 2 * FIELD_MAX], shared[FIELD_MAX];
	struct writer w = writer_of(out->seed, sizeof(out->seed));
	enum status st;

	if (agree(&ek->key, point, shared, field) != PSA_SUCCESS)
		return CRYPTO_FAILED;
	st = credential_kdfe(ek->name_alg, bytes_view(shared, field),
	    "IDENTITY", bytes_view(point + 1, field),
	    bytes_view(ek->key.der + 1, field), (unsigned)(8 * n), seed);
	explicit_bzero(shared, sizeof(shared));

	/* TPM2B_ENCRYPTED_SECRET of TPMS_ECC_POINT */
	write_be16(&w, (uint16_t)(2 * (2 + field)));
	write_be16(&w, (uint16_t)field);
	write_bytes(&w, bytes_view(point + 1, field));
	write_be16(&w, (uint16_t)field);
	write_bytes(&w, bytes_view(point + 1 + field, field));
	out->seed_len = w.n;
	return w.failed ? INTERNAL : st;
}

/* AES-CFB with an IV of zeros, in place. */
static enum status
encrypt(struct bytes key, uint8_t *data, size_t n)
{
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;
	psa_cipher_operation_t op = PSA_CIPHER_OPERATION_INIT;
	static const uint8_t iv[16];
	uint8_t out[2 + CREDENTIAL_SECRET + 16];
	psa_key_id_t id = 0;
	size_t done = 0, last = 0;
	psa_status_t rc;

	psa_set_key_type(&at, PSA_KEY_TYPE_AES);
	psa_set_key_usage_flags(&at, PSA_KEY_USAGE_ENCRYPT);
	psa_set_key_algorithm(&at, PSA_ALG_CFB);
	rc = psa_import_key(&at, key.p, key.n, &id);
	if (rc == PSA_SUCCESS)
		rc = psa_cipher_encrypt_setup(&op, id, PSA_ALG_CFB);
	if (rc == PSA_SUCCESS)
		rc = psa_cipher_set_iv(&op, iv, sizeof(iv));
	if (rc == PSA_SUCCESS)
		rc = psa_cipher_update(&op, data, n, out, sizeof(out), &done);
	if (rc == PSA_SUCCESS)
		rc = psa_cipher_finish(
		    &op, out + done, sizeof(out) - done, &last);
	psa_cipher_abort(&op);
	psa_destroy_key(id);
	if (rc != PSA_SUCCESS || done + last != n)
		return CRYPTO_FAILED;
	memcpy(data, out, n);
	return OK;
}

/* TPMS_ID_OBJECT under keys of SEED (Part 1, 24.4 and 24.5). */
static enum status
wrap(const struct tpm_public *ek, unsigned cipher, struct bytes seed,
    struct bytes ak_name, const uint8_t secret[CREDENTIAL_SECRET],
    struct credential *out)
{
	const struct bytes none = {NULL, 0};
	size_t n = hash_size(ek->name_alg);
	uint8_t key[32], mac_key[HASH_MAX], id[2 + CREDENTIAL_SECRET];
	struct writer wi = writer_of(id, sizeof(id));
	struct writer w = writer_of(out->blob, sizeof(out->blob));
	struct bytes parts[2] = {{id, sizeof(id)}, ak_name};
	struct digest mac;
	enum status st;

	write_be16(&wi, CREDENTIAL_SECRET);
	write_bytes(&wi, bytes_view(secret, CREDENTIAL_SECRET));
	st = credential_kdfa(
	    ek->name_alg, seed, "STORAGE", ak_name, none, cipher, key);
	if (st == OK)
		st = encrypt(bytes_view(key, cipher / 8), id, sizeof(id));
	if (st == OK)
		st = credential_kdfa(ek->name_alg, seed, "INTEGRITY", none,
		    none, (unsigned)(8 * n), mac_key);
	if (st == OK)
		st = hmac_parts(
		    ek->name_alg, bytes_view(mac_key, n), parts, 2, &mac);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(mac_key, sizeof(mac_key));
	if (st != OK)
		return st;
	write_be16(&w, (uint16_t)(2 + mac.n + sizeof(id)));
	write_be16(&w, (uint16_t)mac.n);
	write_bytes(&w, digest_view(&mac));
	write_bytes(&w, BYTES_OF(id));
	out->blob_len = w.n;
	return w.failed ? INTERNAL : OK;
}

enum status
credential_make(const struct tpm_public *ek, struct bytes ak_name,
    const uint8_t secret[CREDENTIAL_SECRET], struct credential *out)
{
	unsigned cipher = cipher_bits(ek);
	size_t n = hash_size(ek->name_alg);
	uint8_t seed[HASH_MAX];
	enum status st;

	memset(out, 0, sizeof(*out));
	if (psa_hash(ek->name_alg) == PSA_ALG_NONE || cipher == 0)
		return PUBLIC_UNSUPPORTED;
	st = ek->key.type == KEY_RSA ? seed_rsa(ek, seed, n, out)
				     : seed_ecc(ek, seed, n, out);
	if (st == OK)
		st = wrap(ek, cipher, bytes_view(seed, n), ak_name, secret,
		    out);
	explicit_bzero(seed, sizeof(seed));
	return st;
}
