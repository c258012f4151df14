/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keeps each process of the agent to its part.  The supervisor asks once
 * what this kernel and its own rights can enforce; every process then puts
 * exactly that in force, or ends.  docs/no-kill.md says what it is good for.
 */
#ifndef ASSAY_SANDBOX_H
#define ASSAY_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

/*
 * Bits of claim -70006, in force in every process that touches anything.
 *
 *	BIT(constant, bit, name)
 */
#define SANDBOX_BITS(BIT)                                                      \
	BIT(SANDBOX_NO_NEW_PRIVS, 0, "no_new_privs")                           \
	BIT(SANDBOX_LIMITS, 1, "limits")                                       \
	BIT(SANDBOX_NO_CAPABILITIES, 2, "no capabilities")                     \
	BIT(SANDBOX_SECCOMP, 3, "seccomp")                                     \
	BIT(SANDBOX_LANDLOCK, 4, "Landlock")                                   \
	BIT(SANDBOX_USERS, 5, "own users")

enum sandbox_bit {
#define BIT(constant, bit, name) constant = 1 << (bit),
	SANDBOX_BITS(BIT)
#undef BIT
};

enum sandbox_role {
	SANDBOX_COLLECT,
	SANDBOX_SEAL,
	SANDBOX_SEND,
	SANDBOX_ROLES
};

/* What is to be put in force. */
struct sandbox {
	unsigned bits;
	/* Each with one group: that of the TPM, of the accelerators, none. */
	struct sandbox_user {
		unsigned uid, gid;
	} user[SANDBOX_ROLES];
};

/* What can be enforced here, and what has to be unless an owner says no. */
void sandbox_probe(struct sandbox *out);
unsigned sandbox_required(void);

/* What a process may open beyond its profile. */
struct sandbox_more {
	const char *read;   /* a file or folder, or NULL */
	const char *device; /* a device, or NULL */
	int folder;         /* a descriptor, or -1 */
	bool tpm_socket;    /* the TPM is behind a socket: swtpm */
};

/*
 * Users, capabilities and Landlock, once and for good.  False with errno when
 * anything of it fails; the process must then end.
 */
bool sandbox_enter(const struct sandbox *s, enum sandbox_role role,
    const struct sandbox_more *more);

/*
 * The filter of system calls, once nothing more has to be opened.  [collect]
 * is refused what is not in the table, [seal] and [send] are killed for it.
 */
bool sandbox_filter(
    const struct sandbox *s, enum sandbox_role role, bool tpm_socket);

/* How many calls [collect] and its workers were refused; the first one. */
unsigned sandbox_refused(char first[32]);

#endif
