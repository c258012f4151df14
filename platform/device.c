/* SPDX-License-Identifier: Apache-2.0 */
/* What a struct device holds: its facts by key, and its components. */
#include "platform.h"

#include "dcbor_put.h"

#include <string.h>

/* Keys of a measured component (RFC 10013, section 3). */
enum { COMPONENT_ID = 1, COMPONENT_RAW = 5, COMPONENT_ROOM = 192 };

/* Where the fact stands in the list, or how many there are. */
static size_t
find(const struct fact_list *l, enum fact_key key, enum fact_source source)
{
	size_t i = 0;

	while (i < l->n && (l->f[i].key != key || l->f[i].source != source))
		i++;
	return i;
}

struct bytes
device_text(const struct device *d, enum fact_key key, enum fact_source source)
{
	size_t i = find(&d->facts, key, source);

	if (i == d->facts.n)
		return bytes_view(NULL, 0);
	return bytes_view(d->facts.f[i].text, d->facts.f[i].len);
}

uint64_t
device_number(
    const struct device *d, enum fact_key key, enum fact_source source)
{
	size_t i = find(&d->facts, key, source);

	return i == d->facts.n ? 0 : d->facts.f[i].number;
}

bool
component_add(struct component_list *l, const char *name, struct bytes version)
{
	size_t n = strlen(name);

	if (l->n == COMPONENTS_MAX || n == 0 || n >= COMPONENT_NAME_MAX ||
	    version.n == 0 || version.n > COMPONENT_TEXT_MAX ||
	    !bytes_is_text(version))
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->c[i].name, name) == 0)
			return false;
	memcpy(l->c[l->n].name, name, n + 1);
	memcpy(l->c[l->n].version, version.p, version.n);
	l->c[l->n++].len = version.n;
	return true;
}

void
components_encode(const struct component_list *l, struct writer *w)
{
	uint8_t buf[COMPONENT_ROOM];

	dcbor_put_array(w, l->n);
	for (size_t i = 0; i < l->n; i++) {
		struct bytes version = bytes_view(l->c[i].version, l->c[i].len);
		struct writer one = writer_of(buf, sizeof(buf));

		/* Nothing is hashed here: the version itself is the value. */
		dcbor_put_map(&one, 2);
		dcbor_put_uint(&one, COMPONENT_ID);
		dcbor_put_array(&one, 2);
		dcbor_put_tstr(&one, bytes_str(l->c[i].name));
		dcbor_put_array(&one, 1);
		dcbor_put_tstr(&one, version);
		dcbor_put_uint(&one, COMPONENT_RAW);
		dcbor_put_bstr(&one, version);

		dcbor_put_array(w, 2);
		dcbor_put_uint(w, CF_MEASURED_COMPONENT);
		dcbor_put_bstr(w, writer_view(&one));
		w->failed = w->failed || one.failed;
	}
}
