/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predicates: three values, exact numbers, and every text either answered or
 * refused.
 */
#include "testkit.h"

#include <stdio.h>
#include <string.h>

#include "expression.h"

/* A subject: TPP 2368, area 814, I/O 1028, DRAM unknown, dc yes. */
static bool
ask(const void *arg, struct bytes id, struct truth *out)
{
	(void)arg;
	out->missing = 0;
	if (bytes_eq(id, BYTES_LIT("R-YES")))
		out->answer = ANSWER_YES;
	else if (bytes_eq(id, BYTES_LIT("R-NO")))
		out->answer = ANSWER_NO;
	else if (bytes_eq(id, BYTES_LIT("R-OPEN")))
		*out = (struct truth){ANSWER_UNKNOWN, 1u << VARIABLE_AREA};
	else
		return false;
	return true;
}

static struct subject_matter
subject(void)
{
	struct subject_matter s = {.chip = BYTES_LIT("h20"), .rule = ask};

	for (enum variable v = 0; v < VARIABLE_COUNT; v++)
		s.figure[v] = range_unknown();
	s.figure[VARIABLE_TPP] = range_of(2368 * MILLI);
	s.figure[VARIABLE_AREA] = range_of(814 * MILLI);
	s.figure[VARIABLE_IO] = range_of(1028 * MILLI);
	s.figure[VARIABLE_DC] = range_of(MILLI);
	s.figure[VARIABLE_TX] = (struct range){40000 * MILLI, FIGURE_TOP};
	return s;
}

static const struct row {
	const char *text;
	enum answer want;
	unsigned missing;
} rows[] = {
    {"tpp>=2368", ANSWER_YES, 0},
    {"tpp>2368", ANSWER_NO, 0},
    {"tpp<=2368", ANSWER_YES, 0},
    {"tpp<2368", ANSWER_NO, 0},
    {"2368>=tpp", ANSWER_YES, 0},
    {"tpp>=2368.001", ANSWER_NO, 0},
    {"100*tpp>=290*area", ANSWER_YES, 0},
    {"100*tpp>=291*area", ANSWER_NO, 0},
    {"tpp+io>=3396", ANSWER_YES, 0},
    {"tpp+io>3396", ANSWER_NO, 0},
    {"2*tpp+3*io+1 >= 7821", ANSWER_YES, 0},
    {"dc", ANSWER_YES, 0},
    {"!dc", ANSWER_NO, 0},
    {"!!dc", ANSWER_YES, 0},
    {"mm", ANSWER_UNKNOWN, 1u << VARIABLE_MM},
    {"!mm", ANSWER_UNKNOWN, 1u << VARIABLE_MM},
    {"dram>=1400", ANSWER_UNKNOWN, 1u << VARIABLE_DRAM},
    {"dram+io>=1028", ANSWER_YES, 0}, /* bandwidths are not negative */
    {"dram+io>=1029", ANSWER_UNKNOWN, 1u << VARIABLE_DRAM},
    {"dram>=1400 || io>=1000", ANSWER_YES, 0},
    {"dram>=1400 || io>=1100", ANSWER_UNKNOWN, 1u << VARIABLE_DRAM},
    {"dram>=1400 && io>=1100", ANSWER_NO, 0},
    {"dram>=1400 && mm", ANSWER_UNKNOWN,
	1u << VARIABLE_DRAM | 1u << VARIABLE_MM},
    {"tx>=30000", ANSWER_YES, 0},
    {"tx>=50000", ANSWER_UNKNOWN, 1u << VARIABLE_TX},
    {"tx<40000", ANSWER_NO, 0},
    {"dc || mm && mm", ANSWER_YES, 0}, /* && binds tighter */
    {"(dc || mm) && mm", ANSWER_UNKNOWN, 1u << VARIABLE_MM},
    {"any(R-NO|R-YES)", ANSWER_YES, 0},
    {"any(R-NO|R-NO)", ANSWER_NO, 0},
    {"any(R-NO|R-OPEN)", ANSWER_UNKNOWN, 1u << VARIABLE_AREA},
    {"any( R-OPEN | R-YES )", ANSWER_YES, 0},
    {"mm && any(R-NO)", ANSWER_NO, 0},
    {"chip(h20)", ANSWER_YES, 0},
    {"chip(h100|h200)", ANSWER_NO, 0},
    {"chip(h100|h20)", ANSWER_YES, 0},
    {"0", ANSWER_UNKNOWN, 1u << MISSING_TEXT},
    {" ( ( dc ) ) ", ANSWER_YES, 0},
    {"tx>=30000000000", ANSWER_UNKNOWN, 1u << VARIABLE_TX},
    {"9999*tpp<10000*tpp", ANSWER_YES, 0},
};

static void
test_answers(void **state)
{
	struct subject_matter s = subject();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct truth t;
		size_t at;

		print_message("%s\n", rows[i].text);
		assert_status(expression_judge(bytes_str(rows[i].text), &s, &t,
				  &at),
		    OK);
		assert_int_equal(t.answer, rows[i].want);
		assert_int_equal(t.missing, rows[i].missing);
	}
}

