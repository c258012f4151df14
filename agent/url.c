/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [send] */
#include "url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const letters_digits =
    "abcdefghijklmnopqrstuvwxyz0123456789";

static const char *
default_port(bool https)
{
	return https ? "443" : "80";
}

/* Copy N bytes and a NUL; false when they do not fit. */
static bool
copy(char *out, size_t cap, const char *s, size_t n)
{
	if (n >= cap)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

/*
 * Characters of a path (RFC 3986, 3.3), percent signs taken at their word,
 * and neither "." nor ".." as a segment.
 */
static bool
path_ok(const char *path)
{
	const char *p = path;

	for (; *p != '\0'; p++) {
		bool alnum = (*p >= 'A' && *p <= 'Z') ||
		             strchr(letters_digits, *p) != NULL;

		if (!alnum && strchr("-._~%!$&'()*+,;=:@/", *p) == NULL)
			return false;
	}
	for (p = path; *p != '\0';) {
		size_t n = strcspn(p, "/");

		if ((n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += n + (p[n] == '/');
	}
	return true;
}

/* A port of 1 to 65535 in its shortest form. */
static bool
port_parse(const char *s, size_t n, char out[6])
{
	uint64_t v;

	return bytes_to_number(bytes_view(s, n), 10, 5, &v) && s[0] != '0' &&
	       v <= 65535 && copy(out, 6, s, n);
}

/* Host characters: a name, an IPv4 address, or what stood in brackets. */
static bool
host_ok(struct url *out)
{
	size_t n = strlen(out->host);

	for (size_t i = 0; i < n; i++) {
		char *c = &out->host[i];

		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		if (strchr(letters_digits, *c) != NULL)
			continue;
		if (strchr(out->ipv6 ? ":." : "-.", *c) == NULL)
			return false;
	}
	return n > 0;
}

/* AUTHORITY = host [ ":" port ] in the N bytes at S. */
static bool
authority_parse(const char *s, size_t n, struct url *out)
{
	const char *end = s + n, *host_end, *colon;

	out->ipv6 = n > 0 && s[0] == '[';
	if (out->ipv6) {
		host_end = memchr(s, ']', n);
		if (host_end == NULL)
			return false;
		s++;
		colon = host_end + 1;
	} else {
		host_end = memchr(s, ':', n);
		if (host_end == NULL)
			host_end = end;
		colon = host_end;
	}
	if (!copy(out->host, sizeof(out->host), s, (size_t)(host_end - s)))
		return false;
	if (!host_ok(out))
		return false;

	/* Without a port, the one of the scheme. */
	if (colon == end)
		return copy(out->port, sizeof(out->port),
		    default_port(out->https), strlen(default_port(out->https)));
	return *colon == ':' &&
	       port_parse(colon + 1, (size_t)(end - colon - 1), out->port);
}

enum status
url_parse(const char *text, struct url *out)
{
	size_t n;

	memset(out, 0, sizeof(*out));
	if (strncasecmp(text, "https://", 8) == 0) {
		out->https = true;
		text += 8;
	} else if (strncasecmp(text, "http://", 7) == 0) {
		text += 7;
	} else {
		return URL_MALFORMED;
	}

	n = strcspn(text, "/?#");
	if (!authority_parse(text, n, out))
		return URL_MALFORMED;

	/* The base path, without a slash at its end. */
	text += n;
	n = strlen(text);
	if (n > 0 && text[n - 1] == '/')
		n--;
	if (!copy(out->path, sizeof(out->path), text, n) || !path_ok(out->path))
		return URL_MALFORMED;
	return OK;
}

void
url_authority(const struct url *url, struct writer *w)
{
	if (url->ipv6)
		write_str(w, "[");
	write_str(w, url->host);
	if (url->ipv6)
		write_str(w, "]");
	if (strcmp(url->port, default_port(url->https)) != 0) {
		write_str(w, ":");
		write_str(w, url->port);
	}
}

static bool
same_origin(const struct url *a, const struct url *b)
{
	return a->https == b->https && a->ipv6 == b->ipv6 &&
	       strcmp(a->host, b->host) == 0 && strcmp(a->port, b->port) == 0;
}

enum status
url_locate(const struct url *base, const char *target, const char *location,
    char out[URL_PATH_MAX])
{
	size_t dir = strcspn(target, "?");
	struct url other;
	int n;

	/* A whole URL must name the origin we are talking to. */
	if (strstr(location, "://") != NULL) {
		if (url_parse(location, &other) != OK ||
		    !same_origin(base, &other) || other.path[0] == '\0')
			return SESSION_MALFORMED;
		n = snprintf(out, URL_PATH_MAX, "%s", other.path);
	} else if (location[0] == '/') {
		/* "//host" would be another authority (RFC 3986, 4.2). */
		if (location[1] == '/')
			return SESSION_MALFORMED;
		n = snprintf(out, URL_PATH_MAX, "%s", location);
	} else {
		/* "file:x" has a scheme, and is no path (RFC 3986, 4.2). */
		if (strcspn(location, ":") < strcspn(location, "/?"))
			return SESSION_MALFORMED;

		/* Beside the last segment of the request (5.2.3). */
		while (dir > 0 && target[dir - 1] != '/')
			dir--;
		n = snprintf(
		    out, URL_PATH_MAX, "%.*s%s", (int)dir, target, location);
	}
	if (location[0] == '\0' || n < 0 || n >= URL_PATH_MAX)
		return SESSION_MALFORMED;
	return path_ok(out) && out[0] == '/' ? OK : SESSION_MALFORMED;
}
