/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endorsement key certificates that are wrong in one way each, the ways to
 * an authority, weak keys; then real certificates.  Certificates are made by
 * OpenSSL, judged by mbedTLS and us.
 */
#include "testkit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <assay/verify.h>

#include "check_ek.h"
#include "ek.h"
#include "tpm_roots.h"

enum { DER_MAX = 4096, MADE_AT = 1700000000, DAY = 86400 };

struct der {
	uint8_t b[DER_MAX];
	size_t n;
};

static struct bytes
view(const struct der *d)
{
	return bytes_view(d->b, d->n);
}

/* What a certificate is made of; "" and NULL leave a part out. */
struct recipe {
	const char *subject, *issuer;
	EVP_PKEY *key, *by;
	const char *constraints, *usage, *purpose, *alt, *policy;
	const char *extra; /* OID of a critical extension nobody knows */
	const EVP_MD *md;
	long not_after; /* days after MADE_AT */
	bool forever;
};

static EVP_PKEY *root_key, *sub_key, *rsa_key, *p256_key, *p384_key, *p521_key;
static struct der root, sub;

#define SAN(manufacturer)                                                      \
	"critical,dirName:tpm" manufacturer
#define EK_OID "2.23.133.8.1"

/* The sections that the extension's text refers to. */
static const char config[] =
    "[tpm]\nx.2.23.133.2.1=id:53544D20\nx.2.23.133.2.2=ST33\n"
    "x.2.23.133.2.3=id:00490008\n"
    "[tpmpart]\nx.2.23.133.2.1=id:53544D20\n";

static void
add_ext(X509 *x, CONF *conf, int nid, const char *text)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	if (text == NULL || text[0] == '\0')
		return;
	X509V3_set_ctx(&ctx, NULL, x, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	ext = X509V3_EXT_nconf_nid(conf, &ctx, nid, text);
	assert_non_null(ext);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
}

static void
add_unknown(X509 *x, const char *oid)
{
	ASN1_OBJECT *obj = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;

	ASN1_OCTET_STRING_set(value, (const unsigned char *)"\5\0", 2);
	ext = X509_EXTENSION_create_by_OBJ(NULL, obj, 1, value);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(obj);
}

static void
set_name(X509_NAME *name, const char *cn)
{
	if (cn != NULL)
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		    (const unsigned char *)cn, -1, -1, 0);
}

static void
bake(const struct recipe *r, struct der *out)
{
	BIO *bio = BIO_new_mem_buf(config, -1);
	CONF *conf = NCONF_new(NULL);
	X509 *x = X509_new();
	unsigned char *p = out->b;
	long line;
	int n;

	assert_int_equal(NCONF_load_bio(conf, bio, &line), 1);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	set_name(X509_get_subject_name(x), r->subject);
	set_name(X509_get_issuer_name(x), r->issuer);
	ASN1_TIME_set(X509_getm_notBefore(x), MADE_AT);
	if (r->forever)
		ASN1_TIME_set_string(
		    X509_getm_notAfter(x), "99991231235959Z");
	else
		ASN1_TIME_set(X509_getm_notAfter(x),
		    MADE_AT + DAY * (r->not_after ? r->not_after : 3650));
	X509_set_pubkey(x, r->key);
	add_ext(x, conf, NID_basic_constraints, r->constraints);
	add_ext(x, conf, NID_key_usage, r->usage);
	add_ext(x, conf, NID_ext_key_usage, r->purpose);
	add_ext(x, conf, NID_subject_alt_name, r->alt);
	add_ext(x, conf, NID_certificate_policies, r->policy);
	if (r->extra != NULL)
		add_unknown(x, r->extra);
	assert_true(X509_sign(x, r->by, r->md ? r->md : EVP_sha256()) > 0);
	n = i2d_X509(x, NULL);
	assert_true(n > 0 && n <= DER_MAX);
	out->n = (size_t)i2d_X509(x, &p);
	X509_free(x);
	NCONF_free(conf);
	BIO_free(bio);
}

