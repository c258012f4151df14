/* SPDX-License-Identifier: Apache-2.0 */
#include "deflate.h"

#include "arena.h"

#include <limits.h>

enum status
inflate_bytes(struct bytes in, uint8_t work[INFLATE_WORK], uint8_t *out,
    size_t cap, size_t *n)
{
	struct arena arena;
	z_stream z = {0};
	enum status st = DEFLATE_CORRUPT;
	size_t allowed;
	int rc;

	*n = 0;
	if (in.n == 0 || in.n > UINT_MAX / INFLATE_RATIO || cap > UINT_MAX)
		return DEFLATE_CORRUPT;
	allowed = in.n * INFLATE_RATIO;

	arena_serve(&arena, work, INFLATE_WORK, &z);
	if (inflateInit(&z) != Z_OK)
		return INTERNAL;

	/* The stream may fill the smaller of both limits, not more. */
	z.next_in = in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = out;
	z.avail_out = (uInt)(cap < allowed ? cap : allowed);
	rc = inflate(&z, Z_FINISH);

	if (rc == Z_STREAM_END)
		st = z.avail_in == 0 ? OK : DEFLATE_TRAILING;
	else if (rc == Z_BUF_ERROR && z.avail_out == 0)
		st = cap < allowed ? DEFLATE_TOO_LARGE : DEFLATE_RATIO;
	if (st == OK)
		*n = z.total_out;
	inflateEnd(&z);
	return st;
}
