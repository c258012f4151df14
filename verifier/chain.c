/* SPDX-License-Identifier: Apache-2.0 */
#include "chain.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/version.h>
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
	free(a);
}

/* DER or PEM; the parser wants a NUL after PEM and counts it. */
static bool
parse_anchor(mbedtls_x509_crt *list, const uint8_t *text, size_t n)
{
	return (text[0] == 0x30
		   ? mbedtls_x509_crt_parse_der(list, text, n)
		   : mbedtls_x509_crt_parse(list, text, n + 1)) == 0;
}

enum status
anchors_add(struct anchors *a, struct bytes cert)
{
	mbedtls_x509_crt trial;
	uint8_t *copy;
	bool ok;

	if (cert.n == 0 || cert.n > (64u << 10))
		return ANCHOR_MALFORMED;
	if ((copy = malloc(cert.n + 1)) == NULL)
		return NO_MEMORY;
	memcpy(copy, cert.p, cert.n);
	copy[cert.n] = '\0';

	/*
	 * A file that is refused leaves nothing behind, not even those of its
	 * certificates that can be read: it is parsed aside first.
	 */
	mbedtls_x509_crt_init(&trial);
	ok = parse_anchor(&trial, copy, cert.n) &&
	    parse_anchor(&a->list, copy, cert.n);
	mbedtls_x509_crt_free(&trial);
	free(copy);
	if (!ok)
		return ANCHOR_MALFORMED;
	a->any = true;
	return OK;
}

/* Seconds since 1970 of a certificate's time, which is UTC. */
static int64_t
seconds(const mbedtls_x509_time *t)
{
	struct tm tm = {
	    .tm_year = t->year - 1900,
	    .tm_mon = t->mon - 1,
	    .tm_mday = t->day,
	    .tm_hour = t->hour,
	    .tm_min = t->min,
	    .tm_sec = t->sec,
	};

	return timegm(&tm);
}

/*
 * The DICE firmware identifier of a leaf: the last 48 bytes of the older
 * extension 2.23.133.5.4.1, or the first FWID of TcbInfo, 2.23.133.5.4.1.1
 * (TCG DICE Attestation Architecture 1.1, 6.1.1; [6] fwids).
 */
static const uint8_t oid_composite[] = {0x67, 0x81, 0x05, 0x05, 0x04, 0x01};
static const uint8_t oid_tcb_info[] = {
    0x67, 0x81, 0x05, 0x05, 0x04, 0x01, 0x01};

enum { TCB_FWIDS = 0xa6 };

/* The digest of the first FWID ::= SEQUENCE { OID, OCTET STRING }. */
static bool
first_fwid(struct bytes tcb_info, uint8_t out[FWID_LEN])
{
	unsigned char *p = (unsigned char *)(uintptr_t)tcb_info.p, *end;
	size_t n;

	if (mbedtls_asn1_get_tag(&p, p + tcb_info.n, &n,
		MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) != 0)
		return false;
	for (end = p + n; p < end; p += n) {
		unsigned char tag = *p;

		if (mbedtls_asn1_get_tag(&p, end, &n, tag) != 0)
			return false;
		if (tag == TCB_FWIDS)
			break;
	}
	if (p >= end)
		return false;
	end = p + n;
	if (mbedtls_asn1_get_tag(&p, end, &n,
		MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) != 0)
		return false;
	end = p + n;
	if (mbedtls_asn1_get_tag(&p, end, &n, MBEDTLS_ASN1_OID) != 0)
		return false;
	p += n;
	if (mbedtls_asn1_get_tag(&p, end, &n, MBEDTLS_ASN1_OCTET_STRING) !=
		0 ||
	    n != FWID_LEN || p + n != end)
		return false;
	memcpy(out, p, FWID_LEN);
	return true;
}

