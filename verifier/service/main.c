/* SPDX-License-Identifier: Apache-2.0 */
/* assay-verifier: the service that appraises evidence and keeps the record. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct command {
	const char *words[2];
	enum config_command kind;
	int (*run)(const struct config *config);
	const char *help;
} commands[] = {
    {{"serve", NULL}, FOR_SERVE, command_serve,
        "answer challenge-response sessions over HTTP"},
    {{"enroll", "list"}, FOR_ENROL, command_list,
        "show the keys that were seen or decided about"},
    {{"enroll", "approve"}, FOR_ENROL, command_approve,
        "accept an attestation key by its exact name"},
    {{"enroll", "reject"}, FOR_ENROL, command_reject,
        "refuse an attestation key by its exact name"},
    {{"devices", "list"}, FOR_DEVICES, command_devices,
        "show the devices that signed for hosts: [HOST]"},
    {{"devices", "accept"}, FOR_ACCEPT, command_accept,
        "say that a device's place is right: HOST IDENTITY, or HOST --all"},
    {{"export", NULL}, FOR_EXPORT, command_export,
        "write an archived evidence bundle to a file"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
print_usage(FILE *out)
{
	fprintf(out, "usage: assay-verifier COMMAND [OPTION]...\n\n"
	             "Appraises the evidence of accelerator hosts and keeps "
	             "the record.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-7s %-8s  %s\n", commands[i].words[0],
		    commands[i].words[1] == NULL ? "" : commands[i].words[1],
		    commands[i].help);
	fprintf(out, "\nassay-verifier COMMAND --help shows its options; "
	             "--version the version.\n");
}

/* The command that ARGV names; USED is how many words that took. */
static const struct command *
find(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = &commands[i];

		*used = c->words[1] == NULL ? 1 : 2;
		if (argc > *used && strcmp(argv[1], c->words[0]) == 0 &&
		    (*used == 1 || strcmp(argv[2], c->words[1]) == 0))
			return c;
	}
	return NULL;
}

/* What was printed counts only when it was written. */
static int
printed(void)
{
	struct fault fault = {0};

	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return 0;
	return fault_print(&fault,
	    fault_set(&fault, FILE_WRITE, "standard output: %s",
	        strerror(errno)));
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct fault fault = {0};
	struct config config;
	enum status st;
	int rc;

	st = config_load(argc, argv, command->kind, &config, &fault);
	if (st != OK)
		return fault_print(&fault, st);
	if (config.help) {
		printf("usage: assay-verifier %s%s%s [OPTION]...\n\n%s:\n\n",
		    command->words[0], command->words[1] == NULL ? "" : " ",
		    command->words[1] == NULL ? "" : command->words[1],
		    command->help);
		config_help(command->kind, stdout);
		return printed();
	}
	/* Nobody need read what the service says about itself. */
	rc = command->run(&config);
	return rc == 0 && command->kind != FOR_SERVE ? printed() : rc;
}

int
main(int argc, char **argv)
{
	const struct command *command;
	int used;

	/* A limit on the size of files is an error like any other. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (argc > 1 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		print_usage(stdout);
		return printed();
	}
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		printf("assay-verifier %s\n", ASSAY_VERSION);
		return printed();
	}
	if ((command = find(argc, argv, &used)) == NULL) {
		struct fault fault = {0};

		return fault_print(&fault,
		    fault_set(&fault, USAGE, "%s; see --help",
		        argc > 1 ? "no such command" : "name a command"));
	}
	return run(command, argc - used, argv + used);
}
