/* SPDX-License-Identifier: Apache-2.0 */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 128 };

static const char forms[] = "use 127.0.0.1:PORT, [::1]:PORT or unix:/PATH";

/* 127.0.0.0/8 (RFC 1122, 3.2.1.3) and ::1 (RFC 4291, 2.5.3). */
static bool
is_loopback(const struct sockaddr *sa)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	}
	memcpy(&in6, sa, sizeof(in6));
	return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

/* "HOST:PORT" with a numeric host, in brackets when it has colons. */
static struct addrinfo *
resolve(const char *address)
{
	const struct addrinfo hints = {
	    .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	const char *colon = strrchr(address, ':');
	struct addrinfo *found = NULL;
	char host[64];
	size_t n;

	if (colon == NULL || colon == address || colon[1] == '\0')
		return NULL;
	n = (size_t)(colon - address);
	if (address[0] == '[' && colon[-1] == ']') {
		address++;
		n -= 2;
	} else if (memchr(address, ':', n) != NULL) {
		return NULL;
	}
	if (n == 0 || n >= sizeof(host))
		return NULL;
	memcpy(host, address, n);
	host[n] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return NULL;
	return found;
}

/* Which port the kernel chose, and how to write the address. */
static bool
name_tcp(struct listener *l, const struct addrinfo *ai)
{
	struct sockaddr_storage bound = {0};
	socklen_t len = sizeof(bound);
	char host[64], port[8];

	if (getsockname(l->fd, (struct sockaddr *)&bound, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&bound, len, host, sizeof(host),
	        port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return false;
	l->port = (unsigned)strtoul(port, NULL, 10);
	(void)snprintf(l->name, sizeof(l->name),
	    ai->ai_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host,
	    port);
	return true;
}

static enum status
listen_tcp(const char *address, bool allow_remote, struct listener *l,
    struct fault *fault)
{
	struct addrinfo *ai = resolve(address);
	enum status st;
	int one = 1;

	if (ai == NULL) {
		st = fault_set(fault, CONFIG_VALUE,
		    "listen = %s: not a numeric address with a port; %s",
		    address, forms);
		goto out;
	}
	l->local = is_loopback(ai->ai_addr);
	if (!l->local && !allow_remote) {
		st = fault_set(fault, LISTEN_REMOTE,
		    "listen = %s: other hosts could reach it without TLS; put "
		    "a proxy in front, or say allow-remote = yes",
		    address);
		goto out;
	}
	l->fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 ||
	    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) !=
	        0 ||
	    bind(l->fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    listen(l->fd, BACKLOG) != 0 || !name_tcp(l, ai)) {
		st = fault_set(fault, LISTEN_FAILED,
		    "listen = %s: %s; choose another port or stop who has it",
		    address, strerror(errno));
		goto out;
	}
	st = OK;
out:
	if (ai != NULL)
		freeaddrinfo(ai);
	return st;
}

/*
 * A socket file that a dead process left is removed; one that answers, or
 * a file of another kind, is not ours to remove.
 */
static enum status
clear_stale(const struct sockaddr_un *sun, struct fault *fault)
{
	const struct sockaddr *sa = (const struct sockaddr *)sun;
	enum status st = OK;
	struct stat sb;
	int fd;

	if (lstat(sun->sun_path, &sb) != 0)
		return OK; /* nothing there, or bind says what is wrong */
	if (!S_ISSOCK(sb.st_mode))
		return fault_set(fault, LISTEN_FAILED,
		    "%s: there is a file that is no socket; choose another "
		    "path",
		    sun->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, sa, sizeof(*sun)) == 0 ||
	    errno != ECONNREFUSED)
		st = fault_set(fault, LISTEN_FAILED,
		    "%s: another process listens there", sun->sun_path);
	else if (unlink(sun->sun_path) != 0)
		st = fault_errno(fault, LISTEN_FAILED, sun->sun_path,
		    "remove the stale socket");
	if (fd >= 0)
		(void)close(fd);
	return st;
}

static enum status
listen_unix(const char *path, struct listener *l, struct fault *fault)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct stat sb;
	enum status st;

	if (path[0] != '/' || strlen(path) >= sizeof(sun.sun_path))
		return fault_set(fault, CONFIG_VALUE,
		    "listen = unix:%.80s: not an absolute path of at most %zu "
		    "bytes",
		    path, sizeof(sun.sun_path) - 1);
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if ((st = clear_stale(&sun, fault)) != OK)
		return st;

	/* Owner and group, for the proxy's sake; the folder decides too. */
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || fchmod(l->fd, 0660) != 0 ||
	    bind(l->fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
		return fault_errno(
		    fault, LISTEN_FAILED, path, "check its folder");
	(void)snprintf(l->path, sizeof(l->path), "%s", path);
	if (lstat(path, &sb) == 0) {
		l->dev = sb.st_dev;
		l->ino = sb.st_ino;
	}
	if (chmod(path, 0660) != 0 || listen(l->fd, BACKLOG) != 0) {
		st =
		    fault_errno(fault, LISTEN_FAILED, path, "check its folder");
		listen_forget(l);
		return st;
	}
	l->local = true;
	(void)snprintf(l->name, sizeof(l->name), "unix:%s", path);
	return OK;
}

enum status
listen_on(const char *address, bool allow_remote, struct listener *out,
    struct fault *fault)
{
	struct listener l = {.fd = -1};
	enum status st;

	if (strncmp(address, "unix:", 5) == 0)
		st = listen_unix(address + 5, &l, fault);
	else
		st = listen_tcp(address, allow_remote, &l, fault);
	if (st == OK)
		*out = l;
	else if (l.fd >= 0)
		(void)close(l.fd);
	return st;
}

void
listen_forget(const struct listener *listener)
{
	struct stat sb;

	if (listener->path[0] != '\0' && lstat(listener->path, &sb) == 0 &&
	    sb.st_dev == listener->dev && sb.st_ino == listener->ino)
		(void)unlink(listener->path);
}
