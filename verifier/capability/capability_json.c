/* SPDX-License-Identifier: Apache-2.0 */
/* A capability as JSON: for programs, and for explain.c to tell as a tree. */
#include <stdio.h>

#include "capability.h"
#include "verdict.h"

static json_t *
text(struct bytes t)
{
	return json_stringn((const char *)t.p, t.n);
}

/* 15832, or 608.5 as text: no floating point. */
static json_t *
number(uint64_t milli)
{
	char digits[NUMBER_TEXT];

	if (milli % MILLI == 0)
		return json_integer((json_int_t)(milli / MILLI));
	number_text(milli, digits);
	return json_string(digits);
}

/* A figure as the rules see it: a number, {"at_least"}, or null. */
static json_t *
range_json(struct range r)
{
	if (range_known(r))
		return number(r.low);
	return r.low > 0 ? json_pack("{s:o}", "at_least", number(r.low))
			 : json_null();
}

/* A source by its name in the table, and what that stands for. */
static void
put_source(json_t *at, const struct source *source)
{
	if (source == NULL)
		return;
	json_object_set_new(at, "source_id", text(source->id));
	json_object_set_new(at, "source", text(source->text));
}

/* What the table says, whether it decides or not. */
static json_t *
cell_json(const struct cell *cell, enum figure f)
{
	json_t *at = json_object();

	json_object_set_new(at, "name", json_string(figure_words(f)));
	if (figure_unit(f)[0] != '\0')
		json_object_set_new(at, "unit", json_string(figure_unit(f)));
	json_object_set_new(at, "value", text(cell->text));
	json_object_set_new(at, "level", json_string(level_name(cell->level)));
	json_object_set_new(
	    at, "decides", json_boolean(level_decides(cell->level)));
	put_source(at, cell->source);
	if (cell->note.n > 0)
		json_object_set_new(at, "note", text(cell->note));
	return at;
}

static json_t *
cells_json(const struct capability *c)
{
	json_t *all = json_object();

	for (enum figure f = 0; f < FIGURE_COUNT; f++)
		if (c->chip->figure[f].there)
			json_object_set_new(all, figure_name(f),
			    cell_json(&c->chip->figure[f], f));
	return all;
}

/* The three figures that are kept apart, and the others. */
static json_t *
figures_json(const struct capability *c)
{
	const struct range *at = c->about.figure;
	json_t *all = json_object();

	json_object_set_new(all, "tpp_ref", range_json(at[VARIABLE_TPP]));
	json_object_set_new(all, "tpp_ceiling",
	    c->has_ceiling ? number(c->ceiling) : json_null());
	if (c->has_ceiling)
		json_object_set_new(all, "tpp_ceiling_decides",
		    json_boolean(c->ceiling_decides));
	json_object_set_new(all, "tpp_observed_min",
	    c->has_observed ? number(c->observed) : json_null());
	json_object_set_new(all, "area_mm2", range_json(at[VARIABLE_AREA]));
	json_object_set_new(all, "dram_gbs", range_json(at[VARIABLE_DRAM]));
	json_object_set_new(all, "io_gbs", range_json(at[VARIABLE_IO]));
	if (c->has_observed_dram)
		json_object_set_new(
		    all, "dram_observed_min", number(c->observed_dram));
	if (c->has_facts_dram)
		json_object_set_new(
		    all, "dram_by_clock", number(c->facts_dram));
	if (c->has_facts_io)
		json_object_set_new(all, "pcie_max", number(c->facts_io));
	if (c->links_up > 0)
		json_object_set_new(all, "fabric_links_up",
		    json_integer((json_int_t)c->links_up));
	if (c->limiter != LIMITER_NONE)
		json_object_set_new(
		    all, "limiter", json_string(limiter_name(c->limiter)));
	return all;
}

