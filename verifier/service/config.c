/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 * 1024 };

enum key_type { KEY_TEXT, KEY_LIST, KEY_NUMBER, KEY_TRUTH };

struct key {
	const char *name;
	enum key_type type;
	size_t offset;
	unsigned commands;
	bool setting;      /* may stand in the file */
	int64_t min, max;  /* of a number; how many of a list */
	const char *usual; /* its default */
	const char *hint;  /* the kind of value */
	const char *help;
};

#define AT(field) offsetof(struct config, field)

static const struct key keys[] = {
    {"config", KEY_TEXT, AT(config), FOR_ALL, false, 0, 0, "", "FILE",
        "settings, instead of " CONFIG_FILE},
    {"store", KEY_TEXT, AT(store), FOR_ALL, true, 0, 0,
        "/var/lib/assay/verifier/assay.db", "FILE", "the database"},
    {"listen", KEY_TEXT, AT(listen), FOR_SERVE, true, 0, 0, "127.0.0.1:8080",
        "ADDRESS", "where to listen: 127.0.0.1:PORT or unix:/PATH"},
    {"allow-remote", KEY_TRUTH, AT(allow_remote), FOR_SERVE, true, 0, 0, "no",
        NULL, "let other hosts connect without TLS"},
    {"key", KEY_TEXT, AT(key), FOR_SERVE, true, 0, 0,
        "/etc/assay/keys/verifier.pem", "FILE",
        "the key that signs results; made when missing"},
    {"policy", KEY_TEXT, AT(policy), FOR_SERVE, true, 0, 0, "", "FILE",
        "the appraisal policy; read anew for each report"},
    {"event-policy", KEY_TEXT, AT(event_policy), FOR_SERVE, true, 0, 0, "",
        "FILE", "what a good boot looks like, assay-event-policy(5); likewise"},
    {"tpm-firmware", KEY_TEXT, AT(tpm_firmware), FOR_SERVE, true, 0, 0, "",
        "FILE", "a signed table of flawed TPM firmware, instead of the built-in"},
    {"anchor", KEY_LIST, AT(anchor), FOR_SERVE, true, 0, ANCHORS_MAX, NULL,
        "FILE", "a certificate that devices may chain to; repeatable"},
    {"inventory", KEY_LIST, AT(inventory), FOR_SERVE, true, 0, LISTS_MAX,
        NULL, "FILE",
        "where accelerators were installed, signed; read anew; repeatable"},
    {"crl", KEY_LIST, AT(crl), FOR_SERVE, true, 0, LISTS_MAX, NULL, "FILE",
        "a revocation list; read anew for each report; repeatable"},
    {"ocsp", KEY_LIST, AT(ocsp), FOR_SERVE, true, 0, RESPONSES_MAX, NULL,
        "FILE", "an OCSP response, likewise"},
    {"tpm-roots", KEY_TEXT, AT(tpm_roots), FOR_SERVE, true, 0, 0,
        TPM_ROOTS_USUAL, "DIR",
        "certificates of TPM vendors, for hosts that enrol"},
    {"tpm-crls", KEY_TEXT, AT(tpm_crls), FOR_SERVE, true, 0, 0, "", "DIR",
        "their revocation lists"},
    {"enrolment-ttl", KEY_NUMBER, AT(enrolment_ttl), FOR_SERVE, true, 1,
        604800, "3600", "SECONDS", "how long a host may take to enrol"},
    {"nonce-ttl", KEY_NUMBER, AT(nonce_ttl), FOR_SERVE, true, 1, 86400, "150",
        "SECONDS", "how long a session waits for evidence"},
    {"device-window", KEY_NUMBER, AT(device_window), FOR_SERVE, true, 1,
        31536000, "86400", "SECONDS",
        "how long a device that signed for one host may for no other"},
    {"connections", KEY_NUMBER, AT(connections), FOR_SERVE, true, 4, 4096,
        "256", "COUNT", "connections at one time"},
    {"port-file", KEY_TEXT, AT(port_file), FOR_SERVE, false, 0, 0, "", "FILE",
        "write the port here once it is known"},
    {"verbose", KEY_TRUTH, AT(verbose), FOR_SERVE, false, 0, 0, "no", NULL,
        "one line per request on standard error"},
    {"ak-name", KEY_TEXT, AT(ak_name), FOR_ENROL, false, 0, 0, "", "HEX",
        "the TPM Name of an attestation key"},
    {"stale-after", KEY_NUMBER, AT(stale_after), FOR_ENROL, true, 1, 31536000,
        "86400", "SECONDS", "how long a verdict counts"},
    {"session", KEY_TEXT, AT(session), FOR_EXPORT, false, 0, 0, "", "ID",
        "which session's bundle"},
    {"last", KEY_TRUTH, AT(last), FOR_EXPORT, false, 0, 0, "no", NULL,
        "the bundle appraised last"},
    {"output", KEY_TEXT, AT(output), FOR_EXPORT, false, 0, 0, "", "FILE",
        "where to write it; short form -o"},
    {"all", KEY_TRUTH, AT(all), FOR_ACCEPT, false, 0, 0, "no", NULL,
        "every device of the host"},
    {"json", KEY_TRUTH, AT(json), FOR_ENROL | FOR_DEVICES | FOR_ACCEPT, false,
        0, 0, "no", NULL,
        "print JSON"},
    {"help", KEY_TRUTH, AT(help), FOR_ALL, false, 0, 0, "no", NULL,
        "print this"},
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static enum status
set_text(
    char *at, const struct key *key, const char *value, struct fault *fault)
{
	if (strlen(value) >= CONFIG_TEXT_MAX)
		return fault_set(fault, CONFIG_VALUE,
		    "%s: longer than %d characters", key->name,
		    CONFIG_TEXT_MAX - 1);
	memcpy(at, value, strlen(value) + 1);
	return OK;
}

static enum status
set_list(struct config_list *at, const struct key *key, const char *value,
    struct fault *fault)
{
	if (at->count == (unsigned)key->max)
		return fault_set(fault, CONFIG_VALUE, "%s: more than %u",
		    key->name, (unsigned)key->max);
	return set_text(at->text[at->count++], key, value, fault);
}

static enum status
set_number(
    int64_t *at, const struct key *key, const char *value, struct fault *fault)
{
	char *end = NULL;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 ||
	    n < key->min || n > key->max)
		return fault_set(fault, CONFIG_VALUE,
		    "%s = %.40s: give a number from %lld to %lld", key->name,
		    value, (long long)key->min, (long long)key->max);
	*at = n;
	return OK;
}

