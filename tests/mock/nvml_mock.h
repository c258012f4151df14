/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the mock library share. */
#ifndef ASSAY_NVML_MOCK_H
#define ASSAY_NVML_MOCK_H

#include "mock.h"
#include "nvml.h"

enum { GPUS_MAX = 16, PAIRS_MAX = 96 };

/* A device: its keys and values as the board has them. */
struct nvml_gpu {
	struct {
		char key[40], value[104];
	} p[PAIRS_MAX];
	size_t n;
};

/* Every function is declared as the agent expects it. */
#define DECLARE(member, symbol, arguments) EXPORT int symbol arguments;
NVML_SYMBOLS(DECLARE)
#undef DECLARE

/* The value of KEY of a device that may be NULL; NULL when it has none. */
const char *mock_value(const struct nvml_gpu *g, const char *key);
/* Log the call of a function. */
void mock_note(const char *name);
/* The same, and hang or return the failure that it is told to. */
int mock_enter(const char *name, const struct nvml_gpu *g);
/* The device at an address, the first one for NULL; NULL without one. */
struct nvml_gpu *mock_gpu(const char *address);
/* Was this not the first start? */
int mock_changed(void);

#endif
