/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
/* Users, capabilities and Landlock (kernel documentation, landlock.rst). */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock as of its sixth version; older headers lack the newer parts. */
enum {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	REMOVE_DIR = 1 << 4,
	MAKE_DIR = 1 << 7,
	REFER = 1 << 13,
	TRUNCATE = 1 << 14,
	IOCTL_DEV = 1 << 15,
	OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV,
	READS = READ_FILE | READ_DIR,
	CONTROLS = READ_FILE | WRITE_FILE | IOCTL_DEV,
	ASKS_TSM = READS | WRITE_FILE | MAKE_DIR | REMOVE_DIR,
	NET_BIND = 1 << 0,
	NET_CONNECT = 1 << 1,
	SCOPES = 3, /* abstract sockets, signals */
	RULE_PATH = 1,
	VERSION_FLAG = 1,
};
struct ruleset {
	uint64_t files, net, scoped;
};
struct path_rule {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

enum {
	COLLECT = 1 << SANDBOX_COLLECT,
	SEAL_SOCKET = 1 << SANDBOX_SEAL, /* to find where swtpm is */
	SEND = 1 << SANDBOX_SEND,
	ALL = COLLECT | SEAL_SOCKET | SEND,
};

/* What may be opened, by pattern; nothing else, and nothing is ever run. */
static const struct {
	unsigned who;
	int access;
	const char *pattern;
} paths[] = {
    {COLLECT, READS, "/sys"},
    {COLLECT, READS, "/proc"},
    {COLLECT, ASKS_TSM, "/sys/kernel/config/tsm/report"},
    {COLLECT, CONTROLS, "/dev/nvidia*"},
    {COLLECT, CONTROLS, "/dev/nvidia-caps/*"},
    {COLLECT, READ_FILE | IOCTL_DEV, "/dev/accel/accel_controlD*"},
    {COLLECT, READ_DIR, "/dev"},
    {COLLECT, READ_FILE, "/dev/urandom"},
    {ALL, READ_FILE, "/etc/ld.so.cache"},
    {SEAL_SOCKET | SEND, READS,
        "/etc/{hosts,host.conf,nsswitch.conf,resolv.conf,gai.conf,services}"},
    {SEND, READS, "/etc/ssl"},
    {ALL, READS, "/usr"},
    {ALL, READS, "/lib"},
    {ALL, READS, "/lib64"},
    {ALL, READS | WRITE_FILE, "/dev/null"},
    {SEND, READS, "/run/systemd/resolve"},
};

/* Bits up to the version of Landlock that this kernel has; 0: none. */
static long
landlock_version(void)
{
#ifdef ASSAY_SIMULATED
	/* For tests alone: a kernel without it. */
	if (getenv("ASSAY_MOCK_KERNEL_WITHOUT_LANDLOCK") != NULL)
		return 0;
#endif
	return syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
}

#ifndef ASSAY_SANITIZED
static bool
has_seccomp(void)
{
	uint32_t kill = SECCOMP_RET_KILL_PROCESS, trap = SECCOMP_RET_TRAP;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &trap) == 0;
}
#endif

unsigned
sandbox_required(void)
{
#ifdef ASSAY_SANITIZED
	return 0; /* what watches the program makes calls of its own */
#else
	return SANDBOX_NO_NEW_PRIVS | SANDBOX_LIMITS |
	       SANDBOX_NO_CAPABILITIES | SANDBOX_SECCOMP | SANDBOX_LANDLOCK;
#endif
}

/* In the file itself: what else may know users is not asked. */
static bool
find_user(const char *name, struct sandbox_user *out)
{
	const struct passwd *pw;
	FILE *f = fopen("/etc/passwd", "re");

	while (f != NULL && (pw = fgetpwent(f)) != NULL) {
		if (strcmp(pw->pw_name, name) != 0)
			continue;
		out->uid = pw->pw_uid;
		out->gid = pw->pw_gid;
		break;
	}
	if (f != NULL)
		(void)fclose(f);
	return out->uid != 0;
}

void
sandbox_probe(struct sandbox *s)
{
	static const char *const names[SANDBOX_ROLES] = {
	    "assay-collect", "assay-seal", "assay-send"};
	unsigned users = 0;

	memset(s, 0, sizeof(*s));
	s->bits = SANDBOX_NO_NEW_PRIVS | SANDBOX_NO_CAPABILITIES;
#ifndef ASSAY_SANITIZED
	s->bits |= SANDBOX_LIMITS;
	if (has_seccomp())
		s->bits |= SANDBOX_SECCOMP;
	if (landlock_version() > 0)
		s->bits |= SANDBOX_LANDLOCK;
#endif
	for (size_t i = 0; i < SANDBOX_ROLES; i++)
		users += geteuid() == 0 && find_user(names[i], &s->user[i]);
	if (users == SANDBOX_ROLES)
		s->bits |= SANDBOX_USERS;
}

