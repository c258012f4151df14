/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A made-up NVIDIA device in bundles: whatever form its evidence takes, it is
 * one device under one name, and its report is held to the rules for reports.
 * Then reference values and on whose word they are.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/base64.h>
#include <mbedtls/pem.h>

#include <assay/result.h>

#include "normal.h"
#include "nvidia.h"
#include "signer.h"
#include "spdm_talk.h"
#include "world.h"

enum { TEXT_MAX = 8192, DRIVER_INDEX = 7, VBIOS_INDEX = 0 };

static struct world world;
static struct talk talk;

/* --- Its report: two measurements, a driver, a VBIOS. */

static const uint8_t opaque[] =
    "\x03\x00\x07\x00" "545.00\0"
    "\x06\x00\x08\x00" "\x00\x9f\x00\x96\x01\x00\x00\x00";

static void
put_block(struct writer *w, unsigned index, uint8_t value)
{
	uint8_t digest[48];

	memset(digest, value, sizeof(digest));
	write_u8(w, (uint8_t)(index + 1));
	write_bytes(w, bytes_view("\x01\x33\x00\x01\x30\x00", 6));
	write_bytes(w, BYTES_OF(digest));
}

static struct bytes
make_report(const uint8_t nonce[NONCE_LEN], struct writer *w)
{
	static const uint8_t fresh[32] = {7};
	size_t start = w->n, n = 0;
	uint8_t sig[96];
	struct digest d;

	write_be32(w, 0x11e001ff);
	write_bytes(w, bytes_view(nonce, NONCE_LEN));
	write_u8(w, 0);
	write_be32(w, 0x11600000);
	write_u8(w, 2);
	write_bytes(w, bytes_view("\x6e\x00\x00", 3));
	put_block(w, VBIOS_INDEX, 0xaa);
	put_block(w, DRIVER_INDEX, 0xbb);
	write_bytes(w, BYTES_OF(fresh));
	write_le16(w, sizeof(opaque) - 1);
	write_bytes(w, bytes_view(opaque, sizeof(opaque) - 1));
	assert_status(hash_one(HASH_SHA384,
			  bytes_view(w->p + start, w->n - start), &d),
	    OK);
	assert_int_equal(
	    psa_sign_hash(world.forge.board.key,
		PSA_ALG_ECDSA(PSA_ALG_SHA_384), d.b, d.n, sig, 96, &n),
	    PSA_SUCCESS);
	write_bytes(w, BYTES_OF(sig));
	assert_false(w->failed);
	return bytes_view(w->p + start, w->n - start);
}

/* --- Forms of evidence. */

/* VALUE becomes what item I of the bundle holds, of that media type. */
static void
put_item(struct forge *f, size_t i, const char *type, struct bytes value)
{
	struct cmw_record *rec = &f->items[i].record;
	size_t start;

	rec->type_text = bytes_str(type);
	rec->value = forge_keep(f, value);
	start = f->arena.n;
	cmw_put_record(&f->arena, rec);
	rec->whole = bytes_view(f->arena.p + start, f->arena.n - start);
}

static size_t
put_pem(char *out, const uint8_t *cert, size_t n)
{
	size_t used = 0;

	assert_int_equal(
	    mbedtls_pem_write_buffer("-----BEGIN CERTIFICATE-----\n",
		"-----END CERTIFICATE-----\n", cert, n, (unsigned char *)out,
		TEXT_MAX, &used),
	    0);
	return strlen(out);
}

