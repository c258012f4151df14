/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/*
 * Tie everything to one quote: items, their digests, the claims that hold
 * them, and Q, what the TPM signs.  Pure; memory is the caller's.
 */
#ifndef ASSAY_BIND_H
#define ASSAY_BIND_H

#include "board.h"
#include "claims.h"
#include "hash.h"
#include "state.h"

/* What is to be bound. */
struct bind_in {
	struct bytes nonce; /* N, 32 bytes */
	struct bytes epoch_kind, epoch_marker; /* whose digest N is; or empty */
	struct bytes ak_name;
	const struct board_view *board;
	struct bytes eventlog, ima; /* deflated; empty: none is sent */
	uint64_t iat;          /* host clock, seconds */
	uint64_t uptime;       /* seconds */
	struct bytes boot_id;  /* 16 bytes */
	uint64_t monotonic_ms;
	const struct chain *last;  /* NULL: the report is not chained */
	struct bytes agent_digest; /* of the running program, 32 bytes */
	uint64_t sandbox;          /* bits of sandbox.h */
};

/* What comes of it.  Items borrow from the input. */
struct binding {
	struct evidence_item items[ITEMS_MAX];
	size_t item_count;
	struct digest q; /* qualifyingData of the quote */
};

/*
 * Fill OUT and write #6.601(claims) to CLAIMS.  SCRATCH must have room for
 * the largest record; nothing in it is needed afterwards.
 */
enum status bind_evidence(const struct bind_in *in, struct writer *scratch,
    struct writer *claims, struct binding *out);

#endif
