/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * assay-agent: measures the accelerators of this host, ties what it saw to
 * the TPM, and hands it out.  Nothing that could change the host comes back.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "config.h"
#include "evidence.h"
#include "files.h"
#include "process.h"
#include "say.h"
#include "url.h"

enum { KEYS_MAX = 32, KEY_OPTION = 256 };

/* What the command line said. */
struct call {
	struct config config;
	const char *config_file; /* NULL: the default one, if it is there */
	const char *key[KEYS_MAX], *value[KEYS_MAX];
	size_t set;
	const char *nonce;
	const char *output;
	const char *evidence; /* folder of evidence fetched out of band */
	struct enrol_files enrol;
	bool once, json, help, print_nonces;
};

static enum status run_measure(struct call *call);
static enum status run_report(struct call *call);
static enum status run_run(struct call *call);
static enum status run_enrol(struct call *call);

enum {
	FOR_MEASURE = 1,
	FOR_REPORT = 2,
	FOR_RUN = 4,
	FOR_ENROL = 8,
	FOR_ALL = 15,
};

#define AT(member) offsetof(struct call, member)

/*
 * Options of single commands, by a letter that is an option of its own where
 * it stands in the string for getopt_long; keys of the configuration follow.
 */
static const struct {
	const char *name;
	const char *hint; /* NULL: no value, there is a bool at its place */
	int letter;
	size_t at;
	unsigned commands;
	const char *help;
} options[] = {
    {"config", "FILE", 'c', AT(config_file), FOR_ALL,
        "settings; default " CONFIG_DEFAULT_FILE},
    {"json", NULL, 'j', AT(json), FOR_MEASURE, "print one JSON object"},
    {"nonce", "HEX", 'n', AT(nonce), FOR_REPORT,
        "what the report answers: 64 hexadecimal digits"},
    {"output", "FILE", 'o', AT(output), FOR_REPORT,
        "where the bundle goes, also -o; - is standard output"},
    {"device-evidence", "DIR", 'e', AT(evidence), FOR_REPORT,
        "evidence fetched out of band, as files gpu-0.json and so on"},
    {"print-nonces", NULL, 'p', AT(print_nonces), FOR_REPORT,
        "only print the nonce that each device has to answer"},
    {"once", NULL, '1', AT(once), FOR_RUN, "one report, then exit"},
    {"ek-cert", "FILE", 'k', AT(enrol.ek_cert), FOR_ENROL,
        "the endorsement key's certificate, if the TPM does not hold it"},
    {"request", "FILE", 'r', AT(enrol.request), FOR_ENROL,
        "only write the request, for an operator to carry"},
    {"response", "FILE", 's', AT(enrol.response), FOR_ENROL,
        "only answer what came back, on standard output"},
    {"help", NULL, 'h', AT(help), FOR_ALL, "this text"},
};

