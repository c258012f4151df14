/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSP responses about a chain of root, issuer and leaf: sound ones, and ones
 * with one thing wrong, given as files beside the chain.
 */
#include "testkit.h"

#include <string.h>

#include "chain.h"
#include "ocsp.h"
#include "ocsp_forge.h"

enum { FROM = 1700000000, DAY = 86400, UNTIL = FROM + 1000 * DAY };
enum { AT = FROM + 100 * DAY, LEAF = 3, ISSUER = 2, RESPONDER = 77 };

static struct xf_key root_key, issuer_key, leaf_key, other_key, p256_key,
    rsa_key, weak_key;

/* What one case gives. */
struct setup {
	struct of_recipe leaf, issuer, more; /* more: about the leaf, too */
	bool no_leaf, no_issuer, give_more;
	struct xf_cert responder; /* signed LEAF when DELEGATED */
	bool delegated;
	unsigned junk; /* certificates before the responder's */
	bool root_list, issuer_list;
	uint64_t revoked; /* by the issuer's list, 0 for none */
	int64_t time;
	bool no_time;
};

static struct setup
sound(void)
{
	return (struct setup){
	    .leaf = of_sound("issuer", &issuer_key, LEAF, AT),
	    .more = of_sound("issuer", &issuer_key, LEAF, AT),
	    .issuer = of_sound("root", &root_key, ISSUER, AT),
	    .responder = {.subject = "responder", .issuer = "issuer",
		.key = &p256_key, .by = &issuer_key, .serial = RESPONDER,
		.from = FROM, .until = UNTIL, .usage = XF_SIGN,
		.ocsp_signing = true, .nocheck = true},
	    .time = AT + DAY};
}

/* Someone else signs for the issuer. */
static void
delegate(struct setup *s)
{
	s->delegated = true;
	s->leaf.responder = "responder";
	s->leaf.signer = &p256_key;
	s->leaf.hash = HASH_SHA256;
}

#define CHANGE(name, ...)                                                      \
	static void name(struct setup *s)                                      \
	{                                                                      \
		__VA_ARGS__;                                                   \
	}

CHANGE(nothing, (void)s)
CHANGE(neither, s->no_leaf = s->no_issuer = true)
CHANGE(leaf_not_served, s->no_leaf = true)
CHANGE(by_key, s->leaf.by_key = true)
CHANGE(id_sha256, s->leaf.single[0].hash = HASH_SHA256)
CHANGE(id_sha384, s->leaf.single[0].hash = HASH_SHA384)
CHANGE(id_sha512, s->leaf.single[0].hash = HASH_SHA512)
CHANGE(id_unknown, s->leaf.single[0].hash = HASH_NONE)
CHANGE(other_serial, s->leaf.single[0].serial = 4)
CHANGE(long_serial, s->leaf.single[0].serial = 0x100000000000003)
CHANGE(other_issuer, s->leaf.single[0].issuer = "root")
CHANGE(other_issuer_key, s->leaf.single[0].issuer_key = &other_key)
CHANGE(no_answer, s->leaf.count = 0)
CHANGE(second_answer, s->leaf.single[1] = s->leaf.single[0];
       s->leaf.single[0].serial = 9; s->leaf.count = 2)
CHANGE(two_answers, s->leaf.single[1] = s->leaf.single[0]; s->leaf.count = 2)
CHANGE(two_hashes, s->leaf.single[1] = s->leaf.single[0];
       s->leaf.single[1].hash = HASH_SHA256; s->leaf.count = 2)
CHANGE(two_verdicts, s->leaf.single[1] = s->leaf.single[0];
       s->leaf.single[1].state = OF_REVOKED;
       s->leaf.single[1].revoked_at = AT; s->leaf.count = 2)

CHANGE(revoked, s->leaf.single[0].state = OF_REVOKED;
       s->leaf.single[0].revoked_at = AT - DAY;
       s->leaf.single[0].reason = 1)
CHANGE(issuer_revoked, s->issuer.single[0].state = OF_REVOKED;
       s->issuer.single[0].revoked_at = AT)
