/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence_read.h"
#include "verify.h"

#include "ek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verified {
	struct evidence ev;
	struct claims claims;
	struct quote_parts parts;
	struct tpm_public ak;
	struct tpm_signature sig;
	struct quote quote;
	struct pcr_values pcrs;
	struct host_logs logs;
	struct assay_host host;
	bool fresh;
	struct {
		enum device_state state;
		struct device_proof proof;
	} device[DEVICES_MAX];
};

const struct claims *
verified_claims(const struct verified *v)
{
	return &v->claims;
}

const struct quote *
verified_quote(const struct verified *v)
{
	return &v->quote;
}

const struct assay_host *
verified_host(const struct verified *v)
{
	return &v->host;
}

bool
verified_fresh(const struct verified *v)
{
	return v->fresh;
}

const struct host_logs *
verified_logs(const struct verified *v)
{
	return &v->logs;
}

const struct pcr_values *
verified_pcrs(const struct verified *v)
{
	return &v->pcrs;
}

bool
verified_item(const struct verified *v, const char *label)
{
	return evidence_find(&v->ev, label) != NULL;
}

enum device_state
verified_device(
    const struct verified *v, size_t i, const struct device_proof **proof)
{
	*proof = &v->device[i].proof;
	return v->device[i].state;
}

void
verified_free(struct verified *v)
{
	if (v != NULL)
		logs_free(&v->logs);
	free(v);
}

/* Everything a step needs. */
struct step {
	const struct assay *ctx;
	struct bytes nonce;
	struct verified *v;
	struct assay_result *r;
};

/* The shape of the collection, its claims and its quote. */
static enum status
decode(struct step *s, struct bytes evidence)
{
	struct verified *v = s->v;
	enum status st;

	if ((st = evidence_decode(evidence, &v->ev)) != OK) {
		verdict_reason(s->r, st, "evidence", "in the collection");
		return st;
	}
	if ((st = claims_decode(v->ev.claims, &v->claims)) != OK) {
		verdict_reason(s->r, st, "claims", "in the claims");
		return st;
	}
	if ((st = quote_parts_decode(v->ev.quote, &v->parts)) != OK) {
		verdict_reason(s->r, st, "tpm-quote", "in the quote item");
		return st;
	}
	if ((st = public_parse(v->parts.ak_public, &v->ak)) != OK) {
		verdict_reason(
		    s->r, st, "tpm-quote", "in the attestation key");
		return st;
	}
	return OK;
}

/* claims[10] answers this request, claims[265] is the collection's. */
static enum status
check_freshness(struct step *s)
{
	struct verified *v = s->v;
	enum status st;

	memcpy(s->r->nonce, v->claims.nonce.p, NONCE_LEN);
	s->r->nonce_seen = true;
	if (!bytes_eq(v->claims.profile, BYTES_LIT(EVIDENCE_PROFILE_URI))) {
		verdict_reason(s->r, PROFILE_MISMATCH, "claims",
		    "claim 265 and __cmwc_t differ");
		return PROFILE_MISMATCH;
	}
	st = epoch_binds(&v->claims);
	if (st == OK && s->nonce.p != NULL &&
	    !bytes_eq_ct(v->claims.nonce, s->nonce))
		st = NONCE_MISMATCH;
	else if (st == OK && s->nonce.p == NULL && s->ctx->epochs.count > 0)
		st = epochs_check(&s->ctx->epochs, &v->claims);
	if (st != OK)
		verdict_reason(s->r, st, "claims",
		    st == NONCE_MISMATCH
			? "claim 10 is not the nonce of this request"
			: "in claims 10 and -70004");
	v->fresh = st == OK &&
	    (s->nonce.p != NULL || s->ctx->epochs.count > 0);
	return st;
}

/*
 * The key in the quote can only speak for a TPM; claims[-70002] and
 * claims[256] follow from it.
 */
static enum status
check_key(struct step *s)
{
	struct verified *v = s->v;
	struct tpm_name name;
	uint8_t ueid[UEID_LEN];
	enum status st;

	if ((st = ak_check_public(&v->ak)) != OK) {
		verdict_reason(s->r, st, "tpm-quote", "attestation key");
		return st;
	}
	if ((st = name_of(&v->ak, &name)) != OK)
		return st;
	if (!bytes_eq(name_view(&name), v->claims.ak_name)) {
		verdict_reason(s->r, AK_NAME_MISMATCH, "claims",
		    "claim -70002 is not the name of the key in the quote");
		return AK_NAME_MISMATCH;
	}
	st = evidence_ueid(v->claims.ak_name, v->claims.ek_name, ueid);
	if (st != OK)
		return st;
	if (!bytes_eq(bytes_view(ueid, UEID_LEN), v->claims.ueid)) {
		verdict_reason(s->r, UEID_MISMATCH, "claims",
		    "claim 256 is not 01 and the SHA-256 of the key name");
		return UEID_MISMATCH;
	}
	return OK;
}

