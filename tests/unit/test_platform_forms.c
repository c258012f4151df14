/* SPDX-License-Identifier: Apache-2.0 */
/* Platform certificates that are malformed in one way each. */
#include "testkit.h"

#include <stdio.h>
#include <string.h>

#include "platform_cert.h"
#include "platform_forge.h"

static struct xf_key maker;

static bool
set_up(void)
{
	return crypto_init() == OK && xf_key_new(&maker, KEY_P256);
}

struct row {
	const char *name;
	void (*spoil)(struct pf_recipe *r);
	const char *fault; /* NULL: it parses */
};

static const uint8_t long_form[] = {0x02, 0x81, 0x01, 0x01};
static const uint8_t padded[] = {0x02, 0x02, 0x00, 0x01};
static const uint8_t negative[] = {0x02, 0x01, 0x81};
static const uint8_t indefinite[] = {0x30, 0x80, 0x00, 0x00};
static const uint8_t huge[] = {0x30, 0x84, 0xff, 0xff, 0xff, 0xff};
static const uint8_t high_tag[] = {0x1f, 0x1f, 0x00};

#define SPOIL(name, statement)                                                 \
	static void name(struct pf_recipe *r)                                  \
	{                                                                      \
		statement;                                                     \
	}
#define TIMES(a, b) XF_SEQ(pf_tagged(0x18, a), pf_tagged(0x18, b))
#define NAME_OF(name) pf_general_name(xf_name(name))

SPOIL(v_1, r->version = xf_uint(0))
SPOIL(v_3, r->version = xf_uint(2))
SPOIL(v_none, r->version = XF_NONE)
SPOIL(v_long, r->version = BYTES_OF(long_form))
SPOIL(v_padded, r->version = BYTES_OF(padded))
SPOIL(v_key_cert, r->version = xf_tlv(0xa0, xf_uint(2)))
SPOIL(h_none, r->holder = XF_NONE)
SPOIL(h_empty, r->holder = XF_SEQ(XF_NONE))
SPOIL(h_two_names,
    r->holder = XF_SEQ(xf_tlv(0xa0,
	xf_join(XF_PARTS(xf_tlv(0x30, xf_join(XF_PARTS(
	    xf_tlv(0xa4, xf_name("a")), xf_tlv(0xa4, xf_name("b"))))),
	    xf_uint(1))))))
SPOIL(h_uri,
    r->holder = XF_SEQ(xf_tlv(0xa0,
	xf_join(XF_PARTS(XF_SEQ(pf_tagged(0x86, "uri:x")), xf_uint(1))))))
SPOIL(h_no_serial, r->holder = XF_SEQ(xf_tlv(0xa0, NAME_OF("a"))))
SPOIL(h_padded,
    r->holder = XF_SEQ(xf_tlv(0xa0,
	xf_join(XF_PARTS(NAME_OF("a"), BYTES_OF(padded))))))
SPOIL(h_trailing,
    r->holder = XF_SEQ(pf_base("a", 1), xf_tlv(0xa3, xf_uint(1))))
SPOIL(h_empty_name,
    r->holder = XF_SEQ(xf_tlv(0xa0,
	xf_join(XF_PARTS(pf_general_name(XF_SEQ(XF_NONE)), xf_uint(1))))))
SPOIL(i_v1, r->issuer = NAME_OF("a"))
SPOIL(i_none, r->issuer = XF_NONE)
SPOIL(i_empty_name,
    r->issuer = xf_tlv(0xa0, pf_general_name(XF_SEQ(XF_NONE))))
SPOIL(i_base,
    r->issuer = xf_tlv(0xa0, xf_join(XF_PARTS(NAME_OF("a"), pf_base("b", 1)))))
SPOIL(a_other, r->algorithm = XF_SEQ(xf_oid("2a864886f70d01010b")))
SPOIL(a_none, r->algorithm = XF_NONE)
SPOIL(s_negative, r->serial = BYTES_OF(negative))
SPOIL(s_padded, r->serial = BYTES_OF(padded))
SPOIL(s_empty, r->serial = xf_tlv(0x02, XF_NONE))
SPOIL(t_utc,
    r->validity = XF_SEQ(
	pf_tagged(0x17, "231114221320Z"), pf_tagged(0x17, "331114221320Z")))
SPOIL(t_zone, r->validity = TIMES("20231114221320+00", "20331114221320Z"))
SPOIL(t_day, r->validity = TIMES("20230230000000Z", "20331114221320Z"))
SPOIL(t_back, r->validity = TIMES("20231114221320Z", "20231114221319Z"))
SPOIL(t_one, r->validity = XF_SEQ(pf_tagged(0x18, "20231114221320Z")))
SPOIL(t_fraction, r->validity = TIMES("20231114221320.5Z", "20331114221320Z"))
SPOIL(r_unique_id, r->rest = xf_tlv(0x03, BYTES_LIT("\0x")))
SPOIL(r_sequence, r->rest = XF_SEQ(XF_NONE))
SPOIL(r_no_extensions, r->no_extensions = true)
SPOIL(r_empty_extensions, memset(r->extension, 0, sizeof(r->extension)))

