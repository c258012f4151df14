/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bind.h"
#include "board.h"
#include "deadline.h"
#include "dryrun.h"
#include "host.h"
#include "message.h"
#include "roles.h"
#include "rot.h"
#include "say.h"
#include "state.h"
#include "tpm_quote.h"

/* TPMS_ATTEST of a quote and TPMT_SIGNATURE fit with room to spare. */
enum { ATTEST_MAX = 1024, SIGNATURE_MAX = 1024, QUOTE_MAX = 16 * 1024 };
enum { PCRS_MAX = 8 * 1024, CLAIMS_MAX = 256 * 1024 };
/* How often PCRs may change while they are quoted before we give up. */
enum { QUOTES_MAX = 5 };

/* Everything this process holds. */
struct seal {
	const struct job *job;
	struct channel front, back;
	struct rot *rot; /* the one holder of the root of trust */
	uint8_t nonce[NONCE_LEN];
	uint8_t marker[EPOCH_MARKER_MAX + 1]; /* of an epoch, if there is one */
	size_t marker_len;
	struct host host;
	struct pcr_selection selection;
	uint8_t *board_bytes, *tables;
	size_t board_len;
	struct board_view board;
	struct chain last;
	bool chained;
	uint8_t *claims, *bundle;
};

static void
seal_free(struct seal *s)
{
	rot_close(s->rot);
	host_free(&s->host);
	free(s->board_bytes);
	free(s->tables);
	free(s->claims);
	free(s->bundle);
}

/* A peer that has gone has said itself why; anything else is said here. */
static enum status
seal_said(enum status st, const char *what)
{
	if (st != OK && st != PROCESS_DIED)
		(void)say(st, "%s: %s", what, status_text(st));
	return st;
}

static enum status
seal_tpm_said(const struct seal *s, enum status st, const char *what)
{
	uint32_t rc = s->rot == NULL ? 0 : rot_last_rc(s->rot);

	if (st != OK && rc != 0)
		return say(st, "%s: %s: %s (TPM response 0x%" PRIx32 ")",
		    s->job->config->tpm, what, status_text(st), rc);
	if (st != OK)
		return say(st, "%s: %s: %s", s->job->config->tpm, what,
		    status_text(st));
	return st;
}

/* All that can be known before anybody asks, and what was the last report. */
static enum status
seal_prepare(struct seal *s)
{
	const struct config *cf = s->job->config;
	enum status st;

	if ((st = crypto_init_verify()) != OK)
		return seal_said(st, "cryptography");
	st = selection_from_text(bytes_str(cf->pcrs), &s->selection);
	if (st != OK)
		return say(CONFIG_VALUE,
		    "pcrs = \"%s\": not a list such as "
		    "sha256:0,1,7",
		    cf->pcrs);
	s->chained = s->job->chained || s->job->fd[FD_STATE] >= 0;
	if (s->job->fd[FD_STATE] < 0)
		return OK;
	if ((st = state_load(s->job->fd[FD_STATE], &s->last)) != OK)
		return say(st, "%s: %s; move it away to begin a new chain",
		    cf->state, status_text(st));
	return OK;
}

/* A marker from a file instead: nothing at all is heard from outside. */
static enum status
seal_read_epoch(struct seal *s)
{
	struct digest d;
	enum status st = host_file(s->job->fd[FD_EPOCH], s->marker,
	    sizeof(s->marker), &s->marker_len);

	if (st == FILE_TOO_LARGE || (st == OK && s->marker_len == 0))
		st = EPOCH_MARKER;
	if (st == OK)
		st = hash_one(HASH_SHA256,
		    bytes_view(s->marker, s->marker_len), &d);
	if (st != OK)
		return seal_said(st, "epoch");
	memcpy(s->nonce, d.b, sizeof(s->nonce));
	return OK;
}

/* The 32 bytes that come from outside. */
static enum status
seal_wait_nonce(struct seal *s)
{
	struct writer w = writer_of(s->nonce, sizeof(s->nonce));

	if (s->job->fd[FD_EPOCH] >= 0)
		return seal_read_epoch(s);
	return seal_said(
	    channel_receive(&s->front, MESSAGE_NONCE, &w, s->job->deadline),
	    "waiting for a nonce");
}

static enum status
seal_ask(struct seal *s)
{
	uint8_t buf[ASK_MAX];
	struct writer w = writer_of(buf, sizeof(buf));

	write_bytes(&w, BYTES_OF(s->nonce));
	write_bytes(&w, rot_ak_name(s->rot));
	if (w.failed)
		return seal_said(INTERNAL, "name of the AK");
	return seal_said(channel_send(&s->back, MESSAGE_ASK, writer_view(&w),
	                     s->job->deadline),
	    "asking for the board");
}