/* A sound certificate of an RSA endorsement key. */
static struct recipe
sound(void)
{
	return (struct recipe){.issuer = "made-up TPM CA",
	    .key = rsa_key,
	    .by = sub_key,
	    .constraints = "critical,CA:FALSE",
	    .usage = "critical,keyEncipherment",
	    .purpose = EK_OID,
	    .alt = SAN("")};
}

static struct recipe
authority(const char *subject, EVP_PKEY *key, const char *issuer, EVP_PKEY *by)
{
	return (struct recipe){.subject = subject,
	    .issuer = issuer,
	    .key = key,
	    .by = by,
	    .constraints = "critical,CA:TRUE",
	    .usage = "critical,keyCertSign,cRLSign"};
}

static int
set_up(void **state)
{
	struct recipe r;

	(void)state;
	if (crypto_init() != OK)
		return -1;
	root_key = EVP_EC_gen("P-384");
	sub_key = EVP_EC_gen("P-256");
	rsa_key = EVP_RSA_gen(2048);
	p256_key = EVP_EC_gen("P-256");
	p384_key = EVP_EC_gen("P-384");
	p521_key = EVP_EC_gen("P-521");
	r = authority("made-up TPM root", root_key, "made-up TPM root",
	    root_key);
	bake(&r, &root);
	r = authority("made-up TPM CA", sub_key, "made-up TPM root", root_key);
	bake(&r, &sub);
	return 0;
}

static int
tear_down(void **state)
{
	EVP_PKEY *keys[] = {
	    root_key, sub_key, rsa_key, p256_key, p384_key, p521_key};

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		EVP_PKEY_free(keys[i]);
	return 0;
}

/* --- The certificate itself. */

static void
r_sound(struct recipe *r)
{
	(void)r;
}

static void
r_p256(struct recipe *r)
{
	r->key = p256_key;
	r->usage = "critical,keyAgreement";
}

static void
r_p384(struct recipe *r)
{
	r->key = p384_key;
	r->usage = "critical,keyAgreement";
}

static void
r_p521(struct recipe *r)
{
	r->key = p521_key;
	r->usage = "critical,keyAgreement";
}

static void
r_subject(struct recipe *r)
{
	r->subject = "a name of its own";
}

static void
r_no_usage(struct recipe *r)
{
	r->usage = NULL;
}

static void
r_no_eku(struct recipe *r)
{
	r->purpose = NULL;
}

static void
r_nothing(struct recipe *r)
{
	r->purpose = r->usage = NULL;
}

static void
r_ca(struct recipe *r)
{
	r->constraints = "critical,CA:TRUE";
}

static void
r_no_ca(struct recipe *r)
{
	r->constraints = NULL;
}

static void
r_sign(struct recipe *r)
{
	r->usage = "critical,digitalSignature";
}

static void
r_issue(struct recipe *r)
{
	r->usage = "critical,keyEncipherment,keyCertSign";
}

static void
r_server(struct recipe *r)
{
	r->purpose = "serverAuth";
}

static void
r_both(struct recipe *r)
{
	r->purpose = "serverAuth," EK_OID;
}

static void
r_unknown(struct recipe *r)
{
	r->extra = "1.3.6.1.4.1.99999.1";
}

static void
r_policy(struct recipe *r)
{
	r->policy = "critical,1.2.3.4";
}

static void
r_aik(struct recipe *r)
{
	r_sign(r);
	r->purpose = "2.23.133.8.3";
}

static void
r_iak(struct recipe *r)
{
	r_sign(r);
	r->purpose = NULL;
	r->policy = "2.23.133.11.1.1,2.23.133.11.1.3";
}

static void
r_idevid(struct recipe *r)
{
	r_sign(r);
	r->purpose = NULL;
	r->policy = "2.23.133.11.1.1,2.23.133.11.1.2";
}

static void
r_any_sign(struct recipe *r)
{
	r_sign(r);
	r->purpose = NULL;
}

