/* SPDX-License-Identifier: Apache-2.0 */
/* What libFuzzer calls, and how a fuzzer says that a property is broken. */
#ifndef ASSAY_FUZZ_H
#define ASSAY_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "status.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that holds for every input. */
#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition))                                              \
			abort();                                               \
	} while (0)

#endif
