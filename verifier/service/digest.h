/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVICE_DIGEST_H
#define SERVICE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

enum { SHA256_LEN = 32 };

/* SHA-256 of LEN bytes: the name of a bundle in the archive. */
enum status digest_sha256(
    const uint8_t *p, size_t len, uint8_t out[SHA256_LEN]);

#endif
