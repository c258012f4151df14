/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment: who claims which keys, and the question that shows it. */
#include "challenge.h"

#include <string.h>

#include "credential.h"
#include "quote_files.h"

_Static_assert((int)CREDENTIAL_BLOB_MAX <= (int)ASSAY_CREDENTIAL_MAX, "room");
_Static_assert((int)CREDENTIAL_SEED_MAX <= (int)ASSAY_SECRET_MAX, "room");

enum status
challenge_proof(struct bytes secret, struct bytes ak_name,
    struct bytes ek_name, struct digest *out)
{
	const struct bytes parts[] = {
	    BYTES_LIT("assay/enrol/1"), ak_name, ek_name};

	return hmac_parts(HASH_SHA256, secret, parts, 3, out);
}

enum status
challenge_keys(struct bytes ek_cert, struct bytes ek_pub, struct bytes ak_pub,
    struct digest *out)
{
	uint8_t length[3][8];
	const struct bytes in[] = {ek_cert, ek_pub, ak_pub};
	struct bytes parts[7] = {BYTES_LIT("assay/enrolment-keys/1")};

	for (size_t i = 0; i < 3; i++) {
		struct writer w = writer_of(length[i], sizeof(length[i]));

		write_be64(&w, in[i].n);
		parts[1 + 2 * i] = writer_view(&w);
		parts[2 + 2 * i] = in[i];
	}
	return hash_parts(HASH_SHA256, parts, 7, out);
}

/* A key that can only speak for its TPM, in the TPM's own form. */
static enum status
judge_ak(struct bytes in, struct assay_result *r, struct tpm_public *pub,
    struct tpm_name *name)
{
	enum status st = public_parse(in, pub);

	if (st == OK)
		st = ak_check_public(pub);
	if (st == OK)
		st = name_of(pub, name);
	verdict_reason(r, st, "ak", "the attestation key's public area");
	if (st == OK)
		data_hex(r->data, "ak_name", name_view(name));
	return st;
}

/* The EK's public area, of which the appraisal has found that it fits. */
static enum status
read_ek(struct bytes in, struct assay_result *r, struct tpm_public *pub)
{
	enum status st = public_parse(in, pub);

	verdict_reason(r, st, "ek-pub", "give it in the TPM's form");
	return st;
}

static enum status
make(const struct tpm_public *ek, const struct tpm_name *ek_name,
    const struct tpm_public *ak, const struct tpm_name *ak_name,
    const struct ek_shown *shown, struct assay_challenge *out)
{
	uint8_t secret[CREDENTIAL_SECRET];
	struct credential c;
	struct ek_cert cert;
	struct digest proof, keys;
	enum status st = random_bytes(secret, sizeof(secret));

	if (st == OK)
		st = credential_make(ek, name_view(ak_name), secret, &c);
	if (st == OK)
		st = challenge_proof(BYTES_OF(secret), name_view(ak_name),
		    name_view(ek_name), &proof);
	explicit_bzero(secret, sizeof(secret));
	/* A TPM keeps DER: the digest below is over nothing else. */
	if (st == OK)
		st = ek_parse(shown->cert, &cert);
	if (st != OK)
		return st;
	st = challenge_keys(cert.der, ek->wire, ak->wire, &keys);
	if (st != OK)
		return st;
	memcpy(out->ak_name, ak_name->b, ak_name->n);
	out->ak_name_len = ak_name->n;
	memcpy(out->ek_name, ek_name->b, ek_name->n);
	out->ek_name_len = ek_name->n;
	memcpy(out->credential, c.blob, c.blob_len);
	memcpy(out->secret, c.seed, c.seed_len);
	out->secret_len = c.seed_len;
	memcpy(out->proof, proof.b, sizeof(out->proof));
	memcpy(out->keys, keys.b, sizeof(out->keys));
	out->credential_len = c.blob_len;
	return OK;
}

struct assay_result *
challenge(const struct assay *ctx, const struct ek_shown *ek,
    struct bytes ak_pub, struct assay_challenge *out)
{
	struct assay_result *r = verdict_new("enrolment");
	struct tpm_name ek_name, ak_name;
	struct tpm_public ek_public, ak_public;
	enum status st;

	memset(out, 0, sizeof(*out));
	if (r == NULL)
		return NULL;
	verdict_subject(r, BYTES_LIT("ek"));
	ek_appraise(ctx, ek, r, &ek_name);
	st = judge_ak(ak_pub, r, &ak_public, &ak_name);
	if (st == OK)
		st = read_ek(ek->pub, r, &ek_public);

	/* Nobody is asked who could not be believed. */
	if (st != OK || verdict_failed(r) || ek_name.n == 0)
		return r;
	st = make(&ek_public, &ek_name, &ak_public, &ak_name, ek, out);
	verdict_reason(r, st, "ek", "give the certificate in DER, and a key "
				    "that a secret can be wrapped for");
	return r;
}
