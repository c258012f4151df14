/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
#include "bind.h"

#include <string.h>

/* Digests and nonces that the claims point to until they are written. */
struct bind_memory {
	struct claims claims;
	uint8_t ueid[UEID_LEN];
	uint8_t nonce[DEVICES_MAX][NONCE_LEN];
	struct digest digest[ITEMS_MAX];
};

/* One more item of evidence, under a media type. */
static void
add_item(struct binding *out, struct bytes label, struct bytes type,
    struct bytes value)
{
	struct evidence_item *item = &out->items[out->item_count++];

	*item = (struct evidence_item){.label = label};
	item->record.type_text = type;
	item->record.value = value;
	item->record.ind = CMW_EVIDENCE;
}

/* What devices and TEE signed, and the logs; encoding puts them in order. */
static void
list_items(const struct bind_in *in, struct binding *out)
{
	out->item_count = 0;
	for (size_t i = 0; i < in->board->count; i++) {
		const struct board_device *d = &in->board->device[i];

		if (d->evidence.n > 0)
			add_item(out, d->label, d->type, d->evidence);
	}
	if (in->board->tee.n > 0)
		add_item(out, BYTES_LIT(LABEL_TEE), BYTES_LIT(MEDIA_TEE),
		    in->board->tee);
	if (in->eventlog.n > 0)
		add_item(out, BYTES_LIT("eventlog"), BYTES_LIT(MEDIA_EVENTLOG),
		    in->eventlog);
	if (in->ima.n > 0)
		add_item(out, BYTES_LIT("ima"), BYTES_LIT(MEDIA_IMA), in->ima);
}

/* Claim -70000: SHA-256 of each whole CMW record. */
static enum status
digest_items(
    const struct binding *b, struct writer *scratch, struct bind_memory *m)
{
	size_t start = scratch->n;
	enum status st = OK;

	for (size_t i = 0; i < b->item_count && st == OK; i++) {
		struct item_digest *d = &m->claims.digests[i];

		cmw_put_record(scratch, &b->items[i].record);
		if (scratch->failed)
			return EVIDENCE_TOO_LARGE;
		st = hash_one(HASH_SHA256,
		    bytes_sub(writer_view(scratch), start, scratch->n - start),
		    &m->digest[i]);
		scratch->n = start;

		d->label = b->items[i].label;
		d->alg = COSE_SHA256;
		d->digest = digest_view(&m->digest[i]);
	}
	m->claims.digest_count = b->item_count;
	return st;
}

/* Claim 266: one entry per device, in the order of the board. */
static enum status
claim_devices(const struct bind_in *in, struct bind_memory *m)
{
	struct claims *c = &m->claims;
	enum status st = OK;

	for (size_t i = 0; i < in->board->count && st == OK; i++) {
		const struct board_device *d = &in->board->device[i];
		struct device_claims *to = &c->devices[i];

		*to = (struct device_claims){.label = d->label};
		to->model = d->model;
		to->facts = d->facts;
		to->measurements = d->measurements;
		if (d->evidence.n == 0)
			continue;

		/* It signed G_i, and the item of its name carries that. */
		st = evidence_device_nonce(
		    in->nonce, in->ak_name, d->label, m->nonce[i]);
		to->nonce = BYTES_OF(m->nonce[i]);
		to->item = d->label;
	}
	c->device_count = in->board->count;
	return st;
}

static void
claim_host(const struct bind_in *in, struct bind_memory *m)
{
	struct claims *c = &m->claims;

	c->iat = in->iat;
	c->nonce = in->nonce;
	c->epoch_kind = in->epoch_kind;
	c->epoch_marker = in->epoch_marker;
	c->ueid = BYTES_OF(m->ueid);
	c->uptime = in->uptime;
	c->profile = BYTES_LIT(EVIDENCE_PROFILE_URI);
	c->agent_name = BYTES_LIT("assay-agent");
	c->agent_version = BYTES_LIT(ASSAY_VERSION);
	c->ak_name = in->ak_name;
	c->boot_id = in->boot_id;
	c->monotonic_ms = in->monotonic_ms;
	c->agent_digest = in->agent_digest;
	c->sandbox = in->sandbox;
	if (in->last != NULL) {
		c->has_chain = true;
		c->chain_counter = in->last->counter + 1;
		c->chain_previous = BYTES_OF(in->last->digest);
	}
}

enum status
bind_evidence(const struct bind_in *in, struct writer *scratch,
    struct writer *claims, struct binding *out)
{
	struct bind_memory m;
	enum status st;

	memset(&m, 0, sizeof(m));
	memset(out, 0, sizeof(*out));

	/* What travels beside the claims, and its digests inside them. */
	list_items(in, out);
	if ((st = digest_items(out, scratch, &m)) != OK)
		return st;

	/* The claims about the host and each device. */
	claim_host(in, &m);
	st = evidence_ueid(in->ak_name, (struct bytes){NULL, 0}, m.ueid);
	if (st != OK)
		return st;
	if ((st = claim_devices(in, &m)) != OK)
		return st;
	claims_encode(&m.claims, claims);
	if (claims->failed)
		return EVIDENCE_TOO_LARGE;

	/* Q = SHA-256("assay/evidence/1" 00 claims): the quote covers all. */
	return evidence_binding(HASH_SHA256, writer_view(claims), &out->q);
}
