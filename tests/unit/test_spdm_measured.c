/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded SPDM exchanges: measurements, what a signature covers, what ends a
 * transcript, bounds; one thing wrong, one code.
 */
#include "testkit.h"

#include <stdio.h>
#include <string.h>

#include "spdm_rows.h"
#include "world.h"

#define BLOCK_ONE "01010700010400" "6669726d"
#define BLOCK_OTHER "01010700010400" "6669726e"
#define BLOCK_TWO "02010500860200" "0102"

/* Measurements. */
static void
unsigned_only(struct talk *t)
{
	talk_drop(t, AT_ALL);
	talk_drop(t, AT_GET_ALL);
}

static void
signed_count_only(struct talk *t)
{
	struct said *s;

	unsigned_only(t);
	talk_drop(t, AT_ONE);
	talk_drop(t, AT_GET_ONE);
	talk_measure(t, "");
	t->said[t->n - 2].b[3] = 0;
	s = &t->said[t->n - 1];
	s->b[2] = 2;
	s->b[4] = 0;
}

static void
slot_disagrees(struct talk *t)
{
	t->said[AT_ALL].b[3] |= 1;
}

static void
content_changed(struct talk *t)
{
	t->said[AT_ALL].b[3] |= 0x10;
}

static void
value_changed(struct talk *t)
{
	t->said[AT_ONE].b[15] ^= 1;
}

static void
block_count(struct talk *t)
{
	t->said[AT_ALL].b[4] = 1;
}

static void
block_none(struct talk *t)
{
	unsigned_only(t);
	talk_measure(t, "");
	t->said[t->n - 1].b[4] = 0;
}

static void
block_index_zero(struct talk *t)
{
	t->said[AT_ALL].b[8] = 0;
}

static void
block_index_twice(struct talk *t)
{
	t->said[AT_ALL].b[8] = 2;
}

static void
block_not_dmtf(struct talk *t)
{
	t->said[AT_ALL].b[9] = 2;
}

static void
block_of_other_index(struct talk *t)
{
	t->said[AT_ONE].b[8] = 3;
}

static void
opaque_long(struct talk *t)
{
	struct said *s = &t->said[AT_ALL];

	memset(s->b + s->n, 0, 1025);
	s->b[s->n - 2] = 0x01;
	s->b[s->n - 1] = 0x04;
	s->n += 1025;
}

static void
opaque_some(struct talk *t)
{
	struct said *s = &t->said[AT_ALL];

	s->b[s->n - 2] = 3;
	memcpy(s->b + s->n, "abc", 3);
	s->n += 3;
}

static void
signature_cut(struct talk *t)
{
	t->said[AT_ALL].n--;
}

static void
signature_other(struct talk *t)
{
	t->said[AT_ALL].b[t->said[AT_ALL].n - 50] ^= 1;
}

static void
nonce_other(struct talk *t)
{
	t->said[AT_GET_ALL].b[4] ^= 1;
}

/* The same bits in another order of messages are another transcript. */
static void
transcript_short(struct talk *t)
{
	t->from = AT_GET_ALL;
}

/* ERROR ends L1; "not ready" does not. */
static void
error_resets(struct talk *t)
{
	talk_say(t, AT_GET_ALL, SAY_RESPONSE, "VV7f0100");
	talk_say(t, AT_GET_ALL, SAY_REQUEST, "VVe00003");
	t->from = AT_GET_ALL + 2;
}

static void
error_ignored(struct talk *t)
{
	error_resets(t);
	t->said[AT_GET_ALL].aside = true;
	t->said[AT_GET_ALL + 1].aside = true;
	t->from = AT_GET_ONE;
}

/* What an ERROR cut off counts no more: it may differ. */
static void
error_forgets(struct talk *t)
{
	error_resets(t);
	value_changed(t);
}

static void
digests_reset(struct talk *t)
{
	struct said pair[2];

	memcpy(pair, &t->said[AT_GET_DIGESTS], sizeof(pair));
	*talk_say(t, AT_GET_ALL, 0, "") = pair[0];
	*talk_say(t, AT_GET_ALL + 1, 0, "") = pair[1];
	t->from = AT_GET_ALL + 2;
}

static void
not_ready(struct talk *t)
{
	talk_say(t, AT_ALL, SAY_RESPONSE, "VV7f4200" "01e00701")->aside = true;
	talk_say(t, AT_ALL + 1, SAY_REQUEST, "VVffe007")->aside = true;
}

