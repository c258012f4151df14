/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs: replayed, described in every bank, learned from.  A policy that was
 * learned from a log holds for it.
 */
#include "fuzz.h"

#include "event_describe.h"
#include "event_learn.h"
#include "replay.h"

static void
describe(struct bytes in)
{
	struct event_said said;
	struct eventlog log;
	struct event e;

	MUST(eventlog_open(in, &log) == OK);
	while (eventlog_next(&log, &e))
		for (uint32_t i = 0; i < log.algs; i++) {
			if (hash_size(log.alg[i].id) == 0)
				continue;
			MUST(event_describe(&e, log.alg[i].id, &said) == OK);
			MUST(memchr(said.line.text, 0, LINE_MAX_BYTES) != NULL);
			for (const char *c = said.line.text; *c != '\0'; c++)
				MUST(*c >= 0x20 && *c <= 0x7e);
		}
	MUST(log.st == OK);
}

static void
learn(struct bytes in)
{
	static char text[EVENT_POLICY_MAX], error[256];
	static struct event_findings found;
	struct writer out = writer_of(text, sizeof(text));
	struct event_policy policy;
	size_t which;

	if (event_learn(&in, 1, HASH_SHA256, &out, &which) != OK)
		return;
	MUST(event_policy_parse(writer_view(&out), &policy, error,
		 sizeof(error)) == OK);
	MUST(event_policy_compare(&policy, in, &found) == OK);
	MUST(found.n == 0);
	event_policy_free(&policy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct replay replay;
	struct bytes in = bytes_view(data, size);
	unsigned wrong = 0;
	uint32_t later = 0;
	enum status st;

	if (eventlog_replay(in, &replay) != OK)
		return 0;
	/* The least record has 19 bytes; only real PCRs are touched. */
	MUST(replay.events * 19 <= size);
	MUST(replay.touched >> PCR_COUNT == 0);
	st = replay_compare(&replay, &replay.pcrs.have, &replay.pcrs, &wrong,
	    &later);
	MUST(st == OK || st == EVENTLOG_UNEXTENDED);
	MUST(later == 0);
	describe(in);
	learn(in);
	return 0;
}
