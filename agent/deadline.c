/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
#include "deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

uint64_t
deadline_now(void)
{
	struct timespec ts = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

uint64_t
deadline_in(uint64_t ms)
{
	return deadline_now() + ms;
}

int
deadline_left(uint64_t deadline)
{
	uint64_t now = deadline_now();

	if (now >= deadline)
		return 0;
	return deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now);
}

enum status
deadline_wait(int fd, short events, uint64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = events};

	for (;;) {
		int left = deadline_left(deadline);
		int n = left == 0 ? 0 : poll(&p, 1, left);

		if (n > 0)
			return (p.revents & POLLNVAL) != 0 ? INTERNAL : OK;
		if (n == 0 && deadline_left(deadline) == 0)
			return TIMEOUT;
		if (n < 0 && errno != EINTR)
			return INTERNAL;
	}
}
