/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_CAPABILITY_H
#define ASSAY_CHECK_CAPABILITY_H

#include "context.h"
#include "verdict.h"

/* assay_check for ASSAY_CAPABILITY and ASSAY_TABLE, see assay/verify.h. */
struct assay_result *check_capability(
    struct assay *ctx, const struct assay_check *in);
struct assay_result *check_table(
    const struct assay *ctx, const struct assay_check *in);

#endif
