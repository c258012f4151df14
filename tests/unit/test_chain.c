/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from a device to an anchor: chains of root, authority, issuer and
 * leaf with one thing wrong.
 */
#include "testkit.h"

#include <string.h>

#include "chain.h"
#include "x509_forge.h"

enum { FROM = 1700000000, DAY = 86400, UNTIL = FROM + 1000 * DAY };

static struct xf_key root_key, ca_key, issuer_key, leaf_key, other_key,
    rsa_key;

/* The certificates of one case, leaf first, as they ought to be. */
struct set {
	struct xf_cert leaf, issuer, ca, root;
	const char *order; /* "lica": which are sent; "x" is a stranger's */
	char anchor;       /* which is trusted; "r" unless said */
};

static struct set
sound(void)
{
	const unsigned ca = XF_CERT_SIGN | XF_CRL_SIGN;

	return (struct set){
	    .leaf = {.subject = "leaf", .issuer = "issuer", .key = &leaf_key,
		.by = &issuer_key, .serial = 4, .from = FROM, .until = UNTIL,
		.usage = XF_SIGN},
	    .issuer = {.subject = "issuer", .issuer = "ca",
		.key = &issuer_key, .by = &ca_key, .serial = 3, .from = FROM,
		.until = UNTIL, .ca = true, .usage = ca},
	    .ca = {.subject = "ca", .issuer = "root", .key = &ca_key,
		.by = &root_key, .serial = 2, .from = FROM, .until = UNTIL,
		.ca = true, .usage = ca},
	    .root = {.subject = "root", .issuer = "root", .key = &root_key,
		.by = &root_key, .serial = 1, .from = FROM, .until = UNTIL,
		.ca = true, .usage = ca},
	    .order = "licr",
	    .anchor = 'r'};
}

static void
no_ca(struct set *s)
{
	s->issuer.ca = false;
}

static void
no_usage(struct set *s)
{
	s->issuer.usage = XF_SIGN;
}

static void
usage_unsaid(struct set *s)
{
	s->issuer.usage = 0;
}

static void
short_path(struct set *s)
{
	s->ca.path_length = 1; /* none below */
}

static void
long_path(struct set *s)
{
	s->ca.path_length = 2;
	s->root.path_length = 3;
}

static void
anchor_short_path(struct set *s)
{
	s->root.path_length = 1;
}

static void
other_signer(struct set *s)
{
	s->leaf.by = &other_key;
}

static void
other_signer_above(struct set *s)
{
	s->ca.by = &other_key;
}

static void
other_name(struct set *s)
{
	s->leaf.issuer = "Issuer";
}

static void
sha1(struct set *s)
{
	s->issuer.hash = HASH_SHA1;
}

static void
sha256(struct set *s)
{
	s->issuer.hash = HASH_SHA256;
}

static void
rsa_issuer(struct set *s)
{
	s->issuer.key = s->leaf.by = &rsa_key;
}

static void
rsa_leaf(struct set *s)
{
	s->leaf.key = &rsa_key;
}

static void
critical(struct set *s)
{
	s->issuer.odd_critical = true;
}

static void
version1_issuer(struct set *s)
{
	s->issuer.version1 = true;
}

static void
version1_root(struct set *s)
{
	s->root.version1 = true;
}

/* A root made anew with the same name and key is the same authority. */
static void
self_signature(struct set *s)
{
	s->root.by = &other_key;
}

static void
without_root(struct set *s)
{
	s->order = "lic";
}

static void
without_ca(struct set *s)
{
	s->order = "lir";
}

static void
leaf_alone(struct set *s)
{
	s->order = "l";
}

static void
root_alone(struct set *s)
{
	s->order = "r";
}

static void
root_first(struct set *s)
{
	s->order = "rcil";
}

/* A certificate that nobody asked for, between device and issuer. */
static void
inserted(struct set *s)
{
	s->order = "lxicr";
}

static void
appended(struct set *s)
{
	s->order = "licrx";
}

static void
twice(struct set *s)
{
	s->order = "lliicr";
}

static void
trust_ca(struct set *s)
{
	s->anchor = 'c';
}

static void
trust_ca_alone(struct set *s)
{
	s->anchor = 'c';
	s->order = "li";
}

static void
trust_stranger(struct set *s)
{
	s->anchor = 'x';
}

static void
trust_leaf(struct set *s)
{
	s->anchor = 'l';
}

static void
trust_nobody(struct set *s)
{
	s->anchor = 0;
}

