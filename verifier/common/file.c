/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read up to CAP bytes, fewer only at the end of the file; -1 on error. */
static ssize_t
read_all(int fd, uint8_t *p, size_t cap)
{
	size_t n = 0;

	while (n < cap) {
		ssize_t k = read(fd, p + n, cap - n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		n += (size_t)k;
	}
	return (ssize_t)n;
}

static bool
write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

enum status
file_read(const char *path, size_t max, struct file *out, struct fault *fault)
{
	static const char remedy[] = "check the path and its permissions";
	struct file file = {0};
	struct stat sb;
	enum status st = INTERNAL;
	ssize_t n;
	int fd;

	/* A FIFO must not hold us up, hence O_NONBLOCK. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &sb) != 0) {
		st = fault_errno(fault, FILE_READ, path, remedy);
		goto out;
	}
	if (!S_ISREG(sb.st_mode)) {
		st = fault_set(
		    fault, FILE_NOT_REGULAR, "%s: not a regular file", path);
		goto out;
	}

	/* One byte more than allowed tells a file that is too large. */
	if (sb.st_size > (off_t)max) {
		st = fault_set(fault, FILE_TOO_LARGE,
		    "%s: more than %zu bytes; is it the right file?", path,
		    max);
		goto out;
	}
	file.mode = sb.st_mode & 07777;
	if ((file.data = malloc((size_t)sb.st_size + 2)) == NULL) {
		st = fault_set(fault, NO_MEMORY, "%s: no memory", path);
		goto out;
	}
	if ((n = read_all(fd, file.data, (size_t)sb.st_size + 1)) < 0) {
		st = fault_errno(fault, FILE_READ, path, remedy);
		goto out;
	}
	file.len = (size_t)n;
	if (n == 0 || n > sb.st_size) {
		st = fault_set(fault, n == 0 ? FILE_EMPTY : FILE_READ,
		    n == 0 ? "%s: empty" : "%s: it grew while being read",
		    path);
		goto out;
	}
	file.data[file.len] = '\0';

	*out = file;
	file.data = NULL;
	st = OK;
out:
	file_free(&file);
	if (fd >= 0)
		(void)close(fd);
	return st;
}

void
file_free(struct file *file)
{
	if (file->data != NULL)
		explicit_bzero(file->data, file->len);
	free(file->data);
	file->data = NULL;
	file->len = 0;
}

/* Make the new name itself durable. */
static bool
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = NULL;
	bool done = false;
	int fd;

	if (slash == NULL)
		folder = strdup(".");
	else
		folder =
		    strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (folder == NULL)
		return false;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		done = fsync(fd) == 0;
		(void)close(fd);
	}
	free(folder);
	return done;
}

/* Taking the place of a device, a pipe or a link would be no favour. */
static bool
may_replace(const char *path)
{
	struct stat sb;

	return lstat(path, &sb) != 0 || S_ISREG(sb.st_mode);
}

/* Give the finished file TEMP its name. */
static bool
put(const char *temp, const char *path, enum file_rule rule, int *made)
{
	*made = 1;
	if (rule == FILE_REPLACE)
		return rename(temp, path) == 0;

	/* link, unlike rename, never puts itself over another's file. */
	if (link(temp, path) != 0) {
		*made = 0;
		if (errno != EEXIST)
			return false;
	}
	return unlink(temp) == 0;
}

enum status
file_write(const char *path, const void *data, size_t len, mode_t mode,
    enum file_rule rule, int *made, struct fault *fault)
{
	static const char remedy[] = "check its folder, permissions and space";
	enum status st = FILE_WRITE;
	char *temp = NULL;
	int ignored;
	int fd = -1;

	if (!may_replace(path))
		return fault_set(fault, FILE_NOT_REGULAR,
		    "%s: not a regular file; name another", path);
	if (asprintf(&temp, "%s.XXXXXX", path) < 0) {
		temp = NULL;
		return fault_set(fault, NO_MEMORY, "%s: no memory", path);
	}

	/* mkostemp opens with O_EXCL and mode 0600. */
	if ((fd = mkostemp(temp, O_CLOEXEC)) < 0) {
		st = fault_errno(fault, FILE_WRITE, path, remedy);
		goto out;
	}
	if (!write_all(fd, data, len) || fchmod(fd, mode) != 0 ||
	    fsync(fd) != 0 ||
	    !put(temp, path, rule, made == NULL ? &ignored : made) ||
	    !sync_folder(path)) {
		st = fault_errno(fault, FILE_WRITE, path, remedy);
		(void)unlink(temp);
		goto out;
	}
	st = OK;
out:
	if (fd >= 0)
		(void)close(fd);
	free(temp);
	return st;
}
