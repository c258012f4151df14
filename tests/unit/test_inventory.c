/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventories: lists and signed files that are refused, whose signature
 * counts, and where accelerators may and may not show themselves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "inventory_form.h"
#include "placement.h"
#include "testkit.h"
#include "world.h"

#define EK_A "000b" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define EK_B "000b" "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HEAD "inventory,1,hall-7,2026-01-01,2027-01-01\n"
#define SLOT "0000:17:00.0"

static struct world world;
static char key[1024], finger[80], other_key[1024], other_finger[80];
static char identity[IDENTITY_MAX];

/* Lists. */
static const struct list_row {
	const char *name, *text, *says;
	enum status want;
} lists[] = {
    {"list", HEAD EK_A ",nvidia:00," SLOT "\n", "", OK},
    {"list_no_slot", HEAD EK_A ",nvidia:00,\n", "", OK},
    {"list_comments", "# hall\n\n" HEAD "#\n" EK_A ",x,\n\n", "", OK},
    {"list_no_last_line_feed", HEAD EK_A ",x,", "", OK},
    {"list_two_hosts", HEAD EK_B ",x,\n" EK_A ",y,\n" EK_B ",z,\n", "", OK},
    {"list_domain_of_8", HEAD EK_A ",x,00000000:17:00.0\n", "", OK},
    {"list_empty", "", "1 byte", INVENTORY_LIST},
    {"list_only_comments", "# x\n", "line 1", INVENTORY_LIST},
    {"list_no_header", EK_A ",x,\n", "line 1", INVENTORY_LIST},
    {"list_format_2", "inventory,2,a,2026-01-01,2027-01-01\n", "line 1",
	INVENTORY_LIST},
    {"list_name_empty", "inventory,1,,2026-01-01,2027-01-01\n", "line 1",
	INVENTORY_LIST},
    {"list_name_space", "inventory,1,a b,2026-01-01,2027-01-01\n", "line 1",
	INVENTORY_LIST},
    {"list_day_wrong", "inventory,1,a,2026-02-30,2027-01-01\n", "dates",
	INVENTORY_LIST},
    {"list_dates_turned", "inventory,1,a,2027-01-01,2026-01-01\n", "dates",
	INVENTORY_LIST},
    {"list_no_device", HEAD, "no device", INVENTORY_LIST},
    {"list_two_fields", HEAD EK_A ",x\n", "line 2", INVENTORY_LIST},
    {"list_six_fields", HEAD EK_A ",x,,,,\n", "line 2", INVENTORY_LIST},
    {"list_ek_short", HEAD "000baa,x,\n", "TPM Name", INVENTORY_LIST},
    {"list_ek_long", HEAD EK_A EK_B ",x,\n", "TPM Name", INVENTORY_LIST},
    {"list_ek_hash", HEAD "000c" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			  "aaaaaaaaaaaaaaaaaaaa,x,\n",
	"TPM Name", INVENTORY_LIST},
    {"list_ek_words", HEAD "host-1,x,\n", "TPM Name", INVENTORY_LIST},
    {"list_identity_empty", HEAD EK_A ",,\n", "identity", INVENTORY_LIST},
    {"list_identity_space", HEAD EK_A ",a b,\n", "identity", INVENTORY_LIST},
    {"list_identity_binary", HEAD EK_A ",a\xff,\n", "identity",
	INVENTORY_LIST},
    {"list_identity_long",
	HEAD EK_A ",0123456789012345678901234567890123456789012345678901234567"
		  "890123,\n",
	"identity", INVENTORY_LIST},
    {"list_slot_words", HEAD EK_A ",x,slot 3\n", "PCI", INVENTORY_LIST},
    {"list_slot_bus", HEAD EK_A ",x,0000:1:00.0\n", "PCI", INVENTORY_LIST},
    {"list_slot_device", HEAD EK_A ",x,0000:17:20.0\n", "PCI",
	INVENTORY_LIST},
    {"list_slot_function", HEAD EK_A ",x,0000:17:00.8\n", "PCI",
	INVENTORY_LIST},
    {"list_slot_more", HEAD EK_A ",x,0000:17:00.01\n", "PCI",
	INVENTORY_LIST},
    {"list_carriage_return", HEAD EK_A ",x," SLOT "\r\n", "PCI",
	INVENTORY_LIST},
    {"list_twice", HEAD EK_A ",x,\n" EK_A ",x,\n", "two places",
	INVENTORY_LIST},
    {"list_two_places", HEAD EK_A ",x,\n" EK_B ",x,\n", "two places",
	INVENTORY_LIST},
};

