/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AMD accelerators as amdgpu shows them in sysfs.  No AMD accelerator signs
 * a report that reaches this host: all of it is the driver's word.
 */
#include "vendor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Documentation/gpu/amdgpu/driver-misc.rst and ptl.rst.  The Peak Tops
 * Limiter lowers what a chip delivers, and root can switch it.
 */
static const struct vendor_row attributes[] = {
    {FACT_PRODUCT, "product_name", FORM_TEXT, 0, NULL},
    {FACT_PART_NUMBER, "product_number", FORM_TEXT, 0, NULL},
    {FACT_SERIAL, "serial_number", FORM_TEXT, 0, NULL},
    {FACT_UNIQUE_ID, "unique_id", FORM_TEXT, 0, NULL},
    {FACT_VBIOS, "vbios_version", FORM_TEXT, 0, "vbios"},
    {FACT_MEMORY, "mem_info_vram_total", FORM_NUMBER, 0, NULL},
    {FACT_MEMORY_VENDOR, "mem_info_vram_vendor", FORM_TEXT, 0, NULL},
    {FACT_CLOCK_MAX, "pp_dpm_sclk", FORM_CLOCKS, 0, NULL},
    {FACT_CLOCK_MEMORY_MAX, "pp_dpm_mclk", FORM_CLOCKS, 0, NULL},
    {FACT_POWER_LIMIT, "hwmon/hwmon*/power1_cap", FORM_NUMBER, 1000, NULL},
    {FACT_POWER_LIMIT_MAX, "hwmon/hwmon*/power1_cap_max", FORM_NUMBER, 1000,
        NULL},
    {FACT_COMPUTE_PARTITION, "current_compute_partition", FORM_TEXT, 0, NULL},
    {FACT_MEMORY_PARTITION, "current_memory_partition", FORM_TEXT, 0, NULL},
    {FACT_PTL, "ptl/ptl_enable", FORM_TEXT, 0, NULL},
    {FACT_PTL_FORMATS, "ptl/ptl_format", FORM_TEXT, 0, NULL},
    {FACT_PTL_SUPPORTED, "ptl/ptl_supported_formats", FORM_TEXT, 0, NULL},
#define PART(file, name)                                                       \
	{                                                                      \
		FACT_NONE, "fw_version/" file "_fw_version", FORM_TEXT, 0,     \
		    name                                                       \
	}
    {FACT_SOS, "fw_version/sos_fw_version", FORM_TEXT, 0, "psp-sos"},
    PART("asd", "psp-asd"),
    PART("ta_ras", "psp-ta-ras"),
    PART("ta_xgmi", "psp-ta-xgmi"),
    PART("ce", "ce"),
    PART("dmcu", "dmcu"),
    PART("imu", "imu"),
    PART("me", "me"),
    PART("mec", "mec"),
    PART("mec2", "mec2"),
    PART("mes", "mes"),
    PART("mes_kiq", "mes-kiq"),
    PART("pfp", "pfp"),
    PART("rlc", "rlc"),
    PART("rlc_srlc", "rlc-srlc"),
    PART("rlc_srlg", "rlc-srlg"),
    PART("rlc_srls", "rlc-srls"),
    PART("sdma", "sdma"),
    PART("sdma2", "sdma2"),
    PART("smc", "smc"),
    PART("uvd", "uvd"),
    PART("vce", "vce"),
    PART("vcn", "vcn"),
#undef PART
};

enum { ATTRIBUTES = sizeof(attributes) / sizeof(attributes[0]) };

static void
amdgpu_testify(void *ctx, struct device *d)
{
	const struct vendors *v = ctx;
	int dir = vendor_directory(v, d);

	if (dir < 0)
		return;
	vendor_read(dir, attributes, ATTRIBUTES, SOURCE_SYSFS, d);
	close(dir);
}

const struct witness witness_amdgpu = {
    .name = "amdgpu",
    .vendor = VENDOR_AMD,
    .testify = amdgpu_testify,
};

/* Nodes of the topology that are looked at. */
enum { NODES_MAX = 256 };
#define NODES "devices/virtual/kfd/kfd/topology/nodes/"

