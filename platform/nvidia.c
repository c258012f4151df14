/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA devices as the management library knows them.  Whatever it does not
 * support, or an older one lacks, is no fact; why there is none at all is
 * the device's state.
 */
#include "vendor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define AT(member)   offsetof(struct nvml, member)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* No device has more links (nvmlDeviceGetNvLinkState). */
enum { NVLINKS_MAX = 36 };

/* A device while it is asked. */
struct asked {
	const struct nvml *n;
	struct nvml_gpu *gpu;
	struct device *d;
	bool lost, refused;
};

/* Was there an answer?  Remembers a lost device and a refusal. */
static bool
answered(struct asked *a, int rc)
{
	a->lost = a->lost || rc == NVML_GPU_IS_LOST;
	a->refused = a->refused || rc == NVML_NO_PERMISSION;
	return rc == NVML_SUCCESS;
}

static void
add_text(struct asked *a, enum fact_key key, const char *text)
{
	(void)fact_add_text(&a->d->facts, key, SOURCE_DRIVER, bytes_str(text));
}

static void
add_number(struct asked *a, enum fact_key key, uint64_t v)
{
	(void)fact_add_uint(&a->d->facts, key, SOURCE_DRIVER, v);
}

/* Functions that fill a text; CAP is what nvml.h calls large enough. */
static void
ask_texts(struct asked *a)
{
	static const struct {
		enum fact_key key;
		size_t at;
		unsigned cap;
		const char *component;
	} rows[] = {
	    {FACT_PRODUCT, AT(name), 96, NULL},
	    {FACT_UUID, AT(uuid), 96, NULL},
	    {FACT_SERIAL, AT(serial), 30, NULL},
	    {FACT_PART_NUMBER, AT(part_number), 80, NULL},
	    {FACT_VBIOS, AT(vbios), 32, "vbios"},
	    {FACT_INFOROM, AT(inforom), 16, "inforom"},
	};
	int(*get) NVML_TEXT;

	for (size_t i = 0; i < COUNT(rows) && !a->lost; i++) {
		char text[97] = "";

		memcpy(&get, (const char *)a->n + rows[i].at, sizeof(get));
		if (get == NULL || !answered(a, get(a->gpu, text, rows[i].cap)))
			continue;
		text[sizeof(text) - 1] = '\0';
		add_text(a, rows[i].key, text);
		if (rows[i].component != NULL)
			(void)component_add(&a->d->components,
			    rows[i].component, bytes_str(text));
	}
}

/* Functions that fill a number. */
static void
ask_numbers(struct asked *a)
{
	static const struct {
		enum fact_key key;
		size_t at;
	} rows[] = {
	    {FACT_BOARD_ID, AT(board_id)},
	    {FACT_MODULE_ID, AT(module_id)},
	    {FACT_CORES, AT(cores)},
	    {FACT_BUS_WIDTH, AT(bus_width)},
	    {FACT_LINK_WIDTH, AT(link_width)},
	    {FACT_LINK_WIDTH_MAX, AT(link_width_max)},
	    {FACT_POWER_LIMIT, AT(power_limit)},
	};
	int(*get) NVML_NUMBER;

	for (size_t i = 0; i < COUNT(rows) && !a->lost; i++) {
		unsigned v = 0;

		memcpy(&get, (const char *)a->n + rows[i].at, sizeof(get));
		if (get != NULL && answered(a, get(a->gpu, &v)))
			add_number(a, rows[i].key, v);
	}
}

/* Modes that are on or off, now and after the next reset. */
static void
ask_modes(struct asked *a)
{
	static const struct {
		enum fact_key key;
		size_t at;
	} rows[] = {
	    {FACT_MIG, AT(mig)},
	    {FACT_ECC, AT(ecc)},
	};
	static const char *const words[2][2] = {
	    {"disabled", "disabled until reset"},
	    {"enabled until reset", "enabled"},
	};
	int(*get) NVML_TWO;

	for (size_t i = 0; i < COUNT(rows) && !a->lost; i++) {
		unsigned now = 0, then = 0;

		memcpy(&get, (const char *)a->n + rows[i].at, sizeof(get));
		if (get != NULL && answered(a, get(a->gpu, &now, &then)))
			add_text(a, rows[i].key, words[now != 0][then != 0]);
	}
}

