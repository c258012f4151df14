/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accelerators between one report and the next, and between hosts: what the
 * caller remembers of those that signed, held against those that sign now.
 */
#ifndef ASSAY_HISTORY_H
#define ASSAY_HISTORY_H

#include "verify.h"

/*
 * Judge the devices of V by what earlier reports had: reasons in R.
 * ENDORSED[I] is taken back when device I is not where it has to be.
 */
void history_judge(const struct verified *v, struct assay_result *r,
    bool endorsed[DEVICES_MAX]);

/*
 * Put into R's host the devices that have signed for it, after everything is
 * judged.  None that a refused report shows is expected from then on.
 */
void history_remember(const struct verified *v, struct assay_result *r);

#endif
