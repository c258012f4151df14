/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDM exchanges, made-up and recorded from a responder: each verifies, every
 * byte of what is signed flipped is refused, every other byte flipped is
 * refused or changes nothing of what is found, every cut is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "check_spdm.h"
#include "spdm_rows.h"

/* Within the validity of the samples' certificates, 2023 to 2033. */
enum { SAMPLE_TIME = 1780272000 };

struct subject_of_test {
	const char *name;
	uint8_t version; /* of a made-up one, or 0: a sample */
	bool carried;    /* made-up: by DOE */
};

static const struct subject_of_test subjects[] = {
    {"made_up_1_1", 0x11, false},
    {"made_up_1_2_doe", 0x12, true},
    {"v11_p384_mctp_all.jsonl", 0, false},
    {"v11_p384_mctp_raw.jsonl", 0, false},
    {"v12_p384_doe_all.jsonl", 0, false},
    {"v12_p384_mctp_all.jsonl", 0, false},
};

/* The bench's talk becomes the subject; SKIPs when samples are not there. */
static struct bytes
load(const struct subject_of_test *s)
{
	struct talk *t = &spdm_bench()->talk;

	if (s->version == 0) {
		if (!kit_have_samples())
			skip();
		assert_true(talk_load(t, s->name));
		return talk_wire(t);
	}
	talk_start(t, &spdm_bench()->board, s->version);
	assert_true(talk_sign(t));
	if (s->carried)
		talk_carry(t, TALK_DOE);
	return talk_wire(t);
}

/* The root of the subject's chain; the caller frees. */
static struct anchors *
anchor(const struct subject_of_test *s)
{
	const struct forge_board *b = &spdm_bench()->board;
	struct anchors *a = anchors_new(ANCHOR_DEVICE);
	struct bytes root;

	assert_non_null(a);
	if (s->version != 0) {
		assert_int_equal(
		    anchors_add(a, bytes_view(b->root, b->root_len)), OK);
		return a;
	}
	root = kit_sample("spdm/chain0-root.der");
	assert_non_null(root.p);
	assert_int_equal(anchors_add(a, root), OK);
	free((void *)(uintptr_t)root.p);
	return a;
}

/* Parse, and verify the whole; the leaf's key is in CHAIN. */
static void
accept(const struct subject_of_test *s, struct bytes wire,
    struct spdm_exchange *ex, struct chain *chain)
{
	struct anchors *a = anchor(s);
	int64_t time = SAMPLE_TIME;

	assert_status(spdm_exchange_parse(wire, ex), OK);
	assert_status(
	    chain_verify(a, ex->cert, ex->cert_count, &time, chain), OK);
	assert_status(spdm_exchange_verify(ex, &chain->key), OK);
	anchors_free(a);
}

/* Is the byte at P in a part that the signature covers, or in the latter? */
static bool
is_signed(const struct spdm_exchange *ex, const uint8_t *p)
{
	size_t from = ex->version == SPDM_V1_1 ? SPDM_VCA_PARTS : 0;
	struct bytes sig = ex->seal[0].signature;

	for (size_t i = from; i < ex->part_count; i++)
		if (p >= ex->part[i].p && p < ex->part[i].p + ex->part[i].n)
			return true;
	return p >= sig.p && p < sig.p + sig.n;
}

static bool
same_findings(const struct spdm_exchange *a, const struct spdm_exchange *b)
{
	bool same = a->version == b->version && a->slot == b->slot &&
	    a->hash == b->hash && a->key_type == b->key_type &&
	    a->block_count == b->block_count &&
	    a->seal_count == b->seal_count && a->cert_count == b->cert_count;

	for (size_t i = 0; same && i < a->block_count; i++)
		same = a->block[i].index == b->block[i].index &&
		    a->block[i].type == b->block[i].type &&
		    bytes_eq(a->block[i].value, b->block[i].value);
	for (size_t i = 0; same && i < a->seal_count; i++)
		same = bytes_eq(a->seal[i].request_nonce,
			   b->seal[i].request_nonce) &&
		    bytes_eq(
			a->seal[i].response_nonce, b->seal[i].response_nonce);
	for (size_t i = 0; same && i < a->cert_count; i++)
		same = bytes_eq(a->cert[i], b->cert[i]);
	return same;
}

