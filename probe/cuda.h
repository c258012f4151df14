/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA's CUDA driver library as far as it is used here: the table below is
 * every function that is ever looked up.  None changes how a device is set;
 * what they make (a context, memory, a kernel that runs) ends with the
 * process.  The library is loaded by its fixed name.
 */
#ifndef PROBE_CUDA_H
#define PROBE_CUDA_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define CUDA_LIBRARY "libcuda.so.1"

/* CUresult, CUdevice_attribute, CUevent_flags: what matters here. */
enum {
	CUDA_SUCCESS = 0,
	CUDA_NO_DEVICE = 100,

	CUDA_MULTIPROCESSORS = 16,
	CUDA_L2_CACHE_SIZE = 38,
	CUDA_CAPABILITY_MAJOR = 75,
	CUDA_CAPABILITY_MINOR = 76,

	CUDA_EVENT_BLOCKING_SYNC = 1,
};

/* CUcontext, CUmodule, CUfunction, CUevent, CUstream: opaque */
struct cuda_context;
struct cuda_module;
struct cuda_function;
struct cuda_event;
struct cuda_stream;

/* Every symbol: name here, name there, arguments. */
#define CUDA_SYMBOLS(S)                                                        \
	S(init, cuInit, (unsigned flags))                                      \
	S(error_name, cuGetErrorName, (int rc, const char **out))              \
	S(count, cuDeviceGetCount, (int *out))                                 \
	S(device, cuDeviceGet, (int *out, int index))                          \
	S(name, cuDeviceGetName, (char *out, int cap, int device))             \
	S(pci, cuDeviceGetPCIBusId, (char *out, int cap, int device))          \
	S(uuid, cuDeviceGetUuid_v2, (uint8_t out[16], int device))             \
	S(attribute, cuDeviceGetAttribute, (int *out, int which, int device))  \
	S(context, cuCtxCreate_v2,                                             \
	    (struct cuda_context **out, unsigned flags, int device))           \
	S(context_end, cuCtxDestroy_v2, (struct cuda_context *context))        \
	S(module, cuModuleLoadDataEx,                                          \
	    (struct cuda_module **out, const void *image, unsigned options,    \
	        int *names, void **values))                                    \
	S(function, cuModuleGetFunction,                                       \
	    (struct cuda_function **out, struct cuda_module *module,           \
	        const char *name))                                             \
	S(memory, cuMemGetInfo_v2, (size_t *unused, size_t *total))            \
	S(alloc, cuMemAlloc_v2, (uint64_t *out, size_t n))                     \
	S(put, cuMemcpyHtoD_v2, (uint64_t to, const void *from, size_t n))     \
	S(get, cuMemcpyDtoH_v2, (void *to, uint64_t from, size_t n))           \
	S(copy, cuMemcpyDtoDAsync_v2,                                          \
	    (uint64_t to, uint64_t from, size_t n, struct cuda_stream *on))    \
	S(launch, cuLaunchKernel,                                              \
	    (struct cuda_function *function, unsigned grid_x, unsigned grid_y, \
	        unsigned grid_z, unsigned block_x, unsigned block_y,           \
	        unsigned block_z, unsigned shared, struct cuda_stream *on,     \
	        void **parameters, void **extra))                              \
	S(event, cuEventCreate, (struct cuda_event **out, unsigned flags))     \
	S(record, cuEventRecord,                                               \
	    (struct cuda_event *event, struct cuda_stream *on))                \
	S(wait, cuEventSynchronize, (struct cuda_event *event))                \
	S(elapsed, cuEventElapsedTime,                                         \
	    (float *ms, struct cuda_event *from, struct cuda_event *to))

struct cuda {
	void *library;
#define CUDA_MEMBER(member, symbol, arguments) int(*member) arguments;
	CUDA_SYMBOLS(CUDA_MEMBER)
#undef CUDA_MEMBER
};

/*
 * Load the library; C starts zeroed.  PROBE_DRIVER_MISSING without it or
 * without one of its functions.
 */
enum status cuda_load(struct cuda *c, struct fault *fault);

/* The name of a CUresult. */
const char *cuda_error(const struct cuda *c, int rc);

/* OK, or PROBE_DRIVER_FAILED with the function WHAT and the name of RC. */
enum status cuda_outcome(
    const struct cuda *c, int rc, const char *what, struct fault *fault);

/* The name of the symbol I, for those who list them; NULL past the last. */
const char *cuda_symbol(size_t i);

#endif
