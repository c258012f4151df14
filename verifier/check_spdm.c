/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded SPDM exchange on its own, as far as it can be checked; what it
 * does not allow is listed as not checked.
 */
#include "check_spdm.h"

#include <stdlib.h>

#include "device_spdm.h"

/* What no recording can tell, or what the caller left out. */
static void
list_not_checked(const struct assay *ctx, struct bytes nonce,
    const struct device_proof *proof, struct assay_result *r)
{
	if (nonce.n == 0)
		verdict_not_checked(r, CHECK_FRESHNESS);
	if (!ctx->has_time)
		verdict_not_checked(r, CHECK_TIME);
	device_not_checked(proof, r);
}

struct assay_result *
check_spdm(const struct assay *ctx, struct bytes exchange, struct bytes nonce)
{
	struct device_check check = {
	    .anchors = ctx->anchors, .time = ctx->has_time ? &ctx->time : NULL};
	struct assay_result *r = verdict_new("SPDM exchange");
	struct spdm_exchange *ex = calloc(1, sizeof(*ex));
	struct device_proof proof = {0};
	char detail[DETAIL_MAX] = "";
	enum status st;

	if (r == NULL || ex == NULL ||
	    hash_one(HASH_SHA256, exchange, &r->evidence_digest) != OK) {
		assay_result_free(r);
		free(ex);
		return NULL;
	}
	verdict_subject(r, BYTES_LIT("device"));
	st = spdm_prove(
	    exchange, &check, ex, &proof, r->data, detail, sizeof(detail));
	verdict_reason(r, st, "device", "%s", detail);
	if (st == OK) {
		data_text(r->data, "identity", bytes_str(proof.identity));
		if (nonce.n > 0 && !spdm_exchange_answers(ex, nonce))
			verdict_reason(r, DEVICE_NONCE_MISMATCH, "device",
			    "a signed request has another nonce");
		if (proof.read_before)
			verdict_not_checked(r, CHECK_READ_BEFORE);
		if (proof.simulated)
			verdict_reason(r, SIMULATED, "device",
			    "its certificates say so");
	}
	list_not_checked(ctx, nonce, &proof, r);
	free(ex);
	return r;
}
