/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "policy.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy p;
	char error[128] = "";

	if (policy_parse(
		bytes_view(data, size), &p, error, sizeof(error)) != OK) {
		MUST(error[0] != '\0' && memchr(error, 0, sizeof(error)));
		return 0;
	}
	MUST(memchr(p.name, 0, sizeof(p.name)) != NULL && p.name[0] != '\0');
	MUST(p.required_pcrs.count > 0 && p.digest.n == 32);
	return 0;
}
