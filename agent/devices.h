/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
/*
 * Ask the devices of a board to sign, each within its own time.
 */
#ifndef ASSAY_DEVICES_H
#define ASSAY_DEVICES_H

#include "platform.h"

/* What one device answered.  ST is OK when BYTES has LEN bytes of TYPE. */
struct answer {
	enum status st;
	size_t len;
	char type[MEDIA_TYPE_MAX];
	uint8_t bytes[DEVICE_EVIDENCE_MAX];
};

/*
 * The question to a board, and to the TEE that it may be in.  Without a nonce
 * only the latter is asked, and only for its name.
 */
struct question {
	const struct platform *port;
	void *ctx;
	const struct board *board;
	struct bytes nonce, ak_name;
	uint64_t per_device; /* ms for one device */
	uint64_t deadline;   /* for all of them */
};

/*
 * Ask each device that signs and leave its answer at the device's index in
 * ANSWERS; the TEE's is behind the last one.  A worker process does the
 * asking, one after the other; when one does not answer in its time, or takes
 * the worker down, the answer is DEVICE_UNRESPONSIVE and a fresh worker goes
 * on with the next.
 */
enum status devices_ask(const struct question *q, struct answer *answers);

/* Room for N answers that a worker can fill, or NULL; and its release. */
struct answer *devices_answers(size_t n);
void devices_free(struct answer *answers, size_t n);

#endif
