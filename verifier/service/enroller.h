/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libassay for enrolment: who vouches for TPMs, from a folder of
 * certificates, and the question for a pair of keys.
 */
#ifndef SERVICE_ENROLLER_H
#define SERVICE_ENROLLER_H

#include <assay/verify.h>

#include "store.h"

enum { CHALLENGE_WHY_MAX = 400 };

struct enroller;

/*
 * ROOTS is the folder, CRLS one of revocation lists, or NULL; both must
 * outlive the enroller.  When ROOTS is OPTIONAL it may be missing, and then
 * nobody can enrol.
 */
enum status enroller_open(const char *roots, bool optional, const char *crls,
    struct enroller **out, struct fault *fault);
void enroller_close(struct enroller *e); /* NULL is fine */

/* What is asked of a host, and what an operator should know about it. */
struct question {
	struct assay_challenge challenge;
	char *detail; /* JSON; the caller frees it */
	bool refused; /* when it failed: for the keys, not by our fault */
};

/*
 * Appraise the keys of IN at time NOW and make a question.  Folders are
 * read anew when a file in them has changed.  A key that is refused leaves its own code,
 * whose exit status is 1 or 65, and the reason in FAULT.
 */
enum status enroller_ask(struct enroller *e, const struct assay_check *in,
    int64_t now, struct question *out, struct fault *fault);

#endif
