/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures that do not make a class but can contradict it: the ceiling of the
 * die, what was observed, what drivers say, and limiters.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capability.h"

enum {
	PER_MILLE_BROCHURE = 1001,  /* brochures round: 0.1 % */
	PERCENT_OBSERVED = 110,     /* clocks above the brochure's: 10 % */
	VENDOR_NVIDIA = 0x10de,
};

bool
capability_cell(const struct capability *c, enum figure f, uint64_t *out)
{
	const struct cell *cell;

	if (c->chip == NULL)
		return false;
	cell = &c->chip->figure[f];
	*out = cell->milli;
	return cell->there && level_decides(cell->level);
}

/* A cell whatever its level, if it has a value; was it a deciding one? */
static bool
any_cell(const struct capability *c, enum figure f, uint64_t *out,
    bool *decides)
{
	const struct cell *cell = &c->chip->figure[f];

	if (!cell->there || cell->level == LEVEL_UNKNOWN)
		return false;
	*out = cell->milli / MILLI;
	*decides &= level_decides(cell->level);
	return true;
}

/* How many devices of the host make one package. */
static uint64_t
functions(const struct capability *c)
{
	uint64_t n;

	return capability_cell(c, FIGURE_FUNCTIONS, &n) && n >= MILLI
	    ? n / MILLI : 1;
}

/* 2 x units x MAC x clock x bits: an upper bound for the die. */
static void
ceiling(struct capability *c, const struct sighting *s)
{
	uint64_t units, mac, bits, clock = 0, told = 0;
	bool decides = true;

	if (!any_cell(c, FIGURE_UNITS, &units, &decides) ||
	    !any_cell(c, FIGURE_MAC, &mac, &decides) ||
	    !any_cell(c, FIGURE_BITS, &bits, &decides))
		return;
	if (!any_cell(c, FIGURE_CLOCK_MAX, &clock, &decides))
		clock = 0;
	if (fact_greatest(s, FACT_CLOCK_MAX, &told) && told > clock)
		clock = told;
	if (clock == 0 || clock > 100000 || units > 100000 || mac > 1000000 ||
	    bits > 64)
		return;
	c->has_ceiling = true;
	c->ceiling_decides = decides;
	c->ceiling = units * mac * clock * 2 * bits / MILLI;
}

static void
contradict(struct capability *c, enum status code, const char *what,
    uint64_t a, const char *against, uint64_t b)
{
	char x[NUMBER_TEXT], y[NUMBER_TEXT];

	number_text(a, x);
	number_text(b, y);
	capability_find(c, code, "%s %s, %s %s", what, x, against, y);
}

/* observed <= ref <= ceiling, with what brochures and clocks leave open. */
static void
check_order(struct capability *c)
{
	struct range ref = c->about.figure[VARIABLE_TPP];
	uint64_t share = ref.high / functions(c);

	if (c->has_ceiling && c->ceiling_decides &&
	    ref.low * 1000 > c->ceiling * PER_MILLE_BROCHURE)
		contradict(c, CAPABILITY_CONTRADICTION, "TPP of the table",
		    ref.low, "the die reaches at most", c->ceiling);
	if (c->has_observed && range_known(ref) &&
	    c->observed * 100 > share * PERCENT_OBSERVED)
		contradict(c, CAPABILITY_EXCEEDED, "TPP observed, at least",
		    c->observed, "10 % above the table's", share);
}

static void
observe(struct capability *c, const struct observed *o)
{
	uint64_t dram;

	if (o == NULL)
		return;
	if (o->tpp > 0) {
		c->has_observed = true;
		c->observed = o->tpp;
	}
	if (o->copy_gbs == 0)
		return;
	c->has_observed_dram = true;
	c->observed_dram = o->copy_gbs * MILLI;
	if (capability_cell(c, FIGURE_DRAM, &dram) &&
	    c->observed_dram * 100 > dram / functions(c) * PERCENT_OBSERVED)
		contradict(c, CAPABILITY_EXCEEDED,
		    "GB/s of DRAM observed, at least", c->observed_dram,
		    "10 % above the table's", dram / functions(c));
}

/* Memory of another size or width than this product ever has. */
static void
check_memory(struct capability *c, const struct sighting *s)
{
	uint64_t told, row, clock, bus, vendor = 0;

	if (fact_greatest(s, FACT_MEMORY, &told) &&
	    capability_cell(c, FIGURE_MEMORY, &row)) {
		row = row / MILLI / functions(c);
		if ((told >> 30) > row)
			capability_find(c, CAPABILITY_CONTRADICTION,
			    "%" PRIu64 " GiB of memory, the table has %" PRIu64,
			    told >> 30, row);
	}
	if (fact_greatest(s, FACT_BUS_WIDTH, &bus) &&
	    capability_cell(c, FIGURE_BUS, &row) && bus * MILLI != row)
		contradict(c, CAPABILITY_CONTRADICTION, "memory bus of",
		    bus * MILLI, "the table has", row);

	/* Two transfers a clock: 2 x MHz x bits / 8, in GB/s. */
	fact_greatest(s, FACT_PCI_VENDOR, &vendor);
	if (vendor != VENDOR_NVIDIA ||
	    !fact_greatest(s, FACT_CLOCK_MEMORY_MAX, &clock) ||
	    !fact_greatest(s, FACT_BUS_WIDTH, &bus) || clock > 100000 ||
	    bus > 100000)
		return;
	c->has_facts_dram = true;
	c->facts_dram = clock * bus / 4;
	if (capability_cell(c, FIGURE_DRAM, &row) &&
	    c->facts_dram * 100 > row * PERCENT_OBSERVED)
		contradict(c, CAPABILITY_CONTRADICTION,
		    "GB/s of DRAM by clock and bus", c->facts_dram,
		    "10 % above the table's", row);
}

