/* SPDX-License-Identifier: Apache-2.0 */
#include "event_learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_describe.h"
#include "event_types.h"

enum {
	ENTRIES_MAX = 2048, /* events of one PCR, over all logs */
	ANY_FROM = 3,       /* as many hosts, each with a value of its own */
	/* What a pair of an entry and an event is worth. */
	SAME = 3,
	SAME_TYPE = 1,
};

/* One place in a PCR: what all logs so far have there. */
struct entry {
	uint32_t type;
	bool optional;
	struct bytes digest[LEARN_LOGS_MAX];
	size_t digests;
	struct event first; /* to describe it */
};

struct learn {
	const struct bytes *logs;
	size_t count;
	enum hash bank;
	struct writer *out;
	struct entry *entries; /* of the PCR at hand */
	size_t entry_count;
	struct entry *merged;
	struct event *events; /* of the log at hand */
	size_t event_count;
	uint16_t *score;
};

/* Does an event of this type hold no code, and lawfully differ? */
static bool
is_free(uint32_t type)
{
	const uint32_t types[] = {EV_PLATFORM_CONFIG_FLAGS,
	    EV_TABLE_OF_DEVICES, EV_NONHOST_CONFIG, EV_NONHOST_INFO,
	    EV_EFI_VARIABLE_BOOT, EV_EFI_VARIABLE_BOOT2, EV_EFI_GPT_EVENT,
	    EV_EFI_GPT_EVENT2, EV_EFI_HANDOFF_TABLES, EV_EFI_HANDOFF_TABLES2};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i] == type)
			return true;
	return false;
}

/* The events of one PCR in one log. */
static enum status
gather(struct learn *l, size_t log_number, unsigned pcr)
{
	struct eventlog log;
	struct event e;

	l->event_count = 0;
	eventlog_open(l->logs[log_number], &log);
	while (eventlog_next(&log, &e)) {
		if (!event_extends(&e) || e.pcr != pcr)
			continue;
		if (l->event_count == ENTRIES_MAX)
			return EVENT_LEARN_TOO_LARGE;
		l->events[l->event_count++] = e;
	}
	return OK;
}

static unsigned
worth(const struct learn *l, const struct entry *a, const struct event *e)
{
	struct bytes digest = event_digest(e, l->bank);

	if (a->type != e->type)
		return 0;
	for (size_t i = 0; i < a->digests; i++)
		if (bytes_eq(a->digest[i], digest))
			return SAME;
	return SAME_TYPE;
}

static void
add_digest(const struct learn *l, struct entry *a, const struct event *e)
{
	if (worth(l, a, e) != SAME)
		a->digest[a->digests++] = event_digest(e, l->bank);
}

static struct entry
new_entry(const struct learn *l, const struct event *e, bool optional)
{
	struct entry a = {.type = e->type, .optional = optional, .first = *e};

	add_digest(l, &a, e);
	return a;
}

/*
 * The best score of entries from I and events from J on, for every pair: an
 * alignment by what is the same, then by what has the same type.
 */
static void
fill_scores(struct learn *l)
{
	size_t wide = l->event_count + 1;

	for (size_t i = l->entry_count + 1; i-- > 0;)
		for (size_t j = wide; j-- > 0;) {
			uint16_t *at = &l->score[i * wide + j];
			unsigned w, skip;

			*at = 0;
			if (i == l->entry_count || j == l->event_count)
				continue;
			w = worth(l, &l->entries[i], &l->events[j]);
			*at = at[wide];
			skip = at[1];
			if (skip > *at)
				*at = (uint16_t)skip;
			if (w > 0 && at[wide + 1] + w > *at)
				*at = (uint16_t)(at[wide + 1] + w);
		}
}

/* Put one more log beside what is known of a PCR. */
static enum status
merge(struct learn *l)
{
	size_t wide = l->event_count + 1, i = 0, j = 0, n = 0;
	struct entry *swap;

	fill_scores(l);
	while (i < l->entry_count || j < l->event_count) {
		const uint16_t *at = &l->score[i * wide + j];
		bool both = i < l->entry_count && j < l->event_count;
		unsigned w = both
		    ? worth(l, &l->entries[i], &l->events[j])
		    : 0;

		if (n == ENTRIES_MAX)
			return EVENT_LEARN_TOO_LARGE;
		if (both && w > 0 && *at == at[wide + 1] + w) {
			l->merged[n] = l->entries[i++];
			add_digest(l, &l->merged[n], &l->events[j++]);
		} else if (j == l->event_count ||
		    (both && *at == at[wide])) {
			l->merged[n] = l->entries[i++];
			l->merged[n].optional = true;
		} else {
			l->merged[n] = new_entry(l, &l->events[j++], true);
		}
		n++;
	}
	swap = l->entries;
	l->entries = l->merged;
	l->merged = swap;
	l->entry_count = n;
	return OK;
}

static void
put_digest(struct learn *l, const char *key, const char *type,
    struct bytes digest)
{
	char hex[2 * HASH_MAX + 1];

	bytes_to_hex(digest, hex);
	write_str(l->out, key);
	write_str(l->out, type);
	write_str(l->out, "digest ");
	write_str(l->out, hex);
	write_str(l->out, "\n");
}

