/* SPDX-License-Identifier: Apache-2.0 */
#include "verify_rows.h"

#include "testkit.h"

static struct world world;

static void
run_row(void **state)
{
	const struct verify_row *row = *state;
	struct assay_result *r;
	struct assay_reason reason;
	bool holds;

	world_reset(&world);
	if (row->world != NULL)
		row->world(&world);
	r = world_verify(&world, row->stage, row->change);
	assert_non_null(r);
	holds = row->want != OK ? world_has(r, row->want)
				: !assay_result_reason(r, 0, &reason);
	for (size_t i = 0; !holds && assay_result_reason(r, i, &reason); i++)
		print_error("%s at %s: %s\n", reason.code, reason.where,
		    reason.detail);
	assert_true(holds);
	assert_int_equal(assay_result_exit(r), row->exit);
	assay_result_free(r);
}

int
verify_rows_run(
    const char *group, const struct verify_row *rows, size_t count)
{
	int rc;

	if (!world_open(&world, KEY_P256))
		return 1;
	rc = kit_run_rows(
	    group, rows, sizeof(*rows), count, run_row, NULL, 0);
	world_close(&world);
	return rc;
}