static const struct row {
	const char *name;
	void (*change)(struct set *s);
	enum status st;
	size_t count; /* of links that count */
} rows[] = {
    {"sound", NULL, OK, 4},
    {"without its root", without_root, OK, 3},
    {"an anchor that is no root", trust_ca, OK, 3},
    {"straight to an anchor that is no root", trust_ca_alone, OK, 2},
    {"key usage not said", usage_unsaid, OK, 4},
    {"a path as long as allowed", long_path, OK, 4},
    {"SHA-256", sha256, OK, 4},
    {"a root of version 1", version1_root, OK, 4},
    {"the root's own signature", self_signature, OK, 4},
    {"something behind the root", appended, OK, 4},
    {"the root alone", root_alone, OK, 1},
    {"an issuer that is no authority", no_ca, CHAIN_UNTRUSTED, 0},
    {"an issuer that may not sign", no_usage, CHAIN_UNTRUSTED, 0},
    {"an issuer of version 1", version1_issuer, CHAIN_UNTRUSTED, 0},
    {"a path that is too long", short_path, CHAIN_UNTRUSTED, 0},
    {"too long for the anchor", anchor_short_path, CHAIN_UNTRUSTED, 0},
    {"a leaf signed by another", other_signer, CHAIN_UNTRUSTED, 0},
    {"an authority signed by another", other_signer_above, CHAIN_UNTRUSTED,
	0},
    {"another issuer's name", other_name, CHAIN_UNTRUSTED, 0},
    {"SHA-1", sha1, CHAIN_UNTRUSTED, 0},
    {"an issuer with an RSA key", rsa_issuer, CHAIN_UNTRUSTED, 0},
    {"a leaf with an RSA key", rsa_leaf, CHAIN_UNTRUSTED, 0},
    {"an unknown critical extension", critical, CHAIN_MALFORMED, 0},
    {"a link left out", without_ca, CHAIN_UNTRUSTED, 0},
    {"the leaf alone", leaf_alone, CHAIN_UNTRUSTED, 0},
    {"root first", root_first, OK, 1},
    {"a stranger between leaf and issuer", inserted, CHAIN_UNTRUSTED, 0},
    {"every link twice", twice, CHAIN_UNTRUSTED, 0},
    {"another root", trust_stranger, CHAIN_UNTRUSTED, 0},
    {"a leaf listed as an anchor", trust_leaf, CHAIN_UNTRUSTED, 0},
    {"no anchor", trust_nobody, CHAIN_UNTRUSTED, 0},
};

static struct bytes
make(const struct set *s, char which)
{
	const struct xf_cert stranger = {.subject = "root", .issuer = "root",
	    .key = &other_key, .by = &other_key, .serial = 9, .from = FROM,
	    .until = UNTIL, .ca = true};

	switch (which) {
	case 'l':
		return xf_cert_make(&s->leaf);
	case 'i':
		return xf_cert_make(&s->issuer);
	case 'c':
		return xf_cert_make(&s->ca);
	case 'r':
		return xf_cert_make(&s->root);
	default:
		return xf_cert_make(&stranger);
	}
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	const int64_t time = FROM + DAY;
	struct anchors *a = anchors_new(0);
	struct bytes certs[CHAIN_MAX], key;
	struct set s = sound();
	struct chain chain;
	size_t n = 0;

	xf_reset();
	if (row->change != NULL)
		row->change(&s);
	for (const char *c = s.order; *c != '\0'; c++) {
		/* The same bytes when it is trusted: ECDSA is not twice alike. */
		certs[n] = make(&s, *c);
		if (*c == s.anchor)
			assert_status(anchors_add(a, certs[n]), OK);
		n++;
	}
	if (s.anchor != 0 && strchr(s.order, s.anchor) == NULL)
		assert_status(anchors_add(a, make(&s, s.anchor)), OK);

	/* The second answer is remembered, and the same. */
	for (int i = 0; i < 2; i++) {
		assert_status(
		    chain_verify(a, certs, n, &time, &chain), row->st);
		if (row->st != OK)
			continue;
		assert_int_equal(chain.count, row->count);
		key = xf_key_bits(s.order[0] == 'r' ? &root_key : &leaf_key);
		assert_true(bytes_eq(key,
		    bytes_view(chain.key.der, chain.key.der_len)));
	}
	anchors_free(a);
}

/* What is judged last, and that everything else held. */
static void
test_time(void **state)
{
	const struct set s = sound();
	const int64_t early = FROM - 1, late = UNTIL + 1;
	struct anchors *a = anchors_new(0);
	struct bytes certs[4];
	struct chain chain;

	(void)state;
	xf_reset();
	for (size_t i = 0; i < 4; i++)
		certs[i] = make(&s, s.order[i]);
	assert_status(anchors_add(a, certs[3]), OK);
	assert_status(
	    chain_verify(a, certs, 4, &early, &chain), CHAIN_EXPIRED);
	assert_int_equal(chain.outside, 0);
	assert_int_equal(chain.key.type, KEY_P384);
	assert_status(
	    chain_verify(a, certs, 4, &late, &chain), CHAIN_EXPIRED);
	assert_status(chain_verify(a, certs, 4, NULL, &chain), OK);
	anchors_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_time),
	};

	if (crypto_init() != OK || !xf_key_new(&root_key, KEY_P384) ||
	    !xf_key_new(&ca_key, KEY_P384) ||
	    !xf_key_new(&issuer_key, KEY_P256) ||
	    !xf_key_new(&leaf_key, KEY_P384) ||
	    !xf_key_new(&other_key, KEY_P384) ||
	    !xf_key_new(&rsa_key, KEY_RSA))
		return 1;
	return kit_run_rows("chain", rows, sizeof(rows[0]), COUNT(rows),
	    test_row, tests, COUNT(tests));
}
