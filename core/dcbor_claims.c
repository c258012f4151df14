/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what claims and manifests have and the messages within the agent
 * have not: signed numbers, tags, maps keyed by text.
 */
#include "dcbor.h"

int64_t
dcbor_get_int(struct dcbor *c)
{
	struct dcbor_item item;
	int64_t v = 0;

	if (!dcbor_next(c, &item))
		return 0;
	if (!dcbor_item_int(&item, &v)) {
		dcbor_fail(c, CBOR_TYPE);
		return 0;
	}
	return v;
}

void
dcbor_want_tag(struct dcbor *c, uint64_t tag)
{
	if (dcbor_want(c, CBOR_TAG).value != tag)
		dcbor_fail(c, CBOR_TYPE);
}

bool
dcbor_key_text(struct dcbor *c, struct dcbor_map *m, struct bytes *key)
{
	struct dcbor_item item;

	if (!dcbor_key(c, m, &item))
		return false;
	if (item.type != CBOR_TSTR) {
		dcbor_fail(c, CBOR_TYPE);
		return false;
	}
	*key = item.text;
	return true;
}
