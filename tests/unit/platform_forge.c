/* SPDX-License-Identifier: Apache-2.0 */
#include "platform_forge.h"

#include <string.h>

struct bytes
pf_tagged(uint8_t tag, const char *s)
{
	return xf_tlv(tag, bytes_str(s));
}

struct bytes
pf_text(const char *s)
{
	return pf_tagged(0x0c, s);
}

struct bytes
pf_attribute(const char *oid, struct bytes value)
{
	return XF_SEQ(xf_oid(oid), xf_tlv(0x31, value));
}

struct bytes
pf_general_name(struct bytes name)
{
	return XF_SEQ(xf_tlv(0xa4, name));
}

struct bytes
pf_base(const char *issuer, uint64_t serial)
{
	return xf_tlv(0xa0,
	    xf_join(XF_PARTS(
		pf_general_name(xf_name(issuer)), xf_uint(serial))));
}

/* ComponentIdentifierV2 */
struct bytes
pf_component(const char *model, struct bytes rest)
{
	static const uint8_t class[] = {0x00, 0x06, 0x00, 0x04};

	return XF_SEQ(XF_SEQ(xf_oid("6781051203"),
			  xf_tlv(0x04, BYTES_OF(class))),
	    pf_text(PF_MAKER), pf_text(model), rest);
}

struct bytes
pf_config(struct bytes components, struct bytes properties)
{
	return pf_attribute("67810505010702",
	    XF_SEQ(xf_tlv(0xa0, components), xf_tlv(0xa2, properties),
		xf_tlv(0xa3, pf_tagged(0x16, "https://maker.example/p"))));
}

static struct bytes
set_of(const char *oid, struct bytes value)
{
	return xf_tlv(0x31, XF_SEQ(xf_oid(oid), value));
}

struct bytes
pf_alt_name(const char *manufacturer, const char *model, struct bytes more)
{
	return xf_extension("551d11", false,
	    pf_general_name(XF_SEQ(
		set_of("678105050101", pf_text(manufacturer)),
		set_of("678105050102", XF_SEQ(xf_oid("2b06010401822c"))),
		set_of("678105050104", pf_text(model)),
		set_of("678105050105", pf_text("rev 1")),
		set_of("678105050106", pf_text("SN-1")), more)));
}

static struct bytes
sound_config(void)
{
	static const uint8_t yes[] = {0xff};
	struct bytes gpu = xf_join(XF_PARTS(pf_tagged(0x80, "GPU-1"),
	    pf_tagged(0x81, "A1"), xf_tlv(0x83, BYTES_OF(yes))));
	struct bytes nic = xf_tlv(0xa4,
	    XF_SEQ(xf_oid("6781051101"), pf_text("02:00:00:00:00:01")));

	return pf_config(xf_join(XF_PARTS(pf_component("accelerator", gpu),
			     pf_component("network", nic))),
	    XF_SEQ(pf_text("tested"), pf_text("yes")));
}

static void
sound_attributes(struct pf_recipe *r)
{
	static const uint8_t class[] = {0, 0, 0, 1}, hybrid[] = {3}, no[] = {0};

	r->attribute[PF_SPECIFICATION] = pf_attribute("6781050211",
	    XF_SEQ(XF_SEQ(xf_uint(2), xf_uint(0), xf_uint(43)),
		xf_tlv(0x04, BYTES_OF(class))));
	r->attribute[PF_TYPE] =
	    pf_attribute("6781050219", XF_SEQ(xf_oid("6781050802")));
	r->attribute[PF_CREDENTIAL] = pf_attribute(
	    "6781050217", XF_SEQ(xf_uint(1), xf_uint(1), xf_uint(17)));
	r->attribute[PF_ASSERTIONS] = pf_attribute("6781050213",
	    XF_SEQ(xf_uint(0), xf_tlv(0x82, BYTES_OF(hybrid)),
		xf_tlv(0x01, BYTES_OF(no)),
		pf_tagged(0x16, "https://maker.example/iso")));
	r->attribute[PF_CONFIG] = sound_config();
	r->attribute[PF_CONFIG_URI] = pf_attribute("678105050103",
	    XF_SEQ(pf_tagged(0x16, "https://maker.example/c")));
	r->attribute[PF_MORE] =
	    pf_attribute("2a030405", pf_text("nobody knows"));
}

static void
sound_extensions(struct pf_recipe *r)
{
	static const uint8_t id[20] = {1, 2, 3};

	r->extension[PF_NAMES] = pf_alt_name(PF_MAKER, "Model T", XF_NONE);
	r->extension[PF_POLICIES] =
	    xf_extension("551d20", true, XF_SEQ(XF_SEQ(xf_oid("2a030406"))));
	r->extension[PF_KEY_ID] = xf_extension(
	    "551d23", false, XF_SEQ(xf_tlv(0x80, BYTES_OF(id))));
	r->extension[PF_CRL] = xf_extension("551d1f", false,
	    XF_SEQ(XF_SEQ(xf_tlv(0xa0,
		xf_tlv(0xa0, pf_tagged(0x86, "https://maker.example/l"))))));
	r->extension[PF_INFORMATION] = xf_extension("2b06010505070101", false,
	    XF_SEQ(XF_SEQ(xf_oid("2b06010505073002"),
		pf_tagged(0x86, "https://maker.example/i"))));
}

struct pf_recipe
pf_sound(const struct xf_key *key)
{
	static const uint8_t null[] = {0x05, 0x00};
	bool rsa = key->type == KEY_RSA;
	struct pf_recipe r = {.version = xf_uint(1),
	    .holder = XF_SEQ(pf_base(PF_TPM_MAKER, PF_EK_SERIAL)),
	    .issuer = xf_tlv(0xa0, pf_general_name(xf_name(PF_MAKER))),
	    .algorithm = XF_SEQ(xf_oid(rsa ? "2a864886f70d01010c"
					   : "2a8648ce3d040303"),
		rsa ? BYTES_OF(null) : XF_NONE),
	    .serial = xf_uint(77),
	    .validity = XF_SEQ(
		xf_time(PF_TIME), xf_time(PF_UNTIL))};

	sound_attributes(&r);
	sound_extensions(&r);
	return r;
}

struct bytes
pf_make(const struct pf_recipe *r, const struct xf_key *key)
{
	struct bytes attributes =
	    xf_tlv(0x30, xf_join(r->attribute, PF_PARTS));
	struct bytes extensions =
	    xf_tlv(0x30, xf_join(r->extension, PF_PARTS));

	return xf_signed(key, HASH_SHA384,
	    XF_SEQ(r->version, r->holder, r->issuer, r->algorithm, r->serial,
		r->validity, attributes,
		r->no_extensions ? XF_NONE : extensions, r->rest),
	    XF_NONE);
}

struct bytes
pf_ek(const struct xf_key *key, const struct xf_key *by, const char *issuer,
    uint64_t serial)
{
	enum { KEY_AGREEMENT = 0x08 };
	struct xf_cert c = {.subject = "TPM",
	    .issuer = issuer,
	    .key = key,
	    .by = by,
	    .serial = serial,
	    .from = PF_TIME,
	    .until = PF_UNTIL,
	    .usage = KEY_AGREEMENT};

	return xf_cert_make(&c);
}

struct bytes
pf_issuer(const struct xf_key *key, const struct xf_key *by,
    const char *issuer, unsigned usage)
{
	struct xf_cert c = {.subject = PF_MAKER,
	    .issuer = issuer,
	    .key = key,
	    .by = by,
	    .serial = 5,
	    .from = PF_TIME,
	    .until = PF_UNTIL,
	    .usage = usage};

	return xf_cert_make(&c);
}
