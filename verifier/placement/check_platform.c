/* SPDX-License-Identifier: Apache-2.0 */
/* A platform certificate by itself: whose it is, who says so, for when. */
#include "check_platform.h"

#include <stdlib.h>

#include "chain_parse.h"
#include "check_ek.h"
#include "der_name.h"
#include "platform_signer.h"
#include "revocation.h"

/* 2.23.133.8.2, tcg-kp-PlatformAttributeCertificate */
static const uint8_t oid_platform[] = {0x67, 0x81, 0x05, 0x08, 0x02};

/* What it says of itself, whoever says it. */
static void
judge_cert(const struct assay *ctx, const struct platform_cert *cert,
    struct assay_result *r)
{
	char oid[OID_TEXT];

	if (cert->critical.n > 0) {
		oid_text(cert->critical, oid);
		verdict_reason(r, PLATFORM_EXTENSION, "platform", "%s", oid);
	}
	if (cert->type.n > 0 && !bytes_eq(cert->type, BYTES_OF(oid_platform))) {
		oid_text(cert->type, oid);
		verdict_reason(r, PLATFORM_TYPE, "platform",
		    "%s; 2.23.133.8.2 is of a whole platform", oid);
	}
	if (!ctx->has_time)
		verdict_not_checked(r, CHECK_TIME);
	else if (ctx->time < cert->not_before || ctx->time > cert->not_after)
		verdict_reason(r, PLATFORM_EXPIRED, "platform",
		    ctx->time < cert->not_before ? "not valid yet"
		                                 : "not valid any more");
	verdict_not_checked(r, CHECK_PLATFORM_PARTS);
}

/*
 * Do the operator's authorities vouch for the certificate at WHERE?  PATH is
 * empty when not.  False without any of them.
 */
static bool
judge_path(const struct assay *ctx, struct bytes der, struct bytes links,
    const char *where, struct assay_result *r, struct tpm_path *path)
{
	enum status st;

	if (!tpm_roots_any(ctx->tpm_roots))
		return false;
	st = tpm_roots_verify(ctx->tpm_roots, der, links,
	    ctx->has_time ? &ctx->time : NULL, path);
	verdict_reason(r, st, where, "%s%s",
	    st == CHAIN_UNTRUSTED && path->note[0] == '\0'
		? "add its authority to --roots, see assay anchors add; issuer "
		: "",
	    path->note[0] != '\0'  ? path->note
	    : st == CHAIN_EXPIRED ? path->link[path->outside].subject
				  : path->issuer);
	if (path->revocation == REVOCATION_OF_NONE && path->note[0] == '\0')
		verdict_not_checked(r, CHECK_REVOCATION);
	if (path->revocation == REVOCATION_OF_SOME)
		verdict_not_checked(r, CHECK_REVOCATION_IN_PART);
	/* A way that leads nowhere has no authority to tell of. */
	if (st != OK && st != CHAIN_EXPIRED)
		path->count = 0;
	return true;
}

/* That the endorsement key is one of a TPM. */
static void
judge_ek(const struct assay *ctx, const struct ek_cert *ek,
    struct bytes links, struct assay_result *r)
{
	struct tpm_path path;

	if (!judge_path(ctx, ek->der, links, "ek", r, &path)) {
		verdict_not_checked(r, CHECK_PLATFORM_EK);
		return;
	}
	if (path.count > 0 &&
	    !ek_manufacturer_fits(ek->manufacturer, path.vendor))
		verdict_reason(r, EK_MANUFACTURER, "ek",
		    "%s, vouched for by %s", ek->manufacturer, path.vendor);
	if (ek_is_roca(ek_modulus(&ek->key)))
		verdict_reason(r, EK_ROCA, "ek",
		    "anybody may have computed the private key");
}

/* Whose machine it is. */
static void
judge_holder(const struct assay *ctx, const struct platform_cert *cert,
    const struct platform_shown *in, struct assay_result *r)
{
	uint8_t store[EK_CERT_MAX];
	struct ek_cert ek;
	enum status st;

	if (in->ek.p == NULL) {
		verdict_reason(r, PLATFORM_UNPROVED, "platform",
		    "whose it is was not checked: give --ek");
		verdict_not_checked(r, CHECK_PLATFORM_HOLDER);
		return;
	}
	st = ek_parse(ek_as_der(in->ek, store, sizeof(store)), &ek);
	if (st != OK)
		verdict_reason(r, st, "ek",
		    "give the certificate of this TPM's endorsement key");
	if (st == EK_MALFORMED || ek.der.n == 0) {
		verdict_not_checked(r, CHECK_PLATFORM_HOLDER);
		return;
	}
	st = platcert_check_holder(cert, ek.der);
	verdict_reason(r, st, "platform", "%s",
	    st == PLATFORM_HOLDER_MISMATCH
		? "issuer or serial number of the endorsement key's "
		  "certificate differ"
		: "it cannot be compared");
	judge_ek(ctx, &ek, in->issuers, r);
}

/* Who vouches for the signer: authorities, when the operator has any. */
static void
judge_authority(const struct assay *ctx, const struct platform_signer *signer,
    struct bytes links, struct assay_result *r)
{
	struct bytes der = bytes_view(signer->der, signer->len);
	char note[CHAIN_NOTE];
	struct tpm_path path;
	enum status st;
	bool found;

