/* SPDX-License-Identifier: Apache-2.0 */
#include "mock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_LEN = 256 };

const char *
mock_setting(const char *name)
{
	const char *s = getenv(name);

	return s == NULL ? "" : s;
}

void
mock_log(const char *log, const char *name)
{
	int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	char line[LINE_LEN];
	int n = snprintf(line, sizeof(line), "%s\n", name);

	if (fd >= 0 && write(fd, line, (size_t)n) != n)
		abort();
	if (fd >= 0)
		close(fd);
}

void
mock_trip(const char *name)
{
	(void)fprintf(stderr, "mock library: %s was looked up\n", name);
	abort();
}
