/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The measurements of an NVIDIA report against reference values: the driver's
 * and the VBIOS's for a GPU, the BIOS's for a switch.  Their index is the
 * SPDM block's less one; any alternative is right.
 */
#include <stdio.h>

#include "nvidia.h"
#include "references.h"
#include "verdict.h"

/* Measured only while the decoder is on. */
enum { INDEX_NVDEC = 35 };

struct compare {
	const struct nvidia_report *rep;
	json_t *mismatches;
	size_t wrong, right;
	char *detail;
	size_t cap;
};

static struct bytes
measured(const struct nvidia_report *rep, unsigned index)
{
	for (size_t i = 0; i < rep->spdm.block_count; i++)
		if (rep->spdm.block[i].index == index + 1)
			return rep->spdm.block[i].value;
	return (struct bytes){NULL, 0};
}

/* A row for people: what was expected, what was there. */
static void
note(struct compare *c, const struct reference_row *row, struct bytes value)
{
	json_t *at = json_object(), *expected = json_array();
	char hex[2 * HASH_MAX + 1];

	data_uint(at, "index", row->index);
	data_text(at, "name", row->name);
	for (size_t i = 0; i < row->count; i++) {
		bytes_to_hex(row->digest[i], hex);
		json_array_append_new(expected, json_string(hex));
	}
	json_object_set_new(at, "expected", expected);
	data_hex(at, "measured", value);
	json_array_append_new(c->mismatches, at);
	if (c->wrong++ > 0)
		return;
	bytes_to_hex(bytes_sub(value, 0, value.n > 8 ? 8 : value.n), hex);
	snprintf(c->detail, c->cap,
	    "index %u (%.*s): measured %s..., none of %zu expected",
	    row->index, (int)row->name.n, row->name.p, hex, row->count);
}

static void
compare_rows(struct compare *c, const struct reference *ref)
{
	for (size_t i = 0; i < ref->row_count; i++) {
		const struct reference_row *row = &ref->row[i];
		struct bytes value = measured(c->rep, row->index);
		bool found = false;

		if (row->index == INDEX_NVDEC && c->rep->has_nvdec &&
		    c->rep->nvdec == NVIDIA_NVDEC_OFF)
			continue;
		for (size_t k = 0; k < row->count; k++)
			found |= bytes_eq(value, row->digest[k]);
		if (found)
			c->right++;
		else
			note(c, row, value);
	}
}

/* The one set of values of this kind, product and version. */
static enum status
find(const struct references *set, enum reference_kind kind,
    const char *product, const char *version, const struct reference **out,
    struct compare *c)
{
	*out = references_get(set, kind, product, version, 0);
	if (*out != NULL)
		return OK;
	snprintf(c->detail, c->cap,
	    "none for %s %s of %s; import it with assay-rim-import",
	    reference_kind_name(kind), version, product);
	return REFERENCE_NOT_FOUND;
}

/* No index may be claimed by two sets of values. */
static enum status
check_conflict(const struct reference *a, const struct reference *b,
    struct compare *c)
{
	for (size_t i = 0; i < a->row_count; i++) {
		if (reference_find(b, a->row[i].index) == NULL)
			continue;
		snprintf(c->detail, c->cap, "index %u is in %.*s and %.*s",
		    a->row[i].index, (int)a->id.n, a->id.p, (int)b->id.n,
		    b->id.p);
		return REFERENCE_CONFLICT;
	}
	return OK;
}

/* These values are compared with: how far their word goes. */
static void
use(const struct reference *ref, struct device_proof *proof, json_t *list)
{
	json_t *at = json_object();

	proof->backdated |= ref->as_of != ref->imported;
	proof->signers_looked_up &= ref->revocation == REVOCATION_OF_ALL;
	proof->unsigned_values |= ref->trust == REFERENCE_UNSIGNED;
	data_text(at, "id", ref->id);
	data_hex(at, "source_sha256", ref->source);
	data_text(at, "signer", ref->signer);
	data_uint(at, "signer_not_after", (uint64_t)ref->signer_not_after);
	data_uint(at, "imported", (uint64_t)ref->imported);
	data_uint(at, "verified_as_of", (uint64_t)ref->as_of);
	data_text(at, "trust", bytes_str(reference_trust_name(ref->trust)));
	json_array_append_new(list, at);
}

static enum status
compare_gpu(struct compare *c, const struct references *set,
    const char *product, struct device_proof *proof, json_t *used)
{
	const struct reference *driver = NULL, *vbios = NULL;
	enum status st;

	st = find(set, REFERENCE_DRIVER, product, c->rep->driver, &driver, c);
	if (st == OK)
		st = find(
		    set, REFERENCE_VBIOS, product, c->rep->vbios, &vbios, c);
	if (st == OK)
		st = check_conflict(driver, vbios, c);
	if (st != OK)
		return st;
	use(driver, proof, used);
	use(vbios, proof, used);
	compare_rows(c, driver);
	compare_rows(c, vbios);
	return OK;
}

static enum status
compare_switch(struct compare *c, const struct references *set,
    const char *product, struct device_proof *proof, json_t *used)
{
	const struct reference *bios = NULL;
	enum status st =
	    find(set, REFERENCE_SWITCH, product, c->rep->vbios, &bios, c);

	if (st != OK)
		return st;
	use(bios, proof, used);
	compare_rows(c, bios);
	return OK;
}

enum status
nvidia_compare(const struct nvidia_report *rep, const char *product,
    const struct references *set, struct device_proof *proof, json_t *data,
    char *detail, size_t cap)
{
	struct compare c = {.rep = rep,
	    .mismatches = json_array(),
	    .detail = detail,
	    .cap = cap};
	json_t *used = json_array();
	enum status st;

	proof->signers_looked_up = true;
	st = rep->is_switch
	    ? compare_switch(&c, set, product, proof, used)
	    : compare_gpu(&c, set, product, proof, used);
	if (st == OK) {
		proof->references_compared = true;
		data_uint(data, "measurements_matched", c.right);
		if (c.wrong > 0) {
			json_object_set(data, "mismatches", c.mismatches);
			st = REFERENCE_MISMATCH;
		}
	}
	if (json_array_size(used) > 0)
		json_object_set(data, "references", used);
	json_decref(used);
	json_decref(c.mismatches);
	return st;
}
