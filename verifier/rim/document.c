/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

#include <stdio.h>
#include <string.h>

#include "corim.h"
#include "swidtag.h"
#include "text.h"

enum status
rim_read(
    const struct rim_input *in, struct document *doc, struct fault *fault)
{
	uint8_t first = in->bytes.n > 0 ? in->bytes.p[0] : 0;

	memset(doc, 0, sizeof(*doc));
	if (first == '<')
		return swidtag_read(in, doc, fault);
	/* CBOR: any tag, or an array without one (RFC 8949, 3.1). */
	if (first >> 5 == 6 || first >> 5 == 4)
		return corim_read(in, doc, fault);
	return fault_set(fault, RIM_UNKNOWN,
	    "the first byte is 0x%02x: give a signed XML manifest or a CoRIM "
	    "(the value of \"rim\" in a JSON answer, base64-decoded)",
	    first);
}

enum status
rim_revocation_add(const struct rim_input *in, struct fault *fault)
{
	for (size_t i = 0; i < in->revocation_count; i++) {
		const struct rim_revocation *r = &in->revocation[i];
		enum status st = r->ocsp
		    ? anchors_add_ocsp(in->anchors, r->bytes)
		    : anchors_add_crl(in->anchors, r->bytes);

		if (st != OK)
			return fault_set(fault, st, "%.200s: %s", r->path,
			    status_text(st));
	}
	return OK;
}

enum status
document_add(struct document *doc, const struct document_row *row,
    struct fault *fault)
{
	size_t at = doc->row_count;

	if (row->index > REFERENCE_INDEX_MAX ||
	    doc->row_count == REFERENCE_ROWS)
		return fault_set(fault, RIM_VALUE,
		    "index %u: more values or a larger index than any device "
		    "has",
		    row->index);
	while (at > 0 && doc->row[at - 1].index > row->index)
		at--;
	if (at > 0 && doc->row[at - 1].index == row->index)
		return fault_set(fault, RIM_INDEX_DUPLICATE,
		    "index %u is given twice", row->index);
	memmove(&doc->row[at + 1], &doc->row[at],
	    (doc->row_count - at) * sizeof(doc->row[0]));
	doc->row[at] = *row;
	doc->row_count++;
	return OK;
}

enum status
document_text(struct bytes t, const char *field,
    char out[REFERENCE_TEXT + 1], struct fault *fault)
{
	bool ok = t.n > 0 && t.n <= REFERENCE_TEXT;

	for (size_t i = 0; ok && i < t.n; i++)
		ok = t.p[i] >= 0x20 && t.p[i] <= 0x7e;
	if (!ok)
		return fault_set(fault, RIM_VALUE,
		    "%s: must be 1 to %d printable characters", field,
		    REFERENCE_TEXT);
	memcpy(out, t.p, t.n);
	out[t.n] = '\0';
	return OK;
}

enum status
document_signer(struct document *doc, const struct chain *chain, int64_t at,
    struct fault *fault)
{
	char when[TIME_LEN + 1];
	bool valid = true;
	size_t n = 0;

	snprintf(doc->signer, sizeof(doc->signer), "%s",
	    chain->link[0].subject[0] != '\0' ? chain->link[0].subject
					      : "(no subject)");
	doc->not_after = chain->link[0].not_after;
	doc->revocation = chain->revocation;

	for (size_t i = 0; i < chain->count; i++) {
		const struct chain_link *l = &chain->link[i];
		bool early = at < l->not_before;

		if (!early && at <= l->not_after)
			continue;
		valid = false;
		text_to_time(early ? l->not_before : l->not_after, when);
		if (n < sizeof(fault->text))
			n += (size_t)snprintf(fault->text + n,
			    sizeof(fault->text) - n, "%s%s: valid %s %s",
			    n > 0 ? "; " : "", l->subject,
			    early ? "only from" : "until", when);
	}
	if (valid)
		return OK;
	if (n < sizeof(fault->text))
		snprintf(fault->text + n, sizeof(fault->text) - n,
		    "; get the reissued manifest, or judge it with --at TIME");
	return CHAIN_EXPIRED;
}
