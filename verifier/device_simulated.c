/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of the simulated board: { 0 => "SIMULATED", 1 => [ + bstr DER ],
 * 2 => report }, the report being an SPDM 1.1 exchange with TLVs as opaque
 * data.  It exists so that everything around a device can be tried without
 * one; appraisal never lets it be better than a warning.
 */
#include "device.h"

#include <stdio.h>
#include <string.h>

#include "dcbor.h"
#include "evidence.h"
#include "spdm.h"
#include "verdict.h"

enum { TLV_SERIAL = 1, TLV_SKU = 2, SERIAL_BYTES = 8 };

struct simulated {
	struct bytes cert[CHAIN_MAX];
	size_t certs;
	struct bytes report;
};

static void
get_chain(struct dcbor *c, struct simulated *out)
{
	uint64_t n = dcbor_get_array(c);

	if (n == 0 || n > CHAIN_MAX) {
		dcbor_fail(c, SIMULATED_MALFORMED);
		return;
	}
	for (out->certs = 0; out->certs < n; out->certs++)
		out->cert[out->certs] = dcbor_get_bstr(c);
}

static enum status
decode(struct bytes in, struct simulated *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m = dcbor_get_map(&c);
	struct bytes mark = {NULL, 0};
	int64_t key;

	*out = (struct simulated){0};
	while (dcbor_key_int(&c, &m, &key)) {
		if (key == 0)
			mark = dcbor_get_tstr(&c);
		else if (key == 1)
			get_chain(&c, out);
		else if (key == 2)
			out->report = dcbor_get_bstr(&c);
		else
			dcbor_fail(&c, SIMULATED_MALFORMED);
	}
	if (dcbor_end(&c) != OK || out->certs == 0 ||
	    !bytes_eq(mark, BYTES_LIT("SIMULATED")))
		return SIMULATED_MALFORMED;
	return OK;
}

/* Opaque data: repeated type, length, value (little-endian). */
static enum status
read_opaque(struct bytes opaque, struct bytes *serial, struct bytes *sku)
{
	struct reader r = reader_of(opaque);

	while (r.rest.n > 0 && !r.failed) {
		uint16_t type = read_le16(&r);
		struct bytes value = read_bytes(&r, read_le16(&r));

		if (type == TLV_SERIAL && serial->n == 0)
			*serial = value;
		else if (type == TLV_SKU && sku->n == 0)
			*sku = value;
		else
			return SIMULATED_MALFORMED;
	}
	if (r.failed || serial->n != SERIAL_BYTES || !bytes_is_text(*sku))
		return SIMULATED_MALFORMED;
	return OK;
}

/* Say it in one place: ST, with a line of detail. */
static enum status
wrong(enum status st, char *detail, size_t cap, const char *what)
{
	snprintf(detail, cap, "SIMULATED: %s", what);
	return st;
}

static enum status
verify(struct bytes evidence, const struct device_check *check,
    struct device_proof *proof, json_t *data, char *detail, size_t cap)
{
	struct simulated sim;
	struct spdm_report report;
	struct chain chain = {0};
	struct bytes serial = {NULL, 0}, sku = {NULL, 0};
	char hex[2 * SERIAL_BYTES + 1];
	enum status st;

	proof->simulated = true;
	snprintf(proof->kind, sizeof(proof->kind), "SIMULATED accelerator");
	if ((st = decode(evidence, &sim)) != OK)
		return wrong(st, detail, cap, "the envelope is malformed");
	if ((st = spdm_parse(sim.report, &report)) != OK)
		return wrong(st, detail, cap, "the report is malformed");
	if ((st = read_opaque(report.opaque, &serial, &sku)) != OK)
		return wrong(st, detail, cap, "the opaque data is malformed");

	/* The key first, then what it says. */
	st = chain_verify(
	    check->anchors, sim.cert, sim.certs, check->time, &chain);
	device_revocation(&chain, proof, data);
	if (st != OK)
		return wrong(st, detail, cap,
		    chain.note[0] != '\0'
			? chain.note
			: "give the test root as an anchor "
			  "(--anchor root.pem)");
	if ((st = spdm_verify(&report, &chain.key,
		 anchors_curves(check->anchors))) != OK)
		return wrong(st, detail, cap, "over the report");
	if (!bytes_eq_ct(report.request_nonce, check->nonce))
		return wrong(DEVICE_NONCE_MISMATCH, detail, cap,
		    "the report was made for another request");
	bytes_to_hex(serial, hex);
	if (strcmp(hex, chain.link[0].serial) != 0)
		return wrong(SERIAL_MISMATCH, detail, cap,
		    "serial numbers of report and certificate differ");

	snprintf(proof->identity, sizeof(proof->identity), "simulated:%s", hex);
	proof->answered = true;
	data_text(data, "serial", bytes_str(hex));
	data_text(data, "sku", sku);
	data_text(data, "subject", bytes_str(chain.link[0].subject));
	data_uint(data, "measurements", report.block_count);
	return OK;
}

const struct device_kind device_simulated = {
    .media_type = MEDIA_SIMULATED,
    .verify = verify,
};
