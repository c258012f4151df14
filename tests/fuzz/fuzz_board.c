/* SPDX-License-Identifier: Apache-2.0 */
/* What [collect] hands to [seal]: decoded, then written again, alike. */
#include "fuzz.h"

#include "board.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct board_view board;
	static uint8_t again[1 << 20];
	struct writer w = writer_of(again, sizeof(again));

	if (size > sizeof(again) ||
	    board_decode(bytes_view(data, size), &board) != OK)
		return 0;
	MUST(board.count <= DEVICES_MAX);
	board_encode(&board, &w);
	MUST(!w.failed && bytes_eq(writer_view(&w), bytes_view(data, size)));
	return 0;
}
