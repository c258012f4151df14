/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/*
 * The root of trust for reporting.  Structures are those of the TPM 2.0
 * Library, Part 2, commands those of Part 3.
 */
#include "rot_private.h"

#include <stdlib.h>
#include <string.h>

#include <tss2/tss2_mu.h>

/*
 * The AK (design of the key: docs/protocol.md).  Restricted signing, never
 * leaves its TPM, no password, no policy, no lock-out; "assay" in unique.x
 * makes it another key than any that the same template would give.
 */
#define AK_ATTRIBUTES_SET                                                      \
	(TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |                      \
	    TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH |       \
	    TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED |                        \
	    TPMA_OBJECT_SIGN_ENCRYPT)

static const TPM2B_PUBLIC ak_template = {
    .publicArea.type = TPM2_ALG_ECC,
    .publicArea.nameAlg = TPM2_ALG_SHA256,
    .publicArea.objectAttributes = AK_ATTRIBUTES_SET,
    .publicArea.parameters.eccDetail = {.symmetric.algorithm = TPM2_ALG_NULL,
        .scheme.scheme = TPM2_ALG_ECDSA,
        .scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256,
        .curveID = TPM2_ECC_NIST_P256,
        .kdf.scheme = TPM2_ALG_NULL},
    .publicArea.unique.ecc.x = {.size = 5, .buffer = "assay"},
};

/* TPM2_ReadPublic (Part 3, 12.4): no authorisation, changes nothing. */
static enum status
read_public(
    struct rot *rot, TPM2_HANDLE handle, TPM2B_PUBLIC *pub, TPM2B_NAME *name)
{
	TPM2B_NAME qualified = {0};
	TSS2_RC rc;

	TPM_RUN(rc, &rot->tpm, TPM_AUTH_NONE,
	    Tss2_Sys_ReadPublic_Prepare(rot->tpm.sys, handle));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_ReadPublic_Complete(
		    rot->tpm.sys, pub, name, &qualified);
	return tpm_outcome(&rot->tpm, rc);
}

enum status
rot_create(struct rot *rot, const TPM2B_PUBLIC *template, struct rot_key *key,
    TPM2B_PUBLIC *pub, TPM2B_NAME *name)
{
	static const TPM2B_SENSITIVE_CREATE sensitive;
	static const TPM2B_DATA outside;
	static const TPML_PCR_SELECTION no_pcrs;
	TPM2B_CREATION_DATA data = {0};
	TPM2B_DIGEST hash = {0};
	TPMT_TK_CREATION ticket = {0};
	TSS2_RC rc;

	TPM_RUN(rc, &rot->tpm, TPM_AUTH_PASSWORD,
	    Tss2_Sys_CreatePrimary_Prepare(rot->tpm.sys,
	        TPM2_RH_ENDORSEMENT, &sensitive, template, &outside,
	        &no_pcrs));
	if (rc != TSS2_RC_SUCCESS)
		return tpm_outcome(&rot->tpm, rc);

	/* From here on there is an object to flush, whatever else is wrong. */
	rc = Tss2_Sys_CreatePrimary_Complete(rot->tpm.sys, &key->handle, pub,
	    &data, &hash, &ticket, name);
	key->transient = key->handle >> TPM2_HR_SHIFT == TPM2_HT_TRANSIENT;
	return tpm_outcome(&rot->tpm, rc);
}

void
rot_flush(struct rot *rot, TPM2_HANDLE handle)
{
	TSS2_RC rc;

	TPM_RUN(rc, &rot->tpm, TPM_AUTH_NONE,
	    Tss2_Sys_FlushContext_Prepare(rot->tpm.sys, handle));
}

/* Was this key made from our template?  All but its point must agree. */
static bool
is_ours(const TPMT_PUBLIC *p)
{
	const TPMS_ECC_PARMS *ecc = &p->parameters.eccDetail;

	return p->type == TPM2_ALG_ECC && p->nameAlg == TPM2_ALG_SHA256 &&
	       p->objectAttributes == AK_ATTRIBUTES_SET &&
	       p->authPolicy.size == 0 &&
	       ecc->symmetric.algorithm == TPM2_ALG_NULL &&
	       ecc->scheme.scheme == TPM2_ALG_ECDSA &&
	       ecc->scheme.details.ecdsa.hashAlg == TPM2_ALG_SHA256 &&
	       ecc->curveID == TPM2_ECC_NIST_P256 &&
	       ecc->kdf.scheme == TPM2_ALG_NULL;
}

/*
 * Keep the public area in its wire form, and compute the Name ourselves: it
 * must be the one that the TPM told (Part 1, 16).  All of a key of ours is
 * known but its point, which the Name covers; that it lies on the curve is
 * for verifiers to see.
 */
