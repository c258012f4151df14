/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What assay-probe measured: "at least so fast", never "at most"
 * (docs/capability-tables.md, "Observed minimum").
 */
#ifndef ASSAY_OBSERVED_H
#define ASSAY_OBSERVED_H

#include "bytes.h"
#include "status.h"

enum { OBSERVED_TEXT = 96 };

struct observed {
	char pci[OBSERVED_TEXT], uuid[OBSERVED_TEXT], device[OBSERVED_TEXT];
	char method[OBSERVED_TEXT], format[16];
	unsigned bits; /* of the format's inputs */
	uint64_t tops_milli;
	uint64_t seconds_milli;
	uint64_t copy_gbs;
};

/* Read the JSON strictly.  OBSERVED_MALFORMED, with the member in DETAIL. */
enum status observed_read(
    struct bytes json, struct observed *out, char *detail, size_t cap);

#endif
