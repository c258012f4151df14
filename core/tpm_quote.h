/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What whoever asks a TPM for a quote knows of it: the PCRs, the attestation
 * and the names of keys (TPM 2.0 Library, Part 2, revision 1.59).  What
 * verifiers need besides is in tpm_attest.h.
 */
#ifndef ASSAY_TPM_QUOTE_H
#define ASSAY_TPM_QUOTE_H

#include "hash.h"
#include "evidence.h"

/* A PCR selection: at most four banks (TPML_PCR_SELECTION, 10.9.7). */
enum { BANKS_MAX = 4 };

struct pcr_bank {
	enum hash alg;
	uint32_t mask; /* bit i: PCR i, 0 to 23 */
};

struct pcr_selection {
	struct pcr_bank bank[BANKS_MAX];
	size_t count;
};

/* A TPM name or qualified name: algorithm and digest (Part 1, 16). */
struct tpm_name {
	uint8_t b[2 + HASH_MAX];
	size_t n;
};

struct bytes name_view(const struct tpm_name *name);
/* ALG || H(FIRST || SECOND), which all kinds of names are. */
enum status name_over(enum hash alg, struct bytes first, struct bytes second,
    struct tpm_name *out);
/* Is this the form of a name we accept: SHA-256 or SHA-384? */
bool name_ok(struct bytes name);

/* PCR values, indexed by the banks of a selection. */
struct pcr_values {
	struct pcr_selection have;
	uint8_t value[BANKS_MAX][PCR_COUNT][HASH_MAX];
};

/* False when the value has the wrong size, is there already, or no room. */
bool pcrs_set(struct pcr_values *v, enum hash alg, unsigned index,
    struct bytes value);
/* The value, or an empty view. */
struct bytes pcrs_get(
    const struct pcr_values *v, enum hash alg, unsigned index);

/*
 * pcrDigest over the selected values in the order of the selection, hashed
 * with the signing hash.  PCR_NOT_QUOTED when a value is missing.
 */
enum status pcrs_digest(const struct pcr_values *v,
    const struct pcr_selection *sel, enum hash alg, struct digest *out);

/* The PCRs of one bank, bit by bit; 0 when it is not selected. */
uint32_t selection_mask(const struct pcr_selection *sel, enum hash alg);

/*
 * "sha256:0,1,2+sha384:0".  Parsing refuses unknown banks, indices above 23
 * and repetitions.
 */
enum status selection_from_text(struct bytes text, struct pcr_selection *out);

/* { hash alg => { index => value } } as carried in evidence. */
void pcrs_encode(const struct pcr_values *v, struct writer *w);

#endif
