/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET_DIGESTS, GET_CERTIFICATE, CHALLENGE and their answers (DSP0274 1.2.1,
 * clauses 10.6 to 10.10), and the chain that they give.
 */
#include "spdm_walk.h"

enum {
	SLOT = 0x0f,
	CHAIN_HEAD = 4, /* Length and two reserved bytes */
	OPAQUE_MAX = 1024,
};

enum status
spdm_get_digests(struct spdm_walk *w, struct spdm_message *m)
{
	(void)w;
	(void)m;
	return OK;
}

/* A digest for each bit of the slot mask, lowest first. */
enum status
spdm_digests(struct spdm_walk *w, struct spdm_message *m)
{
	for (unsigned slot = 0; slot < SPDM_SLOTS; slot++) {
		w->digest[slot] = (struct bytes){NULL, 0};
		if ((m->param2 >> slot & 1) != 0)
			w->digest[slot] =
			    read_bytes(&m->r, hash_size(w->out->hash));
	}
	return OK;
}

enum status
spdm_get_certificate(struct spdm_walk *w, struct spdm_message *m)
{
	w->ask.slot = m->param1 & SLOT;
	w->ask.offset = read_le16(&m->r);
	w->ask.length = read_le16(&m->r);
	return w->ask.slot < SPDM_SLOTS ? OK : SPDM_MALFORMED;
}

enum status
spdm_certificate(struct spdm_walk *w, struct spdm_message *m)
{
	struct spdm_portion *p = &w->portion[w->portions];
	uint16_t length = read_le16(&m->r);

	p->slot = m->param1 & SLOT;
	p->offset = w->ask.offset;
	p->left = read_le16(&m->r);
	p->bytes = read_bytes(&m->r, length);
	if (m->r.failed || length == 0 || length > w->ask.length ||
	    p->slot != w->ask.slot)
		return SPDM_MALFORMED;
	w->portions++;
	return OK;
}

/* Read past: whatever it proves, the measurements prove it again. */
enum status
spdm_challenge(struct spdm_walk *w, struct spdm_message *m)
{
	w->ask.summary = m->param2 != 0;
	read_bytes(&m->r, SPDM_NONCE);
	return OK;
}

enum status
spdm_challenge_auth(struct spdm_walk *w, struct spdm_message *m)
{
	size_t hash = hash_size(w->out->hash);
	uint16_t opaque;

	read_bytes(&m->r, hash); /* CertChainHash */
	read_bytes(&m->r, SPDM_NONCE);
	if (w->ask.summary)
		read_bytes(&m->r, hash);
	opaque = read_le16(&m->r);
	read_bytes(&m->r, opaque);
	read_bytes(&m->r, w->signature_size);
	return opaque <= OPAQUE_MAX ? OK : SPDM_MALFORMED;
}

/*
 * Portions of SLOT one behind the other; one at offset 0 begins anew.  SEEN
 * says whether there was any.
 */
static enum status
join_portions(
    struct spdm_walk *w, uint8_t slot, struct bytes *chain, bool *seen)
{
	struct writer all = writer_of(w->out->chain, SPDM_CHAIN_BYTES);
	uint16_t left = 0;

	*seen = false;
	for (size_t i = 0; i < w->portions; i++) {
		const struct spdm_portion *p = &w->portion[i];

		if (p->slot != slot)
			continue;
		if (p->offset == 0)
			all = writer_of(w->out->chain, SPDM_CHAIN_BYTES);
		else if (p->offset != all.n)
			return SPDM_CHAIN_INCOMPLETE;
		write_bytes(&all, p->bytes);
		if (all.failed)
			return SPDM_TOO_LARGE;
		left = p->left;
		*seen = true;
	}
	*chain = writer_view(&all);
	return left == 0 ? OK : SPDM_CHAIN_INCOMPLETE;
}

/* One SEQUENCE with its definite length (X.690, 8.1.3), up to 64 KiB. */
static struct bytes
read_sequence(struct reader *r)
{
	struct reader head = *r;
	size_t n;

	if (read_u8(&head) != 0x30)
		head.failed = true;
	n = read_u8(&head);
	if (n == 0x81)
		n = read_u8(&head);
	else if (n == 0x82)
		n = read_be16(&head);
	else if (n >= 0x80)
		head.failed = true;
	if (head.failed) {
		r->failed = true;
		return (struct bytes){NULL, 0};
	}
	return read_bytes(r, r->rest.n - head.rest.n + n);
}

/* Certificates from the root, or what follows it, to the leaf. */
static enum status
split_chain(struct spdm_exchange *out, struct reader *r)
{
	struct bytes cert[CHAIN_MAX];
	size_t n = 0;

	while (r->rest.n > 0 && !r->failed && n < CHAIN_MAX)
		cert[n++] = read_sequence(r);
	if (!reader_at_end(r) || n == 0)
		return CHAIN_MALFORMED;
	for (size_t i = 0; i < n; i++)
		out->cert[i] = cert[n - 1 - i];
	out->cert_count = n;
	return OK;
}

/* Certificate chain format: Length, reserved, RootHash, certificates. */
static enum status
open_chain(struct spdm_walk *w, struct bytes chain)
{
	struct bytes want = w->digest[w->out->slot];
	struct reader r = reader_of(chain);
	struct digest have;
	enum status st;

	if (read_le16(&r) != chain.n)
		return SPDM_CHAIN_INCOMPLETE;
	if (want.n > 0) {
		if ((st = hash_one(w->out->hash, chain, &have)) != OK)
			return st;
		if (!bytes_eq(digest_view(&have), want))
			return SPDM_CHAIN_DIGEST;
	}
	read_bytes(&r, CHAIN_HEAD - 2 + hash_size(w->out->hash));
	return split_chain(w->out, &r);
}

enum status
spdm_collect_chain(struct spdm_walk *w, const struct bytes *given, size_t count)
{
	struct bytes chain;
	bool seen;
	enum status st;

	/* Slot 15 stands for a key without certificates. */
	if (w->out->slot >= SPDM_SLOTS)
		return SPDM_CHAIN_MISSING;
	if ((st = join_portions(w, w->out->slot, &chain, &seen)) != OK)
		return st;
	if (seen)
		return open_chain(w, chain);
	for (size_t i = 0; i < count; i++)
		w->out->cert[i] = given[i];
	w->out->cert_count = count;
	return count > 0 ? OK : SPDM_CHAIN_MISSING;
}
