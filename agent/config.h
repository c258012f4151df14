/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * Settings: one table of keys in config.c.  Each key stands in the INI file
 * under its name and is a long option of the same name.
 */
#ifndef ASSAY_CONFIG_H
#define ASSAY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define CONFIG_DEFAULT_FILE "/etc/assay/agent.conf"
enum { CONFIG_TEXT_MAX = 256, CONFIG_ERROR_MAX = 256, CONFIG_FILE_MAX = 65536 };

struct config {
	char platform[CONFIG_TEXT_MAX];
	char tpm[CONFIG_TEXT_MAX];
	char pcrs[CONFIG_TEXT_MAX];
	char eventlog[CONFIG_TEXT_MAX];
	bool send_eventlog;
	char ima[CONFIG_TEXT_MAX];
	bool send_ima;
	bool require_sandbox;
	char verifier[CONFIG_TEXT_MAX];
	char ca_file[CONFIG_TEXT_MAX];
	uint64_t timeout;        /* seconds for one report, network included */
	uint64_t device_timeout; /* seconds for one device */
	uint64_t interval;       /* seconds between reports */
	char state[CONFIG_TEXT_MAX];
	unsigned given; /* bit i: key i was set, in the file or as option */
};

enum config_type { CONFIG_TEXT, CONFIG_BOOL, CONFIG_NUMBER };

struct config_key {
	const char *name;
	enum config_type type;
	size_t offset;
	uint64_t min, max; /* of a number */
	const char *value; /* the default */
	const char *hint;  /* the kind of value, for --help */
	const char *help;
};

const struct config_key *config_keys(size_t *count);

/* Everything at its default. */
void config_defaults(struct config *c);

/*
 * Set one key.  CONFIG_KEY when there is none of that name, CONFIG_VALUE when
 * the value is not understood; ERROR then has what would be.
 */
enum status config_set(struct config *c, const char *name, const char *value,
    char error[CONFIG_ERROR_MAX]);

/*
 * Read an INI file: keys at the top or under [agent], each at most once.
 * FILE_MISSING and other codes; ERROR has one line naming file and line.
 */
enum status config_load(
    struct config *c, const char *path, char error[CONFIG_ERROR_MAX]);

/* Was the key set by anyone? */
bool config_given(const struct config *c, const char *name);

#endif
