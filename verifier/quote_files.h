/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artefacts of other tools around a quote: keys, signatures, PCR files, the
 * state of a TPM when it was last seen.
 */
#ifndef ASSAY_QUOTE_FILES_H
#define ASSAY_QUOTE_FILES_H

#include "tpm_attest.h"

/*
 * A key in PEM (SubjectPublicKeyInfo), TPMT_PUBLIC or TPM2B_PUBLIC.
 * *IS_TPM is false for PEM: then only PUB->key counts.
 */
enum status key_file_parse(
    struct bytes in, struct tpm_public *pub, bool *is_tpm);

/*
 * A signature: TPMT_SIGNATURE, or raw r and s at field width, or an RSA block
 * at modulus width, or an ECDSA signature in DER.  The last three name no
 * scheme and no hash; the key's scheme is used, else ECDSA or RSASSA, with
 * FALLBACK as hash.
 */
enum status signature_file_parse(struct bytes in, const struct tpm_public *pub,
    enum hash fallback, struct tpm_signature *out);

/*
 * PCR values: the structures that tpm2_quote -o writes, in either byte order,
 * or lines "sha256:0=HEX", or "sha256 0 HEX", or what tpm2_pcrread prints.
 * PCR_FILE_MALFORMED.
 */
enum status pcr_file_parse(struct bytes in, struct pcr_values *out);

/* Lines "clock=N", "reset-count=N", "restart-count=N", "firmware=HEX". */
struct last_state {
	bool has_clock, has_reset, has_restart, has_firmware;
	uint64_t clock;
	uint64_t reset_count, restart_count;
	uint64_t firmware;
};

enum status state_file_parse(struct bytes in, struct last_state *out);

#endif
