/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device evidence from any tool, checked by itself: a report and its chain,
 * or NVIDIA's array of several.
 */
#include "check_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence.h"
#include "nvidia_json.h"

struct device_run {
	const struct assay *ctx;
	struct assay_result *r;
	bool want_switch;
	struct bytes nonce;
	struct bytes reports, chains;
	struct nvidia_json json;
};

/* A subject "gpu-N", with its facts in data. */
static json_t *
add_subject(struct device_run *run, size_t i, char label[LABEL_MAX])
{
	json_t *devices = json_object_get(run->r->data, "devices");
	json_t *data = json_object();

	snprintf(label, LABEL_MAX, "%s-%zu",
	    run->want_switch ? "switch" : "gpu", i);
	verdict_subject(run->r, bytes_str(label));
	json_object_set_new(devices, label, data);
	return data;
}

static void
judge(struct device_run *run, size_t i, const struct nvidia_evidence *ev)
{
	char label[LABEL_MAX], detail[DETAIL_MAX] = "";
	struct device_proof proof = {0};
	struct device_check check = {
	    .anchors = run->ctx->anchors,
	    .time = run->ctx->has_time ? &run->ctx->time : NULL,
	    .references = run->ctx->references,
	    .nonce = run->nonce,
	};
	json_t *data = add_subject(run, i, label);
	enum status st;

	st = nvidia_verify(
	    ev, &check, &proof, data, detail, sizeof(detail));
	data_text(data, "model", bytes_str(proof.kind));
	json_object_set_new(data, "signed", json_true());
	if (proof.identity[0] != '\0')
		data_text(data, "identity", bytes_str(proof.identity));
	if (st == OK && proof.is_switch != run->want_switch) {
		st = NVIDIA_ARCHITECTURE;
		snprintf(detail, sizeof(detail),
		    "use check %s", run->want_switch ? "gpu" : "switch");
	}
	verdict_reason(run->r, st, label, "%s", detail);
	device_not_checked(&proof, run->r);
	if (!run->ctx->has_time)
		verdict_not_checked(run->r, CHECK_TIME);
}

/* An array carries its own chains. */
static void
judge_array(struct device_run *run)
{
	size_t count = 1;

	for (size_t i = 0; i < count; i++) {
		enum status st = nvidia_json_decode(
		    run->reports, i, &run->json, &count);

		if (count > DEVICES_MAX)
			st = EVIDENCE_DEVICE_COUNT;
		if (st != OK) {
			verdict_reason(run->r, st, "report",
			    "entry %zu of %zu", i, count);
			return;
		}
		judge(run, i, &run->json.evidence);
	}
}

static void
judge_one(struct device_run *run)
{
	struct nvidia_evidence *ev = &run->json.evidence;
	enum status st;

	st = nvidia_report_file(run->reports, run->json.report,
	    sizeof(run->json.report), &ev->report);
	if (st != OK) {
		verdict_reason(run->r, st, "report",
		    "binary, hexadecimal, or NVIDIA's array in JSON");
		return;
	}
	st = chain_from_pem(run->chains, run->json.der,
	    sizeof(run->json.der), ev->certs, &ev->cert_count);
	if (st != OK) {
		verdict_reason(run->r, st, "chain",
		    "give the certificates in PEM, leaf first");
		return;
	}
	judge(run, 0, ev);
}

struct assay_result *
check_device(const struct assay *ctx, bool want_switch, struct bytes report,
    struct bytes chain, struct bytes nonce)
{
	struct assay_result *r = verdict_new("device evidence");
	struct device_run *run = calloc(1, sizeof(*run));

	if (r == NULL || run == NULL) {
		assay_result_free(r);
		free(run);
		return NULL;
	}
	*run = (struct device_run){.ctx = ctx, .r = r, .nonce = nonce,
	    .want_switch = want_switch, .reports = report, .chains = chain};
	r->in_full = true;
	verdict_subject(r, BYTES_LIT("evidence"));
	json_object_set_new(r->data, "devices", json_object());
	hash_one(HASH_SHA256, report, &r->evidence_digest);
	if (nonce.n == 0)
		verdict_not_checked(r, CHECK_FRESHNESS);
	if (report.n > 0 && report.p[0] == '[')
		judge_array(run);
	else
		judge_one(run);
	free(run);
	return r;
}
