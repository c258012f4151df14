/* SPDX-License-Identifier: Apache-2.0 */
#include "route.h"

#include <stdio.h>
#include <string.h>

#include "handlers.h"

struct route {
	const char *method;
	const char *path; /* ends in "/" when an id follows */
	size_t body_max;
	handler_fn *run;
};

/* The whole interface; HEAD is answered as GET without its body. */
static const struct route routes[] = {
    {"POST", "/challenge-response/v1/newSession", 0, handle_new_session},
    {"POST", "/challenge-response/v1/session/", EVIDENCE_MAX, handle_evidence},
    {"GET", "/challenge-response/v1/session/", 0, handle_get_session},
    {"DELETE", "/challenge-response/v1/session/", 0, handle_delete_session},
    {"POST", "/assay/v1/enrolment", ENROLMENT_MAX, handle_new_enrolment},
    {"POST", "/assay/v1/enrolment/", ENROLMENT_MAX, handle_proof},
    {"GET", "/.well-known/veraison/verification", 0, handle_discovery},
    {"GET", "/healthz", 0, handle_health},
};

enum { ROUTES = sizeof(routes) / sizeof(routes[0]) };

/* Does PATH fit the row?  TAIL is the session's id, or empty. */
static bool
path_fits(const struct route *route, const char *path, const char **tail)
{
	size_t n = strlen(route->path);

	*tail = "";
	if (route->path[n - 1] != '/')
		return strcmp(path, route->path) == 0;
	if (strncmp(path, route->path, n) != 0 || path[n] == '\0' ||
	    strchr(path + n, '/') != NULL)
		return false;
	*tail = path + n;
	return true;
}

static bool
method_fits(const struct route *route, const char *method)
{
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	return strcmp(method, route->method) == 0;
}

/* Add METHOD to the value of Allow. */
static void
allow(char *list, size_t cap, const char *method)
{
	size_t n = strlen(list);

	(void)snprintf(list + n, cap - n, "%s%s%s", n == 0 ? "" : ", ", method,
	    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

const struct route *
route_find(struct request *request, struct answer *out)
{
	const struct route *found = NULL;
	const char *tail = "";
	bool path_known = false;

	for (size_t i = 0; i < ROUTES && found == NULL; i++) {
		if (!path_fits(&routes[i], request->path, &tail))
			continue;
		path_known = true;
		if (method_fits(&routes[i], request->method))
			found = &routes[i];
		else
			allow(out->allow, sizeof(out->allow), routes[i].method);
	}
	if (found == NULL && path_known) {
		answer_problem(out, 405, USAGE, "this path has other methods");
		return NULL;
	}
	if (found == NULL) {
		answer_problem(out, 404, USAGE, "no such path");
		return NULL;
	}
	out->allow[0] = '\0';

	/* Nothing but a well-formed id ever reaches the store. */
	if (tail[0] != '\0' && !text_is_uuid(tail)) {
		answer_problem(out, 400, SESSION_UNKNOWN,
		    "an id is a UUID in lower case");
		return NULL;
	}
	(void)snprintf(request->id, sizeof(request->id), "%s", tail);
	return found;
}

size_t
route_body_max(const struct route *route)
{
	return route->body_max;
}

const char *
route_path(const struct route *route)
{
	return route->path;
}

void
route_run(const struct route *route, struct service *service,
    const struct request *request, struct answer *out)
{
	route->run(service, request, out);
}
