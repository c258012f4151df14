/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

#define AT(member) offsetof(struct config, member)

static const struct config_key keys[] = {
    {"platform", CONFIG_TEXT, AT(platform), 0, 0, "auto", "NAME[:ARGUMENT]",
        "where accelerators are found"},
    {"tpm", CONFIG_TEXT, AT(tpm), 0, 0, "device:/dev/tpmrm0", "TCTI",
        "the TPM, device:PATH or swtpm:..."},
    {"pcrs", CONFIG_TEXT, AT(pcrs), 0, 0,
        "sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", "BANK:LIST",
        "PCRs to be quoted"},
    {"eventlog", CONFIG_TEXT, AT(eventlog), 0, 0,
        "/sys/kernel/security/tpm0/binary_bios_measurements", "FILE",
        "the firmware's boot log"},
    {"send-eventlog", CONFIG_BOOL, AT(send_eventlog), 0, 0, "yes", "yes|no",
        "whether the boot log leaves this host"},
    {"ima", CONFIG_TEXT, AT(ima), 0, 0,
        "/sys/kernel/security/ima/binary_runtime_measurements", "FILE",
        "the kernel's list of measured files"},
    {"send-ima", CONFIG_BOOL, AT(send_ima), 0, 0, "no", "yes|no",
        "whether it, with the names of files, leaves this host"},
    {"verifier", CONFIG_TEXT, AT(verifier), 0, 0, "", "URL",
        "where evidence is sent, http or https"},
    {"ca-file", CONFIG_TEXT, AT(ca_file), 0, 0,
        "/etc/ssl/certs/ca-certificates.crt", "FILE",
        "certificates that may vouch for the verifier's"},
    {"timeout", CONFIG_NUMBER, AT(timeout), 1, 3600, "30", "SECONDS",
        "for one report, network included"},
    {"device-timeout", CONFIG_NUMBER, AT(device_timeout), 1, 600, "10",
        "SECONDS", "for the answer of one device"},
    {"interval", CONFIG_NUMBER, AT(interval), 1, 604800, "300", "SECONDS",
        "between two reports of run"},
    {"require-sandbox", CONFIG_BOOL, AT(require_sandbox), 0, 0, "yes",
        "yes|no", "whether to do nothing where it cannot be enforced"},
    {"state", CONFIG_TEXT, AT(state), 0, 0, "/var/lib/assay/agent/state",
        "FILE", "counter and digest of the last report of run"},
};

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

const struct config_key *
config_keys(size_t *count)
{
	*count = KEY_COUNT;
	return keys;
}

static size_t
find_key(const char *name)
{
	size_t i = 0;

	while (i < KEY_COUNT && strcmp(keys[i].name, name) != 0)
		i++;
	return i;
}

bool
config_given(const struct config *c, const char *name)
{
	size_t i = find_key(name);

	return i < KEY_COUNT && (c->given >> i & 1) != 0;
}

static bool
parse_bool(const char *s, bool *out)
{
	bool yes = strcmp(s, "yes") == 0;

	if (!yes && strcmp(s, "no") != 0)
		return false;
	*out = yes;
	return true;
}

/* Put VALUE where the key has its place; false when it does not fit. */
static bool
key_store(struct config *c, const struct config_key *k, const char *value)
{
	char *at = (char *)c + k->offset;
	uint64_t number;
	bool truth;

	switch (k->type) {
	case CONFIG_TEXT:
		if (strlen(value) >= CONFIG_TEXT_MAX)
			return false;
		memcpy(at, value, strlen(value) + 1);
		return true;
	case CONFIG_NUMBER:
		if (!bytes_to_number(bytes_str(value), 10, 9, &number) ||
		    number < k->min || number > k->max)
			return false;
		memcpy(at, &number, sizeof(number));
		return true;
	case CONFIG_BOOL:
		if (!parse_bool(value, &truth))
			return false;
		memcpy(at, &truth, sizeof(truth));
		return true;
	}
	return false;
}

void
config_defaults(struct config *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < KEY_COUNT; i++)
		(void)key_store(c, &keys[i], keys[i].value);
}

