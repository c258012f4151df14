/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded SPDM 1.1 or 1.2 exchange (DMTF DSP0274 1.1.1, 1.2.1): what a
 * requester, a BMC for one, said to a device and heard from it.  The bytes
 * are deterministic CBOR, MEDIA_SPDM:
 *
 *	exchange = {
 *	  0 => 1,                       ; the form of this container
 *	  1 => [ + [ 0 / 1, bstr ] ],   ; request (0) or response (1), message
 *	  ? 2 => [ + bstr ],            ; DER certificates, leaf first
 *	}
 *
 * A message stands for itself, or as MCTP (DSP0275) or a data object of PCI
 * Express (DOE) carries it, all of them in one way.  The recording begins
 * with the three pairs that agree on version, capabilities and algorithms
 * (VCA), has no second agreement, and is one requester's view of one device.
 */
#ifndef ASSAY_SPDM_EXCHANGE_H
#define ASSAY_SPDM_EXCHANGE_H

#include "chain.h"
#include "spdm.h"

enum {
	SPDM_EXCHANGE_MAX = 64 << 10,
	SPDM_MESSAGES_MAX = 64,
	SPDM_PAIRS_MAX = SPDM_MESSAGES_MAX / 2,
	SPDM_MEASUREMENTS_MAX = 256,
	SPDM_CHAIN_BYTES = 16 << 10,
	SPDM_VCA_PARTS = 6,
};

enum { SPDM_V1_1 = 0x11, SPDM_V1_2 = 0x12 };

/* One signature, and which messages it covers (L1). */
struct spdm_seal {
	size_t first, count; /* in the exchange's PART */
	struct bytes request_nonce;
	struct bytes response_nonce;
	struct bytes signature; /* r and s */
};

/* Views into the recording, except for certificates that came in portions. */
struct spdm_exchange {
	uint8_t version; /* SPDM_V1_1 or SPDM_V1_2 */
	enum hash hash;
	enum key_type key_type;
	uint8_t slot; /* of the chain whose leaf signed */
	/* Measurements that a signature covers: an index with a type, once. */
	struct spdm_block block[SPDM_MEASUREMENTS_MAX];
	size_t block_count;
	/* Some answer an unsigned request, which has no nonce: any time ago. */
	bool read_before;
	struct spdm_seal seal[SPDM_PAIRS_MAX];
	size_t seal_count;
	/* VCA, then requests and responses without their signatures. */
	struct bytes part[SPDM_MESSAGES_MAX];
	size_t part_count;
	struct bytes cert[CHAIN_MAX]; /* leaf first */
	size_t cert_count;
	uint8_t chain[SPDM_CHAIN_BYTES];
	size_t message; /* on failure: which message, from 1, or 0 */
};

/*
 * Parse a recording.  What is parsed is well-formed, not yet true: the chain
 * and the signatures come after it.  Codes: those of CBOR, CHAIN_MALFORMED,
 * and those that begin with SPDM_.
 */
enum status spdm_exchange_parse(struct bytes in, struct spdm_exchange *out);

/* Do all signatures verify under KEY, the leaf's?  DEVICE_SIGNATURE. */
enum status spdm_exchange_verify(
    const struct spdm_exchange *ex, const struct public_key *key);

/* Does every signed request carry NONCE? */
bool spdm_exchange_answers(const struct spdm_exchange *ex, struct bytes nonce);

/* The name of a measurement's type, bit 7 aside; NULL when it has none. */
const char *spdm_type_name(uint8_t type);

#endif
