/* SPDX-License-Identifier: Apache-2.0 */
/* The made-up driver's translator, and what its GPU makes of a burst. */
#include "cuda_mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INVALID_PTX = 218, UNSUPPORTED_PTX_VERSION = 222 };

/* "8.4" is 84. */
static int
tenths(const char *version)
{
	int major = 0, minor = 0;

	(void)sscanf(version, "%d.%d", &major, &minor);
	return 10 * major + minor;
}

static unsigned
count(const char *from, const char *to, const char *word)
{
	unsigned n = 0;

	while ((from = strstr(from, word)) != NULL && from < to) {
		from += strlen(word);
		n++;
	}
	return n;
}

int
mock_translate(const char *text, struct cuda_function *out)
{
	const char *round = strstr(text, "\nround:\n");
	const char *again = strstr(text, " bra round;");
	const char *mma = strstr(text, "mma.sync.aligned.m16n8k");
	const char *newest = mock_setting("CUDA_MOCK_PTX");
	int version;

	if (strncmp(text, ".version ", 9) != 0 || round == NULL ||
	    again == NULL || mma == NULL)
		return INVALID_PTX;
	version = tenths(text + 9);
	if (newest[0] != '\0' && version > tenths(newest))
		return UNSUPPORTED_PTX_VERSION;
	memset(out, 0, sizeof(*out));
	if (sscanf(mma,
	        "mma.sync.aligned.m16n8k%u.row.col.%7[a-z0-9].%7[a-z0-9]",
	        &out->k, out->sums, out->operands) != 3)
		return INVALID_PTX;
	out->steps = count(round, again, "mma.sync");
	out->registers = strcmp(out->sums, "f16") == 0 ? 2 : 4;
	return CUDA_SUCCESS;
}

/* One operand of a packed register. */
static int
operand(const struct cuda_function *f, uint32_t word)
{
	uint32_t byte = word & 0xff, half = word & 0xffff;

	if (strcmp(f->operands, "s8") == 0)
		return byte < 128 ? (int)byte : (int)byte - 256;
	if (strcmp(f->operands, "e4m3") == 0)
		return byte == 0x38 ? 1 : byte == 0xb8 ? -1 : 0;
	return half == 0x3c00 ? 1 : half == 0xbc00 ? -1 : 0;
}

/* A number of sums, up to 2048, from and to a register. */
static int
decode(const struct cuda_function *f, uint32_t word)
{
	float x;

	if (strcmp(f->sums, "s32") == 0)
		return (int)word;
	if (strcmp(f->sums, "f16") == 0)
		return (int)((uint64_t)(1024 + (word & 0x3ff)) <<
		    (word >> 10 & 31) >> 25);
	memcpy(&x, &word, sizeof(x));
	return (int)x;
}

static uint32_t
encode(const struct cuda_function *f, int n)
{
	uint32_t half = 0, word;
	float x = (float)n;

	if (strcmp(f->sums, "s32") == 0)
		return (uint32_t)n;
	if (strcmp(f->sums, "f16") == 0) {
		while (half < 0x7c00 && decode(f, half) != n)
			half++;
		return half << 16 | half;
	}
	memcpy(&word, &x, sizeof(x));
	return word;
}

struct burst_answer
mock_execute(const struct cuda_function *f, const struct burst_words *w)
{
	struct burst_answer out = {w->serial, w->rounds};
	int a = operand(f, w->a[0]), k = (int)f->k;
	int plus = k * a * operand(f, w->plus[0]);
	int minus = k * a * operand(f, w->minus[0]);
	int pairs = (int)(f->steps / BURST_CHAINS / 2);

	for (size_t i = 0; i < BURST_CHAINS; i++) {
		int sum = decode(f, w->start[i]) + plus +
		    (int)w->rounds * pairs * (plus + minus);

		out.sum += f->registers * encode(f, sum);
	}
	return out;
}
