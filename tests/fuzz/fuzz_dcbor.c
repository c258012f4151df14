/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "cmw.h"
#include "dcbor.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_view(data, size);
	struct dcbor c = dcbor_of(in);
	struct dcbor_item item;
	struct cmw_record rec;
	uint8_t again[4096];
	struct writer w = writer_of(again, sizeof(again));
	struct bytes whole = dcbor_skip(&c, 16);

	/* What is taken is all of it; what is refused gives nothing. */
	if (dcbor_end(&c) == OK)
		MUST(bytes_eq(whole, in));
	if (c.st != OK)
		MUST(whole.n == 0 && !dcbor_next(&c, &item));

	/* Heads one after another never go past the end. */
	c = dcbor_of(in);
	while (dcbor_next(&c, &item))
		MUST(item.text.n <= size && c.rest.n < size);

	/* A record that was read is written to the same bytes. */
	c = dcbor_of(in);
	if (cmw_get_record(&c, &rec) == OK && size <= sizeof(again)) {
		cmw_put_record(&w, &rec);
		MUST(bytes_eq(writer_view(&w), rec.whole));
	}
	return 0;
}
