/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A deadline for each request.  The HTTP library drops a connection that is
 * silent; this also ends one that trickles.  All functions may be called
 * from any thread.
 */
#ifndef SERVICE_WATCH_H
#define SERVICE_WATCH_H

#include <stddef.h>

struct watch;
struct watch_slot;

/* For at most COUNT connections; NULL without memory. */
struct watch *watch_new(size_t count);
void watch_free(struct watch *watch); /* NULL is fine */

/* A connection opens; NULL when there is no slot left for it. */
struct watch_slot *watch_open(struct watch *watch, int fd);

/* An answer was sent: the time starts anew.  NULL is fine. */
void watch_renew(struct watch *watch, struct watch_slot *slot);

/* A connection closes; before its descriptor does.  NULL is fine. */
void watch_close(struct watch *watch, struct watch_slot *slot);

/* Shut down what has been at one request for more than SECONDS. */
void watch_sweep(struct watch *watch, int seconds);

#endif
