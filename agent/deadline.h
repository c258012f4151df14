/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
/*
 * Deadlines: milliseconds of the monotonic clock, so that setting the
 * host's time moves none of them.
 */
#ifndef ASSAY_DEADLINE_H
#define ASSAY_DEADLINE_H

#include <stdint.h>

#include "status.h"

uint64_t deadline_now(void);
/* MS milliseconds from now. */
uint64_t deadline_in(uint64_t ms);
/* What is left, as poll(2) wants it; 0 when it has passed. */
int deadline_left(uint64_t deadline);

/*
 * Wait until FD is ready for EVENTS of poll(2), or was closed by its peer.
 * TIMEOUT after DEADLINE; INTERNAL when waiting itself fails.
 */
enum status deadline_wait(int fd, short events, uint64_t deadline);

#endif
