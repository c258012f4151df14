/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logs that a bundle carries: the boot log and the list of files that
 * the kernel measured, and what the quoted PCRs say of them.
 */
#ifndef ASSAY_VERIFY_LOGS_H
#define ASSAY_VERIFY_LOGS_H

#include "claims.h"
#include "ima_replay.h"
#include "replay.h"
#include "verdict.h"

enum log_state { LOG_ABSENT, LOG_REPLAYED, LOG_REPLAYED_IN_PART };

struct host_logs {
	uint8_t *memory[2]; /* of the inflated logs, freed by logs_free */
	enum log_state state;
	struct bytes eventlog;
	struct replay replay;
	uint32_t later; /* quoted PCRs whose values go past the boot log */
	bool has_ima;   /* a list came, and PCR 10 vouches for it */
	struct bytes ima;
	enum hash ima_bank;
	struct ima_replay ima_replay;
};

void logs_free(struct host_logs *logs);

/* Inflate and replay the boot log in ITEM. */
enum status logs_read_boot(
    struct host_logs *logs, struct bytes item, struct assay_result *r);

/* Hold it against quoted values that have been verified. */
enum status logs_compare_boot(struct host_logs *logs,
    const struct pcr_selection *quoted, const struct pcr_values *values,
    struct assay_result *r);

/*
 * Inflate the IMA list in ITEM and hold it against PCR 10 of VALUES, which
 * have been verified, and against LAST, what is known of this host; QUOTE
 * says whether it is still the same boot.  claims[-70007] says which part of
 * the list it is: [k, PCR 10 before record k, records in all].
 */
enum status logs_check_ima(struct host_logs *logs, struct bytes item,
    const struct claims *claims, const struct quote *quote,
    const struct pcr_values *values, const struct assay_host *last,
    struct assay_result *r);

/* Put what a replay of the list found into DATA. */
void describe_ima(const struct ima_replay *found, json_t *data);

#endif
