/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *words;
} levels[] = {
#define LEVEL(constant, name, words) {name, words},
    LEVELS(LEVEL)
#undef LEVEL
};

const char *
level_name(enum level l)
{
	return levels[l].name;
}

const char *
level_words(enum level l)
{
	return levels[l].words;
}

bool
level_decides(enum level l)
{
	return l < LEVEL_RECOLLECTION;
}

static bool
find_level(struct bytes name, enum level *out)
{
	for (enum level l = 0; l < LEVEL_COUNT; l++)
		if (bytes_eq(name, bytes_str(levels[l].name))) {
			*out = l;
			return true;
		}
	return false;
}

static void
fail(struct table *t, enum status st, const char *what)
{
	if (t->st != OK)
		return;
	t->st = st;
	snprintf(t->detail, TABLE_DETAIL, "line %u: %s", t->line, what);
}

void
table_fail(struct table *t, const char *what)
{
	fail(t, TABLE_MALFORMED, what);
}

bool
table_id_ok(struct bytes id)
{
	bool ok = id.n > 0 && id.n <= TABLE_ID_MAX;

	for (size_t i = 0; i < id.n && ok; i++) {
		uint8_t c = id.p[i];

		ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    (i > 0 && i + 1 < id.n &&
			(c == '-' || c == '.' || c == '_'));
	}
	return ok;
}

/* Cut one line off; without its LF. */
static struct bytes
cut_line(struct table *t)
{
	struct bytes line = {t->rest.p, 0};

	while (line.n < t->rest.n && t->rest.p[line.n] != '\n')
		line.n++;
	t->line++;
	if (line.n == t->rest.n)
		table_fail(t, "does not end with a line feed");
	else if (line.n > TABLE_LINE_MAX)
		table_fail(t, "longer than 1024 bytes");
	t->rest = bytes_sub(t->rest, line.n + 1, t->rest.n - line.n - 1);
	return line;
}

/* One field off the front of LINE; what follows it stays. */
static struct bytes
cut_field(struct table *t, struct bytes *line, bool *more)
{
	bool quoted = line->n > 0 && line->p[0] == '"';
	size_t at = quoted ? 1 : 0, end = at;
	struct bytes field;

	while (end < line->n && line->p[end] != (quoted ? '"' : ',')) {
		if (line->p[end] < 0x20 || line->p[end] == 0x7f ||
		    (!quoted && line->p[end] == '"'))
			table_fail(t, "a character that has no place here");
		end++;
	}
	field = bytes_sub(*line, at, end - at);
	if (quoted && end == line->n)
		table_fail(t, "a quote is not closed");
	end += quoted;
	*more = end < line->n;
	if (*more && line->p[end] != ',')
		table_fail(t, "something behind a closed quote");
	*line = bytes_sub(*line, end + 1, line->n - (*more ? end + 1 : end));
	return field;
}

static bool
split(struct table *t, struct bytes line, struct table_line *out)
{
	bool more = true;

	for (out->n = 0; more && t->st == OK; out->n++) {
		if (out->n == TABLE_FIELDS_MAX) {
			table_fail(t, "too many fields");
			break;
		}
		out->field[out->n] = cut_field(t, &line, &more);
	}
	return t->st == OK;
}

/* The next line that says something. */
static bool
next_line(struct table *t, struct table_line *out)
{
	while (t->st == OK && t->rest.n > 0) {
		struct bytes line = cut_line(t);

		if (line.n > 0 && line.p[0] != '#')
			return t->st == OK && split(t, line, out);
	}
	return false;
}

static struct source *
find_source(struct table *t, struct bytes id)
{
	for (size_t i = 0; i < t->source_count; i++)
		if (bytes_eq(t->source[i].id, id))
			return &t->source[i];
	return NULL;
}

/* source,ID,TEXT */
static void
add_source(struct table *t, const struct table_line *l)
{
	if (l->n != 3 || !table_id_ok(l->field[1]) || l->field[2].n == 0)
		table_fail(t, "source,ID,TEXT is expected");
	else if (t->source_count == TABLE_SOURCES_MAX)
		table_fail(t, "too many sources");
	else if (find_source(t, l->field[1]) != NULL)
		table_fail(t, "this source is there already");
	else
		t->source[t->source_count++] =
		    (struct source){l->field[1], l->field[2]};
}

