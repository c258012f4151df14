/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-probe: the owner's own measurement of a lower bound.  A program of
 * its own, never part of the agent: it makes a GPU work.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "options.h"
#include "report.h"
#include "watch.h"

enum { START_MS = 30000, GRACE_MS = 3000, FILE_MODE_PUBLIC = 0644 };

/* Whole or not at all. */
static enum status
write_file(
    const char *path, const struct observation *seen, struct fault *fault)
{
	char *text = report_file(seen), *line = NULL;
	enum status st = NO_MEMORY;
	int n = text == NULL ? -1 : asprintf(&line, "%s\n", text);

	if (n > 0)
		st = file_write(path, line, (size_t)n, FILE_MODE_PUBLIC,
		    FILE_REPLACE, NULL, fault);
	if (n > 0)
		free(line);
	free(text);
	return st;
}

/* Measure, write, print; one line is said about what goes wrong. */
static enum status
run(const struct options *o, struct observation *seen, struct fault *fault)
{
	struct watch watch = {
	    .device = o->device,
	    .budget_ms = o->budget_ms,
	    .start_ms = START_MS,
	    .grace_ms = GRACE_MS,
	};
	enum status st = watch_run(&watch, seen, fault);

	if (st == OK && !report_any(seen))
		return fault_set(fault, PROBE_UNSUPPORTED,
		    "%s: no burst could be measured: %s: %s", seen->gpu.name,
		    seen->row[0].burst->instruction, seen->row[0].why);
	if (st == OK && o->output != NULL)
		st = write_file(o->output, seen, fault);
	return st;
}

static enum status
print(const struct options *o, const struct observation *seen, enum status st,
    struct fault *fault)
{
	enum status printed = OK;

	if (o->json)
		printed =
		    report_json(st == OK ? seen : NULL, st, fault, stdout);
	else if (st == OK)
		printed = report_text(seen, stdout);
	if (st == OK && printed != OK)
		return fault_set(
		    fault, printed, "standard output: %s", strerror(errno));
	return st;
}

int
main(int argc, char **argv)
{
	static struct observation seen;
	struct fault fault = {""};
	struct options o;
	enum status st;

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	if ((st = options_parse(argc, argv, &o, &fault)) != OK)
		return fault_print(&fault, st);
	if (o.help || o.version) {
		if (o.help)
			(void)fputs(options_help, stdout);
		else
			(void)printf("assay-probe %s\n", ASSAY_VERSION);
		if (fflush(stdout) == 0)
			return 0;
		return fault_print(
		    &fault, fault_set(&fault, FILE_WRITE, "standard output: %s",
		                strerror(errno)));
	}
	st = run(&o, &seen, &fault);
	st = print(&o, &seen, st, &fault);
	return st == OK ? 0 : fault_print(&fault, st);
}
