/* SPDX-License-Identifier: Apache-2.0 */
#include "capability.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define UNKNOWN_CLASS "UNKNOWN"

static const struct {
	const char *name, *words;
} rungs[] = {
#define RUNG(constant, name, words) {name, words},
    RUNGS(RUNG)
#undef RUNG
};

const char *
rung_name(enum rung r)
{
	return rungs[r].name;
}

const char *
rung_words(enum rung r)
{
	return rungs[r].words;
}

const char *
limiter_name(enum limiter l)
{
	static const char *const names[] = {
	    [LIMITER_NONE] = "none needed",
	    [LIMITER_ASSUMED] = "assumed on",
	    [LIMITER_ON] = "on",
	    [LIMITER_OFF] = "off",
	    [LIMITER_UNSEEN] = "unknown",
	};

	return names[l];
}

void
capability_find(
    struct capability *c, enum status code, const char *format, ...)
{
	struct finding *f;
	va_list ap;

	if (c->findings == FINDINGS_MAX)
		return;
	f = &c->finding[c->findings++];
	f->code = code;
	va_start(ap, format);
	vsnprintf(f->detail, sizeof(f->detail), format, ap);
	va_end(ap);
}

void
capability_note(struct capability *c, const char *format, ...)
{
	va_list ap;

	if (c->notes == NOTES_MAX)
		return;
	va_start(ap, format);
	vsnprintf(c->note[c->notes++], NOTE_TEXT, format, ap);
	va_end(ap);
}

/* The figure of a cell, as far as its level lets it be known. */
static struct range
known(const struct capability *c, enum figure f)
{
	uint64_t v;

	return capability_cell(c, f, &v) ? range_of(v) : range_unknown();
}

/* What the rules may speak about, from the row alone. */
static void
fill_figures(struct capability *c)
{
	struct range *at = c->about.figure;
	struct range fabric = known(c, FIGURE_FABRIC);
	struct range pcie = known(c, FIGURE_PCIE);
	uint64_t least;

	at[VARIABLE_TPP] = known(c, FIGURE_TPP);
	if (!range_known(at[VARIABLE_TPP]) &&
	    capability_cell(c, FIGURE_TPP_LEAST, &least))
		at[VARIABLE_TPP].low = least;
	at[VARIABLE_AREA] = known(c, FIGURE_AREA);
	at[VARIABLE_DRAM] = known(c, FIGURE_DRAM);
	at[VARIABLE_IO].low = fabric.low + pcie.low;
	at[VARIABLE_IO].high = fabric.high == FIGURE_TOP ||
		pcie.high == FIGURE_TOP
	    ? FIGURE_TOP
	    : fabric.high + pcie.high;
	at[VARIABLE_MBD] = known(c, FIGURE_MBD);
	if (range_known(at[VARIABLE_MBD]))
		at[VARIABLE_MBD] = range_of(at[VARIABLE_MBD].low * 100);
	at[VARIABLE_TX] = known(c, FIGURE_TX);
	at[VARIABLE_DC] = known(c, FIGURE_DC);
	at[VARIABLE_MM] = known(c, FIGURE_MM);
	c->about.chip = c->chip != NULL ? c->chip->id : (struct bytes){NULL, 0};
}

/* The answer to a rule that was judged already. */
static bool
find_ruling(const void *arg, struct bytes id, struct truth *out)
{
	const struct capability *c = arg;

	for (size_t i = 0; i < c->rulings; i++)
		if (bytes_eq(c->ruling[i].rule->id, id)) {
			*out = c->ruling[i].holds;
			return true;
		}
	return false;
}

static void
judge_rules(struct capability *c)
{
	c->about.rule = find_ruling;
	c->about.arg = c;
	for (size_t i = 0; i < tables_rule_sets(c->tables); i++) {
		const struct rules *set = tables_rules(c->tables, i);

		for (size_t k = 0; k < set->count; k++) {
			struct ruling r = {.rule = &set->rule[k],
			    .set = set,
			    .shown = tables_selected(c->tables, i)};

			if (c->rulings == RULES_TOTAL)
				return;
			r.in_force = c->has_time &&
			    rule_in_force(r.rule, c->time);
			r.holds = rule_judge(r.rule, &c->about);
			c->ruling[c->rulings++] = r;
		}
	}
}

