/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
#include "devices.h"

#include <string.h>

#include "say.h"
#include "worker.h"

struct answer *
devices_answers(size_t n)
{
	return worker_memory(n * sizeof(struct answer));
}

void
devices_free(struct answer *answers, size_t n)
{
	worker_free(answers, n * sizeof(struct answer));
}

/* One device, or the TEE when D is NULL, in the worker. */
static enum status
ask_one(const struct question *q, const struct device *d, struct answer *a)
{
	struct writer w = writer_of(a->bytes, sizeof(a->bytes));
	uint8_t nonce[TEE_NONCE_LEN];
	enum status st;

	st = d == NULL ? evidence_tee_nonce(q->nonce, q->ak_name, nonce)
	               : evidence_device_nonce(q->nonce, q->ak_name,
	                     bytes_str(d->label), nonce);
	if (st == OK && d == NULL) {
		memcpy(a->type, MEDIA_TEE, sizeof(MEDIA_TEE));
		st = q->port->tee(q->ctx, q->nonce.n > 0 ? nonce : NULL, &w);
	} else if (st == OK) {
		st = q->port->evidence(q->ctx, d, nonce, a->type, &w);
	}
	if (st == OK && w.failed)
		st = EVIDENCE_TOO_LARGE;
	if (st == OK && (w.n == 0 || a->type[0] == '\0'))
		st = EVIDENCE_ITEM_MISSING;
	a->len = w.n;
	a->type[MEDIA_TYPE_MAX - 1] = '\0';
	return st;
}

/* A question with the places for its answers. */
struct asking {
	const struct question *q;
	struct answer *answers;
};

static bool
device_due(const void *arg, size_t i)
{
	const struct asking *a = arg;

	if (i == a->q->board->count)
		return a->q->port->tee != NULL;
	return a->q->nonce.n > 0 && a->q->board->device[i].signs;
}

static void
device_run(void *arg, size_t i)
{
	struct asking *a = arg;
	const struct board *board = a->q->board;

	a->answers[i].st = ask_one(a->q,
	    i == board->count ? NULL : &board->device[i], &a->answers[i]);
}

static bool
device_ended(void *arg, size_t i, enum step_end end)
{
	struct asking *a = arg;

	if (end == STEP_DONE)
		return true;
	a->answers[i].st = say(DEVICE_UNRESPONSIVE,
	    "%s: %s; its signed evidence will be missing",
	    i == a->q->board->count ? "the TEE" : a->q->board->device[i].label,
	    end == STEP_HANGS ? "no answer in its time; see device-timeout"
	                      : "the process that asked it died");
	return true;
}

enum status
devices_ask(const struct question *q, struct answer *answers)
{
	struct asking a = {q, answers};
	struct work w = {&a, q->board->count + 1, device_due, device_run,
	    device_ended, q->per_device, q->deadline};

	return worker_run(&w);
}
