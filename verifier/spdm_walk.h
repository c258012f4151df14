/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking along a recorded exchange: what spdm_exchange.c, which goes from
 * message to message, and the files that understand them share.
 */
#ifndef ASSAY_SPDM_WALK_H
#define ASSAY_SPDM_WALK_H

#include "spdm_exchange.h"

enum { SPDM_SLOTS = 8 };

/* One message without its transport, opened after its header of 4 bytes. */
struct spdm_message {
	struct bytes whole;
	struct reader r;
	uint8_t version, code, param1, param2;
};

/* A part of a certificate chain as a slot gave it. */
struct spdm_portion {
	uint8_t slot;
	uint16_t offset, left;
	struct bytes bytes;
};

/* What the request that waits for its answer asked. */
struct spdm_question {
	uint8_t slot;
	uint8_t operation;
	uint16_t offset, length;
	bool sign;
	bool summary;
	struct bytes nonce;
};

struct spdm_walk {
	struct spdm_exchange *out;
	/* From the agreement. */
	struct bytes versions;
	uint32_t asym_offered, hash_offered;
	size_t signature_size;
	/* The request that waits for its answer. */
	struct bytes request;
	struct spdm_question ask;
	/* L1 since it was last null: parts from L1, blocks not yet sealed. */
	size_t l1, unsealed;
	bool before; /* some of them answer an unsigned request */
	/* Certificates. */
	struct spdm_portion portion[SPDM_PAIRS_MAX];
	size_t portions;
	struct bytes digest[SPDM_SLOTS];
};

/*
 * A step reads one message to its end, and no further: what is left is the
 * walk's to judge.
 */
typedef enum status spdm_step(struct spdm_walk *w, struct spdm_message *m);

/* The agreement (spdm_vca.c). */
spdm_step spdm_get_version, spdm_version;
spdm_step spdm_get_capabilities, spdm_capabilities;
spdm_step spdm_negotiate_algorithms, spdm_algorithms;

/* Certificates (spdm_certificate.c). */
spdm_step spdm_get_digests, spdm_digests;
spdm_step spdm_get_certificate, spdm_certificate;
spdm_step spdm_challenge, spdm_challenge_auth;

/*
 * Put together the chain of the slot that signed: from its portions, or when
 * there are none from the COUNT certificates at GIVEN.
 */
enum status spdm_collect_chain(
    struct spdm_walk *w, const struct bytes *given, size_t count);

/* Measurements (spdm_measurements.c). */
spdm_step spdm_get_measurements, spdm_measurements;
/* L1 becomes null. */
void spdm_reset_l1(struct spdm_walk *w);

#endif
