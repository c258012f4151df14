/* SPDX-License-Identifier: Apache-2.0 */
/* assay-verifier enroll list, approve, reject */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"

static const char *
word_of(enum assay_enrolment enrolment)
{
	switch (enrolment) {
	case ASSAY_PINNED:
		return "pinned";
	case ASSAY_REJECTED:
		return "rejected";
	case ASSAY_ENROLLED:
		return "enrolled";
	case ASSAY_NOT_ENROLLED:
		break;
	}
	return "not enrolled";
}

/* The state of a key in one word. */
static const char *
state_of(const struct key_seen *key)
{
	return key->pending ? "pending" : word_of(key->enrolment);
}

/* A key as both forms of the list show it. */
struct line {
	char name[2 * ASSAY_NAME_MAX + 1];
	char seen[TIME_LEN + 1]; /* "never" */
	bool stale; /* the last verdict is too old to count */
	const char *verdict;
};

/* A list on its way out. */
struct listing {
	size_t count;
	json_t *list;
	int64_t fresh; /* verdicts from then on count */
};

static void
line_of(
    const struct listing *to, const struct key_seen *key, struct line *out)
{
	text_to_hex(key->name, key->name_len, out->name);
	if (key->last_seen == 0)
		(void)snprintf(out->seen, sizeof(out->seen), "never");
	else
		text_to_time(key->last_seen, out->seen);
	out->verdict = key->last_verdict == NULL ? "-" : key->last_verdict;
	out->stale = key->last_seen != 0 && key->last_seen < to->fresh;
}

static void
print_key(void *arg, const struct key_seen *key)
{
	struct listing *to = arg;
	struct line line;

	if (to->count++ == 0)
		printf("%-12s  %-20s  %-15s  %10s  %s\n", "STATE", "LAST SEEN",
		    "LAST VERDICT", "APPRAISALS", "AK NAME");
	line_of(to, key, &line);
	printf("%-12s  %-20s  %-15s  %10lld  %s\n", state_of(key),
	    line.seen, line.stale ? "stale" : line.verdict,
	    (long long)key->appraisals, line.name);
}

static void
collect_key(void *arg, const struct key_seen *key)
{
	struct listing *to = arg;
	json_t *shown = NULL;
	struct line line;

	line_of(to, key, &line);
	if (key->detail != NULL)
		shown = json_loads(key->detail, 0, NULL);
	if (shown == NULL)
		shown = json_null();
	(void)json_array_append_new(to->list,
	    json_pack("{s:s, s:s, s:o, s:o, s:o, s:b, s:I}", "ak_name", line.name,
	        "state", state_of(key), "shown", shown, "last_seen",
	        key->last_seen == 0 ? json_null() : json_string(line.seen),
	        "last_verdict",
	        key->last_verdict == NULL ? json_null()
	                                  : json_string(line.verdict),
	        "stale", line.stale,
	        "appraisals", (json_int_t)key->appraisals));
}

enum status
command_print(json_t *data, struct fault *fault)
{
	json_t *root = json_pack("{s:i, s:s, s:i, s:[], s:[], s:o}", "schema",
	    1, "verdict", "none", "exit", 0, "reasons", "not_checked", "data",
	    data);
	char *text = root == NULL ? NULL : json_dumps(root, JSON_INDENT(1));

	json_decref(root);
	if (text == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	printf("%s\n", text);
	free(text);
	return OK;
}

int
command_list(const struct config *config)
{
	struct store *store = NULL;
	struct fault fault = {0};
	struct listing to = {.list = json_array(),
	    .fresh = (int64_t)time(NULL) - config->stale_after};
	enum status st;

	st = store_open(
	    config->store, STORE_READ, &store_limits, &store, &fault);
	if (st != OK)
		goto out;
	if (config->json)
		st = store_keys(store, collect_key, &to);
	else
		st = store_keys(store, print_key, &to);
	if (st != OK) {
		fault = *store_fault(store);
		goto out;
	}
	if (config->json)
		st = command_print(
		    json_pack("{s:O}", "hosts", to.list), &fault);
	else if (to.count == 0)
		printf("no key was seen or decided about yet\n");
out:
	json_decref(to.list);
	store_close(store);
	return st == OK ? 0 : fault_print(&fault, st);
}

/*
 * A TPM Name is the identifier of a hash and a digest (Part 1, 16): SHA-256
 * is 000b and 34 bytes, SHA-384 000c and 50.
 */
enum status
command_name(const char *what, const char *hex, uint8_t name[ASSAY_NAME_MAX],
    size_t *len, struct fault *fault)
{
	size_t n;

	if (hex[0] == '\0')
		return fault_set(fault, USAGE,
		    "name the key: %s HEX, as \"enroll list\" shows it", what);
	n = text_from_hex(hex, name, ASSAY_NAME_MAX);
	if ((n != 34 || name[0] != 0 || name[1] != 0x0b) &&
	    (n != 50 || name[0] != 0 || name[1] != 0x0c))
		return fault_set(fault, TEXT_MALFORMED,
		    "%s: not a TPM Name; 68 hexadecimal digits that begin with "
		    "000b, or 100 with 000c",
		    what);
	*len = n;
	return OK;
}

/* A key whose TPM has shown it is enrolled, any other is pinned. */
static enum status
settle(struct store *store, const uint8_t *name, size_t len,
    enum assay_enrolment *decision)
{
	struct enrolment e;
	enum status st;

	if (*decision == ASSAY_REJECTED)
		return OK;
	st = store_enrolment_get(store, name, len, &e);
	*decision = st == OK ? ASSAY_ENROLLED : ASSAY_PINNED;
	return st == ENROLMENT_UNKNOWN ? OK : st;
}

static int
decide(const struct config *config, enum assay_enrolment decision)
{
	uint8_t name[ASSAY_NAME_MAX];
	struct store *store = NULL;
	struct fault fault = {0};
	bool changed = false;
	enum status st;
	size_t len = 0;

	if ((st = command_name("--ak-name", config->ak_name, name,
                &len, &fault)) != OK)
		goto out;
	st = store_open(
	    config->store, STORE_WRITE, &store_limits, &store, &fault);
	if (st != OK)
		goto out;
	st = settle(store, name, len, &decision);
	if (st == OK)
		st = store_host_decide(store, name, len, decision,
		    (int64_t)time(NULL), &changed);
	if (st != OK) {
		fault = *store_fault(store);
		goto out;
	}
	if (config->json)
		st = command_print(
		    json_pack("{s:s, s:s, s:b}", "ak_name", config->ak_name,
		        "state", word_of(decision), "changed", changed),
		    &fault);
	else
		printf("%s %s%s\n", config->ak_name, word_of(decision),
		    changed ? "" : " already");
out:
	store_close(store);
	return st == OK ? 0 : fault_print(&fault, st);
}

int
command_approve(const struct config *config)
{
	return decide(config, ASSAY_PINNED);
}

int
command_reject(const struct config *config)
{
	return decide(config, ASSAY_REJECTED);
}
