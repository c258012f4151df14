/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, for a person: one line that names the file or field and
 * the remedy.  It travels beside an enum status, never instead of one.
 */
#ifndef COMMON_FAULT_H
#define COMMON_FAULT_H

#include "status.h"

struct fault {
	char text[512];
};

/* Write the line into FAULT, cut at its size, and return ST. */
enum status fault_set(struct fault *fault, enum status st, const char *form,
    ...) __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: the code follows errno. */
enum status fault_errno(struct fault *fault, enum status otherwise,
    const char *path, const char *remedy);

/* Print "program: CODE: line" on stderr; returns the exit status. */
int fault_print(const struct fault *fault, enum status st);

#endif
