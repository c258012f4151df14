/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of libassay: a verdict, its reasons, what was not checked, and the
 * facts.  A result owns its memory and outlives the context.
 */
#ifndef ASSAY_RESULT_H
#define ASSAY_RESULT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* The tiers of EAR (draft-ietf-rats-ear), with the exit status of tools. */
enum assay_verdict {
	ASSAY_AFFIRMING = 0,
	ASSAY_CONTRAINDICATED = 1,
	ASSAY_WARNING = 2,
	ASSAY_NONE = 3,
};

/* What a verifier remembers about a host between reports. */
enum assay_enrolment {
	ASSAY_NOT_ENROLLED = 0,
	ASSAY_PINNED = 1,   /* an operator approved the key by its name */
	ASSAY_REJECTED = 2, /* an operator rejected the key */
	/*
	 * the endorsement key's certificate was verified, its TPM has shown
	 * that it holds both keys, and an operator approved
	 */
	ASSAY_ENROLLED = 3,
};

enum {
	ASSAY_NAME_MAX = 50,
	ASSAY_IDENTITY_MAX = 64,
	ASSAY_LABEL_MAX = 32,
	ASSAY_DEVICES_MAX = 32, /* in one report */
};

/* A device that has signed evidence for a host. */
struct assay_device {
	char identity[ASSAY_IDENTITY_MAX]; /* "nvidia:00a1...", in any host */
	char label[ASSAY_LABEL_MAX];       /* in this one, "gpu-0" */
	/* a report in which it signed was not contraindicated */
	int expected;
	uint8_t ak_name[ASSAY_NAME_MAX]; /* of the host's key */
	size_t ak_name_len;
	int64_t last_seen; /* seconds since 1970; 0 in a result */
};

/*
 * Asked, about an enrolled host whose key is named AK_NAME, what earlier
 * reports had.  IDENTITY is NULL: device number I, from 0, of those expected
 * of this host.  Else I is 0: the device of this identity as it signed for
 * another enrolled host, not too long ago.  Return 0 and fill DEVICE when
 * there is one, 1 when there is none, -1 when that cannot be read (the
 * verdict is then "none").  Within one appraisal the same question, which
 * may come again, must have the same answer.
 */
typedef int assay_device_fn(void *arg, const uint8_t *ak_name, size_t len,
    const char *identity, size_t i, struct assay_device *device);

struct assay_host {
	enum assay_enrolment enrolment;
	uint8_t ak_name[ASSAY_NAME_MAX]; /* TPM Name of the AK */
	size_t ak_name_len;
	uint8_t ek_name[ASSAY_NAME_MAX]; /* of an enrolled host */
	size_t ek_name_len;
	/* the TPM's maker by that key's certificate, "id:49465800", or "" */
	char tpm_manufacturer[16];
	int has_tpm_state; /* the next five are known */
	uint64_t clock;    /* ms */
	uint32_t reset_count;
	uint32_t restart_count;
	uint64_t firmware_version;
	int clock_safe;
	int has_chain; /* the next two are known */
	uint64_t chain_counter;
	uint8_t chain_digest[32]; /* SHA-256 of the last chained bundle */
	/*
	 * Asked: the SHA-256 of the bundle that the report follows, or zeros.
	 * To be answered, if known: the name of the key that signed it.
	 */
	uint8_t follows[32];
	uint8_t follows_ak_name[ASSAY_NAME_MAX];
	size_t follows_ak_name_len;
	int has_ima; /* the next three are known, of the boot as above */
	uint64_t ima_count; /* records of the IMA list that led to */
	int ima_bank;       /* in this bank, a TPM_ALG_ID */
	uint8_t ima_pcr[64]; /* this value of PCR 10 */
	/* To be answered: who knows the devices of earlier reports, or NULL. */
	assay_device_fn *device_fn;
	void *device_arg;
	/* Of a result: those that signed for the host in this report. */
	struct assay_device device[ASSAY_DEVICES_MAX];
	size_t device_count;
};

struct assay_result;

void assay_result_free(struct assay_result *result); /* NULL is fine */

/*
 * The exit status of a tool that ends with this result: a verdict, or 65 for
 * malformed input, 70 for an internal fault.
 */
int assay_result_exit(const struct assay_result *result);

/*
 * Reason number I: a code such as "QUOTE_NONCE_MISMATCH", where it applies
 * ("host", "gpu-0", "quote"), and details for a person.  Returns 0 past the
 * last.  The strings live as long as the result.
 */
struct assay_reason {
	const char *code;
	const char *where;
	const char *detail;
};
int assay_result_reason(const struct assay_result *result, size_t i,
    struct assay_reason *out);

/*
 * The host's record after this appraisal: what was given by the host
 * callback, moved forward, and the devices that signed, of a refused report,
 * too.  Returns 0, and leaves HOST alone, when the
 * evidence was not verified: nothing must be remembered then.
 */
int assay_result_host(
    const struct assay_result *result, struct assay_host *host);

enum assay_format {
	ASSAY_TEXT = 1, /* for a person */
	ASSAY_JSON = 2, /* {"schema":1,"verdict":...} */
	ASSAY_EAR_JWT = 3, /* draft-ietf-rats-ear-04, signed ES384 */
	/*
	 * what was made of logs: an event policy; of a bundle: the list of
	 * its places, for an inventory
	 */
	ASSAY_LEARNED = 4,
	ASSAY_EXPLAIN = 5, /* text, with the derivation of every class */
};

/* How a signed result is made; unused by the unsigned formats. */
struct assay_signing {
	const char *key_pem; /* private P-384 key, NUL-terminated */
	int64_t issued_at;   /* seconds since 1970 */
	const char *build;   /* of the verifier, "assay-verifier 0.1.0" */
	const uint8_t *nonce; /* the session's, 32 bytes, or NULL */
};

/*
 * Write the result to the CAP bytes at OUT with a final NUL.  Returns the
 * length without the NUL; when that is CAP or more, nothing useful was
 * written and the call is to be repeated with more room.  -1 on failure
 * (a key that cannot be used, no memory).
 */
long assay_result_write(const struct assay_result *result,
    enum assay_format format, const struct assay_signing *signing, char *out,
    size_t cap);

/* What assay_key is to write, as text. */
enum assay_key_form {
	ASSAY_KEY_NEW = 1,    /* a new private P-384 key, PEM */
	ASSAY_KEY_JWK = 2,    /* the public JSON Web Key (RFC 7517) of one */
	ASSAY_KEY_PUBLIC = 3, /* its public half, PEM */
	ASSAY_KEY_FINGERPRINT = 4, /* SHA-256 of that in DER, hexadecimal */
};

/*
 * KEY_PEM is a private key that was made with the first form, for which it
 * is NULL.  Same return value as assay_result_write.
 */
long assay_key(
    enum assay_key_form form, const char *key_pem, char *out, size_t cap);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
