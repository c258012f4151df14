/* SPDX-License-Identifier: Apache-2.0 */
/* Endorsement keys and those who vouch for them, checked by themselves. */
#include "check_ek.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "der.h"
#include "quote_files.h"
#include "tpm_roots.h"

/*
 * TPM manufacturers (TCG TPM Vendor ID Registry) and the authorities that
 * vouch for their TPMs.  A manufacturer that is not here may be anybody's.
 */
static const struct {
	const char *id, *name, *vendors[2];
} manufacturers[] = {
    {"id:414D4400", "AMD", {"AMD", "Microsoft"}},
    {"id:474F4F47", "Google", {"Google", NULL}},
    {"id:49465800", "Infineon", {"Infineon", NULL}},
    {"id:494E5443", "Intel", {"Intel", NULL}},
    {"id:4D534654", "Microsoft", {"Microsoft", "AMD"}},
    {"id:4E534700", "NSING", {"NSING", NULL}},
    {"id:4E544300", "Nuvoton", {"Nuvoton", NULL}},
    {"id:4E545A00", "Nationz", {"Nationz", NULL}},
    {"id:53544D20", "STMicroelectronics", {"STMicroelectronics", "GlobalSign"}},
};

enum { MANUFACTURERS = sizeof(manufacturers) / sizeof(manufacturers[0]) };

static size_t
manufacturer_of(const char *id)
{
	size_t i = 0;

	while (i < MANUFACTURERS && strcasecmp(manufacturers[i].id, id) != 0)
		i++;
	return i;
}

bool
ek_manufacturer_fits(const char *id, const char *vendor)
{
	size_t i = manufacturer_of(id);

	if (i == MANUFACTURERS || vendor[0] == '\0')
		return true;
	for (size_t k = 0; k < 2; k++)
		if (manufacturers[i].vendors[k] != NULL &&
		    strcmp(manufacturers[i].vendors[k], vendor) == 0)
			return true;
	return false;
}

static void
describe_key(const struct public_key *key, json_t *data)
{
	char text[16];

	snprintf(text, sizeof(text), "%s-%u",
	    key->type == KEY_RSA ? "RSA" : "P", key->bits);
	data_text(data, "algorithm", bytes_str(text));
}

void
ek_describe(const struct ek_cert *cert, json_t *data)
{
	size_t i = manufacturer_of(cert->manufacturer);

	data_text(data, "kind", bytes_str(ek_kind_name(cert->kind)));
	describe_key(&cert->key, data);
	if (cert->manufacturer[0] != '\0')
		data_text(data, "manufacturer", bytes_str(cert->manufacturer));
	if (i < MANUFACTURERS)
		data_text(data, "manufacturer_name",
		    bytes_str(manufacturers[i].name));
	if (cert->model[0] != '\0')
		data_text(data, "model", bytes_str(cert->model));
	if (cert->version[0] != '\0')
		data_text(data, "version", bytes_str(cert->version));
	data_uint(data, "padding", cert->padding);
}

/* What is asked of the certificate itself. */
static enum status
judge_cert(struct bytes in, struct assay_result *r, struct ek_cert *cert)
{
	enum status st = ek_parse(in, cert);

	verdict_reason(r, st, "ek", "%s",
	    st == EK_PADDING       ? "after the certificate only 00, or only "
				     "FF, may follow"
		: st == EK_MALFORMED ? "give X.509 version 3 in DER or PEM"
		: st == EK_USAGE || st == EK_PURPOSE
		? ek_kind_name(cert->kind)
		: "");
	if (cert->key.der_len == 0)
		return st;
	ek_describe(cert, r->data);
	if (ek_is_roca(ek_modulus(&cert->key)))
		verdict_reason(r, EK_ROCA, "ek",
		    "anybody may have computed the private key");
	if (st == OK && !cert->has_eku)
		verdict_reason(r, EK_PURPOSE_UNSTATED, "ek",
		    "it has no extended key usage; its key usage fits");
	if (st == OK && (cert->manufacturer[0] == '\0' ||
			    cert->model[0] == '\0' || cert->version[0] == '\0'))
		verdict_reason(r, EK_TPM_UNSTATED, "ek",
		    "manufacturer, model or version is missing");
	return st;
}

static const char *
path_detail(enum status st, const struct tpm_path *path, char out[DETAIL_MAX])
{
	const char *subject = path->link[path->outside].subject;

	if (st == CHAIN_UNTRUSTED)
		snprintf(out, DETAIL_MAX,
		    "issuer %s; give the vendor's certificates, or see assay "
		    "anchors add",
		    path->issuer);
	else if (st == CHAIN_EXPIRED)
		snprintf(out, DETAIL_MAX, "%s", subject);
	else if (path->note[0] != '\0')
		snprintf(out, DETAIL_MAX, "%s", path->note);
	else
		snprintf(out, DETAIL_MAX, "issuer %s", path->issuer);
	return out;
}

/* Who vouches for it. */
void
ek_judge_path(const struct assay *ctx, const struct ek_cert *cert,
    struct bytes chain, struct assay_result *r)
{
	char detail[DETAIL_MAX];
	struct tpm_path path;
	enum status st = tpm_roots_verify(ctx->tpm_roots, cert->der, chain,
	    ctx->has_time ? &ctx->time : NULL, &path);
	json_t *links = json_array();

