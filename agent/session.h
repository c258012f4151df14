/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
/*
 * The objects of the Veraison challenge-response API as the client sees
 * them.  Out of the first answer come 32 bytes of nonce, out of the second
 * nothing but whether the evidence was taken.  Pure.
 */
#ifndef ASSAY_SESSION_H
#define ASSAY_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"
#include "evidence.h"
#include "status.h"

#define SESSION_MEDIA_TYPE                                                     \
	"application/vnd.veraison.challenge-response-session+json"
#define SESSION_NEW "/challenge-response/v1/newSession?nonceSize=32"

/* Is this the media type of a session, whatever its parameters? */
bool session_type_ok(const char *content_type);

/*
 * A fresh session: status "waiting" (older servers say "state") and a nonce
 * of 32 bytes in base64url.  SESSION_MALFORMED or NONCE_SIZE.
 */
enum status session_parse_new(struct bytes json, uint8_t nonce[NONCE_LEN]);

/*
 * The session after the evidence: OK when it is complete or processing,
 * HTTP_STATUS when the verifier says it failed, else SESSION_MALFORMED.
 * The result inside is not looked at.
 */
enum status session_parse_receipt(struct bytes json);

/*
 * Has a session a member that the API does not?  Nothing acts on any, and
 * this is for the log: NAME is the first of them, in plain characters.
 */
enum { STRAY_MAX = 40 };
bool session_stray(struct bytes json, char name[STRAY_MAX]);

#endif
