/* SPDX-License-Identifier: Apache-2.0 */
/* A boot log by itself: what it leads to, what it says, what it is held to. */
#include "check_eventlog.h"

#include <stdio.h>
#include <stdlib.h>

#include "describe_log.h"
#include "event_judge.h"
#include "event_learn.h"
#include "quote_files.h"

struct log_run {
	const struct assay *ctx;
	struct assay_result *r;
	struct bytes log;
	struct replay replay;
	struct pcr_values pcrs;
	uint32_t later; /* PCRs whose values go past the log */
};

/* What the log says, whether it is true or not. */
static void
describe(struct log_run *c)
{
	enum hash bank = describe_bank(&c->replay.pcrs.have);

	describe_replay(&c->replay, bank, c->r->data);
	c->r->top = json_pack("{s:o,s:o}", "pcrs", describe_pcrs(&c->replay),
	    "events", describe_events(c->log, bank));
}

/* Against PCR values from a file. */
static void
compare_pcrs(struct log_run *c, struct bytes file)
{
	enum status st = pcr_file_parse(file, &c->pcrs);
	unsigned wrong = 0;

	verdict_reason(c->r, st, "pcrs",
	    "give what tpm2_quote -o or tpm2_pcrread wrote, or lines "
	    "sha256:0=HEX");
	if (st != OK)
		return;
	verdict_not_checked(c->r, CHECK_QUOTE);
	st = replay_compare(
	    &c->replay, &c->pcrs.have, &c->pcrs, &wrong, &c->later);
	verdict_reason(c->r, st, "eventlog", "PCR %u", wrong);
	if (c->later != 0)
		verdict_not_checked(c->r, CHECK_LATER_PCRS);
}

static void
judge(struct log_run *c, const struct assay_check *in)
{
	bool policy = c->ctx != NULL && c->ctx->has_event_policy;

	if (in->pcrs.data != NULL)
		compare_pcrs(c, bytes_view(in->pcrs.data, in->pcrs.len));
	else
		verdict_not_checked(c->r, CHECK_LOG_PCRS);
	if (policy)
		event_judge(&c->ctx->event_policy, c->log, &c->replay,
		    in->pcrs.data != NULL ? &c->pcrs.have
					  : &c->replay.pcrs.have,
		    c->later, c->r, "eventlog");
	else
		verdict_not_checked(c->r, CHECK_EVENT_POLICY);
	if (in->pcrs.data == NULL && !policy)
		verdict_reason(c->r, NOT_VERIFIED, "eventlog",
		    "give --pcrs or --policy");
}

struct assay_result *
check_eventlog(const struct assay *ctx, const struct assay_check *in)
{
	struct assay_result *r = verdict_new("TCG event log");
	struct log_run *c = calloc(1, sizeof(*c));
	enum status st;

	if (r == NULL || c == NULL || crypto_init_verify() != OK) {
		assay_result_free(r);
		free(c);
		return NULL;
	}
	*c = (struct log_run){.ctx = ctx, .r = r,
	    .log = bytes_view(in->eventlog.data, in->eventlog.len)};
	verdict_subject(r, BYTES_LIT("eventlog"));
	st = eventlog_replay(c->log, &c->replay);
	verdict_reason(r, st, "eventlog", "record %zu", c->replay.events);
	if (st == OK) {
		describe(c);
		judge(c, in);
	}
	free(c);
	return r;
}

struct assay_result *
learn_events(const struct assay_check *in)
{
	struct assay_result *r = verdict_new("event policy");
	struct bytes logs[LEARN_LOGS_MAX];
	char *text = malloc(EVENT_POLICY_MAX);
	struct writer out = writer_of(text, EVENT_POLICY_MAX - 1);
	enum hash bank = hash_from_name(
	    bytes_view(in->bank.data, in->bank.len));
	enum status st = USAGE;
	char where[LABEL_MAX] = "bank";
	size_t which = 0;

	if (r == NULL || text == NULL || crypto_init_verify() != OK) {
		assay_result_free(r);
		free(text);
		return NULL;
	}
	verdict_subject(r, BYTES_LIT("logs"));
	for (size_t i = 0; i < in->log_count && i < LEARN_LOGS_MAX; i++)
		logs[i] = bytes_view(in->logs[i].data, in->logs[i].len);
	if (bank != HASH_NONE) {
		st = event_learn(logs, in->log_count, bank, &out, &which);
		snprintf(where, sizeof(where), "%zu", which);
	}
	verdict_reason(r, st, where, "of %zu logs", in->log_count);
	if (st != OK) {
		free(text);
		return r;
	}
	text[out.n] = '\0';
	r->learned = text;
	return r;
}
