/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "deflate.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t work[INFLATE_WORK], plain[1 << 16], packed[1 << 17];
	struct bytes in = bytes_view(data, size);
	size_t cap = size > 0 ? (size_t)data[size - 1] << 8 : 1;
	size_t n = 0, used = 0, back = 0;

	if (inflate_bytes(in, work, plain, cap < 1 ? 1 : cap, &n) != OK) {
		MUST(n == 0);
		return 0;
	}
	MUST(n <= cap && n <= size * INFLATE_RATIO);

	/* It can be deflated, and what comes back is the same. */
	MUST(deflate_bytes(bytes_view(plain, n), packed, sizeof(packed),
		 &used) == OK);
	if (used * INFLATE_RATIO < n)
		return 0;
	MUST(inflate_bytes(bytes_view(packed, used), work, plain,
		 sizeof(plain), &back) == OK);
	MUST(back == n);
	return 0;
}
