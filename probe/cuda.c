/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda.h"

#include <dlfcn.h>
#include <string.h>

/* The name of a symbol and where it goes. */
static const struct {
	const char *name;
	size_t at;
} table[] = {
#define ENTRY(member, symbol, arguments)                                       \
	{#symbol, offsetof(struct cuda, member)},
    CUDA_SYMBOLS(ENTRY)
#undef ENTRY
};

enum { SYMBOLS = sizeof(table) / sizeof(table[0]) };

/* An object pointer is what dlsym gives for a function (POSIX). */
_Static_assert(sizeof(void *) == sizeof(int (*)(void)), "POSIX says so");

const char *
cuda_symbol(size_t i)
{
	return i < SYMBOLS ? table[i].name : NULL;
}

enum status
cuda_load(struct cuda *c, struct fault *fault)
{
	c->library = dlopen(CUDA_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (c->library == NULL)
		return fault_set(fault, PROBE_DRIVER_MISSING,
		    "%s cannot be loaded; install NVIDIA's driver, or run "
		    "this on a host that has it",
		    CUDA_LIBRARY);
	for (size_t i = 0; i < SYMBOLS; i++) {
		void *symbol = dlsym(c->library, table[i].name);

		if (symbol == NULL)
			return fault_set(fault, PROBE_DRIVER_MISSING,
			    "%s has no %s; the driver is too old", CUDA_LIBRARY,
			    table[i].name);
		memcpy((char *)c + table[i].at, &symbol, sizeof(symbol));
	}
	return OK;
}

const char *
cuda_error(const struct cuda *c, int rc)
{
	const char *name = NULL;

	if (c->error_name(rc, &name) != CUDA_SUCCESS || name == NULL)
		return "an error without a name";
	return name;
}

enum status
cuda_outcome(
    const struct cuda *c, int rc, const char *what, struct fault *fault)
{
	if (rc == CUDA_SUCCESS)
		return OK;
	return fault_set(fault, PROBE_DRIVER_FAILED, "%s: %s (%d)", what,
	    cuda_error(c, rc), rc);
}
