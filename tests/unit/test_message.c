/* SPDX-License-Identifier: Apache-2.0 */
/* The messages between the processes: the table, whole, and over sockets. */
#include "deadline.h"
#include "enrol.h"
#include "message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Long enough for any machine, and never waited for in full. */
enum { LONG = 60000 };

/* All that is allowed, written a second time. */
struct allowed {
	enum role from, to;
	unsigned type;
	size_t min, max;
};
static const struct allowed report[] = {
    {ROLE_SEND, ROLE_SEAL, MESSAGE_NONCE, 32, 32},
    {ROLE_SUPERVISOR, ROLE_SEAL, MESSAGE_NONCE, 32, 32},
    {ROLE_SEAL, ROLE_COLLECT, MESSAGE_ASK, 66, 82},
    {ROLE_COLLECT, ROLE_SEAL, MESSAGE_BOARD, 1, 1 << 20},
    {ROLE_SEAL, ROLE_SEND, MESSAGE_BUNDLE, 1, 1 << 20},
    {ROLE_SEAL, ROLE_SUPERVISOR, MESSAGE_BUNDLE, 1, 1 << 20},
};
static const struct allowed enrolment[] = {
    {ROLE_SEAL, ROLE_SEND, MESSAGE_KEYS, 1, 1 << 14},
    {ROLE_SEND, ROLE_SEAL, MESSAGE_CREDENTIAL, 1, 700},
    {ROLE_SEAL, ROLE_SEND, MESSAGE_PROOF, 32, 32},
};

static bool
is_allowed(const struct allowed *a, size_t count, enum role from, enum role to,
    unsigned type, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (a[i].from == from && a[i].to == to && a[i].type == type &&
		    len >= a[i].min && len <= a[i].max)
			return true;
	return false;
}

/* Every type, pair of roles and telling length; each once and only once. */
static size_t
try_table(const struct message_table *table, const struct allowed *a,
    size_t count)
{
	static const enum role roles[] = {
	    ROLE_SUPERVISOR, ROLE_SEND, ROLE_SEAL, ROLE_COLLECT};
	static const size_t lens[] = {0, 1, 31, 32, 33, 65, 66, 82, 83, 700,
	    701, 1 << 14, (1 << 14) + 1, (1 << 20) - 1, 1 << 20,
	    (1 << 20) + 1, UINT32_MAX};
	size_t passed = 0;

	for (unsigned i = 0; i < 256 * 4 * 4 * 17; i++) {
		unsigned type = i / (4 * 4 * 17);
		enum role from = roles[i / (4 * 17) % 4];
		enum role to = roles[i / 17 % 4];
		size_t len = lens[i % 17];
		bool want = is_allowed(a, count, from, to, type, len);

		assert_int_equal(message_permit(table, 0, from, to, type, len),
		    want ? OK : MESSAGE_REFUSED);
		if (!want)
			continue;
		passed++;
		assert_int_equal(
		    message_permit(table, 1u << type, from, to, type, len),
		    MESSAGE_REFUSED);
	}
	return passed;
}

static void
test_permit(void **state)
{
	(void)state;
	assert_int_equal(try_table(&report_messages, report,
	                     sizeof(report) / sizeof(report[0])),
	    2 + 2 + 3 * 14);
	/* A credential is for the program that an operator runs, alone. */
	assert_int_equal(try_table(&enrol_messages, enrolment,
	                     sizeof(enrolment) / sizeof(enrolment[0])),
	    11 + 9 + 1);
}

static void
make_pair(int fd[2])
{
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
}

