/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_EVENTLOG_H
#define ASSAY_CHECK_EVENTLOG_H

#include "context.h"
#include "verdict.h"

/* A boot log by itself; CTX may be NULL.  NULL only without memory. */
struct assay_result *check_eventlog(
    const struct assay *ctx, const struct assay_check *in);

/* An event policy from the logs of good hosts.  NULL only without memory. */
struct assay_result *learn_events(const struct assay_check *in);

#endif