	if (judge_path(ctx, der, links, "issuer", r, &path)) {
		if (path.count > 0)
			data_text(r->data, "authority", bytes_str(path.name));
		return;
	}
	verdict_not_checked(r, CHECK_PLATFORM_AUTHORITY);
	st = platcert_signer_revocation(signer, links, ctx->anchors,
	    ctx->has_time ? &ctx->time : NULL, &found, note);
	verdict_reason(r, st, "issuer", "%s%s", note,
	    st == CHAIN_CRL_INVALID ? "; give who issued it with --issuer" : "");
	if (st == OK && !found)
		verdict_not_checked(r,
		    revocation_any(anchors_revocation(ctx->anchors))
			? CHECK_REVOCATION_IN_PART
			: CHECK_REVOCATION);
	if (ctx->has_time && (ctx->time < signer->not_before ||
				 ctx->time > signer->not_after))
		verdict_reason(
		    r, CHAIN_EXPIRED, "issuer", "%s", signer->subject);
}

/* Whether its signer took it back. */
static void
judge_revocation(const struct assay *ctx, const struct platform_cert *cert,
    const struct platform_signer *signer, struct assay_result *r)
{
	char note[CHAIN_NOTE];
	bool found;
	enum status st =
	    platcert_find_revocation(cert, signer, ctx->anchors,
		ctx->has_time ? &ctx->time : NULL, &found, note);

	verdict_reason(r, st, "platform", "the platform certificate%s", note);
	if (st == OK && !found)
		verdict_not_checked(r, CHECK_PLATFORM_REVOCATION);
}

static const char *
signer_detail(
    enum status st, const struct platform_cert *cert, char name[NAME_TEXT])
{
	if (st == PLATFORM_ISSUER)
		name_text(cert->issuer, name);
	return st == PLATFORM_ISSUER ? name
	    : st == CHAIN_MALFORMED
	    ? "give at most 16 X.509 certificates in DER or PEM"
	    : st == PLATFORM_SIGNATURE
	    ? "it was changed, or another key has this name"
	    : st == PLATFORM_ISSUER_USAGE
	    ? "its key usage lacks digitalSignature"
	    : st == PLATFORM_ALGORITHM
	    ? "accepted are keys of RSA from 2048 bits, on P-256 and P-384"
	    : "";
}

/* Who says it. */
static void
judge_signer(const struct assay *ctx, const struct platform_cert *cert,
    struct bytes issuers, struct assay_result *r)
{
	struct platform_signer *signer;
	char name[NAME_TEXT];
	enum status st;

	if (cert->whole.hash == HASH_NONE)
		verdict_reason(r, PLATFORM_ALGORITHM, "platform",
		    "accepted are SHA-256, SHA-384 and SHA-512, with RSA or "
		    "ECDSA");
	if (issuers.p == NULL) {
		verdict_reason(r, PLATFORM_UNPROVED, "platform",
		    "who signed it was not checked: give --issuer");
		verdict_not_checked(r, CHECK_PLATFORM_SIGNATURE);
		verdict_not_checked(r, CHECK_PLATFORM_REVOCATION);
		return;
	}
	if ((signer = malloc(sizeof(*signer))) == NULL) {
		verdict_reason(r, NO_MEMORY, "issuer", "judging it");
		return;
	}
	st = platcert_find_signer(
	    cert, issuers, anchors_curves(ctx->anchors), signer);
	/* Why its own algorithm does not do was said. */
	if (st != PLATFORM_ALGORITHM || cert->whole.hash != HASH_NONE)
		verdict_reason(r, st,
		    st == PLATFORM_SIGNATURE ? "platform" : "issuer", "%s",
		    signer_detail(st, cert, name));
	if (st == OK) {
		data_text(r->data, "signed_by", bytes_str(signer->subject));
		json_object_set_new(r->data, "signer_is_authority",
		    json_boolean(signer->authority));
		judge_revocation(ctx, cert, signer, r);
		judge_authority(ctx, signer, issuers, r);
	} else {
		verdict_not_checked(r, CHECK_PLATFORM_REVOCATION);
	}
	free(signer);
}

/* DER as it is; of PEM the one attribute certificate (RFC 7468, 12). */
static struct bytes
as_der(struct bytes file, uint8_t *store)
{
	if (file.n == 0 || file.p[0] == DER_SEQUENCE)
		return file;
	return chain_one_pem(
	    file, "ATTRIBUTE CERTIFICATE", store, PLATFORM_CERT_MAX);
}

struct assay_result *
check_platform(const struct assay *ctx, const struct platform_shown *in)
{
	struct assay_result *r = verdict_new("platform certificate");
	uint8_t *store = malloc(PLATFORM_CERT_MAX);
	struct platform_cert cert;
	enum status st;

	if (r == NULL || store == NULL) {
		assay_result_free(r);
		free(store);
		return NULL;
	}
	r->in_full = true;
	verdict_subject(r, BYTES_LIT("platform"));
	hash_one(HASH_SHA256, in->cert, &r->evidence_digest);
	st = platcert_parse(as_der(in->cert, store), &cert);
	verdict_reason(r, st, "platform",
	    "%s; give an attribute certificate in DER or PEM", cert.fault);
	if (st == OK) {
		platcert_describe(&cert, r->data);
		judge_cert(ctx, &cert, r);
		judge_holder(ctx, &cert, in, r);
		judge_signer(ctx, &cert, in->issuers, r);
	}
	free(store);
	return r;
}
