/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of other tools around a quote, and assay_check_quote over forged
 * ones: nonces, selections, PCR files, parents, the state last seen.
 */
#include "testkit.h"

#include <stdio.h>
#include <string.h>

#include "quote_files.h"
#include "world.h"

static struct world world;
static uint8_t file[4096];

/* What tpm2_quote -o writes: selection, lists of at most eight digests. */
static struct bytes
pcr_file(bool big, unsigned pcrs, uint16_t bank, uint32_t mask)
{
	struct writer w = writer_of(file, sizeof(file));
	void (*put32)(struct writer *, uint32_t) = big ? write_be32
						       : write_le32;
	void (*put16)(struct writer *, uint16_t) = big ? write_be16
						       : write_le16;

	memset(file, 0, sizeof(file));
	put32(&w, 1);
	put16(&w, bank);
	write_u8(&w, 3);
	for (unsigned k = 0; k < 3; k++)
		write_u8(&w, (uint8_t)(mask >> 8 * k));
	w.n = 4 + 16 * 8;
	put32(&w, (pcrs + 7) / 8);
	for (unsigned i = 0; i < pcrs; i++) {
		if (i % 8 == 0)
			put32(&w, pcrs - i > 8 ? 8 : pcrs - i);
		put16(&w, 32);
		memset(file + w.n, (int)i + 1, 32);
		w.n += 64;
	}
	if (pcrs % 8 != 0)
		w.n += (8 - pcrs % 8) * 66;
	return writer_view(&w);
}

/* N47: lists of 1, 7, 8, 9, 16 and 24 PCRs, in both byte orders. */
static void
n47_pcr_files(void **state)
{
	static const unsigned counts[] = {1, 7, 8, 9, 16, 24};
	static struct pcr_values v;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(counts); i++) {
		unsigned n = counts[i / 2];
		struct bytes in = pcr_file(
		    i % 2 == 1, n, HASH_SHA256, (UINT32_C(1) << n) - 1);

		assert_status(pcr_file_parse(in, &v), OK);
		assert_int_equal(v.have.count, 1);
		assert_int_equal(
		    pcrs_get(&v, HASH_SHA256, n - 1).p[31], n);
		for (size_t cut = 0; cut < in.n; cut++)
			assert_status(pcr_file_parse(bytes_sub(in, 0, cut),
					  &v),
			    PCR_FILE_MALFORMED);
		assert_status(pcr_file_parse(bytes_view(file, in.n + 1), &v),
		    PCR_FILE_MALFORMED);

		/* One PCR more, or one less, than there are values. */
		in = pcr_file(i % 2 == 1, n, HASH_SHA256,
		    (UINT32_C(1) << (n - 1)) - 1);
		assert_status(pcr_file_parse(in, &v), PCR_FILE_MALFORMED);
		if (n == 24)
			continue;
		in = pcr_file(i % 2 == 1, n, HASH_SHA256,
		    (UINT32_C(1) << (n + 1)) - 1);
		assert_status(pcr_file_parse(in, &v), PCR_FILE_MALFORMED);
	}
	assert_status(pcr_file_parse(pcr_file(false, 1, HASH_SHA384, 1), &v),
	    PCR_FILE_MALFORMED); /* a value of another size */
	assert_status(pcr_file_parse(pcr_file(false, 1, 0x12, 1), &v),
	    PCR_FILE_MALFORMED);
}

static void
test_pcr_text(void **state)
{
	static const char v32[] = "0102030405060708091011121314151617181920"
				  "212223242526272829303132";
	static const struct {
		const char *before, *after;
		enum status want;
	} rows[] = {
	    {"sha256:0=", "\n", OK},
	    {"sha256:0=", "", OK},
	    {"\n\nsha256:0=", " \r\n", OK},
	    {"sha256:0 =", "\n", PCR_FILE_MALFORMED},
	    {"sha256:0= ", "\n", PCR_FILE_MALFORMED},
	    {"sha256:0=0x", "\n", PCR_FILE_MALFORMED},
	    {"sha256:24=", "\n", PCR_FILE_MALFORMED},
	    {"sha256:0,1=", "\n", PCR_FILE_MALFORMED},
	    {"sha384:0=", "\n", PCR_FILE_MALFORMED},
	    {"sha256:0=", "00\n", PCR_FILE_MALFORMED},
	    {"sha256:0", "\n", PCR_FILE_MALFORMED},
	    {"sha256:0=", "\nx\n", PCR_FILE_MALFORMED},
	    {"sha256 0 ", "\n", OK},
	    {"sha256 00 ", "\n", OK},
	    {"sha256 24 ", "\n", PCR_FILE_MALFORMED},
	    {"sha256  0 ", "\n", PCR_FILE_MALFORMED},
	    {"sha384 0 ", "\n", PCR_FILE_MALFORMED},
	    {"md5 0 ", "\n", PCR_FILE_MALFORMED},
	    {"  sha256:\n    0 : 0x", "\n", OK},
	    {"  sha1:\n  sha256:\n    23: 0x", "\n", OK},
	    {"  sha256:\n    24: 0x", "\n", PCR_FILE_MALFORMED},
	    {"  sha256:\n    0 : ", "\n", PCR_FILE_MALFORMED},
	    {"  sha384:\n    0 : 0x", "\n", PCR_FILE_MALFORMED},
	    {"    0 : 0x", "\n", PCR_FILE_MALFORMED},
	    {"  sm3:\n    0 : 0x", "\n", PCR_FILE_MALFORMED},
	};
	static struct pcr_values v;
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "%s%s%s", rows[i].before, v32,
		    rows[i].after);
		assert_status(
		    pcr_file_parse(bytes_str(text), &v), rows[i].want);
	}
	snprintf(text, sizeof(text), "sha256:0=%s\nsha256:0=%s\n", v32, v32);
	assert_status(
	    pcr_file_parse(bytes_str(text), &v), PCR_FILE_MALFORMED);
	assert_status(pcr_file_parse(BYTES_LIT(""), &v), PCR_FILE_MALFORMED);
	assert_status(
	    pcr_file_parse(BYTES_LIT("\n\n"), &v), PCR_FILE_MALFORMED);
}

