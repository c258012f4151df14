/* SPDX-License-Identifier: Apache-2.0 */
#include "verify.h"

#include <stdio.h>
#include <string.h>

#include "check_ima.h"
#include "event_judge.h"
#include "judge_firmware.h"
#include "classify.h"
#include "history.h"
#include "placement.h"

/*
 * Firmware versions that only software TPMs report.  libtpms, behind swtpm,
 * reports its date in the upper half and a fixed word in the lower.
 */
static const struct {
	uint64_t version, mask;
	const char *name;
} software_tpms[] = {
    {UINT64_C(0x00163636), UINT64_C(0xffffffff), "libtpms (swtpm)"},
};

static const char *
software_tpm(uint64_t firmware)
{
	for (size_t i = 0;
	     i < sizeof(software_tpms) / sizeof(software_tpms[0]); i++)
		if ((firmware & software_tpms[i].mask) ==
		    software_tpms[i].version)
			return software_tpms[i].name;
	return NULL;
}

/* Without a policy nothing is refused, and nothing is affirmed. */
static bool
allows(const struct assay *ctx, bool key)
{
	return !ctx->has_policy || key;
}

static bool
requires(const struct assay *ctx, bool key)
{
	return ctx->has_policy && key;
}

/* The TPM's maker vouched for it when it enrolled; is it still that one? */
static void
judge_ek(const struct verified *v, struct assay_result *r)
{
	const struct assay_host *host = verified_host(v);
	struct bytes said = verified_claims(v)->ek_name;

	verdict_not_checked(r, CHECK_REVOCATION);
	if (said.n > 0 &&
	    !bytes_eq(said, bytes_view(host->ek_name, host->ek_name_len))) {
		r->subjects[0].trust[TRUST_IDENTITY] = TRUST_UNRECOGNISED;
		verdict_reason(r, EK_NAME_MISMATCH, "host",
		    "reject the key unless the TPM was replaced");
		return;
	}
	r->subjects[0].trust[TRUST_IDENTITY] = TRUST_AFFIRMING;
}

/* Who vouches for the key. */
static void
judge_identity(const struct assay *ctx, const struct verified *v,
    struct assay_result *r)
{
	const struct assay_host *host = verified_host(v);
	char name[2 * TPM_NAME_MAX + 1];

	bytes_to_hex(bytes_view(host->ak_name, host->ak_name_len), name);
	if (host->enrolment != ASSAY_ENROLLED)
		verdict_not_checked(r, CHECK_ENDORSEMENT);
	switch (host->enrolment) {
	case ASSAY_ENROLLED:
		judge_ek(v, r);
		return;
	case ASSAY_PINNED:
		r->subjects[0].trust[TRUST_IDENTITY] = TRUST_AFFIRMING;
		if (!allows(ctx, ctx->policy.allow_pinned))
			verdict_reason(r, PINNED_BY_HAND, "host",
			    "set allow-pinned = yes to accept this");
		return;
	case ASSAY_REJECTED:
		r->subjects[0].trust[TRUST_IDENTITY] =
		    TRUST_RECOGNISED_UNTRUSTED;
		verdict_reason(r, HOST_REJECTED, "host", "key %s", name);
		return;
	case ASSAY_NOT_ENROLLED:
		break;
	}
	verdict_reason(r, NOT_ENROLLED, "host",
	    "approve it with: assay-verifier enroll approve --ak-name %s",
	    name);
}

