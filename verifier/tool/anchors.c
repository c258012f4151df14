/* SPDX-License-Identifier: Apache-2.0 */
/* assay anchors: who vouches for TPMs, and the operator's folder of them. */
#include <dirent.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "text.h"

static int
no_memory(const char *path)
{
	struct fault fault;

	return fault_print(&fault, fault_set(&fault, NO_MEMORY, "%s", path));
}

/* What libassay says of FILE, or, when it is NULL, of all it knows. */
static struct assay_result *
ask(const struct file *file)
{
	struct assay_check in = {.chain = {NULL, 0}};

	if (file != NULL)
		in.chain = (struct assay_file){file->data, file->len};
	return assay_check(NULL, ASSAY_TPM_ROOTS, &in);
}

static const struct option list_longs[] = {
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int
run_list(int argc, char **argv)
{
	struct assay_result *result;
	struct fault fault;
	int c, rc, json = 0;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", list_longs, NULL)) != -1) {
		if (c != 'j')
			return option_error(argv[optind - 1]);
		json = 1;
	}
	if (optind != argc)
		return usage_error("'%.60s' is not an option", argv[optind]);
	result = ask(NULL);
	rc = result == NULL
	    ? fault_print(&fault, fault_set(&fault, NO_MEMORY, "listing"))
	    : print_result(result, json, &(struct place){NULL, "built in"});
	assay_result_free(result);
	return rc;
}

/* The result as JSON; NULL without memory. */
static json_t *
json_of(const struct assay_result *result)
{
	size_t cap = 1 << 16;
	char *text = NULL;
	json_t *root;
	long n;

	for (;;) {
		char *more = realloc(text, cap);

		if (more == NULL)
			break;
		text = more;
		n = assay_result_write(result, ASSAY_JSON, NULL, text, cap);
		if (n < 0 || (size_t)n < cap)
			break;
		cap = (size_t)n + 1;
	}
	root = text == NULL ? NULL : json_loads(text, 0, NULL);
	free(text);
	return root;
}

/* A folder while its files go by. */
struct survey {
	json_t *reasons, *authorities;
	int status, json;
};

/* Worse than before?  Malformed input outweighs a warning. */
static int
worse(int a, int b)
{
	return b > a ? b : a;
}

/* One line for each certificate of a file. */
static void
tell(const char *name, json_t *authorities)
{
	json_t *a;
	size_t i;

	json_array_foreach(authorities, i, a)
		printf("%-20s  %s  %s\n    %s\n",
		    json_string_value(json_object_get(a, "vendor")),
		    json_string_value(json_object_get(a, "sha256")), name,
		    json_string_value(json_object_get(a, "name")));
}

static int
survey_file(const char *dir, const char *name, struct survey *s)
{
	struct assay_result *result = NULL;
	json_t *root = NULL, *all, *one;
	struct file file = {0};
	char path[4096];
	size_t i;
	int rc;

	if ((rc = join_path(dir, name, path, sizeof(path))) != 0)
		return rc;
	if ((rc = load(path, ROOTS_FILE_MAX, &file)) != 0)
		return rc;
	if ((result = ask(&file)) == NULL || (root = json_of(result)) == NULL) {
		rc = no_memory(path);
		goto out;
	}
	all = json_object_get(json_object_get(root, "data"), "authorities");
	json_array_foreach(all, i, one)
		json_object_set_new(one, "file", json_string(name));
	json_array_extend(s->authorities, all);
	json_array_foreach(json_object_get(root, "reasons"), i, one) {
		json_object_set_new(one, "where", json_string(name));
		json_array_append(s->reasons, one);
		if (assay_result_exit(result) > ASSAY_NONE)
			fprintf(stderr, "assay: %s: %s: %s\n",
			    json_string_value(json_object_get(one, "code")),
			    path,
			    json_string_value(json_object_get(one, "text")));
	}
	if (!s->json)
		tell(name, all);
	s->status = worse(s->status, assay_result_exit(result));
out:
	json_decref(root);
	assay_result_free(result);
	file_free(&file);
	return rc;
}

