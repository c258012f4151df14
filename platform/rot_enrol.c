/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/*
 * The endorsement key, once in the life of a host: its certificate, the key
 * itself, the credential that only it can open.
 */
#include "rot_private.h"

#include <string.h>

#include <tss2/tss2_mu.h>

/* Attributes of the low templates; the high ones know a password, too. */
#define LOW_ATTRIBUTES                                                         \
	(TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |                      \
	    TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_ADMINWITHPOLICY |    \
	    TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT)

/* PolicyA, and PolicyB in two sizes (EK Credential Profile, B.6). */
static const char policy_a[] =
    "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa";
static const char policy_b256[] =
    "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0";
static const char policy_b384[] =
    "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4"
    "cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12";

/* Of a curve, as far as no byte is 0 (RFC 5480, 2.1.1.1). */
static const char oid_p256[] = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
static const char oid_p384[] = "\x06\x05\x2b\x81\x04";

/*
 * EK Credential Profile, 2.2.1.4, 2.2.1.5, B.3, B.4: the index of the
 * certificate; bits of an RSA key, or a curve with its object identifier.
 */
static const struct ek_row {
	TPMI_RH_NV_INDEX index;
	uint16_t bits;
	TPM2_ECC_CURVE curve;
	const char *policy, *oid;
} rows[] = {
    {0x01c0000a, 0, TPM2_ECC_NIST_P256, policy_a, oid_p256},
    {0x01c00014, 0, TPM2_ECC_NIST_P256, policy_b256, oid_p256},
    {0x01c00016, 0, TPM2_ECC_NIST_P384, policy_b384, oid_p384},
    {0x01c00002, 2048, 0, policy_a, ""},
    {0x01c00012, 2048, 0, policy_b256, ""},
    {0x01c0001c, 3072, 0, policy_b384, ""},
    {0x01c0001e, 4096, 0, policy_b384, ""},
};

enum {
	CHAIN_FIRST = 0x01c00100, /* certificates of authorities */
	CHAIN_INDICES = 8,
	NV_PIECE = 512, /* every TPM reads that much at once */
	TEMPLATE = 2,   /* from a low certificate's index to its template's */
};

/* TPM2_NV_ReadPublic (Part 3, 31.6): the size; 0 when nothing is there. */
static uint16_t
nv_size(struct rot *rot, TPMI_RH_NV_INDEX index)
{
	TPM2B_NV_PUBLIC pub = {0};
	TPM2B_NAME name = {0};
	TSS2_RC rc;

	TPM_RUN(rc, &rot->tpm, TPM_AUTH_NONE,
	    Tss2_Sys_NV_ReadPublic_Prepare(rot->tpm.sys, index));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_NV_ReadPublic_Complete(
		    rot->tpm.sys, &pub, &name);
	return rc == TSS2_RC_SUCCESS ? pub.nvPublic.dataSize : 0;
}

/*
 * TPM2_NV_Read (Part 3, 31.13), by the index's own empty password.  Nothing
 * is written when there is no such index, or when it does not fit or answer.
 */
static void
nv_read(struct rot *rot, TPMI_RH_NV_INDEX index, struct writer *out)
{
	uint16_t size = nv_size(rot, index);
	size_t start = out->n;

	for (uint16_t at = 0, n; at < size; at = (uint16_t)(at + n)) {
		TPM2B_MAX_NV_BUFFER data = {0};
			TSS2_RC rc;

		n = size - at < NV_PIECE ? (uint16_t)(size - at) : NV_PIECE;
		TPM_RUN(rc, &rot->tpm, TPM_AUTH_PASSWORD,
		    Tss2_Sys_NV_Read_Prepare(
		        rot->tpm.sys, index, index, n, at));
		if (rc == TSS2_RC_SUCCESS)
			rc = Tss2_Sys_NV_Read_Complete(rot->tpm.sys, &data);
		if (rc != TSS2_RC_SUCCESS || data.size != n ||
		    size > out->cap - start) {
			out->n = start;
			return;
		}
		write_bytes(out, bytes_view(data.buffer, n));
	}
}

