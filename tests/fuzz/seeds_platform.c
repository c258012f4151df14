/* SPDX-License-Identifier: Apache-2.0 */
/* First inputs for the fuzzer of platform certificates. */
#include "seeds.h"

#include <string.h>

#include "platform_forge.h"

static void
seed_recipe(const struct pf_recipe *r, const struct xf_key *key)
{
	seed("platform_cert", 0, pf_make(r, key));
}

/* Forms that the sound one does not have. */
static void
seed_forms(const struct xf_key *key)
{
	struct pf_recipe r = pf_sound(key);

	seed_recipe(&r, key);
	r.holder = XF_SEQ(xf_tlv(0xa1, xf_tlv(0xa4, xf_name("TPM"))),
	    xf_tlv(0xa2, xf_uint(1)));
	r.attribute[PF_ASSERTIONS] = pf_attribute("6781050213",
	    XF_SEQ(xf_uint(0),
		xf_tlv(0xa0,
		    xf_join(XF_PARTS(pf_tagged(0x16, "3.1"),
			pf_tagged(0x0a, "\7"), pf_tagged(0x0a, "\2"),
			pf_tagged(0x80, "\1"), pf_tagged(0x81, "*\3"),
			xf_tlv(0xa2, pf_tagged(0x16, "u")),
			pf_tagged(0x83, "*\3"),
			xf_tlv(0xa4, pf_tagged(0x16, "u"))))),
		xf_tlv(0xa1,
		    xf_join(XF_PARTS(pf_tagged(0x16, "140-2"),
			pf_tagged(0x0a, "\4"))))));
	r.attribute[PF_CONFIG] = pf_attribute("67810505010701",
	    XF_SEQ(xf_tlv(0xa0, XF_SEQ(pf_text("a"), pf_text("b"),
				    pf_tagged(0x82, "*\3"))),
		xf_tlv(0xa1, XF_SEQ(pf_text("a"), pf_text("b")))));
	r.extension[PF_OTHER] = xf_extension(
	    "551d09", false, XF_SEQ(pf_attribute("2a03", pf_text("x"))));
	seed_recipe(&r, key);
	r.no_extensions = true;
	seed_recipe(&r, key);
}

bool
seeds_platform(void)
{
	struct xf_key key;
	struct bytes name = xf_name("serial/name");
	const uint8_t head[] = {0, (uint8_t)name.n};

	if (!xf_key_new(&key, KEY_P256))
		return false;
	seed_forms(&key);
	seed("platform_cert", 1, xf_join(XF_PARTS(BYTES_OF(head), name, name)));
	seed("platform_cert", 2, pf_issuer(&key, &key, PF_MAKER, XF_SIGN));
	seed("platform_cert", 3,
	    BYTES_LIT("-----BEGIN ATTRIBUTE CERTIFICATE-----\nMAA=\n"
		      "-----END ATTRIBUTE CERTIFICATE-----\n"));
	xf_key_free(&key);
	xf_reset();
	return true;
}
