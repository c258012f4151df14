/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platform certificates of a made-up maker: one that holds, then other
 * endorsement keys, other issuers, every bit.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <assay/verify.h>

#include "check_platform.h"
#include "der_name.h"
#include "platform_forge.h"
#include "platform_signer.h"

enum { DER_MAX = 8192 };

static struct xf_key maker, root_key, ek_key, other_key;
static struct bytes issuer, ek, sound;
static uint8_t store[4][DER_MAX];

/* A copy that xf_reset leaves alone. */
static struct bytes
keep(size_t at, struct bytes b)
{
	assert_true(b.n <= DER_MAX);
	memcpy(store[at], b.p, b.n);
	return bytes_view(store[at], b.n);
}

static struct bytes
make_sound(void)
{
	struct pf_recipe r = pf_sound(&maker);

	return pf_make(&r, &maker);
}

static bool
set_up(void)
{
	if (crypto_init() != OK || !xf_key_new(&maker, KEY_RSA) ||
	    !xf_key_new(&root_key, KEY_P384) ||
	    !xf_key_new(&ek_key, KEY_P256) || !xf_key_new(&other_key, KEY_RSA))
		return false;
	xf_reset();
	issuer = keep(0, pf_issuer(&maker, &root_key, "root", XF_SIGN));
	ek = keep(1, pf_ek(&ek_key, &root_key, PF_TPM_MAKER, PF_EK_SERIAL));
	sound = keep(2, make_sound());
	return true;
}

/* Everything that is given to one check. */
struct given {
	struct bytes cert, ek, issuers, root;
	int64_t time;
	struct bytes list; /* of what was revoked */
};

static struct given
all_of(struct bytes cert)
{
	return (struct given){
	    cert, ek, issuer, XF_NONE, PF_TIME + PF_DAY, XF_NONE};
}

static struct assay_file
file_of(struct bytes b)
{
	return (struct assay_file){b.p, b.n};
}

/* The root, named as the operator would. */
static void
add_root(struct assay *ctx, struct bytes root)
{
	static char text[4096];
	char hex[2 * HASH_MAX + 1], error[256];
	struct digest d;
	struct writer w = writer_of(text, sizeof(text));

	assert_status(hash_one(HASH_SHA256, root, &d), OK);
	bytes_to_hex(digest_view(&d), hex);
	write_str(&w, "assay-anchor-name: lab\nassay-anchor-sha256: ");
	write_str(&w, hex);
	write_str(&w, "\n-----BEGIN CERTIFICATE-----\n");
	write_base64(&w, root);
	write_str(&w, "\n-----END CERTIFICATE-----\n");
	assert_false(w.failed);
	assert_int_equal(assay_add(ctx, ASSAY_TPM_ROOT, w.p, w.n, error,
			     sizeof(error)),
	    0);
}

/* The result as JSON, to be freed. */
static json_t *
check(const struct given *g)
{
	static char out[256 << 10];
	struct assay *ctx = assay_new();
	struct assay_check in = {.platform = file_of(g->cert),
	    .ek_cert = file_of(g->ek),
	    .chain = file_of(g->issuers)};
	struct assay_result *r;
	json_t *json;
	char error[256];
	long n;

	assert_non_null(ctx);
	if (g->root.n > 0)
		add_root(ctx, g->root);
	if (g->list.n > 0)
		assert_int_equal(assay_add(ctx, ASSAY_CRL, g->list.p,
				     g->list.n, error, sizeof(error)),
		    0);
	if (g->time != 0)
		assay_set_time(ctx, g->time);
	r = assay_check(ctx, ASSAY_PLATFORM, &in);
	assert_non_null(r);
	n = assay_result_write(r, ASSAY_JSON, NULL, out, sizeof(out));
	assert_true(n > 0 && n < (long)sizeof(out));
	json = json_loads(out, 0, NULL);
	assert_non_null(json);
	assert_int_equal(json_integer_value(json_object_get(json, "exit")),
	    assay_result_exit(r));
	assay_result_free(r);
	assay_free(ctx);
	return json;
}

/* Is CODE in the list KEY of the result? */
static bool
has(const json_t *json, const char *key, const char *code)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(json, key), i, one)
		if (strcmp(json_string_value(json_object_get(one, "code")),
			code) == 0)
			return true;
	return false;
}

