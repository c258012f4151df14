/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CUDA driver without hardware.  It says MOCK in the name of its device;
 * its rates are made up, and time passes as they ask for.  Everything that it
 * can be told comes from the environment:
 *
 *	CUDA_MOCK_LOG	      every call is appended, one name a line
 *	CUDA_MOCK_BLOCK	      a function that never returns
 *	CUDA_MOCK_DIE	      a function that takes the process down
 *	CUDA_MOCK_FAIL	      FUNCTION:CODE
 *	CUDA_MOCK_NAME	      another name of the device
 *	CUDA_MOCK_GPUS	      how many there are; 2
 *	CUDA_MOCK_CAPABILITY  ten times the compute capability; 90
 *	CUDA_MOCK_FREE_MIB    free memory; 1024
 *	CUDA_MOCK_PTX	      the newest version of PTX that it takes
 *	CUDA_MOCK_CLOCK	      per cent of the time that its events show
 *	CUDA_MOCK_WRONG	      "sum", "rounds" or "copy" goes wrong
 */
#include "cuda_mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	INVALID_VALUE = 1,
	OUT_OF_MEMORY = 2,
	PROCESSORS = 132,
	L2 = 16 << 20,
	EDGE = 4096,
	REAL_MAX = 16 << 20,
};

/* Operations a nanosecond, by type of operands and sums. */
static const struct {
	const char *operands, *sums;
	double rate;
} rates[] = {
    {"f16", "f16", 660e3},
    {"f16", "f32", 620e3},
    {"e4m3", "f16", 1310e3},
    {"e4m3", "f32", 700e3},
    {"s8", "s32", 1200e3},
};
static const double copy_rate = 3000; /* bytes a nanosecond, both ways */

struct cuda_event {
	uint64_t at;
};

static uint64_t busy_until; /* ns of the monotonic clock */

static uint64_t
now(void)
{
	struct timespec ts = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* The GPU works that much longer. */
static void
work(double ns)
{
	uint64_t from = now() > busy_until ? now() : busy_until;

	busy_until = from + (uint64_t)ns;
}

static long
setting(const char *name, long otherwise)
{
	const char *s = mock_setting(name);

	return s[0] == '\0' ? otherwise : atol(s);
}

/* Log the call, and do what this function was told to. */
static int
enter(const char *name)
{
	const char *fail = mock_setting("CUDA_MOCK_FAIL");
	size_t n = strcspn(fail, ":");

	mock_log(mock_setting("CUDA_MOCK_LOG"), name);
	if (strcmp(mock_setting("CUDA_MOCK_BLOCK"), name) == 0)
		for (;;)
			pause();
	if (strcmp(mock_setting("CUDA_MOCK_DIE"), name) == 0)
		_exit(3);
	if (strlen(name) == n && strncmp(fail, name, n) == 0)
		return atoi(fail + n + 1);
	return CUDA_SUCCESS;
}

int
cuInit(unsigned flags)
{
	int rc = enter("cuInit");

	return rc != CUDA_SUCCESS || flags == 0 ? rc : INVALID_VALUE;
}

int
cuGetErrorName(int rc, const char **out)
{
	static char name[32];

	(void)snprintf(name, sizeof(name), "MOCK_ERROR_%d", rc);
	*out = name;
	return enter("cuGetErrorName");
}

int
cuDeviceGetCount(int *out)
{
	*out = (int)setting("CUDA_MOCK_GPUS", 2);
	return enter("cuDeviceGetCount");
}

int
cuDeviceGet(int *out, int index)
{
	*out = 10 + index;
	return enter("cuDeviceGet");
}

int
cuDeviceGetName(char *out, int cap, int device)
{
	const char *name = mock_setting("CUDA_MOCK_NAME");

	(void)snprintf(out, (size_t)cap, "%s",
	    name[0] != '\0' ? name
	    : device == 10  ? "MOCK NVIDIA H100 80GB HBM3"
	                    : "MOCK NVIDIA H100 PCIe");
	return enter("cuDeviceGetName");
}

int
cuDeviceGetPCIBusId(char *out, int cap, int device)
{
	(void)snprintf(out, (size_t)cap, "%s",
	    device == 10 ? "0000:17:00.0" : "0000:3B:00.0");
	return enter("cuDeviceGetPCIBusId");
}

int
cuDeviceGetUuid_v2(uint8_t out[16], int device)
{
	memset(out, 0, 16);
	memcpy(out, "MOCK", 4);
	out[15] = (uint8_t)device;
	return enter("cuDeviceGetUuid_v2");
}

int
cuDeviceGetAttribute(int *out, int which, int device)
{
	long capability = setting("CUDA_MOCK_CAPABILITY", 90);

	(void)device;
	*out = 0;
	if (which == CUDA_CAPABILITY_MAJOR)
		*out = (int)(capability / 10);
	if (which == CUDA_CAPABILITY_MINOR)
		*out = (int)(capability % 10);
	if (which == CUDA_MULTIPROCESSORS)
		*out = PROCESSORS;
	if (which == CUDA_L2_CACHE_SIZE)
		*out = L2;
	return enter("cuDeviceGetAttribute");
}

int
cuCtxCreate_v2(struct cuda_context **out, unsigned flags, int device)
{
	static char context;

	(void)device;
	*out = (struct cuda_context *)(void *)&context;
	return flags == 0 ? enter("cuCtxCreate_v2") : INVALID_VALUE;
}

int
cuCtxDestroy_v2(struct cuda_context *context)
{
	(void)context;
	return enter("cuCtxDestroy_v2");
}

int
cuModuleLoadDataEx(struct cuda_module **out, const void *image,
    unsigned options, int *names, void **values)
{
	int rc = enter("cuModuleLoadDataEx");

	(void)names;
	(void)values;
	if (rc != CUDA_SUCCESS || options != 0)
		return rc != CUDA_SUCCESS ? rc : INVALID_VALUE;
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return OUT_OF_MEMORY;
	return mock_translate(image, &(*out)->function);
}

int
cuModuleGetFunction(
    struct cuda_function **out, struct cuda_module *module, const char *name)
{
	*out = &module->function;
	return strcmp(name, "burst") == 0 ? enter("cuModuleGetFunction")
	                                  : INVALID_VALUE;
}

int
cuMemGetInfo_v2(size_t *unused, size_t *total)
{
	*unused = (size_t)setting("CUDA_MOCK_FREE_MIB", 1024) << 20;
	*total = (size_t)80 << 30;
	return enter("cuMemGetInfo_v2");
}

/* Of a large piece there is only its end. */
int
cuMemAlloc_v2(uint64_t *out, size_t n)
{
	size_t real = n < REAL_MAX ? n : EDGE;
	char *p = calloc(1, real);

	if (p == NULL)
		return OUT_OF_MEMORY;
	*out = (uint64_t)(uintptr_t)p + real - n;
	return enter("cuMemAlloc_v2");
}

static void *
host(uint64_t at)
{
	return (void *)(uintptr_t)at;
}

int
cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t n)
{
	memcpy(host(to), from, n);
	return enter("cuMemcpyHtoD_v2");
}

