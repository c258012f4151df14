/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies for events: how they are read, what they refuse, and how they are
 * learned.  Logs are forged in one bank.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_forms.h"
#include "event_learn.h"
#include "event_types.h"
#include "forge.h"

enum { LOG = 16 * 1024 };

static const enum hash one[] = {HASH_SHA256};
static uint8_t bytes[LOG];
static struct writer record;
static struct event_policy policy;
static struct event_findings found;
static char error[256];

#define HEAD "assay-event-policy 1\nbank sha256\nseparators any\n"
#define D32 "0102030405060708091011121314151617181920212223242526272829303132"

/* What cannot be read: the text, and the code. */
static const struct row {
	const char *name;
	const char *text;
	enum status want;
} rows[] = {
    {"least policy", "assay-event-policy 1\nbank sha256\n", OK},
    {"no newline at the end", "assay-event-policy 1\nbank sha1", OK},
    {"comments and blanks",
	"# x\n\n  assay-event-policy 1\n\t# y\nbank  sha256 \n", OK},
    {"a carriage return", "assay-event-policy 1\r\nbank sha256\n",
	POLICY_MALFORMED},
    {"empty", "", POLICY_MALFORMED},
    {"only comments", "# x\n", POLICY_MALFORMED},
    {"no first line", "bank sha256\n", POLICY_MALFORMED},
    {"another version", "assay-event-policy 2\nbank sha256\n",
	POLICY_MALFORMED},
    {"words after the version", "assay-event-policy 1 2\nbank sha256\n",
	POLICY_MALFORMED},
    {"not UTF-8", "assay-event-policy 1\nbank sha256\n# \xff\n",
	POLICY_MALFORMED},
    {"no bank", "assay-event-policy 1\n", POLICY_MALFORMED},
    {"bank of no hash", "assay-event-policy 1\nbank md5\n", CONFIG_VALUE},
    {"two banks", "assay-event-policy 1\nbank sha256\nbank sha256\n",
	CONFIG_VALUE},
    {"pcr before bank", "assay-event-policy 1\npcr 0\n", CONFIG_KEY},
    {"unknown key", HEAD "size 5\n", CONFIG_KEY},
    {"key after pcr", HEAD "pcr 0\nname x\n", CONFIG_KEY},
    {"secure boot, another word", HEAD "secure-boot yes\n", CONFIG_VALUE},
    {"secure boot, two words", HEAD "secure-boot any any\n", CONFIG_VALUE},
    {"data, another word", HEAD "data good\n", CONFIG_VALUE},
    {"name", HEAD "name rack 12\n", OK},
    {"no name", HEAD "name\n", CONFIG_VALUE},
    {"two names", HEAD "name a\nname b\n", CONFIG_VALUE},
    {"name of 64 bytes",
	HEAD "name "
	"0123456789012345678901234567890123456789012345678901234567890123\n",
	CONFIG_VALUE},
    {"pcr 23", HEAD "pcr 23\n", OK},
    {"pcr 24", HEAD "pcr 24\n", CONFIG_VALUE},
    {"pcr 00", HEAD "pcr 00\n", CONFIG_VALUE},
    {"pcr without a number", HEAD "pcr\n", CONFIG_VALUE},
    {"two PCRs in one", HEAD "pcr 0,1\n", CONFIG_VALUE},
    {"pcr of many digits", HEAD "pcr 00000000000000000\n", CONFIG_VALUE},
    {"pcr twice", HEAD "pcr 1\npcr 1\n", CONFIG_KEY},
    {"event before pcr", HEAD "event EV_ACTION any\n", CONFIG_KEY},
    {"event", HEAD "pcr 0\nevent EV_ACTION digest " D32 "\n", OK},
    {"event by number", HEAD "pcr 0\nevent 0x00000005 any\n", OK},
    {"unknown type", HEAD "pcr 0\nevent EV_NOTHING any\n", CONFIG_VALUE},
    {"type that is never measured", HEAD "pcr 0\nevent EV_NO_ACTION any\n",
	CONFIG_VALUE},
    {"event without a match", HEAD "pcr 0\nevent EV_ACTION\n", CONFIG_VALUE},
    {"unknown match", HEAD "pcr 0\nevent EV_ACTION like x\n", CONFIG_VALUE},
    {"digest of another length", HEAD "pcr 0\nevent EV_ACTION digest 00\n",
	CONFIG_VALUE},
    {"digest with more", HEAD "pcr 0\nevent EV_ACTION digest " D32 " x\n",
	CONFIG_VALUE},
    {"digest not in digits", HEAD "pcr 0\nevent EV_ACTION digest x" D32 "\n",
	CONFIG_VALUE},
    {"alternatives", HEAD "pcr 0\nevent EV_ACTION digest " D32
	"\nor digest " D32 "\nor text \"a\"\n", OK},
    {"alternative to nothing", HEAD "pcr 0\nor digest " D32 "\n",
	CONFIG_KEY},
    {"alternative across PCRs", HEAD "pcr 0\nevent EV_ACTION text \"a\"\n"
	"pcr 1\nor text \"b\"\n", CONFIG_KEY},
    {"any and more", HEAD "pcr 0\nevent EV_ACTION any x\n", CONFIG_VALUE},
    {"alternative to any", HEAD "pcr 0\nevent EV_ACTION any\nor any\n",
	CONFIG_VALUE},
    {"any as an alternative",
	HEAD "pcr 0\nevent EV_ACTION text \"a\"\nor any\n", CONFIG_VALUE},
    {"text", HEAD "pcr 0\nevent EV_ACTION text \"a \\\"b\\\" \\\\ \\x00\"\n",
	OK},
    {"text without quotes", HEAD "pcr 0\nevent EV_ACTION text a\n",
	CONFIG_VALUE},
    {"text without its end", HEAD "pcr 0\nevent EV_ACTION text \"a\n",
	CONFIG_VALUE},
    {"text that ends in an escape", HEAD "pcr 0\nevent EV_ACTION text \"a\\",
	CONFIG_VALUE},
    {"text with a bad escape",
	HEAD "pcr 0\nevent EV_ACTION text \"\\xg0\"\n", CONFIG_VALUE},
    {"empty text", HEAD "pcr 0\nevent EV_ACTION text \"\"\n", CONFIG_VALUE},
    {"words after the text", HEAD "pcr 0\nevent EV_ACTION text \"a\" b\n",
	CONFIG_VALUE},
    {"variable", HEAD "pcr 7\nevent EV_EFI_VARIABLE_DRIVER_CONFIG "
	"variable SecureBoot 01\n", OK},
    {"variable of any value", HEAD "pcr 7\n"
	"optional EV_EFI_VARIABLE_DRIVER_CONFIG variable dbx any\n", OK},
    {"variable without value", HEAD "pcr 7\n"
	"event EV_EFI_VARIABLE_DRIVER_CONFIG variable dbx\n", CONFIG_VALUE},
    {"variable of half a byte", HEAD "pcr 7\n"
	"event EV_EFI_VARIABLE_DRIVER_CONFIG variable dbx 0\n",
	CONFIG_VALUE},
    {"variable that nobody knows", HEAD "pcr 7\n"
	"event EV_EFI_VARIABLE_DRIVER_CONFIG variable XY 01\n",
	CONFIG_VALUE},
    {"variable with more", HEAD "pcr 7\n"
	"event EV_EFI_VARIABLE_DRIVER_CONFIG variable dbx 00 00\n",
	CONFIG_VALUE},
};

