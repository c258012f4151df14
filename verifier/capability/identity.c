/* SPDX-License-Identifier: Apache-2.0 */
/* Which chip it is, by whose word, and who disagrees. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "capability.h"

struct fact_scan
fact_scan_of(const struct sighting *s, uint64_t key)
{
	struct fact_scan scan = {.key = key};

	scan.open = s->facts.n > 0 && facts_open(s->facts, &scan.cursor) == OK;
	return scan;
}

bool
fact_scan_next(struct fact_scan *scan, struct fact *out)
{
	while (scan->open && facts_next(&scan->cursor, out))
		if (out->key == scan->key)
			return true;
	return false;
}

bool
fact_greatest(const struct sighting *s, uint64_t key, uint64_t *out)
{
	struct fact_scan scan = fact_scan_of(s, key);
	struct fact f;
	bool any = false;

	while (fact_scan_next(&scan, &f)) {
		if (f.type != CBOR_UINT || (any && f.number <= *out))
			continue;
		*out = f.number;
		any = true;
	}
	return any;
}

/* The number that SOURCE gave for KEY. */
static bool
fact_from(const struct sighting *s, uint64_t key, uint64_t source,
    uint64_t *out)
{
	struct fact_scan scan = fact_scan_of(s, key);
	struct fact f;

	while (fact_scan_next(&scan, &f))
		if (f.source == source && f.type == CBOR_UINT) {
			*out = f.number;
			return true;
		}
	return false;
}

/* "10de:2330", as the table has it. */
static void
pci_text(uint64_t vendor, uint64_t device, char out[24])
{
	snprintf(out, 24, "%04" PRIx64 ":%04" PRIx64, vendor & 0xffff,
	    device & 0xffff);
}

/* The row for a PCI identifier, of a device or of a part of one. */
static const struct chip *
by_pci(const struct capability *c, const char *id, bool *virtual)
{
	const struct chips *set = tables_chips(c->tables);
	const struct mark *m;
	const struct chip *chip =
	    chips_find(set, MARK_PCI, bytes_str(id), &m);

	*virtual = false;
	if (chip == NULL) {
		chip = chips_find(set, MARK_VF, bytes_str(id), &m);
		*virtual = chip != NULL;
	}
	return chip != NULL && level_decides(m->cell.level) ? chip : NULL;
}

static const char *
row_name(const struct chip *chip, char out[64])
{
	if (chip == NULL)
		return "no chip of the table";
	snprintf(out, 64, "%.*s", (int)(chip->name.n > 63 ? 63 : chip->name.n),
	    (const char *)chip->name.p);
	return out;
}

/*
 * Identifiers as every source tells them.  All must lead to one row; without
 * a row so far they give it, unless they disagree.
 */
static void
compare_pci(struct capability *c, const struct sighting *s)
{
	struct fact_scan scan = fact_scan_of(s, FACT_PCI_DEVICE);
	const struct chip *chip = c->chip, *told;
	bool signed_row = chip != NULL, first = true, virtual;
	char id[24], a[64], b[64];
	uint64_t vendor;
	struct fact f;

	while (fact_scan_next(&scan, &f)) {
		if (f.type != CBOR_UINT ||
		    !fact_from(s, FACT_PCI_VENDOR, f.source, &vendor))
			continue;
		pci_text(vendor, f.number, id);
		told = by_pci(c, id, &virtual);
		c->partition |= virtual;
		if (signed_row && told == NULL) {
			capability_note(c, "PCI identifier %s (%s) is not in "
			    "the table", id, source_name(f.source) != NULL
				? source_name(f.source) : "?");
		} else if (!first || signed_row) {
			if (told != chip) {
				capability_find(c, IDENTITY_MISMATCH,
				    "%s says %s, PCI identifier %s (%s) is %s",
				    c->evidence, row_name(chip, a), id,
				    source_name(f.source) != NULL
					? source_name(f.source) : "?",
				    row_name(told, b));
				c->chip = signed_row ? chip : NULL;
			}
		} else {
			first = false;
			chip = c->chip = told;
			snprintf(c->evidence, sizeof(c->evidence),
			    "PCI identifier %s", id);
		}
	}
}

/* The driver's name for a product may belong to another row. */
static void
compare_product(struct capability *c, const struct sighting *s)
{
	struct fact_scan scan = fact_scan_of(s, FACT_PRODUCT);
	char a[64], b[64];
	struct fact f;

	while (fact_scan_next(&scan, &f)) {
		const struct mark *m;
		const struct chip *told = chips_find(
		    tables_chips(c->tables), MARK_PRODUCT, f.text, &m);

		if (told == NULL || told == c->chip || c->chip == NULL ||
		    !level_decides(m->cell.level))
			continue;
		capability_find(c, IDENTITY_MISMATCH,
		    "%s says %s, the name '%.*s' is that of %s", c->evidence,
		    row_name(c->chip, a), (int)(f.text.n > 60 ? 60 : f.text.n),
		    (const char *)f.text.p, row_name(told, b));
		if (c->rung != RUNG_SIGNED)
			c->chip = NULL;
	}
}

