/* SPDX-License-Identifier: Apache-2.0 */
#include "media.h"

#include <string.h>
#include <strings.h>

/* A part of a header, borrowed. */
struct part {
	const char *p;
	size_t n;
};

static struct part
trim(struct part t)
{
	while (t.n > 0 && (t.p[0] == ' ' || t.p[0] == '\t')) {
		t.p++;
		t.n--;
	}
	while (t.n > 0 && (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\t'))
		t.n--;
	return t;
}

/*
 * Cut the text before the next SEPARATOR that stands outside a quoted
 * string; REST moves past it.  Returns false when nothing is left.
 */
static bool
cut(struct part *rest, char separator, struct part *out)
{
	bool quoted = false;
	size_t i;

	if (rest->p == NULL)
		return false;
	for (i = 0; i < rest->n; i++) {
		if (quoted && rest->p[i] == '\\' && i + 1 < rest->n)
			i++;
		else if (rest->p[i] == '"')
			quoted = !quoted;
		else if (!quoted && rest->p[i] == separator)
			break;
	}
	*out = trim((struct part){rest->p, i < rest->n ? i : rest->n});
	if (i < rest->n)
		*rest = (struct part){rest->p + i + 1, rest->n - i - 1};
	else
		*rest = (struct part){NULL, 0};
	return true;
}

static bool
same(struct part t, const char *word)
{
	return t.n == strlen(word) && strncasecmp(t.p, word, t.n) == 0;
}

/* Split "name=value"; a value in quotes loses them. */
static bool
split(struct part t, struct part *name, struct part *value)
{
	if (!cut(&t, '=', name) || t.p == NULL)
		return false;
	*value = trim(t);
	if (value->n >= 2 && value->p[0] == '"' &&
	    value->p[value->n - 1] == '"')
		*value = (struct part){value->p + 1, value->n - 2};
	return true;
}

/* RFC 9110 section 12.4.2: "0", "0.", "0.000" are a weight of zero. */
static bool
weight_is_zero(struct part value)
{
	if (value.n == 0 || value.p[0] != '0')
		return false;
	for (size_t i = 1; i < value.n; i++)
		if (value.p[i] != '0' && value.p[i] != '.')
			return false;
	return true;
}

/* How closely RANGE names TYPE: 3 itself, 2 its family, 1 anything. */
static int
closeness(struct part range, const char *type)
{
	size_t family = (size_t)(strchr(type, '/') - type) + 1;

	if (same(range, type))
		return 3;
	if (range.n == family + 1 && range.p[family] == '*' &&
	    strncasecmp(range.p, type, family) == 0)
		return 2;
	return same(range, "*/*") ? 1 : 0;
}

bool
media_accepts(const char *accept, const char *type)
{
	struct part rest, entry, range, parameter, name, value;
	bool allowed = false;
	int best = 0;

	if (accept == NULL)
		return true;
	rest = (struct part){accept, strlen(accept)};
	while (cut(&rest, ',', &entry)) {
		bool zero = false;
		int close;

		if (!cut(&entry, ';', &range))
			continue;
		while (cut(&entry, ';', &parameter))
			if (split(parameter, &name, &value) && same(name, "q"))
				zero = weight_is_zero(value);
		close = closeness(range, type);
		if (close > best || (close == best && close > 0 && !zero)) {
			best = close;
			allowed = !zero;
		}
	}
	return allowed;
}

bool
media_is_evidence(const char *content_type)
{
	struct part rest, type, parameter, name, value;

	if (content_type == NULL)
		return false;
	rest = (struct part){content_type, strlen(content_type)};
	if (!cut(&rest, ';', &type) || !same(type, MEDIA_CMW))
		return false;

	/* The profile is a URI, hence compared exactly. */
	while (cut(&rest, ';', &parameter))
		if (split(parameter, &name, &value) && same(name, "cmwc_t") &&
		    (value.n != strlen(MEDIA_PROFILE) ||
		        memcmp(value.p, MEDIA_PROFILE, value.n) != 0))
			return false;
	return true;
}

bool
media_is(const char *content_type, const char *type)
{
	struct part rest = {content_type,
	    content_type == NULL ? 0 : strlen(content_type)};
	struct part own;

	return cut(&rest, ';', &own) && same(own, type);
}
