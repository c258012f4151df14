/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of TPM keys, looked into: the endorsement key's (TCG EK
 * Credential Profile for TPM Family 2.0, 2.5) and those of attestation keys
 * and device identities (TCG TPM 2.0 Keys for Device Identity and
 * Attestation, 1.0).  Pure; who signed them is the affair of tpm_roots.h.
 */
#ifndef ASSAY_EK_H
#define ASSAY_EK_H

#include "crypto.h"
#include "tpm_attest.h"

enum { EK_CERT_MAX = 8 << 10, EK_TEXT_MAX = 64 };

/* Which key a certificate is for. */
enum ek_kind {
	EK_ENDORSEMENT,
	EK_ATTESTATION, /* AK or IAK: signs what the TPM says */
	EK_DEVICE,      /* IDevID or LDevID: signs for the device */
	EK_OTHER,       /* a key of no TPM, as far as it says */
};
const char *ek_kind_name(enum ek_kind kind);

struct ek_cert {
	struct bytes der; /* the certificate without padding */
	size_t padding;   /* bytes of it that were taken off */
	enum ek_kind kind;
	struct public_key key;
	bool has_eku; /* there is an extended key usage */
	/* Of the TPM, from the subject alternative name; "" when absent. */
	char manufacturer[EK_TEXT_MAX]; /* "id:49465800" */
	char model[EK_TEXT_MAX];
	char version[EK_TEXT_MAX];
};

/*
 * Look into FILE: a certificate in DER, after which only 00 or only FF may
 * follow, as NV indices of TPMs have it.  On EK_CA, EK_USAGE and EK_PURPOSE
 * everything but the verdict is in OUT, so that a person can be told.
 *
 * An endorsement key enciphers or agrees on keys and does not sign.  Its
 * extended key usage is 2.23.133.8.1; some vendors leave the extension out,
 * which is not refused here: look at HAS_EKU.
 *
 * EK_MALFORMED, EK_PADDING, EK_EXTENSION, EK_CA, EK_USAGE, EK_PURPOSE,
 * PUBLIC_UNSUPPORTED, PUBLIC_MALFORMED.
 */
enum status ek_parse(struct bytes file, struct ek_cert *out);

/*
 * Is PUB the public area of this endorsement key, one that only deciphers
 * inside its TPM: restricted, decrypt, not sign, fixedTPM, fixedParent,
 * sensitiveDataOrigin, name hash SHA-256 or SHA-384?  EK_KEY_MISMATCH,
 * EK_ATTRIBUTES.
 */
enum status ek_check_public(
    const struct ek_cert *cert, const struct tpm_public *pub);

/*
 * May PUB speak for a TPM?  As public_check_ak; AK_ROCA for an RSA key that
 * anybody may have computed.
 */
enum status ak_check_public(const struct tpm_public *pub);

/*
 * Does MODULUS have the fingerprint of keys that Infineon's library made
 * (CVE-2017-15361, "ROCA")?  Of other moduli one in 2^27 has it.
 */
bool ek_is_roca(struct bytes modulus);
/* The modulus of an RSA key; empty for another key. */
struct bytes ek_modulus(const struct public_key *key);

#endif
