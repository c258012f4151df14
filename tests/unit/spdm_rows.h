/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A made-up exchange with one thing wrong, driven through the device kind:
 * one row, the code that must come of it.
 */
#ifndef ASSAY_SPDM_ROWS_H
#define ASSAY_SPDM_ROWS_H

#include "testkit.h"

#include "device.h"
#include "spdm_exchange.h"
#include "spdm_talk.h"

struct spdm_row {
	const char *name;
	uint8_t version;
	void (*before)(struct talk *t); /* then it is signed */
	void (*after)(struct talk *t);
	enum status want;
};

/* One row for each version. */
#define OF_BOTH(name, before, after, want)                                     \
	{name "_1_1", 0x11, before, after, want},                              \
	{                                                                      \
		name "_1_2", 0x12, before, after, want                         \
	}

/* Half a year into the forged certificates. */
enum { SPDM_GOOD_TIME = 1780272000 };

/* What the tests of one program share. */
struct spdm_bench {
	struct forge_board board;
	struct anchors *anchors; /* the board's root */
	struct talk talk;
	struct spdm_exchange ex;
};
struct spdm_bench *spdm_bench(void);

/* The device kind's word on WIRE, with the nonce of the bench's talk. */
enum status spdm_prove_wire(struct bytes wire, const struct anchors *anchors,
    int64_t time, struct device_proof *proof);

/* A named test for each row, then MORE. */
int spdm_rows_run(const char *group, const struct spdm_row *rows,
    size_t count, const struct CMUnitTest *more, size_t more_count);

#endif
