/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media types in the headers of a request (RFC 9110 sections 8.3, 12.5.1).
 * Both functions take foreign text of any content.
 */
#ifndef SERVICE_MEDIA_H
#define SERVICE_MEDIA_H

#include <stdbool.h>

/* The session object and our evidence. */
#define MEDIA_SESSION                                                          \
	"application/vnd.veraison.challenge-response-session+json"
#define MEDIA_CMW       "application/cmw+cbor"
#define MEDIA_PROFILE   "tag:" ASSAY_AUTHORITY ":assay/evidence/1"
#define MEDIA_EVIDENCE  MEDIA_CMW "; cmwc_t=\"" MEDIA_PROFILE "\""
#define MEDIA_DISCOVERY "application/vnd.veraison.discovery+json"
#define MEDIA_JSON      "application/json"
#define MEDIA_PROBLEM   "application/problem+json"
#define MEDIA_TEXT      "text/plain; charset=utf-8"

/*
 * May the answer have TYPE, "application/json", when the client sent
 * ACCEPT?  NULL, no Accept at all, allows everything.  The most specific
 * range decides; a weight of zero forbids.
 */
bool media_accepts(const char *accept, const char *type);

/* Is CONTENT_TYPE of this TYPE, whatever its parameters? */
bool media_is(const char *content_type, const char *type);

/*
 * Is CONTENT_TYPE our evidence: application/cmw+cbor, whose parameter cmwc_t
 * is absent or names our profile?  Other parameters do not matter.
 */
bool media_is_evidence(const char *content_type);

#endif
