/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_QUOTE_H
#define ASSAY_CHECK_QUOTE_H

#include <assay/verify.h>

/* Check a TPM quote.  NULL only without memory. */
struct assay_result *check_quote(const struct assay_check *in);

#endif