static enum status
seal_wait_board(struct seal *s)
{
	struct writer w, tables;
	enum status st;

	/* Only what is used of it is ever touched. */
	s->board_bytes = malloc(BOARD_MAX);
	s->tables = malloc(BOARD_MAX);
	if (s->board_bytes == NULL || s->tables == NULL)
		return seal_said(NO_MEMORY, "for the board");
	w = writer_of(s->board_bytes, BOARD_MAX);
	tables = writer_of(s->tables, BOARD_MAX);
	st = channel_receive(&s->back, MESSAGE_BOARD, &w, s->job->deadline);
	s->board_len = w.n;
	if (st == OK)
		st = board_decode(writer_view(&w), &tables, &s->board);
	return seal_said(st, "the board as collected");
}

/* Are these the values that the quote was made over?  It ends in pcrDigest. */
static bool
seal_agree(const struct seal *s, struct bytes attest,
    const struct pcr_values *values)
{
	struct digest d;

	return pcrs_digest(values, &s->selection, HASH_SHA256, &d) == OK &&
	       attest.n > d.n &&
	       bytes_eq(digest_view(&d),
	           bytes_sub(attest, attest.n - d.n, d.n));
}

/*
 * Quote, then read the PCRs.  Their values travel even beside a boot log: the
 * running system extends some (10, 11, 15) in ways that no boot log tells.
 * It may do so between the two commands, and then both are done again.
 */
static enum status
seal_measure(struct seal *s, const struct digest *q, struct writer *attest,
    struct writer *sig, struct pcr_values *values)
{
	enum status st;

	for (unsigned left = QUOTES_MAX; left > 0; left--) {
		attest->n = sig->n = 0;
		memset(values, 0, sizeof(*values));
		st = seal_tpm_said(s,
		    rot_quote(s->rot, digest_view(q), &s->selection, attest,
		        sig),
		    "quoting");
		if (st != OK)
			return st;
		st = seal_tpm_said(s,
		    rot_read_pcrs(s->rot, &s->selection, values),
		    "reading PCRs");
		if (st != OK)
			return st;
		if (seal_agree(s, writer_view(attest), values))
			return OK;
	}
	return seal_said(PCRS_MOVING, s->job->config->tpm);
}

/* The one signature of the report. */
static enum status
seal_quote(struct seal *s, const struct digest *q, struct writer *out)
{
	uint8_t attest[ATTEST_MAX], sig[SIGNATURE_MAX], pcrs[PCRS_MAX];
	struct writer wa = writer_of(attest, sizeof(attest));
	struct writer ws = writer_of(sig, sizeof(sig));
	struct writer wp = writer_of(pcrs, sizeof(pcrs));
	struct pcr_values *values = malloc(sizeof(*values));
	struct quote_parts parts;
	enum status st;

	if (values == NULL)
		return seal_said(NO_MEMORY, "for PCR values");
	if ((st = seal_measure(s, q, &wa, &ws, values)) != OK)
		goto out;

	pcrs_encode(values, &wp);
	parts.attest = writer_view(&wa);
	parts.signature = writer_view(&ws);
	parts.ak_public = rot_ak_public(s->rot);
	parts.pcrs = writer_view(&wp);
	quote_parts_encode(&parts, out);
	if (wp.failed || out->failed)
		st = seal_said(INTERNAL, "the quote");
out:
	free(values);
	return st;
}

/* What is bound: the answers, the host, the last report. */
static void
seal_bind_in(const struct seal *s, struct bind_in *in)
{
	*in = (struct bind_in){.nonce = BYTES_OF(s->nonce)};
	in->epoch_kind = s->job->epoch_kind;
	in->epoch_marker = bytes_view(s->marker, s->marker_len);
	in->ak_name = rot_ak_name(s->rot);
	in->board = &s->board;
	in->eventlog = s->host.eventlog.packed;
	in->ima = s->host.ima.packed;
	in->iat = s->host.iat;
	in->uptime = s->host.uptime;
	in->boot_id = BYTES_OF(s->host.boot_id);
	in->monotonic_ms = deadline_now();
	in->last = s->chained ? &s->last : NULL;
	in->agent_digest = BYTES_OF(s->host.agent_digest);
	in->sandbox = s->job->sandbox.bits;
}

/*
 * Claims and quote; SCRATCH is used meanwhile.  A list of files that grew
 * before the quote would not lead to the PCR in it: all of that again.  It
 * is read last, so that it never leaves the rest without room.
 */
