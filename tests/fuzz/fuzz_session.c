/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "session.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t nonce[NONCE_LEN];

	session_parse_new(bytes_view(data, size), nonce);
	session_parse_receipt(bytes_view(data, size));
	return 0;
}
