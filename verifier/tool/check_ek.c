/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay check ek, check iak: certificates of a TPM's keys and who vouches for
 * them.
 */
#include <getopt.h>
#include <time.h>

#include "command.h"

static const struct option longs[] = {
    {"chain", required_argument, NULL, 'c'},
    {"roots", required_argument, NULL, 'r'},
    {"crl", required_argument, NULL, 'l'},
    {"ocsp", required_argument, NULL, 'o'},
    {"ek-pub", required_argument, NULL, 'p'},
    {"ak", required_argument, NULL, 'a'},
    {"at", required_argument, NULL, 't'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

struct options {
	struct file cert, chain, pub;
	const char *chain_path, *pub_path;
	enum assay_artefact what;
	int64_t at;
	int json;
};

static int
take(int c, struct assay *ctx, struct options *o, const char *option)
{
	switch (c) {
	case 'c':
		o->chain_path = optarg;
		return load_more("--chain", optarg, &o->chain);
	case 'r':
		return context_add_roots(ctx, optarg);
	case 'l':
		return context_add(ctx, ASSAY_CRL, optarg);
	case 'o':
		return context_add(ctx, ASSAY_OCSP, optarg);
	case 'p':
	case 'a':
		if ((c == 'a') != (o->what == ASSAY_IAK))
			return option_error(option);
		if (o->pub.data != NULL)
			return usage_error("%s is given twice", option);
		o->pub_path = optarg;
		return load(optarg, ARTEFACT_FILE_MAX, &o->pub);
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
	    .ek_cert = {o->cert.data, o->cert.len},
	    .chain = {o->chain.data, o->chain.len},
	    .ek_pub = {o->pub.data, o->pub.len},
	    .ak = {o->pub.data, o->pub.len},
	};
	const struct place places[] = {{"chain", o->chain_path},
	    {"ek-pub", o->pub_path}, {"ak", o->pub_path}, {NULL, path}};

	return check_and_print(ctx, o->at, o->what, &in, o->json, places);
}

static int
run(int argc, char **argv, enum assay_artefact what)
{
	struct options o = {.at = time(NULL),
	    .what = what,
	    .chain_path = "not given",
	    .pub_path = "not given"};
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
	if (rc == 0 && what == ASSAY_IAK && o.pub.data == NULL)
		rc = usage_error("give the key with --ak; see --help");
	if (rc == 0)
		rc = load(argv[optind], ARTEFACT_FILE_MAX, &o.cert);
	if (rc == 0)
		rc = judge(ctx, &o, argv[optind]);
	file_free(&o.cert);
	file_free(&o.chain);
	file_free(&o.pub);
	assay_free(ctx);
	return rc;
}

static int
run_ek(int argc, char **argv)
{
	return run(argc, argv, ASSAY_EK);
}

static int
run_iak(int argc, char **argv)
{
	return run(argc, argv, ASSAY_IAK);
}

const struct command command_check_ek = {
    .words = {"check", "ek"},
    .run = run_ek,
    .summary = "check a TPM's endorsement key certificate",
    .help =
	"usage: assay check ek [OPTION]... FILE\n\n"
	"  --roots DIR      certificates of TPM vendors; those that are known\n"
	"                   or were named with anchors add are trusted\n"
	"  --chain FILE     links between FILE and them (repeatable)\n"
	"  --crl FILE       a revocation list of a vendor, DER or PEM (repeatable)\n"
	"  --ocsp FILE      an OCSP response, DER (repeatable)\n"
	"  --ek-pub FILE    the key's public area, which must agree\n"
	"  --at TIME        judge certificates at this time (default: now)\n"
	"  --json           print JSON\n\n"
	"FILE is in DER, padded as a TPM keeps it or not, or in PEM.\n\n"
	"exit: 0 all holds, 1 refused, 2 warning, 3 a list is of another time,\n"
	"      65 malformed\n",
};

const struct command command_check_iak = {
    .words = {"check", "iak"},
    .run = run_iak,
    .summary = "check the certificate of a TPM's attestation key",
    .help =
	"usage: assay check iak --ak FILE [OPTION]... CERTIFICATE\n\n"
	"  --ak FILE        the attestation key: TPMT_PUBLIC, TPM2B_PUBLIC, PEM\n"
	"  --roots DIR      certificates of TPM vendors; those that are known\n"
	"                   or were named with anchors add are trusted\n"
	"  --chain FILE     links between CERTIFICATE and them (repeatable)\n"
	"  --crl FILE       a revocation list of a vendor, DER or PEM (repeatable)\n"
	"  --ocsp FILE      an OCSP response, DER (repeatable)\n"
	"  --at TIME        judge certificates at this time (default: now)\n"
	"  --json           print JSON\n\n"
	"CERTIFICATE is in DER, padded as a TPM keeps it or not, or in PEM.\n\n"
	"exit: 0 all holds, 1 refused, 2 warning, 3 a list is of another time,\n"
	"      65 malformed\n",
};
