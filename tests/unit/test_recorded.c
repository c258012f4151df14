/* SPDX-License-Identifier: Apache-2.0 */
/* Boards read from a folder: the fixtures, and what must be refused. */
#include "platform.h"

#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct board board;

/* Open the folder PATH with the recorded port; the caller closes CTX. */
static enum status
survey(const char *path, const struct platform **p, void **ctx)
{
	char spec[TREE_PATH_MAX + 16];
	const char *arg;
	enum status st;

	snprintf(spec, sizeof(spec), "recorded:%s", path);
	assert_int_equal(platform_find(spec, p, &arg), OK);
	*ctx = NULL;
	st = (*p)->open(arg, ctx);
	return st == OK ? (*p)->survey(*ctx, &board) : st;
}

static enum status
survey_only(const char *path)
{
	const struct platform *p;
	enum status st;
	void *ctx;

	st = survey(path, &p, &ctx);
	p->close(ctx);
	return st;
}

/* What a board of this one file amounts to. */
static enum status
survey_text(const char *text, size_t n)
{
	struct tree t;
	enum status st;

	tree_make(&t);
	tree_file(&t, "board.ini", text, n);
	st = survey_only(t.path);
	tree_remove(&t);
	return st;
}

static void
reads_the_fixtures(void **state)
{
	static const struct {
		const char *folder;
		size_t devices;
		const char *last;
		size_t facts; /* of the first device */
	} rows[] = {
	    {"board-h100", 2, "gpu-1", 41},
	    {"board-h100-cc", 1, "gpu-0", 42},
	    {"board-l40s", 1, "gpu-0", 33},
	    {"board-a100-mig", 1, "gpu-0", 32},
	    {"board-mi100", 1, "gpu-0", 21},
	    {"board-a100", 2, "switch-0", 6},
	    {"board-a100-8", 14, "switch-5", 8},
	};
	const char *fixtures = getenv("ASSAY_FIXTURES");
	char path[TREE_PATH_MAX];

	(void)state;
	if (fixtures == NULL)
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", fixtures, rows[i].folder);
		assert_int_equal(survey_only(path), OK);
		assert_int_equal(board.count, rows[i].devices);
		assert_int_equal(board.device[0].facts.n, rows[i].facts);
		assert_string_equal(
		    board.device[rows[i].devices - 1].label, rows[i].last);
		assert_false(board.device[0].signs);
	}
}

static void
reads_every_kind_of_line(void **state)
{
	static const char text[] = "# comment\n"
	                           "; comment\n"
	                           "\n"
	                           "\t [gpu-7] \t\n"
	                           "model=x\n"
	                           " pci-vendor\t=  0x10de \n"
	                           "memory = 9999999999999999999\n"
	                           "product = a = b\n"
	                           "[switch-99]\n"
	                           "model = y\n"
	                           "pci-class = 0";

	(void)state;
	assert_int_equal(survey_text(text, sizeof(text) - 1), OK);
	assert_int_equal(board.count, 2);
	assert_string_equal(board.device[0].label, "gpu-7");
	assert_int_equal(board.device[0].facts.f[0].number, 0x10de);
	assert_int_equal(board.device[0].facts.f[0].source, SOURCE_RECORDED);
	assert_int_equal(board.device[0].facts.f[1].key, FACT_PRODUCT);
	assert_int_equal(board.device[0].facts.f[1].len, 5);
	assert_true(
	    board.device[0].facts.f[2].number == UINT64_C(9999999999999999999));
	assert_string_equal(board.device[1].label, "switch-99");
}

