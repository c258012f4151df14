/* SPDX-License-Identifier: Apache-2.0 */
#include "pci_function.h"

#include "beneath.h"

#include <stdio.h>
#include <string.h>

/* Matches every vendor. */
enum { VENDOR_ANY = -1 };

/* No number of sysfs that is read here has more. */
enum { DIGITS_MAX = 8 };

/*
 * What counts as an accelerator: vendor, the upper bits of the 24-bit class
 * code under a mask (PCI Code and ID Assignment Specification, base classes
 * 03h, 06h and 12h), and a range of device ids.  The first rule that fits
 * decides.
 */
static const struct rule {
	int32_t vendor;
	uint32_t class, class_mask;
	uint32_t device_lo, device_hi;
	enum pci_kind kind;
} rules[] = {
    /* NVSwitch: a bridge of the class "other". */
    {0x10de, 0x068000, 0xffff00, 0, 0xffff, PCI_SWITCH},
    /* NVIDIA: VGA-compatible and 3D controllers. */
    {0x10de, 0x030000, 0xffff00, 0, 0xffff, PCI_GPU},
    {0x10de, 0x030200, 0xffff00, 0, 0xffff, PCI_GPU},
    /* AMD: VGA-compatible, 3D, other display (Instinct MI100, MI200). */
    {0x1002, 0x030000, 0xffff00, 0, 0xffff, PCI_GPU},
    {0x1002, 0x030200, 0xffff00, 0, 0xffff, PCI_GPU},
    {0x1002, 0x038000, 0xffff00, 0, 0xffff, PCI_GPU},
    /* Intel: 3D controllers; the Data Center GPU Max and Flex series. */
    {0x8086, 0x030200, 0xffff00, 0, 0xffff, PCI_GPU},
    {0x8086, 0x038000, 0xffff00, 0x0bd0, 0x0bdb, PCI_GPU},
    {0x8086, 0x038000, 0xffff00, 0x56c0, 0x56c2, PCI_GPU},
    /* Habana: whatever kind of display controller it calls itself. */
    {0x1da3, 0x030000, 0xff0000, 0, 0xffff, PCI_GPU},
    /* Processing accelerators of any vendor. */
    {VENDOR_ANY, 0x120000, 0xffff00, 0, 0xffff, PCI_GPU},
};

bool
pci_address(const char *name, uint64_t *out)
{
	size_t n = strlen(name), d = strcspn(name, ":");
	struct bytes s = bytes_str(name);
	uint64_t domain, bus, device, function;

	if (d < 4 || d > 8 || n != d + 8 || name[d + 3] != ':' ||
	    name[d + 6] != '.')
		return false;
	if (!bytes_to_number(bytes_sub(s, 0, d), 16, DIGITS_MAX, &domain) ||
	    !bytes_to_number(bytes_sub(s, d + 1, 2), 16, DIGITS_MAX, &bus) ||
	    !bytes_to_number(bytes_sub(s, d + 4, 2), 16, DIGITS_MAX, &device) ||
	    !bytes_to_number(bytes_sub(s, d + 7, 1), 16, DIGITS_MAX, &function))
		return false;
	*out = domain << 16 | bus << 8 | device << 3 | function;
	return device < 32 && function < 8;
}

enum status
pci_function_open(int root, int list, const char *name, int *dir)
{
	static const char up[] = "../../../";
	char link[1024];

	if (!beneath_link(list, name, link, sizeof(link)))
		return beneath_dir(list, bytes_str(name), dir);
	if (strncmp(link, up, strlen(up)) != 0)
		return FILE_NOT_REGULAR;
	return beneath_dir(root, bytes_str(link + strlen(up)), dir);
}

/* "0x10de" */
static bool
parse_hex(struct bytes t, uint64_t *out)
{
	return bytes_eq(bytes_sub(t, 0, 2), BYTES_LIT("0x")) &&
	       bytes_to_number(bytes_sub(t, 2, t.n - 2), 16, DIGITS_MAX, out);
}

/* "16"; the kernel's -1 and "Unknown" are no numbers and so no facts. */
static bool
parse_count(struct bytes t, uint64_t *out)
{
	return bytes_to_number(t, 10, DIGITS_MAX, out);
}

