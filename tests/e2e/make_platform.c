/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-platform DIR [ISSUER SERIAL]: certificates of a made-up maker for
 * platform.sh; of the TPM whose endorsement key's certificate has this
 * issuer and serial number, in hexadecimal digits.
 */
#include <stdio.h>
#include <stdlib.h>

#include "platform_forge.h"

static const char *dir;
static int failed;

static void
put(const char *name, struct bytes b)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.der", dir, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(b.p, 1, b.n, f) != b.n)
		failed = 1;
	if (f != NULL && fclose(f) != 0)
		failed = 1;
}

static void
put_platforms(const struct xf_key *maker, const char *issuer, uint64_t serial)
{
	struct pf_recipe r = pf_sound(maker);

	r.holder = XF_SEQ(pf_base(issuer, serial));
	put("platform", pf_make(&r, maker));
	r.attribute[PF_TYPE] =
	    pf_attribute("6781050219", XF_SEQ(xf_oid("6781050805")));
	put("delta", pf_make(&r, maker));
	r = pf_sound(maker);
	r.attribute[PF_CONFIG] = pf_config(
	    pf_component("a\033[2J\nplatform certificate: affirming", XF_NONE),
	    XF_SEQ(pf_text("\033[2J"), pf_text("\xc3\xa4")));
	r.extension[PF_NAMES] = pf_alt_name("\033[2J", "\r\n", XF_NONE);
	put("hostile", pf_make(&r, maker));
}

int
main(int argc, char **argv)
{
	struct xf_key root, maker, ek, other;
	struct xf_cert c = {.subject = "Made-up root",
	    .issuer = "Made-up root",
	    .key = &root,
	    .by = &root,
	    .serial = 1,
	    .from = PF_TIME,
	    .until = PF_UNTIL,
	    .usage = XF_CERT_SIGN | XF_CRL_SIGN,
	    .ca = true};

	const char *issuer = argc == 4 ? argv[2] : PF_TPM_MAKER;
	uint64_t serial = argc == 4 ? strtoull(argv[3], NULL, 16)
				    : PF_EK_SERIAL;

	if ((argc != 2 && argc != 4) || crypto_init() != OK || !xf_key_new(&root, KEY_P384) ||
	    !xf_key_new(&maker, KEY_P384) || !xf_key_new(&ek, KEY_P256) ||
	    !xf_key_new(&other, KEY_P384))
		return 1;
	dir = argv[1];
	put("root", xf_cert_make(&c));
	c.subject = PF_TPM_MAKER;
	c.serial = 2;
	put("tpm-maker", xf_cert_make(&c));
	put("issuer", pf_issuer(&maker, &root, "Made-up root", XF_SIGN));
	put("imposter", pf_issuer(&other, &root, "Made-up root", XF_SIGN));
	put("ca-only", pf_issuer(&maker, &root, "Made-up root", XF_CERT_SIGN));
	put("ek", pf_ek(&ek, &root, PF_TPM_MAKER, PF_EK_SERIAL));
	put("other-ek", pf_ek(&ek, &root, PF_TPM_MAKER, PF_EK_SERIAL + 1));
	put("revoked", xf_crl("Made-up root", &root, PF_TIME,
			   PF_UNTIL, 5, PF_TIME, -1));
	put("unrevoked", xf_crl("Made-up root", &root, PF_TIME,
			     PF_UNTIL, 0, PF_TIME, -1));
	put_platforms(&maker, issuer, serial);
	return failed;
}
