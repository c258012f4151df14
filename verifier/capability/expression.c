/* SPDX-License-Identifier: Apache-2.0 */
#include "expression.h"

#include <string.h>

enum { DEPTH_MAX = 16, PARTS_MAX = 8, TEXT_MAX = 512 };

/* With figures below FIGURE_TOP, eight of these parts stay in 64 bits. */
#define FACTOR_TOP (UINT64_C(10000) * MILLI)

static const struct {
	const char *name, *words;
	bool flag;
} variables[VARIABLE_COUNT] = {
#define VARIABLE(constant, name, flag, words) {name, words, flag},
    VARIABLES(VARIABLE)
#undef VARIABLE
};

const char *
variable_name(enum variable v)
{
	return v < VARIABLE_COUNT ? variables[v].name
	    : v == MISSING_TEXT	  ? "text"
				  : "chip";
}

const char *
variable_words(enum variable v)
{
	return v < VARIABLE_COUNT ? variables[v].words
	    : v == MISSING_TEXT
	    ? "numbers: the rule has none, a person must read it"
	    : "the chip: it was not identified";
}

struct truth
truth_not(struct truth a)
{
	if (a.answer != ANSWER_UNKNOWN)
		a.answer = a.answer == ANSWER_NO ? ANSWER_YES : ANSWER_NO;
	return a;
}

/* The DECIDING answer of either decides both (Kleene, strong). */
static struct truth
join(struct truth a, struct truth b, enum answer deciding)
{
	if (a.answer == deciding || b.answer == deciding)
		return (struct truth){deciding, 0};
	if (a.answer != ANSWER_UNKNOWN && b.answer != ANSWER_UNKNOWN)
		return (struct truth){a.answer, 0};
	return (struct truth){ANSWER_UNKNOWN, a.missing | b.missing};
}

struct truth
truth_and(struct truth a, struct truth b)
{
	return join(a, b, ANSWER_NO);
}

struct truth
truth_or(struct truth a, struct truth b)
{
	return join(a, b, ANSWER_YES);
}

struct parser {
	struct bytes rest;
	const struct subject_matter *about;
	unsigned depth;
	bool failed;
};

static void
skip(struct parser *p, size_t n)
{
	p->rest = bytes_sub(p->rest, n, p->rest.n - n);
}

static void
spaces(struct parser *p)
{
	while (p->rest.n > 0 && p->rest.p[0] == ' ')
		skip(p, 1);
}

/* Take SIGN if it is next. */
static bool
take(struct parser *p, const char *sign)
{
	size_t n = strlen(sign);

	spaces(p);
	if (p->failed || p->rest.n < n || memcmp(p->rest.p, sign, n) != 0)
		return false;
	skip(p, n);
	return true;
}

static void
want(struct parser *p, bool there)
{
	p->failed |= !there;
}

static bool
is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* A name or a number: the longest run of their characters. */
static struct bytes
word(struct parser *p)
{
	struct bytes w = {NULL, 0};

	spaces(p);
	if (p->failed)
		return w;
	while (w.n < p->rest.n && is_word(p->rest.p[w.n]))
		w.n++;
	w.p = p->rest.p;
	skip(p, w.n);
	want(p, w.n > 0);
	return w;
}

static bool
find_variable(struct bytes name, enum variable *out)
{
	for (enum variable v = 0; v < VARIABLE_COUNT; v++)
		if (bytes_eq(name, bytes_str(variables[v].name))) {
			*out = v;
			return true;
		}
	return false;
}

/* A sum: its bounds, and what is not known of it. */
struct sum {
	struct range range;
	unsigned missing;
};

static void
add(struct sum *s, struct range r, uint64_t factor)
{
	s->range.low += r.low * factor;
	s->range.high += r.high * factor;
}

/* FIRST is a word that was read already: a number or a figure. */
static void
part(struct parser *p, struct bytes first, struct sum *s)
{
	struct bytes name = first;
	uint64_t factor = MILLI, v;
	enum variable var;

	if (number_parse(first, &v)) {
		if (!take(p, "*")) {
			add(s, range_of(v), 1);
			return;
		}
		factor = v;
		name = word(p);
		want(p, factor <= FACTOR_TOP && factor % MILLI == 0);
	}
	want(p, !p->failed && find_variable(name, &var) &&
		!variables[var].flag);
	if (p->failed)
		return;
	add(s, p->about->figure[var], factor / MILLI);
	if (!range_known(p->about->figure[var]))
		s->missing |= 1u << var;
}

static struct sum
sum(struct parser *p, struct bytes first)
{
	struct sum s = {{0, 0}, 0};
	unsigned parts = 1;

	part(p, first, &s);
	while (!p->failed && take(p, "+")) {
		want(p, ++parts <= PARTS_MAX);
		part(p, word(p), &s);
	}
	return s;
}

/* A >= B, or with STRICT A > B. */
static struct truth
at_least(struct sum a, struct sum b, bool strict)
{
	unsigned missing = a.missing | b.missing;

	if (a.range.low > b.range.high ||
	    (!strict && a.range.low == b.range.high))
		return (struct truth){ANSWER_YES, 0};
	if (a.range.high < b.range.low ||
	    (strict && a.range.high == b.range.low))
		return (struct truth){ANSWER_NO, 0};
	return (struct truth){ANSWER_UNKNOWN, missing};
}

