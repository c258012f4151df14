/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures in thousandths, as whole numbers: no rounding before a comparison
 * and no floating point anywhere.
 */
#ifndef ASSAY_NUMBER_H
#define ASSAY_NUMBER_H

#include "bytes.h"

/* No figure is larger, so that no sum of ours leaves 64 bits. */
#define FIGURE_TOP UINT64_C(100000000000000)

enum { MILLI = 1000, NUMBER_TEXT = 24 };

/*
 * "814", "608.5", "19.456": digits, and at most three behind a point; no
 * sign, no leading zeros, nothing above FIGURE_TOP thousandths.
 */
bool number_parse(struct bytes text, uint64_t *milli);

/* The shortest of these forms. */
void number_text(uint64_t milli, char out[NUMBER_TEXT]);

/* What is known of a figure: it lies in LOW..HIGH, thousandths. */
struct range {
	uint64_t low, high;
};

struct range range_of(uint64_t milli); /* known */
struct range range_unknown(void);      /* anything */
bool range_known(struct range r);

/* "2026-11-23" to seconds since 1970; no other form, no day that is not. */
bool date_parse(struct bytes text, int64_t *out);
void date_text(int64_t seconds, char out[NUMBER_TEXT]);

#endif