static int
print_survey(const struct survey *s)
{
	json_t *root = json_pack("{s:i, s:s, s:i, s:O, s:[], s:{s:O}}",
	    "schema", 1, "verdict",
	    s->status == ASSAY_AFFIRMING ? "affirming"
		: s->status == ASSAY_WARNING ? "warning"
					     : "none",
	    "exit", s->status, "reasons", s->reasons, "not_checked", "data",
	    "authorities", s->authorities);
	struct fault fault;
	char *text = root == NULL ? NULL : json_dumps(root, JSON_INDENT(2));

	json_decref(root);
	if (text == NULL)
		return fault_print(
		    &fault, fault_set(&fault, NO_MEMORY, "the result"));
	puts(text);
	free(text);
	return 0;
}

static int
run_check(int argc, char **argv)
{
	struct survey s = {.reasons = json_array(),
	    .authorities = json_array()};
	struct dirent **names = NULL;
	int c, n, rc = 0;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", list_longs, NULL)) != -1) {
		if (c != 'j')
			rc = option_error(argv[optind - 1]);
		s.json = 1;
	}
	if (rc == 0 && optind != argc - 1)
		rc = usage_error("give one folder; see --help");
	if (rc == 0)
		rc = list_roots(argv[optind], &names, &n);
	if (rc == 0) {
		for (int i = 0; i < n; i++) {
			if (rc == 0)
				rc = survey_file(
				    argv[optind], names[i]->d_name, &s);
			free(names[i]);
		}
		if (rc == 0 && s.json)
			rc = print_survey(&s);
		rc = rc == 0 ? s.status : rc;
	}
	free(names);
	json_decref(s.reasons);
	json_decref(s.authorities);
	return rc;
}

static const struct option add_longs[] = {
    {"name", required_argument, NULL, 'n'},
    {"roots", required_argument, NULL, 'r'},
    {NULL, 0, NULL, 0},
};

/* Letters, digits and a few signs: it becomes the name of a file, too. */
static int
check_name(const char *name)
{
	static const char fit[] = "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ";
	size_t n = strlen(name);

	if (n == 0 || n > 64 || name[0] == '.' || name[0] == ' ' ||
	    name[n - 1] == ' ' || strspn(name, fit) != n)
		return usage_error("--name: give up to 64 letters, digits, "
				   "spaces and . _ -");
	return 0;
}

/* PEM of DER, in lines of 64 (RFC 7468, 2). */
static void
put_pem(FILE *out, const struct file *der, char *digits)
{
	size_t n;

	text_to_base64(der->data, der->len, digits);
	n = strlen(digits);
	fputs("-----BEGIN CERTIFICATE-----\n", out);
	for (size_t i = 0; i < n; i += 64)
		fprintf(out, "%.*s\n", (int)(n - i < 64 ? n - i : 64),
		    digits + i);
	fputs("-----END CERTIFICATE-----\n", out);
}

/* The file that is to be trusted: who named it, its fingerprint, itself. */
static char *
compose(const char *name, const char *sha256, const struct file *cert,
    size_t *len)
{
	const char *pem = strstr((const char *)cert->data, "-----BEGIN");
	char *text = NULL, *digits = malloc(cert->len * 2 + 8);
	FILE *out = open_memstream(&text, len);

	if (out != NULL && digits != NULL) {
		fprintf(out,
		    "assay-anchor-name: %s\nassay-anchor-sha256: %s\n", name,
		    sha256);
		if (cert->data[0] != '0' && pem != NULL)
			fputs(pem, out);
		else
			put_pem(out, cert, digits);
	}
	if (out == NULL || fclose(out) != 0 || digits == NULL) {
		free(text);
		text = NULL;
	}
	free(digits);
	return text;
}

