/* SPDX-License-Identifier: Apache-2.0 */
/*
 * T05, T09: accelerators between reports and hosts, as libassay judges what its
 * caller remembers.  The devices sign, under test roots of their own.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "history.h"
#include "policy.h"
#include "verdict.h"
#include "world.h"

enum { BOARDS = 3, EXPECTED_MAX = 4 };

static struct world world;
static struct forge_board other[BOARDS - 1]; /* boards 1 and 2 */
static char identity[BOARDS][IDENTITY_MAX];

/* What the caller remembers; identities are numbers of boards. */
struct past {
	const char *expected; /* "0@gpu-0 1@gpu-1" */
	int elsewhere;        /* the board that another host has, or -1 */
	int rc;               /* 0, or what asking ends with */
	unsigned asked;
};
static struct past past;

static int
recall(void *arg, const uint8_t *name, size_t len, const char *asked, size_t i,
    struct assay_device *out)
{
	struct past *p = arg;
	const char *at = p->expected;

	p->asked++;
	assert_int_equal(len, world.forge.ak.name.n);
	assert_memory_equal(name, world.forge.ak.name.b, len);
	if (p->rc != 0)
		return p->rc;
	out->last_seen = world.time - 60;
	if (asked != NULL) {
		assert_int_equal(i, 0);
		if (p->elsewhere < 0 ||
		    strcmp(asked, identity[p->elsewhere]) != 0)
			return 1;
		memcpy(out->identity, asked, strlen(asked) + 1);
		memset(out->ak_name, 0xee, 34);
		out->ak_name_len = 34;
		return 0;
	}
	for (; i > 0 && at != NULL; i--)
		at = strchr(at, ' ') == NULL ? NULL : strchr(at, ' ') + 1;
	if (at == NULL || *at == '\0')
		return 1;
	memcpy(out->identity, identity[*at - '0'], IDENTITY_MAX);
	snprintf(out->label, sizeof(out->label), "%.*s",
	    (int)strcspn(at + 2, " "), at + 2);
	out->expected = 1;
	return 0;
}

static void
nothing_signs(struct world *w)
{
	w->forge.devices_sign = false;
}

static void
no_devices(struct world *w)
{
	w->forge.devices = 0;
}

static void
bad_signature(struct world *w)
{
	w->forge.flaw = FLAW_SIGNATURE;
}

static void
replayed(struct world *w)
{
	w->forge.flaw = FLAW_NONCE;
}

static void
unknown_form(struct world *w)
{
	w->forge.device_type = "application/vnd.example";
}

static void
stranger(struct world *w)
{
	w->host_rc = 1;
}

static void
rejected(struct world *w)
{
	w->host.enrolment = ASSAY_REJECTED;
}

static void
enrolled(struct world *w)
{
	w->host.enrolment = ASSAY_ENROLLED;
}

static void
no_store(struct world *w)
{
	w->host.device_fn = NULL;
}

static void
cannot_read(struct world *w)
{
	(void)w;
	past.rc = -1;
}

static void
too_late(struct world *w)
{
	w->time = INT64_C(4070908800);
}

