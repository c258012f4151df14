/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pci[:ROOT]: the PCI accelerators that the kernel lists in sysfs below
 * ROOT, "/sys" when empty.  ROOT may be a recorded tree.  Nothing is signed:
 * these are facts by the host's word.  Configuration space is not touched.
 */
#include "platform.h"

#include "beneath.h"
#include "pci_function.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PCI functions looked at. */
enum { ENTRIES_MAX = 65536 };

static const struct {
	const char *name;
	size_t max;
} kinds[PCI_KINDS] = {
    [PCI_GPU] = {"gpu", GPUS_MAX},
    [PCI_SWITCH] = {"switch", SWITCHES_MAX},
};

/* A driver's name as the kernel allows one in a path. */
static bool
is_driver_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789_-";
	size_t n = strlen(s);

	return n > 0 && n <= 64 && strspn(s, allowed) == n;
}

/* The driver's name, and the version its module states. */
static void
add_driver(int root, int dir, struct fact_list *facts)
{
	uint8_t buf[PCI_ATTRIBUTE_MAX];
	char link[PCI_ATTRIBUTE_MAX], path[80];
	const char *name;
	struct bytes text;
	int module;

	if (!beneath_link(dir, "driver", link, sizeof(link)))
		return;
	name = strrchr(link, '/');
	name = name == NULL ? link : name + 1;
	if (!is_driver_name(name))
		return;
	fact_add_text(facts, FACT_DRIVER, SOURCE_SYSFS, bytes_str(name));

	/* A driver that is built in has no module, one may lack a version. */
	snprintf(path, sizeof(path), "module/%.64s", name);
	if (beneath_dir(root, bytes_str(path), &module) != OK)
		return;
	if (pci_attribute(module, "version", buf, &text) &&
	    text.n <= FACT_TEXT_MAX && bytes_is_text(text))
		fact_add_text(facts, FACT_DRIVER_VERSION, SOURCE_SYSFS, text);
	close(module);
}

/* The devices found so far, kept in the order of their addresses. */
struct finds {
	struct board *board;
	uint64_t order[DEVICES_MAX];
	size_t of_kind[PCI_KINDS];
};

/* Make room for one more device at its place. */
static struct device *
insert(struct finds *f, uint64_t order)
{
	struct board *b = f->board;
	size_t i = b->count;

	for (; i > 0 && f->order[i - 1] > order; i--) {
		f->order[i] = f->order[i - 1];
		b->device[i] = b->device[i - 1];
	}
	f->order[i] = order;
	b->count++;
	memset(&b->device[i], 0, sizeof(b->device[i]));
	return &b->device[i];
}

/* Look at one entry of the list; what is no accelerator is passed over. */
static enum status
look_at(int root, int list, const char *name, struct finds *finds)
{
	struct pci_function f;
	struct device *dev;
	struct stat sb;
	uint64_t order;
	enum pci_kind kind;
	enum status st = OK;
	int dir;

	if (!pci_address(name, &order) ||
	    pci_function_open(root, list, name, &dir) != OK)
		return OK;
	pci_function_read(dir, &f);

	/* A virtual function is part of the device that is its physfn. */
	if (!pci_function_kind(&f, &kind) ||
	    fstatat(dir, "physfn", &sb, AT_SYMLINK_NOFOLLOW) == 0)
		goto out;
	if (finds->of_kind[kind] == kinds[kind].max) {
		st = EVIDENCE_DEVICE_COUNT;
		goto out;
	}
	finds->of_kind[kind]++;
	dev = insert(finds, order);
	dev->handle = (uint32_t)kind;
	fact_add_text(
	    &dev->facts, FACT_PCI_ADDRESS, SOURCE_SYSFS, bytes_str(name));
	pci_function_describe(&f, dev);
	add_driver(root, dir, &dev->facts);
out:
	close(dir);
	return st;
}

/* Walk over the open list; its length is bounded, its order means nothing. */
static enum status
walk(int root, DIR *list, struct finds *finds)
{
	for (size_t i = 0; i < ENTRIES_MAX; i++) {
		struct dirent *entry;
		enum status st;

		errno = 0;
		if ((entry = readdir(list)) == NULL)
			return errno == 0 ? OK : FILE_READ;
		st = look_at(root, dirfd(list), entry->d_name, finds);
		if (st != OK)
			return st;
	}
	return EVIDENCE_DEVICE_COUNT;
}

/* The directory that lists PCI functions, for reading. */
static enum status
open_list(int root, DIR **out)
{
	enum status st;
	int bus, dir, fd;

	/* Without bus/ this is no sysfs; without pci/ the host has none. */
	*out = NULL;
	if ((st = beneath_dir(root, BYTES_LIT("bus"), &bus)) != OK)
		return st;
	st = beneath_dir(bus, BYTES_LIT("pci/devices"), &dir);
	close(bus);
	if (st != OK)
		return st == FILE_MISSING ? OK : st;

	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dir);
	if (fd < 0)
		return errno == EACCES ? PERMISSION : FILE_READ;
	if ((*out = fdopendir(fd)) == NULL) {
		close(fd);
		return NO_MEMORY;
	}
	return OK;
}

static void
label_all(struct board *board)
{
	size_t next[PCI_KINDS] = {0};

	for (size_t i = 0; i < board->count; i++) {
		struct device *d = &board->device[i];

		snprintf(d->label, sizeof(d->label), "%s-%zu",
		    kinds[d->handle].name, next[d->handle]++);
	}
}

struct pci {
	int root;
};

static enum status
pci_survey(void *ctx, struct board *board)
{
	const struct pci *pci = ctx;
	struct finds finds = {.board = board};
	DIR *list = NULL;
	enum status st;

	board->count = 0;
	if ((st = open_list(pci->root, &list)) != OK || list == NULL)
		return st;
	st = walk(pci->root, list, &finds);
	closedir(list);
	if (st == OK)
		label_all(board);
	return st;
}

static enum status
pci_open(const char *arg, void **ctx)
{
	struct pci *pci = malloc(sizeof(*pci));
	enum status st;

	if (pci == NULL)
		return NO_MEMORY;
	st = beneath_root(arg[0] == '\0' ? "/sys" : arg, &pci->root);
	if (st != OK) {
		free(pci);
		return st;
	}
	*ctx = pci;
	return OK;
}

static void
pci_close(void *ctx)
{
	struct pci *pci = ctx;

	if (pci == NULL)
		return;
	close(pci->root);
	free(pci);
}

const struct platform platform_pci = {
    .name = "pci",
    .simulated = false,
    .open = pci_open,
    .survey = pci_survey,
    .close = pci_close,
};
