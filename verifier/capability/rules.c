/* SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include <stdio.h>

enum { DAY = 24 * 60 * 60 };

static const char *const texts[] = {
#define TEXT(constant, name) name,
    TEXTS(TEXT)
#undef TEXT
};

/* What reading one table looks at. */
struct reading {
	struct rules *set;
	const struct rules *const *before;
	size_t count;
};

static bool
known(const struct rules *set, struct bytes id)
{
	for (size_t i = 0; i < set->count; i++)
		if (bytes_eq(set->rule[i].id, id))
			return true;
	return false;
}

/* Is it a rule above the last one?  So nothing can name itself. */
static bool
stands_above(const void *arg, struct bytes id, struct truth *out)
{
	const struct reading *r = arg;

	*out = (struct truth){ANSWER_UNKNOWN, 0};
	for (size_t i = 0; i < r->count; i++)
		if (known(r->before[i], id))
			return true;
	for (size_t i = 0; i + 1 < r->set->count; i++)
		if (bytes_eq(r->set->rule[i].id, id))
			return true;
	return false;
}

/* US-3A090-A1: capitals, digits, - and . in between. */
static bool
rule_id_ok(struct bytes id)
{
	bool ok = id.n > 0 && id.n <= TABLE_ID_MAX;

	for (size_t i = 0; i < id.n && ok; i++) {
		uint8_t c = id.p[i];

		ok = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (i > 0 && i + 1 < id.n && (c == '-' || c == '.'));
	}
	return ok;
}

/* rule,ID,JURISDICTION,KIND,INSTRUMENT */
static void
add_rule(struct reading *r, const struct table_line *l)
{
	struct table *t = &r->set->table;
	struct truth ignored;

	if (l->n != 5 || !rule_id_ok(l->field[1]) || l->field[2].n == 0 ||
	    l->field[3].n == 0 || l->field[4].n == 0)
		table_fail(t, "rule,ID,JURISDICTION,KIND,INSTRUMENT is "
			      "expected");
	else if (r->set->count == RULES_MAX)
		table_fail(t, "too many rules");
	else if (known(r->set, l->field[1]) ||
	    stands_above(r, l->field[1], &ignored))
		table_fail(t, "this rule is there already");
	if (t->st != OK)
		return;
	r->set->rule[r->set->count++] = (struct rule){.id = l->field[1],
	    .jurisdiction = l->field[2],
	    .kind = l->field[3],
	    .instrument = l->field[4],
	    .text = TEXT_COUNT};
}

static void
check_expression(struct reading *r, struct bytes text)
{
	struct subject_matter nothing = {
	    .rule = stands_above, .arg = r};
	char what[80];
	struct truth ignored;
	size_t at;

	for (enum variable v = 0; v < VARIABLE_COUNT; v++)
		nothing.figure[v] = range_unknown();
	if (expression_judge(text, &nothing, &ignored, &at) == OK)
		return;
	snprintf(what, sizeof(what),
	    "the predicate is not understood at character %zu", at + 1);
	table_fail(&r->set->table, what);
	r->set->table.st = EXPRESSION_MALFORMED;
}

static void
read_period(struct table *t, const struct table_line *l, size_t at,
    struct period *out)
{
	if (l->n != at + 2 ||
	    (l->field[at].n > 0 && !date_parse(l->field[at], &out->from)) ||
	    (l->field[at + 1].n > 0 &&
		!date_parse(l->field[at + 1], &out->until)) ||
	    (out->until > 0 && out->until < out->from))
		table_fail(t, "FROM,UNTIL are dates or empty");
}

static void
read_text(struct table *t, const struct table_line *l, struct rule *rule)
{
	rule->text = TEXT_COUNT;
	for (enum text_state s = 0; s < TEXT_COUNT && l->n > 1; s++)
		if (bytes_eq(l->field[1], bytes_str(texts[s])))
			rule->text = s;
	if (rule->text == TEXT_COUNT)
		table_fail(t, "published, unpublished or bill is expected");
	read_period(t, l, 2, &rule->published);
}

/* One text that is given once. */
static void
read_once(struct table *t, const struct table_line *l, struct bytes *out)
{
	if (l->n != 2 || l->field[1].n == 0 || out->n > 0)
		table_fail(t, "one text is expected, once");
	else
		*out = l->field[1];
}

