/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor.h"

#include <dlfcn.h>
#include <string.h>

static const struct vendor_symbol symbols[] = {
#define SYMBOL(member, symbol, arguments)                                      \
	{#symbol, offsetof(struct nvml, member)},
    NVML_SYMBOLS(SYMBOL)
#undef SYMBOL
};

enum { SYMBOLS = sizeof(symbols) / sizeof(symbols[0]) };

/* What it means when the library cannot be started. */
static const char *
init_trouble(int rc)
{
	static const struct {
		int rc;
		const char *text;
	} rows[] = {
	    {NVML_NO_PERMISSION, "no permission"},
	    {NVML_DRIVER_NOT_LOADED, "driver not loaded"},
	    {NVML_GPU_IS_LOST, "lost"},
	    {NVML_LIB_RM_VERSION_MISMATCH, "driver and library differ"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].rc == rc)
			return rows[i].text;
	return "driver library failed";
}

static const char *
load(struct nvml *n)
{
	int rc;

	(void)vendor_library(n, NVML_LIBRARY, symbols, SYMBOLS);
	if (n->library == NULL)
		return "no driver library";

	/* Without these nothing can be asked; others may be missing. */
	if (n->init == NULL || n->shutdown == NULL || n->gpu_at == NULL)
		return "driver library too old";
	rc = n->init();
	return rc == NVML_SUCCESS ? NULL : init_trouble(rc);
}

const char *
nvml_open(struct nvml *n)
{
	if (n->library == NULL && n->trouble == NULL)
		n->trouble = load(n);
	return n->trouble;
}

void
nvml_close(struct nvml *n)
{
	if (n->library != NULL && n->trouble == NULL)
		(void)n->shutdown();
	if (n->library != NULL)
		(void)dlclose(n->library);
	memset(n, 0, sizeof(*n));
}