/* NVIDIA's array, of a report that is in it that many times. */
static struct bytes
make_array(const uint8_t nonce[NONCE_LEN], size_t times)
{
	static char pem[2 * TEXT_MAX], json[8 * TEXT_MAX];
	static unsigned char certificate[2 * TEXT_MAX], evidence[TEXT_MAX];
	const struct forge_board *b = &world.forge.board;
	char hex[2 * NONCE_LEN + 1];
	uint8_t store[1024];
	struct writer w = writer_of(store, sizeof(store));
	struct bytes report = make_report(nonce, &w);
	size_t at = put_pem(pem, b->leaf, b->leaf_len), n = 0;

	(void)put_pem(pem + at, b->root, b->root_len);
	assert_int_equal(mbedtls_base64_encode(certificate,
			     sizeof(certificate), &n,
			     (unsigned char *)pem, strlen(pem)),
	    0);
	assert_int_equal(mbedtls_base64_encode(evidence, sizeof(evidence), &n,
			     report.p, report.n),
	    0);
	bytes_to_hex(bytes_view(nonce, NONCE_LEN), hex);
	at = 0;
	for (size_t i = 0; i < times; i++)
		at += (size_t)snprintf(json + at, sizeof(json) - at,
		    "%c{\"arch\":\"HOPPER\",\"certificate\":\"%s\","
		    "\"evidence\":\"%s\",\"nonce\":\"%s\"}",
		    i == 0 ? '[' : ',', certificate, evidence, hex);
	assert_true(at + 1 < sizeof(json));
	json[at] = ']';
	return bytes_view(json, at + 1);
}

static void
put_nvidia(struct forge *f, size_t i)
{
	put_item(f, i, MEDIA_NVIDIA, make_array(f->device_nonce[i], 1));
}

/* A recorded exchange whose L1 is one request for everything, or two. */
static void
put_spdm(struct forge *f, size_t i, uint8_t version, bool report_alone)
{
	talk_start(&talk, &f->board, version);
	if (report_alone) {
		talk_drop(&talk, AT_GET_ONE);
		talk_drop(&talk, AT_GET_ONE);
	}
	memcpy(talk.said[talk.n - 2].b + 4, f->device_nonce[i], NONCE_LEN);
	assert_true(talk_sign(&talk));
	put_item(f, i, MEDIA_SPDM, talk_wire(&talk));
}

/* --- Bundles. */

static void
one_report(struct forge *f)
{
	put_nvidia(f, 0);
}

static void
report_twice(struct forge *f)
{
	put_nvidia(f, 0);
	put_nvidia(f, 1);
}

static void
exchange_1_1(struct forge *f)
{
	put_spdm(f, 0, 0x11, false);
}

static void
exchange_1_2(struct forge *f)
{
	put_spdm(f, 0, 0x12, true);
}

static void
report_as_exchange(struct forge *f)
{
	put_spdm(f, 0, 0x11, true);
}

static void
report_and_exchange(struct forge *f)
{
	put_nvidia(f, 0);
	put_spdm(f, 1, 0x12, false);
}

/* The GPU's evidence stands where a switch's should. */
static void
as_switch(struct forge *f)
{
	struct device_claims *d = &f->claims.devices[0];

	strcpy(f->label[0], "switch-0");
	d->label = d->item = f->items[0].label = bytes_str(f->label[0]);
	assert_status(evidence_device_nonce(BYTES_OF(f->nonce),
			  name_view(&f->ak.name), d->label,
			  f->device_nonce[0]),
	    OK);
	put_nvidia(f, 0);
}

#define ROOT "CN=forged BROM,serialNumber=410011223344556677"
#define LEAF "GH100 A01 GSP FMC LF"

