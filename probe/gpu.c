/* SPDX-License-Identifier: Apache-2.0 */
#include "gpu.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { NUMBER_DIGITS = 4, UUID_BYTES = 16 };

bool
gpu_address(const char *text, char out[GPU_PCI_LEN + 1])
{
	static const char form[] = ":xx:xx.x";
	size_t domain = strspn(text, "0123456789abcdefABCDEF");
	const char *rest = text + domain;

	if (domain < 4 || domain > 8 || strlen(rest) != strlen(form))
		return false;
	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == 'x' ? !isxdigit((unsigned char)rest[i])
		                   : form[i] != rest[i])
			return false;
	(void)snprintf(
	    out, GPU_PCI_LEN + 1, "%04lx%s", strtoul(text, NULL, 16), rest);
	for (char *p = out; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return true;
}

bool
gpu_number(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= NUMBER_DIGITS && strspn(text, "0123456789") == n;
}

/* The address of a device; the driver writes it in its own way. */
static enum status
address_of(const struct cuda *c, int device, char out[GPU_PCI_LEN + 1],
    struct fault *fault)
{
	char text[32] = "";
	int rc = c->pci(text, sizeof(text), device);

	text[sizeof(text) - 1] = '\0';
	if (rc != CUDA_SUCCESS)
		return cuda_outcome(c, rc, "cuDeviceGetPCIBusId", fault);
	if (!gpu_address(text, out))
		return fault_set(fault, PROBE_DRIVER_FAILED,
		    "cuDeviceGetPCIBusId: not a PCI address");
	return OK;
}

/* The device of that number or address, among COUNT. */
static enum status
choose(const struct cuda *c, const char *which, int count, int *device,
    struct fault *fault)
{
	char want[GPU_PCI_LEN + 1] = "", have[GPU_PCI_LEN + 1];
	enum status st;

	if (which != NULL && gpu_address(which, want)) {
		for (int i = 0; i < count; i++) {
			if ((st = cuda_outcome(c, c->device(device, i),
			         "cuDeviceGet", fault)) != OK ||
			    (st = address_of(c, *device, have, fault)) != OK)
				return st;
			if (strcmp(want, have) == 0)
				return OK;
		}
	} else {
		int i = which == NULL ? 0 : atoi(which);

		if (i < count)
			return cuda_outcome(
			    c, c->device(device, i), "cuDeviceGet", fault);
	}
	return fault_set(fault, PROBE_NO_DEVICE,
	    "--device %s: the driver shows %d GPU%s, and not this one", which,
	    count, count == 1 ? "" : "s");
}

/* "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" */
static void
write_uuid(const uint8_t in[UUID_BYTES], bool slice, struct gpu_identity *out)
{
	static const size_t groups[] = {4, 2, 2, 2, 6};
	char *p = out->uuid;

	memcpy(p, slice ? "MIG" : "GPU", 3);
	p += 3;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		*p++ = '-';
		text_to_hex(in, groups[i], p);
		p += 2 * groups[i];
		in += groups[i];
	}
}

static enum status
identify(struct gpu *g, int device, struct fault *fault)
{
	const struct cuda *c = &g->cuda;
	struct gpu_identity *id = &g->identity;
	uint8_t uuid[UUID_BYTES] = {0};
	enum status st;

	if ((st = cuda_outcome(c, c->name(id->name, sizeof(id->name), device),
	         "cuDeviceGetName", fault)) != OK ||
	    (st = cuda_outcome(c, c->uuid(uuid, device), "cuDeviceGetUuid_v2",
	         fault)) != OK ||
	    (st = address_of(c, device, id->pci, fault)) != OK)
		return st;

	/* A name goes to a terminal and a file. */
	id->name[GPU_NAME_LEN] = '\0';
	for (char *p = id->name; *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	id->mock = strncmp(id->name, "MOCK", 4) == 0;
	write_uuid(uuid, strstr(id->name, " MIG ") != NULL, id);
	return OK;
}

/* How many of what it has. */
static enum status
measure_up(struct gpu *g, int device, struct fault *fault)
{
	static const int which[] = {CUDA_CAPABILITY_MAJOR,
	    CUDA_CAPABILITY_MINOR, CUDA_MULTIPROCESSORS, CUDA_L2_CACHE_SIZE};
	enum { MAJOR, MINOR, PROCESSORS, L2, VALUES, MOST = 1 << 30 };
	int value[VALUES];

	for (size_t i = 0; i < VALUES; i++) {
		int rc = g->cuda.attribute(&value[i], which[i], device);

		if (rc != CUDA_SUCCESS)
			return cuda_outcome(
			    &g->cuda, rc, "cuDeviceGetAttribute", fault);
		if (value[i] < 0 || value[i] > MOST)
			return fault_set(fault, PROBE_DRIVER_FAILED,
			    "cuDeviceGetAttribute: attribute %d is %d",
			    which[i], value[i]);
	}
	if (value[PROCESSORS] == 0 || value[PROCESSORS] > 4096 ||
	    value[MAJOR] > 99 || value[MINOR] > 9)
		return fault_set(fault, PROBE_DRIVER_FAILED,
		    "capability %d.%d with %d processors is not believed",
		    value[MAJOR], value[MINOR], value[PROCESSORS]);
	g->capability = (unsigned)(10 * value[MAJOR] + value[MINOR]);
	g->processors = (unsigned)value[PROCESSORS];
	g->l2 = (uint64_t)value[L2];
	return OK;
}

enum status
gpu_open(struct gpu *g, const char *which, struct fault *fault)
{
	const struct cuda *c = &g->cuda;
	int count = 0, device = 0, rc;
	enum status st;

	/* Numbers in PCI order; no translated kernels left on the disk. */
	if (setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1) != 0 ||
	    setenv("CUDA_CACHE_DISABLE", "1", 1) != 0)
		return fault_set(fault, NO_MEMORY, "the environment");

	if ((st = cuda_load(&g->cuda, fault)) != OK)
		return st;
	if ((rc = c->init(0)) != CUDA_SUCCESS && rc != CUDA_NO_DEVICE)
		return cuda_outcome(c, rc, "cuInit", fault);
	if (rc == CUDA_NO_DEVICE || (rc = c->count(&count)) == CUDA_NO_DEVICE ||
	    (rc == CUDA_SUCCESS && count <= 0))
		return fault_set(
		    fault, PROBE_NO_DEVICE, "the driver shows no GPU");
	if ((st = cuda_outcome(c, rc, "cuDeviceGetCount", fault)) != OK ||
	    (st = choose(c, which, count, &device, fault)) != OK ||
	    (st = identify(g, device, fault)) != OK ||
	    (st = measure_up(g, device, fault)) != OK)
		return st;
	return cuda_outcome(
	    c, c->context(&g->context, 0, device), "cuCtxCreate_v2", fault);
}

void
gpu_close(struct gpu *g)
{
	/* The library stays: it may have threads of its own. */
	if (g->context != NULL)
		(void)g->cuda.context_end(g->context);
	g->context = NULL;
}
