/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boundary, whole: every state of every channel, every type of message,
 * every class of length, headers and bodies cut at each byte.  First the
 * table and the channels as they are, then [seal] and [collect] themselves,
 * their root of trust a MOCK that notes what reaches it: 32 bytes of nonce,
 * and in an enrolment one credential.  Every run ends.
 */
#include "deadline.h"
#include "deflate.h"
#include "enrol.h"
#include "message.h"
#include "mock_rot.h"
#include "roles.h"
#include "testkit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Long enough for any machine, and never waited for in full. */
enum { LONG = 60000, SOON = 2 };
enum { TYPES = 256, STATES = 1 << 8, BODY_MAX = 128 * 1024 };

/* All that is allowed, written a second time. */
static const struct {
	const struct message_table *table;
	enum role from, to;
	unsigned type;
	size_t min, max;
} allowed[] = {
    {&report_messages, ROLE_SEND, ROLE_SEAL, MESSAGE_NONCE, 32, 32},
    {&report_messages, ROLE_SUPERVISOR, ROLE_SEAL, MESSAGE_NONCE, 32, 32},
    {&report_messages, ROLE_SEAL, ROLE_COLLECT, MESSAGE_ASK, 66, 82},
    {&report_messages, ROLE_COLLECT, ROLE_SEAL, MESSAGE_BOARD, 1, 1 << 20},
    {&report_messages, ROLE_SEAL, ROLE_SEND, MESSAGE_BUNDLE, 1, 1 << 20},
    {&report_messages, ROLE_SEAL, ROLE_SUPERVISOR, MESSAGE_BUNDLE, 1,
        1 << 20},
    {&enrol_messages, ROLE_SEAL, ROLE_SEND, MESSAGE_KEYS, 1, 1 << 14},
    {&enrol_messages, ROLE_SEND, ROLE_SEAL, MESSAGE_CREDENTIAL, 1, 700},
    {&enrol_messages, ROLE_SEAL, ROLE_SEND, MESSAGE_PROOF, 32, 32},
};

static const struct message_table *const tables[] = {
    &report_messages, &enrol_messages};

static const enum role roles[] = {
    ROLE_SUPERVISOR, ROLE_SEND, ROLE_SEAL, ROLE_COLLECT};

/* Zero, one, and around every length that is right for something. */
static const size_t lengths[] = {0, 1, 31, 32, 33, 65, 66, 67, 81, 82, 83, 699,
    700, 701, (1 << 14) - 1, 1 << 14, (1 << 14) + 1, (1 << 20) - 1, 1 << 20,
    (1 << 20) + 1, INT32_MAX, UINT32_MAX};

/* Every type there is, and such as there are none of. */
static const unsigned types[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 127, 128, 255};

static bool
is_allowed(const struct message_table *table, enum role from, enum role to,
    unsigned type, size_t len)
{
	for (size_t i = 0; i < COUNT(allowed); i++)
		if (allowed[i].table == table && allowed[i].from == from &&
		    allowed[i].to == to && allowed[i].type == type &&
		    len >= allowed[i].min && len <= allowed[i].max)
			return true;
	return false;
}

/* One table alone: all that can have passed, all types. */
static size_t
every_state(const struct message_table *table, enum role from, enum role to,
    size_t len)
{
	size_t passed = 0;

	for (unsigned type = 0; type < TYPES; type++) {
		bool may = is_allowed(table, from, to, type, len);

		for (unsigned seen = 0; seen < STATES; seen++) {
			bool want = may && (seen >> type & 1) == 0;
			enum status st =
			    message_permit(table, seen, from, to, type, len);

			if ((st == OK) != want ||
			    (!want && st != MESSAGE_REFUSED))
				fail_msg("%d to %d, type %u, %zu bytes, "
				         "after %x",
				    from, to, type, len, seen);
			passed += want;
		}
	}
	return passed;
}

static void
test_every_state(void **state)
{
	size_t passed = 0;

	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++)
		for (size_t i = 0; i < COUNT(roles) * COUNT(roles); i++)
			for (size_t l = 0; l < COUNT(lengths); l++)
				passed += every_state(tables[t],
				    roles[i / COUNT(roles)],
				    roles[i % COUNT(roles)], lengths[l]);

	/* 9 rows; half of the states have not seen the type. */
	assert_int_equal(passed,
	    (size_t)STATES / 2 * (2 * 1 + 4 + 3 * 18 + 15 + 12 + 1));
}

