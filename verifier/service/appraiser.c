/* SPDX-License-Identifier: Apache-2.0 */
#include "appraiser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/result.h>
#include <assay/verify.h>
#include <jansson.h>

#include "digest.h"

enum {
	POLICY_MAX = 64 * 1024,
	EVENT_POLICY_MAX = 1 << 20,
	TABLE_MAX = 256 * 1024,
	SIGNATURES_MAX = 8 * 1024,
	ANCHOR_MAX = 64 * 1024,
	LIST_MAX = (1 << 20) - 1,
	PLACES_MAX = 4 << 20,
	RESPONSE_MAX = 64 * 1024,
	RENDER_FIRST = 16 * 1024,
	RENDER_MAX = 4 * 1024 * 1024,
	ATTEMPTS = 4, /* when other processes appraise the same host */
};

/* What is read anew for each report. */
struct fresh {
	struct file policy;
	struct file events; /* the policy for them */
	struct file firmware, signatures;
	struct file inventories[LISTS_MAX];
	struct file crls[LISTS_MAX];
	struct file ocsp[RESPONSES_MAX];
};

struct appraiser {
	struct appraiser_input in;
	struct file anchors[ANCHORS_MAX];
	struct fresh fresh; /* what the context was made with */
	struct assay *ctx;
	/* What the context asked of the store in this appraisal. */
	struct appraisal *asking;
	enum status asked_status;
};

/* Whose report does this one follow?  Nobody's is an answer, too. */
static enum status
find_followed(struct store *store, const uint8_t digest[EVIDENCE_DIGEST],
    struct assay_host *host)
{
	static const uint8_t first[EVIDENCE_DIGEST];
	enum status st;

	if (memcmp(digest, first, sizeof(first)) == 0)
		return OK;
	st = store_bundle_owner(store, digest, host->follows_ak_name,
	    &host->follows_ak_name_len);
	return st == HOST_UNKNOWN ? OK : st;
}

/* The answer about a device is kept, to see whether it is so to the end. */
static enum status
find_elsewhere(struct appraiser *a, const uint8_t *name, size_t len,
    const char *identity, struct assay_device *out, bool *found)
{
	struct appraisal *ask = a->asking;
	struct device_asked *keep = &ask->asked_device[ask->asked_devices];
	enum status st = store_device_elsewhere(
	    a->in.store, name, len, identity, ask->since, out, found);

	if (st != OK || ask->asked_devices == ASSAY_DEVICES_MAX)
		return st == OK ? INTERNAL : st;
	(void)snprintf(
	    keep->identity, sizeof(keep->identity), "%s", identity);
	keep->elsewhere = *found;
	ask->asked_devices++;
	return OK;
}

/* libassay asks what is remembered of devices. */
static int
recall(void *arg, const uint8_t *name, size_t len, const char *identity,
    size_t i, struct assay_device *out)
{
	struct appraiser *a = arg;
	bool found = false;

	if (a->asking == NULL)
		return -1;
	a->asked_status = identity == NULL
	    ? store_device_expected(a->in.store, name, len, i, out, &found)
	    : find_elsewhere(a, name, len, identity, out, &found);
	if (a->asked_status != OK)
		return -1;
	return found ? 0 : 1;
}

/* libassay asks for the record of a host. */
static int
look_up(void *arg, const uint8_t *name, size_t len, struct assay_host *host)
{
	struct appraiser *a = arg;
	struct appraisal *ask = a->asking;
	uint8_t follows[EVIDENCE_DIGEST];
	enum status st;

	if (ask == NULL || len > sizeof(ask->asked_name))
		return -1;
	memcpy(ask->asked_name, name, len);
	ask->asked_len = len;
	ask->asked = true;
	ask->revision = 0;
	memcpy(follows, host->follows, sizeof(follows));
	st = store_host_get(a->in.store, name, len, host, &ask->revision);
	a->asked_status = st == HOST_UNKNOWN ? OK : st;
	if (a->asked_status == OK)
		a->asked_status = find_followed(a->in.store, follows, host);
	if (a->asked_status != OK)
		return -1;
	host->device_fn = recall;
	host->device_arg = a;
	return st == HOST_UNKNOWN ? 1 : 0;
}

