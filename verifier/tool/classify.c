/* SPDX-License-Identifier: Apache-2.0 */
/* assay classify: the capability class of a chip. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"

static const struct option longs[] = {
    {"chip", required_argument, NULL, 'c'},
    {"facts", required_argument, NULL, 'f'},
    {"report", required_argument, NULL, 'r'},
    {"chain", required_argument, NULL, 'h'},
    {"observed", required_argument, NULL, 'o'},
    {"nonce", required_argument, NULL, 'n'},
    {"policy", required_argument, NULL, 'p'},
    {"chips", required_argument, NULL, 'C'},
    {"rules", required_argument, NULL, 'R'},
    {"anchor", required_argument, NULL, 'a'},
    {"crl", required_argument, NULL, 'l'},
    {"reference", required_argument, NULL, 'd'},
    {"ak-name", required_argument, NULL, 'k'},
    {"at", required_argument, NULL, 't'},
    {"explain", no_argument, NULL, 'e'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

enum { INPUT_FACTS, INPUT_REPORT, INPUT_CHAIN, INPUT_OBSERVED, INPUT_BUNDLE,
	INPUTS };

struct options {
	struct assay_check in;
	struct file file[INPUTS];
	struct place places[INPUTS + 1];
	struct pin pin;
	uint8_t nonce[NONCE_BYTES];
	const char *policy, *chips, *rules;
	int64_t at;
	int explain, json;
};

/* Where libassay wants each file, and the place its reasons name. */
static const struct {
	const char *where;
	size_t max, offset;
} inputs[INPUTS] = {
    {"facts", EVIDENCE_FILE_MAX, offsetof(struct assay_check, facts)},
    {"report", REPORT_FILE_MAX, offsetof(struct assay_check, report)},
    {"chain", REPORT_FILE_MAX, offsetof(struct assay_check, chain)},
    {"observed", ARTEFACT_FILE_MAX, offsetof(struct assay_check, observed)},
    {NULL, EVIDENCE_FILE_MAX, offsetof(struct assay_check, evidence)},
};

static int
load_input(struct options *o, size_t i, const char *path)
{
	struct assay_file *in = (struct assay_file *)(void *)(
	    (char *)&o->in + inputs[i].offset);
	int rc;

	if (in->data != NULL)
		return usage_error("--%s is given twice",
		    inputs[i].where != NULL ? inputs[i].where : "bundle");
	if ((rc = load(path, inputs[i].max, &o->file[i])) != 0)
		return rc;
	*in = (struct assay_file){o->file[i].data, o->file[i].len};
	o->places[i] = (struct place){inputs[i].where, path};
	return 0;
}

static int
set_once(const char **at, const char *option, const char *value)
{
	if (*at != NULL)
		return usage_error("--%s is given twice", option);
	*at = value;
	return 0;
}

static int
take(int c, struct assay *ctx, struct options *o, const char *option)
{
	switch (c) {
	case 'c':
		if (o->in.chip.data != NULL)
			return usage_error("--chip is given twice");
		o->in.chip = (struct assay_file){optarg, strlen(optarg)};
		return 0;
	case 'f':
		return load_input(o, INPUT_FACTS, optarg);
	case 'r':
		return load_input(o, INPUT_REPORT, optarg);
	case 'h':
		return load_input(o, INPUT_CHAIN, optarg);
	case 'o':
		return load_input(o, INPUT_OBSERVED, optarg);
	case 'n':
		o->in.nonce.data = o->nonce;
		return parse_nonce(optarg, o->nonce, &o->in.nonce.len);
	case 'p':
		return set_once(&o->policy, "policy", optarg);
	case 'C':
		return set_once(&o->chips, "chips", optarg);
	case 'R':
		return set_once(&o->rules, "rules", optarg);
	case 'a':
		return context_add(ctx, ASSAY_ANCHOR, optarg);
	case 'l':
		return context_add(ctx, ASSAY_CRL, optarg);
	case 'd':
		return context_add_references(ctx, optarg);
	case 'k':
		return parse_hex("ak-name", optarg, o->pin.name,
		    sizeof(o->pin.name), &o->pin.len);
	case 't':
		return parse_time("at", optarg, &o->at);
	case 'e':
		o->explain = 1;
		return 0;
	case 'j':
		o->json = 1;
		return 0;
	default:
		return option_error(option);
	}
}

/* A rule set by its name, or a table in a file. */
static int
add_rules(struct assay *ctx, const char *rules)
{
	char error[256];
	struct fault fault;

	if (strpbrk(rules, "./") != NULL)
		return context_add_table(ctx, ASSAY_RULES, rules);
	if (assay_add(ctx, ASSAY_RULE_SET, rules, strlen(rules), error,
		sizeof(error)) == 0)
		return 0;
	return fault_print(&fault,
	    fault_set(&fault, TABLE_UNKNOWN,
		"%.40s: name one of assay tables show, or a file (with a dot "
		"or a slash in its name)", rules));
}

