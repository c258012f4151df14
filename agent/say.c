/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Set once, right after the fork; the only word a process has of itself. */
static const char *process;

enum { LINE_MAX_BYTES = 768 };

void
say_process(const char *name)
{
	process = name;
}

void
put_text(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		(void)putchar(b.p[i] >= 0x20 && b.p[i] < 0x7f ? b.p[i] : '?');
}

/* One line, one write: lines of different processes never mix. */
static void __attribute__((format(printf, 2, 0)))
say_line(const char *word, const char *format, va_list ap)
{
	char line[LINE_MAX_BYTES];
	size_t n;
	int k;

	/* Who speaks, and the code or the kind. */
	if (process == NULL)
		k = snprintf(line, sizeof(line), "%s: %s: ",
		    program_invocation_short_name, word);
	else
		k = snprintf(line, sizeof(line), "%s[%s]: %s: ",
		    program_invocation_short_name, process, word);
	n = k < 0 ? 0 : (size_t)k;
	if (n > sizeof(line) / 2)
		return;

	/* What happened, cut rather than lost when it is too long. */
	(void)vsnprintf(line + n, sizeof(line) - n - 1, format, ap);
	n = strlen(line);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* nobody listens, and there is nobody to tell */
}

enum status
say(enum status st, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say_line(status_name(st), format, ap);
	va_end(ap);
	return st;
}

void
say_note(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say_line("note", format, ap);
	va_end(ap);
}
