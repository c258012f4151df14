/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a store, as a test looks into it from outside and removes it. */
#ifndef ASSAY_TEST_STORE_FILE_H
#define ASSAY_TEST_STORE_FILE_H

#include <stdint.h>

/* Run SQL by a connection of its own; the number it yields, or -1. */
int64_t store_file_ask(const char *db, const char *sql);

/* Remove the file, and what SQLite keeps beside it. */
void store_file_remove(const char *db);

#endif