/* The template: a low one may be the TPM's own (2.2.1.4), or it is ours. */
static enum status
find_template(struct rot *rot, const struct ek_row *row, TPMT_PUBLIC *p)
{
	uint8_t own[sizeof(TPMT_PUBLIC)];
	struct writer w = writer_of(own, sizeof(own));
	bool low = row->policy == policy_a, big = row->policy == policy_b384;
	TPMT_SYM_DEF_OBJECT cipher = {.algorithm = TPM2_ALG_AES,
	    .keyBits.aes = big ? 256 : 128,
	    .mode.aes = TPM2_ALG_CFB};
	size_t at = 0;

	if (low)
		nv_read(rot, row->index + TEMPLATE, &w);
	if (w.n > 0)
		return Tss2_MU_TPMT_PUBLIC_Unmarshal(own, w.n, &at, p) ==
		        TSS2_RC_SUCCESS
		    ? OK
		    : TPM_FAILED;
	p->type = row->bits > 0 ? TPM2_ALG_RSA : TPM2_ALG_ECC;
	p->nameAlg = big ? TPM2_ALG_SHA384 : TPM2_ALG_SHA256;
	p->objectAttributes =
	    LOW_ATTRIBUTES | (low ? 0 : TPMA_OBJECT_USERWITHAUTH);
	p->authPolicy.size = (uint16_t)bytes_from_hex(row->policy,
	    strlen(row->policy), p->authPolicy.buffer,
	    sizeof(p->authPolicy.buffer));

	/* The low ones fill the key's own place with zeros. */
	if (row->bits > 0) {
		p->parameters.rsaDetail = (TPMS_RSA_PARMS){cipher,
		    .scheme.scheme = TPM2_ALG_NULL, .keyBits = row->bits};
		p->unique.rsa.size = low ? row->bits / 8 : 0;
	} else {
		p->parameters.eccDetail = (TPMS_ECC_PARMS){cipher,
		    .scheme.scheme = TPM2_ALG_NULL, .curveID = row->curve,
		    .kdf.scheme = TPM2_ALG_NULL};
		p->unique.ecc.x.size = p->unique.ecc.y.size = low ? 32 : 0;
	}
	return OK;
}

/* The row of a certificate that is given, or of the first the TPM holds. */
static const struct ek_row *
find_row(struct rot *rot, struct writer *cert)
{
	bool given = cert->n > 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!given)
			nv_read(rot, rows[i].index, cert);
		if (cert->n > 0 &&
		    (!given || memmem(cert->p, cert->n, rows[i].oid,
		                   strlen(rows[i].oid)) != NULL))
			return &rows[i];
	}
	return NULL;
}

enum status
rot_ek(struct rot *rot, struct writer *cert, struct writer *chain,
    struct writer *pub)
{
	const struct ek_row *row = find_row(rot, cert);
	TPM2B_PUBLIC template = {0}, made = {0};
	TPM2B_NAME name = {0};
	enum status st;

	if (row == NULL)
		return EK_CERT_MISSING;
	for (unsigned i = 0; i < CHAIN_INDICES; i++)
		nv_read(rot, CHAIN_FIRST + i, chain);
	st = find_template(rot, row, &template.publicArea);
	if (st == OK)
		st = rot_create(rot, &template, &rot->ek, &made, &name);
	if (st != OK)
		return st;
	rot->ek_has_policy = (made.publicArea.objectAttributes &
	                         TPMA_OBJECT_USERWITHAUTH) == 0;
	if (Tss2_MU_TPMT_PUBLIC_Marshal(&made.publicArea, pub->p, pub->cap,
	        &pub->n) != TSS2_RC_SUCCESS ||
	    name.size > sizeof(rot->ek_name.b))
		return TPM_FAILED;
	memcpy(rot->ek_name.b, name.name, name.size);
	rot->ek_name.n = name.size;
	return OK;
}

