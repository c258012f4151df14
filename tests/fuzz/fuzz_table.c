/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "chips.h"
#include "facts_json.h"
#include "observed.h"
#include "rules.h"
#include "table_sign.h"
#include "tpms.h"

/* Tables of all kinds, signatures, facts, observations: by first byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct chips chips;
	static struct rules rules;
	static struct tpms tpms;
	static struct facts_device device;
	struct bytes text = bytes_view(data + 1, size > 0 ? size - 1 : 0);
	struct table_signers signers;
	struct observed observed;
	char detail[TABLE_DETAIL];
	const struct chip *chip;
	size_t count;
	json_t *all;

	if (size == 0)
		return 0;
	switch (data[0] % 6) {
	case 0:
		if (chips_read(&chips, text, detail) != OK) {
			MUST(memchr(detail, 0, sizeof(detail)) != NULL);
			break;
		}
		MUST(chips.count > 0 && chips.table.header.version > 0);
		for (size_t i = 0; i < chips.count; i++)
			MUST(chips_named(&chips, chips.chip[i].id, &chip,
				 detail, sizeof(detail)) == OK &&
			    chip == &chips.chip[i]);
		break;
	case 1:
		if (rules_read(&rules, text, NULL, 0, detail) == OK)
			MUST(rules.count > 0);
		break;
	case 2:
		if (table_signers_read(BYTES_LIT("table"), text, &signers) ==
		    OK)
			MUST(signers.count > 0);
		break;
	case 3:
		all = json_loadb((const char *)text.p, text.n, 0, NULL);
		if (facts_json_count(all, &count) == OK)
			for (size_t i = 0; i < count; i++)
				(void)facts_json_read(all, i, &device);
		json_decref(all);
		break;
	case 4:
		if (observed_read(text, &observed, detail, sizeof(detail)) ==
		    OK)
			MUST(observed.tpp > 0);
		break;
	default:
		if (tpms_read(&tpms, text, detail) != OK)
			break;
		for (size_t i = 0; i < tpms.count; i++)
			MUST(tpms.row[i].until >= tpms.row[i].from);
	}
	return 0;
}
