/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in DER, what their subjects say, the leaf's DICE identifier. */
#include "chain_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/version.h>

int64_t
chain_seconds(const mbedtls_x509_time *t)
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

void
chain_describe(const mbedtls_x509_crt *crt, struct chain_link *link)
{
	const mbedtls_x509_name *n;

	if (mbedtls_x509_dn_gets(
		link->subject, sizeof(link->subject), &crt->subject) < 0)
		strcpy(link->subject, "(subject too long to show)");
	link->not_before = chain_seconds(&crt->valid_from);
	link->not_after = chain_seconds(&crt->valid_to);
	for (n = &crt->subject; n != NULL; n = n->next) {
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_SERIAL_NUMBER, &n->oid) !=
			0 || n->val.len >= SERIAL_MAX ||
		    memchr(n->val.p, '\0', n->val.len) != NULL)
			continue;
		memcpy(link->serial, n->val.p, n->val.len);
		link->serial[n->val.len] = '\0';
	}
}

enum status
chain_parse(const struct bytes *certs, size_t count, mbedtls_x509_crt *crt,
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
		chain_describe(last, &out->link[out->count++]);
	}
	return OK;
}

/* The DER that the library has decoded. */
static struct bytes
decoded(const mbedtls_pem_context *ctx)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	size_t n;
	const unsigned char *der =
	    mbedtls_pem_get_buffer((mbedtls_pem_context *)(uintptr_t)ctx, &n);

	return bytes_view(der, n);
#else
	return bytes_view(ctx->buf, ctx->buflen);
#endif
}

enum status
chain_each_pem(struct bytes pem, chain_der_fn *fn, void *arg)
{
	char *text = malloc(pem.n + 1), *at = text;
	enum status st = OK;

	if (text == NULL)
		return NO_MEMORY;
	if (pem.n > 0)
		memcpy(text, pem.p, pem.n);
	text[pem.n] = '\0';
	if (strlen(text) != pem.n)
		st = CHAIN_MALFORMED;
	while (st == OK && strstr(at, "-----BEGIN") != NULL) {
		mbedtls_pem_context ctx;
		size_t used = 0;

		mbedtls_pem_init(&ctx);
		st = mbedtls_pem_read_buffer(&ctx,
			 "-----BEGIN CERTIFICATE-----",
			 "-----END CERTIFICATE-----", (unsigned char *)at,
			 NULL, 0, &used) == 0
		    ? fn(arg, decoded(&ctx))
		    : CHAIN_MALFORMED;
		mbedtls_pem_free(&ctx);
		at += used;
	}
	free(text);
	return st;
}

struct bytes
chain_one_pem(
    struct bytes pem, const char *what, uint8_t *store, size_t cap)
{
	uint8_t *text = chain_with_nul(pem, cap * 2);
	struct writer w = writer_of(store, cap);
	char begin[64], end[64];
	mbedtls_pem_context ctx;
	size_t used = 0;

	if (text == NULL)
		return (struct bytes){NULL, 0};
	snprintf(begin, sizeof(begin), "-----BEGIN %s-----", what);
	snprintf(end, sizeof(end), "-----END %s-----", what);
	mbedtls_pem_init(&ctx);
	/* A second one would be passed over. */
	if (strlen((char *)text) == pem.n &&
	    mbedtls_pem_read_buffer(
		&ctx, begin, end, text, NULL, 0, &used) == 0 &&
	    strstr((char *)text + used, "-----BEGIN") == NULL)
		write_bytes(&w, decoded(&ctx));
	mbedtls_pem_free(&ctx);
	free(text);
	return w.failed ? (struct bytes){NULL, 0} : writer_view(&w);
}

uint8_t *
chain_with_nul(struct bytes in, size_t max)
{
	uint8_t *copy = in.n > 0 && in.n <= max ? malloc(in.n + 1) : NULL;

	if (copy != NULL) {
		memcpy(copy, in.p, in.n);
		copy[in.n] = '\0';
	}
	return copy;
}
