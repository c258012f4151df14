/* SPDX-License-Identifier: Apache-2.0 */
/* NVIDIA's evidence file: an array of reports with their chains. */
#ifndef ASSAY_NVIDIA_JSON_H
#define ASSAY_NVIDIA_JSON_H

#include "evidence.h"
#include "nvidia.h"

enum { NVIDIA_REPORT_MAX = 16 * 1024, NVIDIA_CHAIN_MAX = 16 * 1024 };

/* One entry, decoded; EVIDENCE borrows from the arrays. */
struct nvidia_json {
	uint8_t report[NVIDIA_REPORT_MAX];
	uint8_t pem[NVIDIA_CHAIN_MAX];
	uint8_t der[NVIDIA_CHAIN_MAX];
	uint8_t nonce[NONCE_LEN];
	struct nvidia_evidence evidence;
};

/*
 * Entry I of the array in IN; *COUNT is how many there are.
 * EVIDENCE_JSON_MALFORMED, CHAIN_MALFORMED.
 */
enum status nvidia_json_decode(
    struct bytes in, size_t i, struct nvidia_json *out, size_t *count);

#endif