static enum status
parse(const char *text)
{
	event_policy_free(&policy);
	memset(error, 0, sizeof(error));
	return event_policy_parse(
	    bytes_str(text), &policy, error, sizeof(error));
}

static void
run_row(void **state)
{
	const struct row *row = *state;

	assert_status(parse(row->text), row->want);
	assert_true(row->want == OK || error[0] != '\0');
	event_policy_free(&policy);
}

static void
start(void)
{
	record = writer_of(bytes, sizeof(bytes));
	forge_log_start(&record, one, 1);
}

static void
put(uint32_t pcr, uint32_t type, const char *text)
{
	forge_log_event(&record, one, 1, pcr, type, bytes_str(text));
}

static const uint8_t separator[4];

static void
put_separators(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		forge_log_event(
		    &record, one, 1, i, EV_SEPARATOR, BYTES_OF(separator));
}

/* Findings must be exactly these codes, in order; OK ends them. */
static void
expect(const char *text, const enum status *codes)
{
	size_t n = 0;

	assert_status(parse(text), OK);
	assert_status(
	    event_policy_compare(&policy, writer_view(&record), &found), OK);
	for (n = 0; n < found.n && codes[n] != OK; n++)
		assert_status(found.f[n].code, codes[n]);
	assert_int_equal(n, found.n);
	assert_status(codes[n], OK);
	event_policy_free(&policy);
}

