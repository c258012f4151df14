/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_PLATFORM_H
#define ASSAY_CHECK_PLATFORM_H

#include "context.h"
#include "platform_cert.h"
#include "verdict.h"

/* What is shown of a machine; EK and ISSUERS without a pointer: not given. */
struct platform_shown {
	struct bytes cert;    /* DER or PEM */
	struct bytes ek;      /* DER, padded or not, or PEM */
	struct bytes issuers; /* who signed CERT and links above, DER or PEM */
};

/*
 * A platform certificate: reasons at "platform", "ek" and "issuer", facts,
 * and what was not checked.  NULL only without memory.
 */
struct assay_result *check_platform(
    const struct assay *ctx, const struct platform_shown *in);

/* Put what the certificate says into DATA. */
void platcert_describe(const struct platform_cert *cert, json_t *data);

#endif
