/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A quote made by any tool, checked as far as the given inputs allow; what
 * they do not allow is listed as not checked.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "check_quote.h"
#include "ek.h"
#include "quote_files.h"
#include "replay.h"
#include "verify.h"

struct check_run {
	const struct assay_check *in;
	struct assay_result *r;
	struct tpm_public ak;
	bool ak_is_tpm;
	struct quote quote;
	struct tpm_signature sig;
	struct pcr_values pcrs;
	struct replay replay;
	bool have_pcrs;
};

static struct bytes
view(struct assay_file f)
{
	return bytes_view(f.data, f.len);
}

/* Say what is wrong with which input; true when nothing is. */
static bool
holds(struct check_run *c, enum status st, const char *where,
    const char *detail)
{
	verdict_reason(c->r, st, where, "%s", detail);
	return st == OK;
}

/* The hash that a digest of this size was made with. */
static enum hash
hash_of_size(size_t n)
{
	return n == 48 ? HASH_SHA384 : n == 64 ? HASH_SHA512 : HASH_SHA256;
}

/* The quote is one, and this key made it. */
static bool
check_signature(struct check_run *c)
{
	const struct assay_check *in = c->in;

	if (!holds(c, quote_parse(view(in->attest), &c->quote), "attest",
		"in TPMS_ATTEST"))
		return false;
	describe_quote(&c->quote, c->r->data);
	if (!holds(c, key_file_parse(view(in->ak), &c->ak, &c->ak_is_tpm),
		"ak", "in the attestation key"))
		return false;
	if (!holds(c, signature_file_parse(view(in->signature), &c->ak,
			  hash_of_size(c->quote.pcr_digest.n), &c->sig),
		"signature", "in the signature"))
		return false;
	return holds(c, signature_verify(&c->ak, &c->sig, view(in->attest)),
	    "signature", "over TPMS_ATTEST by this key");
}

static void
check_key(struct check_run *c)
{
	if (!c->ak_is_tpm)
		verdict_not_checked(c->r, CHECK_AK_ATTRIBUTES);
	else
		holds(c, ak_check_public(&c->ak), "ak",
		    "of the attestation key");
	verdict_not_checked(c->r, CHECK_ENDORSEMENT);
}

static void
check_nonce(struct check_run *c)
{
	if (c->in->nonce.data == NULL)
		verdict_not_checked(c->r, CHECK_FRESHNESS);
	else if (!bytes_eq_ct(view(c->in->nonce), c->quote.extra_data))
		holds(c, QUOTE_NONCE_MISMATCH, "attest",
		    "compared byte for byte, length included");
}

/* Which PCRs were quoted, against what must have been. */
static void
check_selection(struct check_run *c)
{
	struct pcr_selection need;
	uint32_t any = 0;

	for (size_t i = 0; i < c->quote.selection.count; i++)
		any |= c->quote.selection.bank[i].mask;
	if (any == 0)
		holds(c, PCR_SELECTION_EMPTY, "attest", "no PCR is selected");

	if (c->in->select.data == NULL) {
		verdict_not_checked(c->r, CHECK_PCR_SELECTION);
		return;
	}
	if (!holds(c, selection_from_text(view(c->in->select), &need),
		"select", "write it as sha256:0,1,2+sha384:0"))
		return;
	if (!selection_covers(&c->quote.selection, &need))
		holds(c, PCR_NOT_QUOTED, "attest",
		    "a PCR that was asked for is not covered");
}

/* Values from a file must be exactly those that were quoted. */
static bool
load_pcrs(struct check_run *c)
{
	if (!holds(c, pcr_file_parse(view(c->in->pcrs), &c->pcrs), "pcrs",
		"give what tpm2_quote -o wrote, or lines sha256:0=HEX"))
		return false;
	c->have_pcrs = true;
	return selection_eq(&c->pcrs.have, &c->quote.selection) ||
	    holds(c, PCR_SELECTION_MISMATCH, "pcrs",
		"the file has other PCRs or banks than the quote");
}

static void
check_pcrs(struct check_run *c)
{
	struct digest d;
	enum status st;

	if (c->in->pcrs.data != NULL && !load_pcrs(c))
		return;
	if (c->in->eventlog.data != NULL) {
		if (!holds(c,
			eventlog_replay(view(c->in->eventlog), &c->replay),
			"eventlog", "in the event log"))
			return;
		if (!c->have_pcrs)
			c->pcrs = c->replay.pcrs;
	}
	if (!c->have_pcrs && c->in->eventlog.data == NULL) {
		verdict_not_checked(c->r, CHECK_PCR_VALUES);
		return;
	}

	/* The digest is made with the signing hash (Part 3, 18.4). */
	st = pcrs_digest(&c->pcrs, &c->quote.selection, c->sig.hash, &d);
	if (st == PCR_NOT_QUOTED)
		st = EVENTLOG_BANK_MISSING;
	if (st == OK && !bytes_eq(digest_view(&d), c->quote.pcr_digest))
		st = PCR_DIGEST_MISMATCH;
	holds(c, st, c->have_pcrs ? "pcrs" : "eventlog",
	    "hashed in the order of the quote's selection");
}