static void
add_line(struct reading *r, const struct table_line *l)
{
	struct table *t = &r->set->table;
	struct bytes key = l->field[0];
	struct rule *rule;

	if (r->set->count == 0) {
		table_fail(t, "a rule is expected first");
		return;
	}
	rule = &r->set->rule[r->set->count - 1];
	if (bytes_eq(key, BYTES_LIT("predicate")) && !rule->predicate.there) {
		rule->predicate = table_cell(t, l, 1, false);
		if (t->st == OK && rule->predicate.level != LEVEL_UNKNOWN)
			check_expression(r, rule->predicate.text);
	} else if (bytes_eq(key, BYTES_LIT("when"))) {
		read_once(t, l, &rule->when);
		if (t->st == OK)
			check_expression(r, rule->when);
	} else if (bytes_eq(key, BYTES_LIT("class"))) {
		read_once(t, l, &rule->class);
	} else if (bytes_eq(key, BYTES_LIT("consequence"))) {
		read_once(t, l, &rule->consequence);
	} else if (bytes_eq(key, BYTES_LIT("note"))) {
		read_once(t, l, &rule->note);
	} else if (bytes_eq(key, BYTES_LIT("text"))) {
		read_text(t, l, rule);
	} else if (bytes_eq(key, BYTES_LIT("enforced"))) {
		rule->has_enforced = true;
		read_period(t, l, 1, &rule->enforced);
	} else {
		table_fail(t, "no such line of a rule, or there already");
	}
}

/* Every rule has what a reader must know. */
static void
check_complete(struct rules *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *r = &set->rule[i];
		char what[TABLE_DETAIL];

		if (r->predicate.there && r->consequence.n > 0 &&
		    r->text != TEXT_COUNT &&
		    r->has_enforced == (r->text != TEXT_BILL))
			continue;
		snprintf(what, sizeof(what), "rule %.*s lacks a predicate, a "
		    "consequence, its text or its enforcement",
		    (int)r->id.n, (const char *)r->id.p);
		table_fail(&set->table, what);
	}
}

enum status
rules_read(struct rules *set, struct bytes text,
    const struct rules *const *before, size_t count,
    char detail[TABLE_DETAIL])
{
	struct reading r = {set, before, count};
	struct table_line l;

	set->count = 0;
	if (table_open(&set->table, text, TABLE_RULES, detail) != OK)
		return set->table.st;
	while (table_next(&set->table, &l))
		if (bytes_eq(l.field[0], BYTES_LIT("rule")))
			add_rule(&r, &l);
		else
			add_line(&r, &l);
	if (set->count == 0)
		table_fail(&set->table, "no rule");
	check_complete(set);
	return set->table.st;
}

bool
period_has(const struct period *p, int64_t at)
{
	return at >= p->from && (p->until == 0 || at < p->until + DAY);
}

const char *
rule_text_state(const struct rule *r, int64_t at)
{
	switch (r->text) {
	case TEXT_BILL:
		return "a bill, not law";
	case TEXT_UNPUBLISHED:
		return "not published";
	case TEXT_PUBLISHED:
	case TEXT_COUNT:
		break;
	}
	if (period_has(&r->published, at))
		return "in the text";
	return at < r->published.from ? "not yet in the text"
				      : "no longer in the text";
}

bool
rule_in_force(const struct rule *r, int64_t at)
{
	return r->has_enforced && period_has(&r->enforced, at);
}

const char *
rule_enforcement(const struct rule *r, int64_t at)
{
	if (!r->has_enforced)
		return "not law";
	if (rule_in_force(r, at))
		return "in force";
	return at < r->enforced.from ? "not yet in force"
				     : "no longer enforced";
}

struct truth
rule_judge(const struct rule *r, const struct subject_matter *about)
{
	struct truth when = {ANSWER_YES, 0}, holds;
	size_t at;

	/* A text that nobody has read decides nothing. */
	if (!level_decides(r->predicate.level))
		return (struct truth){ANSWER_UNKNOWN, 1u << MISSING_TEXT};
	if (r->when.n > 0 &&
	    expression_judge(r->when, about, &when, &at) != OK)
		return (struct truth){ANSWER_UNKNOWN, 1u << MISSING_TEXT};
	if (expression_judge(r->predicate.text, about, &holds, &at) != OK)
		return (struct truth){ANSWER_UNKNOWN, 1u << MISSING_TEXT};
	return truth_and(when, holds);
}
