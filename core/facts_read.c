/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the table of facts about a device, which others have written. */
#include "facts_read.h"

enum { FACT_VALUE_MAX = 1024 };

enum status
facts_open(struct bytes encoded, struct fact_cursor *cur)
{
	*cur = (struct fact_cursor){.c = dcbor_of(encoded)};
	cur->by_key = dcbor_get_map(&cur->c);
	return cur->c.st;
}

bool
facts_next(struct fact_cursor *cur, struct fact *out)
{
	struct dcbor_item item;
	int64_t key, source;

	/* The next fact when all sources of the last one have been seen. */
	if (cur->by_source.left == 0) {
		if (!dcbor_key_int(&cur->c, &cur->by_key, &key))
			return false;
		cur->key = (uint64_t)key;
		cur->by_source = dcbor_get_map(&cur->c);
		if (key < 0 || cur->by_source.left == 0)
			dcbor_fail(&cur->c, CLAIM_VALUE);
	}
	if (!dcbor_key_int(&cur->c, &cur->by_source, &source) ||
	    !dcbor_next(&cur->c, &item))
		return false;
	if (source < 0 || !fact_type_fits(cur->key, item.type) ||
	    item.text.n > FACT_VALUE_MAX) {
		dcbor_fail(&cur->c, CLAIM_VALUE);
		return false;
	}
	*out = (struct fact){cur->key, (uint64_t)source, item.type,
	    item.type == CBOR_UINT ? item.value : 0, item.text};
	return true;
}

enum status
facts_check(struct bytes encoded)
{
	struct fact_cursor cur;
	struct fact f;
	size_t n = 0;

	if (facts_open(encoded, &cur) != OK)
		return cur.c.st;
	while (facts_next(&cur, &f))
		n++;
	if (dcbor_end(&cur.c) != OK)
		return dcbor_end(&cur.c);
	return n > 0 ? OK : CLAIM_VALUE;
}
