/* SPDX-License-Identifier: Apache-2.0 */
/* What an NVIDIA report says, as JSON. */
#include <stdio.h>

#include "nvidia.h"
#include "verdict.h"

static void
data_string(json_t *data, const char *key, const char *value)
{
	if (value[0] != '\0')
		data_text(data, key, bytes_str(value));
}

/* The triple that tells one product from another on the same die. */
static void
data_sku(const struct nvidia_report *rep, json_t *data)
{
	char sku[3 * NVIDIA_TEXT_MAX + 3];

	if (rep->project[0] == '\0' || rep->project_sku[0] == '\0' ||
	    rep->chip_sku[0] == '\0')
		return;
	snprintf(sku, sizeof(sku), "%s_%s_%s", rep->project, rep->project_sku,
	    rep->chip_sku);
	data_text(data, "sku", bytes_str(sku));
}

static json_t *
pdi_list(struct bytes pdis)
{
	json_t *list = json_array();
	char hex[2 * NVIDIA_PDI + 1];

	for (size_t at = 0; at + NVIDIA_PDI <= pdis.n; at += NVIDIA_PDI) {
		struct bytes one = bytes_sub(pdis, at, NVIDIA_PDI);

		if (bytes_is_zero(one))
			continue;
		bytes_to_hex(one, hex);
		json_array_append_new(list, json_string(hex));
	}
	return list;
}

void
nvidia_describe(
    const struct nvidia_report *rep, const struct chain *chain, json_t *data)
{
	json_t *unknown = json_array();

	data_text(data, "kind",
	    rep->is_switch ? BYTES_LIT("switch") : BYTES_LIT("gpu"));
	data_string(data, "driver", rep->driver);
	data_string(data, "vbios", rep->vbios);
	data_sku(rep, data);
	data_string(data, "chip", rep->chip);
	data_uint(data, "opaque_version", rep->opaque_version);
	if (rep->has_feature_flag)
		data_uint(data, "feature_flag", rep->feature_flag);
	if (rep->has_board_id)
		data_uint(data, "board_id", rep->board_id);
	if (rep->has_nvdec)
		data_text(data, "nvdec0",
		    rep->nvdec == NVIDIA_NVDEC_ON ? BYTES_LIT("on")
						  : BYTES_LIT("off"));
	if (rep->has_ppcie)
		data_uint(data, "protected_pcie", rep->ppcie);
	json_object_set_new(data, "fwid", json_boolean(rep->fwid.n > 0));
	data_uint(data, "measurements", rep->spdm.block_count);
	data_hex(data, "report_nonce", rep->spdm.request_nonce);
	if (rep->own_pdi.n > 0)
		data_hex(data, "own_pdi", rep->own_pdi);
	if (rep->switch_pdis.n > 0)
		json_object_set_new(
		    data, "switch_pdis", pdi_list(rep->switch_pdis));
	if (rep->gpu_pdis.n > 0)
		json_object_set_new(
		    data, "gpu_pdis", pdi_list(rep->gpu_pdis));
	for (size_t i = 0; i < rep->unknown_count; i++)
		json_array_append_new(
		    unknown, json_integer(rep->unknown[i]));
	if (rep->unknown_count > 0)
		json_object_set(data, "unknown_opaque_types", unknown);
	json_decref(unknown);
	if (chain->count > 0)
		data_string(data, "certificate", chain->link[0].subject);
}
