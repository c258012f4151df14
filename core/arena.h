/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for zlib, taken from the caller's work space. */
#ifndef ASSAY_ARENA_H
#define ASSAY_ARENA_H

#define ZLIB_CONST
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/* zlib allocates from this and never gives back within one call. */
struct arena {
	uint8_t *p;
	size_t left;
};

/* Let Z allocate from the N bytes at WORK, by way of A. */
void arena_serve(struct arena *a, uint8_t *work, size_t n, z_stream *z);

#endif
