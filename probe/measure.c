/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS(n)  ((uint64_t)(n) * 1000000)
#define MIB(n) ((uint64_t)(n) << 20)

enum {
	BLOCKS = 2, /* of each processor, at once */
	FIRST_COUNT = 64,
	COUNT_MAX = 1 << 22,
	GROWTH = 8,
	PATTERN = 4096,
};

/* A launch aims at the first and counts from the second on. */
static const uint64_t launch_ns = MS(40), least_ns = MS(2);
static const uint64_t copy_most = MIB(1024), copy_least = MIB(64);

/* A burst that was translated for this GPU. */
struct ready {
	const struct burst *burst;
	struct cuda_function *kernel;
	char why[MEASURE_WHY_LEN + 1];
};

struct measure {
	const struct gpu *gpu;
	struct cuda_event *from, *to;
	struct ready ready[MEASURE_BURSTS];
	size_t count;
	unsigned blocks;
	size_t threads;
	uint64_t answers; /* on the GPU, one of each thread */
	struct burst_answer *fetched;
	uint64_t copy_from, copy_to, copy_size; /* 0: not copied */
	char copy_why[MEASURE_WHY_LEN + 1];
	uint32_t serial; /* no two launches have the same */
	uint64_t used_ns;
};

/* What is done over and over: COUNT units of work in one go. */
struct job {
	struct measure *m;
	const struct ready *ready;
	uint64_t unit; /* operations or bytes */
	enum status (*queue)(
	    struct job *job, uint32_t count, struct fault *fault);
	enum status (*check)(
	    struct job *job, uint32_t count, struct fault *fault);
};

uint64_t
measure_longer(uint64_t host_ns, float event_ms)
{
	double ns = (double)event_ms * 1e6;

	/* Hours are no time of ours, and NaN compares false. */
	if (!(ns > 0 && ns < 1e13))
		return host_ns;
	return (uint64_t)ns + 1 > host_ns ? (uint64_t)ns + 1 : host_ns;
}

static uint64_t
now(void)
{
	struct timespec ts = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * MS(1000) + (uint64_t)ts.tv_nsec;
}

/* Do it once between two events, and see that it was done. */
static enum status
once(struct job *job, uint32_t count, uint64_t *ns, struct fault *fault)
{
	struct measure *m = job->m;
	const struct cuda *c = &m->gpu->cuda;
	uint64_t begin = now();
	float ms = 0;
	enum status st;

	m->serial++;
	if ((st = cuda_outcome(
	         c, c->record(m->from, NULL), "cuEventRecord", fault)) != OK ||
	    (st = job->queue(job, count, fault)) != OK ||
	    (st = cuda_outcome(
	         c, c->record(m->to, NULL), "cuEventRecord", fault)) != OK ||
	    (st = cuda_outcome(
	         c, c->wait(m->to), "cuEventSynchronize", fault)) != OK)
		return st;
	*ns = now() - begin;
	if ((st = cuda_outcome(c, c->elapsed(&ms, m->from, m->to),
	         "cuEventElapsedTime", fault)) != OK)
		return st;
	*ns = measure_longer(*ns, ms);
	m->used_ns += *ns;
	return job->check(job, count, fault);
}

/*
 * Do it in ever larger portions until BUDGET_NS are spent, and keep the best
 * rate in *BEST: each portion by itself shows what the GPU can do.
 */
static enum status
repeat(struct job *job, uint64_t budget_ns, uint64_t *best, struct fault *fault)
{
	uint64_t left = budget_ns, count = 1, ns = 0, want = 0;
	enum status st;

	*best = 0;
	if (job->ready != NULL)
		count = FIRST_COUNT;
	do {
		st = once(job, (uint32_t)count, &ns, fault);
		if (st != OK)
			return st;
		if (ns >= least_ns && job->unit * count / ns > *best)
			*best = job->unit * count / ns;

		/* What will fill the next portion, by this one's pace. */
		left = left > ns ? left - ns : 0;
		want = left < launch_ns ? left : launch_ns;
		ns = ns == 0 ? 1 : ns;
		if (count * want / ns > count * GROWTH)
			count *= GROWTH;
		else
			count = count * want / ns;
		if (count > COUNT_MAX)
			count = COUNT_MAX;
	} while (want >= least_ns && count > 0);
	return OK;
}