static json_t *
holds_json(const struct ruling *r)
{
	switch (r->holds.answer) {
	case ANSWER_YES:
		return json_true();
	case ANSWER_NO:
		return json_false();
	case ANSWER_UNKNOWN:
		break;
	}
	return json_string("unknown");
}

/* What an unknown answer lacks. */
static void
put_because(const struct capability *c, const struct ruling *r, json_t *at)
{
	char because[384];

	if (r->holds.missing == 0)
		return;
	capability_missing(c, r->holds.missing, because, sizeof(because));
	json_object_set_new(at, "unknown", json_string(because));
}

/* The predicate with the numbers put in. */
static void
put_numbers(const struct capability *c, struct bytes predicate, const char *key,
    json_t *at)
{
	uint8_t numbers[1024];
	struct writer w = writer_of(numbers, sizeof(numbers));

	expression_show(predicate, &c->about, &w);
	data_text(at, key, writer_view(&w));
}

static json_t *
rule_json(const struct capability *c, const struct ruling *r)
{
	const struct rule *rule = r->rule;
	json_t *at = json_object();

	data_text(at, "id", rule->id);
	json_object_set_new(at, "holds", holds_json(r));
	json_object_set_new(at, "in_force", json_boolean(r->in_force));
	if (c->has_time) {
		data_text(at, "text_state",
		    bytes_str(rule_text_state(rule, c->time)));
		data_text(at, "enforcement_state",
		    bytes_str(rule_enforcement(rule, c->time)));
	}
	put_because(c, r, at);
	data_text(at, "jurisdiction", rule->jurisdiction);
	data_text(at, "kind", rule->kind);
	data_text(at, "instrument", rule->instrument);
	if (rule->class.n > 0)
		data_text(at, "class", rule->class);
	if (rule->when.n > 0) {
		data_text(at, "when", rule->when);
		put_numbers(c, rule->when, "when_numbers", at);
	}
	data_text(at, "predicate", rule->predicate.text);
	put_numbers(c, rule->predicate.text, "numbers", at);
	data_text(at, "level",
	    bytes_str(level_name(rule->predicate.level)));
	put_source(at, rule->predicate.source);
	data_text(at, "consequence", rule->consequence);
	if (rule->note.n > 0)
		data_text(at, "note", rule->note);
	return at;
}

json_t *
capability_rules(const struct capability *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->rulings; i++)
		if (c->ruling[i].shown)
			json_array_append_new(list,
			    rule_json(c, &c->ruling[i]));
	return list;
}

static json_t *
table_json(const struct table *t)
{
	json_t *at = json_object();
	char date[NUMBER_TEXT];

	data_text(at, "id", t->header.id);
	data_uint(at, "version", t->header.version);
	date_text(t->header.issued, date);
	data_text(at, "issued", bytes_str(date));
	date_text(t->header.expires, date);
	data_text(at, "expires", bytes_str(date));
	data_hex(at, "sha256", digest_view(&t->digest));
	return at;
}

static json_t *
tables_json(const struct capability *c)
{
	json_t *list = json_array();

	json_array_append_new(
	    list, table_json(&tables_chips(c->tables)->table));
	for (size_t i = 0; i < tables_rule_sets(c->tables); i++)
		json_array_append_new(
		    list, table_json(&tables_rules(c->tables, i)->table));
	return list;
}

static json_t *
identity_json(const struct capability *c)
{
	json_t *at = json_object();

	data_text(at, "rung", bytes_str(rung_name(c->rung)));
	data_text(at, "by", bytes_str(rung_words(c->rung)));
	if (c->evidence[0] != '\0')
		data_text(at, "evidence", bytes_str(c->evidence));
	if (c->unique[0] != '\0')
		data_text(at, "device", bytes_str(c->unique));
	if (c->chip == NULL)
		return at;
	data_text(at, "row", c->chip->id);
	data_text(at, "vendor", c->chip->vendor);
	data_text(at, "die", c->chip->die);
	json_object_set_new(at, "partition", json_boolean(c->partition));
	return at;
}

