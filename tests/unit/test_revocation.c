/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation lists against a chain of root, issuer and leaf; certificates and
 * lists are made by OpenSSL, judged by mbedTLS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "chain.h"

enum { DER_MAX = 2048, MADE_AT = 1700000000, DAY = 86400 };

struct der {
	uint8_t b[DER_MAX];
	size_t n;
};

static EVP_PKEY *root_key, *issuer_key, *leaf_key;
static struct der root, issuer, leaf;

static EVP_PKEY *
new_key(void)
{
	return EVP_EC_gen("P-384");
}

static X509_NAME *
new_name(const char *cn)
{
	X509_NAME *name = X509_NAME_new();

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)cn, -1, -1, 0);
	return name;
}

static void
new_cert(struct der *out, const char *subject, EVP_PKEY *key,
    const char *by, EVP_PKEY *by_key, long serial, int ca)
{
	X509 *x = X509_new();
	X509_NAME *s = new_name(subject), *i = new_name(by);
	unsigned char *p = out->b;
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL,
	    NID_basic_constraints, ca ? "critical,CA:TRUE" : "CA:FALSE");

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_set_subject_name(x, s);
	X509_set_issuer_name(x, i);
	ASN1_TIME_set(X509_getm_notBefore(x), MADE_AT);
	ASN1_TIME_set(X509_getm_notAfter(x), MADE_AT + 1000 * DAY);
	X509_set_pubkey(x, key);
	X509_add_ext(x, ext, -1);
	assert_true(X509_sign(x, by_key, EVP_sha384()) > 0);
	out->n = (size_t)i2d_X509(x, &p);
	X509_EXTENSION_free(ext);
	X509_NAME_free(s);
	X509_NAME_free(i);
	X509_free(x);
}

/* A list of BY, valid for ten days from AT, that revokes SERIAL, if any. */
static void
new_crl(struct der *out, const char *by, EVP_PKEY *by_key, long at,
    long serial)
{
	X509_CRL *crl = X509_CRL_new();
	X509_NAME *name = new_name(by);
	ASN1_TIME *t = ASN1_TIME_set(NULL, at);
	unsigned char *p = out->b;

	X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(crl, name);
	X509_CRL_set1_lastUpdate(crl, t);
	ASN1_TIME_set(t, at + 10 * DAY);
	X509_CRL_set1_nextUpdate(crl, t);
	if (serial != 0) {
		X509_REVOKED *r = X509_REVOKED_new();
		ASN1_INTEGER *n = ASN1_INTEGER_new();

		ASN1_INTEGER_set(n, serial);
		X509_REVOKED_set_serialNumber(r, n);
		ASN1_TIME_set(t, at);
		X509_REVOKED_set_revocationDate(r, t);
		X509_CRL_add0_revoked(crl, r);
		ASN1_INTEGER_free(n);
	}
	X509_CRL_sort(crl);
	assert_true(X509_CRL_sign(crl, by_key, EVP_sha384()) > 0);
	out->n = (size_t)i2d_X509_CRL(crl, &p);
	ASN1_TIME_free(t);
	X509_NAME_free(name);
	X509_CRL_free(crl);
}

static int
set_up(void **state)
{
	(void)state;
	root_key = new_key();
	issuer_key = new_key();
	leaf_key = new_key();
	new_cert(&root, "root", root_key, "root", root_key, 1, 1);
	new_cert(&issuer, "issuer", issuer_key, "root", root_key, 2, 1);
	new_cert(&leaf, "leaf", leaf_key, "issuer", issuer_key, 3, 0);
	return crypto_init() == OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(issuer_key);
	EVP_PKEY_free(leaf_key);
	return 0;
}

/* The lists of one case: by whom, revoking what, when, signed rightly. */
static const struct {
	const char *name;
	struct {
		char by; /* 'r', 'i', or 0 for none */
		long serial, at;
		int forged;
	} list[2];
	enum status st;
	enum revocation_extent checked;
} rows[] = {
    {"no lists", {{0}}, OK, REVOCATION_OF_NONE},
    {"both, nothing revoked", {{'r', 0, MADE_AT, 0}, {'i', 0, MADE_AT, 0}},
	OK, REVOCATION_OF_ALL},
    {"only the root's", {{'r', 0, MADE_AT, 0}}, OK, REVOCATION_OF_SOME},
    {"another serial", {{'r', 9, MADE_AT, 0}, {'i', 9, MADE_AT, 0}}, OK,
	REVOCATION_OF_ALL},
    {"leaf revoked", {{'r', 0, MADE_AT, 0}, {'i', 3, MADE_AT, 0}},
	CHAIN_REVOKED, REVOCATION_OF_NONE},
    {"issuer revoked", {{'r', 2, MADE_AT, 0}}, CHAIN_REVOKED,
	REVOCATION_OF_NONE},
    {"forged list", {{'i', 0, MADE_AT, 1}}, CHAIN_CRL_INVALID,
	REVOCATION_OF_NONE},
    {"list too old", {{'i', 0, MADE_AT - 20 * DAY, 0}}, CHAIN_CRL_EXPIRED,
	REVOCATION_OF_NONE},
    {"list from the future", {{'i', 0, MADE_AT + 20 * DAY, 0}},
	CHAIN_CRL_EXPIRED, REVOCATION_OF_NONE},
};

static void
add_list(struct anchors *a, char by, long serial, long at, int forged)
{
	EVP_PKEY *right = by == 'r' ? root_key : issuer_key;
	struct der crl;

	new_crl(&crl, by == 'r' ? "root" : "issuer",
	    forged ? leaf_key : right, at, serial);
	assert_int_equal(anchors_add_crl(a, bytes_view(crl.b, crl.n)), OK);
}

static void
lists(void **state)
{
	const struct bytes certs[] = {
	    bytes_view(leaf.b, leaf.n), bytes_view(issuer.b, issuer.n)};
	const int64_t time = MADE_AT + DAY;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct anchors *a = anchors_new(0);
		struct chain out;
		enum status st;

		anchors_add(a, bytes_view(root.b, root.n));
		/* Known good beforehand: lists count all the same. */
		assert_int_equal(
		    chain_verify(a, certs, 2, &time, &out), OK);
		for (size_t k = 0; k < 2; k++)
			if (rows[i].list[k].by != 0)
				add_list(a, rows[i].list[k].by,
				    rows[i].list[k].serial, rows[i].list[k].at,
				    rows[i].list[k].forged);
		st = chain_verify(a, certs, 2, &time, &out);
		if (st != rows[i].st)
			print_error(
			    "%s: %s\n", rows[i].name, status_name(st));
		assert_int_equal(st, rows[i].st);
		if (st == OK)
			assert_int_equal(
			    out.revocation, rows[i].checked);
		anchors_free(a);
	}
}

static void
malformed(void **state)
{
	struct anchors *a = anchors_new(0);
	struct der crl;

	(void)state;
	new_crl(&crl, "issuer", issuer_key, MADE_AT, 3);
	for (size_t n = 0; n < crl.n; n++)
		assert_int_equal(
		    anchors_add_crl(a, bytes_view(crl.b, n)), CRL_MALFORMED);
	anchors_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists),
	    cmocka_unit_test(malformed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
