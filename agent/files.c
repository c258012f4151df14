/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say.h"

static enum status
code_of(int error, enum status other)
{
	if (error == EACCES || error == EPERM)
		return PERMISSION;
	return error == ENOENT ? FILE_MISSING : other;
}

/* A regular file under FD, or the code. */
static enum status
check_regular(int fd)
{
	struct stat sb;

	if (fstat(fd, &sb) != 0)
		return FILE_READ;
	return S_ISREG(sb.st_mode) ? OK : FILE_NOT_REGULAR;
}

enum status
file_open(const char *path, bool optional, int *fd)
{
	enum status st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0) {
		st = code_of(errno, FILE_READ);
		if (optional && (st == FILE_MISSING || st == PERMISSION))
			return OK;
		return say(st, "%s: %s", path, strerror(errno));
	}
	if ((st = check_regular(*fd)) != OK) {
		(void)close(*fd);
		*fd = -1;
		return say(st, "%s: %s", path, status_text(st));
	}
	return OK;
}

enum status
file_open_folder(const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd >= 0)
		return OK;
	return say(
	    code_of(errno, FILE_READ), "%s: %s", path, strerror(errno));
}

/* The folder of PATH, opened; "." when there is no slash. */
static int
open_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int fd;

	if (slash == NULL)
		return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (folder == NULL)
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return fd;
}

bool
file_has_folder(const char *path)
{
	int fd = open_folder(path);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 || errno == EACCES;
}

/* What was made or renamed in the folder of PATH is there to stay. */
static bool
sync_folder(const char *path)
{
	int fd = open_folder(path);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return done;
}

enum status
file_open_state(const char *path, bool optional, int *fd)
{
	struct stat sb;
	enum status st;

	*fd = open(path,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
	    0600);
	if (*fd < 0) {
		st = code_of(errno, FILE_WRITE);
		if (!optional || st != FILE_MISSING)
			return say(st, "%s: %s; see state", path, strerror(errno));
		say_note("%s: there is no such folder; reports are not "
		         "chained, see state", path);
		return OK;
	}
	if ((st = check_regular(*fd)) != OK) {
		(void)say(st, "%s: %s", path, status_text(st));
		goto out;
	}

	/* Two reports at once would give one number twice. */
	st = TIMEOUT;
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		(void)say(st, "%s: another assay-agent run uses it", path);
		goto out;
	}

	/* A new file must not vanish with the next loss of power. */
	st = FILE_WRITE;
	if (fstat(*fd, &sb) == 0 && (sb.st_size > 0 || sync_folder(path)))
		return OK;
	(void)say(st, "%s: %s", path, strerror(errno));
out:
	(void)close(*fd);
	*fd = -1;
	return st;
}

static bool
write_all(int fd, struct bytes b)
{
	while (b.n > 0) {
		ssize_t n = write(fd, b.p, b.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			b = bytes_sub(b, (size_t)n, b.n - (size_t)n);
	}
	return true;
}

enum status
file_check_output(const char *path)
{
	bool out = strcmp(path, "-") == 0;
	struct stat sb;

	if (out && isatty(STDOUT_FILENO) == 1)
		return say(USAGE, "evidence is binary and standard output is "
		                  "a terminal; use -o FILE");
	/* Taking the place of a device, a pipe or a link is no favour. */
	if (!out && lstat(path, &sb) == 0 && !S_ISREG(sb.st_mode))
		return say(FILE_NOT_REGULAR, "%s: %s", path,
		    status_text(FILE_NOT_REGULAR));
	if (!out && !file_has_folder(path))
		return say(code_of(errno, FILE_WRITE), "%s: its folder: %s",
		    path, strerror(errno));
	return OK;
}

/* Beside PATH under a passing name, then in its place. */
static bool
replace_file(const char *path, char *temp, struct bytes data)
{
	int fd = mkostemp(temp, O_CLOEXEC);
	bool done = false;

	if (fd < 0)
		return false;
	done = write_all(fd, data) && fchmod(fd, 0644) == 0 && fsync(fd) == 0;
	done = close(fd) == 0 && done;
	done = done && rename(temp, path) == 0;
	if (!done)
		(void)unlink(temp);
	return done && sync_folder(path);
}

enum status
file_write(const char *path, struct bytes data)
{
	enum status st = file_check_output(path);
	char *temp = NULL;
	bool done;

	if (st != OK)
		return st;
	errno = 0;
	if (strcmp(path, "-") == 0)
		done = write_all(STDOUT_FILENO, data);
	else
		done = asprintf(&temp, "%s.XXXXXX", path) > 0 &&
		       replace_file(path, temp, data);
	if (!done)
		st = say(code_of(errno, FILE_WRITE), "%s: %s", path,
		    strerror(errno));
	free(temp);
	return st;
}
