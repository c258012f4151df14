/* SPDX-License-Identifier: Apache-2.0 */
/* What chain.c and tpm_roots.c share. */
#ifndef ASSAY_CHAIN_PARSE_H
#define ASSAY_CHAIN_PARSE_H

#include <mbedtls/x509_crt.h>

#include "chain.h"

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
 * Parse CERTS, leaf first, into the list CRT; fill links and FWID of OUT.
 * CHAIN_MALFORMED.
 */
enum status chain_parse(const struct bytes *certs, size_t count,
    mbedtls_x509_crt *crt, struct chain *out);

#endif
