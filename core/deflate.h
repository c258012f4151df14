/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounded zlib streams (RFC 1950).
 */
#ifndef ASSAY_DEFLATE_H
#define ASSAY_DEFLATE_H

#include "bytes.h"
#include "status.h"

/* Work space for inflating, given so that nothing is allocated. */
enum { INFLATE_WORK = 48 * 1024 };

/* A stream must not grow more than this many times when inflated. */
enum { INFLATE_RATIO = 200 };

/*
 * Inflate IN into the CAP bytes at OUT; N is the length.  Refuses streams
 * that inflate past CAP (DEFLATE_TOO_LARGE) or past INFLATE_RATIO times their
 * size (DEFLATE_RATIO), bytes after the stream, preset dictionaries.
 */
enum status inflate_bytes(struct bytes in, uint8_t work[INFLATE_WORK],
    uint8_t *out, size_t cap, size_t *n);

/*
 * Deflate IN into the CAP bytes at OUT; same input, same bytes.  The library
 * takes a quarter of a megabyte meanwhile.  DEFLATE_TOO_LARGE, NO_MEMORY.
 */
enum status deflate_bytes(
    struct bytes in, uint8_t *out, size_t cap, size_t *n);

#endif
