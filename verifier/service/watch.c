/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct watch_slot {
	bool used;
	int fd;
	time_t since; /* monotonic */
};

struct watch {
	pthread_mutex_t lock;
	size_t count;
	struct watch_slot slots[];
};

static time_t
monotonic(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

struct watch *
watch_new(size_t count)
{
	struct watch *w;

	w = calloc(1, sizeof(*w) + count * sizeof(w->slots[0]));
	if (w == NULL)
		return NULL;
	w->count = count;
	if (pthread_mutex_init(&w->lock, NULL) != 0) {
		free(w);
		return NULL;
	}
	return w;
}

void
watch_free(struct watch *watch)
{
	if (watch == NULL)
		return;
	(void)pthread_mutex_destroy(&watch->lock);
	free(watch);
}

struct watch_slot *
watch_open(struct watch *watch, int fd)
{
	struct watch_slot *slot = NULL;

	(void)pthread_mutex_lock(&watch->lock);
	for (size_t i = 0; i < watch->count && slot == NULL; i++)
		if (!watch->slots[i].used)
			slot = &watch->slots[i];
	if (slot != NULL) {
		slot->used = true;
		slot->fd = fd;
		slot->since = monotonic();
	}
	(void)pthread_mutex_unlock(&watch->lock);
	return slot;
}

void
watch_renew(struct watch *watch, struct watch_slot *slot)
{
	if (slot == NULL)
		return;
	(void)pthread_mutex_lock(&watch->lock);
	slot->since = monotonic();
	(void)pthread_mutex_unlock(&watch->lock);
}

void
watch_close(struct watch *watch, struct watch_slot *slot)
{
	if (slot == NULL)
		return;
	(void)pthread_mutex_lock(&watch->lock);
	slot->used = false;
	(void)pthread_mutex_unlock(&watch->lock);
}

void
watch_sweep(struct watch *watch, int seconds)
{
	time_t now = monotonic();

	/* Under the lock no descriptor here is closed or used again. */
	(void)pthread_mutex_lock(&watch->lock);
	for (size_t i = 0; i < watch->count; i++)
		if (watch->slots[i].used &&
		    now - watch->slots[i].since > seconds)
			(void)shutdown(watch->slots[i].fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&watch->lock);
}
