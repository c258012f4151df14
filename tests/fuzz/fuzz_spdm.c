/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "spdm.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spdm_report report;

	if (spdm_parse(bytes_view(data, size), &report) != OK)
		return 0;
	MUST(report.block_count >= 1 && report.block_count <= SPDM_BLOCKS_MAX);
	MUST(report.signed_part.n + report.signature.n == size);
	MUST(report.signature.n == SPDM_P384_SIGNATURE);
	MUST(report.request_nonce.n == SPDM_NONCE);
	for (size_t i = 0; i < report.block_count; i++)
		for (size_t k = 0; k < i; k++)
			MUST(report.block[i].index != report.block[k].index);
	return 0;
}
