/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_DEVICE_H
#define ASSAY_CHECK_DEVICE_H

#include "context.h"
#include "device.h"
#include "verdict.h"

/*
 * Check REPORT (binary, hexadecimal, or NVIDIA's array in JSON) with its
 * CHAIN in PEM, which an array brings itself, against NONCE.  NULL only
 * without memory.
 */
struct assay_result *check_device(const struct assay *ctx, bool want_switch,
    struct bytes report, struct bytes chain, struct bytes nonce);

struct observed;

/* The same for a GPU, with the class of its chip; OBSERVED may be NULL. */
struct assay_result *check_device_class(const struct assay *ctx,
    struct bytes report, struct bytes chain, struct bytes nonce,
    const struct observed *observed);

#endif
