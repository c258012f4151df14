/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mutation PART PARTS: every bit of a valid bundle flipped, the bundle
 * cut at every length, bytes put after it: never accepted, never a crash.
 * The positions are dealt out to PARTS programs.
 *
 * The valid bundle has one simulated device, so it is a warning (2); anything
 * else must be contraindicated (1) or malformed (65).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

enum { VALID = 2, REFUSED = 1, MALFORMED = 65, BUNDLE_MAX = 4096 };

/* Verify N bytes at P; the exit status, or -1. */
static int
judge(struct world *w, struct assay *ctx, const uint8_t *p, size_t n)
{
	struct assay_result *r =
	    assay_verify(ctx, w->nonce, w->nonce_len, p, n);
	int rc = r == NULL ? -1 : assay_result_exit(r);

	assay_result_free(r);
	return rc;
}

static bool
refused(int rc, const char *how, size_t at)
{
	if (rc == REFUSED || rc == MALFORMED)
		return true;
	fprintf(stderr, "%s at %zu: exit status %d\n", how, at, rc);
	return false;
}

static size_t
flip_bits(struct world *w, struct assay *ctx, size_t part, size_t parts,
    size_t *tried)
{
	uint8_t *p = w->forge.out.p;
	size_t n = w->forge.out.n, wrong = 0;

	for (size_t i = part; i < 8 * n; i += parts) {
		p[i / 8] ^= (uint8_t)(1 << i % 8);
		wrong += !refused(judge(w, ctx, p, n), "bit flipped", i);
		p[i / 8] ^= (uint8_t)(1 << i % 8);
		++*tried;
	}
	return wrong;
}

/* Each cut in memory of exactly its size, so that a sanitizer sees past it. */
static size_t
cut(struct world *w, struct assay *ctx, size_t part, size_t parts,
    size_t *tried)
{
	size_t wrong = 0;

	for (size_t n = part; n < w->forge.out.n; n += parts) {
		uint8_t *copy = malloc(n > 0 ? n : 1);

		if (copy == NULL)
			return 1;
		memcpy(copy, w->forge.out.p, n);
		wrong += !refused(judge(w, ctx, copy, n), "cut", n);
		free(copy);
		++*tried;
	}
	return wrong;
}

/* Every byte value after the end, and runs of them. */
static size_t
append(struct world *w, struct assay *ctx, size_t part, size_t parts,
    size_t *tried)
{
	uint8_t *p = w->forge.out.p;
	size_t n = w->forge.out.n, wrong = 0;

	for (size_t i = part; i < 256; i += parts) {
		for (size_t k = 1; k <= 16; k *= 4) {
			memset(p + n, (int)i, k);
			wrong += !refused(
			    judge(w, ctx, p, n + k), "appended", i);
			++*tried;
		}
	}
	return wrong;
}

int
main(int argc, char **argv)
{
	static struct world w;
	struct assay *ctx = NULL;
	size_t parts = argc == 3 ? strtoul(argv[2], NULL, 10) : 1;
	size_t part = argc == 3 ? strtoul(argv[1], NULL, 10) - 1 : 0;
	size_t wrong = 1, tried = 0;
	int valid;

	if (parts == 0 || part >= parts || !world_open(&w, KEY_P256))
		return 1;
	w.forge.devices_sign = true;
	if (!forge_build(&w.forge, FORGE_START, NULL) ||
	    w.forge.out.n > BUNDLE_MAX || (ctx = world_context(&w)) == NULL)
		goto out;
	valid = judge(&w, ctx, w.forge.out.p, w.forge.out.n);
	if (valid != VALID) {
		fprintf(stderr, "the valid bundle: exit status %d\n", valid);
		goto out;
	}
	wrong = flip_bits(&w, ctx, part, parts, &tried) +
	    cut(&w, ctx, part, parts, &tried) +
	    append(&w, ctx, part, parts, &tried);

	/* It still is what it was: the loops undid what they did. */
	wrong += judge(&w, ctx, w.forge.out.p, w.forge.out.n) != VALID;
	printf("%zu of %zu mutations of a bundle of %zu bytes accepted\n",
	    wrong, tried, w.forge.out.n);
out:
	assay_free(ctx);
	world_close(&w);
	return wrong == 0 ? 0 : 1;
}