static void
test_state_file(void **state)
{
	static const struct {
		const char *text;
		enum status want;
	} rows[] = {
	    {"clock=5\nreset-count=1\nrestart-count=2\nfirmware=00ff\n", OK},
	    {"clock=18446744073709551615\n", OK},
	    {"clock=18446744073709551616\n", STATE_MALFORMED},
	    {"reset-count=4294967295", OK},
	    {"reset-count=4294967296", STATE_MALFORMED},
	    {"clock=\n", STATE_MALFORMED},
	    {"clock=-1\n", STATE_MALFORMED},
	    {"clock=1 2\n", STATE_MALFORMED},
	    {"clock=0x1\n", STATE_MALFORMED},
	    {"clock=a\n", STATE_MALFORMED},
	    {"firmware=g\n", STATE_MALFORMED},
	    {"firmware=00112233445566778\n", OK},
	    {"firmware=10112233445566778\n", STATE_MALFORMED},
	    {"clock=1\nclock=1\n", STATE_MALFORMED},
	    {"tick=1\n", STATE_MALFORMED},
	    {"clock\n", STATE_MALFORMED},
	    {"", STATE_MALFORMED},
	    {"\n\n", STATE_MALFORMED},
	};
	struct last_state last;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_status(state_file_parse(bytes_str(rows[i].text), &last),
		    rows[i].want);
}

/* DER of an ECDSA signature: the only encoding, no other. */
static void
test_signature_der(void **state)
{
	static const struct {
		const char *hex;
		bool ok;
	} rows[] = {
	    {"3006020101020102", true},
	    {"3006020100020102", true}, /* zero is for the range check */
	    {"300702020080020102", true},
	    {"300702020001020102", false}, /* leading zero */
	    {"3006020181020102", false},   /* negative */
	    {"30050200020102", false},    /* empty INTEGER */
	    {"308106020101020102", false}, /* long form of a short length */
	    {"300602010102010200", false},
	    {"300702010102010200", false},
	    {"3006030101020102", false},
	    {"3106020101020102", false},
	    {"30060201010201", false},
	    {"30", false},
	};
	struct tpm_public pub;
	struct tpm_signature sig;

	(void)state;
	assert_status(public_parse(bytes_view(world.forge.ak.wire,
				       world.forge.ak.wire_len),
			  &pub),
	    OK);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
		    signature_file_parse(
			kit_hex(rows[i].hex, file, sizeof(file)), &pub,
			HASH_SHA256, &sig) == OK,
		    rows[i].ok);
	assert_status(
	    signature_file_parse(bytes_view(file, 64), &pub, HASH_SHA256, &sig),
	    OK);
	assert_int_equal(sig.r.n, 32);
	assert_int_not_equal(
	    signature_file_parse(bytes_view(file, 65), &pub, HASH_SHA256, &sig),
	    OK);
}

static void
test_pem(void **state)
{
	static const char *const bad[] = {"-----", "-----BEGIN PUBLIC KEY-----",
	    "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
	    "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n",
	    "-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----\n"};
	static char huge[8192];
	struct tpm_public pub;
	bool is_tpm;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_not_equal(
		    key_file_parse(bytes_str(bad[i]), &pub, &is_tpm), OK);
	memset(huge, '-', sizeof(huge));
	assert_status(
	    key_file_parse(bytes_view(huge, sizeof(huge)), &pub, &is_tpm),
	    PUBLIC_MALFORMED);
}

static struct assay_file
whole(struct bytes b)
{
	return (struct assay_file){b.p, b.n};
}

/* The forged quote as files, one of them changed. */
struct check_row {
	const char *name;
	const char *select, *state;
	enum forge_stage stage;
	void (*change)(struct forge *f);
	void (*files)(struct assay_check *q);
	enum status want; /* OK: no reason */
	int exit;
};

static void
nonce_longer(struct assay_check *q)
{
	static uint8_t longer[33];

	memcpy(longer, q->nonce.data, 32);
	q->nonce = whole(BYTES_OF(longer));
}

static void
nonce_shorter(struct assay_check *q)
{
	q->nonce.len--;
}

