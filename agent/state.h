/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/*
 * The chain of reports: a counter and the digest of the last bundle, in two
 * slots written in turn, so that a write cut short loses nothing released.
 *
 *	file = slot 0 || slot 1, STATE_SLOT bytes each
 *	slot = "ASSAYST1" || counter u64 big-endian || digest, 32 bytes
 *	       || SHA-256 of the 48 bytes before || zeros
 *
 * The report with counter C goes to slot C mod 2.  A new file is empty.
 */
#ifndef ASSAY_STATE_H
#define ASSAY_STATE_H

#include <stdint.h>

#include "bytes.h"
#include "status.h"

enum { STATE_SLOT = 512, STATE_FILE = 2 * STATE_SLOT, STATE_DIGEST = 32 };

/* Counter and bundle digest of the last report; zeros before the first. */
struct chain {
	uint64_t counter;
	uint8_t digest[STATE_DIGEST];
};

/* The newest whole slot.  STATE_DAMAGED when bytes are there but no slot. */
enum status state_decode(struct bytes file, struct chain *out);
enum status state_encode(const struct chain *chain, uint8_t slot[STATE_SLOT]);

/* The same over an open file; state_store returns after fsync. */
enum status state_load(int fd, struct chain *out);
enum status state_store(int fd, const struct chain *chain);

#endif
