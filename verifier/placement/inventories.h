/* SPDX-License-Identifier: Apache-2.0 */
/* The inventories of a context, as the files here see them. */
#ifndef ASSAY_INVENTORIES_H
#define ASSAY_INVENTORIES_H

#include "placement.h"

struct inventories {
	struct inventory inventory[INVENTORIES_MAX];
	uint8_t *file[INVENTORIES_MAX]; /* what they point to */
	size_t count;
};

#endif
