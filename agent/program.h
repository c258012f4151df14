/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * What programs of the agent share before they do their work: commands and
 * options as tables, help, settings, and a safe start.
 */
#ifndef ASSAY_PROGRAM_H
#define ASSAY_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "status.h"

enum { CALL_KEYS_MAX = 32 };

/* What the command line said; each program's own struct begins with it. */
struct call {
	struct config config;
	const char *config_file; /* NULL: the default one, if it is there */
	const char *key[CALL_KEYS_MAX], *value[CALL_KEYS_MAX];
	size_t set;
	bool help;
};

/*
 * An option of the COMMANDS whose bits are set, by a letter that is an option
 * of its own where it stands in the string for getopt_long.  Its value goes
 * to offset AT of the program's struct.  Keys of the configuration follow.
 */
struct program_option {
	const char *name;
	const char *hint; /* NULL: no value, there is a bool at its place */
	int letter;
	size_t at;
	unsigned commands;
	const char *help;
};

/*
 * CALL is the program's own struct.  A name of NULL: the only command; no
 * bit: its options are not looked at.
 */
struct program_command {
	const char *name;
	enum status (*run)(void *call);
	unsigned bit;
	const char *help;
};

struct program {
	const char *name;
	size_t call_size;
	const struct program_option *options;
	size_t option_count;
	const struct program_command *commands;
	size_t command_count;
};

#define PROGRAM_OPTIONS(bits)                                                  \
	{"config", "FILE", 'c', offsetof(struct call, config_file), bits,      \
	    "settings; default " CONFIG_DEFAULT_FILE},                         \
	{"help", NULL, 'h', offsetof(struct call, help), bits, "this text"}

/* All of main: the exit status. */
int program_main(const struct program *p, int argc, char **argv);

/* The verifier that the settings name is one, or what is wrong is said. */
enum status program_check_verifier(const struct config *cf);

#endif