static const struct cert_row {
	const char *name;
	void (*change)(struct recipe *r);
	enum status want;
	enum ek_kind kind;
} cert_rows[] = {
    {"sound, RSA-2048", r_sound, OK, EK_ENDORSEMENT},
    {"sound, P-256", r_p256, OK, EK_ENDORSEMENT},
    {"sound, P-384", r_p384, OK, EK_ENDORSEMENT},
    {"P-521 is not supported", r_p521, PUBLIC_UNSUPPORTED, EK_OTHER},
    {"with a subject", r_subject, OK, EK_ENDORSEMENT},
    {"without key usage", r_no_usage, OK, EK_ENDORSEMENT},
    {"without extended key usage", r_no_eku, OK, EK_ENDORSEMENT},
    {"with neither", r_nothing, EK_USAGE, EK_OTHER},
    {"N62: an authority", r_ca, EK_CA, EK_ENDORSEMENT},
    {"without basic constraints", r_no_ca, OK, EK_ENDORSEMENT},
    {"N62: a signing key", r_sign, EK_USAGE, EK_ATTESTATION},
    {"a key that may issue", r_issue, EK_USAGE, EK_ENDORSEMENT},
    {"N62: another extended key usage", r_server, EK_PURPOSE,
	EK_ENDORSEMENT},
    {"two extended key usages", r_both, OK, EK_ENDORSEMENT},
    {"a critical extension nobody knows", r_unknown, EK_EXTENSION,
	EK_ENDORSEMENT},
    {"critical policies", r_policy, OK, EK_ENDORSEMENT},
    {"AIK", r_aik, EK_USAGE, EK_ATTESTATION},
    {"IAK", r_iak, EK_USAGE, EK_ATTESTATION},
    {"IDevID", r_idevid, EK_USAGE, EK_DEVICE},
    {"some signing key", r_any_sign, EK_USAGE, EK_OTHER},
};

static void
test_cert(void **state)
{
	const struct cert_row *row = *state;
	struct recipe r = sound();
	struct ek_cert cert;
	struct der der;

	row->change(&r);
	bake(&r, &der);
	assert_status(ek_parse(view(&der), &cert), row->want);
	assert_string_equal(ek_kind_name(cert.kind), ek_kind_name(row->kind));
	assert_int_equal(cert.der.n, der.n);
	if (row->want == OK) {
		assert_string_equal(cert.manufacturer, "id:53544D20");
		assert_string_equal(cert.model, "ST33");
		assert_string_equal(cert.version, "id:00490008");
	}
}

/* --- Bytes around and in it. */

static void
test_padding(void **state)
{
	static const struct {
		uint8_t fill[3];
		size_t n;
		enum status want;
	} rows[] = {
	    {{0, 0, 0}, 3, OK},
	    {{0xff, 0xff, 0xff}, 3, OK},
	    {{0xff, 0, 0}, 3, EK_PADDING},
	    {{0, 0, 1}, 3, EK_PADDING},
	    {{'\n', 0, 0}, 1, EK_PADDING},
	    {{0x30, 0, 0}, 2, EK_PADDING},
	};
	struct recipe r = sound();
	struct ek_cert cert;
	struct der der;

	(void)state;
	bake(&r, &der);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct der padded = der;

		memcpy(padded.b + der.n, rows[i].fill, rows[i].n);
		padded.n += rows[i].n;
		assert_status(ek_parse(view(&padded), &cert), rows[i].want);
		if (rows[i].want == OK)
			assert_int_equal(cert.padding, rows[i].n);
	}
}

