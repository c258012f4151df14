/* SPDX-License-Identifier: Apache-2.0 */
#include "chips.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name, *words, *unit;
} figures[] = {
#define FIGURE(constant, name, words, unit) {name, words, unit},
    FIGURES(FIGURE)
#undef FIGURE
};

static const char *const marks[] = {
#define MARK(constant, name) name,
    MARKS(MARK)
#undef MARK
};

const char *
figure_name(enum figure f)
{
	return figures[f].name;
}

const char *
figure_words(enum figure f)
{
	return figures[f].words;
}

const char *
figure_unit(enum figure f)
{
	return figures[f].unit;
}

bool
text_alike(struct bytes a, struct bytes b)
{
	return a.n == b.n &&
	    (a.n == 0 ||
		strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0);
}

/* chip,ID,VENDOR,NAME,DIE */
static void
add_chip(struct chips *set, const struct table_line *l)
{
	struct table *t = &set->table;

	if (l->n != 5 || !table_id_ok(l->field[1]) || l->field[2].n == 0 ||
	    l->field[3].n == 0) {
		table_fail(t, "chip,ID,VENDOR,NAME,DIE is expected");
		return;
	}
	if (set->count == CHIPS_MAX) {
		table_fail(t, "too many chips");
		return;
	}
	for (size_t i = 0; i < set->count; i++)
		if (bytes_eq(set->chip[i].id, l->field[1]) ||
		    text_alike(set->chip[i].name, l->field[3]))
			table_fail(t, "this chip is there already");
	set->chip[set->count++] = (struct chip){.id = l->field[1],
	    .vendor = l->field[2],
	    .name = l->field[3],
	    .die = l->field[4],
	    .mark_first = set->mark_count};
}

/* A yes or no is a figure, too: one or zero. */
static void
add_figure(struct chips *set, const struct table_line *l, enum figure f)
{
	struct cell *c = &set->chip[set->count - 1].figure[f];
	bool flag = f == FIGURE_DC || f == FIGURE_MM;

	if (c->there)
		table_fail(&set->table, "this figure is there already");
	*c = table_cell(&set->table, l, 1, !flag);
	if (!flag || c->level == LEVEL_UNKNOWN)
		return;
	if (bytes_eq(c->text, BYTES_LIT("yes")))
		c->milli = MILLI;
	else if (!bytes_eq(c->text, BYTES_LIT("no")))
		table_fail(&set->table, "yes or no is expected");
}

/* What a device is recognised by must lead to one row. */
static bool
is_identifier(enum mark_kind kind)
{
	return kind == MARK_SKU || kind == MARK_PCI || kind == MARK_VF;
}

static void
add_mark(struct chips *set, const struct table_line *l, enum mark_kind kind)
{
	struct mark m = {kind, table_cell(&set->table, l, 1, false)};
	const struct mark *other;

	if (set->mark_count == MARKS_MAX)
		table_fail(&set->table, "too many marks");
	else if (is_identifier(kind) &&
	    (chips_find(set, kind, m.cell.text, &other) != NULL ||
		chips_find(set, kind == MARK_PCI ? MARK_VF : MARK_PCI,
		    m.cell.text, &other) != NULL))
		table_fail(&set->table, "this identifier is there already");
	if (set->table.st != OK)
		return;
	set->mark[set->mark_count++] = m;
	set->chip[set->count - 1].mark_count++;
}

/* A line about the last chip. */
static void
add_line(struct chips *set, const struct table_line *l)
{
	if (set->count == 0) {
		table_fail(&set->table, "a chip is expected first");
		return;
	}
	for (enum figure f = 0; f < FIGURE_COUNT; f++)
		if (bytes_eq(l->field[0], bytes_str(figures[f].name))) {
			add_figure(set, l, f);
			return;
		}
	for (enum mark_kind k = 0; k < MARK_KIND_COUNT; k++)
		if (bytes_eq(l->field[0], bytes_str(marks[k]))) {
			add_mark(set, l, k);
			return;
		}
	table_fail(&set->table, "no such figure or mark");
}

