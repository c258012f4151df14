/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speaking to a TPM through a named TCTI and the System API of tpm2-tss 3.2
 * or later.  Only the files tpm*.c and rot_*.c know that library.  One
 * command at a time; only enrolment ever opens a session.
 *
 * A command is prepared, run until the TPM is not busy, and completed:
 *
 *	TPM_RUN(rc, tpm, auth, Tss2_Sys_X_Prepare(tpm->sys, ...));
 *	if (rc == TSS2_RC_SUCCESS)
 *		rc = Tss2_Sys_X_Complete(tpm->sys, ...);
 *	return tpm_outcome(tpm, rc);
 */
#ifndef ASSAY_TPM_H
#define ASSAY_TPM_H

#include "status.h"
#include "tpm_quote.h"

#include <tss2/tss2_sys.h>

/* A TPM that is busy is asked again this often, with a pause. */
enum { TPM_RETRIES = 50 };

struct tpm {
	TSS2_TCTI_CONTEXT *tcti;
	bool tcti_ready;
	TSS2_SYS_CONTEXT *sys;
	TSS2_RC last_rc;
	TPM2_HANDLE second; /* of two authorisations */
};

/*
 * What a command is authorised by: nothing, one empty password, or that and
 * SECOND, a session or TPM2_RS_PW for another empty password.
 */
enum tpm_auth { TPM_AUTH_NONE, TPM_AUTH_PASSWORD, TPM_AUTH_TWO };

/*
 * Connect TPM, which is all zeros, to "device:/..." or "swtpm:...".
 * TCTI_UNNAMED for anything else, NULL and "" included.  tpm_disconnect is
 * due in any case and may be called twice.
 */
enum status tpm_connect(struct tpm *tpm, const char *spec);
void tpm_disconnect(struct tpm *tpm);

/*
 * Send the command that PREPARED says is ready, and wait for the answer, to a
 * deadline where the TCTI can wait for one.  The device can; the socket of
 * swtpm waits for ever in tpm2-tss 3.2 and may raise SIGPIPE, so whoever holds
 * a TPM ignores that signal and has a deadline of its own.
 */
TSS2_RC tpm_execute(struct tpm *tpm, TSS2_RC prepared, enum tpm_auth auth);

/* Is the TPM busy, and is there patience LEFT?  Then pauses first. */
bool tpm_again(struct tpm *tpm, TSS2_RC rc, unsigned *left);

/* Prepare and execute, again as long as the TPM is busy. */
#define TPM_RUN(rc, tpm, auth, ...)                                            \
	for (unsigned left_ = TPM_RETRIES, again_ = 1; again_ != 0;            \
	     again_ = tpm_again(tpm, rc, &left_))                              \
		(rc) = tpm_execute(tpm, __VA_ARGS__, auth)

/* What a response code means for us; it is kept in LAST_RC. */
enum status tpm_outcome(struct tpm *tpm, TSS2_RC rc);

/* TPML_PCR_SELECTION (Part 2, 10.9.7) of three bytes per bank. */
void tpm_selection(const struct pcr_selection *sel, TPML_PCR_SELECTION *out);

/*
 * Read all PCRs of SEL; again from the start when one is extended meanwhile.
 * TPM_FAILED when the TPM does not have them all.
 */
enum status tpm_read_pcrs(
    struct tpm *tpm, const struct pcr_selection *sel, struct pcr_values *out);

#endif
