/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence, profile 1: a CMW collection (RFC 9999) in deterministic CBOR with
 * unsigned claims (UCCS, RFC 9781), a TPM quote that covers them, and what
 * the devices signed.  docs/protocol.md has the grammar in CDDL.
 *
 * Labels of drafts and private labels live in this header alone.
 */
#ifndef ASSAY_EVIDENCE_H
#define ASSAY_EVIDENCE_H

#include "bytes.h"
#include "cmw.h"
#include "hash.h"
#include "status.h"

#ifndef ASSAY_AUTHORITY
#define ASSAY_AUTHORITY "assay.example,2026"
#endif
#define EVIDENCE_PROFILE_URI "tag:" ASSAY_AUTHORITY ":assay/evidence/1"
#define PROFILE_LABEL "__cmwc_t"

/* The media types, and the Content-Formats of RFC 9782 and RFC 9999. */
#define MEDIA_EVIDENCE "application/cmw+cbor"
#define MEDIA_TPM2_QUOTE "application/vnd.assay.tpm2-quote+cbor"
#define MEDIA_EVENTLOG "application/vnd.assay.tcg-eventlog+zlib"
#define MEDIA_IMA "application/vnd.assay.ima-log+zlib"
#define MEDIA_SIMULATED "application/vnd.assay.simulated-evidence+cbor"
#define MEDIA_SPDM "application/vnd.assay.spdm-exchange+cbor"
#define MEDIA_NVIDIA "application/vnd.veraison.nvidia-gpu-evidence+json"
#define MEDIA_GAUDI "application/vnd.assay.gaudi-quote+cbor"
/* The guest's own TEE report, the one extension item of ours. */
#define MEDIA_TEE "application/vnd.assay.tee-report+cbor"
#define LABEL_TEE "x-tee-report"
enum { CF_EAT_UCS_CBOR = 267, CF_PKCS7_CERTS = 281, CF_PKIX_CERT = 287 };
enum { TAG_UCCS = 601, CF_MEASURED_COMPONENT = 295 };

/* Claim keys: CWT and EAT registry (RFC 9711), then ours. */
enum claim_key {
	CLAIM_IAT = 6,
	CLAIM_NONCE = 10,
	CLAIM_UEID = 256,
	CLAIM_OEMID = 258,
	CLAIM_HWMODEL = 259,
	CLAIM_HWVERSION = 260,
	CLAIM_UPTIME = 261,
	CLAIM_DBGSTAT = 263,
	CLAIM_PROFILE = 265,
	CLAIM_SUBMODS = 266,
	CLAIM_SWNAME = 270,
	CLAIM_SWVERSION = 271,
	CLAIM_MEASUREMENTS = 273,
	CLAIM_ITEM_DIGESTS = -70000,
	CLAIM_KEY_NAMES = -70002,
	CLAIM_BOOT = -70003,
	CLAIM_EPOCH = -70004,
	CLAIM_CHAIN = -70005,
	CLAIM_AGENT = -70006,
	CLAIM_IMA_FROM = -70007,
	CLAIM_FACTS = -70010,
	CLAIM_DEVICE_ITEM = -70011,
};

/* COSE algorithm identifiers of the digests (RFC 9054). */
enum { COSE_SHA256 = -16, COSE_SHA384 = -43 };

/* Limits of the profile. */
enum {
	EVIDENCE_MAX = 1 << 20,
	EVIDENCE_DEPTH = 6,
	NONCE_LEN = 32,
	TEE_NONCE_LEN = 64,
	GPUS_MAX = 16,
	SWITCHES_MAX = 16,
	DEVICES_MAX = GPUS_MAX + SWITCHES_MAX,
	ITEMS_MAX = DEVICES_MAX + 8 + 16, /* devices, named items, x- items */
	LABEL_MAX = 32,
	LOG_MAX = 1 << 20, /* inflated */
	TPM_NAME_MAX = 2 + 48,
	UEID_LEN = 33,
	EPOCH_MARKER_MAX = 4096,
	EPOCH_KIND_MAX = 64,
	PCR_COUNT = 24,
};

/*
 * A label is "gpu-N" or "switch-N" with N from 0 to 99 in its shortest form.
 */
bool device_label_ok(struct bytes label);

/* Order of encoded text keys: by length, then by bytes (RFC 8949, 4.2.1). */
bool label_before(struct bytes a, struct bytes b);
/* Put COUNT items of SIZE bytes, each beginning with its label, into it. */
void label_sort(void *items, size_t count, size_t size);

/* Part of a collection: its label and its record, borrowed. */
struct evidence_item {
	struct bytes label;
	struct cmw_record record;
};

/*
 * Encode a collection of CLAIMS, QUOTE and ITEMS, sorting what must be
 * sorted.  Fails only when OUT is too small.
 */
enum status evidence_encode(struct bytes claims, struct bytes quote,
    const struct evidence_item *items, size_t count, struct writer *out);

/* A quote as carried: TPMS_ATTEST, TPMT_SIGNATURE, TPMT_PUBLIC, PCR values. */
struct quote_parts {
	struct bytes attest;
	struct bytes signature;
	struct bytes ak_public;
	struct bytes pcrs; /* encoded map hash -> (index -> value), see pcrs.h */
};

void quote_parts_encode(const struct quote_parts *q, struct writer *w);

/*
 * The formulas.  HASH follows the AK's scheme, SHA-256 or SHA-384.
 *
 *	binding  Q   = H("assay/evidence/1" 00 CLAIMS)
 *	ueid         = 01 SHA-256(EK name), of the AK name when there is no EK
 *	N            = SHA-256(marker) when there is an epoch marker
 *	device nonce = SHA-256(dCBOR(["assay/gpu-nonce/1", N, AK name, label]))
 *	TEE nonce    = SHA-512(dCBOR(["assay/tee-nonce/1", N, AK name]))
 *	item digest  = H(whole CMW record)
 */
enum status evidence_binding(
    enum hash alg, struct bytes claims, struct digest *out);
enum status evidence_ueid(
    struct bytes ak_name, struct bytes ek_name, uint8_t out[UEID_LEN]);
enum status evidence_device_nonce(struct bytes nonce, struct bytes ak_name,
    struct bytes label, uint8_t out[NONCE_LEN]);
enum status evidence_tee_nonce(
    struct bytes nonce, struct bytes ak_name, uint8_t out[TEE_NONCE_LEN]);

#endif
