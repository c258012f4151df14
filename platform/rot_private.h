/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/* What rot_tpm.c and rot_enrol.c share. */
#ifndef ASSAY_ROT_PRIVATE_H
#define ASSAY_ROT_PRIVATE_H

#include "rot.h"
#include "tpm.h"

/* A key that we made or found; TRANSIENT when it is to be flushed. */
struct rot_key {
	TPM2_HANDLE handle;
	bool transient;
};

struct rot {
	struct tpm tpm;
	struct rot_key ak, ek;
	bool ek_has_policy; /* the endorsement key wants a policy session */
	uint8_t public[sizeof(TPMT_PUBLIC)];
	size_t public_len;
	struct tpm_name name, ek_name;
};

/*
 * TPM2_CreatePrimary (Part 3, 24.1) in the endorsement hierarchy.  Whatever
 * is wrong, KEY tells whether there is an object to flush.
 */
enum status rot_create(struct rot *rot, const TPM2B_PUBLIC *template,
    struct rot_key *key, TPM2B_PUBLIC *pub, TPM2B_NAME *name);

/* TPM2_FlushContext (Part 3, 28.4) of an object or a session. */
void rot_flush(struct rot *rot, TPM2_HANDLE handle);

#endif
