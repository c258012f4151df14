/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mock root of trust for tests: attestation keys in software, quotes,
 * accelerators under a test root, and whole bundles with one thing wrong.
 * Nothing made here is hardware; everything says forge_.
 */
#ifndef ASSAY_FORGE_H
#define ASSAY_FORGE_H

#include <psa/crypto.h>

#include "claims.h"
#include "evidence.h"
#include "tpm_attest.h"

/* An attestation key whose public area can be made wrong at will. */
struct forge_ak {
	psa_key_id_t id;
	enum key_type type;
	uint8_t point[97]; /* 04 X Y */
	size_t field;      /* bytes of a coordinate */
	/* TPMT_PUBLIC is made from these by forge_ak_publish. */
	uint16_t name_alg;
	uint32_t attributes;
	uint16_t scheme;
	uint16_t scheme_hash;
	uint8_t wire[256];
	size_t wire_len;
	struct tpm_name name;
};

/* A new P-256 key with SHA-256, or P-384 with SHA-384, sound in all. */
bool forge_ak_new(struct forge_ak *ak, enum key_type type);
/* Fields back to sound ones, and TPMT_PUBLIC and name from the fields. */
void forge_ak_sound(struct forge_ak *ak);
void forge_ak_publish(struct forge_ak *ak);
void forge_ak_free(struct forge_ak *ak);

/* TPMT_SIGNATURE (ECDSA) over SHA-256 or SHA-384 of DATA. */
bool forge_sign(const struct forge_ak *ak, struct bytes data, struct writer *w);

/* TPMS_ATTEST field by field (Part 2, 10.12.12). */
struct forge_attest {
	uint32_t magic;
	uint16_t type;
	struct bytes signer;
	struct bytes extra;
	uint64_t clock;
	uint32_t reset_count, restart_count;
	uint8_t safe;
	uint64_t firmware;
	struct bytes selection; /* TPML_PCR_SELECTION */
	struct bytes pcr_digest;
};

/* A sound quote over nothing in particular. */
struct forge_attest forge_attest_default(void);
void forge_attest_write(const struct forge_attest *a, struct writer *w);
/* TPML_PCR_SELECTION with three bytes for each bank. */
void forge_selection_write(const struct pcr_selection *sel, struct writer *w);

/* A test root and one accelerator under it, P-384 (forge_device.c). */
enum { FORGE_CERT_MAX = 1024, FORGE_SERIAL_LEN = 8 };

struct forge_board {
	uint8_t root[FORGE_CERT_MAX];
	size_t root_len;
	uint8_t leaf[FORGE_CERT_MAX];
	size_t leaf_len;
	uint8_t serial[FORGE_SERIAL_LEN];
	psa_key_id_t key;
	psa_key_id_t root_key;
};

bool forge_board_new(struct forge_board *b);
/* The same with another subject of the root and another CN of the leaf. */
bool forge_board_named(
    struct forge_board *b, const char *root_name, const char *leaf_name);
/* The same with any bytes as the serial number in the leaf's subject. */
bool forge_board_serial(struct forge_board *b, struct bytes serial);
void forge_board_free(struct forge_board *b);

/* What a device's evidence may have wrong. */
enum forge_flaw {
	FLAW_NONE,
	FLAW_NONCE,     /* the report answers another nonce */
	FLAW_SIGNATURE, /* of the report */
	FLAW_SERIAL,    /* another serial number in the report */
	FLAW_REPORT,    /* the report is cut short */
	FLAW_OPAQUE,    /* no serial number in the report */
	FLAW_MARK,      /* does not say SIMULATED */
	FLAW_LEAF,      /* one bit of the certificate's signature */
	FLAW_CERT,      /* not a certificate */
};

/* application/vnd.assay.simulated-evidence+cbor that answers NONCE. */
bool forge_device_evidence(const struct forge_board *b,
    const uint8_t nonce[NONCE_LEN], enum forge_flaw flaw, struct writer *w);
/* The SPDM exchange alone, signed. */
bool forge_report(const struct forge_board *b, const uint8_t nonce[NONCE_LEN],
    enum forge_flaw flaw, struct writer *w);

