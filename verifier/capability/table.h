/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all reference tables have in common: lines of fields, a first line
 * that says what the table is, sources by name, and cells that say how well
 * they are known (docs/capability-tables.md).
 */
#ifndef ASSAY_TABLE_H
#define ASSAY_TABLE_H

#include "crypto.h"
#include "number.h"
#include "status.h"

enum {
	TABLE_FORMAT = 1,
	TABLE_MAX = 256 * 1024,
	TABLE_LINE_MAX = 1024,
	TABLE_FIELDS_MAX = 8,
	TABLE_ID_MAX = 40,
	TABLE_SOURCES_MAX = 96,
	TABLE_DETAIL = 160,
};

/* How well a cell is known; those before LEVEL_RECOLLECTION decide. */
#define LEVELS(LEVEL)                                                          \
	LEVEL(LEVEL_PRIMARY, "primary", "the issuer's own words were read")    \
	LEVEL(LEVEL_QUOTED, "quoted", "quoted word for word by the source")    \
	LEVEL(LEVEL_SECONDARY, "secondary", "published by the source")         \
	LEVEL(LEVEL_DERIVED, "derived", "follows from cells that decide")      \
	LEVEL(LEVEL_ASSUMED, "assumed", "a judgement, named wherever it is "   \
				    "used")                                    \
	LEVEL(LEVEL_RECOLLECTION, "recollection", "from memory: unverified")   \
	LEVEL(LEVEL_ESTIMATE, "estimate", "estimated: unverified")             \
	LEVEL(LEVEL_RUMOUR, "rumour", "hearsay: unverified")                   \
	LEVEL(LEVEL_UNKNOWN, "unknown", "not known")

enum level {
#define LEVEL(constant, name, words) constant,
	LEVELS(LEVEL)
#undef LEVEL
	LEVEL_COUNT
};

const char *level_name(enum level l);
const char *level_words(enum level l);
bool level_decides(enum level l);

struct source {
	struct bytes id, text;
};

/* One cell: a value, a figure or text, with its provenance. */
struct cell {
	bool there;
	struct bytes text;
	uint64_t milli; /* of a figure, unless its level is unknown */
	enum level level;
	const struct source *source; /* NULL when the level is unknown */
	struct bytes note;           /* may be empty */
};

enum table_kind { TABLE_CHIPS, TABLE_RULES, TABLE_TPMS, TABLE_KINDS };

/* "chips", as a table's first line has it. */
const char *table_kind_name(enum table_kind kind);

struct table_header {
	enum table_kind kind;
	struct bytes id;
	uint64_t version;
	int64_t issued, expires;
};

/*
 * A table while it is read.  Lines end with LF and have fields between
 * commas; a field with a comma in it stands in quotes and has no quote in it.
 * Empty lines, and lines that begin with #, say nothing.
 */
struct table_line {
	struct bytes field[TABLE_FIELDS_MAX];
	size_t n;
};

struct table {
	struct bytes rest;
	unsigned line;
	enum status st;
	char *detail; /* TABLE_DETAIL bytes: line and what is wrong */
	struct table_header header;
	struct source source[TABLE_SOURCES_MAX];
	size_t source_count;
	struct digest digest; /* SHA-256 of the whole */
};

/*
 * Begin TEXT, whose first line must be
 *	table,1,chips|rules|tpms,ID,VERSION,ISSUED,EXPIRES
 * and be of KIND.  TABLE_MALFORMED, TABLE_FORMAT_UNKNOWN.  The bytes must
 * outlive the table, which points into them.
 */
enum status table_open(struct table *t, struct bytes text,
    enum table_kind kind, char detail[TABLE_DETAIL]);

/* What its first line says it is; TABLE_RULES unless it says so. */
enum table_kind table_kind_of(struct bytes text);

/*
 * The next line that is not about a source; false at the end or after a
 * failure, which T->st tells apart.
 */
bool table_next(struct table *t, struct table_line *line);

/* Record what is wrong with this line. */
void table_fail(struct table *t, const char *what);

/*
 * A cell from VALUE,LEVEL,SOURCE[,NOTE], which begin at FIELD.  A figure is a
 * number, or "?" with the level unknown.
 */
struct cell table_cell(struct table *t, const struct table_line *line,
    size_t field, bool figure);

/* Is it a name for a table, a source, a row: a-z, 0-9 and - . _ in between? */
bool table_id_ok(struct bytes id);

#endif
