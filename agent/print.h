/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
/*
 * The output of `assay-agent measure`.
 */
#ifndef ASSAY_PRINT_H
#define ASSAY_PRINT_H

#include "platform.h"

/*
 * Print BOARD to standard output, for people or as one JSON object; and
 * PROVIDER, whose report this guest can send along, or why there is none.
 */
enum status print_board(const struct platform *port, const struct board *board,
    enum status tee, struct bytes provider);
enum status print_board_json(const struct platform *port,
    const struct board *board, enum status tee, struct bytes provider);

#endif
