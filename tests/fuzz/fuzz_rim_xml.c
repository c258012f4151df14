/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed XML manifests.  The first byte chooses what the rest is: a whole
 * manifest, the start of a payload, or of SignedInfo, that the forge then
 * signs, so that everything behind the signature is reached too.
 */
#include "fuzz.h"

#include "rim_forge.h"
#include "xml.h"

enum { WAYS = 3 };

static struct forge_board board;
static struct anchors *anchors;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	xml_init();
	anchors = anchors_new(ANCHOR_REFERENCE);
	MUST(anchors != NULL && forge_board_new(&board));
	MUST(anchors_add(anchors, bytes_view(board.root, board.root_len)) ==
	    OK);
	return 0;
}

/* What is read is in range, whatever was written. */
static void
check(const struct document *doc)
{
	MUST(doc->row_count >= 1 && doc->row_count <= REFERENCE_ROWS);
	MUST(doc->trust == REFERENCE_PINNED);
	for (size_t i = 0; i < doc->row_count; i++) {
		MUST(doc->row[i].alg == HASH_SHA384);
		MUST(doc->row[i].count >= 1 &&
		    doc->row[i].count <= REFERENCE_ALTERNATIVES);
		MUST(i == 0 || doc->row[i - 1].index < doc->row[i].index);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[RIM_FORGE_MAX];
	static struct document doc;
	struct rim_input in = {.anchors = anchors, .at = RIM_FORGE_TIME};
	struct fault fault;
	const char *whole = NULL;

	if (size < 1 || size >= sizeof(text))
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	in.bytes = bytes_view(data + 1, size - 1);
	if (data[0] % WAYS == 1)
		whole = rim_forge(&board, EDIT_BODY, "<Payload>\n", text);
	else if (data[0] % WAYS == 2)
		whole = rim_forge(&board, EDIT_INFO, "<ds:Reference", text);
	if (whole != NULL)
		in.bytes = bytes_str(whole);
	if (rim_read(&in, &doc, &fault) == OK)
		check(&doc);
	return 0;
}