static void
check_eventlog(struct check_run *c)
{
	unsigned wrong = 0;
	uint32_t later = 0;
	enum status st;

	if (c->in->eventlog.data == NULL) {
		verdict_not_checked(c->r, CHECK_EVENTLOG);
		return;
	}
	verdict_not_checked(c->r, CHECK_EVENT_POLICY);
	if (verdict_failed(c->r) || !c->have_pcrs)
		return;
	st = replay_compare(
	    &c->replay, &c->quote.selection, &c->pcrs, &wrong, &later);
	verdict_reason(c->r, st, "eventlog", "PCR %u", wrong);
	if (later != 0)
		verdict_not_checked(c->r, CHECK_LATER_PCRS);
}

/* The parent is a primary key of the endorsement hierarchy. */
static void
check_parent(struct check_run *c)
{
	struct tpm_public ek;
	struct tpm_name ek_name, parent, name, qualified;
	bool is_tpm;
	enum status st;

	if (c->in->ek_pub.data == NULL) {
		verdict_not_checked(c->r, CHECK_QUALIFIED_SIGNER);
		return;
	}
	if (!holds(c, key_file_parse(view(c->in->ek_pub), &ek, &is_tpm),
		"ek-pub", "in the parent key"))
		return;
	if (!is_tpm || !c->ak_is_tpm) {
		holds(c, PUBLIC_MALFORMED, "ek-pub",
		    "names need both keys as TPMT_PUBLIC or TPM2B_PUBLIC");
		return;
	}
	if ((st = name_of(&ek, &ek_name)) == OK &&
	    (st = name_of(&c->ak, &name)) == OK &&
	    (st = qualified_name_primary(TPM_HIERARCHY_ENDORSEMENT,
		 name_view(&ek_name), &parent)) == OK)
		st = qualified_name_child(
		    name_view(&parent), name_view(&name), &qualified);
	if (st == OK &&
	    !bytes_eq(name_view(&qualified), c->quote.qualified_signer))
		st = QUALIFIED_SIGNER_MISMATCH;
	holds(c, st, "ek-pub", "computed from this parent");
}

static void
check_state(struct check_run *c)
{
	const struct quote *q = &c->quote;
	struct last_state last;

	if (!q->safe)
		holds(c, CLOCK_UNSAFE, "attest",
		    "after a shutdown without warning");
	if (c->in->state.data == NULL) {
		verdict_not_checked(c->r, CHECK_CONTINUITY);
		return;
	}
	if (!holds(c, state_file_parse(view(c->in->state), &last), "state",
		"write lines clock=, reset-count=, restart-count=, "
		"firmware="))
		return;
	if (last.has_clock && q->clock < last.clock)
		verdict_reason(c->r, CLOCK_BACK, "attest",
		    "%" PRIu64 " ms, last %" PRIu64 " ms", q->clock,
		    last.clock);
	if (last.has_reset && q->reset_count < last.reset_count)
		verdict_reason(c->r, RESET_COUNT_BACK, "attest",
		    "%u, last %" PRIu64, q->reset_count, last.reset_count);
	if (last.has_restart && q->restart_count < last.restart_count &&
	    !(last.has_reset && q->reset_count > last.reset_count))
		verdict_reason(c->r, RESTART_COUNT_BACK, "attest",
		    "%u, last %" PRIu64, q->restart_count,
		    last.restart_count);
	if (last.has_firmware && q->firmware_version != last.firmware)
		verdict_reason(c->r, TPM_FIRMWARE_CHANGED, "attest",
		    "%016" PRIx64 ", last %016" PRIx64, q->firmware_version,
		    last.firmware);
}

struct assay_result *
check_quote(const struct assay_check *in)
{
	static void (*const checks[])(struct check_run *) = {
	    check_key,
	    check_nonce,
	    check_selection,
	    check_pcrs,
	    check_eventlog,
	    check_parent,
	    check_state,
	};
	struct assay_result *r = verdict_new("TPM quote");
	struct check_run *c = calloc(1, sizeof(*c));

	if (r == NULL || c == NULL || crypto_init_verify() != OK) {
		assay_result_free(r);
		free(c);
		return NULL;
	}
	c->in = in;
	c->r = r;
	verdict_subject(r, BYTES_LIT("quote"));

	/* Without a signature that holds nothing else means anything. */
	if (check_signature(c))
		for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
			checks[i](c);
	free(c);
	return r;
}
