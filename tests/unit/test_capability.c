/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classes: the boundaries of the rules, every chip of the table, and
 * adversaries, whose tests bear their numbers (T02 to T27).
 */
#include "chip_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

#define TODAY "2026-11-26"
#define HEAD                                                                   \
	"table,1,chips,chips,1,2026-01-01,2030-01-01\n"                        \
	"source,s,a test\n"

static struct tables *shipped;

/*
 * One vector: figures as text ("" unknown), dc, the day, and the class, or
 * the rule that must be answered so.
 */
static const struct vector {
	const char *tpp, *area, *dram, *io, *dc, *day, *class, *rule;
	enum answer want;
} vectors[] = {
#define AT "2024-01-01"
    {"4800", "814", "", "", "yes", AT, "3A090.a.1", NULL, 0},
    {"4799", "814", "", "", "yes", AT, "3A090.b.1", NULL, 0},
    {"4799", "810.6", "", "", "yes", AT, "3A090.a.2", NULL, 0},
    {"2400", "1500", "", "", "yes", AT, "3A090.b.1", NULL, 0},
    {"2399", "814", "", "", "yes", AT, "none", NULL, 0},
    {"1600", "500", "", "", "yes", AT, "3A090.b.2", NULL, 0},
    {"1600", "500.1", "", "", "yes", AT, "none", NULL, 0},
    {"1599", "200", "", "", "yes", AT, "none", NULL, 0},
    {"2640", "826", "", "", "yes", AT, "3A090.b.1", NULL, 0},
    {"2640", "826", "", "", "yes", AT, NULL, "US-3A090-B2", ANSWER_NO},
    {"4707", "608.5", "", "", "no", AT, "none (Note 2: non-DC & TPP<4800)",
	NULL, 0},
    {"4707", "608.5", "", "", "yes", AT, "3A090.a.2", NULL, 0},
    {"2400", "1500.1", "", "", "yes", AT, "none", NULL, 0},
    {"4799", "", "", "", "yes", AT, "UNKNOWN", NULL, 0},
    {"1599", "", "", "", "yes", AT, "none", NULL, 0},
    {"4800", "", "", "", "yes", AT, "3A090.a.1", NULL, 0},
    {"4800", "", "", "", "no", AT, "3A090.a.1 (non-DC: NAC/ACA)", NULL, 0},
    {"4800", "814", "", "", "", AT, "UNKNOWN", NULL, 0},
    {"", "814", "", "", "yes", AT, "UNKNOWN", NULL, 0},
#undef AT
#define LETTER "US-ISINFORMED-2025-04"
    {"", "", "1399", "300", "", TODAY, NULL, LETTER, ANSWER_NO},
    {"", "", "1400", "0", "", TODAY, NULL, LETTER, ANSWER_YES},
    {"", "", "700", "1100", "", TODAY, NULL, LETTER, ANSWER_YES},
    {"", "", "1000", "700", "", TODAY, NULL, LETTER, ANSWER_YES},
    {"", "", "1000", "699", "", TODAY, NULL, LETTER, ANSWER_NO},
    {"", "", "", "1100", "", TODAY, NULL, LETTER, ANSWER_YES},
    {"", "", "", "64", "", TODAY, NULL, LETTER, ANSWER_UNKNOWN},
#undef LETTER
#define CASE "US-CN-CBC-2026"
#define DENIAL "US-CN-POD-2026"
    {"20999", "", "6499", "", "yes", TODAY, NULL, CASE, ANSWER_YES},
    {"20999", "", "6499", "", "yes", TODAY, NULL, DENIAL, ANSWER_NO},
    {"21000", "", "6499", "", "yes", TODAY, NULL, CASE, ANSWER_NO},
    {"21000", "", "6499", "", "yes", TODAY, NULL, DENIAL, ANSWER_YES},
    {"20999", "", "6500", "", "yes", TODAY, NULL, DENIAL, ANSWER_YES},
    {"2368", "814", "4000", "", "yes", TODAY, NULL, CASE, ANSWER_NO},
#undef CASE
#undef DENIAL
};

static void
put_figure(char *text, const char *name, const char *value)
{
	size_t n = strlen(text);

	if (value[0] != '\0')
		snprintf(text + n, 1024 - n, "%s,%s,primary,s\n", name, value);
}

