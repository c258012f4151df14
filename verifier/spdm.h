/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDM 1.1 measurements as devices report them in one piece: the request
 * GET_MEASUREMENTS, the response MEASUREMENTS, and its signature (DMTF
 * DSP0274 1.1.1, clauses 10.11.1 and 10.11.2; little-endian).
 */
#ifndef ASSAY_SPDM_H
#define ASSAY_SPDM_H

#include "curves.h"

enum { SPDM_NONCE = 32, SPDM_BLOCKS_MAX = 254, SPDM_P384_SIGNATURE = 96 };

struct spdm_block {
	uint8_t index; /* 1 to 254, each at most once */
	uint8_t type;  /* DMTFSpecMeasurementValueType, bit 7: raw */
	struct bytes value;
};

struct spdm_report {
	struct bytes request_nonce;
	struct bytes response_nonce;
	struct spdm_block block[SPDM_BLOCKS_MAX];
	size_t block_count;
	struct bytes opaque;
	struct bytes signed_part; /* request and response without signature */
	struct bytes signature;   /* r and s of ECDSA P-384 */
};

/*
 * Read exactly BLOCKS measurement blocks of the DMTF form (tables 45 and 46),
 * which must fill RECORD and have indices of their own, into the ROOM blocks
 * at OUT.  False when that is not what RECORD holds.
 */
bool spdm_read_blocks(struct bytes record, size_t blocks,
    struct spdm_block *out, size_t room);

/* Parse to the last byte.  SPDM_MALFORMED. */
enum status spdm_parse(struct bytes in, struct spdm_report *out);

/*
 * ECDSA P-384 over SHA-384 of the signed part.  DEVICE_SIGNATURE.  CURVES
 * may be NULL.
 */
enum status spdm_verify(const struct spdm_report *report,
    const struct public_key *key, struct curves *curves);

#endif