static void
not_ready_twice(struct talk *t)
{
	not_ready(t);
	not_ready(t);
}

static void
not_ready_token(struct talk *t)
{
	not_ready(t);
	t->said[AT_ALL + 1].b[3] = 8;
}

static void
not_ready_code(struct talk *t)
{
	not_ready(t);
	t->said[AT_ALL].b[5] = 0x82;
}

static void
not_ready_given_up(struct talk *t)
{
	talk_say(t, AT_GET_ALL, SAY_RESPONSE, "VV7f4200" "01e00701");
	talk_say(t, AT_GET_ALL, SAY_REQUEST, "VVe00003");
	t->from = AT_GET_ALL + 2;
}

static void
not_ready_at_end(struct talk *t)
{
	talk_say(t, t->n, SAY_REQUEST, "VVe00003");
	talk_say(t, t->n, SAY_RESPONSE, "VV7f4200" "01e00701");
}

static void
ready_unasked(struct talk *t)
{
	talk_say(t, AT_GET_ALL, SAY_RESPONSE, "VV600100" "00000000");
	talk_say(t, AT_GET_ALL, SAY_REQUEST, "VVffe007");
}

/* A second signature. */
static void
signed_twice(struct talk *t)
{
	t->from = t->n;
	talk_measure(t, BLOCK_ONE BLOCK_TWO);
	assert_true(talk_sign(t));
}

static void
signed_twice_other_value(struct talk *t)
{
	t->from = t->n;
	talk_measure(t, BLOCK_OTHER BLOCK_TWO);
	assert_true(talk_sign(t));
}

static void
signed_twice_other_nonce(struct talk *t)
{
	t->nonce[0] ^= 1;
	signed_twice(t);
	t->nonce[0] ^= 1;
}

static void
signed_twice_other_slot(struct talk *t)
{
	signed_twice(t);
	t->said[t->n - 2].b[36] = 1;
	t->said[t->n - 1].b[3] |= 1;
}

static void
signed_twice_second_wrong(struct talk *t)
{
	signed_twice(t);
	t->said[t->n - 1].b[t->said[t->n - 1].n - 1] ^= 1;
}

/* Bounds. */
static void
messages_64(struct talk *t)
{
	while (t->n < SPDM_MESSAGES_MAX) {
		talk_say(t, t->n, SAY_REQUEST, "VVe00003");
		talk_say(t, t->n, SAY_RESPONSE, "VV7f0100");
	}
}

static void
messages_66(struct talk *t)
{
	messages_64(t);
	talk_say(t, t->n, SAY_REQUEST, "VVe00003");
	talk_say(t, t->n, SAY_RESPONSE, "VV7f0100");
}

/* Two answers with 200 measurements each. */
static void
measurements_400(struct talk *t)
{
	char blocks[200 * 16 + 1];

	unsigned_only(t);
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 200; i++)
			snprintf(blocks + 16 * i, 17, "%02x010400%02x010000",
			    i + 1, (unsigned)round);
		talk_measure(t, blocks);
		t->said[t->n - 2].b[2] = 0;
		t->said[t->n - 2].n = 4;
		t->said[t->n - 1].b[4] = 200;
	}
}

