/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The getters of the mock library.  A key that the board does not have is
 * not supported; the name of a product says MOCK.
 */
#include "nvml_mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copy KEY of G, behind PREFIX, as text. */
static int
give_text(const char *name, struct nvml_gpu *g, const char *key,
    const char *prefix, char *out, unsigned cap)
{
	const char *value = mock_value(g, key);
	int rc = mock_enter(name, g);

	if (rc != NVML_SUCCESS)
		return rc;
	if (value == NULL)
		return NVML_NOT_SUPPORTED;
	return snprintf(out, cap, "%s%s", prefix, value) < (int)cap
	           ? NVML_SUCCESS
	           : 7; /* NVML_ERROR_INSUFFICIENT_SIZE */
}

static int
give_number(
    const char *name, struct nvml_gpu *g, const char *key, unsigned *out)
{
	const char *value = mock_value(g, key);
	int rc = mock_enter(name, g);

	if (rc != NVML_SUCCESS)
		return rc;
	if (value == NULL)
		return NVML_NOT_SUPPORTED;
	*out = (unsigned)strtoul(value, NULL, 0);
	return NVML_SUCCESS;
}

#define TEXT(symbol, key)                                                      \
	int symbol(struct nvml_gpu *g, char *out, unsigned cap)                \
	{                                                                      \
		return give_text(#symbol, g, key, "", out, cap);               \
	}
#define NUMBER(symbol, key)                                                    \
	int symbol(struct nvml_gpu *g, unsigned *out)                          \
	{                                                                      \
		return give_number(#symbol, g, key, out);                      \
	}

TEXT(nvmlDeviceGetUUID, "uuid")
TEXT(nvmlDeviceGetSerial, "serial")
TEXT(nvmlDeviceGetBoardPartNumber, "part-number")
TEXT(nvmlDeviceGetInforomImageVersion, "inforom-version")
NUMBER(nvmlDeviceGetBoardId, "board-id")
NUMBER(nvmlDeviceGetModuleId, "module-id")
NUMBER(nvmlDeviceGetNumGpuCores, "cores")
NUMBER(nvmlDeviceGetMemoryBusWidth, "memory-bus-width")
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, "link-width")
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, "link-width-max")
NUMBER(nvmlDeviceGetPowerManagementLimit, "power-limit")

int
nvmlDeviceGetName(struct nvml_gpu *g, char *out, unsigned cap)
{
	return give_text("nvmlDeviceGetName", g, "product", "MOCK ", out, cap);
}

int
nvmlDeviceGetVbiosVersion(struct nvml_gpu *g, char *out, unsigned cap)
{
	return give_text("nvmlDeviceGetVbiosVersion", g, "vbios-version",
	    mock_changed() ? "CHANGED " : "", out, cap);
}

int
nvmlDeviceGetGspFirmwareVersion(struct nvml_gpu *g, char *out)
{
	return give_text(
	    "nvmlDeviceGetGspFirmwareVersion", g, "gsp-version", "", out, 64);
}

/* This is about no device. */
int
nvmlSystemGetDriverVersion(char *out, unsigned cap)
{
	const char *value = mock_value(mock_gpu(NULL), "driver-version");
	int rc = mock_enter("nvmlSystemGetDriverVersion", NULL);

	if (rc == NVML_SUCCESS && value == NULL)
		rc = NVML_NOT_SUPPORTED;
	if (rc == NVML_SUCCESS)
		(void)snprintf(out, cap, "%s", value);
	return rc;
}

int
nvmlDeviceGetHandleByPciBusId_v2(const char *address, struct nvml_gpu **out)
{
	int rc;

	*out = mock_gpu(address);
	rc = mock_enter("nvmlDeviceGetHandleByPciBusId_v2", *out);
	return rc != NVML_SUCCESS || *out != NULL ? rc : NVML_NOT_FOUND;
}

static unsigned
number_of(const struct nvml_gpu *g, const char *key)
{
	const char *value = mock_value(g, key);

	return value == NULL ? 0 : (unsigned)strtoul(value, NULL, 0);
}

int
nvmlDeviceGetPciInfo_v3(struct nvml_gpu *g, struct nvml_pci *out)
{
	int rc = mock_enter("nvmlDeviceGetPciInfo_v3", g);

	memset(out, 0, sizeof(*out));
	out->device_id =
	    number_of(g, "pci-device") << 16 | number_of(g, "pci-vendor");
	out->subsystem_id = number_of(g, "pci-subsystem-device") << 16 |
	                    number_of(g, "pci-subsystem-vendor");
	return rc;
}

/* The name of an architecture, to its number. */
int
nvmlDeviceGetArchitecture(struct nvml_gpu *g, unsigned *out)
{
	static const char *const names[] = {
	    [7] = "Ampere", [8] = "Ada", [9] = "Hopper", [10] = "Blackwell"};
	const char *value = mock_value(g, "architecture");
	int rc = mock_enter("nvmlDeviceGetArchitecture", g);

	if (rc != NVML_SUCCESS || value == NULL)
		return rc != NVML_SUCCESS ? rc : NVML_NOT_SUPPORTED;
	for (unsigned i = 7; i < 11; i++)
		if (strcmp(value, names[i]) == 0)
			*out = i;
	return NVML_SUCCESS;
}