static enum status
queue_burst(struct job *job, uint32_t count, struct fault *fault)
{
	struct measure *m = job->m;
	const struct cuda *c = &m->gpu->cuda;
	struct burst_words words =
	    burst_words(job->ready->burst, count, m->serial);
	void *parameters[] = {&m->answers, &words};

	return cuda_outcome(c,
	    c->launch(job->ready->kernel, m->blocks, 1, 1, BURST_THREADS, 1, 1,
	        0, NULL, parameters, NULL),
	    "cuLaunchKernel", fault);
}

/* Every thread must have come to the same number in as many rounds. */
static enum status
check_burst(struct job *job, uint32_t count, struct fault *fault)
{
	struct measure *m = job->m;
	const struct cuda *c = &m->gpu->cuda;
	struct burst_words words =
	    burst_words(job->ready->burst, count, m->serial);
	struct burst_answer want = burst_answer(job->ready->burst, &words);
	enum status st = cuda_outcome(c,
	    c->get(m->fetched, m->answers, m->threads * sizeof(want)),
	    "cuMemcpyDtoH_v2", fault);

	for (size_t i = 0; st == OK && i < m->threads; i++)
		if (m->fetched[i].sum != want.sum ||
		    m->fetched[i].rounds != want.rounds)
			st = fault_set(fault, PROBE_WRONG_RESULT,
			    "%s: thread %zu came to %08x in %u rounds, not to "
			    "%08x in %u; nothing was written",
			    job->ready->burst->format, i, m->fetched[i].sum,
			    m->fetched[i].rounds, want.sum, want.rounds);
	return st;
}

/* The last bytes that are copied; no two times the same. */
static void
write_pattern(uint32_t serial, uint8_t out[PATTERN])
{
	for (size_t i = 0; i < PATTERN; i++)
		out[i] = (uint8_t)(serial * 31 + i * 7 + i / 256);
}

static enum status
queue_copy(struct job *job, uint32_t count, struct fault *fault)
{
	struct measure *m = job->m;
	const struct cuda *c = &m->gpu->cuda;
	uint8_t pattern[PATTERN];
	enum status st;

	write_pattern(m->serial, pattern);
	st = cuda_outcome(c,
	    c->put(m->copy_from + m->copy_size - PATTERN, pattern, PATTERN),
	    "cuMemcpyHtoD_v2", fault);
	for (uint32_t i = 0; st == OK && i < count; i++)
		st = cuda_outcome(c,
		    c->copy(m->copy_to, m->copy_from, m->copy_size, NULL),
		    "cuMemcpyDtoDAsync_v2", fault);
	return st;
}

static enum status
check_copy(struct job *job, uint32_t count, struct fault *fault)
{
	struct measure *m = job->m;
	const struct cuda *c = &m->gpu->cuda;
	uint8_t want[PATTERN], have[PATTERN] = {0};
	enum status st = cuda_outcome(c,
	    c->get(have, m->copy_to + m->copy_size - PATTERN, PATTERN),
	    "cuMemcpyDtoH_v2", fault);

	write_pattern(m->serial, want);
	if (st == OK && memcmp(have, want, PATTERN) != 0)
		st = fault_set(fault, PROBE_WRONG_RESULT,
		    "memory differs after %u copies; nothing was written",
		    count);
	return st;
}

/* Translate a burst; a driver that does not take it is no failure. */
static void
translate(struct measure *m, struct ready *r)
{
	const struct cuda *c = &m->gpu->cuda;
	struct cuda_module *module = NULL;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	int rc;

	if (f != NULL)
		burst_write(r->burst, f);
	if (f == NULL || fclose(f) != 0) {
		(void)snprintf(r->why, sizeof(r->why), "no memory");
		free(text);
		return;
	}
	rc = c->module(&module, text, 0, NULL, NULL);
	if (rc == CUDA_SUCCESS)
		rc = c->function(&r->kernel, module, "burst");
	if (rc != CUDA_SUCCESS) {
		r->kernel = NULL;
		(void)snprintf(r->why, sizeof(r->why),
		    "the driver does not take it: %s", cuda_error(c, rc));
	}
	free(text);
}

/*
 * Two pieces of memory, much larger than the cache: a copy that stays in the
 * cache tells nothing about the memory.
 */