/* Time only moves forward (TPM 2.0 Library, Part 1, 36). */
static void
judge_clock(const struct verified *v, struct assay_result *r)
{
	const struct assay_host *last = verified_host(v);
	const struct quote *q = verified_quote(v);

	if (!q->safe)
		verdict_reason(r, CLOCK_UNSAFE, "host",
		    "after a shutdown without warning, until the clock has "
		    "passed its last saved value");
	if (!last->has_tpm_state) {
		verdict_not_checked(r, CHECK_CONTINUITY);
		return;
	}
	if (q->firmware_version != last->firmware_version)
		verdict_reason(r, TPM_FIRMWARE_CHANGED, "host",
		    "%016llx, last %016llx",
		    (unsigned long long)q->firmware_version,
		    (unsigned long long)last->firmware_version);
	if (q->reset_count < last->reset_count)
		verdict_reason(r, RESET_COUNT_BACK, "host", "%u, last %u",
		    q->reset_count, last->reset_count);
	else if (q->reset_count == last->reset_count &&
	    q->restart_count < last->restart_count)
		verdict_reason(r, RESTART_COUNT_BACK, "host", "%u, last %u",
		    q->restart_count, last->restart_count);
	else if (q->reset_count == last->reset_count &&
	    q->restart_count > last->restart_count)
		verdict_reason(r, TPM_RESUMED, "host", "restartCount %u, "
		    "last %u", q->restart_count, last->restart_count);
	/*
	 * An unsafe clock may lawfully be behind one that was never saved, but
	 * only after a reset.
	 */
	if (q->clock < last->clock &&
	    (q->safe || q->reset_count == last->reset_count))
		verdict_reason(r, CLOCK_BACK, "host", "%llu ms, last %llu ms",
		    (unsigned long long)q->clock,
		    (unsigned long long)last->clock);
}

/*
 * A report that follows one of another host's comes from a copy of that
 * host's disk.
 */
static bool
is_copied(const struct verified *v, struct assay_result *r)
{
	const struct assay_host *last = verified_host(v);
	const struct claims *c = verified_claims(v);
	struct bytes owner = bytes_view(
	    last->follows_ak_name, last->follows_ak_name_len);
	char name[2 * ASSAY_NAME_MAX + 1];

	if (owner.n == 0 || owner.n > ASSAY_NAME_MAX ||
	    bytes_eq(owner, c->ak_name))
		return false;
	bytes_to_hex(owner, name);
	verdict_reason(r, CHAIN_FORK, "host",
	    "report %llu follows a report of %s: its disk was copied; remove "
	    "the agent's state",
	    (unsigned long long)c->chain_counter, name);
	return true;
}

/* The chain of reports that the agent's counter makes. */
static void
judge_chain(const struct verified *v, struct assay_result *r)
{
	const struct assay_host *last = verified_host(v);
	const struct claims *c = verified_claims(v);

	if (!c->has_chain || is_copied(v, r) || !last->has_chain)
		return;
	if (c->chain_counter <= last->chain_counter)
		verdict_reason(r, CHAIN_ROLLBACK, "host",
		    "report %llu, last %llu",
		    (unsigned long long)c->chain_counter,
		    (unsigned long long)last->chain_counter);
	else if (c->chain_counter - last->chain_counter > 1)
		verdict_reason(r, CHAIN_GAP, "host", "%llu missing",
		    (unsigned long long)(c->chain_counter -
			last->chain_counter - 1));
	else if (!bytes_eq(c->chain_previous,
		     BYTES_OF(last->chain_digest)))
		verdict_reason(r, CHAIN_FORK, "host",
		    "report %llu follows another report %llu",
		    (unsigned long long)c->chain_counter,
		    (unsigned long long)last->chain_counter);
}

static void
judge_boot(const struct assay *ctx, const struct verified *v,
    struct assay_result *r)
{
	const struct quote *q = verified_quote(v);
	const char *software = software_tpm(q->firmware_version);
	const struct host_logs *logs = verified_logs(v);
	uint8_t text[256];
	struct writer w = writer_of(text, sizeof(text));

	if (software != NULL)
		verdict_reason(r,
		    allows(ctx, ctx->policy.allow_software_tpm)
			? TPM_SOFTWARE
			: TPM_SOFTWARE_NOT_ALLOWED,
		    "host", "%s, firmware %016llx: its keys are only as safe "
		    "as the machine that runs it",
		    software, (unsigned long long)q->firmware_version);
	if (!selection_covers(&q->selection, &ctx->policy.required_pcrs)) {
		selection_to_text(&ctx->policy.required_pcrs, &w);
		verdict_reason(r, PCR_NOT_QUOTED, "host",
		    "the policy requires %.*s", (int)w.n, text);
	}
	switch (logs->state) {
	case LOG_ABSENT:
		verdict_not_checked(r, CHECK_EVENTLOG);
		if (requires(ctx, ctx->policy.require_eventlog))
			verdict_reason(r, EVENTLOG_REQUIRED, "host",
			    "set require-eventlog = no to do without");
		return;
	case LOG_REPLAYED_IN_PART:
		verdict_not_checked(r, CHECK_LATER_PCRS);
		break;
	case LOG_REPLAYED:
		break;
	}
	if (ctx->has_event_policy) {
		event_judge(&ctx->event_policy, logs->eventlog, &logs->replay,
		    &q->selection, logs->later, r, "eventlog");
		return;
	}
	verdict_not_checked(r, CHECK_EVENT_POLICY);
	if (requires(ctx, ctx->policy.require_eventlog))
		verdict_reason(r, EVENTLOG_POLICY, "host",
		    "the log is genuine; whether it is good is not known, "
		    "give --event-policy");
}

