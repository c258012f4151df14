/* SPDX-License-Identifier: Apache-2.0 */
#include "chain.h"
#include "chain_parse.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/pem.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

enum { SPKI_DIGEST = 32, FINGERPRINTS_MAX = 16, CACHE_MAX = 64 };

/*
 * A chain that was found to lead to an anchor: devices send the same one with
 * every report.  Validity is not part of it and judged each time.
 */
struct cached {
	uint8_t digest[32]; /* SHA-256 over lengths and certificates */
	struct chain chain;
};

struct cache {
	struct cached *entry[CACHE_MAX];
	size_t next;
};

struct anchors {
	mbedtls_x509_crt list;
	bool any;
	mbedtls_x509_crl crls;
	bool any_crl;
	uint8_t spki[FINGERPRINTS_MAX][SPKI_DIGEST];
	size_t spki_count;
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

/* Device chains are P-384 or P-256 with SHA-256 or better, nothing else. */
static const mbedtls_x509_crt_profile profile = {
    MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECKEY) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECDSA),
    MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1),
    2048,
};

struct anchors *
anchors_new(unsigned uses)
{
	struct anchors *a = calloc(1, sizeof(*a));

	if (a == NULL || (a->cache = calloc(1, sizeof(*a->cache))) == NULL) {
		free(a);
		return NULL;
	}
	mbedtls_x509_crt_init(&a->list);
	mbedtls_x509_crl_init(&a->crls);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((known[i].use & uses) != 0 &&
		    a->spki_count < FINGERPRINTS_MAX)
			bytes_from_hex(known[i].spki, 2u * SPKI_DIGEST,
			    a->spki[a->spki_count++], SPKI_DIGEST);
	return a;
}

void
anchors_free(struct anchors *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < CACHE_MAX; i++)
		free(a->cache->entry[i]);
	free(a->cache);
	mbedtls_x509_crt_free(&a->list);
	mbedtls_x509_crl_free(&a->crls);
	free(a);
}

enum { CERT_FILE_MAX = 64 << 10, CRL_FILE_MAX = 1 << 20 };

/* The parsers want a NUL after PEM and count it; NULL if it is too large. */
static uint8_t *
with_nul(struct bytes in, size_t max)
{
	uint8_t *copy = in.n > 0 && in.n <= max ? malloc(in.n + 1) : NULL;

	if (copy != NULL) {
		memcpy(copy, in.p, in.n);
		copy[in.n] = '\0';
	}
	return copy;
}

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
	uint8_t *copy = with_nul(cert, CERT_FILE_MAX);
	mbedtls_x509_crt trial;
	bool ok;

	if (copy == NULL)
		return ANCHOR_MALFORMED;
	mbedtls_x509_crt_init(&trial);
	ok = parse_anchor(&trial, copy, cert.n) &&
	    parse_anchor(&a->list, copy, cert.n);
	mbedtls_x509_crt_free(&trial);
	free(copy);
	a->any |= ok;
	return ok ? OK : ANCHOR_MALFORMED;
}

static bool
parse_crl(mbedtls_x509_crl *list, const uint8_t *text, size_t n)
{
	return (text[0] == 0x30
		   ? mbedtls_x509_crl_parse_der(list, text, n)
		   : mbedtls_x509_crl_parse(list, text, n + 1)) == 0;
}

enum status
anchors_add_crl(struct anchors *a, struct bytes crl)
{
	uint8_t *copy = with_nul(crl, CRL_FILE_MAX);
	mbedtls_x509_crl trial;
	bool ok;

	if (copy == NULL)
		return CRL_MALFORMED;
	mbedtls_x509_crl_init(&trial);
	ok = parse_crl(&trial, copy, crl.n) &&
	    parse_crl(&a->crls, copy, crl.n);
	mbedtls_x509_crl_free(&trial);
	free(copy);
	a->any_crl |= ok;
	return ok ? OK : CRL_MALFORMED;
}

/* Is this root's public key one of the fingerprints? */
static bool
is_known(const struct anchors *a, const mbedtls_x509_crt *root)
{
	struct digest d;

	if (hash_one(HASH_SHA256,
		bytes_view(root->pk_raw.p, root->pk_raw.len), &d) != OK)
		return false;
	for (size_t i = 0; i < a->spki_count; i++)
		if (memcmp(a->spki[i], d.b, SPKI_DIGEST) == 0)
			return true;
	return false;
}

/* What only the system's clock says; the caller's time is judged here. */
enum {
	CLOCK_FLAGS = MBEDTLS_X509_BADCERT_EXPIRED |
	    MBEDTLS_X509_BADCERT_FUTURE | MBEDTLS_X509_BADCRL_EXPIRED |
	    MBEDTLS_X509_BADCRL_FUTURE,
	CRL_FLAGS = MBEDTLS_X509_BADCRL_NOT_TRUSTED |
	    MBEDTLS_X509_BADCRL_BAD_MD | MBEDTLS_X509_BADCRL_BAD_PK |
	    MBEDTLS_X509_BADCRL_BAD_KEY,
};

