/* SPDX-License-Identifier: Apache-2.0 */
#include "platform.h"

#include "nvml.h"

#include <string.h>

enum status
platform_find(const char *spec, const struct platform **out, const char **arg)
{
	size_t n = strcspn(spec, ":");

	for (size_t i = 0; platforms[i] != NULL; i++) {
		if (!bytes_eq(
		        bytes_view(spec, n), bytes_str(platforms[i]->name)))
			continue;
		*out = platforms[i];
		*arg = spec[n] == ':' ? spec + n + 1 : spec + n;
		return OK;
	}
	return PLATFORM_UNKNOWN;
}

const char *
platform_symbol(size_t i)
{
	static const char *const names[] = {
#define NAME(member, symbol, ...) #symbol,
	    NVML_SYMBOLS(NAME)
#undef NAME
	};

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}
