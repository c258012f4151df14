/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver runs in a process of its own that is not waited for longer than
 * it may take: a driver that hangs, or takes its process down, ends in one
 * clear line.
 */
#ifndef PROBE_WATCH_H
#define PROBE_WATCH_H

#include "measure.h"

struct watch {
	const char *device; /* as gpu_open takes it */
	uint64_t budget_ms; /* of the GPU's time */
	uint64_t start_ms;  /* the driver's start, translation of kernels */
	uint64_t grace_ms;  /* beyond the budget, once it has started */
};

/* OUT is complete on success. */
enum status watch_run(
    const struct watch *w, struct observation *out, struct fault *fault);

#endif
