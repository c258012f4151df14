/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "enrol.h"
#include "session.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t nonce[NONCE_LEN], blob[700];
	struct writer w = writer_of(blob, sizeof(blob));
	char id[CHALLENGE_ID_LEN + 1], name[STRAY_MAX];

	session_parse_new(bytes_view(data, size), nonce);
	session_parse_receipt(bytes_view(data, size));
	if (session_stray(bytes_view(data, size), name))
		MUST(strlen(name) < STRAY_MAX);
	if (enrol_parse_challenge(bytes_view(data, size), id, &w) == OK)
		MUST(strlen(id) == CHALLENGE_ID_LEN && w.n >= 2);
	return 0;
}
