/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
#include "tpm.h"

#include <string.h>

/* The PCRs changed while they were read: this often again. */
enum { PCR_ROUNDS = 3 };

/* TPM2_PCR_Read (Part 3, 22.4): as many as the TPM gives at once. */
static enum status
read_some(struct tpm *tpm, const struct pcr_selection *want, uint32_t *counter,
    TPML_PCR_SELECTION *got, TPML_DIGEST *values)
{
	TPML_PCR_SELECTION pcrs;
	TSS2_RC rc;

	tpm_selection(want, &pcrs);
	TPM_RUN(rc, tpm, TPM_AUTH_NONE,
	    Tss2_Sys_PCR_Read_Prepare(tpm->sys, &pcrs));
	if (rc == TSS2_RC_SUCCESS)
		rc = Tss2_Sys_PCR_Read_Complete(tpm->sys, counter, got, values);
	return tpm_outcome(tpm, rc);
}

/* The bank of ALG in SEL, or NULL. */
static struct pcr_bank *
bank_of(struct pcr_selection *sel, TPM2_ALG_ID alg)
{
	for (size_t i = 0; i < sel->count; i++)
		if ((TPM2_ALG_ID)sel->bank[i].alg == alg)
			return &sel->bank[i];
	return NULL;
}

/*
 * Move the values of one answer into OUT and off WANT.  The answer must name
 * only what was wanted, and have one digest for each it names.
 */
static bool
take(const TPML_PCR_SELECTION *got, const TPML_DIGEST *values,
    struct pcr_selection *want, struct pcr_values *out)
{
	uint32_t next = 0;

	if (got->count > TPM2_NUM_PCR_BANKS || values->count > 8)
		return false;
	for (uint32_t i = 0; i < got->count; i++) {
		const TPMS_PCR_SELECTION *s = &got->pcrSelections[i];
		struct pcr_bank *bank = bank_of(want, s->hash);

		for (unsigned pcr = 0; pcr < 8 * sizeof(s->pcrSelect); pcr++) {
			const TPM2B_DIGEST *v;

			if (pcr / 8 >= s->sizeofSelect ||
			    (s->pcrSelect[pcr / 8] >> pcr % 8 & 1) == 0)
				continue;
			if (bank == NULL || pcr >= PCR_COUNT ||
			    (bank->mask >> pcr & 1) == 0 ||
			    next == values->count)
				return false;
			v = &values->digests[next++];
			if (v->size > sizeof(v->buffer) ||
			    !pcrs_set(out, bank->alg, pcr,
			        bytes_view(v->buffer, v->size)))
				return false;
			bank->mask &= ~(UINT32_C(1) << pcr);
		}
	}
	return next == values->count && next > 0;
}

/* All of SEL; CHANGED when a PCR was extended in between. */
static enum status
read_all(struct tpm *tpm, const struct pcr_selection *sel,
    struct pcr_values *out, bool *changed)
{
	struct pcr_selection want = *sel;
	uint32_t counter = 0, first = 0;
	enum status st;

	memset(out, 0, sizeof(*out));
	*changed = false;

	/* Each round takes at least one value, so this ends. */
	for (unsigned round = 0; !*changed; round++) {
		TPML_PCR_SELECTION got = {0};
		TPML_DIGEST values = {0};
		uint32_t left = 0;

		for (size_t i = 0; i < want.count; i++)
			left |= want.bank[i].mask;
		if (left == 0)
			break;
		st = read_some(tpm, &want, &counter, &got, &values);
		if (st != OK)
			return st;
		if (round == 0)
			first = counter;
		*changed = counter != first;
		if (!take(&got, &values, &want, out))
			return TPM_FAILED;
	}
	return OK;
}

enum status
tpm_read_pcrs(
    struct tpm *tpm, const struct pcr_selection *sel, struct pcr_values *out)
{
	enum status st;
	bool changed;

	if (sel->count > BANKS_MAX)
		return INTERNAL;
	for (unsigned round = 0; round < PCR_ROUNDS; round++) {
		st = read_all(tpm, sel, out, &changed);
		if (st != OK || !changed)
			return st;
	}
	return TPM_FAILED;
}
