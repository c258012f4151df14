/* SPDX-License-Identifier: Apache-2.0 */
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tables {
	bool read; /* the shipped ones are in place */
	struct chips *chips;
	uint8_t *chips_text; /* ours to free, NULL for shipped ones */
	struct rules *rules[RULE_SETS_MAX];
	uint8_t *rules_text[RULE_SETS_MAX];
	size_t count;
	struct tpms *tpms;
	uint8_t *tpms_text;
	struct bytes signatures; /* for the next table */
	uint8_t signature_bytes[TABLE_COSE_MAX];
	struct bytes selected; /* a rule set's name, or empty: all */
	char selected_name[TABLE_ID_MAX];
};

struct tables *
tables_new(void)
{
	return calloc(1, sizeof(struct tables));
}

void
tables_free(struct tables *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++) {
		free(t->rules[i]);
		free(t->rules_text[i]);
	}
	free(t->chips);
	free(t->chips_text);
	free(t->tpms);
	free(t->tpms_text);
	free(t);
}

static size_t
find_set(const struct tables *t, struct bytes id)
{
	size_t i = 0;

	while (i < t->count && !bytes_eq(t->rules[i]->table.header.id, id))
		i++;
	return i;
}

/* Where a set of rules stands, or would stand, by its first line. */
static enum status
find_place(const struct tables *t, struct bytes text, size_t *at,
    char detail[TABLE_DETAIL])
{
	struct table head;
	enum status st = table_open(&head, text, TABLE_RULES, detail);

	*at = st == OK ? find_set(t, head.header.id) : 0;
	return st;
}

enum status
tables_read_rules(const struct tables *t, struct bytes text,
    struct rules *out, char detail[TABLE_DETAIL])
{
	size_t at;
	enum status st = find_place(t, text, &at, detail);

	return st != OK ? st
			: rules_read(out, text,
			      (const struct rules *const *)t->rules, at,
			      detail);
}

/* Read rules into place AT, which may be one behind the last. */
static enum status
put_rules(struct tables *t, size_t at, struct bytes text, uint8_t *owned,
    char detail[TABLE_DETAIL])
{
	struct rules *set = malloc(sizeof(*set));
	enum status st = NO_MEMORY;

	if (set != NULL)
		st = rules_read(set, text,
		    (const struct rules *const *)t->rules, at, detail);
	if (st != OK) {
		free(set);
		return st;
	}
	if (at == t->count)
		t->count++;
	free(t->rules[at]);
	free(t->rules_text[at]);
	t->rules[at] = set;
	t->rules_text[at] = owned;
	return OK;
}

static enum status
put_chips(struct tables *t, struct bytes text, uint8_t *owned,
    char detail[TABLE_DETAIL])
{
	struct chips *set = malloc(sizeof(*set));
	enum status st = NO_MEMORY;

	if (set != NULL)
		st = chips_read(set, text, detail);
	if (st != OK) {
		free(set);
		return st;
	}
	free(t->chips);
	free(t->chips_text);
	t->chips = set;
	t->chips_text = owned;
	return OK;
}

static enum status
put_tpms(struct tables *t, struct bytes text, uint8_t *owned,
    char detail[TABLE_DETAIL])
{
	struct tpms *set = malloc(sizeof(*set));
	enum status st = NO_MEMORY;

	if (set != NULL)
		st = tpms_read(set, text, detail);
	if (st != OK) {
		free(set);
		return st;
	}
	free(t->tpms);
	free(t->tpms_text);
	t->tpms = set;
	t->tpms_text = owned;
	return OK;
}

static enum status
read_shipped(struct tables *t, char detail[TABLE_DETAIL])
{
	enum status st = OK;

	if (t->read)
		return OK;
	for (size_t i = 0; i < shipped_count && st == OK; i++) {
		const struct shipped *s = &shipped_tables[i];
		struct bytes text = bytes_view(s->data, s->len);

		if (s->kind == TABLE_CHIPS)
			st = put_chips(t, text, NULL, detail);
		else if (s->kind == TABLE_TPMS)
			st = put_tpms(t, text, NULL, detail);
		else
			st = put_rules(t, t->count, text, NULL, detail);
	}
	t->read = st == OK;
	return st;
}

enum status
tables_set_signatures(struct tables *t, struct bytes cose)
{
	if (cose.n == 0 || cose.n > sizeof(t->signature_bytes))
		return TABLE_SIGNATURES_MALFORMED;
	memcpy(t->signature_bytes, cose.p, cose.n);
	t->signatures = bytes_view(t->signature_bytes, cose.n);
	return OK;
}

