/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's side of configfs-tsm (drivers/virt/coco of Linux), MOCK:
 * directories in a folder tsm/report are entries, whose report is made when
 * a written inblob is closed.
 *
 *	TSM_MOCK_PROVIDER  the name of who signs; "mock_guest"
 *	TSM_MOCK_AUX       text for auxblob; without it there is none
 *	TSM_MOCK_DENY      an entry cannot be made
 *	TSM_MOCK_RACE      so many times another one writes as well
 *	TSM_MOCK_LOSE      what is written is not taken
 *	TSM_MOCK_BLOCK     the report never comes
 *	TSM_MOCK_STUCK     not even an entry comes
 */
#include "kernel_mock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

EXPORT int close(int fd);
EXPORT int mkdirat(int dir, const char *name, mode_t mode);
EXPORT int unlinkat(int dir, const char *name, int flags);

EXPORT int prctl(int option, ...);

static unsigned raced;
static bool other;

/* The agent's processes name themselves; the mock is for [collect] alone. */
int
prctl(int option, ...)
{
	unsigned long a[4];
	va_list ap;

	va_start(ap, option);
	for (size_t i = 0; i < 4; i++)
		a[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (option == PR_SET_NAME)
		other = strcmp((const char *)a[0], "assay-collect") != 0;
	return (int)syscall(SYS_prctl, option, a[0], a[1], a[2], a[3]);
}

void
mock_path(int fd, char path[MOCK_PATH_MAX])
{
	char link[64];
	ssize_t n;

	path[0] = '\0';
	if (other)
		return;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, MOCK_PATH_MAX - 1);
	path[n < 0 ? 0 : n] = '\0';
}

bool
mock_ends(const char *path, const char *tail)
{
	size_t n = strlen(path), k = strlen(tail);

	return n >= k && strcmp(path + n - k, tail) == 0;
}

unsigned
mock_number(const char *name)
{
	const char *s = getenv(name);

	return s == NULL ? 0 : (unsigned)strtoul(s, NULL, 0);
}

/* The file NAME in the folder DIR, anew. */
static void
put(const char *dir, const char *name, const void *data, size_t n, mode_t mode)
{
	char path[MOCK_PATH_MAX + 16];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	(void)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	(void)syscall(SYS_close, fd);
}

static void
put_text(const char *dir, const char *name, const char *text, mode_t mode)
{
	put(dir, name, text, strlen(text), mode);
}

/* What an entry has when it was just made. */
static void
fill(const char *dir)
{
	const char *provider = getenv("TSM_MOCK_PROVIDER");
	char line[256];

	(void)snprintf(line, sizeof(line), "%s\n",
	    provider == NULL ? "mock_guest" : provider);
	put_text(dir, "provider", line, 0444);
	put_text(dir, "generation", "0\n", 0444);
	put_text(dir, "inblob", "", 0600);
	put_text(dir, "outblob", "", 0400);
	if (getenv("TSM_MOCK_AUX") != NULL)
		put_text(dir, "auxblob", "", 0400);
}

static unsigned long
read_generation(const char *dir)
{
	char path[MOCK_PATH_MAX + 16], text[32] = "";
	int fd;

	(void)snprintf(path, sizeof(path), "%s/generation", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		abort();
	(void)syscall(SYS_close, fd);
	return strtoul(text, NULL, 10);
}

/* "MOCK TEE REPORT " and the N bytes that were to be signed. */
static void
answer(const char *dir, const char *in, size_t n)
{
	static const char mark[16] = "MOCK TEE REPORT ";
	const char *aux = getenv("TSM_MOCK_AUX");
	unsigned long number = read_generation(dir) + 1;
	char line[32], report[16 + 64];

	if (mock_number("TSM_MOCK_RACE") > raced) {
		raced++;
		number++;
	}
	(void)snprintf(line, sizeof(line), "%lu\n", number);
	put_text(dir, "generation", line, 0444);
	memcpy(report, mark, sizeof(mark));
	memcpy(report + sizeof(mark), in, n);
	put(dir, "outblob", report, sizeof(mark) + n, 0400);
	if (aux != NULL)
		put_text(dir, "auxblob", aux, 0400);
}

/* A binary attribute is taken when it is closed, and no error is told. */
int
close(int fd)
{
	char path[MOCK_PATH_MAX], in[65] = "";
	int flags, back;
	ssize_t n;

	mock_path(fd, path);
	flags = fcntl(fd, F_GETFL);
	if (strstr(path, "/tsm/report/") == NULL || flags < 0 ||
	    !mock_ends(path, "/inblob") || (flags & O_ACCMODE) != O_WRONLY)
		return (int)syscall(SYS_close, fd);
	if (getenv("TSM_MOCK_BLOCK") != NULL)
		for (;;)
			(void)pause();
	back = open(path, O_RDONLY | O_CLOEXEC);
	n = back < 0 ? -1 : read(back, in, sizeof(in));
	(void)syscall(SYS_close, back);
	*strrchr(path, '/') = '\0';
	if (n > 0 && n <= 64 && getenv("TSM_MOCK_LOSE") == NULL)
		answer(path, in, (size_t)n);
	return (int)syscall(SYS_close, fd);
}

int
mkdirat(int dir, const char *name, mode_t mode)
{
	char path[MOCK_PATH_MAX];
	int rc;

	mock_path(dir, path);
	if (!mock_ends(path, "/tsm/report"))
		return (int)syscall(SYS_mkdirat, dir, name, mode);
	if (getenv("TSM_MOCK_STUCK") != NULL)
		for (;;)
			(void)pause();
	if (getenv("TSM_MOCK_DENY") != NULL) {
		errno = EACCES;
		return -1;
	}
	rc = (int)syscall(SYS_mkdirat, dir, name, mode);
	if (rc == 0 && strlen(path) + strlen(name) + 2 < sizeof(path)) {
		strcat(strcat(path, "/"), name);
		fill(path);
	}
	return rc;
}

/* An entry goes with all that is in it. */
int
unlinkat(int dir, const char *name, int flags)
{
	static const char *const files[] = {
	    "provider", "generation", "inblob", "outblob", "auxblob"};
	char path[MOCK_PATH_MAX], file[MOCK_PATH_MAX + 512];

	mock_path(dir, path);
	if (mock_ends(path, "/tsm/report") && flags == AT_REMOVEDIR)
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
			(void)snprintf(file, sizeof(file), "%s/%s/%s", path,
			    name, files[i]);
			(void)syscall(SYS_unlinkat, AT_FDCWD, file, 0);
		}
	return (int)syscall(SYS_unlinkat, dir, name, flags);
}