static uint8_t file_bytes[64 * 1024];

/* TEXT signed with PEM into FILE_BYTES. */
static struct bytes
sign(const char *pem, const char *text)
{
	struct writer w = writer_of(file_bytes, sizeof(file_bytes));
	char detail[INVENTORY_DETAIL];

	assert_status(inventory_sign(pem, bytes_str(text), &w, detail), OK);
	return writer_view(&w);
}

static void
list_row(void **state)
{
	const struct list_row *row = *state;
	struct writer w = writer_of(file_bytes, sizeof(file_bytes));
	char detail[INVENTORY_DETAIL];
	struct inventory in;

	assert_status(
	    inventory_sign(key, bytes_str(row->text), &w, detail), row->want);
	if (row->want != OK) {
		if (strstr(detail, row->says) == NULL)
			fail_msg("'%s' does not say '%s'", detail, row->says);
		assert_int_equal(w.n, 0);
		return;
	}
	assert_status(inventory_read(writer_view(&w), &in), OK);
	assert_true(in.count > 0);
	inventory_free(&in);
}

/* Signed files, whose payload is wrong in one way. */
struct file_row {
	const char *name;
	void (*payload)(struct writer *w);
	enum status want;
};

static uint8_t ek_a[34] = {0, 0x0b, 1}, ek_b[34] = {0, 0x0b, 2};

static void
put_head(struct writer *w, uint64_t version, const char *name, uint64_t from,
    uint64_t until, uint64_t hosts)
{
	dcbor_put_map(w, 5);
	dcbor_put_int(w, 0);
	dcbor_put_uint(w, version);
	dcbor_put_int(w, 1);
	dcbor_put_tstr(w, bytes_str(name));
	dcbor_put_int(w, 2);
	dcbor_put_uint(w, from);
	dcbor_put_int(w, 3);
	dcbor_put_uint(w, until);
	dcbor_put_int(w, 4);
	dcbor_put_array(w, hosts);
}

static void
put_host(struct writer *w, struct bytes ek, const char *one, const char *slot)
{
	dcbor_put_array(w, 2);
	dcbor_put_bstr(w, ek);
	dcbor_put_array(w, 1);
	dcbor_put_array(w, 2);
	dcbor_put_tstr(w, bytes_str(one));
	dcbor_put_tstr(w, bytes_str(slot));
}

static void
p_sound(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 2);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
	put_host(w, BYTES_OF(ek_b), "y", "");
}

static void
p_version(struct writer *w)
{
	put_head(w, 2, "n", 1, 2, 1);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
}

static void
p_name(struct writer *w)
{
	put_head(w, 1, "a b", 1, 2, 1);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
}

static void
p_dates(struct writer *w)
{
	put_head(w, 1, "n", 2, 1, 1);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
}

static void
p_for_ever(struct writer *w)
{
	put_head(w, 1, "n", 2, UINT64_MAX, 1);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
}

static void
p_no_host(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 0);
}

static void
p_no_device(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 1);
	dcbor_put_array(w, 2);
	dcbor_put_bstr(w, BYTES_OF(ek_a));
	dcbor_put_array(w, 0);
}

static void
p_hosts_turned(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 2);
	put_host(w, BYTES_OF(ek_b), "x", SLOT);
	put_host(w, BYTES_OF(ek_a), "y", "");
}

static void
p_host_twice(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 2);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
	put_host(w, BYTES_OF(ek_a), "y", "");
}

static void
p_device_twice(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 2);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
	put_host(w, BYTES_OF(ek_b), "x", "");
}

static void
p_ek_short(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 1);
	put_host(w, bytes_view(ek_a, 33), "x", SLOT);
}

static void
p_identity_empty(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 1);
	put_host(w, BYTES_OF(ek_a), "", SLOT);
}

static void
p_slot(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, 1);
	put_host(w, BYTES_OF(ek_a), "x", "first");
}

static void
p_many_hosts(struct writer *w)
{
	put_head(w, 1, "n", 1, 2, UINT32_MAX);
	put_host(w, BYTES_OF(ek_a), "x", SLOT);
}

static void
p_trailing(struct writer *w)
{
	p_sound(w);
	write_u8(w, 0);
}

static void
p_cut(struct writer *w)
{
	p_sound(w);
	w->n--;
}

static void
p_empty(struct writer *w)
{
	(void)w;
}

static void
p_array(struct writer *w)
{
	dcbor_put_array(w, 0);
}

