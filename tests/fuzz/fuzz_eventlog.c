/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "replay.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct replay replay;
	unsigned wrong = 0;
	uint32_t later = 0;

	if (eventlog_replay(bytes_view(data, size), &replay) != OK)
		return 0;
	/* The least record has 19 bytes; only real PCRs are touched. */
	MUST(replay.events * 19 <= size);
	MUST(replay.touched >> PCR_COUNT == 0);
	MUST(replay_compare(&replay, &replay.pcrs.have, &replay.pcrs, &wrong,
		 &later) == OK);
	MUST(later == 0);
	return 0;
}
