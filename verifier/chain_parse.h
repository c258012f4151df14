/* SPDX-License-Identifier: Apache-2.0 */
/* Private to chain.c. */
#ifndef ASSAY_CHAIN_PARSE_H
#define ASSAY_CHAIN_PARSE_H

#include <mbedtls/x509_crt.h>

#include "chain.h"

/* Seconds since 1970 of a certificate's time, which is UTC. */
int64_t chain_seconds(const mbedtls_x509_time *t);

/*
 * Parse CERTS, leaf first, into the list CRT; fill links and FWID of OUT.
 * CHAIN_MALFORMED.
 */
enum status chain_parse(const struct bytes *certs, size_t count,
    mbedtls_x509_crt *crt, struct chain *out);

#endif
