/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
/*
 * What may travel between the processes: the messages in a table, each in one
 * direction, each at most once.  Anything else is MESSAGE_REFUSED and ends all.
 * The agent has one table, report_messages; assay-enroll has another.
 *
 *	frame  = type u8, length u32 little-endian, body
 *
 *	NONCE  = 32 bytes: all that ever comes from outside
 *	ASK    = nonce, 32 bytes; name of the AK, 34 or 50 bytes
 *	BOARD  = devices and what they signed, see board.h
 *	BUNDLE = evidence, see docs/protocol.md
 */
#ifndef ASSAY_MESSAGE_H
#define ASSAY_MESSAGE_H

#include "bytes.h"
#include "evidence.h"
#include "status.h"

enum role {
	ROLE_SUPERVISOR = 1 << 0,
	ROLE_SEND = 1 << 1,
	ROLE_SEAL = 1 << 2,
	ROLE_COLLECT = 1 << 3,
};

enum message {
	MESSAGE_NONCE = 1,
	MESSAGE_ASK = 2,
	MESSAGE_BOARD = 3,
	MESSAGE_BUNDLE = 4,
};

enum {
	MESSAGE_HEAD = 5, /* type and length */
	ASK_MIN = NONCE_LEN + 2 + 32,
	ASK_MAX = NONCE_LEN + 2 + 48,
	BOARD_MAX = 1 << 20,
};

/* Who may send what to whom: FROM and TO are sets of roles. */
struct message_rule {
	unsigned type, from, to;
	uint32_t min, max; /* bytes */
};
struct message_table {
	const struct message_rule *rule;
	size_t count;
};
extern const struct message_table report_messages;

/* One end of a connection between two processes. */
struct channel {
	int fd; /* non-blocking stream socket */
	enum role self, peer;
	const struct message_table *table;
	unsigned seen; /* messages that have passed, one bit each */
};

struct channel channel_of(int fd, enum role self, enum role peer,
    const struct message_table *table);

/*
 * May a message of TYPE and LEN travel FROM one role TO another when those
 * in SEEN have passed?  Pure; OK or MESSAGE_REFUSED.
 */
enum status message_permit(const struct message_table *table, unsigned seen,
    enum role from, enum role to, unsigned type, size_t len);

/*
 * Send BODY, or receive exactly the message WANT, appending its body to
 * BODY.  PROCESS_DIED when the peer has gone, TIMEOUT after DEADLINE.
 */
enum status channel_send(
    struct channel *c, unsigned type, struct bytes body, uint64_t deadline);
enum status channel_receive(struct channel *c, unsigned want,
    struct writer *body, uint64_t deadline);

#endif
