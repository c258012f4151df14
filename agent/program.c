/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "url.h"

enum { KEY_OPTION = 256, OPTIONS_MAX = 32 };

static void
print_overview(const struct program *p, FILE *out)
{
	(void)fprintf(out, "usage: %s COMMAND [OPTION]...\n\n",
	    p->name);
	for (size_t i = 0; i < p->command_count; i++)
		(void)fprintf(out, "  %-9s %s\n", p->commands[i].name,
		    p->commands[i].help);
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
print_help(const struct program *p, const struct program_command *cmd)
{
	size_t n;
	const struct config_key *keys = config_keys(&n);

	(void)printf("usage: %s%s%s [OPTION]...\n\n%s\n\n", p->name,
	    cmd->name == NULL ? "" : " ", cmd->name == NULL ? "" : cmd->name,
	    cmd->help);
	for (size_t i = 0; i < p->option_count; i++)
		if ((p->options[i].commands & cmd->bit) != 0)
			print_option(p->options[i].name, p->options[i].hint,
			    p->options[i].help);
	(void)printf("\nSettings, also keys of the configuration file:\n");
	for (size_t i = 0; i < n; i++) {
		print_option(keys[i].name, keys[i].hint, keys[i].help);
		if (keys[i].value[0] != '\0')
			(void)printf("  %-28s default %s\n", "", keys[i].value);
	}
}

/* The options of CMD and every key, as getopt_long wants them. */
static void
build_options(const struct program *p, const struct program_command *cmd,
    struct option *out)
{
	size_t n, at = 0;
	const struct config_key *keys = config_keys(&n);

	for (size_t i = 0; i < p->option_count; i++)
		if ((p->options[i].commands & cmd->bit) != 0)
			out[at++] = (struct option){p->options[i].name,
			    p->options[i].hint == NULL ? no_argument
			                               : required_argument,
			    NULL, p->options[i].letter};
	for (size_t i = 0; i < n; i++)
		out[at++] = (struct option){
		    keys[i].name, required_argument, NULL, KEY_OPTION};
	out[at] = (struct option){0};
}

/* Keep one option; USAGE when there are too many. */
static enum status
take_option(const struct program *p, const struct program_command *cmd,
    struct call *call, int id, const char *name)
{
	size_t i = 0;
	char *at;

	if (id == KEY_OPTION) {
		if (call->set == CALL_KEYS_MAX)
			return say(USAGE, "too many options");
		call->key[call->set] = name;
		call->value[call->set++] = optarg;
		return OK;
	}
	while (i < p->option_count && (p->options[i].letter != id ||
	                               (p->options[i].commands & cmd->bit) == 0))
		i++;
	if (i == p->option_count) /* for '?', getopt_long has said why */
		return id == 'o' ? say(USAGE, "-o is no option here") : USAGE;
	at = (char *)call + p->options[i].at;
	if (p->options[i].hint == NULL)
		*(bool *)at = true;
	else
		memcpy(at, &optarg, sizeof(optarg));
	return OK;
}

static enum status
parse_options(const struct program *p, const struct program_command *cmd,
    int argc, char **argv, struct call *call)
{
	struct option longs[OPTIONS_MAX + CALL_KEYS_MAX + 1];
	int id, index = 0;

	build_options(p, cmd, longs);
	while ((id = getopt_long(argc, argv, "ho:", longs, &index)) != -1)
		if (take_option(p, cmd, call, id, longs[index].name) != OK)
			return USAGE;
	if (optind < argc)
		return say(USAGE,
		    "\"%s\" is no option; see %s%s%s --help", argv[optind],
		    p->name, cmd->name == NULL ? "" : " ",
		    cmd->name == NULL ? "" : cmd->name);
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

/* What only an operator can mend ends the program at once. */
enum status
program_check_verifier(const struct config *cf)
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
command(const struct program *p, const struct program_command *cmd, int argc,
    char **argv)
{
	struct call *call = calloc(1, p->call_size);
	enum status st = NO_MEMORY;

	if (call == NULL)
		goto out;
	if (cmd->bit == 0) {
		st = cmd->run(call);
		goto out;
	}
	if ((st = parse_options(p, cmd, argc, argv, call)) != OK)
		goto out;
	if (call->help) {
		print_help(p, cmd);
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
program_main(const struct program *p, int argc, char **argv)
{
	const char *word = argc < 2 ? "" : argv[1];

	if (!settle_descriptors())
		return status_exit(
		    say(INTERNAL, "descriptors: %s", strerror(errno)));
	/* Who reads no more, and a limit on files, are errors like others. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	if (strcmp(word, "--version") == 0) {
		(void)printf("%s %s\n", p->name, ASSAY_VERSION);
		return status_exit(printed());
	}
	if (p->commands[0].name == NULL)
		return command(p, &p->commands[0], argc, argv);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		print_overview(p, stdout);
		return status_exit(printed());
	}
	for (size_t i = 0; i < p->command_count; i++)
		if (strcmp(word, p->commands[i].name) == 0)
			return command(p, &p->commands[i], argc - 1, argv + 1);
	if (word[0] != '\0')
		(void)say(USAGE, "\"%s\" is no command", word);
	print_overview(p, stderr);
	return status_exit(USAGE);
}