static void
test_boundaries(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct vector *v = &vectors[i];
		char text[1024] = HEAD "chip,x,Maker,X,die\n";
		const struct capability *c;
		struct tables *t;

		put_figure(text, "tpp", v->tpp);
		put_figure(text, "area", v->area);
		put_figure(text, "dram", v->dram);
		put_figure(text, "fabric", v->io);
		put_figure(text, "pcie", v->io[0] != '\0' ? "0" : "");
		put_figure(text, "dc", v->dc);
		print_message("vector %zu\n", i);
		t = kit_tables(text);
		c = kit_name(t, "X", v->day);
		if (v->class != NULL)
			assert_string_equal(kit_class(c), v->class);
		if (v->rule != NULL)
			assert_int_equal(kit_holds(c, v->rule), v->want);
		tables_free(t);
	}
}

/* What must come out for chips that people ask for, on which day. */
static const struct known {
	const char *name, *day, *class;
	enum answer letter, case_by_case, denial;
} knowns[] = {
    {"H100 SXM5 80GB", TODAY, "3A090.a.1", 1, 1, 0},
    {"H100 SXM5 80GB", "2022-10-20", "none", 1, 1, 0},
    {"H100 SXM5 80GB", "2022-10-21", "3A090(2022)", 1, 1, 0},
    {"H100 SXM5 80GB", "2023-11-16", "3A090(2022)", 1, 1, 0},
    {"H100 SXM5 80GB", "2023-11-17", "3A090.a.1", 1, 1, 0},
    {"H800 SXM", "2023-11-16", "none", 1, 1, 0},
    {"H800 SXM", "2023-11-17", "3A090.a.1", 1, 1, 0},
    {"H20 96GB", TODAY, "none", 1, 0, 0},
    {"H20 96GB", "2023-01-01", "none", 1, 0, 0},
    {"L4", TODAY, "3A090.a.2", 0, 1, 0},
    {"L20", TODAY, "none", 0, 0, 0},
    {"L40", TODAY, "3A090.b.1", 0, 0, 0},
    {"GeForce RTX 4090", TODAY, "3A090.a.1 (non-DC: NAC/ACA)", 0, 0, 0},
    {"GeForce RTX 5090 D", TODAY, "none (Note 2: non-DC & TPP<4800)", 1, 0, 0},
    {"GeForce RTX 5090 D V2", TODAY, "none (Note 2: non-DC & TPP<4800)", 0, 0,
	0},
    {"B200 (HGX)", TODAY, "3A090.a.1", 1, 0, 1},
    {"Instinct MI300X", TODAY, "3A090.a.1", 1, 1, 0},
    {"Instinct MI355X", TODAY, "3A090.a.1", 1, 0, 1},
    {"Instinct MI308X", TODAY, "UNKNOWN", ANSWER_UNKNOWN, ANSWER_UNKNOWN,
	ANSWER_UNKNOWN},
    {"A30", TODAY, "UNKNOWN", ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN},
};

static void
test_known_chips(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(knowns); i++) {
		const struct known *k = &knowns[i];
		const struct capability *c = kit_name(shipped, k->name, k->day);

		print_message("%s on %s\n", k->name, k->day);
		assert_string_equal(kit_class(c), k->class);
		assert_int_equal(
		    kit_holds(c, "US-ISINFORMED-2025-04"), k->letter);
		assert_int_equal(
		    kit_holds(c, "US-CN-CBC-2026"), k->case_by_case);
		assert_int_equal(kit_holds(c, "US-CN-POD-2026"), k->denial);
	}
}

