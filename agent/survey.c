/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
#include "survey.h"

#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "worker.h"

/* One witness and the board that it adds to, in memory that workers share. */
struct hearing {
	struct survey *s;
	const struct witness *witness;
	struct board *board, *shared;
	uint32_t *silent;
};

/* Is the witness to be asked about device I?  Not once it went silent. */
static bool
concerns(const struct hearing *h, size_t i)
{
	const struct device *d = &h->board->device[i];

	return (*h->silent >> i & 1) == 0 &&
	       device_number(d, FACT_PCI_VENDOR, SOURCE_SYSFS) ==
	           h->witness->vendor;
}

/* Step 0 gets the witness ready, step I + 1 is about device I. */
static bool
step_due(const void *arg, size_t i)
{
	const struct hearing *h = arg;

	if (i == 0)
		return h->witness->begin != NULL;
	return concerns(h, i - 1);
}

static void
step_run(void *arg, size_t i)
{
	struct hearing *h = arg;

	if (i == 0)
		h->witness->begin(h->s->ctx);
	else
		h->witness->testify(h->s->ctx, &h->shared->device[i - 1]);
}

/* The last word about a device is the one that counts. */
static void
set_state(struct device *d, struct bytes text)
{
	struct fact_list *l = &d->facts;
	size_t i = 0;

	while (i < l->n && (l->f[i].key != FACT_STATE ||
	                       l->f[i].source != SOURCE_AGENT))
		i++;
	if (i < l->n)
		memmove(&l->f[i], &l->f[i + 1],
		    (--l->n - i) * sizeof(l->f[0]));
	(void)fact_add_text(&d->facts, FACT_STATE, SOURCE_AGENT, text);
}

static void
set_silent(struct hearing *h, size_t i)
{
	*h->silent |= UINT32_C(1) << i;
	set_state(&h->board->device[i], BYTES_LIT("unresponsive"));
}

static bool
step_ended(void *arg, size_t i, enum step_end end)
{
	struct hearing *h = arg;
	const char *why = end == STEP_HANGS
	                      ? "no answer in its time; see device-timeout"
	                      : "the process that asked it died";

	/* Only what a finished step has left is whole. */
	if (end == STEP_DONE) {
		if (i > 0)
			h->board->device[i - 1] = h->shared->device[i - 1];
		return true;
	}
	if (i > 0) {
		set_silent(h, i - 1);
		(void)say(DEVICE_UNRESPONSIVE,
		    "%s, %s: %s; those facts will be missing",
		    h->board->device[i - 1].label, h->witness->name, why);
		return true;
	}

	/* It is not even ready: nobody asks it about single devices. */
	for (size_t k = 0; k < h->board->count; k++)
		if (concerns(h, k))
			set_silent(h, k);
	(void)say(DEVICE_UNRESPONSIVE, "%s: %s; its facts will be missing",
	    h->witness->name, why);
	return false;
}

/* Hear witness K about its devices, when there are any. */
static enum status
hear(struct survey *s, unsigned k, uint64_t deadline, struct board *board)
{
	struct hearing h = {
	    s, s->port->witnesses[k], board, NULL, &s->silent[k]};
	struct work work = {&h, board->count + 1, step_due, step_run,
	    step_ended, s->each, deadline};
	enum status st;
	size_t i = 0;

	while (i < board->count && !concerns(&h, i))
		i++;
	if (i == board->count)
		return OK;
	if ((h.shared = worker_memory(sizeof(*board))) == NULL)
		return say(NO_MEMORY, "for the board");
	memcpy(h.shared, board, sizeof(*board));
	st = worker_run(&work);
	worker_free(h.shared, sizeof(*board));
	return st;
}

enum status
survey_board(struct survey *s, uint64_t deadline, struct board *board)
{
	const struct witness *const *w = s->port->witnesses;
	enum status st = s->port->survey(s->ctx, board);

	if (st != OK)
		return say(st, "platform %s: %s", s->spec, status_text(st));
	for (unsigned k = 0;
	     w != NULL && k < WITNESSES_MAX && w[k] != NULL && st == OK; k++)
		st = hear(s, k, deadline, board);
	return st;
}

/*
 * The same facts and components?  What this agent added, and link speeds,
 * do not count.  All of it was zeroed before it was filled.
 */
static bool
same(const struct device *a, const struct device *b)
{
	const struct fact_list *lists[2] = {&a->facts, &b->facts};
	size_t at[2] = {0, 0};

	for (;; at[0]++, at[1]++) {
		for (size_t k = 0; k < 2; k++)
			while (at[k] < lists[k]->n &&
			       (lists[k]->f[at[k]].source == SOURCE_AGENT ||
			           lists[k]->f[at[k]].key == FACT_LINK_SPEED))
				at[k]++;
		if (at[0] == a->facts.n || at[1] == b->facts.n)
			break;
		if (memcmp(&a->facts.f[at[0]], &b->facts.f[at[1]],
		        sizeof(a->facts.f[0])) != 0)
			return false;
	}
	return at[0] == a->facts.n && at[1] == b->facts.n &&
	       memcmp(&a->components, &b->components, sizeof(a->components)) ==
	           0;
}

/* What the second reading E, NULL when there is none, makes of device D. */
static void
compare(struct device *d, const struct device *e)
{
	struct bytes silent = BYTES_LIT("unresponsive");

	if (e != NULL && strcmp(d->label, e->label) == 0) {
		if (bytes_eq(
		        device_text(e, FACT_STATE, SOURCE_AGENT), silent)) {
			set_state(d, silent);
			return;
		}
		if (same(d, e))
			return;
	}
	(void)say(
	    DEVICE_CHANGED, "%s: %s", d->label, status_text(DEVICE_CHANGED));
	set_state(d, BYTES_LIT("changed during measurement"));
}

void
survey_again(struct survey *s, uint64_t deadline, struct board *board)
{
	struct board *now = calloc(1, sizeof(*now));
	bool read = now != NULL && survey_board(s, deadline, now) == OK;

	for (size_t i = 0; i < board->count; i++)
		compare(&board->device[i],
		    read && i < now->count ? &now->device[i] : NULL);
	free(now);
}