/* ACCESS to what FD is open to, and beneath it. */
static bool
permit(int ruleset, int fd, uint64_t access)
{
	struct path_rule rule = {access, fd};
	struct stat sb;

	if (fstat(fd, &sb) != 0)
		return false;
	if (!S_ISDIR(sb.st_mode))
		rule.access &= OF_FILES;
	return syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) ==
	       0;
}

/* What is not there cannot be opened either. */
static bool
permit_path(int ruleset, const char *path, uint64_t access)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	bool done = fd < 0 || permit(ruleset, fd, access);

	if (fd >= 0)
		(void)close(fd);
	return done;
}

static bool
permit_pattern(int ruleset, const char *pattern, uint64_t access)
{
	glob_t found = {0};
	bool done = true;

	if (glob(pattern, GLOB_NOSORT | GLOB_BRACE, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && done; i++)
			done = permit_path(ruleset, found.gl_pathv[i], access);
	globfree(&found);
	return done;
}

/* The folders in a variable of the environment, between colons. */
static bool
permit_list(int ruleset, const char *variable, uint64_t access)
{
	const char *list = getenv(variable);
	char *copy = strdup(list == NULL ? "" : list), *rest = copy, *one;
	bool done = copy != NULL;

	while (done && (one = strsep(&rest, ":")) != NULL)
		done = one[0] == '\0' || permit_path(ruleset, one, access);
	free(copy);
	return done;
}

static bool
permit_all(int ruleset, uint64_t handled, enum sandbox_role role,
    const struct sandbox_more *more)
{
	unsigned who = role == SANDBOX_SEAL && !more->tpm_socket ? 0 : 1u << role;
	bool done = true;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && done; i++)
		if ((paths[i].who & who) != 0)
			done = permit_pattern(ruleset, paths[i].pattern,
			    (uint64_t)paths[i].access & handled);
	/* Where the loader was told to look for vendors' libraries. */
	if (done && role == SANDBOX_COLLECT)
		done = permit_list(ruleset, "LD_LIBRARY_PATH", READS);
#ifdef ASSAY_SIMULATED
	/* For tests alone: where mocks of devices keep what they play. */
	if (done && role == SANDBOX_COLLECT)
		done = permit_list(ruleset, "ASSAY_MOCK_FOLDERS", handled);
#endif
	if (done && more->read != NULL)
		done = permit_path(ruleset, more->read, READS);
	if (done && more->device != NULL)
		done = permit_path(ruleset, more->device, CONTROLS & handled);
	return done && (more->folder < 0 || permit(ruleset, more->folder, READS));
}

static bool
landlock(enum sandbox_role role, const struct sandbox_more *more)
{
	long version = landlock_version();
	struct ruleset set = {.files = REFER - 1};
	size_t size = version < 4 ? 8 : version < 6 ? 16 : 24;
	bool done;
	int fd;

	set.files |= version >= 2 ? REFER : 0;
	set.files |= version >= 3 ? TRUNCATE : 0;
	set.files |= version >= 5 ? IOCTL_DEV : 0;
	set.net = role == SANDBOX_SEND || more->tpm_socket
	              ? NET_BIND
	              : NET_BIND | NET_CONNECT;
	set.scoped = SCOPES;
	fd = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
	if (fd < 0)
		return false;
	done = permit_all(fd, set.files, role, more) &&
	       syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	(void)close(fd);
	return done;
}

/* No capability is to be had again; who has none cannot lower the set. */
static bool
drop_bounding_set(void)
{
	/* A container's has gaps; -1 is the end of all there are. */
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 && errno != EPERM)
			return false;
	return true;
}

static bool
become(const struct sandbox_user *u)
{
	return setgroups(1, &u->gid) == 0 &&
	       setresgid(u->gid, u->gid, u->gid) == 0 &&
	       setresuid(u->uid, u->uid, u->uid) == 0;
}

bool
sandbox_enter(const struct sandbox *s, enum sandbox_role role,
    const struct sandbox_more *more)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	/* The bounding set is root's to lower. */
	if (!drop_bounding_set())
		return false;
	if ((s->bits & SANDBOX_USERS) != 0 && !become(&s->user[role]))
		return false;
	if ((s->bits & SANDBOX_LANDLOCK) != 0 && !landlock(role, more))
		return false;
	return syscall(SYS_capset, &head, none) == 0;
}
