/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* What a manifest may not be, or never is, checked for here. */
static const struct {
	const char *code, *why;
} not_checked[] = {
    {"REVOCATION", "not every certificate of the signer is covered by a "
		   "revocation list or an OCSP response"},
    {"FILE_NAME", "the identifier is the file's name, which nobody signed"},
};

enum { NOT_CHECKED = sizeof(not_checked) / sizeof(not_checked[0]) };

static const char *const looked_up[] = {
    [REVOCATION_OF_NONE] = "none",
    [REVOCATION_OF_SOME] = "some",
    [REVOCATION_OF_ALL] = "all",
};

/* "7, 21-40" */
static void
print_indices(const struct reference *ref)
{
	for (size_t i = 0; i < ref->row_count;) {
		size_t end = i;

		while (end + 1 < ref->row_count &&
		    ref->row[end + 1].index == ref->row[end].index + 1)
			end++;
		printf("%s%u", i > 0 ? ", " : "", ref->row[i].index);
		if (end > i)
			printf("-%u", ref->row[end].index);
		i = end + 1;
	}
	printf("\n");
}

void
report_text(const struct reading *r, const char *path, const char *what)
{
	const struct reference *ref = &r->ref;
	char when[TIME_LEN + 1];

	printf("%s: %s\n", path, what);
	printf("  id        %.*s\n", (int)ref->id.n, (const char *)ref->id.p);
	printf("  values    %zu for the %s %.*s of %.*s %.*s\n",
	    ref->row_count, reference_kind_name(ref->kind),
	    (int)ref->version.n, (const char *)ref->version.p,
	    (int)ref->vendor.n, (const char *)ref->vendor.p,
	    (int)ref->product.n, (const char *)ref->product.p);
	printf("  indices   ");
	print_indices(ref);
	if (r->skipped > 0)
		printf("  left out  %u values of other kinds\n", r->skipped);
	printf("  signer    %.*s", (int)ref->signer.n,
	    (const char *)ref->signer.p);
	text_to_time(ref->signer_not_after, when);
	if (ref->signer_not_after != 0)
		printf(", valid until %s", when);
	printf("\n  trust     %s\n", reference_trust_name(ref->trust));
	text_to_time(ref->as_of, when);
	printf("  as of     %s\n", when);
	if (ref->as_of != ref->imported)
		printf("            %s: %s\n",
		    status_name(VERIFIED_AS_OF_OPERATOR_TIME),
		    status_text(VERIFIED_AS_OF_OPERATOR_TIME));
	printf("  looked up %s of the signer's certificates, as to "
	       "revocation\n",
	    looked_up[ref->revocation]);
	for (size_t i = ref->revocation == REVOCATION_OF_ALL; i < NOT_CHECKED;
	     i++)
		printf("  unchecked %s: %s\n", not_checked[i].code,
		    not_checked[i].why);
}

static json_t *
text_json(struct bytes t)
{
	return json_stringn((const char *)t.p, t.n);
}

static json_t *
hex_json(struct bytes b)
{
	char hex[2 * HASH_MAX + 1];

	bytes_to_hex(bytes_sub(b, 0, b.n < HASH_MAX ? b.n : HASH_MAX), hex);
	return json_string(hex);
}

static json_t *
time_json(int64_t t)
{
	char when[TIME_LEN + 1];

	text_to_time(t, when);
	return json_string(when);
}

static json_t *
rows_json(const struct reference *ref)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < ref->row_count; i++) {
		const struct reference_row *row = &ref->row[i];
		json_t *digests = json_array();

		for (size_t k = 0; k < row->count; k++)
			json_array_append_new(
			    digests, hex_json(row->digest[k]));
		json_array_append_new(rows,
		    json_pack("{s:i,s:o,s:s,s:o}", "index", (int)row->index,
			"name", text_json(row->name), "hash",
			hash_name(row->alg), "digests", digests));
	}
	return rows;
}

json_t *
report_json(const struct options *o, const struct reading *r,
    const char *path, const char *what)
{
	const struct reference *ref = &r->ref;
	json_t *at = json_pack(
	    "{s:s,s:s,s:o,s:s,s:o,s:o,s:o,s:o,s:s,s:o,s:o,s:b,s:i,s:s,s:o}",
	    "file", path, "outcome", what, "id", text_json(ref->id), "kind",
	    reference_kind_name(ref->kind), "vendor", text_json(ref->vendor),
	    "product", text_json(ref->product), "version",
	    text_json(ref->version), "source_sha256", hex_json(ref->source),
	    "trust", reference_trust_name(ref->trust), "signer",
	    text_json(ref->signer), "as_of", time_json(ref->as_of),
	    "as_of_operator_time", ref->as_of != ref->imported, "left_out",
	    (int)(r->skipped & INT32_MAX), "revocation",
	    looked_up[ref->revocation], "rows", rows_json(ref));

	if (at != NULL && !o->check)
		json_object_set_new(at, "imported",
		    time_json(ref->imported));
	if (at != NULL && ref->signer_not_after != 0)
		json_object_set_new(at, "signer_not_after",
		    time_json(ref->signer_not_after));
	return at;
}

json_t *
report_reason(enum status st, const char *path, const struct fault *fault)
{
	return json_pack("{s:s,s:s,s:s,s:s}", "code", status_name(st), "where",
	    path, "text", status_text(st), "detail", fault->text);
}

enum status
report_finish(json_t *references, json_t *reasons, int exit_status,
    bool not_looked_up)
{
	json_t *list = json_array(), *all;
	enum status st = OK;

	for (size_t i = !not_looked_up; i < NOT_CHECKED; i++)
		json_array_append_new(list,
		    json_pack("{s:s,s:s}", "code", not_checked[i].code, "why",
			not_checked[i].why));
	all = json_pack("{s:i,s:s,s:i,s:o,s:o,s:{s:o}}", "schema", 1, "verdict",
	    exit_status == 0       ? "affirming"
		: exit_status == 1 ? "contraindicated"
				   : "none",
	    "exit", exit_status, "reasons", reasons, "not_checked", list,
	    "data", "references", references);
	if (all == NULL || json_dumpf(all, stdout, JSON_INDENT(2)) != 0 ||
	    putchar('\n') == EOF)
		st = FILE_WRITE;
	json_decref(all);
	return st;
}