static const struct history_row {
	const char *name;
	const char *now;      /* boards of gpu-0 and on, "01" */
	const char *expected; /* as in struct past */
	int elsewhere;
	void (*world)(struct world *w);
	enum status want; /* OK: none of ours */
	const char *where;
	int exit;
	bool checked;
} rows[] = {
    {"T09_first_report", "0", "", -1, NULL, OK, "", 2, true},
    {"T09_the_same_again", "0", "0@gpu-0", -1, NULL, OK, "", 2, true},
    {"T09_enrolled", "0", "0@gpu-0", -1, enrolled, OK, "", 2, true},
    {"T09_one_more", "01", "0@gpu-0", -1, NULL, OK, "", 2, true},
    {"T09_other_order", "10", "0@gpu-0 1@gpu-1", -1, NULL, OK, "", 2, true},
    {"T09_other_label", "10", "0@gpu-0", -1, NULL, OK, "", 2, true},
    {"T09_replaced", "1", "0@gpu-0", -1, NULL, DEVICE_REPLACED, "gpu-0", 1,
	true},
    {"T09_second_replaced", "02", "0@gpu-0 1@gpu-1", -1, NULL,
	DEVICE_REPLACED, "gpu-1", 1, true},
    {"T09_replaced_and_one_more", "12", "0@gpu-0", -1, NULL, DEVICE_REPLACED,
	"gpu-0", 1, true},
    {"T09_first_gone_second_moves_up", "1", "0@gpu-0 1@gpu-1", -1, NULL,
	DEVICE_EVIDENCE_MISSING, "host", 1, true},
    {"T09_second_gone", "0", "0@gpu-0 1@gpu-1", -1, NULL,
	DEVICE_EVIDENCE_MISSING, "host", 1, true},
    {"T09_evidence_stripped", "0", "0@gpu-0", -1, nothing_signs,
	DEVICE_EVIDENCE_MISSING, "gpu-0", 1, true},
    {"T09_no_device_reported", "", "0@gpu-0", -1, no_devices,
	DEVICE_EVIDENCE_MISSING, "host", 1, true},
    {"T09_form_that_is_not_opened", "0", "0@gpu-0", -1, unknown_form,
	DEVICE_EVIDENCE_MISSING, "gpu-0", 1, true},
    {"T09_nothing_to_expect", "0", "", -1, nothing_signs, OK, "", 0, true},
    /* Evidence that is refused has its own reason, and one is enough. */
    {"T09_bad_signature", "0", "0@gpu-0", -1, bad_signature, DEVICE_SIGNATURE,
	"gpu-0", 1, true},
    {"T09_replayed", "0", "0@gpu-0", 0, replayed, DEVICE_NONCE_MISMATCH,
	"gpu-0", 1, true},
    {"T09_certificate_too_old", "0", "0@gpu-0", -1, too_late, CHAIN_EXPIRED,
	"gpu-0", 1, true},
    /* The same device on two hosts in one window. */
    {"T05_moved", "0", "", 0, NULL, DEVICE_MOVED, "gpu-0", 1, true},
    {"T05_moved_and_expected", "0", "0@gpu-0", 0, NULL, DEVICE_MOVED, "gpu-0",
	1, true},
    {"T05_moved_second", "01", "0@gpu-0", 1, NULL, DEVICE_MOVED, "gpu-1", 1,
	true},
    {"T05_moved_in_place_of_another", "1", "0@gpu-0", 1, NULL, DEVICE_MOVED,
	"gpu-0", 1, true},
    {"T05_moved_another_device", "0", "", 1, NULL, OK, "", 2, true},
    {"T05_claimed_by_software", "0", "", 0, nothing_signs, OK, "", 0, true},
    /* Where nothing is remembered nothing is checked, which is said. */
    {"no_store", "0", "0@gpu-0", 0, no_store, OK, "", 2, false},
    {"stranger", "0", "0@gpu-0", 0, stranger, OK, "", 2, false},
    {"rejected", "0", "0@gpu-0", 0, rejected, HOST_REJECTED, "host", 1,
	false},
    {"store_broken", "0", "0@gpu-0", -1, cannot_read, STORE_UNAVAILABLE,
	"host", 3, true},
    {"store_broken_no_device", "", "", -1, cannot_read, STORE_UNAVAILABLE,
	"host", 3, true},
};

/* Both ends of this file's codes. */
static bool
ours(enum status st)
{
	return st >= DEVICE_MOVED && st <= DEVICE_REPLACED;
}

static void
check_reasons(const struct assay_result *r, const struct history_row *row)
{
	size_t found = 0;

	for (size_t i = 0; i < r->reason_count; i++) {
		enum status st = r->reasons[i].code;

		if (st == row->want &&
		    strcmp(r->reasons[i].where, row->where) == 0)
			found++;
		else if (ours(st) &&
		    !(row->want == DEVICE_MOVED && st == DEVICE_REPLACED))
			fail_msg("%s at %s: %s", status_name(st),
			    r->reasons[i].where, r->reasons[i].detail);
	}
	if (row->want != OK && found != 1)
		fail_msg("%zu times %s", found, status_name(row->want));
}