static void
expect(const struct given *g, int rc, const char *code)
{
	json_t *json = check(g);
	bool ok = json_integer_value(json_object_get(json, "exit")) == rc &&
	    (code == NULL ? json_array_size(json_object_get(
				json, "reasons")) == 0
			  : has(json, "reasons", code));

	if (!ok)
		json_dumpf(json, stderr, JSON_INDENT(1));
	assert_true(ok);
	json_decref(json);
}

static const char *
text_at(const json_t *json, const char *key)
{
	const char *s = json_string_value(
	    json_object_get(json_object_get(json, "data"), key));

	return s != NULL ? s : "(none)";
}

/* --- One that holds. */

static void
holds(void **state)
{
	struct given g = all_of(sound);
	json_t *json, *list, *one;

	(void)state;
	expect(&g, 0, NULL);
	json = check(&g);
	assert_string_equal(text_at(json, "manufacturer"), PF_MAKER);
	assert_string_equal(
	    text_at(json, "manufacturer_id"), "1.3.6.1.4.1.300");
	assert_string_equal(text_at(json, "model"), "Model T");
	assert_string_equal(text_at(json, "version"), "rev 1");
	assert_string_equal(text_at(json, "platform_serial"), "SN-1");
	assert_string_equal(text_at(json, "specification"), "2.0, revision 43");
	assert_string_equal(text_at(json, "profile"), "1.1, revision 17");
	assert_string_equal(text_at(json, "class"), "00000001");
	assert_string_equal(text_at(json, "serial"), "4d");
	assert_string_equal(text_at(json, "issuer"), "CN=" PF_MAKER);
	assert_string_equal(text_at(json, "signed_by"), "CN=" PF_MAKER);
	assert_string_equal(text_at(json, "holder_issuer"), "CN=" PF_TPM_MAKER);
	assert_string_equal(text_at(json, "holder_serial"), "7b076be4");
	assert_string_equal(text_at(json, "not_before"), "2023-11-14T22:13:20Z");
	assert_string_equal(
	    text_at(json, "signature_algorithm"), "RSA with sha384");
	list = json_object_get(json_object_get(json, "data"), "components");
	assert_int_equal(json_array_size(list), 2);
	one = json_array_get(list, 0);
	assert_string_equal(
	    json_string_value(json_object_get(one, "class_registry")),
	    "2.23.133.18.3");
	assert_string_equal(
	    json_string_value(json_object_get(one, "serial")), "GPU-1");
	assert_true(json_is_true(json_object_get(one, "field_replaceable")));
	list = json_object_get(json_array_get(list, 1), "addresses");
	assert_int_equal(json_array_size(list), 1);
	list = json_object_get(json_object_get(json, "data"),
	    "other_attributes");
	assert_int_equal(json_array_size(list), 1);
	json_decref(json);
}

/* What was not given is named and never taken for granted. */
static void
not_checked(void **state)
{
	struct given g = all_of(sound);
	json_t *json = check(&g);

	(void)state;
	assert_true(has(json, "not_checked", "PLATFORM_REVOCATION"));
	assert_true(has(json, "not_checked", "PLATFORM_AUTHORITY"));
	assert_true(has(json, "not_checked", "PLATFORM_EK"));
	assert_true(has(json, "not_checked", "PLATFORM_PARTS"));
	assert_false(has(json, "not_checked", "PLATFORM_SIGNATURE"));
	assert_false(has(json, "not_checked", "PLATFORM_HOLDER"));
	json_decref(json);

	g.ek = XF_NONE;
	expect(&g, 3, "PLATFORM_UNPROVED");
	json = check(&g);
	assert_true(has(json, "not_checked", "PLATFORM_HOLDER"));
	json_decref(json);

	g = all_of(sound);
	g.issuers = XF_NONE;
	expect(&g, 3, "PLATFORM_UNPROVED");
	json = check(&g);
	assert_true(has(json, "not_checked", "PLATFORM_SIGNATURE"));
	assert_string_equal(text_at(json, "signed_by"), "(none)");
	json_decref(json);

	g = all_of(sound);
	g.time = 0;
	json = check(&g);
	assert_true(has(json, "not_checked", "CERTIFICATE_VALIDITY"));
	json_decref(json);
}

