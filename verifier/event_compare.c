/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log beside a policy.  PCRs do not bind the order among each other, so
 * each is walked by itself.  Optional events make several places possible at
 * once: all of them are kept, as a set of rules that may come next.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_describe.h"
#include "event_policy.h"
#include "event_types.h"

/* The walk: for every PCR a set of places, one more than it has rules. */
struct walk {
	const struct event_policy *policy;
	struct event_findings *out;
	bool *now, *next;      /* of all PCRs, one after the other */
	size_t base[PCR_COUNT]; /* where those of a PCR begin */
	bool lost[PCR_COUNT];  /* nothing can be put beside anything any more */
};

void
event_finding(struct event_findings *to, enum status code,
    const struct event *e, const char *format, ...)
{
	struct event_finding *f;
	va_list ap;

	if (to->n == EVENT_FINDINGS_MAX)
		return;
	f = &to->f[to->n++];
	f->code = code;
	f->event = e != NULL ? e->number : SIZE_MAX;
	va_start(ap, format);
	vsnprintf(f->text, sizeof(f->text), format, ap);
	va_end(ap);
}

/* A type by its name or number. */
static const char *
type_text(uint32_t type, char buf[12])
{
	const char *name = event_type_name(type);

	snprintf(buf, 12, "0x%08x", type);
	return name != NULL ? name : buf;
}

static enum status
rule_matches(const struct walk *w, const struct event_rule *rule,
    const struct event *e, bool *out)
{
	const struct event_policy *p = w->policy;
	struct bytes digest = event_digest(e, p->bank);
	enum event_binding binding;
	struct event_variable v;
	enum status st;

	*out = false;
	if (rule->type != e->type)
		return OK;
	for (size_t i = 0; i < rule->count && !*out; i++) {
		const struct event_match *m = &p->matches[rule->first + i];

		switch (m->kind) {
		case MATCH_ANY:
			*out = true;
			break;
		case MATCH_DIGEST:
			*out = bytes_eq(
			    digest, bytes_view(m->digest, hash_size(p->bank)));
			break;
		case MATCH_VARIABLE:
			if ((st = event_binds(e, p->bank, &binding)) != OK)
				return st;
			*out = binding == BOUND_DATA &&
			    variable_parse(e->data, &v) &&
			    variable_is(&v, m->variable);
		}
	}
	return OK;
}

static const struct event_rule *
rule_at(const struct walk *w, unsigned pcr, size_t place)
{
	return &w->policy->rules[w->policy->of_pcr[pcr].first + place];
}

/* What is optional may be passed over. */
static void
pass_over(const struct walk *w, unsigned pcr, bool *set)
{
	for (size_t i = 0; i < w->policy->of_pcr[pcr].count; i++)
		if (set[i] && rule_at(w, pcr, i)->optional)
			set[i + 1] = true;
}

/*
 * The rule that an event which fits none is to be told beside: one of its
 * type that may come next, else the last that may.
 */
static size_t
beside(const struct walk *w, unsigned pcr, const bool *set, uint32_t type)
{
	size_t count = w->policy->of_pcr[pcr].count, last = 0;

	for (size_t i = 0; i <= count; i++) {
		if (!set[i])
			continue;
		if (i < count && rule_at(w, pcr, i)->type == type)
			return i;
		last = i;
	}
	return last;
}

/* An event that is none of those expected: say so, and go on if we can. */
static enum status
differs(struct walk *w, const struct event *e, const bool *now, bool *next)
{
	size_t place = beside(w, e->pcr, now, e->type);
	const struct event_rule *rule = NULL;
	char hex[2 * HASH_MAX + 1], is[12], want[12];
	struct event_said said;
	enum status st;

	if (place < w->policy->of_pcr[e->pcr].count)
		rule = rule_at(w, e->pcr, place);
	if ((st = event_describe(e, w->policy->bank, &said)) != OK)
		return st;
	bytes_to_hex(event_digest(e, w->policy->bank), hex);
	if (rule != NULL && rule->type == e->type) {
		event_finding(w->out, EVENT_MISMATCH, e,
		    "event %zu, PCR %u, %s: %s is none of those in line %u; "
		    "its data, %s, say: %.80s",
		    e->number, e->pcr, type_text(e->type, is), hex, rule->line,
		    said.binding == BOUND_NOT ? "not bound" : "bound",
		    said.line.text);
		next[place + 1] = true;
		return OK;
	}
	w->lost[e->pcr] = true;
	if (rule == NULL)
		event_finding(w->out, EVENT_UNEXPECTED, e,
		    "event %zu, PCR %u, %s: after the last that is expected "
		    "there; its data say: %.80s",
		    e->number, e->pcr, type_text(e->type, is),
		    said.line.text);
	else
		event_finding(w->out, EVENT_UNEXPECTED, e,
		    "event %zu, PCR %u, %s: line %u expects %s; its data say: "
		    "%.80s",
		    e->number, e->pcr, type_text(e->type, is), rule->line,
		    type_text(rule->type, want), said.line.text);
	return OK;
}

