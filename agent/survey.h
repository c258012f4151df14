/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
/*
 * Survey a board: the port finds the devices, then every witness is heard
 * in a worker.  Who stays silent costs its facts and nothing else.
 */
#ifndef ASSAY_SURVEY_H
#define ASSAY_SURVEY_H

#include "platform.h"

enum { WITNESSES_MAX = 8 };

/* SPEC is what the operator named, for messages. */
struct survey {
	const char *spec;
	const struct platform *port;
	void *ctx;
	uint64_t each; /* ms for one device of one witness */
	/* By witness: bit I is set when it went silent about device I. */
	uint32_t silent[WITNESSES_MAX];
};

_Static_assert(DEVICES_MAX <= 32, "a bit for each device");

/*
 * Fill BOARD.  A device of a witness that does not answer before DEADLINE,
 * or in its time, has the state "unresponsive".
 */
enum status survey_board(
    struct survey *s, uint64_t deadline, struct board *board);

/*
 * Survey once more and give each device that is not what BOARD has the state
 * "changed during measurement".  Link speeds follow the load and may differ.
 */
void survey_again(struct survey *s, uint64_t deadline, struct board *board);

#endif