int
nvmlDeviceGetCudaComputeCapability(struct nvml_gpu *g, int *major, int *minor)
{
	const char *value = mock_value(g, "compute-capability");
	int rc = mock_enter("nvmlDeviceGetCudaComputeCapability", g);

	if (rc != NVML_SUCCESS)
		return rc;
	return value != NULL && sscanf(value, "%d.%d", major, minor) == 2
	           ? NVML_SUCCESS
	           : NVML_NOT_SUPPORTED;
}

/* Versions are checked as the library checks them. */
int
nvmlDeviceGetMemoryInfo_v2(struct nvml_gpu *g, struct nvml_memory *out)
{
	const char *value = mock_value(g, "memory");
	int rc = mock_enter("nvmlDeviceGetMemoryInfo_v2", g);

	if (rc != NVML_SUCCESS)
		return rc;
	if (out->version != NVML_VERSION(struct nvml_memory, 2))
		return NVML_ARGUMENT_VERSION_MISMATCH;
	if (value == NULL)
		return NVML_NOT_SUPPORTED;
	out->total = strtoull(value, NULL, 0);
	return NVML_SUCCESS;
}

int
nvmlDeviceGetPdi(struct nvml_gpu *g, struct nvml_pdi *out)
{
	const char *value = mock_value(g, "pdi");
	int rc = mock_enter("nvmlDeviceGetPdi", g);

	if (rc != NVML_SUCCESS)
		return rc;
	if (out->version != NVML_VERSION(struct nvml_pdi, 1))
		return NVML_ARGUMENT_VERSION_MISMATCH;
	if (value == NULL)
		return NVML_NOT_SUPPORTED;
	out->value = strtoull(value, NULL, 16);
	return NVML_SUCCESS;
}

int
nvmlDeviceGetMaxClockInfo(struct nvml_gpu *g, int type, unsigned *out)
{
	return give_number("nvmlDeviceGetMaxClockInfo", g,
	    type == NVML_CLOCK_MEM ? "max-clock-memory" : "max-clock", out);
}

/* MT/s back to a generation. */
static int
give_generation(
    const char *name, struct nvml_gpu *g, const char *key, unsigned *out)
{
	unsigned speed = 0;
	int rc = give_number(name, g, key, &speed);

	for (*out = 1; speed > 2500; speed /= 2)
		++*out;
	return rc;
}

int
nvmlDeviceGetCurrPcieLinkGeneration(struct nvml_gpu *g, unsigned *out)
{
	return give_generation(
	    "nvmlDeviceGetCurrPcieLinkGeneration", g, "link-speed", out);
}

int
nvmlDeviceGetMaxPcieLinkGeneration(struct nvml_gpu *g, unsigned *out)
{
	return give_generation(
	    "nvmlDeviceGetMaxPcieLinkGeneration", g, "link-speed-max", out);
}

int
nvmlDeviceGetNvLinkState(struct nvml_gpu *g, unsigned link, unsigned *out)
{
	unsigned n = 0;
	int rc = give_number("nvmlDeviceGetNvLinkState", g, "nvlink-count", &n);

	*out = 1;
	return rc == NVML_SUCCESS && link >= n ? NVML_NOT_SUPPORTED : rc;
}

int
nvmlDeviceGetPowerManagementLimitConstraints(
    struct nvml_gpu *g, unsigned *lo, unsigned *hi)
{
	*lo = 0;
	return give_number("nvmlDeviceGetPowerManagementLimitConstraints", g,
	    "power-limit-max", hi);
}

/* "enabled" or not, now and after the next reset. */
static int
give_mode(const char *name, struct nvml_gpu *g, const char *key, unsigned *now,
    unsigned *then)
{
	const char *value = mock_value(g, key);
	int rc = mock_enter(name, g);

	if (rc != NVML_SUCCESS)
		return rc;
	if (value == NULL)
		return NVML_NOT_SUPPORTED;
	*now = strncmp(value, "enabled", 7) == 0;
	*then = strstr(value, "until") == NULL ? *now : !*now;
	return NVML_SUCCESS;
}

int
nvmlDeviceGetMigMode(struct nvml_gpu *g, unsigned *now, unsigned *then)
{
	return give_mode("nvmlDeviceGetMigMode", g, "mig-mode", now, then);
}

int
nvmlDeviceGetEccMode(struct nvml_gpu *g, unsigned *now, unsigned *then)
{
	return give_mode("nvmlDeviceGetEccMode", g, "ecc-mode", now, then);
}

int
nvmlDeviceGetDramEncryptionMode(struct nvml_gpu *g, struct nvml_encryption *now,
    struct nvml_encryption *then)
{
	if (now->version != NVML_VERSION(struct nvml_encryption, 1) ||
	    then->version != now->version)
		return NVML_ARGUMENT_VERSION_MISMATCH;
	return give_mode("nvmlDeviceGetDramEncryptionMode", g,
	    "dram-encryption", &now->state, &then->state);
}

int
nvmlDeviceGetVirtualizationMode(struct nvml_gpu *g, unsigned *out)
{
	const char *value = mock_value(g, "virtualisation");
	int rc = mock_enter("nvmlDeviceGetVirtualizationMode", g);

	*out = value != NULL && strcmp(value, "pass-through") == 0;
	return rc != NVML_SUCCESS || value != NULL ? rc : NVML_NOT_SUPPORTED;
}
