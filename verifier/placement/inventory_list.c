/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory as a person writes it, and its signing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcbor.h"
#include "inventory_form.h"
#include "number.h"

enum { FIELDS_MAX = 5, EK_HEX_MAX = 100, DAY = 86400 };

/* The list while it is read. */
struct list {
	struct bytes rest;
	unsigned line;
	char *detail;
	struct bytes name;
	int64_t from, until;
	struct place *place;
	size_t count;
	uint8_t *names; /* what their EK names point to */
	size_t names_len;
};

static enum status
refuse(const struct list *l, const char *what)
{
	snprintf(l->detail, INVENTORY_DETAIL, "line %u: %s", l->line, what);
	return INVENTORY_LIST;
}

/* The next line that says something, cut at its commas; 0 at the end. */
static size_t
next_line(struct list *l, struct bytes field[FIELDS_MAX])
{
	while (l->rest.n > 0) {
		size_t n = 0, count = 0, at = 0;

		while (n < l->rest.n && l->rest.p[n] != '\n')
			n++;
		l->line++;
		for (size_t i = 0; i <= n && count <= FIELDS_MAX; i++) {
			if (i < n && l->rest.p[i] != ',')
				continue;
			if (count < FIELDS_MAX)
				field[count] = bytes_sub(l->rest, at, i - at);
			at = i + 1;
			count++;
		}
		at = n + (n < l->rest.n);
		l->rest = bytes_sub(l->rest, at, l->rest.n - at);
		if (n > 0 && field[0].n > 0 && field[0].p[0] == '#')
			continue;
		if (n > 0)
			return count;
	}
	return 0;
}

/* inventory,1,NAME,FROM,UNTIL */
static enum status
read_header(struct list *l)
{
	struct bytes f[FIELDS_MAX];

	if (next_line(l, f) != 5 || !bytes_eq(f[0], BYTES_LIT("inventory")) ||
	    !bytes_eq(f[1], BYTES_LIT("1")) || !inventory_name_ok(f[2]))
		return refuse(l, "expected inventory,1,NAME,FROM,UNTIL");
	if (!date_parse(f[3], &l->from) || !date_parse(f[4], &l->until) ||
	    l->from < 0 || l->until < l->from)
		return refuse(l, "expected two dates like 2026-11-26");
	l->until += DAY - 1; /* the day counts to its end */
	l->name = f[2];
	return OK;
}

/* EK-NAME,IDENTITY,SLOT */
static enum status
read_places(struct list *l)
{
	struct bytes f[FIELDS_MAX];
	size_t n;

	while ((n = next_line(l, f)) > 0) {
		struct place *p = &l->place[l->count];
		uint8_t *ek = l->names + l->names_len;
		uint64_t address;
		ptrdiff_t len = f[0].n > EK_HEX_MAX
		    ? -1
		    : bytes_from_hex((const char *)f[0].p, f[0].n, ek,
			  EK_HEX_MAX / 2);

		if (n != 3)
			return refuse(l, "expected EK-NAME,IDENTITY,SLOT");
		if (len < 0 || !ek_name_ok(bytes_view(ek, (size_t)len)))
			return refuse(l, "the first field is no TPM Name; "
					 "68 hexadecimal digits that begin "
					 "with 000b, or 100 with 000c");
		if (!identity_ok(f[1]))
			return refuse(l, "no identity as assay verify shows");
		if (f[2].n > 0 && !pci_address_read(f[2], &address))
			return refuse(l, "no PCI address like 0000:17:00.0");
		*p = (struct place){
		    bytes_view(ek, (size_t)len), f[1], f[2]};
		l->names_len += (size_t)len;
		l->count++;
	}
	return l->count > 0 ? OK : refuse(l, "there is no device in it");
}

static int
by_host(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = bytes_cmp(x->ek_name, y->ek_name);

	return order != 0 ? order : place_order(a, b);
}

/* No device twice; then host by host. */
static enum status
sort(struct list *l)
{
	qsort(l->place, l->count, sizeof(*l->place), place_order);
	for (size_t i = 1; i < l->count; i++)
		if (place_order(&l->place[i - 1], &l->place[i]) == 0) {
			snprintf(l->detail, INVENTORY_DETAIL,
			    "%.*s is in two places",
			    (int)l->place[i].identity.n,
			    (const char *)l->place[i].identity.p);
			return INVENTORY_LIST;
		}
	qsort(l->place, l->count, sizeof(*l->place), by_host);
	return OK;
}

/* How many places from AT on are of one host. */
static size_t
same_host(const struct list *l, size_t at)
{
	size_t n = 1;

	while (at + n < l->count &&
	    bytes_eq(l->place[at].ek_name, l->place[at + n].ek_name))
		n++;
	return n;
}

static void
encode(const struct list *l, struct writer *w)
{
	size_t hosts = 0, n;

	for (size_t i = 0; i < l->count; i += same_host(l, i))
		hosts++;
	dcbor_put_map(w, 5);
	dcbor_put_int(w, INVENTORY_VERSION);
	dcbor_put_uint(w, INVENTORY_FORMAT);
	dcbor_put_int(w, INVENTORY_NAME);
	dcbor_put_tstr(w, l->name);
	dcbor_put_int(w, INVENTORY_FROM);
	dcbor_put_uint(w, (uint64_t)l->from);
	dcbor_put_int(w, INVENTORY_UNTIL);
	dcbor_put_uint(w, (uint64_t)l->until);
	dcbor_put_int(w, INVENTORY_HOSTS);
	dcbor_put_array(w, hosts);
	for (size_t i = 0; i < l->count; i += n) {
		n = same_host(l, i);
		dcbor_put_array(w, 2);
		dcbor_put_bstr(w, l->place[i].ek_name);
		dcbor_put_array(w, n);
		for (size_t k = i; k < i + n; k++) {
			dcbor_put_array(w, 2);
			dcbor_put_tstr(w, l->place[k].identity);
			dcbor_put_tstr(w, l->place[k].slot);
		}
	}
}

/* In binary a list is shorter than in text. */
static enum status
sign(const char *key_pem, const struct list *l, size_t room,
    struct writer *out)
{
	uint8_t *payload = malloc(room);
	struct writer w = writer_of(payload, payload == NULL ? 0 : room);
	enum status st = NO_MEMORY;

	if (payload != NULL) {
		encode(l, &w);
		st = w.failed ? INTERNAL
			      : sign1_write(key_pem, &inventory_kind,
				    writer_view(&w), out);
	}
	free(payload);
	return st == OK && out->failed ? FILE_TOO_LARGE : st;
}

enum status
inventory_sign(const char *key_pem, struct bytes text, struct writer *w,
    char detail[INVENTORY_DETAIL])
{
	struct list l = {.rest = text, .detail = detail};
	size_t lines = 1;
	enum status st = NO_MEMORY;

	detail[0] = '\0';
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	if (text.n == 0 || text.n > INVENTORY_MAX)
		return refuse(&l, "a list has 1 byte to 4 MiB");
	l.place = calloc(lines, sizeof(*l.place));
	l.names = malloc(lines * (EK_HEX_MAX / 2));
	if (l.place != NULL && l.names != NULL) {
		if ((st = read_header(&l)) == OK &&
		    (st = read_places(&l)) == OK && (st = sort(&l)) == OK)
			st = sign(key_pem, &l, text.n + SIGN1_OVERHEAD, w);
	}
	free(l.place);
	free(l.names);
	return st;
}