/* "simd_count 480": the number of a line that begins with NAME. */
static bool
property(const char *text, const char *name, uint64_t *out)
{
	size_t n = strlen(name);
	const char *at = text;

	while (at != NULL && (strncmp(at, name, n) != 0 || at[n] != ' ')) {
		at = strchr(at, '\n');
		at = at == NULL ? NULL : at + 1;
	}
	if (at == NULL || at[n + 1] < '0' || at[n + 1] > '9')
		return false;
	*out = strtoull(at + n + 1, NULL, 10);
	return true;
}

/* Is the node at this address?  location_id is bus, device, function. */
static bool
is_node_of(const char *text, const char *address)
{
	uint64_t location, domain = 0;
	char at[24];

	if (!property(text, "location_id", &location))
		return false;
	(void)property(text, "domain", &domain);
	(void)snprintf(at, sizeof(at), "%04x:%02x:%02x.%x",
	    (unsigned)(domain & 0xffffffff), (unsigned)(location >> 8 & 0xff),
	    (unsigned)(location >> 3 & 0x1f), (unsigned)(location & 7));
	return strcmp(at, address) == 0;
}

/* Numbers of a node or a bank of memory that become facts. */
struct property {
	const char *name;
	enum fact_key key;
};

static void
add_numbers(const char *text, const struct property *rows, size_t count,
    struct device *d)
{
	uint64_t v;

	for (size_t i = 0; i < count; i++)
		if (property(text, rows[i].name, &v) && v > 0)
			(void)fact_add_uint(
			    &d->facts, rows[i].key, SOURCE_KFD, v);
}

/* 90402 is gfx942, 90010 is gfx90a: the last two are hexadecimal digits. */
static void
add_architecture(const char *text, struct device *d)
{
	char name[32];
	uint64_t v;

	if (!property(text, "gfx_target_version", &v) || v == 0 ||
	    v / 10000 > 99 || v / 100 % 100 > 15 || v % 100 > 15)
		return;
	(void)snprintf(name, sizeof(name), "gfx%u%x%x", (unsigned)(v / 10000),
	    (unsigned)(v / 100 % 100), (unsigned)(v % 100));
	(void)fact_add_text(
	    &d->facts, FACT_ARCHITECTURE, SOURCE_KFD, bytes_str(name));
}

static void
add_node(const char *text, const char *bank, struct device *d)
{
	static const struct property of_node[] = {
	    {"simd_count", FACT_SIMD_COUNT},
	    {"num_xcc", FACT_XCC_COUNT},
	    {"max_engine_clk_fcompute", FACT_CLOCK_MAX},
	};
	static const struct property of_bank[] = {
	    {"size_in_bytes", FACT_MEMORY},
	    {"width", FACT_BUS_WIDTH},
	    {"mem_clk_max", FACT_CLOCK_MEMORY_MAX},
	};
	uint64_t simds, per_cu;

	add_architecture(text, d);
	add_numbers(text, of_node, 3, d);
	if (property(text, "simd_count", &simds) &&
	    property(text, "simd_per_cu", &per_cu) && per_cu > 0)
		(void)fact_add_uint(
		    &d->facts, FACT_CU_COUNT, SOURCE_KFD, simds / per_cu);

	add_numbers(bank, of_bank, 3, d);
}

/* Look for the device among the nodes; processors are nodes too. */
static void
kfd_testify(void *ctx, struct device *d)
{
	const struct vendors *v = ctx;
	char address[24], path[96];
	char node[VENDOR_FILE_MAX + 1], bank[VENDOR_FILE_MAX + 1];

	if (!vendor_address(d, address))
		return;
	for (unsigned i = 0; i < NODES_MAX; i++) {
		(void)snprintf(path, sizeof(path), NODES "%u/properties", i);
		if (!vendor_file(v->sys, path, node) ||
		    !is_node_of(node, address))
			continue;

		/* The first bank is the device's own memory. */
		(void)snprintf(
		    path, sizeof(path), NODES "%u/mem_banks/0/properties", i);
		if (!vendor_file(v->sys, path, bank))
			bank[0] = '\0';
		add_node(node, bank, d);
		return;
	}
}

const struct witness witness_kfd = {
    .name = "kfd",
    .vendor = VENDOR_AMD,
    .testify = kfd_testify,
};
