/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoRIM (draft-ietf-rats-corim) as NVIDIA and its tools write it: tags 501
 * and 506, signed as COSE_Sign1 (tag 18), with the wrappers 500 and 502 of
 * older drafts, bare maps and bare byte strings tolerated.  Of the content,
 * reference triples with an integer key and digests are taken.
 */
#ifndef RIM_CORIM_H
#define RIM_CORIM_H

#include "document.h"

/* Verify and decode; see rim_read. */
enum status corim_read(const struct rim_input *in, struct document *doc,
    struct fault *fault);

#endif