#define EXPECT(text, ...) expect(text, (const enum status[]){__VA_ARGS__})

/* Order, number and digests of the events of one PCR. */
static void
test_order(void **state)
{
	static const char abc[] = HEAD "pcr 4\n"
	    "event EV_ACTION text \"a\"\noptional EV_ACTION text \"b\"\n"
	    "event EV_ACTION text \"c\"\nor text \"d\"\n";

	(void)state;
	start();
	EXPECT(HEAD, OK);
	EXPECT(HEAD "pcr 4\n", OK);
	EXPECT(abc, EVENT_MISSING, OK);
	put(4, EV_ACTION, "a");
	EXPECT(HEAD "pcr 4\n", EVENT_UNEXPECTED, OK);
	EXPECT(abc, EVENT_MISSING, OK);
	put(4, EV_ACTION, "c");
	EXPECT(abc, OK);
	put(5, EV_ACTION, "another PCR");
	EXPECT(abc, OK);
	EXPECT(HEAD "pcr 5\nevent EV_ACTION any\n", OK);
	put(4, EV_ACTION, "x");
	EXPECT(abc, EVENT_UNEXPECTED, OK);
	start();
	put(4, EV_ACTION, "a");
	put(4, EV_ACTION, "b");
	put(4, EV_ACTION, "d");
	EXPECT(abc, OK);
	start();
	put(4, EV_ACTION, "a");
	put(4, EV_ACTION, "x");
	EXPECT(abc, EVENT_MISMATCH, EVENT_MISSING, OK);
	start();
	put(4, EV_ACTION, "x");
	put(4, EV_ACTION, "b");
	put(4, EV_ACTION, "y");
	EXPECT(abc, EVENT_MISMATCH, EVENT_MISMATCH, OK);
	assert_int_equal(found.f[0].event, 1);
	assert_int_equal(found.f[1].event, 3);
	assert_non_null(strstr(found.f[1].text, "event 3, PCR 4, EV_ACTION"));
	start();
	put(4, EV_ACTION, "a");
	put(4, EV_IPL, "c");
	EXPECT(abc, EVENT_UNEXPECTED, OK);
}

/* Several optional events: every way through is tried. */
static void
test_optional(void **state)
{
	static const char text[] = HEAD "pcr 4\n"
	    "optional EV_ACTION any\noptional EV_ACTION text \"b\"\n"
	    "event EV_ACTION text \"a\"\noptional EV_ACTION text \"b\"\n";

	(void)state;
	start();
	put(4, EV_ACTION, "a");
	EXPECT(text, OK);
	put(4, EV_ACTION, "b");
	EXPECT(text, OK);
	start();
	put(4, EV_ACTION, "b");
	put(4, EV_ACTION, "a");
	EXPECT(text, OK);
	start();
	put(4, EV_ACTION, "a");
	put(4, EV_ACTION, "a");
	put(4, EV_ACTION, "b");
	EXPECT(text, OK);
	put(4, EV_ACTION, "b");
	EXPECT(text, EVENT_UNEXPECTED, OK);
}

/* PCRs may be listed in any order, and are walked each by itself. */
static void
test_sections(void **state)
{
	static const char text[] = HEAD "pcr 9\nevent EV_IPL text \"x\"\n"
	    "event EV_IPL text \"y\"\npcr 4\nevent EV_ACTION text \"a\"\n"
	    "pcr 10\npcr 0\nevent EV_ACTION text \"z\"\n";

	(void)state;
	start();
	put(4, EV_ACTION, "a");
	put(9, EV_IPL, "x");
	put(0, EV_ACTION, "z");
	put(9, EV_IPL, "y");
	EXPECT(text, OK);
	put(10, EV_IPL, "x");
	EXPECT(text, EVENT_UNEXPECTED, OK);
	start();
	put(9, EV_IPL, "y");
	put(9, EV_IPL, "x");
	EXPECT(text, EVENT_MISMATCH, EVENT_MISMATCH, EVENT_MISSING,
	    EVENT_MISSING, OK);
}

