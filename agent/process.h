/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * The supervisor: it makes the connections, opens the files, starts the
 * processes in the table in process.c, and waits.  It reads no byte that
 * comes from a device, the TPM or the network.
 */
#ifndef ASSAY_PROCESS_H
#define ASSAY_PROCESS_H

#include <stdbool.h>

#include "bytes.h"
#include "config.h"
#include "status.h"

/* Print devices and facts: [collect] alone. */
enum status process_measure(const struct config *cf, bool json);

/*
 * One bundle for NONCE, appended to BUNDLE: [seal] and [collect].  EVIDENCE
 * is a folder with what was fetched from devices out of band, or NULL.  When
 * BUNDLE is NULL, only the nonces that the devices have to answer in such a
 * report are printed.
 */
enum status process_report(const struct config *cf, struct bytes nonce,
    const char *evidence, struct writer *bundle);

/*
 * One report to the verifier: all three.  *STOPPED is set when SIGTERM or
 * SIGINT asked for an end.
 */
enum status process_send(const struct config *cf, bool *stopped);

/*
 * Enrol this host: [seal] and [send], by the network or by FILES, of which
 * those that are NULL are not used.
 */
struct enrol_files {
	const char *ek_cert, *request, *response;
};
enum status process_enrol(
    const struct config *cf, const struct enrol_files *files);

/* Sleep for MS; true when SIGTERM or SIGINT asked for an end. */
bool process_pause(uint64_t ms);

/* Hold back the signals that the above wait for; once, at the start. */
void process_block_signals(bool stop_too);

#endif
