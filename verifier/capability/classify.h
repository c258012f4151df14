/* SPDX-License-Identifier: Apache-2.0 */
/* Capability classes as part of a result. */
#ifndef ASSAY_CLASSIFY_H
#define ASSAY_CLASSIFY_H

#include "capability.h"
#include "context.h"
#include "verdict.h"

/* Figures of all devices together; no rule ever sees them. */
struct node {
	uint64_t tpp; /* thousandths, of those that are known */
	size_t devices, unknown;
};

/*
 * Classify S, which is the device LABEL of R: the class goes into the data of
 * that device, what is wrong into the reasons.  A class that cannot be told
 * is a reason when R is a classification or the policy asks for one.
 */
void classify(const struct assay *ctx, const struct sighting *s,
    const char *label, struct assay_result *r, struct node *node);

/* Put the tables used, and the figures of the node, into the data. */
void classify_finish(
    const struct assay *ctx, const struct node *node, struct assay_result *r);

/* R rests on this table, too. */
void result_add_table(struct assay_result *r, const struct table *t);

#endif