static void
pem(void **state)
{
	static char text[2 * DER_MAX];
	struct given g = all_of(sound);
	struct writer w = writer_of(text, sizeof(text));

	(void)state;
	write_str(&w, "-----BEGIN ATTRIBUTE CERTIFICATE-----\n");
	write_base64(&w, sound);
	write_str(&w, "\n-----END ATTRIBUTE CERTIFICATE-----\n");
	g.cert = writer_view(&w);
	expect(&g, 0, NULL);

	/* Two, and one could be passed over. */
	write_str(&w, "-----BEGIN ATTRIBUTE CERTIFICATE-----\n");
	g.cert = writer_view(&w);
	expect(&g, 65, "PLATFORM_MALFORMED");
	w.n = 0;
	write_str(&w, "-----BEGIN CERTIFICATE-----\n");
	write_base64(&w, sound);
	write_str(&w, "\n-----END CERTIFICATE-----\n");
	g.cert = writer_view(&w);
	expect(&g, 65, "PLATFORM_MALFORMED");
}

/* --- Whose it is. */

/* A name of two parts in SETS sets, of strings with this tag. */
static struct bytes
made_name(uint8_t tag, size_t sets)
{
	struct bytes a = XF_SEQ(xf_oid("550403"), pf_tagged(tag, "ab"));
	struct bytes b = XF_SEQ(xf_oid("55040a"), pf_tagged(tag, "cd"));

	return sets == 1 ? XF_SEQ(xf_tlv(0x31, xf_join(XF_PARTS(a, b))))
			 : XF_SEQ(xf_tlv(0x31, a), xf_tlv(0x31, b));
}

static void
expect_names(bool same, uint8_t a, uint8_t b, size_t sets)
{
	assert_int_equal(name_same(made_name(a, 2), made_name(b, sets)), same);
	assert_int_equal(name_same(made_name(b, sets), made_name(a, 2)), same);
}

static void
wrong_holder(void **state)
{
	struct given g = all_of(sound);

	(void)state;
	xf_reset();
	g.ek = pf_ek(&ek_key, &root_key, PF_TPM_MAKER, PF_EK_SERIAL + 1);
	expect(&g, 1, "PLATFORM_HOLDER_MISMATCH");
	g.ek = pf_ek(&ek_key, &root_key, "Another TPM maker", PF_EK_SERIAL);
	expect(&g, 1, "PLATFORM_HOLDER_MISMATCH");
	g.ek = BYTES_LIT("rubbish");
	expect(&g, 65, "EK_MALFORMED");
	g.ek = BYTES_LIT("");
	expect(&g, 65, "EK_MALFORMED");
	/* The same characters in another type of string, and in other sets. */
	expect_names(true, 0x0c, 0x13, 2);
	expect_names(true, 0x13, 0x16, 2);
	expect_names(false, 0x0c, 0x1e, 2);
	expect_names(false, 0x0c, 0x0c, 1);
	/* A certificate of a key that signs. */
	g.ek = issuer;
	expect(&g, 1, "EK_USAGE");
}

static void
holder_name(void **state)
{
	struct pf_recipe r;
	struct given g;

	(void)state;
	xf_reset();
	r = pf_sound(&maker);
	r.holder = XF_SEQ(pf_base(PF_TPM_MAKER, PF_EK_SERIAL),
	    xf_tlv(0xa1, xf_tlv(0xa4, xf_name("TPM"))));
	g = all_of(pf_make(&r, &maker));
	expect(&g, 0, NULL);
	r.holder = XF_SEQ(pf_base(PF_TPM_MAKER, PF_EK_SERIAL),
	    xf_tlv(0xa1, xf_tlv(0xa4, xf_name("another"))));
	g = all_of(pf_make(&r, &maker));
	expect(&g, 1, "PLATFORM_HOLDER_MISMATCH");

	/* Without the certificate's number nothing tells two TPMs apart. */
	r.holder = XF_SEQ(xf_tlv(0xa1, xf_tlv(0xa4, xf_name("TPM"))));
	g = all_of(pf_make(&r, &maker));
	expect(&g, 1, "PLATFORM_HOLDER_FORM");
	r.holder = XF_SEQ(pf_base(PF_TPM_MAKER, PF_EK_SERIAL),
	    xf_tlv(0xa2, xf_tlv(0x0a, BYTES_LIT("\0"))));
	g = all_of(pf_make(&r, &maker));
	expect(&g, 1, "PLATFORM_HOLDER_FORM");
}

/* --- Who says so. */

