/* SPDX-License-Identifier: Apache-2.0 */
#include "der_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct name_reader
name_reader_of(struct bytes content)
{
	return (struct name_reader){
	    .sets = reader_of(content), .set = reader_of(bytes_str(""))};
}

bool
name_next(struct name_reader *n, struct name_part *out)
{
	struct reader one;

	*out = (struct name_part){.tag = 0};
	if (n->set.rest.n == 0) {
		if (n->sets.failed || n->sets.rest.n == 0)
			return false;
		n->set = reader_of(der_get(&n->sets, DER_SET));
	}
	one = reader_of(der_get(&n->set, DER_SEQUENCE));
	out->oid = der_get(&one, DER_OID);
	out->value = der_any(&one, &out->tag);
	if (n->set.failed || !reader_at_end(&one) || !oid_is_sound(out->oid))
		n->sets.failed = true;
	return !n->sets.failed;
}

bool
name_is_sound(struct bytes name)
{
	struct reader top = reader_of(name);
	struct name_reader n = name_reader_of(der_get(&top, DER_SEQUENCE));
	struct name_part part;
	bool any = false;

	while (name_next(&n, &part))
		any = true;
	return any && !n.sets.failed && reader_at_end(&top);
}

static bool
is_text(const struct name_part *part)
{
	return (part->tag == DER_UTF8 || part->tag == DER_PRINTABLE ||
	           part->tag == DER_IA5) &&
	       bytes_is_text(part->value);
}

bool
name_same(struct bytes a, struct bytes b)
{
	struct reader top_a = reader_of(a), top_b = reader_of(b);
	struct name_reader in_a = name_reader_of(der_get(&top_a, DER_SEQUENCE));
	struct name_reader in_b = name_reader_of(der_get(&top_b, DER_SEQUENCE));
	struct name_part at_a, at_b;

	if (!name_is_sound(a) || !name_is_sound(b))
		return false;
	while (name_next(&in_a, &at_a)) {
		/* Sets begin and end together. */
		if (!name_next(&in_b, &at_b) ||
		    (in_a.set.rest.n == 0) != (in_b.set.rest.n == 0) ||
		    !bytes_eq(at_a.oid, at_b.oid) ||
		    !bytes_eq(at_a.value, at_b.value) ||
		    (at_a.tag != at_b.tag &&
		        !(is_text(&at_a) && is_text(&at_b))))
			return false;
	}
	return !name_next(&in_b, &at_b);
}

/* Short names of RFC 4519, 2, for attributes 2.5.4.N. */
static const char *
short_name(struct bytes oid)
{
	static const struct {
		uint8_t arc;
		const char *name;
	} names[] = {{3, "CN"}, {5, "serialNumber"}, {6, "C"}, {7, "L"},
	    {8, "ST"}, {10, "O"}, {11, "OU"}};

	if (oid.n != 3 || oid.p[0] != 0x55 || oid.p[1] != 0x04)
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].arc == oid.p[2])
			return names[i].name;
	return NULL;
}

static void
write_digits(struct writer *w, struct bytes b)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < b.n; i++) {
		write_u8(w, (uint8_t)digits[b.p[i] >> 4]);
		write_u8(w, (uint8_t)digits[b.p[i] & 15]);
	}
}

static void
write_part(struct writer *w, const struct name_part *part)
{
	const char *name = short_name(part->oid);
	char oid[OID_TEXT];

	if (name == NULL) {
		oid_text(part->oid, oid);
		name = oid;
	}
	write_str(w, name);
	write_u8(w, '=');
	if (is_text(part)) {
		write_bytes(w, part->value);
		return;
	}
	write_u8(w, '#');
	write_digits(w, part->value);
}

void
name_text(struct bytes name, char out[NAME_TEXT])
{
	struct writer w = writer_of(out, NAME_TEXT - 1);
	struct reader top = reader_of(name);
	struct name_reader n = name_reader_of(der_get(&top, DER_SEQUENCE));
	struct name_part part;

	while (name_next(&n, &part)) {
		if (w.n > 0)
			write_str(&w, ", ");
		write_part(&w, &part);
	}
	if (w.failed)
		strcpy(out, "(name too long to show)");
	else
		out[w.n] = '\0';
}

bool
oid_is_sound(struct bytes oid)
{
	for (size_t i = 0; i < oid.n; i++)
		if (oid.p[i] == 0x80 && (i == 0 || oid.p[i - 1] < 0x80))
			return false;
	return oid.n > 0 && oid.p[oid.n - 1] < 0x80;
}

/* The arc at the front of OID, which becomes the rest; false if too large. */
static bool
take_arc(struct bytes *oid, uint64_t *arc)
{
	size_t i = 0;

	*arc = 0;
	do {
		if (*arc >> 57 != 0)
			return false;
		*arc = *arc << 7 | (oid->p[i] & 0x7f);
	} while ((oid->p[i++] & 0x80) != 0 && i < oid->n);
	*oid = bytes_sub(*oid, i, oid->n - i);
	return true;
}

void
oid_text(struct bytes oid, char out[OID_TEXT])
{
	struct writer w = writer_of(out, OID_TEXT - 1);
	struct bytes rest = oid;
	bool first = true, ok = oid_is_sound(oid);
	char number[48];
	uint64_t arc;

	while (ok && rest.n > 0 && (ok = take_arc(&rest, &arc))) {
		uint64_t top = arc < 40 ? 0 : arc < 80 ? 1 : 2;

		if (first)
			snprintf(number, sizeof(number), "%" PRIu64 ".%" PRIu64,
			    top, arc - 40 * top);
		else
			snprintf(number, sizeof(number), ".%" PRIu64, arc);
		write_str(&w, number);
		first = false;
	}
	if (!ok || w.failed) {
		w = writer_of(out, OID_TEXT - 1);
		write_u8(&w, '#');
		write_digits(&w, bytes_sub(oid, 0, oid.n < 60 ? oid.n : 60));
	}
	out[w.n] = '\0';
}
