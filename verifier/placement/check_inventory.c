/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory by itself: what it says and who signed it. */
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "number.h"
#include "placement.h"

static void
describe(const struct inventory *in, json_t *data)
{
	json_t *list = json_array();
	char date[NUMBER_TEXT], hex[2 * HASH_MAX + 1];

	data_text(data, "inventory", in->name);
	bytes_to_hex(digest_view(&in->signer), hex);
	data_text(data, "signer", bytes_str(hex));
	date_text(in->from, date);
	data_text(data, "from", bytes_str(date));
	date_text(in->until, date);
	data_text(data, "until", bytes_str(date));
	data_uint(data, "devices", in->count);
	for (size_t i = 0; i < in->count; i++) {
		const struct place *p = &in->place[i];
		json_t *at = json_object();

		data_hex(at, "ek_name", p->ek_name);
		data_text(at, "identity", p->identity);
		data_text(at, "slot", p->slot);
		json_array_append_new(list, at);
	}
	json_object_set_new(data, "places", list);
}

/* Is SIGNER among the fingerprints of TEXT?  -1 when that is no text of them. */
static int
is_signer(struct bytes text, const struct digest *signer)
{
	int found = 0;

	while (text.n > 0) {
		uint8_t one[32];
		size_t n = 0;

		while (n < text.n && text.p[n] != ' ' && text.p[n] != ',')
			n++;
		if (bytes_from_hex((const char *)text.p, n, one,
			sizeof(one)) != (ptrdiff_t)sizeof(one))
			return -1;
		found |= bytes_eq(BYTES_OF(one), digest_view(signer));
		n += n < text.n;
		text = bytes_sub(text, n, text.n - n);
	}
	return found;
}

static void
judge(const struct assay *ctx, const struct inventory *in,
    struct bytes signers, struct assay_result *r)
{
	int found = is_signer(signers, &in->signer);

	if (signers.n == 0)
		verdict_reason(r, POLICY_MISSING, "inventory",
		    "whose signature counts was not said: --signer");
	else if (found < 0)
		verdict_reason(r, USAGE, "inventory",
		    "a signer is 64 hexadecimal digits");
	else if (found == 0)
		verdict_reason(r, INVENTORY_UNSIGNED, "inventory",
		    "another key signed it");
	if (!ctx->has_time)
		verdict_not_checked(r, CHECK_TIME);
	else if (ctx->time < in->from || ctx->time > in->until)
		verdict_reason(r, INVENTORY_EXPIRED, "inventory",
		    "sign the list anew");
}

struct assay_result *
check_inventory(
    const struct assay *ctx, struct bytes file, struct bytes signers)
{
	struct assay_result *r = verdict_new("inventory");
	struct inventory in;
	enum status st;

	if (r == NULL)
		return NULL;
	r->in_full = true;
	verdict_subject(r, BYTES_LIT("inventory"));
	hash_one(HASH_SHA256, file, &r->evidence_digest);
	st = inventory_read(file, &in);
	verdict_reason(r, st, "inventory", "%s",
	    st == INVENTORY_SIGNATURE
		? "it was changed, or another key is named"
		: "make it with assay inventory sign");
	if (st != OK)
		return r;
	describe(&in, r->data);
	judge(ctx, &in, signers, r);
	inventory_free(&in);
	return r;
}
