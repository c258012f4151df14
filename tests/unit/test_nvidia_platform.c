/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA boards through the mock library, which answers from the recorded
 * ones.  The list of everything that is ever looked up is printed here.
 */
#include "vendor_tree.h"

#include "dcbor.h"
#include "nvml.h"
#include "trap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FIRST  "0000:00:09.0"
#define SECOND "0000:00:0a.0"

static struct vendor_host host;
static struct tree tree;

/* Both H100, and the mock that answers from BOARD. */
static void
set_up(const char *board)
{
	const char *fixtures = getenv("ASSAY_FIXTURES");
	char path[TREE_PATH_MAX];

	if (fixtures == NULL)
		skip();
	(void)snprintf(path, sizeof(path), "%s/%s/board.ini", fixtures, board);
	assert_int_equal(setenv("NVML_MOCK_BOARD", path, 1), 0);
	unsetenv("NVML_MOCK_FAIL");
	unsetenv("NVML_MOCK_DEVICE");
	tree_make(&tree);
	vendor_tree_pci(&tree, FIRST, "0x10de\n", "0x2330\n", "0x030200\n");
	vendor_tree_pci(&tree, SECOND, "0x10de\n", "0x2330\n", "0x030200\n");
}

static void
tear_down(void)
{
	vendor_host_close(&host);
	tree_remove(&tree);
}