/* MT/s of a PCIe generation, side by side with what sysfs says. */
static void
ask_links(struct asked *a)
{
	static const uint32_t speeds[] = {
	    0, 2500, 5000, 8000, 16000, 32000, 64000};
	unsigned v = 0, on = 0, n = 0;

	if (a->n->link_gen != NULL && answered(a, a->n->link_gen(a->gpu, &v)) &&
	    v > 0 && v < COUNT(speeds))
		add_number(a, FACT_LINK_SPEED, speeds[v]);
	v = 0;
	if (a->n->link_gen_max != NULL &&
	    answered(a, a->n->link_gen_max(a->gpu, &v)) && v > 0 &&
	    v < COUNT(speeds))
		add_number(a, FACT_LINK_SPEED_MAX, speeds[v]);

	/* NVLinks that are up; the first one that is none ends the list. */
	if (a->n->nvlink == NULL)
		return;
	for (unsigned i = 0; i < NVLINKS_MAX; i++) {
		unsigned up = 0;

		if (!answered(a, a->n->nvlink(a->gpu, i, &up)))
			break;
		on += up == 1;
		n++;
	}
	if (n > 0)
		add_number(a, FACT_NVLINKS, on);
}

/* Returns the architecture's number, 0 when it is not known. */
static unsigned
ask_architecture(struct asked *a)
{
	/* From 2 on (nvmlDeviceArchitecture_t). */
	static const char *const names[] = {NULL, NULL, "Kepler", "Maxwell",
	    "Pascal", "Volta", "Turing", "Ampere", "Ada", "Hopper", "Blackwell",
	    NULL, NULL, "Rubin"};
	int major = 0, minor = 0;
	char text[32];
	unsigned v = 0;

	if (a->n->capability != NULL &&
	    answered(a, a->n->capability(a->gpu, &major, &minor))) {
		(void)snprintf(text, sizeof(text), "%d.%d", major, minor);
		add_text(a, FACT_COMPUTE_CAPABILITY, text);
	}
	if (a->n->architecture == NULL ||
	    !answered(a, a->n->architecture(a->gpu, &v)))
		return 0;
	if (v < COUNT(names) && names[v] != NULL) {
		add_text(a, FACT_ARCHITECTURE, names[v]);
	} else {
		(void)snprintf(text, sizeof(text), "architecture %u", v);
		add_text(a, FACT_ARCHITECTURE, text);
	}
	return v;
}

/* Memory, clocks, power. */
static void
ask_sizes(struct asked *a)
{
	struct nvml_memory memory = {
	    .version = NVML_VERSION(struct nvml_memory, 2)};
	unsigned v = 0, lo = 0, hi = 0;

	if (a->n->memory != NULL && answered(a, a->n->memory(a->gpu, &memory)))
		add_number(a, FACT_MEMORY, memory.total);
	if (a->n->power_range != NULL &&
	    answered(a, a->n->power_range(a->gpu, &lo, &hi)))
		add_number(a, FACT_POWER_LIMIT_MAX, hi);
	if (a->n->clock_max == NULL)
		return;
	if (answered(a, a->n->clock_max(a->gpu, NVML_CLOCK_SM, &v)))
		add_number(a, FACT_CLOCK_MAX, v);
	if (answered(a, a->n->clock_max(a->gpu, NVML_CLOCK_MEM, &v)))
		add_number(a, FACT_CLOCK_MEMORY_MAX, v);
}