static const struct file_row files[] = {
    {"file", p_sound, OK},
    {"file_version", p_version, INVENTORY_MALFORMED},
    {"file_name", p_name, INVENTORY_MALFORMED},
    {"file_dates_turned", p_dates, INVENTORY_MALFORMED},
    {"file_for_ever", p_for_ever, INVENTORY_MALFORMED},
    {"file_no_host", p_no_host, INVENTORY_MALFORMED},
    {"file_no_device", p_no_device, INVENTORY_MALFORMED},
    {"file_hosts_turned", p_hosts_turned, INVENTORY_MALFORMED},
    {"file_host_twice", p_host_twice, INVENTORY_MALFORMED},
    {"file_device_twice", p_device_twice, INVENTORY_MALFORMED},
    {"file_ek_short", p_ek_short, INVENTORY_MALFORMED},
    {"file_identity_empty", p_identity_empty, INVENTORY_MALFORMED},
    {"file_slot", p_slot, INVENTORY_MALFORMED},
    {"file_many_hosts", p_many_hosts, INVENTORY_MALFORMED},
    {"file_trailing", p_trailing, INVENTORY_MALFORMED},
    {"file_cut", p_cut, INVENTORY_MALFORMED},
    {"file_empty_payload", p_empty, INVENTORY_MALFORMED},
    {"file_array", p_array, INVENTORY_MALFORMED},
};

static void
file_row(void **state)
{
	const struct file_row *row = *state;
	uint8_t payload[1024];
	struct writer p = writer_of(payload, sizeof(payload));
	struct writer w = writer_of(file_bytes, sizeof(file_bytes));
	struct inventory in;
	enum status st;

	row->payload(&p);
	assert_status(
	    sign1_write(key, &inventory_kind, writer_view(&p), &w), OK);
	st = inventory_read(writer_view(&w), &in);
	assert_status(st, row->want);
	if (st == OK)
		inventory_free(&in);
}

/* Every bit of a signed file counts; so does its end. */
static void
test_flips(void **state)
{
	struct bytes file = sign(key, HEAD EK_A ",x," SLOT "\n");
	struct inventory in;

	(void)state;
	for (size_t i = 0; i < file.n; i++) {
		uint8_t *at = file_bytes + i;

		*at ^= 1;
		if (inventory_read(file, &in) == OK)
			fail_msg("byte %zu does not count", i);
		*at ^= 1;
		if (inventory_read(bytes_view(file.p, i), &in) == OK)
			fail_msg("%zu bytes are enough", i);
	}
	file_bytes[file.n] = 0;
	assert_status(inventory_read(bytes_view(file.p, file.n + 1), &in),
	    INVENTORY_MALFORMED);
	assert_status(inventory_read(file, &in), OK);
	inventory_free(&in);
}

/* A table's signature is none of an inventory, whatever it signs. */
static void
test_other_type(void **state)
{
	static const struct sign1_kind table = {.content_type =
	    "application/vnd.assay.table+csv"};
	uint8_t payload[1024];
	struct writer p = writer_of(payload, sizeof(payload));
	struct writer w = writer_of(file_bytes, sizeof(file_bytes));
	struct inventory in;

	(void)state;
	p_sound(&p);
	assert_status(sign1_write(key, &table, writer_view(&p), &w), OK);
	assert_status(
	    inventory_read(writer_view(&w), &in), INVENTORY_MALFORMED);
}

/* Whose signature counts, and one device in two files. */
static void
test_add(void **state)
{
	static const char text[] = HEAD EK_A ",x," SLOT "\n";
	static const char elsewhere[] = HEAD EK_B ",x," SLOT "\n";
	struct inventories *all = inventories_new();
	char detail[INVENTORY_DETAIL], policy_text[256], error[256];
	struct policy policy;

	(void)state;
	assert_non_null(all);
	snprintf(policy_text, sizeof(policy_text),
	    "[policy]\ntrust-inventory = %s\n", finger);
	assert_status(policy_parse(bytes_str(policy_text), &policy, error,
			  sizeof(error)),
	    OK);
	assert_status(inventories_add(all, sign(other_key, text), &policy,
			  detail),
	    INVENTORY_UNSIGNED);
	assert_non_null(strstr(detail, other_finger));
	assert_status(
	    inventories_add(all, sign(key, text), NULL, detail),
	    INVENTORY_UNSIGNED);
	assert_status(
	    inventories_add(all, sign(key, text), &policy, detail), OK);
	assert_status(
	    inventories_add(all, sign(key, text), &policy, detail), OK);
	assert_status(inventories_add(all, sign(key, elsewhere), &policy,
			  detail),
	    INVENTORY_CONFLICT);
	inventories_free(all);
}

