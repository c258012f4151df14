/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
/*
 * The one outgoing connection: TCP, with TLS when the URL is https.  One
 * request and its answer per connection, all within one deadline.
 */
#ifndef ASSAY_NET_H
#define ASSAY_NET_H

#include "bytes.h"
#include "http.h"
#include "status.h"
#include "url.h"

struct addrinfo;
struct tls;

/* Where we talk to, ready to connect.  Names are resolved once, here. */
struct net {
	struct url url;
	struct addrinfo *addresses;
	struct tls *tls; /* NULL for http */
};

/* Says what is wrong.  net_free is fine after any outcome. */
enum status net_open(struct net *net, const char *url, const char *ca_file);
void net_free(struct net *net);

/*
 * POST BODY as REQ, of which target, types and, with a body, content type are
 * set; read the answer into REPLY, its body into the memory INTO.  What HTTP
 * says stays in REPLY; says what is wrong.
 */
enum status net_post(struct net *net, struct http_request *req,
    struct bytes body, struct writer into, struct http_reply *reply,
    uint64_t deadline);

#endif
