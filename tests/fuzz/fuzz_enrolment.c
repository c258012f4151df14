/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of an enrolment; what is read is written back the same. */
#include "fuzz.h"

#include "enrolment_json.h"
#include "text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[FIELD_MAX / 3 * 4 + 8];
	static uint8_t again[FIELD_MAX];
	static struct enrolment_request r;
	uint8_t proof[PROOF_LEN];
	struct fault fault;

	memset(&r, 0, sizeof(r));
	if (enrolment_request_read(data, size, &r, &fault) == OK) {
		MUST(r.len[EK_CERT] > 0 && r.len[AK_PUB] > 0);
		for (size_t i = 0; i < FIELDS; i++) {
			if (r.len[i] == 0)
				continue;
			text_to_base64(r.bytes[i], r.len[i], text);
			MUST(text_from_base64(text, strlen(text), again,
				 sizeof(again)) == r.len[i]);
			MUST(memcmp(again, r.bytes[i], r.len[i]) == 0);
		}
	}
	enrolment_proof_read(data, size, proof, &fault);
	return 0;
}
