/* SPDX-License-Identifier: Apache-2.0 */
#include "beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Entries of a directory that are looked at. */
enum { ENTRIES_MAX = 4096 };

/* What the last failed open means. */
static enum status
open_failure(int error)
{
	switch (error) {
	case ENOENT:
		return FILE_MISSING;
	case EACCES:
	case EPERM:
		return PERMISSION;
	case ELOOP:
	case ENOTDIR:
	case ENXIO:
	case EISDIR:
		return FILE_NOT_REGULAR;
	default:
		return FILE_READ;
	}
}

enum status
beneath_root(const char *path, int *fd)
{
	*fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *fd >= 0 ? OK : open_failure(errno);
}

/* The first part of PATH as a string; REST is what follows the slash. */
static bool
first_part(struct bytes path, char part[256], struct bytes *rest)
{
	const uint8_t *slash = path.n == 0 ? NULL : memchr(path.p, '/', path.n);
	size_t n = slash == NULL ? path.n : (size_t)(slash - path.p);

	if (n == 0 || n > 255 || memchr(path.p, '\0', n) != NULL)
		return false;
	memcpy(part, path.p, n);
	part[n] = '\0';
	*rest = slash == NULL ? bytes_view(NULL, 0)
	                      : bytes_sub(path, n + 1, path.n - n - 1);
	return strcmp(part, ".") != 0 && strcmp(part, "..") != 0;
}

enum status
beneath_dir(int dir, struct bytes path, int *fd)
{
	int at = -1;
	char part[256];

	do {
		int next;

		if (!first_part(path, part, &path)) {
			if (at >= 0)
				close(at);
			return FILE_NOT_REGULAR;
		}
		next = openat(at >= 0 ? at : dir, part,
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0) {
			enum status st = open_failure(errno);

			if (at >= 0)
				close(at);
			return st;
		}
		if (at >= 0)
			close(at);
		at = next;
	} while (path.n > 0);

	*fd = at;
	return OK;
}

/* Read to the end, or refuse when the end is not within CAP bytes. */
static enum status
read_whole(int fd, uint8_t *buf, size_t cap, size_t *n)
{
	size_t have = 0;
	uint8_t extra;

	for (;;) {
		bool full = have == cap;
		ssize_t got = full ? read(fd, &extra, 1)
		                   : read(fd, buf + have, cap - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return FILE_READ;
		if (got == 0)
			break;
		if (full)
			return FILE_TOO_LARGE;
		have += (size_t)got;
	}
	*n = have;
	return OK;
}

enum status
beneath_read(
    int dir, const char *name, bool secret, void *buf, size_t cap, size_t *n)
{
	enum status st;
	struct stat sb;
	int fd;

	/* O_NONBLOCK so that a pipe in the place of a file cannot hold us. */
	fd = openat(dir, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return open_failure(errno);

	if (fstat(fd, &sb) != 0)
		st = FILE_READ;
	else if (!S_ISREG(sb.st_mode))
		st = FILE_NOT_REGULAR;
	else if (secret && (sb.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		st = FILE_MODE;
	else
		st = read_whole(fd, buf, cap, n);
	close(fd);
	return st;
}

bool
beneath_link(int dir, const char *name, char *out, size_t cap)
{
	ssize_t n = readlinkat(dir, name, out, cap);

	if (n < 0 || (size_t)n >= cap)
		return false;
	out[n] = '\0';
	return true;
}

bool
beneath_first(int dir, const char *prefix, char *out, size_t cap)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool found = false;

	if (list == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (size_t i = 0; i < ENTRIES_MAX; i++) {
		if ((entry = readdir(list)) == NULL)
			break;
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
		    strlen(entry->d_name) >= cap ||
		    (found && strcmp(entry->d_name, out) >= 0))
			continue;
		memcpy(out, entry->d_name, strlen(entry->d_name) + 1);
		found = true;
	}
	closedir(list);
	return found;
}