/* Give CTX the COUNT files of one kind; BAD is what a refusal is called. */
static enum status
add_files(struct assay *ctx, enum assay_input kind, const char *const *paths,
    const struct file *files, size_t count, enum status bad,
    struct fault *fault)
{
	char why[256] = "";

	for (size_t i = 0; i < count; i++)
		if (assay_add(ctx, kind, files[i].data, files[i].len, why,
		        sizeof(why)) != 0)
			return fault_set(fault, bad, "%s: %s", paths[i], why);
	return OK;
}

/* Its signatures come before the table; without them libassay refuses it. */
static enum status
add_firmware(struct assay *ctx, const struct appraiser_input *in,
    const struct fresh *fresh, struct fault *fault)
{
	enum status st = OK;

	if (fresh->signatures.data != NULL)
		st = add_files(ctx, ASSAY_TABLE_SIGNATURES, &in->firmware,
		    &fresh->signatures, 1, TABLE_SIGNATURES_MALFORMED, fault);
	if (st == OK && in->firmware != NULL)
		st = add_files(ctx, ASSAY_TPM_FIRMWARE, &in->firmware,
		    &fresh->firmware, 1, TABLE_MALFORMED, fault);
	return st;
}

/* A context with the anchors and what is FRESH. */
static enum status
context_make(const struct appraiser *a, const struct fresh *fresh,
    struct assay **out, struct fault *fault)
{
	const struct appraiser_input *in = &a->in;
	struct assay *ctx = assay_new();
	enum status st;

	if (ctx == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	st = add_files(ctx, ASSAY_ANCHOR, in->anchors, a->anchors,
	    in->anchor_count, ANCHOR_MALFORMED, fault);
	if (st == OK)
		st = add_files(ctx, ASSAY_CRL, in->crls, fresh->crls,
		    in->crl_count, CRL_MALFORMED, fault);
	if (st == OK)
		st = add_files(ctx, ASSAY_OCSP, in->ocsp, fresh->ocsp,
		    in->ocsp_count, OCSP_MALFORMED, fault);
	if (st == OK)
		st = add_files(ctx, ASSAY_POLICY, &in->policy, &fresh->policy,
		    in->policy != NULL, POLICY_MALFORMED, fault);
	if (st == OK)
		st = add_files(ctx, ASSAY_EVENT_POLICY, &in->event_policy,
		    &fresh->events, in->event_policy != NULL,
		    POLICY_MALFORMED, fault);
	if (st == OK)
		st = add_firmware(ctx, in, fresh, fault);
	if (st == OK)
		st = add_files(ctx, ASSAY_INVENTORY, in->inventories,
		    fresh->inventories, in->inventory_count,
		    INVENTORY_MALFORMED, fault);
	if (st != OK) {
		assay_free(ctx);
		return st;
	}
	*out = ctx;
	return OK;
}

static enum status
read_files(const char *const *paths, struct file *files, size_t count,
    size_t max, struct fault *fault)
{
	enum status st = OK;

	for (size_t i = 0; st == OK && i < count; i++)
		st = file_read(paths[i], max, &files[i], fault);
	return st;
}

/* FILE.cose beside FILE, which may be missing. */
static enum status
read_signatures(const char *path, struct file *out, struct fault *fault)
{
	char cose[4096];
	enum status st;

	if (snprintf(cose, sizeof(cose), "%s.cose", path) >= (int)sizeof(cose))
		return fault_set(fault, FILE_MISSING, "%.60s: too long", path);
	st = file_read(cose, SIGNATURES_MAX, out, fault);
	return st == FILE_MISSING ? OK : st;
}

static enum status
fresh_read(const struct appraiser_input *in, struct fresh *out,
    struct fault *fault)
{
	enum status st = read_files(&in->policy, &out->policy,
	    in->policy != NULL, POLICY_MAX, fault);