/* Rules come into force and go; a text that stays may not be enforced. */
static void
test_vintages(void **state)
{
	static const struct {
		const char *rule, *day;
		bool in_force;
		const char *text;
	} rows[] = {
	    {"US-ISINFORMED-2025-04", "2025-04-08", false, "not published"},
	    {"US-ISINFORMED-2025-04", "2025-04-09", true, "not published"},
	    {"US-CN-CBC-2026", "2026-01-14", false, "not yet in the text"},
	    {"US-CN-CBC-2026", "2026-01-15", true, "in the text"},
	    {"US-AIDIFF-2025", "2025-05-13", true, "in the text"},
	    {"US-AIDIFF-2025", "2025-05-14", false, "in the text"},
	    {"US-AIDIFF-2025", "2026-07-23", false, "in the text"},
	    {"US-3A090-2022", "2024-01-01", false, "no longer in the text"},
	    {"BILL-GAIN", "2026-07-23", false, "a bill, not law"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct capability *c =
		    kit_name(shipped, "H20 96GB", rows[i].day);
		size_t k = 0;

		print_message("%s on %s\n", rows[i].rule, rows[i].day);
		while (!bytes_eq(c->ruling[k].rule->id,
			   bytes_str(rows[i].rule)))
			assert_true(++k < c->rulings);
		assert_int_equal(c->ruling[k].in_force, rows[i].in_force);
		assert_string_equal(
		    rule_text_state(c->ruling[k].rule, c->time), rows[i].text);
	}
}

/* A PCI identifier that another chip's driver contradicts. */
static void
t02_pci_spoof(void **state)
{
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 0x2329);
	kit_text(&k, FACT_PRODUCT, "NVIDIA H100 80GB HBM3");
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, IDENTITY_MISMATCH));
	assert_string_equal(kit_class(c), "UNKNOWN");

	/* Two sources, two identifiers. */
	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 0x2329);
	kit_number(&k, FACT_PCI_VENDOR, SOURCE_DRIVER, 0x10de);
	kit_number(&k, FACT_PCI_DEVICE, SOURCE_DRIVER, 0x2330);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, IDENTITY_MISMATCH));
	assert_string_equal(kit_class(c), "UNKNOWN");

	/* The certificate knows better. */
	memset(&k, 0, sizeof(k));
	k.s.sku = "G520_0200_885";
	kit_pci(&k, 0x10de, 0x2329);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, IDENTITY_MISMATCH));
	assert_string_equal(kit_class(c), "3A090.a.1");
	assert_int_equal(c->basis, 2);
}

/* A virtual function, or a slice, has the class of the whole. */
static void
t03_part_of_a_device(void **state)
{
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x1002, 0x74b5);
	kit_number(&k, FACT_CU_COUNT, SOURCE_KFD, 38);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(c->partition);
	assert_string_equal(kit_class(c), "3A090.a.1");

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 0x2330);
	kit_text(&k, FACT_MIG, "enabled");
	kit_number(&k, FACT_SM_COUNT, SOURCE_DRIVER, 16);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(c->partition);
	assert_string_equal(kit_class(c), "3A090.a.1");
	assert_int_equal(c->findings, 0);
}

/* The driver's maximum clock makes a ceiling and never a class. */
static void
t07_clock_trap(void **state)
{
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 0x2329);
	kit_number(&k, FACT_CLOCK_MAX, SOURCE_DRIVER, 1980);
	c = kit_judge(shipped, &k, TODAY);
	assert_string_equal(kit_class(c), "none");
	assert_int_equal(c->ceiling / MILLI, 2530);
	assert_int_equal(c->about.figure[VARIABLE_TPP].high, 2368 * MILLI);
	assert_int_equal(c->findings, 0);
	assert_int_equal(kit_holds(c, "US-3A090-B1"), ANSWER_NO);

	kit_number(&k, FACT_CLOCK_MAX, SOURCE_SYSFS, 90000);
	c = kit_judge(shipped, &k, TODAY);
	assert_string_equal(kit_class(c), "none");
}

#define TWINS                                                                  \
	HEAD                                                                   \
	"chip,big,Maker,Big,die\nsku,A_1_1,primary,s\npci,10de:0001,primary,s" \
	"\nvbios,98.01.,primary,s\nsubsystem,10de:1111,primary,s\n"            \
	"tpp,6704,primary,s\narea,750,primary,s\ndram,1792,primary,s\n"        \
	"fabric,0,primary,s\npcie,128,primary,s\nunits,170,primary,s\n"        \
	"dc,no,assumed,s\n"                                                    \
	"chip,small,Maker,Small,die\nsku,A_1_2,primary,s\npci,10de:0002,"      \
	"primary,s\nvbios,98.02.,primary,s\nsubsystem,10de:2222,primary,s\n"   \
	"tpp,4750,primary,s\narea,750,primary,s\ndram,1792,primary,s\n"        \
	"fabric,0,primary,s\npcie,128,primary,s\nunits,170,primary,s\n"        \
	"dc,no,assumed,s\n"

