/* SPDX-License-Identifier: Apache-2.0 */
#include "deflate.h"

#define ZLIB_CONST
#include <limits.h>
#include <string.h>
#include <zlib.h>

/* zlib allocates from this and never gives back within one call. */
struct arena {
	uint8_t *p;
	size_t left;
};

static voidpf
arena_alloc(voidpf opaque, uInt items, uInt size)
{
	struct arena *a = opaque;
	size_t n = ((size_t)items * size + 15) & ~(size_t)15;
	uint8_t *at = a->p;

	if (n > a->left)
		return Z_NULL;
	a->p += n;
	a->left -= n;
	return at;
}

static void
arena_free(voidpf opaque, voidpf at)
{
	(void)opaque;
	(void)at;
}

/* An arena over WORK, aligned for any object. */
static struct arena
arena_of(uint8_t *work, size_t n)
{
	size_t skip = (16 - (uintptr_t)work % 16) % 16;

	return (struct arena){work + skip, n - skip};
}

enum status
inflate_bytes(struct bytes in, uint8_t work[INFLATE_WORK], uint8_t *out,
    size_t cap, size_t *n)
{
	struct arena arena = arena_of(work, INFLATE_WORK);
	z_stream z = {0};
	enum status st = DEFLATE_CORRUPT;
	size_t allowed;
	int rc;

	*n = 0;
	if (in.n == 0 || in.n > UINT_MAX / INFLATE_RATIO || cap > UINT_MAX)
		return DEFLATE_CORRUPT;
	allowed = in.n * INFLATE_RATIO;

	z.zalloc = arena_alloc;
	z.zfree = arena_free;
	z.opaque = &arena;
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

enum status
deflate_bytes(struct bytes in, uint8_t work[DEFLATE_WORK], uint8_t *out,
    size_t cap, size_t *n)
{
	struct arena arena = arena_of(work, DEFLATE_WORK);
	z_stream z = {0};
	enum status st = DEFLATE_TOO_LARGE;

	*n = 0;
	if (in.n > UINT_MAX || cap > UINT_MAX)
		return DEFLATE_TOO_LARGE;
	z.zalloc = arena_alloc;
	z.zfree = arena_free;
	z.opaque = &arena;
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
