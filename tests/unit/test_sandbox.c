/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The profiles, violated on purpose: each row is a process that enters one,
 * tries one thing, and what becomes of it.
 */
#include "testkit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"

/* What a process ends with beside errno of what it tried. */
enum { DONE = 0, NOT_ENTERED = 200, KILLED = 1000 };

static int
outcome(long rc)
{
	return rc >= 0 ? DONE : errno;
}

static int
try_exec(void)
{
	static char word[] = "true";
	char *const words[] = {word, NULL};

	return outcome(execve("/bin/true", words, words));
}

static int
try_listen(void)
{
	return outcome(listen(0, 1));
}

static int
try_bind(void)
{
	return outcome(bind(0, NULL, 0));
}

static int
try_tcp(void)
{
	return outcome(socket(AF_INET, SOCK_STREAM, 0));
}

static int
try_netlink(void)
{
	return outcome(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int
try_ptrace(void)
{
	return outcome(syscall(SYS_ptrace, 16, 1, 0, 0));
}

static int
try_reboot(void)
{
	/* Not the magic numbers: even without a filter nothing happens. */
	return outcome(syscall(SYS_reboot, 0, 0, 0, NULL));
}

static int
try_read_passwd(void)
{
	return outcome(open("/etc/passwd", O_RDONLY));
}

static int
try_read_tmp(void)
{
	return outcome(open("/tmp", O_RDONLY | O_DIRECTORY));
}

static int
try_write_tmp(void)
{
	return outcome(open("/tmp/assay-sandbox-test", O_WRONLY | O_CREAT,
	    0600));
}

static int
try_write_sys(void)
{
	return outcome(open("/sys/kernel/mm/transparent_hugepage/enabled",
	    O_WRONLY));
}

static int
try_write_null(void)
{
	return outcome(open("/dev/null", O_WRONLY));
}

static int
try_read_proc(void)
{
	return outcome(open("/proc/self/status", O_RDONLY));
}

static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return outcome(pid);
}

static int
try_ioctl(void)
{
	return outcome(ioctl(0, 0, NULL)) == EPERM ? EPERM : DONE;
}

static int
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : DONE;
}

static int
try_mount(void)
{
	return outcome(syscall(SYS_mount, "", "/", "", 0, NULL));
}

static int
try_chown(void)
{
	return outcome(syscall(SYS_fchownat, AT_FDCWD, "/dev/null", 0, 0, 0));
}

/* Of who watches the test; nothing is asked to change. */
static int
try_other_limits(void)
{
	return outcome(prlimit(getppid(), RLIMIT_CPU, NULL, NULL));
}

static int
try_own_limits(void)
{
	return outcome(prlimit(0, RLIMIT_CPU, NULL, NULL));
}

