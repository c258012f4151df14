/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service answers, without a word about sockets: the routes of the
 * challenge-response interface, enrolment, discovery and health.
 */
#ifndef SERVICE_ROUTE_H
#define SERVICE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "appraiser.h"
#include "enroller.h"
#include "store.h"

enum { EVIDENCE_MAX = 1024 * 1024, ENROLMENT_MAX = 64 * 1024 };

/* What the handlers work with. */
struct service {
	struct store *store;
	struct appraiser *appraiser;
	struct enroller *enroller;
	const char *jwk;   /* public half of the signing key */
	int64_t nonce_ttl; /* seconds */
	int64_t enrolment_ttl;
	/* Wall clock and randomness; a test gives its own. */
	int64_t (*now)(void);
	bool (*random)(uint8_t *out, size_t n);
};

/* A request; everything in it is foreign and borrowed, NULL when absent. */
struct request {
	const char *method;
	const char *path;
	const char *accept;
	const char *content_type;
	const char *content_encoding;
	const char *nonce_size; /* the query's "nonceSize" */
	const char *nonce;      /* the query's "nonce" */
	const uint8_t *body;
	size_t body_len;
	char id[UUID_LEN + 1]; /* at the end of the path, by the router */
};

/* An answer; what is NULL or 0 is left out. */
struct answer {
	unsigned status;
	const char *type;
	char *body; /* allocated; the server frees it */
	size_t body_len;
	char location[sizeof("enrolment/") + UUID_LEN];
	char allow[32];
	const char *code;            /* why there is a problem */
	const char *accept;          /* for 415 */
	const char *accept_encoding; /* for 415 */
	unsigned max_age;
	unsigned retry_after;
};

struct route; /* one row of the table */

/*
 * The row for METHOD and PATH; NULL, with the answer ready, when there is
 * none.  REQUEST->id is set from the path.
 */
const struct route *route_find(struct request *request, struct answer *out);

/* The most bytes of body that this route reads. */
size_t route_body_max(const struct route *route);

/* The path in the table, for the log: nothing of it is foreign. */
const char *route_path(const struct route *route);

/* Answer a request whose body is complete. */
void route_run(const struct route *route, struct service *service,
    const struct request *request, struct answer *out);

/* An answer of application/problem+json (RFC 9457). */
void answer_problem(
    struct answer *out, unsigned status, enum status code, const char *detail);

/* An answer that cannot be made for want of memory has no body. */
void answer_free(struct answer *answer);

#endif
