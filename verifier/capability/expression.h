/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The predicates of rule tables: comparisons of whole-number sums, joined by
 * && || ! and judged in three values (Kleene).  Not a language: no loops, no
 * names but those below, a bounded depth, and every text is either refused or
 * answered.
 *
 *	expression = and *( "||" and )
 *	and        = term *( "&&" term )
 *	term       = "!" term / "(" expression ")" / flag / sum order sum
 *	           / "any(" rule *( "|" rule ) ")"
 *	           / "chip(" id *( "|" id ) ")"
 *	order      = ">=" / ">" / "<=" / "<"
 *	sum        = part *( "+" part )            ; at most 8
 *	part       = [ number "*" ] figure / number
 *
 * Spaces may stand between any two of these.  The text "0" stands for a rule
 * that numbers cannot decide.
 */
#ifndef ASSAY_EXPRESSION_H
#define ASSAY_EXPRESSION_H

#include "number.h"
#include "status.h"

/*
 * What a predicate may speak of.
 *
 *	VARIABLE(constant, name, is it a flag, what it is)
 */
#define VARIABLES(VARIABLE)                                                    \
	VARIABLE(VARIABLE_TPP, "tpp", false, "total processing performance")   \
	VARIABLE(VARIABLE_AREA, "area", false, "applicable die area, mm2")     \
	VARIABLE(VARIABLE_DRAM, "dram", false, "DRAM bandwidth, GB/s")         \
	VARIABLE(VARIABLE_IO, "io", false, "I/O bandwidth, GB/s")              \
	VARIABLE(VARIABLE_MBD, "mbd100", false,                                \
	    "memory bandwidth density of a memory stack, 1/100 GB/s/mm2")      \
	VARIABLE(VARIABLE_TX, "tx", false, "transistors")                      \
	VARIABLE(VARIABLE_DC, "dc", true,                                      \
	    "designed or marketed for data centres")                           \
	VARIABLE(VARIABLE_MM, "mm", true, "mass-market encryption item")

enum variable {
#define VARIABLE(constant, name, flag, words) constant,
	VARIABLES(VARIABLE)
#undef VARIABLE
	VARIABLE_COUNT,
	/* What else can be missing for an answer. */
	MISSING_TEXT = VARIABLE_COUNT, /* the rule has no numbers */
	MISSING_CHIP,                  /* which chip it is */
	MISSING_COUNT
};

const char *variable_name(enum variable v);
const char *variable_words(enum variable v);

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* An answer, and for an unknown one a bit for each thing that is missing. */
struct truth {
	enum answer answer;
	unsigned missing; /* 1 << enum variable */
};

/* Whereof is spoken.  A flag is 0, 1 (thousandths: 1000) or unknown. */
struct subject_matter {
	struct range figure[VARIABLE_COUNT];
	struct bytes chip; /* id of the row, empty when it is not known */
	/* The answer of the rule ID; false when there is no such rule. */
	bool (*rule)(const void *arg, struct bytes id, struct truth *out);
	const void *arg;
};

/*
 * Judge TEXT.  EXPRESSION_MALFORMED: *AT is where it is not understood.
 */
enum status expression_judge(struct bytes text,
    const struct subject_matter *about, struct truth *out, size_t *at);

/*
 * Write TEXT, which was judged, with the numbers in place of the names:
 * "2368>=4800 && yes"; "?" stands for what is not known.
 */
void expression_show(struct bytes text, const struct subject_matter *about,
    struct writer *out);

struct truth truth_and(struct truth a, struct truth b);
struct truth truth_or(struct truth a, struct truth b);
struct truth truth_not(struct truth a);

#endif
