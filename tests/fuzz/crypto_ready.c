/* SPDX-License-Identifier: Apache-2.0 */
/* For fuzzers that need nothing but a library that is ready. */
#include "fuzz.h"

#include "crypto.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(crypto_init() == OK);
	return 0;
}
