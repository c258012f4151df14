/* SPDX-License-Identifier: Apache-2.0 */
/* What chain.c and the files below it share. */
#ifndef ASSAY_CHAIN_PARSE_H
#define ASSAY_CHAIN_PARSE_H

#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include "chain.h"

/* Members that mbedTLS 3 calls private; 2.28 has no such word. */
#if MBEDTLS_VERSION_MAJOR < 3
#define MBEDTLS_PRIVATE(member) member
#endif

/* Seconds since 1970 of a certificate's time, which is UTC. */
int64_t chain_seconds(const mbedtls_x509_time *t);

/* The serialNumber attribute, a readable subject, the validity. */
void chain_describe(const mbedtls_x509_crt *crt, struct chain_link *link);

/*
 * Call FN for each certificate of PEM, which may have other text between
 * them; its first failure ends it.  CHAIN_MALFORMED for a block that is no
 * certificate.
 */
typedef enum status chain_der_fn(void *arg, struct bytes der);
enum status chain_each_pem(struct bytes pem, chain_der_fn *fn, void *arg);

/*
 * The same for PEM or DER, one after the other; only 00, FF and ends of lines
 * may follow those in DER.
 */
enum status chain_each(struct bytes file, chain_der_fn *fn, void *arg);

/*
 * Append the certificate to LIST.  Certificate policies and attributes of the
 * subject may be critical; what else is not known may not.
 */
bool chain_parse_one(mbedtls_x509_crt *list, struct bytes der);

/*
 * The first block of PEM between BEGIN and END WHAT, into the CAP bytes at
 * STORE; empty when there is none or it does not fit.
 */
struct bytes chain_one_pem(
    struct bytes pem, const char *what, uint8_t *store, size_t cap);

/*
 * A copy with a NUL after it, which the parsers want after PEM and count;
 * NULL without memory or beyond MAX bytes.
 */
uint8_t *chain_with_nul(struct bytes in, size_t max);

/*
 * Parse CERTS, leaf first, into the list CRT; fill links and FWID of OUT.
 * CHAIN_MALFORMED.
 */
enum status chain_parse(const struct bytes *certs, size_t count,
    mbedtls_x509_crt *crt, struct chain *out);

#endif
