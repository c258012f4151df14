/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole small files, read with a limit and written without halves.
 */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fault.h"

struct file {
	uint8_t *data; /* one NUL follows the last byte */
	size_t len;
	mode_t mode; /* its permission bits */
};

/*
 * Read the regular, non-empty file PATH of at most MAX bytes into OUT, which
 * file_free releases.
 */
enum status file_read(
    const char *path, size_t max, struct file *out, struct fault *fault);

/* Wipes the bytes as well; harmless when nothing was read. */
void file_free(struct file *file);

/* What becomes of a file that is there already. */
enum file_rule { FILE_KEEP, FILE_REPLACE };

/*
 * Write LEN bytes as PATH with MODE: a temporary file beside it, fsync, then
 * its name.  With FILE_KEEP an existing PATH stays and *MADE says whether
 * ours was put there.  Nothing partial is left.
 */
enum status file_write(const char *path, const void *data, size_t len,
    mode_t mode, enum file_rule rule, int *made, struct fault *fault);

#endif