static const struct spdm_row rows[] = {
    OF_BOTH("unsigned_only", NULL, unsigned_only, SPDM_UNSIGNED),
    OF_BOTH("signed_count_only", signed_count_only, NULL, SPDM_UNSIGNED),
    OF_BOTH("slot_disagrees", slot_disagrees, NULL, SPDM_MALFORMED),
    {"content_changed_1_1", 0x11, content_changed, NULL, OK},
    {"content_changed_1_2", 0x12, content_changed, NULL, SPDM_CHANGED},
    OF_BOTH("value_changed", value_changed, NULL, SPDM_CHANGED),
    OF_BOTH("block_count", block_count, NULL, SPDM_MALFORMED),
    OF_BOTH("block_none", block_none, NULL, SPDM_MALFORMED),
    OF_BOTH("block_index_zero", block_index_zero, NULL, SPDM_MALFORMED),
    OF_BOTH("block_index_twice", block_index_twice, NULL, SPDM_MALFORMED),
    OF_BOTH("block_not_dmtf", block_not_dmtf, NULL, SPDM_MALFORMED),
    OF_BOTH("block_of_other_index", block_of_other_index, NULL,
	SPDM_MALFORMED),
    OF_BOTH("opaque_long", opaque_long, NULL, SPDM_MALFORMED),
    OF_BOTH("opaque_some", opaque_some, NULL, OK),
    OF_BOTH("signature_cut", NULL, signature_cut, SPDM_MALFORMED),
    OF_BOTH("signature_other", NULL, signature_other, DEVICE_SIGNATURE),
    OF_BOTH("signed_then_changed", NULL, nonce_other, DEVICE_SIGNATURE),
    OF_BOTH("nonce_other", nonce_other, NULL, DEVICE_NONCE_MISMATCH),
    OF_BOTH("transcript_short", transcript_short, NULL, DEVICE_SIGNATURE),
    OF_BOTH("error_resets", error_resets, NULL, OK),
    OF_BOTH("error_ignored", error_ignored, NULL, DEVICE_SIGNATURE),
    OF_BOTH("error_forgets", error_forgets, NULL, OK),
    OF_BOTH("digests_reset", digests_reset, NULL, OK),
    OF_BOTH("not_ready", not_ready, NULL, OK),
    OF_BOTH("not_ready_twice", not_ready_twice, NULL, OK),
    OF_BOTH("not_ready_token", not_ready_token, NULL, SPDM_SEQUENCE),
    OF_BOTH("not_ready_code", not_ready_code, NULL, SPDM_SEQUENCE),
    OF_BOTH("not_ready_given_up", not_ready_given_up, NULL, OK),
    OF_BOTH("not_ready_at_end", NULL, not_ready_at_end, SPDM_SEQUENCE),
    OF_BOTH("ready_unasked", ready_unasked, NULL, SPDM_SEQUENCE),
    OF_BOTH("signed_twice", NULL, signed_twice, OK),
    OF_BOTH("signed_twice_other_value", NULL, signed_twice_other_value,
	SPDM_CHANGED),
    OF_BOTH("signed_twice_other_nonce", NULL, signed_twice_other_nonce,
	DEVICE_NONCE_MISMATCH),
    OF_BOTH("signed_twice_other_slot", NULL, signed_twice_other_slot,
	SPDM_SEQUENCE),
    OF_BOTH("signed_twice_second_wrong", NULL, signed_twice_second_wrong,
	DEVICE_SIGNATURE),
    OF_BOTH("messages_64", NULL, messages_64, OK),
    OF_BOTH("messages_66", NULL, messages_66, SPDM_TOO_LARGE),
    OF_BOTH("measurements_400", measurements_400, NULL, SPDM_TOO_LARGE),

};

/* What a sound exchange says. */
static void
findings(void **state)
{
	struct spdm_bench *b = spdm_bench();
	struct spdm_exchange *ex = &b->ex;

	(void)state;
	talk_start(&b->talk, &b->board, 0x12);
	assert_true(talk_sign(&b->talk));
	assert_status(spdm_exchange_parse(talk_wire(&b->talk), ex), OK);
	assert_int_equal(ex->version, SPDM_V1_2);
	assert_int_equal(ex->hash, HASH_SHA384);
	assert_int_equal(ex->key_type, KEY_P384);
	assert_int_equal(ex->seal_count, 1);
	assert_int_equal(ex->cert_count, 2);
	assert_int_equal(ex->block_count, 2);
	assert_int_equal(ex->block[0].index, 1);
	assert_int_equal(ex->block[0].type, 1);
	assert_true(bytes_eq(ex->block[0].value, BYTES_LIT("firm")));
	assert_int_equal(ex->block[1].index, 2);
	assert_string_equal(
	    spdm_type_name(ex->block[1].type), "firmware version");
	assert_true(spdm_exchange_answers(ex, BYTES_OF(b->talk.nonce)));
	assert_false(spdm_exchange_answers(ex, bytes_view(b->talk.nonce, 31)));
	assert_false(spdm_exchange_answers(ex, (struct bytes){NULL, 0}));
	assert_null(spdm_type_name(11));
}

/*
 * A measurement asked for without a nonce may be of any time before, unless
 * the signed request asks for everything again.
 */
static void
read_before(void **state)
{
	struct spdm_bench *b = spdm_bench();
	struct talk *t = &b->talk;
	struct device_proof proof;

	(void)state;
	talk_start(t, &b->board, 0x12);
	assert_true(talk_sign(t));
	assert_status(spdm_prove_wire(
			  talk_wire(t), b->anchors, SPDM_GOOD_TIME, &proof),
	    OK);
	assert_false(proof.read_before);

	/* The number of measurements is all that is asked for now. */
	talk_start(t, &b->board, 0x12);
	unsigned_only(t);
	talk_measure(t, "");
	t->said[t->n - 2].b[3] = 0;
	t->said[t->n - 1].b[2] = 2;
	t->said[t->n - 1].b[4] = 0;
	assert_true(talk_sign(t));
	assert_status(spdm_prove_wire(
			  talk_wire(t), b->anchors, SPDM_GOOD_TIME, &proof),
	    OK);
	assert_true(proof.read_before);
}

