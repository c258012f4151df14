/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers as no verifier should give them, from a seed: put together from
 * tables of what may stand in each place of an HTTP answer, and then, now
 * and then, cut, flipped, held back or drowned.  Each answer knows which
 * outcomes are right for it.
 */
#ifndef ASSAY_REPLIES_H
#define ASSAY_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLY_MAX = 192 * 1024, REPLY_NAME_MAX = 256, REPLY_NONCE_LEN = 32 };

/* What is answered: a request for a session, evidence, or a TLS greeting. */
enum stage { STAGE_SESSION, STAGE_RECEIPT, STAGE_TLS };

/* What follows the last byte. */
enum ending {
	END_CLOSE,
	END_STALL, /* nothing, and the connection stays */
	END_FLOOD, /* the last FLOOD bytes, over and over */
	END_DRIP,  /* all of it comes byte by byte, slowly */
};

/* Outcomes, one bit each; their names are those of include/status.def. */
enum outcome {
	MAY_PASS = 1 << 0,
	MAY_REDIRECT = 1 << 1,
	MAY_STATUS = 1 << 2,
	MAY_MALFORMED = 1 << 3,
	MAY_LARGE = 1 << 4,
	MAY_SESSION = 1 << 5,
	MAY_NONCE = 1 << 6,
	MAY_TIMEOUT = 1 << 7,
	MAY_LOST = 1 << 8,
	MAY_TLS = 1 << 9,
	MAY_ANY = (1 << 10) - 1,
};

struct outcome_name {
	unsigned bit;
	const char *name;
};
extern const struct outcome_name outcome_names[];
extern const size_t outcome_count;

struct reply {
	uint8_t bytes[REPLY_MAX];
	size_t n, flood;
	enum ending ending;
	unsigned outcomes; /* any of these is right, none other is */
	bool odd;          /* it says more than the API has: VERIFIER_ANOMALY */
	uint8_t nonce[REPLY_NONCE_LEN]; /* what the session says, if it does */
	char name[REPLY_NAME_MAX];      /* what is wrong, for people */
};

/* The generator of SEED and the answer's NUMBER alone. */
struct luck {
	uint64_t state;
};
struct luck luck_of(uint64_t seed, uint64_t number);
uint64_t luck_next(struct luck *l);
/* 0 to N - 1. */
size_t luck_below(struct luck *l, size_t n);

/*
 * The answer NUMBER of SEED at STAGE by a verifier whose ORIGIN is such as
 * "http://verifier.test"; GOOD: one without fault.
 */
void reply_make(uint64_t seed, uint64_t number, enum stage stage,
    const char *origin, bool good, struct reply *out);

#endif
