/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
/*
 * What the claims say about this host and this program, read from the
 * descriptors that the supervisor opened.
 */
#ifndef ASSAY_HOST_H
#define ASSAY_HOST_H

#include "bytes.h"
#include "roles.h"

enum { BOOT_ID_LEN = 16, AGENT_DIGEST_LEN = 32 };

/* A log as it is and deflated, in memory of its own; empty: none is sent. */
struct host_log {
	struct bytes raw, packed;
	uint8_t *memory[2];
};

struct host {
	uint64_t iat;    /* host clock, seconds */
	uint64_t uptime; /* seconds since boot, sleep included */
	uint8_t boot_id[BOOT_ID_LEN];
	uint8_t agent_digest[AGENT_DIGEST_LEN];
	struct host_log eventlog, ima;
};

/* Of the program that FD is open to. */
enum status host_agent_digest(int fd, struct host *h);

/* All of FD, which has to be less than CAP bytes; FILE_TOO_LARGE, FILE_READ. */
enum status host_file(int fd, uint8_t *buf, size_t cap, size_t *n);

/* Read all but the kernel's list; says what is wrong. */
enum status host_read(const struct job *job, struct host *out);
/*
 * The kernel's list, where it leaves room for BOARD bytes about devices, and
 * whether there is more of it by now.
 */
enum status host_ima(const struct job *job, struct host *h, size_t board);
bool host_ima_grew(const struct job *job, const struct host *h);
void host_free(struct host *host);

#endif
