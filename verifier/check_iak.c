/* SPDX-License-Identifier: Apache-2.0 */
#include "check_iak.h"

#include "quote_files.h"

/* What is asked of the certificate itself. */
static enum status
judge_cert(struct bytes in, struct assay_result *r, struct ek_cert *cert)
{
	enum status st = ek_parse(in, cert);

	/* To ek_parse any key that signs is of the wrong kind. */
	if (st == EK_USAGE && cert->kind == EK_ATTESTATION)
		st = OK;
	else if (st == OK || st == EK_USAGE || st == EK_PURPOSE)
		st = IAK_PURPOSE;
	verdict_reason(r, st, "iak", "%s",
	    st == IAK_PURPOSE	     ? ek_kind_name(cert->kind)
		: st == EK_MALFORMED ? "give X.509 version 3 in DER or PEM"
				     : "");
	if (cert->key.der_len > 0)
		ek_describe(cert, r->data);
	if (cert->key.der_len > 0 && ek_is_roca(ek_modulus(&cert->key)))
		verdict_reason(r, EK_ROCA, "iak",
		    "anybody may have computed the private key");
	return st;
}

/* The key that quotes: the certificate's, and one that speaks for a TPM. */
static void
judge_ak(const struct ek_cert *cert, struct bytes in, struct assay_result *r)
{
	struct tpm_public pub;
	struct tpm_name name;
	bool is_tpm = false;
	enum status st = key_file_parse(in, &pub, &is_tpm);

	if (st == OK &&
	    !bytes_eq(bytes_view(cert->key.der, cert->key.der_len),
		bytes_view(pub.key.der, pub.key.der_len)))
		st = EK_KEY_MISMATCH;
	if (st == OK && is_tpm)
		st = ak_check_public(&pub);
	if (st == OK && is_tpm)
		st = name_of(&pub, &name);
	verdict_reason(r, st, "ak", "%s",
	    st == EK_KEY_MISMATCH ? "give the key that this certificate is of"
				  : "");
	if (!is_tpm)
		verdict_not_checked(r, CHECK_AK_ATTRIBUTES);
	else if (st == OK)
		data_hex(r->data, "ak_name", name_view(&name));
}

struct assay_result *
check_iak(const struct assay *ctx, struct bytes file, struct bytes chain,
    struct bytes ak)
{
	struct assay_result *r = verdict_new("attestation key");
	uint8_t store[EK_CERT_MAX];
	struct ek_cert cert;

	if (r == NULL)
		return NULL;
	r->in_full = true;
	verdict_subject(r, BYTES_LIT("iak"));
	hash_one(HASH_SHA256, file, &r->evidence_digest);
	(void)judge_cert(ek_as_der(file, store, sizeof(store)), r, &cert);
	if (cert.key.der_len > 0) {
		ek_judge_path(ctx, &cert, chain, r);
		judge_ak(&cert, ak, r);
	}
	return r;
}
