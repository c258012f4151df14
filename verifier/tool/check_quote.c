/* SPDX-License-Identifier: Apache-2.0 */
/* assay check quote: artefacts of any TPM tool. */
#include <getopt.h>
#include <stdint.h>
#include <string.h>

#include "command.h"

/* Far above what a TPM takes (64 bytes and a few): a mismatch, not misuse. */
enum { NONCE_BYTES_MAX = 1024 };

/* Every option that names a file, and where libassay wants it. */
static const struct input {
	const char *option;
	size_t max;
	size_t offset;
	int required;
} inputs[] = {
    {"ak", ARTEFACT_FILE_MAX, offsetof(struct assay_check, ak), 1},
    {"attest", ARTEFACT_FILE_MAX, offsetof(struct assay_check, attest), 1},
    {"signature", ARTEFACT_FILE_MAX, offsetof(struct assay_check, signature),
	1},
    {"pcrs", ARTEFACT_FILE_MAX, offsetof(struct assay_check, pcrs), 0},
    {"eventlog", EVENTLOG_FILE_MAX, offsetof(struct assay_check, eventlog),
	0},
    {"ek-pub", ARTEFACT_FILE_MAX, offsetof(struct assay_check, ek_pub), 0},
    {"state", ARTEFACT_FILE_MAX, offsetof(struct assay_check, state), 0},
};

enum { INPUTS = sizeof(inputs) / sizeof(inputs[0]) };

static const struct option longs[] = {
    {"ak", required_argument, NULL, 0},
    {"attest", required_argument, NULL, 1},
    {"signature", required_argument, NULL, 2},
    {"pcrs", required_argument, NULL, 3},
    {"eventlog", required_argument, NULL, 4},
    {"ek-pub", required_argument, NULL, 5},
    {"state", required_argument, NULL, 6},
    {"nonce", required_argument, NULL, 'n'},
    {"select", required_argument, NULL, 's'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

struct options {
	struct assay_check quote;
	struct file file[INPUTS];
	struct place places[INPUTS + 1]; /* the last: the command line */
	uint8_t nonce[NONCE_BYTES_MAX];
	int json;
};

static struct assay_file *
place(struct options *o, size_t i)
{
	return (struct assay_file *)(void *)(
	    (char *)&o->quote + inputs[i].offset);
}

static int
load_input(struct options *o, size_t i, const char *path)
{
	int rc;

	if (place(o, i)->data != NULL)
		return usage_error("--%s is given twice", inputs[i].option);
	if ((rc = load(path, inputs[i].max, &o->file[i])) != 0)
		return rc;
	place(o, i)->data = o->file[i].data;
	place(o, i)->len = o->file[i].len;
	o->places[i].path = path;
	return 0;
}

static int
parse(int argc, char **argv, struct options *o)
{
	int c, rc = 0;

	opterr = 0;
	while (rc == 0 && (c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (c) {
		case 'n':
			if (o->quote.nonce.data != NULL)
				return usage_error("--nonce is given twice");
			o->quote.nonce.data = o->nonce;
			rc = parse_hex("nonce", optarg, o->nonce,
			    sizeof(o->nonce), &o->quote.nonce.len);
			break;
		case 's':
			if (o->quote.select.data != NULL)
				return usage_error("--select is given twice");
			o->quote.select.data = optarg;
			o->quote.select.len = strlen(optarg);
			break;
		case 'j':
			o->json = 1;
			break;
		case '?':
			rc = option_error(argv[optind - 1]);
			break;
		default:
			rc = load_input(o, (size_t)c, optarg);
		}
	if (rc == 0 && optind != argc)
		rc = usage_error("'%.60s': give files by their options",
		    argv[optind]);
	for (size_t i = 0; i < INPUTS && rc == 0; i++)
		if (inputs[i].required && place(o, i)->data == NULL)
			rc = usage_error("--%s FILE is required; see --help",
			    inputs[i].option);
	if (rc == 0 && o->quote.nonce.data == NULL)
		rc = usage_error("--nonce HEX is required ('' when the quote "
				 "was asked without one)");
	return rc;
}

static int
run(int argc, char **argv)
{
	struct options o = {.places[INPUTS] = {NULL, "the command line"}};
	struct assay_result *result = NULL;
	struct fault fault;
	int rc;

	for (size_t i = 0; i < INPUTS; i++)
		o.places[i] = (struct place){inputs[i].option, "not given"};
	if ((rc = parse(argc, argv, &o)) == 0) {
		result = assay_check(NULL, ASSAY_QUOTE, &o.quote);
		rc = result == NULL ? fault_print(&fault,
					  fault_set(&fault, NO_MEMORY,
					      "checking the quote"))
				    : print_result(
					  result, o.json, o.places);
	}
	assay_result_free(result);
	for (size_t i = 0; i < INPUTS; i++)
		file_free(&o.file[i]);
	return rc;
}

const struct command command_check_quote = {
    .words = {"check", "quote"},
    .run = run,
    .summary = "check a TPM quote made by any tool",
    .help =
	"usage: assay check quote --ak FILE --attest FILE --signature FILE\n"
	"                         --nonce HEX [OPTION]...\n\n"
	"Check a TPM 2.0 quote as far as the given files allow; what they do\n"
	"not allow is listed as not checked.\n\n"
	"  --ak FILE         TPMT_PUBLIC, TPM2B_PUBLIC or PEM\n"
	"  --attest FILE     TPMS_ATTEST (tpm2_quote -m)\n"
	"  --signature FILE  TPMT_SIGNATURE (tpm2_quote -s), raw or DER\n"
	"  --nonce HEX       extraData, any length, compared exactly\n"
	"  --pcrs FILE       PCR values: tpm2_quote -o, or lines\n"
	"                    sha256:INDEX=HEX; must be exactly those quoted\n"
	"  --select LIST     what must have been quoted: sha256:0,1,2+sha384:0\n"
	"  --eventlog FILE   TCG boot log, replayed to the quoted PCRs\n"
	"  --ek-pub FILE     parent of the key, for qualifiedSigner\n"
	"  --state FILE      last clock=, reset-count=, restart-count=,\n"
	"                    firmware= (lines), which must not go back\n"
	"  --json            print JSON\n\n"
	"exit: 0 all holds, 1 refused, 2 warning, 65 malformed\n",
};