/* Write it under its name; what is there is never replaced. */
static int
store(const char *dir, const char *name, const char *text, size_t len)
{
	char path[4096], file[80];
	struct fault fault;
	enum status st;
	int made = 0, rc;

	snprintf(file, sizeof(file), "%s.pem", name);
	for (char *p = file; *p != '\0'; p++)
		if (*p == ' ')
			*p = '-';
	if ((rc = join_path(dir, file, path, sizeof(path))) != 0)
		return rc;
	st = file_write(path, text, len, 0644, FILE_KEEP, &made, &fault);
	if (st == OK && !made)
		st = fault_set(&fault, USAGE,
		    "%s: there already; choose another --name", path);
	if (st != OK)
		return fault_print(&fault, st);
	printf("%s\n", path);
	return 0;
}

static int
add(const char *path, const char *name, const char *dir)
{
	struct assay_result *result = NULL;
	json_t *root = NULL, *all, *one;
	struct file cert = {0};
	struct fault fault;
	char *text = NULL;
	size_t len = 0;
	int rc;

	if ((rc = load(path, ROOTS_FILE_MAX, &cert)) != 0)
		return rc;
	if ((result = ask(&cert)) == NULL || (root = json_of(result)) == NULL) {
		rc = no_memory(path);
		goto out;
	}
	all = json_object_get(json_object_get(root, "data"), "authorities");
	one = json_array_get(all, 0);
	if (assay_result_exit(result) > ASSAY_NONE || json_array_size(all) != 1)
		rc = fault_print(&fault,
		    fault_set(&fault, ANCHOR_MALFORMED,
			"%s: give a file with one certificate, DER or PEM",
			path));
	else if ((text = compose(name,
		      json_string_value(json_object_get(one, "sha256")),
		      &cert, &len)) == NULL)
		rc = no_memory(path);
	else
		rc = store(dir, name, text, len);
	if (rc == 0)
		printf("%s\n%s\n",
		    json_string_value(json_object_get(one, "subject")),
		    json_string_value(json_object_get(one, "sha256")));
out:
	free(text);
	json_decref(root);
	assay_result_free(result);
	file_free(&cert);
	return rc;
}

static int
run_add(int argc, char **argv)
{
	const char *name = NULL, *dir = NULL;
	int c, rc;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", add_longs, NULL)) != -1) {
		if (c == 'n')
			name = optarg;
		else if (c == 'r')
			dir = optarg;
		else
			return option_error(argv[optind - 1]);
	}
	if (optind != argc - 1 || name == NULL || dir == NULL)
		return usage_error("give --name NAME, --roots DIR and one "
				   "certificate; see --help");
	if ((rc = check_name(name)) != 0)
		return rc;
	return add(argv[optind], name, dir);
}

const struct command command_anchors_list = {
    .words = {"anchors", "list"},
    .run = run_list,
    .summary = "list the TPM vendors' authorities that are known",
    .help = "usage: assay anchors list [--json]\n\n"
	    "Vendor, name and SHA-256 of each certificate that counts as an\n"
	    "authority for TPMs once it lies in the folder of --roots.\n",
};

const struct command command_anchors_check = {
    .words = {"anchors", "check"},
    .run = run_check,
    .summary = "say which certificates of a folder are known",
    .help = "usage: assay anchors check [--json] DIR\n\n"
	    "Each certificate in the files of DIR that end in .pem, .crt, "
	    ".cer\nor .der: its vendor, or the name the operator gave it.\n\n"
	    "exit: 0 all are known, 2 some are not, 65 malformed\n",
};

const struct command command_anchors_add = {
    .words = {"anchors", "add"},
    .run = run_add,
    .summary = "trust a certificate for TPMs under a name",
    .help = "usage: assay anchors add --name NAME --roots DIR FILE\n\n"
	    "Copy the one certificate of FILE into DIR, with NAME and its\n"
	    "fingerprint: TPMs may then chain to it, though no vendor is\n"
	    "known for it.  Nothing is replaced.\n",
};
