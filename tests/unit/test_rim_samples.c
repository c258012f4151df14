/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Genuine manifests of NVIDIA's, and CoRIMs of another project.  Skipped
 * where the samples are not.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "xml.h"

/* Times: seconds since 1970. */
#define T2024_06_30 INT64_C(1719705600)
#define T2026_03_01 INT64_C(1772323200)
#define T2026_11_23 INT64_C(1795392000)

static struct anchors *anchors;
static struct document doc;
static struct fault fault;

/* Active indices as ranges, and how many alternatives in all. */
static const struct row {
	const char *name;
	int64_t at;
	enum status want;
	const char *said; /* in the line, or in the version when OK */
	enum reference_kind kind;
	const char *product;
	unsigned ranges[2][2];
	unsigned digests;
} rows[] = {
    {"1010_0200_882_96005E0001_PROD.swidtag", T2024_06_30, OK,
	"96.00.5E.00.01", REFERENCE_VBIOS, "GH100", {{0, 6}, {8, 12}}, 15},
    {"Driver_RIM_test_no_gpu.swidtag", T2024_06_30, OK, "545.00",
	REFERENCE_DRIVER, "GH100", {{7, 7}, {21, 40}}, 24},
    {"NV_GPU_DRIVER_GH100_550.90.07.swidtag", T2026_03_01, OK, "550.90.07",
	REFERENCE_DRIVER, "GH100", {{7, 7}, {21, 40}}, 29},
    {"NV_GPU_VBIOS_1010_0200_882_96009F0001.swidtag", T2026_03_01, OK,
	"96.00.9F.00.01", REFERENCE_VBIOS, "GH100", {{0, 6}, {8, 12}}, 15},
    {"NV_GPU_DRIVER_GH100_550.144.03.xml", T2026_11_23, OK, "550.144.03",
	REFERENCE_DRIVER, "GH100", {{7, 7}, {21, 40}}, 31},
    {"NV_SWITCH_BIOS_5612_0002_890_9610550001.xml", T2026_11_23, OK,
	"96.10.55.00.01", REFERENCE_SWITCH, "LS10", {{0, 30}, {0, 0}}, 82},

    /* Which signer ended, and when. */
    {"NV_GPU_DRIVER_GH100_550.90.07.swidtag", T2026_11_23, CHAIN_EXPIRED,
	"CN=HCC RIM L4 Signer: valid until 2026-06-01T02:08:29Z;", 0, "",
	{{0, 0}, {0, 0}}, 0},
    {"1010_0200_882_96005E0001_PROD.swidtag", T2026_11_23, CHAIN_EXPIRED,
	"CN=HCC RIM L4 Signer: valid until 2025-06-22", 0, "",
	{{0, 0}, {0, 0}}, 0},
    {"1010_0200_882_96005E0001_PROD.swidtag", T2026_11_23, CHAIN_EXPIRED,
	"GH100 001, O=NVIDIA Corporation, C=US: valid until 2026-11-11", 0, "",
	{{0, 0}, {0, 0}}, 0},
    {"NV_GPU_VBIOS_1010_0200_882_96009F0001.swidtag", T2024_06_30,
	CHAIN_EXPIRED, "valid only from 2026-01-07T18:39:21Z", 0, "",
	{{0, 0}, {0, 0}}, 0},

    /* Tampered with. */
    {"BAD-NV_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml",
	T2026_03_01, RIM_DIGEST, "DigestValue", 0, "", {{0, 0}, {0, 0}}, 0},
    {"BAD-rim-badsig-GH100_550.144.03.xml", T2026_03_01, RIM_SIGNATURE,
	"SignatureValue", 0, "", {{0, 0}, {0, 0}}, 0},
};

static enum status
read_sample(const char *folder, const char *name, int64_t at,
    const struct public_key *signer, bool allow_unsigned)
{
	char path[256];
	struct rim_input in = {
	    .anchors = anchors,
	    .at = at,
	    .signer = signer,
	    .allow_unsigned = allow_unsigned,
	};
	enum status st;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	in.bytes = kit_sample(path);
	if (in.bytes.p == NULL)
		skip();
	fault.text[0] = '\0';
	st = rim_read(&in, &doc, &fault);
	free((void *)(uintptr_t)in.bytes.p);
	return st;
}

