/* SPDX-License-Identifier: Apache-2.0 */
/* The table of TPM firmware with published flaws. */
#ifndef ASSAY_TPMS_H
#define ASSAY_TPMS_H

#include "table.h"

enum { TPMS_MAX = 256, MANUFACTURER_MAX = 4 };

/* Versions of one maker's firmware, the first and the last one included. */
struct flawed {
	struct bytes id, manufacturer, reason;
	struct cell versions;
	uint32_t from, until;
};

struct tpms {
	struct table table;
	struct flawed row[TPMS_MAX];
	size_t count;
};

/*
 * Read a table of TPM firmware; it points into TEXT.  TABLE_MALFORMED,
 * TABLE_FORMAT_UNKNOWN.
 */
enum status tpms_read(
    struct tpms *set, struct bytes text, char detail[TABLE_DETAIL]);

/*
 * The first row that decides and has this firmware, as a quote states it, of
 * the maker that a certificate names as "id:49465800"; NULL for none.
 */
const struct flawed *tpms_find(
    const struct tpms *set, const char *manufacturer, uint64_t firmware);

#endif
