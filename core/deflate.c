/* SPDX-License-Identifier: Apache-2.0 */
#include "deflate.h"

#include "arena.h"

#include <limits.h>

enum status
deflate_bytes(struct bytes in, uint8_t work[DEFLATE_WORK], uint8_t *out,
    size_t cap, size_t *n)
{
	struct arena arena;
	z_stream z = {0};
	enum status st = DEFLATE_TOO_LARGE;

	*n = 0;
	if (in.n > UINT_MAX || cap > UINT_MAX)
		return DEFLATE_TOO_LARGE;
	arena_serve(&arena, work, DEFLATE_WORK, &z);
	if (deflateInit(&z, Z_DEFAULT_COMPRESSION) != Z_OK)
		return INTERNAL;

	z.next_in = in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = out;
	z.avail_out = (uInt)cap;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END) {
		*n = z.total_out;
		st = OK;
	}
	deflateEnd(&z);
	return st;
}
