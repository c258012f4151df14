/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "dcbor.h"
#include "normal.h"
#include "parser_sandbox.h"

struct work {
	const struct rim_input *in;
	struct bytes id;
};

/* The child's side: parse, then say what was found. */
static void
work(void *arg, struct writer *out)
{
	const struct work *job = arg;
	struct document *doc = calloc(1, sizeof(*doc));
	uint8_t *store = malloc(REFERENCE_MAX);
	struct writer payload = writer_of(store, REFERENCE_MAX);
	struct fault fault = {""};
	enum status st = NO_MEMORY;

	if (doc != NULL && store != NULL &&
	    (st = rim_revocation_add(job->in, &fault)) == OK &&
	    (st = rim_read(job->in, doc, &fault)) == OK) {
		normal_payload(doc, job->id, &payload);
		if (payload.failed)
			st = INTERNAL;
	}
	if (st != OK)
		payload.n = 0;
	dcbor_put_array(out, 9);
	dcbor_put_uint(out, (uint64_t)st);
	dcbor_put_tstr(out, bytes_str(fault.text));
	dcbor_put_uint(out, doc == NULL ? 0 : (uint64_t)doc->kind);
	dcbor_put_uint(out, doc == NULL ? 0 : (uint64_t)doc->trust);
	dcbor_put_tstr(out, bytes_str(doc == NULL ? "" : doc->signer));
	dcbor_put_int(out, doc == NULL ? 0 : doc->not_after);
	dcbor_put_uint(out, doc == NULL ? 0 : (uint64_t)doc->revocation);
	dcbor_put_uint(out, doc == NULL ? 0 : doc->skipped);
	dcbor_put_bstr(out, writer_view(&payload));
	free(store);
	free(doc);
}

/* Nothing that could move a cursor or begin a line. */
static bool
printable(struct bytes t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < 0x20 || t.p[i] > 0x7e)
			return false;
	return true;
}

/* The parent's side: believe nothing that is out of range. */
static enum status
answer(struct bytes in, struct reading *out, struct fault *fault)
{
	struct dcbor c = dcbor_of(in);
	uint64_t code, kind, trust, revocation, skipped;
	struct bytes detail;

	dcbor_want_array(&c, 9);
	code = dcbor_get_uint(&c);
	detail = dcbor_get_tstr(&c);
	kind = dcbor_get_uint(&c);
	trust = dcbor_get_uint(&c);
	out->ref.signer = dcbor_get_tstr(&c);
	out->ref.signer_not_after = dcbor_get_int(&c);
	revocation = dcbor_get_uint(&c);
	skipped = dcbor_get_uint(&c);
	out->payload = dcbor_get_bstr(&c);
	if (dcbor_end(&c) != OK || code >= STATUS_COUNT ||
	    detail.n >= sizeof(fault->text) || !printable(detail))
		return INTERNAL;
	if (code != OK)
		return fault_set(fault, (enum status)code, "%.*s",
		    (int)detail.n, (const char *)detail.p);
	if (kind < REFERENCE_DRIVER || kind > REFERENCE_FIRMWARE ||
	    trust < REFERENCE_PINNED || trust > REFERENCE_UNSIGNED ||
	    out->ref.signer.n == 0 || out->ref.signer.n > REFERENCE_SIGNER ||
	    !printable(out->ref.signer) || out->ref.signer_not_after < 0 ||
	    revocation > REVOCATION_OF_ALL || skipped > UINT32_MAX)
		return INTERNAL;
	out->ref.kind = (enum reference_kind)kind;
	out->ref.trust = (enum reference_trust)trust;
	out->ref.revocation = (enum revocation_extent)revocation;
	out->skipped = (unsigned)skipped;
	return OK;
}

enum status
reading_run(const struct rim_input *in, struct bytes id, struct reading *out,
    struct fault *fault)
{
	struct work job = {in, id};
	enum status st;
	size_t n = 0;

	memset(&out->ref, 0, sizeof(out->ref));
	st = sandbox_run(
	    work, &job, out->store, sizeof(out->store), &n, fault);
	if (st != OK)
		return st;
	st = answer(bytes_view(out->store, n), out, fault);
	if (st == INTERNAL && fault->text[0] == '\0')
		return fault_set(fault, INTERNAL,
		    "the confined parser's answer is not understood");
	if (st != OK)
		return st;

	/* What will be signed is what the verifier's own reader accepts. */
	st = reference_payload_decode(out->payload, &out->ref);
	if (st != OK || !bytes_eq(out->ref.id, id))
		return fault_set(fault, INTERNAL,
		    "the confined parser's values are not in normal form");
	return OK;
}
