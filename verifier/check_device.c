/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device evidence from any tool, checked by itself: a report and its chain,
 * or NVIDIA's array of several.
 */
#include "check_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "evidence.h"
#include "nvidia_json.h"

/* What was given, and what is asked. */
struct device_task {
	const struct assay *ctx;
	bool want_switch, class;
	struct bytes nonce, reports, chains;
	const struct observed *observed; /* NULL: none */
};

struct device_run {
	struct device_task task;
	struct assay_result *r;
	struct node node;
	struct nvidia_json json;
	char identity[DEVICES_MAX][IDENTITY_MAX];
};

/* A subject "gpu-N", with its facts in data. */
static json_t *
add_subject(struct device_run *run, size_t i, char label[LABEL_MAX])
{
	json_t *devices = json_object_get(run->r->data, "devices");
	json_t *data = json_object();

	snprintf(label, LABEL_MAX, "%s-%zu",
	    run->task.want_switch ? "switch" : "gpu", i);
	verdict_subject(run->r, bytes_str(label));
	json_object_set_new(devices, label, data);
	return data;
}

/* One device counts once, however often its evidence is given. */
static void
find_twin(struct device_run *run, size_t i, const char *label,
    const char *identity)
{
	memcpy(run->identity[i], identity, IDENTITY_MAX);
	for (size_t k = 0; k < i && identity[0] != '\0'; k++)
		if (strcmp(run->identity[k], identity) == 0)
			verdict_reason(run->r, DEVICE_DUPLICATE, label,
			    "%s was entry %zu already", identity, k);
}

/* By what the device signed, when that holds. */
static void
judge_class(struct device_run *run, const char *label,
    const struct device_proof *proof, enum status st)
{
	struct sighting s = {
	    .sku = proof->sku[0] != '\0' ? proof->sku : NULL,
	    .unique = proof->identity,
	    .failed = st != OK && proof->sku[0] == '\0',
	    .observed = run->task.observed,
	};

	classify(run->task.ctx, &s, label, run->r, &run->node);
}

static void
judge(struct device_run *run, size_t i, const struct nvidia_evidence *ev)
{
	char label[LABEL_MAX], detail[DETAIL_MAX] = "";
	struct device_proof proof = {0};
	struct device_check check = {
	    .anchors = run->task.ctx->anchors,
	    .time = run->task.ctx->has_time ? &run->task.ctx->time : NULL,
	    .references = run->task.ctx->references,
	    .nonce = run->task.nonce,
	};
	json_t *data = add_subject(run, i, label);
	enum status st;

	st = nvidia_verify(
	    ev, &check, &proof, data, detail, sizeof(detail));
	data_text(data, "model", bytes_str(proof.kind));
	json_object_set_new(data, "signed", json_true());
	if (proof.identity[0] != '\0')
		data_text(data, "identity", bytes_str(proof.identity));
	if (st == OK && proof.is_switch != run->task.want_switch) {
		st = NVIDIA_ARCHITECTURE;
		snprintf(detail, sizeof(detail),
		    "use check %s", run->task.want_switch ? "gpu" : "switch");
	}
	verdict_reason(run->r, st, label, "%s", detail);
	if (st == OK && proof.simulated)
		verdict_reason(
		    run->r, SIMULATED, label, "its certificates say so");
	if (run->r->classify)
		judge_class(run, label, &proof, st);
	device_not_checked(&proof, run->r);
	if (!run->task.ctx->has_time)
		verdict_not_checked(run->r, CHECK_TIME);
	find_twin(run, i, label, proof.identity);
}

/* An array carries its own chains. */
static void
judge_array(struct device_run *run)
{
	size_t count = 1;

	for (size_t i = 0; i < count; i++) {
		enum status st = nvidia_json_decode(
		    run->task.reports, i, &run->json, &count);

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

	st = nvidia_report_file(run->task.reports, run->json.report,
	    sizeof(run->json.report), &ev->report);
	if (st != OK) {
		verdict_reason(run->r, st, "report",
		    "binary, hexadecimal, or NVIDIA's array in JSON");
		return;
	}
	st = chain_from_pem(run->task.chains, run->json.der,
	    sizeof(run->json.der), ev->certs, &ev->cert_count);
	if (st != OK) {
		verdict_reason(run->r, st, "chain",
		    "give the certificates in PEM, leaf first");
		return;
	}
	judge(run, 0, ev);
}

static struct assay_result *
check(const struct device_task *task, const char *title)
{
	struct assay_result *r = verdict_new(title);
	struct device_run *run = calloc(1, sizeof(*run));

	if (r == NULL || run == NULL) {
		assay_result_free(r);
		free(run);
		return NULL;
	}
	run->task = *task;
	run->r = r;
	r->in_full = true;
	r->classify = task->class;
	verdict_subject(r, BYTES_LIT("evidence"));
	json_object_set_new(r->data, "devices", json_object());
	hash_one(HASH_SHA256, task->reports, &r->evidence_digest);
	if (task->nonce.n == 0)
		verdict_not_checked(r, CHECK_FRESHNESS);
	if (task->reports.n > 0 && task->reports.p[0] == '[')
		judge_array(run);
	else
		judge_one(run);
	if (task->class)
		classify_finish(task->ctx, &run->node, r);
	free(run);
	return r;
}

struct assay_result *
check_device(const struct assay *ctx, bool want_switch, struct bytes report,
    struct bytes chain, struct bytes nonce)
{
	return check(&(struct device_task){.ctx = ctx,
			 .want_switch = want_switch,
			 .reports = report,
			 .chains = chain,
			 .nonce = nonce},
	    "device evidence");
}

struct assay_result *
check_device_class(const struct assay *ctx, struct bytes report,
    struct bytes chain, struct bytes nonce, const struct observed *observed)
{
	return check(&(struct device_task){.ctx = ctx,
			 .class = true,
			 .observed = observed,
			 .reports = report,
			 .chains = chain,
			 .nonce = nonce},
	    "classification");
}