	if (st == OK)
		st = read_files(&in->event_policy, &out->events,
		    in->event_policy != NULL, EVENT_POLICY_MAX, fault);
	if (st == OK)
		st = read_files(&in->firmware, &out->firmware,
		    in->firmware != NULL, TABLE_MAX, fault);
	if (st == OK && in->firmware != NULL)
		st = read_signatures(in->firmware, &out->signatures, fault);
	if (st == OK)
		st = read_files(in->inventories, out->inventories,
		    in->inventory_count, PLACES_MAX, fault);
	if (st == OK)
		st = read_files(
		    in->crls, out->crls, in->crl_count, LIST_MAX, fault);
	if (st == OK)
		st = read_files(
		    in->ocsp, out->ocsp, in->ocsp_count, RESPONSE_MAX, fault);
	return st;
}

static void
fresh_free(struct fresh *f)
{
	file_free(&f->policy);
	file_free(&f->events);
	file_free(&f->firmware);
	file_free(&f->signatures);
	for (size_t i = 0; i < LISTS_MAX; i++) {
		file_free(&f->inventories[i]);
		file_free(&f->crls[i]);
	}
	for (size_t i = 0; i < RESPONSES_MAX; i++)
		file_free(&f->ocsp[i]);
}

static bool
same_files(const struct file *a, const struct file *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i].len != b[i].len ||
		    (a[i].len > 0 &&
		        memcmp(a[i].data, b[i].data, a[i].len) != 0))
			return false;
	return true;
}

/*
 * Policy, lists and responses as they are now.  They are small, so their
 * bytes are compared: no coarse time stamp can hide a change.  What cannot
 * be read or understood leaves no context at all.
 */
static enum status
context_ready(struct appraiser *a, struct fault *fault)
{
	struct fresh fresh;
	enum status st;

	memset(&fresh, 0, sizeof(fresh));
	st = fresh_read(&a->in, &fresh, fault);
	if (st == OK && a->ctx != NULL &&
	    same_files(&fresh.policy, &a->fresh.policy, 1) &&
	    same_files(&fresh.events, &a->fresh.events, 1) &&
	    same_files(&fresh.firmware, &a->fresh.firmware, 1) &&
	    same_files(&fresh.signatures, &a->fresh.signatures, 1) &&
	    same_files(fresh.inventories, a->fresh.inventories, LISTS_MAX) &&
	    same_files(fresh.crls, a->fresh.crls, LISTS_MAX) &&
	    same_files(fresh.ocsp, a->fresh.ocsp, RESPONSES_MAX))
		goto out;

	assay_free(a->ctx);
	a->ctx = NULL;
	fresh_free(&a->fresh);
	if (st != OK || (st = context_make(a, &fresh, &a->ctx, fault)) != OK)
		goto out;
	assay_set_hosts(a->ctx, look_up, a);
	a->fresh = fresh;
	memset(&fresh, 0, sizeof(fresh));
out:
	fresh_free(&fresh);
	return st;
}

enum status
appraiser_open(const struct appraiser_input *input, struct appraiser **out,
    struct fault *fault)
{
	struct appraiser *a = calloc(1, sizeof(*a));
	enum status st;

	if (a == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	a->in = *input;
	st = read_files(input->anchors, a->anchors, input->anchor_count,
	    ANCHOR_MAX, fault);
	if (st != OK || (st = context_ready(a, fault)) != OK)
		goto out;
	*out = a;
	a = NULL;
out:
	appraiser_close(a);
	return st;
}

void
appraiser_close(struct appraiser *a)
{
	if (a == NULL)
		return;
	assay_free(a->ctx);
	fresh_free(&a->fresh);
	for (size_t i = 0; i < ANCHORS_MAX; i++)
		file_free(&a->anchors[i]);
	free(a);
}

/* The result in FORMAT, allocated to fit; NULL on failure. */
static char *
render(const struct assay_result *result, enum assay_format format,
    const struct assay_signing *signing)
{
	size_t cap = RENDER_FIRST;

	while (cap <= RENDER_MAX) {
		char *out = malloc(cap);
		long n = -1;

		if (out != NULL)
			n = assay_result_write(
			    result, format, signing, out, cap);
		if (n >= 0 && (size_t)n < cap)
			return out;
		free(out);
		if (n < 0)
			return NULL;
		cap = (size_t)n + 1;
	}
	return NULL;
}

/*
 * The verdict's word and the reasons, which the caller frees.  What the
 * evidence says besides is not written out: it may be many times its size.
 */
static bool
facts_of(
    const struct assay_result *result, const char **verdict, char **reasons)
{
	static const char *const words[] = {
	    "affirming", "contraindicated", "warning", "none"};
	int status = assay_result_exit(result);
	json_t *list = json_array();
	struct assay_reason r;

	*verdict = words[status >= 0 && status <= 3 ? status : ASSAY_NONE];
	for (size_t i = 0; assay_result_reason(result, i, &r) != 0; i++)
		(void)json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s}", "code", r.code, "where",
		        r.where, "detail", r.detail));
	*reasons = list == NULL ? NULL : json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return *reasons != NULL;
}

