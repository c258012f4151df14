/* SPDX-License-Identifier: Apache-2.0 */
/* The board as told to [seal], and what binding makes of it. */
#include "bind.h"
#include "claims.h"
#include "evidence_read.h"
#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* {1: {2: 123}}: the vendor of a device, as sysfs has it. */
static const uint8_t facts[] = {0xa1, 0x01, 0xa1, 0x02, 0x18, 0x7b};
static const uint8_t model[] = {'m'};
static const uint8_t signed_bytes[] = {1, 2, 3, 4};

enum { MEMORY = 65536 };

static struct board_device
device_of(const char *label, bool signs)
{
	struct board_device d = {.label = bytes_str(label)};

	d.model = BYTES_OF(model);
	d.facts = BYTES_OF(facts);
	if (signs) {
		d.type = BYTES_LIT(MEDIA_SIMULATED);
		d.evidence = BYTES_OF(signed_bytes);
	}
	return d;
}

/* There and back. */
static void
test_board(void **state)
{
	static const char *const labels[] = {
	    "gpu-0", "gpu-2", "gpu-10", "gpu-11", "switch-0"};
	struct board *in = calloc(1, sizeof(*in));
	struct answer *answers = calloc(6, sizeof(*answers));
	struct board_view out;
	uint8_t buf[4096], room[4096];
	struct writer w = writer_of(buf, sizeof(buf));
	struct writer tables = writer_of(room, sizeof(room));

	(void)state;
	assert_non_null(in);
	assert_non_null(answers);
	in->count = 5;
	for (size_t i = 0; i < 5; i++) {
		struct device *d = &in->device[i];

		(void)snprintf(d->label, sizeof(d->label), "%s", labels[i]);
		d->model[0] = model[0];
		d->model_len = 1;
		assert_true(fact_add_uint(
		    &d->facts, FACT_PCI_VENDOR, SOURCE_SYSFS, 0x7b));
		assert_true(fact_add_text(&d->facts, FACT_STATE, SOURCE_AGENT,
		    bytes_str(labels[i])));
		if (i == 0)
			assert_true(component_add(
			    &d->components, "vbios", BYTES_LIT("1.2")));
		answers[i].len = sizeof(signed_bytes);
		memcpy(answers[i].bytes, signed_bytes, sizeof(signed_bytes));
		memcpy(answers[i].type, "a/b", sizeof("a/b"));
		answers[i].st = i % 2 == 0 ? OK : DEVICE_LIBRARY;
	}
	answers[5].len = 2;
	board_encode(in, answers, &w);
	assert_false(w.failed);
	assert_int_equal(board_decode(writer_view(&w), &tables, &out), OK);
	assert_int_equal(out.count, 5);
	assert_int_equal(out.tee.n, 2);
	for (size_t i = 0; i < 5; i++) {
		const struct board_device *d = &out.device[i];
		uint8_t own[256];
		struct writer want = writer_of(own, sizeof(own));

		assert_true(bytes_eq(d->label, bytes_str(labels[i])));
		assert_true(bytes_eq(d->model, BYTES_OF(model)));
		facts_encode(&in->device[i].facts, &want);
		assert_true(bytes_eq(d->facts, writer_view(&want)));
		want.n = 0;
		components_encode(&in->device[i].components, &want);
		assert_true(bytes_eq(d->measurements,
		    i == 0 ? writer_view(&want) : (struct bytes){NULL, 0}));
		assert_int_equal(d->evidence.n, i % 2 == 0 ? 4 : 0);
		assert_int_equal(d->type.n, i % 2 == 0 ? 3 : 0);
	}

	/* Cut anywhere it is refused, and so is one that has no room. */
	for (size_t n = 0; n < w.n; n++) {
		tables.n = 0;
		assert_int_equal(board_decode(bytes_sub(writer_view(&w), 0, n),
		                     &tables, &out),
		    BOARD_MALFORMED);
	}
	tables = writer_of(room, 20);
	assert_int_equal(board_decode(writer_view(&w), &tables, &out),
	    EVIDENCE_TOO_LARGE);

	/* Nothing was found. */
	in->count = 0;
	answers[0].st = FILE_MISSING;
	w = writer_of(buf, sizeof(buf));
	tables = writer_of(room, sizeof(room));
	board_encode(in, answers, &w);
	assert_int_equal(board_decode(writer_view(&w), &tables, &out), OK);
	assert_int_equal(out.count, 0);
	assert_int_equal(out.tee.n, 0);
	free(answers);
	free(in);
}

