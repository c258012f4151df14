/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA reports: real ones from the samples with the facts that must come
 * out, every byte of one flipped, and made-up ones for each rule that a
 * genuine report never breaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nvidia.h"
#include "nvidia_json.h"
#include "x509_forge.h"

enum { FILE_MAX = 128 * 1024 };

static uint8_t file_a[FILE_MAX], file_b[FILE_MAX];

static const char *
samples(void)
{
	return getenv("ASSAY_SAMPLES");
}

static struct bytes
load(const char *name, uint8_t *buf)
{
	char path[1024];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/nvidia/%s", samples(), name);
	if ((f = fopen(path, "rb")) != NULL) {
		n = fread(buf, 1, FILE_MAX, f);
		fclose(f);
	}
	return bytes_view(buf, n);
}

static bool
have_samples(void)
{
	return samples() != NULL &&
	    load("h100-550.90.07-report.hex", file_a).n > 0;
}

/* A sample, and what must come of it. */
static const struct sample {
	const char *report, *chain;
	enum status st;
	size_t bytes, blocks;
	const char *driver, *vbios, *sku, *chip, *identity;
	bool fwid;
} rows[] = {
    {"h100-550.90.07-report.hex", "h100-550.90.07-chain.pem", OK, 4117, 64,
	"550.90.07", "96.00.9F.00.01", "1010_0200_882", "",
	"nvidia:431d480fe5e87274", true},
    {"h100-535.86.09-report.hex", "h100-535.86.09-chain.pem", OK, 4052, 64,
	"535.86.09", "96.00.5E.00.01", "1010_0200_882", "",
	"nvidia:6a5fafcbd9fa5ca3", false},
    {"h100-gonvtrust-report.hex", "h100-gonvtrust-chain.pem", OK, 4049, 64,
	"545.00", "96.00.5E.00.01", "1010_0200_882", "",
	"nvidia:ffeeb20009e0be49", false},
    {"gb100-575.32-report.hex", "gb100-575.32-chain.pem", OK, 4121, 64,
	"575.32", "97.00.88.00.0F", "G525_0220_886", "",
	"nvidia:e6de55c3bdc14277", true},
    {"ls10-96.10.55.00.01-report.hex", "ls10-chain.pem", OK, 2168, 31, "",
	"96.10.55.00.01", "", "", "nvidia:203eb31ad9ed0008", false},
    {"BAD-h100-560.00-report-badsig.hex", "h100-535.86.09-chain.pem",
	DEVICE_SIGNATURE, 4262, 64, "560.00", "96.00.A5.00.01",
	"G520_0200_885", "", "", true},
    {"h100-gonvtrust-report.hex", "BAD-gonvtrust-invalid-chain.pem",
	CHAIN_UNTRUSTED, 4049, 64, "545.00", "96.00.5E.00.01",
	"1010_0200_882", "", "", false},
    {"DERIVED-gb202-595.58.03-report-transcribed-badsig.hex",
	"gb202-595.58.03-chain.pem", DEVICE_SIGNATURE, 4140, 64,
	"595.58.03", "98.02.81.00.01", "G153_0210_895", "GB202", "", true},
};

/* Read a sample's files into EV. */
static void
open_sample(const struct sample *row, struct nvidia_evidence *ev)
{
	static uint8_t report[FILE_MAX], der[FILE_MAX];

	assert_int_equal(nvidia_report_file(load(row->report, file_a), report,
			     sizeof(report), &ev->report),
	    OK);
	assert_int_equal(chain_from_pem(load(row->chain, file_b), der,
			     sizeof(der), ev->certs, &ev->cert_count),
	    OK);
}

static enum status
verify(const struct nvidia_evidence *ev, const struct anchors *anchors,
    struct bytes nonce, struct device_proof *proof, json_t *data)
{
	struct device_check check = {.anchors = anchors, .nonce = nonce};
	char detail[320] = "";

	*proof = (struct device_proof){0};
	return nvidia_verify(
	    ev, &check, proof, data, detail, sizeof(detail));
}

static void
expect_text(const json_t *data, const char *key, const char *want)
{
	const char *got = json_string_value(json_object_get(data, key));

	assert_string_equal(got == NULL ? "" : got, want);
}