static void
refuses_malformed(void **state)
{
	static const char *const rows[] = {
	    "model = x\n",              /* before a section */
	    "[gpu-0]\npci-class = 1\n", /* no model */
	    "[gpu-0]\nmodel = x\n",     /* no fact */
	    "[gpu-0]\nmodel = x\nmodel = x\npci-class = 1\n",
	    "[gpu-0]\nmodel = x\npci-class = 1\npci-class = 1\n",
	    "[gpu-0]\nmodel =\npci-class = 1\n",
	    "[gpu-0]\nmodel = 123456789012345678901234567890123\n"
	    "pci-class = 1\n",
	    "[gpu-0]\nmodel = x\npci-class\n",
	    "[gpu-0]\nmodel = x\n= 1\n",
	    "[gpu-0]\nmodel = x\npci-klass = 1\n",
	    "[gpu-0]\nmodel = x\npci-class = \n",
	    "[gpu-0]\nmodel = x\npci-class = 0x\n",
	    "[gpu-0]\nmodel = x\npci-class = -1\n",
	    "[gpu-0]\nmodel = x\npci-class = 1 2\n",
	    "[gpu-0]\nmodel = x\npci-class = 0xAB\n",
	    "[gpu-0]\nmodel = x\nmemory = 99999999999999999999\n",
	    "[gpu-0]\nmodel = x\nmemory = 0x10000000000000000\n",
	    "[gpu-0]\nmodel = x\nproduct =\n",
	    "[gpu-0]\nmodel = x\npci-class = 1\nevidence = a\n",
	    "[gpu-0]\nmodel = x\npci-class = 1\nevidence-type = a/b\n",
	    "[gpu-0]\nmodel = x\npci-class = 1\nevidence = ../a\n"
	    "evidence-type = a/b\n",
	    "[gpu-0]\nmodel = x\npci-class = 1\nevidence = a/b\n"
	    "evidence-type = a/b\n",
	    "[gpu-0]\nmodel = x\npci-class = 1\nevidence =\n"
	    "evidence-type = a/b\n",
	    "[gpu-0]\nmodel = x\npci-class = 1\n[gpu-0]\n",
	    "[gpu-00]\nmodel = x\npci-class = 1\n",
	    "[gpu-100]\nmodel = x\npci-class = 1\n",
	    "[host]\nmodel = x\npci-class = 1\n",
	    "[]\n",
	    "[\n",
	    "[gpu-0\n",
	    "\xff\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (survey_text(rows[i], strlen(rows[i])) != BOARD_MALFORMED)
			fail_msg("row %zu was not refused", i);
	assert_int_equal(survey_text("[gpu-0]\0", 8), BOARD_MALFORMED);
}

static void
refuses_too_much(void **state)
{
	char *text = malloc(64 * 1024 + 1);
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', 64 * 1024 + 1);
	assert_int_equal(survey_text(text, 64 * 1024), OK);
	assert_int_equal(board.count, 0);
	assert_int_equal(survey_text(text, 64 * 1024 + 1), FILE_TOO_LARGE);

	for (unsigned i = 0; i < 33; i++)
		n += (size_t)snprintf(
		    text + n, 64, "[gpu-%u]\nmodel = x\npci-class = 1\n", i);
	assert_int_equal(survey_text(text, n), BOARD_MALFORMED);
	free(text);
}

static void
says_what_is_missing(void **state)
{
	struct tree t;
	char path[TREE_PATH_MAX];

	(void)state;
	tree_make(&t);
	assert_int_equal(survey_only(""), USAGE);
	assert_int_equal(survey_only(t.path), FILE_MISSING);
	assert_int_equal(survey_only(tree_at(&t, "none", path)), FILE_MISSING);
	tree_dir(&t, "board.ini");
	assert_int_equal(survey_only(t.path), FILE_NOT_REGULAR);
	tree_text(&t, "text", "[gpu-0]\nmodel = x\npci-class = 1\n");
	tree_link(&t, "linked/board.ini", "../text");
	assert_int_equal(
	    survey_only(tree_at(&t, "linked", path)), FILE_NOT_REGULAR);
	tree_remove(&t);
}

static void
returns_evidence(void **state)
{
	static const char ini[] = "[gpu-0]\n"
	                          "model = x\n"
	                          "pci-class = 1\n"
	                          "evidence = report.bin\n"
	                          "evidence-type = application/x-test\n";
	static const uint8_t nonce[NONCE_LEN];
	uint8_t data[DEVICE_EVIDENCE_MAX + 1] = {1, 2, 3};
	uint8_t buf[DEVICE_EVIDENCE_MAX];
	struct writer w = writer_of(buf, sizeof(buf));
	char type[MEDIA_TYPE_MAX];
	const struct platform *p;
	struct tree t;
	void *ctx;

	(void)state;
	tree_make(&t);
	tree_text(&t, "board.ini", ini);
	assert_int_equal(survey(t.path, &p, &ctx), OK);
	assert_true(board.device[0].signs);

	/* Missing, empty, and too large. */
	assert_int_equal(
	    p->evidence(ctx, &board.device[0], nonce, type, &w), FILE_MISSING);
	tree_text(&t, "report.bin", "");
	assert_int_equal(
	    p->evidence(ctx, &board.device[0], nonce, type, &w), FILE_EMPTY);
	tree_file(&t, "report.bin", data, sizeof(data));
	assert_int_equal(p->evidence(ctx, &board.device[0], nonce, type, &w),
	    FILE_TOO_LARGE);
	assert_int_equal(w.n, 0);

	tree_file(&t, "report.bin", data, sizeof(data) - 1);
	assert_int_equal(
	    p->evidence(ctx, &board.device[0], nonce, type, &w), OK);
	assert_string_equal(type, "application/x-test");
	assert_int_equal(w.n, DEVICE_EVIDENCE_MAX);
	assert_memory_equal(buf, data, w.n);

	/* No room left. */
	assert_int_equal(p->evidence(ctx, &board.device[0], nonce, type, &w),
	    EVIDENCE_TOO_LARGE);
	p->close(ctx);
	tree_remove(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_the_fixtures),
	    cmocka_unit_test(reads_every_kind_of_line),
	    cmocka_unit_test(refuses_malformed),
	    cmocka_unit_test(refuses_too_much),
	    cmocka_unit_test(says_what_is_missing),
	    cmocka_unit_test(returns_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
