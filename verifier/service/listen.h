/* SPDX-License-Identifier: Apache-2.0 */
/* The listening socket: TCP on a numeric address, or a Unix socket. */
#ifndef SERVICE_LISTEN_H
#define SERVICE_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/un.h>

#include "fault.h"

struct listener {
	int fd;
	bool local;     /* only this host can reach it */
	unsigned port;  /* 0 for a Unix socket */
	char name[128]; /* for people: "http://127.0.0.1:8080" */
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	dev_t dev; /* which file PATH was when we made it */
	ino_t ino;
};

/*
 * Listen on ADDRESS: "127.0.0.1:8080", "[::1]:0" (any free port) or
 * "unix:/path".  An address that other hosts can reach needs ALLOW_REMOTE,
 * since TLS is left to a proxy.
 */
enum status listen_on(const char *address, bool allow_remote,
    struct listener *out, struct fault *fault);

/* Remove the file of a Unix socket, if it is still ours. */
void listen_forget(const struct listener *listener);

#endif
