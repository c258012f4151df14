/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status
fault_set(struct fault *fault, enum status st, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	(void)vsnprintf(fault->text, sizeof(fault->text), form, ap);
	va_end(ap);
	return st;
}

enum status
fault_errno(struct fault *fault, enum status otherwise, const char *path,
    const char *remedy)
{
	static const struct {
		int error;
		enum status st;
	} rows[] = {
	    {ENOENT, FILE_MISSING},
	    {ENOTDIR, FILE_MISSING},
	    {EACCES, PERMISSION},
	    {EPERM, PERMISSION},
	    {EROFS, PERMISSION},
	    {EISDIR, FILE_NOT_REGULAR},
	    {ENOMEM, NO_MEMORY},
	};
	int error = errno;
	enum status st = otherwise;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			st = rows[i].st;
	return fault_set(
	    fault, st, "%s: %s; %s", path, strerror(error), remedy);
}

int
fault_print(const struct fault *fault, enum status st)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
	    status_name(st),
	    fault->text[0] == '\0' ? status_text(st) : fault->text);
	return status_exit(st);
}