static const struct item_digest *
find_digest(const struct claims *c, struct bytes label)
{
	for (size_t i = 0; i < c->digest_count; i++)
		if (bytes_eq(c->digests[i].label, label))
			return &c->digests[i];
	return NULL;
}

/* claims[-70000] covers exactly the items that are there. */
static enum status
check_item_digests(struct step *s)
{
	const struct verified *v = s->v;
	enum hash alg = v->ak.scheme_hash;
	int64_t cose = alg == HASH_SHA384 ? COSE_SHA384 : COSE_SHA256;

	for (size_t i = 0; i < v->ev.item_count; i++) {
		const struct evidence_item *it = &v->ev.items[i];
		const struct item_digest *want =
		    find_digest(&v->claims, it->label);
		struct digest d;
		enum status st;

		if (want == NULL) {
			verdict_reason(s->r, ITEM_DIGEST_MISSING, "claims",
			    "item %.*s", (int)it->label.n, it->label.p);
			return ITEM_DIGEST_MISSING;
		}
		if ((st = hash_one(alg, it->record.whole, &d)) != OK)
			return st;
		if (want->alg != cose ||
		    !bytes_eq(digest_view(&d), want->digest)) {
			verdict_reason(s->r, ITEM_DIGEST_MISMATCH, "claims",
			    "item %.*s was changed after the quote",
			    (int)it->label.n, it->label.p);
			return ITEM_DIGEST_MISMATCH;
		}
	}
	if (v->claims.digest_count != v->ev.item_count) {
		verdict_reason(s->r, ITEM_DIGEST_EXTRA, "claims",
		    "%zu digests for %zu items", v->claims.digest_count,
		    v->ev.item_count);
		return ITEM_DIGEST_EXTRA;
	}
	return OK;
}

/* The AK signed a quote over these very claims. */
static enum status
check_quote(struct step *s)
{
	struct verified *v = s->v;
	struct tpm_name qualified;
	struct digest q;
	const char *what;
	enum status st;

	what = "TPMS_ATTEST";
	if ((st = quote_parse(v->parts.attest, &v->quote)) != OK)
		goto out;
	what = "TPMT_SIGNATURE";
	if ((st = signature_parse(v->parts.signature, &v->sig)) != OK)
		goto out;
	if ((st = signature_verify(&v->ak, &v->sig, v->parts.attest)) != OK)
		goto out;

	/* Our AK is a primary key of the endorsement hierarchy. */
	what = "qualifiedSigner";
	st = qualified_name_primary(
	    TPM_HIERARCHY_ENDORSEMENT, v->claims.ak_name, &qualified);
	if (st != OK)
		goto out;
	st = QUALIFIED_SIGNER_MISMATCH;
	if (!bytes_eq(name_view(&qualified), v->quote.qualified_signer))
		goto out;

	what = "extraData";
	st = evidence_binding(v->ak.scheme_hash, v->ev.claims, &q);
	if (st != OK)
		goto out;
	st = QUOTE_BINDING_MISMATCH;
	if (!bytes_eq_ct(digest_view(&q), v->quote.extra_data))
		goto out;
	st = OK;
out:
	verdict_reason(s->r, st, "tpm-quote", "%s", what);
	return st;
}

/* The values that are to be held against the quote. */
static enum status
load_pcrs(struct step *s)
{
	struct verified *v = s->v;
	enum status st;

	/* A quote of nothing would agree with anything. */
	if (selection_covers(&(struct pcr_selection){0}, &v->quote.selection))
		return PCR_SELECTION_EMPTY;

	/* Values that were sent are those that were quoted, no more. */
	if (v->parts.pcrs.n > 0) {
		if ((st = pcrs_decode(v->parts.pcrs, &v->pcrs)) != OK)
			return st;
		return selection_eq(&v->pcrs.have, &v->quote.selection)
		    ? OK
		    : PCR_SELECTION_MISMATCH;
	}

	/* Without them the log must lead to the quoted values by itself. */
	if (v->logs.state == LOG_ABSENT)
		return PCR_SELECTION_MISMATCH;
	v->pcrs = v->logs.replay.pcrs;
	return selection_covers(&v->pcrs.have, &v->quote.selection)
	    ? OK
	    : EVENTLOG_BANK_MISSING;
}