static enum status
set_truth(
    bool *at, const struct key *key, const char *value, struct fault *fault)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return fault_set(fault, CONFIG_VALUE,
		    "%s = %.40s: say yes or no", key->name, value);
	*at = yes;
	return OK;
}

static enum status
set(struct config *c, const struct key *key, const char *value,
    struct fault *fault)
{
	void *at = (char *)c + key->offset;

	switch (key->type) {
	case KEY_NUMBER:
		return set_number(at, key, value, fault);
	case KEY_TRUTH:
		return set_truth(at, key, value, fault);
	case KEY_LIST:
		return set_list(at, key, value, fault);
	case KEY_TEXT:
		break;
	}
	return set_text(at, key, value, fault);
}

static enum status
defaults(struct config *c, struct fault *fault)
{
	enum status st;

	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].usual != NULL &&
		    (st = set(c, &keys[i], keys[i].usual, fault)) != OK)
			return st;
	return OK;
}

enum { LINE_MAX_BYTES = 160 };

/*
 * The first line that inih would cut in two, reading the rest as a line of
 * its own, or end at, having met a NUL; 0 when there is none.
 */
static int
odd_line(const struct file *file)
{
	size_t n = 0;
	int line = 1;

	for (size_t i = 0; i < file->len; i++) {
		n = file->data[i] == '\n' ? 0 : n + 1;
		line += file->data[i] == '\n';
		if (n > LINE_MAX_BYTES || file->data[i] == '\0')
			return line;
	}
	return 0;
}

/* What the lines of a file lead to; the first fault counts. */
struct reading {
	struct config *c;
	struct fault *fault;
	enum status st;
	bool given[KEYS];
};

static enum status
set_line(
    struct reading *r, const char *section, const char *name, const char *value)
{
	if (section[0] != '\0' && strcmp(section, "verifier") != 0)
		return fault_set(r->fault, CONFIG_KEY,
		    "[%.40s]: the one section is [verifier]", section);
	for (size_t i = 0; i < KEYS; i++) {
		if (!keys[i].setting || strcmp(keys[i].name, name) != 0)
			continue;
		if (r->given[i] && keys[i].type != KEY_LIST)
			return fault_set(
			    r->fault, CONFIG_VALUE, "%s: given twice", name);
		r->given[i] = true;
		return set(
		    r->c, &keys[i], value == NULL ? "" : value, r->fault);
	}
	return fault_set(
	    r->fault, CONFIG_KEY, "%.40s: no such key; see --help", name);
}

static int
on_line(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *r = arg;

	if (r->st == OK)
		r->st = set_line(r, section, name, value);
	return r->st == OK;
}

static enum status
read_settings(struct config *c, struct fault *fault)
{
	const char *path = c->config[0] != '\0' ? c->config : CONFIG_FILE;
	struct reading r = {.c = c, .fault = fault, .st = OK};
	struct file file = {0};
	struct fault why;
	enum status st;
	int line;

	st = file_read(path, FILE_MAX, &file, fault);
	if (c->config[0] == '\0' && (st == FILE_MISSING || st == FILE_EMPTY))
		return OK;
	if (st != OK)
		return st;
	if ((line = odd_line(&file)) != 0) {
		file_free(&file);
		return fault_set(fault, CONFIG_VALUE,
		    "%s:%d: longer than %d bytes, or it has a NUL", path, line,
		    LINE_MAX_BYTES);
	}
	line = ini_parse_string((const char *)file.data, on_line, &r);
	file_free(&file);
	if (line == 0)
		return OK;
	why = *fault;
	if (r.st == OK)
		return fault_set(fault, CONFIG_VALUE,
		    "%s:%d: neither [section] nor key = value", path, line);
	return fault_set(fault, r.st, "%s:%d: %.300s", path, line, why.text);
}