/* Same units, same clock: the table decides, and the certificate over ids. */
static void
t08_twins(void **state)
{
	struct tables *t = kit_tables(TWINS);
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 2);
	c = kit_judge(t, &k, TODAY);
	assert_string_equal(
	    kit_class(c), "none (Note 2: non-DC & TPP<4800)");
	assert_int_equal(c->findings, 0);

	k.s.sku = "A_1_1";
	c = kit_judge(t, &k, TODAY);
	assert_true(kit_found(c, IDENTITY_MISMATCH));
	assert_string_equal(kit_class(c), "3A090.a.1 (non-DC: NAC/ACA)");
	tables_free(t);
}

/* What is signed and unknown is unknown, whatever PCI says. */
static void
t12_unlisted(void **state)
{
	struct kit_sighting k = {.s.sku = "9999_0000_000"};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 0x2329);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CLASS_UNKNOWN));
	assert_string_equal(kit_class(c), "UNKNOWN");

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0xfffe, 1);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CLASS_UNKNOWN));
	assert_string_equal(kit_class(c), "UNKNOWN");

	memset(&k, 0, sizeof(k));
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CLASS_UNKNOWN));
	assert_int_equal(c->basis, 0);
}

/* Firmware or a board of another product. */
static void
t13_cross_flash(void **state)
{
	struct tables *t = kit_tables(TWINS);
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 2);
	kit_text(&k, FACT_VBIOS, "98.02.81.00.01");
	kit_number(&k, FACT_PCI_SUBVENDOR, SOURCE_SYSFS, 0x10de);
	kit_number(&k, FACT_PCI_SUBDEVICE, SOURCE_SYSFS, 0x2222);
	c = kit_judge(t, &k, TODAY);
	assert_int_equal(c->findings, 0);

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 2);
	kit_text(&k, FACT_VBIOS, "98.01.81.00.01");
	c = kit_judge(t, &k, TODAY);
	assert_true(kit_found(c, IDENTITY_MISMATCH));
	assert_string_equal(kit_class(c), "UNKNOWN");

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 2);
	kit_number(&k, FACT_PCI_SUBVENDOR, SOURCE_SYSFS, 0x10de);
	kit_number(&k, FACT_PCI_SUBDEVICE, SOURCE_SYSFS, 0x1111);
	c = kit_judge(t, &k, TODAY);
	assert_true(kit_found(c, IDENTITY_MISMATCH));
	tables_free(t);
}

#define LIMITED                                                                \
	HEAD                                                                   \
	"chip,lim,AMD,Limited,die\npci,1002:74a2,primary,s\n"                  \
	"vf,1002:74b6,primary,s\nlimiter,ptl,primary,s\n"                      \
	"limiter-formats,\"I8,F32\",primary,s\n"                               \
	"limiter-firmware,0x0036081a,primary,s\n"                              \
	"tpp,1500,primary,s\narea,2400,primary,s\ndram,1000,primary,s\n"       \
	"fabric,0,primary,s\npcie,64,primary,s\ndc,yes,assumed,s\n"

static const struct capability *
limited(uint64_t id, const char *state, const char *formats, const char *sos)
{
	static struct tables *t;
	struct kit_sighting k = {0};

	if (t == NULL)
		t = kit_tables(LIMITED);
	kit_pci(&k, 0x1002, id);
	if (state != NULL)
		kit_text(&k, FACT_PTL, state);
	if (formats != NULL)
		kit_text(&k, FACT_PTL_FORMATS, formats);
	if (sos != NULL)
		kit_text(&k, FACT_SOS, sos);
	return kit_judge(t, &k, TODAY);
}

static void
t14_limiter_switched(void **state)
{
	const struct capability *c;

	(void)state;
	c = limited(0x74a2, "enabled", "I8,F32", "0x0036081a");
	assert_int_equal(c->findings, 0);
	assert_string_equal(kit_class(c), "none");

	c = limited(0x74a2, "disabled", "I8,F32", "0x0036081a");
	assert_true(kit_found(c, LIMITER_CHANGED));
	assert_string_equal(kit_class(c), "UNKNOWN");

	c = limited(0x74a2, "enabled", "F16,BF16", "0x0036081a");
	assert_true(kit_found(c, LIMITER_CHANGED));
	assert_string_equal(kit_class(c), "UNKNOWN");
}

