/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel accelerators: the Data Center GPUs as xe or i915 shows them in sysfs,
 * and Gaudi as habanalabs does.
 */
#include "vendor.h"

#include <unistd.h>

/*
 * Documentation/ABI/testing/sysfs-driver-intel-xe-{hwmon,sriov}, xe_gt_freq;
 * sysfs-driver-intel-i915-hwmon, intel_gt_sysfs_pm.c
 */
static const struct vendor_row xe_rows[] = {
    {FACT_CLOCK_MAX, "tile0/gt0/freq0/rp0_freq", FORM_NUMBER, 0, NULL},
    {FACT_CLOCK_MAX, "drm/card*/gt/gt0/rps_RP0_freq_mhz", FORM_NUMBER, 0, NULL},
    {FACT_POWER_LIMIT, "hwmon/hwmon*/power1_max", FORM_NUMBER, 1000, NULL},
    {FACT_NONE, "lb_fan_control_version", FORM_TEXT, 0, "fan-control"},
    {FACT_NONE, "lb_voltage_regulator_version", FORM_TEXT, 0,
        "voltage-regulator"},
};

/* Documentation/ABI/testing/sysfs-driver-habanalabs */
static const struct vendor_row habana_rows[] = {
    {FACT_PRODUCT, "device_type", FORM_TEXT, 0, NULL},
    {FACT_MODULE_ID, "module_id", FORM_NUMBER, 0, NULL},
    {FACT_CLOCK_MAX, "clk_max_freq_mhz", FORM_NUMBER, 0, NULL},
    {FACT_POWER_LIMIT, "max_power", FORM_NUMBER, 0, NULL},
    {FACT_SECURITY, "security_enabled", FORM_TEXT, 0, NULL},
    {FACT_STATE, "status", FORM_TEXT, 0, NULL},
    {FACT_VBIOS, "preboot_btl_ver", FORM_TEXT, 0, "preboot"},
    {FACT_NONE, "uboot_ver", FORM_TEXT, 0, "uboot"},
    {FACT_NONE, "fuse_ver", FORM_TEXT, 0, "fuses"},
    {FACT_NONE, "cpld_ver", FORM_TEXT, 0, "cpld"},
    {FACT_NONE, "cpucp_ver", FORM_TEXT, 0, "cpucp"},
    {FACT_NONE, "cpucp_kernel_ver", FORM_TEXT, 0, "cpucp-kernel"},
    {FACT_NONE, "fw_os_ver", FORM_TEXT, 0, "firmware-os"},
    {FACT_NONE, "vrm_ver", FORM_TEXT, 0, "vrm"},
    {FACT_NONE, "infineon_ver", FORM_TEXT, 0, "infineon"},
    {FACT_NONE, "thermal_ver", FORM_TEXT, 0, "thermal"},
};

/* Where they are, below the device, differs between driver versions. */
static const char *const habana_places[] = {
    "accel/accel*",
    "accel/accel*/device",
};

static void
xe_testify(void *ctx, struct device *d)
{
	int dir = vendor_directory(ctx, d);

	if (dir < 0)
		return;
	vendor_read(dir, xe_rows, sizeof(xe_rows) / sizeof(xe_rows[0]),
	    SOURCE_SYSFS, d);
	close(dir);
}

static void
read_habana(int dir, struct device *d)
{
	vendor_read(dir, habana_rows,
	    sizeof(habana_rows) / sizeof(habana_rows[0]), SOURCE_SYSFS, d);
}

/* A fact that was found stays; the same is not taken twice. */
static void
habanalabs_testify(void *ctx, struct device *d)
{
	int dir = vendor_directory(ctx, d), at;

	if (dir < 0)
		return;
	read_habana(dir, d);
	for (size_t i = 0; i < sizeof(habana_places) / sizeof(habana_places[0]);
	     i++) {
		at = vendor_enter(dir, bytes_str(habana_places[i]));
		if (at < 0)
			continue;
		read_habana(at, d);
		close(at);
	}
	close(dir);

	/* What its firmware does not protect can sign nothing. */
	d->signs = bytes_eq(
	    device_text(d, FACT_SECURITY, SOURCE_SYSFS), BYTES_LIT("1"));
}

const struct witness witness_xe = {
    .name = "xe",
    .vendor = VENDOR_INTEL,
    .testify = xe_testify,
};

const struct witness witness_habanalabs = {
    .name = "habanalabs",
    .vendor = VENDOR_HABANA,
    .testify = habanalabs_testify,
};
