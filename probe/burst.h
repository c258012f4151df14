/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bursts: kernels that do nothing but multiply small matrices, as a table,
 * with the text of each in PTX and the number that it must come to.
 *
 * Every warp keeps CHAINS sums.  A step multiplies A (16 x K) by B (K x 8)
 * and adds the product to one sum.  All of A is one; all of B is one in even
 * steps and minus one in odd ones, so sums stay small and exact.  B is mixed
 * with the sum before it under a mask that is zero, which only the host
 * knows: no translator can do a product once and use it twice.
 */
#ifndef PROBE_BURST_H
#define PROBE_BURST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	BURST_CHAINS = 8,
	BURST_STEPS = 4, /* of each chain in one round of the loop */
	BURST_WARP = 32,
	BURST_THREADS = 256, /* of a block */
};

/* What the sums of a burst are. */
enum burst_number { BURST_F16, BURST_F32, BURST_S32 };

struct burst {
	const char *format; /* of the operands: "fp16" */
	unsigned bits;      /* of one operand */
	struct {
		unsigned first, last;
	} fits[2];  /* compute capabilities, ten times each */
	unsigned k; /* the depth of one product */
	enum burst_number sums;
	uint32_t one, minus_one; /* operands that fill a register */
	const char *version, *target;
	const char *instruction; /* PTX 9.7.14, mma.sync */
};

/* What a kernel is given, in this order, each a word of 32 bits. */
struct burst_words {
	uint32_t rounds, serial, mask;
	uint32_t a[4], plus[2], minus[2];
	uint32_t start[BURST_CHAINS];
};

/* The table; bursts of one format stand together. */
extern const struct burst bursts[];
extern const size_t burst_count;

/* Was this burst made for chips of a capability, 90 for 9.0? */
bool burst_fits(const struct burst *b, unsigned capability);

/* The kernel "burst" as a module in PTX. */
void burst_write(const struct burst *b, FILE *to);

/* What a launch of ROUNDS is given; SERIAL tells it from all others. */
struct burst_words burst_words(
    const struct burst *b, uint32_t rounds, uint32_t serial);

/*
 * What every thread leaves: the sum of its registers plus SERIAL, and the
 * rounds that it counted.
 */
struct burst_answer {
	uint32_t sum, rounds;
};
struct burst_answer burst_answer(
    const struct burst *b, const struct burst_words *words);

/* Multiply-accumulate operations of one warp in one round. */
uint64_t burst_macs(const struct burst *b);

#endif