enum status
config_set(struct config *c, const char *name, const char *value,
    char error[CONFIG_ERROR_MAX])
{
	size_t i = find_key(name);
	const struct config_key *k = &keys[i];

	if (i == KEY_COUNT) {
		(void)snprintf(error, CONFIG_ERROR_MAX,
		    "\"%.60s\" is no key; --help lists them", name);
		return CONFIG_KEY;
	}
	if (!key_store(c, k, value)) {
		if (k->type == CONFIG_NUMBER)
			(void)snprintf(error, CONFIG_ERROR_MAX,
			    "%s = \"%.60s\": a number from %llu to %llu", name,
			    value, (unsigned long long)k->min,
			    (unsigned long long)k->max);
		else
			(void)snprintf(error, CONFIG_ERROR_MAX,
			    "%s = \"%.60s\": %s", name, value,
			    k->type == CONFIG_BOOL ? "yes or no"
			                           : "text is too long");
		return CONFIG_VALUE;
	}
	c->given |= 1u << i;
	return OK;
}

/* What the callbacks of inih share. */
struct loading {
	struct config *c;
	FILE *f;
	unsigned line;
	unsigned seen;
	bool broken;
	enum status st;
	char error[CONFIG_ERROR_MAX];
};

/*
 * One line, as fgets; inih would cut a long one in two and take the rest for
 * another line, and pass over what follows a NUL, so either stops the reading.
 */
static char *
next_line(char *s, int size, void *arg)
{
	struct loading *l = arg;
	size_t n;

	if (l->broken || fgets(s, size, l->f) == NULL)
		return NULL;
	l->line++;
	n = strlen(s);
	if (n == 0 || (s[n - 1] != '\n' && feof(l->f) == 0))
		l->broken = true;
	return l->broken ? NULL : s;
}

/* Returns 0 to stop, 1 to go on, as inih wants it. */
static int
on_key(void *arg, const char *section, const char *name, const char *value)
{
	struct loading *l = arg;
	size_t i = find_key(name);

	if (l->st != OK)
		return 0;
	if (section[0] != '\0' && strcmp(section, "agent") != 0) {
		(void)snprintf(l->error, sizeof(l->error),
		    "section [%.40s] is none of this file's", section);
		l->st = CONFIG_KEY;
	} else if (i < KEY_COUNT && (l->seen >> i & 1) != 0) {
		(void)snprintf(l->error, sizeof(l->error),
		    "%s is set a second time", name);
		l->st = CONFIG_VALUE;
	} else {
		l->st = config_set(
		    l->c, name, value == NULL ? "" : value, l->error);
	}
	if (i < KEY_COUNT)
		l->seen |= 1u << i;
	return l->st == OK;
}

/* A regular file of sane size, or a reason. */
static enum status
open_file(const char *path, FILE **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat sb;
	enum status st = FILE_READ;

	if (fd < 0 && errno == ENOENT)
		return FILE_MISSING;
	if (fd < 0)
		return errno == EACCES ? PERMISSION : FILE_READ;
	if (fstat(fd, &sb) != 0)
		goto out;
	if (!S_ISREG(sb.st_mode)) {
		st = FILE_NOT_REGULAR;
		goto out;
	}
	if (sb.st_size > CONFIG_FILE_MAX) {
		st = FILE_TOO_LARGE;
		goto out;
	}
	if ((*out = fdopen(fd, "r")) != NULL)
		return OK;
out:
	(void)close(fd);
	return st;
}

enum status
config_load(struct config *c, const char *path, char error[CONFIG_ERROR_MAX])
{
	struct loading l = {.c = c, .st = OK};
	enum status st;
	int at;

	if ((st = open_file(path, &l.f)) != OK) {
		(void)snprintf(error, CONFIG_ERROR_MAX, "%.120s: %s", path,
		    status_text(st));
		return st;
	}
	at = ini_parse_stream(next_line, &l, on_key, &l);
	st = l.st;
	if (st == OK && (at != 0 || l.broken || ferror(l.f) != 0)) {
		st = CONFIG_VALUE;
		(void)snprintf(l.error, sizeof(l.error),
		    l.broken ? "the line is too long or has a NUL"
		             : "not a line of the form key = value");
	}
	if (st != OK)
		(void)snprintf(error, CONFIG_ERROR_MAX, "%.100s:%u: %.140s",
		    path, at > 0 && l.st == OK ? (unsigned)at : l.line,
		    l.error);
	(void)fclose(l.f);
	return st;
}
