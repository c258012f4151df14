/* SPDX-License-Identifier: Apache-2.0 */
/* assay tables show, verify, sign. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"

enum { PATH_MAX_HERE = 4096 };

static const struct option longs[] = {
    {"policy", required_argument, NULL, 'p'},
    {"key", required_argument, NULL, 'k'},
    {"at", required_argument, NULL, 't'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

struct options {
	struct file table, signatures;
	const char *path, *key;
	int64_t at;
	int json;
};

/* What --help of each says; POLICY, KEY, JSON: 'p', 'k', 'j'. */
static int
parse(int argc, char **argv, struct assay *ctx, struct options *o,
    const char *allowed)
{
	int c, rc = 0;

	opterr = 0;
	while (rc == 0 &&
	    (c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == '?' || strchr(allowed, c) == NULL)
			return option_error(argv[optind - 1]);
		if (c == 'p')
			rc = context_add(ctx, ASSAY_POLICY, optarg);
		else if (c == 't')
			rc = parse_time("at", optarg, &o->at);
		else if (c == 'k')
			o->key = optarg;
		else
			o->json = 1;
	}
	if (rc == 0 && optind < argc)
		o->path = argv[optind++];
	if (rc == 0 && optind != argc)
		rc = usage_error("'%.60s': one table at a time",
		    argv[optind]);
	return rc;
}

/* The table, and its signatures when there are any. */
static int
load_table(struct options *o)
{
	char path[PATH_MAX_HERE];
	struct fault fault;
	int rc = load(o->path, TABLE_FILE_MAX, &o->table);

	if (rc != 0)
		return rc;
	if (snprintf(path, sizeof(path), "%s.cose", o->path) >=
	    (int)sizeof(path))
		return usage_error("%.60s: path too long", o->path);
	if (file_read(path, ARTEFACT_FILE_MAX, &o->signatures, &fault) ==
	    FILE_MISSING)
		return 0;
	return o->signatures.data != NULL
	    ? 0 : load(path, ARTEFACT_FILE_MAX, &o->signatures);
}

static int
check(struct assay *ctx, const struct options *o)
{
	const struct assay_check in = {
	    .table = {o->table.data, o->table.len},
	    .signatures = {o->signatures.data, o->signatures.len}};
	const struct place places[] = {{NULL,
	    o->path != NULL ? o->path : "the built-in tables"}};
	struct assay_result *result;
	struct fault fault;
	int rc;

	assay_set_time(ctx, o->at);
	result = assay_check(ctx, ASSAY_TABLE, &in);
	rc = result == NULL
	    ? fault_print(
		  &fault, fault_set(&fault, NO_MEMORY, "reading tables"))
	    : print_result(result, o->json, places);
	assay_result_free(result);
	return rc;
}

/* Put the signatures beside the table. */
static int
write_signatures(const struct options *o, const uint8_t *cose, size_t n)
{
	char path[PATH_MAX_HERE];
	struct fault fault;
	enum status st;

	if (snprintf(path, sizeof(path), "%s.cose", o->path) >=
	    (int)sizeof(path))
		return usage_error("%.60s: path too long", o->path);
	st = file_write(path, cose, n, 0644, FILE_REPLACE, NULL, &fault);
	return st == OK ? 0 : fault_print(&fault, st);
}

static int
sign(const struct options *o, const struct file *key)
{
	uint8_t cose[8192];
	struct assay_signed what = {.key_pem = (const char *)key->data,
	    .table = {o->table.data, o->table.len},
	    .signatures = {o->signatures.data, o->signatures.len}};
	char finger[80];
	struct fault fault;
	long n;
	int rc;

	n = assay_key(ASSAY_KEY_FINGERPRINT, what.key_pem, finger,
	    sizeof(finger));
	if (n < 0)
		return fault_print(&fault,
		    fault_set(&fault, KEY_MALFORMED,
			"%s: give a key that assay tables key made", o->key));
	n = assay_sign(&what, cose, sizeof(cose));
	if (n < 0 || (size_t)n > sizeof(cose))
		return fault_print(&fault,
		    fault_set(&fault, TABLE_SIGNATURES_MALFORMED,
			"%s.cose: remove it and let every signer sign anew",
			o->path));
	if ((rc = write_signatures(o, cose, (size_t)n)) == 0)
		printf("%s.cose: signed by %s\n", o->path, finger);
	return rc;
}

