/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

static const struct device_kind *const kinds[] = {
    &device_simulated,
    &device_nvidia,
    &device_spdm,
};

const struct device_kind *
device_kind_find(const struct cmw_record *rec)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (cmw_is_text(rec, kinds[i]->media_type))
			return kinds[i];
	return NULL;
}