/*
 * The first rule in force that gives a class and does not fail to hold: if
 * it holds, the class; if nobody knows, nobody knows the class.
 */
static void
find_class(struct capability *c)
{
	bool any = false;

	c->class = BYTES_LIT("none");
	c->known = true;
	for (size_t i = 0; i < c->rulings; i++) {
		const struct ruling *r = &c->ruling[i];

		if (!r->in_force || !r->shown || r->rule->class.n == 0)
			continue;
		any = true;
		if (r->holds.answer == ANSWER_NO)
			continue;
		c->by = r->rule;
		if (r->holds.answer == ANSWER_YES) {
			c->class = r->rule->class;
			return;
		}
		c->known = false;
		c->missing = r->holds.missing;
		c->class = BYTES_LIT(UNKNOWN_CLASS);
		return;
	}
	if (!any && c->has_time)
		capability_note(c, "no rule that gives a class was in force "
				   "on that day");
}

/* The cells behind a variable; most have one. */
static const enum figure cells[VARIABLE_COUNT][2] = {
    [VARIABLE_TPP] = {FIGURE_TPP, FIGURE_TPP},
    [VARIABLE_AREA] = {FIGURE_AREA, FIGURE_AREA},
    [VARIABLE_DRAM] = {FIGURE_DRAM, FIGURE_DRAM},
    [VARIABLE_IO] = {FIGURE_FABRIC, FIGURE_PCIE},
    [VARIABLE_MBD] = {FIGURE_MBD, FIGURE_MBD},
    [VARIABLE_TX] = {FIGURE_TX, FIGURE_TX},
    [VARIABLE_DC] = {FIGURE_DC, FIGURE_DC},
    [VARIABLE_MM] = {FIGURE_MM, FIGURE_MM},
};

static void
say_cell(const struct capability *c, enum figure f, char *out, size_t cap)
{
	const struct cell *cell = &c->chip->figure[f];
	size_t n = strlen(out);

	if (!cell->there || !level_decides(cell->level))
		snprintf(out + n, cap - n, "%s%s (its cell in the table: %s)",
		    n > 0 ? "; " : "", figure_words(f),
		    cell->there ? level_words(cell->level) : "missing");
}

void
capability_missing(
    const struct capability *c, unsigned missing, char *out, size_t cap)
{
	out[0] = '\0';
	for (enum variable v = 0; v < MISSING_COUNT; v++) {
		size_t n = strlen(out);

		if ((missing >> v & 1) == 0)
			continue;
		if (v < VARIABLE_COUNT && c->chip != NULL) {
			say_cell(c, cells[v][0], out, cap);
			if (cells[v][1] != cells[v][0])
				say_cell(c, cells[v][1], out, cap);
		}

		/* A limiter that is off, a chip that nobody knows. */
		if (strlen(out) == n)
			snprintf(out + n, cap - n, "%s%s", n > 0 ? "; " : "",
			    variable_words(v));
	}
}

static void
set_unknown(struct capability *c)
{
	c->known = false;
	c->by = NULL;
	c->class = BYTES_LIT(UNKNOWN_CLASS);
}

/* A class that is not known has a reason, if it has none yet. */
static void
explain_unknown(struct capability *c)
{
	char what[256];

	if (!c->has_time) {
		set_unknown(c);
		capability_find(c, CLASS_UNKNOWN,
		    "no day was given, so no rule is in force");
	} else if (c->chip == NULL) {
		set_unknown(c);
	} else if (!c->known) {
		capability_missing(c, c->missing, what, sizeof(what));
		capability_find(c, CLASS_UNKNOWN, "it turns on %s", what);
	}
}

enum status
capability_judge(const struct tables *t, const struct sighting *s,
    const int64_t *time, struct capability *out)
{
	enum status st;

	memset(out, 0, sizeof(*out));
	out->tables = t;
	out->has_time = time != NULL;
	out->time = time != NULL ? *time : 0;
	st = capability_identify(out, s);
	fill_figures(out);
	if (out->chip != NULL)
		capability_measure(out, s);
	judge_rules(out);
	find_class(out);
	if (st == OK)
		explain_unknown(out);
	return st;
}
