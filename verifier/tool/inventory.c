/* SPDX-License-Identifier: Apache-2.0 */
/* assay inventory list, sign, check. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"

enum { SIGNERS_TEXT = 1040, SIGNED_MORE = 512 };

static const struct option longs[] = {
    {"key", required_argument, NULL, 'k'},
    {"signer", required_argument, NULL, 's'},
    {"at", required_argument, NULL, 't'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

struct options {
	const char *path, *out, *key;
	char signers[SIGNERS_TEXT]; /* fingerprints with spaces between */
	int64_t at;
	int json;
};

static int
add_signer(struct options *o, const char *hex)
{
	size_t n = strlen(o->signers);

	if (strlen(hex) != 64 || strspn(hex, "0123456789abcdefABCDEF") != 64)
		return usage_error("--signer: give 64 hexadecimal digits");
	if (n + 66 > sizeof(o->signers))
		return usage_error("--signer: too many");
	snprintf(o->signers + n, sizeof(o->signers) - n, "%s%s",
	    n > 0 ? " " : "", hex);
	return 0;
}

static int
parse(int argc, char **argv, const char *allowed, struct options *o)
{
	int c, rc = 0;

	opterr = 0;
	while (rc == 0 &&
	    (c = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
		if (c == '?' || strchr(allowed, c) == NULL)
			return option_error(argv[optind - 1]);
		if (c == 'k')
			o->key = optarg;
		else if (c == 'o')
			o->out = optarg;
		else if (c == 's')
			rc = add_signer(o, optarg);
		else if (c == 't')
			rc = parse_time("at", optarg, &o->at);
		else
			o->json = 1;
	}
	if (rc == 0 && optind != argc - 1)
		rc = usage_error("give one file; see --help");
	if (rc == 0)
		o->path = argv[optind];
	return rc;
}

/* A line that begins with a code, which goes first on ours, too. */
static int
refuse(const char *path, const char *error, const struct fault *fallback)
{
	const char *rest = strstr(error, ": ");

	if (rest == NULL)
		return fault_print(fallback, CRYPTO_FAILED);
	fprintf(stderr, "assay: %.*s: %s%s\n", (int)(rest - error), error,
	    path, rest);
	return status_exit(INVENTORY_LIST);
}

static int
write_signed(const struct options *o, const struct file *list,
    const struct file *key)
{
	size_t cap = list->len + SIGNED_MORE;
	char error[256] = "", finger[80];
	struct assay_signed what = {.key_pem = (const char *)key->data,
	    .list = {list->data, list->len},
	    .error = error,
	    .error_cap = sizeof(error)};
	uint8_t *out = malloc(cap);
	struct fault fault;
	enum status st;
	long n;

	if (assay_key(ASSAY_KEY_FINGERPRINT, what.key_pem, finger,
		sizeof(finger)) < 0) {
		free(out);
		return fault_print(&fault,
		    fault_set(&fault, KEY_MALFORMED,
			"%s: give a key that assay tables key made", o->key));
	}
	n = out == NULL ? -1 : assay_sign(&what, out, cap);
	if (n < 0 || (size_t)n > cap) {
		free(out);
		(void)fault_set(&fault, CRYPTO_FAILED, "%s", o->path);
		return refuse(o->path, error, &fault);
	}
	st = file_write(o->out, out, (size_t)n, 0644, FILE_REPLACE, NULL,
	    &fault);
	free(out);
	if (st != OK)
		return fault_print(&fault, st);
	printf("%s: signed by %s\n", o->out, finger);
	return 0;
}

static int
run_sign(int argc, char **argv)
{
	struct options o = {.at = 0};
	struct file list = {0}, key = {0};
	char usual[4096];
	int rc = parse(argc, argv, "ko", &o);

	if (rc == 0 && o.key == NULL)
		rc = usage_error("give --key FILE; see --help");
	if (rc == 0 && o.out == NULL) {
		if (snprintf(usual, sizeof(usual), "%s.cose", o.path) >=
		    (int)sizeof(usual))
			rc = usage_error("%.60s: path too long", o.path);
		o.out = usual;
	}
	if (rc == 0)
		rc = load(o.path, INVENTORY_FILE_MAX, &list);
	if (rc == 0)
		rc = load_key(o.key, &key);
	if (rc == 0)
		rc = write_signed(&o, &list, &key);
	file_free(&key);
	file_free(&list);
	return rc;
}

static int
check(struct assay *ctx, const struct options *o, const struct file *file)
{
	const struct assay_check in = {.inventory = {file->data, file->len},
	    .signers = {o->signers, strlen(o->signers)}};

	return check_and_print(ctx, o->at, ASSAY_PLACES, &in, o->json,
	    &(struct place){NULL, o->path});
}

static int
run_check(int argc, char **argv)
{
	struct options o = {.at = time(NULL)};
	struct assay *ctx = assay_new();
	struct file file = {0};
	struct fault fault;
	int rc;

	if (ctx == NULL)
		return fault_print(&fault,
		    fault_set(&fault, NO_MEMORY, "cannot start libassay"));
	if ((rc = parse(argc, argv, "stj", &o)) == 0 &&
	    (rc = load(o.path, INVENTORY_FILE_MAX, &file)) == 0)
		rc = check(ctx, &o, &file);
	file_free(&file);
	assay_free(ctx);
	return rc;
}

static int
run_list(int argc, char **argv)
{
	return verify_run(argc, argv, 1);
}

const struct command command_inventory_list = {
    .words = {"inventory", "list"},
    .run = run_list,
    .summary = "list where the accelerators of a bundle are",
    .help =
	"usage: assay inventory list [OPTION]... BUNDLE\n\n"
	"Verify BUNDLE as assay verify does, with its options, and when it is\n"
	"accepted print a list for assay inventory sign: the host's endorsement\n"
	"key, and each device that signed with its PCI address.  Compare it\n"
	"with the machine before you sign it.\n\n"
	"exit: 0 listed, 1 contraindicated, 3 no verdict, 65 malformed\n",
};

const struct command command_inventory_sign = {
    .words = {"inventory", "sign"},
    .run = run_sign,
    .summary = "sign where accelerators were installed",
    .help =
	"usage: assay inventory sign --key FILE [-o FILE] LIST\n\n"
	"Sign LIST, which has the lines\n\n"
	"  inventory,1,NAME,FROM,UNTIL\n"
	"  EK-NAME,IDENTITY,SLOT\n\n"
	"with dates like 2026-11-26 and one line for each device; SLOT is its\n"
	"PCI address or empty.  assay inventory list makes one of a bundle.\n\n"
	"  --key FILE  a private key that assay tables key made\n"
	"  -o FILE     where to write it (default: LIST.cose)\n",
};

const struct command command_inventory_check = {
    .words = {"inventory", "check"},
    .run = run_check,
    .summary = "verify and print a signed inventory",
    .help =
	"usage: assay inventory check --signer HEX [OPTION]... FILE\n\n"
	"  --signer HEX  whose signature counts: SHA-256 of the public key, as\n"
	"                assay tables key prints it (repeatable)\n"
	"  --at TIME     judge its validity at this time (default: now)\n"
	"  --json        print JSON\n\n"
	"exit: 0 it may be used, 1 refused, 3 of another time or no signer was\n"
	"      named, 65 malformed\n",
};