/* A text in each of the forms in which firmware and loaders hash it. */
static void
test_text(void **state)
{
	static const char wide[] = "q\0 \0x\0\0";
	static const struct bytes forms[] = {
	    {(const uint8_t *)"q x", 3}, {(const uint8_t *)"q x", 4},
	    {(const uint8_t *)wide, 6}, {(const uint8_t *)wide, 8}};

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		start();
		forge_log_event(&record, one, 1, 9, EV_EVENT_TAG, forms[i]);
		EXPECT(HEAD "pcr 9\nevent EV_EVENT_TAG text \"q x\"\n", OK);
		EXPECT(HEAD "pcr 9\nevent EV_EVENT_TAG text \"q\\x20\\x78\"\n",
		    OK);
		EXPECT(HEAD "pcr 9\nevent EV_EVENT_TAG text \"q  x\"\n",
		    EVENT_MISMATCH, OK);
	}
}

static struct bytes
variable(const char *name, const uint8_t guid[16], struct bytes value)
{
	static uint8_t buf[256];
	struct writer w = writer_of(buf, sizeof(buf));

	write_bytes(&w, bytes_view(guid, 16));
	write_le32(&w, (uint32_t)strlen(name));
	write_le32(&w, 0);
	write_le32(&w, (uint32_t)value.n);
	write_le32(&w, 0);
	for (; *name != '\0'; name++)
		write_le16(&w, (uint8_t)*name);
	write_bytes(&w, value);
	return writer_view(&w);
}

static void
put_variable(uint32_t type, const char *name, struct bytes value)
{
	struct bytes guid;
	uint8_t copy[16];

	assert_true(variable_guid(name, &guid));
	memcpy(copy, guid.p, 16);
	forge_log_event(
	    &record, one, 1, 7, type, variable(name, copy, value));
}

