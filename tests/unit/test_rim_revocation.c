/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation of those who sign manifests, as the importer looks it up. */
#include "testkit.h"

#include <string.h>

#include <mbedtls/x509_crt.h>

#include "ocsp_forge.h"
#include "reading.h"
#include "rim_forge.h"
#include "xml.h"

enum { LEAF = 2, DAY = 86400 };

#define ROOT "forged test root"

static struct forge_board board;
static struct xf_key root;
static struct reading reading;
static struct fault fault;

/* What is given, and what comes of it. */
static const struct row {
	const char *name;
	bool ocsp, list, junk;
	enum of_state state;
	uint64_t serial;
	int64_t age; /* seconds */
	enum status st;
	enum revocation_extent extent;
	const char *said;
} rows[] = {
    {"nothing", false, false, false, OF_GOOD, 0, 0, OK, REVOCATION_OF_NONE,
	""},
    {"good", true, false, false, OF_GOOD, LEAF, DAY, OK, REVOCATION_OF_ALL,
	""},
    {"another certificate", true, false, false, OF_GOOD, 3, DAY, OK,
	REVOCATION_OF_NONE, ""},
    {"revoked", true, false, false, OF_REVOKED, LEAF, DAY, CHAIN_REVOKED, 0,
	"revoked 2026-05-28T20:26:40Z, certificateHold"},
    {"unknown", true, false, false, OF_UNKNOWN, LEAF, DAY, OCSP_UNKNOWN, 0,
	"X509Data: "},
    {"too old", true, false, false, OF_GOOD, LEAF, 8 * DAY, OCSP_EXPIRED, 0,
	"holds from 2026-05-20"},
    {"not yet", true, false, false, OF_GOOD, LEAF, -DAY, OCSP_EXPIRED, 0,
	"holds from 2026-05-29"},
    {"a list of one who signs none", false, true, false, OF_GOOD, LEAF, DAY,
	CHAIN_CRL_INVALID, 0, "the list that names its issuer"},
    {"no response", true, false, true, OF_GOOD, LEAF, DAY, OCSP_MALFORMED, 0,
	"some.file: not an OCSP response"},
    {"no list", false, true, true, OF_GOOD, LEAF, DAY, CRL_MALFORMED, 0,
	"some.file: not a certificate revocation list"},
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	const int64_t at = RIM_FORGE_TIME;
	struct rim_revocation given = {.path = "some.file", .ocsp = row->ocsp};
	struct rim_input in = {.at = at, .revocation = &given};
	struct of_recipe r =
	    of_sound(ROOT, &root, row->serial, at - row->age);

	xf_reset();
	r.single[0].state = row->state;
	r.single[0].revoked_at = at;
	r.single[0].reason = 6;
	in.bytes = bytes_str(rim_forge(&board, EDIT_NONE, "", ""));
	in.anchors = anchors_new(0);
	assert_non_null(in.anchors);
	assert_status(
	    anchors_add(in.anchors, bytes_view(board.root, board.root_len)),
	    OK);
	given.bytes = row->ocsp
	    ? of_make(&r)
	    : xf_crl(ROOT, &root, at - DAY, at + DAY, 9, at, -1);
	given.bytes.n -= row->junk;
	in.revocation_count = row->ocsp || row->list;

	fault.text[0] = '\0';
	assert_status(
	    reading_run(&in, BYTES_LIT("TEST"), &reading, &fault), row->st);
	if (strstr(fault.text, row->said) == NULL)
		fail_msg("%s", fault.text);
	if (row->st == OK)
		assert_int_equal(reading.ref.revocation, row->extent);
	anchors_free(in.anchors);
}

/* The board's root as a key of x509_forge.h. */
static bool
take_root(void)
{
	mbedtls_x509_crt crt;
	bool ok;

	mbedtls_x509_crt_init(&crt);
	ok = mbedtls_x509_crt_parse_der(&crt, board.root, board.root_len) ==
		0 &&
	    crt.pk_raw.len <= sizeof(root.store);
	if (ok) {
		root.id = board.root_key;
		root.type = KEY_P384;
		memcpy(root.store, crt.pk_raw.p, crt.pk_raw.len);
		root.spki = bytes_view(root.store, crt.pk_raw.len);
	}
	mbedtls_x509_crt_free(&crt);
	return ok;
}

int
main(void)
{
	int rc;

	xml_init();
	if (!forge_board_new(&board) || !take_root())
		return 1;
	rc = kit_run_rows("rim revocation", rows, sizeof(rows[0]),
	    COUNT(rows), test_row, NULL, 0);
	forge_board_free(&board);
	return rc;
}
