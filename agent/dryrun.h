/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/*
 * What a report would carry out of this host, for its owner to read before
 * anything leaves.
 */
#ifndef ASSAY_DRYRUN_H
#define ASSAY_DRYRUN_H

#include "evidence.h"

struct dry_run {
	struct bytes claims, quote; /* as they would leave */
	const struct evidence_item *items;
	size_t item_count;
	size_t whole;        /* bytes of the bundle */
	struct bytes log, ima; /* logs before they were deflated */
	uint64_t interval;   /* seconds from one report to the next */
};

/*
 * Print field by field: bytes as encoded, how many bits of it no verifier
 * can foretell or check, and why it is there.  FILE_WRITE.
 */
enum status dry_run_print(const struct dry_run *d);

#endif