static void
t15_limiter_in_a_vf(void **state)
{
	static const char *const said[] = {"disabled", "0", "enabled", NULL};

	(void)state;
	for (size_t i = 0; i < COUNT(said); i++) {
		const struct capability *c =
		    limited(0x74b6, said[i], "I8,F32", "0x0036081a");

		assert_true(kit_found(c, LIMITER_UNKNOWN));
		assert_false(kit_found(c, LIMITER_CHANGED));
		assert_string_equal(kit_class(c), "UNKNOWN");
	}
}

static void
t16_limiter_firmware(void **state)
{
	static const char *const bad[] = {
	    "0x00360819", NULL, "new", "0x", "36081a"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct capability *c =
		    limited(0x74a2, "enabled", "I8,F32", bad[i]);

		assert_true(kit_found(c, LIMITER_UNKNOWN));
		assert_string_equal(kit_class(c), "UNKNOWN");
	}
	assert_int_equal(
	    limited(0x74a2, "enabled", "I8,F32", "0x00370000")->findings, 0);
}

static const struct capability *
observed(unsigned bits, uint64_t tops_milli, uint64_t copy)
{
	static struct observed o;
	struct kit_sighting k = {0};

	o = (struct observed){.tpp = tops_milli * bits, .copy_gbs = copy};
	k.s.observed = &o;
	kit_pci(&k, 0x10de, 0x2329);
	return kit_judge(shipped, &k, TODAY);
}

static void
t18_unlocked(void **state)
{
	const struct capability *c = observed(8, 900000, 0);

	(void)state;
	assert_true(kit_found(c, CAPABILITY_EXCEEDED));
	assert_int_equal(c->observed, 7200 * MILLI);

	/* Ten per cent above the brochure is a clock, not an unlock. */
	c = observed(8, 325600, 0);
	assert_false(kit_found(c, CAPABILITY_EXCEEDED));
	c = observed(8, 325601, 0);
	assert_true(kit_found(c, CAPABILITY_EXCEEDED));
	c = observed(16, 0, 4401);
	assert_true(kit_found(c, CAPABILITY_EXCEEDED));
	c = observed(16, 0, 4400);
	assert_int_equal(c->findings, 0);
}

static void
t19_throttled(void **state)
{
	const struct capability *c;
	struct observed slow = {.tpp = 8, .copy_gbs = 1};
	struct kit_sighting k = {.s.observed = &slow};

	(void)state;
	kit_pci(&k, 0x10de, 0x2330);
	c = kit_judge(shipped, &k, TODAY);
	assert_string_equal(kit_class(c), "3A090.a.1");
	assert_int_equal(c->findings, 0);
	assert_int_equal(
	    c->about.figure[VARIABLE_TPP].low, 15832 * MILLI);

	/* Nor does it tell a chip that is not known. */
	memset(&k.list, 0, sizeof(k.list));
	kit_pci(&k, 0x1002, 0x74a2);
	c = kit_judge(shipped, &k, TODAY);
	assert_string_equal(kit_class(c), "UNKNOWN");
}

static void
t20_memory_modified(void **state)
{
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 0x2684);
	kit_number(&k, FACT_MEMORY, SOURCE_DRIVER, UINT64_C(24564) << 20);
	kit_number(&k, FACT_BUS_WIDTH, SOURCE_DRIVER, 384);
	kit_number(&k, FACT_CLOCK_MEMORY_MAX, SOURCE_DRIVER, 10501);
	c = kit_judge(shipped, &k, TODAY);
	assert_int_equal(c->findings, 0);
	assert_int_equal(c->facts_dram / MILLI, 1008);

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 0x2684);
	kit_number(&k, FACT_MEMORY, SOURCE_DRIVER, UINT64_C(49140) << 20);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CAPABILITY_CONTRADICTION));

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 0x2684);
	kit_number(&k, FACT_BUS_WIDTH, SOURCE_DRIVER, 512);
	kit_number(&k, FACT_CLOCK_MEMORY_MAX, SOURCE_DRIVER, 10501);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CAPABILITY_CONTRADICTION));

	/* A bus that the table knows. */
	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 0x2330);
	kit_number(&k, FACT_BUS_WIDTH, SOURCE_DRIVER, 6144);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CAPABILITY_CONTRADICTION));
}