/* P-256 and SHA-256, the other algorithms that may be agreed on. */
static void
p256(void **state)
{
	struct spdm_bench *b = spdm_bench();
	struct talk *t = &b->talk;
	struct forge_ak ak;
	struct public_key key;
	struct digest d;
	struct said *last;
	size_t n;

	(void)state;
	assert_true(forge_ak_new(&ak, KEY_P256));
	assert_status(
	    key_from_point(KEY_P256, bytes_view(ak.point + 1, 32),
		bytes_view(ak.point + 33, 32), &key),
	    OK);
	talk_start(t, &b->board, 0x12);
	for (int i = 0; i < 6; i++)
		talk_drop(t, AT_GET_DIGESTS);
	t->from -= 6;
	t->chain_given = true;
	t->said[AT_ALGORITHMS].b[12] = 0x10;
	t->said[AT_ALGORITHMS].b[16] = 0x01;
	assert_true(talk_digest(t, HASH_SHA256, &d));
	last = &t->said[t->n - 1];
	assert_int_equal(psa_sign_hash(ak.id, PSA_ALG_ECDSA(PSA_ALG_SHA_256),
			     d.b, d.n, last->b + last->n, 64, &n),
	    PSA_SUCCESS);
	last->n += n;
	assert_status(spdm_exchange_parse(talk_wire(t), &b->ex), OK);
	assert_status(spdm_exchange_verify(&b->ex, &key), OK);
	last->b[last->n - 1] ^= 1;
	assert_status(spdm_exchange_parse(talk_wire(t), &b->ex), OK);
	assert_status(spdm_exchange_verify(&b->ex, &key), DEVICE_SIGNATURE);

	/* A key of another kind never verifies. */
	b->ex.key_type = KEY_P384;
	assert_status(spdm_exchange_verify(&b->ex, &key), DEVICE_SIGNATURE);
	forge_ak_free(&ak);
}

/* The kind of evidence in a bundle: the nonce must be the device's. */
static void
put_exchange(struct forge *f)
{
	struct talk *t = &spdm_bench()->talk;
	struct cmw_record *rec = &f->items[0].record;
	size_t start;

	talk_start(t, &f->board, 0x12);
	memcpy(t->said[AT_GET_ALL].b + 4, f->device_nonce[0], NONCE_LEN);
	assert_true(talk_sign(t));
	rec->value = forge_keep(f, talk_wire(t));
	start = f->arena.n;
	cmw_put_record(&f->arena, rec);
	rec->whole = bytes_view(f->arena.p + start, f->arena.n - start);
}

static void
put_stale_exchange(struct forge *f)
{
	f->device_nonce[0][0] ^= 1;
	put_exchange(f);
	f->device_nonce[0][0] ^= 1;
}

static void
bundle(void **state)
{
	static struct world w;
	struct assay_result *r;

	(void)state;
	assert_true(world_open(&w, KEY_P384));
	forge_board_free(&w.forge.board);
	assert_true(forge_board_named(
	    &w.forge.board, "CN=forged test root", "forged device"));
	w.forge.devices = 1;
	w.forge.devices_sign = true;
	w.forge.device_type = MEDIA_SPDM;
	assert_non_null(r = world_verify(&w, FORGE_ITEMS, put_exchange));
	assert_int_equal(assay_result_exit(r), 0);
	assay_result_free(r);
	assert_non_null(r = world_verify(&w, FORGE_ITEMS, put_stale_exchange));
	assert_true(world_has(r, DEVICE_NONCE_MISMATCH));
	assert_int_equal(assay_result_exit(r), 1);
	assay_result_free(r);
	world_close(&w);
}

int
main(void)
{
	static const struct CMUnitTest more[] = {
	    cmocka_unit_test(findings),
	    cmocka_unit_test(read_before),
	    cmocka_unit_test(p256),
	    cmocka_unit_test(bundle),
	};

	return spdm_rows_run("SPDM exchanges: measurements", rows,
	    COUNT(rows), more, COUNT(more));
}