/* What devices are made of, in hexadecimal. */
#define GPU_0 "0005 6770752d30"
#define GPU_1 "0005 6770752d31"
#define MODEL "0001 6d"
#define VENDOR "0001 0002 00 000000000000007b"
#define STATE "0011 0004 03 0001 78"
#define DEVICE(label) label MODEL "01" VENDOR "00 0000 0000"

/* Devices that [seal] must refuse; there is no TEE. */
static const struct {
	const char *what, *hex;
	enum status st;
} boards[] = {
    {"good", "01" DEVICE(GPU_0), OK},
    {"two", "02" DEVICE(GPU_0) DEVICE(GPU_1), OK},
    {"in another order", "02" DEVICE(GPU_1) DEVICE(GPU_0), OK},
    {"device twice", "02" DEVICE(GPU_0) DEVICE(GPU_0), BOARD_MALFORMED},
    {"fewer than counted", "02" DEVICE(GPU_0), BOARD_MALFORMED},
    {"more than counted", "01" DEVICE(GPU_0) DEVICE(GPU_1), BOARD_MALFORMED},
    {"label of no device", "01" DEVICE("0005 6770752d7a"), BOARD_MALFORMED},
    {"label of an item", "01" DEVICE("0008 6576656e746c6f67"),
        BOARD_MALFORMED},
    {"label empty", "01" DEVICE("0000"), BOARD_MALFORMED},
    {"model empty", "01" GPU_0 "0000 01" VENDOR "00 0000 0000",
        BOARD_MALFORMED},
    {"model too long",
        "01" GPU_0 "0021"
        "00000000000000000000000000000000"
        "0000000000000000000000000000000000 01" VENDOR "00 0000 0000",
        BOARD_MALFORMED},
    {"no facts", "01" GPU_0 MODEL "00 00 0000 0000", BOARD_MALFORMED},
    {"two facts", "01" GPU_0 MODEL "02" VENDOR STATE "00 0000 0000", OK},
    {"facts in another order",
        "01" GPU_0 MODEL "02" STATE VENDOR "00 0000 0000", OK},
    {"fact twice", "01" GPU_0 MODEL "02" VENDOR VENDOR "00 0000 0000",
        BOARD_MALFORMED},
    {"number as text",
        "01" GPU_0 MODEL "01 0001 0002 03 0001 78 00 0000 0000",
        BOARD_MALFORMED},
    {"text as number",
        "01" GPU_0 MODEL "01 0011 0004 00 0000000000000001 00 0000 0000",
        BOARD_MALFORMED},
    {"text that is none",
        "01" GPU_0 MODEL "01 0011 0004 03 0001 ff 00 0000 0000",
        BOARD_MALFORMED},
    {"fact of another type",
        "01" GPU_0 MODEL "01 0fff 0004 02 0001 78 00 0000 0000",
        BOARD_MALFORMED},
    {"with a component",
        "01" GPU_0 MODEL "01" VENDOR "01 0001 61 0001 31 0000 0000", OK},
    {"component twice",
        "01" GPU_0 MODEL "01" VENDOR
        "02 0001 61 0001 31 0001 61 0001 31 0000 0000",
        BOARD_MALFORMED},
    {"component without a name",
        "01" GPU_0 MODEL "01" VENDOR "01 0000 0001 31 0000 0000",
        BOARD_MALFORMED},
    {"component with a NUL in its name",
        "01" GPU_0 MODEL "01" VENDOR "01 0002 6100 0001 31 0000 0000",
        BOARD_MALFORMED},
    {"component with too long a name",
        "01" GPU_0 MODEL "01" VENDOR
        "01 0018 616161616161616161616161616161616161616161616161"
        "0001 31 0000 0000",
        BOARD_MALFORMED},
    {"component without a version",
        "01" GPU_0 MODEL "01" VENDOR "01 0001 61 0000 0000 0000",
        BOARD_MALFORMED},
    {"signed", "01" GPU_0 MODEL "01" VENDOR "00 0003 612f62 0001 00", OK},
    {"type without evidence",
        "01" GPU_0 MODEL "01" VENDOR "00 0003 612f62 0000", BOARD_MALFORMED},
    {"evidence without type",
        "01" GPU_0 MODEL "01" VENDOR "00 0000 0001 00", BOARD_MALFORMED},
    {"type that is no text",
        "01" GPU_0 MODEL "01" VENDOR "00 0001 ff 0001 00", BOARD_MALFORMED},
    {"more than there may be", "21" DEVICE(GPU_0), EVIDENCE_DEVICE_COUNT},
};

