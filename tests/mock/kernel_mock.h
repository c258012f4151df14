/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that this process makes into the kernel, answered here when they are
 * about a file of a recorded tree: MOCK, and never hardware.  Linked into a
 * test, or loaded in front of the C library.  Everything that the mocks can
 * be told comes from the environment.
 */
#ifndef ASSAY_KERNEL_MOCK_H
#define ASSAY_KERNEL_MOCK_H

#include "mock.h"

#include <stdbool.h>
#include <stddef.h>

enum { MOCK_PATH_MAX = 4096 };

/* The path of the open FD; empty when it has none. */
void mock_path(int fd, char path[MOCK_PATH_MAX]);
/* Does PATH end in TAIL? */
bool mock_ends(const char *path, const char *tail);
/* A number from the environment; 0 when it is not set. */
unsigned mock_number(const char *name);

#endif