static struct truth
comparison(struct parser *p, struct bytes first)
{
	struct sum a = sum(p, first);

	if (take(p, ">="))
		return at_least(a, sum(p, word(p)), false);
	if (take(p, ">"))
		return at_least(a, sum(p, word(p)), true);
	if (take(p, "<="))
		return truth_not(at_least(a, sum(p, word(p)), true));
	if (take(p, "<"))
		return truth_not(at_least(a, sum(p, word(p)), false));
	p->failed = true;
	return (struct truth){ANSWER_UNKNOWN, 0};
}

/* "any(": does one of these rules hold? */
static struct truth
any(struct parser *p)
{
	struct truth all = {ANSWER_NO, 0}, one;

	do {
		struct bytes id = word(p);

		want(p, !p->failed && p->about->rule != NULL &&
			p->about->rule(p->about->arg, id, &one));
		if (p->failed)
			return all;
		all = truth_or(all, one);
	} while (take(p, "|"));
	want(p, take(p, ")"));
	return all;
}

/* "chip(": is it one of these? */
static struct truth
chip(struct parser *p)
{
	struct truth all = {ANSWER_NO, 0};

	do {
		struct bytes id = word(p);

		if (bytes_eq(id, p->about->chip))
			all.answer = ANSWER_YES;
	} while (!p->failed && take(p, "|"));
	want(p, take(p, ")"));
	if (p->about->chip.n == 0)
		return (struct truth){ANSWER_UNKNOWN, 1u << MISSING_CHIP};
	return all;
}

static struct truth
flag(const struct parser *p, enum variable v)
{
	struct range r = p->about->figure[v];

	if (r.low > 0)
		return (struct truth){ANSWER_YES, 0};
	if (r.high == 0)
		return (struct truth){ANSWER_NO, 0};
	return (struct truth){ANSWER_UNKNOWN, 1u << v};
}

static struct truth expression(struct parser *p);

static struct truth
term(struct parser *p)
{
	struct truth t = {ANSWER_UNKNOWN, 0};
	struct bytes w;
	enum variable v;

	want(p, ++p->depth <= DEPTH_MAX);
	if (p->failed)
		return t;
	if (take(p, "!")) {
		t = truth_not(term(p));
	} else if (take(p, "(")) {
		t = expression(p);
		want(p, take(p, ")"));
	} else {
		w = word(p);
		if (bytes_eq(w, BYTES_LIT("any")) && take(p, "("))
			t = any(p);
		else if (bytes_eq(w, BYTES_LIT("chip")) && take(p, "("))
			t = chip(p);
		else if (find_variable(w, &v) && variables[v].flag)
			t = flag(p, v);
		else
			t = comparison(p, w);
	}
	p->depth--;
	return t;
}

static struct truth
conjunction(struct parser *p)
{
	struct truth t = term(p);

	while (!p->failed && take(p, "&&"))
		t = truth_and(t, term(p));
	return t;
}

static struct truth
expression(struct parser *p)
{
	struct truth t = conjunction(p);

	while (!p->failed && take(p, "||"))
		t = truth_or(t, conjunction(p));
	return t;
}

enum status
expression_judge(struct bytes text, const struct subject_matter *about,
    struct truth *out, size_t *at)
{
	struct parser p = {.rest = text, .about = about};

	*out = (struct truth){ANSWER_UNKNOWN, 1u << MISSING_TEXT};
	*at = 0;
	if (bytes_eq(text, BYTES_LIT("0")))
		return OK;
	if (text.n == 0 || text.n > TEXT_MAX)
		return EXPRESSION_MALFORMED;
	*out = expression(&p);
	spaces(&p);
	*at = text.n - p.rest.n;
	return p.failed || p.rest.n > 0 ? EXPRESSION_MALFORMED : OK;
}

/* A figure for a person: a number, a least number, yes, no or "?". */
static void
show_variable(enum variable v, struct range r, struct writer *out)
{
	char text[NUMBER_TEXT];

	number_text(r.low, text);
	if (variables[v].flag && (r.low > 0 || r.high == 0)) {
		write_str(out, r.low > 0 ? "yes" : "no");
		return;
	}
	if (range_known(r) || r.low > 0)
		write_str(out, text);
	if (!range_known(r))
		write_str(out, r.low > 0 ? "-or-more" : "?");
}

void
expression_show(struct bytes text, const struct subject_matter *about,
    struct writer *out)
{
	struct parser p = {.rest = text, .about = about};
	bool names = false; /* within any( ) or chip( ) */
	enum variable v;

	while (p.rest.n > 0) {
		uint8_t c = p.rest.p[0];
		struct bytes w;

		if (!is_word(c)) {
			write_u8(out, c);
			names &= c != ')';
			skip(&p, 1);
			continue;
		}
		w = word(&p);
		names |= bytes_eq(w, BYTES_LIT("any")) ||
		    bytes_eq(w, BYTES_LIT("chip"));
		if (!names && find_variable(w, &v))
			show_variable(v, about->figure[v], out);
		else
			write_bytes(out, w);
	}
}
