/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe-text N: the kernel of burst N in PTX on standard output; "probe-text"
 * alone lists them, "N target steps" a line, with all steps of one chain
 * times the chains.
 */
#include <stdio.h>
#include <stdlib.h>

#include "burst.h"

int
main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

	if (n >= burst_count)
		return 64;
	if (argc > 1)
		burst_write(&bursts[n], stdout);
	for (size_t i = 0; argc == 1 && i < burst_count; i++)
		(void)printf("%zu %s %d\n", i, bursts[i].target,
		    BURST_CHAINS * (BURST_STEPS + 1));
	return fflush(stdout) == 0 ? 0 : 74;
}
