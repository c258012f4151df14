/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of replies.c: what may stand in each place of an answer. */
#ifndef ASSAY_BODIES_H
#define ASSAY_BODIES_H

#include "replies.h"

/*
 * A row: its name, its text, and the outcomes that are right with it, none
 * when it does no harm.  In a text, @N is a nonce, @O the origin, @F a
 * filling of FILL bytes, @B one of brackets, @Z a NUL, @I a bomb in gzip, and
 * with @C in front the rest is an interim answer, FILL times.
 */
struct row {
	const char *name, *text;
	unsigned outcomes;
	size_t fill;
	bool odd;
};

struct rows {
	const struct row *row;
	size_t count, good; /* the first GOOD ones are harmless */
};

extern const struct rows rows_status[2], rows_location, rows_type,
    rows_header[2], rows_body[2], rows_tls;

#endif