CHANGE(revoked_long_ago, revoked(s); s->time = AT + 100 * DAY)
CHANGE(unknown, s->leaf.single[0].state = OF_UNKNOWN)
CHANGE(revoked_and_other, revoked(s); s->leaf.single[0].serial = 4)

CHANGE(first_second, s->time = AT)
CHANGE(last_second, s->time = AT + 7 * DAY)
CHANGE(too_early, s->time = AT - 1)
CHANGE(too_late, s->time = AT + 7 * DAY + 1)
CHANGE(no_end, s->leaf.single[0].no_next = true)
CHANGE(no_end_no_time, no_end(s); s->no_time = true)
CHANGE(late_no_time, s->time = AT + 100 * DAY; s->no_time = true)
CHANGE(end_before_start, s->leaf.single[0].next_update = AT - 1)

CHANGE(other_key_signs, s->leaf.signer = &other_key)
CHANGE(bad_signature, s->leaf.bad_signature = true)
CHANGE(nobody, s->leaf.responder = "nobody")
CHANGE(nobodys_key, s->leaf.by_key = true;
       s->leaf.responder_key = &other_key)
CHANGE(root_answers, s->leaf.responder = "root"; s->leaf.signer = &root_key)
CHANGE(sha1_signature, s->leaf.hash = HASH_SHA1)
CHANGE(sha256_signature, s->leaf.hash = HASH_SHA256)

CHANGE(nonce, s->leaf.nonce = true)
CHANGE(critical, s->leaf.critical = true)
CHANGE(extension, s->leaf.single[0].extension = true)
CHANGE(single_critical, s->leaf.single[0].extension = true;
       s->leaf.single[0].critical = true)
CHANGE(other_type, s->leaf.type = "2b0601050507300199")
CHANGE(version, s->leaf.version = true)
CHANGE(try_later, s->leaf.status = 3)
CHANGE(unauthorized, s->leaf.status = 6)

CHANGE(delegate_by_key, delegate(s); s->leaf.by_key = true)
CHANGE(delegate_rsa, delegate(s);
       s->responder.key = s->leaf.signer = &rsa_key)
CHANGE(delegate_rsa_sha1, delegate_rsa(s); s->leaf.hash = HASH_SHA1)
CHANGE(delegate_rsa_sha512, delegate_rsa(s); s->leaf.hash = HASH_SHA512)
CHANGE(delegate_weak, delegate(s);
       s->responder.key = s->leaf.signer = &weak_key)
CHANGE(delegate_namesake, delegate(s); s->responder.subject = "issuer";
       s->leaf.responder = "issuer")
CHANGE(delegate_junk, delegate(s); s->junk = 3)
CHANGE(delegate_much_junk, delegate(s); s->junk = 8)
CHANGE(no_purpose, delegate(s); s->responder.ocsp_signing = false)
CHANGE(any_purpose, no_purpose(s); s->responder.any_purpose = true)
CHANGE(no_signing, delegate(s); s->responder.usage = XF_CERT_SIGN)
CHANGE(usage_unsaid, delegate(s); s->responder.usage = 0)
CHANGE(delegate_early, delegate(s); s->responder.from = AT + 2 * DAY)
CHANGE(delegate_late, delegate(s); s->responder.until = AT)
CHANGE(delegate_odd, delegate(s); s->responder.odd_critical = true)
CHANGE(delegate_of_root, delegate(s); s->responder.by = &root_key;
       s->responder.issuer = "root")
CHANGE(delegate_forged, delegate(s); s->responder.by = &other_key)
CHANGE(delegate_sha1, delegate(s); s->responder.hash = HASH_SHA1)
CHANGE(delegate_signs_not, delegate(s); s->leaf.signer = &other_key)
CHANGE(delegate_of_itself, delegate(s); s->responder.by = &p256_key)
CHANGE(check_me, delegate(s); s->responder.nocheck = false)
CHANGE(check_me_by_list, check_me(s); s->issuer_list = true)
CHANGE(responder_revoked, check_me_by_list(s); s->revoked = RESPONDER)
CHANGE(check_me_revoked, check_me(s); revoked(s))

