/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages between the processes, over sockets; the table of them is
 * tried whole in test_message_table.c.
 */
#include "deadline.h"
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
	    cmocka_unit_test(test_pass),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