static void
prepare_copy(struct measure *m)
{
	const struct cuda *c = &m->gpu->cuda;
	size_t unused = 0, total = 0;
	uint64_t size = 0;

	if (c->memory(&unused, &total) == CUDA_SUCCESS)
		size = unused / 4 < copy_most ? unused / 4 : copy_most;
	size -= size % MIB(1);
	if (size < copy_least || size < 4 * m->gpu->l2 ||
	    c->alloc(&m->copy_from, size) != CUDA_SUCCESS ||
	    c->alloc(&m->copy_to, size) != CUDA_SUCCESS)
		(void)snprintf(m->copy_why, sizeof(m->copy_why),
		    "too little memory is free on this GPU");
	else
		m->copy_size = size;
}

enum status
measure_prepare(const struct gpu *g, struct measure **out, struct fault *fault)
{
	const struct cuda *c = &g->cuda;
	struct measure *m = calloc(1, sizeof(*m));
	enum status st;

	if (m == NULL)
		return fault_set(fault, NO_MEMORY, "starting");
	*out = m;
	m->gpu = g;
	m->blocks = BLOCKS * g->processors;
	m->threads = (size_t)m->blocks * BURST_THREADS;
	for (size_t i = 0; i < burst_count && m->count < MEASURE_BURSTS; i++)
		if (burst_fits(&bursts[i], g->capability)) {
			m->ready[m->count].burst = &bursts[i];
			translate(m, &m->ready[m->count++]);
		}
	if (m->count == 0)
		return fault_set(fault, PROBE_UNSUPPORTED,
		    "%s has compute capability %u.%u; bursts are known from "
		    "8.0 on",
		    g->identity.name, g->capability / 10, g->capability % 10);

	m->fetched = calloc(m->threads, sizeof(*m->fetched));
	if (m->fetched == NULL)
		return fault_set(fault, NO_MEMORY, "starting");
	if ((st = cuda_outcome(c,
	         c->alloc(&m->answers, m->threads * sizeof(*m->fetched)),
	         "cuMemAlloc_v2", fault)) != OK ||
	    (st = cuda_outcome(c, c->event(&m->from, CUDA_EVENT_BLOCKING_SYNC),
	         "cuEventCreate", fault)) != OK ||
	    (st = cuda_outcome(c, c->event(&m->to, CUDA_EVENT_BLOCKING_SYNC),
	         "cuEventCreate", fault)) != OK)
		return st;
	prepare_copy(m);
	return OK;
}

/* One burst after the other, each in its share of the time. */
static enum status
run_bursts(struct measure *m, uint64_t share_ns, struct observation *out,
    struct fault *fault)
{
	enum status st = OK;

	for (size_t i = 0; st == OK && i < m->count; i++) {
		const struct ready *r = &m->ready[i];
		struct job job = {m, r,
		    2 * burst_macs(r->burst) * m->threads / BURST_WARP,
		    queue_burst, check_burst};

		out->row[i].burst = r->burst;
		memcpy(out->row[i].why, r->why, sizeof(r->why));
		if (r->kernel == NULL)
			continue;
		st = repeat(&job, share_ns, &out->row[i].tops_milli, fault);
		if (st == OK && out->row[i].tops_milli == 0)
			(void)snprintf(out->row[i].why, sizeof(out->row[i].why),
			    "no run was long enough to count");
	}
	return st;
}

enum status
measure_run(struct measure *m, uint64_t budget_ms, struct observation *out,
    struct fault *fault)
{
	/* A tenth is left for what takes longer than it promised. */
	uint64_t share_ns = MS(budget_ms) / 10 * 9 / (m->count + 1);
	struct job copy = {
	    m, NULL, 2 * (m->copy_size - m->gpu->l2), queue_copy, check_copy};
	enum status st;

	out->gpu = m->gpu->identity;
	out->count = m->count;
	if ((st = run_bursts(m, share_ns, out, fault)) != OK)
		return st;
	memcpy(out->copy_why, m->copy_why, sizeof(m->copy_why));
	if (m->copy_size > 0) {
		st = repeat(&copy, share_ns, &out->copy_gbs, fault);
		if (st == OK && out->copy_gbs == 0)
			(void)snprintf(out->copy_why, sizeof(out->copy_why),
			    "no run was long enough to count");
	}
	out->seconds_milli = (m->used_ns + MS(1) - 1) / MS(1);
	return st;
}
