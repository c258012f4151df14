/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded SPDM exchanges: the container, what carries messages, and whom
 * the whole is trusted by.
 */
#include "testkit.h"

#include <string.h>

#include "inventory.h"
#include "spdm_rows.h"

/* MCTP and DOE; the messages are signed and closed by now. */
static void
mctp(struct talk *t)
{
	talk_carry(t, TALK_MCTP);
}

static void
mctp_secured(struct talk *t)
{
	mctp(t);
	t->said[AT_GET_ALL].b[0] = 0x06;
}

static void
mctp_integrity(struct talk *t)
{
	mctp(t);
	t->said[AT_GET_ALL].b[0] = 0x85;
}

static void
mctp_not_all(struct talk *t)
{
	struct said bare = t->said[AT_ALL];

	mctp(t);
	t->said[AT_ALL] = bare;
}

static void
message_empty(struct talk *t)
{
	mctp(t);
	t->said[AT_ALL].n = 0;
}

static void
doe(struct talk *t)
{
	talk_carry(t, TALK_DOE);
}

static void
doe_vendor(struct talk *t)
{
	doe(t);
	t->said[AT_GET_ALL].b[0] = 2;
}

static void
doe_secured(struct talk *t)
{
	doe(t);
	t->said[AT_GET_ALL].b[2] = 2;
}

static void
doe_length(struct talk *t)
{
	doe(t);
	t->said[AT_GET_ALL].b[4]++;
}

static void
doe_unaligned(struct talk *t)
{
	doe(t);
	t->said[AT_GET_ALL].b[t->said[AT_GET_ALL].n++] = 0;
}

static void
doe_padding(struct talk *t)
{
	doe(t);
	t->said[AT_GET_ALL].b[t->said[AT_GET_ALL].n - 1] = 1;
}

static void
doe_padding_word(struct talk *t)
{
	struct said *s = &t->said[AT_GET_ALL];

	doe(t);
	memset(s->b + s->n, 0, 4);
	s->n += 4;
	s->b[4]++;
}

static void
doe_discovery(struct talk *t)
{
	doe(t);
	talk_say(t, 0, SAY_RESPONSE, "0100000003000000" "01000100");
	talk_say(t, 0, SAY_REQUEST, "0100000003000000" "00000000");
}

static void
doe_discovery_late(struct talk *t)
{
	doe(t);
	talk_say(t, AT_VERSION, SAY_REQUEST, "0100000003000000" "00000000");
}

static void
doe_discovery_only(struct talk *t)
{
	doe_discovery(t);
	t->n = 2;
}
static const struct spdm_row rows[] = {
    OF_BOTH("sound", NULL, NULL, OK),
    OF_BOTH("mctp", NULL, mctp, OK),
    OF_BOTH("mctp_secured", NULL, mctp_secured, SPDM_TRANSPORT),
    OF_BOTH("mctp_integrity", NULL, mctp_integrity, SPDM_TRANSPORT),
    OF_BOTH("mctp_not_all", NULL, mctp_not_all, SPDM_TRANSPORT),
    OF_BOTH("message_empty", NULL, message_empty, SPDM_TRANSPORT),
    OF_BOTH("doe", NULL, doe, OK),
    OF_BOTH("doe_vendor", NULL, doe_vendor, SPDM_TRANSPORT),
    OF_BOTH("doe_secured", NULL, doe_secured, SPDM_TRANSPORT),
    OF_BOTH("doe_length", NULL, doe_length, SPDM_TRANSPORT),
    OF_BOTH("doe_unaligned", NULL, doe_unaligned, SPDM_TRANSPORT),
    OF_BOTH("doe_padding", NULL, doe_padding, SPDM_MALFORMED),
    OF_BOTH("doe_padding_word", NULL, doe_padding_word, SPDM_MALFORMED),
    OF_BOTH("doe_discovery", NULL, doe_discovery, OK),
    OF_BOTH("doe_discovery_late", NULL, doe_discovery_late, SPDM_TRANSPORT),
    OF_BOTH("doe_discovery_only", NULL, doe_discovery_only, SPDM_UNSIGNED),
};