/* No cut, and no flipped bit, leads to anything worse than a refusal. */
static void
test_damage(void **state)
{
	struct recipe r = sound();
	struct ek_cert cert;
	struct der der;

	(void)state;
	bake(&r, &der);
	for (size_t n = 0; n < der.n; n++)
		assert_status(
		    ek_parse(bytes_view(der.b, n), &cert), EK_MALFORMED);
	for (size_t bit = 0; bit < 8 * der.n; bit++) {
		der.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ek_parse(view(&der), &cert);
		der.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_status(ek_parse(view(&der), &cert), OK);
}

/* --- Who vouches for it. */

/* The file that names ROOT as an anchor of the operator. */
static struct bytes
named(const struct der *cert, const char *name, bool right, char *out,
    size_t cap)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const unsigned char *p = cert->b;
	X509 *x = d2i_X509(NULL, &p, (long)cert->n);
	struct digest d;
	char hex[65], *pem;
	long n;

	assert_status(hash_one(HASH_SHA256, view(cert), &d), OK);
	d.b[3] ^= !right;
	bytes_to_hex(digest_view(&d), hex);
	PEM_write_bio_X509(bio, x);
	n = BIO_get_mem_data(bio, &pem);
	n = snprintf(out, cap,
	    "assay-anchor-name: %s\nassay-anchor-sha256: %s\n%.*s", name, hex,
	    (int)n, pem);
	X509_free(x);
	BIO_free(bio);
	return bytes_view(out, (size_t)n);
}

static struct tpm_roots *
roots_with(const struct der *anchor)
{
	struct tpm_roots *roots = tpm_roots_new();
	char text[8192];

	assert_non_null(roots);
	assert_status(tpm_roots_add(roots,
			  named(anchor, "Lab", true, text, sizeof(text))),
	    OK);
	return roots;
}

static void
test_way(void **state)
{
	struct tpm_roots *roots = roots_with(&root);
	int64_t now = MADE_AT + DAY;
	struct recipe r = sound();
	struct tpm_path path;
	struct der der;

	(void)state;
	bake(&r, &der);

	/* N62: without its link, and then with it. */
	assert_status(tpm_roots_verify(roots, view(&der),
			  (struct bytes){NULL, 0}, &now, &path),
	    CHAIN_UNTRUSTED);
	assert_string_equal(path.issuer, "CN=made-up TPM CA");
	assert_status(
	    tpm_roots_verify(roots, view(&der), view(&sub), &now, &path), OK);
	assert_int_equal(path.count, 3);
	assert_string_equal(path.name, "Lab");
	assert_string_equal(path.vendor, "");
	assert_string_equal(path.link[1].subject, "CN=made-up TPM CA");

	/* A link that lies in the folder serves as well. */
	assert_status(tpm_roots_add(roots, view(&sub)), OK);
	assert_status(tpm_roots_verify(roots, view(&der),
			  (struct bytes){NULL, 0}, &now, &path),
	    OK);

	/* But a link is no authority. */
	tpm_roots_free(roots);
	roots = tpm_roots_new();
	assert_status(tpm_roots_add(roots, view(&sub)), OK);
	assert_status(tpm_roots_add(roots, view(&root)), OK);
	assert_status(tpm_roots_verify(roots, view(&der),
			  (struct bytes){NULL, 0}, &now, &path),
	    CHAIN_UNTRUSTED);
	tpm_roots_free(roots);
}

static void
test_time(void **state)
{
	struct tpm_roots *roots = roots_with(&sub);
	int64_t before = MADE_AT - 1, at = MADE_AT + DAY;
	int64_t late = MADE_AT + 3 * (int64_t)DAY;
	struct recipe r = sound();
	struct tpm_path path;
	struct der der;
	const struct bytes none = {NULL, 0};

	(void)state;
	r.not_after = 2;
	bake(&r, &der);
	assert_status(
	    tpm_roots_verify(roots, view(&der), none, &at, &path), OK);
	/* N62: expired; and not yet valid. */
	assert_status(tpm_roots_verify(roots, view(&der), none, &late, &path),
	    CHAIN_EXPIRED);
	assert_int_equal(path.outside, 0);
	assert_status(
	    tpm_roots_verify(roots, view(&der), none, &before, &path),
	    CHAIN_EXPIRED);
	assert_status(
	    tpm_roots_verify(roots, view(&der), none, NULL, &path), OK);

	/* No end: 99991231235959Z (RFC 5280, 4.1.2.5). */
	r.forever = true;
	bake(&r, &der);
	assert_status(
	    tpm_roots_verify(roots, view(&der), none, &late, &path), OK);
	assert_true(path.link[0].not_after == INT64_C(253402300799));
	tpm_roots_free(roots);
}