static enum status
adopt(struct rot *rot, const TPMT_PUBLIC *pub, const TPM2B_NAME *told)
{
	struct bytes none = {NULL, 0};
	enum status st;
	TSS2_RC rc;

	if (!is_ours(pub))
		return AK_FOREIGN;
	rc = Tss2_MU_TPMT_PUBLIC_Marshal(
	    pub, rot->public, sizeof(rot->public), &rot->public_len);
	if (rc != TSS2_RC_SUCCESS)
		return tpm_outcome(&rot->tpm, rc);

	st = name_over(HASH_SHA256, rot_ak_public(rot), none, &rot->name);
	if (st != OK)
		return st;
	return bytes_eq(
	           name_view(&rot->name), bytes_view(told->name, told->size))
	           ? OK
	           : TPM_FAILED;
}

/* The persistent AK when there is one, else a primary from the template. */
static enum status
find_ak(struct rot *rot)
{
	TPM2B_PUBLIC pub = {0};
	TPM2B_NAME name = {0};
	enum status st;

	rot->ak.handle = ROT_AK_HANDLE;
	st = read_public(rot, rot->ak.handle, &pub, &name);
	if (st == OK)
		return adopt(rot, &pub.publicArea, &name);

	/* TPM_RC_HANDLE for the first handle: nothing is there. */
	if (rot->tpm.last_rc != (TPM2_RC_HANDLE | TPM2_RC_H | TPM2_RC_1))
		return st;
	pub = (TPM2B_PUBLIC){0};
	st = rot_create(rot, &ak_template, &rot->ak, &pub, &name);
	if (st != OK)
		return st;
	return adopt(rot, &pub.publicArea, &name);
}

enum status
rot_open(const char *tcti, struct rot **out)
{
	struct rot *rot;
	enum status st;

	if ((rot = calloc(1, sizeof(*rot))) == NULL)
		return NO_MEMORY;
	if ((st = tpm_connect(&rot->tpm, tcti)) != OK)
		goto out;
	if ((st = find_ak(rot)) != OK)
		goto out;
	*out = rot;
	return OK;
out:
	rot_close(rot);
	return st;
}

void
rot_close(struct rot *rot)
{
	if (rot == NULL)
		return;
	if (rot->ak.transient)
		rot_flush(rot, rot->ak.handle);
	if (rot->ek.transient)
		rot_flush(rot, rot->ek.handle);
	tpm_disconnect(&rot->tpm);
	free(rot);
}

struct bytes
rot_ak_public(const struct rot *rot)
{
	return bytes_view(rot->public, rot->public_len);
}

struct bytes
rot_ak_name(const struct rot *rot)
{
	return name_view(&rot->name);
}

uint32_t
rot_last_rc(const struct rot *rot)
{
	return rot->tpm.last_rc;
}

/* Does the TPM's answer hold a quote that answers QUALIFYING? */
static bool
answers(const TPM2B_ATTEST *attest, struct bytes qualifying)
{
	struct reader r = reader_of(
	    bytes_view(attest->attestationData, attest->size));

	/* TPMS_ATTEST (Part 2, 10.12.12): magic and type, signer, extraData. */
	if (attest->size > sizeof(attest->attestationData))
		return false;
	(void)read_bytes(&r, 6);
	(void)read_tpm2b(&r);
	return bytes_eq(read_tpm2b(&r), qualifying) && !r.failed;
}

enum status
rot_quote(struct rot *rot, struct bytes qualifying,
    const struct pcr_selection *sel, struct writer *attest, struct writer *sig)
{
	static const TPMT_SIG_SCHEME key_scheme = {.scheme = TPM2_ALG_NULL};
	TPM2B_DATA data = {.size = (uint16_t)qualifying.n};
	TPML_PCR_SELECTION pcrs;
	TPM2B_ATTEST quoted = {0};
	TPMT_SIGNATURE signature = {0};
	uint8_t wire[sizeof(TPMT_SIGNATURE)];
	size_t n = 0;
	TSS2_RC rc;

	/* TPM2B_DATA holds at most the largest digest with its algorithm. */
	if (qualifying.n > HASH_MAX || sel->count > BANKS_MAX)
		return INTERNAL;
	if (qualifying.n > 0)
		memcpy(data.buffer, qualifying.p, qualifying.n);
	tpm_selection(sel, &pcrs);

	/* TPM2_Quote (Part 3, 18.4). */
	TPM_RUN(rc, &rot->tpm, TPM_AUTH_PASSWORD,
	    Tss2_Sys_Quote_Prepare(
	        rot->tpm.sys, rot->ak.handle, &data, &key_scheme, &pcrs));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_Quote_Complete(rot->tpm.sys, &quoted, &signature);
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_MU_TPMT_SIGNATURE_Marshal(
		    &signature, wire, sizeof(wire), &n);
	if (rc != TSS2_RC_SUCCESS)
		return tpm_outcome(&rot->tpm, rc);

	/* A garbled answer is found here rather than by a verifier. */
	if (!answers(&quoted, qualifying))
		return TPM_FAILED;
	write_bytes(attest, bytes_view(quoted.attestationData, quoted.size));
	write_bytes(sig, bytes_view(wire, n));
	return attest->failed || sig->failed ? INTERNAL : OK;
}

enum status
rot_read_pcrs(
    struct rot *rot, const struct pcr_selection *sel, struct pcr_values *out)
{
	return tpm_read_pcrs(&rot->tpm, sel, out);
}