/* What is put into a bundle by a device of these names, and what comes. */
static const struct row {
	const char *name;
	const char *root, *leaf;
	size_t devices;
	void (*put)(struct forge *f);
	enum status want;
} rows[] = {
    {"one_report", ROOT, LEAF, 1, one_report, OK},
    {"report_twice", ROOT, LEAF, 2, report_twice, DEVICE_DUPLICATE},
    {"exchange_1_1", ROOT, LEAF, 1, exchange_1_1, OK},
    {"exchange_1_2", ROOT, LEAF, 1, exchange_1_2, OK},
    {"report_as_exchange", ROOT, LEAF, 1, report_as_exchange,
	NVIDIA_EVIDENCE_FORM},
    {"other_maker_as_exchange", ROOT, "some other device", 1,
	report_as_exchange, OK},
    {"report_and_exchange", ROOT, LEAF, 2, report_and_exchange,
	DEVICE_DUPLICATE},
    {"exchange_without_identifier", "CN=forged BROM", LEAF, 1, exchange_1_2,
	NVIDIA_PDI_MISMATCH},
    {"report_without_identifier", "CN=forged BROM", LEAF, 1, one_report,
	NVIDIA_PDI_MISMATCH},
    {"identifier_of_a_switch", "CN=forged,serialNumber=500011223344556677",
	LEAF, 1, exchange_1_2, NVIDIA_PDI_MISMATCH},
    {"simulated_report", "CN=SIMULATED root,serialNumber=410011223344556677",
	LEAF, 1, one_report, SIMULATED},
    {"simulated_exchange", "CN=forged BROM", "SIMULATED accelerator", 1,
	report_as_exchange, SIMULATED},
    {"as_switch", ROOT, LEAF, 1, as_switch, DEVICE_ITEM_MISMATCH},
};

static void
open_world(const char *root, const char *leaf)
{
	assert_true(world_open(&world, KEY_P384));
	forge_board_free(&world.forge.board);
	assert_true(forge_board_named(&world.forge.board, root, leaf));
	world.forge.devices_sign = true;
}

static void
run_row(void **state)
{
	const struct row *row = *state;
	struct assay_result *r;

	open_world(row->root, row->leaf);
	world.forge.devices = row->devices;
	assert_non_null(r = world_verify(&world, FORGE_ITEMS, row->put));
	assert_int_equal(assay_result_exit(r), status_exit(row->want));
	if (row->want != OK)
		assert_true(world_has(r, row->want));
	assay_result_free(r);
	world_close(&world);
}

/* --- A file of several devices: each of them counts once. */

static void
arrays_have_no_twins(void **state)
{
	const uint8_t nonce[NONCE_LEN] = {1};
	struct assay_check in = {.nonce = {nonce, sizeof(nonce)}};

	(void)state;
	for (size_t times = 1; times <= 3; times++) {
		struct assay_result *r;
		struct assay *ctx;
		struct bytes array;

		open_world(ROOT, LEAF);
		array = make_array(nonce, times);
		in.report = (struct assay_file){array.p, array.n};
		assert_non_null(ctx = world_context(&world));
		assert_non_null(r = assay_check(ctx, ASSAY_GPU, &in));
		assert_int_equal(world_has(r, DEVICE_DUPLICATE), times > 1);
		assert_int_equal(assay_result_exit(r), times > 1);
		assay_result_free(r);
		assay_free(ctx);
		world_close(&world);
	}
}

/* --- Reference values. */

static char key_pem[1024];

/* Values for one index, imported on that word. */
static void
add_values(struct assay *ctx, enum reference_kind kind,
    enum reference_trust trust, uint8_t value)
{
	static struct document doc;
	static uint8_t payload[REFERENCE_MAX], cose[REFERENCE_MAX];
	static const uint8_t source[32];
	struct writer p = writer_of(payload, sizeof(payload));
	struct writer c = writer_of(cose, sizeof(cose));
	struct document_row row = {.alg = HASH_SHA384, .count = 1};
	struct reference ref = {.kind = kind,
	    .trust = trust,
	    .source = BYTES_OF(source),
	    .imported = 1780000000,
	    .as_of = 1780000000,
	    .signer = BYTES_LIT("CN=a signer")};
	bool driver = kind == REFERENCE_DRIVER;
	struct fault fault;
	char error[200];

	memset(&doc, 0, sizeof(doc));
	strcpy(doc.vendor, "NVIDIA");
	strcpy(doc.product, "GH100");
	strcpy(doc.version, driver ? "545.00" : "96.00.9F.00.01");
	row.index = driver ? DRIVER_INDEX : VBIOS_INDEX;
	memset(row.digest[0], value, 48);
	assert_status(document_add(&doc, &row, &fault), OK);
	normal_payload(&doc, BYTES_LIT("TEST_ID"), &p);
	assert_status(normal_sign(&ref, writer_view(&p), key_pem, &c), OK);
	assert_int_equal(assay_add(ctx, ASSAY_REFERENCE, cose, c.n, error,
			     sizeof(error)),
	    0);
}

