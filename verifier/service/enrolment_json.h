/* SPDX-License-Identifier: Apache-2.0 */
/* The two bodies of an enrolment, which are foreign bytes of any content. */
#ifndef SERVICE_ENROLMENT_JSON_H
#define SERVICE_ENROLMENT_JSON_H

#include "fault.h"
#include "store.h"

/* Fields of a request; the chain may be left out. */
enum enrolment_field { EK_CERT, EK_PUB, AK_PUB, EK_CHAIN, FIELDS };
enum { FIELD_MAX = 16 * 1024 };

struct enrolment_request {
	uint8_t bytes[FIELDS][FIELD_MAX];
	size_t len[FIELDS]; /* 0: it was left out */
};

/*
 * Read JSON: the fields in base64 (RFC 4648, section 4, with padding), once,
 * and no others.  R is all zeros before.  ENROLMENT_MALFORMED.
 */
enum status enrolment_request_read(const uint8_t *json, size_t len,
    struct enrolment_request *r, struct fault *fault);

/* The proof, 64 hexadecimal digits, as the one field. */
enum status enrolment_proof_read(const uint8_t *json, size_t len,
    uint8_t proof[PROOF_LEN], struct fault *fault);

#endif
