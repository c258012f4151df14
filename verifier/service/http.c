/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "media.h"
#include "watch.h"

enum {
	IDLE_SECONDS = 15,    /* a silent connection is closed */
	REQUEST_SECONDS = 60, /* as is one that trickles */
	HEADER_MAX = 1024,    /* of all Accept headers together */
	BODY_FIRST = 16 * 1024,
	BODIES_MAX = 64 * 1024 * 1024, /* in all requests at one time */
	DISCARD_MAX = 4 * 1024 * 1024, /* read on for the answer's sake */
};

struct http {
	struct http_input in;
	struct MHD_Daemon *daemon;
	struct watch *watch;
	size_t bodies; /* bytes held for requests in progress */
};

/* One request, from its headers to its answer. */
struct transfer {
	const struct route *route;
	struct request request;
	struct answer answer;
	bool refused; /* the answer is ready before the body is read */
	uint8_t *body;
	size_t len;
	size_t cap;
	size_t discarded;
	char accept[HEADER_MAX];
	size_t accept_len;
	bool accept_given;
	bool accept_long;
};

/* Paths and queries stay as they were sent: our routes need no escapes. */
static size_t
no_unescape(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls;
	(void)connection;
	return strlen(s);
}

static const char *
header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* The value of a query's key; empty when it has none, NULL without key. */
static const char *
query(struct MHD_Connection *connection, const char *key)
{
	const char *value = NULL;

	if (MHD_lookup_connection_value_n(connection, MHD_GET_ARGUMENT_KIND,
	        key, strlen(key), &value, NULL) != MHD_YES)
		return NULL;
	return value == NULL ? "" : value;
}

/* Several Accept headers are one list (RFC 9110 section 5.3). */
static enum MHD_Result
join_accept(
    void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct transfer *t = cls;
	size_t room = sizeof(t->accept) - t->accept_len;
	int n;

	(void)kind;
	if (value == NULL || strcasecmp(key, "Accept") != 0)
		return MHD_YES;
	n = snprintf(t->accept + t->accept_len, room, "%s%s",
	    t->accept_given ? "," : "", value);
	t->accept_given = true;
	if (n < 0 || (size_t)n >= room) {
		t->accept_long = true;
		return MHD_NO;
	}
	t->accept_len += (size_t)n;
	return MHD_YES;
}

/* The answer is ready; what still comes in is thrown away. */
static void
refuse(struct http *http, struct transfer *t, unsigned status, enum status code,
    const char *detail)
{
	http->bodies -= t->cap;
	free(t->body);
	t->body = NULL;
	t->len = 0;
	t->cap = 0;
	t->refused = true;
	answer_problem(&t->answer, status, code, detail);
	if (status == 503)
		t->answer.retry_after = 1;
}

static void
refuse_size(struct http *http, struct transfer *t)
{
	if (route_body_max(t->route) == 0)
		refuse(http, t, 413, USAGE, "this path takes no body");
	else
		refuse(http, t, 413, EVIDENCE_TOO_LARGE, NULL);
}

