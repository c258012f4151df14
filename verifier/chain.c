/* SPDX-License-Identifier: Apache-2.0 */
#include "chain.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/x509_crt.h>

struct anchors {
	mbedtls_x509_crt list;
	bool any;
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
anchors_new(void)
{
	struct anchors *a = calloc(1, sizeof(*a));

	if (a != NULL)
		mbedtls_x509_crt_init(&a->list);
	return a;
}

void
anchors_free(struct anchors *a)
{
	if (a == NULL)
		return;
	mbedtls_x509_crt_free(&a->list);
	free(a);
}

enum status
anchors_add(struct anchors *a, struct bytes cert)
{
	uint8_t *copy;
	int rc;

	if (cert.n == 0 || cert.n > (64u << 10))
		return ANCHOR_MALFORMED;
	/* The parser wants a NUL after PEM and counts it. */
	if ((copy = malloc(cert.n + 1)) == NULL)
		return NO_MEMORY;
	memcpy(copy, cert.p, cert.n);
	copy[cert.n] = '\0';
	rc = cert.p[0] == 0x30
	    ? mbedtls_x509_crt_parse_der(&a->list, copy, cert.n)
	    : mbedtls_x509_crt_parse(&a->list, copy, cert.n + 1);
	free(copy);
	if (rc != 0)
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

/* What the walk along the chain found out. */
struct walk {
	const int64_t *time;
	bool expired;
};

/*
 * mbedTLS compares with the system's clock; its opinion is replaced by a
 * comparison with the caller's time.
 */
static int
on_cert(void *user, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct walk *w = user;

	(void)depth;
	*flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED |
	    MBEDTLS_X509_BADCERT_FUTURE);
	if (w->time != NULL && (*w->time < seconds(&crt->valid_from) ||
				   *w->time > seconds(&crt->valid_to)))
		w->expired = true;
	return 0;
}

/* The serialNumber attribute and a readable name of the subject. */
static void
describe(const mbedtls_x509_crt *crt, struct leaf *leaf)
{
	const mbedtls_x509_name *n;

	leaf->serial[0] = '\0';
	if (mbedtls_x509_dn_gets(
		leaf->subject, sizeof(leaf->subject), &crt->subject) < 0)
		strcpy(leaf->subject, "(subject too long to show)");
	for (n = &crt->subject; n != NULL; n = n->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_SERIAL_NUMBER, &n->oid) !=
			0 || n->val.len >= SERIAL_MAX)
			continue;
		memcpy(leaf->serial, n->val.p, n->val.len);
		leaf->serial[n->val.len] = '\0';
	}
}

static enum status
parse(const struct bytes *certs, size_t count, mbedtls_x509_crt *out)
{
	if (count == 0 || count > CHAIN_MAX)
		return CHAIN_MALFORMED;
	for (size_t i = 0; i < count; i++)
		if (mbedtls_x509_crt_parse_der(out, certs[i].p, certs[i].n) !=
		    0)
			return CHAIN_MALFORMED;
	return OK;
}

enum status
chain_verify(const struct anchors *a, const struct bytes *certs, size_t count,
    const int64_t *time, struct leaf *leaf)
{
	struct walk walk = {time, false};
	mbedtls_x509_crt crt;
	uint32_t flags = 0;
	enum status st;

	mbedtls_x509_crt_init(&crt);
	if ((st = parse(certs, count, &crt)) != OK)
		goto out;
	st = CHAIN_UNTRUSTED;
	if (!a->any)
		goto out;

	/* Signatures, constraints, the way to an anchor. */
	if (mbedtls_x509_crt_verify_with_profile(&crt,
		(mbedtls_x509_crt *)(uintptr_t)&a->list, NULL, &profile, NULL,
		&flags, on_cert, &walk) != 0 || flags != 0)
		goto out;
	st = CHAIN_EXPIRED;
	if (walk.expired)
		goto out;
	st = key_from_spki(bytes_view(crt.pk_raw.p, crt.pk_raw.len),
	    &leaf->key);
	if (st == OK)
		describe(&crt, leaf);
out:
	mbedtls_x509_crt_free(&crt);
	return st;
}
