/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of rules: what they ask, since when, and what follows from them. */
#ifndef ASSAY_RULES_H
#define ASSAY_RULES_H

#include "expression.h"
#include "table.h"

/* What became of a rule's text, apart from whether it is enforced. */
#define TEXTS(TEXT)                                                            \
	TEXT(TEXT_PUBLISHED, "published")                                      \
	TEXT(TEXT_UNPUBLISHED, "unpublished")                                  \
	TEXT(TEXT_BILL, "bill")

enum text_state {
#define TEXT(constant, name) constant,
	TEXTS(TEXT)
#undef TEXT
	TEXT_COUNT
};

/* From the first day to the last, both included; 0: open. */
struct period {
	int64_t from, until;
};

struct rule {
	struct bytes id, jurisdiction, kind, instrument;
	struct bytes class; /* what a chip is called when it holds, or empty */
	struct bytes when;  /* what else must hold, or empty */
	struct cell predicate;
	struct bytes consequence, note;
	enum text_state text;
	struct period published, enforced;
	bool has_enforced; /* a bill has no such period */
};

enum { RULES_MAX = 64 };

struct rules {
	struct table table;
	struct rule rule[RULES_MAX];
	size_t count;
};

/*
 * Read a table of rules; it points into TEXT.  Predicates are parsed; what
 * any( ) names must stand above, here or in one of the COUNT tables BEFORE.
 * TABLE_MALFORMED, TABLE_FORMAT_UNKNOWN, EXPRESSION_MALFORMED.
 */
enum status rules_read(struct rules *set, struct bytes text,
    const struct rules *const *before, size_t count,
    char detail[TABLE_DETAIL]);

/* Is the day AT within the period? */
bool period_has(const struct period *p, int64_t at);

/*
 * "published", "published, not yet in the text", "no longer in the text", "a
 * bill, not law", "not published".
 */
const char *rule_text_state(const struct rule *r, int64_t at);
/* "in force", "not yet", "ended", "not law". */
const char *rule_enforcement(const struct rule *r, int64_t at);
bool rule_in_force(const struct rule *r, int64_t at);

/*
 * The truth of one rule about a subject: its condition and its predicate.
 * The rules it names are asked through ABOUT->rule.
 */
struct truth rule_judge(
    const struct rule *r, const struct subject_matter *about);

#endif
