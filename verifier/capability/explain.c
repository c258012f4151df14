/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

enum { LINE = 512, WIDTH = 78 };

/* Where lines go, and the branches that they hang from. */
struct teller {
	void (*put)(void *arg, const char *line);
	void *arg;
	char stem[24]; /* of the lines below the branch that is open */
};

static void say(struct teller *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void branch(struct teller *t, int last, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void below(struct teller *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Long text goes on in lines of its own, INDENT further in. */
static void
wrap(struct teller *t, const char *first, const char *rest, const char *text)
{
	char line[LINE + 32];
	const char *lead = first;

	do {
		size_t room = WIDTH - strlen(lead), n = strlen(text);

		if (n > room) {
			for (n = room; n > 0 && text[n] != ' '; n--)
				;
			n = n == 0 ? room : n;
		}
		snprintf(line, sizeof(line), "%s%.*s", lead, (int)n, text);
		t->put(t->arg, line);
		text += n;
		text += strspn(text, " ");
		lead = rest;
	} while (*text != '\0');
}

static void
say(struct teller *t, const char *format, ...)
{
	char line[LINE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	wrap(t, "", "    ", line);
}

static void
branch(struct teller *t, int last, const char *format, ...)
{
	char line[LINE], rest[32];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	snprintf(t->stem, sizeof(t->stem), "%s", last ? "   " : "|  ");
	snprintf(rest, sizeof(rest), "%s    ", t->stem);
	wrap(t, last ? "`- " : "|- ", rest, line);
}

static void
below(struct teller *t, const char *format, ...)
{
	char line[LINE], first[32], rest[32];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	snprintf(first, sizeof(first), "%s    ", t->stem);
	snprintf(rest, sizeof(rest), "%s      ", t->stem);
	wrap(t, first, rest, line);
}

static const char *
get(const json_t *at, const char *key)
{
	const char *s = json_string_value(json_object_get(at, key));

	return s != NULL ? s : "";
}

/* A figure for a person: "1028 GB/s", "40265 or more", "not known". */
static const char *
figure(const json_t *figures, const char *key, const char *unit, char out[64])
{
	const json_t *v = json_object_get(figures, key);
	const char *tail = "";

	if (json_is_object(v)) {
		v = json_object_get(v, "at_least");
		tail = " or more";
	}
	if (json_is_string(v))
		snprintf(out, 64, "%s%s%s", json_string_value(v), unit, tail);
	else if (json_is_integer(v))
		snprintf(out, 64, "%" JSON_INTEGER_FORMAT "%s%s",
		    json_integer_value(v), unit, tail);
	else
		snprintf(out, 64, "not known");
	return out;
}

static void
tell_identity(struct teller *t, const json_t *at)
{
	static const char *const bases[] = {
	    "basis 0: nobody vouches for it",
	    "basis 1: claimed by software under a verified quote",
	    "basis 2: signed by the device itself",
	    "basis 3: signed by the device, and named in the inventory",
	};
	const json_t *id = json_object_get(at, "identity");
	size_t basis = (size_t)json_integer_value(json_object_get(at, "basis"));

	say(t, "identity");
	branch(t, 0, "%s%s%s", get(id, "by"),
	    get(id, "evidence")[0] != '\0' ? ": " : "", get(id, "evidence"));
	if (get(id, "device")[0] != '\0')
		branch(t, 0, "device %s", get(id, "device"));
	branch(t, 0, "%s", bases[basis < 4 ? basis : 0]);
	if (get(id, "row")[0] == '\0')
		branch(t, 1, "no row of the table of chips");
	else
		branch(t, 1, "row %s of the table of chips: %s, %s",
		    get(id, "row"), get(id, "vendor"), get(id, "die"));
}

static void
tell_cells(struct teller *t, const json_t *at)
{
	json_t *cells = json_object_get(at, "cells"), *cell;
	const char *key;

	if (cells == NULL)
		return;
	say(t, "cells of the row");
	json_object_foreach(cells, key, cell) {
		char value[96];
		int last = json_object_iter_next(cells,
			       json_object_key_to_iter(key)) == NULL;

		snprintf(value, sizeof(value), "%s %s", get(cell, "value"),
		    get(cell, "unit"));
		branch(t, last, "%-24s %-14s %s%s%s%s%s", get(cell, "name"),
		    value, get(cell, "level"),
		    get(cell, "source_id")[0] != '\0' ? " [" : "",
		    get(cell, "source_id"),
		    get(cell, "source_id")[0] != '\0' ? "]" : "",
		    json_is_true(json_object_get(cell, "decides"))
			? "" : " unverified");
		if (get(cell, "note")[0] != '\0')
			below(t, "%s", get(cell, "note"));
	}
}

/* TPP / area to two decimals, cut off: to read, never to compare. */
static void
tell_density(struct teller *t, const json_t *figures)
{
	char tpp_text[64], area_text[64];
	uint64_t tpp, area, hundredths;

	if (!number_parse(bytes_str(figure(figures, "tpp_ref", "", tpp_text)),
		&tpp) ||
	    !number_parse(bytes_str(figure(figures, "area_mm2", "", area_text)),
		&area) ||
	    area == 0)
		return;
	hundredths = tpp * 100 / area;
	branch(t, 0, "%-24s %" PRIu64 ".%02" PRIu64, "performance density",
	    hundredths / 100, hundredths % 100);
	below(t, "cut off, for reading; rules multiply out and never divide");
}

static void
tell_figures(struct teller *t, const json_t *at)
{
	const json_t *f = json_object_get(at, "figures");
	char v[64];

	say(t, "figures, for one package");
	branch(t, 0, "%-24s %s", "TPP, reference", figure(f, "tpp_ref", "", v));
	below(t, "the table's, for the chip that was identified");
	branch(t, 0, "%-24s %s%s", "TPP, ceiling",
	    figure(f, "tpp_ceiling", "", v),
	    json_is_false(json_object_get(f, "tpp_ceiling_decides"))
		? ", from cells that are unverified" : "");
	below(t, "2 x units x MAC x maximum clock x bits: an upper bound of "
		 "the die, never used for a class");
	branch(t, 0, "%-24s %s", "TPP, observed at least",
	    json_is_null(json_object_get(f, "tpp_observed_min"))
		? "not measured"
		: figure(f, "tpp_observed_min", "", v));
	below(t, "a measurement proves at least, never at most");
	branch(t, 0, "%-24s %s", "die area",
	    figure(f, "area_mm2", " mm2", v));
	tell_density(t, f);
	if (get(f, "limiter")[0] != '\0')
		branch(t, 0, "%-24s %s", "peak TOPS limiter",
		    get(f, "limiter"));
	branch(t, 0, "%-24s %s", "DRAM bandwidth",
	    figure(f, "dram_gbs", " GB/s", v));
	if (json_object_get(f, "dram_by_clock") != NULL)
		below(t, "by clock and bus: %s",
		    figure(f, "dram_by_clock", " GB/s", v));
	if (json_object_get(f, "dram_observed_min") != NULL)
		below(t, "observed at least: %s",
		    figure(f, "dram_observed_min", " GB/s", v));
	branch(t, 1, "%-24s %s", "I/O bandwidth",
	    figure(f, "io_gbs", " GB/s", v));
	below(t, "fabric and PCIe, both ways");
	if (json_object_get(f, "pcie_max") != NULL)
		below(t, "PCIe at most, here: %s",
		    figure(f, "pcie_max", " GB/s", v));
}

static const char *
answer(const json_t *rule)
{
	const json_t *h = json_object_get(rule, "holds");

	return json_is_true(h) ? "holds"
	    : json_is_false(h) ? "does not hold"
			       : "UNKNOWN";
}

static void
tell_rule(struct teller *t, const json_t *rule, int last)
{
	branch(t, last, "%s: %s", get(rule, "id"), answer(rule));
	below(t, "%s (%s, %s)", get(rule, "instrument"), get(rule, "kind"),
	    get(rule, "jurisdiction"));
	if (get(rule, "when")[0] != '\0')
		below(t, "applies when %s", get(rule, "when"));
	if (strcmp(get(rule, "predicate"), "0") != 0) {
		below(t, "%s", get(rule, "predicate"));
		if (strcmp(get(rule, "predicate"), get(rule, "numbers")) != 0)
			below(t, "%s", get(rule, "numbers"));
	}
	if (get(rule, "unknown")[0] != '\0')
		below(t, "not known: %s", get(rule, "unknown"));
	if (json_is_true(json_object_get(rule, "holds")))
		below(t, "then: %s", get(rule, "consequence"));
	below(t, "%s; %s; %s [%s]", get(rule, "enforcement_state"),
	    get(rule, "text_state"), get(rule, "level"),
	    get(rule, "source_id"));
}

/* Rules that are in force, or those that are not. */
static void
tell_rules(struct teller *t, const json_t *at, int in_force)
{
	const json_t *rules = json_object_get(at, "rules");
	size_t total = 0, told = 0, i;
	json_t *rule;

	json_array_foreach(rules, i, rule)
		total += json_is_true(json_object_get(rule, "in_force")) ==
		    in_force;
	if (total == 0)
		return;
	say(t, in_force ? "rules in force on %s" : "rules not in force on %s",
	    get(at, "rules_of"));
	json_array_foreach(rules, i, rule) {
		if (json_is_true(json_object_get(rule, "in_force")) !=
		    in_force)
			continue;
		tell_rule(t, rule, ++told == total);
	}
}

/* Add the source of AT to FOUND, by its name. */
static void
collect(json_t *found, const json_t *at)
{
	if (get(at, "source_id")[0] != '\0')
		json_object_set(found, get(at, "source_id"),
		    json_object_get(at, "source"));
}

/* Whatever was named in brackets. */
static void
tell_sources(struct teller *t, const json_t *at)
{
	json_t *found = json_object(), *one;
	const char *id;
	size_t i, n = 0;

	json_object_foreach(json_object_get(at, "cells"), id, one)
		collect(found, one);
	json_array_foreach(json_object_get(at, "rules"), i, one)
		collect(found, one);
	say(t, "sources");
	json_object_foreach(found, id, one)
		branch(t, ++n == json_object_size(found), "[%s] %s", id,
		    json_string_value(one));
	json_decref(found);
}

static void
tell_list(struct teller *t, const char *title, const json_t *list)
{
	size_t n = json_array_size(list);

	if (n == 0)
		return;
	say(t, "%s", title);
	for (size_t i = 0; i < n; i++)
		branch(t, i + 1 == n, "%s",
		    json_string_value(json_array_get(list, i)));
}

static void
tell_tables(struct teller *t, const json_t *at)
{
	const json_t *list = json_object_get(at, "tables");
	json_t *table;
	size_t i;

	say(t, "tables");
	json_array_foreach(list, i, table)
		branch(t, i + 1 == json_array_size(list),
		    "%s, version %" JSON_INTEGER_FORMAT ", good until %s, "
		    "SHA-256 %s", get(table, "id"),
		    json_integer_value(json_object_get(table, "version")),
		    get(table, "expires"), get(table, "sha256"));
}

/* Names of the rules in force with this answer, on one line or more. */
static void
tell_ids(struct teller *t, const json_t *at, const char *title,
    const char *wanted)
{
	const json_t *rules = json_object_get(at, "rules");
	char line[LINE];
	size_t n, i;
	json_t *rule;

	n = (size_t)snprintf(line, sizeof(line), "%s", title);
	json_array_foreach(rules, i, rule)
		if (json_is_true(json_object_get(rule, "in_force")) &&
		    strcmp(answer(rule), wanted) == 0 && n < sizeof(line))
			n += (size_t)snprintf(line + n, sizeof(line) - n,
			    " %s", get(rule, "id"));
	if (n > strlen(title))
		wrap(t, "  ", "    ", line);
}

/* Which rule made it so. */
static void
tell_class(struct teller *t, const json_t *at)
{
	const json_t *rules = json_object_get(at, "rules");
	json_t *rule;
	size_t i;

	if (get(at, "class_by")[0] == '\0') {
		wrap(t, "  ", "    ", get(at, "chip")[0] != '\0'
			? "no rule in force that gives a class holds"
			: "the chip was not recognised");
		return;
	}
	json_array_foreach(rules, i, rule)
		if (strcmp(get(rule, "id"), get(at, "class_by")) == 0)
			wrap(t,
			    strcmp(answer(rule), "holds") == 0
				? "  by " : "  cannot be told by ", "    ",
			    get(rule, "instrument"));
}

void
explain(const json_t *at, int full, void (*put)(void *arg, const char *line),
    void *arg)
{
	struct teller t = {put, arg, ""};
	const char *chip = get(at, "chip");
	json_t *assumption;
	size_t i;

	say(&t, "%s: %s (basis %" JSON_INTEGER_FORMAT "%s%s)",
	    chip[0] != '\0' ? chip : "unknown chip", get(at, "class"),
	    json_integer_value(json_object_get(at, "basis")),
	    get(at, "rules_of")[0] != '\0' ? ", by the rules of " : "",
	    get(at, "rules_of"));
	tell_class(&t, at);
	if (!full) {
		tell_ids(&t, at, "holds:", "holds");
		tell_ids(&t, at, "not known:", "UNKNOWN");
		json_array_foreach(
		    json_object_get(at, "assumptions"), i, assumption)
			wrap(&t, "  assumed: ", "    ",
			    json_string_value(assumption));
	} else {
		put(arg, "");
		tell_identity(&t, at);
		tell_figures(&t, at);
		tell_cells(&t, at);
		tell_rules(&t, at, 1);
		tell_rules(&t, at, 0);
		tell_list(&t, "assumptions",
		    json_object_get(at, "assumptions"));
		tell_sources(&t, at);
		tell_tables(&t, at);
	}
	say(&t, "This is %s.", get(at, "notice"));
}
