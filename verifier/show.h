/* SPDX-License-Identifier: Apache-2.0 */
/* What a bundle or a device's report says, decoded and not verified. */
#ifndef ASSAY_SHOW_H
#define ASSAY_SHOW_H

#include "verdict.h"

struct assay_result *show(struct bytes evidence); /* NULL without memory */

#endif
