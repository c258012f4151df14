/* SPDX-License-Identifier: Apache-2.0 */
/* CoMID (draft-ietf-rats-corim, 5): reference triples with digests. */
#ifndef RIM_COMID_H
#define RIM_COMID_H

#include "document.h"

/*
 * Add the values of one concise-mid-tag to DOC.  Measurements without an
 * integer key (an SPDM block index) or without digests are counted as
 * skipped.  CORIM_MALFORMED, CORIM_UNSUPPORTED.
 */
enum status comid_read(
    struct bytes in, struct document *doc, struct fault *fault);

/* After the last one: RIM_EMPTY, and what was not said. */
enum status comid_finish(struct document *doc, struct fault *fault);

#endif