/*
 * The way that mbedTLS found, leaf first, with an anchor at its end.  It may
 * pass over certificates that lead nowhere: those were never verified.
 */
struct path {
	const mbedtls_x509_crt *at[CHAIN_MAX + 1];
	size_t n;
};

/* Called for each certificate of the way, from the anchor down. */
static int
on_path(void *user, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct path *p = user;

	*flags &= ~(uint32_t)CLOCK_FLAGS;
	if (depth < 0 || depth > CHAIN_MAX)
		return MBEDTLS_ERR_X509_FATAL_ERROR;
	p->at[depth] = crt;
	if (p->n <= (size_t)depth)
		p->n = (size_t)depth + 1;
	return 0;
}

static bool
same_raw(const mbedtls_x509_buf *a, const mbedtls_x509_buf *b)
{
	return bytes_eq(bytes_view(a->p, a->len), bytes_view(b->p, b->len));
}

/*
 * Is the way the chain itself, link by link?  Only the anchor may follow the
 * last link, or stand for one that has its name and key.
 */
static bool
is_straight(const struct path *p, const mbedtls_x509_crt *crt)
{
	for (size_t i = 0; i < p->n; i++) {
		const mbedtls_x509_crt *on = p->at[i];

		if (on == NULL || (on != crt && i + 1 < p->n))
			return false;
		if (crt == NULL)
			return true;
		if (on != crt &&
		    (!same_raw(&on->subject_raw, &crt->subject_raw) ||
			!same_raw(&on->pk_raw, &crt->pk_raw)))
			return false;
		crt = crt->next;
	}
	return p->n > 0;
}

/* Test roots and what they vouch for have this word in their names. */
static bool
is_simulated(const struct path *p)
{
	static const char word[] = "SIMULATED";

	for (size_t i = 0; i < p->n; i++)
		if (memmem(p->at[i]->subject_raw.p, p->at[i]->subject_raw.len,
			word, sizeof(word) - 1) != NULL)
			return true;
	return false;
}

/*
 * Signatures, constraints, revocation, the way to one of TRUST.  Links above
 * an anchor are nobody's word: OUT goes without them.
 */
static enum status
leads_to(const struct anchors *a, mbedtls_x509_crt *crt,
    const mbedtls_x509_crt *trust, struct chain *out)
{
	struct path path = {0};
	uint32_t flags = 0;
	int rc = mbedtls_x509_crt_verify_with_profile(crt,
	    (mbedtls_x509_crt *)(uintptr_t)trust,
	    a->any_crl ? (mbedtls_x509_crl *)(uintptr_t)&a->crls : NULL,
	    &profile, NULL, &flags, on_path, &path);

	if ((flags & MBEDTLS_X509_BADCERT_REVOKED) != 0)
		return CHAIN_REVOKED;
	if (flags != 0 && (flags & ~(uint32_t)CRL_FLAGS) == 0)
		return CHAIN_CRL_INVALID;
	if (rc != 0 || flags != 0 || !is_straight(&path, crt))
		return CHAIN_UNTRUSTED;
	if (out->count > path.n)
		out->count = path.n;
	out->simulated = is_simulated(&path);
	return OK;
}

/* By an anchor certificate, or by the root that came along. */
static enum status
trusted(const struct anchors *a, mbedtls_x509_crt *crt, struct bytes last,
    struct chain *out)
{
	enum status st = CHAIN_UNTRUSTED;
	mbedtls_x509_crt root;

	if (a->any)
		st = leads_to(a, crt, &a->list, out);
	if (st != CHAIN_UNTRUSTED)
		return st;
	mbedtls_x509_crt_init(&root);
	if (mbedtls_x509_crt_parse_der(&root, last.p, last.n) == 0 &&
	    is_known(a, &root))
		st = leads_to(a, crt, &root, out);
	mbedtls_x509_crt_free(&root);
	return st;
}

/* The list of this certificate's issuer, or NULL. */
static const mbedtls_x509_crl *
crl_for(const struct anchors *a, const mbedtls_x509_crt *crt)
{
	const mbedtls_x509_crl *l = a->any_crl ? &a->crls : NULL;

	for (; l != NULL; l = l->next)
		if (bytes_eq(bytes_view(l->issuer_raw.p, l->issuer_raw.len),
			bytes_view(crt->issuer_raw.p, crt->issuer_raw.len)))
			return l;
	return NULL;
}

/*
 * Is there a list for every certificate but a root at the end, and each list
 * of the time in question?
 */
