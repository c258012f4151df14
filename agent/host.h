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

struct host {
	uint64_t iat;    /* host clock, seconds */
	uint64_t uptime; /* seconds since boot, sleep included */
	uint8_t boot_id[BOOT_ID_LEN];
	uint8_t agent_digest[AGENT_DIGEST_LEN];
	struct bytes eventlog; /* deflated; empty when none is sent */
	struct bytes log;      /* the same before */
	uint8_t *memory[2];    /* that the logs live in */
};

/* Of the program that FD is open to. */
enum status host_agent_digest(int fd, struct host *h);

/* All of FD, which has to be less than CAP bytes; FILE_TOO_LARGE, FILE_READ. */
enum status host_file(int fd, uint8_t *buf, size_t cap, size_t *n);

/* Read it all; says what is wrong. */
enum status host_read(const struct job *job, struct host *out);
void host_free(struct host *host);

#endif
