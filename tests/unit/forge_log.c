/* SPDX-License-Identifier: Apache-2.0 */
/* Boot logs (TCG PC Client Platform Firmware Profile 1.06, clause 10). */
#include "forge.h"

#include <string.h>

enum { EV_NO_ACTION = 3, EV_POST_CODE = 1 };

void
forge_log_start(struct writer *w, const enum hash *banks, size_t count)
{
	static const uint8_t zero[20];

	/* One record of the SHA-1 form: PCR 0, EV_NO_ACTION. */
	write_le32(w, 0);
	write_le32(w, EV_NO_ACTION);
	write_bytes(w, BYTES_OF(zero));
	write_le32(w, (uint32_t)(16 + 4 + 4 + 4 + 4 * count + 1));

	/* TCG_EfiSpecIDEvent (10.4.5.1). */
	write_bytes(w, bytes_view("Spec ID Event03", 16));
	write_le32(w, 0);
	write_le32(w, 0x02000200); /* 2.0, errata 0, UINTN of 64 bits */
	write_le32(w, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		size_t size = hash_size(banks[i]);

		write_le16(w, (uint16_t)banks[i]);
		write_le16(w, (uint16_t)(size == 0 ? 32 : size));
	}
	write_u8(w, 0);
}

void
forge_log_event(struct writer *w, const enum hash *banks, size_t count,
    uint32_t pcr, uint32_t type, struct bytes data)
{
	struct digest d;

	write_le32(w, pcr);
	write_le32(w, type);
	write_le32(w, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		memset(&d, 0, sizeof(d));
		d.n = hash_size(banks[i]);
		if (type != EV_NO_ACTION && d.n > 0)
			hash_one(banks[i], data, &d);
		d.n = d.n == 0 ? 32 : d.n; /* as forge_log_start says */
		write_le16(w, (uint16_t)banks[i]);
		write_bytes(w, digest_view(&d));
	}
	write_le32(w, (uint32_t)data.n);
	write_bytes(w, data);
}

void
forge_log_sound(struct writer *w)
{
	static const enum hash banks[] = {HASH_SHA256};

	forge_log_start(w, banks, 1);
	for (uint32_t pcr = 0; pcr < 15; pcr++)
		if (pcr < 10 || pcr == 14)
			forge_log_event(w, banks, 1, pcr, EV_POST_CODE,
			    BYTES_LIT("event"));
}