/* The verdict on one report with these values of driver and VBIOS. */
static struct assay_result *
judge(enum reference_trust trust, uint8_t vbios)
{
	char public[SIGNER_PUBLIC_PEM], error[200];
	struct assay_result *r;
	struct assay *ctx;

	open_world(ROOT, LEAF);
	assert_true(
	    assay_key(ASSAY_KEY_NEW, NULL, key_pem, sizeof(key_pem)) > 0);
	assert_status(signer_public(key_pem, public), OK);
	assert_true(forge_build(&world.forge, FORGE_ITEMS, one_report));
	assert_non_null(ctx = world_context(&world));
	assert_int_equal(assay_add(ctx, ASSAY_REFERENCE_KEY, public,
			     strlen(public), error, sizeof(error)),
	    0);
	add_values(ctx, REFERENCE_DRIVER, REFERENCE_PINNED, 0xbb);
	add_values(ctx, REFERENCE_VBIOS, trust, vbios);
	r = assay_verify(ctx, world.nonce, world.nonce_len, world.forge.out.p,
	    world.forge.out.n);
	assert_non_null(r);
	assay_free(ctx);
	world_close(&world);
	return r;
}

static void
values_have_signers(void **state)
{
	struct assay_result *r = judge(REFERENCE_PINNED, 0xaa);

	(void)state;
	assert_int_equal(assay_result_exit(r), 0);
	assay_result_free(r);
	r = judge(REFERENCE_PINNED, 0xab);
	assert_true(world_has(r, REFERENCE_MISMATCH));
	assert_int_equal(assay_result_exit(r), 1);
	assay_result_free(r);
}

/* What nobody signed can be compared with, but affirms nothing. */
static void
unsigned_values_warn(void **state)
{
	struct assay_result *r = judge(REFERENCE_UNSIGNED, 0xaa);

	(void)state;
	assert_true(world_has(r, REFERENCE_NOT_SIGNED));
	assert_int_equal(assay_result_exit(r), 2);
	assay_result_free(r);
	r = judge(REFERENCE_UNSIGNED, 0xab);
	assert_true(world_has(r, REFERENCE_MISMATCH));
	assert_int_equal(assay_result_exit(r), 1);
	assay_result_free(r);
}

/* Newer GPUs fill more than 64 blocks; every index that there is may be. */
static void
all_indices_fit(void **state)
{
	static struct spdm_block block[SPDM_BLOCKS_MAX];
	static uint8_t record[SPDM_BLOCKS_MAX * 55 + 55];
	struct writer w = writer_of(record, sizeof(record));

	(void)state;
	for (unsigned i = 0; i < SPDM_BLOCKS_MAX; i++) {
		put_block(&w, i, (uint8_t)i);
		assert_true(spdm_read_blocks(
		    writer_view(&w), i + 1, block, SPDM_BLOCKS_MAX));
	}
	assert_int_equal(block[253].index, 254);

	/* One more can only repeat one of them, or be 255. */
	put_block(&w, 64, 1);
	assert_false(spdm_read_blocks(
	    writer_view(&w), SPDM_BLOCKS_MAX + 1, block, SPDM_BLOCKS_MAX));
}

int
main(void)
{
	static const struct CMUnitTest more[] = {
	    cmocka_unit_test(all_indices_fit),
	    cmocka_unit_test(arrays_have_no_twins),
	    cmocka_unit_test(values_have_signers),
	    cmocka_unit_test(unsigned_values_warn),
	};

	if (crypto_init() != OK)
		return 1;
	return kit_run_rows("nvidia_forms", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, more, COUNT(more));
}
