/* SPDX-License-Identifier: Apache-2.0 */
/* AMD boards as recorded trees: an MI100 as captured, and a limited chip. */
#include "vendor_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define AT "0000:83:00.0"

static struct vendor_host host;

/* The files of a directory. */
struct file {
	const char *name, *text;
};

static void
make_device(const struct tree *t, const struct file *files, size_t count)
{
	vendor_tree_pci(t, AT, "0x1002\n", "0x738c\n", "0x038000\n");
	for (size_t i = 0; i < count; i++)
		vendor_tree_file(t, AT, files[i].name, files[i].text);
}

static void
reads_an_mi100(void **state)
{
	static const struct file files[] = {
	    {"product_name", "Arcturus GL-XL [Instinct MI100]\n"},
	    {"product_number", "D3431401\n"},
	    {"serial_number", "N/A\n"},
	    {"unique_id", "0011223344556677\n"},
	    {"vbios_version", "113-D3431401-101\n"},
	    {"mem_info_vram_total", "34342961152\n"},
	    {"mem_info_vram_vendor", "samsung\n"},
	    {"pp_dpm_sclk", "0: 300Mhz *\n1: 495Mhz \n15: 1502Mhz \n"},
	    {"pp_dpm_mclk", "0: 167Mhz \n1: 1200Mhz *\n"},
	    {"hwmon/hwmon7/power1_cap", "290000000\n"},
	    {"fw_version/sos_fw_version", "0x0017004f\n"},
	    {"fw_version/asd_fw_version", "0x21000059\n"},
	    {"fw_version/smc_fw_version", "0x00542900\n"},
	    {"fw_version/uvd_fw_version", "0x00000000\n"},
	};
	struct tree t;

	(void)state;
	tree_make(&t);
	make_device(&t, files, sizeof(files) / sizeof(files[0]));
	vendor_host_open(&host, &t);

	assert_int_equal(host.board.count, 1);
	expect_text(&host, 0, FACT_PRODUCT, SOURCE_SYSFS,
	    "Arcturus GL-XL [Instinct MI100]");
	expect_none(&host, 0, FACT_SERIAL, SOURCE_SYSFS);
	expect_text(&host, 0, FACT_UNIQUE_ID, SOURCE_SYSFS, "0011223344556677");
	expect_number(
	    &host, 0, FACT_MEMORY, SOURCE_SYSFS, UINT64_C(34342961152));
	expect_number(&host, 0, FACT_CLOCK_MAX, SOURCE_SYSFS, 1502);
	expect_number(&host, 0, FACT_CLOCK_MEMORY_MAX, SOURCE_SYSFS, 1200);
	expect_number(&host, 0, FACT_POWER_LIMIT, SOURCE_SYSFS, 290000);
	expect_text(&host, 0, FACT_SOS, SOURCE_SYSFS, "0x0017004f");
	expect_component(&host, 0, "psp-sos", "0x0017004f");
	expect_component(&host, 0, "psp-asd", "0x21000059");
	expect_component(&host, 0, "smc", "0x00542900");
	expect_component(&host, 0, "vbios", "113-D3431401-101");
	expect_component(&host, 0, "uvd", NULL);
	expect_none(&host, 0, FACT_PTL, SOURCE_SYSFS);
	assert_false(host.board.device[0].signs);
	vendor_host_close(&host);
	tree_remove(&t);
}

/* The limiter that root can switch, and the partitions. */
static void
reads_the_limiter(void **state)
{
	static const struct file files[] = {
	    {"ptl/ptl_enable", "enabled\n"},
	    {"ptl/ptl_format", "I8,F32\n"},
	    {"ptl/ptl_supported_formats", "I8,F16,BF16,F32,F64\n"},
	    {"current_compute_partition", "SPX\n"},
	    {"current_memory_partition", "NPS1\n"},
	};
	struct tree t;

	(void)state;
	tree_make(&t);
	make_device(&t, files, sizeof(files) / sizeof(files[0]));
	vendor_host_open(&host, &t);
	expect_text(&host, 0, FACT_PTL, SOURCE_SYSFS, "enabled");
	expect_text(&host, 0, FACT_PTL_FORMATS, SOURCE_SYSFS, "I8,F32");
	expect_text(
	    &host, 0, FACT_PTL_SUPPORTED, SOURCE_SYSFS, "I8,F16,BF16,F32,F64");
	expect_text(&host, 0, FACT_COMPUTE_PARTITION, SOURCE_SYSFS, "SPX");
	expect_text(&host, 0, FACT_MEMORY_PARTITION, SOURCE_SYSFS, "NPS1");
	vendor_host_close(&host);
	tree_remove(&t);
}

