/* SPDX-License-Identifier: Apache-2.0 */
/* PCR values and selections of others: reading, comparing, showing them. */
#include "dcbor.h"
#include "tpm_attest.h"

enum status
pcrs_decode(struct bytes in, struct pcr_values *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map banks = dcbor_get_map(&c);
	int64_t alg, index;

	out->have = (struct pcr_selection){0};
	if (c.st == OK && banks.left == 0)
		return CLAIM_VALUE;
	while (dcbor_key_int(&c, &banks, &alg)) {
		struct dcbor_map values = dcbor_get_map(&c);

		if (c.st == OK && values.left == 0)
			return CLAIM_VALUE;
		while (dcbor_key_int(&c, &values, &index)) {
			struct bytes v = dcbor_get_bstr(&c);

			if (c.st != OK)
				return c.st;
			if (alg < 0 || alg > UINT16_MAX || index < 0 ||
			    index >= PCR_COUNT ||
			    !pcrs_set(out, (enum hash)alg, (unsigned)index, v))
				return CLAIM_VALUE;
		}
	}
	return dcbor_end(&c);
}

bool
selection_covers(
    const struct pcr_selection *have, const struct pcr_selection *need)
{
	for (size_t i = 0; i < need->count; i++)
		if (need->bank[i].mask & ~selection_mask(have, need->bank[i].alg))
			return false;
	return true;
}

bool
selection_eq(const struct pcr_selection *a, const struct pcr_selection *b)
{
	return selection_covers(a, b) && selection_covers(b, a);
}

void
selection_to_text(const struct pcr_selection *sel, struct writer *w)
{
	for (size_t b = 0; b < sel->count; b++) {
		char sep = ':';

		if (b > 0)
			write_str(w, "+");
		write_str(w, hash_name(sel->bank[b].alg));
		for (unsigned i = 0; i < PCR_COUNT; i++) {
			if (!(sel->bank[b].mask >> i & 1))
				continue;
			write_u8(w, (uint8_t)sep);
			if (i >= 10)
				write_u8(w, (uint8_t)('0' + i / 10));
			write_u8(w, (uint8_t)('0' + i % 10));
			sep = ',';
		}
	}
}