CHANGE(old_and_new, s->give_more = true;
       s->more.single[0].this_update -= 30 * DAY;
       s->more.single[0].next_update -= 30 * DAY)
CHANGE(old_revoked, old_and_new(s); s->more.single[0].state = OF_REVOKED;
       s->more.single[0].revoked_at = FROM)
CHANGE(good_and_unknown, s->give_more = true;
       s->more.single[0].state = OF_UNKNOWN)
CHANGE(list_for_issuer, s->no_issuer = true; s->root_list = true)
CHANGE(list_for_both, neither(s); s->root_list = s->issuer_list = true)
CHANGE(old_beside_list, s->leaf.single[0].this_update -= 30 * DAY;
       s->leaf.single[0].next_update -= 30 * DAY; s->issuer_list = true)
CHANGE(list_revokes, s->issuer_list = true; s->revoked = LEAF)

static const struct row {
	const char *name;
	void (*change)(struct setup *s);
	enum status add, st;
	enum revocation_extent extent;
	const char *note; /* in the line that explains a refusal */
} rows[] = {
    {"good, both", nothing, OK, OK, REVOCATION_OF_ALL, ""},
    {"nothing given", neither, OK, OK, REVOCATION_OF_NONE, ""},
    {"leaf not served", leaf_not_served, OK, OK, REVOCATION_OF_SOME, ""},
    {"responder by key", by_key, OK, OK, REVOCATION_OF_ALL, ""},
    {"CertID by SHA-256", id_sha256, OK, OK, REVOCATION_OF_ALL, ""},
    {"CertID by SHA-384", id_sha384, OK, OK, REVOCATION_OF_ALL, ""},
    {"CertID by SHA-512", id_sha512, OK, OK, REVOCATION_OF_ALL, ""},
    {"CertID by another hash", id_unknown, OK, OK, REVOCATION_OF_SOME, ""},
    {"another serial number", other_serial, OK, OK, REVOCATION_OF_SOME, ""},
    {"a longer serial number", long_serial, OK, OK, REVOCATION_OF_SOME, ""},
    {"another issuer", other_issuer, OK, OK, REVOCATION_OF_SOME, ""},
    {"another issuer's key", other_issuer_key, OK, OK, REVOCATION_OF_SOME,
	""},
    {"no answer in it", no_answer, OK, OK, REVOCATION_OF_SOME, ""},
    {"the second answer", second_answer, OK, OK, REVOCATION_OF_ALL, ""},
    {"two answers", two_answers, OK, OCSP_DUPLICATE, 0, "leaf"},
    {"two answers by two hashes", two_hashes, OK, OCSP_DUPLICATE, 0, "leaf"},
    {"good and revoked", two_verdicts, OK, OCSP_DUPLICATE, 0, "leaf"},

    {"revoked", revoked, OK, CHAIN_REVOKED, 0,
	"CN=leaf: revoked 2024-02-21T22:13:20Z, keyCompromise"},
    {"issuer revoked", issuer_revoked, OK, CHAIN_REVOKED, 0,
	"CN=issuer: revoked 2024-02-22T22:13:20Z, no reason given"},
    {"revoked long ago", revoked_long_ago, OK, CHAIN_REVOKED, 0, "leaf"},
    {"unknown", unknown, OK, OCSP_UNKNOWN, 0, "CN=leaf"},
    {"another is revoked", revoked_and_other, OK, OK, REVOCATION_OF_SOME,
	""},

    {"at thisUpdate", first_second, OK, OK, REVOCATION_OF_ALL, ""},
    {"at nextUpdate", last_second, OK, OK, REVOCATION_OF_ALL, ""},
    {"before thisUpdate", too_early, OK, OCSP_EXPIRED, 0,
	"from 2024-02-22T22:13:20Z to 2024-02-29T22:13:20Z"},
    {"after nextUpdate", too_late, OK, OCSP_EXPIRED, 0, "CN=leaf"},
    {"no nextUpdate", no_end, OK, OCSP_UNBOUNDED, 0, "CN=leaf"},
    {"no nextUpdate, no time", no_end_no_time, OK, OK, REVOCATION_OF_ALL,
	""},
    {"of any time, no time", late_no_time, OK, OK, REVOCATION_OF_ALL, ""},
    {"nextUpdate before thisUpdate", end_before_start, OCSP_MALFORMED, OK,
	REVOCATION_OF_SOME, ""},

    {"signed by another key", other_key_signs, OK, OCSP_SIGNATURE, 0,
	"CN=leaf"},
    {"a bit of the signature", bad_signature, OK, OCSP_SIGNATURE, 0, ""},
    {"nobody's name", nobody, OK, OCSP_RESPONDER, 0, "CN=leaf"},
    {"nobody's key", nobodys_key, OK, OCSP_RESPONDER, 0, ""},
    {"the issuer's issuer", root_answers, OK, OCSP_RESPONDER, 0, ""},
    {"signed with SHA-1", sha1_signature, OK, OCSP_ALGORITHM, 0, ""},
    {"signed with SHA-256", sha256_signature, OK, OK, REVOCATION_OF_ALL, ""},

    {"a nonce", nonce, OK, OK, REVOCATION_OF_ALL, ""},
    {"a critical extension", critical, OCSP_EXTENSION, OK,
	REVOCATION_OF_SOME, ""},
    {"an answer's extension", extension, OK, OK, REVOCATION_OF_ALL, ""},
    {"an answer's critical extension", single_critical, OCSP_EXTENSION, OK,
	REVOCATION_OF_SOME, ""},
    {"another type", other_type, OCSP_UNSUPPORTED, OK, REVOCATION_OF_SOME,
	""},
    {"a version", version, OCSP_UNSUPPORTED, OK, REVOCATION_OF_SOME, ""},
    {"try later", try_later, OCSP_UNSUCCESSFUL, OK, REVOCATION_OF_SOME, ""},
    {"unauthorized", unauthorized, OCSP_UNSUCCESSFUL, OK,
	REVOCATION_OF_SOME, ""},

    {"delegated", delegate, OK, OK, REVOCATION_OF_ALL, ""},
    {"delegated, by key", delegate_by_key, OK, OK, REVOCATION_OF_ALL, ""},
    {"delegated, RSA", delegate_rsa, OK, OK, REVOCATION_OF_ALL, ""},
    {"delegated, RSA, SHA-512", delegate_rsa_sha512, OK, OK,
	REVOCATION_OF_ALL, ""},
    {"delegated, RSA, SHA-1", delegate_rsa_sha1, OK, OCSP_ALGORITHM, 0, ""},
    {"delegated, RSA of 1024 bits", delegate_weak, OK, OCSP_ALGORITHM, 0,
	""},
    {"delegated, of the issuer's name", delegate_namesake, OK, OK,
	REVOCATION_OF_ALL, ""},
    {"delegated, after other certificates", delegate_junk, OK, OK,
	REVOCATION_OF_ALL, ""},
    {"more than eight certificates", delegate_much_junk, OCSP_MALFORMED, OK,
	REVOCATION_OF_SOME, ""},
    {"delegated for no purpose", no_purpose, OK, OCSP_DELEGATION, 0, ""},
    {"delegated for any purpose", any_purpose, OK, OCSP_DELEGATION, 0, ""},
    {"delegated, may not sign", no_signing, OK, OCSP_DELEGATION, 0, ""},
    {"delegated, use not said", usage_unsaid, OK, OK, REVOCATION_OF_ALL, ""},
    {"delegated too early", delegate_early, OK, OCSP_DELEGATION, 0, ""},
    {"delegated too late", delegate_late, OK, OCSP_DELEGATION, 0, ""},
    {"delegated with a critical extension", delegate_odd, OK,
	OCSP_RESPONDER, 0, ""},
    {"delegated by the root", delegate_of_root, OK, OCSP_DELEGATION, 0, ""},
    {"delegation forged", delegate_forged, OK, OCSP_DELEGATION, 0, ""},
    {"delegation with SHA-1", delegate_sha1, OK, OCSP_DELEGATION, 0, ""},
    {"delegated by itself", delegate_of_itself, OK, OCSP_DELEGATION, 0, ""},
    {"delegated, another signs", delegate_signs_not, OK, OCSP_SIGNATURE, 0,
	""},
    {"responder may be revoked", check_me, OK, OK, REVOCATION_OF_SOME, ""},
    {"responder on no list", check_me_by_list, OK, OK, REVOCATION_OF_ALL,
	""},
    {"responder revoked", responder_revoked, OK, OCSP_DELEGATION, 0,
	"responder"},
    {"revoked by such a responder", check_me_revoked, OK, CHAIN_REVOKED, 0,
	""},

    {"an old one, too", old_and_new, OK, OK, REVOCATION_OF_ALL, ""},
    {"an old one revoked it", old_revoked, OK, CHAIN_REVOKED, 0, ""},
    {"another one: unknown", good_and_unknown, OK, OCSP_UNKNOWN, 0, ""},
    {"a list for the issuer", list_for_issuer, OK, OK, REVOCATION_OF_ALL,
	""},
    {"lists alone", list_for_both, OK, OK, REVOCATION_OF_ALL, ""},
    {"an old one beside a list", old_beside_list, OK, OK, REVOCATION_OF_ALL,
	""},
    {"good, and revoked by a list", list_revokes, OK, CHAIN_REVOKED, 0,
	"CN=leaf: revoked 2024-02-22T22:13:20Z, superseded"},
};

