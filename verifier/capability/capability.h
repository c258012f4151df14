/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what is known of one device to the capability class of its chip:
 * identity, row, figures, rules.  The class rests on the row of the chip that
 * was identified and on nothing that a device or a benchmark says of its own
 * speed; what they say can only contradict it.  Nothing of this is a legal
 * determination.
 */
#ifndef ASSAY_CAPABILITY_H
#define ASSAY_CAPABILITY_H

#include <jansson.h>

#include "claims.h"
#include "facts_read.h"
#include "observed.h"
#include "tables.h"

#define CAPABILITY_NOTICE "not a legal determination"

/* How the chip was recognised, the strongest first. */
#define RUNGS(RUNG)                                                            \
	RUNG(RUNG_SIGNED, "signed-sku",                                        \
	    "the SKU in a report that the device signed")                      \
	RUNG(RUNG_PCI, "pci-id", "PCI identifiers as software told them")      \
	RUNG(RUNG_NAMED, "named", "named by the caller; no device was seen")   \
	RUNG(RUNG_NONE, "none", "not recognised")

enum rung {
#define RUNG(constant, name, words) constant,
	RUNGS(RUNG)
#undef RUNG
};

const char *rung_name(enum rung r);
const char *rung_words(enum rung r);

/* What is known of one device. */
struct sighting {
	struct bytes named;  /* a chip's name instead of a device, or empty */
	const char *sku;     /* of a report that verified, or NULL */
	const char *unique;  /* "nvidia:PDI" from there, or NULL */
	bool endorsed;       /* an inventory endorsement names the device */
	bool failed;         /* the device's own evidence did not verify */
	struct bytes facts;  /* encoded, or empty */
	bool quoted;         /* the facts are under a verified quote */
	const struct observed *observed; /* or NULL */
};

/* What a limiter that root can switch is known to do. */
enum limiter {
	LIMITER_NONE,    /* this chip's class needs none */
	LIMITER_ASSUMED, /* no device was seen */
	LIMITER_ON,
	LIMITER_OFF,
	LIMITER_UNSEEN, /* it could not be seen, or counts for nothing */
};

const char *limiter_name(enum limiter l);

/* The worst that was found, and the words for it. */
struct finding {
	enum status code;
	char detail[288];
};

enum { FINDINGS_MAX = 16, NOTES_MAX = 8, NOTE_TEXT = 160, RULES_TOTAL = 256 };

struct ruling {
	const struct rule *rule;
	const struct rules *set;
	bool shown, in_force;
	struct truth holds;
};

struct capability {
	const struct tables *tables;
	const struct chip *chip; /* NULL: not recognised */
	enum rung rung;
	unsigned basis; /* 0 to 3 */
	bool partition; /* a part of a device: figures are the whole's */
	char evidence[96]; /* what it was recognised by */
	char unique[64];
	bool has_time;
	int64_t time;

	struct subject_matter about; /* figures as the rules see them */
	bool has_ceiling, has_observed, has_observed_dram, has_facts_dram,
	    has_facts_io, ceiling_decides;
	uint64_t ceiling, observed, observed_dram; /* thousandths */
	uint64_t facts_dram, facts_io;
	uint64_t links_up;
	enum limiter limiter;

	struct ruling ruling[RULES_TOTAL];
	size_t rulings;
	struct bytes class; /* "UNKNOWN" when it cannot be told */
	const struct rule *by; /* which gave it, or could have, or NULL */
	bool known;
	unsigned missing; /* why it cannot: bits of enum variable */

	struct finding finding[FINDINGS_MAX];
	size_t findings;
	char note[NOTES_MAX][NOTE_TEXT]; /* assumptions of this device */
	size_t notes;
};

/*
 * Judge S by the tables T, which are ready, on the day TIME (NULL: no rule
 * is in force).  CHIP_UNKNOWN and CHIP_AMBIGUOUS when S names no chip: the
 * finding says which names come near.  Everything else is in OUT.
 */
enum status capability_judge(const struct tables *t, const struct sighting *s,
    const int64_t *time, struct capability *out);

/* Add a finding, or an assumption, like printf. */
void capability_find(struct capability *c, enum status code,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void capability_note(struct capability *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* identity.c: chip, rung, basis, what disagrees. */
enum status capability_identify(
    struct capability *c, const struct sighting *s);
/* consistency.c: limiter, ceiling, observations, facts against the row. */
void capability_measure(struct capability *c, const struct sighting *s);

/* The facts of a sighting, one by one. */
struct fact_scan {
	struct fact_cursor cursor;
	uint64_t key;
	bool open;
};
struct fact_scan fact_scan_of(const struct sighting *s, uint64_t key);
bool fact_scan_next(struct fact_scan *scan, struct fact *out);
/* The greatest number that any source gave for KEY; false without one. */
bool fact_greatest(const struct sighting *s, uint64_t key, uint64_t *out);

/* What the bits of MISSING stand for, and which cells are to blame. */
void capability_missing(
    const struct capability *c, unsigned missing, char *out, size_t cap);

/* A cell of the row that may decide; false when it is not known so well. */
bool capability_cell(const struct capability *c, enum figure f, uint64_t *out);

/* capability_json.c: everything, with each rule and each cell's source. */
json_t *capability_json(const struct capability *c);
/* The part of it that belongs into an attestation result. */
json_t *capability_claim(const struct capability *c);
/* The rules alone, as --json has them on top. */
json_t *capability_rules(const struct capability *c);

#endif
