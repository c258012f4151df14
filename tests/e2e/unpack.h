/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of "unpack" share; its head tells what it does. */
#ifndef UNPACK_H
#define UNPACK_H

#include "bytes.h"

/* One line on standard error; returns 1, the exit status. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Write B to FOLDER/NAME, or to NAME when FOLDER is NULL.  Returns 0, or 1
 * after a complaint.
 */
int store(const char *folder, const char *name, struct bytes b);

/* Evidence in JSON, and the key of an HCL report; ARGS[0] is the folder. */
int unpack_json(struct bytes in, char **args);
int unpack_report(struct bytes in, char **args);

#endif
