/* SPDX-License-Identifier: Apache-2.0 */
/* assay verify: one evidence bundle, offline. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"

enum { INVENTORY_FILES = 64 };

/* What the command line says. */
struct options {
	uint8_t nonce[NONCE_BYTES];
	size_t nonce_len;
	int has_nonce, has_epoch;
	struct pin pin;
	const char *inventory[INVENTORY_FILES];
	size_t inventories;
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
    {"ek-name", required_argument, NULL, 'E'},
    {"inventory", required_argument, NULL, 'i'},
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
	    {'k', "ak-name"}, {'E', "ek-name"}, {'t', "at"}};

	for (unsigned i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		if (once[i].c != c)
			continue;
		if (o->given >> i & 1)
			return usage_error("--%s is given twice", once[i].name);
		o->given |= 1u << i;
	}
	return 0;
}

/* The policy says whose inventories count, so they come after it. */
static int
add_inventories(struct assay *ctx, const struct options *o)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->inventories; i++)
		rc = context_add(ctx, ASSAY_INVENTORY, o->inventory[i]);
	return rc;
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
		case 'E':
			rc = parse_hex("ek-name", optarg, o->pin.ek_name,
			    sizeof(o->pin.ek_name), &o->pin.ek_len);
			break;
		case 'i':
			if (o->inventories == INVENTORY_FILES)
				rc = usage_error("--inventory: too many");
			else
				o->inventory[o->inventories++] = optarg;
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
	if (rc == 0 && o->pin.ek_len > 0 && o->pin.len == 0)
		rc = usage_error("--ek-name: say with --ak-name whose it is");
	return rc == 0 ? add_inventories(ctx, o) : rc;
}

/* The places of the devices, as far as the evidence is accepted. */
static int
print_places(const struct assay_result *result, const struct place *places)
{
	int exit = assay_result_exit(result);
	char *text;

	if (exit != ASSAY_AFFIRMING && exit != ASSAY_WARNING)
		return print_result(result, 0, places);
	if (assay_result_write(result, ASSAY_LEARNED, NULL, NULL, 0) < 0)
		return usage_error("nothing names the host's endorsement key: "
				   "give --ek-name");
	if ((text = result_text(result, ASSAY_LEARNED)) == NULL)
		return status_exit(NO_MEMORY);
	fputs(text, stdout);
	free(text);
	return fflush(stdout) == 0 ? 0 : status_exit(FILE_WRITE);
}

int
verify_run(int argc, char **argv, int places)
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
	    : places
	    ? print_places(result, &(struct place){NULL, argv[optind]})
	    : print_result(
		  result, o.json, &(struct place){NULL, argv[optind]});
out:
	assay_result_free(result);
	file_free(&file);
	assay_free(ctx);
	return rc;
}

static int
run(int argc, char **argv)
{
	return verify_run(argc, argv, 0);
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
	"  --ek-name HEX   and that an enrolment proved it to be in the TPM\n"
	"                  whose endorsement key has this name\n"
	"  --inventory FILE  where accelerators were installed, signed by one\n"
	"                  whom the policy names (repeatable)\n"
	"  --at TIME       judge certificates at this time (default: now)\n"
	"  --json          print JSON\n\n"
	"exit: 0 affirming, 1 contraindicated, 2 warning, 3 no verdict,\n"
	"      65 malformed\n",
};
