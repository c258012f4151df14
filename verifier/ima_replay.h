/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of measured files beside PCR 10.  The list is read a moment after
 * the quote, so it may be longer: the records that lead to the quoted value
 * are vouched for, those that follow are not.
 */
#ifndef ASSAY_IMA_REPLAY_H
#define ASSAY_IMA_REPLAY_H

#include "ima.h"
#include "tpm_attest.h"

/* What was seen of the same boot before: so many records led to that value. */
struct ima_mark {
	uint64_t count;
	struct bytes value;
};

/* What to replay: a list, or the part of one from record FIRST on. */
struct ima_part {
	struct bytes list;
	uint64_t first;
	struct bytes start; /* PCR 10 before it; empty: zeros */
};

struct ima_replay {
	size_t records;    /* in the list */
	size_t covered;    /* lead to the quoted value */
	bool padded;       /* the kernel extended the bank with padded SHA-1 */
	size_t violations; /* among those covered */
	size_t first_violation;
	char first_path[64]; /* of it, printable, cut if need be */
	enum ima_aggregate {
		AGGREGATE_ABSENT,    /* the part does not begin the list */
		AGGREGATE_UNCHECKED, /* the PCRs for it are not at hand */
		AGGREGATE_0_7,
		AGGREGATE_0_9,
		AGGREGATE_ZERO,
		AGGREGATE_WRONG,
	} aggregate;
};

/*
 * Replay PART in BANK to PCR 10 of VALUES; MARK may be NULL.  IMA_MISMATCH
 * when no number of records leads there; IMA_TRUNCATED when fewer do than at
 * MARK, IMA_REWRITTEN when they passed another value there; else what
 * ima_next says.  A kernel extends a bank with its own hash of the data, or,
 * when it is old or lacks the hash, with SHA-1 and zeros after it: whichever
 * leads to the value counts, for all records.
 *
 * The aggregate is that of PCR 0 to 7, or to 9 since Linux 5.8, in the bank
 * of its hash; see OUT.
 */
enum status ima_replay(const struct ima_part *part, enum hash bank,
    const struct pcr_values *values, const struct ima_mark *mark,
    struct ima_replay *out);

/* Is a file of this SHA-256 among the first COVERED records? */
bool ima_has_file(struct bytes list, size_t covered, struct bytes sha256);

/* PCR 10 after the whole list, in BANK, by its own hash; START as above. */
enum status ima_end_value(struct bytes list, enum hash bank,
    struct bytes start, struct digest *out);

#endif
