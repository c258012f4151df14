/* SPDX-License-Identifier: Apache-2.0 */
/* What reading and writing of inventories share. */
#ifndef ASSAY_INVENTORY_FORM_H
#define ASSAY_INVENTORY_FORM_H

#include "inventory.h"
#include "sign1.h"

enum { INVENTORY_FORMAT = 1 };

enum inventory_key {
	INVENTORY_VERSION = 0,
	INVENTORY_NAME = 1,
	INVENTORY_FROM = 2,
	INVENTORY_UNTIL = 3,
	INVENTORY_HOSTS = 4,
};

extern const struct sign1_kind inventory_kind;

/* Two places by their devices' identities, for qsort. */
int place_order(const void *a, const void *b);

#endif
