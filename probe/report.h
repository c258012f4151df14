/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An observation as a person, a program and assay classify read it; the form
 * of the last is in assay-probe(1).
 */
#ifndef PROBE_REPORT_H
#define PROBE_REPORT_H

#include <stdio.h>

#include "measure.h"

/* Is there any burst with a bound? */
bool report_any(const struct observation *o);

/* The object of the file; the caller frees it.  NULL without memory. */
char *report_file(const struct observation *o);

/* Everything for a person. */
enum status report_text(const struct observation *o, FILE *to);

/*
 * The one JSON object of --json: of an observation, or with O NULL of what
 * went wrong.
 */
enum status report_json(const struct observation *o, enum status st,
    const struct fault *fault, FILE *to);

#endif