/* Links that are down do not make an A800 of an A100. */
static void
t21_links_down(void **state)
{
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 0x20b2);
	kit_number(&k, FACT_NVLINKS, SOURCE_DRIVER, 8);
	c = kit_judge(shipped, &k, "2023-01-01");
	assert_string_equal(kit_class(c), "3A090(2022)");
	assert_int_equal(c->about.figure[VARIABLE_IO].low, 664 * MILLI);
	assert_int_equal(c->findings, 0);
	assert_int_equal(c->notes, 1);

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x10de, 0x20b2);
	kit_number(&k, FACT_NVLINKS, SOURCE_DRIVER, 13);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CAPABILITY_CONTRADICTION));
}

/* What PCIe was trained to is not what it can do. */
static void
t22_link_trained_down(void **state)
{
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 0x2330);
	kit_number(&k, FACT_LINK_SPEED, SOURCE_SYSFS, 2500);
	kit_number(&k, FACT_LINK_WIDTH, SOURCE_SYSFS, 1);
	kit_number(&k, FACT_LINK_SPEED_MAX, SOURCE_SYSFS, 32000);
	kit_number(&k, FACT_LINK_WIDTH_MAX, SOURCE_SYSFS, 16);
	c = kit_judge(shipped, &k, TODAY);
	assert_int_equal(c->facts_io, 128 * MILLI);
	assert_int_equal(c->about.figure[VARIABLE_IO].low, 1028 * MILLI);
}

/* Two devices of one package: each has the package's figures and class. */
static void
t24_two_dies(void **state)
{
	struct kit_sighting k = {0};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x1002, 0x740c);
	kit_number(&k, FACT_CU_COUNT, SOURCE_KFD, 110);
	kit_number(&k, FACT_MEMORY, SOURCE_KFD, UINT64_C(64) << 30);
	c = kit_judge(shipped, &k, TODAY);
	assert_int_equal(c->findings, 0);
	assert_int_equal(c->notes, 0);
	assert_int_equal(c->about.figure[VARIABLE_TPP].low, 6128 * MILLI);
	assert_string_equal(kit_class(c), "3A090.a.1");

	memset(&k, 0, sizeof(k));
	kit_pci(&k, 0x1002, 0x740c);
	kit_number(&k, FACT_CU_COUNT, SOURCE_KFD, 220);
	c = kit_judge(shipped, &k, TODAY);
	assert_true(kit_found(c, CAPABILITY_CONTRADICTION));
}

/* 3.196 is no 3.2, whatever it rounds to. */
static void
t27_no_rounding(void **state)
{
	struct tables *t = kit_tables(
	    HEAD "chip,a,M,A,d\ntpp,2640,primary,s\narea,826,primary,s\n"
		 "dc,yes,assumed,s\n"
		 "chip,b,M,B,d\ntpp,4799,primary,s\narea,810.6,primary,s\n"
		 "dc,yes,assumed,s\n"
		 "chip,c,M,C,d\ntpp,4799,primary,s\narea,810.7,primary,s\n"
		 "dc,yes,assumed,s\n");

	(void)state;
	assert_int_equal(
	    kit_holds(kit_name(t, "A", TODAY), "US-3A090-B2"), ANSWER_NO);
	assert_int_equal(
	    kit_holds(kit_name(t, "B", TODAY), "US-3A090-A2"), ANSWER_YES);
	assert_int_equal(
	    kit_holds(kit_name(t, "C", TODAY), "US-3A090-A2"), ANSWER_NO);
	tables_free(t);
}

