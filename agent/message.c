/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
#include "message.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "deadline.h"

static const struct message_rule rules[] = {
    {MESSAGE_NONCE, ROLE_SEND | ROLE_SUPERVISOR, ROLE_SEAL, NONCE_LEN,
        NONCE_LEN},
    {MESSAGE_ASK, ROLE_SEAL, ROLE_COLLECT, ASK_MIN, ASK_MAX},
    {MESSAGE_BOARD, ROLE_COLLECT, ROLE_SEAL, 1, BOARD_MAX},
    {MESSAGE_BUNDLE, ROLE_SEAL, ROLE_SEND | ROLE_SUPERVISOR, 1, EVIDENCE_MAX},
};

const struct message_table report_messages = {
    rules, sizeof(rules) / sizeof(rules[0])};

struct channel
channel_of(int fd, enum role self, enum role peer,
    const struct message_table *table)
{
	return (struct channel){fd, self, peer, table, 0};
}

enum status
message_permit(const struct message_table *table, unsigned seen,
    enum role from, enum role to, unsigned type, size_t len)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct message_rule *r = &table->rule[i];

		if (r->type != type)
			continue;
		if ((r->from & from) == 0 || (r->to & to) == 0)
			return MESSAGE_REFUSED;
		if (len < r->min || len > r->max)
			return MESSAGE_REFUSED;
		return (seen >> type & 1) == 0 ? OK : MESSAGE_REFUSED;
	}
	return MESSAGE_REFUSED;
}

/* All of B, or a reason. */
static enum status
put(int fd, struct bytes b, uint64_t deadline)
{
	enum status st;

	while (b.n > 0) {
		ssize_t n = send(fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0) {
			b = bytes_sub(b, (size_t)n, b.n - (size_t)n);
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return PROCESS_DIED;
		if ((st = deadline_wait(fd, POLLOUT, deadline)) != OK)
			return st;
	}
	return OK;
}

/* Exactly N bytes into W, or a reason. */
static enum status
get(int fd, size_t n, struct writer *w, uint64_t deadline)
{
	uint8_t *at = write_space(w, n);
	size_t have = 0;
	enum status st;

	if (at == NULL)
		return MESSAGE_REFUSED;
	while (have < n) {
		ssize_t k = recv(fd, at + have, n - have, MSG_DONTWAIT);

		if (k > 0) {
			have += (size_t)k;
			continue;
		}
		if (k == 0 || (errno != EAGAIN && errno != EINTR))
			return PROCESS_DIED;
		if ((st = deadline_wait(fd, POLLIN, deadline)) != OK)
			return st;
	}
	return OK;
}

enum status
channel_send(
    struct channel *c, unsigned type, struct bytes body, uint64_t deadline)
{
	uint8_t head[MESSAGE_HEAD];
	struct writer w = writer_of(head, sizeof(head));
	enum status st;

	/* Never write what the other side would have to refuse. */
	st = message_permit(
	    c->table, c->seen, c->self, c->peer, type, body.n);
	if (st != OK)
		return st;
	c->seen |= 1u << type;

	write_u8(&w, (uint8_t)type);
	write_le32(&w, (uint32_t)body.n);
	if ((st = put(c->fd, writer_view(&w), deadline)) != OK)
		return st;
	return put(c->fd, body, deadline);
}

enum status
channel_receive(struct channel *c, unsigned want, struct writer *body,
    uint64_t deadline)
{
	uint8_t head[MESSAGE_HEAD];
	struct writer w = writer_of(head, sizeof(head));
	struct reader r;
	uint32_t len;
	enum status st;

	if ((st = get(c->fd, sizeof(head), &w, deadline)) != OK)
		return st;
	r = reader_of(writer_view(&w));

	/* The one message that is due, in its length, once. */
	if (read_u8(&r) != want)
		return MESSAGE_REFUSED;
	len = read_le32(&r);
	st = message_permit(c->table, c->seen, c->peer, c->self, want, len);
	if (st != OK)
		return st;
	c->seen |= 1u << want;
	return get(c->fd, len, body, deadline);
}
