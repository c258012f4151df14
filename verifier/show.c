/* SPDX-License-Identifier: Apache-2.0 */
/* What a file says, decoded and believed in nothing. */
#include "show.h"

#include <stdio.h>
#include <stdlib.h>

#include "dcbor.h"
#include "evidence_read.h"
#include "nvidia_json.h"
#include "verify.h"

/* A TEE's report: who signed it, and how large it is without the rest. */
static void
tee_json(struct bytes value, json_t *at)
{
	struct dcbor c = dcbor_of(value);
	uint64_t parts = dcbor_get_array(&c);
	struct bytes provider = dcbor_get_tstr(&c), report;

	(void)dcbor_get_uint(&c);
	report = dcbor_get_bstr(&c);
	if (parts == 4)
		(void)dcbor_get_bstr(&c);
	if (parts < 3 || parts > 4 || dcbor_end(&c) != OK)
		return;
	data_text(at, "provider", provider);
	data_uint(at, "report_bytes", report.n);
}

/* One line for each item: what it is and how large. */
static json_t *
item_json(struct bytes label, const struct cmw_record *rec)
{
	json_t *at = json_object();

	data_text(at, "label", label);
	if (rec->type_text.n > 0)
		data_text(at, "type", rec->type_text);
	else
		data_uint(at, "content_format", rec->type_cf);
	data_uint(at, "bytes", rec->value.n);
	if (bytes_eq(label, BYTES_LIT(LABEL_TEE)))
		tee_json(rec->value, at);
	return at;
}

static enum status
show_bundle(struct bytes in, struct assay_result *r)
{
	struct evidence *ev = malloc(sizeof(*ev));
	struct claims *claims = malloc(sizeof(*claims));
	struct quote_parts parts;
	struct quote quote;
	json_t *items = json_array();
	enum status st = NO_MEMORY;

	if (ev == NULL || claims == NULL)
		goto out;
	if ((st = evidence_decode(in, ev)) != OK ||
	    (st = claims_decode(ev->claims, claims)) != OK ||
	    (st = quote_parts_decode(ev->quote, &parts)) != OK ||
	    (st = quote_parse(parts.attest, &quote)) != OK)
		goto out;
	describe_claims(claims, r->data);
	describe_quote(&quote, r->data);
	for (size_t i = 0; i < ev->item_count; i++)
		json_array_append_new(items,
		    item_json(ev->items[i].label, &ev->items[i].record));
	json_object_set(r->data, "items", items);
	data_uint(r->data, "bytes", in.n);
out:
	json_decref(items);
	free(claims);
	free(ev);
	return st;
}

/* One device's report, with what its certificates say when they came along. */
static void
show_report(const struct nvidia_evidence *ev, size_t i, struct assay_result *r)
{
	json_t *devices = json_object_get(r->data, "devices");
	json_t *data = json_object();
	struct anchors *none = anchors_new(0);
	struct nvidia_report rep;
	struct chain chain = {0};
	char label[LABEL_MAX];
	enum status st = nvidia_report_read(ev->report, &rep);

	if (none != NULL && ev->cert_count > 0)
		chain_verify(none, ev->certs, ev->cert_count, NULL, &chain);
	anchors_free(none);
	snprintf(label, sizeof(label), "%s-%zu",
	    st == OK && rep.is_switch ? "switch" : "gpu", i);
	json_object_set_new(devices, label, data);
	json_object_set_new(data, "signed", json_true());
	data_text(data, "model", BYTES_LIT("NVIDIA device"));
	if (st == OK)
		nvidia_describe(&rep, &chain, data);
	if (chain.count > 1)
		data_text(data, "device_ca_serial",
		    bytes_str(chain.link[1].serial));
	verdict_reason(r, st, label, "in the report");
}

/* NVIDIA's array of reports, or one report in any form. */
static enum status
show_reports(struct bytes in, struct assay_result *r)
{
	struct nvidia_json *json = calloc(1, sizeof(*json));
	enum status st = NO_MEMORY;
	size_t count = 1;

	json_object_set_new(r->data, "devices", json_object());
	if (json == NULL)
		return st;
	if (in.p[0] != '[') {
		st = nvidia_report_file(in, json->report,
		    sizeof(json->report), &json->evidence.report);
		if (st == OK)
			show_report(&json->evidence, 0, r);
	} else {
		for (size_t i = 0; i < count; i++) {
			st = nvidia_json_decode(in, i, json, &count);
			if (st != OK || count > DEVICES_MAX)
				break;
			show_report(&json->evidence, i, r);
		}
	}
	free(json);
	return st;
}

/* A bundle is a map in CBOR; everything else is tried as a report. */
static bool
is_bundle(struct bytes in)
{
	return in.n == 0 || (in.p[0] & 0xe0) == 0xa0;
}

struct assay_result *
show(struct bytes in)
{
	struct assay_result *r = verdict_new("evidence, not verified");
	enum status st;

	if (r == NULL)
		return NULL;
	r->shown = r->in_full = true;
	verdict_subject(r, BYTES_LIT("host"));
	st = is_bundle(in) ? show_bundle(in, r) : show_reports(in, r);
	verdict_reason(r, st, "evidence", "while decoding");
	if (st == OK)
		verdict_reason(r, NOT_VERIFIED, "evidence",
		    "this is what the file says; verify or check judge it");
	return r;
}

