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
#define LOW_ATTRIBUTES                                                          \
	(TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |                      \
	    TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_ADMINWITHPOLICY |    \
	    TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT)

/* PolicyA, and PolicyB in two sizes (EK Credential Profile, B.6). */
static const uint8_t policy_a[] = {0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3,
    0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7,
    0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69,
    0xaa};
static const uint8_t policy_b256[] = {0xca, 0x3d, 0x0a, 0x99, 0xa2, 0xb9, 0x39,
    0x06, 0xf7, 0xa3, 0x34, 0x24, 0x14, 0xef, 0xcf, 0xb3, 0xa3, 0x85, 0xd4,
    0x4c, 0xd1, 0xfd, 0x45, 0x90, 0x89, 0xd1, 0x9b, 0x50, 0x71, 0xc0, 0xb7,
    0xa0};
static const uint8_t policy_b384[] = {0xb2, 0x6e, 0x7d, 0x28, 0xd1, 0x1a, 0x50,
    0xbc, 0x53, 0xd8, 0x82, 0xbc, 0xf5, 0xfd, 0x3a, 0x1a, 0x07, 0x41, 0x48,
    0xbb, 0x35, 0xd3, 0xb4, 0xe4, 0xcb, 0x1c, 0x0a, 0xd9, 0xbd, 0xe4, 0x19,
    0xca, 0xcb, 0x47, 0xba, 0x09, 0x69, 0x96, 0x46, 0x15, 0x0f, 0x9f, 0xc0,
    0x00, 0xf3, 0xf8, 0x0e, 0x12};

/* The curve in a certificate's public key (RFC 5480, 2.1.1.1). */
static const uint8_t oid_p256[] = {
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t oid_p384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};

/* EK Credential Profile, 2.2.1.4 and 2.2.1.5, B.3 and B.4; 0 bits: a curve. */
static const struct ek_row {
	TPMI_RH_NV_INDEX index; /* of the certificate */
	uint16_t bits;
	TPM2_ECC_CURVE curve;
	TPM2_ALG_ID hash;
	struct bytes policy, oid;
} rows[] = {
    {0x01c0000a, 0, TPM2_ECC_NIST_P256, TPM2_ALG_SHA256,
        {policy_a, sizeof(policy_a)}, {oid_p256, sizeof(oid_p256)}},
    {0x01c00014, 0, TPM2_ECC_NIST_P256, TPM2_ALG_SHA256,
        {policy_b256, sizeof(policy_b256)}, {oid_p256, sizeof(oid_p256)}},
    {0x01c00016, 0, TPM2_ECC_NIST_P384, TPM2_ALG_SHA384,
        {policy_b384, sizeof(policy_b384)}, {oid_p384, sizeof(oid_p384)}},
    {0x01c00002, 2048, 0, TPM2_ALG_SHA256, {policy_a, sizeof(policy_a)},
        {NULL, 0}},
    {0x01c00012, 2048, 0, TPM2_ALG_SHA256, {policy_b256, sizeof(policy_b256)},
        {NULL, 0}},
    {0x01c0001c, 3072, 0, TPM2_ALG_SHA384, {policy_b384, sizeof(policy_b384)},
        {NULL, 0}},
    {0x01c0001e, 4096, 0, TPM2_ALG_SHA384, {policy_b384, sizeof(policy_b384)},
        {NULL, 0}},
};

enum {
	ROWS = sizeof(rows) / sizeof(rows[0]),
	CHAIN_FIRST = 0x01c00100, /* certificates of authorities */
	CHAIN_INDICES = 8,
	NV_PIECE = 512, /* every TPM reads that much at once */
	NONCE = 1,      /* from the certificate's index to the others */
	TEMPLATE = 2,
};

/* Prepared with RC, it is sent. */
static TSS2_RC
sent(struct rot *rot, TSS2_RC rc, enum tpm_auth auth)
{
	return rc == TSS2_RC_SUCCESS ? tpm_execute(&rot->tpm, auth) : rc;
}

/* TPM2_NV_ReadPublic (Part 3, 31.6): the size; 0 when there is none. */
static uint16_t
nv_size(struct rot *rot, TPMI_RH_NV_INDEX index)
{
	TPM2B_NV_PUBLIC pub = {0};
	TPM2B_NAME name = {0};
	unsigned left = TPM_RETRIES;
	TSS2_RC rc;

	do {
		rc = sent(rot,
		    Tss2_Sys_NV_ReadPublic_Prepare(rot->tpm.sys, index),
		    TPM_AUTH_NONE);
	} while (tpm_again(&rot->tpm, rc, &left));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_NV_ReadPublic_Complete(
		    rot->tpm.sys, &pub, &name);
	return rc == TSS2_RC_SUCCESS &&
	        (pub.nvPublic.attributes & TPMA_NV_WRITTEN) != 0
	    ? pub.nvPublic.dataSize
	    : 0;
}

