/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of files: what is read leads to its own PCR, in every bank. */
#include "fuzz.h"

#include "ima_replay.h"

static void
replay(struct bytes in, enum hash bank)
{
	static struct pcr_values values;
	const struct ima_part part = {.list = in};
	struct ima_replay found;
	struct ima_mark mark;
	struct digest d;

	if (ima_end_value(in, bank, part.start, &d) != OK ||
	    bytes_is_zero(digest_view(&d)))
		return;
	values.have = (struct pcr_selection){0};
	MUST(pcrs_set(&values, bank, IMA_PCR, digest_view(&d)));
	MUST(ima_replay(&part, bank, &values, NULL, &found) == OK);
	MUST(found.covered <= found.records && found.covered > 0);
	MUST(found.violations <= found.covered);
	MUST(memchr(found.first_path, 0, sizeof(found.first_path)) != NULL);
	mark = (struct ima_mark){found.covered + 1, digest_view(&d)};
	MUST(ima_replay(&part, bank, &values, &mark, &found) ==
	    IMA_TRUNCATED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_view(data, size);
	struct ima_list list;
	struct ima_record rec;

	if (ima_open(in, &list) != OK)
		return 0;
	while (ima_next(&list, &rec)) {
		MUST(rec.pcr < PCR_COUNT && rec.template.n > 0);
		MUST(rec.file_digest.n <= HASH_MAX);
	}
	MUST(list.count * 28 <= size);
	replay(in, HASH_SHA1);
	replay(in, HASH_SHA256);
	return 0;
}
