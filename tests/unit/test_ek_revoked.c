/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of TPMs that were revoked, and lists that say so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "revocation.h"
#include "testkit.h"
#include "tpm_roots.h"
#include "x509_forge.h"

#define T0 INT64_C(1700000000)
enum { DAY = 86400, LEAF = 7, LINK = 5, KEY_COMPROMISE = 1 };

static struct xf_key root_key, ca_key, leaf_key, other_key;
static struct bytes root, ca, leaf;

static int
setup(void **state)
{
	struct xf_cert c = {.subject = "root", .issuer = "root",
	    .key = &root_key, .by = &root_key, .serial = 1, .ca = true,
	    .from = T0, .until = T0 + 1000 * (int64_t)DAY,
	    .usage = XF_CERT_SIGN | XF_CRL_SIGN};

	(void)state;
	if (crypto_init() != OK || !xf_key_new(&root_key, KEY_P384) ||
	    !xf_key_new(&ca_key, KEY_RSA) ||
	    !xf_key_new(&leaf_key, KEY_P256) ||
	    !xf_key_new(&other_key, KEY_RSA))
		return -1;
	xf_reset();
	root = xf_cert_make(&c);
	c.subject = "TPM CA";
	c.key = &ca_key;
	c.serial = LINK;
	ca = xf_cert_make(&c);
	c = (struct xf_cert){.subject = "a TPM", .issuer = "TPM CA",
	    .key = &leaf_key, .by = &ca_key, .serial = LEAF, .from = T0,
	    .until = T0 + 1000 * (int64_t)DAY};
	leaf = xf_cert_make(&c);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	xf_key_free(&root_key);
	xf_key_free(&ca_key);
	xf_key_free(&leaf_key);
	xf_key_free(&other_key);
	return 0;
}

/* The root, named by the operator: the two lines, and PEM. */
static struct tpm_roots *
roots_with(const struct revocation *revocation)
{
	static uint8_t text[8192];
	struct tpm_roots *roots = tpm_roots_new();
	struct writer w = writer_of(text, sizeof(text));
	struct digest d;
	char hex[65];

	assert_non_null(roots);
	assert_int_equal(hash_one(HASH_SHA256, root, &d), OK);
	bytes_to_hex(digest_view(&d), hex);
	write_str(&w, "assay-anchor-name: Lab\nassay-anchor-sha256: ");
	write_str(&w, hex);
	write_str(&w, "\n-----BEGIN CERTIFICATE-----\n");
	write_base64(&w, root);
	write_str(&w, "\n-----END CERTIFICATE-----\n");
	assert_int_equal(tpm_roots_add(roots, writer_view(&w)), OK);
	tpm_roots_set_revocation(roots, revocation, NULL);
	return roots;
}

/* One list: of whom, signed by whom, which serial, of which day. */
struct list {
	const char *issuer;
	const struct xf_key *by;
	uint64_t serial;
	int day;
};

static const struct row {
	const char *name;
	struct list lists[2];
	enum status want;
	enum revocation_extent extent;
	const char *note;
} rows[] = {
    {"no_list", {{NULL, NULL, 0, 0}}, OK, REVOCATION_OF_NONE, ""},
    {"list_of_another", {{"else", &other_key, LEAF, 0}}, OK,
	REVOCATION_OF_NONE, ""},
    {"leaf_alone", {{"TPM CA", &ca_key, 9, 0}}, OK, REVOCATION_OF_SOME, ""},
    {"link_alone", {{"root", &root_key, 9, 0}}, OK, REVOCATION_OF_SOME, ""},
    {"both", {{"TPM CA", &ca_key, 9, 0}, {"root", &root_key, 0, 0}}, OK,
	REVOCATION_OF_ALL, ""},
    {"leaf_revoked", {{"TPM CA", &ca_key, LEAF, 0}}, CHAIN_REVOKED,
	REVOCATION_OF_NONE, "keyCompromise"},
    {"link_revoked",
	{{"TPM CA", &ca_key, 9, 0}, {"root", &root_key, LINK, 0}},
	CHAIN_REVOKED, REVOCATION_OF_NONE, "TPM CA"},
    {"old_list_revokes", {{"TPM CA", &ca_key, LEAF, -100}}, CHAIN_REVOKED,
	REVOCATION_OF_NONE, "keyCompromise"},
    {"list_forged", {{"TPM CA", &other_key, 9, 0}}, CHAIN_CRL_INVALID,
	REVOCATION_OF_NONE, "a TPM"},
    {"list_old", {{"TPM CA", &ca_key, 9, -100}}, CHAIN_CRL_EXPIRED,
	REVOCATION_OF_NONE, "holds from"},
    {"list_of_tomorrow", {{"TPM CA", &ca_key, 9, 100}}, CHAIN_CRL_EXPIRED,
	REVOCATION_OF_NONE, "holds from"},
    {"list_old_and_new",
	{{"TPM CA", &ca_key, 9, -100}, {"TPM CA", &ca_key, 9, 0}}, OK,
	REVOCATION_OF_SOME, ""},
};

static void
run_row(void **state)
{
	const struct row *row = *state;
	struct revocation *revocation = revocation_new();
	struct tpm_roots *roots = roots_with(revocation);
	int64_t now = T0 + 200 * (int64_t)DAY;
	struct tpm_path path;

	for (size_t i = 0; i < 2 && row->lists[i].issuer != NULL; i++) {
		const struct list *l = &row->lists[i];
		int64_t from = now + l->day * (int64_t)DAY - DAY;

		assert_int_equal(
		    revocation_add_crl(revocation,
			xf_crl(l->issuer, l->by, from,
			    from + 7 * (int64_t)DAY, l->serial, from,
			    KEY_COMPROMISE)),
		    OK);
	}
	assert_status(
	    tpm_roots_verify(roots, leaf, ca, &now, &path), row->want);
	assert_int_equal(path.revocation, row->extent);
	assert_non_null(strstr(path.note, row->note));
	tpm_roots_free(roots);
	revocation_free(revocation);
}

int
main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct CMUnitTest tests[ROWS];

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
		    .test_func = run_row,
		    .initial_state = (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name(
	    "ek_revoked", tests, setup, teardown);
}