static size_t
unhex(const char *hex, uint8_t *out, size_t cap)
{
	char digits[1024];
	size_t n = 0;
	ptrdiff_t len;

	for (; *hex != '\0' && n < sizeof(digits); hex++)
		if (*hex != ' ')
			digits[n++] = *hex;
	len = bytes_from_hex(digits, n, out, cap);
	assert_true(len >= 0);
	return (size_t)len;
}

static enum status
decode(struct bytes in, struct board_view *out)
{
	uint8_t room[1024];
	struct writer tables = writer_of(room, sizeof(room));

	return board_decode(in, &tables, out);
}

static void
test_boards(void **state)
{
	struct board_view out;
	char hex[1024];
	uint8_t buf[512];

	(void)state;
	for (size_t i = 0; i < sizeof(boards) / sizeof(boards[0]); i++) {
		enum status st;
		size_t n;

		(void)snprintf(hex, sizeof(hex), "%s0000", boards[i].hex);
		n = unhex(hex, buf, sizeof(buf));
		st = decode(bytes_view(buf, n), &out);
		if (st != boards[i].st)
			fail_msg("%s: %s, not %s", boards[i].what,
			    status_name(st), status_name(boards[i].st));
	}
}

/* The devices and a TEE's report behind them. */
static void
test_tee(void **state)
{
	static const struct {
		const char *what, *hex;
		enum status st;
	} rows[] = {
	    {"nothing found", "00 0000", OK},
	    {"a TEE alone", "00 0004 01020304", OK},
	    {"nothing at all", "", BOARD_MALFORMED},
	    {"devices alone", "00", BOARD_MALFORMED},
	    {"a TEE cut short", "00 0002 ff", BOARD_MALFORMED},
	    {"bytes behind it", "00 0000 00", BOARD_MALFORMED},
	};
	static uint8_t large[DEVICE_EVIDENCE_MAX + 16];
	struct board_view out;
	struct writer w = writer_of(large, sizeof(large));
	uint8_t buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = unhex(rows[i].hex, buf, sizeof(buf));
		enum status st = decode(bytes_view(buf, n), &out);

		if (st != rows[i].st)
			fail_msg("%s: %s, not %s", rows[i].what,
			    status_name(st), status_name(rows[i].st));
		if (st == OK)
			assert_int_equal(out.tee.n, n - 3);
	}

	/* No more than a worker can have had room for. */
	write_u8(&w, 0);
	write_be16(&w, DEVICE_EVIDENCE_MAX + 1);
	assert_int_equal(
	    decode(bytes_view(large, w.n + DEVICE_EVIDENCE_MAX + 1), &out),
	    BOARD_MALFORMED);
}

/* Everything that is bound, with a bundle built around it. */
struct bound {
	struct board_view board;
	struct chain last;
	struct bind_in in;
	struct binding binding;
	uint8_t claims[8192], bundle[MEMORY];
	struct writer wc, wb;
};

static const uint8_t nonce[NONCE_LEN] = {1, 2, 3};
static const uint8_t ak_name[34] = {0x00, 0x0b, 4, 5, 6};
static const uint8_t boot_id[16] = {7, 8, 9};
static const uint8_t agent_digest[32] = {10, 11};
static const uint8_t log_bytes[] = {0x78, 0x9c, 1, 2};

static struct bound *
make_bound(void)
{
	struct bound *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->board.count = 3;
	b->board.device[0] = device_of("gpu-0", true);
	b->board.device[1] = device_of("gpu-1", false);
	b->board.device[2] = device_of("switch-0", true);
	b->board.tee = BYTES_OF(signed_bytes);
	b->last = (struct chain){.counter = 41};
	b->in = (struct bind_in){.nonce = BYTES_OF(nonce),
	    .ak_name = BYTES_OF(ak_name),
	    .board = &b->board,
	    .eventlog = BYTES_OF(log_bytes),
	    .iat = 1795000000,
	    .uptime = 77,
	    .boot_id = BYTES_OF(boot_id),
	    .monotonic_ms = 77001,
	    .last = &b->last,
	    .agent_digest = BYTES_OF(agent_digest)};
	b->wc = writer_of(b->claims, sizeof(b->claims));
	b->wb = writer_of(b->bundle, sizeof(b->bundle));
	assert_int_equal(
	    bind_evidence(&b->in, &b->wb, &b->wc, &b->binding), OK);
	return b;
}

