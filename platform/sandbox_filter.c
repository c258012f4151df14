/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] [seal] [send] */
/* The filters of system calls (seccomp-BPF), through libseccomp. */
#include "sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum who {
	COLLECT = 1 << SANDBOX_COLLECT,
	SEAL = 1 << SANDBOX_SEAL,
	SEND = 1 << SANDBOX_SEND,
	SEAL_SOCKET = 1 << SANDBOX_ROLES,
	ALL = COLLECT | SEAL | SEND,
};

static const struct {
	unsigned who;
	const char *const *name; /* up to NULL */
} calls[] = {
#define CALLS(who, ...) {who, (const char *const[]){__VA_ARGS__, NULL}},
#include "sandbox.def"
#undef CALLS
};

/* What [collect] was refused: shared with its workers. */
static struct refused {
	unsigned count;
	int first;
} *refused;

/* The call fails with EPERM, and is counted. */
static void
refuse(int sig, siginfo_t *info, void *context)
{
	ucontext_t *u = context;

	(void)sig;
	if (__atomic_fetch_add(&refused->count, 1, __ATOMIC_RELAXED) == 0)
		refused->first = info->si_syscall;
#if defined(__x86_64__)
	u->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined(__aarch64__)
	u->uc_mcontext.regs[0] = (unsigned long long)-EPERM;
#else
#error "where does this architecture return the outcome of a system call?"
#endif
}

static bool
count_refusals(void)
{
	struct sigaction act = {.sa_sigaction = refuse,
	    .sa_flags = SA_SIGINFO | SA_NODEFER};
	void *p = mmap(NULL, sizeof(*refused), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	refused = p == MAP_FAILED ? NULL : p;
	return refused != NULL && sigaction(SIGSYS, &act, NULL) == 0;
}

unsigned
sandbox_refused(char first[32])
{
	char *name;

	first[0] = '\0';
	if (refused == NULL || refused->count == 0)
		return 0;
	name = seccomp_syscall_resolve_num_arch(
	    seccomp_arch_native(), refused->first);
	(void)snprintf(first, 32, "%s", name == NULL ? "?" : name);
	free(name);
	return refused->count;
}

static bool
allow(scmp_filter_ctx ctx, const char *name)
{
	int nr = seccomp_syscall_resolve_name(name);

	return nr == __NR_SCMP_ERROR ||
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0) == 0;
}

/* A call whose argument N, under MASK, is VALUE. */
static bool
allow_when(scmp_filter_ctx ctx, const char *name, unsigned n, uint64_t mask,
    uint64_t value)
{
	int nr = seccomp_syscall_resolve_name(name);

	return nr == __NR_SCMP_ERROR ||
	       seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1,
	           SCMP_CMP(n, SCMP_CMP_MASKED_EQ, mask, value)) == 0;
}

/*
 * Families of sockets; limits and signals for the process itself, for as root
 * it could reach others; memory that can be written is never run.
 */
static bool
allow_some(scmp_filter_ctx ctx, unsigned who)
{
	bool done = allow_when(ctx, "prlimit64", 0, ~0u, 0);

	if ((who & (SEND | SEAL_SOCKET)) != 0)
		done = done && allow_when(ctx, "socket", 0, ~0u, AF_INET) &&
		       allow_when(ctx, "socket", 0, ~0u, AF_INET6);
	if ((who & SEAL_SOCKET) != 0)
		done = done && allow_when(ctx, "socket", 0, ~0u, AF_UNIX) &&
		       allow_when(ctx, "ioctl", 1, ~0u, FIONREAD) &&
		       seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT),
		           SCMP_SYS(socket), 1,
		           SCMP_CMP(0, SCMP_CMP_MASKED_EQ, ~0u,
		               AF_NETLINK)) == 0;
	if ((who & COLLECT) == 0)
		done = done &&
		       allow_when(ctx, "tgkill", 0, ~0u, (unsigned)getpid()) &&
		       allow_when(ctx, "mmap", 2, PROT_EXEC, 0) &&
		       allow_when(ctx, "mprotect", 2, PROT_EXEC, 0);
	return done;
}

bool
sandbox_filter(const struct sandbox *s, enum sandbox_role role, bool tpm_socket)
{
	unsigned who = 1u << role | (tpm_socket ? SEAL_SOCKET : 0u);
	scmp_filter_ctx ctx;
	bool done = true;

	if ((s->bits & SANDBOX_SECCOMP) == 0)
		return true;
	tzset(); /* the one file that reading a clock may open */
	if (role == SANDBOX_COLLECT && !count_refusals())
		return false;
	ctx = seccomp_init(
	    role == SANDBOX_COLLECT ? SCMP_ACT_TRAP : SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		return false;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (const char *const *name = calls[i].name;
		     done && *name != NULL && (calls[i].who & who) != 0; name++)
			done = allow(ctx, *name);
	done = done && allow_some(ctx, who) && seccomp_load(ctx) == 0;
	seccomp_release(ctx);
	return done;
}
