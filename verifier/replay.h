/* SPDX-License-Identifier: Apache-2.0 */
/* What the PCRs hold when a boot log is the whole truth. */
#ifndef ASSAY_REPLAY_H
#define ASSAY_REPLAY_H

#include "eventlog.h"
#include "tpm_attest.h"

struct replay {
	struct pcr_values pcrs; /* every PCR of every bank known here */
	uint32_t touched;       /* bit i: some event extended PCR i */
	size_t events;          /* EV_NO_ACTION included */
	bool has_locality;      /* the log has a StartupLocality event */
	uint8_t locality;
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

/* PCRs that firmware always extends, with a separator at least (PFP 3.3). */
#define EVENTLOG_FIRMWARE_PCRS UINT32_C(0xff)

/*
 * Compare the replay with values under a quote's selection.  Sets
 * *FIRST_WRONG to the PCR when EVENTLOG_MISMATCH is returned, or
 * EVENTLOG_UNEXTENDED: firmware left it open, and whoever came next may have
 * written what he liked.  *LATER is the mask of other PCRs that differ.
 * EVENTLOG_BANK_MISSING when the log has no digests for a quoted bank.
 */
enum status replay_compare(const struct replay *replay,
    const struct pcr_selection *quoted, const struct pcr_values *values,
    unsigned *first_wrong, uint32_t *later);

#endif
