/* SPDX-License-Identifier: Apache-2.0 */
/* Device paths (UEFI 2.10, 10.3): where an image was loaded from. */
#ifndef ASSAY_DEVICE_PATH_H
#define ASSAY_DEVICE_PATH_H

#include "line.h"

/*
 * Write PATH as UEFI shells do, "PciRoot(0x0)/Pci(0x8,0x0)/..."; nodes of
 * rarer kinds as Path(type,subtype,digits).  False when it is not a sequence
 * of whole nodes that ends with an end node and nothing after it.
 */
bool device_path_text(struct bytes path, struct line *out);

#endif
