/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ECDSA with what a library works out of a curve kept from one signature to
 * the next: multiples of its base point, which are the same for every key.
 * mbedTLS 2.28 makes them anew each time and spends a third of a verification
 * on it; 3.6 has them built in.
 */
#ifndef ASSAY_CURVES_H
#define ASSAY_CURVES_H

#include "crypto.h"

struct curves;

/* For one thread at a time; NULL without memory. */
struct curves *curves_new(void);
void curves_free(struct curves *c); /* NULL is fine */

/*
 * verify_digest of crypto.h, with its codes.  C may be NULL: nothing is then
 * kept.
 */
enum status curves_verify(struct curves *c, const struct public_key *key,
    enum sig_scheme scheme, enum hash alg, struct bytes digest,
    struct bytes sig);

#endif
