/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_EK_H
#define ASSAY_CHECK_EK_H

#include "context.h"
#include "ek.h"
#include "verdict.h"

/* What a host shows of its endorsement key; PUB may be empty. */
struct ek_shown {
	struct bytes cert;  /* DER, padded or not, or PEM */
	struct bytes chain; /* links up to an authority, DER or PEM */
	struct bytes pub;   /* TPMT_PUBLIC, TPM2B_PUBLIC or PEM */
};

/*
 * May an authority of VENDOR ("" when the operator named it) vouch for TPMs
 * of the manufacturer ID, "id:53544D20"?  Manufacturers that are not in the
 * table may be anybody's.
 */
bool ek_manufacturer_fits(const char *id, const char *vendor);

/*
 * Appraise an endorsement key: reasons at "ek", "chain" and "ek-pub", facts,
 * and what was not checked go to R.  NAME is the key's, empty without a
 * public area in the TPM's form.
 */
void ek_appraise(const struct assay *ctx, const struct ek_shown *in,
    struct assay_result *r, struct tpm_name *name);

/* The above by itself.  NULL only without memory. */
struct assay_result *check_ek(
    const struct assay *ctx, const struct ek_shown *in);

/* The one certificate of FILE, DER or PEM, which needs STORE; or empty. */
struct bytes ek_as_der(struct bytes file, uint8_t *store, size_t cap);

/* Put what a certificate says into DATA. */
void ek_describe(const struct ek_cert *cert, json_t *data);

/* Who vouches for it: reasons at "chain", facts, and what was not checked. */
void ek_judge_path(const struct assay *ctx, const struct ek_cert *cert,
    struct bytes chain, struct assay_result *r);

/*
 * The authorities whose fingerprints come with the source, or, when FILE is
 * not empty, what is known of each of its certificates: ANCHOR_UNKNOWN is a
 * reason for those that neither the table nor the operator names.
 */
struct assay_result *check_tpm_roots(struct bytes file);

#endif
