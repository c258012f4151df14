/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest read in confinement.  The parser's answer is dCBOR, so that the
 * parent checks it as strictly as any foreign bytes:
 *
 *	[ status, detail, kind, trust, signer, not after, revocation,
 *	  skipped, CoRIM ]
 */
#ifndef RIM_READING_H
#define RIM_READING_H

#include "document.h"

enum { READING_MAX = REFERENCE_MAX + 4096 };

struct reading {
	uint8_t store[READING_MAX];
	struct bytes payload; /* the CoRIM to be signed, in STORE */
	struct reference ref; /* views into STORE */
	unsigned skipped;
};

/*
 * Verify and decode a manifest under the identifier ID in a child process.
 * Of REF, imported, as_of and source stay empty.
 */
enum status reading_run(const struct rim_input *in, struct bytes id,
    struct reading *out, struct fault *fault);

#endif
