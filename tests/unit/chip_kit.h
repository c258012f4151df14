/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the capability class share: tables of their own, sightings. */
#ifndef ASSAY_CHIP_KIT_H
#define ASSAY_CHIP_KIT_H

#include <assay/verify.h>

#include "capability.h"

/* Keys of two signers, made once by kit_keys. */
enum { KIT_KEYS = 3, KIT_KEY_PEM = 1024 };
extern char kit_key[KIT_KEYS][KIT_KEY_PEM];
extern char kit_finger[KIT_KEYS][80];
bool kit_keys(void);

/* TEXT signed by the first N keys, into the CAP bytes at COSE. */
size_t kit_sign(const char *text, size_t n, uint8_t *cose, size_t cap);

/* A policy that trusts the first N keys and needs M of them; more lines. */
void kit_policy(struct policy *p, size_t n, unsigned m, const char *more);

/* The shipped tables, with CHIPS in place of the chips unless it is NULL. */
struct tables *kit_tables(const char *chips);

/* A sighting whose facts are put together one by one. */
struct kit_sighting {
	struct sighting s;
	struct fact_list list;
	uint8_t encoded[16 * 1024];
};

void kit_number(struct kit_sighting *k, enum fact_key key,
    enum fact_source src, uint64_t v);
void kit_text(struct kit_sighting *k, enum fact_key key, const char *v);
/* PCI vendor and device as sysfs has them. */
void kit_pci(struct kit_sighting *k, uint64_t vendor, uint64_t device);

/* Judge on the day DATE, "2026-11-26"; the result is overwritten each time. */
const struct capability *kit_judge(
    const struct tables *t, struct kit_sighting *k, const char *date);
const struct capability *kit_name(
    const struct tables *t, const char *name, const char *date);

/* The class, NUL-terminated; the answer to a rule; is a code among them? */
const char *kit_class(const struct capability *c);
enum answer kit_holds(const struct capability *c, const char *rule);
bool kit_found(const struct capability *c, enum status code);

#endif