/* What identifies device and firmware besides texts. */
static void
ask_identity(struct asked *a)
{
	struct nvml_pdi pdi = {.version = NVML_VERSION(struct nvml_pdi, 1)};
	struct nvml_pci pci = {.bus = 0};
	char text[97] = "";

	if (a->n->pci != NULL && answered(a, a->n->pci(a->gpu, &pci))) {
		add_number(a, FACT_PCI_VENDOR, pci.device_id & 0xffff);
		add_number(a, FACT_PCI_DEVICE, pci.device_id >> 16);
		add_number(a, FACT_PCI_SUBVENDOR, pci.subsystem_id & 0xffff);
		add_number(a, FACT_PCI_SUBDEVICE, pci.subsystem_id >> 16);
	}

	/* As the certificate has it: 16 digits. */
	if (a->n->pdi != NULL && answered(a, a->n->pdi(a->gpu, &pdi))) {
		(void)snprintf(text, sizeof(text), "%016" PRIx64, pdi.value);
		add_text(a, FACT_PDI, text);
	}
	memset(text, 0, sizeof(text));
	if (a->n->gsp != NULL && answered(a, a->n->gsp(a->gpu, text))) {
		text[sizeof(text) - 1] = '\0';
		add_text(a, FACT_GSP, text);
		(void)component_add(&a->d->components, "gsp", bytes_str(text));
	}
	memset(text, 0, sizeof(text));
	if (a->n->driver_version != NULL &&
	    answered(a, a->n->driver_version(text, 80))) {
		add_text(a, FACT_DRIVER_VERSION, text);
		(void)component_add(
		    &a->d->components, "driver", bytes_str(text));
	}
}

static void
ask_rest(struct asked *a)
{
	static const char *const modes[] = {
	    "none", "pass-through", "vGPU", "host vGPU", "host vSGA"};
	struct nvml_encryption now = {
	    .version = NVML_VERSION(struct nvml_encryption, 1)};
	struct nvml_encryption then = now;
	unsigned v = 0;

	if (a->n->virtualization != NULL &&
	    answered(a, a->n->virtualization(a->gpu, &v)) && v < COUNT(modes))
		add_text(a, FACT_VIRTUALIZATION, modes[v]);
	if (a->n->encryption != NULL &&
	    answered(a, a->n->encryption(a->gpu, &now, &then)))
		add_text(a, FACT_DRAM_ENCRYPTION,
		    now.state == 1 ? "enabled" : "disabled");
}

static void
nvidia_begin(void *ctx)
{
	struct vendors *v = ctx;

	(void)nvml_open(&v->nvml);
}

/* Everything about one device that the library found. */
static void
ask_all(struct asked *a)
{
	static void (*const asks[])(struct asked *) = {ask_texts, ask_numbers,
	    ask_modes, ask_links, ask_sizes, ask_identity, ask_rest};

	for (size_t i = 0; i < COUNT(asks) && !a->lost; i++)
		asks[i](a);
	if (!a->lost)
		nvidia_cc(a->n, ask_architecture(a), a->d);
}

static void
nvidia_testify(void *ctx, struct device *d)
{
	struct vendors *v = ctx;
	struct asked a = {.n = &v->nvml, .d = d};
	const char *trouble;
	char address[24];

	/* Switches have a library of their own, which is not used. */
	if (strncmp(d->label, "gpu-", 4) != 0 || !vendor_address(d, address))
		return;
	if ((trouble = nvml_open(&v->nvml)) != NULL) {
		add_text(&a, FACT_STATE, trouble);
		return;
	}
	if (answered(&a, a.n->gpu_at(address, &a.gpu)))
		ask_all(&a);
	else if (!a.lost && !a.refused)
		add_text(&a, FACT_STATE, "unknown to the driver library");
	if (a.lost || a.refused)
		add_text(&a, FACT_STATE, a.lost ? "lost" : "no permission");
	d->signs = d->signs && !a.lost;
}

const struct witness witness_nvidia = {
    .name = "NVIDIA's library",
    .vendor = VENDOR_NVIDIA,
    .begin = nvidia_begin,
    .testify = nvidia_testify,
};
