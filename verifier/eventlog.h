/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware's boot log (TCG PC Client Platform Firmware Profile 1.06,
 * clause 10), in the crypto-agile and in the SHA-1 form; little-endian.
 */
#ifndef ASSAY_EVENTLOG_H
#define ASSAY_EVENTLOG_H

#include "tpm_attest.h"

/* The result of a replay: what the PCRs hold if the log is the whole truth. */
struct replay {
	struct pcr_values pcrs; /* every PCR of every bank known here */
	uint32_t touched;       /* bit i: some event extended PCR i */
	size_t events;          /* EV_NO_ACTION included */
};

/*
 * Replay LOG from power-on.  Banks with hashes unknown here are skipped by
 * their declared size.  EVENTLOG_MALFORMED, EVENTLOG_PCR_INDEX.
 */
enum status eventlog_replay(struct bytes log, struct replay *out);

/*
 * PCRs that only the boot extends (firmware and boot loader): these must
 * equal the replay.  The others may have been extended later.
 */
#define EVENTLOG_BOOT_PCRS UINT32_C(0x43ff) /* 0 to 9 and 14 */

/*
 * Compare the replay with values under a quote's selection.  Sets
 * *FIRST_WRONG to the PCR when EVENTLOG_MISMATCH is returned; *LATER is the
 * mask of other PCRs that differ.  EVENTLOG_BANK_MISSING when the log has no
 * digests for a quoted bank.
 */
enum status replay_compare(const struct replay *replay,
    const struct pcr_selection *quoted, const struct pcr_values *values,
    unsigned *first_wrong, uint32_t *later);

#endif
