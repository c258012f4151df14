/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of facts about one device: {+ fact => {+ source => value}}.
 */
#include "claims.h"

#include <string.h>

static const struct {
	uint64_t key;
	const char *name, *unit;
	enum dcbor_type type;
} facts[] = {
#define FACT(constant, label, name, unit, type)                                \
	{label, name, unit, CBOR_##type},
    FACTS(FACT)
#undef FACT
};

static const struct {
	uint64_t source;
	const char *name;
} sources[] = {
#define SOURCE(constant, label, name) {label, name},
    SOURCES(SOURCE)
#undef SOURCE
};

enum {
	FACT_ROWS = sizeof(facts) / sizeof(facts[0]),
	SOURCE_ROWS = sizeof(sources) / sizeof(sources[0]),
};

const char *
fact_name(uint64_t key)
{
	for (size_t i = 0; i < FACT_ROWS; i++)
		if (facts[i].key == key)
			return facts[i].name;
	return NULL;
}

const char *
fact_unit(uint64_t key)
{
	for (size_t i = 0; i < FACT_ROWS; i++)
		if (facts[i].key == key)
			return facts[i].unit;
	return NULL;
}

const char *
source_name(uint64_t source)
{
	for (size_t i = 0; i < SOURCE_ROWS; i++)
		if (sources[i].source == source)
			return sources[i].name;
	return NULL;
}

bool
fact_type_fits(uint64_t key, enum dcbor_type type)
{
	for (size_t i = 0; i < FACT_ROWS; i++)
		if (facts[i].key == key)
			return facts[i].type == type;
	return type == CBOR_UINT || type == CBOR_TSTR || type == CBOR_BSTR;
}

/* A new entry in its place: by fact, then by source. */
static bool
insert(struct fact_list *l, enum fact_key key, enum fact_source src, size_t *at)
{
	size_t i = 0;

	if (l->n == FACTS_MAX)
		return false;
	while (i < l->n && (l->f[i].key < key ||
			       (l->f[i].key == key && l->f[i].source < src)))
		i++;
	if (i < l->n && l->f[i].key == key && l->f[i].source == src)
		return false;
	memmove(&l->f[i + 1], &l->f[i], (l->n - i) * sizeof(l->f[0]));
	memset(&l->f[i], 0, sizeof(l->f[0]));
	l->f[i].key = key;
	l->f[i].source = src;
	l->n++;
	*at = i;
	return true;
}

bool
fact_add_uint(
    struct fact_list *l, enum fact_key key, enum fact_source src, uint64_t v)
{
	size_t i;

	if (!fact_type_fits(key, CBOR_UINT) || !insert(l, key, src, &i))
		return false;
	l->f[i].type = CBOR_UINT;
	l->f[i].number = v;
	return true;
}

bool
fact_add_text(struct fact_list *l, enum fact_key key, enum fact_source src,
    struct bytes v)
{
	size_t i;

	if (!fact_type_fits(key, CBOR_TSTR) || v.n > FACT_TEXT_MAX ||
	    !bytes_is_text(v) || !insert(l, key, src, &i))
		return false;
	l->f[i].type = CBOR_TSTR;
	l->f[i].len = v.n;
	if (v.n > 0)
		memcpy(l->f[i].text, v.p, v.n);
	return true;
}

void
facts_encode(const struct fact_list *l, struct writer *w)
{
	size_t keys = 0;

	for (size_t i = 0; i < l->n; i++)
		keys += i == 0 || l->f[i].key != l->f[i - 1].key;
	dcbor_put_map(w, keys);
	for (size_t i = 0; i < l->n;) {
		size_t end = i;

		while (end < l->n && l->f[end].key == l->f[i].key)
			end++;
		dcbor_put_uint(w, l->f[i].key);
		dcbor_put_map(w, end - i);
		for (; i < end; i++) {
			dcbor_put_uint(w, l->f[i].source);
			if (l->f[i].type == CBOR_UINT)
				dcbor_put_uint(w, l->f[i].number);
			else
				dcbor_put_tstr(w,
				    bytes_view(l->f[i].text, l->f[i].len));
		}
	}
}
