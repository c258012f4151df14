/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One GPU, chosen, with a context of its own that ends with the process.
 */
#ifndef PROBE_GPU_H
#define PROBE_GPU_H

#include <stdbool.h>

#include "cuda.h"

enum {
	GPU_NAME_LEN = 95,
	GPU_PCI_LEN = 16,
	GPU_UUID_LEN = 40,
};

/* Who it is, as the driver says. */
struct gpu_identity {
	char name[GPU_NAME_LEN + 1]; /* printable ASCII */
	char pci[GPU_PCI_LEN + 1];   /* "0000:17:00.0", lower case */
	char uuid[GPU_UUID_LEN + 1]; /* "GPU-...", "MIG-..." for a slice */
	bool mock;                   /* a made-up driver says so by the name */
};

struct gpu {
	struct cuda cuda;
	struct cuda_context *context;
	struct gpu_identity identity;
	unsigned capability; /* ten times the compute capability */
	unsigned processors;
	uint64_t l2; /* bytes of its cache */
};

/*
 * "0000:17:00.0" as OUT has it: lower case, a domain of no more digits than
 * it needs but at least four.  False for anything else.
 */
bool gpu_address(const char *text, char out[GPU_PCI_LEN + 1]);

/* Is TEXT a number that --device takes?  At most four digits. */
bool gpu_number(const char *text);

/*
 * Start the driver and open the GPU that WHICH names by number in PCI order
 * or by address; NULL for the first.  G starts zeroed.
 */
enum status gpu_open(struct gpu *g, const char *which, struct fault *fault);
void gpu_close(struct gpu *g);

#endif
