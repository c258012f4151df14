/* SPDX-License-Identifier: Apache-2.0 */
/* Published flaws of a TPM's firmware. */
#ifndef ASSAY_JUDGE_FIRMWARE_H
#define ASSAY_JUDGE_FIRMWARE_H

#include "context.h"
#include "tpm_attest.h"
#include "verdict.h"

/*
 * Look the firmware of QUOTE up in the table of the context, under the maker
 * that the certificate of HOST's endorsement key names.
 */
void judge_firmware(const struct assay *ctx, const struct quote *quote,
    const struct assay_host *host, struct assay_result *r);

#endif
