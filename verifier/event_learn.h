/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event policy from the logs of hosts that are known to be good.  Events
 * that are the same on all become required; where the digests of one place
 * differ they become alternatives; what is not on all becomes optional.
 * What differs on every one of three hosts or more and holds no code is
 * matched by any, with a comment that says so.
 */
#ifndef ASSAY_EVENT_LEARN_H
#define ASSAY_EVENT_LEARN_H

#include "event_policy.h"

enum { LEARN_LOGS_MAX = 64 };

/*
 * Write the text of a policy for BANK to OUT.  On failure *WHICH is the log
 * it is about: what eventlog_replay returns, EVENTLOG_BANK_MISSING,
 * EVENT_LEARN_TOO_LARGE (logs too long or too unlike each other for a policy
 * of EVENT_POLICY_MAX bytes), NO_MEMORY.
 */
enum status event_learn(const struct bytes *logs, size_t count, enum hash bank,
    struct writer *out, size_t *which);

#endif
