/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind each route.  The interface is Veraison's
 * challenge-response API, version 1, and our enrolment.  A handler always
 * leaves an answer.
 */
#ifndef SERVICE_HANDLERS_H
#define SERVICE_HANDLERS_H

#include "route.h"

#include <jansson.h>

enum { RETRY_AFTER = 10 }; /* seconds */

/*
 * Our own trouble: the line goes to the log in full, and the client learns
 * the code alone.
 */
void answer_trouble(
    struct answer *out, enum status st, const struct fault *fault);

/* Take over ROOT as the body; TYPE is its media type. */
void answer_json(
    struct answer *out, unsigned status, const char *type, json_t *root);

typedef void handler_fn(
    struct service *service, const struct request *request, struct answer *out);

handler_fn handle_new_session;
handler_fn handle_evidence;
handler_fn handle_get_session;
handler_fn handle_delete_session;
handler_fn handle_new_enrolment;
handler_fn handle_proof;
handler_fn handle_discovery;
handler_fn handle_health;

#endif
