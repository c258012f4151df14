/* SPDX-License-Identifier: Apache-2.0 */
/* How first inputs are written. */
#ifndef ASSAY_FUZZ_SEEDS_H
#define ASSAY_FUZZ_SEEDS_H

#include "forge.h"

/* One input of FUZZER; WAY is its first byte, or -1 for none. */
void seed(const char *fuzzer, int way, struct bytes b);

/* Manifests and reference values (seeds_rim.c). */
void seeds_rim(const struct forge_board *board);

/* Answers, sessions and boards (seeds_agent.c). */
void seeds_agent(void);
/* Tables, predicates, facts, observations (seeds_capability.c). */
void seeds_capability(void);

/* OCSP responses (seeds_ocsp.c); false without keys. */
bool seeds_ocsp(void);
/* Platform certificates (seeds_platform.c), likewise. */
bool seeds_platform(void);

#endif
