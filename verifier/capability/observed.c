/* SPDX-License-Identifier: Apache-2.0 */
#include "observed.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "number.h"

/* Bits of one input of a multiplication, by the name of the format. */
static const struct {
	const char *name;
	unsigned bits;
} formats[] = {
    {"fp4", 4}, {"int4", 4}, {"fp6", 6}, {"fp8", 8}, {"int8", 8},
    {"fp16", 16}, {"bf16", 16},
};

/* A string that fits into CAP bytes. */
static bool
take_text(const json_t *all, const char *key, char *out, size_t cap)
{
	const json_t *v = json_object_get(all, key);

	if (!json_is_string(v) || json_string_length(v) >= cap ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return false;
	strcpy(out, json_string_value(v));
	return true;
}

/* A number that a figure can be, even 16 times. */
static bool
take_number(const json_t *all, const char *key, uint64_t *out)
{
	const json_t *v = json_object_get(all, key);
	json_int_t n = json_integer_value(v);

	*out = (uint64_t)n;
	return json_is_integer(v) && n >= 0 &&
	    (uint64_t)n <= FIGURE_TOP / MILLI;
}

/* {format, bits, tops_min_milli, method}: TPP is operations times bits. */
static bool
take_row(const json_t *row, struct observed *out)
{
	char format[OBSERVED_TEXT], method[OBSERVED_TEXT];
	uint64_t bits, tops;

	if (json_object_size(row) != 4 ||
	    !take_text(row, "format", format, sizeof(format)) ||
	    !take_text(row, "method", method, sizeof(method)) ||
	    !take_number(row, "bits", &bits) ||
	    !take_number(row, "tops_min_milli", &tops) || tops == 0)
		return false;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(format, formats[i].name) != 0)
			continue;
		if (tops * bits > out->tpp)
			out->tpp = tops * bits;
		return bits == formats[i].bits;
	}
	return false;
}

/* Say which MEMBER is wrong, unless it is right. */
static bool
right(bool ok, const char *member, char *detail, size_t cap)
{
	if (!ok)
		snprintf(detail, cap, "member %s", member);
	return ok;
}

static bool
read_members(const json_t *all, struct observed *out, char *detail, size_t cap)
{
	const json_t *rows = json_object_get(all, "observed");
	char kind[OBSERVED_TEXT];
	uint64_t schema;
	bool ok;

	ok = right(take_number(all, "schema", &schema) && schema == 1,
		 "schema", detail, cap) &&
	    right(take_text(all, "kind", kind, sizeof(kind)) &&
		    strcmp(kind, "assay-observed") == 0,
		"kind", detail, cap) &&
	    right(json_object_get(all, "mock") == NULL,
		"mock: a made-up driver wrote it, it means nothing", detail,
		cap) &&
	    right(json_object_size(all) == 8, "that is not known", detail,
		cap) &&
	    right(take_text(all, "device", out->device, OBSERVED_TEXT),
		"device", detail, cap) &&
	    right(take_text(all, "pci", out->pci, OBSERVED_TEXT), "pci",
		detail, cap) &&
	    right(take_text(all, "uuid", out->uuid, OBSERVED_TEXT), "uuid",
		detail, cap) &&
	    right(take_number(all, "copy_gbs_min", &out->copy_gbs),
		"copy_gbs_min", detail, cap) &&
	    right(take_number(all, "seconds_milli", &out->seconds_milli),
		"seconds_milli", detail, cap) &&
	    right(json_array_size(rows) > 0 &&
		    json_array_size(rows) <= OBSERVED_ROWS,
		"observed", detail, cap);
	for (size_t i = 0; ok && i < json_array_size(rows); i++)
		ok = right(take_row(json_array_get(rows, i), out),
		    "observed", detail, cap);
	return ok;
}

enum status
observed_read(struct bytes in, struct observed *out, char *detail, size_t cap)
{
	json_t *all = json_loadb((const char *)in.p, in.n,
	    JSON_REJECT_DUPLICATES, NULL);
	enum status st = OBSERVED_MALFORMED;

	*out = (struct observed){.tpp = 0};
	detail[0] = '\0';
	if (read_members(all, out, detail, cap))
		st = OK;
	json_decref(all);
	return st;
}
