/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys, certificates and DER of a made-up vendor, each wrong at will.  What
 * is made stays valid until xf_reset.
 */
#ifndef ASSAY_X509_FORGE_H
#define ASSAY_X509_FORGE_H

#include <psa/crypto.h>

#include "crypto.h"

/* Everything is made in one place, which is emptied between cases. */
void xf_reset(void);

/* DER: one element around the COUNT parts, one after the other. */
struct bytes xf_join(const struct bytes *parts, size_t count);
struct bytes xf_tlv(uint8_t tag, struct bytes content);
#define XF_PARTS(...)                                                          \
	(const struct bytes[]){__VA_ARGS__},                                   \
	    sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes)
#define XF_SEQ(...) xf_tlv(0x30, xf_join(XF_PARTS(__VA_ARGS__)))
#define XF_NONE ((struct bytes){NULL, 0})

struct bytes xf_uint(uint64_t v);     /* INTEGER */
struct bytes xf_oid(const char *hex); /* OID, from its content's digits */
struct bytes xf_time(int64_t t);      /* GeneralizedTime */
struct bytes xf_name(const char *common_name); /* or "serialNumber/CN" */
/* Extension; VALUE is the content of its OCTET STRING. */
struct bytes xf_extension(const char *oid_hex, bool critical, struct bytes value);

struct xf_key {
	psa_key_id_t id;
	enum key_type type;
	struct bytes spki;
	uint8_t store[700];
};

/* P-256, P-384, or RSA of 2048 bits; or RSA of BITS. */
bool xf_key_new(struct xf_key *k, enum key_type type);
bool xf_rsa_new(struct xf_key *k, unsigned bits);
void xf_key_free(struct xf_key *k);
struct bytes xf_key_bits(const struct xf_key *k); /* what key hashes hash */

/* SEQUENCE { CONTENT, algorithm, signature, REST } */
struct bytes xf_signed(const struct xf_key *by, enum hash hash,
    struct bytes content, struct bytes rest);

/* A certificate; zero means the usual. */
struct xf_cert {
	const char *subject, *issuer;
	const struct xf_key *key, *by;
	uint64_t serial;
	int64_t from, until;
	enum hash hash;    /* of the signature: SHA-384 unless said */
	bool ca;
	int path_length;   /* plus one; 0 for none */
	unsigned usage;    /* bits of KeyUsage, 0 for no extension */
	bool ocsp_signing, any_purpose, nocheck, odd_critical;
	bool version1;
};

struct bytes xf_cert_make(const struct xf_cert *c);
struct bytes xf_cert_content(const struct xf_cert *c); /* what is signed */

/* Bits of KeyUsage (RFC 5280, 4.2.1.3), most significant first. */
enum { XF_SIGN = 0x80, XF_CERT_SIGN = 0x04, XF_CRL_SIGN = 0x02 };

/* A list of BY that revokes SERIAL, unless 0, for REASON, unless -1. */
struct bytes xf_crl(const char *issuer, const struct xf_key *by, int64_t from,
    int64_t until, uint64_t serial, int64_t at, int reason);

#endif
