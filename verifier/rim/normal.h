/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the normal form that reference.h reads. */
#ifndef RIM_NORMAL_H
#define RIM_NORMAL_H

#include "document.h"

/* The CoRIM of DOC under the identifier ID; w->failed when it does not fit. */
void normal_payload(
    const struct document *doc, struct bytes id, struct writer *w);

/*
 * The COSE_Sign1 over PAYLOAD, with what REF says of source, times, kind and
 * trust, signed by the P-384 key in KEY_PEM.
 */
enum status normal_sign(const struct reference *ref, struct bytes payload,
    const char *key_pem, struct writer *w);

/* The same over the payload of an index. */
enum status normal_sign_index(
    struct bytes payload, const char *key_pem, struct writer *w);

#endif