static void
every_sample(void **state)
{
	struct anchors *anchors = anchors_new(ANCHOR_DEVICE);

	(void)state;
	if (!have_samples())
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nvidia_evidence ev;
		struct nvidia_report rep;
		struct device_proof proof;
		json_t *data = json_object();

		open_sample(&rows[i], &ev);
		assert_int_equal(ev.report.n, rows[i].bytes);
		assert_int_equal(nvidia_report_parse(ev.report, &rep), OK);
		assert_int_equal(
		    verify(&ev, anchors, rep.spdm.request_nonce, &proof, data),
		    rows[i].st);
		assert_int_equal(rep.spdm.block_count, rows[i].blocks);
		assert_int_equal(rep.fwid.n > 0, rows[i].fwid);
		expect_text(data, "driver", rows[i].driver);
		expect_text(data, "vbios", rows[i].vbios);
		expect_text(data, "sku", rows[i].sku);
		expect_text(data, "chip", rows[i].chip);
		assert_string_equal(proof.identity, rows[i].identity);
		assert_int_equal(proof.answered, rows[i].st == OK);

		/* Nothing is answered that nobody asked, or another did. */
		(void)verify(&ev, anchors, (struct bytes){NULL, 0}, &proof,
		    data);
		assert_false(proof.answered);
		(void)verify(&ev, anchors, BYTES_LIT("another 32 bytes of nonce"),
		    &proof, data);
		assert_false(proof.answered);
		json_decref(data);
	}
	anchors_free(anchors);
}

/* Evidence files of NVIDIA's own tools: every entry holds. */
static void
every_array(void **state)
{
	static const struct {
		const char *name;
		size_t count;
	} arrays[] = {
	    {"sdk-hopper_evidence.json", 1},
	    {"sdk-multi_gpu_hopper.json", 4},
	    {"sdk-switch_evidence_ls10.json", 1},
	};
	static struct nvidia_json json;
	struct anchors *anchors = anchors_new(ANCHOR_DEVICE);
	struct device_proof proof;

	(void)state;
	if (!have_samples())
		skip();
	for (size_t i = 0; i < 3; i++) {
		struct bytes in = load(arrays[i].name, file_a);
		size_t count = 1;

		for (size_t k = 0; k < count; k++) {
			json_t *data = json_object();

			assert_int_equal(
			    nvidia_json_decode(in, k, &json, &count), OK);
			assert_int_equal(verify(&json.evidence, anchors,
					     BYTES_OF(json.nonce), &proof,
					     data),
			    OK);
			json_decref(data);
		}
		assert_int_equal(count, arrays[i].count);
	}
	anchors_free(anchors);
}

/* The device CA of another GPU, put in where the identity is read. */
static void
borrowed_identity(void **state)
{
	struct anchors *anchors = anchors_new(ANCHOR_DEVICE);
	static uint8_t der[FILE_MAX];
	struct bytes theirs[CHAIN_MAX];
	struct nvidia_evidence ev;
	struct nvidia_report rep;
	struct device_proof proof;
	json_t *data = json_object();
	size_t count;

	(void)state;
	if (!have_samples())
		skip();
	assert_int_equal(chain_from_pem(load(rows[1].chain, file_a), der,
			     sizeof(der), theirs, &count),
	    OK);
	open_sample(&rows[0], &ev);
	assert_int_equal(nvidia_report_parse(ev.report, &rep), OK);
	memmove(ev.certs + 2, ev.certs + 1,
	    (ev.cert_count - 1) * sizeof(ev.certs[0]));
	ev.certs[1] = theirs[1];
	ev.cert_count++;
	assert_int_equal(
	    verify(&ev, anchors, rep.spdm.request_nonce, &proof, data),
	    CHAIN_UNTRUSTED);
	assert_string_equal(proof.identity, "");
	json_decref(data);
	anchors_free(anchors);
}

/* One byte wrong anywhere is never accepted, nor is any shorter report. */
static void
every_byte(void **state)
{
	struct anchors *anchors = anchors_new(ANCHOR_DEVICE);
	static uint8_t copy[FILE_MAX];
	struct nvidia_evidence ev;
	struct nvidia_report rep;
	struct device_proof proof;
	json_t *data = json_object();

	(void)state;
	if (!have_samples())
		skip();
	open_sample(&rows[0], &ev);
	assert_int_equal(nvidia_report_parse(ev.report, &rep), OK);
	memcpy(copy, ev.report.p, ev.report.n);
	ev.report.p = copy;
	for (size_t i = 0; i < ev.report.n; i++) {
		uint8_t was = copy[i];

		copy[i] = (uint8_t)(was ^ (1u << i % 8));
		assert_int_not_equal(verify(&ev, anchors,
					 rep.spdm.request_nonce, &proof, data),
		    OK);
		copy[i] = was;
	}
	for (size_t n = ev.report.n - 1; n > 0; n -= n > 64 ? 61 : 1) {
		struct nvidia_evidence cut = ev;

		cut.report.n = n;
		assert_int_not_equal(verify(&cut, anchors,
					 rep.spdm.request_nonce, &proof, data),
		    OK);
	}
	json_decref(data);
	anchors_free(anchors);
}

/* A made-up report: one measurement, and the opaque data of a test. */
struct made {
	uint8_t b[1024];
	struct writer w;
};

