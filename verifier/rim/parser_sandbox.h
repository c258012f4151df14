/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process for foreign bytes: it can compute and write to one pipe, and
 * nothing else.  What cannot be enforced is an error.
 */
#ifndef RIM_PARSER_SANDBOX_H
#define RIM_PARSER_SANDBOX_H

#include "bytes.h"
#include "fault.h"

/*
 * Run WORK in a confined child; what it writes into its writer comes back in
 * the CAP bytes at BUF, *N of them.  PARSER_DIED when the child was stopped:
 * by the kernel, by its limits, by the deadline, or because it said too much.
 * SANDBOX_FAILED when it could not be confined; it has then done nothing.
 */
enum status sandbox_run(void (*work)(void *arg, struct writer *out),
    void *arg, uint8_t *buf, size_t cap, size_t *n, struct fault *fault);

/* Does this build confine? Builds with sanitizers cannot filter calls. */
bool sandbox_filters(void);

#endif