#define ATTR(place, oid, ...)                                                  \
	r->attribute[place] = pf_attribute(oid, __VA_ARGS__)

SPOIL(p_twice, r->attribute[PF_MORE] = r->attribute[PF_TYPE])
SPOIL(p_unknown_twice,
    r->attribute[PF_TYPE] = r->attribute[PF_MORE])
SPOIL(p_no_value, ATTR(PF_TYPE, "6781050219", XF_NONE))
SPOIL(p_two_values,
    ATTR(PF_TYPE, "6781050219",
	xf_join(XF_PARTS(XF_SEQ(xf_oid("6781050802")),
	    XF_SEQ(xf_oid("6781050802"))))))
SPOIL(p_type_form, ATTR(PF_TYPE, "6781050219", xf_oid("6781050802")))
SPOIL(p_bad_oid, ATTR(PF_TYPE, "6781050219", XF_SEQ(xf_oid("67810580"))))
SPOIL(p_oid_padded, ATTR(PF_TYPE, "6781050219", XF_SEQ(xf_oid("678001"))))
SPOIL(p_spec_class,
    ATTR(PF_SPECIFICATION, "6781050211",
	XF_SEQ(XF_SEQ(xf_uint(2), xf_uint(0), xf_uint(1)),
	    xf_tlv(0x04, BYTES_LIT("abc")))))
SPOIL(p_spec_short,
    ATTR(PF_SPECIFICATION, "6781050211",
	XF_SEQ(XF_SEQ(xf_uint(2), xf_uint(0)),
	    xf_tlv(0x04, BYTES_LIT("abcd")))))
SPOIL(p_spec_negative,
    ATTR(PF_SPECIFICATION, "6781050211",
	XF_SEQ(XF_SEQ(BYTES_OF(negative), xf_uint(0), xf_uint(1)),
	    xf_tlv(0x04, BYTES_LIT("abcd")))))
SPOIL(p_assert_order,
    ATTR(PF_ASSERTIONS, "6781050213",
	XF_SEQ(xf_tlv(0x82, BYTES_LIT("\3")), xf_uint(0))))
SPOIL(p_assert_bool,
    ATTR(PF_ASSERTIONS, "6781050213",
	XF_SEQ(xf_uint(0), xf_tlv(0x01, BYTES_LIT("\1")))))
SPOIL(p_uri_utf8,
    ATTR(PF_CONFIG_URI, "678105050103", XF_SEQ(pf_tagged(0x16, "\xc3\xa4"))))
SPOIL(p_uri_hash,
    ATTR(PF_CONFIG_URI, "678105050103",
	XF_SEQ(pf_tagged(0x16, "u"), XF_SEQ(xf_oid("2a03")),
	    xf_tlv(0x03, BYTES_LIT("\1x")))))
SPOIL(p_sound_deep, ATTR(PF_MORE, "2a030405", BYTES_OF(high_tag)))
SPOIL(p_indefinite, ATTR(PF_MORE, "2a030405", BYTES_OF(indefinite)))
SPOIL(p_huge, ATTR(PF_MORE, "2a030405", BYTES_OF(huge)))

#define CONFIG(...) r->attribute[PF_CONFIG] = pf_config(__VA_ARGS__, XF_NONE)
SPOIL(c_class,
    CONFIG(XF_SEQ(XF_SEQ(xf_oid("2a03"), xf_tlv(0x04, BYTES_LIT("abc"))),
	pf_text("a"), pf_text("b"))))
SPOIL(c_no_class, CONFIG(XF_SEQ(pf_text("a"), pf_text("b"))))
SPOIL(c_no_model,
    CONFIG(XF_SEQ(XF_SEQ(xf_oid("2a03"), xf_tlv(0x04, BYTES_LIT("abcd"))),
	pf_text("a"))))
SPOIL(c_nul,
    CONFIG(pf_component("m", xf_tlv(0x80, BYTES_LIT("a\0b")))))
SPOIL(c_not_utf8, CONFIG(pf_component("\xff", XF_NONE)))
SPOIL(c_order,
    CONFIG(pf_component("m",
	xf_join(XF_PARTS(pf_tagged(0x81, "r"), pf_tagged(0x80, "s"))))))
SPOIL(c_twice,
    CONFIG(pf_component("m",
	xf_join(XF_PARTS(pf_tagged(0x80, "r"), pf_tagged(0x80, "s"))))))
