/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware's boot log (TCG PC Client Platform Firmware Profile 1.06,
 * clause 10), in the crypto-agile and in the SHA-1 form; little-endian.
 * Here it is only read, record by record.  replay.h says what PCRs follow,
 * event_describe.h what an event's data mean and whether its digest binds
 * them, event_policy.h whether it is what was expected.
 */
#ifndef ASSAY_EVENTLOG_H
#define ASSAY_EVENTLOG_H

#include "crypto.h"
#include "evidence.h"

enum {
	EVENTLOG_ALGORITHMS_MAX = 16,
	EVENTLOG_EVENTS_MAX = 100000,
};

/* A digest algorithm as the log declares it (PFP 10.4.5.1). */
struct event_algorithm {
	uint16_t id; /* TPM_ALG_ID; a hash known here, or any other */
	uint16_t size;
};

/* One record; views borrow from the log. */
struct event {
	size_t number; /* from 0, the Spec ID event included */
	uint32_t pcr;  /* 0 to 23, or see eventlog_next */
	uint32_t type;
	struct {
		uint16_t id;
		struct bytes value;
	} digest[EVENTLOG_ALGORITHMS_MAX];
	size_t digests;
	struct bytes data;
};

struct eventlog {
	struct reader r;
	struct reader after; /* what follows the Spec ID event */
	bool agile;
	struct event_algorithm alg[EVENTLOG_ALGORITHMS_MAX];
	uint32_t algs; /* one, SHA-1, in the SHA-1 form */
	size_t count;  /* records given out */
	enum status st;
};

/*
 * Open LOG: its form and its algorithms.  EVENTLOG_MALFORMED for what is not
 * a log.
 */
enum status eventlog_open(struct bytes log, struct eventlog *out);

/*
 * The next record; false at the end, or with LOG->st set: EVENTLOG_MALFORMED,
 * EVENTLOG_PCR_INDEX.  Every record has one digest for each declared
 * algorithm, in the order of the record.
 *
 * EV_NO_ACTION extends no PCR and has digests of zero, with two exceptions
 * that are in no PCR and say nothing about any: in the crypto-agile form what
 * went into an NV index of firmware (PFP 3.3.6), in the SHA-1 form the trust
 * point that Windows puts into PCR FFFFFFFF.
 */
bool eventlog_next(struct eventlog *log, struct event *out);

/* Does the event extend a PCR? */
bool event_extends(const struct event *e);

/* The digest of an event in one bank, or an empty view. */
struct bytes event_digest(const struct event *e, enum hash bank);

#endif