static void
nonce_empty(struct assay_check *q)
{
	q->nonce.len = 0;
}

static void
pcrs_fewer(struct assay_check *q)
{
	q->pcrs = whole(pcr_file(false, 15, HASH_SHA256, 0x7fff));
}

static void
pcrs_shifted(struct assay_check *q)
{
	q->pcrs = whole(pcr_file(false, 16, HASH_SHA256, 0x1fffe));
}

static void
pcrs_other_bank(struct assay_check *q)
{
	/* SHA3-256 is as long as SHA-256, and so hashes to the same digest. */
	q->pcrs = whole(pcr_file(false, 16, 0x0027, 0xffff));
}

static void
pcrs_sound(struct assay_check *q)
{
	q->pcrs = whole(pcr_file(true, 16, HASH_SHA256, 0xffff));
}

static void
parent_self(struct assay_check *q)
{
	q->ek_pub = q->ak;
}

static void
no_pcr(struct forge *f)
{
	f->attest.selection = forge_attest_default().selection;
}

#define NONE NULL, NULL, 0, NULL
static const struct check_row rows[] = {
    {"sound", NONE, pcrs_sound, OK, 0},
    {"nonce_longer", NONE, nonce_longer, QUOTE_NONCE_MISMATCH, 1},
    {"nonce_shorter", NONE, nonce_shorter, QUOTE_NONCE_MISMATCH, 1},
    {"nonce_empty", NONE, nonce_empty, QUOTE_NONCE_MISMATCH, 1},
    {"n28_no_pcr", NULL, NULL, FORGE_ATTEST, no_pcr, NULL,
	PCR_SELECTION_EMPTY, 1},
    {"n43_fewer", NONE, pcrs_fewer, PCR_SELECTION_MISMATCH, 1},
    {"n43_shifted", NONE, pcrs_shifted, PCR_SELECTION_MISMATCH, 1},
    {"n43_other_bank", NONE, pcrs_other_bank, PCR_FILE_MALFORMED, 65},
    {"select_all", "sha256:0,1,15", NULL, 0, NULL, NULL, OK, 0},
    {"select_more", "sha256:0,16", NULL, 0, NULL, NULL, PCR_NOT_QUOTED, 1},
    {"select_other_bank", "sha384:0", NULL, 0, NULL, NULL, PCR_NOT_QUOTED, 1},
    {"select_malformed", "sha256", NULL, 0, NULL, NULL, TEXT_MALFORMED, 65},
    {"n69_other_parent", NONE, parent_self, QUALIFIED_SIGNER_MISMATCH, 1},
    {"state_same",
	"sha256:0", "clock=1000000\nreset-count=5\nrestart-count=1\n"
	"firmware=0001000200030004\n", 0, NULL, NULL, OK, 0},
    {"n70_clock_back", NULL, "clock=1000001\n", 0, NULL, NULL, CLOCK_BACK, 1},
    {"n57_reset_back", NULL, "reset-count=6\n", 0, NULL, NULL,
	RESET_COUNT_BACK, 1},
    {"n57_restart_back", NULL, "restart-count=2\n", 0, NULL, NULL,
	RESTART_COUNT_BACK, 1},
    {"n57_restart_after_reset", NULL, "reset-count=4\nrestart-count=2\n", 0,
	NULL, NULL, OK, 0},
    {"n57_firmware", NULL, "firmware=0001000200030005\n", 0, NULL, NULL,
	TPM_FIRMWARE_CHANGED, 1},
    {"state_malformed", NULL, "clock\n", 0, NULL, NULL, STATE_MALFORMED, 65},
};

static void
run_row(void **state)
{
	const struct check_row *row = *state;
	struct forge *f = &world.forge;
	struct assay_reason reason;
	struct assay_result *r;
	struct assay_check q = {0};

	world_reset(&world);
	assert_true(forge_build(f, row->stage, row->change));
	q.ak = whole(f->public_wire);
	q.attest = whole(f->attest_wire);
	q.signature = whole(f->signature_wire);
	q.nonce = whole(digest_view(&f->q));
	if (row->select != NULL)
		q.select = whole(bytes_str(row->select));
	if (row->state != NULL)
		q.state = whole(bytes_str(row->state));
	if (row->files != NULL)
		row->files(&q);
	r = assay_check(NULL, ASSAY_QUOTE, &q);
	assert_non_null(r);
	if (row->want == OK && assay_result_reason(r, 0, &reason))
		print_error("%s: %s\n", reason.code, reason.detail);
	assert_true(row->want != OK ? world_has(r, row->want)
				    : !assay_result_reason(r, 0, &reason));
	assert_int_equal(assay_result_exit(r), row->exit);
	assay_result_free(r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(n47_pcr_files),
	    cmocka_unit_test(test_pcr_text),
	    cmocka_unit_test(test_state_file),
	    cmocka_unit_test(test_signature_der),
	    cmocka_unit_test(test_pem),
	};
	int rc;

	if (!world_open(&world, KEY_P256))
		return 1;
	rc = kit_run_rows("quote files", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
	world_close(&world);
	return rc;
}