/* Where devices show themselves. */
static uint8_t ek_here[34] = {0, 0x0b, 0x11}, ek_there[34] = {0, 0x0b, 0x22};
static const char *address = SLOT;
static bool name_ek = true;

/* The claims name an endorsement key, the device its address. */
static void
place(struct forge *f)
{
	struct claims *c = &f->claims;

	if (name_ek)
		c->ek_name = BYTES_OF(ek_here);
	assert_status(evidence_ueid(c->ak_name, c->ek_name, f->ueid), OK);
	for (size_t i = 0; i < c->device_count; i++) {
		struct fact_list facts = {.n = 0};
		size_t start = f->arena.n;

		if (address != NULL)
			fact_add_text(&facts, FACT_PCI_ADDRESS,
			    SOURCE_SIMULATED, bytes_str(address));
		fact_add_uint(
		    &facts, FACT_PCI_VENDOR, SOURCE_SIMULATED, 0x1234);
		facts_encode(&facts, &f->arena);
		c->devices[i].facts =
		    bytes_view(f->arena.p + start, f->arena.n - start);
	}
}

static void
pinned(struct world *w)
{
	w->host.enrolment = ASSAY_PINNED;
	w->host.ek_name_len = 0;
}

static void
other_host(struct world *w)
{
	memcpy(w->host.ek_name, ek_there, sizeof(ek_there));
}

static void
no_time(struct world *w)
{
	w->has_time = false;
}

static void
too_late(struct world *w)
{
	w->time = INT64_C(1830000000);
}

static void
another_slot(struct world *w)
{
	(void)w;
	address = "0000:18:00.0";
}

static void
no_slot(struct world *w)
{
	(void)w;
	address = NULL;
}

static void
long_slot(struct world *w)
{
	(void)w;
	address = "00000000:17:00.0";
}

static void
no_ek(struct world *w)
{
	pinned(w);
	name_ek = false;
}

static void
signs_nothing(struct world *w)
{
	w->forge.devices_sign = false;
}

static void
bad_signature(struct world *w)
{
	w->forge.flaw = FLAW_SIGNATURE;
}

enum { HERE = 1, THERE = 2, MORE = 4, NO_SLOT = 8, OTHER_DEVICE = 16 };

static const struct place_row {
	const char *name;
	unsigned list; /* 0: no inventory */
	void (*world)(struct world *w);
	enum status want; /* OK: none of placement's */
	int exit;
	bool endorsed;
} places[] = {
    {"endorsed", HERE, NULL, OK, 2, true},
    {"endorsed_domain_of_8", HERE, long_slot, OK, 2, true},
    {"endorsed_no_slot_said", HERE | NO_SLOT, NULL, OK, 2, true},
    {"no_inventory", 0, NULL, OK, 2, false},
    {"T05_another_host", THERE, NULL, PLACEMENT_HOST, 1, false},
    {"T05_record_of_another_host", HERE, other_host, PLACEMENT_HOST, 1,
	false},
    {"pinned_is_not_proved", HERE, pinned, OK, 2, false},
    {"pinned_at_another_host", THERE, pinned, PLACEMENT_HOST, 1, false},
    {"no_ek_no_place", THERE, no_ek, OK, 2, false},
    {"another_slot", HERE, another_slot, PLACEMENT_SLOT, 1, false},
    {"slot_not_told", HERE, no_slot, OK, 2, false},
    {"not_listed", HERE | OTHER_DEVICE, NULL, PLACEMENT_UNLISTED, 1, false},
    {"T10_one_is_missing", HERE | MORE, NULL, PLACEMENT_MISSING, 1, true},
    {"T10_signs_nothing", HERE, signs_nothing, PLACEMENT_MISSING, 1, false},
    {"T10_bad_signature", HERE, bad_signature, PLACEMENT_MISSING, 1, false},
    {"expired", HERE, too_late, INVENTORY_EXPIRED, 3, false},
    {"no_time", HERE, no_time, OK, 2, false},
};

/* The inventory that a row asks for. */
static struct bytes
inventory_of(unsigned list)
{
	char ek[2 * 34 + 1], text[1024];

	if (list == 0)
		return (struct bytes){NULL, 0};
	bytes_to_hex(
	    list & THERE ? BYTES_OF(ek_there) : BYTES_OF(ek_here), ek);
	snprintf(text, sizeof(text), HEAD "%s,%s,%s\n%s%s",
	    ek, list & OTHER_DEVICE ? "simulated:00" : identity,
	    list & NO_SLOT ? "" : SLOT, list & MORE ? ek : "",
	    list & MORE ? ",nvidia:01,\n" : "");
	return sign(key, text);
}

