/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts as recorded trees, and what the port auto makes of them. */
#ifndef ASSAY_TEST_VENDOR_TREE_H
#define ASSAY_TEST_VENDOR_TREE_H

#include "platform.h"
#include "tree.h"

/* A function at ADDRESS below sys, with its directory as sysfs has it. */
void vendor_tree_pci(const struct tree *t, const char *address,
    const char *vendor, const char *device, const char *class);
/* The file NAME of that function. */
void vendor_tree_file(const struct tree *t, const char *address,
    const char *name, const char *text);

/* An opened port "auto" over the tree. */
struct vendor_host {
	const struct platform *port;
	void *ctx;
	struct board board;
};

/* Survey, and hear every witness in this process; the caller closes. */
void vendor_host_open(struct vendor_host *h, const struct tree *t);
void vendor_host_close(struct vendor_host *h);

/* Compare a fact of device I; fails the test. */
void expect_text(const struct vendor_host *h, size_t i, enum fact_key key,
    enum fact_source source, const char *want);
void expect_number(const struct vendor_host *h, size_t i, enum fact_key key,
    enum fact_source source, uint64_t want);
/* There is no such fact. */
void expect_none(const struct vendor_host *h, size_t i, enum fact_key key,
    enum fact_source source);
/* The version of a component; NULL: there is none. */
void expect_component(const struct vendor_host *h, size_t i, const char *name,
    const char *version);

#endif
