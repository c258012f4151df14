/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/* What assay-agent does: which processes it takes, and what they are given. */
#ifndef ASSAY_REPORT_H
#define ASSAY_REPORT_H

#include <stdbool.h>

#include "bytes.h"
#include "config.h"
#include "sandbox.h"
#include "status.h"

struct process;

/* Print devices and facts: [collect] alone. */
enum status report_measure(const struct config *cf, bool json);

/*
 * What a report is to be: it answers NONCE or, where that is empty, the epoch
 * marker in the file EPOCH, of that kind.  EVIDENCE is a folder with what was
 * fetched from devices out of band, or NULL.  Or only a text is printed: the
 * nonces that devices have to answer, or what would leave this host.  CHAINED
 * to the last one, where there is a place to remember it.
 */
struct report_ask {
	struct bytes nonce;
	struct bytes epoch_kind;
	const char *epoch;
	const char *evidence;
	bool nonces_only, dry_run, chained;
};

/* One bundle, appended to BUNDLE, by [seal] and [collect]. */
enum status report_make(const struct config *cf, const struct report_ask *ask,
    struct writer *bundle);

/*
 * One report to the verifier: all three.  *STOPPED is set when SIGTERM or
 * SIGINT asked for an end.
 */
enum status report_send(const struct config *cf, bool *stopped);

/* Start what report_make starts, look at it, and say what holds. */
enum status report_selfcheck(const struct config *cf, bool json);

/* Of those that a report is made by. */
const struct process *report_process(enum sandbox_role role);

#endif