SPOIL(c_bool,
    CONFIG(pf_component("m", xf_tlv(0x83, BYTES_LIT("\2")))))
SPOIL(c_no_address, CONFIG(pf_component("m", xf_tlv(0xa4, XF_NONE))))
SPOIL(c_status,
    CONFIG(pf_component("m", xf_tlv(0x87, BYTES_LIT("\3")))))
SPOIL(c_not_a_list, CONFIG(pf_text("m")))
SPOIL(c_both,
    r->attribute[PF_MORE] = pf_attribute("67810505010701", XF_SEQ(XF_NONE)))
SPOIL(c_property,
    r->attribute[PF_CONFIG] = pf_config(XF_NONE, XF_SEQ(pf_text("a"))))
SPOIL(c_none, CONFIG(XF_NONE))

#define NAMES(...) r->extension[PF_NAMES] = pf_alt_name(__VA_ARGS__)
SPOIL(n_twice,
    NAMES("a", "b", xf_tlv(0x31, XF_SEQ(xf_oid("678105050104"),
	pf_text("c")))))
SPOIL(n_old_too,
    NAMES("a", "b", xf_tlv(0x31, XF_SEQ(xf_oid("6781050205"),
	pf_text("c")))))
SPOIL(n_not_text, NAMES("\xff", "b", XF_NONE))
SPOIL(n_bytes,
    r->extension[PF_NAMES] = xf_extension("551d11", false,
	pf_general_name(XF_SEQ(xf_tlv(0x31, XF_SEQ(xf_oid("678105050104"),
	    xf_tlv(0x04, BYTES_LIT("m"))))))))
SPOIL(n_empty,
    r->extension[PF_NAMES] = xf_extension("551d11", false, XF_SEQ(XF_NONE)))
SPOIL(n_trailing,
    r->extension[PF_NAMES] = xf_extension("551d11", false,
	xf_join(XF_PARTS(NAME_OF("a"), xf_uint(1)))))
SPOIL(e_twice, r->extension[PF_OTHER] = r->extension[PF_NAMES])
SPOIL(e_unknown_twice,
    r->extension[PF_OTHER] = xf_join(XF_PARTS(
	xf_extension("2a03", false, XF_NONE),
	xf_extension("2a03", false, XF_NONE))))
SPOIL(e_false,
    r->extension[PF_OTHER] = XF_SEQ(xf_oid("2a03"),
	xf_tlv(0x01, BYTES_LIT("\0")), xf_tlv(0x04, XF_NONE)))
SPOIL(e_policy,
    r->extension[PF_POLICIES] = xf_extension("551d20", true,
	XF_SEQ(XF_SEQ(xf_uint(1)))))
SPOIL(e_key_id,
    r->extension[PF_KEY_ID] = xf_extension("551d23", false,
	XF_SEQ(xf_tlv(0x83, BYTES_LIT("x")))))
SPOIL(e_no_revocation,
    r->extension[PF_OTHER] = xf_extension("551d38", false, xf_uint(1)))
SPOIL(e_directory_twice,
    r->extension[PF_OTHER] = xf_extension("551d09", false,
	XF_SEQ(r->attribute[PF_TYPE])))
SPOIL(e_directory,
    {
	    r->extension[PF_OTHER] = xf_extension("551d09", false,
		XF_SEQ(r->attribute[PF_TYPE]));
	    r->attribute[PF_TYPE] = XF_NONE;
    })

