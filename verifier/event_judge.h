/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_EVENT_JUDGE_H
#define ASSAY_EVENT_JUDGE_H

#include "event_policy.h"
#include "verdict.h"

/*
 * Hold a replayed LOG to POLICY and put what differs into RESULT at WHERE.
 * VOUCHED are the PCRs whose values were found to be those of the log, but
 * for the mask LATER; what the policy says of others would rest on nothing
 * (EVENT_POLICY_UNCOVERED).
 */
void event_judge(const struct event_policy *policy, struct bytes log,
    const struct replay *replay, const struct pcr_selection *vouched,
    uint32_t later, struct assay_result *result, const char *where);

#endif
