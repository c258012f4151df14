/* SPDX-License-Identifier: Apache-2.0 */
/* The table of platforms, and the PCI port over trees made for each test. */
#include "facts_read.h"
#include "platform.h"

#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include <cmocka.h>

/* The fact KEY of DEV in the fact_list, or -1. */
static long
find_fact(const struct device *dev, enum fact_key key)
{
	for (size_t i = 0; i < dev->facts.n; i++)
		if (dev->facts.f[i].key == (uint64_t)key)
			return (long)i;
	return -1;
}

static void
assert_number(const struct device *dev, enum fact_key key, uint64_t want)
{
	long i = find_fact(dev, key);

	assert_true(i >= 0);
	assert_int_equal(dev->facts.f[i].source, SOURCE_SYSFS);
	assert_int_equal(dev->facts.f[i].type, CBOR_UINT);
	assert_int_equal(dev->facts.f[i].number, want);
}

static void
assert_text(const struct device *dev, enum fact_key key, const char *want)
{
	long i = find_fact(dev, key);

	assert_true(i >= 0);
	assert_int_equal(dev->facts.f[i].type, CBOR_TSTR);
	assert_int_equal(dev->facts.f[i].len, strlen(want));
	assert_memory_equal(dev->facts.f[i].text, want, strlen(want));
}

/* An attribute of the function at ADDRESS. */
static void
put(const struct tree *t, const char *address, const char *name,
    const char *text)
{
	char path[TREE_PATH_MAX];

	snprintf(path, sizeof(path), "devices/pci0000:00/%s/%s", address, name);
	tree_text(t, path, text);
}

/* A function with the attributes that every one has, listed by a link. */
static void
add(const struct tree *t, const char *address, const char *vendor,
    const char *device, const char *class)
{
	char path[TREE_PATH_MAX], target[TREE_PATH_MAX];

	put(t, address, "vendor", vendor);
	put(t, address, "device", device);
	put(t, address, "class", class);
	snprintf(path, sizeof(path), "bus/pci/devices/%s", address);
	snprintf(
	    target, sizeof(target), "../../../devices/pci0000:00/%s", address);
	tree_link(t, path, target);
}

/* Survey the tree with the PCI port. */
static enum status
survey(const struct tree *t, struct board *board)
{
	char spec[TREE_PATH_MAX];
	const struct platform *p;
	const char *arg;
	enum status st;
	void *ctx;

	snprintf(spec, sizeof(spec), "pci:%s", t->path);
	assert_int_equal(platform_find(spec, &p, &arg), OK);
	st = p->open(arg, &ctx);
	if (st != OK)
		return st;
	st = p->survey(ctx, board);
	p->close(ctx);
	return st;
}

static struct board board;

static int
setup(void **state)
{
	static struct tree t;

	tree_make(&t);
	*state = &t;
	return 0;
}

static int
teardown(void **state)
{
	tree_remove(*state);
	return 0;
}

static void
finds_by_name(void **state)
{
	const struct platform *p;
	const char *arg;

	(void)state;
	assert_int_equal(platform_find("pci", &p, &arg), OK);
	assert_string_equal(p->name, "pci");
	assert_string_equal(arg, "");
	assert_int_equal(platform_find("auto:a:b", &p, &arg), OK);
	assert_string_equal(arg, "a:b");
	assert_int_equal(platform_find("pc", &p, &arg), PLATFORM_UNKNOWN);
	assert_int_equal(platform_find("pcix:", &p, &arg), PLATFORM_UNKNOWN);
	assert_int_equal(platform_find("", &p, &arg), PLATFORM_UNKNOWN);
	assert_int_equal(platform_find(":", &p, &arg), PLATFORM_UNKNOWN);
	for (size_t i = 0; platforms[i] != NULL; i++)
		platforms[i]->close(NULL);
}

