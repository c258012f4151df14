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
 * One bundle for NONCE, appended to BUNDLE: [seal] and [collect].  EVIDENCE
 * is a folder with what was fetched from devices out of band, or NULL.  When
 * BUNDLE is NULL, only the nonces that the devices have to answer in such a
 * report are printed.
 */
enum status report_make(const struct config *cf, struct bytes nonce,
    const char *evidence, struct writer *bundle);

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