/* Root, issuer and leaf, as they are in every case. */
static void
make_chain(struct bytes certs[3])
{
	const unsigned ca = XF_CERT_SIGN | XF_CRL_SIGN;
	const struct xf_cert all[] = {
	    {.subject = "leaf", .issuer = "issuer", .key = &leaf_key,
		.by = &issuer_key, .serial = LEAF, .from = FROM,
		.until = UNTIL},
	    {.subject = "issuer", .issuer = "root", .key = &issuer_key,
		.by = &root_key, .serial = ISSUER, .from = FROM,
		.until = UNTIL, .ca = true, .usage = ca},
	    {.subject = "root", .issuer = "root", .key = &root_key,
		.by = &root_key, .serial = 1, .from = FROM, .until = UNTIL,
		.ca = true, .usage = ca}};

	for (size_t i = 0; i < 3; i++)
		certs[i] = xf_cert_make(&all[i]);
}

/* The certificates that come with the answer about the leaf. */
static void
put_certs(struct setup *s)
{
	struct xf_cert junk = s->responder;

	junk.subject = "somebody";
	junk.key = &other_key;
	for (unsigned i = 0; i < s->junk; i++)
		s->leaf.cert[s->leaf.certs++] = xf_cert_make(&junk);
	if (s->delegated)
		s->leaf.cert[s->leaf.certs++] = xf_cert_make(&s->responder);
}