static bool
placement_code(enum status st)
{
	return st >= INVENTORY_MALFORMED && st <= PLACEMENT_MISSING;
}

static void
check_reasons(const struct assay_result *r, const struct place_row *row)
{
	bool found = row->want == OK;

	for (size_t i = 0; i < r->reason_count; i++) {
		enum status st = r->reasons[i].code;

		found |= st == row->want;
		if (placement_code(st) && row->want == OK)
			fail_msg("%s: %s", status_name(st),
			    r->reasons[i].detail);
	}
	if (!found)
		fail_msg("no %s", status_name(row->want));
}

static void
place_row(void **state)
{
	const struct place_row *row = *state;
	static char policy[512];
	struct assay_result *r;
	json_t *device;

	world_reset(&world);
	world.forge.devices_sign = true;
	world.host.enrolment = ASSAY_ENROLLED;
	memcpy(world.host.ek_name, ek_here, sizeof(ek_here));
	world.host.ek_name_len = sizeof(ek_here);
	address = SLOT;
	name_ek = true;
	snprintf(policy, sizeof(policy), "%strust-inventory = %s\n",
	    forge_policy, finger);
	world.policy = policy;
	if (row->world != NULL)
		row->world(&world);
	world.inventory = inventory_of(row->list);
	r = world_verify(&world, FORGE_CLAIMS, place);
	assert_non_null(r);
	check_reasons(r, row);
	assert_int_equal(assay_result_exit(r), row->exit);
	device = json_object_get(
	    json_object_get(r->data, "devices"), "gpu-0");
	assert_int_equal(
	    json_object_get(device, "endorsed") != NULL, row->endorsed);
	assert_int_equal(!r->not_checked[CHECK_PLACEMENT], row->endorsed);
	assay_result_free(r);
}

/* A list made of a bundle is one that can be signed, and then holds. */
static void
test_round(void **state)
{
	static char text[4096];
	struct assay_result *r;
	struct inventory in;
	struct bytes file;

	(void)state;
	world_reset(&world);
	world.forge.devices_sign = true;
	address = SLOT;
	name_ek = true;
	r = world_verify(&world, FORGE_CLAIMS, place);
	assert_non_null(r);
	assert_in_range(assay_result_write(r, ASSAY_LEARNED, NULL, text,
			    sizeof(text)),
	    1, sizeof(text) - 1);
	assay_result_free(r);
	file = sign(key, text);
	assert_status(inventory_read(file, &in), OK);
	assert_int_equal(in.count, 1);
	assert_true(bytes_eq(in.place[0].identity, bytes_str(identity)));
	assert_true(bytes_eq(in.place[0].slot, bytes_str(SLOT)));
	assert_true(bytes_eq(in.place[0].ek_name, BYTES_OF(ek_here)));
	inventory_free(&in);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_flips),
	    cmocka_unit_test(test_other_type),
	    cmocka_unit_test(test_add),
	    cmocka_unit_test(test_round),
	};
	char hex[2 * FORGE_SERIAL_LEN + 1];
	int rc;

	if (!world_open(&world, KEY_P256) ||
	    assay_key(ASSAY_KEY_NEW, NULL, key, sizeof(key)) <= 0 ||
	    assay_key(ASSAY_KEY_FINGERPRINT, key, finger, sizeof(finger)) !=
		64 ||
	    assay_key(ASSAY_KEY_NEW, NULL, other_key, sizeof(other_key)) <=
		0 ||
	    assay_key(ASSAY_KEY_FINGERPRINT, other_key, other_finger,
		sizeof(other_finger)) != 64)
		return 1;
	bytes_to_hex(BYTES_OF(world.forge.board.serial), hex);
	snprintf(identity, sizeof(identity), "simulated:%s", hex);
	rc = kit_run_rows("lists", lists, sizeof(lists[0]), COUNT(lists),
	    list_row, NULL, 0);
	rc |= kit_run_rows("files", files, sizeof(files[0]), COUNT(files),
	    file_row, NULL, 0);
	rc |= kit_run_rows("places", places, sizeof(places[0]), COUNT(places),
	    place_row, tests, COUNT(tests));
	world_close(&world);
	return rc;
}