/* How far a name may be cut. */
static void
test_names(void **state)
{
	static const struct {
		const char *name;
		enum status st;
		const char *row;
	} rows[] = {
	    {"H100 SXM5 80GB", OK, "nvidia-h100-sxm5-80gb"},
	    {"h100 sxm5 80gb", OK, "nvidia-h100-sxm5-80gb"},
	    {"H100 SXM", OK, "nvidia-h100-sxm5-80gb"},
	    {"nvidia-h100-sxm5-80gb", OK, "nvidia-h100-sxm5-80gb"},
	    {"MI300X", OK, "amd-instinct-mi300x"},
	    {"RTX 5090 D", OK, "nvidia-geforce-rtx-5090-d"},
	    {"RTX 5090", OK, "nvidia-geforce-rtx-5090"},
	    {"H20", OK, "nvidia-h20-96gb"},
	    {"H20-3e", OK, "nvidia-h20-3e-141gb-hbm3e"},
	    {"L4", OK, "nvidia-l4"},
	    {"H100", CHIP_AMBIGUOUS, NULL},
	    {"A100", CHIP_AMBIGUOUS, NULL},
	    {"H", CHIP_AMBIGUOUS, NULL},
	    {"", CHIP_UNKNOWN, NULL},
	    {"H100 SXM5 80GBX", CHIP_UNKNOWN, NULL},
	    {"5090x", CHIP_UNKNOWN, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct chip *chip;
		char near[256];

		print_message("'%s'\n", rows[i].name);
		assert_status(chips_named(tables_chips(shipped),
				  bytes_str(rows[i].name), &chip, near,
				  sizeof(near)),
		    rows[i].st);
		if (rows[i].st == OK)
			assert_true(bytes_eq(
			    chip->id, bytes_str(rows[i].row)));
		else
			assert_int_equal(near[0] != '\0',
			    rows[i].st == CHIP_AMBIGUOUS);
	}
}

/* No day, no rule in force, no class. */
static void
test_no_day(void **state)
{
	struct sighting s = {.named = BYTES_LIT("L4")};
	struct capability *c = calloc(1, sizeof(*c));

	(void)state;
	assert_non_null(c);
	assert_status(capability_judge(shipped, &s, NULL, c), OK);
	assert_string_equal(kit_class(c), "UNKNOWN");
	assert_true(kit_found(c, CLASS_UNKNOWN));
	free(c);
}

/* Evidence that failed does not fall back to what PCI says. */
static void
test_failed_evidence(void **state)
{
	struct kit_sighting k = {.s.failed = true};
	const struct capability *c;

	(void)state;
	kit_pci(&k, 0x10de, 0x2330);
	c = kit_judge(shipped, &k, TODAY);
	assert_string_equal(kit_class(c), "UNKNOWN");
	assert_int_equal(c->basis, 0);
}

/* The ladder: who vouches, and how far that goes. */
static void
test_basis(void **state)
{
	struct kit_sighting k = {0};

	(void)state;
	kit_pci(&k, 0x10de, 0x2331);
	assert_int_equal(kit_judge(shipped, &k, TODAY)->basis, 0);
	k.s.quoted = true;
	assert_int_equal(kit_judge(shipped, &k, TODAY)->basis, 1);
	k.s.sku = "1010_0200_882";
	assert_int_equal(kit_judge(shipped, &k, TODAY)->basis, 2);
	k.s.endorsed = true;
	assert_int_equal(kit_judge(shipped, &k, TODAY)->basis, 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_boundaries),
	    cmocka_unit_test(test_known_chips),
	    cmocka_unit_test(test_vintages),
	    cmocka_unit_test(t02_pci_spoof),
	    cmocka_unit_test(t03_part_of_a_device),
	    cmocka_unit_test(t07_clock_trap),
	    cmocka_unit_test(t08_twins),
	    cmocka_unit_test(t12_unlisted),
	    cmocka_unit_test(t13_cross_flash),
	    cmocka_unit_test(t14_limiter_switched),
	    cmocka_unit_test(t15_limiter_in_a_vf),
	    cmocka_unit_test(t16_limiter_firmware),
	    cmocka_unit_test(t18_unlocked),
	    cmocka_unit_test(t19_throttled),
	    cmocka_unit_test(t20_memory_modified),
	    cmocka_unit_test(t21_links_down),
	    cmocka_unit_test(t22_link_trained_down),
	    cmocka_unit_test(t24_two_dies),
	    cmocka_unit_test(t27_no_rounding),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_no_day),
	    cmocka_unit_test(test_failed_evidence),
	    cmocka_unit_test(test_basis),
	};
	int rc;

	if (!kit_keys())
		return 1;
	shipped = kit_tables(NULL);
	rc = cmocka_run_group_tests_name("capability", tests, NULL, NULL);
	tables_free(shipped);
	return rc;
}