static void
flips(void **state)
{
	static struct spdm_exchange sound;
	static uint8_t room[SPDM_EXCHANGE_MAX];
	struct spdm_exchange *ex = &spdm_bench()->ex;
	struct bytes wire = load(*state);
	struct chain chain;
	size_t covered = 0, refused = 0, harmless = 0;

	memcpy(room, wire.p, wire.n);
	accept(*state, wire, &sound, &chain);
	for (size_t i = 0; i < wire.n; i++) {
		enum status st;

		room[i] ^= (uint8_t)(1u << i % 8);
		st = spdm_exchange_parse(bytes_view(room, wire.n), ex);
		if (is_signed(&sound, wire.p + i)) {
			if (st == OK)
				st = spdm_exchange_verify(ex, &chain.key);
			assert_int_not_equal(st, OK);
			covered++;
		} else if (st == OK) {
			assert_true(same_findings(&sound, ex));
			harmless++;
		} else {
			refused++;
		}
		room[i] ^= (uint8_t)(1u << i % 8);
	}
	print_message("%zu signed bytes refused, %zu others refused, %zu "
		      "changed nothing\n",
	    covered, refused, harmless);
}

/* The container, and each of its messages, at every length but its own. */
static void
cuts(void **state)
{
	struct spdm_bench *b = spdm_bench();
	struct bytes wire = load(*state);
	uint8_t *copy;

	for (size_t n = 0; n < wire.n; n++) {
		/* So that a sanitizer sees any step past the end. */
		assert_non_null(copy = malloc(n + 1));
		memcpy(copy, wire.p, n);
		assert_int_not_equal(
		    spdm_exchange_parse(bytes_view(copy, n), &b->ex), OK);
		free(copy);
	}
	for (size_t i = 0; i < b->talk.n; i++) {
		struct said *s = &b->talk.said[i];
		size_t whole = s->n;

		for (s->n = 0; s->n < whole; s->n++)
			assert_int_not_equal(
			    spdm_exchange_parse(talk_wire(&b->talk), &b->ex),
			    OK);
	}
}

/* The whole way from a file's bytes to a verdict. */
static void
check(void **state)
{
	const struct subject_of_test *s = *state;
	struct bytes wire = load(s), root = {NULL, 0};
	struct assay *ctx = assay_new();
	struct assay_result *r;
	const struct spdm_exchange *ex = &spdm_bench()->ex;
	uint8_t nonce[32];
	char error[128];

	assert_non_null(ctx);
	assert_status(
	    spdm_exchange_parse(wire, &spdm_bench()->ex), OK);
	memcpy(nonce, ex->seal[0].request_nonce.p, sizeof(nonce));

	/* Without an anchor nothing is trusted. */
	assert_non_null(r = check_spdm(ctx, wire, BYTES_OF(nonce)));
	assert_int_equal(assay_result_exit(r), 1);
	assay_result_free(r);

	if (s->version == 0)
		root = kit_sample("spdm/chain0-root.der");
	assert_int_equal(assay_add(ctx, ASSAY_ANCHOR,
			     s->version == 0 ? root.p
					     : spdm_bench()->board.root,
			     s->version == 0 ? root.n
					     : spdm_bench()->board.root_len,
			     error, sizeof(error)),
	    0);
	free((void *)(uintptr_t)root.p);
	assay_set_time(ctx, SAMPLE_TIME);
	assert_non_null(r = check_spdm(ctx, wire, BYTES_OF(nonce)));
	assert_int_equal(assay_result_exit(r), 0);
	assert_int_equal(
	    r->not_checked[CHECK_READ_BEFORE], ex->read_before);
	assert_false(r->not_checked[CHECK_FRESHNESS]);
	assert_false(r->not_checked[CHECK_TIME]);
	assert_true(r->not_checked[CHECK_REFERENCE]);
	assert_int_equal(
	    json_array_size(json_object_get(r->data, "measurements")),
	    ex->block_count);
	assay_result_free(r);

	assert_non_null(r = check_spdm(ctx, wire, (struct bytes){NULL, 0}));
	assert_int_equal(assay_result_exit(r), 0);
	assert_true(r->not_checked[CHECK_FRESHNESS]);
	assay_result_free(r);

	nonce[31] ^= 1;
	assert_non_null(r = check_spdm(ctx, wire, BYTES_OF(nonce)));
	assert_int_equal(assay_result_exit(r), 1);
	assay_result_free(r);
	assay_free(ctx);
}

int
main(void)
{
	struct CMUnitTest tests[3 * COUNT(subjects)];
	size_t n = 0;

	for (size_t i = 0; i < COUNT(subjects); i++) {
		void *subject = (void *)(uintptr_t)&subjects[i];

		tests[n++] = (struct CMUnitTest){
		    subjects[i].name, check, NULL, NULL, subject};
		tests[n++] = (struct CMUnitTest){
		    subjects[i].name, flips, NULL, NULL, subject};
		tests[n++] = (struct CMUnitTest){
		    subjects[i].name, cuts, NULL, NULL, subject};
	}
	return spdm_rows_run("SPDM exchanges: flips", NULL, 0, tests, n);
}