static struct bytes
make(struct made *m, const uint8_t *opaque, size_t n, uint8_t measured)
{
	struct writer *w = &m->w;
	uint8_t fill[96];

	*w = writer_of(m->b, sizeof(m->b));
	memset(fill, 0x5a, sizeof(fill));
	write_be32(w, 0x11e001ff);
	write_bytes(w, bytes_view(fill, 32));
	write_u8(w, 0);
	write_be32(w, 0x11600000);
	write_u8(w, 1);
	write_bytes(w, bytes_view("\x37\x00\x00", 3));
	write_bytes(w, bytes_view("\x01\x01\x33\x00\x01\x30\x00", 7));
	memset(fill, measured, 48);
	write_bytes(w, bytes_view(fill, 48));
	memset(fill, 0x5a, sizeof(fill));
	write_bytes(w, bytes_view(fill, 32));
	write_le16(w, (uint16_t)n);
	write_bytes(w, bytes_view(opaque, n));
	write_bytes(w, bytes_view(fill, 96));
	assert_false(w->failed);
	return writer_view(w);
}

#define OPAQUE(s) (const uint8_t *)(s), sizeof(s) - 1

/* Opaque data, whether the block is zero, and the code. */
static const struct {
	const char *name;
	const uint8_t *opaque;
	size_t n;
	uint8_t measured;
	enum status st;
} made_rows[] = {
    {"nothing", OPAQUE(""), 1, OK},
    {"driver", OPAQUE("\x03\x00\x06\x00" "545.0\0"), 1, OK},
    {"driver_without_text", OPAQUE("\x03\x00\x01\x00\0"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"driver_control_byte", OPAQUE("\x03\x00\x03\x00" "5\n0"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"text_after_nul", OPAQUE("\x03\x00\x03\x00" "5\0" "5"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"type_twice", OPAQUE("\x11\x00\x01\x00" "A\x11\x00\x01\x00" "A"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"value_too_long", OPAQUE("\x11\x00\x05\x00" "A"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"half_a_head", OPAQUE("\x11\x00\x01"), 1, NVIDIA_OPAQUE_MALFORMED},
    {"unknown_type_is_kept", OPAQUE("\x99\x00\x01\x00" "A"), 1, OK},
    {"driver_550_without_fwid", OPAQUE("\x03\x00\x06\x00" "550.9\0"), 1,
	NVIDIA_FWID_MISSING},
    {"fwid_of_another_size", OPAQUE("\x14\x00\x02\x00" "AB"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"count_of_zero_block", OPAQUE("\x0c\x00\x04\x00\x01\0\0\0"), 0,
	NVIDIA_COUNTER_MISMATCH},
    {"no_count_of_block", OPAQUE("\x0c\x00\x04\x00\0\0\0\0"), 1,
	NVIDIA_COUNTER_MISMATCH},
    {"count_of_block", OPAQUE("\x0c\x00\x04\x00\x02\0\0\0"), 1, OK},
    {"count_of_missing_block",
	OPAQUE("\x0c\x00\x08\x00\x02\0\0\0\0\0\0\0"), 1,
	NVIDIA_COUNTER_MISMATCH},
    {"counts_not_whole", OPAQUE("\x0c\x00\x03\x00\x02\0\0"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"nvdec_neither", OPAQUE("\x0b\x00\x01\x00\x01"), 1,
	NVIDIA_OPAQUE_MALFORMED},
    {"marked_form", OPAQUE("NVDAOD\0\0\x02\0\0\0\x11\x00\x86\x00\x01\x00"
			   "A"), 1, OK},
    {"marked_form_cut", OPAQUE("NVDAOD\0\0\x02"), 1,
	NVIDIA_OPAQUE_MALFORMED},
};

static void
made_up(void **state)
{
	struct nvidia_report rep;
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(made_rows) / sizeof(made_rows[0]); i++) {
		enum status st = nvidia_report_parse(
		    make(&m, made_rows[i].opaque, made_rows[i].n,
			made_rows[i].measured),
		    &rep);

		if (st != made_rows[i].st)
			print_error("%s: %s\n", made_rows[i].name,
			    status_name(st));
		assert_int_equal(st, made_rows[i].st);
	}
}

/* Who signs is told by the leaf, and its device CA has the tag of that. */
static void
responders(void **state)
{
	static const struct {
		const char *ca, *leaf;
		enum status st;
	} cases[] = {
	    {"40DC1C611C173DD03E/FSP CA", "GB100 A01 FSP FMC LF", OK},
	    {"41DC1C611C173DD03E/GSP CA", "GB100 A01 GSP FMC LF", OK},
	    {"41DC1C611C173DD03E/GSP CA", "GB100 A01 FSP FMC LF",
		NVIDIA_PDI_MISMATCH},
	    {"40DC1C611C173DD03E/FSP CA", "GB100 A01 GSP FMC LF",
		NVIDIA_PDI_MISMATCH},
	    {"50DC1C611C173DD03E/CA", "GB100 A01 FSP FMC LF",
		NVIDIA_PDI_MISMATCH},
	    {"40DC1C611C173DD0/CA", "GB100 A01 FSP FMC LF",
		NVIDIA_PDI_MISMATCH},
	};
	struct xf_key root, ca, leaf;

	(void)state;
	assert_true(xf_key_new(&root, KEY_P384) && xf_key_new(&ca, KEY_P384) &&
	    xf_key_new(&leaf, KEY_P384));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct anchors *anchors = anchors_new(ANCHOR_DEVICE);
		struct nvidia_evidence ev = {.cert_count = 2};
		struct xf_cert of_root = {.subject = "root", .issuer = "root",
		    .key = &root, .by = &root, .serial = 1, .ca = true};
		struct xf_cert of_ca = {.subject = cases[i].ca,
		    .issuer = "root", .key = &ca, .by = &root, .serial = 2,
		    .ca = true};
		struct xf_cert of_leaf = {.subject = cases[i].leaf,
		    .issuer = cases[i].ca, .key = &leaf, .by = &ca,
		    .serial = 3};
		struct device_proof proof;
		json_t *data = json_object();
		struct digest d;
		struct made m;
		size_t n = 0;

		xf_reset();
		assert_int_equal(
		    anchors_add(anchors, xf_cert_make(&of_root)), OK);
		ev.certs[0] = xf_cert_make(&of_leaf);
		ev.certs[1] = xf_cert_make(&of_ca);
		ev.report = make(&m, (const uint8_t *)"", 0, 1);
		assert_int_equal(hash_one(HASH_SHA384,
				     bytes_sub(ev.report, 0, ev.report.n - 96),
				     &d),
		    OK);
		assert_int_equal(psa_sign_hash(leaf.id,
				     PSA_ALG_ECDSA(PSA_ALG_SHA_384), d.b, d.n,
				     m.b + ev.report.n - 96, 96, &n),
		    PSA_SUCCESS);
		assert_int_equal(
		    verify(&ev, anchors, XF_NONE, &proof, data), cases[i].st);
		assert_string_equal(proof.identity,
		    cases[i].st == OK ? "nvidia:dc1c611c173dd03e" : "");
		json_decref(data);
		anchors_free(anchors);
	}
	xf_key_free(&root);
	xf_key_free(&ca);
	xf_key_free(&leaf);
}

/* Nothing follows a report, nothing is missing from it. */
static void
exact_length(void **state)
{
	struct nvidia_report rep;
	struct made m;
	struct bytes whole = make(&m, (const uint8_t *)"", 0, 1);

	(void)state;
	assert_int_equal(nvidia_report_parse(whole, &rep), OK);
	whole.n++;
	assert_int_equal(nvidia_report_parse(whole, &rep), SPDM_MALFORMED);
	for (whole.n -= 2; whole.n > 0; whole.n--)
		assert_int_equal(
		    nvidia_report_parse(whole, &rep), SPDM_MALFORMED);
}

static void
zero_nonce(void **state)
{
	struct nvidia_report rep;
	struct made m;
	struct bytes whole = make(&m, (const uint8_t *)"", 0, 1);

	(void)state;
	memset(m.b + 37 + 8 + 55, 0, 32);
	assert_int_equal(nvidia_report_parse(whole, &rep), NVIDIA_NONCE_ZERO);
}

static void
report_files(void **state)
{
	static const struct {
		const char *text;
		ptrdiff_t n; /* -1: malformed */
	} files[] = {
	    {"0x11 0xe0", 2}, {"\\x11\\xe0\n", 2}, {"11e0", 2},
	    {"  11\t e0 ,ff", 3}, {"1", -1}, {"1 1", -1}, {"zz", -1},
	    {"0x", -1}, {"", -1},
	};
	uint8_t store[8];
	struct bytes out;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		enum status st = nvidia_report_file(
		    bytes_str(files[i].text), store, sizeof(store), &out);

		assert_int_equal(
		    st, files[i].n < 0 ? REPORT_FILE_MALFORMED : OK);
		if (st == OK)
			assert_int_equal(out.n, files[i].n);
	}
	assert_int_equal(nvidia_report_file(bytes_str("0000000000000000ff"),
			     store, sizeof(store), &out),
	    REPORT_FILE_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_sample),
	    cmocka_unit_test(every_array),
	    cmocka_unit_test(borrowed_identity),
	    cmocka_unit_test(every_byte),
	    cmocka_unit_test(made_up),
	    cmocka_unit_test(responders),
	    cmocka_unit_test(exact_length),
	    cmocka_unit_test(zero_nonce),
	    cmocka_unit_test(report_files),
	};

	if (crypto_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
