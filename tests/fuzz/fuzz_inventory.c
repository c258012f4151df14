/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include <assay/verify.h>

#include "inventory_form.h"

/* A signed file, its payload, a list: by the first byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char key[1024];
	static uint8_t out[1 << 20];
	struct bytes in = bytes_view(data + 1, size > 0 ? size - 1 : 0);
	struct writer w = writer_of(out, sizeof(out));
	char detail[INVENTORY_DETAIL];
	struct inventory inventory;
	enum status st;

	if (size == 0 || size > sizeof(out) / 2)
		return 0;
	if (key[0] == '\0')
		MUST(assay_key(ASSAY_KEY_NEW, NULL, key, sizeof(key)) > 0);
	if (data[0] % 3 == 2) {
		st = inventory_sign(key, in, &w, detail);
		MUST(memchr(detail, 0, sizeof(detail)) != NULL);
		MUST(st == OK || st == INVENTORY_LIST);
		in = writer_view(&w);
	} else if (data[0] % 3 == 1) {
		MUST(sign1_write(key, &inventory_kind, in, &w) == OK);
		st = INVENTORY_MALFORMED;
		in = writer_view(&w);
	} else {
		st = INVENTORY_MALFORMED;
	}

	/* What we sign can be read. */
	if (inventory_read(in, &inventory) == OK) {
		MUST(inventory.count > 0);
		for (size_t i = 0; i < inventory.count; i++)
			MUST(inventory_find(&inventory,
				 inventory.place[i].identity) ==
			    &inventory.place[i]);
		inventory_free(&inventory);
	} else {
		MUST(st != OK);
	}
	return 0;
}