static void
reads_facts(void **state)
{
	static const char *at = "0000:19:00.0";
	struct tree *t = *state;
	uint8_t encoded[2048];
	struct writer w = writer_of(encoded, sizeof(encoded));

	add(t, at, "0x10de\n", "0x2330\n", "0x030200\n");
	put(t, at, "subsystem_vendor", "0x10de\n");
	put(t, at, "subsystem_device", "0x16c1\n");
	put(t, at, "revision", "0xa1\n");
	put(t, at, "current_link_speed", "16.0 GT/s PCIe\n");
	put(t, at, "max_link_speed", "2.5 GT/s\n");
	put(t, at, "current_link_width", "8\n");
	put(t, at, "max_link_width", "16\n");
	put(t, at, "numa_node", "1\n");
	tree_link(t, "devices/pci0000:00/0000:19:00.0/driver",
	    "../../../bus/pci/drivers/nvidia");
	tree_text(t, "module/nvidia/version", "590.48.01\n");

	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 1);
	assert_string_equal(board.device[0].label, "gpu-0");
	assert_int_equal(board.device[0].model_len, 9);
	assert_memory_equal(board.device[0].model, "10de:2330", 9);
	assert_false(board.device[0].signs);
	assert_text(&board.device[0], FACT_PCI_ADDRESS, at);
	assert_number(&board.device[0], FACT_PCI_VENDOR, 0x10de);
	assert_number(&board.device[0], FACT_PCI_DEVICE, 0x2330);
	assert_number(&board.device[0], FACT_PCI_SUBVENDOR, 0x10de);
	assert_number(&board.device[0], FACT_PCI_SUBDEVICE, 0x16c1);
	assert_number(&board.device[0], FACT_PCI_CLASS, 0x030200);
	assert_number(&board.device[0], FACT_PCI_REVISION, 0xa1);
	assert_number(&board.device[0], FACT_LINK_SPEED, 16000);
	assert_number(&board.device[0], FACT_LINK_SPEED_MAX, 2500);
	assert_number(&board.device[0], FACT_LINK_WIDTH, 8);
	assert_number(&board.device[0], FACT_LINK_WIDTH_MAX, 16);
	assert_number(&board.device[0], FACT_NUMA_NODE, 1);
	assert_text(&board.device[0], FACT_DRIVER, "nvidia");
	assert_text(&board.device[0], FACT_DRIVER_VERSION, "590.48.01");

	/* What is surveyed can be sent. */
	facts_encode(&board.device[0].facts, &w);
	assert_false(w.failed);
	assert_int_equal(facts_check(writer_view(&w)), OK);
}

static void
chooses_accelerators(void **state)
{
	static const struct {
		const char *vendor, *device, *class;
		const char *kind; /* NULL: no accelerator */
	} rows[] = {
	    {"0x10de", "0x2330", "0x030200", "gpu"},
	    {"0x10de", "0x2684", "0x030000", "gpu"},
	    {"0x10de", "0x22a3", "0x068000", "switch"},
	    {"0x10de", "0x22ba", "0x040300", NULL}, /* audio of a GPU */
	    {"0x1002", "0x74a1", "0x120000", "gpu"},
	    {"0x1002", "0x7408", "0x038000", "gpu"},
	    {"0x1002", "0x1478", "0x060400", NULL}, /* PCI bridge */
	    {"0x8086", "0x0bd5", "0x038000", "gpu"},
	    {"0x8086", "0x56c0", "0x038000", "gpu"},
	    {"0x8086", "0x4680", "0x038000", NULL}, /* some other display */
	    {"0x8086", "0x3e98", "0x030000", NULL}, /* in a processor */
	    {"0x8086", "0x0001", "0x030200", "gpu"},
	    {"0x1da3", "0x1020", "0x120000", "gpu"},
	    {"0x1a03", "0x2000", "0x030000", NULL}, /* board management */
	    {"0x1234", "0x1111", "0x030000", NULL}, /* emulated */
	    {"0xabcd", "0x0001", "0x120000", "gpu"},
	    {"0xabcd", "0x0001", "0x120100", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree t;

		tree_make(&t);
		add(&t, "0000:01:00.0", rows[i].vendor, rows[i].device,
		    rows[i].class);
		assert_int_equal(survey(&t, &board), OK);
		assert_int_equal(board.count, rows[i].kind != NULL);
		if (rows[i].kind != NULL)
			assert_memory_equal(board.device[0].label, rows[i].kind,
			    strlen(rows[i].kind));
		tree_remove(&t);
	}
}

static void
orders_by_address(void **state)
{
	static const char *const addresses[] = {"0000:9b:00.0", "0000:19:00.1",
	    "10000:01:00.0", "0000:19:00.0", "0001:01:00.0", "0000:19:02.0"};
	static const char *const sorted[] = {"0000:19:00.0", "0000:19:00.1",
	    "0000:19:02.0", "0000:9b:00.0", "0001:01:00.0", "10000:01:00.0"};
	struct tree *t = *state;
	char label[LABEL_MAX];

	for (size_t i = 0; i < 6; i++)
		add(t, addresses[i], "0x10de", "0x2330", "0x030200");
	add(t, "0000:05:00.0", "0x10de", "0x22a3", "0x068000");
	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 7);
	assert_string_equal(board.device[0].label, "switch-0");
	for (size_t i = 0; i < 6; i++) {
		snprintf(label, sizeof(label), "gpu-%zu", i);
		assert_string_equal(board.device[i + 1].label, label);
		assert_text(&board.device[i + 1], FACT_PCI_ADDRESS, sorted[i]);
	}
}

