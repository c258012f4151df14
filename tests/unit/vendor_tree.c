/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Where the functions are, and where the list points to. */
#define DEVICES "sys/devices/pci0000:00/"
#define LIST    "sys/bus/pci/devices/"

void
vendor_tree_file(const struct tree *t, const char *address, const char *name,
    const char *text)
{
	char path[TREE_PATH_MAX];

	(void)snprintf(path, sizeof(path), DEVICES "%s/%s", address, name);
	tree_text(t, path, text);
}

void
vendor_tree_pci(const struct tree *t, const char *address, const char *vendor,
    const char *device, const char *class)
{
	char path[TREE_PATH_MAX], target[TREE_PATH_MAX];

	vendor_tree_file(t, address, "vendor", vendor);
	vendor_tree_file(t, address, "device", device);
	vendor_tree_file(t, address, "class", class);
	(void)snprintf(path, sizeof(path), LIST "%s", address);
	(void)snprintf(
	    target, sizeof(target), "../../../devices/pci0000:00/%s", address);
	tree_link(t, path, target);
}

/* Every witness about every device of its vendor, as the agent does. */
static void
hear_all(struct vendor_host *h)
{
	for (size_t w = 0; h->port->witnesses[w] != NULL; w++) {
		const struct witness *witness = h->port->witnesses[w];

		for (size_t i = 0; i < h->board.count; i++) {
			struct device *d = &h->board.device[i];

			if (device_number(d, FACT_PCI_VENDOR, SOURCE_SYSFS) !=
			    witness->vendor)
				continue;
			if (witness->begin != NULL)
				witness->begin(h->ctx);
			witness->testify(h->ctx, d);
		}
	}
}

void
vendor_host_open(struct vendor_host *h, const struct tree *t)
{
	const char *arg;

	assert_int_equal(platform_find("auto", &h->port, &arg), OK);
	assert_int_equal(h->port->open(t->path, &h->ctx), OK);
	assert_int_equal(h->port->survey(h->ctx, &h->board), OK);
	hear_all(h);
}

void
vendor_host_close(struct vendor_host *h)
{
	h->port->close(h->ctx);
	memset(h, 0, sizeof(*h));
}

void
expect_text(const struct vendor_host *h, size_t i, enum fact_key key,
    enum fact_source source, const char *want)
{
	struct bytes got = device_text(&h->board.device[i], key, source);

	if (!bytes_eq(got, bytes_str(want)))
		fail_msg("%s of %s: \"%.*s\", not \"%s\"", fact_name(key),
		    h->board.device[i].label, (int)got.n,
		    got.n > 0 ? (const char *)got.p : "", want);
}

void
expect_number(const struct vendor_host *h, size_t i, enum fact_key key,
    enum fact_source source, uint64_t want)
{
	uint64_t got = device_number(&h->board.device[i], key, source);

	if (got != want)
		fail_msg("%s of %s: %llu, not %llu", fact_name(key),
		    h->board.device[i].label, (unsigned long long)got,
		    (unsigned long long)want);
}

void
expect_none(const struct vendor_host *h, size_t i, enum fact_key key,
    enum fact_source source)
{
	const struct fact_list *l = &h->board.device[i].facts;

	for (size_t k = 0; k < l->n; k++)
		if (l->f[k].key == key && l->f[k].source == source)
			fail_msg("%s of %s is there", fact_name(key),
			    h->board.device[i].label);
}

void
expect_component(const struct vendor_host *h, size_t i, const char *name,
    const char *version)
{
	const struct component_list *l = &h->board.device[i].components;
	size_t k = 0;

	while (k < l->n && strcmp(l->c[k].name, name) != 0)
		k++;
	if (version == NULL) {
		assert_int_equal(k, l->n);
		return;
	}
	if (k == l->n)
		fail_msg("no component %s", name);
	assert_true(bytes_eq(
	    bytes_view(l->c[k].version, l->c[k].len), bytes_str(version)));
}
