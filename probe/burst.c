/* SPDX-License-Identifier: Apache-2.0 */
#include "burst.h"

#include <string.h>

enum { ROWS = 16, COLUMNS = 8, REGISTERS_MAX = 4, LATER = 9999 };

/* Chips with matrix units that take these operands as they are. */
#define FROM_8_0 {{80, LATER}, {LATER, LATER}}
#define FP8      {{89, 89}, {120, 129}}

/*
 * FP8 stands for 8.9 and 12 alone: from 9.0 to 11 these instructions are
 * translated into FP16 ones, and tell nothing that fp16 does not tell better.
 */
const struct burst bursts[] = {
    {"fp16", 16, FROM_8_0, 16, BURST_F16, 0x3c003c00, 0xbc00bc00, "7.0",
        "sm_80", "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16"},
    {"fp16", 16, FROM_8_0, 16, BURST_F32, 0x3c003c00, 0xbc00bc00, "7.0",
        "sm_80", "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"},
    {"fp8", 8, FP8, 32, BURST_F16, 0x38383838, 0xb8b8b8b8, "8.7", "sm_89",
        "mma.sync.aligned.m16n8k32.row.col.f16.e4m3.e4m3.f16"},
    {"fp8", 8, FP8, 32, BURST_F32, 0x38383838, 0xb8b8b8b8, "8.4", "sm_89",
        "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32"},
    {"int8", 8, FROM_8_0, 32, BURST_S32, 0x01010101, 0xffffffff, "7.0",
        "sm_80", "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32"},
};
const size_t burst_count = sizeof(bursts) / sizeof(bursts[0]);

/* Registers of one sum, and their type. */
static const struct {
	unsigned registers;
	const char *type;
} sums[] = {
    [BURST_F16] = {2, "b32"},
    [BURST_F32] = {4, "f32"},
    [BURST_S32] = {4, "s32"},
};

/* The words of struct burst_words that go into a register as they are. */
#define WORD(member) offsetof(struct burst_words, member)
static const struct {
	const char *name;
	size_t at;
} operands[] = {
    {"n", WORD(rounds)}, {"s", WORD(serial)}, {"m", WORD(mask)},
    {"a0", WORD(a[0])}, {"a1", WORD(a[1])}, {"a2", WORD(a[2])},
    {"a3", WORD(a[3])}, {"u0", WORD(plus[0])}, {"u1", WORD(plus[1])},
    {"v0", WORD(minus[0])}, {"v1", WORD(minus[1])},
};

bool
burst_fits(const struct burst *b, unsigned capability)
{
	return (capability >= b->fits[0].first &&
	           capability <= b->fits[0].last) ||
	    (capability >= b->fits[1].first && capability <= b->fits[1].last);
}

/* "{%d4,%d5}": the registers of a chain's sum. */
static void
write_sum(const struct burst *b, unsigned chain, FILE *to)
{
	unsigned n = sums[b->sums].registers;

	for (unsigned i = 0; i < n; i++)
		(void)fprintf(
		    to, "%s%%d%u", i == 0 ? "{" : ",", chain * n + i);
	(void)fprintf(to, "}");
}

/* One step of one chain; SIGN is the register of B to take. */
static void
write_step(const struct burst *b, unsigned chain, const char *sign, FILE *to)
{
	(void)fprintf(to,
	    "\tmov.b32 %%t, %%d%u;\n\tand.b32 %%t, %%t, %%m;\n"
	    "\txor.b32 %%x, %%%s0, %%t;\n\txor.b32 %%y, %%%s1, %%t;\n\t%s ",
	    chain * sums[b->sums].registers, sign, sign, b->instruction);
	write_sum(b, chain, to);
	(void)fprintf(to, ", {%%a0,%%a1,%%a2,%%a3}, {%%x,%%y}, ");
	write_sum(b, chain, to);
	(void)fprintf(to, ";\n");
}

