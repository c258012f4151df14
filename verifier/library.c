/* SPDX-License-Identifier: Apache-2.0 */
/* The public face of libassay: contexts, verification, display. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "challenge.h"
#include "check_capability.h"
#include "check_device.h"
#include "check_eventlog.h"
#include "check_ima.h"
#include "check_ek.h"
#include "check_iak.h"
#include "check_platform.h"
#include "check_quote.h"
#include "check_spdm.h"
#include "placement.h"
#include "references.h"
#include "show.h"
#include "sign1.h"
#include "tables.h"
#include "verify.h"

struct assay *
assay_new(void)
{
	struct assay *ctx = calloc(1, sizeof(*ctx));

	if (ctx == NULL || crypto_init_verify() != OK ||
	    (ctx->anchors = anchors_new(ANCHOR_DEVICE)) == NULL ||
	    (ctx->tpm_roots = tpm_roots_new()) == NULL ||
	    (ctx->references = references_new(
		 anchors_curves(ctx->anchors))) == NULL ||
	    (ctx->tables = tables_new()) == NULL ||
	    (ctx->inventories = inventories_new()) == NULL) {
		assay_free(ctx);
		return NULL;
	}
	tpm_roots_set_revocation(ctx->tpm_roots,
	    anchors_revocation(ctx->anchors), anchors_curves(ctx->anchors));
	return ctx;
}

void
assay_free(struct assay *ctx)
{
	if (ctx == NULL)
		return;
	anchors_free(ctx->anchors);
	tpm_roots_free(ctx->tpm_roots);
	references_free(ctx->references);
	event_policy_free(&ctx->event_policy);
	tables_free(ctx->tables);
	inventories_free(ctx->inventories);
	free(ctx);
}

void
assay_set_time(struct assay *ctx, int64_t seconds)
{
	ctx->has_time = true;
	ctx->time = seconds;
}

void
assay_set_hosts(struct assay *ctx, assay_host_fn *fn, void *arg)
{
	ctx->host_fn = fn;
	ctx->host_arg = arg;
}

/* One line that says what is wrong with an input, and the remedy. */
static int
say(enum status st, const char *remedy, char *error, size_t cap)
{
	snprintf(error, cap, "%s: %s; %s", status_name(st), status_text(st),
	    remedy);
	return status_exit(st);
}

/* A table, the signatures of the next one, the name of the only one. */
static int
add_table(struct assay *ctx, enum assay_input kind, struct bytes in,
    char *error, size_t cap)
{
	char detail[TABLE_DETAIL] = "";
	enum status st;

	if (kind == ASSAY_RULE_SET)
		return say(tables_select(ctx->tables, in),
		    "see assay tables show", error, cap);
	if (kind == ASSAY_TABLE_SIGNATURES)
		return say(tables_set_signatures(ctx->tables, in),
		    "make it with assay tables sign", error, cap);
	st = tables_add(ctx->tables,
	    kind == ASSAY_CHIPS		? TABLE_CHIPS
		: kind == ASSAY_TPM_FIRMWARE ? TABLE_TPMS
					     : TABLE_RULES,
	    in,
	    ctx->has_policy ? &ctx->policy : NULL, detail);
	return say(st, detail, error, cap);
}

static int
add_inventory(struct assay *ctx, struct bytes in, char *error, size_t cap)
{
	char detail[INVENTORY_DETAIL];
	enum status st = inventories_add(ctx->inventories, in,
	    ctx->has_policy ? &ctx->policy : NULL, detail);

	return say(st, detail, error, cap);
}

int
assay_add(struct assay *ctx, enum assay_input kind, const void *data,
    size_t len, char *error, size_t cap)
{
	struct bytes in = bytes_view(data, len);
	enum status st;

	switch (kind) {
	case ASSAY_POLICY:
		st = policy_parse(in, &ctx->policy, error, cap);
		ctx->has_policy = st == OK;
		return status_exit(st);
	case ASSAY_EVENT_POLICY:
		event_policy_free(&ctx->event_policy);
		st = event_policy_parse(in, &ctx->event_policy, error, cap);
		ctx->has_event_policy = st == OK;
		return status_exit(st);
	case ASSAY_ANCHOR:
		st = anchors_add(ctx->anchors, in);
		return say(st, "give an X.509 certificate in DER or PEM",
		    error, cap);
	case ASSAY_TPM_ROOT:
		st = tpm_roots_add(ctx->tpm_roots, in);
		return say(st, "give certificates in DER or PEM, or what "
			       "assay anchors add wrote",
		    error, cap);
	case ASSAY_CRL:
		st = anchors_add_crl(ctx->anchors, in);
		return say(st, "give a revocation list in DER or PEM", error,
		    cap);
	case ASSAY_OCSP:
		st = anchors_add_ocsp(ctx->anchors, in);
		return say(st, "give a responder's answer about these "
		    "certificates, DER", error, cap);
	case ASSAY_EPOCH:
		st = epochs_add(&ctx->epochs, in);
		return say(st, "give what the host was given", error, cap);
	case ASSAY_REFERENCE_KEY:
		st = references_set_key(ctx->references, in);
		return say(st, "give the importer's public key in PEM", error,
		    cap);
	case ASSAY_REFERENCE_INDEX:
		st = references_set_index(ctx->references, in);
		return say(st, "run assay-rim-import on this folder anew",
		    error, cap);
	case ASSAY_REFERENCE:
		st = references_add(ctx->references, in);
		return say(st, "import it anew with assay-rim-import", error,
		    cap);
	case ASSAY_INVENTORY:
		return add_inventory(ctx, in, error, cap);
	case ASSAY_CHIPS:
	case ASSAY_TPM_FIRMWARE:
	case ASSAY_RULES:
	case ASSAY_TABLE_SIGNATURES:
	case ASSAY_RULE_SET:
		return add_table(ctx, kind, in, error, cap);
	}
	return say(USAGE, "no such kind of input", error, cap);
}

