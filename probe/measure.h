/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a GPU did, at the least.  Operations and bytes are those that were
 * certainly done; the time is the longer one of two clocks, the GPU's events
 * and the host's; divisions round down.
 */
#ifndef PROBE_MEASURE_H
#define PROBE_MEASURE_H

#include "burst.h"
#include "gpu.h"

enum { MEASURE_BURSTS = 8, MEASURE_WHY_LEN = 95 };

struct observation {
	struct gpu_identity gpu;
	uint64_t copy_gbs; /* bytes read and written, 10^9 a second; or 0 */
	uint64_t seconds_milli; /* that the GPU worked, rounded up */
	char copy_why[MEASURE_WHY_LEN + 1]; /* why it is 0 */
	size_t count;
	struct {
		const struct burst *burst;
		uint64_t tops_milli; /* 10^9 operations a second; or 0 */
		char why[MEASURE_WHY_LEN + 1]; /* why it is 0 */
	} row[MEASURE_BURSTS];
};

struct measure; /* a GPU made ready */

/*
 * Translate every burst that fits G and get memory.  PROBE_UNSUPPORTED when
 * no burst fits.  *OUT is released by the end of the process.
 */
enum status measure_prepare(
    const struct gpu *g, struct measure **out, struct fault *fault);

/*
 * Measure for at most BUDGET_MS milliseconds of the GPU's time.  OUT is
 * complete only on success; PROBE_WRONG_RESULT when the GPU miscomputes.
 */
enum status measure_run(struct measure *m, uint64_t budget_ms,
    struct observation *out, struct fault *fault);

/*
 * The longer of a time by the host's clock and one by the GPU's, in
 * nanoseconds, rounded up.  A time that is no number counts as none.
 */
uint64_t measure_longer(uint64_t host_ns, float event_ms);

#endif
