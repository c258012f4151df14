/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest's own report through configfs, as tests/mock/tsm_mock.c plays the
 * kernel: there is no TEE here, and nothing is signed.
 */
#include "vendor_tree.h"

#include "dcbor.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define REPORTS "sys/kernel/config/tsm/report"
#define ENTRY   REPORTS "/assay"
#define MARK    "MOCK TEE REPORT "

static const uint8_t nonce[TEE_NONCE_LEN] = {1, 2, 3};
static uint8_t answer[DEVICE_EVIDENCE_MAX];
static struct tree tree;

static void
set_up(void)
{
	static const char *const names[] = {"TSM_MOCK_PROVIDER", "TSM_MOCK_AUX",
	    "TSM_MOCK_DENY", "TSM_MOCK_RACE", "TSM_MOCK_LOSE"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unsetenv(names[i]);
	tree_make(&tree);
	tree_dir(&tree, "sys/bus");
	tree_dir(&tree, REPORTS);
}

/* Ask the port, over IN or not, with CAP bytes for the answer. */
static enum status
ask(const uint8_t *in, size_t cap, struct bytes *out)
{
	struct writer w = writer_of(answer, cap);
	const struct platform *port;
	const char *arg;
	void *ctx;
	enum status st;

	assert_int_equal(platform_find("auto", &port, &arg), OK);
	assert_int_equal(port->open(tree.path, &ctx), OK);
	st = port->tee(ctx, in, &w);
	port->close(ctx);
	*out = writer_view(&w);
	return st;
}

/* [provider, generation, outblob, ? auxblob] and nothing behind it. */
static void
expect_item(struct bytes item, const char *provider, uint64_t generation,
    const char *aux)
{
	struct dcbor c = dcbor_of(item);
	struct bytes blob;

	dcbor_want_array(&c, aux == NULL ? 3 : 4);
	assert_true(bytes_eq(dcbor_get_tstr(&c), bytes_str(provider)));
	assert_int_equal(dcbor_get_uint(&c), generation);
	blob = dcbor_get_bstr(&c);
	assert_int_equal(blob.n, strlen(MARK) + sizeof(nonce));
	assert_memory_equal(blob.p, MARK, strlen(MARK));
	assert_memory_equal(blob.p + strlen(MARK), nonce, sizeof(nonce));
	if (aux != NULL)
		assert_true(bytes_eq(dcbor_get_bstr(&c), bytes_str(aux)));
	assert_int_equal(dcbor_end(&c), OK);
}

/* How many entries there are. */
static int
entries(void)
{
	char path[TREE_PATH_MAX];
	DIR *list = opendir(tree_at(&tree, REPORTS, path));
	const struct dirent *e;
	int n = 0;

	assert_non_null(list);
	while ((e = readdir(list)) != NULL)
		n += e->d_name[0] != '.';
	closedir(list);
	return n;
}

static void
asks_for_a_report(void **state)
{
	struct bytes item;

	(void)state;
	set_up();
	assert_int_equal(ask(nonce, sizeof(answer), &item), OK);
	expect_item(item, "mock_guest", 1, NULL);
	assert_int_equal(entries(), 0);

	/* With certificates beside it, as SEV-SNP has them. */
	assert_int_equal(setenv("TSM_MOCK_AUX", "MOCK CERTIFICATES", 1), 0);
	assert_int_equal(setenv("TSM_MOCK_PROVIDER", "mock_snp", 1), 0);
	assert_int_equal(ask(nonce, sizeof(answer), &item), OK);
	expect_item(item, "mock_snp", 1, "MOCK CERTIFICATES");
	assert_int_equal(ask(nonce, 80, &item), EVIDENCE_TOO_LARGE);
	tree_remove(&tree);
}

static void
names_the_provider(void **state)
{
	struct bytes item;

	(void)state;
	set_up();
	assert_int_equal(ask(NULL, sizeof(answer), &item), OK);
	assert_true(bytes_eq(item, BYTES_LIT("mock_guest")));
	assert_int_equal(entries(), 0);
	tree_remove(&tree);
}

/* An entry as an operator makes it for a user without rights. */
static void
make_entry(const char *provider, const char *generation)
{
	tree_text(&tree, ENTRY "/provider", provider);
	tree_text(&tree, ENTRY "/generation", generation);
	tree_text(&tree, ENTRY "/inblob", "");
	tree_text(&tree, ENTRY "/outblob", "");
}

static void
uses_an_entry_that_is_there(void **state)
{
	struct bytes item;

	(void)state;
	set_up();
	make_entry("mock_tdx\n", "41\n");
	assert_int_equal(ask(nonce, sizeof(answer), &item), OK);
	expect_item(item, "mock_tdx", 42, NULL);
	assert_int_equal(entries(), 1);
	tree_remove(&tree);
}

/* Somebody else asks too: once is forgiven, and nobody's report is taken. */
static void
sees_another_writer(void **state)
{
	struct bytes item;

	(void)state;
	set_up();
	assert_int_equal(setenv("TSM_MOCK_RACE", "1", 1), 0);
	assert_int_equal(ask(nonce, sizeof(answer), &item), OK);
	expect_item(item, "mock_guest", 3, NULL);
	assert_int_equal(setenv("TSM_MOCK_RACE", "9", 1), 0);
	assert_int_equal(ask(nonce, sizeof(answer), &item), DEVICE_CHANGED);
	assert_int_equal(item.n, 0);
	(void)unsetenv("TSM_MOCK_RACE");

	/* The kernel tells no error of what it did not take. */
	assert_int_equal(setenv("TSM_MOCK_LOSE", "1", 1), 0);
	assert_int_equal(ask(nonce, sizeof(answer), &item), DEVICE_CHANGED);
	tree_remove(&tree);
}

/* Nothing is sent, and the reason has its name. */
static void
says_why_there_is_none(void **state)
{
	static uint8_t large[DEVICE_EVIDENCE_MAX + 1];
	char path[TREE_PATH_MAX];
	struct bytes item;

	(void)state;
	set_up();
	assert_int_equal(rmdir(tree_at(&tree, REPORTS, path)), 0);
	assert_int_equal(ask(nonce, sizeof(answer), &item), FILE_MISSING);
	tree_dir(&tree, REPORTS);
	assert_int_equal(setenv("TSM_MOCK_DENY", "1", 1), 0);
	assert_int_equal(ask(NULL, sizeof(answer), &item), PERMISSION);
	assert_int_equal(ask(nonce, sizeof(answer), &item), PERMISSION);
	(void)unsetenv("TSM_MOCK_DENY");

	/* A provider that is none. */
	make_entry("\n", "0\n");
	assert_int_equal(ask(nonce, sizeof(answer), &item), DEVICE_LIBRARY);
	make_entry("mock\xff\n", "0\n");
	assert_int_equal(ask(nonce, sizeof(answer), &item), DEVICE_LIBRARY);

	/* Another file in the place of a blob; the mock takes nothing then. */
	make_entry("mock\n", "0\n");
	assert_int_equal(unlink(tree_at(&tree, ENTRY "/inblob", path)), 0);
	tree_link(&tree, ENTRY "/inblob", "/dev/null");
	assert_int_equal(ask(nonce, sizeof(answer), &item), FILE_WRITE);
	assert_int_equal(item.n, 0);
	tree_remove(&tree);

	/* More than any report has: refused when it is the report. */
	set_up();
	make_entry("mock\n", "0\n");
	tree_file(&tree, ENTRY "/auxblob", large, sizeof(large));
	assert_int_equal(ask(nonce, sizeof(answer), &item), OK);
	expect_item(item, "mock", 1, NULL);
	tree_remove(&tree);
}

/* SHA-512(83 "assay/tee-nonce/1" N, AK name), by another implementation. */
static void
follows_the_formula(void **state)
{
	static const uint8_t want[TEE_NONCE_LEN] = {
	    0x3c,
	    0x37,
	    0x43,
	    0xf4,
	    0xe6,
	    0x60,
	    0x21,
	    0xf4,
	    0x07,
	    0xd5,
	    0x85,
	    0x1e,
	    0xfc,
	    0x22,
	    0xe4,
	    0x06,
	    0xed,
	    0x7f,
	    0x2d,
	    0x36,
	    0x72,
	    0x53,
	    0x0e,
	    0x7c,
	    0xef,
	    0xde,
	    0x2e,
	    0x9f,
	    0xed,
	    0x7b,
	    0x1f,
	    0x33,
	    0xad,
	    0xf6,
	    0x0a,
	    0x0a,
	    0x62,
	    0xf7,
	    0xdf,
	    0xe2,
	    0x50,
	    0x3a,
	    0x61,
	    0xe8,
	    0x5c,
	    0x29,
	    0x52,
	    0x67,
	    0x1c,
	    0xfe,
	    0x8e,
	    0xc1,
	    0xe5,
	    0x3a,
	    0x99,
	    0xeb,
	    0x94,
	    0x48,
	    0x62,
	    0x73,
	    0x57,
	    0x69,
	    0x88,
	    0x69,
	};
	uint8_t n[NONCE_LEN], name[34] = {0x00, 0x0b}, got[TEE_NONCE_LEN];

	(void)state;
	memset(n, 7, sizeof(n));
	memset(name + 2, 9, sizeof(name) - 2);
	assert_int_equal(crypto_init_verify(), OK);
	assert_int_equal(
	    evidence_tee_nonce(BYTES_OF(n), BYTES_OF(name), got), OK);
	assert_memory_equal(got, want, sizeof(want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(asks_for_a_report),
	    cmocka_unit_test(names_the_provider),
	    cmocka_unit_test(uses_an_entry_that_is_there),
	    cmocka_unit_test(sees_another_writer),
	    cmocka_unit_test(says_why_there_is_none),
	    cmocka_unit_test(follows_the_formula),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