static void
issuers(void **state)
{
	struct given g = all_of(sound);
	struct xf_cert c = {.subject = "another", .issuer = "root",
	    .key = &maker, .by = &root_key, .serial = 6, .from = PF_TIME,
	    .until = PF_UNTIL, .usage = XF_SIGN};
	struct bytes wrong_name, wrong_key, ca;

	(void)state;
	xf_reset();
	wrong_name = xf_cert_make(&c);
	g.issuers = wrong_name;
	expect(&g, 1, "PLATFORM_ISSUER");
	wrong_key = pf_issuer(&other_key, &root_key, "root", XF_SIGN);
	g.issuers = wrong_key;
	expect(&g, 1, "PLATFORM_SIGNATURE");
	g.issuers = pf_issuer(&ek_key, &root_key, "root", XF_SIGN);
	expect(&g, 1, "PLATFORM_SIGNATURE");
	g.issuers = pf_issuer(&maker, &root_key, "root", XF_CERT_SIGN);
	expect(&g, 1, "PLATFORM_ISSUER_USAGE");
	g.issuers = pf_issuer(&maker, &root_key, "root", 0);
	expect(&g, 0, NULL);

	/* The one that signed is found wherever it stands. */
	g.issuers = xf_join(XF_PARTS(wrong_name, wrong_key, issuer));
	expect(&g, 0, NULL);
	g.issuers = xf_join(XF_PARTS(issuer, wrong_key, wrong_name));
	expect(&g, 0, NULL);
	c.subject = PF_MAKER;
	c.ca = true;
	ca = xf_cert_make(&c);
	g.issuers = ca;
	expect(&g, 0, NULL);

	c.odd_critical = true;
	g.issuers = xf_cert_make(&c);
	expect(&g, 65, "CHAIN_MALFORMED");
	g.issuers = BYTES_LIT("rubbish");
	expect(&g, 65, "CHAIN_MALFORMED");
	g.issuers = BYTES_LIT("");
	expect(&g, 65, "CHAIN_MALFORMED");
	g.issuers = sound;
	expect(&g, 65, "CHAIN_MALFORMED");
	g.issuers = xf_join(XF_PARTS(issuer, BYTES_LIT("x")));
	expect(&g, 65, "CHAIN_MALFORMED");
}

static void
times(void **state)
{
	struct given g = all_of(sound);
	struct xf_cert c = {.subject = PF_MAKER, .issuer = "root",
	    .key = &maker, .by = &root_key, .serial = 6, .from = PF_TIME,
	    .until = PF_TIME + PF_DAY / 2, .usage = XF_SIGN};

	(void)state;
	xf_reset();
	g.time = PF_TIME;
	expect(&g, 0, NULL);
	g.time = PF_TIME - 1;
	expect(&g, 1, "PLATFORM_EXPIRED");
	g.time = PF_UNTIL;
	expect(&g, 0, NULL);
	g.time++;
	expect(&g, 1, "PLATFORM_EXPIRED");
	g = all_of(sound);
	g.issuers = xf_cert_make(&c);
	expect(&g, 1, "CHAIN_EXPIRED");
}

/* Authorities of the operator: then one of them must vouch. */
static void
roots(void **state)
{
	struct given g = all_of(sound);
	struct xf_cert c = {.subject = "root", .issuer = "root",
	    .key = &root_key, .by = &root_key, .serial = 1, .from = PF_TIME,
	    .until = PF_UNTIL, .usage = XF_CERT_SIGN,
	    .ca = true};
	struct bytes tpm_maker;
	json_t *json;

	(void)state;
	xf_reset();
	g.root = xf_cert_make(&c);
	/* Nobody vouches for the maker of the TPM. */
	expect(&g, 1, "CHAIN_UNTRUSTED");
	c.subject = PF_TPM_MAKER;
	c.serial = 2;
	tpm_maker = xf_cert_make(&c);
	g.issuers = xf_join(XF_PARTS(issuer, tpm_maker));
	expect(&g, 0, NULL);
	json = check(&g);
	assert_string_equal(text_at(json, "authority"), "lab");
	assert_false(has(json, "not_checked", "PLATFORM_AUTHORITY"));
	assert_false(has(json, "not_checked", "PLATFORM_EK"));
	assert_true(has(json, "not_checked", "REVOCATION"));
	assert_true(has(json, "not_checked", "PLATFORM_REVOCATION"));
	json_decref(json);

	/* The same names and numbers, certified by somebody else. */
	g.ek = pf_ek(&ek_key, &maker, PF_TPM_MAKER, PF_EK_SERIAL);
	expect(&g, 1, "CHAIN_UNTRUSTED");
	g.ek = ek;
	c.subject = "root";
	c.key = c.by = &ek_key;
	g.root = xf_cert_make(&c);
	expect(&g, 1, "CHAIN_UNTRUSTED");
}

