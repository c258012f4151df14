/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

/* 2026-06-01, within the validity of the forged certificates. */
enum { A_GOOD_TIME = 1780272000 };

static int
find_host(void *arg, const uint8_t *name, size_t len, struct assay_host *host)
{
	const struct world *w = arg;
	*host = w->host;
	if (w->before != BEFORE_UNKNOWN) {
		memcpy(host->follows_ak_name, name, len);
		host->follows_ak_name[3] ^= w->before == BEFORE_OTHER;
		host->follows_ak_name_len = len;
	}
	return w->host_rc;
}

void
world_reset(struct world *w)
{
	forge_reset(&w->forge);
	w->policy = forge_policy;
	w->event_policy = NULL;
	w->anchor = true;
	w->has_time = true;
	w->time = A_GOOD_TIME;
	w->epoch = NULL;
	w->inventory = (struct bytes){NULL, 0};
	w->host_rc = 0;
	w->before = BEFORE_UNKNOWN;
	memset(&w->host, 0, sizeof(w->host));
	w->host.enrolment = ASSAY_PINNED;
	w->nonce = w->forge.nonce;
	w->nonce_len = NONCE_LEN;
}

bool
world_open(struct world *w, enum key_type type)
{
	if (!forge_open(&w->forge, type))
		return false;
	world_reset(w);
	return true;
}

void
world_close(struct world *w)
{
	forge_close(&w->forge);
}

struct assay *
world_context(struct world *w)
{
	struct assay *ctx = assay_new();
	char error[256];

	if (ctx == NULL)
		return NULL;
	if (w->has_time)
		assay_set_time(ctx, w->time);
	assay_set_hosts(ctx, find_host, w);
	if ((w->policy != NULL &&
		assay_add(ctx, ASSAY_POLICY, w->policy, strlen(w->policy),
		    error, sizeof(error)) != 0) ||
	    (w->inventory.n > 0 &&
		assay_add(ctx, ASSAY_INVENTORY, w->inventory.p,
		    w->inventory.n, error, sizeof(error)) != 0) ||
	    (w->event_policy != NULL &&
		assay_add(ctx, ASSAY_EVENT_POLICY, w->event_policy,
		    strlen(w->event_policy), error, sizeof(error)) != 0) ||
	    (w->epoch != NULL &&
		assay_add(ctx, ASSAY_EPOCH, w->epoch, strlen(w->epoch), error,
		    sizeof(error)) != 0) ||
	    (w->anchor &&
		assay_add(ctx, ASSAY_ANCHOR, w->forge.board.root,
		    w->forge.board.root_len, error, sizeof(error)) != 0)) {
		assay_free(ctx);
		return NULL;
	}
	return ctx;
}

struct assay_result *
world_verify(struct world *w, enum forge_stage stage,
    void (*change)(struct forge *f))
{
	struct assay_result *r = NULL;
	struct assay *ctx;

	if (!forge_build(&w->forge, stage, change))
		return NULL;
	if ((ctx = world_context(w)) != NULL)
		r = assay_verify(ctx, w->nonce, w->nonce_len, w->forge.out.p,
		    w->forge.out.n);
	assay_free(ctx);
	return r;
}

bool
world_has(const struct assay_result *r, enum status code)
{
	struct assay_reason reason;

	for (size_t i = 0; assay_result_reason(r, i, &reason); i++)
		if (strcmp(reason.code, status_name(code)) == 0)
			return true;
	return false;
}