static const struct command {
	const char *name;
	enum status (*run)(struct call *call);
	unsigned bit;
	const char *help;
} commands[] = {
    {"measure", run_measure, FOR_MEASURE,
        "print accelerators and facts; no TPM, no network"},
    {"report", run_report, FOR_REPORT,
        "write one evidence bundle for a nonce; no network"},
    {"enroll", run_enrol, FOR_ENROL,
        "show a verifier, once, that this TPM holds its keys"},
    {"run", run_run, FOR_RUN, "report to a verifier, again and again or once"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
print_overview(FILE *out)
{
	(void)fprintf(out, "usage: assay-agent COMMAND [OPTION]...\n\n");
	for (size_t i = 0; i < COUNT(commands); i++)
		(void)fprintf(
		    out, "  %-9s %s\n", commands[i].name, commands[i].help);
	(void)fprintf(out, "\n  --help, --version; COMMAND --help lists its "
	                   "options.\n");
}

static void
print_option(const char *name, const char *hint, const char *help)
{
	char left[64];

	(void)snprintf(left, sizeof(left), "--%s%s%s", name,
	    hint == NULL ? "" : " ", hint == NULL ? "" : hint);
	(void)printf("  %-28s %s\n", left, help);
}

static void
print_help(const struct command *cmd)
{
	size_t n;
	const struct config_key *keys = config_keys(&n);

	(void)printf("usage: assay-agent %s [OPTION]...\n\n%s\n\n", cmd->name,
	    cmd->help);
	for (size_t i = 0; i < COUNT(options); i++)
		if ((options[i].commands & cmd->bit) != 0)
			print_option(
			    options[i].name, options[i].hint, options[i].help);
	(void)printf("\nSettings, also keys of the configuration file:\n");
	for (size_t i = 0; i < n; i++) {
		print_option(keys[i].name, keys[i].hint, keys[i].help);
		if (keys[i].value[0] != '\0')
			(void)printf("  %-28s default %s\n", "", keys[i].value);
	}
}

/* The options of CMD and every key, as getopt_long wants them. */
static void
build_options(const struct command *cmd, struct option *out)
{
	size_t n, at = 0;
	const struct config_key *keys = config_keys(&n);

	for (size_t i = 0; i < COUNT(options); i++)
		if ((options[i].commands & cmd->bit) != 0)
			out[at++] = (struct option){options[i].name,
			    options[i].hint == NULL ? no_argument
			                            : required_argument,
			    NULL, options[i].letter};
	for (size_t i = 0; i < n; i++)
		out[at++] = (struct option){
		    keys[i].name, required_argument, NULL, KEY_OPTION};
	out[at] = (struct option){0};
}

/* Keep one option; USAGE when there are too many. */
static enum status
take_option(struct call *call, int id, const char *name)
{
	size_t i = 0;
	char *at;

	if (id == KEY_OPTION) {
		if (call->set == KEYS_MAX)
			return say(USAGE, "too many options");
		call->key[call->set] = name;
		call->value[call->set++] = optarg;
		return OK;
	}
	while (i < COUNT(options) && options[i].letter != id)
		i++;
	if (i == COUNT(options))
		return USAGE; /* getopt_long has said why */
	at = (char *)call + options[i].at;
	if (options[i].hint == NULL)
		*(bool *)at = true;
	else
		memcpy(at, &optarg, sizeof(optarg));
	return OK;
}

static enum status
parse_options(
    const struct command *cmd, int argc, char **argv, struct call *call)
{
	struct option longs[COUNT(options) + KEYS_MAX + 1];
	const char *shorts = (cmd->bit & FOR_REPORT) != 0 ? "o:h" : "h";
	int id, index = 0;

	build_options(cmd, longs);
	while ((id = getopt_long(argc, argv, shorts, longs, &index)) != -1)
		if (take_option(call, id, longs[index].name) != OK)
			return USAGE;
	if (optind < argc)
		return say(USAGE,
		    "\"%s\" is no option; see assay-agent %s "
		    "--help",
		    argv[optind], cmd->name);
	return OK;
}

/* Defaults, then the file, then the command line. */
static enum status
settle_config(struct call *call)
{
	const char *path = call->config_file;
	char error[CONFIG_ERROR_MAX];
	enum status st;

	config_defaults(&call->config);
	st = config_load(
	    &call->config, path == NULL ? CONFIG_DEFAULT_FILE : path, error);
	if (st == FILE_MISSING && path == NULL)
		st = OK;
	for (size_t i = 0; st == OK && i < call->set; i++)
		st = config_set(
		    &call->config, call->key[i], call->value[i], error);
	return st == OK ? OK : say(st, "%s", error);
}

static enum status
run_measure(struct call *call)
{
	process_block_signals(false);
	return process_measure(&call->config, call->json);
}

static enum status
run_report(struct call *call)
{
	uint8_t nonce[NONCE_LEN];
	uint8_t *memory = NULL;
	struct writer bundle;
	enum status st;

	if (call->nonce == NULL)
		return say(USAGE, "--nonce HEX is needed: 64 digits that a "
		                  "verifier or you have chosen");
	if (strlen(call->nonce) != 2 * NONCE_LEN ||
	    bytes_from_hex(call->nonce, 2 * NONCE_LEN, nonce, NONCE_LEN) !=
	        NONCE_LEN)
		return say(USAGE, "--nonce: not 64 hexadecimal digits");
	if (call->print_nonces) {
		process_block_signals(false);
		return process_report(
		    &call->config, BYTES_OF(nonce), NULL, NULL);
	}
	if (call->output == NULL)
		call->output = "-";
	if ((st = file_check_output(call->output)) != OK)
		return st;

	if ((memory = malloc(EVIDENCE_MAX)) == NULL)
		return say(NO_MEMORY, "for the bundle");
	bundle = writer_of(memory, EVIDENCE_MAX);
	process_block_signals(false);
	st = process_report(
	    &call->config, BYTES_OF(nonce), call->evidence, &bundle);

	/* From here on a signal leaves no half-written file. */
	process_block_signals(true);
	if (st == OK)
		st = file_write(call->output, writer_view(&bundle));
	free(memory);
	return st;
}

/* SECONDS, give or take a tenth, in ms: hosts shall not come all at once. */
static uint64_t
jitter(uint64_t seconds)
{
	uint64_t ms = seconds * 1000, spread = ms / 5;
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		r = UINT32_MAX / 2;
	return ms - spread / 2 + spread * r / UINT32_MAX;
}

/* What only an operator can mend ends the program at once. */
static enum status
check_verifier(const struct config *cf)
{
	struct url url;
	enum status st;

	if (cf->verifier[0] == '\0')
		return say(USAGE, "name the verifier: --verifier URL, or the "
		                  "key verifier");
	if ((st = url_parse(cf->verifier, &url)) != OK)
		/* What stands before an "@" may be a password. */
		return say(st, "\"%s\": %s",
		    strchr(cf->verifier, '@') != NULL ? "...@..."
		                                      : cf->verifier,
		    status_text(st));
	return OK;
}

static enum status
run_enrol(struct call *call)
{
	const struct enrol_files *files = &call->enrol;
	enum status st;

	if (files->request == NULL && files->response == NULL &&
	    (st = check_verifier(&call->config)) != OK)
		return st;
	process_block_signals(false);
	return process_enrol(&call->config, files);
}

static enum status
run_run(struct call *call)
{
	const struct config *cf = &call->config;
	bool stopped = false;
	enum status st;

	if ((st = check_verifier(cf)) != OK)
		return st;
	if (!config_given(cf, "state") && !file_has_folder(cf->state))
		say_note("%s: there is no such folder; reports are not "
		         "chained, see state",
		    cf->state);

	process_block_signals(true);
	for (;;) {
		st = process_send(cf, &stopped);
		if (call->once || stopped || status_exit(st) == 64)
			break;
		if (process_pause(jitter(cf->interval)))
			return OK;
	}
	if (stopped && !call->once)
		return OK;
	if (st == OK && isatty(STDERR_FILENO) == 1)
		say_note("%s has accepted the evidence", cf->verifier);
	return st;
}

/*
 * Descriptors 0 to 2 are there, and no others.  What was closed cannot be
 * written to: a report must not vanish without a word.
 */
static bool
settle_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd >= 0 && close_range(STDERR_FILENO + 1, ~0u, 0) == 0;
}

/* What was printed counts only when it was written. */
static enum status
printed(void)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return OK;
	return say(FILE_WRITE, "standard output: %s", strerror(errno));
}