static void
passes_over_virtual_functions(void **state)
{
	struct tree *t = *state;

	add(t, "0000:19:00.0", "0x10de", "0x2330", "0x030200");
	add(t, "0000:19:00.4", "0x10de", "0x2330", "0x030200");
	tree_link(
	    t, "devices/pci0000:00/0000:19:00.4/physfn", "../0000:19:00.0");
	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 1);
	assert_text(&board.device[0], FACT_PCI_ADDRESS, "0000:19:00.0");
}

static void
counts_to_the_limit(void **state)
{
	struct tree *t = *state;
	char address[20];

	for (unsigned i = 0; i < GPUS_MAX + SWITCHES_MAX; i++) {
		snprintf(address, sizeof(address), "0000:%02x:00.0", i);
		add(t, address, "0x10de", "0x2330",
		    i % 2 == 0 ? "0x030200" : "0x068000");
	}
	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, DEVICES_MAX);
	assert_string_equal(board.device[31].label, "switch-15");

	add(t, "0000:80:00.0", "0x10de", "0x2330", "0x030200");
	assert_int_equal(survey(t, &board), EVIDENCE_DEVICE_COUNT);
}

static void
refuses_forty(void **state)
{
	struct tree *t = *state;
	char address[20];

	for (unsigned i = 0; i < 40; i++) {
		snprintf(address, sizeof(address), "0000:%02x:00.0", i);
		add(t, address, "0x1002", "0x74a1", "0x120000");
	}
	assert_int_equal(survey(t, &board), EVIDENCE_DEVICE_COUNT);
}

/* An attribute that cannot be believed is no fact; the device stays. */
static void
skips_malformed_attributes(void **state)
{
	static const struct {
		const char *name, *text;
		enum fact_key key;
	} rows[] = {
	    {"revision", "", FACT_PCI_REVISION},
	    {"revision", "\n", FACT_PCI_REVISION},
	    {"revision", "0x\n", FACT_PCI_REVISION},
	    {"revision", "0xa1a\n", FACT_PCI_REVISION},
	    {"revision", "a1\n", FACT_PCI_REVISION},
	    {"revision", "0xa1 \n", FACT_PCI_REVISION},
	    {"revision", "0xa1\n\n", FACT_PCI_REVISION},
	    {"revision", "0x-1\n", FACT_PCI_REVISION},
	    {"revision", "0x100000000000000a1\n", FACT_PCI_REVISION},
	    {"numa_node", "-1\n", FACT_NUMA_NODE},
	    {"numa_node", "65536\n", FACT_NUMA_NODE},
	    {"current_link_width", "0x10\n", FACT_LINK_WIDTH},
	    {"current_link_width", "255\n", FACT_LINK_WIDTH},
	    {"current_link_speed", "Unknown\n", FACT_LINK_SPEED},
	    {"current_link_speed", "16 GT/s\n", FACT_LINK_SPEED},
	    {"current_link_speed", ".5 GT/s\n", FACT_LINK_SPEED},
	    {"current_link_speed", "16.\n", FACT_LINK_SPEED},
	    {"current_link_speed", ".\n", FACT_LINK_SPEED},
	    {"current_link_speed", "16.0 GT/s PCIe!\n", FACT_LINK_SPEED},
	    {"current_link_speed", "99999999.9 GT/s\n", FACT_LINK_SPEED},
	};
	static const char *at = "0000:19:00.0";
	struct tree *t = *state;

	add(t, at, "0x10de", "0x2330", "0x030200");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(t, at, rows[i].name, rows[i].text);
		assert_int_equal(survey(t, &board), OK);
		assert_int_equal(board.count, 1);
		assert_int_equal(find_fact(&board.device[0], rows[i].key), -1);
	}
}