static void
test_forged_links(void **state)
{
	struct tpm_roots *roots = roots_with(&root);
	struct recipe r = sound();
	struct tpm_path path;
	struct der der, link;

	(void)state;
	/* N62: self-signed. */
	r.by = rsa_key;
	r.issuer = r.subject = "itself";
	bake(&r, &der);
	assert_status(tpm_roots_verify(roots, view(&der),
			  (struct bytes){NULL, 0}, NULL, &path),
	    CHAIN_UNTRUSTED);

	/* Signed by another key under the right name. */
	r = sound();
	r.by = p256_key;
	bake(&r, &der);
	assert_status(
	    tpm_roots_verify(roots, view(&der), view(&sub), NULL, &path),
	    CHAIN_UNTRUSTED);

	/* Through a link that is no authority. */
	r = authority("made-up TPM CA", sub_key, "made-up TPM root", root_key);
	r.constraints = "critical,CA:FALSE";
	bake(&r, &link);
	r = sound();
	bake(&r, &der);
	assert_status(
	    tpm_roots_verify(roots, view(&der), view(&link), NULL, &path),
	    CHAIN_UNTRUSTED);

	/* Signed with SHA-1. */
	r.md = EVP_sha1();
	bake(&r, &der);
	assert_status(
	    tpm_roots_verify(roots, view(&der), view(&sub), NULL, &path),
	    CHAIN_WEAK);

	/* Links that are no certificates. */
	assert_status(tpm_roots_verify(roots, view(&der),
			  bytes_view(sub.b, sub.n - 1), NULL, &path),
	    CHAIN_MALFORMED);
	assert_status(tpm_roots_verify(roots, bytes_view(der.b, der.n - 1),
			  view(&sub), NULL, &path),
	    CHAIN_MALFORMED);
	tpm_roots_free(roots);
}

static void
test_names(void **state)
{
	struct tpm_roots *roots = tpm_roots_new();
	char text[8192], two[16384];
	struct bytes file = named(&root, "Lab", false, text, sizeof(text));
	int n;

	(void)state;
	assert_status(tpm_roots_add(roots, file), ANCHOR_FINGERPRINT);
	file = named(&root, "", true, text, sizeof(text));
	assert_status(tpm_roots_add(roots, file), ANCHOR_FINGERPRINT);
	/* One name is for one certificate. */
	file = named(&root, "Lab", true, text, sizeof(text));
	n = snprintf(two, sizeof(two), "%s%s", text,
	    strstr(text, "-----BEGIN"));
	assert_status(
	    tpm_roots_add(roots, bytes_view(two, (size_t)n)),
	    ANCHOR_FINGERPRINT);
	assert_status(
	    tpm_roots_add(roots, BYTES_LIT("no certificate")),
	    ANCHOR_MALFORMED);
	assert_status(tpm_roots_add(roots, bytes_view(root.b, root.n - 1)),
	    ANCHOR_MALFORMED);
	assert_status(
	    tpm_roots_add(roots, (struct bytes){NULL, 0}), ANCHOR_MALFORMED);
	tpm_roots_free(roots);
}

/* --- The key's public area. */

static void
test_public(void **state)
{
	static const uint32_t good = TPMA_FIXED_TPM | TPMA_FIXED_PARENT |
	    TPMA_SENSITIVE_DATA_ORIGIN | TPMA_RESTRICTED | TPMA_DECRYPT;
	struct recipe r = sound(), other = sound();
	struct ek_cert cert, another;
	struct tpm_public pub = {
	    .name_alg = HASH_SHA256, .attributes = good};
	struct der der;

	(void)state;
	r_p256(&r);
	bake(&r, &der);
	assert_status(ek_parse(view(&der), &cert), OK);
	pub.key = cert.key;
	assert_status(ek_check_public(&cert, &pub), OK);

	/* N1: the key of the credential is not the certificate's. */
	r_p384(&other);
	bake(&other, &der);
	assert_status(ek_parse(view(&der), &another), OK);
	assert_status(ek_check_public(&another, &pub), EK_KEY_MISMATCH);

	/* A key that could be used outside its TPM, or sign. */
	for (unsigned bit = 0; bit < 32; bit++) {
		if ((good >> bit & 1) == 0)
			continue;
		pub.attributes = good & ~(UINT32_C(1) << bit);
		assert_status(ek_check_public(&cert, &pub), EK_ATTRIBUTES);
	}
	pub.attributes = good | TPMA_SIGN;
	assert_status(ek_check_public(&cert, &pub), EK_ATTRIBUTES);
	pub.attributes = good;
	pub.name_alg = HASH_SHA1;
	assert_status(ek_check_public(&cert, &pub), EK_ATTRIBUTES);
}

