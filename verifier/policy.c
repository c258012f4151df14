/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { KIND_NAME, KIND_BOOL, KIND_PCRS, KIND_DIGESTS, KIND_NEEDED,
	KIND_FLOORS };

/* Every key: its type and where it goes.  Defaults are in policy_parse. */
static const struct {
	const char *key;
	enum kind kind;
	size_t offset;
} keys[] = {
    {"name", KIND_NAME, offsetof(struct policy, name)},
    {"required-pcrs", KIND_PCRS, offsetof(struct policy, required_pcrs)},
    {"require-eventlog", KIND_BOOL,
	offsetof(struct policy, require_eventlog)},
    {"require-device-signed", KIND_BOOL,
	offsetof(struct policy, require_device_signed)},
    {"allow-software-tpm", KIND_BOOL,
	offsetof(struct policy, allow_software_tpm)},
    {"allow-simulated", KIND_BOOL, offsetof(struct policy, allow_simulated)},
    {"allow-pinned", KIND_BOOL, offsetof(struct policy, allow_pinned)},
    {"allow-backdated-references", KIND_BOOL,
	offsetof(struct policy, allow_backdated)},
    {"allow-ima-violations", KIND_BOOL,
	offsetof(struct policy, allow_ima_violations)},
    {"require-class", KIND_BOOL, offsetof(struct policy, require_class)},
    {"trust-tables", KIND_DIGESTS, offsetof(struct policy, table_keys)},
    {"trust-inventory", KIND_DIGESTS,
	offsetof(struct policy, inventory_keys)},
    {"agents", KIND_DIGESTS, offsetof(struct policy, agents)},
    {"tables-needed", KIND_NEEDED, offsetof(struct policy, tables_needed)},
    {"table-versions", KIND_FLOORS, 0},
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

struct parse {
	struct policy *policy;
	bool seen[KEYS];
	enum status st;
	char *error;
	size_t cap;
};

static int
refuse(struct parse *p, enum status st, const char *what, const char *key)
{
	p->st = st;
	snprintf(p->error, p->cap, "policy: %.64s: %s", key, what);
	return 0;
}

/* The first word of a list, without the comma and spaces behind it. */
static struct bytes
next_word(const char **list)
{
	size_t n = strcspn(*list, ", ");
	struct bytes word = bytes_view(*list, n);

	*list += n;
	*list += strspn(*list, ", ");
	return word;
}

bool
digest_list_has(const struct digest_list *l, struct bytes digest)
{
	for (size_t i = 0; i < l->n; i++)
		if (bytes_eq(digest_view(&l->d[i]), digest))
			return true;
	return false;
}

/* SHA-256 in hexadecimal digits, each once. */
static bool
set_digests(struct digest_list *known, const char *list)
{
	while (*list != '\0') {
		struct bytes word = next_word(&list);
		struct digest d = {.n = hash_size(HASH_SHA256)};

		if (known->n == POLICY_DIGESTS_MAX ||
		    bytes_from_hex((const char *)word.p, word.n, d.b, d.n) !=
			(ptrdiff_t)d.n ||
		    digest_list_has(known, digest_view(&d)))
			return false;
		known->d[known->n++] = d;
	}
	return known->n > 0;
}

/* A whole number from 1 to 999999999, or 0 for anything else. */
static uint64_t
read_count(struct bytes text)
{
	uint64_t v = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.n > 9 || text.p[i] < '0' || text.p[i] > '9')
			return 0;
		v = v * 10 + (text.p[i] - '0');
	}
	return v;
}

/* NAME:VERSION, and more of them. */
static bool
set_floors(struct policy *policy, const char *list)
{
	while (*list != '\0') {
		struct table_floor *f =
		    &policy->table_floor[policy->table_floors];
		struct bytes word = next_word(&list);
		size_t n = 0;

		while (n < word.n && word.p[n] != ':')
			n++;
		if (policy->table_floors == POLICY_TABLE_FLOORS || n == 0 ||
		    n >= word.n || n >= sizeof(f->id))
			return false;
		memcpy(f->id, word.p, n);
		f->version = read_count(
		    bytes_sub(word, n + 1, word.n - n - 1));
		if (f->version == 0)
			return false;
		policy->table_floors++;
	}
	return policy->table_floors > 0;
}

