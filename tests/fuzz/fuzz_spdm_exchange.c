/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "spdm_exchange.h"

static bool
within(struct bytes whole, struct bytes part)
{
	return part.n == 0 ||
	    (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

/* What signatures cover are views into the recording. */
static void
seals_hold(const struct spdm_exchange *ex, struct bytes in)
{
	MUST(ex->seal_count >= 1 && ex->seal_count <= SPDM_PAIRS_MAX);
	for (size_t i = 0; i < ex->seal_count; i++) {
		const struct spdm_seal *s = &ex->seal[i];

		MUST(s->first >= SPDM_VCA_PARTS && s->count >= 2);
		MUST(s->first + s->count <= ex->part_count);
		MUST(s->request_nonce.n == SPDM_NONCE);
		MUST(s->response_nonce.n == SPDM_NONCE);
		MUST(within(in, s->request_nonce));
		MUST(within(in, s->signature));
	}
	for (size_t i = 0; i < ex->part_count; i++)
		MUST(within(in, ex->part[i]));
}

static void
blocks_hold(const struct spdm_exchange *ex, struct bytes in)
{
	MUST(ex->block_count >= 1 && ex->block_count <= SPDM_MEASUREMENTS_MAX);
	for (size_t i = 0; i < ex->block_count; i++) {
		MUST(within(in, ex->block[i].value));
		for (size_t k = 0; k < i; k++)
			MUST(ex->block[i].index != ex->block[k].index ||
			    ex->block[i].type != ex->block[k].type);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spdm_exchange ex;
	struct bytes in = bytes_view(data, size);
	struct public_key none = {.bits = 0};
	size_t total = 0;

	if (spdm_exchange_parse(in, &ex) != OK)
		return 0;
	MUST(ex.version == SPDM_V1_1 || ex.version == SPDM_V1_2);
	MUST(ex.message == 0 && ex.slot < 8);
	MUST(ex.cert_count >= 1 && ex.cert_count <= CHAIN_MAX);
	for (size_t i = 0; i < ex.cert_count; i++) {
		MUST(within(in, ex.cert[i]) ||
		    within(BYTES_OF(ex.chain), ex.cert[i]));
		total += ex.cert[i].n;
	}
	MUST(total <= SPDM_EXCHANGE_MAX);
	seals_hold(&ex, in);
	blocks_hold(&ex, in);

	/* Digests are made; a key that is no key verifies nothing. */
	none.type = ex.key_type;
	MUST(spdm_exchange_verify(&ex, &none) != OK);
	return 0;
}
