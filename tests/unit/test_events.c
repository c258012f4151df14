/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What events say, and what their digests vouch for.  The data are given as
 * views of exactly their size.
 */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include "event_describe.h"
#include "event_types.h"
#include "forge.h"

enum { BUF = 2048 };

static uint8_t buf[BUF];
static struct event_said said;

/* Describe DATA under TYPE with the digest of HASHED. */
static void
tell(uint32_t type, struct bytes data, struct bytes hashed)
{
	uint8_t *copy = malloc(data.n > 0 ? data.n : 1);
	struct digest d;
	struct event e = {.pcr = 0, .type = type, .digests = 1};

	assert_non_null(copy);
	if (data.n > 0)
		memcpy(copy, data.p, data.n);
	assert_status(hash_one(HASH_SHA256, hashed, &d), OK);
	e.digest[0].id = HASH_SHA256;
	e.digest[0].value = digest_view(&d);
	e.data = bytes_view(copy, data.n);
	assert_status(event_describe(&e, HASH_SHA256, &said), OK);
	free(copy);
}

/* A row: the type, its data in digits, whether they have its form, text. */
static const struct row {
	const char *name;
	const char *type;
	const char *data;
	bool malformed;
	const char *says;
} rows[] = {
    {"separator", "EV_SEPARATOR", "00000000", false, "separator"},
    {"separator of ones", "EV_SEPARATOR", "ffffffff", false,
	"separator of ones"},
    {"separator that says error", "EV_SEPARATOR", "00000001", false,
	"error: 4 bytes 00000001"},
    {"action", "EV_EFI_ACTION", "45786974", false, "Exit"},
    {"version in UTF-16", "EV_S_CRTM_VERSION", "3100320000", false,
	"5 bytes 3100320000"},
    {"version", "EV_S_CRTM_VERSION", "310032000000", false, "12"},
    {"version as a GUID", "EV_S_CRTM_VERSION",
	"61dfe48bca93d211aa0d00e098032b8c", false,
	"8be4df61-93ca-11d2-aa0d-00e098032b8c"},
    {"firmware blob", "EV_EFI_PLATFORM_FIRMWARE_BLOB",
	"00008200000000000000e00000000000", false,
	"0xe00000 bytes at 0x820000"},
    {"POST code of nine bytes", "EV_POST_CODE", "414350492044415441", false,
	"ACPI DATA"},
    {"escapes", "EV_ACTION", "415c1b5b6d", false, "5 bytes 415c1b5b6d"},
    {"backslash", "EV_ACTION", "415c42", false, "A\\\\B"},
    {"no data", "EV_ACTION", "", false, "0 bytes"},
    {"a type that nobody knows", "0x12345678", "0102", false,
	"2 bytes 0102"},
    {"tagged", "EV_EVENT_TAG", "ed223b8f020000004142", false,
	"tag 8f3b22ed AB"},
    {"tagged twice", "EV_EVENT_TAG",
	"01000000020000004142" "02000000010000000c", false,
	"tag 00000001 AB, tag 00000002 1 bytes 0c"},
    {"tagged, too long", "EV_EVENT_TAG", "ed223b8f030000004142", true,
	"malformed, 10 bytes ed223b8f030000004142"},
    {"tagged, largest size", "EV_EVENT_TAG", "ed223b8fffffffff4142", true,
	NULL},
    {"handoff tables", "EV_EFI_HANDOFF_TABLES", "0000000000000000", false,
	"0 tables"},
    {"handoff tables, too many", "EV_EFI_HANDOFF_TABLES",
	"ffffffffffffffff", true, NULL},
    {"handoff tables, overflow", "EV_EFI_HANDOFF_TABLES",
	"abaaaaaaaaaaaa0a" "0000000000000000", true, NULL},
    {"firmware blob 2", "EV_EFI_PLATFORM_FIRMWARE_BLOB2",
	"03464100" "0100000000000000" "0200000000000000", false,
	"FA: 0x2 bytes at 0x1"},
    {"firmware blob 2, name too long", "EV_EFI_PLATFORM_FIRMWARE_BLOB2",
	"ff464100" "0100000000000000" "0200000000000000", true, NULL},
    /* N50: constants cut short. */
    {"N50 H-CRTM", "EV_EFI_HCRTM_EVENT", "484352544d", false, "HCRTM"},
    {"N50 H-CRTM with its NUL", "EV_EFI_HCRTM_EVENT", "484352544d00", false,
	"HCRTM"},
    {"N50 H-CRTM cut", "EV_EFI_HCRTM_EVENT", "48435254", true, NULL},
    {"N50 H-CRTM empty", "EV_EFI_HCRTM_EVENT", "", true, NULL},
    {"N50 H-CRTM with more", "EV_EFI_HCRTM_EVENT", "484352544d0000", true,
	NULL},
    {"N50 omitted boot", "EV_OMIT_BOOT_DEVICE_EVENTS",
	"424f4f5420415454454d505453204f4d4954544544", false,
	"BOOT ATTEMPTS OMITTED"},
    {"N50 omitted boot cut", "EV_OMIT_BOOT_DEVICE_EVENTS",
	"424f4f5420415454454d505453204f4d495454", true, NULL},
    {"N50 omitted boot empty", "EV_OMIT_BOOT_DEVICE_EVENTS", "", true, NULL},
    /* N60: lengths that overflow, paths that never end. */
    {"variable", "EV_EFI_VARIABLE_DRIVER_CONFIG",
	"61dfe48bca93d211aa0d00e098032b8c" "0200000000000000"
	"0100000000000000" "50004b00" "01", false, "PK = 01"},
    {"variable, empty", "EV_EFI_VARIABLE_DRIVER_CONFIG",
	"61dfe48bca93d211aa0d00e098032b8c" "0200000000000000"
	"0000000000000000" "50004b00", false, "PK = empty"},
    {"N60 name length overflows", "EV_EFI_VARIABLE_DRIVER_CONFIG",
	"61dfe48bca93d211aa0d00e098032b8c" "0200000000000080"
	"0100000000000000" "50004b00" "01", true, NULL},
    {"N60 largest name length", "EV_EFI_VARIABLE_DRIVER_CONFIG",
	"61dfe48bca93d211aa0d00e098032b8c" "ffffffffffffffff"
	"0100000000000000" "50004b00" "01", true, NULL},
    {"N60 largest value length", "EV_EFI_VARIABLE_DRIVER_CONFIG",
	"61dfe48bca93d211aa0d00e098032b8c" "0200000000000000"
	"ffffffffffffffff" "50004b00" "01", true, NULL},
    {"variable, one byte more", "EV_EFI_VARIABLE_DRIVER_CONFIG",
	"61dfe48bca93d211aa0d00e098032b8c" "0200000000000000"
	"0100000000000000" "50004b00" "0101", true, NULL},
    {"variable, cut", "EV_EFI_VARIABLE_DRIVER_CONFIG",
	"61dfe48bca93d211aa0d00e098032b8c" "02000000", true, NULL},
    {"image", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0a00000000000000" "01010600" "0203" "7fff0400", false,
	"0x10 bytes from Pci(0x3,0x2)"},
    {"image of no path", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0000000000000000", false, "0x10 bytes"},
    {"N60 node of length zero", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0800000000000000" "01010000" "7fff0400", true, NULL},
    {"N60 node of length three", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0800000000000000" "01010300" "7fff0400", true, NULL},
    {"N60 node past the end", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0800000000000000" "0101ffff" "7fff0400", true, NULL},
    {"N60 path without end", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0600000000000000" "010106000203", true, NULL},
    {"N60 bytes after the end", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0500000000000000" "7fff040000", true, NULL},
    {"N60 path length overflows", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"ffffffffffffffff" "7fff0400", true, NULL},
    {"PCI node of another length", "EV_EFI_BOOT_SERVICES_APPLICATION",
	"0000000000000000" "1000000000000000" "0000000000000000"
	"0b00000000000000" "01010700" "020300" "7fff0400", true, NULL},
};

static void
run_row(void **state)
{
	const struct row *row = *state;
	struct bytes data;
	uint32_t type;

	assert_true(event_type_from_name(bytes_str(row->type), &type));
	data = kit_hex(row->data, buf, sizeof(buf));
	tell(type, data, data);
	assert_int_equal(said.malformed, row->malformed);
	assert_int_equal(said.binding, BOUND_DATA);
	if (row->says != NULL)
		assert_string_equal(said.line.text, row->says);
}

/* UEFI_GPT_DATA with COUNT entries of SIZE bytes, as it says. */
static struct bytes
gpt(uint64_t count, uint32_t size, size_t entries)
{
	struct writer w = writer_of(buf, sizeof(buf));

	memset(buf, 0, sizeof(buf));
	write_str(&w, "EFI PART");
	write_space(&w, 76);
	write_le32(&w, size);
	write_space(&w, 4);
	write_le32(&w, (uint32_t)count);
	write_le32(&w, (uint32_t)(count >> 32));
	write_space(&w, entries * 128);
	return writer_view(&w);
}

/* N60: partition counts and sizes whose product overflows. */
static void
n60_gpt(void **state)
{
	static const struct {
		uint64_t count;
		uint32_t size;
		size_t entries;
		bool malformed;
	} cases[] = {
	    {2, 128, 2, false},
	    {0, 128, 0, false},
	    {2, 128, 1, true},
	    {1, 128, 2, true},
	    {1, 256, 2, false},
	    {2, 0, 2, true},
	    {2, 64, 1, true},
	    {UINT64_C(0x0200000000000001), 128, 1, true},
	    {UINT64_MAX, UINT32_MAX, 1, true},
	    {UINT64_C(0x100000000), 128, 0, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes data = gpt(
		    cases[i].count, cases[i].size, cases[i].entries);

		tell(EV_EFI_GPT_EVENT, data, data);
		assert_int_equal(said.malformed, cases[i].malformed);
	}
	buf[0] = 'e';
	tell(EV_EFI_GPT_EVENT, bytes_view(buf, 100), BYTES_LIT(""));
	assert_true(said.malformed);
	assert_int_equal(said.binding, BOUND_NOT);
	assert_true(said.mismatch);
}

/* What a digest vouches for: all of the data, a part, nothing. */
static void
test_binding(void **state)
{
	static const struct {
		uint32_t type;
		const char *data, *hashed;
		enum event_binding want;
	} cases[] = {
	    {0x0d, "grub_cmd: boot", "boot", BOUND_PART},
	    {0x0d, "grub_cmd boot", "boot", BOUND_PART},
	    {0x0d, "kernel_cmdline: /vmlinuz", "/vmlinuz", BOUND_PART},
	    {0x0d, "grub_cmd: boot", "grub_cmd: boot", BOUND_DATA},
	    {0x0d, "grub_cmd: boot", "oot", BOUND_NOT},
	    {0x0d, "other: boot", "boot", BOUND_NOT},
	    {0x06, "grub_cmd: boot", "boot", BOUND_NOT},
	    {0x05, "boot", "boo", BOUND_NOT},
	    {0x03, "boot", "boot", BOUND_NONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		tell(cases[i].type, bytes_str(cases[i].data),
		    bytes_str(cases[i].hashed));
		assert_int_equal(said.binding, cases[i].want);
	}
	/* A text with its NUL, which GRUB does not hash, or does. */
	tell(EV_IPL, bytes_view("grub_cmd: a", 12), BYTES_LIT("a"));
	assert_int_equal(said.binding, BOUND_PART);
	tell(EV_IPL, bytes_view("grub_cmd: a", 12), bytes_view("a", 2));
	assert_int_equal(said.binding, BOUND_PART);
	/* Of a boot variable only the value, when firmware is old. */
	kit_hex("61dfe48bca93d211aa0d00e098032b8c0200000000000000"
		"020000000000000050004b000607", buf, sizeof(buf));
	tell(EV_EFI_VARIABLE_BOOT, bytes_view(buf, 38), bytes_view(buf, 38));
	assert_int_equal(said.binding, BOUND_DATA);
	tell(EV_EFI_VARIABLE_BOOT, bytes_view(buf, 38),
	    bytes_view(buf + 36, 2));
	assert_int_equal(said.binding, BOUND_PART);
	tell(EV_EFI_VARIABLE_DRIVER_CONFIG, bytes_view(buf, 38),
	    bytes_view(buf + 36, 2));
	assert_int_equal(said.binding, BOUND_NOT);
	assert_true(said.mismatch);
}

/* DEVICE_SECURITY_EVENT_DATA2 of a PCI device, with one measurement. */
static size_t
spdm2(struct writer *w)
{
	write_str(w, "SPDM Device Sec2");
	write_le16(w, 2);
	write_u8(w, 0); /* authenticated */
	write_u8(w, 0);
	write_le32(w, 0);
	write_le32(w, 1); /* PCI */
	write_le32(w, 0);
	write_le32(w, 8 + 4 + 3 + 2);
	write_le32(w, 7);
	write_le32(w, 0);
	write_le32(w, 10); /* device path */
	write_le32(w, 0);
	kit_hex("0101060000087fff0400", write_space(w, 10), 10);
	write_le16(w, 0x11);
	write_u8(w, 1);
	write_u8(w, 0);
	write_le32(w, 4);
	write_u8(w, 3); /* index */
	write_u8(w, 1);
	write_le16(w, 5);
	write_u8(w, 0x81);
	write_le16(w, 2);
	write_u8(w, 0xab);
	write_u8(w, 0xcd);
	write_le16(w, 0);
	write_le16(w, 16);
	write_le16(w, 0x10de);
	write_le16(w, 0x2330);
	write_space(w, 8);
	return w->n;
}

static void
test_spdm(void **state)
{
	struct writer w = writer_of(buf, sizeof(buf));
	size_t n = spdm2(&w);

	(void)state;
	tell(EV_EFI_SPDM_FIRMWARE_BLOB, bytes_view(buf, n),
	    bytes_view(buf, n));
	assert_false(said.malformed);
	assert_int_equal(said.binding, BOUND_DATA);
	assert_string_equal(said.line.text,
	    "SPDM authenticated: measurement 3 type 0x81 abcd "
	    "of PCI device 10de:2330 at Pci(0x8,0x0)");
	for (size_t cut = 0; cut < n; cut++) {
		tell(EV_EFI_SPDM_FIRMWARE_CONFIG, bytes_view(buf, cut),
		    bytes_view(buf, cut));
		assert_true(said.malformed);
	}
	buf[18] = 4;
	tell(EV_EFI_SPDM_FIRMWARE_BLOB, bytes_view(buf, n),
	    bytes_view(buf, n));
	assert_non_null(strstr(said.line.text, "invalid signature"));
}

/* The first form: one block, then the device. */
static void
test_spdm_first_form(void **state)
{
	struct writer w = writer_of(buf, sizeof(buf));

	(void)state;
	write_bytes(&w, bytes_view("SPDM Device Sec", 16));
	write_le16(&w, 1);
	write_le16(&w, 28 + 9);
	write_le32(&w, 4);
	write_le32(&w, 0); /* no device context */
	write_u8(&w, 1);
	write_u8(&w, 1);
	write_le16(&w, 5);
	write_u8(&w, 1);
	write_le16(&w, 2);
	write_u8(&w, 1);
	write_u8(&w, 2);
	tell(EV_EFI_SPDM_FIRMWARE_BLOB, writer_view(&w), writer_view(&w));
	assert_false(said.malformed);
	assert_string_equal(
	    said.line.text, "SPDM measurement 1 type 0x01 0102");
	for (size_t cut = 0; cut < w.n; cut++) {
		tell(EV_EFI_SPDM_FIRMWARE_BLOB, bytes_view(buf, cut),
		    bytes_view(buf, cut));
		assert_true(said.malformed);
	}
	buf[15] = 'x';
	tell(EV_EFI_SPDM_FIRMWARE_BLOB, writer_view(&w), writer_view(&w));
	assert_true(said.malformed);
}

/* A line that is too long ends in dots; nothing is written past it. */
static void
test_long_line(void **state)
{
	(void)state;
	memset(buf, 'a', sizeof(buf));
	tell(EV_ACTION, BYTES_OF(buf), BYTES_OF(buf));
	assert_int_equal(strlen(said.line.text), LINE_MAX_BYTES - 1);
	assert_string_equal(said.line.text + LINE_MAX_BYTES - 4, "...");
}

static void
test_names(void **state)
{
	uint32_t type;

	(void)state;
	assert_string_equal(event_type_name(0x80000001),
	    "EV_EFI_VARIABLE_DRIVER_CONFIG");
	assert_null(event_type_name(0x80000011));
	assert_true(event_type_from_name(BYTES_LIT("0x80000011"), &type));
	assert_int_equal(type, 0x80000011);
	assert_false(event_type_from_name(BYTES_LIT("0x8000001"), &type));
	assert_false(event_type_from_name(BYTES_LIT("EV_NOTHING"), &type));
	assert_false(event_type_from_name(BYTES_LIT(""), &type));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(n60_gpt),
	    cmocka_unit_test(test_binding),
	    cmocka_unit_test(test_spdm),
	    cmocka_unit_test(test_spdm_first_form),
	    cmocka_unit_test(test_long_line),
	    cmocka_unit_test(test_names),
	};

	if (crypto_init_verify() != OK)
		return 1;
	return kit_run_rows("events", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
}
