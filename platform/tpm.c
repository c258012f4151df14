/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
#include "tpm.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <tss2/tss2_tcti_device.h>
#include <tss2/tss2_tcti_swtpm.h>

enum {
	RETRY_PAUSE_MS = 20,
	/* The longest command, making a key, ends within this time. */
	COMMAND_MS = 30000,
};

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/*
 * The library hands on the parameter size that a response claims; no true
 * one exceeds what a response can hold besides its header (Part 1, 18.4).
 */
static TSS2_RC
check_response(struct tpm *tpm)
{
	const uint8_t *parameters;
	size_t n = 0;
	TSS2_RC rc;

	rc = Tss2_Sys_GetRpBuffer(tpm->sys, &n, &parameters);
	if (rc == TSS2_RC_SUCCESS && n > TPM2_MAX_RESPONSE_SIZE - 10)
		rc = TSS2_SYS_RC_MALFORMED_RESPONSE;
	return rc;
}

TSS2_RC
tpm_execute(struct tpm *tpm, TSS2_RC prepared, enum tpm_auth auth)
{
	uint64_t now = now_ms(), end = now + COMMAND_MS;
	/* TPM_RS_PW with an empty password (Part 1, 19.4), and what else. */
	const TSS2L_SYS_AUTH_COMMAND auths = {
	    .count = (uint16_t)auth,
	    .auths = {{.sessionHandle = TPM2_RS_PW},
	        {.sessionHandle = tpm->second}},
	};
	TSS2_RC rc = prepared;

	if (rc == TSS2_RC_SUCCESS && auth != TPM_AUTH_NONE)
		rc = Tss2_Sys_SetCmdAuths(tpm->sys, &auths);
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_ExecuteAsync(tpm->sys);
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	do {
		rc = Tss2_Sys_ExecuteFinish(tpm->sys, (int32_t)(end - now));
		now = now_ms();
	} while ((rc & ~TSS2_RC_LAYER_MASK) == TSS2_BASE_RC_TRY_AGAIN &&
	         rc >> TSS2_RC_LAYER_SHIFT != 0 && now < end);
	return rc == TSS2_RC_SUCCESS ? check_response(tpm) : rc;
}

bool
tpm_again(struct tpm *tpm, TSS2_RC rc, unsigned *left)
{
	struct timespec pause = {0, RETRY_PAUSE_MS * 1000000L};

	tpm->last_rc = rc;
	if ((rc != TPM2_RC_RETRY && rc != TPM2_RC_YIELDED &&
	        rc != TPM2_RC_TESTING) ||
	    *left == 0)
		return false;
	--*left;
	nanosleep(&pause, NULL);
	return true;
}

enum status
tpm_outcome(struct tpm *tpm, TSS2_RC rc)
{
	tpm->last_rc = rc;
	if (rc == TSS2_RC_SUCCESS)
		return OK;
	if (rc >> TSS2_RC_LAYER_SHIFT == 0)
		return TPM_FAILED;
	switch (rc & ~TSS2_RC_LAYER_MASK) {
	case TSS2_BASE_RC_TRY_AGAIN:
		return TIMEOUT;
	case TSS2_BASE_RC_IO_ERROR:
	case TSS2_BASE_RC_NO_CONNECTION:
		return TPM_UNAVAILABLE;
	case TSS2_BASE_RC_MEMORY:
		return NO_MEMORY;
	default:
		return TPM_FAILED;
	}
}

/* The TCTIs that can be named, and what each needs to hear at least. */
static const struct {
	const char *prefix;
	TSS2_RC (*init)(TSS2_TCTI_CONTEXT *, size_t *, const char *);
	const char *needs[2]; /* both in the argument */
} tctis[] = {
    {"device:", Tss2_Tcti_Device_Init, {"/", "/"}},
    {"swtpm:", Tss2_Tcti_Swtpm_Init, {"host=", "port="}},
    {"swtpm:", Tss2_Tcti_Swtpm_Init, {"path=/", "path=/"}},
};

/*
 * The library writes commands to whatever has this name, be it a disk; a TPM
 * is a character device.  What is not there it tells itself.
 */
static bool
may_be_tpm(const char *path)
{
	struct stat sb;

	return stat(path, &sb) != 0 || S_ISCHR(sb.st_mode);
}

static enum status
start_tcti(struct tpm *tpm, const char *spec)
{
	size_t size = 0, i;
	const char *arg = NULL;
	TSS2_RC rc;

	/* Never a default: a library's guess could be another TPM. */
	for (i = 0; spec != NULL && i < sizeof(tctis) / sizeof(tctis[0]); i++) {
		size_t n = strlen(tctis[i].prefix);

		if (strncmp(spec, tctis[i].prefix, n) != 0 ||
		    strstr(spec + n, tctis[i].needs[0]) == NULL ||
		    strstr(spec + n, tctis[i].needs[1]) == NULL)
			continue;
		arg = spec + n;
		break;
	}
	if (arg == NULL ||
	    (tctis[i].init == Tss2_Tcti_Device_Init && !may_be_tpm(arg)))
		return TCTI_UNNAMED;

	/* First how much memory, then the connection itself. */
	rc = tctis[i].init(NULL, &size, NULL);
	if (rc != TSS2_RC_SUCCESS)
		return tpm_outcome(tpm, rc);
	if ((tpm->tcti = calloc(1, size)) == NULL)
		return NO_MEMORY;
	rc = tctis[i].init(tpm->tcti, &size, arg);
	tpm->last_rc = rc;
	if (rc != TSS2_RC_SUCCESS)
		return TPM_UNAVAILABLE;
	tpm->tcti_ready = true;
	return OK;
}

static enum status
start_sys(struct tpm *tpm)
{
	TSS2_ABI_VERSION abi = TSS2_ABI_VERSION_CURRENT;
	size_t size = Tss2_Sys_GetContextSize(0);
	TSS2_RC rc;

	if ((tpm->sys = calloc(1, size)) == NULL)
		return NO_MEMORY;
	rc = Tss2_Sys_Initialize(tpm->sys, size, tpm->tcti, &abi);
	if (rc == TSS2_RC_SUCCESS)
		return OK;
	free(tpm->sys);
	tpm->sys = NULL;
	return tpm_outcome(tpm, rc);
}

enum status
tpm_connect(struct tpm *tpm, const char *spec)
{
	enum status st;

	/* The library is silent unless the operator asks it to speak. */
	setenv("TSS2_LOG", "all+none", 0);
	if ((st = start_tcti(tpm, spec)) != OK)
		return st;
	return start_sys(tpm);
}

void
tpm_disconnect(struct tpm *tpm)
{
	if (tpm->sys != NULL)
		Tss2_Sys_Finalize(tpm->sys);
	if (tpm->tcti_ready)
		Tss2_Tcti_Finalize(tpm->tcti);
	free(tpm->sys);
	free(tpm->tcti);
	*tpm = (struct tpm){.last_rc = tpm->last_rc};
}

void
tpm_selection(const struct pcr_selection *sel, TPML_PCR_SELECTION *out)
{
	*out = (TPML_PCR_SELECTION){.count = (uint32_t)sel->count};
	for (size_t i = 0; i < sel->count; i++) {
		TPMS_PCR_SELECTION *s = &out->pcrSelections[i];

		s->hash = (TPM2_ALG_ID)sel->bank[i].alg;
		s->sizeofSelect = 3;
		for (unsigned k = 0; k < 3; k++)
			s->pcrSelect[k] = (BYTE)(sel->bank[i].mask >> (8 * k));
	}
}
