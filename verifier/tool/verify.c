/* SPDX-License-Identifier: Apache-2.0 */
/* assay verify: one evidence bundle, offline. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command.h"

/* What the command line says. */
struct options {
	uint8_t nonce[NONCE_BYTES];
	size_t nonce_len;
	int has_nonce, has_epoch;
	struct pin pin;
	int64_t at;
	int json;
	unsigned given; /* options that are given once: a bit for each */
};

static const struct option longs[] = {
    {"nonce", required_argument, NULL, 'n'},
    {"epoch", required_argument, NULL, 'm'},
    {"policy", required_argument, NULL, 'p'},
    {"event-policy", required_argument, NULL, 'e'},
    {"anchor", required_argument, NULL, 'a'},
    {"reference", required_argument, NULL, 'r'},
    {"ak-name", required_argument, NULL, 'k'},
    {"crl", required_argument, NULL, 'l'},
    {"ocsp", required_argument, NULL, 'o'},
    {"at", required_argument, NULL, 't'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

/* Of two answers to one question neither is taken. */
static int
given_twice(struct options *o, int c)
{
	static const struct {
		int c;
		const char *name;
	} once[] = {{'n', "nonce"}, {'p', "policy"}, {'e', "event-policy"},
	    {'k', "ak-name"}, {'t', "at"}};

	for (unsigned i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		if (once[i].c != c)
			continue;
		if (o->given >> i & 1)
			return usage_error("--%s is given twice", once[i].name);
		o->given |= 1u << i;
	}
	return 0;
}

static int
parse(int argc, char **argv, struct assay *ctx, struct options *o)
{
	int c, rc = 0;

	opterr = 0;
	while (rc == 0 &&
	    (c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if ((rc = given_twice(o, c)) != 0)
			break;
		switch (c) {
		case 'n':
			o->has_nonce = 1;
			rc = parse_nonce(optarg, o->nonce, &o->nonce_len);
			break;
		case 'm':
			o->has_epoch = 1;
			rc = context_add(ctx, ASSAY_EPOCH, optarg);
			break;
		case 'p':
			rc = context_add(ctx, ASSAY_POLICY, optarg);
			break;
		case 'e':
			rc = context_add(ctx, ASSAY_EVENT_POLICY, optarg);
			break;
		case 'a':
			rc = context_add(ctx, ASSAY_ANCHOR, optarg);
			break;
		case 'l':
			rc = context_add(ctx, ASSAY_CRL, optarg);
			break;
		case 'o':
			rc = context_add(ctx, ASSAY_OCSP, optarg);
			break;
		case 'r':
			rc = context_add_references(ctx, optarg);
			break;
		case 'k':
			rc = parse_hex("ak-name", optarg, o->pin.name,
			    sizeof(o->pin.name), &o->pin.len);
			break;
		case 't':
			rc = parse_time("at", optarg, &o->at);
			break;
		case 'j':
			o->json = 1;
			break;
		default:
			rc = option_error(argv[optind - 1]);
		}
	}
	if (rc == 0 && optind != argc - 1)
		rc = usage_error("give one evidence file; see --help");
	if (rc == 0 && o->has_nonce && o->has_epoch)
		rc = usage_error("give --nonce or --epoch: evidence answers "
				 "one of them");
	return rc;
}

static int
run(int argc, char **argv)
{
	struct options o = {.at = time(NULL)};
	struct assay *ctx = assay_new();
	struct assay_result *result = NULL;
	struct file file = {0};
	struct fault fault;
	int rc;

	if (ctx == NULL)
		return fault_print(&fault,
		    fault_set(&fault, NO_MEMORY, "cannot start libassay"));
	if ((rc = parse(argc, argv, ctx, &o)) != 0)
		goto out;
	if ((rc = load(argv[optind], EVIDENCE_FILE_MAX, &file)) != 0)
		goto out;
	assay_set_time(ctx, o.at);
	assay_set_hosts(ctx, find_pinned, &o.pin);
	result = assay_verify(ctx, o.has_nonce ? o.nonce : NULL, o.nonce_len,
	    file.data, file.len);
	rc = result == NULL
	    ? fault_print(&fault, fault_set(&fault, NO_MEMORY, "verifying"))
	    : print_result(
		  result, o.json, &(struct place){NULL, argv[optind]});
out:
	assay_result_free(result);
	file_free(&file);
	assay_free(ctx);
	return rc;
}

const struct command command_verify = {
    .words = {"verify", NULL},
    .run = run,
    .summary = "verify and appraise an evidence bundle",
    .help =
	"usage: assay verify [OPTION]... FILE\n\n"
	"Verify the evidence bundle FILE and appraise it.\n\n"
	"  --nonce HEX     the nonce it must answer, 64 digits; without one\n"
	"                  freshness is not checked and no verdict is given\n"
	"  --epoch FILE    the epoch marker it may carry in place of an answer to\n"
	"                  a nonce, for hosts that hear nothing; any number\n"
	"  --policy FILE   what is demanded, see assay-policy(5); without one\n"
	"                  nothing is evaluated and no verdict is given\n"
	"  --event-policy FILE  what the events of the boot log must be, see\n"
	"                  assay-event-policy(5)\n"
	"  --anchor FILE   trust this certificate for devices (repeatable)\n"
	"  --crl FILE      honour this revocation list (repeatable)\n"
	"  --ocsp FILE     honour this OCSP response, DER (repeatable)\n"
	"  --reference DIR compare with what assay-rim-import put there\n"
	"  --ak-name HEX   vouch for the attestation key with this TPM name\n"
	"  --at TIME       judge certificates at this time (default: now)\n"
	"  --json          print JSON\n\n"
	"exit: 0 affirming, 1 contraindicated, 2 warning, 3 no verdict,\n"
	"      65 malformed\n",
};
