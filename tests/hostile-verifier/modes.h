/* SPDX-License-Identifier: Apache-2.0 */
/* A verifier that goes wrong in one way, known by its name. */
#ifndef ASSAY_MODES_H
#define ASSAY_MODES_H

#include <stdbool.h>
#include <stdio.h>

/* How a request for a session is answered, and how evidence is. */
struct mode {
	const char *name;
	void (*open)(int fd);
	void (*take)(int fd);
};

/* The port that is listened on. */
extern unsigned port;

/* NULL when there is none of that name. */
const struct mode *mode_find(const char *name);
void mode_list(FILE *f);

/* All of it; false when the client has gone. */
bool put(int fd, const char *s, size_t n);
/* Until the client has gone. */
void drain(int fd);

#endif
