/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPM 2.0 structures as a verifier needs them, parsed strictly from their
 * wire form (TPM 2.0 Library, Part 2, revision 1.59; big-endian).  All
 * functions are pure; views borrow from the input.
 */
#ifndef ASSAY_TPM_ATTEST_H
#define ASSAY_TPM_ATTEST_H

#include "crypto.h"
#include "tpm_quote.h"

#define TPM_GENERATED UINT32_C(0xff544347)
enum { TPM_ATTEST_QUOTE = 0x8018 };

/* TPMS_ATTEST of a quote (10.12.12, 10.12.1). */
struct quote {
	struct bytes qualified_signer; /* TPM2B_NAME */
	struct bytes extra_data;       /* 0 to 64 bytes */
	uint64_t clock;                /* ms */
	uint32_t reset_count;
	uint32_t restart_count;
	bool safe;
	uint64_t firmware_version;
	struct pcr_selection selection;
	struct bytes pcr_digest;
};

/*
 * Magic first, then type, then the rest to the last byte: ATTEST_MAGIC,
 * ATTEST_TYPE, ATTEST_TRUNCATED, ATTEST_SAFE, ATTEST_SELECTION,
 * ATTEST_DIGEST_SIZE, ATTEST_TRAILING.
 */
enum status quote_parse(struct bytes attest, struct quote *out);

#define TPM_HIERARCHY_ENDORSEMENT UINT32_C(0x4000000b)
/* TPMT_SIGNATURE (11.3.4), brought to the fixed-width form. */
struct tpm_signature {
	enum sig_scheme scheme;
	enum hash hash;
	/* ECDSA: r and s; RSA: the block in R.  As on the wire. */
	struct bytes r, s;
};

enum status signature_parse(struct bytes in, struct tpm_signature *out);

/* TPMT_PUBLIC (12.2.4). */
struct tpm_public {
	struct public_key key;
	enum hash name_alg;
	uint32_t attributes;
	bool has_scheme;
	enum sig_scheme scheme;
	enum hash scheme_hash;
	struct bytes wire; /* the TPMT_PUBLIC itself */
};

/* TPMA_OBJECT bits (8.3). */
enum tpm_attribute {
	TPMA_FIXED_TPM = 1 << 1,
	TPMA_ST_CLEAR = 1 << 2,
	TPMA_FIXED_PARENT = 1 << 4,
	TPMA_SENSITIVE_DATA_ORIGIN = 1 << 5,
	TPMA_USER_WITH_AUTH = 1 << 6,
	TPMA_RESTRICTED = 1 << 16,
	TPMA_DECRYPT = 1 << 17,
	TPMA_SIGN = 1 << 18,
};

/* Accepts TPMT_PUBLIC, or TPM2B_PUBLIC whose size is exact. */
enum status public_parse(struct bytes in, struct tpm_public *out);

/*
 * Is this a key that can only speak for its TPM: restricted signing,
 * fixedTPM, fixedParent, sensitiveDataOrigin, not decrypting, with a fixed
 * scheme, name hash SHA-256 or stronger?
 */
enum status public_check_ak(const struct tpm_public *pub);

/* nameAlg || H(TPMT_PUBLIC) */
enum status name_of(const struct tpm_public *pub, struct tpm_name *out);
/* Of a primary key: nameAlg || H(hierarchy || name) */
enum status qualified_name_primary(
    uint32_t hierarchy, struct bytes name, struct tpm_name *out);
/* Of a child: nameAlg || H(parent's qualified name || name) */
enum status qualified_name_child(
    struct bytes parent, struct bytes name, struct tpm_name *out);

/*
 * Check the signature over ATTEST: scheme and hash against the key's own,
 * then the cryptography.
 */
enum status signature_verify(const struct tpm_public *pub,
    const struct tpm_signature *sig, struct bytes attest);

/* Are exactly the same PCRs in both, whatever the order of banks? */
bool selection_eq(const struct pcr_selection *a, const struct pcr_selection *b);
/* Is all of NEED in HAVE? */
bool selection_covers(
    const struct pcr_selection *have, const struct pcr_selection *need);

/* The inverse of selection_from_text; ranges are written in full. */
void selection_to_text(const struct pcr_selection *sel, struct writer *w);

/* { hash alg => { index => value } } as carried in evidence. */
enum status pcrs_decode(struct bytes in, struct pcr_values *out);

#endif
