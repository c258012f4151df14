/* SPDX-License-Identifier: Apache-2.0 */
/* The board as told to [seal], and what binding makes of it. */
#include "bind.h"
#include "claims.h"
#include "dcbor.h"
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

/* There and back, sorted on the way. */
static void
test_board(void **state)
{
	static const char *const labels[] = {
	    "gpu-0", "gpu-2", "gpu-10", "gpu-11", "switch-0"};
	struct board_view in = {.count = 5, .tee = BYTES_OF(signed_bytes)};
	struct board_view out;
	uint8_t buf[4096];
	struct writer w = writer_of(buf, sizeof(buf));

	(void)state;
	for (size_t i = 0; i < 5; i++)
		in.device[i] = device_of(labels[4 - i], i % 2 == 0);
	board_encode(&in, &w);
	assert_false(w.failed);
	assert_int_equal(board_decode(writer_view(&w), &out), OK);
	assert_int_equal(out.count, 5);
	assert_true(bytes_eq(out.tee, BYTES_OF(signed_bytes)));
	for (size_t i = 0; i < 5; i++) {
		const struct board_device *d = &out.device[i];

		assert_true(bytes_eq(d->label, bytes_str(labels[i])));
		assert_true(bytes_eq(d->facts, BYTES_OF(facts)));
		assert_int_equal(d->evidence.n, i % 2 == 0 ? 4 : 0);
	}

	/* Cut anywhere it is refused. */
	for (size_t n = 0; n < w.n; n++)
		assert_int_not_equal(
		    board_decode(bytes_sub(writer_view(&w), 0, n), &out), OK);
	in.count = 0;
	in.tee = (struct bytes){NULL, 0};
	w = writer_of(buf, sizeof(buf));
	board_encode(&in, &w);
	assert_int_equal(board_decode(writer_view(&w), &out), OK);
	assert_int_equal(out.count, 0);
}

/* Devices that [seal] must refuse, in hexadecimal; there is no TEE. */
static const struct {
	const char *what, *hex;
	enum status st;
} boards[] = {
    {"not CBOR", "ff", CBOR_INDEFINITE},
    {"not an array", "a0", CBOR_TYPE},
    {"device is no map", "8100", CBOR_TYPE},
    {"nothing in it", "81a0", BOARD_MALFORMED},
    {"good", "81a3006567 70752d30 01416d 02a101a102187b", OK},
    {"label of no device", "81a300656770752d7a 01416d 02a101a102187b",
        BOARD_MALFORMED},
    {"label of an item", "81a300686576656e746c6f67 01416d 02a101a102187b",
        BOARD_MALFORMED},
    {"label missing", "81a2 01416d 02a101a102187b", BOARD_MALFORMED},
    {"label as bytes", "81a300456770752d30 01416d 02a101a102187b", CBOR_TYPE},
    {"model empty", "81a300656770752d30 0140 02a101a102187b", BOARD_MALFORMED},
    {"model too long",
        "81a300656770752d30 015821"
        "00000000000000000000000000000000"
        "0000000000000000000000000000000000 02a101a102187b",
        BOARD_MALFORMED},
    {"facts missing", "81a200656770752d30 01416d", CBOR_TRUNCATED},
    {"facts no map", "81a300656770752d30 01416d 0201", CBOR_TYPE},
    {"type without evidence",
        "81a400656770752d30 01416d 02a101a102187b 0363612f62", BOARD_MALFORMED},
    {"evidence without type", "81a400656770752d30 01416d 02a101a102187b 044100",
        BOARD_MALFORMED},
    {"unknown key", "81a400656770752d30 01416d 02a101a102187b 0600",
        BOARD_MALFORMED},
    {"with measurements",
        "81a400656770752d30 01416d 02a101a102187b 0581821901274100", OK},
    {"measurements no array", "81a400656770752d30 01416d 02a101a102187b 0500",
        CBOR_TYPE},
    {"measurements empty", "81a400656770752d30 01416d 02a101a102187b 0580",
        BOARD_MALFORMED},
    {"measurements of another kind",
        "81a400656770752d30 01416d 02a101a102187b 0581821901284100",
        BOARD_MALFORMED},
    {"measurement no bytes",
        "81a400656770752d30 01416d 02a101a102187b 05818219012700", CBOR_TYPE},
    {"keys out of order", "81a301416d 00656770752d30 02a101a102187b",
        CBOR_KEY_ORDER},
    {"device twice",
        "82a300656770752d30 01416d 02a101a102187b"
        "a300656770752d30 01416d 02a101a102187b",
        BOARD_MALFORMED},
    {"devices out of order",
        "82a300656770752d31 01416d 02a101a102187b"
        "a300656770752d30 01416d 02a101a102187b",
        BOARD_MALFORMED},
    {"more than there may be",
        "9821a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0"
        "a0",
        EVIDENCE_DEVICE_COUNT},
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

		(void)snprintf(hex, sizeof(hex), "82%s40", boards[i].hex);
		n = unhex(hex, buf, sizeof(buf));
		st = board_decode(bytes_view(buf, n), &out);
		if (st != boards[i].st)
			fail_msg("%s: %s, not %s", boards[i].what,
			    status_name(st), status_name(boards[i].st));
	}
}

/* The pair of devices and a TEE's report around them. */
static void
test_pairs(void **state)
{
	static const struct {
		const char *what, *hex;
		enum status st;
	} rows[] = {
	    {"nothing found", "828040", OK},
	    {"a TEE alone", "82804401020304", OK},
	    {"devices alone", "80", CBOR_TYPE},
	    {"one of the pair", "8180", CBOR_TYPE},
	    {"three of a pair", "83804040", CBOR_TYPE},
	    {"a TEE as text", "82806161", CBOR_TYPE},
	    {"a TEE cut short", "828042ff", CBOR_TRUNCATED},
	    {"bytes behind it", "82804000", CBOR_TRAILING},
	};
	static uint8_t large[DEVICE_EVIDENCE_MAX + 16];
	struct board_view out;
	struct writer w = writer_of(large, sizeof(large));
	uint8_t buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = unhex(rows[i].hex, buf, sizeof(buf));
		enum status st = board_decode(bytes_view(buf, n), &out);

		if (st != rows[i].st)
			fail_msg("%s: %s, not %s", rows[i].what,
			    status_name(st), status_name(rows[i].st));
		if (st == OK)
			assert_int_equal(out.tee.n, n - 3);
	}

	/* No more than a worker can have had room for. */
	dcbor_put_array(&w, 2);
	dcbor_put_array(&w, 0);
	dcbor_put_bstr_head(&w, DEVICE_EVIDENCE_MAX + 1);
	assert_int_equal(
	    board_decode(
	        bytes_view(large, w.n + DEVICE_EVIDENCE_MAX + 1), &out),
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
	    cmocka_unit_test(test_pairs),
	    cmocka_unit_test(test_claims),
	    cmocka_unit_test(test_digests),
	    cmocka_unit_test(test_small),
	};

	if (crypto_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
