/* SPDX-License-Identifier: Apache-2.0 */
#include "chain.h"
#include "chain_parse.h"
#include "chain_path.h"
#include "revocation.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/x509_crt.h>

enum { CACHE_MAX = 64 };

/*
 * A chain that was found to lead to an anchor: devices send the same one with
 * every report.  Validity is not part of it and judged each time; what was
 * found of revocation holds within FROM and UNTIL.
 */
struct cached {
	uint8_t digest[32]; /* SHA-256 over lengths and certificates */
	int64_t from, until;
	struct chain chain;
};

struct cache {
	struct cached *entry[CACHE_MAX];
	size_t next;
};

struct anchors {
	struct trust trust;
	struct revocation *revocation;
	struct curves *curves;
	struct cache *cache;
};

/* The roots that come with the source. */
static const struct {
	unsigned use;
	const char *spki;
} known[] = {
#define ANCHOR(subject, use, fingerprint, source)                              \
	{ANCHOR_##use, fingerprint},
#include "anchors.def"
#undef ANCHOR
};

struct anchors *
anchors_new(unsigned uses)
{
	struct anchors *a = calloc(1, sizeof(*a));
	struct trust *t;

	if (a == NULL)
		return NULL;
	t = &a->trust;
	mbedtls_x509_crt_init(&t->list);
	a->cache = calloc(1, sizeof(*a->cache));
	a->curves = curves_new();
	a->revocation = revocation_new();
	if (a->cache == NULL || a->curves == NULL || a->revocation == NULL) {
		anchors_free(a);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((known[i].use & uses) != 0 &&
		    t->spki_count < FINGERPRINTS_MAX)
			bytes_from_hex(known[i].spki, 2u * SPKI_DIGEST,
			    t->spki[t->spki_count++], SPKI_DIGEST);
	return a;
}

/* Nothing is remembered any more. */
static void
forget(struct cache *c)
{
	for (size_t i = 0; i < CACHE_MAX; i++)
		free(c->entry[i]);
	memset(c, 0, sizeof(*c));
}

void
anchors_free(struct anchors *a)
{
	if (a == NULL)
		return;
	if (a->cache != NULL)
		forget(a->cache);
	free(a->cache);
	mbedtls_x509_crt_free(&a->trust.list);
	revocation_free(a->revocation);
	curves_free(a->curves);
	free(a);
}

struct curves *
anchors_curves(const struct anchors *a)
{
	return a->curves;
}

const struct revocation *
anchors_revocation(const struct anchors *a)
{
	return a->revocation;
}

enum { CERT_FILE_MAX = 64 << 10 };

static bool
parse_anchor(mbedtls_x509_crt *list, const uint8_t *text, size_t n)
{
	return (text[0] == 0x30
		   ? mbedtls_x509_crt_parse_der(list, text, n)
		   : mbedtls_x509_crt_parse(list, text, n + 1)) == 0;
}

/*
 * A file that is refused leaves nothing behind, not even those of its
 * certificates that can be read: it is parsed aside first.
 */
enum status
anchors_add(struct anchors *a, struct bytes cert)
{
	uint8_t *copy = chain_with_nul(cert, CERT_FILE_MAX);
	mbedtls_x509_crt trial;
	bool ok;

	if (copy == NULL)
		return ANCHOR_MALFORMED;
	mbedtls_x509_crt_init(&trial);
	ok = parse_anchor(&trial, copy, cert.n) &&
	    parse_anchor(&a->trust.list, copy, cert.n);
	mbedtls_x509_crt_free(&trial);
	free(copy);
	a->trust.any |= ok;
	return ok ? OK : ANCHOR_MALFORMED;
}

/* What was found without it may be found otherwise. */
enum status
anchors_add_crl(struct anchors *a, struct bytes crl)
{
	forget(a->cache);
	return revocation_add_crl(a->revocation, crl);
}

enum status
anchors_add_ocsp(struct anchors *a, struct bytes der)
{
	forget(a->cache);
	return revocation_add_ocsp(a->revocation, der);
}

/* Look up every certificate below the anchor. */
static enum status
look_up(const struct anchors *a, const struct chain_path *path,
    const int64_t *time, struct cached *out)
{
	struct chain *chain = &out->chain;
	size_t found = 0, all = path->count - 1;

	chain->below = all;
	out->from = INT64_MIN;
	out->until = INT64_MAX;
	if (!revocation_any(a->revocation))
		return OK;
	for (size_t i = 0; i < all; i++) {
		struct revocation_finding f;
		enum status st = revocation_find(a->revocation, path->cert[i],
		    path->cert[i + 1], time, a->curves, &f);

		if (st != OK) {
			memcpy(chain->note, f.note, sizeof(chain->note));
			chain->revocation = REVOCATION_OF_SOME;
			return st;
		}
		chain->link[i].revocation = f.source;
		if (f.source == REVOCATION_NOT_FOUND)
			continue;
		found++;
		if (f.from > out->from)
			out->from = f.from;
		if (f.until < out->until)
			out->until = f.until;
	}
	chain->revocation = found == 0 ? REVOCATION_OF_NONE
	    : found < all	       ? REVOCATION_OF_SOME
				       : REVOCATION_OF_ALL;
	return OK;
}

/* Every link within its validity at TIME? */
static bool
in_time(struct chain *out, int64_t time)
{
	for (size_t i = 0; i < out->count; i++) {
		if (time >= out->link[i].not_before &&
		    time <= out->link[i].not_after)
			continue;
		out->outside = i;
		return false;
	}
	return true;
}

/* One digest for the certificates and where each ends. */
static enum status
digest_of(const struct bytes *certs, size_t count, struct digest *out)
{
	uint8_t lengths[8 * CHAIN_MAX];
	struct writer w = writer_of(lengths, sizeof(lengths));
	struct bytes parts[1 + CHAIN_MAX];

	for (size_t i = 0; i < count; i++) {
		write_be64(&w, certs[i].n);
		parts[1 + i] = certs[i];
	}
	parts[0] = writer_view(&w);
	return hash_parts(HASH_SHA256, parts, 1 + count, out);
}

static bool
recall(const struct cache *c, const struct digest *d, const int64_t *time,
    struct chain *out)
{
	for (size_t i = 0; i < CACHE_MAX && c->entry[i] != NULL; i++) {
		const struct cached *e = c->entry[i];

		if (memcmp(e->digest, d->b, d->n) != 0 ||
		    (time != NULL && (*time < e->from || *time > e->until)))
			continue;
		*out = e->chain;
		return true;
	}
	return false;
}

/* The oldest gives way; without memory nothing is remembered. */
static void
remember(struct cache *c, const struct digest *d, const struct cached *chain)
{
	struct cached **at = &c->entry[c->next];

	if (*at == NULL && (*at = malloc(sizeof(**at))) == NULL)
		return;
	**at = *chain;
	memcpy((*at)->digest, d->b, sizeof((*at)->digest));
	c->next = (c->next + 1) % CACHE_MAX;
}

/* Test roots and what they vouch for have this word in their names. */
static bool
is_simulated(const struct chain_path *path)
{
	static const char word[] = "SIMULATED";

	for (size_t i = 0; i < path->count; i++)
		if (memmem(path->cert[i]->subject_raw.p,
			path->cert[i]->subject_raw.len, word,
			sizeof(word) - 1) != NULL)
			return true;
	return false;
}

/* Everything but the certificates' validity. */
static enum status
establish(const struct anchors *a, const struct bytes *certs, size_t count,
    const int64_t *time, struct cached *out)
{
	struct chain_path path;
	mbedtls_x509_crt crt;
	enum status st;

	mbedtls_x509_crt_init(&crt);
	if ((st = chain_parse(certs, count, &crt, &out->chain)) != OK)
		goto out;
	st = chain_path_find(&a->trust, &crt, a->curves, &path);
	if (st != OK)
		goto out;
	out->chain.count = path.own;
	out->chain.simulated = is_simulated(&path);
	if ((st = look_up(a, &path, time, out)) != OK)
		goto out;
	st = key_from_spki(
	    bytes_view(crt.pk_raw.p, crt.pk_raw.len), &out->chain.key);
out:
	mbedtls_x509_crt_free(&crt);
	return st;
}

enum status
chain_verify(const struct anchors *a, const struct bytes *certs, size_t count,
    const int64_t *time, struct chain *out)
{
	struct cached fresh = {.from = 0};
	struct digest d;
	enum status st;

	*out = (struct chain){.count = 0};
	if (count == 0 || count > CHAIN_MAX)
		return CHAIN_MALFORMED;
	if ((st = digest_of(certs, count, &d)) != OK)
		return st;
	if (!recall(a->cache, &d, time, out)) {
		st = establish(a, certs, count, time, &fresh);
		*out = fresh.chain;
		if (st != OK)
			return st;
		remember(a->cache, &d, &fresh);
	}
	return time == NULL || in_time(out, *time) ? OK : CHAIN_EXPIRED;
}

/* Where chain_from_pem puts what it finds. */
struct split {
	struct writer store;
	struct bytes *certs;
	size_t *count;
};

static enum status
keep_cert(void *arg, struct bytes der)
{
	struct split *s = arg;
	const uint8_t *start = s->store.p + s->store.n;

	write_bytes(&s->store, der);
	if (s->store.failed || *s->count == CHAIN_MAX)
		return CHAIN_MALFORMED;
	s->certs[(*s->count)++] = bytes_view(start, der.n);
	return OK;
}

enum status
chain_from_pem(struct bytes pem, uint8_t *store, size_t cap,
    struct bytes certs[CHAIN_MAX], size_t *count)
{
	struct split s = {writer_of(store, cap), certs, count};
	enum status st;

	*count = 0;
	st = chain_each_pem(pem, keep_cert, &s);
	return st == OK && *count == 0 ? CHAIN_MALFORMED : st;
}
