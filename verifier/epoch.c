/* SPDX-License-Identifier: Apache-2.0 */
#include "epoch.h"

enum status
epochs_add(struct epochs *e, struct bytes marker)
{
	enum status st;

	if (marker.n < 1 || marker.n > EPOCH_MARKER_MAX ||
	    e->count == EPOCHS_MAX)
		return EPOCH_MARKER;
	if ((st = hash_one(HASH_SHA256, marker, &e->known[e->count])) == OK)
		e->count++;
	return st;
}

enum status
epoch_binds(const struct claims *c)
{
	struct digest d;
	enum status st;

	if (c->epoch_marker.n == 0)
		return OK;
	if ((st = hash_one(HASH_SHA256, c->epoch_marker, &d)) != OK)
		return st;
	return bytes_eq(digest_view(&d), c->nonce) ? OK : EPOCH_MISMATCH;
}

enum status
epochs_check(const struct epochs *e, const struct claims *c)
{
	/* N is the marker's digest: epoch_binds has seen to that. */
	for (size_t i = 0; c->epoch_marker.n > 0 && i < e->count; i++)
		if (bytes_eq(digest_view(&e->known[i]), c->nonce))
			return OK;
	return EPOCH_OTHER;
}
