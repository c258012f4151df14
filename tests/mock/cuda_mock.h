/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the made-up CUDA driver share. */
#ifndef ASSAY_CUDA_MOCK_H
#define ASSAY_CUDA_MOCK_H

#include "burst.h"
#include "cuda.h"
#include "mock.h"

/* Every function is declared as the probe expects it. */
#define DECLARE(member, symbol, arguments) EXPORT int symbol arguments;
CUDA_SYMBOLS(DECLARE)
#undef DECLARE

/* A kernel as its text tells it. */
struct cuda_function {
	char sums[8], operands[8]; /* "f16", "e4m3" */
	unsigned k, registers;
	unsigned steps; /* of all chains in one round */
};
struct cuda_module {
	struct cuda_function function;
};

/*
 * Read TEXT.  0, or what the driver answers about a text that it does not
 * take: no burst, or a version of PTX past CUDA_MOCK_PTX.
 */
int mock_translate(const char *text, struct cuda_function *out);

/* What one thread leaves, by arithmetic of this file's own. */
struct burst_answer mock_execute(
    const struct cuda_function *f, const struct burst_words *w);

#endif