/* What this class takes for granted. */
static json_t *
assumptions_json(const struct capability *c)
{
	json_t *list = json_array();
	const struct cell *dc, *area;

	json_array_append_new(list,
	    json_string("TPP is what the manufacturer claims, of dense "
			"matrices, the highest over bit lengths; the table "
			"says who claims it"));
	if (c->chip != NULL) {
		dc = &c->chip->figure[FIGURE_DC];
		area = &c->chip->figure[FIGURE_AREA];
		json_array_append_new(list,
		    json_sprintf("data-centre design or marketing: %.*s, a "
				 "judgement of the table%s%.*s%s",
			dc->there ? (int)dc->text.n : 1,
			dc->there ? (const char *)dc->text.p : "?",
			dc->note.n > 0 ? " (" : "", (int)dc->note.n,
			dc->note.n > 0 ? (const char *)dc->note.p : "",
			dc->note.n > 0 ? ")" : ""));
		json_array_append_new(list,
		    json_sprintf("die area: %.*s mm2 (%s), of all logic dies "
				 "on non-planar nodes; no host can measure it",
			area->there ? (int)area->text.n : 1,
			area->there ? (const char *)area->text.p : "?",
			area->there ? level_name(area->level) : "unknown"));
		json_array_append_new(list,
		    json_string("I/O bandwidth: fabric and PCIe, both ways; "
				"how the rules count it is not published"));
	}
	for (size_t i = 0; i < c->rulings; i++)
		if (c->ruling[i].shown && c->ruling[i].in_force &&
		    c->ruling[i].rule->predicate.level == LEVEL_ASSUMED)
			json_array_append_new(list,
			    json_sprintf("%.*s: its predicate is assumed",
				(int)c->ruling[i].rule->id.n,
				(const char *)c->ruling[i].rule->id.p));
	for (size_t i = 0; i < c->notes; i++)
		json_array_append_new(list, json_string(c->note[i]));
	return list;
}

/* What all forms begin with. */
static json_t *
head_json(const struct capability *c)
{
	json_t *at = json_object();
	char date[NUMBER_TEXT];

	if (c->chip != NULL)
		data_text(at, "chip", c->chip->name);
	else
		json_object_set_new(at, "chip", json_null());
	data_text(at, "class", c->class);
	if (c->by != NULL)
		data_text(at, "class_by", c->by->id);
	json_object_set_new(at, "basis", json_integer((int)c->basis));
	if (c->has_time) {
		date_text(c->time, date);
		data_text(at, "rules_of", bytes_str(date));
	}
	json_object_set_new(at, "figures", figures_json(c));
	return at;
}

json_t *
capability_json(const struct capability *c)
{
	json_t *at = head_json(c);

	json_object_set_new(at, "identity", identity_json(c));
	if (c->chip != NULL)
		json_object_set_new(at, "cells", cells_json(c));
	json_object_set_new(at, "rules", capability_rules(c));
	json_object_set_new(at, "tables", tables_json(c));
	json_object_set_new(at, "assumptions", assumptions_json(c));
	data_text(at, "notice", BYTES_LIT(CAPABILITY_NOTICE));
	return at;
}

/* The rules in force with this answer, by their names. */
static json_t *
ids_json(const struct capability *c, enum answer answer)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->rulings; i++)
		if (c->ruling[i].shown && c->ruling[i].in_force &&
		    c->ruling[i].holds.answer == answer)
			json_array_append_new(
			    list, text(c->ruling[i].rule->id));
	return list;
}

json_t *
capability_claim(const struct capability *c)
{
	json_t *at = head_json(c);

	data_text(at, "rung", bytes_str(rung_name(c->rung)));
	json_object_set_new(at, "holds", ids_json(c, ANSWER_YES));
	json_object_set_new(at, "unknown", ids_json(c, ANSWER_UNKNOWN));
	data_text(at, "notice", BYTES_LIT(CAPABILITY_NOTICE));
	return at;
}
