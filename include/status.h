/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outcomes.  Functions that can fail return enum status; the table in
 * status.def gives each code its exit status and its words.
 */
#ifndef ASSAY_STATUS_H
#define ASSAY_STATUS_H

enum status {
#define STATUS(code, exit_status, text) code,
#define STATUS_END_OF_AGENT             STATUS_AGENT_COUNT, \
	STATUS_AGENT_LAST = STATUS_AGENT_COUNT - 1,
#include "status.def"
#undef STATUS_END_OF_AGENT
#undef STATUS
	STATUS_COUNT
};

/* The code as printed, "QUOTE_NONCE_MISMATCH". */
const char *status_name(enum status st);

/* What the code means, a phrase without a full stop. */
const char *status_text(enum status st);

/* The exit status of a program that ends with this code. */
int status_exit(enum status st);

#endif