#define OUTER "the outer form"
static const struct row rows[] = {
    {"version 1", v_1, "version"},
    {"version 3", v_3, "version"},
    {"no version", v_none, "version"},
    {"version in a long form", v_long, OUTER},
    {"version with a zero before", v_padded, "version"},
    {"a certificate of a key", v_key_cert, "X.509"},
    {"no holder", h_none, "holder"},
    {"an empty holder", h_empty, "holder"},
    {"two names of the holder", h_two_names, "holder"},
    {"a URI as holder", h_uri, "holder"},
    {"a holder without number", h_no_serial, "holder"},
    {"a holder's number with a zero before", h_padded, "holder"},
    {"more behind the holder", h_trailing, "holder"},
    {"a holder's issuer without name", h_empty_name, "holder"},
    {"an issuer in the v1 form", i_v1, "issuer"},
    {"no issuer", i_none, "issuer"},
    {"an issuer without name", i_empty_name, "issuer"},
    {"an issuer by number, too", i_base, "issuer"},
    {"another algorithm inside", a_other, "algorithm"},
    {"no algorithm inside", a_none, "algorithm"},
    {"a negative serial number", s_negative, "serial"},
    {"a serial number with a zero before", s_padded, "serial"},
    {"a serial number without digits", s_empty, "serial"},
    {"UTCTime", t_utc, "validity"},
    {"a time zone", t_zone, "validity"},
    {"a day that is not", t_day, "validity"},
    {"an end before the beginning", t_back, "validity"},
    {"no end", t_one, "validity"},
    {"a fraction of a second", t_fraction, "validity"},
    {"an issuer's unique identifier", r_unique_id, "more"},
    {"more behind the extensions", r_sequence, "more"},
    {"no extensions", r_no_extensions, NULL},
    {"an empty list of extensions", r_empty_extensions, "extensions"},
    {"an attribute twice", p_twice, "attributes"},
    {"an unknown attribute twice", p_unknown_twice, "attributes"},
    {"an attribute without value", p_no_value, "attributes"},
    {"an attribute with two values", p_two_values, "credential type"},
    {"a type without SEQUENCE", p_type_form, "credential type"},
    {"an OID that does not end", p_bad_oid, "credential type"},
    {"an OID with a zero before", p_oid_padded, "credential type"},
    {"a platform class of three bytes", p_spec_class, "specification"},
    {"a version of two numbers", p_spec_short, "specification"},
    {"a negative version", p_spec_negative, "specification"},
    {"assertions out of order", p_assert_order, "assertions"},
    {"a boolean of 1", p_assert_bool, "assertions"},
    {"a URI that is not ASCII", p_uri_utf8, "configuration URI"},
    {"a hash with unused bits", p_uri_hash, "configuration URI"},
    {"a tag of more bytes", p_sound_deep, OUTER},
    {"an indefinite length", p_indefinite, OUTER},
    {"a length of 4 GiB", p_huge, OUTER},
    {"a component class of three bytes", c_class, "configuration"},
    {"a component without class", c_no_class, "configuration"},
    {"a component without model", c_no_model, "configuration"},
    {"a NUL in a component", c_nul, "configuration"},
    {"a component that is not UTF-8", c_not_utf8, "configuration"},
    {"a component out of order", c_order, "configuration"},
    {"a component's serial number twice", c_twice, "configuration"},
    {"a component's boolean of 2", c_bool, "configuration"},
    {"an empty list of addresses", c_no_address, "configuration"},
    {"a status that is none", c_status, "configuration"},
    {"a component that is none", c_not_a_list, "configuration"},
    {"both versions of the list", c_both, "configuration"},
    {"a property without value", c_property, "configuration"},
    {"no component", c_none, NULL},
    {"two models", n_twice, "alternative name"},
    {"a second model by its older OID", n_old_too, "alternative name"},
    {"a manufacturer that is not UTF-8", n_not_text, "alternative name"},
    {"a model in bytes", n_bytes, "alternative name"},
    {"no alternative name", n_empty, "alternative name"},
    {"more behind the alternative name", n_trailing, "alternative name"},
    {"an extension twice", e_twice, "extensions"},
    {"an unknown extension twice", e_unknown_twice, "extensions"},
    {"critical, written although false", e_false, "extensions"},
    {"a policy that is none", e_policy, "policies"},
    {"a key identifier that is none", e_key_id, "key identifier"},
    {"noRevAvail with a value", e_no_revocation, "revocation"},
    {"an attribute here and there", e_directory_twice, "credential type"},
    {"an attribute there", e_directory, NULL},
};

static void
malformed(void **state)
{
	const struct row *row = *state;
	struct platform_cert cert;
	struct pf_recipe r;
	enum status st;

	xf_reset();
	r = pf_sound(&maker);
	assert_status(platcert_parse(pf_make(&r, &maker), &cert), OK);
	row->spoil(&r);
	st = platcert_parse(pf_make(&r, &maker), &cert);
	assert_status(st, row->fault == NULL ? OK : PLATFORM_MALFORMED);
	if (row->fault == NULL)
		return;
	assert_non_null(cert.fault);
	if (strstr(cert.fault, row->fault) == NULL)
		fail_msg("\"%s\" and not \"%s\"", cert.fault, row->fault);
}

/* More than anybody has. */
static void
many(void **state)
{
	static uint8_t list[12 << 10];
	struct writer w = writer_of(list, sizeof(list));
	struct pf_recipe r;
	struct platform_cert cert;
	char oid[16];

	(void)state;
	xf_reset();
	r = pf_sound(&maker);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(oid, sizeof(oid), "2a04%02x", i);
		write_bytes(&w, pf_attribute(oid, pf_text("x")));
	}
	r.attribute[PF_MORE] = writer_view(&w);
	assert_status(
	    platcert_parse(pf_make(&r, &maker), &cert), PLATFORM_MALFORMED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many),
	};

	if (!set_up())
		return 1;
	return kit_run_rows("forms of platform certificates", rows,
	    sizeof(rows[0]), COUNT(rows), malformed, tests, COUNT(tests));
}