/* Where a test may interfere while a bundle is made. */
enum forge_stage {
	FORGE_START,   /* nothing is made yet: keys and switches */
	FORGE_ITEMS,   /* items are there, their digests not yet */
	FORGE_CLAIMS,  /* struct claims is filled */
	FORGE_BOUND,   /* claims are encoded, not yet quoted */
	FORGE_ATTEST,  /* fields of TPMS_ATTEST are set */
	FORGE_SIGNED,  /* everything is signed, not yet put together */
	FORGE_DONE,    /* the bundle is in OUT */
};

enum { FORGE_BUF = 16 * 1024 };

struct forge {
	struct forge_ak ak;
	struct forge_board board;
	/* Switches. */
	size_t devices;        /* how many, all of them alike */
	const struct forge_board *board_of[DEVICES_MAX]; /* NULL: BOARD */
	bool devices_sign;
	enum forge_flaw flaw;
	const char *device_type; /* media type of the items */
	struct bytes eventlog; /* not deflated; PCRs then come from it */
	struct bytes ima;      /* not deflated; PCR 10 then comes from it, */
	struct bytes ima_quoted; /* or from this beginning of it */
	struct bytes ima_before; /* PCR 10 before it; empty: zeros */
	bool send_pcrs;
	/* What a bundle is made of. */
	uint8_t nonce[NONCE_LEN];
	uint8_t ueid[UEID_LEN];
	uint8_t device_nonce[DEVICES_MAX][NONCE_LEN];
	char label[DEVICES_MAX][LABEL_MAX];
	struct evidence_item items[ITEMS_MAX];
	size_t item_count;
	struct digest digest[ITEMS_MAX];
	struct claims claims;
	struct pcr_values pcrs;
	struct pcr_selection selection;
	struct forge_attest attest;
	struct digest q, pcr_digest;
	struct tpm_name signer;
	/* Encoded parts, views into ARENA. */
	struct bytes claims_wire, attest_wire, signature_wire, public_wire,
	    pcrs_wire;
	struct writer arena;
	uint8_t arena_bytes[8 * FORGE_BUF];
	struct writer out;
	uint8_t out_bytes[4 * FORGE_BUF];
};

/* Keys, a board, and switches for one device that signs nothing. */
bool forge_open(struct forge *f, enum key_type type);
void forge_close(struct forge *f);
/* The switches as forge_open left them; keys stay. */
void forge_reset(struct forge *f);

/*
 * Make a bundle into F->out; CHANGE, when not NULL, is called once at STAGE.
 * False only when the forge itself failed.
 */
bool forge_build(struct forge *f, enum forge_stage stage,
    void (*change)(struct forge *f));

/* Room in the arena for a view that lives until the next build. */
struct bytes forge_keep(struct forge *f, struct bytes b);

/*
 * B with the lowest bit of byte AT flipped, or with a zero after it, in a
 * buffer that the next such call overwrites; B without its last byte.
 */
struct bytes forge_flipped(struct bytes b, size_t at);
struct bytes forge_longer(struct bytes b);
struct bytes forge_shorter(struct bytes b);
/* Sign what attest_wire has become. */
void forge_resign(struct forge *f);

/* The text of a policy under which a sound bundle is affirming. */
extern const char forge_policy[];

/* Crypto-agile boot logs: a Spec ID event, then events (forge_log.c). */
void forge_log_start(
    struct writer *w, const enum hash *banks, size_t count);
void forge_log_event(struct writer *w, const enum hash *banks, size_t count,
    uint32_t pcr, uint32_t type, struct bytes data);
/* A whole small log: PCR 0 to 9 and 14 each extended once. */
void forge_log_sound(struct writer *w);


/* IMA lists (forge_ima.c): one record of any template, SHA-1 over DATA. */
void forge_ima_record(struct writer *w, const char *template,
    struct bytes data, bool violation);
/* A record of "ima-ng" that says sha256:DIGEST of PATH. */
void forge_ima_file(struct writer *w, const char *path, struct bytes digest);

/*
 * The public area of an endorsement key on the point of AK, into CAP bytes at
 * OUT: its name hash, and cipher (0x0010: none), bits and mode of what it
 * wraps with.
 */
struct bytes forge_ek_public(const struct forge_ak *ak, uint16_t name_alg,
    uint16_t cipher, uint16_t bits, uint16_t mode, uint8_t *out, size_t cap);

#endif
