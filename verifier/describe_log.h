/* SPDX-License-Identifier: Apache-2.0 */
/* Boot logs as JSON, for people and for programs. */
#ifndef ASSAY_DESCRIBE_LOG_H
#define ASSAY_DESCRIBE_LOG_H

#include "replay.h"
#include "verdict.h"

/* {"sha256": {"0": "digits"}}: the PCRs that the log says something of. */
json_t *describe_pcrs(const struct replay *replay);

/*
 * [{"number", "pcr", "type", "type_id", "digests", "bound", "says", "size",
 * "data"}]; "data" up to 64 bytes, "bound" is what the digest in BANK turned out to be made of.
 */
json_t *describe_events(struct bytes log, enum hash bank);

/* Form, banks and number of events, into DATA. */
void describe_replay(
    const struct replay *replay, enum hash bank, json_t *data);

/*
 * The bank by which events are described: of those in HAVE, the first of
 * SHA-256, SHA-384, SHA-512, SHA-1; HASH_NONE when there is none.
 */
enum hash describe_bank(const struct pcr_selection *have);

#endif
