/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that speaks SPDM and of which nothing else is known: who it is and
 * what it measured, from a recorded exchange.
 */
#ifndef ASSAY_DEVICE_SPDM_H
#define ASSAY_DEVICE_SPDM_H

#include "device.h"
#include "spdm_exchange.h"

/*
 * Parse EVIDENCE into EX, verify its chain under the anchors of CHECK and all
 * of its signatures under the leaf; fill PROOF, DATA and DETAIL like a
 * device_kind.  The nonce of CHECK is not looked at: the caller compares.
 */
enum status spdm_prove(struct bytes evidence, const struct device_check *check,
    struct spdm_exchange *ex, struct device_proof *proof, json_t *data,
    char *detail, size_t cap);

#endif
