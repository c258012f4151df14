/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of the simulated board.  The first byte chooses: the rest is the
 * item, or the report in it, or its certificate.
 */
#include "fuzz.h"

#include "device.h"
#include "forge.h"

static struct forge_board board;
static struct anchors *anchors;
static const uint8_t nonce[NONCE_LEN] = {1};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(forge_board_new(&board));
	MUST((anchors = anchors_new(ANCHOR_DEVICE)) != NULL);
	MUST(anchors_add(anchors,
		 bytes_view(board.root, board.root_len)) == OK);
	return 0;
}

static void
verify(struct bytes item)
{
	struct device_check check = {
	    .anchors = anchors, .nonce = BYTES_OF(nonce)};
	struct device_proof proof = {.simulated = false};
	char detail[320] = "";
	json_t *data = json_object();
	enum status st;

	st = device_simulated.verify(
	    item, &check, &proof, data, detail, sizeof(detail));
	MUST(proof.simulated);
	MUST((st == OK) == (proof.identity[0] != '\0'));
	json_decref(data);
}

/* An envelope around a certificate and a report. */
static void
wrap(struct bytes cert, struct bytes report)
{
	static uint8_t item[1 << 16];
	struct writer w = writer_of(item, sizeof(item));

	dcbor_put_map(&w, 3);
	dcbor_put_uint(&w, 0);
	dcbor_put_tstr(&w, BYTES_LIT("SIMULATED"));
	dcbor_put_uint(&w, 1);
	dcbor_put_array(&w, 1);
	dcbor_put_bstr(&w, cert);
	dcbor_put_uint(&w, 2);
	dcbor_put_bstr(&w, report);
	verify(writer_view(&w));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t report[1024];
	struct writer w = writer_of(report, sizeof(report));
	struct bytes in = bytes_view(data + 1, size > 0 ? size - 1 : 0);

	if (size == 0 || size > 8192)
		return 0;
	if (data[0] % 3 == 0) {
		verify(in);
	} else if (data[0] % 3 == 1) {
		wrap(bytes_view(board.leaf, board.leaf_len), in);
	} else {
		MUST(forge_report(&board, nonce, FLAW_NONE, &w));
		wrap(in, writer_view(&w));
	}
	return 0;
}