static int
try_signal(void)
{
	return outcome(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int
try_read_memory(void)
{
	return outcome(open("/dev/zero", O_RDONLY));
}

static int
try_typing(void)
{
	return outcome(ioctl(0, TIOCSTI, "")) == EPERM ? EPERM : DONE;
}

static int
try_capability(void)
{
	/* To lower a limit that was raised takes CAP_SYS_RESOURCE. */
	return prctl(PR_CAPBSET_READ, 21) == 0 ? DONE : NOT_ENTERED;
}

static const struct row {
	const char *name;
	enum sandbox_role role;
	bool tpm_socket;
	int (*try)(void);
	int want;
} rows[] = {
    {"seal_exec", SANDBOX_SEAL, false, try_exec, KILLED},
    {"seal_listen", SANDBOX_SEAL, false, try_listen, KILLED},
    {"seal_bind", SANDBOX_SEAL, true, try_bind, KILLED},
    {"seal_network", SANDBOX_SEAL, false, try_tcp, KILLED},
    {"seal_network_to_swtpm", SANDBOX_SEAL, true, try_tcp, DONE},
    {"seal_netlink", SANDBOX_SEAL, true, try_netlink, EAFNOSUPPORT},
    {"seal_ptrace", SANDBOX_SEAL, false, try_ptrace, KILLED},
    {"seal_reboot", SANDBOX_SEAL, false, try_reboot, KILLED},
    {"seal_file", SANDBOX_SEAL, false, try_read_passwd, EACCES},
    {"seal_folder", SANDBOX_SEAL, true, try_read_tmp, EACCES},
    {"seal_write", SANDBOX_SEAL, true, try_write_tmp, EACCES},
    {"seal_device", SANDBOX_SEAL, false, try_write_null, EACCES},
    {"seal_fork", SANDBOX_SEAL, false, try_fork, KILLED},
    {"seal_ioctl", SANDBOX_SEAL, false, try_ioctl, KILLED},
    {"seal_code", SANDBOX_SEAL, false, try_code, KILLED},
    {"seal_mount", SANDBOX_SEAL, false, try_mount, KILLED},
    {"seal_other_limits", SANDBOX_SEAL, false, try_other_limits, KILLED},
    {"seal_own_limits", SANDBOX_SEAL, false, try_own_limits, DONE},
    {"seal_signal", SANDBOX_SEAL, false, try_signal, KILLED},
    {"seal_typing", SANDBOX_SEAL, true, try_typing, KILLED},
    {"seal_passwd_to_swtpm", SANDBOX_SEAL, true, try_read_passwd, EACCES},
    {"send_other_limits", SANDBOX_SEND, false, try_other_limits, KILLED},
    {"send_signal", SANDBOX_SEND, false, try_signal, KILLED},
    {"collect_other_limits", SANDBOX_COLLECT, false, try_other_limits, EPERM},
    {"collect_passwd", SANDBOX_COLLECT, false, try_read_passwd, EACCES},
    {"collect_other_device", SANDBOX_COLLECT, false, try_read_memory, EACCES},
    {"send_exec", SANDBOX_SEND, false, try_exec, KILLED},
    {"send_listen", SANDBOX_SEND, false, try_listen, KILLED},
    {"send_bind", SANDBOX_SEND, false, try_bind, KILLED},
    {"send_network", SANDBOX_SEND, false, try_tcp, DONE},
    {"send_netlink", SANDBOX_SEND, false, try_netlink, KILLED},
    {"send_file", SANDBOX_SEND, false, try_read_passwd, KILLED},
    {"send_device", SANDBOX_SEND, false, try_write_null, KILLED},
    {"send_fork", SANDBOX_SEND, false, try_fork, KILLED},
    {"send_ioctl", SANDBOX_SEND, false, try_ioctl, KILLED},
    {"send_code", SANDBOX_SEND, false, try_code, KILLED},
    {"collect_exec", SANDBOX_COLLECT, false, try_exec, EPERM},
    {"collect_listen", SANDBOX_COLLECT, false, try_listen, EPERM},
    {"collect_bind", SANDBOX_COLLECT, false, try_bind, EPERM},
    {"collect_network", SANDBOX_COLLECT, false, try_tcp, EPERM},
    {"collect_netlink", SANDBOX_COLLECT, false, try_netlink, EPERM},
    {"collect_ptrace", SANDBOX_COLLECT, false, try_ptrace, EPERM},
    {"collect_reboot", SANDBOX_COLLECT, false, try_reboot, EPERM},
    {"collect_write", SANDBOX_COLLECT, false, try_write_tmp, EACCES},
    {"collect_write_sys", SANDBOX_COLLECT, false, try_write_sys, EACCES},
    {"collect_read_proc", SANDBOX_COLLECT, false, try_read_proc, DONE},
    {"collect_fork", SANDBOX_COLLECT, false, try_fork, DONE},
    {"collect_ioctl", SANDBOX_COLLECT, false, try_ioctl, DONE},
    {"collect_mount", SANDBOX_COLLECT, false, try_mount, EPERM},
    {"collect_chown", SANDBOX_COLLECT, false, try_chown, EPERM},
    {"collect_capability", SANDBOX_COLLECT, false, try_capability, DONE},
};

/* What becomes of a process that tries it. */
static int
run(const struct row *row, const struct sandbox *s)
{
	struct sandbox_more more = {.folder = -1,
	    .tpm_socket = row->tpm_socket};
	pid_t pid = fork();
	int ws = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		char first[32];
		int rc;

		if (!sandbox_enter(s, row->role, &more) ||
		    !sandbox_filter(s, row->role, row->tpm_socket))
			_exit(NOT_ENTERED);
		rc = row->try();
		/* Whatever the filter refused was counted. */
		if (row->role == SANDBOX_COLLECT &&
		    (sandbox_refused(first) > 0) != (rc == EPERM))
			rc = NOT_ENTERED + 1;
		_exit(rc);
	}
	assert_int_equal(waitpid(pid, &ws, 0), pid);
	if (WIFSIGNALED(ws) && WTERMSIG(ws) == SIGSYS)
		return KILLED;
	return WIFEXITED(ws) ? WEXITSTATUS(ws) : -1;
}

static void
run_row(void **state)
{
	const struct row *row = *state;
	struct sandbox s;

	sandbox_probe(&s);
	s.bits &= ~(unsigned)SANDBOX_USERS;
	if ((sandbox_required() & ~s.bits) != 0 || sandbox_required() == 0)
		skip();
	assert_int_equal(run(row, &s), row->want);
}

/* A kernel without Landlock, as the probe would see it: the filter stays. */
static void
without_landlock(void **state)
{
	static const struct row row = {
	    "", SANDBOX_SEAL, false, try_read_passwd, DONE};
	static const struct row other = {
	    "", SANDBOX_SEAL, false, try_exec, KILLED};
	struct sandbox s;

	(void)state;
	assert_int_equal(setenv("ASSAY_MOCK_KERNEL_WITHOUT_LANDLOCK", "1", 1),
	    0);
	sandbox_probe(&s);
	(void)unsetenv("ASSAY_MOCK_KERNEL_WITHOUT_LANDLOCK");
	if (sandbox_required() == 0)
		skip();
	assert_int_equal(s.bits & SANDBOX_LANDLOCK, 0);
	assert_int_equal(
	    sandbox_required() & ~s.bits & SANDBOX_LANDLOCK, SANDBOX_LANDLOCK);
	if ((s.bits & SANDBOX_SECCOMP) == 0)
		skip();
	s.bits &= ~(unsigned)SANDBOX_USERS;
	assert_int_equal(run(&row, &s), DONE);
	assert_int_equal(run(&other, &s), KILLED);
}

int
main(void)
{
	static const struct CMUnitTest more[] = {
	    cmocka_unit_test(without_landlock),
	};

	return kit_run_rows("sandbox", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, more, COUNT(more));
}
