/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What assay-probe measured: "at least so fast", never "at most"
 * (assay-probe(1)).
 */
#ifndef ASSAY_OBSERVED_H
#define ASSAY_OBSERVED_H

#include "bytes.h"
#include "status.h"

enum { OBSERVED_TEXT = 96, OBSERVED_ROWS = 16 };

struct observed {
	char pci[OBSERVED_TEXT], uuid[OBSERVED_TEXT], device[OBSERVED_TEXT];
	uint64_t tpp; /* thousandths: the highest over formats */
	uint64_t seconds_milli;
	uint64_t copy_gbs;
};

/*
 * Read the JSON strictly.  OBSERVED_MALFORMED, with the member in DETAIL;
 * also for what a made-up driver wrote.
 */
enum status observed_read(
    struct bytes json, struct observed *out, char *detail, size_t cap);

#endif
