/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root of trust for reporting: a TPM 2.0 behind a named TCTI.  Only
 * [seal] holds one.  The AK is an ECDSA P-256 primary key of the endorsement
 * hierarchy made for assay alone, persistent at ROT_AK_HANDLE when an
 * operator has enrolled the host, re-created from the same template if not.
 */
#ifndef ASSAY_ROT_H
#define ASSAY_ROT_H

#include "bytes.h"
#include "status.h"
#include "tpm_quote.h"

#define ROT_AK_HANDLE UINT32_C(0x81018000)

struct rot;

/*
 * Open the TPM named by TCTI ("device:/dev/tpmrm0", "swtpm:host=...,port=N",
 * "swtpm:path=..."): never a default.  Finds or makes the AK.  At most one
 * transient object is held, and rot_close flushes it.
 */
enum status rot_open(const char *tcti, struct rot **out);
/* NULL is fine. */
void rot_close(struct rot *rot);

/* The AK's TPMT_PUBLIC and Name; views are valid until rot_close. */
struct bytes rot_ak_public(const struct rot *rot);
struct bytes rot_ak_name(const struct rot *rot);

/*
 * One TPM2_Quote over SEL with QUALIFYING as qualifyingData; the TPM's own
 * bytes: TPMS_ATTEST in ATTEST, TPMT_SIGNATURE in SIG.
 */
enum status rot_quote(struct rot *rot, struct bytes qualifying,
    const struct pcr_selection *sel, struct writer *attest,
    struct writer *sig);

/* TPM2_PCR_Read until all of SEL has been read. */
enum status rot_read_pcrs(struct rot *rot, const struct pcr_selection *sel,
    struct pcr_values *out);

/*
 * For enrolment (TCG EK Credential Profile 2.5): the endorsement key.  CERT
 * is its certificate: when it is empty, the first one that an NV index of the
 * TPM holds, P-256 before P-384 before RSA.  CHAIN is what the TPM holds
 * beside it, PUB the key's TPMT_PUBLIC.  The key is made anew from the
 * template that the TPM or the profile has for it, and held until rot_close.
 * EK_CERT_MISSING when there is no certificate.
 */
enum status rot_ek(struct rot *rot, struct writer *cert, struct writer *chain,
    struct writer *pub);
struct bytes rot_ek_name(const struct rot *rot);

/*
 * TPM2_ActivateCredential (Part 3, 12.5): BLOB is TPM2B_ID_OBJECT and
 * TPM2B_ENCRYPTED_SECRET, one behind the other.  After rot_ek.
 */
enum status rot_activate(
    struct rot *rot, struct bytes blob, struct writer *secret);

/* Make the AK persistent; TPM_FAILED when the owner does not allow it. */
enum status rot_keep_ak(struct rot *rot);

/* The last TPM response code, for the log (0 when none). */
uint32_t rot_last_rc(const struct rot *rot);

#endif