static bool
set_value(struct policy *policy, size_t i, const char *value)
{
	char *at = (char *)policy + keys[i].offset;

	switch (keys[i].kind) {
	case KIND_NAME:
		if (strlen(value) >= POLICY_NAME_MAX || *value == '\0')
			return false;
		strcpy(at, value);
		return true;
	case KIND_BOOL:
		*(bool *)at = strcmp(value, "yes") == 0;
		return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
	case KIND_PCRS:
		return selection_from_text(bytes_str(value),
			   (struct pcr_selection *)(void *)at) == OK;
	case KIND_DIGESTS:
		return set_digests(
		    (struct digest_list *)(void *)at, value);
	case KIND_NEEDED:
		policy->tables_needed =
		    (unsigned)read_count(bytes_str(value));
		return policy->tables_needed > 0;
	case KIND_FLOORS:
		return set_floors(policy, value);
	}
	return false;
}

static int
on_key(void *user, const char *section, const char *key, const char *value)
{
	struct parse *p = user;
	size_t i;

	if (strcmp(section, "policy") != 0)
		return refuse(p, CONFIG_KEY, "not in section [policy]", key);
	for (i = 0; i < KEYS && strcmp(keys[i].key, key) != 0; i++)
		;
	if (i == KEYS)
		return refuse(
		    p, CONFIG_KEY, "unknown key, see assay-policy(5)", key);
	/* A line holds two digests, so there may be more lines. */
	if (p->seen[i] && keys[i].kind != KIND_DIGESTS)
		return refuse(p, CONFIG_KEY, "given twice", key);
	p->seen[i] = true;
	if (!set_value(p->policy, i, value))
		return refuse(p, CONFIG_VALUE,
		    "value not understood, see assay-policy(5)", key);
	return 1;
}

/*
 * inih cuts a line that is longer than its buffer in two and reads the rest,
 * be it of a comment, as a line of its own.
 */
static bool
lines_fit(struct bytes text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		n = text.p[i] == '\n' ? 0 : n + 1;
		if (n > POLICY_LINE_MAX)
			return false;
	}
	return true;
}

enum status
policy_parse(struct bytes text, struct policy *out, char *error, size_t cap)
{
	struct parse p = {
	    .policy = out, .st = OK, .error = error, .cap = cap};
	char *copy = NULL;
	int line;

	*out = (struct policy){
	    .name = "unnamed",
	    .require_eventlog = true,
	    .require_device_signed = true,
	    .require_class = true,
	};
	selection_from_text(
	    BYTES_LIT("sha256:0,1,2,3,4,5,6,7,8,9,11,14"),
	    &out->required_pcrs);
	if (text.n == 0 || text.n > POLICY_MAX || !bytes_is_text(text)) {
		snprintf(error, cap, "policy: not a text of 1 byte to 64 KiB");
		return POLICY_MALFORMED;
	}

	if (!lines_fit(text)) {
		snprintf(error, cap, "policy: a line is longer than %d bytes",
		    POLICY_LINE_MAX);
		return POLICY_MALFORMED;
	}
	if ((copy = strndup((const char *)text.p, text.n)) == NULL)
		return NO_MEMORY;
	line = ini_parse_string(copy, on_key, &p);
	free(copy);
	if (p.st != OK)
		return p.st;
	if (line != 0) {
		snprintf(error, cap, "policy: line %d is not \"key = value\"",
		    line);
		return POLICY_MALFORMED;
	}
	/* Unless it says otherwise every signer must have signed. */
	if (out->tables_needed == 0)
		out->tables_needed = (unsigned)out->table_keys.n;
	if (out->tables_needed > out->table_keys.n) {
		snprintf(error, cap, "policy: tables-needed: more than the "
				     "signers in trust-tables");
		return CONFIG_VALUE;
	}
	return hash_one(HASH_SHA256, text, &out->digest);
}
