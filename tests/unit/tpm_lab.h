/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPMs for one test: a real software TPM (swtpm) in a folder of its own, or
 * a process that speaks like one and answers what the test wants.
 */
#ifndef ASSAY_TEST_TPM_LAB_H
#define ASSAY_TEST_TPM_LAB_H

#include "bytes.h"
#include "tree.h"

#include <sys/types.h>

struct tpm_lab {
	struct tree tree;
	pid_t pid;
	char tcti[TREE_PATH_MAX + 16];
};

/* Are swtpm and tpm2-tools here?  Without them a test is skipped. */
bool tpm_lab_possible(void);

/*
 * Start swtpm on unix sockets, or on TCP with a free port, in a fresh
 * folder, and wait until it answers.  TCTI names it.
 */
void tpm_lab_start(struct tpm_lab *lab, bool tcp);

/*
 * A TPM of our own: answers TPM2_ReadPublic with FIRST and every other
 * command with NEXT, then hangs up.  An empty answer hangs up at once.
 */
void tpm_lab_fake(struct tpm_lab *lab, struct bytes first, struct bytes next);

void tpm_lab_stop(struct tpm_lab *lab);

/*
 * Run a program of tpm2-tools against the TPM; ARGS ends with NULL.  Its
 * exit status; the first CAP - 1 bytes of its output in OUT as a string.
 */
int tpm_lab_tool(
    const struct tpm_lab *lab, const char *const *args, char *out, size_t cap);

/* How many commands swtpm has been sent so far. */
size_t tpm_lab_commands(const struct tpm_lab *lab);

#endif
