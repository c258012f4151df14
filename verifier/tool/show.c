/* SPDX-License-Identifier: Apache-2.0 */
/* assay show: what a bundle says, without believing it. */
#include <getopt.h>

#include "command.h"

static const struct option longs[] = {
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int
run(int argc, char **argv)
{
	struct assay_result *result;
	struct file file = {0};
	struct fault fault;
	int c, rc, json = 0;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'j')
			return option_error(argv[optind - 1]);
		json = 1;
	}
	if (optind != argc - 1)
		return usage_error("give one evidence file; see --help");
	if ((rc = load(argv[optind], EVIDENCE_FILE_MAX, &file)) != 0)
		return rc;
	result = assay_check(NULL, ASSAY_BUNDLE,
	    &(struct assay_check){.evidence = {file.data, file.len}});
	rc = result == NULL
	    ? fault_print(&fault, fault_set(&fault, NO_MEMORY, "decoding"))
	    : print_result(
		  result, json, &(struct place){NULL, argv[optind]});

	assay_result_free(result);
	file_free(&file);
	return rc;
}

const struct command command_show = {
    .words = {"show", NULL},
    .run = run,
    .summary = "show what a bundle says, verifying nothing",
    .help = "usage: assay show [--json] FILE\n\n"
	    "Decode the evidence bundle FILE and print what it says.  Nothing\n"
	    "is verified: the verdict is always \"none\".\n\n"
	    "exit: 0 shown, 65 malformed\n",
};