int
cuMemcpyDtoH_v2(void *to, uint64_t from, size_t n)
{
	memcpy(to, host(from), n);
	return enter("cuMemcpyDtoH_v2");
}

int
cuMemcpyDtoDAsync_v2(
    uint64_t to, uint64_t from, size_t n, struct cuda_stream *on)
{
	(void)on;
	work(2.0 * (double)n / copy_rate);
	memcpy(host(to + n - EDGE), host(from + n - EDGE), EDGE);
	if (strcmp(mock_setting("CUDA_MOCK_WRONG"), "copy") == 0)
		*(char *)host(to + n - 1) ^= 1;
	return enter("cuMemcpyDtoDAsync_v2");
}

int
cuLaunchKernel(struct cuda_function *f, unsigned grid_x, unsigned grid_y,
    unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
    unsigned shared, struct cuda_stream *on, void **parameters, void **extra)
{
	const char *wrong = mock_setting("CUDA_MOCK_WRONG");
	size_t threads = (size_t)grid_x * block_x;
	struct burst_words w;
	struct burst_answer *out, one;
	uint64_t at;
	double ops;

	if (grid_y * grid_z * block_y * block_z != 1 || shared != 0 ||
	    on != NULL || extra != NULL)
		return INVALID_VALUE;
	memcpy(&at, parameters[0], sizeof(at));
	memcpy(&w, parameters[1], sizeof(w));
	ops = 2.0 * 16 * 8 * f->k * f->steps * w.rounds * (double)threads / 32;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (strcmp(rates[i].operands, f->operands) == 0 &&
		    strcmp(rates[i].sums, f->sums) == 0)
			work(ops / rates[i].rate);

	one = mock_execute(f, &w);
	out = host(at);
	for (size_t i = 0; i < threads; i++)
		out[i] = one;
	if (strcmp(wrong, "sum") == 0)
		out[threads - 1].sum ^= 1;
	if (strcmp(wrong, "rounds") == 0)
		out[threads / 2].rounds--;
	return enter("cuLaunchKernel");
}

int
cuEventCreate(struct cuda_event **out, unsigned flags)
{
	(void)flags;
	*out = calloc(1, sizeof(**out));
	return *out == NULL ? OUT_OF_MEMORY : enter("cuEventCreate");
}

int
cuEventRecord(struct cuda_event *event, struct cuda_stream *on)
{
	(void)on;
	event->at = now() > busy_until ? now() : busy_until;
	return enter("cuEventRecord");
}

int
cuEventSynchronize(struct cuda_event *event)
{
	uint64_t left = event->at > now() ? event->at - now() : 0;
	struct timespec ts = {
	    (time_t)(left / 1000000000), (long)(left % 1000000000)};

	(void)nanosleep(&ts, NULL);
	return enter("cuEventSynchronize");
}

int
cuEventElapsedTime(float *ms, struct cuda_event *from, struct cuda_event *to)
{
	double ns = (double)(to->at - from->at);

	*ms = (float)(ns / 1e6 * (double)setting("CUDA_MOCK_CLOCK", 100) / 100);
	return enter("cuEventElapsedTime");
}

/* What would change how a device is set. */
TRAP(cuDevicePrimaryCtxReset_v2)
TRAP(cuDevicePrimaryCtxSetFlags_v2)
TRAP(cuDeviceSetMemPool)
TRAP(cuDeviceSetGraphMemAttribute)
TRAP(cuCtxSetLimit)
TRAP(cuCtxSetCacheConfig)
TRAP(cuCtxResetPersistingL2Cache)
TRAP(cuFuncSetAttribute)
TRAP(cuMemAdvise)
TRAP(cuModuleLoad)
TRAP(cuLinkCreate_v2)
TRAP(cuIpcOpenMemHandle_v2)