static void
test_variable(void **state)
{
	static const char is_on[] = HEAD "pcr 7\n"
	    "event EV_EFI_VARIABLE_DRIVER_CONFIG variable SecureBoot 01\n";
	static const char any[] = HEAD "pcr 7\n"
	    "event EV_EFI_VARIABLE_DRIVER_CONFIG variable SecureBoot any\n";
	static const uint8_t other[16] = {1};
	size_t at;

	(void)state;
	start();
	at = record.n;
	put_variable(
	    EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot", BYTES_LIT("\1"));
	EXPECT(is_on, OK);
	EXPECT(any, OK);
	/* Data that the digest does not vouch for are not believed. */
	bytes[at + 4 + 4 + 4 + 2 + 31] ^= 1;
	EXPECT(any, EVENT_MISMATCH, OK);
	start();
	put_variable(EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot",
	    bytes_view("", 1));
	EXPECT(is_on, EVENT_MISMATCH, OK);
	EXPECT(any, OK);
	/* The same name under another vendor is another variable. */
	start();
	forge_log_event(&record, one, 1, 7, EV_EFI_VARIABLE_DRIVER_CONFIG,
	    variable("SecureBoot", other, BYTES_LIT("\1")));
	EXPECT(is_on, EVENT_MISMATCH, OK);
	EXPECT(any, EVENT_MISMATCH, OK);
	start();
	put_variable(
	    EV_EFI_VARIABLE_DRIVER_CONFIG, "PK", bytes_view(NULL, 0));
	EXPECT(HEAD "pcr 7\nevent EV_EFI_VARIABLE_DRIVER_CONFIG "
		    "variable PK empty\n", OK);
	EXPECT(HEAD "pcr 7\nevent EV_EFI_VARIABLE_DRIVER_CONFIG "
		    "variable KEK empty\n", EVENT_MISMATCH, OK);
}

/* PCR 7 of a host with secure boot; each part may be left out. */
enum { NO_DB = 1, NO_AUTHORITY = 2, NO_IMAGE = 4, IS_OFF = 8, NO_PK = 16,
	NO_SEPARATOR = 32 };

static void
put_secure_boot(int without)
{
	const uint32_t config = EV_EFI_VARIABLE_DRIVER_CONFIG;

	put_variable(config, "SecureBoot",
	    without & IS_OFF ? bytes_view("", 1) : BYTES_LIT("\1"));
	put_variable(config, "PK",
	    without & NO_PK ? bytes_view(NULL, 0) : BYTES_LIT("key"));
	put_variable(config, "KEK", BYTES_LIT("key"));
	if (!(without & NO_DB))
		put_variable(config, "db", BYTES_LIT("db"));
	put_variable(config, "dbx", BYTES_LIT("dbx"));
	if (!(without & NO_SEPARATOR))
		put_separators(7, 8);
	if (!(without & NO_AUTHORITY))
		put_variable(
		    EV_EFI_VARIABLE_AUTHORITY, "db", BYTES_LIT("cert"));
	if (!(without & NO_IMAGE))
		put(4, EV_EFI_BOOT_SERVICES_APPLICATION, "shim");
}

#define SB HEAD "secure-boot required\n"

static void
test_secure_boot(void **state)
{
	static const struct {
		int without;
		enum status codes[2];
	} cases[] = {
	    {0, {OK}},
	    {NO_DB, {SECURE_BOOT_OFF, OK}},
	    {NO_AUTHORITY, {SECURE_BOOT_UNPROVED, OK}},
	    {NO_IMAGE, {SECURE_BOOT_UNPROVED, OK}},
	    {NO_AUTHORITY | NO_IMAGE, {SECURE_BOOT_UNPROVED, OK}},
	    {IS_OFF, {SECURE_BOOT_OFF, OK}},
	    {NO_PK, {SECURE_BOOT_OFF, OK}},
	    {NO_SEPARATOR, {SECURE_BOOT_UNPROVED, OK}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		start();
		put_secure_boot(cases[i].without);
		expect(SB, cases[i].codes);
		EXPECT(HEAD, OK);
	}
	start();
	EXPECT(SB, SECURE_BOOT_OFF, SECURE_BOOT_OFF, SECURE_BOOT_OFF,
	    SECURE_BOOT_OFF, SECURE_BOOT_OFF, OK);
}

/* N34: what authorised a loader, under another type. */
static void
n34_retyped_authority(void **state)
{
	static const uint32_t types[] = {0x04, 0x12345678, 0x05, 0x80000001};
	static const enum status want[][3] = {
	    {SECURE_BOOT_UNPROVED}, {SECURE_BOOT_ORDER, SECURE_BOOT_UNPROVED},
	    {SECURE_BOOT_ORDER, SECURE_BOOT_UNPROVED},
	    {SECURE_BOOT_ORDER, SECURE_BOOT_UNPROVED}};
	size_t at;

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct writer w;

		start();
		put_secure_boot(NO_AUTHORITY);
		at = record.n;
		put_variable(
		    EV_EFI_VARIABLE_AUTHORITY, "db", BYTES_LIT("cert"));
		EXPECT(SB, OK);
		w = writer_of(bytes + at + 4, 4);
		write_le32(&w, types[i]);
		expect(SB, want[i]);
	}
	/* As a separator it is none, and one too many. */
	start();
	put_secure_boot(0);
	put_separators(0, 7);
	EXPECT("assay-event-policy 1\nbank sha256\n", OK);
	at = record.n;
	put_variable(EV_EFI_VARIABLE_AUTHORITY, "db", BYTES_LIT("cert"));
	bytes[at + 4] = EV_SEPARATOR & 0xff;
	bytes[at + 7] = 0;
	EXPECT("assay-event-policy 1\nbank sha256\n", EVENT_SEPARATOR, OK);
}

/* N35: a second separator, or one that says error. */
static void
n35_duplicate_separator(void **state)
{
	static const char text[] = "assay-event-policy 1\nbank sha256\n";

	(void)state;
	start();
	put_separators(0, 8);
	EXPECT(text, OK);
	EXPECT(HEAD, OK);
	put_separators(7, 8);
	EXPECT(text, EVENT_SEPARATOR, OK);
	assert_non_null(strstr(found.f[0].text, "second"));
	EXPECT(HEAD, OK);
	start();
	put_separators(0, 7);
	forge_log_event(
	    &record, one, 1, 7, EV_SEPARATOR, bytes_view("\1\0\0", 4));
	EXPECT(text, EVENT_SEPARATOR, OK);
	start();
	put_separators(0, 7);
	forge_log_event(
	    &record, one, 1, 7, EV_SEPARATOR, BYTES_LIT("\xff\xff\xff\xff"));
	EXPECT(text, OK);
}

/* N36: configuration of secure boot after the separator, or twice. */
static void
n36_after_separator(void **state)
{
	(void)state;
	start();
	put_secure_boot(0);
	put_variable(
	    EV_EFI_VARIABLE_DRIVER_CONFIG, "dbx", BYTES_LIT("other"));
	EXPECT(SB, SECURE_BOOT_ORDER, OK);
	start();
	put_variable(
	    EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot", BYTES_LIT("\1"));
	put_secure_boot(IS_OFF);
	EXPECT(SB, SECURE_BOOT_ORDER, SECURE_BOOT_OFF, OK);
	start();
	put_secure_boot(0);
	put(7, EV_ACTION, "anything");
	EXPECT(SB, SECURE_BOOT_ORDER, OK);
}

/* A variable that its digest does not vouch for is no configuration. */
static void
test_unbound_variable(void **state)
{
	size_t at;

	(void)state;
	start();
	at = record.n;
	put_secure_boot(IS_OFF);
	/* The value of SecureBoot, the last byte of its event. */
	bytes[at + 4 + 4 + 4 + 2 + 32 + 4 + 32 + 20] = 1;
	EXPECT(SB, EVENT_UNBOUND, SECURE_BOOT_OFF, OK);
}

/* N56: a PCR of the firmware without its separator. */
static void
n56_missing_separator(void **state)
{
	(void)state;
	start();
	put_separators(0, 3);
	put(3, EV_ACTION, "a");
	put_separators(4, 8);
	EXPECT("assay-event-policy 1\nbank sha256\n", EVENT_SEPARATOR, OK);
	assert_string_equal(found.f[0].text, "PCR 3: no separator");
	assert_status(parse("assay-event-policy 1\nbank sha384\n"), OK);
	assert_status(
	    event_policy_compare(&policy, writer_view(&record), &found),
	    EVENTLOG_BANK_MISSING);
}

/* N54: a reference value changed in one digit. */
static void
n54_one_nibble(void **state)
{
	char text[256], hex[65];
	struct digest d;

	(void)state;
	start();
	put(4, EV_ACTION, "a");
	hash_one(HASH_SHA256, BYTES_LIT("a"), &d);
	for (size_t i = 0; i < 64; i++) {
		bytes_to_hex(digest_view(&d), hex);
		snprintf(text, sizeof(text),
		    HEAD "pcr 4\nevent EV_ACTION digest %s\n", hex);
		EXPECT(text, OK);
		hex[i] = hex[i] == '0' ? '1' : '0';
		snprintf(text, sizeof(text),
		    HEAD "pcr 4\nevent EV_ACTION digest %s\n", hex);
		EXPECT(text, EVENT_MISMATCH, OK);
	}
}

/* N50, N60: data of no form, when the policy asks for it. */
static void
n50_well_formed(void **state)
{
	static const uint32_t types[] = {
	    0x80000010, 0x12, 0x80000006, 0x80000001, 0x80000003};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		start();
		put(0, types[i], "x");
		EXPECT(HEAD, OK);
		EXPECT(HEAD "data well-formed\n", EVENT_DATA_MALFORMED, OK);
	}
}

static char text[EVENT_POLICY_MAX];

/* Learn from logs; the policy must be one, and hold for all of them. */
static enum status
learn(const struct bytes *logs, size_t n, size_t *which)
{
	struct writer out = writer_of(text, sizeof(text) - 1);
	enum status st = event_learn(logs, n, HASH_SHA256, &out, which);

	text[st == OK ? out.n : 0] = '\0';
	for (size_t i = 0; st == OK && i < n; i++) {
		assert_status(parse(text), OK);
		assert_status(
		    event_policy_compare(&policy, logs[i], &found), OK);
		assert_int_equal(found.n, 0);
		event_policy_free(&policy);
	}
	return st;
}

static struct bytes
keep(void)
{
	uint8_t *copy = malloc(record.n);

	assert_non_null(copy);
	memcpy(copy, bytes, record.n);
	return bytes_view(copy, record.n);
}

static void
test_learn(void **state)
{
	static const char *const firmware[] = {"1.0", "1.0", "1.1"};
	struct bytes logs[3];
	size_t which = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char own[] = {'h', (char)('0' + i), '\0'};

		start();
		put(0, EV_S_CRTM_VERSION, firmware[i]);
		put(1, EV_EFI_VARIABLE_BOOT, own);
		put(1, EV_EFI_VARIABLE_BOOT, "same");
		if (i == 1)
			put(2, EV_EFI_BOOT_SERVICES_DRIVER, "rom");
		put_secure_boot(0);
		put_separators(0, 7);
		put(9, EV_IPL, own);
		logs[i] = keep();
	}
	assert_status(learn(logs, 3, &which), OK);
	assert_non_null(strstr(text, "\nsecure-boot required\n"));
	assert_non_null(strstr(text, "\nseparators required\n"));
	/* Two versions of firmware: alternatives. */
	assert_non_null(strstr(text, "event EV_S_CRTM_VERSION digest "));
	/* A value of its own on every host, and no code. */
	assert_non_null(strstr(text, "event EV_EFI_VARIABLE_BOOT any\n"));
	assert_non_null(strstr(text, "another on every host"));
	/* Code of its own on every host: three alternatives. */
	assert_null(strstr(text, "EV_IPL any"));
	/* A device that not all have. */
	assert_non_null(
	    strstr(text, "optional EV_EFI_BOOT_SERVICES_DRIVER digest "));
	for (size_t i = 0; i < 3; i++)
		free((void *)(uintptr_t)logs[i].p);
}

