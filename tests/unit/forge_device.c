/* SPDX-License-Identifier: Apache-2.0 */
/* An accelerator of a made-up vendor: certificates and signed reports. */
#include "forge.h"

#include <stdio.h>
#include <string.h>

#include <mbedtls/asn1write.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "crypto.h"

static int
fill_random(void *ctx, unsigned char *out, size_t n)
{
	(void)ctx;
	return random_bytes(out, n) == OK ? 0 : -1;
}

static bool
new_key(mbedtls_pk_context *key)
{
	const mbedtls_pk_info_t *info =
	    mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY);

	return mbedtls_pk_setup(key, info) == 0 &&
	    mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP384R1, mbedtls_pk_ec(*key),
		fill_random, NULL) == 0;
}

#ifndef MBEDTLS_PRIVATE
#define MBEDTLS_PRIVATE(member) member
#endif

/* A serial number of any bytes, which no text of a subject could have. */
static bool
put_serial(mbedtls_x509write_cert *w, struct bytes serial)
{
	return serial.n == 0 ||
	    mbedtls_asn1_store_named_data(&w->MBEDTLS_PRIVATE(subject),
		MBEDTLS_OID_AT_SERIAL_NUMBER,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_SERIAL_NUMBER), serial.p,
		serial.n) != NULL;
}

