/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings and options: one table of keys in config.c.  What is a setting
 * stands in the INI file under its name and is a long option of the same
 * name, which goes before the file.
 */
#ifndef SERVICE_CONFIG_H
#define SERVICE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "appraiser.h"

#define CONFIG_FILE "/etc/assay/verifier.conf"
/* May be missing. */
#define TPM_ROOTS_USUAL "/etc/assay/tpm-roots"

enum { CONFIG_TEXT_MAX = 256 };

/* Commands that an option is for. */
enum config_command {
	FOR_SERVE = 1,
	FOR_ENROL = 2,
	FOR_EXPORT = 4,
	FOR_DEVICES = 8, /* words may stand among the options */
	FOR_ACCEPT = 16, /* likewise */
	FOR_ALL = 31,
};

enum { CONFIG_WORDS = 2 };

/* The values of a setting that may be repeated. */
struct config_list {
	char text[RESPONSES_MAX][CONFIG_TEXT_MAX];
	unsigned count;
};

struct config {
	char config[CONFIG_TEXT_MAX]; /* "" until one was named */

	/* Settings. */
	char store[CONFIG_TEXT_MAX];
	char listen[CONFIG_TEXT_MAX];
	bool allow_remote;
	char key[CONFIG_TEXT_MAX];
	char policy[CONFIG_TEXT_MAX]; /* "" for none, as are the next */
	char event_policy[CONFIG_TEXT_MAX];
	char tpm_firmware[CONFIG_TEXT_MAX];
	struct config_list anchor; /* at most ANCHORS_MAX */
	struct config_list inventory; /* at most LISTS_MAX */
	struct config_list crl;    /* at most LISTS_MAX */
	struct config_list ocsp;
	char tpm_roots[CONFIG_TEXT_MAX];
	char tpm_crls[CONFIG_TEXT_MAX]; /* "" for none */
	int64_t nonce_ttl;   /* seconds */
	int64_t enrolment_ttl;
	int64_t connections; /* at one time */
	int64_t stale_after; /* seconds */
	int64_t device_window; /* likewise */

	/* Options alone. */
	char port_file[CONFIG_TEXT_MAX];
	bool verbose;
	char ak_name[CONFIG_TEXT_MAX];
	char session[CONFIG_TEXT_MAX];
	bool last;
	char output[CONFIG_TEXT_MAX];
	bool json;
	bool all;
	bool help;

	/* What is no option, of commands that take it. */
	char word[CONFIG_WORDS][CONFIG_TEXT_MAX];
	unsigned words;
};

/*
 * Defaults, then the file, then the options ARGV[1..ARGC - 1] of COMMAND.
 * The usual file may be missing, one that was named may not.
 */
enum status config_load(int argc, char **argv, enum config_command command,
    struct config *out, struct fault *fault);

/* The options of COMMAND, a line each. */
void config_help(enum config_command command, FILE *out);

#endif