/* A host that is another one does not keep what was learned. */
static void
test_learn_then_differ(void **state)
{
	struct bytes good;
	size_t which = 0;

	(void)state;
	start();
	put_separators(0, 8);
	put(9, EV_EVENT_TAG, "quiet");
	good = keep();
	assert_status(learn(&good, 1, &which), OK);
	start();
	put_separators(0, 8);
	put(9, EV_EVENT_TAG, "quiet init=/bin/sh");
	EXPECT(text, EVENT_MISMATCH, OK);
	put(14, EV_IPL, "MokList");
	EXPECT(text, EVENT_MISMATCH, EVENT_UNEXPECTED, OK);
	free((void *)(uintptr_t)good.p);
}

static void
test_learn_failures(void **state)
{
	struct bytes logs[LEARN_LOGS_MAX + 1];
	size_t which = 99;

	(void)state;
	start();
	put_separators(0, 8);
	for (size_t i = 0; i < COUNT(logs); i++)
		logs[i] = writer_view(&record);
	assert_status(learn(logs, 0, &which), EVENT_LEARN_TOO_LARGE);
	assert_status(learn(logs, LEARN_LOGS_MAX, &which), OK);
	assert_status(
	    learn(logs, LEARN_LOGS_MAX + 1, &which), EVENT_LEARN_TOO_LARGE);
	logs[2].n--;
	assert_status(learn(logs, 3, &which), EVENTLOG_MALFORMED);
	assert_int_equal(which, 2);
	logs[2].n++;
	{
		struct writer out = writer_of(text, sizeof(text));

		assert_status(
		    event_learn(logs, 3, HASH_SHA384, &out, &which),
		    EVENTLOG_BANK_MISSING);
		out = writer_of(text, 100);
		assert_status(event_learn(logs, 3, HASH_SHA256, &out, &which),
		    EVENT_LEARN_TOO_LARGE);
	}
}

