/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_SPDM_H
#define ASSAY_CHECK_SPDM_H

#include "context.h"
#include "verdict.h"

/*
 * Check one recorded exchange, MEDIA_SPDM, with the anchors and the time of
 * CTX.  NONCE is what every signed request must carry; when empty, freshness
 * is listed as not checked.  NULL only without memory.
 */
struct assay_result *check_spdm(
    const struct assay *ctx, struct bytes exchange, struct bytes nonce);

#endif
