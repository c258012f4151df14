/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees of files made for one test.  Everything fails the test at once when
 * the operating system does not play along.
 */
#ifndef ASSAY_TEST_TREE_H
#define ASSAY_TEST_TREE_H

#include <stddef.h>

enum { TREE_PATH_MAX = 512 };

struct tree {
	char path[256]; /* absolute */
};

/* A new empty directory under TMPDIR, and its removal with all in it. */
void tree_make(struct tree *t);
void tree_remove(struct tree *t);

/* PATH below the tree, in OUT. */
const char *tree_at(
    const struct tree *t, const char *path, char out[TREE_PATH_MAX]);

/* A directory, with those above it. */
void tree_dir(const struct tree *t, const char *path);
/* A file of N bytes, or of a string; directories are made as needed. */
void tree_file(
    const struct tree *t, const char *path, const void *data, size_t n);
void tree_text(const struct tree *t, const char *path, const char *text);
/* A symbolic link to TARGET, taken as it is. */
void tree_link(const struct tree *t, const char *path, const char *target);

#endif