/* What is recorded and signed about RESULT. */
static enum status
record_of(const struct appraiser *a, const struct assay_result *result,
    struct appraisal *rec, char **reasons, char **signed_result,
    struct fault *fault)
{
	const struct assay_signing signing = {
	    .key_pem = (const char *)a->in.key->pem.data,
	    .issued_at = rec->time,
	    .build = "assay-verifier " ASSAY_VERSION,
	    .nonce = rec->session->nonce,
	};

	rec->exit_status = assay_result_exit(result);
	if (rec->exit_status == status_exit(INTERNAL))
		return fault_set(fault, INTERNAL, "the appraisal failed");
	if (!facts_of(result, &rec->verdict, reasons))
		return fault_set(
		    fault, INTERNAL, "the result cannot be written");
	*signed_result = render(result, ASSAY_EAR_JWT, &signing);
	if (*signed_result == NULL)
		return fault_set(
		    fault, CRYPTO_FAILED, "the result cannot be signed");
	rec->reasons = *reasons;
	rec->result = *signed_result;
	rec->verified = assay_result_host(result, &rec->host) != 0;
	return OK;
}

/* One try: look up, appraise, record. */
static enum status
attempt(struct appraiser *a, struct appraisal *rec, char **signed_result,
    struct fault *fault)
{
	struct assay_result *result;
	char *reasons = NULL;
	enum status st;

	a->asking = rec;
	a->asked_status = OK;
	assay_set_time(a->ctx, rec->time);
	result = assay_verify(a->ctx, rec->session->nonce, SESSION_NONCE,
	    rec->evidence, rec->evidence_len);
	a->asking = NULL;

	if (a->asked_status != OK) {
		*fault = *store_fault(a->in.store);
		st = a->asked_status;
		goto out;
	}
	if (result == NULL) {
		st = fault_set(fault, NO_MEMORY, "no memory to appraise");
		goto out;
	}
	st = record_of(a, result, rec, &reasons, signed_result, fault);
	if (st != OK)
		goto out;
	if ((st = store_appraisal_add(a->in.store, rec)) != OK)
		*fault = *store_fault(a->in.store);
out:
	free(reasons);
	assay_result_free(result);
	return st;
}

enum status
appraiser_run(struct appraiser *a, const struct session *session,
    const uint8_t *evidence, size_t len, int64_t now, char **result,
    struct fault *fault)
{
	struct appraisal rec = {
	    .session = session,
	    .time = now,
	    .since = now - a->in.device_window,
	    .evidence = evidence,
	    .evidence_len = len,
	};
	char *signed_result = NULL;
	enum status st;

	if ((st = context_ready(a, fault)) != OK)
		return st;
	if ((st = digest_sha256(evidence, len, rec.digest)) != OK)
		return fault_set(fault, st, "SHA-256 failed");

	/* The record of the host may move under us, but not for ever. */
	for (int i = 0; i < ATTEMPTS; i++) {
		rec.asked = false;
		rec.verified = false;
		rec.asked_devices = 0;
		memset(&rec.host, 0, sizeof(rec.host));
		st = attempt(a, &rec, &signed_result, fault);
		if (st != STORE_CONFLICT)
			break;
		free(signed_result);
		signed_result = NULL;
	}
	if (st == OK)
		*result = signed_result;
	else
		free(signed_result);
	return st;
}