/* Where a row has marks of KIND, TEXT must be, or begin with, one of them. */
static bool
fits(const struct capability *c, enum mark_kind kind, struct bytes text,
    bool beginning)
{
	const struct mark *m;
	bool any = false;

	for (size_t i = 0; (m = chip_mark(tables_chips(c->tables), c->chip,
				kind, i)) != NULL;
	     i++) {
		struct bytes want = m->cell.text;

		if (!level_decides(m->cell.level))
			continue;
		any = true;
		if (text.n < want.n || (!beginning && text.n != want.n))
			continue;
		if (text_alike(bytes_sub(text, 0, want.n), want))
			return true;
	}
	return !any;
}

/* Firmware and board of another product: a card that was cross-flashed. */
static void
compare_board(struct capability *c, const struct sighting *s)
{
	struct fact_scan scan = fact_scan_of(s, FACT_VBIOS);
	char id[24], a[64];
	uint64_t vendor;
	struct fact f;

	while (c->chip != NULL && fact_scan_next(&scan, &f))
		if (!fits(c, MARK_VBIOS, f.text, true))
			capability_find(c, IDENTITY_MISMATCH,
			    "%s says %s, whose VBIOS is never %.*s",
			    c->evidence, row_name(c->chip, a),
			    (int)(f.text.n > 60 ? 60 : f.text.n),
			    (const char *)f.text.p);
	scan = fact_scan_of(s, FACT_PCI_SUBDEVICE);
	while (c->chip != NULL && fact_scan_next(&scan, &f)) {
		if (!fact_from(s, FACT_PCI_SUBVENDOR, f.source, &vendor))
			continue;
		pci_text(vendor, f.number, id);
		if (!fits(c, MARK_SUBSYSTEM, bytes_str(id), false))
			capability_find(c, IDENTITY_MISMATCH,
			    "%s says %s, which never stands on a board %s",
			    c->evidence, row_name(c->chip, a), id);
	}
	if (c->rung != RUNG_SIGNED && c->findings > 0)
		c->chip = NULL;
}

/* Words for a part of a device, when it says that it is one. */
static bool
says_partition(const struct sighting *s)
{
	static const struct {
		enum fact_key key;
		const char *whole[3]; /* what a whole device says */
	} rows[] = {
	    {FACT_MIG, {"disabled", "disabled until reset", NULL}},
	    {FACT_VIRTUALIZATION, {"none", "pass-through", "host vGPU"}},
	    {FACT_COMPUTE_PARTITION, {"SPX", NULL, NULL}},
	};
	struct fact f;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fact_scan scan = fact_scan_of(s, rows[i].key);

		while (fact_scan_next(&scan, &f)) {
			bool whole = false;

			for (size_t k = 0; k < 3 && rows[i].whole[k]; k++)
				whole |= bytes_eq(
				    f.text, bytes_str(rows[i].whole[k]));
			if (!whole)
				return true;
		}
	}
	return false;
}

static void
by_sku(struct capability *c, const struct sighting *s)
{
	const struct mark *m;

	c->chip = chips_find(
	    tables_chips(c->tables), MARK_SKU, bytes_str(s->sku), &m);
	if (c->chip != NULL && !level_decides(m->cell.level))
		c->chip = NULL;
	c->rung = RUNG_SIGNED;
	c->basis = s->endorsed ? 3 : 2;
	snprintf(c->evidence, sizeof(c->evidence), "signed SKU %s", s->sku);
	if (s->unique != NULL)
		snprintf(c->unique, sizeof(c->unique), "%s", s->unique);
	if (c->chip == NULL)
		capability_find(c, CLASS_UNKNOWN,
		    "the signed SKU %s is not in the table of chips", s->sku);
}

static enum status
by_name(struct capability *c, const struct sighting *s)
{
	char near[256];
	enum status st = chips_named(tables_chips(c->tables), s->named,
	    &c->chip, near, sizeof(near));

	c->rung = RUNG_NAMED;
	if (st != OK)
		capability_find(c, st, "%.*s%s%s",
		    (int)(s->named.n > 60 ? 60 : s->named.n),
		    (const char *)s->named.p, near[0] != '\0' ? ": " : "",
		    near);
	return st;
}

enum status
capability_identify(struct capability *c, const struct sighting *s)
{
	c->rung = RUNG_NONE;
	if (s->named.n > 0)
		return by_name(c, s);

	/* Evidence that failed makes nothing that goes with it better. */
	if (s->failed) {
		capability_find(c, CLASS_UNKNOWN,
		    "the device's own evidence did not verify");
		return OK;
	}
	if (s->sku != NULL) {
		by_sku(c, s);
		if (c->chip == NULL)
			return OK;
	}
	compare_pci(c, s);
	if (c->rung == RUNG_NONE && c->evidence[0] != '\0') {
		c->rung = RUNG_PCI;
		c->basis = s->quoted ? 1 : 0;
		if (c->chip == NULL && c->findings == 0)
			capability_find(c, CLASS_UNKNOWN,
			    "%s is not in the table of chips", c->evidence);
	}
	compare_product(c, s);
	compare_board(c, s);
	if (c->rung == RUNG_NONE)
		capability_find(c, CLASS_UNKNOWN,
		    "nothing tells which chip this is");
	c->partition |= says_partition(s);
	if (c->partition)
		capability_note(c, "a part of a device was seen; the figures "
				   "and the class are those of the whole");
	return OK;
}
