/* SPDX-License-Identifier: Apache-2.0 */
/* Facts as "assay-agent measure --json" prints them. */
#ifndef ASSAY_FACTS_JSON_H
#define ASSAY_FACTS_JSON_H

#include <jansson.h>

#include "claims.h"

struct facts_device {
	char label[LABEL_MAX];
	bool simulated;
	struct fact_list list;
};

/* How many devices ALL has; FACTS_MALFORMED when it is not such a file. */
enum status facts_json_count(const json_t *all, size_t *count);

/*
 * Device number I.  FACTS_MALFORMED when it has no label of a device, a fact
 * or source that is not in the table of facts, or a value of another type.
 */
enum status facts_json_read(
    const json_t *all, size_t i, struct facts_device *out);

#endif
