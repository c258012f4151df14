/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From bytes to what may be believed.  A struct verified comes from verify()
 * alone, and only when everything that the host's TPM vouches for holds;
 * appraise() takes nothing else, so unverified data cannot be appraised.
 */
#ifndef ASSAY_VERIFY_INTERNAL_H
#define ASSAY_VERIFY_INTERNAL_H

#include "claims.h"
#include "context.h"
#include "device.h"
#include "tpm_attest.h"
#include "verdict.h"
#include "verify_logs.h"

struct verified;

/*
 * Verify EVIDENCE in the order of docs/protocol.md, "Verification".  The
 * first failure of the host's part ends it: a reason is in RESULT and NULL is
 * returned.  Failures of devices are reasons at their label and go on.
 * The returned object borrows from EVIDENCE; free with verified_free.
 */
struct verified *verify(const struct assay *ctx, struct bytes nonce,
    struct bytes evidence, struct assay_result *result);
void verified_free(struct verified *v); /* NULL is fine */

const struct claims *verified_claims(const struct verified *v);
const struct quote *verified_quote(const struct verified *v);
const struct assay_host *verified_host(const struct verified *v);
bool verified_fresh(const struct verified *v);

const struct host_logs *verified_logs(const struct verified *v);
/* Of the quoted PCRs; what else may be in it is not vouched for. */
const struct pcr_values *verified_pcrs(const struct verified *v);
/* Is there an item of that label? */
bool verified_item(const struct verified *v, const char *label);

/* What became of device I's own evidence. */
enum device_state { DEVICE_SIGNED_NOTHING, DEVICE_PROVED, DEVICE_FAILED,
	DEVICE_NOT_APPRAISED };
enum device_state verified_device(
    const struct verified *v, size_t i, const struct device_proof **proof);

/* Judge what was verified by policy and the host's record (appraise.c). */
void appraise(const struct assay *ctx, const struct verified *v,
    struct assay_result *result);

/* Facts of claims and quote for people and --json (facts_json.c). */
void describe_claims(const struct claims *c, json_t *data);
void describe_quote(const struct quote *q, json_t *data);

#endif