/* Called for each extension that mbedTLS does not know. */
static int
on_extension(void *user, const mbedtls_x509_crt *crt,
    const mbedtls_x509_buf *oid, int critical, const unsigned char *p,
    const unsigned char *end)
{
	struct chain *out = user;
	struct bytes id = bytes_view(oid->p, oid->len);
	struct bytes value = bytes_view(p, (size_t)(end - p));

	(void)crt;
	/* Only the leaf is asked; a critical unknown is never accepted. */
	if (out->count == 0 && !out->has_fwid) {
		if (bytes_eq(id, BYTES_OF(oid_tcb_info))) {
			out->has_fwid = first_fwid(value, out->fwid);
		} else if (bytes_eq(id, BYTES_OF(oid_composite)) &&
		    value.n > FWID_LEN) {
			memcpy(out->fwid, end - FWID_LEN, FWID_LEN);
			out->has_fwid = true;
		}
	}
	return critical ? MBEDTLS_ERR_X509_INVALID_EXTENSIONS : 0;
}

/* The serialNumber attribute, a readable subject, the validity. */
static void
describe(const mbedtls_x509_crt *crt, struct chain_link *link)
{
	const mbedtls_x509_name *n;

	if (mbedtls_x509_dn_gets(
		link->subject, sizeof(link->subject), &crt->subject) < 0)
		strcpy(link->subject, "(subject too long to show)");
	link->not_before = seconds(&crt->valid_from);
	link->not_after = seconds(&crt->valid_to);
	for (n = &crt->subject; n != NULL; n = n->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_SERIAL_NUMBER, &n->oid) !=
			0 || n->val.len >= SERIAL_MAX)
			continue;
		memcpy(link->serial, n->val.p, n->val.len);
		link->serial[n->val.len] = '\0';
	}
}

static enum status
parse(const struct bytes *certs, size_t count, mbedtls_x509_crt *crt,
    struct chain *out)
{
	mbedtls_x509_crt *last = crt;

	if (count == 0 || count > CHAIN_MAX)
		return CHAIN_MALFORMED;
	for (size_t i = 0; i < count; i++) {
		if (mbedtls_x509_crt_parse_der_with_ext_cb(crt, certs[i].p,
			certs[i].n, 1, on_extension, out) != 0)
			return CHAIN_MALFORMED;
		if (i > 0)
			last = last->next;
		/* What follows a certificate in its bytes is not its own. */
		if (last->raw.len != certs[i].n)
			return CHAIN_MALFORMED;
		describe(last, &out->link[out->count++]);
	}
	return OK;
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

/* Validity is judged by the caller's time, not by the system's clock. */
static int
ignore_clock(void *user, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	(void)user;
	(void)crt;
	(void)depth;
	*flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED |
	    MBEDTLS_X509_BADCERT_FUTURE);
	return 0;
}

/* Signatures, constraints, the way to one of TRUST. */
static bool
leads_to(mbedtls_x509_crt *crt, const mbedtls_x509_crt *trust)
{
	uint32_t flags = 0;

	return mbedtls_x509_crt_verify_with_profile(crt,
		   (mbedtls_x509_crt *)(uintptr_t)trust, NULL, &profile, NULL,
		   &flags, ignore_clock, NULL) == 0 &&
	    flags == 0;
}

/* By an anchor certificate, or by the root that came along. */
static bool
trusted(const struct anchors *a, mbedtls_x509_crt *crt, struct bytes last)
{
	mbedtls_x509_crt root;
	bool ok = false;

	if (a->any && leads_to(crt, &a->list))
		return true;
	mbedtls_x509_crt_init(&root);
	if (mbedtls_x509_crt_parse_der(&root, last.p, last.n) == 0 &&
	    is_known(a, &root))
		ok = leads_to(crt, &root);
	mbedtls_x509_crt_free(&root);
	return ok;
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

/* Everything but validity. */
static enum status
establish(const struct anchors *a, const struct bytes *certs, size_t count,
    struct chain *out)
{
	mbedtls_x509_crt crt;
	enum status st;

	*out = (struct chain){0};
	mbedtls_x509_crt_init(&crt);
	if ((st = parse(certs, count, &crt, out)) != OK)
		goto out;
	st = CHAIN_UNTRUSTED;
	if (!trusted(a, &crt, certs[count - 1]))
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
	if (!recall(a->cache, &d, out)) {
		if ((st = establish(a, certs, count, out)) != OK)
			return st;
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
