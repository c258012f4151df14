/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * How the supervisor starts processes, confines them and waits for them.  It
 * makes the connections and opens the files; it reads no byte that comes from
 * a device, the TPM or the network.
 */
#ifndef ASSAY_PROCESS_H
#define ASSAY_PROCESS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "config.h"
#include "roles.h"
#include "status.h"

#define KEEPS(fd)    (1u << (fd))
#define MEBIBYTES(n) ((rlim_t)(n) << 20)

/*
 * A process: its name, where it starts, which descriptors of the job it
 * keeps, whether standard output is its own, how many descriptors it may
 * have, how much address space, how many ms it waits beyond the deadline, so
 * that who waits for the world speaks first, and the signal it gets when the
 * supervisor dies.  [seal] gets none and ignores requests to stop: it ends
 * when its peers have gone, and leaves the TPM clean.
 */
struct process {
	const char *name;
	enum status (*run)(const struct job *job);
	unsigned keeps;
	bool prints;
	rlim_t files, memory;
	unsigned patience;
	int orphaned;
	enum sandbox_role role;
};

/* Processes under way. */
enum { PROCESSES_MAX = 3 };
struct running {
	struct {
		const struct process *what;
		pid_t pid; /* 0: reaped */
	} one[PROCESSES_MAX];
	size_t count;
	unsigned left;
	enum status st; /* the first failure that has a cause of its own */
	bool failed;    /* any failure at all */
};

/*
 * A job without descriptors, to be done within the timeout of CF.
 * SANDBOX_MISSING when it demands more than can be enforced here.
 */
enum status job_init(struct job *job, const struct config *cf);
void job_close(struct job *job);
void job_close_one(struct job *job, enum job_fd which);
/* Two ends of a connection, neither of which can block. */
enum status job_pair(struct job *job, enum job_fd a, enum job_fd b);

enum status process_start(
    struct running *r, const struct process *p, struct job *job);

/*
 * Until all have ended.  Each has the deadline itself; whoever is still there
 * a while after it, or after one has failed, is killed.  A process that even
 * that does not end hangs in the kernel, and is left to it.  *STOPPED is set
 * when SIGTERM or SIGINT asked for an end; NULL: these end the program.
 */
enum status process_wait(struct running *r, uint64_t deadline, bool *stopped);

/* Sleep for MS; true when SIGTERM or SIGINT asked for an end. */
bool process_pause(uint64_t ms);

/* Hold back the signals that the above wait for; once, at the start. */
void process_block_signals(bool stop_too);

#endif