/* Issue a certificate for KEY under the root; N is the length, 0 on failure. */
static size_t
issue(const char *subject, struct bytes odd, mbedtls_pk_context *key,
    const char *root_name, mbedtls_pk_context *root,
    uint8_t out[FORGE_CERT_MAX])
{
	mbedtls_x509write_cert w;
	mbedtls_mpi serial;
	bool ca = key == root;
	int n = -1;

	mbedtls_x509write_crt_init(&w);
	mbedtls_mpi_init(&serial);
	mbedtls_x509write_crt_set_version(&w, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(&w, MBEDTLS_MD_SHA384);
	mbedtls_x509write_crt_set_subject_key(&w, key);
	mbedtls_x509write_crt_set_issuer_key(&w, root);
	if (mbedtls_mpi_lset(&serial, ca ? 1 : 2) == 0 &&
	    mbedtls_x509write_crt_set_serial(&w, &serial) == 0 &&
	    mbedtls_x509write_crt_set_subject_name(&w, subject) == 0 &&
	    put_serial(&w, odd) &&
	    mbedtls_x509write_crt_set_issuer_name(&w, root_name) == 0 &&
	    mbedtls_x509write_crt_set_validity(
		&w, "20260101000000", "20360101000000") == 0 &&
	    mbedtls_x509write_crt_set_basic_constraints(&w, ca, -1) == 0 &&
	    mbedtls_x509write_crt_set_key_usage(&w,
		ca ? MBEDTLS_X509_KU_KEY_CERT_SIGN
		   : MBEDTLS_X509_KU_DIGITAL_SIGNATURE) == 0)
		n = mbedtls_x509write_crt_der(
		    &w, out, FORGE_CERT_MAX, fill_random, NULL);
	mbedtls_mpi_free(&serial);
	mbedtls_x509write_crt_free(&w);
	if (n <= 0)
		return 0;
	/* mbedTLS writes to the end of the buffer. */
	memmove(out, out + FORGE_CERT_MAX - n, (size_t)n);
	return (size_t)n;
}

/* Give the private scalar to the PSA API, which signs reports. */
static bool
import_key(mbedtls_pk_context *key, psa_key_id_t *id)
{
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;
	uint8_t scalar[48];

	psa_set_key_type(
	    &at, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&at, 384);
	psa_set_key_usage_flags(&at, PSA_KEY_USAGE_SIGN_HASH);
	psa_set_key_algorithm(&at, PSA_ALG_ECDSA(PSA_ALG_SHA_384));
	return mbedtls_ecp_write_key(
		   mbedtls_pk_ec(*key), scalar, sizeof(scalar)) == 0 &&
	    psa_import_key(&at, scalar, sizeof(scalar), id) == PSA_SUCCESS;
}

static bool
make_board(struct forge_board *b, const char *root_name,
    const char *leaf_name, struct bytes odd)
{
	mbedtls_pk_context root, leaf;
	char subject[80], hex[2 * FORGE_SERIAL_LEN + 1];
	bool ok = false;

	memset(b, 0, sizeof(*b));
	mbedtls_pk_init(&root);
	mbedtls_pk_init(&leaf);
	if (crypto_init() != OK || !new_key(&root) || !new_key(&leaf) ||
	    random_bytes(b->serial, sizeof(b->serial)) != OK)
		goto out;
	bytes_to_hex(BYTES_OF(b->serial), hex);
	snprintf(subject, sizeof(subject), "CN=%s,serialNumber=%s", leaf_name,
	    hex);
	b->root_len = issue(root_name, (struct bytes){NULL, 0}, &root,
	    root_name, &root, b->root);
	b->leaf_len = issue(subject, odd, &leaf, root_name, &root, b->leaf);
	ok = b->root_len > 0 && b->leaf_len > 0 &&
	    import_key(&leaf, &b->key) && import_key(&root, &b->root_key);
out:
	mbedtls_pk_free(&root);
	mbedtls_pk_free(&leaf);
	return ok;
}

bool
forge_board_named(
    struct forge_board *b, const char *root_name, const char *leaf_name)
{
	return make_board(
	    b, root_name, leaf_name, (struct bytes){NULL, 0});
}

bool
forge_board_serial(struct forge_board *b, struct bytes serial)
{
	return make_board(b, "CN=forged test root", "SIMULATED accelerator",
	    serial);
}

bool
forge_board_new(struct forge_board *b)
{
	return forge_board_named(
	    b, "CN=forged test root", "SIMULATED accelerator");
}

void
forge_board_free(struct forge_board *b)
{
	psa_destroy_key(b->key);
	psa_destroy_key(b->root_key);
	b->key = b->root_key = 0;
}

/* DSP0274 1.1: the request, and the response up to its signature. */
static void
put_exchange(const struct forge_board *b, const uint8_t nonce[NONCE_LEN],
    enum forge_flaw flaw, struct writer *w)
{
	static const uint8_t request[] = {0x11, 0xe0, 0x01, 0xff};
	/* One block: index 1, DMTF, four bytes of mutable firmware. */
	static const uint8_t response[] = {0x11, 0x60, 0x00, 0x00, 0x01, 11, 0,
	    0, 0x01, 0x01, 7, 0, 0x01, 4, 0, 'f', 'i', 'r', 'm'};
	uint8_t asked[NONCE_LEN], serial[FORGE_SERIAL_LEN];
	uint8_t fresh[NONCE_LEN] = {7};

	memcpy(asked, nonce, NONCE_LEN);
	asked[5] ^= flaw == FLAW_NONCE;
	memcpy(serial, b->serial, sizeof(serial));
	serial[0] ^= flaw == FLAW_SERIAL;

	write_bytes(w, BYTES_OF(request));
	write_bytes(w, BYTES_OF(asked));
	write_u8(w, 0); /* slot */
	write_bytes(w, BYTES_OF(response));
	write_bytes(w, BYTES_OF(fresh));

	/* Opaque data: the serial number, and an empty SKU. */
	write_le16(w, 4 + FORGE_SERIAL_LEN + 4);
	write_le16(w, flaw == FLAW_OPAQUE ? 9 : 1);
	write_le16(w, FORGE_SERIAL_LEN);
	write_bytes(w, BYTES_OF(serial));
	write_le16(w, 2);
	write_le16(w, 0);
}

bool
forge_report(const struct forge_board *b, const uint8_t nonce[NONCE_LEN],
    enum forge_flaw flaw, struct writer *w)
{
	size_t start = w->n, n = 0;
	uint8_t sig[96];
	struct digest d;

	put_exchange(b, nonce, flaw, w);
	if (w->failed ||
	    hash_one(HASH_SHA384, bytes_view(w->p + start, w->n - start),
		&d) != OK ||
	    psa_sign_hash(b->key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), d.b, d.n,
		sig, sizeof(sig), &n) != PSA_SUCCESS)
		return false;
	sig[40] ^= flaw == FLAW_SIGNATURE;
	write_bytes(w, bytes_view(sig, n - (flaw == FLAW_REPORT)));
	return !w->failed;
}

bool
forge_device_evidence(const struct forge_board *b,
    const uint8_t nonce[NONCE_LEN], enum forge_flaw flaw, struct writer *w)
{
	uint8_t report[1024], leaf[FORGE_CERT_MAX];
	struct writer r = writer_of(report, sizeof(report));

	if (!forge_report(b, nonce, flaw, &r))
		return false;
	memcpy(leaf, b->leaf, b->leaf_len);
	leaf[b->leaf_len - 3] ^= flaw == FLAW_LEAF;
	leaf[0] ^= flaw == FLAW_CERT;

	dcbor_put_map(w, 3);
	dcbor_put_uint(w, 0);
	dcbor_put_tstr(
	    w, flaw == FLAW_MARK ? BYTES_LIT("REAL") : BYTES_LIT("SIMULATED"));
	dcbor_put_uint(w, 1);
	dcbor_put_array(w, 1);
	dcbor_put_bstr(w, bytes_view(leaf, b->leaf_len));
	dcbor_put_uint(w, 2);
	dcbor_put_bstr(w, writer_view(&r));
	return !w->failed;
}
