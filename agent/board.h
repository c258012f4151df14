/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] [seal] */
/*
 * The message BOARD, from [collect] to [seal]: what was found and what the
 * devices signed.  It is plain, so that [seal] has little to read, and it is
 * [seal] alone that writes what is signed.  Numbers are big-endian; a part is
 * a u16 and that many bytes.
 *
 *	board     = count u8, device of that number, tee part
 *	device    = label part,      ; "gpu-N" or "switch-N", each once
 *		    model part,      ; 1 to 32 bytes
 *		    count u8, fact of that number, at least one
 *		    count u8, component of that number
 *		    type part,       ; media type, together with
 *		    evidence part    ; what the device signed; empty: nothing
 *	fact      = key u16, source u16, 0 u8, number u64
 *		  / key u16, source u16, 3 u8, text part
 *	component = name part, version part
 *
 * The TEE's report is empty when there is none.
 */
#ifndef ASSAY_BOARD_H
#define ASSAY_BOARD_H

#include "devices.h"
#include "evidence.h"

/* A device as told; the evidence is empty when there is none. */
struct board_device {
	struct bytes label, model;
	struct bytes facts, measurements; /* as core/claims.h has them */
	struct bytes type, evidence;
};

struct board_view {
	struct board_device device[DEVICES_MAX];
	size_t count;
	struct bytes tee;
};

/* Write BOARD with its ANSWERS, one per device and then the TEE's. */
void board_encode(
    const struct board *board, const struct answer *answers, struct writer *w);

/*
 * Decode strictly.  OUT views into IN and, for facts and measurements, into
 * TABLES, where they are written anew.  BOARD_MALFORMED,
 * EVIDENCE_DEVICE_COUNT, or EVIDENCE_TOO_LARGE when TABLES is too small.
 */
enum status board_decode(
    struct bytes in, struct writer *tables, struct board_view *out);

#endif