static int
run_sign(int argc, char **argv)
{
	struct options o = {.at = 0};
	struct file key = {0};
	int rc = parse(argc, argv, NULL, &o, "k");

	if (rc == 0 && (o.path == NULL || o.key == NULL))
		rc = usage_error("give a table and --key FILE; see --help");
	if (rc == 0)
		rc = load_table(&o);
	if (rc == 0)
		rc = load_key(o.key, &key);
	if (rc == 0)
		rc = sign(&o, &key);
	file_free(&key);
	file_free(&o.table);
	file_free(&o.signatures);
	return rc;
}

/* A new key for a signer, and whose it is. */
static int
run_key(int argc, char **argv)
{
	struct options o = {.at = 0};
	char pem[1024], finger[80];
	struct fault fault;
	enum status st;
	long n;
	int rc = parse(argc, argv, NULL, &o, ""), made = 0;

	if (rc == 0 && o.path == NULL)
		rc = usage_error("give the file for the key; see --help");
	if (rc != 0)
		return rc;
	n = assay_key(ASSAY_KEY_NEW, NULL, pem, sizeof(pem));
	if (n <= 0 || (size_t)n >= sizeof(pem) ||
	    assay_key(ASSAY_KEY_FINGERPRINT, pem, finger, sizeof(finger)) < 0)
		return fault_print(&fault,
		    fault_set(&fault, CRYPTO_FAILED, "no key could be made"));
	st = file_write(
	    o.path, pem, (size_t)n, 0600, FILE_KEEP, &made, &fault);
	explicit_bzero(pem, sizeof(pem));
	if (st != OK)
		return fault_print(&fault, st);
	if (!made)
		return usage_error("%.60s: there is a file already", o.path);
	printf("%s: trust-tables = %s\n", o.path, finger);
	return 0;
}

static int
run_check(int argc, char **argv, int needs_file)
{
	struct options o = {.at = time(NULL)};
	struct assay *ctx = assay_new();
	struct fault fault;
	int rc;

	if (ctx == NULL)
		return fault_print(&fault,
		    fault_set(&fault, NO_MEMORY, "cannot start libassay"));
	rc = parse(argc, argv, ctx, &o, "ptj");
	if (rc == 0 && needs_file && o.path == NULL)
		rc = usage_error("give a table; see --help");
	if (rc == 0 && !needs_file && o.path != NULL)
		rc = usage_error("'%.60s': assay tables verify reads files",
		    o.path);
	if (rc == 0 && o.path != NULL)
		rc = load_table(&o);
	if (rc == 0)
		rc = check(ctx, &o);
	file_free(&o.table);
	file_free(&o.signatures);
	assay_free(ctx);
	return rc;
}

static int
run_show(int argc, char **argv)
{
	return run_check(argc, argv, 0);
}

static int
run_verify(int argc, char **argv)
{
	return run_check(argc, argv, 1);
}

const struct command command_tables_show = {
    .words = {"tables", "show"},
    .run = run_show,
    .summary = "list the built-in tables of chips and rules",
    .help = "usage: assay tables show [--policy FILE] [--at TIME] [--json]\n\n"
	    "List the tables that this program has built in, with their\n"
	    "versions, expiry and SHA-256.\n",
};

const struct command command_tables_verify = {
    .words = {"tables", "verify"},
    .run = run_verify,
    .summary = "verify a signed table",
    .help =
	"usage: assay tables verify --policy FILE [OPTION]... TABLE\n\n"
	"Read TABLE strictly and verify TABLE.cose beside it: as many of the\n"
	"policy's trust-tables as it needs must have signed.\n\n"
	"  --policy FILE  whose signatures count, see assay-policy(5)\n"
	"  --at TIME      judge its expiry at this time (default: now)\n"
	"  --json         print JSON\n\n"
	"exit: 0 it may be used, 1 refused, 3 expired, or no policy was given,\n"
	"      65 malformed\n",
};

const struct command command_tables_sign = {
    .words = {"tables", "sign"},
    .run = run_sign,
    .summary = "sign a table, beside what others signed",
    .help = "usage: assay tables sign --key FILE TABLE\n\n"
	    "Add a signature to TABLE.cose.  Signatures of others stay as long\n"
	    "as they fit the table.\n\n"
	    "  --key FILE  a private key that assay tables key made\n",
};

const struct command command_tables_key = {
    .words = {"tables", "key"},
    .run = run_key,
    .summary = "make a key for signing tables",
    .help = "usage: assay tables key FILE\n\n"
	    "Make a private P-384 key, mode 0600, and print its fingerprint as\n"
	    "a policy wants it.\n",
};