static enum status
seal_bind(struct seal *s, struct writer *scratch, struct writer *claims,
    struct writer *quote, struct binding *b)
{
	enum status st = OK;

	for (unsigned left = QUOTES_MAX; left > 0 && st == OK; left--) {
		struct bind_in in;

		scratch->n = claims->n = quote->n = 0;
		if ((st = host_ima(s->job, &s->host, s->board_len)) != OK)
			return st;
		seal_bind_in(s, &in);
		st = seal_said(bind_evidence(&in, scratch, claims, b),
		    "binding");
		if (st == OK)
			st = seal_quote(s, &b->q, quote);
		if (st == OK && !host_ima_grew(s->job, &s->host))
			return OK;
	}
	return st == OK ? seal_said(PCRS_MOVING, s->job->config->ima) : st;
}

/* Claims, quote, bundle; the TPM is let go as soon as it has signed. */
static enum status
seal_bundle(struct seal *s, struct writer *bundle)
{
	uint8_t quote[QUOTE_MAX];
	struct writer wq = writer_of(quote, sizeof(quote)), wc;
	struct binding *b = malloc(sizeof(*b));
	enum status st = NO_MEMORY;

	s->claims = malloc(CLAIMS_MAX);
	s->bundle = malloc(EVIDENCE_MAX);
	if (b == NULL || s->claims == NULL || s->bundle == NULL) {
		(void)seal_said(st, "for the bundle");
		goto out;
	}
	wc = writer_of(s->claims, CLAIMS_MAX);
	*bundle = writer_of(s->bundle, EVIDENCE_MAX);

	if ((st = seal_bind(s, bundle, &wc, &wq, b)) != OK)
		goto out;
	rot_close(s->rot);
	s->rot = NULL;
	bundle->n = 0;
	st = seal_said(evidence_encode(writer_view(&wc), writer_view(&wq),
	                   b->items, b->item_count, bundle),
	    "the bundle");
	if (st == OK && s->job->dry_run)
		st = seal_said(dry_run_print(&(struct dry_run){
		                   writer_view(&wc), writer_view(&wq), b->items,
		                   b->item_count, bundle->n,
		                   s->host.eventlog.raw, s->host.ima.raw,
		                   s->job->config->interval}),
		    "standard output");
out:
	free(b);
	return st;
}

/* On disk before the bundle is out: no counter is ever used twice. */
static enum status
seal_commit(const struct seal *s, struct bytes bundle)
{
	struct chain next = {.counter = s->last.counter + 1};
	struct digest d;
	enum status st;

	if (!s->chained)
		return OK;
	if ((st = hash_one(HASH_SHA256, bundle, &d)) != OK)
		return seal_said(st, "digest of the bundle");
	memcpy(next.digest, d.b, sizeof(next.digest));
	st = state_store(s->job->fd[FD_STATE], &next);
	return seal_said(st, s->job->config->state);
}

/* From the nonce to the bundle. */
static enum status
seal_report(struct seal *s)
{
	struct writer bundle;
	enum status st;

	/* The key is opened late: nothing is held while nobody asks. */
	st =
	    seal_tpm_said(s, rot_open(s->job->config->tpm, &s->rot), "opening");
	if (st != OK)
		return st;
	if ((st = seal_ask(s)) != OK || s->job->nonces_only)
		return st;

	/* Read this host while the devices sign. */
	if ((st = host_read(s->job, &s->host)) != OK)
		return st;
	if ((st = seal_wait_board(s)) != OK)
		return st;
	if ((st = seal_bundle(s, &bundle)) != OK || s->job->dry_run)
		return st;
	if ((st = seal_commit(s, writer_view(&bundle))) != OK)
		return st;
	return seal_said(channel_send(&s->front, MESSAGE_BUNDLE,
	                     writer_view(&bundle), s->job->deadline),
	    "handing over the bundle");
}

enum status
seal_run(const struct job *job)
{
	enum role front = job->from_send ? ROLE_SEND : ROLE_SUPERVISOR;
	struct seal s = {.job = job};
	enum status st;

	s.front = channel_of(job->fd[FD_SEAL_FRONT], ROLE_SEAL, front, &report_messages);
	s.back = channel_of(
	    job->fd[FD_SEAL_BACK], ROLE_SEAL, ROLE_COLLECT, &report_messages);
	if ((st = seal_prepare(&s)) != OK)
		goto out;
	if ((st = seal_wait_nonce(&s)) != OK)
		goto out;
	st = seal_report(&s);
out:
	seal_free(&s);
	return st;
}
