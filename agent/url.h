/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [send] */
/*
 * The few URLs that the agent understands (RFC 3986): http and https with a
 * host, an optional port and a path.  No user, no query, no fragment.  Pure.
 */
#ifndef ASSAY_URL_H
#define ASSAY_URL_H

#include <stdbool.h>

#include "bytes.h"
#include "status.h"

enum { URL_HOST_MAX = 254, URL_PATH_MAX = 512 };

struct url {
	bool https;
	bool ipv6;               /* the host stood in brackets */
	char host[URL_HOST_MAX]; /* lower case, without brackets */
	char port[6];            /* as digits, the default one filled in */
	char path[URL_PATH_MAX]; /* starts with '/', or empty */
};

/* URL_MALFORMED when TEXT is anything else.  A final '/' is dropped. */
enum status url_parse(const char *text, struct url *out);

/* The Host header: host, and the port unless it is the default one. */
void url_authority(const struct url *url, struct writer *w);

/*
 * The path of LOCATION, seen from a request for TARGET at BASE: relative, an
 * absolute path, or a whole URL of the same origin.  Another origin, dot
 * segments and odd characters are SESSION_MALFORMED.
 */
enum status url_locate(const struct url *base, const char *target,
    const char *location, char out[URL_PATH_MAX]);

#endif