static void
give(struct anchors *a, struct setup *s, enum status add)
{
	struct bytes list;

	put_certs(s);
	if (!s->no_leaf)
		assert_status(anchors_add_ocsp(a, of_make(&s->leaf)), add);
	if (!s->no_issuer)
		assert_status(anchors_add_ocsp(a, of_make(&s->issuer)), OK);
	if (s->give_more)
		assert_status(anchors_add_ocsp(a, of_make(&s->more)), OK);
	if (s->root_list) {
		list = xf_crl(
		    "root", &root_key, AT, AT + 7 * DAY, 0, 0, -1);
		assert_status(anchors_add_crl(a, list), OK);
	}
	if (s->issuer_list) {
		list = xf_crl("issuer", &issuer_key, AT, AT + 7 * DAY,
		    s->revoked, AT, 4);
		assert_status(anchors_add_crl(a, list), OK);
	}
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct anchors *a = anchors_new(0);
	struct bytes certs[3];
	struct setup s = sound();
	struct chain chain;

	xf_reset();
	make_chain(certs);
	assert_status(anchors_add(a, certs[2]), OK);
	row->change(&s);

	/* Known good beforehand: what is given counts all the same. */
	assert_status(chain_verify(a, certs, 3, &s.time, &chain), OK);
	give(a, &s, row->add);
	for (int i = 0; i < 2; i++) {
		assert_status(chain_verify(a, certs, 3,
				  s.no_time ? NULL : &s.time, &chain),
		    row->st);
		if (strstr(chain.note, row->note) == NULL)
			fail_msg("%s", chain.note);
		if (row->st == OK)
			assert_int_equal(chain.revocation, row->extent);
	}
	anchors_free(a);
}

