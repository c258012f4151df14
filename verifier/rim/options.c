/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text.h"

const char options_help[] =
    "usage: assay-rim-import [OPTION]... FILE...\n"
    "       assay-rim-import --check [OPTION]... FILE...\n\n"
    "Verify vendors' reference integrity manifests (signed XML, CoRIM) and\n"
    "store their values in assay's normal form, signed by a local key.\n\n"
    "  --check           verify and print only; nothing is written\n"
    "  --at TIME         judge the signers at this time, not now: now,\n"
    "                    seconds since 1970, 2026-03-01 or\n"
    "                    2026-03-01T12:00:00Z; recorded beside the real time\n"
    "  --store DIR       where values go; " STORE_DEFAULT "\n"
    "  --key FILE        private P-384 key, PEM; DIR/importer.pem, made at\n"
    "                    first use\n"
    "  --crl FILE        honour this revocation list (repeatable)\n"
    "  --ocsp FILE       honour this OCSP response, DER (repeatable)\n"
    "  --signer FILE     public key, PEM, of the signer of a CoRIM\n"
    "  --allow-unsigned  take a CoRIM that nobody signed, and say so\n"
    "  --json            print JSON\n"
    "  --help, --version\n\n"
    "exit: 0 every file holds, 1 refused, 3 revocation data of another time,\n"
    "      64 usage, 65 malformed input, 70 internal, 74 input/output,\n"
    "      77 permission\n";

static const struct option longs[] = {
    {"check", no_argument, NULL, 'c'},
    {"at", required_argument, NULL, 't'},
    {"store", required_argument, NULL, 's'},
    {"key", required_argument, NULL, 'k'},
    {"crl", required_argument, NULL, 'l'},
    {"ocsp", required_argument, NULL, 'o'},
    {"signer", required_argument, NULL, 'g'},
    {"allow-unsigned", no_argument, NULL, 'u'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

static enum status
add_revocation(struct options *o, bool ocsp, const char *path,
    struct fault *fault)
{
	if (o->revocation_count == REVOCATION_FILES)
		return fault_set(fault, USAGE,
		    "--crl, --ocsp: more than %d", REVOCATION_FILES);
	o->revocation[o->revocation_count].ocsp = ocsp;
	o->revocation[o->revocation_count++].path = path;
	return OK;
}

static enum status
take(int c, const char *arg, struct options *o, struct fault *fault)
{
	switch (c) {
	case 'c':
		o->check = true;
		return OK;
	case 't':
		if (text_from_time(arg, o->now, &o->at))
			return OK;
		return fault_set(fault, USAGE,
		    "--at: give now, seconds since 1970, 2026-03-01 or "
		    "2026-03-01T12:00:00Z");
	case 's':
		o->store = arg;
		return OK;
	case 'k':
		o->key = arg;
		return OK;
	case 'l':
	case 'o':
		return add_revocation(o, c == 'o', arg, fault);
	case 'g':
		o->signer = arg;
		return OK;
	case 'u':
		o->allow_unsigned = true;
		return OK;
	case 'j':
		o->json = true;
		return OK;
	case 'h':
		o->help = true;
		return OK;
	case 'v':
		o->version = true;
		return OK;
	default:
		return fault_set(fault, USAGE,
		    "unknown option, or an option without its argument; see "
		    "--help");
	}
}

enum status
options_parse(int argc, char **argv, struct options *out, struct fault *fault)
{
	enum status st;
	int c;

	memset(out, 0, sizeof(*out));
	out->now = out->at = time(NULL);
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if ((st = take(c, optarg, out, fault)) != OK)
			return st;
	if (out->help || out->version)
		return OK;
	if (optind == argc)
		return fault_set(
		    fault, USAGE, "name the files to read; see --help");
	if (out->check && (out->store != NULL || out->key != NULL))
		return fault_set(fault, USAGE,
		    "--check writes nothing: --store and --key do not go "
		    "with it");
	if (!out->check && out->at > out->now)
		return fault_set(fault, USAGE,
		    "--at: an import cannot be for a time to come; use "
		    "--check");
	if (out->store == NULL)
		out->store = STORE_DEFAULT;
	out->files = argv + optind;
	out->file_count = argc - optind;
	return OK;
}
