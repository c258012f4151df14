/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify and appraise, driven through every code they can give: one row, one
 * thing wrong, the code that must be among the reasons, the exit status.
 */
#ifndef ASSAY_VERIFY_ROWS_H
#define ASSAY_VERIFY_ROWS_H

#include "world.h"

struct verify_row {
	const char *name;
	void (*world)(struct world *w); /* what is otherwise, or NULL */
	enum forge_stage stage;
	void (*change)(struct forge *f); /* what is wrong, or NULL */
	enum status want;                /* OK: no reason at all */
	int exit;
};

/* One named test for each row. */
int verify_rows_run(
    const char *group, const struct verify_row *rows, size_t count);

#endif
