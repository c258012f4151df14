/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
/*
 * The client's side of TLS 1.2 and later over a connected, non-blocking
 * socket.  The server's name and chain are always verified.  The one file
 * that knows mbedTLS's ssl interface is tls.c.
 */
#ifndef ASSAY_TLS_H
#define ASSAY_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "status.h"

struct tls;

/* Read the trusted certificates from CA_FILE; says what is wrong. */
enum status tls_new(const char *ca_file, struct tls **out);
void tls_free(struct tls *tls); /* NULL is fine */

/* Shake hands over FD with the server that must be called HOST. */
enum status tls_connect(
    struct tls *tls, int fd, const char *host, uint64_t deadline);

/*
 * As send(2) and recv(2) on a non-blocking socket, but waiting within the
 * deadline: bytes done, 0 at the peer's orderly end, -1 when it failed and
 * *ST has the code.
 */
ssize_t tls_write(struct tls *tls, const void *data, size_t n,
    uint64_t deadline, enum status *st);
ssize_t tls_read(
    struct tls *tls, void *data, size_t n, uint64_t deadline, enum status *st);

/* End the connection; the trusted certificates stay for the next one. */
void tls_close(struct tls *tls);

#endif