static void
check_rows(const struct row *row)
{
	unsigned digests = 0;
	size_t at = 0;

	for (size_t i = 0; i < 2; i++) {
		if (i == 1 && row->ranges[1][1] == 0)
			break;
		for (unsigned k = row->ranges[i][0]; k <= row->ranges[i][1];
		     k++) {
			assert_true(at < doc.row_count);
			assert_int_equal(doc.row[at++].index, k);
		}
	}
	assert_int_equal(at, doc.row_count);
	for (size_t i = 0; i < doc.row_count; i++)
		digests += (unsigned)doc.row[i].count;
	assert_int_equal(digests, row->digests);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	enum status st =
	    read_sample("nvidia", row->name, row->at, NULL, false);

	if (st != row->want)
		print_message("%s\n", fault.text);
	assert_status(st, row->want);
	if (st != OK) {
		assert_non_null(strstr(fault.text, row->said));
		return;
	}
	assert_string_equal(doc.version, row->said);
	assert_string_equal(doc.product, row->product);
	assert_int_equal(doc.kind, row->kind);
	assert_int_equal(doc.trust, REFERENCE_PINNED);
	check_rows(row);
}

/* The P-256 key in veraison's src/ec-p256.jwk; its private half is public. */
static bool
veraison_key(struct public_key *key)
{
	uint8_t x[32], y[32];
	char text[2048] = "";
	struct bytes jwk =
	    kit_sample("vectors/corim/veraison-corim/src/ec-p256.jwk");
	const char *at;
	bool ok = false;

	if (jwk.p != NULL && jwk.n < sizeof(text)) {
		memcpy(text, jwk.p, jwk.n);
		at = strstr(text, "\"x\"");
		ok = at != NULL && (at = strchr(at + 3, '"')) != NULL &&
		    bytes_from_base64url(at + 1, 43, false, x, 32) == 32;
		at = strstr(text, "\"y\"");
		ok = ok && at != NULL && (at = strchr(at + 3, '"')) != NULL &&
		    bytes_from_base64url(at + 1, 43, false, y, 32) == 32;
	}
	free((void *)(uintptr_t)jwk.p);
	return ok &&
	    key_from_point(KEY_P256, BYTES_OF(x), BYTES_OF(y), key) == OK;
}

/* Signed with ES256: the signature holds, the content is of other kinds. */
static void
test_corim(void **state)
{
	static const char folder[] = "vectors/corim/veraison-corim";
	static const int64_t in_time = INT64_C(1650000000); /* 2022-04-15 */
	struct public_key key;

	(void)state;
	if (!veraison_key(&key))
		skip();
	assert_status(read_sample(folder, "signed-good-corim.cbor", in_time,
			  &key, false),
	    RIM_EMPTY);
	assert_status(read_sample(folder, "signed-good-corim.cbor",
			  T2026_11_23, &key, false),
	    RIM_EXPIRED);
	assert_status(read_sample(folder, "signed-good-corim.cbor", in_time,
			  NULL, false),
	    RIM_UNTRUSTED);
	assert_status(read_sample(folder, "unsigned-good-corim.cbor", in_time,
			  NULL, false),
	    RIM_UNSIGNED);
	assert_status(read_sample(folder, "unsigned-good-corim.cbor", in_time,
			  NULL, true),
	    RIM_EMPTY);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_corim),
	};
	int rc;

	if (!kit_have_samples())
		return 77;
	xml_init();
	if (crypto_init() != OK ||
	    (anchors = anchors_new(ANCHOR_REFERENCE)) == NULL)
		return 1;
	rc = kit_run_rows("rim_samples", rows, sizeof(rows[0]), COUNT(rows),
	    test_row, tests, COUNT(tests));
	anchors_free(anchors);
	return rc;
}