/* A list by KEY under the maker's name that has SERIAL, or nothing for 0. */
static struct bytes
list_of(const struct xf_key *key, uint64_t serial, int64_t until)
{
	return xf_crl(PF_MAKER, key, PF_TIME, until, serial, PF_TIME, 1);
}

static bool
revocation_unknown(const struct given *g)
{
	json_t *json = check(g);
	bool unknown = has(json, "not_checked", "PLATFORM_REVOCATION");

	json_decref(json);
	return unknown;
}

static void
revoked(void **state)
{
	enum { SERIAL = 77 };
	struct given g = all_of(sound);
	struct xf_cert c = {.subject = PF_MAKER, .issuer = "root",
	    .key = &maker, .by = &root_key, .serial = SERIAL,
	    .from = PF_TIME, .until = PF_UNTIL,
	    .usage = XF_SIGN | XF_CRL_SIGN};

	(void)state;
	xf_reset();
	g.issuers = xf_cert_make(&c);
	g.list = list_of(&maker, SERIAL, PF_UNTIL);
	expect(&g, 1, "PLATFORM_REVOKED");
	g.list = list_of(&maker, SERIAL + 1, PF_UNTIL);
	expect(&g, 0, NULL);
	assert_false(revocation_unknown(&g));
	g.list = list_of(&maker, 0, PF_TIME + 1);
	expect(&g, 3, "CHAIN_CRL_EXPIRED");
	g.list = list_of(&maker, SERIAL, PF_TIME + 1);
	expect(&g, 1, "PLATFORM_REVOKED");
	g.list = list_of(&other_key, 0, PF_UNTIL);
	expect(&g, 1, "CHAIN_CRL_INVALID");
	g.list = xf_crl("another", &maker, PF_TIME, PF_UNTIL, SERIAL, PF_TIME,
	    -1);
	expect(&g, 0, NULL);
	assert_true(revocation_unknown(&g));

	/* It may list the numbers of certificates for keys alone. */
	c.ca = true;
	g.issuers = xf_cert_make(&c);
	g.list = list_of(&maker, 0, PF_UNTIL);
	expect(&g, 0, NULL);
	assert_true(revocation_unknown(&g));
	g.list = list_of(&maker, SERIAL, PF_UNTIL);
	expect(&g, 1, "PLATFORM_REVOKED");

	/* Its key is not for lists. */
	g.issuers = issuer;
	expect(&g, 1, "CHAIN_CRL_INVALID");
}

/* Without authorities the issuer is looked up as far as its own is known. */
static void
issuer_revoked(void **state)
{
	struct given g = all_of(sound);
	struct xf_cert c = {.subject = "root", .issuer = "root",
	    .key = &root_key, .by = &root_key, .serial = 1, .from = PF_TIME,
	    .until = PF_UNTIL, .usage = XF_CERT_SIGN | XF_CRL_SIGN,
	    .ca = true};
	json_t *json;

	(void)state;
	xf_reset();
	g.list = xf_crl("root", &root_key, PF_TIME, PF_UNTIL, 5, PF_TIME, 1);
	expect(&g, 1, "CHAIN_CRL_INVALID");
	g.issuers = xf_join(XF_PARTS(xf_cert_make(&c), issuer));
	expect(&g, 1, "CHAIN_REVOKED");
	g.list = xf_crl("root", &root_key, PF_TIME, PF_UNTIL, 6, PF_TIME, 1);
	expect(&g, 0, NULL);
	json = check(&g);
	assert_false(has(json, "not_checked", "REVOCATION"));
	assert_false(has(json, "not_checked", "REVOCATION_IN_PART"));
	json_decref(json);
	g.list = xf_crl("other", &root_key, PF_TIME, PF_UNTIL, 5, PF_TIME, 1);
	expect(&g, 0, NULL);
	json = check(&g);
	assert_true(has(json, "not_checked", "REVOCATION_IN_PART"));
	json_decref(json);

	/* One that could not have issued it does not verify its list. */
	c.ca = false;
	g.issuers = xf_join(XF_PARTS(xf_cert_make(&c), issuer));
	g.list = xf_crl("root", &root_key, PF_TIME, PF_UNTIL, 6, PF_TIME, 1);
	expect(&g, 1, "CHAIN_CRL_INVALID");
}

