/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that a context judges by: those built into libassay, which are
 * what they were when it was built, and those given, which are signed.
 */
#ifndef ASSAY_TABLES_H
#define ASSAY_TABLES_H

#include "chips.h"
#include "policy.h"
#include "rules.h"
#include "table_sign.h"
#include "tpms.h"

enum { RULE_SETS_MAX = 12 };

/* A table built in, made from certs/ by CMake (shipped.c). */
struct shipped {
	const char *name;
	enum table_kind kind;
	const uint8_t *data;
	size_t len;
};
extern const struct shipped shipped_tables[];
extern const size_t shipped_count;

struct tables;

/* The shipped ones, unread; NULL without memory. */
struct tables *tables_new(void);
void tables_free(struct tables *t); /* NULL is fine */

/* Signatures of the table that is given next. */
enum status tables_set_signatures(struct tables *t, struct bytes cose);

/*
 * Take a table in place of the one of the same name: chips in place of all
 * chips, TPMs likewise.  The bytes are copied.  As many of the policy's keys as it asks for
 * must have signed it: TABLE_UNSIGNED, TABLE_SIGNATURE, TABLE_SIGNERS,
 * TABLE_SIGNATURES_MALFORMED, and what reading it says.
 */
enum status tables_add(struct tables *t, enum table_kind kind,
    struct bytes text, const struct policy *policy, char detail[TABLE_DETAIL]);

/* Read rules that may name those of T; nothing is added to T. */
enum status tables_read_rules(const struct tables *t, struct bytes text,
    struct rules *out, char detail[TABLE_DETAIL]);

/*
 * Judge by the rule set of this name alone; the others are still asked by
 * any( ).  TABLE_UNKNOWN.
 */
enum status tables_select(struct tables *t, struct bytes name);
bool tables_selected(const struct tables *t, size_t set);

/*
 * Read what is not read yet, and look at version and expiry: TABLE_OLD,
 * TABLE_EXPIRED.  TIME and POLICY may be NULL.
 */
enum status tables_ready(struct tables *t, const int64_t *time,
    const struct policy *policy, char detail[TABLE_DETAIL]);

/* The same of the table of TPM firmware; *OUT is NULL unless it is OK. */
enum status tables_tpms(struct tables *t, const int64_t *time,
    const struct policy *policy, const struct tpms **out,
    char detail[TABLE_DETAIL]);

/* After tables_ready said OK, or anything but TABLE_MALFORMED. */
const struct chips *tables_chips(const struct tables *t);
size_t tables_rule_sets(const struct tables *t);
const struct rules *tables_rules(const struct tables *t, size_t set);

#endif
