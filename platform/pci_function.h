/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One PCI function as sysfs shows it: its address, its attributes as
 * numbers, and whether it is an accelerator.
 */
#ifndef ASSAY_PCI_FUNCTION_H
#define ASSAY_PCI_FUNCTION_H

#include "platform.h"

enum pci_kind { PCI_GPU, PCI_SWITCH, PCI_KINDS };

enum { PCI_ATTRIBUTE_MAX = 256, PCI_ATTRIBUTES = 11 };

/* Attributes by their place in a table; HAVE says which were there. */
struct pci_function {
	bool have[PCI_ATTRIBUTES];
	uint64_t value[PCI_ATTRIBUTES];
};

/*
 * The directory of the function listed as NAME in LIST, which is
 * bus/pci/devices below ROOT.  In sysfs that is a link
 * "../../../devices/..."; a recorded tree may have the directory itself.
 */
enum status pci_function_open(
    int root, int list, const char *name, int *dir);

/* "0000:19:00.0": domain, bus, device, function, as a sortable number. */
bool pci_address(const char *text, uint64_t *out);

/*
 * The text of the attribute file NAME in DIR, without its final newline, in
 * BUF.  False when there is none, or an empty or an over-long one.
 */
bool pci_attribute(int dir, const char *name, uint8_t buf[PCI_ATTRIBUTE_MAX],
    struct bytes *out);

/* Read all attributes in DIR; missing and malformed ones are passed over. */
void pci_function_read(int dir, struct pci_function *out);

/* Is this function an accelerator or a switch of theirs, and which? */
bool pci_function_kind(const struct pci_function *f, enum pci_kind *out);

/* Write the model, "10de:2330", and what was read as facts into DEV. */
void pci_function_describe(const struct pci_function *f, struct device *dev);

#endif
