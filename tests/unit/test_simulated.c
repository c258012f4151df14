/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated board: its generator, its reports, their signatures. */
#include "platform.h"

#include "crypto.h"
#include "dcbor.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include <cmocka.h>

/* The report's parts, by offset: request, head, four blocks, tail. */
enum {
	REQUEST_LEN = 37,
	HEAD_LEN = 8,
	BLOCK_LEN = 55,
	OPAQUE_LEN = 12 + 16,
	REPORT_LEN =
	    REQUEST_LEN + HEAD_LEN + 4 * BLOCK_LEN + 32 + 2 + OPAQUE_LEN + 96,
};

extern char **environ;

static struct tree tree;
static struct board board;

/* Run the generator on the folder NAME of the tree; its exit status. */
static int
generate(const char *name)
{
	char program[TREE_PATH_MAX], path[TREE_PATH_MAX];
	char *argv[] = {program, path, NULL};
	int status;
	pid_t pid;

	snprintf(
	    program, sizeof(program), "%s", getenv("ASSAY_SIMULATED_BOARD"));
	tree_at(&tree, name, path);
	assert_int_equal(
	    posix_spawn(&pid, program, NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
setup(void **state)
{
	(void)state;
	if (getenv("ASSAY_SIMULATED_BOARD") == NULL)
		return -1;
	tree_make(&tree);
	return generate("board") == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

/* Open the board with the OPTIONS after its path. */
static enum status
open_board(const char *options, const struct platform **p, void **ctx)
{
	char spec[TREE_PATH_MAX + 64];
	const char *arg;

	snprintf(
	    spec, sizeof(spec), "simulated:%s/board%s", tree.path, options);
	assert_int_equal(platform_find(spec, p, &arg), OK);
	*ctx = NULL;
	return (*p)->open(arg, ctx);
}

static void
surveys_and_says_simulated(void **state)
{
	static const enum fact_key texts[] = {
	    FACT_DRIVER, FACT_PRODUCT, FACT_VBIOS};
	const struct platform *p;
	char label[LABEL_MAX];
	void *ctx;

	(void)state;
	assert_int_equal(open_board("", &p, &ctx), OK);
	assert_true(p->simulated);
	assert_int_equal(p->survey(ctx, &board), OK);
	assert_int_equal(board.count, 8);
	for (size_t i = 0; i < 8; i++) {
		const struct device *d = &board.device[i];
		size_t found = 0;

		snprintf(label, sizeof(label), "gpu-%zu", i);
		assert_string_equal(d->label, label);
		assert_memory_equal(d->model, "SIMULATED", 9);
		assert_true(d->signs);
		for (size_t k = 0; k < d->facts.n; k++)
			for (size_t m = 0; m < 3; m++)
				if (d->facts.f[k].key == (uint64_t)texts[m]) {
					assert_memory_equal(
					    d->facts.f[k].text, "SIMULATED", 9);
					found++;
				}
		assert_int_equal(found, 3);
	}
	p->close(ctx);
}

static void
takes_a_count(void **state)
{
	static const char *const wrong[] = {",count=", ",count=0", ",count=9",
	    ",count=1x", ",count=11", ",count=-1"};
	const struct platform *p;
	const char *arg;
	void *ctx;

	(void)state;
	assert_int_equal(open_board(",count=1", &p, &ctx), OK);
	assert_int_equal(p->survey(ctx, &board), OK);
	assert_int_equal(board.count, 1);
	p->close(ctx);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(open_board(wrong[i], &p, &ctx), USAGE);
	assert_int_equal(open_board(",kount=1", &p, &ctx), FILE_MISSING);
	assert_int_equal(platform_find("simulated", &p, &arg), OK);
	assert_int_equal(p->open(arg, &ctx), USAGE);
}

/* Take the envelope apart. */
static void
decode(struct bytes evidence, struct bytes *leaf, struct bytes *report)
{
	struct dcbor c = dcbor_of(evidence);
	struct dcbor_map m = dcbor_get_map(&c);
	int64_t key;

	assert_true(dcbor_key_int(&c, &m, &key));
	assert_int_equal(key, 0);
	assert_true(bytes_eq(dcbor_get_tstr(&c), BYTES_LIT("SIMULATED")));
	assert_true(dcbor_key_int(&c, &m, &key));
	assert_int_equal(key, 1);
	dcbor_want_array(&c, 1);
	*leaf = dcbor_get_bstr(&c);
	assert_true(dcbor_key_int(&c, &m, &key));
	assert_int_equal(key, 2);
	*report = dcbor_get_bstr(&c);
	assert_false(dcbor_key_int(&c, &m, &key));
	assert_int_equal(dcbor_end(&c), OK);
}

/* The leaf's key and serial number, after checking it under the root. */
static void
check_leaf(struct bytes leaf, struct public_key *key, char serial[17])
{
	static const char name[] = "CN=SIMULATED accelerator, serialNumber=";
	mbedtls_x509_crt crt, root;
	uint8_t spki[256];
	char path[TREE_PATH_MAX], subject[128];
	uint32_t flags;
	int n;

	mbedtls_x509_crt_init(&crt);
	mbedtls_x509_crt_init(&root);
	assert_int_equal(mbedtls_x509_crt_parse_der(&crt, leaf.p, leaf.n), 0);
	assert_int_equal(mbedtls_x509_crt_parse_file(
	                     &root, tree_at(&tree, "board/root.pem", path)),
	    0);

	/* Tests do not fail on a clock: validity does not count here. */
	(void)mbedtls_x509_crt_verify(
	    &crt, &root, NULL, NULL, &flags, NULL, NULL);
	flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED |
	                     MBEDTLS_X509_BADCERT_FUTURE);
	assert_int_equal(flags, 0);

	n = mbedtls_x509_dn_gets(subject, sizeof(subject), &crt.subject);
	assert_int_equal(n, sizeof(name) - 1 + 16);
	assert_memory_equal(subject, name, sizeof(name) - 1);
	memcpy(serial, subject + sizeof(name) - 1, 17);

	n = mbedtls_pk_write_pubkey_der(&crt.pk, spki, sizeof(spki));
	assert_true(n > 0);
	assert_int_equal(
	    key_from_spki(bytes_view(spki + sizeof(spki) - n, (size_t)n), key),
	    OK);
	mbedtls_x509_crt_free(&crt);
	mbedtls_x509_crt_free(&root);
}

/* Every field of the report that does not change. */
static void
check_report(
    struct bytes report, const uint8_t nonce[NONCE_LEN], const char serial[17])
{
	struct reader r = reader_of(report);
	char hex[17];

	assert_int_equal(report.n, REPORT_LEN);
	assert_int_equal(read_be32(&r), 0x11e001ff);
	assert_memory_equal(read_bytes(&r, 32).p, nonce, 32);
	assert_int_equal(read_u8(&r), 0);

	assert_int_equal(read_be32(&r), 0x11600000);
	assert_int_equal(read_u8(&r), 4);
	assert_int_equal(read_le24(&r), 4 * BLOCK_LEN);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(read_u8(&r), i + 1);
		assert_int_equal(read_u8(&r), 1);
		assert_int_equal(read_le16(&r), 51);
		assert_int_equal(read_u8(&r), i);
		assert_int_equal(read_le16(&r), 48);
		assert_false(bytes_is_zero(read_bytes(&r, 48)));
	}

	assert_false(bytes_is_zero(read_bytes(&r, 32)));
	assert_int_equal(read_le16(&r), OPAQUE_LEN);
	assert_int_equal(read_le16(&r), 1);
	assert_int_equal(read_le16(&r), 8);
	bytes_to_hex(read_bytes(&r, 8), hex);
	assert_string_equal(hex, serial);
	assert_int_equal(read_le16(&r), 2);
	assert_int_equal(read_le16(&r), 12);
	assert_memory_equal(read_bytes(&r, 12).p, "SIMULATED-A1", 12);
	assert_int_equal(read_bytes(&r, 96).n, 96);
	assert_true(reader_at_end(&r));
}

/* Does the last part sign everything before it? */
static enum status
check_signature(struct bytes report, const struct public_key *key)
{
	struct digest d;

	assert_int_equal(
	    hash_one(HASH_SHA384, bytes_sub(report, 0, report.n - 96), &d), OK);
	return verify_digest(key, SIG_ECDSA, HASH_SHA384, digest_view(&d),
	    bytes_sub(report, report.n - 96, 96));
}

static void
signs_fresh_reports(void **state)
{
	uint8_t nonce[NONCE_LEN], buf[DEVICE_EVIDENCE_MAX];
	char serial[17], type[MEDIA_TYPE_MAX], last[17] = "";
	struct bytes leaf, report;
	const struct platform *p;
	struct public_key key;
	void *ctx;

	(void)state;
	assert_int_equal(open_board("", &p, &ctx), OK);
	assert_int_equal(p->survey(ctx, &board), OK);
	for (size_t i = 0; i < 8; i++) {
		struct writer w = writer_of(buf, sizeof(buf));

		memset(nonce, (int)i + 1, sizeof(nonce));
		assert_int_equal(
		    p->evidence(ctx, &board.device[i], nonce, type, &w), OK);
		assert_string_equal(type, MEDIA_SIMULATED);
		decode(writer_view(&w), &leaf, &report);
		check_leaf(leaf, &key, serial);
		check_report(report, nonce, serial);
		assert_int_equal(check_signature(report, &key), OK);

		/* One bit anywhere else, and it no longer holds. */
		buf[w.n - 200] ^= 1;
		assert_int_equal(
		    check_signature(report, &key), SIGNATURE_INVALID);
		assert_string_not_equal(serial, last);
		memcpy(last, serial, sizeof(last));
	}
	p->close(ctx);
}

static void
needs_room(void **state)
{
	static const uint8_t nonce[NONCE_LEN];
	uint8_t buf[900];
	struct writer w = writer_of(buf, sizeof(buf));
	char type[MEDIA_TYPE_MAX];
	const struct platform *p;
	void *ctx;

	(void)state;
	assert_int_equal(open_board(",count=1", &p, &ctx), OK);
	assert_int_equal(p->survey(ctx, &board), OK);
	assert_int_equal(p->evidence(ctx, &board.device[0], nonce, type, &w),
	    EVIDENCE_TOO_LARGE);
	p->close(ctx);
}

/* Keys that others could read, and files that are not as they should be. */
static void
refuses_bad_keys(void **state)
{
	static const struct {
		const char *text;
		enum status want;
	} rows[] = {
	    {"", TEXT_MALFORMED},
	    {"00\n", TEXT_MALFORMED},
	    {"zz", TEXT_MALFORMED},
	    /* Zero is no private key. */
	    {"00000000000000000000000000000000"
	     "00000000000000000000000000000000"
	     "00000000000000000000000000000000\n",
	        CRYPTO_FAILED},
	    {"00000000000000000000000000000000"
	     "00000000000000000000000000000000"
	     "000000000000000000000000000000001\n",
	        FILE_TOO_LARGE},
	};
	static const uint8_t nonce[NONCE_LEN];
	uint8_t buf[4096];
	struct writer w = writer_of(buf, sizeof(buf));
	char type[MEDIA_TYPE_MAX], path[TREE_PATH_MAX];
	const struct platform *p;
	void *ctx;

	(void)state;
	assert_int_equal(open_board("", &p, &ctx), OK);
	assert_int_equal(p->survey(ctx, &board), OK);
	tree_at(&tree, "board/gpu-6.key", path);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(
	    p->evidence(ctx, &board.device[6], nonce, type, &w), FILE_MODE);
	assert_int_equal(chmod(path, 0600), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tree_text(&tree, "board/gpu-6.key", rows[i].text);
		assert_int_equal(
		    p->evidence(ctx, &board.device[6], nonce, type, &w),
		    rows[i].want);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(
	    p->evidence(ctx, &board.device[6], nonce, type, &w), FILE_MISSING);
	assert_int_equal(w.n, 0);
	p->close(ctx);
}

static void
generator_is_careful(void **state)
{
	char path[TREE_PATH_MAX];
	struct stat sb;

	(void)state;
	assert_int_equal(stat(tree_at(&tree, "board", path), &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0700);
	assert_int_equal(stat(tree_at(&tree, "board/gpu-0.key", path), &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);

	/* An empty directory may be filled; a board is not written over. */
	tree_dir(&tree, "empty");
	assert_int_equal(generate("empty"), 0);
	assert_int_equal(generate("empty"), status_exit(FILE_WRITE));
	tree_text(&tree, "file", "x");
	assert_int_equal(generate("file"), status_exit(FILE_WRITE));
	assert_int_equal(generate("none/board"), status_exit(FILE_WRITE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(surveys_and_says_simulated),
	    cmocka_unit_test(takes_a_count),
	    cmocka_unit_test(signs_fresh_reports),
	    cmocka_unit_test(needs_room),
	    cmocka_unit_test(refuses_bad_keys),
	    cmocka_unit_test(generator_is_careful),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