/* The policy says whose tables count, so it goes first. */
static int
add_tables(struct assay *ctx, const struct options *o)
{
	int rc = 0;

	if (o->policy != NULL)
		rc = context_add(ctx, ASSAY_POLICY, o->policy);
	if (rc == 0 && o->chips != NULL)
		rc = context_add_table(ctx, ASSAY_CHIPS, o->chips);
	if (rc == 0 && o->rules != NULL)
		rc = add_rules(ctx, o->rules);
	return rc;
}

static int
parse(int argc, char **argv, struct assay *ctx, struct options *o)
{
	int c, rc = 0, ways;

	opterr = 0;
	while (rc == 0 && (c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		rc = take(c, ctx, o, argv[optind - 1]);
	if (rc == 0 && optind < argc)
		rc = load_input(o, INPUT_BUNDLE, argv[optind++]);
	if (rc == 0 && optind != argc)
		rc = usage_error("'%.60s': one bundle at a time",
		    argv[optind]);
	ways = (o->in.chip.data != NULL) + (o->in.facts.data != NULL) +
	    (o->in.report.data != NULL) + (o->in.evidence.data != NULL);
	if (rc == 0 && ways != 1)
		rc = usage_error("give one of --chip NAME, --facts FILE, "
				 "--report FILE and a bundle");
	if (rc == 0 && o->explain && o->json)
		rc = usage_error("--json has the derivation already; leave "
				 "--explain out");
	return rc != 0 ? rc : add_tables(ctx, o);
}

/* A name that is none is a wrong command line: one line, and no result. */
static int
print_class(const struct assay_result *result, const struct options *o)
{
	struct assay_reason reason;
	struct fault fault;

	for (size_t i = 0; assay_result_reason(result, i, &reason); i++) {
		if (strcmp(reason.code, status_name(CHIP_UNKNOWN)) == 0)
			return fault_print(&fault,
			    fault_set(&fault, CHIP_UNKNOWN,
				"--chip '%s': no such chip in the table",
				reason.detail));
		if (strcmp(reason.code, status_name(CHIP_AMBIGUOUS)) == 0)
			return fault_print(&fault,
			    fault_set(&fault, CHIP_AMBIGUOUS, "--chip %s",
				reason.detail));
	}
	return o->explain
	    ? print_result_as(result, ASSAY_EXPLAIN, o->places)
	    : print_result(result, o->json, o->places);
}

static int
run(int argc, char **argv)
{
	struct options o = {.at = time(NULL)};
	struct assay *ctx = assay_new();
	struct assay_result *result = NULL;
	struct fault fault;
	int rc;

	if (ctx == NULL)
		return fault_print(&fault,
		    fault_set(&fault, NO_MEMORY, "cannot start libassay"));
	for (size_t i = 0; i < INPUTS; i++)
		o.places[i] = (struct place){
		    inputs[i].where, "the command line"};
	if ((rc = parse(argc, argv, ctx, &o)) == 0) {
		assay_set_time(ctx, o.at);
		assay_set_hosts(ctx, find_pinned, &o.pin);
		result = assay_check(ctx, ASSAY_CAPABILITY, &o.in);
		rc = result == NULL
		    ? fault_print(&fault,
			  fault_set(&fault, NO_MEMORY, "classifying"))
		    : print_class(result, &o);
	}
	assay_result_free(result);
	for (size_t i = 0; i < INPUTS; i++)
		file_free(&o.file[i]);
	assay_free(ctx);
	return rc;
}

const struct command command_classify = {
    .words = {"classify", NULL},
    .run = run,
    .summary = "tell the capability class of a chip, and why",
    .help =
	"usage: assay classify --chip NAME [OPTION]...\n"
	"       assay classify --facts FILE [OPTION]...\n"
	"       assay classify --report FILE [--chain FILE] [OPTION]...\n"
	"       assay classify [OPTION]... BUNDLE\n\n"
	"Tell the class of a chip under dated rules.  This is not a legal\n"
	"determination.\n\n"
	"  --chip NAME      a chip by its name in the table, or its beginning\n"
	"  --facts FILE     what assay-agent measure --json printed\n"
	"  --report FILE    what a GPU signed, as for assay check gpu\n"
	"  --chain FILE     its certificates in PEM, leaf first\n"
	"  BUNDLE           evidence, verified as by assay verify with\n"
	"                   --nonce, --policy, --anchor, --crl, --reference\n"
	"                   and --ak-name\n"
	"  --observed FILE  what assay-probe measured\n"
	"  --at TIME        the day of the rules (default: today)\n"
	"  --rules SET      one rule set by its name, or a signed table\n"
	"  --chips FILE     a signed table of chips instead of the built-in\n"
	"  --policy FILE    whose tables count, see assay-policy(5)\n"
	"  --explain        print the derivation as a tree\n"
	"  --json           print JSON\n\n"
	"exit: 0 a class, 1 contraindicated, 2 unknown, or claimed by software\n"
	"      alone, 3 no verdict, 64 no such chip, 65 malformed\n",
};