/* As many keys that the policy names as it wants have signed TEXT. */
static enum status
check_signatures(struct tables *t, struct bytes text,
    const struct policy *policy, char detail[TABLE_DETAIL])
{
	struct table_signers signers;
	struct bytes cose = t->signatures;
	size_t found;
	enum status st;

	t->signatures = (struct bytes){NULL, 0};
	if (cose.n == 0 || policy == NULL || policy->table_keys.n == 0) {
		snprintf(detail, TABLE_DETAIL, "%s", cose.n == 0
			? "no signatures came with it: assay tables sign"
			: "the policy names no signer: trust-tables");
		return TABLE_UNSIGNED;
	}
	if ((st = table_signers_read(text, cose, &signers)) != OK) {
		snprintf(detail, TABLE_DETAIL, "in its signatures");
		return st;
	}
	found = table_signers_trusted(
	    &signers, policy->table_keys.d, policy->table_keys.n);
	if (found >= policy->tables_needed)
		return OK;
	snprintf(detail, TABLE_DETAIL,
	    "%zu of %u signers that the policy asks for", found,
	    policy->tables_needed);
	return TABLE_SIGNERS;
}

static enum status
place_rules(struct tables *t, struct bytes text, uint8_t *owned,
    char detail[TABLE_DETAIL])
{
	size_t at;
	enum status st = find_place(t, text, &at, detail);

	if (st != OK)
		return st;
	if (at == RULE_SETS_MAX) {
		snprintf(detail, TABLE_DETAIL, "too many sets of rules");
		return TABLE_MALFORMED;
	}
	return put_rules(t, at, text, owned, detail);
}

enum status
tables_add(struct tables *t, enum table_kind kind, struct bytes text,
    const struct policy *policy, char detail[TABLE_DETAIL])
{
	uint8_t *copy;
	enum status st;

	detail[0] = '\0';
	if (text.n == 0 || text.n > TABLE_MAX)
		return TABLE_MALFORMED;
	if ((st = read_shipped(t, detail)) != OK ||
	    (st = check_signatures(t, text, policy, detail)) != OK)
		return st;
	if ((copy = malloc(text.n)) == NULL)
		return NO_MEMORY;
	memcpy(copy, text.p, text.n);
	text = bytes_view(copy, text.n);
	if (kind == TABLE_CHIPS)
		st = put_chips(t, text, copy, detail);
	else if (kind == TABLE_TPMS)
		st = put_tpms(t, text, copy, detail);
	else
		st = place_rules(t, text, copy, detail);
	if (st != OK)
		free(copy);
	return st;
}

enum status
tables_select(struct tables *t, struct bytes name)
{
	char detail[TABLE_DETAIL];
	enum status st = read_shipped(t, detail);

	if (st != OK)
		return st;
	if (find_set(t, name) == t->count || name.n > TABLE_ID_MAX)
		return TABLE_UNKNOWN;
	memcpy(t->selected_name, name.p, name.n);
	t->selected = bytes_view(t->selected_name, name.n);
	return OK;
}

bool
tables_selected(const struct tables *t, size_t set)
{
	return t->selected.n == 0 ||
	    bytes_eq(t->selected, t->rules[set]->table.header.id);
}

/* One table against the policy's floor and the time. */
static enum status
check_header(const struct table_header *h, const int64_t *time,
    const struct policy *policy, char detail[TABLE_DETAIL])
{
	char date[NUMBER_TEXT];

	for (size_t i = 0; policy != NULL && i < policy->table_floors; i++) {
		const struct table_floor *f = &policy->table_floor[i];

		if (!bytes_eq(h->id, bytes_str(f->id)) ||
		    h->version >= f->version)
			continue;
		snprintf(detail, TABLE_DETAIL,
		    "table %s has version %llu, the policy asks for %llu",
		    f->id, (unsigned long long)h->version,
		    (unsigned long long)f->version);
		return TABLE_OLD;
	}
	if (time == NULL || *time <= h->expires)
		return OK;
	date_text(h->expires, date);
	snprintf(detail, TABLE_DETAIL, "table %.*s was good until %s",
	    (int)h->id.n, (const char *)h->id.p, date);
	return TABLE_EXPIRED;
}

enum status
tables_ready(struct tables *t, const int64_t *time,
    const struct policy *policy, char detail[TABLE_DETAIL])
{
	enum status st = read_shipped(t, detail);

	if (st == OK)
		st = check_header(
		    &t->chips->table.header, time, policy, detail);
	for (size_t i = 0; i < t->count && st == OK; i++)
		if (tables_selected(t, i))
			st = check_header(&t->rules[i]->table.header, time,
			    policy, detail);
	return st;
}

enum status
tables_tpms(struct tables *t, const int64_t *time,
    const struct policy *policy, const struct tpms **out,
    char detail[TABLE_DETAIL])
{
	enum status st = read_shipped(t, detail);

	if (st == OK)
		st = check_header(&t->tpms->table.header, time, policy, detail);
	*out = st == OK ? t->tpms : NULL;
	return st;
}

const struct chips *
tables_chips(const struct tables *t)
{
	return t->chips;
}

size_t
tables_rule_sets(const struct tables *t)
{
	return t->count;
}

const struct rules *
tables_rules(const struct tables *t, size_t set)
{
	return t->rules[set];
}
