/* SPDX-License-Identifier: Apache-2.0 */
#include "references.h"
#include "reference_index.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SET_MAX = 1024 };

struct member {
	struct member *next;
	struct reference ref;
	uint8_t bytes[];
};

struct references {
	struct curves *curves;
	bool has_key;
	struct public_key key;
	uint8_t *index_bytes;
	struct reference_index index;
	struct member *first;
	size_t count;
};

struct references *
references_new(struct curves *curves)
{
	struct references *set = calloc(1, sizeof(*set));

	if (set != NULL)
		set->curves = curves;
	return set;
}

void
references_free(struct references *set)
{
	if (set == NULL)
		return;
	while (set->first != NULL) {
		struct member *m = set->first;

		set->first = m->next;
		free(m);
	}
	free(set->index_bytes);
	free(set);
}

enum status
references_set_key(struct references *set, struct bytes pem)
{
	enum status st = key_from_pem(pem, &set->key);

	set->has_key = st == OK;
	set->index.count = 0; /* another's */
	return st;
}

enum status
references_set_index(struct references *set, struct bytes cose)
{
	uint8_t *copy;
	enum status st;

	if (!set->has_key)
		return REFERENCE_KEY_MISSING;
	if (cose.n > REFERENCE_INDEX_BYTES)
		return FILE_TOO_LARGE;
	if ((copy = malloc(cose.n + 1)) == NULL)
		return NO_MEMORY;
	memcpy(copy, cose.p, cose.n);
	st = reference_index_decode(bytes_view(copy, cose.n), &set->key,
	    set->curves, &set->index);
	free(set->index_bytes);
	set->index_bytes = copy;
	return st;
}

/* By the index, or by a signature of its own. */
static enum status
decode(const struct references *set, struct bytes cose, struct reference *out)
{
	enum status st = reference_decode_listed(cose, &set->index, out);

	return st == REFERENCE_SIGNATURE
	    ? reference_decode(cose, &set->key, set->curves, out)
	    : st;
}

enum status
references_add(struct references *set, struct bytes cose)
{
	struct member *m;
	enum status st;

	if (!set->has_key)
		return REFERENCE_KEY_MISSING;
	if (cose.n > REFERENCE_MAX || set->count == SET_MAX)
		return FILE_TOO_LARGE;
	if ((m = malloc(sizeof(*m) + cose.n)) == NULL)
		return NO_MEMORY;
	memcpy(m->bytes, cose.p, cose.n);
	st = decode(set, bytes_view(m->bytes, cose.n), &m->ref);
	if (st != OK) {
		free(m);
		return st;
	}
	m->next = set->first;
	set->first = m;
	set->count++;
	return OK;
}

bool
references_any(const struct references *set)
{
	return set != NULL && set->first != NULL;
}

static bool
same_text(struct bytes b, const char *s)
{
	return b.n == strlen(s) &&
	    strncasecmp((const char *)b.p, s, b.n) == 0;
}

const struct reference *
references_get(const struct references *set, enum reference_kind kind,
    const char *product, const char *version, size_t i)
{
	const struct member *m;

	for (m = set->first; m != NULL; m = m->next)
		if (m->ref.kind == kind && same_text(m->ref.product, product) &&
		    same_text(m->ref.version, version) && i-- == 0)
			return &m->ref;
	return NULL;
}
