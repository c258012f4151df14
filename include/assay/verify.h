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
	ASSAY_EVENT_POLICY = 2, /* a text, see assay-event-policy(5) */
	ASSAY_EPOCH = 3, /* a marker, 1 to 4096 bytes: evidence may carry it */
	ASSAY_ANCHOR = 4, /* a certificate, DER or PEM, trusted for devices */
	ASSAY_TPM_ROOT = 5, /* certificates of TPM vendors, see assay(1) */
	ASSAY_CRL = 6, /* a certificate revocation list, DER or PEM */
	ASSAY_OCSP = 7, /* an OCSP response, DER */
	ASSAY_REFERENCE_KEY = 8, /* whose reference values count, PEM */
	ASSAY_REFERENCE_INDEX = 9, /* of assay-rim-import; before the values */
	ASSAY_REFERENCE = 10, /* reference values of assay-rim-import */
	ASSAY_INVENTORY = 11, /* of assay inventory sign; after the policy */
	/* Tables, docs/capability-tables.md; the policy comes before them. */
	ASSAY_CHIPS = 12, /* a table of chips, in place of the built-in one */
	ASSAY_RULES = 13, /* a table of rules, beside or in place of them */
	ASSAY_TABLE_SIGNATURES = 14, /* of the table that is given next */
	ASSAY_RULE_SET = 15, /* the name of the only rule set that counts */
	ASSAY_TPM_FIRMWARE = 16, /* a table of TPMs, in place of the built-in */
};

/*
 * Give the context an input; it is copied.  Returns 0, or an exit status
 * (64, 65; 1 for a table that may not be trusted) with one line in the
 * ERROR_CAP bytes at ERROR.
 */
int assay_add(struct assay *ctx, enum assay_input kind, const void *data,
    size_t len, char *error, size_t error_cap);

/*
 * Asked once per appraisal for the record of the host that owns the key
 * named AK_NAME.  Return 0 and fill HOST when there is one, 1 when there is
 * none, -1 when the record cannot be read (the verdict is then "none").
 * HOST->follows is given: see there; it may be answered when there is none.
 */
typedef int assay_host_fn(void *arg, const uint8_t *ak_name, size_t len,
    struct assay_host *host);
void assay_set_hosts(struct assay *ctx, assay_host_fn *fn, void *arg);

/*
 * Verify and appraise one evidence bundle.  NONCE is what the evidence must
 * answer, 32 bytes.  NULL means that it must carry one of the context's epoch
 * markers (RFC 9334, 10.3); without any of them freshness cannot be checked,
 * which the verdict says and which is never better than "none".
 * NULL only without memory.  The result does not borrow from the inputs.
 */
struct assay_result *assay_verify(struct assay *ctx, const uint8_t *nonce,
    size_t nonce_len, const void *evidence, size_t len);

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
	ASSAY_EVENTLOG = 5, /* a boot log */
	ASSAY_IMA = 6,      /* the list of files that a kernel measured */
	ASSAY_LEARN = 7,    /* boot logs, to make an event policy from */
	ASSAY_EK = 8,       /* an endorsement key certificate */
	ASSAY_TPM_ROOTS = 9, /* authorities of TPM vendors */
	ASSAY_IAK = 10,     /* a certificate of an attestation key */
	/*
	 * What a bundle or a device's report says, decoded and not verified:
	 * the verdict is "none".
	 */
	ASSAY_BUNDLE = 11,
	ASSAY_PLACES = 12, /* an inventory */
	ASSAY_PLATFORM = 13, /* a platform certificate */
	ASSAY_CAPABILITY = 14, /* the class of a chip, see below */
	ASSAY_TABLE = 15, /* a table, or those of the context without one */
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
	/* a boot log: EVENTLOG is required, PCRS are compared when given */
	/* a list of files: required, PCRS are compared when given */
	struct assay_file ima;
	/* learning: 1 to 64 logs of good hosts, and "sha256" or another bank */
	const struct assay_file *logs;
	size_t log_count;
	struct assay_file bank;
	/* an endorsement key: required; CHAIN and EK_PUB count, too */
	struct assay_file ek_cert; /* DER, padded or not, or PEM */
	/* an attestation key: EK_CERT is its certificate; CHAIN; AK, required */
	/* authorities: CHAIN, or without it those that are built in */
	/* a class: one of these, or a report with its chain */
	struct assay_file chip;     /* a name from the table of chips */
	struct assay_file facts;    /* what assay-agent measure --json prints */
	struct assay_file evidence; /* a bundle, verified and appraised */
	/* an inventory, and fingerprints of signers that count, text */
	struct assay_file inventory, signers;
	struct assay_file observed; /* and what assay-probe measured */
	/* a table */
	struct assay_file table;
	struct assay_file signatures; /* its .cose */
	/*
	 * a platform certificate (TCG Platform Certificate Profile 1.1; RFC
	 * 5755), DER or PEM; EK_CERT, whose it is; CHAIN, who signed it and
	 * links above
	 */
	struct assay_file platform;
};

/*
 * Check what the given files allow; everything else is listed as not
 * checked.  CTX gives time, anchors, reference values and the policy for
 * events; a quote, a log and authorities need none of them and take NULL.
 * NULL only without memory.
 */
struct assay_result *assay_check(struct assay *ctx, enum assay_artefact what,
    const struct assay_check *in);

enum { ASSAY_CREDENTIAL_MAX = 128, ASSAY_SECRET_MAX = 514 };

/*
 * What a host is asked that wants to enrol (TPM2_MakeCredential, TPM 2.0
 * Library, Part 1, 24).  CREDENTIAL and SECRET go to the host, which has its
 * TPM open them; PROOF is what it must answer and goes nowhere.
 */
struct assay_challenge {
	uint8_t ak_name[ASSAY_NAME_MAX]; /* TPM Names */
	size_t ak_name_len;
	uint8_t ek_name[ASSAY_NAME_MAX];
	size_t ek_name_len;
	uint8_t credential[ASSAY_CREDENTIAL_MAX]; /* TPM2B_ID_OBJECT */
	size_t credential_len;
	uint8_t secret[ASSAY_SECRET_MAX]; /* TPM2B_ENCRYPTED_SECRET */
	size_t secret_len;
	uint8_t proof[32];
	uint8_t keys[32]; /* digest of all that was challenged */
};

/*
 * Appraise the endorsement key of IN (EK_CERT, CHAIN, EK_PUB) and the
 * attestation key AK, both in the TPM's form.  When nothing speaks against
 * them, OUT is a fresh challenge; else its lengths are 0, and the result says
 * why.  NULL only without memory.
 */
struct assay_result *assay_challenge(struct assay *ctx,
    const struct assay_check *in, struct assay_challenge *out);

/*
 * What is signed: a table, whose SIGNATURES are those it has already, or
 * empty; or the list of an inventory.
 */
struct assay_signed {
	const char *key_pem; /* private P-384 key, NUL-terminated */
	struct assay_file table;
	struct assay_file signatures;
	struct assay_file list;
	char *error; /* one line when LIST is wrong, ERROR_CAP bytes */
	size_t error_cap;
};

/*
 * Write the signatures of the table, with ours, into the CAP bytes at OUT;
 * older ones that do not fit the table any more are left out.  Or write the
 * signed inventory.  Returns the length; when that is more than CAP nothing
 * was written.  -1 on failure.
 */
long assay_sign(const struct assay_signed *what, void *out, size_t cap);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
