/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHALLENGE_H
#define ASSAY_CHALLENGE_H

#include "check_ek.h"

/*
 * The proof of a host that opened SECRET: HMAC-SHA256 under it of
 * "assay/enrol/1", the AK's name and the EK's name.
 */
enum status challenge_proof(struct bytes secret, struct bytes ak_name,
    struct bytes ek_name, struct digest *out);

/* The keys that were challenged, as one digest (docs/protocol.md). */
enum status challenge_keys(struct bytes ek_cert, struct bytes ek_pub,
    struct bytes ak_pub, struct digest *out);

/* See assay_challenge.  NULL only without memory. */
struct assay_result *challenge(const struct assay *ctx,
    const struct ek_shown *ek, struct bytes ak_pub,
    struct assay_challenge *out);

#endif
