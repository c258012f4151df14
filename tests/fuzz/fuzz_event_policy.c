/* SPDX-License-Identifier: Apache-2.0 */
/* Policies for events, and a log beside each. */
#include "fuzz.h"

#include "event_policy.h"
#include "forge.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event_findings found;
	static uint8_t log[2048];
	struct writer w = writer_of(log, sizeof(log));
	struct event_policy p;
	char error[256] = "";
	enum status st;

	st = event_policy_parse(
	    bytes_view(data, size), &p, error, sizeof(error));
	MUST(memchr(error, 0, sizeof(error)) != NULL);
	if (st != OK) {
		MUST(error[0] != '\0');
		event_policy_free(&p);
		return 0;
	}
	MUST(p.digest.n == 32 && hash_size(p.bank) > 0);
	MUST(p.pcrs >> PCR_COUNT == 0);
	for (size_t i = 0; i < p.rule_count; i++) {
		MUST(p.rules[i].count > 0);
		MUST(p.rules[i].first + p.rules[i].count <= p.match_count);
	}
	forge_log_sound(&w);
	st = event_policy_compare(&p, writer_view(&w), &found);
	MUST(st == (p.bank == HASH_SHA256 ? OK : EVENTLOG_BANK_MISSING));
	MUST(found.n <= EVENT_FINDINGS_MAX);
	for (size_t i = 0; i < found.n; i++)
		MUST(memchr(found.f[i].text, 0, EVENT_FINDING_TEXT) != NULL);
	event_policy_free(&p);
	return 0;
}