/* --- N59: the fingerprint of CVE-2017-15361. */

/* k * M + (65537^a mod M), with M the product of the primes up to 167. */
static void
weak_modulus(unsigned seed, uint8_t out[256])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *m = BN_new(), *e = BN_new(), *a = BN_new(), *k = BN_new();

	BN_one(m);
	for (unsigned p = 2; p <= 167; p++) {
		bool prime = true;

		for (unsigned q = 2; q * q <= p; q++)
			prime &= p % q != 0;
		if (prime)
			BN_mul_word(m, p);
	}
	BN_set_word(e, 65537);
	BN_set_word(a, 1000003 + seed);
	BN_mod_exp(a, e, a, m, ctx);
	do {
		BN_rand(k, 2049 - BN_num_bits(m), BN_RAND_TOP_ONE,
		    BN_RAND_BOTTOM_ANY);
		BN_mul(k, k, m, ctx);
		BN_add(k, k, a);
	} while (BN_num_bits(k) != 2048);
	BN_bn2binpad(k, out, 256);
	BN_free(m);
	BN_free(e);
	BN_free(a);
	BN_free(k);
	BN_CTX_free(ctx);
}

static void
n59_roca(void **state)
{
	uint8_t modulus[256];
	struct recipe r = sound();
	struct ek_cert cert;
	struct der der;

	(void)state;
	for (unsigned i = 0; i < 32; i++) {
		weak_modulus(i, modulus);
		assert_true(ek_is_roca(BYTES_OF(modulus)));
		modulus[255] ^= 2;
		assert_false(ek_is_roca(BYTES_OF(modulus)));
	}
	bake(&r, &der);
	assert_status(ek_parse(view(&der), &cert), OK);
	assert_int_equal(ek_modulus(&cert.key).n, 256);
	assert_false(ek_is_roca(ek_modulus(&cert.key)));
	assert_false(ek_is_roca((struct bytes){NULL, 0}));
}

static void
roca_key(struct recipe *r)
{
	uint8_t modulus[256];
	OSSL_PARAM params[3];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	unsigned e = 65537;

	weak_modulus(1, modulus);
	/* The native order of this machine is little-endian, or the test
	 * would say so. */
	for (size_t i = 0; i < 128; i++) {
		uint8_t swap = modulus[i];

		modulus[i] = modulus[255 - i];
		modulus[255 - i] = swap;
	}
	params[0] = OSSL_PARAM_construct_BN("n", modulus, sizeof(modulus));
	params[1] = OSSL_PARAM_construct_uint("e", &e);
	params[2] = OSSL_PARAM_construct_end();
	r->key = NULL;
	EVP_PKEY_fromdata_init(ctx);
	assert_int_equal(EVP_PKEY_fromdata(
			     ctx, &r->key, EVP_PKEY_PUBLIC_KEY, params),
	    1);
	EVP_PKEY_CTX_free(ctx);
}