/* The node of the device among others, beside what sysfs says. */
static void
reads_the_topology(void **state)
{
	static const struct file files[] = {
	    {"mem_info_vram_total", "34342961152\n"},
	};
#define NODES "sys/devices/virtual/kfd/kfd/topology/nodes/"
	struct tree t;

	(void)state;
	tree_make(&t);
	make_device(&t, files, 1);
	tree_text(&t, NODES "0/properties", "cpu_cores_count 64\n");
	tree_text(&t, NODES "1/properties",
	    "simd_count 480\nlocation_id 768\ndomain 0\n");
	tree_text(&t, NODES "2/properties",
	    "cpu_cores_count 0\nsimd_count 480\nsimd_per_cu 4\n"
	    "gfx_target_version 90008\nlocation_id 33536\ndomain 0\n"
	    "num_xcc 1\nmax_engine_clk_fcompute 1502\n");
	tree_text(&t, NODES "2/mem_banks/0/properties",
	    "heap_type 1\nsize_in_bytes 34342961152\nwidth 4096\n"
	    "mem_clk_max 1200\n");
	vendor_host_open(&host, &t);
	expect_number(&host, 0, FACT_SIMD_COUNT, SOURCE_KFD, 480);
	expect_number(&host, 0, FACT_CU_COUNT, SOURCE_KFD, 120);
	expect_number(&host, 0, FACT_XCC_COUNT, SOURCE_KFD, 1);
	expect_text(&host, 0, FACT_ARCHITECTURE, SOURCE_KFD, "gfx908");
	expect_number(&host, 0, FACT_BUS_WIDTH, SOURCE_KFD, 4096);
	expect_number(&host, 0, FACT_MEMORY, SOURCE_KFD, UINT64_C(34342961152));
	expect_number(
	    &host, 0, FACT_MEMORY, SOURCE_SYSFS, UINT64_C(34342961152));
	vendor_host_close(&host);
	tree_remove(&t);
}

/* Whatever a driver writes, nothing comes of what is not understood. */
static void
passes_over_nonsense(void **state)
{
	static const struct file files[] = {
	    {"vbios_version", "\xff\xfe\n"},
	    {"product_name", "\n"},
	    {"mem_info_vram_total", "-1\n"},
	    {"pp_dpm_sclk", "0: fast\n"},
	    {"pp_dpm_mclk", "1200\n"},
	    {"hwmon/power1_cap", "1\n"},
	    {"ptl/ptl_enable", ""},
	};
	char large[5000];
	struct tree t;

	(void)state;
	tree_make(&t);
	make_device(&t, files, sizeof(files) / sizeof(files[0]));
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	vendor_tree_file(&t, AT, "unique_id", large);
	vendor_tree_file(&t, AT, "product_number/inner", "x");
	tree_text(&t, NODES "0/properties",
	    "location_id 33536\ngfx_target_version 99999999999999\n"
	    "simd_count\nsimd_per_cu 0\nnum_xcc -3\n");
	vendor_host_open(&host, &t);
	expect_none(&host, 0, FACT_VBIOS, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_PRODUCT, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_MEMORY, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_CLOCK_MAX, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_CLOCK_MEMORY_MAX, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_PTL, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_UNIQUE_ID, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_PART_NUMBER, SOURCE_SYSFS);
	expect_none(&host, 0, FACT_ARCHITECTURE, SOURCE_KFD);
	expect_none(&host, 0, FACT_SIMD_COUNT, SOURCE_KFD);
	expect_none(&host, 0, FACT_XCC_COUNT, SOURCE_KFD);
	assert_int_equal(host.board.device[0].components.n, 0);
	vendor_host_close(&host);
	tree_remove(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_an_mi100),
	    cmocka_unit_test(reads_the_limiter),
	    cmocka_unit_test(reads_the_topology),
	    cmocka_unit_test(passes_over_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