/* A connection; what is written into the far end arrives at the near one. */
struct line {
	int near, far;
};

static struct line
line_new(void)
{
	int fd[2], room = 4 << 20;

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	(void)setsockopt(fd[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return (struct line){fd[0], fd[1]};
}

static void
line_free(struct line *l)
{
	(void)close(l->near);
	(void)close(l->far);
}

static void
line_put(const struct line *l, const void *p, size_t n)
{
	assert_int_equal(write(l->far, p, n), n);
}

/* The far end says no more, yet still listens. */
static void
line_end(const struct line *l)
{
	assert_int_equal(shutdown(l->far, SHUT_WR), 0);
}

/* A header and as much of a body as asked for, of bytes that can be told. */
static void
line_frame(const struct line *l, unsigned type, size_t len, size_t body)
{
	static uint8_t frame[MESSAGE_HEAD + BODY_MAX];

	assert_true(body <= BODY_MAX);
	frame[0] = (uint8_t)type;
	for (size_t i = 0; i < 4; i++)
		frame[1 + i] = (uint8_t)(len >> 8 * i);
	for (size_t i = 0; i < body; i++)
		frame[MESSAGE_HEAD + i] = (uint8_t)(i + 1);
	line_put(l, frame, MESSAGE_HEAD + body);
}

/* What lies at one end, unread. */
static size_t
unread(int fd)
{
	int n = 0;

	assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	return (size_t)n;
}

/* How much of the body follows the header. */
enum share { WHOLE, ALL_BUT_ONE, NONE, SHARES };

static size_t
share_of(enum share share, size_t len)
{
	if (share == NONE || len == 0)
		return 0;
	return share == WHOLE ? len : len - 1;
}

/* One frame of TYPE and LEN at a channel that waits for WANT. */
static void
receive_one(const struct message_table *table, enum role self, enum role peer,
    unsigned want, unsigned seen, unsigned type, size_t len, enum share share)
{
	static uint8_t got[1 << 20];
	size_t body = share_of(share, len);
	struct writer w = writer_of(got, sizeof(got));
	struct line l = line_new();
	struct channel c = channel_of(l.near, self, peer, table);
	enum status st, expect = MESSAGE_REFUSED;

	c.seen = seen;
	line_frame(&l, type, len, body);
	line_end(&l);
	if (type == want && is_allowed(table, peer, self, type, len) &&
	    (seen >> type & 1) == 0)
		expect = body == len ? OK : PROCESS_DIED;
	st = channel_receive(&c, want, &w, deadline_in(LONG));
	if (st != expect)
		fail_msg("want %u after %x: type %u, %zu of %zu bytes: %s",
		    want, seen, type, body, len, status_name(st));

	/* Of a frame that is refused, no more than the header is read. */
	if (st == MESSAGE_REFUSED)
		assert_int_equal(unread(l.near), body);
	if (st == OK) {
		assert_int_equal(w.n, len);
		assert_int_equal(got[len - 1], (uint8_t)len);
		assert_int_equal(c.seen, seen | 1u << type);
	}
	line_free(&l);
}

/* Over sockets: all roles, all that is waited for, by one table. */
static void
every_frame(const struct message_table *table, enum role self, enum role peer)
{
	for (unsigned want = 1; want <= MESSAGE_PROOF; want++)
		for (size_t t = 0; t < COUNT(types); t++)
			for (size_t n = 0; n < COUNT(lengths); n++)
				receive_one(table, self, peer, want, 0,
				    types[t], lengths[n],
				    lengths[n] > BODY_MAX ? NONE : WHOLE);
}

static void
test_every_frame(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++)
		for (size_t i = 0; i < COUNT(roles) * COUNT(roles); i++)
			every_frame(tables[t], roles[i / COUNT(roles)],
			    roles[i % COUNT(roles)]);
}

/* The same with every set of messages that can have passed before. */
static void
test_every_frame_after(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(allowed); i++)
		for (unsigned seen = 0; seen < STATES; seen++)
			for (int share = 0; share < SHARES; share++)
				receive_one(allowed[i].table, allowed[i].to,
				    allowed[i].from, allowed[i].type, seen,
				    allowed[i].type, allowed[i].min,
				    (enum share)share);
}