/* What must be vouched for before any of it means something. */
static void
test_needs(void **state)
{
	(void)state;
	assert_status(parse(HEAD "pcr 14\n"), OK);
	assert_int_equal(event_policy_needs(&policy), 1 << 14);
	assert_status(parse(SB), OK);
	assert_int_equal(event_policy_needs(&policy), 0x90);
	assert_status(parse("assay-event-policy 1\nbank sha256\n"), OK);
	assert_int_equal(event_policy_needs(&policy), 0xff);
	event_policy_free(&policy);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_optional),
	    cmocka_unit_test(test_sections),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_variable),
	    cmocka_unit_test(test_secure_boot),
	    cmocka_unit_test(n34_retyped_authority),
	    cmocka_unit_test(n35_duplicate_separator),
	    cmocka_unit_test(n36_after_separator),
	    cmocka_unit_test(test_unbound_variable),
	    cmocka_unit_test(n56_missing_separator),
	    cmocka_unit_test(n54_one_nibble),
	    cmocka_unit_test(n50_well_formed),
	    cmocka_unit_test(test_learn),
	    cmocka_unit_test(test_learn_then_differ),
	    cmocka_unit_test(test_learn_failures),
	    cmocka_unit_test(test_needs),
	};

	if (crypto_init_verify() != OK)
		return 1;
	return kit_run_rows("event policy", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
}
