/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind each route.  The interface is Veraison's
 * challenge-response API, version 1.  A handler always leaves an answer.
 */
#ifndef SERVICE_HANDLERS_H
#define SERVICE_HANDLERS_H

#include "route.h"

typedef void handler_fn(
    struct service *service, const struct request *request, struct answer *out);

handler_fn handle_new_session;
handler_fn handle_evidence;
handler_fn handle_get_session;
handler_fn handle_delete_session;
handler_fn handle_discovery;
handler_fn handle_health;

#endif
