/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

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

void
arena_serve(struct arena *a, uint8_t *work, size_t n, z_stream *z)
{
	/* Aligned for any object. */
	size_t skip = (16 - (uintptr_t)work % 16) % 16;

	*a = (struct arena){work + skip, n - skip};
	z->zalloc = arena_alloc;
	z->zfree = arena_free;
	z->opaque = a;
}
