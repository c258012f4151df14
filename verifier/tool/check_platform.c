/* SPDX-License-Identifier: Apache-2.0 */
/* assay check platform: what a maker says a machine was made of. */
#include <getopt.h>
#include <time.h>

#include "command.h"

static const struct option longs[] = {
    {"ek", required_argument, NULL, 'e'},
    {"issuer", required_argument, NULL, 'i'},
    {"roots", required_argument, NULL, 'r'},
    {"crl", required_argument, NULL, 'l'},
    {"ocsp", required_argument, NULL, 'o'},
    {"at", required_argument, NULL, 't'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

struct options {
	struct file cert, ek, issuers;
	const char *ek_path, *issuer_path;
	int64_t at;
	int json;
};

static int
take(int c, struct assay *ctx, struct options *o, const char *option)
{
	switch (c) {
	case 'e':
		if (o->ek.data != NULL)
			return usage_error("--ek is given twice");
		o->ek_path = optarg;
		return load(optarg, ARTEFACT_FILE_MAX, &o->ek);
	case 'i':
		o->issuer_path = optarg;
		return load_more("--issuer", optarg, &o->issuers);
	case 'r':
		return context_add_roots(ctx, optarg);
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

static int
judge(struct assay *ctx, const struct options *o, const char *path)
{
	const struct assay_check in = {
	    .platform = {o->cert.data, o->cert.len},
	    .ek_cert = {o->ek.data, o->ek.len},
	    .chain = {o->issuers.data, o->issuers.len},
	};
	const struct place places[] = {{"ek", o->ek_path},
	    {"issuer", o->issuer_path}, {NULL, path}};

	return check_and_print(
	    ctx, o->at, ASSAY_PLATFORM, &in, o->json, places);
}

static int
run(int argc, char **argv)
{
	struct options o = {.at = time(NULL),
	    .ek_path = "not given",
	    .issuer_path = "not given"};
	struct assay *ctx = assay_new();
	struct fault fault;
	int c, rc = 0;

	if (ctx == NULL)
		return fault_print(&fault,
		    fault_set(&fault, NO_MEMORY, "cannot start libassay"));
	opterr = 0;
	while (rc == 0 && (c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		rc = take(c, ctx, &o, argv[optind - 1]);
	if (rc == 0 && optind != argc - 1)
		rc = usage_error("give one certificate; see --help");
	if (rc == 0)
		rc = load(argv[optind], ARTEFACT_FILE_MAX, &o.cert);
	if (rc == 0)
		rc = judge(ctx, &o, argv[optind]);
	file_free(&o.cert);
	file_free(&o.ek);
	file_free(&o.issuers);
	assay_free(ctx);
	return rc;
}

const struct command command_check_platform = {
    .words = {"check", "platform"},
    .run = run,
    .summary = "check a maker's certificate of a platform",
    .help =
	"usage: assay check platform --ek FILE --issuer FILE [OPTION]... FILE\n\n"
	"  --ek FILE        the certificate of the TPM's endorsement key, which\n"
	"                   FILE must name as its holder\n"
	"  --issuer FILE    the certificate of who signed FILE, and links above\n"
	"                   (repeatable)\n"
	"  --roots DIR      authorities, of TPM vendors or named with anchors add:\n"
	"                   they must vouch for the key and for the issuer\n"
	"  --crl FILE       a revocation list of the issuer or for the chains, DER\n"
	"                   or PEM (repeatable)\n"
	"  --ocsp FILE      an OCSP response, DER (repeatable)\n"
	"  --at TIME        judge certificates at this time (default: now)\n"
	"  --json           print JSON\n\n"
	"FILE is a TCG platform attribute certificate, DER or PEM.  Whatever is\n"
	"left out is not checked, and the result says so.\n\n"
	"exit: 0 all holds, 1 refused, 3 --ek or --issuer is missing, or a list\n"
	"      is of another time, 65 malformed\n",
};