static int
command(const struct command *cmd, int argc, char **argv)
{
	struct call *call = calloc(1, sizeof(*call));
	enum status st = NO_MEMORY;

	if (call == NULL)
		goto out;
	if ((st = parse_options(cmd, argc, argv, call)) != OK)
		goto out;
	if (call->help) {
		print_help(cmd);
		st = printed();
		goto out;
	}
	if ((st = settle_config(call)) != OK)
		goto out;
	st = cmd->run(call);
out:
	free(call);
	return status_exit(st);
}

int
main(int argc, char **argv)
{
	const char *word = argc < 2 ? "" : argv[1];

	if (!settle_descriptors())
		return status_exit(
		    say(INTERNAL, "descriptors: %s", strerror(errno)));
	/* Who reads no more, and a limit on files, are errors like others. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		print_overview(stdout);
		return status_exit(printed());
	}
	if (strcmp(word, "--version") == 0) {
		(void)printf("assay-agent %s\n", ASSAY_VERSION);
		return status_exit(printed());
	}
	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(word, commands[i].name) == 0)
			return command(&commands[i], argc - 1, argv + 1);
	if (word[0] != '\0')
		(void)say(USAGE, "\"%s\" is no command", word);
	print_overview(stderr);
	return status_exit(USAGE);
}
