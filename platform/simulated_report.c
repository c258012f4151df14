/* SPDX-License-Identifier: Apache-2.0 */
#include "simulated.h"

#include "beneath.h"
#include "hash.h"

#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>

/* DSP0274 1.1.2: 10.11.1 GET_MEASUREMENTS, 10.11.2 MEASUREMENTS. */
enum {
	SPDM_VERSION_11 = 0x11,
	SPDM_GET_MEASUREMENTS = 0xe0,
	SPDM_MEASUREMENTS = 0x60,
	SPDM_SIGNATURE_REQUESTED = 0x01,
	SPDM_ALL_MEASUREMENTS = 0xff,
	SPDM_SLOT = 0,
	SPDM_DMTF = 0x01, /* measurement specification */
	VALUE_LEN = 48,   /* SHA-384 */
	BLOCK_LEN = 4 + 3 + VALUE_LEN,
	SIGNATURE_LEN = 96,
	SERIAL_LEN = 8,
};

/* Opaque data: type, length, value. */
enum { OPAQUE_SERIAL = 1, OPAQUE_SKU = 2 };
#define SKU "SIMULATED-A1"

/* What is measured; the values are digests of these words. */
static const struct {
	uint8_t index;
	uint8_t
	    type; /* DSP0274 1.1.2, table 44, DMTFSpecMeasurementValueType */
	const char *of;
} blocks[] = {
    {1, 0, "SIMULATED immutable ROM 1"},
    {2, 1, "SIMULATED mutable firmware 1"},
    {3, 2, "SIMULATED hardware configuration 1"},
    {4, 3, "SIMULATED firmware configuration 1"},
};

enum { BLOCKS = sizeof(blocks) / sizeof(blocks[0]) };

/* The private key of device INDEX; destroyed by the caller. */
static enum status
load_key(int dir, unsigned index, psa_key_id_t *key)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	char text[2 * SIMULATED_SCALAR_LEN + 1], name[SIMULATED_NAME_MAX];
	uint8_t scalar[SIMULATED_SCALAR_LEN];
	enum status st;
	size_t n = 0;

	snprintf(name, sizeof(name), SIMULATED_KEY_FILE, index);
	st = beneath_read(dir, name, true, text, sizeof(text), &n);
	if (st != OK)
		goto out;

	/* 96 digits and a newline. */
	st = TEXT_MALFORMED;
	if (n != sizeof(text) || text[n - 1] != '\n' ||
	    bytes_from_hex(text, n - 1, scalar, sizeof(scalar)) < 0)
		goto out;

	psa_set_key_type(
	    &attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 384);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_384));
	st = CRYPTO_FAILED;
	if (psa_import_key(&attributes, scalar, sizeof(scalar), key) !=
	    PSA_SUCCESS)
		goto out;
	st = OK;
out:
	explicit_bzero(text, sizeof(text));
	explicit_bzero(scalar, sizeof(scalar));
	return st;
}

/* The serial number: the first bytes of SHA-384 over the public point. */
static enum status
serial_of(psa_key_id_t key, uint8_t serial[SERIAL_LEN])
{
	uint8_t point[1 + 2 * SIMULATED_SCALAR_LEN];
	struct digest d;
	enum status st;
	size_t n;

	if (psa_export_public_key(key, point, sizeof(point), &n) != PSA_SUCCESS)
		return CRYPTO_FAILED;
	if ((st = hash_one(HASH_SHA384, bytes_view(point, n), &d)) != OK)
		return st;
	memcpy(serial, d.b, SERIAL_LEN);
	return OK;
}

/* The request as sent, and the response up to its first block. */
static void
put_head(struct writer *w, const uint8_t nonce[NONCE_LEN])
{
	/* GET_MEASUREMENTS with a nonce and a slot, 37 bytes. */
	write_u8(w, SPDM_VERSION_11);
	write_u8(w, SPDM_GET_MEASUREMENTS);
	write_u8(w, SPDM_SIGNATURE_REQUESTED);
	write_u8(w, SPDM_ALL_MEASUREMENTS);
	write_bytes(w, bytes_view(nonce, NONCE_LEN));
	write_u8(w, SPDM_SLOT);

	/* MEASUREMENTS: the record has a 24-bit little-endian length. */
	write_u8(w, SPDM_VERSION_11);
	write_u8(w, SPDM_MEASUREMENTS);
	write_u8(w, 0);
	write_u8(w, SPDM_SLOT);
	write_u8(w, BLOCKS);
	write_le(w, BLOCKS * BLOCK_LEN, 2);
	write_u8(w, 0);
}

static enum status
put_blocks(struct writer *w)
{
	struct digest d;
	enum status st;

	for (size_t i = 0; i < BLOCKS; i++) {
		st = hash_one(HASH_SHA384, bytes_str(blocks[i].of), &d);
		if (st != OK)
			return st;
		write_u8(w, blocks[i].index);
		write_u8(w, SPDM_DMTF);
		write_le(w, 3 + VALUE_LEN, 2);
		write_u8(w, blocks[i].type);
		write_le(w, VALUE_LEN, 2);
		write_bytes(w, digest_view(&d));
	}
	return OK;
}

/* The responder's nonce and the opaque data. */
static enum status
put_tail(struct writer *w, const uint8_t serial[SERIAL_LEN])
{
	uint8_t fresh[NONCE_LEN];
	enum status st;

	if ((st = random_bytes(fresh, sizeof(fresh))) != OK)
		return st;
	write_bytes(w, BYTES_OF(fresh));
	write_le(w, 4 + SERIAL_LEN + 4 + sizeof(SKU) - 1, 2);
	write_le(w, OPAQUE_SERIAL, 2);
	write_le(w, SERIAL_LEN, 2);
	write_bytes(w, bytes_view(serial, SERIAL_LEN));
	write_le(w, OPAQUE_SKU, 2);
	write_le(w, sizeof(SKU) - 1, 2);
	write_str(w, SKU);
	return OK;
}

/* ECDSA P-384 with SHA-384 over everything written so far, r then s. */
static enum status
put_signature(struct writer *w, psa_key_id_t key)
{
	uint8_t sig[SIGNATURE_LEN];
	struct digest d;
	enum status st;
	size_t n;

	if ((st = hash_one(HASH_SHA384, writer_view(w), &d)) != OK)
		return st;
	if (psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), d.b, d.n, sig,
	        sizeof(sig), &n) != PSA_SUCCESS ||
	    n != sizeof(sig))
		return CRYPTO_FAILED;
	write_bytes(w, BYTES_OF(sig));
	return OK;
}

enum status
simulated_report(
    int dir, unsigned index, const uint8_t nonce[NONCE_LEN], struct writer *w)
{
	psa_key_id_t key = PSA_KEY_ID_NULL;
	uint8_t serial[SERIAL_LEN];
	enum status st;

	/* The only moment in which this program holds the device's key. */
	if ((st = load_key(dir, index, &key)) != OK)
		goto out;
	if ((st = serial_of(key, serial)) != OK)
		goto out;
	put_head(w, nonce);
	if ((st = put_blocks(w)) != OK)
		goto out;
	if ((st = put_tail(w, serial)) != OK)
		goto out;
	if ((st = put_signature(w, key)) != OK)
		goto out;
	st = w->failed ? INTERNAL : OK;
out:
	psa_destroy_key(key); /* the null key is fine */
	return st;
}
