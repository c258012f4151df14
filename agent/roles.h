/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] [collect] [seal] [send] */
/*
 * What a process of the agent is given at its start, and where it starts.
 * It opens nothing that is not in its struct job or named in its settings.
 */
#ifndef ASSAY_ROLES_H
#define ASSAY_ROLES_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"
#include "config.h"
#include "sandbox.h"
#include "status.h"

/* Descriptors made or opened by the supervisor; -1 when there is none. */
enum job_fd {
	FD_FRONT,      /* NONCE and BUNDLE, the end of [send] or supervisor */
	FD_SEAL_FRONT, /* the end of [seal] */
	FD_SEAL_BACK,  /* ASK and BOARD, the end of [seal] */
	FD_COLLECT,    /* the end of [collect] */
	FD_EVENTLOG,   /* the boot log, for reading */
	FD_IMA,        /* the kernel's list of measured files, likewise */
	FD_AGENT,      /* the running program, for its digest */
	FD_BOOT_ID,    /* the kernel's boot id, 36 characters */
	FD_STATE,      /* counter and digest of the last report, locked */
	FD_EVIDENCE,   /* folder of evidence that was fetched out of band */
	FD_EPOCH,      /* a marker that the report answers */
	FD_EK_CERT,    /* assay-enroll: a certificate that the TPM does not hold */
	FD_RESPONSE,   /* assay-enroll: what came from the verifier, by file */
	FD_OUT,        /* assay-enroll: the file for what goes there */
	FD_COUNT
};

struct job {
	const struct config *config;
	uint64_t deadline; /* of the whole report */
	bool from_send;    /* the nonce comes from [send] */
	bool json;         /* measure: how to print */
	bool nonces_only;  /* report: print the devices' nonces, and end */
	bool dry_run;      /* report: print what it would carry, and end */
	bool chained;      /* even when there is nothing at FD_STATE yet */
	struct bytes epoch_kind; /* of the marker at FD_EPOCH */
	bool keys_only;    /* assay-enroll: write the request, and end */
	struct sandbox sandbox; /* what is in force */
	int fd[FD_COUNT];
};

/* Is the TPM that is named behind a socket? */
bool job_tpm_socket(const struct job *job);

/* Each runs in a process of its own and says what went wrong. */
enum status collect_run(const struct job *job);
enum status collect_measure(const struct job *job);
enum status seal_run(const struct job *job);
enum status send_run(const struct job *job);

#endif