/* Files that are huge, pipes, directories, links, or full of rubbish. */
static void
survives_hostile_files(void **state)
{
	static const char *at = "0000:19:00.0";
	struct tree *t = *state;
	char rubbish[4096], path[TREE_PATH_MAX];

	add(t, at, "0x10de", "0x2330", "0x030200");
	memset(rubbish, '0', sizeof(rubbish));
	tree_file(t, "devices/pci0000:00/0000:19:00.0/subsystem_vendor",
	    rubbish, sizeof(rubbish));
	for (size_t i = 0; i < 200; i++)
		rubbish[i] = (char)(i * 37);
	tree_file(
	    t, "devices/pci0000:00/0000:19:00.0/max_link_speed", rubbish, 200);
	tree_dir(t, "devices/pci0000:00/0000:19:00.0/numa_node");
	tree_at(t, "devices/pci0000:00/0000:19:00.0/revision", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	tree_text(t, "elsewhere", "0x1234\n");
	tree_link(t, "devices/pci0000:00/0000:19:00.0/subsystem_device",
	    "../../../elsewhere");
	tree_link(t, "devices/pci0000:00/0000:19:00.0/driver",
	    "../../drivers/not a\nname");

	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 1);
	assert_int_equal(board.device[0].facts.n, 4);
}

/* Entries that lead in circles, out of the tree, or nowhere. */
static void
survives_hostile_links(void **state)
{
	static const struct {
		const char *name, *target;
	} rows[] = {
	    {"0000:01:00.0", "0000:01:00.0"},
	    {"0000:02:00.0", "../../../bus/pci/devices/0000:02:00.0"},
	    {"0000:03:00.0", "../../../devices/none"},
	    {"0000:04:00.0", "../../../devices/../devices/pci0000:00/"
	                     "0000:19:00.0"},
	    {"0000:05:00.0", "/sys/devices"},
	    {"0000:06:00.0", "../../../../.."},
	    {"0000:07:00.0", "../../../"},
	    {"0000:08:00.0", "../../../devices/loop/0000:19:00.0"},
	    {"0000:19:20.0", "../../../devices/pci0000:00/0000:19:00.0"},
	    {"0000:19:00.8", "../../../devices/pci0000:00/0000:19:00.0"},
	    {"000:19:00.0", "../../../devices/pci0000:00/0000:19:00.0"},
	    {"garbage", "../../../devices/pci0000:00/0000:19:00.0"},
	};
	struct tree *t = *state;
	char path[TREE_PATH_MAX];

	add(t, "0000:19:00.0", "0x10de", "0x2330", "0x030200");
	tree_link(t, "devices/loop", "pci0000:00");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(
		    path, sizeof(path), "bus/pci/devices/%s", rows[i].name);
		tree_link(t, path, rows[i].target);
	}
	tree_text(t, "bus/pci/devices/0000:1a:00.0", "a file");
	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 1);

	/* A recorded tree may hold the directory itself. */
	tree_text(t, "bus/pci/devices/0000:1b:00.0/vendor", "0x10de");
	tree_text(t, "bus/pci/devices/0000:1b:00.0/device", "0x2330");
	tree_text(t, "bus/pci/devices/0000:1b:00.0/class", "0x030200");
	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 2);
}

static void
says_what_is_missing(void **state)
{
	struct tree *t = *state;
	struct tree none;

	/* No sysfs at all; a sysfs without PCI; with PCI, but no device. */
	assert_int_equal(survey(t, &board), FILE_MISSING);
	tree_dir(t, "bus");
	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 0);
	tree_dir(t, "bus/pci/devices");
	assert_int_equal(survey(t, &board), OK);
	assert_int_equal(board.count, 0);

	snprintf(none.path, sizeof(none.path), "%.200s/none", t->path);
	assert_int_equal(survey(&none, &board), FILE_MISSING);
	tree_text(t, "none", "a file");
	assert_int_equal(survey(&none, &board), FILE_NOT_REGULAR);
}

#define WITH_TREE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_by_name),
	    WITH_TREE(reads_facts),
	    cmocka_unit_test(chooses_accelerators),
	    WITH_TREE(orders_by_address),
	    WITH_TREE(passes_over_virtual_functions),
	    WITH_TREE(counts_to_the_limit),
	    WITH_TREE(refuses_forty),
	    WITH_TREE(skips_malformed_attributes),
	    WITH_TREE(survives_hostile_files),
	    WITH_TREE(survives_hostile_links),
	    WITH_TREE(says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