/* The values come from the agent or the log; the quote decides. */
static enum status
check_pcrs(struct step *s)
{
	const struct evidence_item *item = evidence_find(&s->v->ev, "eventlog");
	struct verified *v = s->v;
	struct digest d;
	enum status st;

	if (item != NULL &&
	    (st = logs_read_boot(&v->logs, item->record.value, s->r)) != OK)
		return st;
	st = load_pcrs(s);
	verdict_reason(s->r, st, "tpm-quote", "in the PCR values");
	if (st != OK)
		return st;

	/* pcrDigest is made with the signing hash (Part 3, 18.4). */
	st = pcrs_digest(&v->pcrs, &v->quote.selection, v->sig.hash, &d);
	if (st == OK && !bytes_eq(digest_view(&d), v->quote.pcr_digest))
		st = PCR_DIGEST_MISMATCH;
	verdict_reason(
	    s->r, st, "tpm-quote", "the quoted PCRs do not have these values");
	if (st != OK)
		return st;
	return logs_compare_boot(
	    &v->logs, &v->quote.selection, &v->pcrs, s->r);
}

/* The record of the host that owns this key. */
static enum status
look_up(struct step *s)
{
	const struct claims *c = &s->v->claims;
	struct bytes name = c->ak_name;
	struct assay_host *host = &s->v->host, none = {0};
	int rc = 1;

	if (c->has_chain)
		memcpy(host->follows, c->chain_previous.p, 32);
	if (s->ctx->host_fn != NULL)
		rc = s->ctx->host_fn(s->ctx->host_arg, name.p, name.n, host);
	if (rc < 0) {
		verdict_reason(s->r, STORE_UNAVAILABLE, "host",
		    "the verdict cannot rest on this host's history");
		return STORE_UNAVAILABLE;
	}
	if (rc != 0) {
		/* Of a stranger only that is worth knowing. */
		none.follows_ak_name_len = host->follows_ak_name_len;
		memcpy(none.follows_ak_name, host->follows_ak_name,
		    sizeof(none.follows_ak_name));
		*host = none;
	}
	memcpy(host->ak_name, name.p, name.n);
	host->ak_name_len = name.n;
	return OK;
}

/* The list of files that the kernel measured, under PCR 10. */
static enum status
check_ima(struct step *s)
{
	const struct evidence_item *item = evidence_find(&s->v->ev, "ima");
	struct verified *v = s->v;

	if (item == NULL)
		return OK;
	return logs_check_ima(&v->logs, item->record.value, &v->claims,
	    &v->quote, &v->pcrs, &v->host, s->r);
}

/* One device: its claims, its item, its own evidence. */
static void
check_device(struct step *s, size_t i)
{
	const struct device_claims *d = &s->v->claims.devices[i];
	struct device_proof *proof = &s->v->device[i].proof;
	const struct device_kind *kind;
	const struct evidence_item *item;
	char label[LABEL_MAX], detail[DETAIL_MAX] = "";
	uint8_t nonce[NONCE_LEN] = {0};
	struct device_check check = {.anchors = s->ctx->anchors,
	    .time = s->ctx->has_time ? &s->ctx->time : NULL,
	    .references = s->ctx->references,
	    .nonce = bytes_view(nonce, NONCE_LEN)};
	json_t *data;
	enum status st;

	snprintf(label, sizeof(label), "%.*s", (int)d->label.n, d->label.p);
	s->v->device[i].state = DEVICE_FAILED;
	if (d->item.n == 0) {
		s->v->device[i].state = DEVICE_SIGNED_NOTHING;
		return;
	}

	/* Claims and item belong together, under the nonce of this device. */
	item = evidence_find(&s->v->ev, label);
	st = evidence_device_nonce(
	    s->v->claims.nonce, s->v->claims.ak_name, d->label, nonce);
	if (st != OK || item == NULL || !bytes_eq(d->item, d->label)) {
		verdict_reason(s->r, DEVICE_ITEM_MISMATCH, label,
		    "claim -70011 names no item of this device");
		return;
	}
	if (!bytes_eq(d->nonce, check.nonce)) {
		verdict_reason(s->r, DEVICE_NONCE_MISMATCH, label,
		    "claim 10 of the device does not follow from the nonce");
		return;
	}
	if ((kind = device_kind_find(&item->record)) == NULL) {
		s->v->device[i].state = DEVICE_NOT_APPRAISED;
		return;
	}

	data = json_object_get(
	    json_object_get(s->r->data, "devices"), label);
	st = kind->verify(item->record.value, &check, proof, data, detail,
	    sizeof(detail));
	if (st == OK && proof->tells_switch &&
	    proof->is_switch != (label[0] == 's')) {
		st = DEVICE_ITEM_MISMATCH;
		snprintf(detail, sizeof(detail), "the evidence is of a %s",
		    proof->is_switch ? "switch" : "GPU");
	}
	verdict_reason(s->r, st, label, "%s", detail);
	if (st == OK)
		s->v->device[i].state = DEVICE_PROVED;
}