/* "16.0 GT/s PCIe" or "2.5 GT/s", in MT/s */
static bool
parse_speed(struct bytes t, uint64_t *out)
{
	const uint8_t *dot = memchr(t.p, '.', t.n);
	size_t whole = dot == NULL ? 0 : (size_t)(dot - t.p);
	struct bytes unit = bytes_sub(t, whole + 2, t.n - whole - 2);
	uint64_t a, b;

	if (dot == NULL || whole + 2 > t.n)
		return false;
	if (!bytes_eq(unit, BYTES_LIT(" GT/s")) &&
	    !bytes_eq(unit, BYTES_LIT(" GT/s PCIe")))
		return false;
	if (!bytes_to_number(bytes_sub(t, 0, whole), 10, DIGITS_MAX, &a) ||
	    !bytes_to_number(bytes_sub(t, whole + 1, 1), 10, DIGITS_MAX, &b))
		return false;
	*out = a * 1000 + b * 100;
	return true;
}

/* Attributes that become facts (Documentation/ABI/testing/sysfs-bus-pci). */
static const struct {
	enum fact_key key;
	const char *file;
	bool (*parse)(struct bytes, uint64_t *);
	uint64_t max;
} attributes[] = {
    {FACT_PCI_VENDOR, "vendor", parse_hex, 0xffff},
    {FACT_PCI_DEVICE, "device", parse_hex, 0xffff},
    {FACT_PCI_SUBVENDOR, "subsystem_vendor", parse_hex, 0xffff},
    {FACT_PCI_SUBDEVICE, "subsystem_device", parse_hex, 0xffff},
    {FACT_PCI_CLASS, "class", parse_hex, 0xffffff},
    {FACT_PCI_REVISION, "revision", parse_hex, 0xff},
    {FACT_LINK_SPEED, "current_link_speed", parse_speed, 1000000},
    {FACT_LINK_SPEED_MAX, "max_link_speed", parse_speed, 1000000},
    {FACT_LINK_WIDTH, "current_link_width", parse_count, 32},
    {FACT_LINK_WIDTH_MAX, "max_link_width", parse_count, 32},
    {FACT_NUMA_NODE, "numa_node", parse_count, 65535},
};

_Static_assert(sizeof(attributes) / sizeof(attributes[0]) == PCI_ATTRIBUTES,
    "struct pci_function has a place for each attribute");

/* Where attribute KEY stands in a struct pci_function. */
static size_t
place(enum fact_key key)
{
	size_t i = 0;

	while (i < PCI_ATTRIBUTES - 1 && attributes[i].key != key)
		i++;
	return i;
}

bool
pci_attribute(int dir, const char *name, uint8_t buf[PCI_ATTRIBUTE_MAX],
    struct bytes *out)
{
	size_t n;

	if (beneath_read(dir, name, false, buf, PCI_ATTRIBUTE_MAX, &n) != OK)
		return false;
	if (n > 0 && buf[n - 1] == '\n')
		n--;
	*out = bytes_view(buf, n);
	return n > 0;
}

void
pci_function_read(int dir, struct pci_function *f)
{
	uint8_t buf[PCI_ATTRIBUTE_MAX];
	struct bytes text;

	/* What is missing or malformed is no fact. */
	for (size_t i = 0; i < PCI_ATTRIBUTES; i++)
		f->have[i] =
		    pci_attribute(dir, attributes[i].file, buf, &text) &&
		    attributes[i].parse(text, &f->value[i]) &&
		    f->value[i] <= attributes[i].max;
}

bool
pci_function_kind(const struct pci_function *f, enum pci_kind *kind)
{
	size_t v = place(FACT_PCI_VENDOR), d = place(FACT_PCI_DEVICE);
	size_t c = place(FACT_PCI_CLASS);

	if (!f->have[v] || !f->have[d] || !f->have[c])
		return false;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];

		if (r->vendor != VENDOR_ANY &&
		    (uint64_t)r->vendor != f->value[v])
			continue;
		if ((f->value[c] & r->class_mask) != r->class)
			continue;
		if (f->value[d] < r->device_lo || f->value[d] > r->device_hi)
			continue;
		*kind = r->kind;
		return true;
	}
	return false;
}

void
pci_function_describe(const struct pci_function *f, struct device *dev)
{
	char model[MODEL_MAX];
	int n;

	n = snprintf(model, sizeof(model), "%04x:%04x",
	    (unsigned)f->value[place(FACT_PCI_VENDOR)],
	    (unsigned)f->value[place(FACT_PCI_DEVICE)]);
	dev->model_len = (size_t)n;
	memcpy(dev->model, model, dev->model_len);

	for (size_t i = 0; i < PCI_ATTRIBUTES; i++)
		if (f->have[i])
			fact_add_uint(&dev->facts, attributes[i].key,
			    SOURCE_SYSFS, f->value[i]);
}