static const char *const refused[] = {
    "", " ", "1", "00", "tpp", "tpp>=", ">=4800", "tpp=4800", "tpp==4800",
    "tpp!=4800", "tpp>=4800 &&", "&& dc", "tpp>=4800 & dc", "tpp>=4800 | dc",
    "tpp>=4800 dc", "(dc", "dc)", "()", "!", "dc>=1", "tpp>=dc", "speed>=1",
    "TPP>=1", "tpp>=-1", "tpp-io>=1", "tpp*io>=1", "tpp*2>=1", "1.5*tpp>=1",
    "10001*tpp>=1", "tpp>=1e3", "tpp>=0x10", "tpp>=01", "tpp>=1.",
    "tpp>=.5", "tpp>=1.2345", "tpp>=100000000000000", "any()", "any(R-YES",
    "any(R-YES||R-NO)", "any(R-ELSE)", "any R-YES", "chip()", "chip(h20",
    "any(R-YES|)", "tpp>=1 || ", "tpp>=4800;", "tpp>=4800\n", "dc\t&& dc",
    "tpp+tpp+tpp+tpp+tpp+tpp+tpp+tpp+tpp>=1", "tpp>=1>=0",
    "((((((((((((((((((((((((((((((((dc))))))))))))))))))))))))))))))))",
    "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!dc", "system(1)", "dc || 0",
};

static void
test_refused(void **state)
{
	struct subject_matter s = subject();
	static char longest[600];
	struct truth t;
	size_t at;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		print_message("'%s'\n", refused[i]);
		assert_status(expression_judge(
				  bytes_str(refused[i]), &s, &t, &at),
		    EXPRESSION_MALFORMED);
	}
	memset(longest, ' ', sizeof(longest) - 1);
	memcpy(longest, "dc", 2);
	assert_status(expression_judge(bytes_str(longest), &s, &t, &at),
	    EXPRESSION_MALFORMED);
}

/* Kleene's tables, all of them. */
static void
test_kleene(void **state)
{
	static const enum answer all[] = {
	    ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++) {
			struct truth a = {all[i], 1}, b = {all[k], 2};
			struct truth and = truth_and(a, b);
			struct truth or = truth_or(a, b);
			struct truth back = truth_not(
			    truth_or(truth_not(a), truth_not(b)));

			assert_int_equal(and.answer, back.answer);
			assert_int_equal(and.answer == ANSWER_YES,
			    all[i] == ANSWER_YES && all[k] == ANSWER_YES);
			assert_int_equal(and.answer == ANSWER_NO,
			    all[i] == ANSWER_NO || all[k] == ANSWER_NO);
			assert_int_equal(or.answer == ANSWER_NO,
			    all[i] == ANSWER_NO && all[k] == ANSWER_NO);
			assert_int_equal(or.answer == ANSWER_YES,
			    all[i] == ANSWER_YES || all[k] == ANSWER_YES);
		}
}

static void
test_show(void **state)
{
	static const struct {
		const char *text, *want;
	} shown[] = {
	    {"tpp>=4800 && dc", "2368>=4800 && yes"},
	    {"100*tpp>=592*area", "100*2368>=592*814"},
	    {"dram>=1400 || mm", "?>=1400 || ?"},
	    {"tx>=1", "40000-or-more>=1"},
	    {"any(R-YES|tpp) && dc", "any(R-YES|tpp) && yes"},
	    {"chip(dc) && dc", "chip(dc) && yes"},
	};
	struct subject_matter s = subject();

	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++) {
		uint8_t text[128];
		struct writer w = writer_of(text, sizeof(text) - 1);

		expression_show(bytes_str(shown[i].text), &s, &w);
		text[w.n] = '\0';
		assert_string_equal((char *)text, shown[i].want);
	}
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t milli;
	} good[] = {
	    {"0", 0}, {"814", 814000}, {"608.5", 608500}, {"0.001", 1},
	    {"19.45", 19450}, {"100000000000", FIGURE_TOP},
	};
	static const char *const bad[] = {"", ".", "1.", ".1", "00", "01",
	    "1.2.3", "1.2345", "-1", "+1", " 1", "1 ", "1e3", "0x1",
	    "100000000000.001", "99999999999999999999999"};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		char text[NUMBER_TEXT];

		assert_true(number_parse(bytes_str(good[i].text), &v));
		assert_int_equal(v, good[i].milli);
		number_text(v, text);
		assert_string_equal(text, good[i].text);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(number_parse(bytes_str(bad[i]), &v));
}

static void
test_dates(void **state)
{
	static const char *const bad[] = {"", "2026-2-03", "2026-02-30",
	    "2026-13-01", "2026-00-01", "2026-01-00", "26-01-01",
	    "2026-01-01 ", "2026/01/01", "1969-12-31", "2025-02-29"};
	char text[NUMBER_TEXT];
	int64_t at;

	(void)state;
	assert_true(date_parse(BYTES_LIT("2024-02-29"), &at));
	assert_int_equal(at, 1709164800);
	date_text(at, text);
	assert_string_equal(text, "2024-02-29");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(date_parse(bytes_str(bad[i]), &at));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_kleene),
	    cmocka_unit_test(test_show),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests_name("expression", tests, NULL, NULL);
}
