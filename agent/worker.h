/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
/*
 * Work that may never come back: steps, done one after the other in a
 * process of its own, each within its time.  A step that does not end, or
 * takes the process down, is given up, and a fresh process goes on.
 */
#ifndef ASSAY_WORKER_H
#define ASSAY_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

enum step_end { STEP_DONE, STEP_HANGS, STEP_DIED };

/*
 * due: is step I to be done at all?
 * run: do it, in the worker; what it leaves in worker_memory stays.
 * ended: told in the calling process how step I ended; false: leave it
 *	at that.
 */
struct work {
	void *arg;
	size_t count;
	bool (*due)(const void *arg, size_t i);
	void (*run)(void *arg, size_t i);
	bool (*ended)(void *arg, size_t i, enum step_end end);
	uint64_t each;     /* ms for one step */
	uint64_t deadline; /* for all of them */
};

/* OK unless no process can be started. */
enum status worker_run(const struct work *w);

/* N zeroed bytes that workers share, or NULL; and their release. */
void *worker_memory(size_t n);
void worker_free(void *p, size_t n);

#endif