/*
 * The program that reported: is it one of those that count, and did the
 * kernel measure it?  A part of a list may be behind the one that shows it.
 */
static void
judge_agent(const struct assay *ctx, const struct verified *v,
    struct assay_result *r)
{
	const struct host_logs *logs = verified_logs(v);
	const struct claims *c = verified_claims(v);
	bool listed = ctx->has_policy && ctx->policy.agents.n > 0;
	bool measured = logs->has_ima &&
	    ima_has_file(
		logs->ima, logs->ima_replay.covered, c->agent_digest);

	if (listed && !digest_list_has(&ctx->policy.agents, c->agent_digest))
		verdict_reason(r, AGENT_UNTRUSTED, "host",
		    "the policy names other programs, see agents");
	else if (listed && logs->has_ima && !c->has_ima_part && !measured)
		verdict_reason(r, AGENT_UNTRUSTED, "host",
		    "the kernel measured no such file");
	else if (listed && !measured)
		verdict_reason(r, AGENT_UNCONFIRMED, "host",
		    "set send-ima = yes at the agent");
	if (!measured)
		verdict_not_checked(r, CHECK_AGENT);
}

/* What the running kernel measured. */
static void
judge_files(const struct assay *ctx, const struct verified *v,
    struct assay_result *r)
{
	const struct host_logs *logs = verified_logs(v);

	if (logs->has_ima)
		ima_judge(&logs->ima_replay,
		    ctx->has_policy && ctx->policy.allow_ima_violations, r);
	judge_agent(ctx, v, r);
}

static void
judge_device(const struct assay *ctx, const struct verified *v, size_t i,
    struct assay_result *r)
{
	const struct device_proof *proof;
	enum device_state state = verified_device(v, i, &proof);
	struct subject *s = &r->subjects[i + 1];

	switch (state) {
	case DEVICE_FAILED:
		s->trust[TRUST_HARDWARE] = TRUST_CRYPTO_FAILED;
		return;
	case DEVICE_NOT_APPRAISED:
		verdict_not_checked(r, CHECK_DEVICE);
		verdict_reason(r, DEVICE_EVIDENCE_UNKNOWN, s->label,
		    "it is bound by the quote and was not opened");
		return;
	case DEVICE_SIGNED_NOTHING:
		if (requires(ctx, ctx->policy.require_device_signed))
			verdict_reason(r, DEVICE_UNSIGNED, s->label,
			    "basis 1: claimed by software under a verified "
			    "quote");
		return;
	case DEVICE_PROVED:
		break;
	}
	device_not_checked(proof, r);
	if (proof->references_compared)
		s->trust[TRUST_EXECUTABLES] = TRUST_AFFIRMING;
	if (proof->backdated && !allows(ctx, ctx->policy.allow_backdated))
		verdict_reason(r, VERIFIED_AS_OF_OPERATOR_TIME, s->label,
		    "the import was back-dated with --at");
	if (proof->read_before)
		verdict_not_checked(r, CHECK_READ_BEFORE);
	if (proof->unsigned_values)
		verdict_reason(r, REFERENCE_NOT_SIGNED, s->label,
		    "imported with --allow-unsigned");
	if (!ctx->has_time)
		verdict_not_checked(r, CHECK_TIME);
	if (proof->simulated)
		verdict_reason(r,
		    allows(ctx, ctx->policy.allow_simulated)
			? SIMULATED
			: SIMULATED_NOT_ALLOWED,
		    s->label, "its evidence verifies under the test root; "
		    "it proves nothing about hardware");
	else
		s->trust[TRUST_HARDWARE] = TRUST_AFFIRMING;
}

