/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attestation report of an NVIDIA GPU or NVSwitch: an SPDM 1.1 exchange
 * (spdm.h) whose opaque data carry what the device says of itself, as
 * type-length-value in one of two forms.  Integers are little-endian.
 */
#ifndef ASSAY_NVIDIA_REPORT_H
#define ASSAY_NVIDIA_REPORT_H

#include "spdm.h"

enum {
	NVIDIA_TEXT_MAX = 32,
	NVIDIA_PDI = 8,
	NVIDIA_LINKS = 18,
	NVIDIA_PEERS = 8,
	NVIDIA_UNKNOWN_MAX = 16,
	NVIDIA_PPCIE_ON = 0xaa,
	NVIDIA_NVDEC_ON = 0xaa,
	NVIDIA_NVDEC_OFF = 0x55,
};

struct nvidia_report {
	struct spdm_report spdm;
	bool is_switch;
	unsigned opaque_version; /* 0, 1 or 2 */
	char driver[NVIDIA_TEXT_MAX];
	char vbios[NVIDIA_TEXT_MAX]; /* "96.00.9F.00.01", upper case */
	char project[NVIDIA_TEXT_MAX];
	char project_sku[NVIDIA_TEXT_MAX];
	char chip_sku[NVIDIA_TEXT_MAX];
	char chip[NVIDIA_TEXT_MAX]; /* CHIP_INFO, "" when it is not sent */
	bool has_board_id, has_feature_flag, has_nvdec, has_ppcie;
	uint32_t board_id;
	unsigned feature_flag; /* 0 one GPU, 1 several, 2 protected PCIe */
	uint8_t nvdec, ppcie;
	struct bytes fwid;       /* 48 bytes, or empty */
	struct bytes counts;     /* u32 for each block, or empty */
	struct bytes own_pdi;    /* a switch's own, 8 bytes */
	struct bytes switch_pdis; /* of a GPU: 8 bytes for each link */
	struct bytes gpu_pdis;   /* of a switch: 8 bytes for each GPU */
	uint16_t unknown[NVIDIA_UNKNOWN_MAX]; /* opaque types not read here */
	size_t unknown_count;
};

/*
 * Parse to the last byte and check what the report must keep to by itself:
 * SPDM_MALFORMED, NVIDIA_OPAQUE_MALFORMED, NVIDIA_COUNTER_MISMATCH (a block
 * that was extended is zero or the other way round), NVIDIA_FWID_MISSING (a
 * driver from 550 on always sends one), NVIDIA_NONCE_ZERO (the responder's).
 */
enum status nvidia_report_parse(struct bytes in, struct nvidia_report *out);

/* Its two halves: reading alone, and the rules for what was read. */
enum status nvidia_report_read(struct bytes in, struct nvidia_report *out);
enum status nvidia_report_check(const struct nvidia_report *rep);

/*
 * A report file: binary, or hexadecimal text with an optional 0x or \x before
 * each byte or in front, white space ignored.  Writes binary into the CAP
 * bytes at STORE.  REPORT_FILE_MALFORMED.
 */
enum status nvidia_report_file(
    struct bytes in, uint8_t *store, size_t cap, struct bytes *out);

#endif
