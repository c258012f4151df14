/* SPDX-License-Identifier: Apache-2.0 */
/* What a verifier is told, around a forged bundle. */
#ifndef ASSAY_WORLD_H
#define ASSAY_WORLD_H

#include <assay/verify.h>

#include "forge.h"

struct world {
	struct forge forge;
	const char *policy; /* NULL: none is given */
	const char *event_policy; /* NULL: none is given */
	bool anchor;        /* the board's root is trusted */
	bool has_time;
	int64_t time;
	int host_rc; /* what the host callback returns */
	struct assay_host host;
	/* whose the report before this one is */
	enum { BEFORE_UNKNOWN, BEFORE_OWN, BEFORE_OTHER } before;
	struct bytes inventory; /* empty: none is given */
	const char *epoch;    /* marker; NULL: none is given */
	const uint8_t *nonce; /* NULL: none is given */
	size_t nonce_len;
};

/* A world in which everything holds: pinned key, sound policy, right nonce. */
bool world_open(struct world *w, enum key_type type);
void world_reset(struct world *w);
void world_close(struct world *w);

/* A context that knows what the world says; NULL on failure. */
struct assay *world_context(struct world *w);

/* Build with CHANGE at STAGE and verify; the caller frees the result. */
struct assay_result *world_verify(struct world *w, enum forge_stage stage,
    void (*change)(struct forge *f));

/* Is CODE among the reasons? */
bool world_has(const struct assay_result *r, enum status code);

#endif
