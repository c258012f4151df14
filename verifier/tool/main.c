/* SPDX-License-Identifier: Apache-2.0 */
/* assay: the auditor's tool.  Everything it judges is judged by libassay. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct command *const commands[] = {
    &command_verify,
    &command_show,
    &command_classify,
    &command_check_quote,
    &command_check_gpu,
    &command_check_switch,
    &command_check_spdm,
    &command_check_eventlog,
    &command_check_ima,
    &command_policy_learn,
    &command_check_ek,
    &command_check_iak,
    &command_check_platform,
    &command_anchors_list,
    &command_anchors_check,
    &command_anchors_add,
    &command_tables_show,
    &command_tables_verify,
    &command_tables_sign,
    &command_tables_key,
    &command_inventory_list,
    &command_inventory_sign,
    &command_inventory_check,
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: assay COMMAND [OPTION]... [FILE]...\n\n"
		    "Appraise attestation evidence of accelerator hosts, "
		    "offline.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-9s %-8s %s\n", commands[i]->words[0],
		    commands[i]->words[1] ? commands[i]->words[1] : "",
		    commands[i]->summary);
	fprintf(to,
	    "\nassay COMMAND --help tells more; assay --version.\n"
	    "exit: 0 affirming, 1 contraindicated, 2 warning, 3 no verdict,\n"
	    "      64 usage, 65 malformed input, 70 internal, 74 input/output,"
	    "\n      77 permission\n");
}

/* The command that ARGV[1...] names, and how many words it took. */
static const struct command *
find(int argc, char **argv, int *words)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = commands[i];

		*words = c->words[1] != NULL ? 2 : 1;
		if (argc > *words && strcmp(argv[1], c->words[0]) == 0 &&
		    (*words == 1 || strcmp(argv[2], c->words[1]) == 0))
			return c;
	}
	return NULL;
}

static int
wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return 0;
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return 1;
	}
	return 0;
}

/* What was printed counts only when it was written. */
static int
printed(void)
{
	struct fault fault;

	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return 0;
	return fault_print(&fault,
	    fault_set(&fault, FILE_WRITE, "standard output: %s",
		strerror(errno)));
}

int
main(int argc, char **argv)
{
	const struct command *c;
	int words = 1;

	/* A limit on the size of files is an error like any other. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("assay %s\n", ASSAY_VERSION);
		return printed();
	}
	if (argc >= 2 && (strcmp(argv[1], "--help") == 0 ||
			     strcmp(argv[1], "help") == 0)) {
		print_usage(stdout);
		return printed();
	}
	if ((c = find(argc, argv, &words)) == NULL) {
		if (argc > 1)
			usage_error("no command '%.40s'; try assay --help",
			    argv[1]);
		else
			print_usage(stderr);
		return 64;
	}
	if (wants_help(argc - words, argv + words)) {
		fputs(c->help, stdout);
		return printed();
	}
	return c->run(argc - words, argv + words);
}
