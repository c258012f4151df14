/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA's signed reference integrity manifests: a software identification
 * tag (ISO/IEC 19770-2:2015) with a TCG payload of measurements.
 */
#ifndef RIM_SWIDTAG_H
#define RIM_SWIDTAG_H

#include "document.h"

/* Verify and decode; see rim_read. */
enum status swidtag_read(const struct rim_input *in, struct document *doc,
    struct fault *fault);

#endif