static enum status
check_lists(const struct anchors *a, const mbedtls_x509_crt *crt,
    const int64_t *time, struct chain *out)
{
	out->revocation_checked = a->any_crl;
	for (; crt != NULL; crt = crt->next) {
		const mbedtls_x509_crl *l = crl_for(a, crt);
		bool root = bytes_eq(
		    bytes_view(crt->issuer_raw.p, crt->issuer_raw.len),
		    bytes_view(crt->subject_raw.p, crt->subject_raw.len));

		if (l == NULL) {
			out->revocation_checked &= root;
			continue;
		}
		if (time != NULL && (*time < chain_seconds(&l->this_update) ||
					(l->next_update.year != 0 &&
					    *time >
						chain_seconds(&l->next_update))))
			return CHAIN_CRL_EXPIRED;
	}
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
recall(const struct cache *c, const struct digest *d, struct chain *out)
{
	for (size_t i = 0; i < CACHE_MAX && c->entry[i] != NULL; i++)
		if (memcmp(c->entry[i]->digest, d->b, d->n) == 0) {
			*out = c->entry[i]->chain;
			return true;
		}
	return false;
}

/* The oldest gives way; without memory nothing is remembered. */
static void
remember(struct cache *c, const struct digest *d, const struct chain *chain)
{
	struct cached **at = &c->entry[c->next];

	if (*at == NULL && (*at = malloc(sizeof(**at))) == NULL)
		return;
	memcpy((*at)->digest, d->b, sizeof((*at)->digest));
	(*at)->chain = *chain;
	c->next = (c->next + 1) % CACHE_MAX;
}

/* Everything but the certificates' validity. */
static enum status
establish(const struct anchors *a, const struct bytes *certs, size_t count,
    const int64_t *time, struct chain *out)
{
	mbedtls_x509_crt crt;
	enum status st;

	*out = (struct chain){0};
	mbedtls_x509_crt_init(&crt);
	if ((st = chain_parse(certs, count, &crt, out)) != OK)
		goto out;
	if ((st = trusted(a, &crt, certs[count - 1], out)) != OK)
		goto out;
	if ((st = check_lists(a, &crt, time, out)) != OK)
		goto out;
	st = key_from_spki(
	    bytes_view(crt.pk_raw.p, crt.pk_raw.len), &out->key);
out:
	mbedtls_x509_crt_free(&crt);
	return st;
}

enum status
chain_verify(const struct anchors *a, const struct bytes *certs, size_t count,
    const int64_t *time, struct chain *out)
{
	struct digest d;
	enum status st;

	if (count == 0 || count > CHAIN_MAX)
		return CHAIN_MALFORMED;
	if ((st = digest_of(certs, count, &d)) != OK)
		return st;

	/* With revocation lists every chain is judged anew. */
	if (a->any_crl || !recall(a->cache, &d, out)) {
		if ((st = establish(a, certs, count, time, out)) != OK)
			return st;
		if (!a->any_crl)
			remember(a->cache, &d, out);
	}
	return time == NULL || in_time(out, *time) ? OK : CHAIN_EXPIRED;
}

enum status
chain_from_pem(struct bytes pem, uint8_t *store, size_t cap,
    struct bytes certs[CHAIN_MAX], size_t *count)
{
	struct writer w = writer_of(store, cap);
	char *text = malloc(pem.n + 1), *at = text;
	enum status st = NO_MEMORY;

	*count = 0;
	if (text == NULL)
		return st;
	memcpy(text, pem.p, pem.n);
	text[pem.n] = '\0';
	st = strlen(text) == pem.n ? OK : CHAIN_MALFORMED;
	while (st == OK && strstr(at, "-----BEGIN") != NULL) {
		mbedtls_pem_context ctx;
		const uint8_t *start = store + w.n;
		size_t used = 0;

		st = CHAIN_MALFORMED;
		mbedtls_pem_init(&ctx);
		if (*count < CHAIN_MAX &&
		    mbedtls_pem_read_buffer(&ctx, "-----BEGIN CERTIFICATE-----",
			"-----END CERTIFICATE-----", (unsigned char *)at, NULL,
			0, &used) == 0) {
#if MBEDTLS_VERSION_MAJOR >= 3
			size_t n;
			const unsigned char *der =
			    mbedtls_pem_get_buffer(&ctx, &n);

			write_bytes(&w, bytes_view(der, n));
#else
			write_bytes(&w, bytes_view(ctx.buf, ctx.buflen));
#endif
			certs[*count] =
			    bytes_view(start, w.n - (size_t)(start - store));
			++*count;
			st = w.failed ? CHAIN_MALFORMED : OK;
		}
		mbedtls_pem_free(&ctx);
		at += used;
	}
	free(text);
	return st == OK && *count == 0 ? CHAIN_MALFORMED : st;
}
