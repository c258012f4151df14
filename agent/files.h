/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * The files that the supervisor opens or writes on behalf of the others.
 * All say what is wrong, naming the file.
 */
#ifndef ASSAY_FILES_H
#define ASSAY_FILES_H

#include <stdbool.h>

#include "bytes.h"
#include "status.h"

/*
 * Open a regular file for reading.  When it is OPTIONAL and missing or not
 * readable, the outcome is OK and *FD is -1.
 */
enum status file_open(const char *path, bool optional, int *fd);

/*
 * Open or create the state file, for this process alone, mode 0600.  When
 * OPTIONAL and its folder is missing, the outcome is OK and *FD is -1.
 */
enum status file_open_state(const char *path, bool optional, int *fd);

/* Open a folder for what is in it. */
enum status file_open_folder(const char *path, int *fd);

/* Is the folder there that PATH would be in? */
bool file_has_folder(const char *path);

/*
 * Write DATA to PATH, mode 0644, whole or not at all; "-" is standard
 * output, unless that is a terminal.
 */
enum status file_write(const char *path, struct bytes data);
/* USAGE when file_write would refuse to write to PATH as it is a terminal. */
enum status file_check_output(const char *path);

#endif