/* N59: an attestation key that Infineon's library made. */
static void
n59_attestation_key(void **state)
{
	struct tpm_public pub = {.name_alg = HASH_SHA256,
	    .attributes = TPMA_FIXED_TPM | TPMA_FIXED_PARENT |
		TPMA_SENSITIVE_DATA_ORIGIN | TPMA_RESTRICTED | TPMA_SIGN,
	    .has_scheme = true,
	    .scheme = SIG_RSASSA,
	    .scheme_hash = HASH_SHA256};
	struct recipe r = sound();
	struct ek_cert cert;
	struct der der;

	(void)state;
	bake(&r, &der);
	assert_status(ek_parse(view(&der), &cert), OK);
	pub.key = cert.key;
	assert_status(ak_check_public(&pub), OK);

	roca_key(&r);
	bake(&r, &der);
	EVP_PKEY_free(r.key);
	assert_status(ek_parse(view(&der), &cert), OK);
	pub.key = cert.key;
	assert_status(ak_check_public(&pub), AK_ROCA);
	pub.attributes ^= TPMA_RESTRICTED;
	assert_status(ak_check_public(&pub), AK_ATTRIBUTES);
}

/* --- The whole, through the library. */

static bool
has(const struct assay_result *r, const char *code)
{
	struct assay_reason reason;

	for (size_t i = 0; assay_result_reason(r, i, &reason); i++)
		if (strcmp(reason.code, code) == 0)
			return true;
	return false;
}

static struct assay_result *
check(struct bytes cert, struct bytes chain, struct bytes pub,
    const struct der *anchor)
{
	struct assay *ctx = assay_new();
	char text[8192], error[256];
	struct assay_check in = {
	    .ek_cert = {cert.p, cert.n},
	    .chain = {chain.p, chain.n},
	    .ek_pub = {pub.p, pub.n},
	};
	struct assay_result *result;
	struct bytes file = named(anchor, "Lab", true, text, sizeof(text));

	assert_non_null(ctx);
	assert_int_equal(assay_add(ctx, ASSAY_TPM_ROOT, file.p, file.n, error,
			     sizeof(error)),
	    0);
	assay_set_time(ctx, MADE_AT + DAY);
	result = assay_check(ctx, ASSAY_EK, &in);
	assay_free(ctx);
	assert_non_null(result);
	return result;
}

static void
test_whole(void **state)
{
	const struct bytes none = {NULL, 0};
	struct recipe r = sound();
	struct assay_result *result;
	struct der der;

	(void)state;
	bake(&r, &der);
	result = check(view(&der), view(&sub), none, &root);
	assert_int_equal(assay_result_exit(result), ASSAY_AFFIRMING);
	assay_result_free(result);

	/* What the profile asks for and some vendors leave out: warnings. */
	r = sound();
	r.purpose = NULL;
	bake(&r, &der);
	result = check(view(&der), view(&sub), none, &root);
	assert_int_equal(assay_result_exit(result), ASSAY_WARNING);
	assert_true(has(result, "EK_PURPOSE_UNSTATED"));
	assay_result_free(result);
	r = sound();
	r.alt = SAN("part");
	bake(&r, &der);
	result = check(view(&der), view(&sub), none, &root);
	assert_int_equal(assay_result_exit(result), ASSAY_WARNING);
	assert_true(has(result, "EK_TPM_UNSTATED"));
	assay_result_free(result);

	/* N59 */
	r = sound();
	roca_key(&r);
	bake(&r, &der);
	EVP_PKEY_free(r.key);
	result = check(view(&der), view(&sub), none, &root);
	assert_int_equal(assay_result_exit(result), ASSAY_CONTRAINDICATED);
	assert_true(has(result, "EK_ROCA"));
	assay_result_free(result);

	/* A public area that is none. */
	r = sound();
	bake(&r, &der);
	result = check(view(&der), view(&sub), BYTES_LIT("x"), &root);
	assert_int_equal(assay_result_exit(result), 65);
	assay_result_free(result);
	result = check(none, none, none, &root);
	assert_int_equal(assay_result_exit(result), 65);
	assert_true(has(result, "EK_MALFORMED"));
	assay_result_free(result);
}