bool
table_next(struct table *t, struct table_line *line)
{
	while (next_line(t, line)) {
		if (!bytes_eq(line->field[0], BYTES_LIT("source")))
			return true;
		add_source(t, line);
	}
	return false;
}

/* A whole number of at most twelve digits, from 1. */
static bool
read_version(struct bytes text, uint64_t *out)
{
	if (text.n > 9 || !number_parse(text, out) || *out % MILLI != 0)
		return false;
	*out /= MILLI;
	return *out > 0;
}

static const char *const kinds[TABLE_KINDS] = {
    [TABLE_CHIPS] = "chips",
    [TABLE_RULES] = "rules",
    [TABLE_TPMS] = "tpms",
};

const char *
table_kind_name(enum table_kind kind)
{
	return kinds[kind];
}

static void
fail_kind(struct table *t, enum table_kind kind)
{
	char what[32];

	snprintf(what, sizeof(what), "not a table of %s", kinds[kind]);
	table_fail(t, what);
}

static void
read_header(struct table *t, enum table_kind kind)
{
	struct table_header *h = &t->header;
	struct table_line l;
	uint64_t format;

	if (!next_line(t, &l) ||
	    !bytes_eq(l.field[0], BYTES_LIT("table")) || l.n < 2) {
		table_fail(t, "not a table: table,1,KIND,ID,VERSION,ISSUED,"
			      "EXPIRES is expected");
		return;
	}
	if (!read_version(l.field[1], &format) || format != TABLE_FORMAT) {
		fail(t, TABLE_FORMAT_UNKNOWN, "format 1 is known here");
		return;
	}
	h->kind = kind;
	h->id = l.field[3];
	if (l.n != 7 || !bytes_eq(l.field[2], bytes_str(kinds[kind])))
		fail_kind(t, kind);
	else if (!table_id_ok(h->id) || !read_version(l.field[4], &h->version))
		table_fail(t, "a name and a version from 1 are expected");
	else if (!date_parse(l.field[5], &h->issued) ||
	    !date_parse(l.field[6], &h->expires) || h->expires < h->issued)
		table_fail(t, "dates of issue and expiry are expected");
}

enum status
table_open(struct table *t, struct bytes text, enum table_kind kind,
    char detail[TABLE_DETAIL])
{
	memset(t, 0, sizeof(*t));
	t->rest = text;
	t->detail = detail;
	detail[0] = '\0';
	if (text.n == 0 || text.n > TABLE_MAX)
		table_fail(t, "not a text of 1 byte to 256 KiB");
	else if (!bytes_is_text(text))
		table_fail(t, "not UTF-8");
	else
		t->st = hash_one(HASH_SHA256, text, &t->digest);
	if (t->st == OK)
		read_header(t, kind);
	return t->st;
}

enum table_kind
table_kind_of(struct bytes text)
{
	char detail[TABLE_DETAIL];
	struct table t;

	for (enum table_kind k = 0; k < TABLE_KINDS; k++)
		if (table_open(&t, text, k, detail) == OK)
			return k;
	return TABLE_RULES;
}

struct cell
table_cell(struct table *t, const struct table_line *l, size_t at, bool figure)
{
	struct cell c = {.there = true};

	if (l->n < at + 3 || l->n > at + 4) {
		table_fail(t, "VALUE,LEVEL,SOURCE[,NOTE] is expected");
		return c;
	}
	c.text = l->field[at];
	c.source = find_source(t, l->field[at + 2]);
	if (l->n == at + 4)
		c.note = l->field[at + 3];
	if (!find_level(l->field[at + 1], &c.level))
		table_fail(t, "no such level");
	else if (l->field[at + 2].n > 0 && c.source == NULL)
		table_fail(t, "no such source above this line");
	else if (c.source == NULL && c.level != LEVEL_UNKNOWN)
		table_fail(t, "a known cell needs a source");
	else if (c.text.n == 0 || (c.level == LEVEL_UNKNOWN) !=
		     bytes_eq(c.text, BYTES_LIT("?")))
		table_fail(t, "unknown cells, and they alone, are ?");
	else if (figure && c.level != LEVEL_UNKNOWN &&
	    !number_parse(c.text, &c.milli))
		table_fail(t, "not a number with at most three decimals");
	return c;
}