/* So many records led to this value of PCR 10. */
static void
remember_files(const struct verified *v, struct assay_result *r)
{
	const struct host_logs *logs = verified_logs(v);
	const struct assay_host *last = verified_host(v);
	struct bytes value =
	    pcrs_get(verified_pcrs(v), logs->ima_bank, IMA_PCR);

	/* Without a list what is known of this boot stays known. */
	if (!logs->has_ima) {
		r->host.has_ima = last->has_ima &&
		    last->reset_count == r->host.reset_count &&
		    last->restart_count == r->host.restart_count;
		return;
	}
	r->host.has_ima = 1;
	r->host.ima_bank = (int)logs->ima_bank;
	r->host.ima_count = verified_claims(v)->ima_first +
	    logs->ima_replay.covered;
	memcpy(r->host.ima_pcr, value.p, value.n);
}

/* The capability class of one accelerator; switches have none. */
static void
judge_class(const struct assay *ctx, const struct verified *v, size_t i,
    bool endorsed, struct assay_result *r, struct node *node)
{
	const struct device_claims *d = &verified_claims(v)->devices[i];
	const struct device_proof *proof;
	enum device_state state = verified_device(v, i, &proof);
	struct sighting s = {.facts = d->facts, .quoted = true};

	if (proof->is_switch ||
	    strncmp(r->subjects[i + 1].label, "switch-", 7) == 0)
		return;
	s.failed = state == DEVICE_FAILED && proof->sku[0] == '\0';
	if (proof->sku[0] != '\0') {
		s.sku = proof->sku;
		s.unique = proof->identity;
		s.endorsed = endorsed;
	}
	classify(ctx, &s, r->subjects[i + 1].label, r, node);
}

/* What is to be remembered about the host when this is accepted. */
static void
move_host_forward(const struct verified *v, struct assay_result *r)
{
	const struct quote *q = verified_quote(v);
	const struct claims *c = verified_claims(v);

	r->host = *verified_host(v);
	memset(r->host.follows, 0, sizeof(r->host.follows));
	r->host.follows_ak_name_len = 0;
	r->host_known = true;
	if (verdict_failed(r) || !verified_fresh(v))
		return;
	r->host.has_tpm_state = 1;
	r->host.clock = q->clock;
	r->host.clock_safe = q->safe;
	r->host.reset_count = q->reset_count;
	r->host.restart_count = q->restart_count;
	r->host.firmware_version = q->firmware_version;
	remember_files(v, r);
	if (c->has_chain) {
		r->host.has_chain = 1;
		r->host.chain_counter = c->chain_counter;
		memcpy(r->host.chain_digest, r->evidence_digest.b, 32);
	}
}

void
appraise(
    const struct assay *ctx, const struct verified *v, struct assay_result *r)
{
	bool endorsed[DEVICES_MAX] = {false};
	struct node node = {0};

	if (!verified_fresh(v)) {
		verdict_not_checked(r, CHECK_FRESHNESS);
		verdict_reason(r, NONCE_NOT_CHECKED, "host",
		    verified_claims(v)->epoch_marker.n > 0
			? "give the marker with --epoch"
			: "give the nonce with --nonce");
	} else if (verified_claims(v)->epoch_marker.n > 0) {
		verdict_not_checked(r, CHECK_EPOCH);
	}
	if (!ctx->has_policy)
		verdict_reason(r, POLICY_MISSING, "host",
		    "give one with --policy, see assay-policy(5)");
	else
		r->policy_digest = ctx->policy.digest;

	judge_identity(ctx, v, r);
	judge_clock(v, r);
	judge_chain(v, r);
	judge_firmware(ctx, verified_quote(v), verified_host(v), r);
	judge_boot(ctx, v, r);
	judge_files(ctx, v, r);
	if (verified_item(v, LABEL_TEE))
		verdict_not_checked(r, CHECK_TEE);

	if (verified_claims(v)->device_count == 0)
		verdict_reason(
		    r, NO_DEVICE, "host", "the agent found none on this host");
	else
		placement_judge(ctx, v, r, endorsed);
	history_judge(v, r, endorsed);
	for (size_t i = 0; i < verified_claims(v)->device_count; i++) {
		judge_device(ctx, v, i, r);
		judge_class(ctx, v, i, endorsed[i], r, &node);
	}
	classify_finish(ctx, &node, r);
	move_host_forward(v, r);
	history_remember(v, r);
}
