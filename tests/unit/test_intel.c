/* SPDX-License-Identifier: Apache-2.0 */
/* Intel boards as recorded trees: a Data Center GPU under xe, and a Gaudi. */
#include "vendor_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define XE    "0000:4d:00.0"
#define GAUDI "0000:33:00.0"

static struct vendor_host host;

static void
reads_xe(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	vendor_tree_pci(&t, XE, "0x8086\n", "0x0bd5\n", "0x038000\n");
	vendor_tree_file(&t, XE, "tile0/gt0/freq0/rp0_freq", "1550\n");
	vendor_tree_file(&t, XE, "hwmon/hwmon3/power1_max", "600000000\n");
	vendor_tree_file(&t, XE, "lb_fan_control_version", "1.2.3.4\n");
	vendor_host_open(&host, &t);
	assert_int_equal(host.board.count, 1);
	expect_number(&host, 0, FACT_CLOCK_MAX, SOURCE_SYSFS, 1550);
	expect_number(&host, 0, FACT_POWER_LIMIT, SOURCE_SYSFS, 600000);
	expect_component(&host, 0, "fan-control", "1.2.3.4");
	assert_false(host.board.device[0].signs);
	vendor_host_close(&host);
	tree_remove(&t);
}

static void
reads_gaudi(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	vendor_tree_pci(&t, GAUDI, "0x1da3\n", "0x1020\n", "0x120000\n");

	/* Wherever the driver has put them. */
	vendor_tree_file(&t, GAUDI, "device_type", "GAUDI2\n");
	vendor_tree_file(&t, GAUDI, "accel/accel0/uboot_ver", "U-Boot 1\n");
	vendor_tree_file(
	    &t, GAUDI, "accel/accel0/device/fuse_ver", "fuses 2\n");
	vendor_tree_file(&t, GAUDI, "accel/accel0/device/uboot_ver", "old\n");
	vendor_tree_file(&t, GAUDI, "accel/accel0/device/module_id", "3\n");
	vendor_tree_file(
	    &t, GAUDI, "accel/accel0/device/security_enabled", "1\n");
	vendor_tree_file(
	    &t, GAUDI, "accel/accel0/device/clk_max_freq_mhz", "1650\n");
	vendor_tree_file(
	    &t, GAUDI, "accel/accel0/device/status", "operational\n");
	vendor_host_open(&host, &t);
	expect_text(&host, 0, FACT_PRODUCT, SOURCE_SYSFS, "GAUDI2");
	expect_component(&host, 0, "uboot", "U-Boot 1");
	expect_component(&host, 0, "fuses", "fuses 2");
	expect_number(&host, 0, FACT_MODULE_ID, SOURCE_SYSFS, 3);
	expect_number(&host, 0, FACT_CLOCK_MAX, SOURCE_SYSFS, 1650);
	expect_text(&host, 0, FACT_SECURITY, SOURCE_SYSFS, "1");
	expect_text(&host, 0, FACT_STATE, SOURCE_SYSFS, "operational");
	vendor_host_close(&host);
	tree_remove(&t);
}

/* Several vendors in one host: each is asked about its own. */
static void
keeps_vendors_apart(void **state)
{
	struct tree t;

	(void)state;
	tree_make(&t);
	vendor_tree_pci(&t, GAUDI, "0x1da3\n", "0x1020\n", "0x120000\n");
	vendor_tree_pci(&t, XE, "0x8086\n", "0x0bd5\n", "0x038000\n");
	vendor_tree_file(&t, GAUDI, "lb_fan_control_version", "1\n");
	vendor_tree_file(&t, XE, "device_type", "GAUDI2\n");
	vendor_tree_file(&t, XE, "vbios_version", "1\n");
	vendor_host_open(&host, &t);
	assert_int_equal(host.board.count, 2);
	expect_component(&host, 0, "fan-control", NULL);
	expect_none(&host, 1, FACT_PRODUCT, SOURCE_SYSFS);
	expect_none(&host, 1, FACT_VBIOS, SOURCE_SYSFS);
	vendor_host_close(&host);
	tree_remove(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_xe),
	    cmocka_unit_test(reads_gaudi),
	    cmocka_unit_test(keeps_vendors_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
