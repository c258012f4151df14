/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that signs results: a private P-384 key in PEM, mode 0600.
 */
#ifndef SERVICE_KEY_H
#define SERVICE_KEY_H

#include "file.h"

struct signing_key {
	struct file pem;
	char jwk[512]; /* the public half, RFC 7517 */
};

/*
 * Load the key at PATH, or make one there when nothing has that name.  A
 * key that others may read or write is refused.
 */
enum status key_load(
    const char *path, struct signing_key *out, struct fault *fault);

/* Wipes it; harmless when nothing was loaded. */
void key_free(struct signing_key *key);

#endif
