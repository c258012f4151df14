/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in software that pretend to live in a TPM, and signatures of every
 * shape that a careless verifier might take.
 */
#ifndef FORGE_KEY_H
#define FORGE_KEY_H

#include <mbedtls/rsa.h>
#include <psa/crypto.h>

#include "tpm_attest.h"

enum forge_kind { FORGE_P256, FORGE_RSA2048, FORGE_RSA_E3, FORGE_RSA1024 };

struct forge_key {
	enum forge_kind kind;
	psa_key_id_t id;         /* P-256 */
	mbedtls_rsa_context rsa; /* all others */
};

/* A new key; false when the library fails.  To be freed in either case. */
bool forge_key_make(struct forge_key *key, enum forge_kind kind);
void forge_key_free(struct forge_key *key);

/* What its TPMT_PUBLIC says besides the key: TPM_ALG_ID numbers. */
struct forge_template {
	uint64_t attributes, name_alg, scheme, scheme_hash;
};

/* TPMT_PUBLIC (Part 2, 12.2.4); a decrypting template gets AES-128-CFB. */
void forge_key_area(const struct forge_key *key,
    const struct forge_template *t, struct writer *w);

/* SubjectPublicKeyInfo in DER. */
void forge_key_spki(const struct forge_key *key, struct writer *w);

/* Shapes of a signature.  All of them but these come as TPMT_SIGNATURE: */
enum forge_shape {
	FORM_PLAIN,
	FORM_R_ZERO,
	FORM_S_ZERO,
	FORM_R_EMPTY,
	FORM_R_ORDER,
	FORM_S_ORDER,
	FORM_S_TOP,     /* all bits set */
	FORM_S_NEGATED, /* n - s: as good as s (SEC 1, 4.1.4) */
	FORM_R_WIDE,    /* a byte before the first */
	FORM_ONE_PART,  /* r and s in one buffer, as RSA has it */
	FORM_CUT,
	FORM_TRAILING,
	FORM_RSA_SHORT,
	FORM_RSA_LONG,
	FORM_RSA_GARBAGE, /* eight bytes of padding, then garbage at the end */
	FORM_RAW,	  /* raw: the block alone */
	FORM_DER,	  /* DER: ECDSA-Sig-Value */
	FORM_DER_ZEROS,
	FORM_DER_TRAILING,
};

struct forge_form {
	uint16_t alg, hash; /* as the signature names them */
	enum forge_shape shape;
};

/* Sign MESSAGE hashed with ALG, and write the signature in that form. */
void forge_key_sign(struct forge_key *key, enum hash alg, struct bytes message,
    const struct forge_form *form, struct writer *w);

#endif
