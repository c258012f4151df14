/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory.h"

#include <stdlib.h>
#include <string.h>

#include "dcbor.h"
#include "inventory_form.h"

const struct sign1_kind inventory_kind = {
    .content_type = INVENTORY_CONTENT_TYPE,
    .malformed = INVENTORY_MALFORMED,
    .mismatch = INVENTORY_SIGNATURE};

bool
ek_name_ok(struct bytes n)
{
	return n.n > 2 && n.p[0] == 0 &&
	    ((n.n == 34 && n.p[1] == 0x0b) || (n.n == 50 && n.p[1] == 0x0c));
}

/* Printable ASCII without what divides fields of a list. */
static bool
word_ok(struct bytes t, size_t max)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] > '~' || t.p[i] == ',')
			return false;
	return t.n > 0 && t.n < max;
}

bool
identity_ok(struct bytes t)
{
	return word_ok(t, IDENTITY_MAX);
}

bool
inventory_name_ok(struct bytes t)
{
	return word_ok(t, INVENTORY_NAME_MAX);
}

/* DOMAIN:BUS:DEVICE.FUNCTION, the domain of 4 or 8 digits. */
bool
pci_address_read(struct bytes text, uint64_t *out)
{
	static const struct {
		size_t digits;
		char behind;
		uint64_t below;
	} parts[] = {{0, ':', UINT64_C(1) << 32}, {2, ':', 256},
	    {2, '.', 32}, {1, '\0', 8}};
	uint64_t all = 0;
	size_t at = 0;

	for (size_t i = 0; i < 4; i++) {
		size_t n = i > 0 ? parts[i].digits : text.n == 16 ? 8 : 4;
		char digits[9] = "";
		uint64_t v;

		if (text.n - at < n)
			return false;
		for (size_t k = 0; k < n; k++)
			digits[k] = (char)(text.p[at + k] | 0x20);
		at += n;
		if (!bytes_to_number(bytes_str(digits), 16, n, &v) ||
		    v >= parts[i].below)
			return false;
		all = all << (i == 3 ? 3 : i == 2 ? 5 : 8) | v;
		if (i < 3 && (at == text.n ||
				 text.p[at++] != (uint8_t)parts[i].behind))
			return false;
	}
	*out = all;
	return at == text.n;
}

int
place_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return bytes_cmp(x->identity, y->identity);
}

/* One device of the host with the name EK. */
static void
read_device(struct dcbor *c, struct bytes ek, struct inventory *out)
{
	struct place *p = &out->place[out->count++];
	uint64_t address;

	dcbor_want_array(c, 2);
	p->ek_name = ek;
	p->identity = dcbor_get_tstr(c);
	p->slot = dcbor_get_tstr(c);
	if (!identity_ok(p->identity) ||
	    (p->slot.n > 0 && !pci_address_read(p->slot, &address)))
		dcbor_fail(c, INVENTORY_MALFORMED);
}

static void
read_hosts(struct dcbor *c, struct inventory *out, size_t room)
{
	struct bytes last = {NULL, 0};
	uint64_t hosts = dcbor_get_array(c), devices;

	if (hosts == 0)
		dcbor_fail(c, INVENTORY_MALFORMED);
	for (uint64_t i = 0; i < hosts && c->st == OK; i++) {
		struct bytes ek;

		dcbor_want_array(c, 2);
		ek = dcbor_get_bstr(c);
		devices = dcbor_get_array(c);
		if (!ek_name_ok(ek) || devices == 0 ||
		    (last.n > 0 && bytes_cmp(last, ek) >= 0))
			dcbor_fail(c, INVENTORY_MALFORMED);
		for (uint64_t k = 0; k < devices && c->st == OK; k++) {
			if (out->count == room)
				dcbor_fail(c, INVENTORY_MALFORMED);
			else
				read_device(c, ek, out);
		}
		last = ek;
	}
}

static enum status
read_payload(struct bytes payload, struct inventory *out)
{
	struct dcbor c = dcbor_of(payload);
	struct dcbor_map m = dcbor_get_map(&c);
	uint64_t version = 0, from = 0, until = 0;
	int64_t key;

	if (m.left != 5)
		return INVENTORY_MALFORMED;
	while (dcbor_key_int(&c, &m, &key)) {
		if (key == INVENTORY_VERSION)
			version = dcbor_get_uint(&c);
		else if (key == INVENTORY_NAME)
			out->name = dcbor_get_tstr(&c);
		else if (key == INVENTORY_FROM)
			from = dcbor_get_uint(&c);
		else if (key == INVENTORY_UNTIL)
			until = dcbor_get_uint(&c);
		else if (key == INVENTORY_HOSTS)
			/* Even the least device takes four bytes. */
			read_hosts(&c, out, payload.n / 4);
		else
			dcbor_fail(&c, INVENTORY_MALFORMED);
	}
	if (dcbor_end(&c) != OK || version != INVENTORY_FORMAT ||
	    !inventory_name_ok(out->name) || until < from ||
	    until > INT64_MAX)
		return INVENTORY_MALFORMED;
	out->from = (int64_t)from;
	out->until = (int64_t)until;
	return OK;
}

/* Sorted, so that a device can be found; it is there once. */
static enum status
sort(struct inventory *out)
{
	if (out->count == 0)
		return INVENTORY_MALFORMED;
	qsort(out->place, out->count, sizeof(*out->place), place_order);
	for (size_t i = 1; i < out->count; i++)
		if (place_order(&out->place[i - 1], &out->place[i]) == 0)
			return INVENTORY_MALFORMED;
	return OK;
}

enum status
inventory_read(struct bytes file, struct inventory *out)
{
	struct dcbor c = dcbor_of(file);
	struct bytes payload = {NULL, 0};
	enum status st;

	*out = (struct inventory){.count = 0};
	if (file.n == 0 || file.n > INVENTORY_MAX)
		return INVENTORY_MALFORMED;
	st = sign1_read(&c, &inventory_kind, &payload, &out->signer);
	if (st == OK && dcbor_end(&c) != OK)
		st = INVENTORY_MALFORMED;
	if (st != OK ||
	    (st = hash_one(HASH_SHA256, file, &out->digest)) != OK)
		return st;
	out->place = calloc(payload.n / 4 + 1, sizeof(*out->place));
	if (out->place == NULL)
		return NO_MEMORY;
	if ((st = read_payload(payload, out)) != OK ||
	    (st = sort(out)) != OK)
		inventory_free(out);
	return st;
}

void
inventory_free(struct inventory *i)
{
	free(i->place);
	*i = (struct inventory){.count = 0};
}

const struct place *
inventory_find(const struct inventory *i, struct bytes identity)
{
	const struct place key = {.identity = identity};

	return i->count == 0 ? NULL
			     : bsearch(&key, i->place, i->count,
				   sizeof(*i->place), place_order);
}
