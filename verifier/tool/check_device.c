/* SPDX-License-Identifier: Apache-2.0 */
/* assay check gpu, switch, spdm: what a device signed, by itself. */
#include <getopt.h>
#include <string.h>
#include <time.h>

#include "command.h"

static const struct option longs[] = {
    {"report", required_argument, NULL, 'r'},
    {"chain", required_argument, NULL, 'c'},
    {"exchange", required_argument, NULL, 'e'},
    {"nonce", required_argument, NULL, 'n'},
    {"reference", required_argument, NULL, 'd'},
    {"anchor", required_argument, NULL, 'a'},
    {"crl", required_argument, NULL, 'l'},
    {"ocsp", required_argument, NULL, 'o'},
    {"at", required_argument, NULL, 't'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

struct options {
	enum assay_artefact what;
	struct assay_check in;
	struct file report, chain, exchange;
	struct place places[4];
	uint8_t nonce[NONCE_BYTES];
	int64_t at;
	int json;
};

static int
load_input(const char *option, const char *path, struct file *file,
    struct assay_file *in, struct place *place)
{
	int rc;

	if (in->data != NULL)
		return usage_error("--%s is given twice", option);
	if ((rc = load(path, REPORT_FILE_MAX, file)) != 0)
		return rc;
	*in = (struct assay_file){file->data, file->len};
	*place = (struct place){option, path};
	return 0;
}

static int
take(int c, struct assay *ctx, struct options *o, const char *option)
{
	switch (c) {
	case 'r':
		return load_input("report", optarg, &o->report, &o->in.report,
		    &o->places[0]);
	case 'c':
		return load_input("chain", optarg, &o->chain, &o->in.chain,
		    &o->places[1]);
	case 'e':
		return load_input("exchange", optarg, &o->exchange,
		    &o->in.exchange, &o->places[2]);
	case 'n':
		o->in.nonce.data = o->nonce;
		return parse_nonce(optarg, o->nonce, &o->in.nonce.len);
	case 'd':
		return context_add_references(ctx, optarg);
	case 'a':
		return context_add(ctx, ASSAY_ANCHOR, optarg);
	case 'l':
		return context_add(ctx, ASSAY_CRL, optarg);
	case 'o':
		return context_add(ctx, ASSAY_OCSP, optarg);
	case 't':
		return parse_time("at", optarg, &o->at);
	case 'j':
		o->json = 1;
		return 0;
	default:
		return option_error(option);
	}
}

/* What this artefact cannot be without, and what it has no use for. */
static int
check_given(const struct options *o)
{
	int is_spdm = o->what == ASSAY_SPDM;
	const struct assay_file *report = &o->in.report;
	int array = report->len > 0 && *(const char *)report->data == '[';

	if (is_spdm && o->in.exchange.data == NULL)
		return usage_error("--exchange FILE is required; see --help");
	if (is_spdm && (report->data != NULL || o->in.chain.data != NULL))
		return usage_error("--report and --chain are for check gpu and "
				   "check switch");
	if (!is_spdm && o->in.exchange.data != NULL)
		return usage_error("--exchange is for check spdm");
	if (!is_spdm && report->data == NULL)
		return usage_error("--report FILE is required; see --help");
	if (!is_spdm && !array && o->in.chain.data == NULL)
		return usage_error("--chain FILE is required; see --help");
	if (!is_spdm && o->in.nonce.data == NULL)
		return usage_error("--nonce HEX is required; see --help");
	return 0;
}

static int
run(int argc, char **argv, enum assay_artefact what)
{
	struct options o = {.what = what,
	    .at = time(NULL),
	    .places = {{"report", "not given"}, {"chain", "not given"},
		{"exchange", "not given"}, {NULL, "the command line"}}};
	struct assay *ctx = assay_new();
	struct fault fault;
	int c, rc = 0;

	if (ctx == NULL)
		return fault_print(&fault,
		    fault_set(&fault, NO_MEMORY, "cannot start libassay"));
	opterr = 0;
	while (rc == 0 && (c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		rc = take(c, ctx, &o, argv[optind - 1]);
	if (rc == 0 && optind != argc)
		rc = usage_error("'%.60s': give files by their options",
		    argv[optind]);
	if (rc == 0)
		rc = check_given(&o);
	if (what == ASSAY_SPDM)
		o.places[3].path = o.places[2].path;
	if (rc == 0)
		rc = check_and_print(
		    ctx, o.at, what, &o.in, o.json, o.places);
	file_free(&o.report);
	file_free(&o.chain);
	file_free(&o.exchange);
	assay_free(ctx);
	return rc;
}

static int
run_gpu(int argc, char **argv)
{
	return run(argc, argv, ASSAY_GPU);
}

static int
run_switch(int argc, char **argv)
{
	return run(argc, argv, ASSAY_SWITCH);
}

static int
run_spdm(int argc, char **argv)
{
	return run(argc, argv, ASSAY_SPDM);
}

#define DEVICE_OPTIONS                                                         \
	"  --report FILE    the report: binary, hexadecimal, or NVIDIA's\n"    \
	"                   array in JSON, which brings its chains\n"          \
	"  --chain FILE     its certificates in PEM, leaf first\n"             \
	"  --nonce HEX      what it must answer, 64 digits\n"                  \
	"  --reference DIR  compare with what assay-rim-import put there\n"

#define COMMON_OPTIONS                                                         \
	"  --anchor FILE    trust this certificate, too (repeatable)\n"        \
	"  --crl FILE       honour this revocation list (repeatable)\n"        \
	"  --ocsp FILE      honour this OCSP response, DER (repeatable)\n"     \
	"  --at TIME        judge certificates at this time (default: now)\n"  \
	"  --json           print JSON\n\n"                                    \
	"exit: 0 all holds, 1 refused, 2 warning, 3 no verdict, 65 "           \
	"malformed\n"

const struct command command_check_gpu = {
    .words = {"check", "gpu"},
    .run = run_gpu,
    .summary = "check what a GPU signed of itself",
    .help = "usage: assay check gpu --report FILE [--chain FILE] --nonce HEX\n"
	    "                       [OPTION]...\n\n" DEVICE_OPTIONS
		COMMON_OPTIONS,
};

const struct command command_check_switch = {
    .words = {"check", "switch"},
    .run = run_switch,
    .summary = "check what an NVSwitch signed of itself",
    .help =
	"usage: assay check switch --report FILE [--chain FILE] --nonce HEX\n"
	"                          [OPTION]...\n\n" DEVICE_OPTIONS
	    COMMON_OPTIONS,
};

const struct command command_check_spdm = {
    .words = {"check", "spdm"},
    .run = run_spdm,
    .summary = "check a recorded SPDM exchange",
    .help =
	"usage: assay check spdm --exchange FILE [OPTION]...\n\n"
	"  --exchange FILE  the exchange, see docs/protocol.md\n"
	"  --nonce HEX      what every signed answer must answer\n"
	COMMON_OPTIONS,
};
