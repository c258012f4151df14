/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void
tree_make(struct tree *t)
{
	const char *base = getenv("TMPDIR");
	int n;

	n = snprintf(t->path, sizeof(t->path), "%s/assay-test.XXXXXX",
	    base != NULL && base[0] == '/' ? base : "/tmp");
	assert_in_range(n, 1, sizeof(t->path) - 1);
	assert_non_null(mkdtemp(t->path));
}

static int
remove_one(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
	(void)sb;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
tree_remove(struct tree *t)
{
	assert_int_equal(
	    nftw(t->path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *
tree_at(const struct tree *t, const char *path, char out[TREE_PATH_MAX])
{
	int n = snprintf(out, TREE_PATH_MAX, "%s/%s", t->path, path);

	assert_in_range(n, 1, TREE_PATH_MAX - 1);
	return out;
}

/* Make the directories that PATH, which is absolute, has above its last. */
static void
make_above(const struct tree *t, char *path)
{
	char *slash = path + strlen(t->path);

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
}

void
tree_dir(const struct tree *t, const char *path)
{
	char full[TREE_PATH_MAX];

	tree_at(t, path, full);
	make_above(t, full);
	assert_int_equal(mkdir(full, 0700), 0);
}

void
tree_file(const struct tree *t, const char *path, const void *data, size_t n)
{
	char full[TREE_PATH_MAX];
	int fd;

	tree_at(t, path, full);
	make_above(t, full);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, n), n);
	assert_int_equal(close(fd), 0);
}

void
tree_text(const struct tree *t, const char *path, const char *text)
{
	tree_file(t, path, text, strlen(text));
}

void
tree_link(const struct tree *t, const char *path, const char *target)
{
	char full[TREE_PATH_MAX];

	tree_at(t, path, full);
	make_above(t, full);
	assert_int_equal(symlink(target, full), 0);
}
