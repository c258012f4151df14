/* SPDX-License-Identifier: Apache-2.0 */
/* The table of chips: who they are and what is known of their figures. */
#ifndef ASSAY_CHIPS_H
#define ASSAY_CHIPS_H

#include "table.h"

/*
 * Figures of one package.
 *
 *	FIGURE(constant, name in the table, for a person, unit)
 */
#define FIGURES(FIGURE)                                                        \
	FIGURE(FIGURE_TPP, "tpp", "TPP", "")                                   \
	FIGURE(FIGURE_TPP_LEAST, "tpp-least", "TPP, at least", "")             \
	FIGURE(FIGURE_AREA, "area", "die area", "mm2")                         \
	FIGURE(FIGURE_DRAM, "dram", "DRAM bandwidth", "GB/s")                  \
	FIGURE(FIGURE_FABRIC, "fabric", "fabric bandwidth", "GB/s")            \
	FIGURE(FIGURE_PCIE, "pcie", "PCIe bandwidth", "GB/s")                  \
	FIGURE(FIGURE_MEMORY, "memory", "memory", "GB")                        \
	FIGURE(FIGURE_BUS, "bus", "memory bus", "bit")                         \
	FIGURE(FIGURE_UNITS, "units", "compute units", "")                     \
	FIGURE(FIGURE_MAC, "mac", "MAC per clock and unit", "")                \
	FIGURE(FIGURE_BITS, "bits", "bit length", "bit")                       \
	FIGURE(FIGURE_CLOCK, "clock", "brochure clock", "MHz")                 \
	FIGURE(FIGURE_CLOCK_MAX, "clock-max", "maximum clock", "MHz")          \
	FIGURE(FIGURE_LINKS, "links", "fabric links", "")                      \
	FIGURE(FIGURE_FUNCTIONS, "functions", "devices per package", "")       \
	FIGURE(FIGURE_DC, "dc", "data-centre marketing", "")                   \
	FIGURE(FIGURE_MM, "mm", "mass-market encryption", "")                  \
	FIGURE(FIGURE_MBD, "mbd", "memory bandwidth density", "GB/s/mm2")      \
	FIGURE(FIGURE_TX, "tx", "transistors", "")

enum figure {
#define FIGURE(constant, name, words, unit) constant,
	FIGURES(FIGURE)
#undef FIGURE
	FIGURE_COUNT
};

const char *figure_name(enum figure f);
const char *figure_words(enum figure f);
const char *figure_unit(enum figure f);

/*
 * What a row is recognised by, or must look like; many of a kind per row.
 *
 *	MARK(constant, name in the table)
 */
#define MARKS(MARK)                                                            \
	MARK(MARK_SKU, "sku")         /* PROJECT_PROJECTSKU_CHIPSKU */         \
	MARK(MARK_PCI, "pci")         /* vendor:device, hexadecimal */         \
	MARK(MARK_VF, "vf")           /* the same, of a virtual function */    \
	MARK(MARK_PRODUCT, "product") /* name as the driver tells it */        \
	MARK(MARK_VBIOS, "vbios")     /* how its versions begin */             \
	MARK(MARK_SUBSYSTEM, "subsystem") /* vendor:device */                  \
	MARK(MARK_LIMITER, "limiter") /* "ptl": class needs it switched on */  \
	MARK(MARK_LIMITER_FORMATS, "limiter-formats")                          \
	MARK(MARK_LIMITER_FIRMWARE, "limiter-firmware") /* least, 0x digits */

enum mark_kind {
#define MARK(constant, name) constant,
	MARKS(MARK)
#undef MARK
	MARK_KIND_COUNT
};

struct mark {
	enum mark_kind kind;
	struct cell cell;
};

struct chip {
	struct bytes id, vendor, name, die;
	struct cell figure[FIGURE_COUNT];
	size_t mark_first, mark_count; /* in the table's list */
};

enum { CHIPS_MAX = 192, MARKS_MAX = 1024 };

struct chips {
	struct table table;
	struct chip chip[CHIPS_MAX];
	size_t count;
	struct mark mark[MARKS_MAX];
	size_t mark_count;
};

/*
 * Read a table of chips; it points into TEXT.  TABLE_MALFORMED,
 * TABLE_FORMAT_UNKNOWN, with the line in DETAIL.  No two rows have the same
 * id, name, SKU or PCI identifier.
 */
enum status chips_read(
    struct chips *set, struct bytes text, char detail[TABLE_DETAIL]);

/*
 * The row with a mark of this kind that equals VALUE, case aside; NULL when
 * there is none.
 */
const struct chip *chips_find(const struct chips *set, enum mark_kind kind,
    struct bytes value, const struct mark **mark);

/* Number I of this row's marks of this kind, or NULL. */
const struct mark *chip_mark(const struct chips *set, const struct chip *chip,
    enum mark_kind kind, size_t i);

/*
 * The row a person means: its id; its name; its name without words in front
 * ("MI300X"); the beginning of just one name, whole words first.
 * CHIP_UNKNOWN, CHIP_AMBIGUOUS: names that come near are in DETAIL.
 */
enum status chips_named(const struct chips *set, struct bytes name,
    const struct chip **out, char *detail, size_t cap);

/* Texts are equal but for the case of letters. */
bool text_alike(struct bytes a, struct bytes b);

#endif
