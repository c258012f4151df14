/* SPDX-License-Identifier: Apache-2.0 */
#include "tpm_roots.h"
#include "chain_parse.h"
#include "revocation.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>

#include "der.h"

static const struct tpm_ca cas[] = {
#define TPM_CA(vendor, name, stores, fingerprint)                              \
	{#vendor, name, stores, fingerprint},
#include "tpm_roots.def"
#undef TPM_CA
};

enum { CAS = sizeof(cas) / sizeof(cas[0]), ROOTS_MAX = 1024 };

/* An authority that the operator named. */
struct named {
	char sha256[65];
	char name[TPM_CA_NAME_MAX];
};

struct tpm_roots {
	mbedtls_x509_crt trusted;
	mbedtls_x509_crt links; /* to be vouched for */
	size_t trusted_count, link_count;
	struct named *named;
	size_t named_count;
	const struct revocation *revocation; /* NULL for none */
	struct curves *curves;
};

/*
 * What vendors use.  The authority itself is known by its bytes, so that
 * nothing rests on the older signatures that some of them carry.
 */
static const mbedtls_x509_crt_profile profile = {
    MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSA) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSASSA_PSS) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECKEY) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECDSA),
    MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    2048,
};

const struct tpm_ca *
tpm_ca_list(size_t *count)
{
	*count = CAS;
	return cas;
}

/* Digits of SHA-256 of CERT; "" when it cannot be had. */
static void
fingerprint_of(struct bytes cert, char out[65])
{
	struct digest d;

	out[0] = '\0';
	if (hash_one(HASH_SHA256, cert, &d) == OK)
		bytes_to_hex(digest_view(&d), out);
}

static const struct tpm_ca *
find(const char *sha256)
{
	for (size_t i = 0; i < CAS; i++)
		if (strcmp(cas[i].sha256, sha256) == 0)
			return &cas[i];
	return NULL;
}

const struct tpm_ca *
tpm_ca_find(struct bytes cert)
{
	char sha256[65];

	fingerprint_of(cert, sha256);
	return find(sha256);
}

struct tpm_roots *
tpm_roots_new(void)
{
	struct tpm_roots *r = calloc(1, sizeof(*r));

	if (r != NULL) {
		mbedtls_x509_crt_init(&r->trusted);
		mbedtls_x509_crt_init(&r->links);
	}
	return r;
}

void
tpm_roots_free(struct tpm_roots *r)
{
	if (r == NULL)
		return;
	mbedtls_x509_crt_free(&r->trusted);
	mbedtls_x509_crt_free(&r->links);
	free(r->named);
	free(r);
}

void
tpm_roots_set_revocation(struct tpm_roots *r,
    const struct revocation *revocation, struct curves *curves)
{
	r->revocation = revocation;
	r->curves = curves;
}

/* The rest of the line in TEXT that begins with KEY, or empty. */
static struct bytes
line_of(struct bytes text, const char *key)
{
	size_t k = strlen(key);

	for (size_t i = 0; i + k <= text.n; i++) {
		size_t n = 0;

		if ((i > 0 && text.p[i - 1] != '\n') ||
		    memcmp(text.p + i, key, k) != 0)
			continue;
		text = bytes_sub(text, i + k, text.n - i - k);
		while (n < text.n && text.p[n] != '\n' && text.p[n] != '\r')
			n++;
		return bytes_sub(text, 0, n);
	}
	return (struct bytes){NULL, 0};
}

/* The two lines of the operator, which must fit when they are there. */
static enum status
read_name(struct bytes file, struct named *out)
{
	struct bytes name = line_of(file, "assay-anchor-name: ");
	struct bytes digits = line_of(file, "assay-anchor-sha256: ");

	memset(out, 0, sizeof(*out));
	if (name.n == 0 && digits.n == 0)
		return OK;
	if (name.n == 0 || name.n >= sizeof(out->name) ||
	    !bytes_is_text(name) || digits.n != 64)
		return ANCHOR_FINGERPRINT;
	memcpy(out->name, name.p, name.n);
	memcpy(out->sha256, digits.p, 64);
	return OK;
}

/* A file while its certificates go by. */
struct adding {
	struct tpm_roots *roots;
	struct named named; /* "" when the operator named none */
	size_t count, matched;
	tpm_root_fn *fn;
	void *arg;
};

