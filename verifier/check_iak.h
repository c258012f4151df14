/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of a TPM's own attestation key, an IAK or LAK (TCG TPM 2.0
 * Keys for Device Identity and Attestation, 1.0).
 */
#ifndef ASSAY_CHECK_IAK_H
#define ASSAY_CHECK_IAK_H

#include "check_ek.h"

/*
 * Check a certificate, the way from it to an authority, and that it is of
 * the key AK: reasons at "iak", "chain" and "ak".  NULL only without memory.
 */
struct assay_result *check_iak(const struct assay *ctx, struct bytes cert,
    struct bytes chain, struct bytes ak);

#endif
