/* SPDX-License-Identifier: Apache-2.0 */
#include "spdm_rows.h"

struct spdm_bench *
spdm_bench(void)
{
	static struct spdm_bench bench;

	return &bench;
}

enum status
spdm_prove_wire(struct bytes wire, const struct anchors *anchors,
    int64_t time, struct device_proof *proof)
{
	struct device_check check = {.anchors = anchors,
	    .time = &time,
	    .nonce = BYTES_OF(spdm_bench()->talk.nonce)};
	json_t *data = json_object();
	char detail[256] = "";
	enum status st;

	*proof = (struct device_proof){0};
	st = device_spdm.verify(
	    wire, &check, proof, data, detail, sizeof(detail));
	assert_int_equal(proof->answered, st == OK);
	/* Whoever is refused is told where. */
	if (st != OK)
		assert_string_not_equal(detail, "");
	json_decref(data);
	return st;
}

static void
run_row(void **state)
{
	const struct spdm_row *row = *state;
	struct spdm_bench *b = spdm_bench();
	struct device_proof proof;

	talk_start(&b->talk, &b->board, row->version);
	if (row->before != NULL)
		row->before(&b->talk);
	assert_true(talk_sign(&b->talk));
	if (row->after != NULL)
		row->after(&b->talk);
	assert_status(spdm_prove_wire(talk_wire(&b->talk), b->anchors,
			  SPDM_GOOD_TIME, &proof),
	    row->want);
}

int
spdm_rows_run(const char *group, const struct spdm_row *rows, size_t count,
    const struct CMUnitTest *more, size_t more_count)
{
	struct spdm_bench *b = spdm_bench();
	int rc;

	if (!forge_board_named(
		&b->board, "CN=forged test root", "forged device") ||
	    (b->anchors = anchors_new(ANCHOR_DEVICE)) == NULL ||
	    anchors_add(b->anchors,
		bytes_view(b->board.root, b->board.root_len)) != OK)
		return 1;
	rc = kit_run_rows(
	    group, rows, sizeof(rows[0]), count, run_row, more, more_count);
	anchors_free(b->anchors);
	forge_board_free(&b->board);
	return rc;
}