/* The one list, and nothing in it that could change a device. */
static void
looks_up_getters_only(void **state)
{
	static const char *const verbs[] = {
	    "nvmlDeviceGet", "nvmlSystemGet", "nvmlInit_v2", "nvmlShutdown"};
	static const char *const names[] = {
#define NAME(member, symbol, arguments) #symbol,
	    NVML_SYMBOLS(NAME)
#undef NAME
	};
	size_t count = sizeof(names) / sizeof(names[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		bool allowed = false;

		print_message("# looked up: %s\n", names[i]);
		for (size_t k = 0; k < sizeof(verbs) / sizeof(verbs[0]); k++)
			allowed = allowed || strncmp(names[i], verbs[k],
			                         strlen(verbs[k])) == 0;
		if (!allowed)
			fail_msg("%s is no getter", names[i]);
	}
	assert_in_range(count, 30, 60);
}

/* The trap itself: whoever looks up a setter ends. */
static void
mock_traps_setters(void **state)
{
	(void)state;
	trap_expect(NVML_LIBRARY, "nvmlDeviceSetPersistenceMode");
}

static void
reads_an_h100(void **state)
{
	(void)state;
	set_up("board-h100");
	vendor_host_open(&host, &tree);
	expect_text(&host, 0, FACT_PRODUCT, SOURCE_DRIVER,
	    "MOCK NVIDIA H100 80GB HBM3");
	expect_text(&host, 0, FACT_UUID, SOURCE_DRIVER,
	    "GPU-00000000-0000-0000-0000-000000000000");
	expect_text(&host, 0, FACT_PDI, SOURCE_DRIVER, "0011223344556677");
	expect_text(
	    &host, 0, FACT_PART_NUMBER, SOURCE_DRIVER, "692-2G520-0200-000");
	expect_number(&host, 0, FACT_PCI_VENDOR, SOURCE_DRIVER, 0x10de);
	expect_number(&host, 0, FACT_PCI_DEVICE, SOURCE_DRIVER, 0x2330);
	expect_number(&host, 0, FACT_PCI_SUBDEVICE, SOURCE_DRIVER, 0x16c1);
	expect_number(&host, 0, FACT_LINK_SPEED_MAX, SOURCE_DRIVER, 32000);
	expect_number(&host, 0, FACT_LINK_WIDTH, SOURCE_DRIVER, 16);
	expect_number(
	    &host, 0, FACT_MEMORY, SOURCE_DRIVER, UINT64_C(85520809984));
	expect_number(&host, 0, FACT_CORES, SOURCE_DRIVER, 16896);
	expect_number(&host, 0, FACT_CLOCK_MAX, SOURCE_DRIVER, 1980);
	expect_number(&host, 0, FACT_CLOCK_MEMORY_MAX, SOURCE_DRIVER, 2619);
	expect_number(&host, 0, FACT_POWER_LIMIT_MAX, SOURCE_DRIVER, 700000);
	expect_number(&host, 0, FACT_NVLINKS, SOURCE_DRIVER, 18);
	expect_text(&host, 0, FACT_ARCHITECTURE, SOURCE_DRIVER, "Hopper");
	expect_text(&host, 0, FACT_COMPUTE_CAPABILITY, SOURCE_DRIVER, "9.0");
	expect_text(&host, 0, FACT_MIG, SOURCE_DRIVER, "disabled");
	expect_text(&host, 0, FACT_ECC, SOURCE_DRIVER, "enabled");
	expect_text(
	    &host, 0, FACT_VIRTUALIZATION, SOURCE_DRIVER, "pass-through");
	expect_text(&host, 0, FACT_CC, SOURCE_DRIVER, "off");
	expect_text(
	    &host, 0, FACT_CC_ENVIRONMENT, SOURCE_DRIVER, "unavailable");
	expect_none(&host, 0, FACT_CC_READY, SOURCE_DRIVER);
	expect_none(&host, 0, FACT_STATE, SOURCE_DRIVER);
	expect_component(&host, 0, "vbios", "96.00.A5.00.01");
	expect_component(&host, 0, "gsp", "590.48.01");
	expect_component(&host, 0, "inforom", "G520.0200.00.05");
	expect_component(&host, 0, "driver", "590.48.01");
	assert_false(host.board.device[0].signs);

	/* The second one says less, and nothing is made up. */
	expect_none(&host, 1, FACT_UUID, SOURCE_DRIVER);
	expect_none(&host, 1, FACT_MEMORY, SOURCE_DRIVER);
	tear_down();
}

/* Why there are no facts is told as the state; PCI stays. */
static void
tells_what_is_wrong(void **state)
{
	static const struct {
		const char *fail, *want;
	} rows[] = {
	    {"nvmlInit_v2:4", "no permission"},
	    {"nvmlInit_v2:9", "driver not loaded"},
	    {"nvmlInit_v2:15", "lost"},
	    {"nvmlInit_v2:18", "driver and library differ"},
	    {"nvmlInit_v2:999", "driver library failed"},
	    {"nvmlDeviceGetHandleByPciBusId_v2:15", "lost"},
	    {"nvmlDeviceGetHandleByPciBusId_v2:4", "no permission"},
	    {"nvmlDeviceGetHandleByPciBusId_v2:6",
	        "unknown to the driver library"},
	    {"nvmlDeviceGetSerial:4", "no permission"},
	    {"nvmlDeviceGetNumGpuCores:15", "lost"},
	    {"*:15", "lost"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up("board-h100-cc");
		assert_int_equal(setenv("NVML_MOCK_FAIL", rows[i].fail, 1), 0);
		vendor_host_open(&host, &tree);
		expect_text(&host, 0, FACT_STATE, SOURCE_DRIVER, rows[i].want);
		expect_number(&host, 0, FACT_PCI_DEVICE, SOURCE_SYSFS, 0x2330);
		if (strcmp(rows[i].want, "lost") == 0)
			assert_false(host.board.device[0].signs);
		tear_down();
	}
}

/* A getter that fails costs one fact; a lost device not its neighbour. */
static void
loses_no_more_than_it_must(void **state)
{
	(void)state;
	set_up("board-h100");
	assert_int_equal(setenv("NVML_MOCK_FAIL", "nvmlDeviceGetName:3", 1), 0);
	vendor_host_open(&host, &tree);
	expect_none(&host, 0, FACT_PRODUCT, SOURCE_DRIVER);
	expect_none(&host, 0, FACT_STATE, SOURCE_DRIVER);
	expect_number(&host, 0, FACT_CORES, SOURCE_DRIVER, 16896);
	tear_down();

	set_up("board-h100");
	assert_int_equal(setenv("NVML_MOCK_FAIL", "*:15", 1), 0);
	assert_int_equal(setenv("NVML_MOCK_DEVICE", FIRST, 1), 0);
	vendor_host_open(&host, &tree);
	expect_text(&host, 0, FACT_STATE, SOURCE_DRIVER, "lost");
	expect_text(&host, 1, FACT_PRODUCT, SOURCE_DRIVER,
	    "MOCK NVIDIA H100 80GB HBM3");
	expect_none(&host, 1, FACT_STATE, SOURCE_DRIVER);
	tear_down();
}

static void
reads_instances(void **state)
{
	(void)state;
	set_up("board-a100-mig");
	vendor_tree_pci(
	    &tree, "0000:01:00.0", "0x10de\n", "0x20b2\n", "0x030200\n");
	vendor_host_open(&host, &tree);
	assert_int_equal(host.board.count, 3);
	expect_text(&host, 2, FACT_MIG, SOURCE_DRIVER, "enabled");
	expect_text(&host, 2, FACT_ARCHITECTURE, SOURCE_DRIVER, "Ampere");
	expect_none(&host, 2, FACT_CC, SOURCE_DRIVER);
	expect_text(&host, 0, FACT_STATE, SOURCE_DRIVER,
	    "unknown to the driver library");
	tear_down();
}

/* What the driver says in procfs stands beside its library's word. */
static void
reads_procfs(void **state)
{
	(void)state;
	set_up("board-h100");
	tree_text(&tree, "proc/driver/nvidia/version",
	    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  "
	    "590.48.01  Release Build\nGCC version:  gcc version 12.2.0\n");
	tree_text(&tree, "proc/driver/nvidia/gpus/" FIRST "/information",
	    "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 99\n"
	    "GPU UUID: \t GPU-00000000-0000-0000-0000-000000000000\n"
	    "Video BIOS: \t 96.00.a5.00.01\nGPU Firmware: \t 590.48.01\n");
	tree_text(&tree, "proc/driver/nvidia/gpus/" SECOND "/information",
	    "Model: \t\t NVIDIA H100 80GB HBM3\n"
	    "GPU UUID: \t GPU-????????\n"
	    "Video BIOS: \t ??.??.??.??.??\nGPU Firmware: \t N/A\n");
	vendor_host_open(&host, &tree);
	expect_text(&host, 0, FACT_DRIVER_VERSION, SOURCE_PROCFS, "590.48.01");
	expect_text(&host, 0, FACT_DRIVER, SOURCE_PROCFS, "nvidia (open)");
	expect_text(&host, 0, FACT_VBIOS, SOURCE_PROCFS, "96.00.a5.00.01");
	expect_text(&host, 0, FACT_VBIOS, SOURCE_DRIVER, "96.00.A5.00.01");
	expect_text(&host, 0, FACT_GSP, SOURCE_PROCFS, "590.48.01");
	expect_none(&host, 1, FACT_UUID, SOURCE_PROCFS);
	expect_none(&host, 1, FACT_VBIOS, SOURCE_PROCFS);
	expect_none(&host, 1, FACT_GSP, SOURCE_PROCFS);
	tear_down();
}

/* In confidential mode it signs, and the item has the agreed form. */
static void
fetches_evidence(void **state)
{
	static const char want[] =
	    "[{\"arch\":\"HOPPER\",\"certificate\":\""
	    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tClRVOURTdz09Ci0tLS0tRU5EIENF"
	    "UlRJRklDQVRFLS0tLS0K\",\"evidence\":\""
	    "EeAB/wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHAE1PQ0s=\","
	    "\"nonce\":\""
	    "0707070707070707070707070707070707070707070707070707070707070707"
	    "\"}]";
	uint8_t nonce[NONCE_LEN], buf[2048];
	struct writer w = writer_of(buf, sizeof(buf));
	struct writer small = writer_of(buf, 100);
	char type[MEDIA_TYPE_MAX];
	struct device *d;

	(void)state;
	memset(nonce, 7, sizeof(nonce));
	set_up("board-h100-cc");
	vendor_host_open(&host, &tree);
	d = &host.board.device[0];
	expect_text(&host, 0, FACT_CC, SOURCE_DRIVER, "on");
	expect_text(&host, 0, FACT_CC_READY, SOURCE_DRIVER, "ready");
	assert_true(d->signs);
	assert_int_equal(host.port->evidence(host.ctx, d, nonce, type, &w), OK);
	assert_string_equal(type, MEDIA_NVIDIA);
	assert_true(bytes_eq(writer_view(&w), bytes_str(want)));
	assert_int_equal(host.port->evidence(host.ctx, d, nonce, type, &small),
	    EVIDENCE_TOO_LARGE);
	tear_down();
}

static void
says_why_nothing_is_signed(void **state)
{
#define REPORT "nvmlDeviceGetConfComputeGpuAttestationReport"
	static const struct {
		const char *fail;
		enum status st;
	} rows[] = {
	    {REPORT ":3", DEVICE_UNSIGNED},
	    {REPORT ":4", PERMISSION},
	    {REPORT ":15", DEVICE_UNRESPONSIVE},
	    {REPORT ":999", DEVICE_LIBRARY},
	    {"nvmlDeviceGetConfComputeGpuCertificate:15", DEVICE_UNRESPONSIVE},
	    {"nvmlDeviceGetHandleByPciBusId_v2:6", DEVICE_LIBRARY},
	};
	uint8_t nonce[NONCE_LEN] = {0}, buf[2048];
	char type[MEDIA_TYPE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct writer w = writer_of(buf, sizeof(buf));

		set_up("board-h100-cc");
		vendor_host_open(&host, &tree);
		assert_int_equal(setenv("NVML_MOCK_FAIL", rows[i].fail, 1), 0);
		assert_int_equal(host.port->evidence(host.ctx,
		                     &host.board.device[0], nonce, type, &w),
		    rows[i].st);
		assert_int_equal(w.n, 0);
		tear_down();
	}
}

/* [ + [295, << {1: [name, [version]], 5: bytes} >> ] ] */
static void
encodes_components(void **state)
{
	static const uint8_t want[] = {0x81, 0x82, 0x19, 0x01, 0x27, 0x4d, 0xa2,
	    0x01, 0x82, 0x63, 'g', 's', 'p', 0x81, 0x61, '5', 0x05, 0x41, '5'};
	struct component_list l = {.n = 0};
	uint8_t buf[8192];
	struct writer w = writer_of(buf, sizeof(buf));

	(void)state;
	assert_true(component_add(&l, "gsp", BYTES_LIT("5")));
	assert_false(component_add(&l, "gsp", BYTES_LIT("6")));
	assert_false(component_add(&l, "", BYTES_LIT("6")));
	assert_false(component_add(&l, "x", BYTES_LIT("")));
	assert_false(component_add(&l, "x", BYTES_LIT("\xff")));
	components_encode(&l, &w);
	assert_false(w.failed);
	assert_int_equal(w.n, sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));

	/* The largest list fits, and there is no more. */
	l.n = 0;
	for (int i = 0; i <= COMPONENTS_MAX; i++) {
		char name[COMPONENT_NAME_MAX];
		uint8_t version[COMPONENT_TEXT_MAX];

		(void)snprintf(
		    name, sizeof(name), "a-name-of-23-bytes---%02d", i);
		memset(version, 'v', sizeof(version));
		assert_int_equal(component_add(&l, name, BYTES_OF(version)),
		    i < COMPONENTS_MAX);
	}
	w = writer_of(buf, sizeof(buf));
	components_encode(&l, &w);
	assert_false(w.failed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(looks_up_getters_only),
	    cmocka_unit_test(mock_traps_setters),
	    cmocka_unit_test(reads_an_h100),
	    cmocka_unit_test(tells_what_is_wrong),
	    cmocka_unit_test(loses_no_more_than_it_must),
	    cmocka_unit_test(reads_instances),
	    cmocka_unit_test(reads_procfs),
	    cmocka_unit_test(fetches_evidence),
	    cmocka_unit_test(says_why_nothing_is_signed),
	    cmocka_unit_test(encodes_components),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
