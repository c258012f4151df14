/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
#include "net.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "say.h"
#include "tls.h"

enum status
net_open(struct net *net, const char *url, const char *ca_file)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	enum status st;
	int rc;

	memset(net, 0, sizeof(*net));
	if ((st = url_parse(url, &net->url)) != OK)
		return say(st, "\"%s\": %s", url, status_text(st));

	/* This may block; the supervisor's deadline stands behind it. */
	rc = getaddrinfo(net->url.host, net->url.port, &hints, &net->addresses);
	if (rc != 0)
		return say(CONNECT_FAILED, "%s: %s; is the name right?",
		    net->url.host, gai_strerror(rc));
	return net->url.https ? tls_new(ca_file, &net->tls) : OK;
}

void
net_free(struct net *net)
{
	tls_free(net->tls);
	if (net->addresses != NULL)
		freeaddrinfo(net->addresses);
	memset(net, 0, sizeof(*net));
}

/* One address; returns the socket, or -1 with the reason in *ERROR. */
static int
connect_one(const struct addrinfo *a, uint64_t deadline, int *error)
{
	int fd = socket(a->ai_family,
	    a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
	socklen_t len = sizeof(*error);

	*error = errno;
	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	*error = errno;
	if (*error == EINPROGRESS) {
		*error = ETIMEDOUT;
		if (deadline_wait(fd, POLLOUT, deadline) == OK &&
		    getsockopt(fd, SOL_SOCKET, SO_ERROR, error, &len) == 0 &&
		    *error == 0)
			return fd;
	}
	(void)close(fd);
	return -1;
}

/* The first address that answers; each gets its share of the time left. */
static enum status
net_connect(const struct net *net, uint64_t deadline, int *out)
{
	const struct addrinfo *a;
	unsigned left = 0;
	int error = 0;

	for (a = net->addresses; a != NULL; a = a->ai_next)
		left++;
	for (a = net->addresses; a != NULL; a = a->ai_next) {
		uint64_t ms = (uint64_t)deadline_left(deadline) / left--;

		*out = connect_one(a, deadline_in(ms), &error);
		if (*out >= 0)
			return OK;
	}
	return say(error == ETIMEDOUT ? TIMEOUT : CONNECT_FAILED,
	    "%s port %s: %s; is the verifier running?", net->url.host,
	    net->url.port, strerror(error));
}

/* As tls_write and tls_read, with or without TLS. */

static ssize_t
net_write(
    struct net *net, int fd, struct bytes b, uint64_t deadline, enum status *st)
{
	if (net->tls != NULL)
		return tls_write(net->tls, b.p, b.n, deadline, st);
	for (;;) {
		ssize_t n = send(fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			return n;
		*st = CONNECT_FAILED;
		if (errno != EAGAIN && errno != EINTR)
			return -1;
		if ((*st = deadline_wait(fd, POLLOUT, deadline)) != OK)
			return -1;
	}
}

static ssize_t
net_read(struct net *net, int fd, void *p, size_t n, uint64_t deadline,
    enum status *st)
{
	if (net->tls != NULL)
		return tls_read(net->tls, p, n, deadline, st);
	for (;;) {
		ssize_t k = recv(fd, p, n, MSG_DONTWAIT);

		if (k >= 0)
			return k;
		*st = CONNECT_FAILED;
		if (errno != EAGAIN && errno != EINTR)
			return -1;
		if ((*st = deadline_wait(fd, POLLIN, deadline)) != OK)
			return -1;
	}
}

static enum status
write_all(struct net *net, int fd, struct bytes b, uint64_t deadline)
{
	enum status st = OK;

	while (b.n > 0) {
		ssize_t n = net_write(net, fd, b, deadline, &st);

		if (n < 0)
			return st;
		b = bytes_sub(b, (size_t)n, b.n - (size_t)n);
	}
	return OK;
}

/* Until the answer is whole, refused, or late. */
static enum status
read_reply(struct net *net, int fd, struct http_reply *reply, uint64_t deadline)
{
	uint8_t buf[4096];
	bool any = false;
	enum status st = OK;

	while (reply->step != HTTP_DONE && st == OK) {
		ssize_t n = net_read(net, fd, buf, sizeof(buf), deadline, &st);

		if (n < 0)
			return st;
		if (n == 0)
			return any ? http_end(reply) : CONNECT_FAILED;
		any = true;

		/* A peer that never stops is stopped by the clock too. */
		if (deadline_left(deadline) == 0)
			return TIMEOUT;
		st = http_feed(reply, bytes_view(buf, (size_t)n));
	}
	return st;
}

/* One line about an exchange that failed. */
static enum status
explain(const struct net *net, const struct http_reply *reply, enum status st)
{
	if (st == HTTP_STATUS || st == HTTP_REDIRECT)
		return say(st, "%s port %s: HTTP status %u: %s", net->url.host,
		    net->url.port, reply->status, status_text(st));
	if (st == CONNECT_FAILED)
		return say(st, "%s port %s: connection lost before an answer",
		    net->url.host, net->url.port);
	if (st != OK)
		return say(st, "%s port %s: %s", net->url.host, net->url.port,
		    status_text(st));
	return st;
}

static enum status
exchange(struct net *net, struct bytes head, struct bytes body,
    struct http_reply *reply, uint64_t deadline)
{
	enum status st, sent;
	int fd = -1;

	if ((st = net_connect(net, deadline, &fd)) != OK)
		return st;
	if (net->tls != NULL) {
		st = tls_connect(net->tls, fd, net->url.host, deadline);
		if (st == TIMEOUT)
			(void)explain(net, reply, st);
		if (st != OK)
			goto out;
	}

	/* A server may refuse before it has read all: its answer counts. */
	sent = write_all(net, fd, head, deadline);
	if (sent == OK)
		sent = write_all(net, fd, body, deadline);
	st = sent == TIMEOUT ? sent : read_reply(net, fd, reply, deadline);
	if (st == CONNECT_FAILED && sent != OK)
		st = sent;
	(void)explain(net, reply, st);
out:
	if (net->tls != NULL)
		tls_close(net->tls);
	(void)close(fd);
	return st;
}

enum status
net_post(struct net *net, struct http_request *req, struct bytes body,
    struct writer into, struct http_reply *reply, uint64_t deadline)
{
	uint8_t head[2048], host[URL_HOST_MAX + 8];
	struct writer wh = writer_of(head, sizeof(head));
	struct writer wa = writer_of(host, sizeof(host));

	url_authority(&net->url, &wa);
	req->method = "POST";
	req->host = writer_view(&wa);
	req->length = body.n;
	http_write_request(req, &wh);
	if (wa.failed || wh.failed)
		return say(URL_MALFORMED, "the request is too long");
	http_begin(reply, into);
	return exchange(net, writer_view(&wh), body, reply, deadline);
}