struct bytes
rot_ek_name(const struct rot *rot)
{
	return name_view(&rot->ek_name);
}

/*
 * A session in which the endorsement hierarchy has authorised the key:
 * TPM2_StartAuthSession (Part 3, 11.1), TPM2_PolicySecret (23.4).  All keys
 * that want one have SHA-256.
 */
static TSS2_RC
start_session(struct rot *rot, TPM2_HANDLE *session)
{
	static const TPMT_SYM_DEF no_cipher = {.algorithm = TPM2_ALG_NULL};
	static const TPM2B_NONCE nonce = {.size = 16}, none;
	static const TPM2B_ENCRYPTED_SECRET no_salt;
	TPM2B_NONCE answer = {0};
	TSS2_RC rc;

	TPM_RUN(rc, &rot->tpm, TPM_AUTH_NONE,
	    Tss2_Sys_StartAuthSession_Prepare(rot->tpm.sys,
	        TPM2_RH_NULL, TPM2_RH_NULL, &nonce, &no_salt,
	        TPM2_SE_POLICY, &no_cipher, TPM2_ALG_SHA256));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_StartAuthSession_Complete(
		    rot->tpm.sys, session, &answer);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	TPM_RUN(rc, &rot->tpm, TPM_AUTH_PASSWORD,
	    Tss2_Sys_PolicySecret_Prepare(rot->tpm.sys,
	        TPM2_RH_ENDORSEMENT, *session, &none, &none, &none, 0));
	return rc;
}

enum status
rot_activate(struct rot *rot, struct bytes blob, struct writer *secret)
{
	struct reader r = reader_of(blob);
	struct bytes id = read_tpm2b(&r), seed = read_tpm2b(&r);
	TPM2B_ID_OBJECT credential = {.size = (uint16_t)id.n};
	TPM2B_ENCRYPTED_SECRET wrapped = {.size = (uint16_t)seed.n};
	TPM2B_DIGEST opened = {0};
	TPM2_HANDLE session = TPM2_RS_PW;
	unsigned left = TPM_RETRIES;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (!reader_at_end(&r) || id.n > sizeof(credential.credential) ||
	    seed.n > sizeof(wrapped.secret))
		return ENROLMENT_MALFORMED;
	memcpy(credential.credential, id.p, id.n);
	memcpy(wrapped.secret, seed.p, seed.n);
	if (rot->ek_has_policy)
		rc = start_session(rot, &session);
	rot->tpm.second = session;
	while (rc == TSS2_RC_SUCCESS) {
		rc = tpm_execute(&rot->tpm,
		    Tss2_Sys_ActivateCredential_Prepare(rot->tpm.sys,
		        rot->ak.handle, rot->ek.handle, &credential, &wrapped),
		    TPM_AUTH_TWO);
		if (!tpm_again(&rot->tpm, rc, &left))
			break;
		rc = TSS2_RC_SUCCESS;
	}
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_ActivateCredential_Complete(
		    rot->tpm.sys, &opened);
	/* A session that has served its command is gone already. */
	else if (session != TPM2_RS_PW)
		rot_flush(rot, session);
	if (rc == TSS2_RC_SUCCESS)
		write_bytes(secret, bytes_view(opened.buffer, opened.size));
	return secret->failed ? TPM_FAILED : tpm_outcome(&rot->tpm, rc);
}

enum status
rot_keep_ak(struct rot *rot)
{
	TSS2_RC rc;

	if (!rot->ak.transient)
		return OK;
	/* TPM2_EvictControl (Part 3, 28.5) by the owner's empty password. */
	TPM_RUN(rc, &rot->tpm, TPM_AUTH_PASSWORD,
	    Tss2_Sys_EvictControl_Prepare(rot->tpm.sys, TPM2_RH_OWNER,
	        rot->ak.handle, ROT_AK_HANDLE));
	return tpm_outcome(&rot->tpm, rc);
}
