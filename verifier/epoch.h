/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Epoch markers (RFC 9334, 10.3): evidence of hosts that hear nothing from
 * outside.  N is then SHA-256 of a marker that the evidence carries, and is
 * fresh when the appraiser knows that marker: it is not older than the marker.
 */
#ifndef ASSAY_EPOCH_H
#define ASSAY_EPOCH_H

#include "claims.h"

enum { EPOCHS_MAX = 64 };

struct epochs {
	struct digest known[EPOCHS_MAX]; /* SHA-256 of each marker */
	size_t count;
};

/* Know one more; EPOCH_MARKER when it or the list of them is too long. */
enum status epochs_add(struct epochs *e, struct bytes marker);

/* N follows from the marker that the claims carry, if they carry one. */
enum status epoch_binds(const struct claims *c);

/* The evidence carries a marker of the list; EPOCH_OTHER when it does not. */
enum status epochs_check(const struct epochs *e, const struct claims *c);

#endif
