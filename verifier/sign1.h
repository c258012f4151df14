/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A COSE_Sign1 (RFC 9052) of ours, ES384, with the signer's key in its
 * protected header:
 *
 *	18([ bstr .cbor head, {}, bstr / nil, bstr .size 96 ])
 *	head = { 1 => -35, 3 => tstr,
 *	         -70200 => bstr }          ; SubjectPublicKeyInfo, DER
 *
 * A signer is known by the SHA-256 of that SubjectPublicKeyInfo.
 */
#ifndef ASSAY_SIGN1_H
#define ASSAY_SIGN1_H

#include "crypto.h"
#include "dcbor.h"

enum { SIGN1_HEADER_KEY = -70200, SIGN1_OVERHEAD = 512 };

/* What is signed, and what it is called when something is wrong. */
struct sign1_kind {
	const char *content_type;
	bool detached; /* the payload stands elsewhere */
	enum status malformed;
	enum status mismatch; /* signature, key and payload do not fit */
};

/*
 * Read one and verify it under the key that it names.  PAYLOAD is what is
 * signed: given when it is detached, else found in it.  MALFORMED, MISMATCH.
 */
enum status sign1_read(struct dcbor *c, const struct sign1_kind *kind,
    struct bytes *payload, struct digest *signer);

/* Sign PAYLOAD.  KEY_MALFORMED, CRYPTO_FAILED; W may have failed. */
enum status sign1_write(const char *key_pem, const struct sign1_kind *kind,
    struct bytes payload, struct writer *w);

/* By which SHA-256 this private key is known as a signer. */
enum status sign1_signer(const char *key_pem, struct digest *out);

#endif
