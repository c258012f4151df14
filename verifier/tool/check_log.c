/* SPDX-License-Identifier: Apache-2.0 */
/* assay check eventlog, check ima: logs as the kernel gives them. */
#include <getopt.h>

#include "command.h"

static const struct option eventlog_options[] = {
    {"pcrs", required_argument, NULL, 'p'},
    {"policy", required_argument, NULL, 'e'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const struct option ima_options[] = {
    {"pcrs", required_argument, NULL, 'p'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

struct options {
	struct assay *ctx; /* only when there is a policy */
	struct assay_check check;
	struct file log, pcrs;
	const char *pcrs_path;
	int json;
};

static int
load_pcrs(struct options *o, const char *path)
{
	int rc;

	if (o->pcrs_path != NULL)
		return usage_error("--pcrs is given twice");
	if ((rc = load(path, ARTEFACT_FILE_MAX, &o->pcrs)) != 0)
		return rc;
	o->pcrs_path = path;
	o->check.pcrs = (struct assay_file){o->pcrs.data, o->pcrs.len};
	return 0;
}

static int
load_policy(struct options *o, const char *path)
{
	struct fault fault;

	if (o->ctx != NULL)
		return usage_error("--policy is given twice");
	if ((o->ctx = assay_new()) == NULL)
		return fault_print(&fault,
		    fault_set(&fault, NO_MEMORY, "cannot start libassay"));
	return context_add(o->ctx, ASSAY_EVENT_POLICY, path);
}

static int
parse(int argc, char **argv, const struct option *longs, struct options *o)
{
	int c, rc = 0;

	opterr = 0;
	while (rc == 0 && (c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (c) {
		case 'p':
			rc = load_pcrs(o, optarg);
			break;
		case 'e':
			rc = load_policy(o, optarg);
			break;
		case 'j':
			o->json = 1;
			break;
		default:
			rc = option_error(argv[optind - 1]);
		}
	if (rc == 0 && optind != argc - 1)
		rc = usage_error("give one log; see --help");
	return rc;
}

static int
run_log(int argc, char **argv, enum assay_artefact what)
{
	const struct option *longs =
	    what == ASSAY_IMA ? ima_options : eventlog_options;
	struct options o = {0};
	struct assay_result *result = NULL;
	struct fault fault;
	int rc;

	if ((rc = parse(argc, argv, longs, &o)) != 0 ||
	    (rc = load(argv[optind], EVENTLOG_FILE_MAX, &o.log)) != 0)
		goto out;
	*(what == ASSAY_IMA ? &o.check.ima : &o.check.eventlog) =
	    (struct assay_file){o.log.data, o.log.len};
	result = assay_check(o.ctx, what, &o.check);
	rc = result == NULL
	    ? fault_print(
		  &fault, fault_set(&fault, NO_MEMORY, "checking the log"))
	    : print_result(result, o.json,
		  (struct place[]){
		      {"pcrs", o.pcrs_path}, {NULL, argv[optind]}});
out:
	assay_result_free(result);
	file_free(&o.log);
	file_free(&o.pcrs);
	assay_free(o.ctx);
	return rc;
}

static int
run_eventlog(int argc, char **argv)
{
	return run_log(argc, argv, ASSAY_EVENTLOG);
}

static int
run_ima(int argc, char **argv)
{
	return run_log(argc, argv, ASSAY_IMA);
}

const struct command command_check_eventlog = {
    .words = {"check", "eventlog"},
    .run = run_eventlog,
    .summary = "replay and describe a boot log",
    .help =
	"usage: assay check eventlog [OPTION]... FILE\n\n"
	"Replay the TCG boot log FILE, say what its events say and which of\n"
	"it their digests vouch for.  With neither option nothing is judged.\n\n"
	"  --pcrs FILE    PCR values that it must lead to: tpm2_quote -o,\n"
	"                 tpm2_pcrread, or lines sha256:INDEX=HEX\n"
	"  --policy FILE  what its events must be, assay-event-policy(5)\n"
	"  --json         print JSON\n\n"
	"exit: 0 all holds, 1 refused, 3 nothing to hold it to, 65 malformed\n",
};

const struct command command_check_ima = {
    .words = {"check", "ima"},
    .run = run_ima,
    .summary = "check a list of files that a kernel measured",
    .help =
	"usage: assay check ima [--pcrs FILE] [--json] FILE\n\n"
	"Check the IMA list FILE (binary_runtime_measurements): every record\n"
	"against its digest and, with --pcrs, how many of them lead to PCR 10,\n"
	"and boot_aggregate against PCR 0 to 7 or 0 to 9.  Violations are\n"
	"refused.\n\n"
	"  --pcrs FILE    PCR values: tpm2_quote -o, tpm2_pcrread, or lines\n"
	"                 sha256:INDEX=HEX\n"
	"  --json         print JSON\n\n"
	"exit: 0 all holds, 1 refused, 3 nothing to hold it to, 65 malformed\n",
};
