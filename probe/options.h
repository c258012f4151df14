/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

enum { SECONDS_MILLI_MAX = 2000, SECONDS_MILLI_MIN = 100 };

struct options {
	const char *device, *output; /* NULL when not given */
	uint64_t budget_ms;
	bool json, help, version;
};

extern const char options_help[];

enum status options_parse(
    int argc, char **argv, struct options *out, struct fault *fault);

#endif
