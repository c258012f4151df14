/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] [seal] */
/*
 * The message BOARD, from [collect] to [seal]: what was found and what the
 * devices signed, in deterministic CBOR.
 *
 *	board  = [ [ * device ],      ; labels strictly ascending, see below
 *		bstr ]                ; the TEE's report; empty: none
 *	device = {
 *		0 => tstr,            ; label, "gpu-N" or "switch-N"
 *		1 => bstr,            ; model, 1 to 32 bytes
 *		2 => facts,           ; table of core/claims.h
 *		? 3 => tstr,          ; media type, together with
 *		? 4 => bstr,          ; evidence that the device signed,
 *		? 5 => [ + [295, bstr] ]  ; measured components, RFC 10013
 *	}
 *
 * Labels ascend as their encodings do, see label_before.
 */
#ifndef ASSAY_BOARD_H
#define ASSAY_BOARD_H

#include "evidence.h"

/* A device as told; the evidence is empty when there is none. */
struct board_device {
	struct bytes label, model, facts, type, evidence, measurements;
};

struct board_view {
	struct board_device device[DEVICES_MAX];
	size_t count;
	struct bytes tee;
};

/* Sorts BOARD into the order of labels and writes it. */
void board_encode(struct board_view *board, struct writer *w);

/*
 * Decode strictly; views into IN.  BOARD_MALFORMED, a CBOR code, or
 * EVIDENCE_DEVICE_COUNT.
 */
enum status board_decode(struct bytes in, struct board_view *out);

#endif