static enum status
step(struct walk *w, const struct event *e)
{
	size_t count = w->policy->of_pcr[e->pcr].count;
	bool *now = w->now + w->base[e->pcr];
	bool *next = w->next + w->base[e->pcr];
	bool any = false, is;
	enum status st;

	if (!(w->policy->pcrs >> e->pcr & 1) || w->lost[e->pcr])
		return OK;
	memset(next, 0, (count + 1) * sizeof(*next));
	for (size_t i = 0; i < count; i++) {
		if (!now[i])
			continue;
		st = rule_matches(w, rule_at(w, e->pcr, i), e, &is);
		if (st != OK)
			return st;
		if (is)
			next[i + 1] = any = true;
	}
	if (!any && (st = differs(w, e, now, next)) != OK)
		return st;
	pass_over(w, e->pcr, next);
	memcpy(now, next, (count + 1) * sizeof(*now));
	return OK;
}

/* What is still required at the end of the log. */
static void
find_missing(struct walk *w)
{
	char type[12];

	for (unsigned pcr = 0; pcr < PCR_COUNT; pcr++) {
		size_t count = w->policy->of_pcr[pcr].count, place = 0;
		const bool *now = w->now + w->base[pcr];

		if (!(w->policy->pcrs >> pcr & 1) || w->lost[pcr] ||
		    now[count])
			continue;
		for (size_t i = 0; i < count; i++)
			place = now[i] ? i : place;
		event_finding(w->out, EVENT_MISSING, NULL,
		    "PCR %u: %s of line %u is not in the log", pcr,
		    type_text(rule_at(w, pcr, place)->type, type),
		    rule_at(w, pcr, place)->line);
	}
}

/* Separators: both values, in the bank. */
static enum status
is_separator(const struct event *e, enum hash bank, bool *out)
{
	static const uint8_t values[2][4] = {
	    {0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff}};
	struct digest d;
	enum status st = OK;

	*out = false;
	for (size_t i = 0; i < 2 && st == OK && !*out; i++) {
		st = hash_one(bank, BYTES_OF(values[i]), &d);
		*out = st == OK &&
		    bytes_eq(digest_view(&d), event_digest(e, bank));
	}
	return st;
}

/* One in each of PCR 0 to 7, saying that all is well (PFP 3.3.2.2). */
static enum status
check_separators(struct walk *w, struct bytes in)
{
	struct eventlog log;
	struct event e;
	unsigned seen = 0;
	enum status st;
	bool is;

	eventlog_open(in, &log);
	while (eventlog_next(&log, &e)) {
		if (e.type != EV_SEPARATOR || e.pcr > 7)
			continue;
		st = is_separator(&e, w->policy->bank, &is);
		if (st != OK)
			return st;
		if (!is || seen >> e.pcr & 1)
			event_finding(w->out, EVENT_SEPARATOR, &e,
			    "event %zu, PCR %u: %s", e.number, e.pcr,
			    is ? "a second separator"
			       : "the separator says error");
		seen |= 1u << e.pcr;
	}
	for (unsigned pcr = 0; pcr < 8; pcr++)
		if (!(seen >> pcr & 1))
			event_finding(w->out, EVENT_SEPARATOR, NULL,
			    "PCR %u: no separator", pcr);
	return OK;
}

static enum status
check_form(struct walk *w, const struct event *e)
{
	struct event_said said;
	enum status st = event_describe(e, w->policy->bank, &said);
	char type[12];

	if (st == OK && said.malformed)
		event_finding(w->out, EVENT_DATA_MALFORMED, e,
		    "event %zu, PCR %u, %s: %.80s", e->number, e->pcr,
		    type_text(e->type, type), said.line.text);
	return st;
}

static enum status
walk_log(struct walk *w, struct bytes in)
{
	struct eventlog log;
	struct event e;
	size_t places = 0;
	enum status st = OK;

	for (unsigned pcr = 0; pcr < PCR_COUNT; pcr++) {
		w->base[pcr] = places;
		places += w->policy->of_pcr[pcr].count + 1;
		w->now[w->base[pcr]] = true;
		pass_over(w, pcr, w->now + w->base[pcr]);
	}
	eventlog_open(in, &log);
	while (st == OK && eventlog_next(&log, &e)) {
		if (w->policy->well_formed)
			st = check_form(w, &e);
		if (st == OK && event_extends(&e))
			st = step(w, &e);
	}
	if (st == OK)
		find_missing(w);
	if (st == OK && w->policy->separators)
		st = check_separators(w, in);
	if (st == OK && w->policy->secure_boot)
		st = secure_boot_check(w->policy->bank, in, w->out);
	return st;
}

static int
by_event(const void *a, const void *b)
{
	const struct event_finding *x = a, *y = b;

	return (x->event > y->event) - (x->event < y->event);
}

enum status
event_policy_compare(const struct event_policy *policy, struct bytes in,
    struct event_findings *out)
{
	size_t places = policy->rule_count + PCR_COUNT;
	struct walk w = {.policy = policy, .out = out,
	    .now = calloc(places, sizeof(bool)),
	    .next = calloc(places, sizeof(bool))};
	struct eventlog log;
	enum status st;
	bool bank = false;

	out->n = 0;
	st = w.now != NULL && w.next != NULL ? eventlog_open(in, &log)
					     : NO_MEMORY;
	for (uint32_t i = 0; st == OK && i < log.algs; i++)
		bank |= log.alg[i].id == policy->bank;
	if (st == OK)
		st = bank ? walk_log(&w, in) : EVENTLOG_BANK_MISSING;
	if (out->n > 0)
		qsort(out->f, out->n, sizeof(out->f[0]), by_event);
	free(w.now);
	free(w.next);
	return st;
}