	verdict_reason(
	    r, st, "chain", "%s", path_detail(st, &path, detail));
	if (path.revocation == REVOCATION_OF_NONE && path.note[0] == '\0')
		verdict_not_checked(r, CHECK_REVOCATION);
	if (path.revocation == REVOCATION_OF_SOME)
		verdict_not_checked(r, CHECK_REVOCATION_IN_PART);
	if (!ctx->has_time)
		verdict_not_checked(r, CHECK_TIME);
	data_text(r->data, "issuer", bytes_str(path.issuer));
	if (st == OK || st == CHAIN_EXPIRED) {
		for (size_t i = 0; i < path.count; i++)
			json_array_append_new(links,
			    json_string(path.link[i].subject[0] != '\0'
				    ? path.link[i].subject
				    : "(no subject)"));
		json_object_set(r->data, "chain", links);
		data_text(r->data, "authority", bytes_str(path.name));
		data_text(r->data, "vendor",
		    bytes_str(path.vendor[0] != '\0' ? path.vendor
						     : "named by the "
						       "operator"));
		data_uint(
		    r->data, "not_after", (uint64_t)path.link[0].not_after);
		if (!ek_manufacturer_fits(cert->manufacturer, path.vendor))
			verdict_reason(r, EK_MANUFACTURER, "ek",
			    "%s, vouched for by %s", cert->manufacturer,
			    path.vendor);
	}
	json_decref(links);
}

/* The key as its TPM shows it. */
static void
judge_public(const struct ek_cert *cert, struct bytes in,
    struct assay_result *r, struct tpm_name *name)
{
	struct tpm_public pub;
	bool is_tpm = false;
	enum status st = key_file_parse(in, &pub, &is_tpm);

	if (st == OK)
		st = ek_check_public(cert, &pub);
	if (!is_tpm && st == EK_ATTRIBUTES)
		st = OK; /* PEM has none */
	if (st == OK && is_tpm)
		st = name_of(&pub, name);
	verdict_reason(r, st, "ek-pub", "%s",
	    st == EK_KEY_MISMATCH ? "give the public area of this TPM's own "
				    "endorsement key"
				  : "");
	if (st == OK && is_tpm)
		data_hex(r->data, "ek_name", name_view(name));
}

/* The one certificate of FILE, in whatever form it came. */
struct bytes
ek_as_der(struct bytes file, uint8_t *store, size_t cap)
{
	struct bytes certs[CHAIN_MAX];
	size_t count = 0;

	if (file.n > 0 && file.p[0] == DER_SEQUENCE)
		return file;
	if (chain_from_pem(file, store, cap, certs, &count) != OK ||
	    count != 1)
		return (struct bytes){NULL, 0};
	return certs[0];
}

void
ek_appraise(const struct assay *ctx, const struct ek_shown *in,
    struct assay_result *r, struct tpm_name *name)
{
	uint8_t store[EK_CERT_MAX];
	struct ek_cert cert;

	*name = (struct tpm_name){.n = 0};
	judge_cert(ek_as_der(in->cert, store, sizeof(store)), r, &cert);
	if (cert.key.der_len == 0)
		return;
	ek_judge_path(ctx, &cert, in->chain, r);
	if (in->pub.n > 0)
		judge_public(&cert, in->pub, r, name);
}

struct assay_result *
check_ek(const struct assay *ctx, const struct ek_shown *in)
{
	struct assay_result *r = verdict_new("endorsement key");
	struct tpm_name name;

	if (r == NULL)
		return NULL;
	r->in_full = true;
	verdict_subject(r, BYTES_LIT("ek"));
	hash_one(HASH_SHA256, in->cert, &r->evidence_digest);
	verdict_not_checked(r, CHECK_EK_HELD);
	ek_appraise(ctx, in, r, &name);
	return r;
}

static void
list_known(json_t *list)
{
	size_t count;
	const struct tpm_ca *ca = tpm_ca_list(&count);

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s}", "vendor", ca[i].vendor,
			"name", ca[i].name, "sha256", ca[i].sha256, "stores",
			ca[i].stores));
}

static void
on_seen(void *arg, const struct tpm_root_seen *seen)
{
	struct assay_result *r = arg;
	const struct tpm_ca *ca = seen->known;
	bool named = seen->name[0] != '\0';

	json_array_append_new(json_object_get(r->data, "authorities"),
	    json_pack("{s:s, s:s, s:s, s:s}", "vendor",
		ca != NULL ? ca->vendor
		    : named ? "named by the operator"
			    : "unknown",
		"name", named ? seen->name : ca != NULL ? ca->name
							: seen->subject,
		"sha256", seen->sha256, "subject", seen->subject));
	if (ca == NULL && !named)
		verdict_reason(r, ANCHOR_UNKNOWN, "anchor",
		    "%.160s, SHA-256 %s", seen->subject, seen->sha256);
}

struct assay_result *
check_tpm_roots(struct bytes file)
{
	struct assay_result *r = verdict_new("TPM vendors' authorities");
	json_t *list = json_array();
	enum status st;

	if (r == NULL) {
		json_decref(list);
		return NULL;
	}
	json_object_set_new(r->data, "authorities", list);
	verdict_subject(r, BYTES_LIT("anchor"));
	if (file.n == 0) {
		r->shown = true;
		verdict_reason(r, NOT_VERIFIED, "anchor",
		    "what is built in; the certificates come from a folder");
		list_known(list);
		return r;
	}
	st = tpm_roots_look(file, on_seen, r);
	verdict_reason(r, st, "anchor", "%s",
	    st == ANCHOR_FINGERPRINT
		? "one certificate with its own fingerprint may be named"
		: "");
	return r;
}