/* Every device item has its claims; no device is there twice. */
static void
check_devices(struct step *s)
{
	const struct claims *c = &s->v->claims;

	for (size_t i = 0; i < c->device_count; i++)
		check_device(s, i);
	for (size_t k = 0; k < s->v->ev.item_count; k++) {
		struct bytes label = s->v->ev.items[k].label;
		bool known = !device_label_ok(label);

		for (size_t i = 0; i < c->device_count; i++)
			known |= bytes_eq(c->devices[i].item, label);
		if (!known)
			verdict_reason(s->r, DEVICE_ITEM_MISMATCH, "host",
			    "item %.*s belongs to no device", (int)label.n,
			    label.p);
	}
	for (size_t i = 0; i < c->device_count; i++) {
		const char *id = s->v->device[i].proof.identity;

		for (size_t k = 0; k < i && id[0] != '\0'; k++)
			if (strcmp(id, s->v->device[k].proof.identity) == 0)
				verdict_reason(s->r, DEVICE_DUPLICATE, "host",
				    "%s is in two places", id);
	}
}

/* GPUs in protected PCIe mode and their switches stand for each other. */
static void
check_groups(struct step *s)
{
	const struct nvidia_member *members[DEVICES_MAX];
	char detail[DETAIL_MAX];
	bool gpu = false;
	size_t n = 0;

	for (size_t i = 0; i < s->v->claims.device_count; i++) {
		const struct device_proof *p = &s->v->device[i].proof;

		if (s->v->device[i].state != DEVICE_PROVED ||
		    !p->protected_pcie)
			continue;
		gpu |= !p->is_switch;
		members[n++] = &p->member;
	}
	if (gpu)
		verdict_reason(s->r,
		    nvidia_topology(members, n, detail, sizeof(detail)), "host",
		    "%s", detail);
}

/* The subjects of the verdict: the host, then every device. */
static void
add_subjects(struct step *s)
{
	json_t *devices = json_object_get(s->r->data, "devices");

	for (size_t i = 0; i < s->v->claims.device_count; i++) {
		struct bytes label = s->v->claims.devices[i].label;

		verdict_subject(s->r, label);
		if (json_object_getn(devices, (const char *)label.p, label.n) ==
		    NULL)
			json_object_setn_new(devices, (const char *)label.p,
			    label.n, json_object());
	}
}

struct verified *
verify(const struct assay *ctx, struct bytes nonce, struct bytes evidence,
    struct assay_result *r)
{
	static enum status (*const steps[])(struct step *) = {
	    check_freshness,
	    check_key,
	    check_item_digests,
	    check_quote,
	    check_pcrs,
	    look_up,
	    check_ima,
	};
	struct step s = {ctx, nonce, calloc(1, sizeof(struct verified)), r};

	if (s.v == NULL || hash_one(HASH_SHA256, evidence,
			       &r->evidence_digest) != OK) {
		verdict_reason(r, NO_MEMORY, "host", "while verifying");
		goto fail;
	}
	if (decode(&s, evidence) != OK)
		goto fail;
	describe_claims(&s.v->claims, r->data);
	add_subjects(&s);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		enum status st = steps[i](&s);

		/* A step that failed without a word was an internal fault. */
		if (st != OK && !verdict_failed(r) && st != STORE_UNAVAILABLE)
			verdict_reason(r, st, "host", "while verifying");
		if (st != OK)
			goto fail;
	}
	describe_quote(&s.v->quote, r->data);
	check_devices(&s);
	check_groups(&s);
	return s.v;
fail:
	verified_free(s.v);
	return NULL;
}