/* A header that ends early, and one that never ends. */
static void
test_every_cut(void **state)
{
	static const uint8_t head[MESSAGE_HEAD] = {MESSAGE_NONCE, 32};
	uint8_t got[64];

	(void)state;
	for (size_t i = 0; i < COUNT(allowed); i++)
		for (size_t cut = 0; cut < MESSAGE_HEAD; cut++)
			for (int closed = 0; closed < 2; closed++) {
				struct writer w = writer_of(got, sizeof(got));
				struct line l = line_new();
				struct channel c = channel_of(
				    l.near, allowed[i].to, allowed[i].from,
				    allowed[i].table);

				line_put(&l, head, cut);
				if (closed)
					line_end(&l);
				assert_status(channel_receive(&c,
				                  allowed[i].type, &w,
				                  deadline_in(
				                      closed ? LONG : SOON)),
				    closed ? PROCESS_DIED : TIMEOUT);
				assert_int_equal(w.n, 0);
				line_free(&l);
			}
}

/* --- The processes themselves, each run in this one. */

struct stage {
	struct config config;
	struct job job;
	struct line front, back;
	char root[64];
};

static int
file_of(const char *text)
{
	int fd = memfd_create("MOCK", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static struct stage *
stage_new(void)
{
	struct stage *s = calloc(1, sizeof(*s));
	char path[128];

	assert_non_null(s);
	config_defaults(&s->config);
	(void)snprintf(s->root, sizeof(s->root), "/tmp/table.XXXXXX");
	assert_non_null(mkdtemp(s->root));
	(void)snprintf(path, sizeof(path), "%s/bus", s->root);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/bus/pci", s->root);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/bus/pci/devices", s->root);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(s->config.platform, sizeof(s->config.platform),
	    "pci:%s", s->root);

	s->job.config = &s->config;
	s->job.deadline = deadline_in(LONG);
	for (size_t i = 0; i < FD_COUNT; i++)
		s->job.fd[i] = -1;
	s->job.fd[FD_AGENT] = file_of("no program");
	s->job.fd[FD_BOOT_ID] = file_of("00000000-0000-4000-8000-000000000001");
	return s;
}

static void
stage_free(struct stage *s)
{
	static const char *const parts[] = {
	    "/bus/pci/devices", "/bus/pci", "/bus", ""};
	char path[128];

	for (size_t i = 0; i < COUNT(parts); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", s->root, parts[i]);
		assert_int_equal(rmdir(path), 0);
	}
	(void)close(s->job.fd[FD_AGENT]);
	(void)close(s->job.fd[FD_BOOT_ID]);
	free(s);
}

/* Fresh connections, and nothing has reached the MOCK. */
static void
stage_set(struct stage *s)
{
	s->front = line_new();
	s->back = line_new();
	s->job.fd[FD_SEAL_FRONT] = s->front.near;
	s->job.fd[FD_SEAL_BACK] = s->back.near;
	memset(&mock_rot, 0, sizeof(mock_rot));
}

static void
stage_clear(struct stage *s)
{
	line_free(&s->front);
	line_free(&s->back);
}

/* Run without its words: there are thousands of them. */
static enum status
quietly(enum status (*run)(const struct job *), const struct job *job)
{
	int kept = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
	enum status st;

	assert_true(kept >= 0 && dup2(null, STDERR_FILENO) >= 0);
	st = run(job);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	(void)close(kept);
	(void)close(null);
	return st;
}

/* Whatever stands where the nonce should: it goes no further. */
static void
test_seal_nonce(void **state)
{
	struct stage *s = stage_new();
	unsigned good = 0;

	(void)state;
	for (int from_send = 0; from_send < 2; from_send++)
		for (size_t t = 0; t < COUNT(types); t++)
			for (size_t n = 0; n < COUNT(lengths); n++)
				for (int share = 0; share < SHARES; share++) {
					size_t len = lengths[n],
					       body = share_of(
					           (enum share)share, len);
					bool right = types[t] == 1 &&
					             len == 32 && body == 32;
					enum status st;

					if (body > BODY_MAX)
						continue;
					stage_set(s);
					s->job.from_send = from_send != 0;
					line_frame(
					    &s->front, types[t], len, body);
					line_end(&s->front);
					line_end(&s->back);
					st = quietly(seal_run, &s->job);
					good += right;
					if (right) {
						/* It asked, and nobody was
						 * there to answer. */
						assert_status(st, PROCESS_DIED);
						assert_int_equal(
						    mock_rot.opened, 1);
						assert_int_equal(
						    unread(s->back.far),
						    5 + 32 + 34);
					} else {
						assert_true(
						    st == MESSAGE_REFUSED ||
						    st == PROCESS_DIED);
						assert_int_equal(
						    mock_rot.opened, 0);
						assert_int_equal(
						    unread(s->back.far), 0);
					}
					assert_int_equal(mock_rot.quoted, 0);
					assert_int_equal(
					    unread(s->front.far), 0);
					stage_clear(s);
				}
	assert_int_equal(good, 2);
	stage_free(s);
}

/* The one frame that may come: what goes on is its 32 bytes, no more. */
static void
test_seal_only_nonce(void **state)
{
	struct stage *s = stage_new();
	uint8_t ask[128];

	(void)state;
	for (size_t t = 0; t < COUNT(types); t++) {
		stage_set(s);
		line_frame(&s->front, MESSAGE_NONCE, 32, 32);

		/* More of whatever kind: it is never even read. */
		line_frame(&s->front, types[t], 32, 32);
		line_end(&s->back);
		assert_status(quietly(seal_run, &s->job), PROCESS_DIED);
		assert_int_equal(unread(s->front.near), MESSAGE_HEAD + 32);
		assert_int_equal(
		    read(s->back.far, ask, sizeof(ask)), 5 + 32 + 34);
		assert_memory_equal(ask, "\2\102\0\0\0\1\2\3\4", 9);
		for (unsigned i = 0; i < NONCE_LEN; i++)
			assert_int_equal(ask[5 + i], i + 1);
		assert_memory_equal(ask + 5 + 32, "\0\13\1\2\3\0\0", 7);
		stage_clear(s);
	}
	stage_free(s);
}

/* After the nonce: nothing but a whole board leads to a signature. */
static void
test_seal_board(void **state)
{
	static const uint8_t none[] = {MESSAGE_BOARD, 3, 0, 0, 0, 0, 0, 0};
	struct stage *s = stage_new();

	(void)state;
	for (size_t t = 0; t < COUNT(types); t++)
		for (size_t n = 0; n < COUNT(lengths); n++)
			for (int share = 0; share < SHARES; share++) {
				size_t body = share_of(
				    (enum share)share, lengths[n]);
				enum status st;

				if (body > BODY_MAX)
					continue;
				stage_set(s);
				line_frame(&s->front, MESSAGE_NONCE, 32, 32);
				line_frame(
				    &s->back, types[t], lengths[n], body);
				line_end(&s->back);
				st = quietly(seal_run, &s->job);
				assert_true(st == MESSAGE_REFUSED ||
				            st == PROCESS_DIED ||
				            st == BOARD_MALFORMED);
				assert_int_equal(mock_rot.quoted, 0);
				assert_int_equal(unread(s->front.far), 0);
				stage_clear(s);
			}

	/* A board without devices gets as far as the MOCK can sign. */
	stage_set(s);
	line_frame(&s->front, MESSAGE_NONCE, 32, 32);
	line_put(&s->back, none, sizeof(none));
	assert_status(quietly(seal_run, &s->job), TPM_FAILED);
	assert_int_equal(mock_rot.quoted, 1);
	stage_clear(s);
	stage_free(s);
}

/*
 * The kernel's list grows while it is bound: what leaves is the list as it
 * was when nothing was added any more, or nothing.
 */
static void
test_seal_list_grows(void **state)
{
	static const uint8_t none[] = {MESSAGE_BOARD, 3, 0, 0, 0, 0, 0, 0};
	static const struct {
		unsigned grows;
		const char *list; /* NULL: given up */
	} rows[] = {{0, "list"}, {1, "listmore"}, {4, "listmoremoremoremore"},
	    {5, NULL}, {1000, NULL}};
	static uint8_t got[1 << 18], packed[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stage *s = stage_new();
		ssize_t n;
		size_t len;

		stage_set(s);
		s->job.fd[FD_IMA] = file_of("list");
		mock_rot.signs = true;
		mock_rot.grows = rows[i].grows;
		mock_rot.list = s->job.fd[FD_IMA];
		line_frame(&s->front, MESSAGE_NONCE, 32, 32);
		line_put(&s->back, none, sizeof(none));
		assert_status(quietly(seal_run, &s->job),
		    rows[i].list == NULL ? PCRS_MOVING : OK);
		n = read(s->front.far, got, sizeof(got));
		if (rows[i].list == NULL) {
			assert_true(n < 0);
		} else {
			assert_status(deflate_bytes(bytes_str(rows[i].list),
			                  packed, sizeof(packed), &len),
			    OK);
			assert_true(n > 0);
			assert_non_null(memmem(got, (size_t)n, packed, len));
			assert_int_equal(mock_rot.quoted, rows[i].grows + 1);
		}
		(void)close(s->job.fd[FD_IMA]);
		stage_clear(s);
		stage_free(s);
	}
}

/* A peer that says nothing more: the deadline ends the run. */
static void
test_seal_silence(void **state)
{
	static const uint8_t head[MESSAGE_HEAD] = {MESSAGE_NONCE, 32};
	struct stage *s = stage_new();

	(void)state;
	for (size_t cut = 0; cut <= MESSAGE_HEAD; cut++) {
		stage_set(s);
		s->job.deadline = deadline_in(SOON);
		line_put(&s->front, head, cut);
		assert_status(quietly(seal_run, &s->job), TIMEOUT);
		assert_int_equal(mock_rot.opened, 0);
		stage_clear(s);
		stage_set(s);
		s->job.deadline = deadline_in(SOON);
		line_put(&s->back, head, cut);
		assert_status(quietly(enrol_seal_run, &s->job), TIMEOUT);
		assert_int_equal(mock_rot.activated, 0);
		stage_clear(s);
	}
	stage_free(s);
}

/* In an enrolment: one credential, whole, and what is in it. */
static void
test_enrol_credential(void **state)
{
	struct stage *s = stage_new();

	(void)state;
	for (size_t t = 0; t < COUNT(types); t++)
		for (size_t n = 0; n < COUNT(lengths); n++)
			for (int share = 0; share < SHARES; share++) {
				size_t len = lengths[n],
				       body =
				           share_of((enum share)share, len);
				bool right = types[t] == MESSAGE_CREDENTIAL &&
				             len >= 1 && len <= 700 &&
				             body == len;

				if (body > BODY_MAX)
					continue;
				stage_set(s);
				line_frame(&s->front, types[t], len, body);
				line_end(&s->front);
				assert_int_equal(
				    quietly(enrol_seal_run, &s->job) == OK,
				    right);
				assert_int_equal(mock_rot.activated, right);
				assert_int_equal(mock_rot.kept, right);
				if (right)
					assert_int_equal(
					    mock_rot.blob_len, len);
				assert_int_equal(unread(s->back.far), 0);
				stage_clear(s);
			}
	stage_free(s);
}

/* [collect] answers a nonce with the name of a key, and nothing else. */
static void
test_collect(void **state)
{
	struct stage *s = stage_new();
	uint8_t ask[5 + 66] = {MESSAGE_ASK, 66};

	(void)state;
	for (size_t t = 0; t < COUNT(types); t++)
		for (size_t n = 0; n < COUNT(lengths); n++)
			for (int share = 0; share < SHARES; share++) {
				size_t body = share_of(
				    (enum share)share, lengths[n]);
				enum status st;

				if (body > BODY_MAX)
					continue;
				stage_set(s);
				s->job.fd[FD_COLLECT] = s->back.near;
				line_frame(
				    &s->back, types[t], lengths[n], body);
				line_end(&s->back);
				st = quietly(collect_run, &s->job);
				assert_true(st == MESSAGE_REFUSED ||
				            st == PROCESS_DIED);
				assert_int_equal(unread(s->back.far), 0);
				stage_clear(s);
			}

	/* Every name but one that SHA-256 has made is refused. */
	for (unsigned alg = 0; alg < 0x10; alg++) {
		stage_set(s);
		s->job.fd[FD_COLLECT] = s->back.near;
		s->job.deadline = deadline_in(LONG);
		ask[5 + 32 + 1] = (uint8_t)alg;
		line_put(&s->back, ask, sizeof(ask));
		line_end(&s->back);
		assert_status(quietly(collect_run, &s->job),
		    alg == 0x0b ? OK : MESSAGE_REFUSED);
		assert_int_equal(
		    unread(s->back.far) > 0, alg == 0x0b);
		stage_clear(s);
	}
	stage_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_state),
	    cmocka_unit_test(test_every_frame),
	    cmocka_unit_test(test_every_frame_after),
	    cmocka_unit_test(test_every_cut),
	    cmocka_unit_test(test_seal_nonce),
	    cmocka_unit_test(test_seal_only_nonce),
	    cmocka_unit_test(test_seal_board),
	    cmocka_unit_test(test_seal_list_grows),
	    cmocka_unit_test(test_seal_silence),
	    cmocka_unit_test(test_enrol_credential),
	    cmocka_unit_test(test_collect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