/* Queue the answer of T; its body belongs to the library then. */
static enum MHD_Result
send_answer(struct MHD_Connection *connection, struct transfer *t)
{
	struct answer *a = &t->answer;
	const struct {
		const char *name;
		const char *value;
	} text[] = {
	    {MHD_HTTP_HEADER_CONTENT_TYPE, a->type},
	    {MHD_HTTP_HEADER_LOCATION, a->location},
	    {MHD_HTTP_HEADER_ALLOW, a->allow},
	    {MHD_HTTP_HEADER_ACCEPT, a->accept},
	    {MHD_HTTP_HEADER_ACCEPT_ENCODING, a->accept_encoding},
	    {"X-Content-Type-Options", "nosniff"},
	    {"Assay-Code", a->code},
	};
	char cache[32] = "no-store";
	char retry[16];
	struct MHD_Response *response;
	enum MHD_Result done;

	response = MHD_create_response_from_buffer(
	    a->body_len, a->body, MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		return MHD_NO;
	a->body = NULL;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		if (text[i].value != NULL && text[i].value[0] != '\0')
			(void)MHD_add_response_header(
			    response, text[i].name, text[i].value);
	if (a->max_age > 0)
		(void)snprintf(cache, sizeof(cache), "max-age=%u", a->max_age);
	(void)MHD_add_response_header(
	    response, MHD_HTTP_HEADER_CACHE_CONTROL, cache);
	if (a->retry_after > 0) {
		(void)snprintf(retry, sizeof(retry), "%u", a->retry_after);
		(void)MHD_add_response_header(
		    response, MHD_HTTP_HEADER_RETRY_AFTER, retry);
	}
	done = MHD_queue_response(connection, a->status, response);
	MHD_destroy_response(response);
	return done;
}

/* The headers are here.  Reading goes on unless the client can be told now. */
static enum MHD_Result
begin(struct http *http, struct MHD_Connection *connection, const char *url,
    const char *method, void **context)
{
	struct transfer *t = calloc(1, sizeof(*t));
	unsigned long long announced = 0;
	const char *length;

	if (t == NULL)
		return MHD_NO;
	*context = t;
	t->request.method = method;
	t->request.path = url;
	t->route = route_find(&t->request, &t->answer);
	t->refused = t->route == NULL;

	/* What a client announces can be refused, but is never believed. */
	length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
	if (length != NULL) {
		errno = 0;
		announced = strtoull(length, NULL, 10);
	}
	if (!t->refused && announced > route_body_max(t->route))
		refuse_size(http, t);
	if (t->refused &&
	    (announced > DISCARD_MAX ||
	        header(connection, MHD_HTTP_HEADER_EXPECT) != NULL))
		return send_answer(connection, t);
	return MHD_YES;
}

/* Room for N more bytes of body, doubling. */
static bool
make_room(struct http *http, struct transfer *t, size_t n)
{
	size_t cap = t->cap == 0 ? BODY_FIRST : t->cap;
	uint8_t *body;

	while (cap < t->len + n)
		cap *= 2;
	if (cap == t->cap)
		return true;
	if (http->bodies + (cap - t->cap) > BODIES_MAX)
		return false;
	if ((body = realloc(t->body, cap)) == NULL)
		return false;
	http->bodies += cap - t->cap;
	t->body = body;
	t->cap = cap;
	return true;
}

/* Some of the body is here. */
static enum MHD_Result
take(struct http *http, struct transfer *t, const char *p, size_t n)
{
	if (!t->refused && n > route_body_max(t->route) - t->len)
		refuse_size(http, t);
	if (!t->refused && !make_room(http, t, n))
		refuse(http, t, 503, NO_MEMORY, "busy; try again");
	if (t->refused) {
		t->discarded += n;
		return t->discarded > DISCARD_MAX ? MHD_NO : MHD_YES;
	}
	memcpy(t->body + t->len, p, n);
	t->len += n;
	return MHD_YES;
}

/* The request is complete. */
static enum MHD_Result
finish(struct http *http, struct MHD_Connection *connection, struct transfer *t)
{
	struct request *r = &t->request;

	if (t->refused)
		return send_answer(connection, t);
	(void)MHD_get_connection_values(
	    connection, MHD_HEADER_KIND, join_accept, t);
	if (t->accept_long) {
		refuse(http, t, 400, USAGE, "Accept is too long");
		return send_answer(connection, t);
	}
	r->accept = t->accept_given ? t->accept : NULL;
	r->content_type = header(connection, MHD_HTTP_HEADER_CONTENT_TYPE);
	r->content_encoding =
	    header(connection, MHD_HTTP_HEADER_CONTENT_ENCODING);
	r->nonce_size = query(connection, "nonceSize");
	r->nonce = query(connection, "nonce");
	r->body = t->body;
	r->body_len = t->len;
	route_run(t->route, http->in.service, r, &t->answer);
	return send_answer(connection, t);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_len, void **context)
{
	struct transfer *t = *context;
	struct http *http = cls;
	size_t n = *upload_len;

	(void)version;
	if (t == NULL)
		return begin(http, connection, url, method, context);
	if (n == 0)
		return finish(http, connection, t);
	*upload_len = 0;
	return take(http, t, upload, n);
}

/* The slot of a connection, kept in its socket context. */
static struct watch_slot *
slot_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info == NULL ? NULL : info->socket_context;
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_RequestTerminationCode how)
{
	struct transfer *t = *context;
	struct http *http = cls;

	watch_renew(http->watch, slot_of(connection));
	if (t == NULL)
		return;

	/* Nothing that a client wrote reaches the log. */
	if (http->in.verbose)
		fprintf(stderr, "assay-verifier: %s %u %zu bytes in%s\n",
		    t->route == NULL ? "(no route)" : route_path(t->route),
		    t->answer.status, t->len,
		    how == MHD_REQUEST_TERMINATED_COMPLETED_OK
		        ? ""
		        : ", broken off");
	http->bodies -= t->cap;
	free(t->body);
	answer_free(&t->answer);
	free(t);
	*context = NULL;
}

static void
on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;
	struct http *http = cls;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		watch_close(http->watch, *context);
		*context = NULL;
		return;
	}
	info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info != NULL)
		*context = watch_open(http->watch, info->connect_fd);
}

enum status
http_start(
    const struct http_input *input, struct http **out, struct fault *fault)
{
	struct http *http = calloc(1, sizeof(*http));
	unsigned each;

	if (http == NULL ||
	    (http->watch = watch_new(input->connections + 1)) == NULL) {
		free(http);
		return fault_set(fault, NO_MEMORY, "no memory");
	}
	http->in = *input;

	/* Behind a proxy all clients are one; else none may take it all. */
	each = input->listener->local ? 0 : input->connections / 4 + 1;
	http->daemon = MHD_start_daemon(
	    MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
	    on_request, http, MHD_OPTION_LISTEN_SOCKET, input->listener->fd,
	    MHD_OPTION_CONNECTION_LIMIT, input->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, each,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
	    MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_END);
	if (http->daemon == NULL) {
		watch_free(http->watch);
		free(http);
		return fault_set(
		    fault, LISTEN_FAILED, "the HTTP server does not start");
	}
	*out = http;
	return OK;
}

void
http_sweep(struct http *http)
{
	watch_sweep(http->watch, REQUEST_SECONDS);
}

void
http_stop(struct http *http)
{
	if (http == NULL)
		return;
	MHD_stop_daemon(http->daemon);
	watch_free(http->watch);
	free(http);
}