/*
 * TPM2_NV_Read (Part 3, 31.13), by the index's own empty password.  Nothing
 * is written when there is no such index, or it does not fit.
 */
static enum status
nv_read(struct rot *rot, TPMI_RH_NV_INDEX index, struct writer *out)
{
	uint16_t size = nv_size(rot, index);
	size_t start = out->n;

	if (size > out->cap - out->n)
		return OK;
	for (uint16_t at = 0, n; at < size; at = (uint16_t)(at + n)) {
		TPM2B_MAX_NV_BUFFER data = {0};
		unsigned left = TPM_RETRIES;
		TSS2_RC rc;

		n = size - at < NV_PIECE ? (uint16_t)(size - at) : NV_PIECE;
		do {
			rc = sent(rot,
			    Tss2_Sys_NV_Read_Prepare(
			        rot->tpm.sys, index, index, n, at),
			    TPM_AUTH_PASSWORD);
		} while (tpm_again(&rot->tpm, rc, &left));
		if (rc == TSS2_RC_SUCCESS)
			rc = Tss2_Sys_NV_Read_Complete(rot->tpm.sys, &data);
		if (rc != TSS2_RC_SUCCESS || data.size != n) {
			out->n = start;
			return tpm_outcome(&rot->tpm, rc);
		}
		write_bytes(out, bytes_view(data.buffer, n));
	}
	return OK;
}

/* The template of the profile. */
static void
default_template(const struct ek_row *row, TPMT_PUBLIC *p)
{
	bool low = row->policy.p == policy_a;
	TPMT_SYM_DEF_OBJECT cipher = {.algorithm = TPM2_ALG_AES,
	    .keyBits.aes = row->hash == TPM2_ALG_SHA256 ? 128 : 256,
	    .mode.aes = TPM2_ALG_CFB};

	p->type = row->bits > 0 ? TPM2_ALG_RSA : TPM2_ALG_ECC;
	p->nameAlg = row->hash;
	p->objectAttributes =
	    LOW_ATTRIBUTES | (low ? 0 : TPMA_OBJECT_USERWITHAUTH);
	p->authPolicy.size = (uint16_t)row->policy.n;
	memcpy(p->authPolicy.buffer, row->policy.p, row->policy.n);

	/* The low ones fill the key's own place with zeros. */
	if (row->bits > 0) {
		p->parameters.rsaDetail = (TPMS_RSA_PARMS){
		    .symmetric = cipher,
		    .scheme.scheme = TPM2_ALG_NULL,
		    .keyBits = row->bits};
		p->unique.rsa.size = low ? row->bits / 8 : 0;
		return;
	}
	p->parameters.eccDetail = (TPMS_ECC_PARMS){.symmetric = cipher,
	    .scheme.scheme = TPM2_ALG_NULL,
	    .curveID = row->curve,
	    .kdf.scheme = TPM2_ALG_NULL};
	p->unique.ecc.x.size = p->unique.ecc.y.size = low ? 32 : 0;
}

/* The TPM's own template and nonce go before (EK Credential Profile, 2.2.1). */
static enum status
find_template(struct rot *rot, const struct ek_row *row, TPM2B_PUBLIC *out)
{
	uint8_t own[sizeof(TPMT_PUBLIC)];
	struct writer w = writer_of(own, sizeof(own));
	bool low = row->policy.p == policy_a;
	size_t at = 0;
	enum status st;

	default_template(row, &out->publicArea);
	if (!low)
		return OK;
	if ((st = nv_read(rot, row->index + TEMPLATE, &w)) != OK)
		return st;
	if (w.n > 0) {
		memset(out, 0, sizeof(*out));
		if (Tss2_MU_TPMT_PUBLIC_Unmarshal(
		        own, w.n, &at, &out->publicArea) != TSS2_RC_SUCCESS)
			return TPM_FAILED;
	}
	w = writer_of(out->publicArea.type == TPM2_ALG_RSA
	        ? out->publicArea.unique.rsa.buffer
	        : out->publicArea.unique.ecc.x.buffer,
	    32);
	return nv_read(rot, row->index + NONCE, &w);
}

/* Does HAY contain NEEDLE? */
static bool
contains(struct bytes hay, struct bytes needle)
{
	for (size_t i = 0; i + needle.n <= hay.n; i++)
		if (memcmp(hay.p + i, needle.p, needle.n) == 0)
			return true;
	return false;
}

/* The row of a certificate that is given, or of the first the TPM holds. */
static enum status
find_row(struct rot *rot, struct writer *cert, const struct ek_row **out)
{
	bool given = cert->n > 0;
	enum status st = OK;

	for (size_t i = 0; i < ROWS && st == OK; i++) {
		*out = &rows[i];
		if (!given)
			st = nv_read(rot, rows[i].index, cert);
		if (given ? contains(writer_view(cert), rows[i].oid)
		          : cert->n > 0)
			return st;
	}
	return st == OK ? EK_CERT_MISSING : st;
}

