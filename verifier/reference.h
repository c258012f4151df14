/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference values in assay's normal form: a CoRIM (draft-ietf-rats-corim)
 * in a COSE_Sign1 made by assay-rim-import, docs/reference-values.md.  What
 * a vendor shipped was verified at import; here only the importer's
 * signature is, and digests are compared.
 */
#ifndef ASSAY_REFERENCE_H
#define ASSAY_REFERENCE_H

#include "chain.h"
#include "cose.h"
#include "evidence.h"

#define REFERENCE_PROFILE_URI "tag:" ASSAY_AUTHORITY ":assay/reference/1"
#define REFERENCE_CONTENT_TYPE "application/rim+cbor"

/* Private claims in the protected header (RFC 9597; below -65536). */
enum reference_claim {
	REFERENCE_CLAIM_ISS = 1, /* RFC 8392, 3.1.1 */
	REFERENCE_CLAIM_IAT = 6, /* RFC 8392, 3.1.6: the real time of import */
	REFERENCE_CLAIM_KIND = -70200,
	REFERENCE_CLAIM_AS_OF = -70201,
	REFERENCE_CLAIM_SOURCE = -70202,
	REFERENCE_CLAIM_TRUST = -70203,
	REFERENCE_CLAIM_SIGNER = -70204,
	REFERENCE_CLAIM_NOT_AFTER = -70205,
	REFERENCE_CLAIM_REVOCATION = -70206, /* when anything was looked up */
};

/* What the values are about.  The numbers are in the format. */
enum reference_kind {
	REFERENCE_DRIVER = 1,
	REFERENCE_VBIOS = 2,
	REFERENCE_SWITCH = 3,
	REFERENCE_FIRMWARE = 4, /* of anything else */
};

/* On whose word they were imported.  The numbers are in the format. */
enum reference_trust {
	REFERENCE_PINNED = 1,   /* a chain to a root in certs/anchors.csv */
	REFERENCE_KEY = 2,      /* a key that the operator named */
	REFERENCE_UNSIGNED = 3, /* nobody's but the operator's */
};

enum {
	REFERENCE_ROWS = 128,
	REFERENCE_ALTERNATIVES = 8,
	REFERENCE_INDEX_MAX = 253, /* SPDM blocks are 1 to 254 */
	REFERENCE_TEXT = 96,       /* id, vendor, product, version, name */
	REFERENCE_SIGNER = 160,
	REFERENCE_MAX = 128 * 1024, /* the whole */
};

/* One index and the digests it may have: any of them is right. */
struct reference_row {
	unsigned index; /* 0-based: SPDM block index less one */
	struct bytes name;
	enum hash alg; /* SHA-256, SHA-384 or SHA-512 */
	struct bytes digest[REFERENCE_ALTERNATIVES];
	size_t count;
};

/* All views borrow from the input. */
struct reference {
	enum reference_kind kind;
	enum reference_trust trust;
	struct bytes id;      /* the name of the imported file, "NV_GPU_..." */
	struct bytes vendor;  /* "NVIDIA" */
	struct bytes product; /* "GH100" */
	struct bytes version; /* "550.90.07" */
	struct bytes source;  /* SHA-256 of the imported file */
	int64_t imported;     /* real time of import */
	int64_t as_of; /* what it was verified for; equal unless back-dated */
	struct bytes signer;      /* subject of the vendor's certificate */
	int64_t signer_not_after; /* its end, 0 when there is none */
	enum revocation_extent revocation; /* looked up at import */
	struct reference_row row[REFERENCE_ROWS]; /* ascending */
	size_t row_count;
};

/*
 * Verify the signature of SIGNER over COSE, then decode strictly.  OUT is
 * valid on OK only.  REFERENCE_ALGORITHM, REFERENCE_SIGNATURE,
 * REFERENCE_PROFILE, REFERENCE_MALFORMED, or a code of deterministic CBOR.
 * CURVES may be NULL.
 */
enum status reference_decode(struct bytes cose,
    const struct public_key *signer, struct curves *curves,
    struct reference *out);

/* A COSE_Sign1 in its parts, without anything unprotected. */
enum status reference_split(struct bytes cose, struct cose_sign1 *msg);
/* cose_verify, with the codes of this file. */
enum status reference_verify(const struct cose_sign1 *msg, int64_t alg,
    const struct public_key *signer, struct curves *curves);

/* Decode the CoRIM alone: id, class, version and rows of OUT. */
enum status reference_payload_decode(
    struct bytes corim, struct reference *out);

/* The row with that 0-based index, or NULL. */
const struct reference_row *reference_find(
    const struct reference *ref, unsigned index);

/* Words for people: "driver", "pinned root". */
const char *reference_kind_name(enum reference_kind kind);
const char *reference_trust_name(enum reference_trust trust);

/* An identifier that can be a file name: [A-Za-z0-9][A-Za-z0-9._-]* */
bool reference_id_ok(struct bytes id);

/* Named Information hash algorithms (RFC 6920; IANA), 0 when unknown. */
uint64_t reference_alg_number(enum hash alg);

#endif