enum status
chips_read(struct chips *set, struct bytes text, char detail[TABLE_DETAIL])
{
	struct table_line l;

	set->count = set->mark_count = 0;
	if (table_open(&set->table, text, TABLE_CHIPS, detail) != OK)
		return set->table.st;
	while (table_next(&set->table, &l))
		if (bytes_eq(l.field[0], BYTES_LIT("chip")))
			add_chip(set, &l);
		else
			add_line(set, &l);
	if (set->count == 0)
		table_fail(&set->table, "no chip");
	return set->table.st;
}

const struct chip *
chips_find(const struct chips *set, enum mark_kind kind, struct bytes value,
    const struct mark **mark)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct chip *c = &set->chip[i];

		for (size_t k = 0; k < c->mark_count; k++) {
			*mark = &set->mark[c->mark_first + k];
			if ((*mark)->kind == kind &&
			    text_alike((*mark)->cell.text, value))
				return c;
		}
	}
	*mark = NULL;
	return NULL;
}

const struct mark *
chip_mark(const struct chips *set, const struct chip *chip,
    enum mark_kind kind, size_t i)
{
	for (size_t k = 0; k < chip->mark_count; k++) {
		const struct mark *m = &set->mark[chip->mark_first + k];

		if (m->kind == kind && i-- == 0)
			return m;
	}
	return NULL;
}

/* Ways in which a name may be meant, the plainest first. */
enum way { WAY_ID, WAY_NAME, WAY_TAIL, WAY_WORDS, WAY_BEGINNING, WAY_INSIDE,
	WAY_COUNT };

/* Does WHOLE begin with PART, and with WORDS at the end of a word? */
static bool
begins(struct bytes whole, struct bytes part, bool words)
{
	return whole.n >= part.n &&
	    text_alike(bytes_sub(whole, 0, part.n), part) &&
	    (!words || whole.n == part.n || whole.p[part.n] == ' ');
}

static bool
meant(const struct chip *c, struct bytes name, enum way way)
{
	struct bytes rest = c->name;

	if (way == WAY_ID)
		return bytes_eq(c->id, name);
	if (way == WAY_NAME)
		return text_alike(c->name, name);
	if (way == WAY_WORDS || way == WAY_BEGINNING)
		return begins(c->name, name, way == WAY_WORDS);
	for (size_t i = 1; i < c->name.n; i++) {
		if (c->name.p[i - 1] != ' ')
			continue;
		rest = bytes_sub(c->name, i, c->name.n - i);
		if (way == WAY_TAIL ? text_alike(rest, name)
				    : begins(rest, name, false))
			return true;
	}
	return false;
}

/* Names of the rows that may be meant, as many as fit. */
static void
list(const struct chips *set, struct bytes name, enum way way, char *out,
    size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++) {
		struct bytes s = set->chip[i].name;

		if (!meant(&set->chip[i], name, way) || n + s.n + 5 > cap)
			continue;
		n += (size_t)snprintf(out + n, cap - n, "%s%.*s",
		    n > 0 ? ", " : "", (int)s.n, (const char *)s.p);
	}
}

enum status
chips_named(const struct chips *set, struct bytes name,
    const struct chip **out, char *detail, size_t cap)
{
	*out = NULL;
	detail[0] = '\0';
	for (enum way way = 0; way < WAY_COUNT && name.n > 0; way++) {
		size_t found = 0;

		for (size_t i = 0; i < set->count; i++)
			if (meant(&set->chip[i], name, way)) {
				*out = &set->chip[i];
				found++;
			}
		if (found == 1)
			return OK;
		*out = NULL;
		if (found == 0)
			continue;
		list(set, name, way, detail, cap);
		return CHIP_AMBIGUOUS;
	}
	return CHIP_UNKNOWN;
}