/* One entry: a comment with what it says, then what is expected. */
static enum status
put_entry(struct learn *l, const struct entry *a)
{
	const char *name = event_type_name(a->type);
	const char *key = a->optional ? "optional " : "event ";
	bool any = a->digests >= ANY_FROM && a->digests >= l->count &&
	    is_free(a->type);
	struct event_said said;
	char type[48];
	enum status st;

	if (name != NULL)
		snprintf(type, sizeof(type), "%s ", name);
	else
		snprintf(type, sizeof(type), "0x%08x ", a->type);
	if ((st = event_describe(&a->first, l->bank, &said)) != OK)
		return st;
	write_str(l->out, "# ");
	write_str(l->out, said.line.text);
	write_str(l->out, any ? " (another on every host)\n" : "\n");
	if (any) {
		write_str(l->out, key);
		write_str(l->out, type);
		write_str(l->out, "any\n");
		return OK;
	}
	put_digest(l, key, type, a->digest[0]);
	for (size_t i = 1; i < a->digests; i++)
		put_digest(l, "or ", "", a->digest[i]);
	return OK;
}

static enum status
learn_pcr(struct learn *l, unsigned pcr, size_t *which)
{
	char text[32];
	enum status st = OK;

	l->entry_count = 0;
	for (*which = 0; *which < l->count && st == OK; ++*which) {
		if ((st = gather(l, *which, pcr)) != OK)
			return st;
		if (*which > 0)
			st = merge(l);
		else
			for (size_t i = 0; i < l->event_count; i++)
				l->entries[l->entry_count++] =
				    new_entry(l, &l->events[i], false);
	}
	snprintf(text, sizeof(text), "\npcr %u\n", pcr);
	write_str(l->out, text);
	for (size_t i = 0; i < l->entry_count && st == OK; i++)
		st = put_entry(l, &l->entries[i]);
	return st;
}

/* Does every log keep a rule that a policy can ask for? */
static enum status
all_keep(struct learn *l, const struct event_policy *rule, bool *out)
{
	struct event_findings *found = calloc(1, sizeof(*found));
	enum status st = found != NULL ? OK : NO_MEMORY;

	*out = true;
	for (size_t i = 0; i < l->count && st == OK; i++) {
		st = event_policy_compare(rule, l->logs[i], found);
		*out = *out && st == OK && found->n == 0;
	}
	free(found);
	return st;
}

static enum status
put_head(struct learn *l)
{
	const struct event_policy rules[] = {
	    {.bank = l->bank, .secure_boot = true},
	    {.bank = l->bank, .separators = true},
	    {.bank = l->bank, .well_formed = true},
	};
	static const char *const lines[][2] = {
	    {"secure-boot any\n", "secure-boot required\n"},
	    {"separators any\n", "separators required\n"},
	    {"data any\n", "data well-formed\n"},
	};
	char text[128];

	snprintf(text, sizeof(text),
	    "assay-event-policy 1\nname learned from %zu logs\nbank %s\n",
	    l->count, hash_name(l->bank));
	write_str(l->out, text);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		bool keep;
		enum status st = all_keep(l, &rules[i], &keep);

		if (st != OK)
			return st;
		write_str(l->out, lines[i][keep]);
	}
	return OK;
}

/*
 * PCRs of firmware, boot loader and kernel are listed even when nothing is in
 * them: then nothing may be.  Others only when some log extends them; PCR 10
 * is IMA's, and past 15 are those of debuggers and applications.
 */
static enum status
learn_all(struct learn *l, uint32_t touched, size_t *which)
{
	uint32_t pcrs = EVENTLOG_BOOT_PCRS | (touched & UINT32_C(0xfbff));
	enum status st = put_head(l);

	for (unsigned pcr = 0; pcr < PCR_COUNT && st == OK; pcr++)
		if (pcrs >> pcr & 1)
			st = learn_pcr(l, pcr, which);
	if (st == OK && l->out->failed)
		st = EVENT_LEARN_TOO_LARGE;
	return st;
}

/* Every log is one, and has the bank. */
static enum status
check_logs(struct learn *l, uint32_t *touched, size_t *which)
{
	struct replay *replay = malloc(sizeof(*replay));
	enum status st = replay != NULL ? OK : NO_MEMORY;

	for (*which = 0; *which < l->count && st == OK; ++*which) {
		st = eventlog_replay(l->logs[*which], replay);
		if (st == OK && pcrs_get(&replay->pcrs, l->bank, 0).n == 0)
			st = EVENTLOG_BANK_MISSING;
		if (st != OK)
			break;
		*touched |= replay->touched;
	}
	free(replay);
	return st;
}

enum status
event_learn(const struct bytes *logs, size_t count, enum hash bank,
    struct writer *out, size_t *which)
{
	struct learn l = {.logs = logs, .count = count, .bank = bank,
	    .out = out};
	uint32_t touched = 0;
	enum status st;

	*which = 0;
	if (count == 0 || count > LEARN_LOGS_MAX)
		return EVENT_LEARN_TOO_LARGE;
	if ((st = check_logs(&l, &touched, which)) != OK)
		return st;
	l.entries = calloc(ENTRIES_MAX, sizeof(*l.entries));
	l.merged = calloc(ENTRIES_MAX, sizeof(*l.merged));
	l.events = calloc(ENTRIES_MAX, sizeof(*l.events));
	if (count > 1) /* one log is beside no other */
		l.score = calloc((size_t)(ENTRIES_MAX + 1) * (ENTRIES_MAX + 1),
		    sizeof(*l.score));
	st = NO_MEMORY;
	if (l.entries != NULL && l.merged != NULL && l.events != NULL &&
	    (l.score != NULL || count == 1))
		st = learn_all(&l, touched, which);
	free(l.entries);
	free(l.merged);
	free(l.events);
	free(l.score);
	return st;
}
