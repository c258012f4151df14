/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDM exchanges for tests: a sound one made up message by message with a
 * forged board, which a test may bend before or after it is signed, and
 * recorded ones read from samples.
 */
#ifndef ASSAY_SPDM_TALK_H
#define ASSAY_SPDM_TALK_H

#include "forge.h"

enum { TALK_MAX = 80, SAID_MAX = 2048, TALK_WIRE = 192 << 10 };

enum { SAY_REQUEST = 0, SAY_RESPONSE = 1 };

enum talk_how { TALK_MCTP, TALK_DOE };

struct said {
	uint8_t direction;
	bool aside; /* not part of L1 though between its messages */
	uint8_t b[SAID_MAX];
	size_t n;
};

/* The messages of the made-up exchange. */
enum {
	AT_GET_VERSION,
	AT_VERSION,
	AT_GET_CAPABILITIES,
	AT_CAPABILITIES,
	AT_NEGOTIATE,
	AT_ALGORITHMS,
	AT_GET_DIGESTS,
	AT_DIGESTS,
	AT_GET_CERTIFICATE,
	AT_CERTIFICATE,
	AT_GET_CERTIFICATE_REST,
	AT_CERTIFICATE_REST,
	AT_GET_ONE, /* index 1, unsigned */
	AT_ONE,
	AT_GET_ALL, /* signed */
	AT_ALL,
	AT_END
};

struct talk {
	const struct forge_board *board;
	uint8_t version; /* 0x11 or 0x12 */
	bool chain_given; /* the container brings leaf and root */
	uint8_t nonce[32];
	struct said said[TALK_MAX];
	size_t n;
	size_t from; /* where L1 begins */
	uint8_t wire[TALK_WIRE];
};

/* The sound exchange, not yet signed: L1 is its last four messages. */
void talk_start(
    struct talk *t, const struct forge_board *board, uint8_t version);
/* Put a message, digits with VV for the version, before number AT. */
struct said *talk_say(
    struct talk *t, size_t at, uint8_t direction, const char *digits);
void talk_drop(struct talk *t, size_t at);
/* A signed request for all measurements with T's nonce, and its answer. */
void talk_measure(struct talk *t, const char *blocks);

/* Digest of the VCA, if signed, and of L1 up to the last message. */
bool talk_digest(const struct talk *t, enum hash alg, struct digest *out);
/* Append the board's signature to the last message. */
bool talk_sign(struct talk *t);

/* Put all messages into what carries them; nothing is to be signed then. */
void talk_carry(struct talk *t, enum talk_how how);

/* The container, valid until the next call. */
struct bytes talk_wire(struct talk *t);
/* Messages of samples/spdm/NAME, as they were carried.  False: not there. */
bool talk_load(struct talk *t, const char *name);

#endif