/* The host's part failed, so nothing can be said of any device. */
static void
not_reached(struct assay_result *r)
{
	r->subjects[0].trust[TRUST_IDENTITY] =
	    verdict_failed(r) ? TRUST_CRYPTO_FAILED : TRUST_MALFUNCTION;
	for (size_t i = 1; i < r->subject_count; i++)
		if (r->subjects[i].worst == OK)
			r->subjects[i].worst = NOT_VERIFIED;
}

struct assay_result *
assay_verify(struct assay *ctx, const uint8_t *nonce, size_t nonce_len,
    const void *evidence, size_t len)
{
	struct assay_result *r = verdict_new("evidence");
	struct verified *v;

	if (r == NULL || verdict_subject(r, BYTES_LIT("host")) == NULL)
		return NULL;
	if (nonce != NULL && nonce_len != NONCE_LEN) {
		verdict_reason(r, NONCE_SIZE, "host",
		    "%zu bytes were given", nonce_len);
		return r;
	}
	v = verify(
	    ctx, bytes_view(nonce, nonce_len), bytes_view(evidence, len), r);
	if (v != NULL)
		appraise(ctx, v, r);
	else
		not_reached(r);
	if (v != NULL && ctx->has_time)
		r->learned = placement_list(v, ctx->time);
	verified_free(v);
	return r;
}

static struct bytes
view(struct assay_file f)
{
	return bytes_view(f.data, f.len);
}

struct assay_result *
assay_check(struct assay *ctx, enum assay_artefact what,
    const struct assay_check *in)
{
	struct assay_result *r;

	if (what == ASSAY_QUOTE)
		return check_quote(in);
	if (what == ASSAY_EVENTLOG)
		return check_eventlog(ctx, in);
	if (what == ASSAY_IMA)
		return check_ima(in);
	if (what == ASSAY_LEARN)
		return learn_events(in);
	if (ctx != NULL && (what == ASSAY_GPU || what == ASSAY_SWITCH))
		return check_device(ctx, what == ASSAY_SWITCH,
		    view(in->report), view(in->chain), view(in->nonce));
	if (ctx != NULL && what == ASSAY_SPDM)
		return check_spdm(ctx, view(in->exchange), view(in->nonce));
	if (ctx != NULL && what == ASSAY_EK)
		return check_ek(ctx,
		    &(struct ek_shown){view(in->ek_cert), view(in->chain),
			view(in->ek_pub)});
	if (ctx != NULL && what == ASSAY_IAK)
		return check_iak(ctx, view(in->ek_cert), view(in->chain),
		    view(in->ak));
	if (what == ASSAY_TPM_ROOTS)
		return check_tpm_roots(view(in->chain));
	if (ctx != NULL && what == ASSAY_PLACES)
		return check_inventory(
		    ctx, view(in->inventory), view(in->signers));
	if (ctx != NULL && what == ASSAY_PLATFORM)
		return check_platform(ctx,
		    &(struct platform_shown){view(in->platform),
			view(in->ek_cert), view(in->chain)});
	if (what == ASSAY_BUNDLE)
		return show(view(in->evidence));
	if (ctx != NULL && what == ASSAY_CAPABILITY)
		return check_capability(ctx, in);
	if (ctx != NULL && what == ASSAY_TABLE)
		return check_table(ctx, in);
	if ((r = verdict_new("nothing")) != NULL)
		verdict_reason(r, USAGE, "artefact", "no such artefact");
	return r;
}

struct assay_result *
assay_challenge(struct assay *ctx, const struct assay_check *in,
    struct assay_challenge *out)
{
	const struct ek_shown ek = {
	    view(in->ek_cert), view(in->chain), view(in->ek_pub)};

	return challenge(ctx, &ek, view(in->ak), out);
}

static long
sign_table(const struct assay_signed *what, void *out, size_t cap)
{
	uint8_t store[TABLE_COSE_MAX];
	struct writer w = writer_of(store, sizeof(store));

	if (table_sign(what->key_pem, view(what->table),
		view(what->signatures), &w) != OK)
		return -1;
	if (w.n <= cap)
		memcpy(out, store, w.n);
	return (long)w.n;
}

/* In binary a list is shorter than in text. */
static long
sign_list(const struct assay_signed *what, void *out, size_t cap)
{
	size_t room = what->list.len + SIGN1_OVERHEAD;
	uint8_t *store = malloc(room);
	struct writer w = writer_of(store, store == NULL ? 0 : room);
	char detail[INVENTORY_DETAIL] = "";
	enum status st = store == NULL
	    ? NO_MEMORY
	    : inventory_sign(what->key_pem, view(what->list), &w, detail);

	if (st != OK)
		say(st, detail, what->error, what->error_cap);
	else if (w.n <= cap)
		memcpy(out, store, w.n);
	free(store);
	return st == OK ? (long)w.n : -1;
}

long
assay_sign(const struct assay_signed *what, void *out, size_t cap)
{
	return what->list.data != NULL ? sign_list(what, out, cap)
				       : sign_table(what, out, cap);
}