static void
test_pass(void **state)
{
	uint8_t nonce[NONCE_LEN], got[NONCE_LEN];
	struct writer w = writer_of(got, sizeof(got));
	struct channel a, b;
	int fd[2];

	(void)state;
	memset(nonce, 7, sizeof(nonce));
	make_pair(fd);
	a = channel_of(fd[0], ROLE_SEND, ROLE_SEAL, &report_messages);
	b = channel_of(fd[1], ROLE_SEAL, ROLE_SEND, &report_messages);
	assert_int_equal(
	    channel_send(&a, MESSAGE_NONCE, BYTES_OF(nonce), deadline_in(LONG)),
	    OK);
	assert_int_equal(
	    channel_receive(&b, MESSAGE_NONCE, &w, deadline_in(LONG)), OK);
	assert_true(bytes_eq(BYTES_OF(nonce), BYTES_OF(got)));

	/* Not a second time, on either side. */
	assert_int_equal(
	    channel_send(&a, MESSAGE_NONCE, BYTES_OF(nonce), deadline_in(LONG)),
	    MESSAGE_REFUSED);
	a.seen = 0;
	assert_int_equal(
	    channel_send(&a, MESSAGE_NONCE, BYTES_OF(nonce), deadline_in(LONG)),
	    OK);
	w = writer_of(got, sizeof(got));
	assert_int_equal(
	    channel_receive(&b, MESSAGE_NONCE, &w, deadline_in(LONG)),
	    MESSAGE_REFUSED);

	/* A peer that has gone. */
	(void)close(fd[0]);
	b.seen = 0;
	while (read(fd[1], got, sizeof(got)) > 0)
		;
	w = writer_of(got, sizeof(got));
	assert_int_equal(
	    channel_receive(&b, MESSAGE_NONCE, &w, deadline_in(LONG)),
	    PROCESS_DIED);
	assert_int_equal(channel_send(&b, MESSAGE_BUNDLE, BYTES_OF(nonce),
	                     deadline_in(LONG)),
	    PROCESS_DIED);
	(void)close(fd[1]);
}

/* Frames that [seal] must not take for a nonce. */
static const struct {
	uint8_t frame[48];
	size_t n;
	enum status st;
} frames[] = {
    {{0}, 0, PROCESS_DIED},
    {{1, 32, 0, 0}, 4, PROCESS_DIED},
    {{1, 32, 0, 0, 0}, 5, PROCESS_DIED},
    {{1, 32, 0, 0, 0, 1, 2, 3}, 36, PROCESS_DIED},
    {{1, 31, 0, 0, 0}, 36, MESSAGE_REFUSED},
    {{1, 33, 0, 0, 0}, 38, MESSAGE_REFUSED},
    {{1, 0, 0, 0, 0}, 5, MESSAGE_REFUSED},
    {{1, 32, 0, 0, 0x80}, 37, MESSAGE_REFUSED},
    {{1, 0, 0, 0, 32}, 37, MESSAGE_REFUSED},
    {{0, 32, 0, 0, 0}, 37, MESSAGE_REFUSED},
    {{2, 66, 0, 0, 0}, 37, MESSAGE_REFUSED},
    {{4, 32, 0, 0, 0}, 37, MESSAGE_REFUSED},
    {{255, 255, 255, 255, 255}, 5, MESSAGE_REFUSED},
    {{1, 32, 0, 0, 0, 9}, 37, OK},
};

static void
test_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		uint8_t got[64];
		struct writer w = writer_of(got, sizeof(got));
		struct channel c;
		enum status st;
		int fd[2];

		make_pair(fd);
		assert_int_equal(
		    write(fd[0], frames[i].frame, frames[i].n), frames[i].n);
		(void)close(fd[0]);
		c = channel_of(fd[1], ROLE_SEAL, ROLE_SEND, &report_messages);
		st = channel_receive(&c, MESSAGE_NONCE, &w, deadline_in(LONG));
		if (st != frames[i].st)
			fail_msg("frame %zu: %s", i, status_name(st));
		(void)close(fd[1]);
	}
}

static void
test_deadline(void **state)
{
	uint8_t got[64];
	struct writer w = writer_of(got, sizeof(got));
	struct channel c;
	int fd[2];

	(void)state;
	make_pair(fd);
	c = channel_of(fd[1], ROLE_SEAL, ROLE_SEND, &report_messages);
	assert_int_equal(
	    channel_receive(&c, MESSAGE_NONCE, &w, deadline_in(10)), TIMEOUT);

	/* A frame that never ends is late too. */
	assert_int_equal(write(fd[0], "\1\40\0\0\0abc", 8), 8);
	assert_int_equal(
	    channel_receive(&c, MESSAGE_NONCE, &w, deadline_in(10)), TIMEOUT);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_permit),
	    cmocka_unit_test(test_pass),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
