/* SPDX-License-Identifier: Apache-2.0 */
/* What was found, for people and for programs. */
#ifndef RIM_REPORT_H
#define RIM_REPORT_H

#include <jansson.h>

#include "options.h"
#include "reading.h"

/* Print one verified manifest; WHAT was done: "verified", "imported". */
void report_text(
    const struct reading *r, const char *path, const char *what);

/* The same as an element of data.references; NULL without memory. */
json_t *report_json(const struct options *o, const struct reading *r,
    const char *path, const char *what);

/* An element of reasons. */
json_t *report_reason(
    enum status st, const char *path, const struct fault *fault);

/*
 * Print the whole; takes both arrays.  NOT_LOOKED_UP: not every certificate
 * of every signer was, as to revocation.
 */
enum status report_finish(json_t *references, json_t *reasons,
    int exit_status, bool not_looked_up);

#endif
