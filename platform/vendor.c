/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor.h"

#include "beneath.h"
#include "pci_function.h"

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

/* An object pointer is what dlsym gives for a function (POSIX). */
_Static_assert(sizeof(void *) == sizeof(int (*)(void)), "POSIX says so");

size_t
vendor_library(void *table, const char *library,
    const struct vendor_symbol *symbols, size_t count)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	size_t found = 0;

	memcpy(table, &handle, sizeof(handle));
	for (size_t i = 0; handle != NULL && i < count; i++) {
		void *at = dlsym(handle, symbols[i].name);

		memcpy((char *)table + symbols[i].at, &at, sizeof(at));
		found += at != NULL;
	}
	return found;
}

bool
vendor_address(const struct device *d, char out[24])
{
	struct bytes t = device_text(d, FACT_PCI_ADDRESS, SOURCE_SYSFS);
	uint64_t order;

	if (t.n == 0 || t.n >= 24)
		return false;
	memcpy(out, t.p, t.n);
	out[t.n] = '\0';
	return pci_address(out, &order);
}

int
vendor_directory(const struct vendors *v, const struct device *d)
{
	char address[24];
	int list, dir = -1;

	if (!vendor_address(d, address) ||
	    beneath_dir(v->sys, BYTES_LIT("bus/pci/devices"), &list) != OK)
		return -1;
	if (pci_function_open(v->sys, list, address, &dir) != OK)
		dir = -1;
	close(list);
	return dir;
}

/* The directory PART in DIR; a final '*' stands for the rest of its name. */
static int
enter_one(int dir, struct bytes part)
{
	char name[64] = "", first[64];
	int next = -1;

	if (part.n == 0 || part.n >= sizeof(name))
		return -1;
	memcpy(name, part.p, part.n);
	if (name[part.n - 1] == '*') {
		name[part.n - 1] = '\0';
		if (!beneath_first(dir, name, first, sizeof(first)))
			return -1;
		memcpy(name, first, sizeof(name));
	}
	return beneath_dir(dir, bytes_str(name), &next) == OK ? next : -1;
}

int
vendor_enter(int dir, struct bytes path)
{
	int at = dir;

	do {
		const uint8_t *slash = memchr(path.p, '/', path.n);
		size_t n = slash == NULL ? path.n : (size_t)(slash - path.p);
		int next = enter_one(at, bytes_sub(path, 0, n));

		if (at != dir)
			close(at);
		at = next;
		path = slash == NULL ? bytes_view(NULL, 0)
		                     : bytes_sub(path, n + 1, path.n - n - 1);
	} while (at >= 0 && path.n > 0);
	return at;
}

bool
vendor_file(int dir, const char *path, char text[VENDOR_FILE_MAX + 1])
{
	const char *slash = strrchr(path, '/');
	enum status st;
	size_t n = 0;
	int at = dir;

	if (slash != NULL)
		at =
		    vendor_enter(dir, bytes_view(path, (size_t)(slash - path)));
	if (at < 0)
		return false;
	st = beneath_read(at, slash == NULL ? path : slash + 1, false, text,
	    VENDOR_FILE_MAX, &n);
	if (at != dir)
		close(at);
	while (st == OK && n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	text[n] = '\0';
	return st == OK && strlen(text) == n && n > 0;
}

/* Digits at the start of T, which are cut off it; at most 18. */
static bool
cut_number(struct bytes *t, uint64_t *out)
{
	uint64_t v = 0;
	size_t n = 0;

	while (n < t->n && n < 18 && t->p[n] >= '0' && t->p[n] <= '9')
		v = v * 10 + (uint64_t)(t->p[n++] - '0');
	*t = bytes_sub(*t, n, t->n - n);
	*out = v;
	return n > 0;
}

/* The largest of "0: 300Mhz", "1: 1502Mhz *", one a line. */
static bool
largest_clock(struct bytes t, uint64_t *out)
{
	uint64_t level, clock;

	*out = 0;
	while (t.n > 0) {
		const uint8_t *end = memchr(t.p, '\n', t.n);
		size_t n = end == NULL ? t.n : (size_t)(end - t.p);
		struct bytes line = bytes_sub(t, 0, n);

		t = end == NULL ? bytes_view(NULL, 0)
		                : bytes_sub(t, n + 1, t.n - n - 1);
		if (!cut_number(&line, &level) ||
		    !bytes_eq(bytes_sub(line, 0, 2), BYTES_LIT(": ")))
			return false;
		line = bytes_sub(line, 2, line.n - 2);
		if (!cut_number(&line, &clock) ||
		    !bytes_eq(bytes_sub(line, 0, 3), BYTES_LIT("Mhz")))
			return false;
		*out = clock > *out ? clock : *out;
	}
	return *out > 0;
}

/* Firmware that is not there has a version of zero. */
static bool
is_absent(struct bytes t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] != '0' && t.p[i] != 'x' && t.p[i] != '.')
			return false;
	return true;
}

static void
take(const struct vendor_row *row, struct bytes t, enum fact_source source,
    struct device *d)
{
	uint64_t number;
	bool ok;

	if (row->component != NULL && !is_absent(t))
		(void)component_add(&d->components, row->component, t);
	if (row->key == FACT_NONE || bytes_eq(t, BYTES_LIT("N/A")))
		return;
	if (row->form == FORM_TEXT) {
		(void)fact_add_text(&d->facts, row->key, source, t);
		return;
	}
	if (row->form == FORM_CLOCKS)
		ok = largest_clock(t, &number);
	else
		ok = cut_number(&t, &number) && t.n == 0;
	if (ok)
		(void)fact_add_uint(&d->facts, row->key, source,
		    row->divisor > 1 ? number / row->divisor : number);
}

void
vendor_read(int dir, const struct vendor_row *rows, size_t count,
    enum fact_source source, struct device *d)
{
	char text[VENDOR_FILE_MAX + 1];

	for (size_t i = 0; i < count; i++)
		if (vendor_file(dir, rows[i].path, text))
			take(&rows[i], bytes_str(text), source, d);
}
