/* SPDX-License-Identifier: Apache-2.0 */
/* First inputs for fuzz_rim_xml and fuzz_reference. */
#include "seeds.h"

#include <string.h>

#include <assay/result.h>

#include "normal.h"
#include "rim_forge.h"

/* What fuzz_rim_xml puts into a payload and into SignedInfo. */
#define HEX8 "00112233"
#define HEX96                                                                  \
	HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8
#define RESOURCE                                                               \
	"<Payload><Resource active=\"True\" alternatives=\"1\" index=\"9\" "   \
	"name=\"n\" size=\"48\" type=\"Measurement\" ns2:Hash0=\"" HEX96      \
	"\"></Resource>"

static void
seed_values(const struct document *doc)
{
	static const uint8_t source[32];
	static uint8_t store[8192], cose[8192];
	struct writer p = writer_of(store, sizeof(store));
	struct writer w = writer_of(cose, sizeof(cose));
	struct reference ref = {
	    .kind = REFERENCE_DRIVER,
	    .trust = REFERENCE_PINNED,
	    .source = BYTES_OF(source),
	    .signer = BYTES_LIT("CN=a signer"),
	};
	char pem[1024];

	normal_payload(doc, BYTES_LIT("SEED"), &p);
	if (p.failed || assay_key(ASSAY_KEY_NEW, NULL, pem, sizeof(pem)) <= 0 ||
	    normal_sign(&ref, writer_view(&p), pem, &w) != OK)
		return;
	seed("reference", 0, writer_view(&w));
	seed("reference", 1, writer_view(&p));
	seed("reference", 2, writer_view(&p));
	seed("reference", 2, writer_view(&w));
	seed("reference", 3, BYTES_LIT("\x80"));
	seed("reference", 3,
	    BYTES_LIT("\x82\x58\x20" "0123456789abcdef0123456789abcdef"
		      "\x58\x20" "1123456789abcdef0123456789abcdef"));
}

void
seeds_rim(const struct forge_board *board)
{
	static struct document doc;
	struct document_row row = {
	    .index = 7, .name = "n", .alg = HASH_SHA384, .count = 1};
	const char *text = rim_forge(board, EDIT_NONE, "", "");
	struct fault fault;

	if (text != NULL)
		seed("rim_xml", 0, bytes_str(text));
	seed("rim_xml", 1, BYTES_LIT(RESOURCE));
	seed("rim_xml", 2, BYTES_LIT("<ds:Reference"));
	strcpy(doc.vendor, "NVIDIA");
	strcpy(doc.product, "GH100");
	strcpy(doc.version, "550.90.07");
	if (document_add(&doc, &row, &fault) == OK)
		seed_values(&doc);
}
