/* SPDX-License-Identifier: Apache-2.0 */
/* A classification in words. */
#ifndef ASSAY_EXPLAIN_H
#define ASSAY_EXPLAIN_H

#include <jansson.h>

/*
 * Give PUT, one after the other, lines without their line feed about the
 * capability AT (capability_json): the first names chip and class; in FULL
 * the derivation follows as a tree, else what holds and what is unknown.
 */
void explain(const json_t *at, int full,
    void (*put)(void *arg, const char *line), void *arg);

#endif