/* What is left out may be left out, or is another thing. */
static const struct {
	enum of_place place;
	enum of_damage damage;
	enum status st;
} allowed[] = {
    {OF_NEXT_TAG, OF_LEFT_OUT, OK},
    {OF_REASON, OF_LEFT_OUT, OK},
    {OF_SINGLE_EXTENSIONS_TAG, OF_LEFT_OUT, OK},
    {OF_EXTENSIONS_TAG, OF_LEFT_OUT, OK},
    {OF_CERTS_TAG, OF_LEFT_OUT, OK},
    {OF_SINGLE, OF_LEFT_OUT, OK},
    {OF_TYPE, OF_TRAILING, OCSP_UNSUPPORTED},
    {OF_TYPE, OF_CUT, OCSP_UNSUPPORTED},
    /* What the signature is over and in is not looked at yet. */
    {OF_ALGORITHM, OF_TRAILING, OK},
    {OF_ALGORITHM, OF_CUT, OK},
    {OF_SIGNATURE, OF_TRAILING, OK},
    {OF_SIGNATURE, OF_CUT, OK},
    /* Another serial number. */
    {OF_SERIAL, OF_TRAILING, OK},
};

static enum status
expected(enum of_place place, enum of_damage damage)
{
	for (size_t i = 0; i < COUNT(allowed); i++)
		if (allowed[i].place == place && allowed[i].damage == damage)
			return allowed[i].st;
	return OCSP_MALFORMED;
}

/* A revoked answer with everything that there can be. */
static struct of_recipe
full(void)
{
	struct setup s = sound();

	revoked(&s);
	delegate(&s);
	put_certs(&s);
	s.leaf.nonce = true;
	s.leaf.single[0].extension = true;
	return s.leaf;
}

/* Every element, wrong in every way that an element can be. */
static void
test_damages(void **state)
{
	struct ocsp out;

	(void)state;
	for (enum of_place p = OF_NOWHERE + 1; p < OF_PLACES; p++)
		for (enum of_damage d = OF_TRAILING; d < OF_DAMAGES; d++) {
			struct of_recipe r;
			enum status st;

			xf_reset();
			r = full();
			r.place = p;
			r.damage = d;
			st = ocsp_parse(of_make(&r), &out);
			if (st != expected(p, d))
				fail_msg("place %d, damage %d: %s", p, d,
				    status_name(st));
		}
}

/* No part of a response is one. */
static void
test_cut(void **state)
{
	struct of_recipe r;
	struct bytes whole;
	struct ocsp out;

	(void)state;
	xf_reset();
	r = full();
	whole = of_make(&r);
	for (size_t n = 0; n < whole.n; n++)
		assert_status(ocsp_parse(bytes_sub(whole, 0, n), &out),
		    OCSP_MALFORMED);
	assert_status(ocsp_parse(whole, &out), OK);
}

/* No byte that is changed makes a revoked certificate a good one. */
static void
test_flips(void **state)
{
	const int64_t time = AT + DAY;
	struct bytes certs[3], whole, copy;
	struct of_recipe r;
	struct setup s = sound();

	(void)state;
	xf_reset();
	make_chain(certs);
	revoked(&s);
	r = s.leaf;
	r.signer = &issuer_key;
	whole = of_make(&r);
	copy = xf_join(&whole, 1);
	for (size_t i = 0; i < whole.n; i++) {
		struct anchors *a = anchors_new(0);
		uint8_t *p = (uint8_t *)(uintptr_t)copy.p + i;
		struct chain chain;

		*p ^= (uint8_t)(1u << i % 8);
		assert_status(anchors_add(a, certs[2]), OK);
		if (anchors_add_ocsp(a, copy) == OK &&
		    chain_verify(a, certs, 3, &time, &chain) == OK)
			assert_int_equal(
			    chain.revocation, REVOCATION_OF_NONE);
		*p ^= (uint8_t)(1u << i % 8);
		anchors_free(a);
	}
}