/* N62: an authority of one vendor, a TPM of another. */
static void
n62_manufacturer(void **state)
{
	static const struct {
		const char *id, *vendor;
		bool fits;
	} rows[] = {
	    {"id:53544D20", "STMicroelectronics", true},
	    {"id:53544d20", "STMicroelectronics", true},
	    {"id:53544D20", "GlobalSign", true},
	    {"id:53544D20", "Infineon", false},
	    {"id:49465800", "STMicroelectronics", false},
	    {"id:494E5443", "AMD", false},
	    {"id:00001014", "Infineon", true},
	    {"", "Infineon", true},
	    {"id:53544D20", "", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
		    ek_manufacturer_fits(rows[i].id, rows[i].vendor),
		    rows[i].fits);
}

/* --- Real certificates. */

static size_t files, known, unknown;

static void
count(void *arg, const struct tpm_root_seen *seen)
{
	(void)arg;
	if (seen->known != NULL)
		known++;
	else
		unknown++;
}

static void
each_file(const char *folder, void (*fn)(struct bytes file, void *arg),
    void *arg)
{
	char path[1024], relative[512];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", getenv("ASSAY_SAMPLES"), folder);
	assert_non_null(dir = opendir(path));
	while ((e = readdir(dir)) != NULL) {
		struct bytes file;

		if (e->d_name[0] == '.' || e->d_type == DT_DIR)
			continue;
		snprintf(relative, sizeof(relative), "%s/%.200s", folder,
		    e->d_name);
		file = kit_sample(relative);
		assert_non_null(file.p);
		fn(file, arg);
		free((void *)(uintptr_t)file.p);
	}
	closedir(dir);
}

static void
look_at(struct bytes file, void *arg)
{
	(void)arg;
	files++;
	assert_status(tpm_roots_look(file, count, NULL), OK);
}

static void
test_vendors(void **state)
{
	(void)state;
	if (!kit_have_samples())
		skip();
	/* 170 files; mbedTLS alone refuses 49 of them. */
	each_file("tpm/ek-roots/keylime", look_at, NULL);
	each_file("tpm/ek-roots/safeboot", look_at, NULL);
	assert_int_equal(files, 170);
	each_file("tpm/ek-roots/tpm-ca-certificates", look_at, NULL);
	assert_true(known > 300);
	assert_int_equal(unknown, 0);
}

static void
add_file(struct bytes file, void *arg)
{
	assert_status(tpm_roots_add(arg, file), OK);
}

static void
vouched(struct bytes file, void *arg)
{
	int64_t then = INT64_C(1704067200); /* 2024-01-01 */
	uint8_t store[EK_CERT_MAX];
	struct bytes certs[CHAIN_MAX];
	struct tpm_path path;
	struct ek_cert cert;
	size_t n;
	enum status st;

	assert_status(
	    chain_from_pem(file, store, sizeof(store), certs, &n), OK);
	st = ek_parse(certs[0], &cert);
	assert_status(st, cert.kind == EK_ENDORSEMENT ? OK : EK_USAGE);
	known += cert.kind == EK_ENDORSEMENT;
	files++;
	assert_status(tpm_roots_verify(arg, certs[0], (struct bytes){NULL, 0},
			  &then, &path),
	    OK);
	assert_string_equal(path.vendor, "Google");
}

static void
test_cloud(void **state)
{
	struct tpm_roots *roots;

	(void)state;
	if (!kit_have_samples())
		skip();
	roots = tpm_roots_new();
	files = known = 0;
	/* The folder has authorities of Secure Boot, too: never trusted. */
	each_file("tpm/ek-roots", add_file, roots);
	each_file("tpm/ek-certs", vouched, roots);
	assert_int_equal(files, 8);
	assert_int_equal(known, 4);
	tpm_roots_free(roots);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_padding),
	    cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_way),
	    cmocka_unit_test(test_time),
	    cmocka_unit_test(test_forged_links),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_public),
	    cmocka_unit_test(n59_roca),
	    cmocka_unit_test(n59_attestation_key),
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(n62_manufacturer),
	    cmocka_unit_test(test_vendors),
	    cmocka_unit_test(test_cloud),
	};
	int bad;

	if (set_up(NULL) != 0)
		return 1;
	bad = kit_run_rows("endorsement key certificates", cert_rows,
	    sizeof(cert_rows[0]), COUNT(cert_rows), test_cert, tests,
	    COUNT(tests));
	tear_down(NULL);
	return bad;
}