/* What is to be remembered: those that signed, and whether that counts. */
static void
check_result(const struct assay_result *r, const struct history_row *row)
{
	static struct assay_host host;
	bool signs = world.forge.devices_sign &&
	    world.forge.flaw == FLAW_NONE && row->world != unknown_form &&
	    row->world != too_late;

	assert_int_equal(assay_result_host(r, &host), 1);
	assert_null(host.device_fn);
	assert_int_equal(
	    host.device_count, signs ? strlen(row->now) : 0);
	for (size_t i = 0; i < host.device_count; i++) {
		char label[LABEL_MAX];

		snprintf(label, sizeof(label), "gpu-%zu", i);
		assert_string_equal(host.device[i].label, label);
		assert_string_equal(
		    host.device[i].identity, identity[row->now[i] - '0']);
		assert_int_equal(host.device[i].expected, row->exit != 1);
	}
}

/* A context that trusts every board, and a bundle of those of ROW. */
static struct assay_result *
verify_row(const struct history_row *row)
{
	struct assay_result *r;
	struct assay *ctx;
	char error[256];

	for (size_t i = 0; row->now[i] != '\0'; i++)
		world.forge.board_of[i] = row->now[i] == '0'
		    ? NULL
		    : &other[row->now[i] - '1'];
	assert_true(forge_build(&world.forge, FORGE_START, NULL));
	ctx = world_context(&world);
	assert_non_null(ctx);
	for (size_t i = 0; i < COUNT(other); i++)
		assert_int_equal(
		    assay_add(ctx, ASSAY_ANCHOR, other[i].root,
			other[i].root_len, error, sizeof(error)),
		    0);
	r = assay_verify(ctx, world.nonce, world.nonce_len,
	    world.forge.out.p, world.forge.out.n);
	assay_free(ctx);
	return r;
}

static void
history_row(void **state)
{
	const struct history_row *row = *state;
	struct assay_result *r;

	world_reset(&world);
	past = (struct past){
	    .expected = row->expected, .elsewhere = row->elsewhere};
	world.host.device_fn = recall;
	world.host.device_arg = &past;
	world.forge.devices = strlen(row->now);
	world.forge.devices_sign = true;
	if (row->world != NULL)
		row->world(&world);
	r = verify_row(row);
	assert_non_null(r);
	check_reasons(r, row);
	assert_int_equal(assay_result_exit(r), row->exit);
	assert_int_equal(!r->not_checked[CHECK_DEVICE_HISTORY], row->checked);
	assert_int_equal(past.asked > 0, row->checked);
	check_result(r, row);
	assay_result_free(r);
}

/* The device itself is contraindicated, and the others are not. */
static void
test_tiers(void **state)
{
	static const struct history_row row = {.now = "01", .expected = ""};
	struct assay_result *r;

	(void)state;
	world_reset(&world);
	past = (struct past){.expected = "", .elsewhere = 1};
	world.host.device_fn = recall;
	world.host.device_arg = &past;
	world.forge.devices = 2;
	world.forge.devices_sign = true;
	r = verify_row(&row);
	assert_non_null(r);
	assert_int_equal(r->subject_count, 3);
	assert_int_equal(
	    verdict_of_status(r->subjects[1].worst), ASSAY_WARNING);
	assert_int_equal(
	    verdict_of_status(r->subjects[2].worst), ASSAY_CONTRAINDICATED);
	for (size_t i = 0; i < r->reason_count; i++)
		if (r->reasons[i].code == DEVICE_MOVED) {
			assert_non_null(
			    strstr(r->reasons[i].detail, identity[1]));
			assert_non_null(
			    strstr(r->reasons[i].detail, "eeeeeeee on 2026-"));
			assert_non_null(strstr(
			    r->reasons[i].detail, "devices accept"));
		}
	assay_result_free(r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tiers),
	};
	char hex[2 * FORGE_SERIAL_LEN + 1];
	int rc;

	if (!world_open(&world, KEY_P256))
		return 1;
	for (size_t i = 0; i < BOARDS; i++) {
		const struct forge_board *b =
		    i == 0 ? &world.forge.board : &other[i - 1];

		if (i > 0 && !forge_board_new(&other[i - 1]))
			return 1;
		bytes_to_hex(BYTES_OF(b->serial), hex);
		snprintf(identity[i], sizeof(identity[i]), "simulated:%s",
		    hex);
	}
	rc = kit_run_rows("history", rows, sizeof(rows[0]), COUNT(rows),
	    history_row, tests, COUNT(tests));
	for (size_t i = 0; i < COUNT(other); i++)
		forge_board_free(&other[i]);
	world_close(&world);
	return rc;
}