/* Times that no calendar has. */
static void
test_times(void **state)
{
	static const struct {
		const char *text;
		enum status st;
	} times[] = {
	    {"20240222221320Z", OK},
	    {"20240229000000Z", OK},
	    {"99991231235959Z", OK},
	    {"20230229000000Z", OCSP_MALFORMED},
	    {"20240230000000Z", OCSP_MALFORMED},
	    {"20241301000000Z", OCSP_MALFORMED},
	    {"20240001000000Z", OCSP_MALFORMED},
	    {"20240100000000Z", OCSP_MALFORMED},
	    {"20240101240000Z", OCSP_MALFORMED},
	    {"20240101006000Z", OCSP_MALFORMED},
	    {"20240101000060Z", OCSP_MALFORMED},
	    {"2024010100000Z", OCSP_MALFORMED},
	    {"20240101000000", OCSP_MALFORMED},
	    {"202401010000000", OCSP_MALFORMED},
	    {"20240101000000+", OCSP_MALFORMED},
	    {"2024010100000 Z", OCSP_MALFORMED},
	    {"-0240101000000Z", OCSP_MALFORMED},
	    {"20240101000000.0Z", OCSP_MALFORMED},
	};
	struct setup s = sound();

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		struct bytes usual, whole, text = bytes_str(times[i].text);
		uint8_t *at;
		struct ocsp out;

		/* producedAt comes first; the same length or none fits. */
		xf_reset();
		usual = xf_time(s.leaf.single[0].this_update);
		whole = of_make(&s.leaf);
		at = memmem((uint8_t *)(uintptr_t)whole.p, whole.n, usual.p,
		    usual.n);
		assert_non_null(at);
		if (text.n == usual.n - 2)
			memcpy(at + 2, text.p, text.n);
		else
			at[1] = (uint8_t)text.n;
		assert_status(ocsp_parse(whole, &out), times[i].st);
	}
}

/* What was found is remembered for as long as it holds, and no longer. */
static void
test_remembered(void **state)
{
	const int64_t in = AT + DAY, late = AT + 8 * DAY;
	struct anchors *a = anchors_new(0);
	struct setup s = sound();
	struct bytes certs[3];
	struct chain chain;

	(void)state;
	xf_reset();
	make_chain(certs);
	assert_status(anchors_add(a, certs[2]), OK);
	give(a, &s, OK);
	assert_status(chain_verify(a, certs, 3, &in, &chain), OK);
	assert_status(chain_verify(a, certs, 3, &late, &chain), OCSP_EXPIRED);
	assert_status(chain_verify(a, certs, 3, NULL, &chain), OK);
	assert_status(chain_verify(a, certs, 3, &in, &chain), OK);

	/* News of the same certificate is heard. */
	revoked(&s);
	assert_status(anchors_add_ocsp(a, of_make(&s.leaf)), OK);
	assert_status(chain_verify(a, certs, 3, &in, &chain), CHAIN_REVOKED);
	anchors_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_damages),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_flips),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_remembered),
	};

	if (crypto_init() != OK || !xf_key_new(&root_key, KEY_P384) ||
	    !xf_key_new(&issuer_key, KEY_P384) ||
	    !xf_key_new(&leaf_key, KEY_P384) ||
	    !xf_key_new(&other_key, KEY_P384) ||
	    !xf_key_new(&p256_key, KEY_P256) ||
	    !xf_key_new(&rsa_key, KEY_RSA) || !xf_rsa_new(&weak_key, 1024))
		return 1;
	return kit_run_rows("ocsp", rows, sizeof(rows[0]), COUNT(rows),
	    test_row, tests, COUNT(tests));
}