/* The most that PCIe can do here, never what it was trained to. */
static void
check_io(struct capability *c, const struct sighting *s)
{
	uint64_t speed, width, row;

	if (fact_greatest(s, FACT_LINK_SPEED_MAX, &speed) &&
	    fact_greatest(s, FACT_LINK_WIDTH_MAX, &width) &&
	    speed <= 1000000 && width <= 64) {
		c->has_facts_io = true;
		c->facts_io = speed * width / 4;
	}
	if (!fact_greatest(s, FACT_NVLINKS, &c->links_up))
		return;
	if (!capability_cell(c, FIGURE_LINKS, &row))
		return;
	if (c->links_up * MILLI > row)
		contradict(c, CAPABILITY_CONTRADICTION, "fabric links up",
		    c->links_up * MILLI, "the table has", row);
	else if (c->links_up * MILLI < row)
		capability_note(c, "%" PRIu64 " fabric links are up of "
		    "%" PRIu64 ": the bandwidth is that of all",
		    c->links_up, row / MILLI);
}

/* More compute units than the chip has; fewer may be a part of it. */
static void
check_units(struct capability *c, const struct sighting *s)
{
	uint64_t told, row;

	if (!fact_greatest(s, FACT_SM_COUNT, &told) &&
	    !fact_greatest(s, FACT_CU_COUNT, &told))
		return;
	if (!capability_cell(c, FIGURE_UNITS, &row))
		return;
	row = row / MILLI / functions(c);
	if (told > row)
		contradict(c, CAPABILITY_CONTRADICTION, "compute units seen",
		    told * MILLI, "the table has", row * MILLI);
	else if (told < row)
		capability_note(c, "%" PRIu64 " compute units were seen of "
		    "%" PRIu64 ": the figures are those of all", told, row);
}

static const struct mark *
limiter_mark(const struct capability *c, enum mark_kind kind)
{
	return chip_mark(tables_chips(c->tables), c->chip, kind, 0);
}

static bool
text_fact(const struct sighting *s, uint64_t key, struct bytes *out)
{
	struct fact_scan scan = fact_scan_of(s, key);
	struct fact f;

	if (!fact_scan_next(&scan, &f) || f.type != CBOR_TSTR)
		return false;
	*out = f.text;
	return true;
}

/* "0x0036081a" and nothing else. */
static bool
hex_number(struct bytes t, uint64_t *out)
{
	uint8_t b[8];
	ptrdiff_t n;

	if (t.n < 4 || t.p[0] != '0' || (t.p[1] != 'x' && t.p[1] != 'X'))
		return false;
	n = bytes_from_hex((const char *)t.p + 2, t.n - 2, b, sizeof(b));
	*out = 0;
	for (ptrdiff_t i = 0; i < n; i++)
		*out = *out << 8 | b[i];
	return n > 0;
}

/* Firmware old enough to know no limiter ignores the switch. */
static bool
firmware_knows(const struct capability *c, const struct sighting *s)
{
	const struct mark *least = limiter_mark(c, MARK_LIMITER_FIRMWARE);
	struct bytes told;
	uint64_t want, have;

	if (least == NULL)
		return true;
	return hex_number(least->cell.text, &want) &&
	    text_fact(s, FACT_SOS, &told) && hex_number(told, &have) &&
	    have >= want;
}

static enum limiter
limiter_of(struct capability *c, const struct sighting *s)
{
	const struct mark *formats = limiter_mark(c, MARK_LIMITER_FORMATS);
	struct bytes state, set;

	if (c->rung == RUNG_NAMED) {
		capability_note(c, "the peak TOPS limiter is taken to be on");
		return LIMITER_ASSUMED;
	}
	if (c->partition || !firmware_knows(c, s) ||
	    !text_fact(s, FACT_PTL, &state)) {
		capability_find(c, LIMITER_UNKNOWN, "%s",
		    c->partition
			? "a virtual function cannot tell"
			: !firmware_knows(c, s)
			? "the PSP firmware is too old for a limiter, or unseen"
			: "the driver shows no limiter");
		return LIMITER_UNSEEN;
	}
	if (!bytes_eq(state, BYTES_LIT("enabled"))) {
		capability_find(c, LIMITER_CHANGED,
		    "ptl_enable is '%.*s'; the class of this chip needs it "
		    "enabled", (int)(state.n > 40 ? 40 : state.n),
		    (const char *)state.p);
		return LIMITER_OFF;
	}
	if (formats == NULL)
		return LIMITER_ON;
	if (text_fact(s, FACT_PTL_FORMATS, &set) &&
	    bytes_eq(set, formats->cell.text))
		return LIMITER_ON;
	capability_find(c, LIMITER_CHANGED,
	    "ptl_format is not the '%.*s' of the table",
	    (int)formats->cell.text.n, (const char *)formats->cell.text.p);
	return LIMITER_OFF;
}

void
capability_measure(struct capability *c, const struct sighting *s)
{
	struct range *tpp = &c->about.figure[VARIABLE_TPP];

	/* Without the limiter the chip may do anything from there on. */
	if (limiter_mark(c, MARK_LIMITER) != NULL) {
		c->limiter = limiter_of(c, s);
		if (c->limiter == LIMITER_OFF || c->limiter == LIMITER_UNSEEN)
			tpp->high = FIGURE_TOP;
	}
	ceiling(c, s);
	observe(c, s->observed);
	check_order(c);
	check_memory(c, s);
	check_io(c, s);
	check_units(c, s);
}
