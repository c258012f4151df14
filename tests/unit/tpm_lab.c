/* SPDX-License-Identifier: Apache-2.0 */
#include "tpm_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARGS_MAX = 24, WAIT_ROUNDS = 1500, WAIT_MS = 20 };

extern char **environ;

static void
pause_a_little(void)
{
	struct timespec ts = {0, WAIT_MS * 1000000L};

	nanosleep(&ts, NULL);
}

/* Run ARGS with its output, and its errors, in the file descriptor OUT. */
static pid_t
spawn(const char *const *args, int out)
{
	posix_spawn_file_actions_t actions;
	char *argv[ARGS_MAX + 1];
	char copies[ARGS_MAX][TREE_PATH_MAX];
	pid_t pid;
	size_t n;

	for (n = 0; args[n] != NULL; n++) {
		assert_in_range(n, 0, ARGS_MAX - 1);
		snprintf(copies[n], sizeof(copies[n]), "%s", args[n]);
		argv[n] = copies[n];
	}
	argv[n] = NULL;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, out, 2);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* The exit status of PID, whatever it was sent. */
static int
reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

bool
tpm_lab_possible(void)
{
	static const char *const programs[] = {"swtpm", "tpm2_getcap",
	    "tpm2_createprimary", "tpm2_evictcontrol", "tpm2_pcrextend"};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const char *args[] = {programs[i], "--version", NULL};
		pid_t pid = spawn(args, null);

		if (pid < 0 || reap(pid) != 0)
			return false;
	}
	close(null);
	return true;
}

/* Two neighbouring TCP ports that nobody has right now. */
static unsigned
free_ports(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return ntohs(a.sin_port);
}

/* Start one swtpm; it may lose a race for its ports. */
static void
start_swtpm(struct tpm_lab *lab, bool tcp)
{
	char state[TREE_PATH_MAX], server[TREE_PATH_MAX];
	char ctrl[TREE_PATH_MAX], log[TREE_PATH_MAX];
	const char *path = lab->tree.path;
	const char *const args[] = {"swtpm", "socket", "--tpm2", "--tpmstate",
	    state, "--server", server, "--ctrl", ctrl, "--flags",
	    "not-need-init,startup-clear", "--log", log, NULL};
	unsigned port;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	snprintf(state, sizeof(state), "dir=%s/state", path);
	snprintf(log, sizeof(log), "file=%s/log,level=20", path);
	if (tcp) {
		static const char form[] =
		    "type=tcp,port=%u,bindaddr=127.0.0.1";

		port = free_ports();
		snprintf(server, sizeof(server), form, port);
		snprintf(ctrl, sizeof(ctrl), form, port + 1);
		snprintf(lab->tcti, sizeof(lab->tcti),
		    "swtpm:host=127.0.0.1,port=%u", port);
	} else {
		snprintf(server, sizeof(server), "type=unixio,path=%s/s", path);
		snprintf(
		    ctrl, sizeof(ctrl), "type=unixio,path=%s/s.ctrl", path);
		snprintf(lab->tcti, sizeof(lab->tcti), "swtpm:path=%s/s", path);
	}
	lab->pid = spawn(args, null);
	assert_true(lab->pid > 0);
	close(null);
}

void
tpm_lab_start(struct tpm_lab *lab, bool tcp)
{
	static const char *const ask[] = {
	    "tpm2_getcap", "properties-fixed", NULL};
	char out[16];

	tree_make(&lab->tree);
	tree_dir(&lab->tree, "state");
	start_swtpm(lab, tcp);
	for (unsigned i = 0; i < WAIT_ROUNDS; i++) {
		if (waitpid(lab->pid, NULL, WNOHANG) == lab->pid)
			start_swtpm(lab, tcp);
		if (tpm_lab_tool(lab, ask, out, sizeof(out)) == 0)
			return;
		pause_a_little();
	}
	fail_msg("swtpm does not answer");
}

/* A listening unix socket at PATH below the lab's folder. */
static int
listen_at(const struct tpm_lab *lab, const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_in_range(strlen(lab->tree.path), 1, sizeof(a.sun_path) - 16);
	snprintf(
	    a.sun_path, sizeof(a.sun_path), "%.80s/%s", lab->tree.path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* Serve one client of FD: read a command, send what fits it, hang up. */
static void
answer_one(int fd, struct bytes first, struct bytes next)
{
	static const uint8_t read_public[] = {0, 0, 1, 0x73}; /* TPM_CC */
	uint8_t command[4096] = {0};
	struct bytes answer;
	int client = accept(fd, NULL, NULL);

	if (client < 0)
		return;
	(void)!read(client, command, sizeof(command));
	answer = memcmp(command + 6, read_public, 4) == 0 ? first : next;
	if (answer.n > 0)
		(void)!write(client, answer.p, answer.n);
	close(client);
}

void
tpm_lab_fake(struct tpm_lab *lab, struct bytes first, struct bytes next)
{
	static const uint8_t fine[4];
	struct pollfd fds[2];

	tree_make(&lab->tree);
	snprintf(
	    lab->tcti, sizeof(lab->tcti), "swtpm:path=%s/s", lab->tree.path);
	fds[0] = (struct pollfd){listen_at(lab, "s"), POLLIN, 0};
	fds[1] = (struct pollfd){listen_at(lab, "s.ctrl"), POLLIN, 0};
	lab->pid = fork();
	assert_true(lab->pid >= 0);

	/* The child lives until it is stopped, or its parent is gone. */
	if (lab->pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (poll(fds, 2, -1) > 0) {
			if (fds[0].revents != 0)
				answer_one(fds[0].fd, first, next);
			if (fds[1].revents != 0)
				answer_one(
				    fds[1].fd, BYTES_OF(fine), BYTES_OF(fine));
		}
		_exit(0);
	}
	close(fds[0].fd);
	close(fds[1].fd);
}

void
tpm_lab_stop(struct tpm_lab *lab)
{
	kill(lab->pid, SIGKILL);
	reap(lab->pid);
	tree_remove(&lab->tree);
}

int
tpm_lab_tool(
    const struct tpm_lab *lab, const char *const *args, char *out, size_t cap)
{
	const char *full[ARGS_MAX] = {args[0], "-T", lab->tcti};
	int fds[2], status;
	size_t have = 0;
	ssize_t n;
	char rest[256];
	pid_t pid;

	for (size_t i = 1; args[i] != NULL; i++) {
		assert_in_range(i, 1, ARGS_MAX - 4);
		full[i + 2] = args[i];
	}
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = spawn(full, fds[1]);
	assert_true(pid > 0);
	close(fds[1]);
	do {
		bool room = have < cap - 1;

		n = room ? read(fds[0], out + have, cap - 1 - have)
		         : read(fds[0], rest, sizeof(rest));
		if (room && n > 0)
			have += (size_t)n;
	} while (n > 0);
	out[have] = '\0';
	close(fds[0]);
	status = reap(pid);
	return status;
}

size_t
tpm_lab_commands(const struct tpm_lab *lab)
{
	char path[TREE_PATH_MAX], line[1024];
	size_t count = 0;
	FILE *f = fopen(tree_at(&lab->tree, "log", path), "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		count += strstr(line, "SWTPM_IO_Read") != NULL;
	fclose(f);
	return count;
}
