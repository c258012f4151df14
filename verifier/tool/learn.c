/* SPDX-License-Identifier: Apache-2.0 */
/* assay policy learn: an event policy from the logs of good hosts. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { LOGS_MAX = 64 };

static const struct option longs[] = {
    {"bank", required_argument, NULL, 'b'},
    {NULL, 0, NULL, 0},
};

struct options {
	struct assay_check check;
	struct file file[LOGS_MAX];
	struct assay_file logs[LOGS_MAX];
	struct place places[LOGS_MAX + 1];
	char number[LOGS_MAX][4];
};

static int
parse(int argc, char **argv, struct options *o)
{
	int c, rc = 0;

	opterr = 0;
	o->check.bank = (struct assay_file){"sha256", 6};
	while (rc == 0 && (c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (c == 'b')
			o->check.bank =
			    (struct assay_file){optarg, strlen(optarg)};
		else
			rc = option_error(argv[optind - 1]);
	if (rc == 0 && (optind == argc || argc - optind > LOGS_MAX))
		rc = usage_error("give 1 to %d logs; see --help", LOGS_MAX);
	return rc;
}

static int
load_logs(char **paths, struct options *o)
{
	size_t n;

	for (n = 0; paths[n] != NULL; n++) {
		int rc = load(paths[n], EVENTLOG_FILE_MAX, &o->file[n]);

		if (rc != 0)
			return rc;
		o->logs[n] =
		    (struct assay_file){o->file[n].data, o->file[n].len};
		snprintf(o->number[n], sizeof(o->number[n]), "%zu", n % 100);
		o->places[n] = (struct place){o->number[n], paths[n]};
	}
	o->places[n] = (struct place){NULL, "the command line"};
	o->check.logs = o->logs;
	o->check.log_count = n;
	return 0;
}

/* The policy, or why there is none. */
static int
print(const struct assay_result *result, const struct place *places)
{
	struct assay_reason reason;
	char *text;

	if (!assay_result_reason(result, 0, &reason)) {
		if ((text = result_text(result, ASSAY_LEARNED)) == NULL)
			return status_exit(NO_MEMORY);
		fputs(text, stdout);
		free(text);
		return 0;
	}
	while (places->where != NULL &&
	    strcmp(places->where, reason.where) != 0)
		places++;
	fprintf(stderr, "assay: %s: %s: %s\n", reason.code, places->path,
	    reason.detail);
	return assay_result_exit(result);
}

static int
run(int argc, char **argv)
{
	struct options *o = calloc(1, sizeof(*o));
	struct assay_result *result = NULL;
	struct fault fault;
	int rc;

	if (o == NULL)
		return fault_print(
		    &fault, fault_set(&fault, NO_MEMORY, "reading logs"));
	if ((rc = parse(argc, argv, o)) != 0 ||
	    (rc = load_logs(argv + optind, o)) != 0)
		goto out;
	result = assay_check(NULL, ASSAY_LEARN, &o->check);
	rc = result == NULL ? fault_print(&fault,
				  fault_set(&fault, NO_MEMORY, "learning"))
			    : print(result, o->places);
out:
	assay_result_free(result);
	for (size_t i = 0; i < LOGS_MAX; i++)
		file_free(&o->file[i]);
	free(o);
	return rc;
}

const struct command command_policy_learn = {
    .words = {"policy", "learn"},
    .run = run,
    .summary = "make an event policy from logs of good hosts",
    .help =
	"usage: assay policy learn [--bank NAME] FILE...\n\n"
	"Print an event policy, assay-event-policy(5), for the TCG boot logs\n"
	"of hosts that are known to be good.  What is the same on all becomes\n"
	"required, what differs becomes an alternative or optional.  Read it\n"
	"before you trust it.\n\n"
	"  --bank NAME  whose digests are compared (default: sha256)\n\n"
	"exit: 0, or 1 a log lacks the bank, 65 a log is malformed\n",
};
