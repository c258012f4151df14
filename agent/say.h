/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
/*
 * What the agent says on standard error: one clear line at a time.
 */
#ifndef ASSAY_SAY_H
#define ASSAY_SAY_H

#include "bytes.h"
#include "status.h"

/* Name the process that speaks from now on; NULL for the supervisor. */
void say_process(const char *name);

/*
 * Write "program[name]: CODE: what happened" and return ST, so that a
 * refusal can be said and returned in one line.  Control bytes become '?'.
 */
enum status say(enum status st, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* To standard output, with everything that is not printable shown as '?'. */
void put_text(struct bytes b);

/* Something to know that is no failure. */
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
