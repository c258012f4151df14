/* SPDX-License-Identifier: Apache-2.0 */
/* What [seal] takes from [collect], a verifier can read. */
#include "fuzz.h"

#include "board.h"
#include "claims.h"
#include "facts_read.h"
#include "dcbor.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct board_view board;
	static uint8_t room[1 << 20];
	struct writer tables = writer_of(room, sizeof(room));

	if (board_decode(bytes_view(data, size), &tables, &board) != OK)
		return 0;
	MUST(board.count <= DEVICES_MAX);
	for (size_t i = 0; i < board.count; i++) {
		const struct board_device *d = &board.device[i];
		struct dcbor c = dcbor_of(d->measurements);

		MUST(device_label_ok(d->label));
		MUST(facts_check(d->facts) == OK);
		if (d->measurements.n > 0)
			(void)dcbor_skip(&c, EVIDENCE_DEPTH);
		MUST(dcbor_end(&c) == OK);
	}
	return 0;
}