static enum status
see(struct adding *a, struct bytes der, struct tpm_root_seen *seen)
{
	struct chain_link link;
	mbedtls_x509_crt crt;
	bool ok;

	memset(seen, 0, sizeof(*seen));
	mbedtls_x509_crt_init(&crt);
	ok = chain_parse_one(&crt, der) && crt.raw.len == der.n;
	if (ok)
		chain_describe(&crt, &link);
	mbedtls_x509_crt_free(&crt);
	if (!ok)
		return ANCHOR_MALFORMED;
	seen->der = der;
	memcpy(seen->subject, link.subject, sizeof(seen->subject));
	fingerprint_of(der, seen->sha256);
	seen->known = find(seen->sha256);
	a->count++;
	if (strcmp(a->named.sha256, seen->sha256) == 0) {
		a->matched++;
		memcpy(seen->name, a->named.name, sizeof(seen->name));
	}
	return OK;
}

static enum status
on_look(void *arg, struct bytes der)
{
	struct adding *a = arg;
	struct tpm_root_seen seen;
	enum status st = see(a, der, &seen);

	if (st == OK && a->fn != NULL)
		a->fn(a->arg, &seen);
	return st;
}

/* A file that is refused is refused as a whole, before any of it counts. */
static enum status
look(struct bytes file, struct adding *a)
{
	enum status st;

	if (file.n == 0 || file.n > TPM_CA_FILE_MAX)
		return ANCHOR_MALFORMED;
	if ((st = read_name(file, &a->named)) != OK)
		return st;
	if ((st = chain_each(file, on_look, a)) != OK)
		return st == NO_MEMORY ? st : ANCHOR_MALFORMED;
	if (a->named.name[0] != '\0' && (a->count != 1 || a->matched != 1))
		return ANCHOR_FINGERPRINT;
	return a->count > 0 ? OK : ANCHOR_MALFORMED;
}

enum status
tpm_roots_look(struct bytes file, tpm_root_fn *fn, void *arg)
{
	struct adding a = {.fn = fn, .arg = arg};

	return look(file, &a);
}

static enum status
keep_name(struct tpm_roots *r, const struct named *named)
{
	struct named *more = realloc(
	    r->named, (r->named_count + 1) * sizeof(*more));

	if (more == NULL)
		return NO_MEMORY;
	r->named = more;
	r->named[r->named_count++] = *named;
	return OK;
}

static enum status
on_add(void *arg, struct bytes der)
{
	struct adding *a = arg;
	struct tpm_roots *r = a->roots;
	bool trusted = tpm_ca_find(der) != NULL || a->named.name[0] != '\0';
	size_t *count = trusted ? &r->trusted_count : &r->link_count;

	if (*count == ROOTS_MAX)
		return ANCHOR_MALFORMED;
	if (!chain_parse_one(trusted ? &r->trusted : &r->links, der))
		return NO_MEMORY; /* it was parsed before */
	++*count;
	return OK;
}

enum status
tpm_roots_add(struct tpm_roots *r, struct bytes file)
{
	struct adding a = {.roots = r};
	enum status st = look(file, &a);

	if (st == OK && a.named.name[0] != '\0')
		st = keep_name(r, &a.named);
	return st == OK ? chain_each(file, on_add, &a) : st;
}

bool
tpm_roots_any(const struct tpm_roots *r)
{
	return r->trusted_count > 0 || r->link_count > 0;
}

/* What only the system's clock says; the caller's time is judged later. */
enum {
	CLOCK_FLAGS =
	    MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE,
	WEAK_FLAGS = MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK |
	    MBEDTLS_X509_BADCERT_BAD_KEY,
};

/* A path while it is found. */
struct way {
	struct tpm_path *out;
	const mbedtls_x509_crt *cert[CHAIN_MAX + 2];
};

/* Called for each link, the authority first. */
static int
on_link(void *user, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct way *way = user;
	struct tpm_path *out = way->out;
	size_t at = (size_t)depth;

	*flags &= ~(uint32_t)CLOCK_FLAGS;
	if (at >= sizeof(out->link) / sizeof(out->link[0]))
		return MBEDTLS_ERR_X509_FATAL_ERROR;
	chain_describe(crt, &out->link[at]);
	way->cert[at] = crt;
	if (out->count == 0) {
		const struct tpm_ca *ca;
		char sha256[65];

		out->count = at + 1;
		fingerprint_of(bytes_view(crt->raw.p, crt->raw.len), sha256);
		/* For now; whose it is is settled when all holds. */
		memcpy(out->name, sha256, sizeof(sha256));
		if ((ca = find(sha256)) != NULL)
			strcpy(out->vendor, ca->vendor);
	}
	return 0;
}