/* What comes out is what a verifier will find. */
static void
test_claims(void **state)
{
	struct bound *b = make_bound();
	struct claims *c = malloc(sizeof(*c));
	uint8_t want[UEID_LEN];

	(void)state;
	assert_non_null(c);
	assert_int_equal(claims_decode(writer_view(&b->wc), c), OK);
	assert_int_equal(c->iat, 1795000000);
	assert_true(bytes_eq(c->nonce, BYTES_OF(nonce)));
	assert_true(bytes_eq(c->profile, BYTES_LIT(EVIDENCE_PROFILE_URI)));
	assert_true(bytes_eq(c->ak_name, BYTES_OF(ak_name)));
	assert_int_equal(c->ek_name.n, 0);
	assert_int_equal(
	    evidence_ueid(BYTES_OF(ak_name), (struct bytes){NULL, 0}, want),
	    OK);
	assert_true(bytes_eq(c->ueid, BYTES_OF(want)));
	assert_true(c->has_chain);
	assert_int_equal(c->chain_counter, 42);
	assert_true(bytes_is_zero(c->chain_previous));

	/* Who signed has a nonce of its own and an item; who did not, not. */
	assert_int_equal(c->device_count, 3);
	assert_int_equal(evidence_device_nonce(BYTES_OF(nonce),
	                     BYTES_OF(ak_name), BYTES_LIT("gpu-0"), want),
	    OK);
	assert_true(bytes_eq(c->devices[0].nonce, bytes_view(want, NONCE_LEN)));
	assert_true(bytes_eq(c->devices[0].item, BYTES_LIT("gpu-0")));
	assert_int_equal(c->devices[1].nonce.n, 0);
	assert_int_equal(c->devices[1].item.n, 0);
	assert_false(bytes_eq(c->devices[0].nonce, c->devices[2].nonce));
	free(c);
	free(b);
}

/* Digests cover each whole record as it stands in the bundle. */
static void
test_digests(void **state)
{
	struct bound *b = make_bound();
	struct claims *c = malloc(sizeof(*c));
	struct evidence *ev = malloc(sizeof(*ev));
	struct digest d;

	(void)state;
	assert_non_null(c);
	assert_non_null(ev);
	assert_int_equal(
	    evidence_encode(writer_view(&b->wc), BYTES_LIT("quote"),
	        b->binding.items, b->binding.item_count, &b->wb),
	    OK);
	assert_int_equal(evidence_decode(writer_view(&b->wb), ev), OK);
	assert_int_equal(claims_decode(ev->claims, c), OK);
	assert_int_equal(ev->item_count, 4);
	assert_int_equal(c->digest_count, 4);
	assert_non_null(evidence_find(ev, LABEL_TEE));
	assert_true(
	    cmw_is_text(&evidence_find(ev, LABEL_TEE)->record, MEDIA_TEE));
	for (size_t i = 0; i < 4; i++) {
		assert_true(bytes_eq(ev->items[i].label, c->digests[i].label));
		assert_int_equal(c->digests[i].alg, COSE_SHA256);
		assert_int_equal(
		    hash_one(HASH_SHA256, ev->items[i].record.whole, &d), OK);
		assert_true(bytes_eq(c->digests[i].digest, digest_view(&d)));
	}
	assert_int_equal(evidence_binding(HASH_SHA256, ev->claims, &d), OK);
	assert_true(bytes_eq(digest_view(&d), digest_view(&b->binding.q)));
	free(ev);
	free(c);
	free(b);
}

/* A report by hand is not chained, and memory that is short is an error. */
static void
test_small(void **state)
{
	struct bound *b = make_bound();
	struct claims *c = malloc(sizeof(*c));

	(void)state;
	assert_non_null(c);
	b->in.last = NULL;
	b->in.eventlog = (struct bytes){NULL, 0};
	b->board.count = 0;
	b->board.tee = (struct bytes){NULL, 0};
	b->wc.n = 0;
	assert_int_equal(
	    bind_evidence(&b->in, &b->wb, &b->wc, &b->binding), OK);
	assert_int_equal(b->binding.item_count, 0);
	assert_int_equal(claims_decode(writer_view(&b->wc), c), OK);
	assert_false(c->has_chain);

	b->board.count = 3;
	b->wc = writer_of(b->claims, 100);
	assert_int_equal(bind_evidence(&b->in, &b->wb, &b->wc, &b->binding),
	    EVIDENCE_TOO_LARGE);
	b->wb = writer_of(b->bundle, 10);
	assert_int_equal(bind_evidence(&b->in, &b->wb, &b->wc, &b->binding),
	    EVIDENCE_TOO_LARGE);
	free(c);
	free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_board),
	    cmocka_unit_test(test_boards),
	    cmocka_unit_test(test_tee),
	    cmocka_unit_test(test_claims),
	    cmocka_unit_test(test_digests),
	    cmocka_unit_test(test_small),
	};

	if (crypto_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
