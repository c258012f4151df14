/* SPDX-License-Identifier: Apache-2.0 */
#include "observed.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "number.h"

/*
 * Inputs of a multiplication by the name of the format.  TF32 keeps 19 bits
 * of the 32 it is stored in: the lower number, as this is a lower bound.
 */
static const struct {
	const char *name;
	unsigned bits;
} formats[] = {
    {"fp4", 4}, {"int4", 4}, {"fp6", 6}, {"fp8", 8}, {"int8", 8},
    {"fp16", 16}, {"bf16", 16}, {"tf32", 19}, {"fp32", 32}, {"fp64", 64},
};

enum member_kind { MEMBER_TEXT, MEMBER_NUMBER };

static const struct {
	const char *name;
	enum member_kind kind;
	size_t offset, size;
} members[] = {
#define TEXT(name, field)                                                      \
	{                                                                      \
		name, MEMBER_TEXT, offsetof(struct observed, field),           \
		    sizeof(((struct observed *)0)->field)                      \
	}
#define NUMBER(name, field)                                                    \
	{                                                                      \
		name, MEMBER_NUMBER, offsetof(struct observed, field), 0       \
	}
    TEXT("pci", pci),
    TEXT("uuid", uuid),
    TEXT("device", device),
    TEXT("method", method),
    TEXT("format", format),
    NUMBER("tops_min_milli", tops_milli),
    NUMBER("seconds_milli", seconds_milli),
    NUMBER("copy_gbs_min", copy_gbs),
#undef TEXT
#undef NUMBER
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

/* A string that fits, or a number that a figure can be. */
static bool
take(const json_t *v, size_t i, struct observed *out)
{
	char *at = (char *)out + members[i].offset;
	json_int_t n = json_integer_value(v);

	if (members[i].kind == MEMBER_NUMBER) {
		*(uint64_t *)(void *)at = (uint64_t)n;
		return json_is_integer(v) && n >= 0 &&
		    (uint64_t)n <= FIGURE_TOP / MILLI;
	}
	if (!json_is_string(v) || json_string_length(v) >= members[i].size ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return false;
	strcpy(at, json_string_value(v));
	return true;
}

static bool
is_one_of_ours(const json_t *all)
{
	const char *kind = json_string_value(json_object_get(all, "kind"));

	return kind != NULL && strcmp(kind, "assay-observed") == 0 &&
	    json_is_integer(json_object_get(all, "schema")) &&
	    json_integer_value(json_object_get(all, "schema")) == 1;
}

static enum status
read_members(const json_t *all, struct observed *out, char *detail, size_t cap)
{
	size_t i;

	snprintf(detail, cap, "schema 1 of kind assay-observed is expected");
	if (!is_one_of_ours(all))
		return OBSERVED_MALFORMED;
	snprintf(detail, cap, "%d members are expected", MEMBERS + 2);
	if (json_object_size(all) != MEMBERS + 2)
		return OBSERVED_MALFORMED;
	for (i = 0; i < MEMBERS; i++) {
		snprintf(detail, cap, "member %s", members[i].name);
		if (!take(json_object_get(all, members[i].name), i, out))
			return OBSERVED_MALFORMED;
	}
	snprintf(detail, cap, "no format is called %s", out->format);
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(out->format, formats[i].name) == 0)
			out->bits = formats[i].bits;
	if (out->bits == 0)
		return OBSERVED_MALFORMED;
	detail[0] = '\0';
	return OK;
}

enum status
observed_read(struct bytes in, struct observed *out, char *detail, size_t cap)
{
	json_t *all = json_loadb((const char *)in.p, in.n,
	    JSON_REJECT_DUPLICATES, NULL);
	enum status st;

	*out = (struct observed){.bits = 0};
	st = read_members(all, out, detail, cap);
	json_decref(all);
	return st;
}