enum status
rot_ek(struct rot *rot, struct writer *cert, struct writer *chain,
    struct writer *pub)
{
	TPM2B_PUBLIC template = {0}, made = {0};
	const struct ek_row *row = NULL;
	TPM2B_NAME name = {0};
	size_t n = 0;
	enum status st;

	if ((st = find_row(rot, cert, &row)) != OK)
		return st;
	for (unsigned i = 0; i < CHAIN_INDICES && st == OK; i++)
		st = nv_read(rot, CHAIN_FIRST + i, chain);
	if (st == OK)
		st = find_template(rot, row, &template);
	if (st == OK)
		st = rot_create(rot, &template, &rot->ek, &made, &name);
	if (st != OK)
		return st;
	rot->ek_has_policy = (made.publicArea.objectAttributes &
	                         TPMA_OBJECT_USERWITHAUTH) == 0;
	if (Tss2_MU_TPMT_PUBLIC_Marshal(&made.publicArea, pub->p, pub->cap,
	        &n) != TSS2_RC_SUCCESS ||
	    name.size > sizeof(rot->ek_name.b))
		return TPM_FAILED;
	pub->n = n;
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
 * TPM2_StartAuthSession (Part 3, 11.1), TPM2_PolicySecret (23.4).
 */
static enum status
start_session(struct rot *rot, TPM2_HANDLE *session)
{
	static const TPMT_SYM_DEF no_cipher = {.algorithm = TPM2_ALG_NULL};
	static const TPM2B_NONCE nonce = {.size = 16}, none;
	static const TPM2B_ENCRYPTED_SECRET no_salt;
	static const TPM2B_DIGEST no_digest;
	TPM2B_NONCE answer = {0};
	TPM2B_TIMEOUT timeout = {0};
	TPMT_TK_AUTH ticket = {0};
	unsigned left = TPM_RETRIES;
	TSS2_RC rc;

	/* All keys that want one have SHA-256. */
	do {
		rc = sent(rot,
		    Tss2_Sys_StartAuthSession_Prepare(rot->tpm.sys,
		        TPM2_RH_NULL, TPM2_RH_NULL, &nonce, &no_salt,
		        TPM2_SE_POLICY, &no_cipher, TPM2_ALG_SHA256),
		    TPM_AUTH_NONE);
	} while (tpm_again(&rot->tpm, rc, &left));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_StartAuthSession_Complete(
		    rot->tpm.sys, session, &answer);
	if (rc != TSS2_RC_SUCCESS)
		return tpm_outcome(&rot->tpm, rc);
	do {
		rc = sent(rot,
		    Tss2_Sys_PolicySecret_Prepare(rot->tpm.sys,
		        TPM2_RH_ENDORSEMENT, *session, &none, &no_digest,
		        &none, 0),
		    TPM_AUTH_PASSWORD);
	} while (tpm_again(&rot->tpm, rc, &left));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_PolicySecret_Complete(
		    rot->tpm.sys, &timeout, &ticket);
	return tpm_outcome(&rot->tpm, rc);
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
	enum status st = OK;
	TSS2_RC rc;

	if (!reader_at_end(&r) || id.n > sizeof(credential.credential) ||
	    seed.n > sizeof(wrapped.secret))
		return ENROLMENT_MALFORMED;
	memcpy(credential.credential, id.p, id.n);
	memcpy(wrapped.secret, seed.p, seed.n);
	if (rot->ek_has_policy)
		st = start_session(rot, &session);
	if (st == OK) {
		rot->tpm.second = session;
		do {
			rc = sent(rot,
			    Tss2_Sys_ActivateCredential_Prepare(rot->tpm.sys,
			        rot->ak.handle, rot->ek.handle, &credential,
			        &wrapped),
			    TPM_AUTH_TWO);
		} while (tpm_again(&rot->tpm, rc, &left));
		if (rc == TSS2_RC_SUCCESS)
			rc = Tss2_Sys_ActivateCredential_Complete(
			    rot->tpm.sys, &opened);
		st = tpm_outcome(&rot->tpm, rc);
	}
	/* A session that has served its command is gone already. */
	if (st != OK && session != TPM2_RS_PW)
		rot_flush(rot, session);
	if (st == OK)
		write_bytes(secret, bytes_view(opened.buffer, opened.size));
	return secret->failed ? TPM_FAILED : st;
}

enum status
rot_keep_ak(struct rot *rot)
{
	unsigned left = TPM_RETRIES;
	TSS2_RC rc;

	if (!rot->ak.transient)
		return OK;
	/* TPM2_EvictControl (Part 3, 28.5) by the owner's empty password. */
	do {
		rc = sent(rot,
		    Tss2_Sys_EvictControl_Prepare(rot->tpm.sys, TPM2_RH_OWNER,
		        rot->ak.handle, ROT_AK_HANDLE),
		    TPM_AUTH_PASSWORD);
	} while (tpm_again(&rot->tpm, rc, &left));
	return tpm_outcome(&rot->tpm, rc);
}
