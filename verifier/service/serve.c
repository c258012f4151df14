/* SPDX-License-Identifier: Apache-2.0 */
/* assay-verifier serve */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "http.h"

static int64_t
wall_clock(void)
{
	return (int64_t)time(NULL);
}

/* Up to 256 bytes come whole or not at all, getrandom(2). */
static bool
system_random(uint8_t *out, size_t n)
{
	ssize_t got;

	do {
		got = getrandom(out, n, 0);
	} while (got < 0 && errno == EINTR);
	return got >= 0 && (size_t)got == n;
}

/*
 * What ends the service comes to sigtimedwait alone.  To be called before
 * there is another thread.
 */
static void
hold_signals(sigset_t *stop)
{
	(void)sigemptyset(stop);
	(void)sigaddset(stop, SIGTERM);
	(void)sigaddset(stop, SIGINT);
	(void)sigprocmask(SIG_BLOCK, stop, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static void
wait_for_end(struct http *http, const sigset_t *stop)
{
	static const struct timespec second = {.tv_sec = 1};

	for (;;) {
		if (sigtimedwait(stop, NULL, &second) >= 0)
			return;
		http_sweep(http);
	}
}

/* Say that we are ready, to a script and to a person. */
static enum status
announce(const struct config *config, const struct listener *listener,
    struct fault *fault)
{
	char port[16];
	enum status st;
	int n;

	if (config->port_file[0] != '\0') {
		n = snprintf(port, sizeof(port), "%u\n", listener->port);
		st = file_write(config->port_file, port, (size_t)n, 0644,
		    FILE_REPLACE, NULL, fault);
		if (st != OK)
			return st;
	}
	printf("assay-verifier: ready on %s%s\n", listener->name,
	    config->policy[0] == '\0'
	        ? ", without a policy: no verdict but \"none\""
	        : "");
	(void)fflush(stdout);
	return OK;
}

/* Everything before the first request; released by the caller. */
struct parts {
	struct store *store;
	struct signing_key key;
	struct appraiser *appraiser;
	struct enroller *enroller;
	struct listener listener;
	struct http *http;
};

static size_t
name_files(const struct config_list *list, const char **out)
{
	for (unsigned i = 0; i < list->count; i++)
		out[i] = list->text[i];
	return list->count;
}

static enum status
make_parts(const struct config *config, struct service *service,
    struct parts *p, struct fault *fault)
{
	struct appraiser_input input = {
	    .key = &p->key,
	    .device_window = config->device_window,
	    .policy = config->policy[0] == '\0' ? NULL : config->policy,
	    .event_policy = config->event_policy[0] == '\0'
	        ? NULL
	        : config->event_policy,
	    .firmware = config->tpm_firmware[0] == '\0'
	        ? NULL
	        : config->tpm_firmware,
	};
	enum status st;

	input.anchor_count = name_files(&config->anchor, input.anchors);
	input.inventory_count =
	    name_files(&config->inventory, input.inventories);
	input.crl_count = name_files(&config->crl, input.crls);
	input.ocsp_count = name_files(&config->ocsp, input.ocsp);
	st = store_open(
	    config->store, STORE_CREATE, &store_limits, &p->store, fault);
	if (st != OK)
		return st;
	if ((st = key_load(config->key, &p->key, fault)) != OK)
		return st;
	input.store = p->store;
	if ((st = appraiser_open(&input, &p->appraiser, fault)) != OK)
		return st;
	st = enroller_open(config->tpm_roots,
	    strcmp(config->tpm_roots, TPM_ROOTS_USUAL) == 0,
	    config->tpm_crls[0] == '\0' ? NULL : config->tpm_crls,
	    &p->enroller, fault);
	if (st != OK)
		return st;
	service->enroller = p->enroller;
	service->store = p->store;
	service->appraiser = p->appraiser;
	service->jwk = p->key.jwk;
	return listen_on(
	    config->listen, config->allow_remote, &p->listener, fault);
}

int
command_serve(const struct config *config)
{
	struct service service = {
	    .nonce_ttl = config->nonce_ttl,
	    .enrolment_ttl = config->enrolment_ttl,
	    .now = wall_clock,
	    .random = system_random,
	};
	struct parts p = {.listener = {.fd = -1}};
	const struct http_input input = {
	    .service = &service,
	    .listener = &p.listener,
	    .connections = (unsigned)config->connections,
	    .verbose = config->verbose,
	};
	struct fault fault = {0};
	sigset_t stop;
	enum status st;

	hold_signals(&stop);
	if ((st = make_parts(config, &service, &p, &fault)) != OK)
		goto out;
	if ((st = http_start(&input, &p.http, &fault)) != OK)
		goto out;
	if ((st = announce(config, &p.listener, &fault)) != OK)
		goto out;
	wait_for_end(p.http, &stop);
	st = OK;
out:
	/* The server's descriptor is its own from its start on. */
	if (p.http == NULL && p.listener.fd >= 0)
		(void)close(p.listener.fd);
	http_stop(p.http);
	listen_forget(&p.listener);
	appraiser_close(p.appraiser);
	enroller_close(p.enroller);
	key_free(&p.key);
	store_close(p.store);
	return st == OK ? 0 : fault_print(&fault, st);
}
