/* SPDX-License-Identifier: Apache-2.0 */
#include "verify_logs.h"

#include <stdlib.h>
#include <string.h>

#include "deflate.h"

void
logs_free(struct host_logs *logs)
{
	free(logs->memory[0]);
	free(logs->memory[1]);
}

/* A log as it was before it was deflated; *MEMORY then holds it. */
static enum status
inflate_log(struct bytes item, uint8_t **memory, struct bytes *out)
{
	uint8_t *work = malloc(INFLATE_WORK);
	enum status st = NO_MEMORY;
	size_t n = 0;

	if (work != NULL && (*memory = malloc(LOG_MAX)) != NULL)
		st = inflate_bytes(item, work, *memory, LOG_MAX, &n);
	*out = bytes_view(*memory, n);
	free(work);
	return st;
}

enum status
logs_read_boot(
    struct host_logs *logs, struct bytes item, struct assay_result *r)
{
	enum status st =
	    inflate_log(item, &logs->memory[0], &logs->eventlog);

	if (st == OK)
		st = eventlog_replay(logs->eventlog, &logs->replay);
	verdict_reason(r, st, "eventlog", "in the boot log");
	if (st != OK)
		return st;
	logs->state = LOG_REPLAYED;
	json_object_set_new(r->data, "eventlog",
	    json_pack("{s:I,s:I}", "bytes", (json_int_t)logs->eventlog.n,
		"events", (json_int_t)logs->replay.events));
	return OK;
}

enum status
logs_compare_boot(struct host_logs *logs, const struct pcr_selection *quoted,
    const struct pcr_values *values, struct assay_result *r)
{
	unsigned wrong = 0;
	enum status st;

	if (logs->state == LOG_ABSENT)
		return OK;
	st = replay_compare(
	    &logs->replay, quoted, values, &wrong, &logs->later);
	verdict_reason(r, st, "eventlog", "PCR %u", wrong);
	if (logs->later != 0)
		logs->state = LOG_REPLAYED_IN_PART;
	return st;
}

void
describe_ima(const struct ima_replay *found, json_t *data)
{
	static const char *const aggregates[] = {
	    [AGGREGATE_ABSENT] = "not in this part",
	    [AGGREGATE_UNCHECKED] = "not checked",
	    [AGGREGATE_0_7] = "PCR 0 to 7",
	    [AGGREGATE_0_9] = "PCR 0 to 9",
	    [AGGREGATE_ZERO] = "zero",
	    [AGGREGATE_WRONG] = "wrong",
	};

	data_uint(data, "records", found->records);
	data_uint(data, "covered", found->covered);
	data_uint(data, "after_the_quote", found->records - found->covered);
	data_uint(data, "violations", found->violations);
	data_text(data, "boot_aggregate",
	    bytes_str(aggregates[found->aggregate]));
	json_object_set_new(
	    data, "padded_sha1", json_boolean(found->padded));
}

/* The bank in which PCR 10 was quoted; HASH_NONE when it was not. */
static enum hash
quoted_bank(const struct quote *quote)
{
	for (size_t b = 0; b < quote->selection.count; b++)
		if (quote->selection.bank[b].mask >> IMA_PCR & 1)
			return quote->selection.bank[b].alg;
	return HASH_NONE;
}

/* Of VALUES those that the quote covers: the others are a log's own word. */
static void
keep_quoted(struct pcr_values *values, const struct pcr_selection *quoted)
{
	for (size_t b = 0; b < values->have.count; b++) {
		struct pcr_bank *bank = &values->have.bank[b];
		uint32_t mask = 0;

		for (size_t i = 0; i < quoted->count; i++)
			if (quoted->bank[i].alg == bank->alg)
				mask = quoted->bank[i].mask;
		bank->mask &= mask;
	}
}

/* What the last report of this boot led to, in this bank. */
static bool
last_mark(const struct assay_host *last, const struct quote *quote,
    enum hash bank, struct ima_mark *mark)
{
	*mark = (struct ima_mark){last->ima_count,
	    bytes_view(last->ima_pcr, hash_size(bank))};
	return last->has_ima && last->has_tpm_state &&
	    last->ima_bank == (int)bank &&
	    last->reset_count == quote->reset_count &&
	    last->restart_count == quote->restart_count;
}

enum status
logs_check_ima(struct host_logs *logs, struct bytes item,
    const struct claims *claims, const struct quote *quote,
    const struct pcr_values *values, const struct assay_host *last,
    struct assay_result *r)
{
	struct ima_part part = {
	    {NULL, 0}, claims->ima_first, claims->ima_start};
	struct ima_replay *found = &logs->ima_replay;
	struct pcr_values vouched = *values;
	struct ima_mark mark;
	enum status st;
	bool marked;

	keep_quoted(&vouched, &quote->selection);

	logs->ima_bank = quoted_bank(quote);
	if (logs->ima_bank == HASH_NONE) {
		verdict_not_checked(r, CHECK_IMA);
		return OK;
	}
	marked = last_mark(last, quote, logs->ima_bank, &mark);
	st = inflate_log(item, &logs->memory[1], &part.list);
	if (st == OK && part.first > 0 &&
	    (!marked || part.first > mark.count)) {
		verdict_not_checked(r, CHECK_IMA);
		verdict_reason(r, IMA_GAP, "ima", "sent from record %llu on",
		    (unsigned long long)part.first);
		return OK;
	}
	if (st == OK)
		st = ima_replay(&part, logs->ima_bank, &vouched,
		    marked && mark.count >= part.first ? &mark : NULL, found);
	if (st == OK && claims->has_ima_part &&
	    claims->ima_total != part.first + found->records)
		st = IMA_MALFORMED;
	verdict_reason(r, st, "ima", "%zu records from %llu on",
	    found->records, (unsigned long long)part.first);
	if (st != OK)
		return st;
	logs->has_ima = true;
	logs->ima = part.list;
	json_object_set_new(r->data, "ima", json_object());
	describe_ima(found, json_object_get(r->data, "ima"));
	return OK;
}
