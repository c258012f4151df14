/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libassay: appraise attestation evidence of accelerator hosts.
 *
 * The library does no I/O, keeps no globals and knows no clock: the caller
 * gives evidence, nonce, time, trust anchors, policy and the record of the
 * host.  A context may be used for any number of appraisals, by one thread
 * at a time; with mbedTLS 2.28 the whole process must call libassay from one
 * thread at a time.  Words follow RFC 9334.
 */
#ifndef ASSAY_VERIFY_H
#define ASSAY_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include <assay/result.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct assay;

/* A fresh context without time, anchors or policy; NULL without memory. */
struct assay *assay_new(void);
void assay_free(struct assay *ctx); /* NULL is fine */

/*
 * The time of appraisal, seconds since 1970-01-01T00:00:00Z.  Until it is
 * set no validity of a certificate is checked, and results say so.
 */
void assay_set_time(struct assay *ctx, int64_t seconds);

enum assay_input {
	ASSAY_POLICY = 1, /* the text of a policy, see assay-policy(5) */
	ASSAY_ANCHOR = 2, /* a certificate, DER or PEM, trusted for devices */
	ASSAY_REFERENCE_KEY = 3, /* whose reference values count, PEM */
	ASSAY_CRL = 5, /* a certificate revocation list, DER or PEM */
	ASSAY_REFERENCE = 4, /* reference values of assay-rim-import */
	ASSAY_OCSP = 7, /* an OCSP response, DER */
	ASSAY_REFERENCE_INDEX = 8, /* of assay-rim-import; before the values */
};

/*
 * Give the context an input; it is copied.  Returns 0, or an exit status
 * (64 or 65) with one line in the ERROR_CAP bytes at ERROR.
 */
int assay_add(struct assay *ctx, enum assay_input kind, const void *data,
    size_t len, char *error, size_t error_cap);

/*
 * Asked once per appraisal for the record of the host that owns the key
 * named AK_NAME.  Return 0 and fill HOST when there is one, 1 when there is
 * none, -1 when the record cannot be read (the verdict is then "none").
 */
typedef int assay_host_fn(void *arg, const uint8_t *ak_name, size_t len,
    struct assay_host *host);
void assay_set_hosts(struct assay *ctx, assay_host_fn *fn, void *arg);

/*
 * Verify and appraise one evidence bundle.  NONCE is what the evidence must
 * answer, 32 bytes; NULL means that freshness cannot be checked, which the
 * verdict says and which is never better than "none".
 * NULL only without memory.  The result does not borrow from the inputs.
 */
struct assay_result *assay_verify(struct assay *ctx, const uint8_t *nonce,
    size_t nonce_len, const void *evidence, size_t len);

/*
 * What a bundle or a device's report says, decoded and not verified.  The
 * verdict is "none".
 */
struct assay_result *assay_show(const void *evidence, size_t len);

/* Bytes of one input file; DATA is NULL when it was not given. */
struct assay_file {
	const void *data;
	size_t len;
};

/* Artefacts of other tools that can be checked by themselves. */
enum assay_artefact {
	ASSAY_QUOTE = 1,  /* a TPM quote */
	ASSAY_GPU = 2,    /* a GPU's own report */
	ASSAY_SWITCH = 3, /* a switch's own report */
	ASSAY_SPDM = 4,   /* a recorded SPDM exchange */
};

/* Files of one check; which of them count depends on the artefact. */
struct assay_check {
	struct assay_file nonce; /* what must be answered, exact */
	/* a quote: the first three are required */
	struct assay_file ak;        /* TPMT_PUBLIC, TPM2B_PUBLIC or PEM */
	struct assay_file attest;    /* TPMS_ATTEST */
	struct assay_file signature; /* TPMT_SIGNATURE, raw or DER */
	struct assay_file pcrs;      /* tpm2-tools' binary form or text */
	struct assay_file select;    /* text, "sha256:0,1,2" */
	struct assay_file eventlog;  /* TCG log as the kernel gives it */
	struct assay_file ek_pub;    /* parent of the AK */
	struct assay_file state;     /* last clock, counters, firmware */
	/* a GPU or a switch: the report is required */
	struct assay_file report; /* binary, hexadecimal, or JSON array */
	struct assay_file chain;  /* PEM, leaf first; a JSON array has its own */
	/* an SPDM exchange: required */
	struct assay_file exchange;
};

/*
 * Check what the given files allow; everything else is listed as not
 * checked.  CTX gives time, anchors and reference values; a quote needs none
 * of them and takes NULL.  NULL only without memory.
 */
struct assay_result *assay_check(struct assay *ctx, enum assay_artefact what,
    const struct assay_check *in);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