static void
weak(void **state)
{
	static const uint8_t null[] = {0x05, 0x00};
	struct pf_recipe r;
	struct bytes content;
	struct given g;

	(void)state;
	xf_reset();
	r = pf_sound(&maker);
	r.algorithm = XF_SEQ(xf_oid("2a864886f70d010105"), BYTES_OF(null));
	content = pf_make(&r, &maker);
	/* What is signed, without the head and what follows it. */
	content = bytes_sub(content, 4, content.n - 4);
	content = bytes_sub(content, 0, 4 + ((size_t)content.p[2] << 8 |
					    content.p[3]));
	g = all_of(xf_signed(&maker, HASH_SHA1, content, XF_NONE));
	expect(&g, 1, "PLATFORM_ALGORITHM");
	g.issuers = XF_NONE;
	expect(&g, 1, "PLATFORM_ALGORITHM");
}

/* --- Every bit, every length. */

static void
flips(void **state)
{
	static uint8_t der[DER_MAX];
	static struct platform_signer signer;
	struct curves *curves = curves_new();
	struct platform_cert cert;
	size_t signed_only = 0;

	(void)state;
	memcpy(der, sound.p, sound.n);
	for (size_t bit = 0; bit < 8 * sound.n; bit++) {
		enum status st;

		der[bit / 8] ^= (uint8_t)(1u << bit % 8);
		st = platcert_parse(bytes_view(der, sound.n), &cert);
		if (st == OK)
			st = platcert_find_signer(
			    &cert, issuer, curves, &signer);
		if (st == OK)
			fail_msg("bit %zu", bit);
		signed_only += st == PLATFORM_SIGNATURE;
		der[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	/* Many leave a certificate that only the signature tells apart. */
	assert_true(signed_only > 1000);
	assert_status(platcert_parse(sound, &cert), OK);
	assert_status(
	    platcert_find_signer(&cert, issuer, curves, &signer), OK);
	curves_free(curves);
}

static void
lengths(void **state)
{
	struct platform_cert cert;
	struct bytes more;

	(void)state;
	for (size_t n = 0; n < sound.n; n++)
		assert_status(platcert_parse(bytes_sub(sound, 0, n), &cert),
		    PLATFORM_MALFORMED);
	xf_reset();
	more = xf_join(XF_PARTS(sound, BYTES_LIT("\0")));
	assert_status(platcert_parse(more, &cert), PLATFORM_MALFORMED);
}

/* What is well-formed and means something that may not be passed over. */
static void
not_understood(void **state)
{
	struct pf_recipe r;
	struct given g;

	(void)state;
	xf_reset();
	r = pf_sound(&maker);
	r.extension[PF_OTHER] = xf_extension("551d37", true, XF_SEQ(XF_NONE));
	g = all_of(pf_make(&r, &maker));
	expect(&g, 1, "PLATFORM_EXTENSION");
	r.extension[PF_OTHER] = xf_extension("551d37", false, XF_SEQ(XF_NONE));
	g = all_of(pf_make(&r, &maker));
	expect(&g, 0, NULL);

	/* A delta changes what another certificate says. */
	r.attribute[PF_TYPE] =
	    pf_attribute("6781050219", XF_SEQ(xf_oid("6781050805")));
	g = all_of(pf_make(&r, &maker));
	expect(&g, 1, "PLATFORM_TYPE");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(holds),
	    cmocka_unit_test(not_checked),
	    cmocka_unit_test(pem),
	    cmocka_unit_test(wrong_holder),
	    cmocka_unit_test(holder_name),
	    cmocka_unit_test(issuers),
	    cmocka_unit_test(times),
	    cmocka_unit_test(roots),
	    cmocka_unit_test(revoked),
	    cmocka_unit_test(issuer_revoked),
	    cmocka_unit_test(weak),
	    cmocka_unit_test(not_understood),
	    cmocka_unit_test(lengths),
	    cmocka_unit_test(flips),
	};

	if (!set_up())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
