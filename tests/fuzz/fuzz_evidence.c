/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the parser, the rest is its input. */
#include "fuzz.h"

#include "claims.h"
#include "evidence_read.h"
#include "tpm_attest.h"

static struct evidence ev;
static struct claims claims;
static struct pcr_values values;
static uint8_t again[1 << 16];

/* What decodes is in its only encoding. */
static void
collection(struct bytes in)
{
	struct writer w = writer_of(again, sizeof(again));

	if (evidence_decode(in, &ev) != OK || in.n > sizeof(again))
		return;
	MUST(evidence_encode(
		 ev.claims, ev.quote, ev.items, ev.item_count, &w) == OK);
	MUST(bytes_eq(writer_view(&w), in));
}

static void
quote_item(struct bytes in)
{
	struct quote_parts parts;
	struct writer w = writer_of(again, sizeof(again));

	if (quote_parts_decode(in, &parts) != OK || in.n > sizeof(again))
		return;
	quote_parts_encode(&parts, &w);
	MUST(bytes_eq(writer_view(&w), in));
}

static void
pcr_values(struct bytes in)
{
	struct writer w = writer_of(again, sizeof(again));

	memset(&values, 0, sizeof(values));
	if (pcrs_decode(in, &values) != OK)
		return;
	pcrs_encode(&values, &w);
	MUST(bytes_eq(writer_view(&w), in));
}

/* Optional claims are passed over, so only what is written is compared. */
static void
claim_set(struct bytes in)
{
	struct writer w = writer_of(again, sizeof(again));
	static struct claims second;
	static uint8_t third[1 << 16];
	struct writer x = writer_of(third, sizeof(third));

	if (claims_decode(in, &claims) != OK || in.n > sizeof(again))
		return;
	claims_encode(&claims, &w);
	MUST(claims_decode(writer_view(&w), &second) == OK);
	claims_encode(&second, &x);
	MUST(bytes_eq(writer_view(&w), writer_view(&x)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct bytes) = {
	    collection, claim_set, quote_item, pcr_values};

	if (size > 0)
		parsers[data[0] % 4](bytes_view(data + 1, size - 1));
	return 0;
}