/* The options of COMMAND as getopt_long wants them; VAL is 256 + index. */
static void
long_options(enum config_command command, struct option out[KEYS + 1])
{
	size_t n = 0;

	memset(out, 0, (KEYS + 1) * sizeof(out[0]));
	for (size_t i = 0; i < KEYS; i++) {
		if ((keys[i].commands & (unsigned)command) == 0)
			continue;
		out[n].name = keys[i].name;
		out[n].has_arg =
		    keys[i].type == KEY_TRUTH ? no_argument : required_argument;
		out[n++].val = 256 + (int)i;
	}
}

/* The key with this name, or KEYS. */
static size_t
key_named(const char *name)
{
	size_t i = 0;

	while (i < KEYS && strcmp(keys[i].name, name) != 0)
		i++;
	return i;
}

/* The key of an option that getopt_long returned, or KEYS. */
static size_t
key_of(int option, enum config_command command)
{
	if (option >= 256)
		return (size_t)option - 256;
	if (option == 'h')
		return key_named("help");
	return option == 'o' && command == FOR_EXPORT ? key_named("output")
						      : KEYS;
}

/* Words go among the options; which they are is the command's to know. */
static enum status
add_word(struct config *c, enum config_command command, const char *word,
    struct fault *fault)
{
	bool takes = (command & (FOR_DEVICES | FOR_ACCEPT)) != 0;

	if (!takes || c->words == CONFIG_WORDS)
		return fault_set(fault, USAGE, "%.80s: %s; see --help", word,
		    takes ? "one too many" : "not an option");
	if (strlen(word) >= CONFIG_TEXT_MAX)
		return fault_set(fault, CONFIG_VALUE,
		    "%.40s...: longer than %d characters", word,
		    CONFIG_TEXT_MAX - 1);
	memcpy(c->word[c->words++], word, strlen(word) + 1);
	return OK;
}

/* Set the options; with ONLY just the one of that name. */
static enum status
read_from(int argc, char **argv, enum config_command command,
    const char *only, struct config *c, struct fault *fault)
{
	struct option options[KEYS + 1];
	enum status st;
	int option;

	long_options(command, options);
	opterr = 0;
	optind = 0;
	while (
	    (option = getopt_long(argc, argv, "+:ho:", options, NULL)) != -1) {
		size_t i = key_of(option, command);

		if (i == KEYS)
			return fault_set(fault, USAGE,
			    option == ':' ? "%.80s: it needs a value"
			                  : "%.80s: no such option here; see "
			                    "--help",
			    argv[optind - 1]);
		if (only != NULL && strcmp(keys[i].name, only) != 0)
			continue;
		st = set(c, &keys[i],
		    keys[i].type == KEY_TRUTH ? "yes" : optarg, fault);
		if (st != OK)
			return st;
	}
	if (optind == argc)
		return OK;

	/* A word; options may follow it, as they do ARGV[0]. */
	st = add_word(c, command, argv[optind], fault);
	if (st != OK)
		return st;
	return read_from(
	    argc - optind, argv + optind, command, only, c, fault);
}

static enum status
read_options(int argc, char **argv, enum config_command command,
    const char *only, struct config *c, struct fault *fault)
{
	c->words = 0;
	return read_from(argc, argv, command, only, c, fault);
}

enum status
config_load(int argc, char **argv, enum config_command command,
    struct config *out, struct fault *fault)
{
	enum status st;

	/* Options go before the file, but one of them names the file. */
	if ((st = defaults(out, fault)) != OK)
		return st;
	st = read_options(argc, argv, command, "config", out, fault);
	if (st != OK)
		return st;
	st = read_options(argc, argv, command, "help", out, fault);
	if (st != OK || out->help)
		return st;
	if ((st = read_settings(out, fault)) != OK)
		return st;
	return read_options(argc, argv, command, NULL, out, fault);
}

void
config_help(enum config_command command, FILE *out)
{
	for (size_t i = 0; i < KEYS; i++) {
		const struct key *k = &keys[i];
		char option[40];

		if ((k->commands & (unsigned)command) == 0)
			continue;
		(void)snprintf(option, sizeof(option), "--%s%s%s", k->name,
		    k->hint == NULL ? "" : " ", k->hint == NULL ? "" : k->hint);
		fprintf(out, "  %-20s  %s", option, k->help);
		if (k->usual != NULL && k->usual[0] != '\0' &&
		    k->type != KEY_TRUTH)
			fprintf(out, " (%s)", k->usual);
		fprintf(out, "\n");
	}
}