/* Each chain starts from another number, so that no two are the same. */
static void
write_start(const struct burst *b, FILE *to)
{
	unsigned n = sums[b->sums].registers;

	(void)fprintf(to,
	    ".version %s\n.target %s\n.address_size 64\n"
	    ".visible .entry burst(.param .u64 out,\n"
	    "\t.param .align 4 .b8 words[%zu])\n.maxntid %d, 1, 1\n{\n"
	    "\t.reg .pred %%again;\n\t.reg .b32 %%a<4>, %%u<2>, %%v<2>;\n"
	    "\t.reg .b32 %%n, %%s, %%m, %%i, %%t, %%x, %%y;\n"
	    "\t.reg .b64 %%o, %%w;\n\t.reg .%s %%d<%u>;\n",
	    b->version, b->target, sizeof(struct burst_words), BURST_THREADS,
	    sums[b->sums].type, n * BURST_CHAINS);
	for (size_t i = 0; i < sizeof(operands) / sizeof(operands[0]); i++)
		(void)fprintf(to, "\tld.param.b32 %%%s, [words+%zu];\n",
		    operands[i].name, operands[i].at);
	for (unsigned i = 0; i < n * BURST_CHAINS; i++)
		(void)fprintf(to, "\tld.param.b32 %%d%u, [words+%zu];\n", i,
		    WORD(start) + i / n * sizeof(uint32_t));
}

void
burst_write(const struct burst *b, FILE *to)
{
	write_start(b, to);
	(void)fprintf(to, "\tmov.u32 %%i, 0;\nround:\n");
	for (unsigned step = 0; step < BURST_STEPS; step++)
		for (unsigned chain = 0; chain < BURST_CHAINS; chain++)
			write_step(b, chain, step % 2 == 0 ? "u" : "v", to);
	(void)fprintf(to,
	    "\tadd.u32 %%i, %%i, 1;\n\tsetp.lt.u32 %%again, %%i, %%n;\n"
	    "\t@%%again bra round;\n");

	/* One step more than is counted leaves a product in every sum. */
	for (unsigned chain = 0; chain < BURST_CHAINS; chain++)
		write_step(b, chain, "u", to);

	/* out[thread] = {sum of all registers + serial, rounds} */
	for (unsigned i = 0; i < sums[b->sums].registers * BURST_CHAINS; i++)
		(void)fprintf(to,
		    "\tmov.b32 %%t, %%d%u;\n\tadd.u32 %%s, %%s, %%t;\n", i);
	(void)fprintf(to,
	    "\tmov.u32 %%t, %%ctaid.x;\n\tmov.u32 %%x, %%tid.x;\n"
	    "\tmad.lo.u32 %%t, %%t, %d, %%x;\n\tmul.wide.u32 %%w, %%t, 8;\n"
	    "\tld.param.u64 %%o, [out];\n\tcvta.to.global.u64 %%o, %%o;\n"
	    "\tadd.u64 %%o, %%o, %%w;\n\tst.global.v2.b32 [%%o], {%%s,%%i};\n"
	    "\tret;\n}\n",
	    BURST_THREADS);
}

/* A small number as it stands in a register of sums. */
static uint32_t
number(enum burst_number kind, unsigned n)
{
	float f = (float)n;
	uint32_t word = n, exponent = 0;

	switch (kind) {
	case BURST_S32:
		return n;
	case BURST_F32: /* IEEE 754 binary32 */
		memcpy(&word, &f, sizeof(word));
		return word;
	case BURST_F16: /* binary16, twice: 5 bits of exponent, bias 15 */
		while (n >> (exponent + 1) != 0)
			exponent++;
		word = (exponent + 15) << 10 | (n << (10 - exponent) & 0x3ff);
		return word << 16 | word;
	}
	return 0;
}

struct burst_words
burst_words(const struct burst *b, uint32_t rounds, uint32_t serial)
{
	struct burst_words w = {
	    .rounds = rounds,
	    .serial = serial,
	    .a = {b->one, b->one, b->one, b->one},
	    .plus = {b->one, b->one},
	    .minus = {b->minus_one, b->minus_one},
	};

	for (unsigned i = 0; i < BURST_CHAINS; i++)
		w.start[i] = number(b->sums, i + 1);
	return w;
}

struct burst_answer
burst_answer(const struct burst *b, const struct burst_words *words)
{
	struct burst_answer a = {words->serial, words->rounds};

	/* A row of ones times a column of ones is K. */
	for (unsigned i = 0; i < BURST_CHAINS; i++)
		a.sum += sums[b->sums].registers *
		    number(b->sums, i + 1 + b->k);
	return a;
}

uint64_t
burst_macs(const struct burst *b)
{
	return (uint64_t)ROWS * COLUMNS * b->k * BURST_CHAINS * BURST_STEPS;
}