/* The container, by hand. */
static void
containers(void **state)
{
	static const struct {
		const char *digits;
		enum status want;
	} all[] = {
	    {"", CBOR_TRUNCATED},
	    {"a0", SPDM_MALFORMED},
	    {"80", CBOR_TYPE},
	    {"a10001", SPDM_MALFORMED},
	    {"a2000201" "818200" "4410840000", SPDM_MALFORMED},
	    {"a200010180", SPDM_MALFORMED},
	    {"a2000101" "818202" "4410840000", SPDM_MALFORMED},
	    {"a2000101" "818300" "441084000000", CBOR_TYPE},
	    {"a2000101" "818200" "6461626364", CBOR_TYPE},
	    {"a2000101" "818200" "440184", CBOR_TRUNCATED},
	    {"a2000101" "818200" "441084000000", CBOR_TRAILING},
	    {"a2000101" "818200" "5f4410840000ff", CBOR_INDEFINITE},
	    {"a2000101" "818200" "580410840000", CBOR_NOT_SHORTEST},
	    {"a201" "818200" "4410840000" "0001", CBOR_KEY_ORDER},
	    {"a3000101" "818200" "4410840000" "0280", CHAIN_MALFORMED},
	    {"a3000101" "818200" "4410840000" "0289" "404040404040404040",
	CHAIN_MALFORMED},
	    {"a3000101" "818200" "4410840000" "0300", SPDM_MALFORMED},
	    {"a2000101" "818200" "4410840000", SPDM_SEQUENCE},
	    {"a2000101" "818200" "40", SPDM_MALFORMED},
	    {"a2000101" "818201" "4410840000", SPDM_SEQUENCE},
	};
	struct spdm_exchange *ex = &spdm_bench()->ex;
	uint8_t room[64];

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		struct bytes in = kit_hex(all[i].digits, room, sizeof(room));

		assert_status(spdm_exchange_parse(in, ex), all[i].want);
	}
}

/* One byte more than may be, whatever it is. */
static void
too_large(void **state)
{
	static uint8_t zeros[SPDM_EXCHANGE_MAX + 1];
	struct spdm_exchange *ex = &spdm_bench()->ex;
	struct bytes in = BYTES_OF(zeros);

	(void)state;
	assert_status(spdm_exchange_parse(in, ex), SPDM_TOO_LARGE);
	in.n--;
	assert_status(spdm_exchange_parse(in, ex), CBOR_TYPE);
}

/* What no row can say: who is trusted, and when. */
static void
trust(void **state)
{
	struct spdm_bench *b = spdm_bench();
	struct anchors *none = anchors_new(ANCHOR_DEVICE);
	struct device_proof proof;
	struct bytes wire;

	(void)state;
	assert_non_null(none);
	talk_start(&b->talk, &b->board, 0x12);
	assert_true(talk_sign(&b->talk));
	wire = talk_wire(&b->talk);
	assert_status(
	    spdm_prove_wire(wire, none, SPDM_GOOD_TIME, &proof),
	    CHAIN_UNTRUSTED);
	assert_string_equal(proof.identity, "");
	assert_status(spdm_prove_wire(wire, b->anchors, 1000, &proof),
	    CHAIN_EXPIRED);
	assert_string_equal(proof.identity, "");
	assert_status(
	    spdm_prove_wire(wire, b->anchors, SPDM_GOOD_TIME, &proof), OK);
	assert_memory_equal(proof.identity, "spdm:", 5);
	anchors_free(none);
}

/* The identity of a board with this serial number. */
static void
identity_of(struct bytes serial, char out[IDENTITY_MAX])
{
	struct spdm_bench *b = spdm_bench();
	struct anchors *anchors = anchors_new(ANCHOR_DEVICE);
	struct forge_board board;
	struct device_proof proof;

	assert_true(forge_board_serial(&board, serial));
	assert_status(anchors_add(anchors,
			  bytes_view(board.root, board.root_len)),
	    OK);
	talk_start(&b->talk, &board, 0x12);
	assert_true(talk_sign(&b->talk));
	assert_status(spdm_prove_wire(talk_wire(&b->talk), anchors,
			  SPDM_GOOD_TIME, &proof),
	    OK);
	memcpy(out, proof.identity, IDENTITY_MAX);
	anchors_free(anchors);
	forge_board_free(&board);
}

/* A serial number that cannot be told from others names no device. */
static void
odd_serials(void **state)
{
	static const struct {
		struct bytes serial;
		const char *identity; /* NULL: by the key */
	} cases[] = {
	    {{(const uint8_t *)"A-1/b", 5}, "spdm:A-1/b"},
	    {{(const uint8_t *)"A\0B", 3}, NULL},
	    {{(const uint8_t *)"A\0", 2}, NULL},
	    {{(const uint8_t *)"A B", 3}, NULL},
	    {{(const uint8_t *)"A\xff", 2}, NULL},
	    {{(const uint8_t *)"A,B", 3}, NULL},
	    {{(const uint8_t *)"A\nB", 3}, NULL},
	};
	char identity[IDENTITY_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		identity_of(cases[i].serial, identity);
		if (cases[i].identity != NULL)
			assert_string_equal(identity, cases[i].identity);
		else
			assert_memory_equal(identity, "spdm-key:", 9);
		assert_true(identity_ok(bytes_str(identity)));
	}
}

int
main(void)
{
	static const struct CMUnitTest more[] = {
	    cmocka_unit_test(containers),
	    cmocka_unit_test(too_large),
	    cmocka_unit_test(trust),
	    cmocka_unit_test(odd_serials),
	};

	return spdm_rows_run("SPDM exchanges: container", rows, COUNT(rows),
	    more, COUNT(more));
}
