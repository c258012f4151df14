/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP around the routes, by libmicrohttpd in one thread of its own: the
 * cryptographic library below may not be used from several.
 */
#ifndef SERVICE_HTTP_H
#define SERVICE_HTTP_H

#include <stdbool.h>

#include "listen.h"
#include "route.h"

struct http;

struct http_input {
	struct service *service; /* used by the server's thread alone */
	const struct listener *listener;
	unsigned connections;
	bool verbose; /* one line per request on stderr */
};

/* Serve until http_stop; the listener's descriptor is taken over. */
enum status http_start(
    const struct http_input *input, struct http **out, struct fault *fault);

/* To be called about once a second: ends requests that take too long. */
void http_sweep(struct http *http);

/* What is being answered is finished first.  NULL is fine. */
void http_stop(struct http *http);

#endif
