/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses: a platform certificate, two names, certificates of
 * who may have signed a sound one, PEM.
 */
#include "fuzz.h"

#include <assay/verify.h>

#include "chain_parse.h"
#include "check_platform.h"
#include "der_name.h"
#include "platform_forge.h"
#include "platform_signer.h"

/* What a parse that succeeded promises. */
static void
promises(const struct platform_cert *c)
{
	MUST(c->fault == NULL);
	MUST(c->serial.n > 0 && c->serial.p[0] < 0x80);
	MUST(c->not_before <= c->not_after);
	MUST(name_same(c->issuer, c->issuer));
	MUST(c->holder.issuer.n == 0 || name_is_sound(c->holder.issuer));
	MUST(c->names.manufacturer.n == 0 ||
	    bytes_is_text(c->names.manufacturer));
	MUST(c->config_version <= 2);
}

static void
certificate(struct bytes in)
{
	static char text[1 << 20];
	static struct assay *ctx;
	struct assay_check given = {.platform = {in.p, in.n}};
	struct platform_cert cert;
	struct assay_result *r;
	enum status st = platcert_parse(in, &cert);

	if (ctx == NULL)
		MUST((ctx = assay_new()) != NULL);
	MUST(st == OK || (st == PLATFORM_MALFORMED && cert.fault != NULL));
	if (st == OK)
		promises(&cert);
	MUST((r = assay_check(ctx, ASSAY_PLATFORM, &given)) != NULL);

	/* Nobody has said who issued it. */
	MUST(assay_result_exit(r) != 0);
	MUST(assay_result_write(r, ASSAY_JSON, NULL, text, sizeof(text)) > 0);
	MUST(assay_result_write(r, ASSAY_TEXT, NULL, text, sizeof(text)) > 0);
	assay_result_free(r);
}

static void
names(struct bytes in)
{
	struct reader r = reader_of(in);
	struct bytes a = read_tpm2b(&r), b = r.rest;
	char text[NAME_TEXT], oid[OID_TEXT];

	MUST(name_same(a, b) == name_same(b, a));
	MUST(name_same(a, a) == name_is_sound(a));
	name_text(a, text);
	MUST(memchr(text, 0, sizeof(text)) != NULL);
	MUST(bytes_is_text(bytes_str(text)));
	oid_text(b, oid);
	MUST(memchr(oid, 0, sizeof(oid)) != NULL);
}

static void
signers(struct bytes in)
{
	static struct platform_signer signer;
	static uint8_t der[4096];
	static struct xf_key key;
	static size_t n;
	struct platform_cert cert;

	if (n == 0) {
		struct pf_recipe r;
		struct bytes made;

		MUST(xf_key_new(&key, KEY_P256));
		r = pf_sound(&key);
		made = pf_make(&r, &key);
		MUST(made.n <= sizeof(der));
		memcpy(der, made.p, made.n);
		n = made.n;
		xf_reset();
	}
	MUST(platcert_parse(bytes_view(der, n), &cert) == OK);
	/* Its key is new, and in nobody's certificate. */
	MUST(platcert_find_signer(&cert, in, NULL, &signer) != OK);
}

static void
pem(struct bytes in)
{
	static uint8_t store[PLATFORM_CERT_MAX];
	struct platform_cert cert;
	struct bytes der = chain_one_pem(
	    in, "ATTRIBUTE CERTIFICATE", store, sizeof(store));

	MUST(der.n <= sizeof(store));
	platcert_parse(der, &cert);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(crypto_init() == OK);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct bytes) = {
	    certificate, names, signers, pem};

	if (size > 0)
		parsers[data[0] % 4](bytes_view(data + 1, size - 1));
	return 0;
}
