/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "expression.h"

static bool
ask(const void *arg, struct bytes id, struct truth *out)
{
	(void)arg;
	*out = (struct truth){
	    id.n % 2 ? ANSWER_YES : ANSWER_UNKNOWN, id.n % 2 ? 0 : 1};
	return id.n < 20;
}

/*
 * Every text is refused or answered; where figures are known exactly the
 * answer does not change when some of them are forgotten, but to unknown.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct subject_matter s = {.chip = BYTES_LIT("x"), .rule = ask};
	struct bytes text = bytes_view(data, size);
	struct truth known, open;
	uint8_t shown[4096];
	struct writer w = writer_of(shown, sizeof(shown));
	size_t at, again;

	for (enum variable v = 0; v < VARIABLE_COUNT; v++)
		s.figure[v] = range_of((v + 1) * 1000 * MILLI);
	if (expression_judge(text, &s, &known, &at) != OK) {
		MUST(at <= size);
		return 0;
	}
	MUST(known.answer == ANSWER_UNKNOWN || known.missing == 0);
	expression_show(text, &s, &w);
	for (enum variable v = 0; v < VARIABLE_COUNT; v += 2)
		s.figure[v] = range_unknown();
	MUST(expression_judge(text, &s, &open, &again) == OK);
	MUST(open.answer == ANSWER_UNKNOWN || open.answer == known.answer);
	return 0;
}