/* The name of the authority in place of its fingerprint. */
static void
settle_name(const struct tpm_roots *r, struct tpm_path *out)
{
	const struct tpm_ca *ca = find(out->name);

	if (ca != NULL)
		strcpy(out->name, ca->name);
	for (size_t i = 0; ca == NULL && i < r->named_count; i++)
		if (strcmp(r->named[i].sha256, out->name) == 0) {
			strcpy(out->name, r->named[i].name);
			return;
		}
}

static enum status
lead(struct tpm_roots *r, mbedtls_x509_crt *leaf, struct way *way)
{
	mbedtls_x509_crt *last = leaf;
	uint32_t flags = 0;
	int rc;

	if (r->trusted_count == 0)
		return CHAIN_UNTRUSTED;

	/* What was added stands behind what came along, for this once. */
	while (last->next != NULL)
		last = last->next;
	last->next = r->link_count > 0 ? &r->links : NULL;
	rc = mbedtls_x509_crt_verify_with_profile(
	    leaf, &r->trusted, NULL, &profile, NULL, &flags, on_link, way);
	last->next = NULL;

	if (rc == 0 && flags == 0) {
		settle_name(r, way->out);
		return OK;
	}
	return flags != 0 && (flags & ~(uint32_t)WEAK_FLAGS) == 0
	    ? CHAIN_WEAK
	    : CHAIN_UNTRUSTED;
}

/* Every link but the authority, which was chosen and not issued. */
static enum status
look_up(const struct tpm_roots *r, const struct way *way, const int64_t *time)
{
	struct tpm_path *out = way->out;
	struct revocation_finding found;
	size_t known = 0;

	if (r->revocation == NULL || !revocation_any(r->revocation))
		return OK;
	for (size_t i = 0; i + 1 < out->count; i++) {
		enum status st = revocation_find(r->revocation, way->cert[i],
		    way->cert[i + 1], time, r->curves, &found);

		if (st != OK) {
			memcpy(out->note, found.note, sizeof(out->note));
			return st;
		}
		out->link[i].revocation = found.source;
		known += found.source != REVOCATION_NOT_FOUND;
	}
	out->revocation = known == 0     ? REVOCATION_OF_NONE
	    : known + 1 < out->count ? REVOCATION_OF_SOME
				     : REVOCATION_OF_ALL;
	return OK;
}

struct parsing {
	mbedtls_x509_crt *list;
	size_t count;
};

/* More than a chain can have is not read at all. */
static enum status
on_extra(void *arg, struct bytes der)
{
	struct parsing *p = arg;

	return p->count++ < 2 * CHAIN_MAX && chain_parse_one(p->list, der)
	    ? OK
	    : CHAIN_MALFORMED;
}

static enum status
judge_time(struct tpm_path *out, int64_t time)
{
	for (size_t i = 0; i < out->count; i++) {
		if (time >= out->link[i].not_before &&
		    time <= out->link[i].not_after)
			continue;
		out->outside = i;
		return CHAIN_EXPIRED;
	}
	return OK;
}

enum status
tpm_roots_verify(struct tpm_roots *r, struct bytes leaf, struct bytes extra,
    const int64_t *time, struct tpm_path *out)
{
	mbedtls_x509_crt crt;
	struct parsing p = {&crt, 0};
	struct way way = {.out = out};
	enum status st;

	memset(out, 0, sizeof(*out));
	mbedtls_x509_crt_init(&crt);
	st = chain_parse_one(&crt, leaf) && crt.raw.len == leaf.n
	    ? OK
	    : CHAIN_MALFORMED;
	if (st == OK && mbedtls_x509_dn_gets(out->issuer,
			    sizeof(out->issuer), &crt.issuer) < 0)
		strcpy(out->issuer, "(issuer too long to show)");
	if (st == OK && extra.n > 0)
		st = chain_each(extra, on_extra, &p);
	if (st == OK)
		st = lead(r, &crt, &way);
	if (st == OK)
		st = look_up(r, &way, time);
	if (st == OK && time != NULL)
		st = judge_time(out, *time);
	mbedtls_x509_crt_free(&crt);
	return st;
}
