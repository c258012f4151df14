/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_IMA_H
#define ASSAY_CHECK_IMA_H

#include <assay/verify.h>

#include "ima_replay.h"
#include "verdict.h"

/* An IMA list by itself.  NULL only without memory. */
struct assay_result *check_ima(const struct assay_check *in);

/* What a replay found that is not as it ought to be, at "ima". */
void ima_judge(const struct ima_replay *found, bool allow_violations,
    struct assay_result *result);

#endif
