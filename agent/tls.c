/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
#include "tls.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include "hash.h"
#include "deadline.h"
#include "say.h"

struct tls {
	mbedtls_x509_crt ca;
	mbedtls_ssl_config conf;
	mbedtls_ssl_context ssl;
	int fd;
};

/* mbedTLS's hooks for random bytes and for the socket. */

static int
tls_random(void *arg, unsigned char *out, size_t n)
{
	(void)arg;
	return random_bytes(out, n) == OK ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int
tls_send(void *arg, const unsigned char *data, size_t n)
{
	const struct tls *tls = arg;
	ssize_t k = send(tls->fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (k >= 0)
		return (int)k;
	return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE
	                                         : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int
tls_recv(void *arg, unsigned char *data, size_t n)
{
	const struct tls *tls = arg;
	ssize_t k = recv(tls->fd, data, n, MSG_DONTWAIT);

	if (k >= 0)
		return (int)k;
	return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ
	                                         : MBEDTLS_ERR_SSL_CONN_EOF;
}

/* TLS 1.2 is the least, the name and the chain are always checked. */
static int
tls_configure(struct tls *tls)
{
	int rc = mbedtls_ssl_config_defaults(&tls->conf, MBEDTLS_SSL_IS_CLIENT,
	    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);

	if (rc != 0)
		return rc;
#if MBEDTLS_VERSION_MAJOR >= 3
	mbedtls_ssl_conf_min_tls_version(
	    &tls->conf, MBEDTLS_SSL_VERSION_TLS1_2);
#else
	mbedtls_ssl_conf_min_version(&tls->conf, MBEDTLS_SSL_MAJOR_VERSION_3,
	    MBEDTLS_SSL_MINOR_VERSION_3);
#endif
	mbedtls_ssl_conf_authmode(&tls->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
	mbedtls_ssl_conf_ca_chain(&tls->conf, &tls->ca, NULL);
	mbedtls_ssl_conf_rng(&tls->conf, tls_random, NULL);
	return 0;
}

enum status
tls_new(const char *ca_file, struct tls **out)
{
	struct tls *tls = calloc(1, sizeof(*tls));
	enum status st = NO_MEMORY;

	*out = NULL;
	if (tls == NULL)
		return NO_MEMORY;
	mbedtls_x509_crt_init(&tls->ca);
	mbedtls_ssl_config_init(&tls->conf);
	mbedtls_ssl_init(&tls->ssl);
	tls->fd = -1;

	/* Some of many may be of kinds unknown here; one must be left. */
	if (mbedtls_x509_crt_parse_file(&tls->ca, ca_file) < 0 ||
	    tls->ca.raw.len == 0) {
		st = say(TLS_FAILED,
		    "%s: no certificate can be read from it; set ca-file",
		    ca_file);
		goto out;
	}
	if (tls_configure(tls) != 0)
		goto out;
	*out = tls;
	return OK;
out:
	tls_free(tls);
	return st;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	mbedtls_ssl_free(&tls->ssl);
	mbedtls_ssl_config_free(&tls->conf);
	mbedtls_x509_crt_free(&tls->ca);
	free(tls);
}

/*
 * After RC of a call: true when it should be made again because the socket
 * has become ready, false when it is done or *ST has the reason.
 */
static bool
tls_again(const struct tls *tls, int rc, uint64_t deadline, enum status *st)
{
	*st = OK;
	if (rc == MBEDTLS_ERR_SSL_WANT_READ)
		*st = deadline_wait(tls->fd, POLLIN, deadline);
	else if (rc == MBEDTLS_ERR_SSL_WANT_WRITE)
		*st = deadline_wait(tls->fd, POLLOUT, deadline);
	else
		return false;
	return *st == OK;
}

/* Say why the handshake ended. */
static enum status
tls_explain(struct tls *tls, const char *host, int rc)
{
	uint32_t flags = mbedtls_ssl_get_verify_result(&tls->ssl);
	char why[128];

	if (rc == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED &&
	    mbedtls_x509_crt_verify_info(why, sizeof(why), "", flags) > 0)
		return say(
		    TLS_FAILED, "%s: %.*s", host, (int)strcspn(why, "\n"), why);
	mbedtls_strerror(rc, why, sizeof(why));
	return say(TLS_FAILED, "%s: %s", host, why);
}

enum status
tls_connect(struct tls *tls, int fd, const char *host, uint64_t deadline)
{
	enum status st = OK;
	int rc;

	tls->fd = fd;
	mbedtls_ssl_init(&tls->ssl);
	if (mbedtls_ssl_setup(&tls->ssl, &tls->conf) != 0 ||
	    mbedtls_ssl_set_hostname(&tls->ssl, host) != 0)
		return NO_MEMORY;
	mbedtls_ssl_set_bio(&tls->ssl, tls, tls_send, tls_recv, NULL);
	do {
		rc = mbedtls_ssl_handshake(&tls->ssl);
	} while (tls_again(tls, rc, deadline, &st));
	if (st != OK || rc == 0)
		return st;
	return tls_explain(tls, host, rc);
}

ssize_t
tls_write(struct tls *tls, const void *data, size_t n, uint64_t deadline,
    enum status *st)
{
	int rc;

	do {
		rc = mbedtls_ssl_write(&tls->ssl, data, n);
	} while (tls_again(tls, rc, deadline, st));
	if (rc < 0 && *st == OK)
		*st = CONNECT_FAILED;
	return rc < 0 ? -1 : rc;
}

/* In TLS 1.3 a ticket may come before the data: nothing for us, go on. */
static bool
is_ticket(int rc)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
	return rc == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
	(void)rc;
	return false;
#endif
}

ssize_t
tls_read(
    struct tls *tls, void *data, size_t n, uint64_t deadline, enum status *st)
{
	int rc;

	do {
		rc = mbedtls_ssl_read(&tls->ssl, data, n);
	} while (is_ticket(rc) || tls_again(tls, rc, deadline, st));
	if (rc == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		return 0;

	/* Without close_notify an end may be a cut (RFC 8446, 6.1). */
	if (rc <= 0 && *st == OK)
		*st = CONNECT_FAILED;
	return rc <= 0 ? -1 : rc;
}

void
tls_close(struct tls *tls)
{
	if (tls->fd >= 0)
		(void)mbedtls_ssl_close_notify(&tls->ssl);
	mbedtls_ssl_free(&tls->ssl);
	mbedtls_ssl_init(&tls->ssl);
	tls->fd = -1;
}
