/* SPDX-License-Identifier: Apache-2.0 */
#include "chip_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testkit.h"

char kit_key[KIT_KEYS][KIT_KEY_PEM];
char kit_finger[KIT_KEYS][80];

bool
kit_keys(void)
{
	for (size_t i = 0; i < KIT_KEYS; i++)
		if (assay_key(ASSAY_KEY_NEW, NULL, kit_key[i],
			sizeof(kit_key[i])) <= 0 ||
		    assay_key(ASSAY_KEY_FINGERPRINT, kit_key[i], kit_finger[i],
			sizeof(kit_finger[i])) != 64)
			return false;
	return true;
}

size_t
kit_sign(const char *text, size_t n, uint8_t *cose, size_t cap)
{
	long len = 0;

	for (size_t i = 0; i < n; i++) {
		struct assay_signed what = {.key_pem = kit_key[i],
		    .table = {text, strlen(text)},
		    .signatures = {cose, (size_t)len}};

		len = assay_sign(&what, cose, cap);
		assert_true(len > 0 && (size_t)len <= cap);
	}
	return (size_t)len;
}

void
kit_policy(struct policy *p, size_t n, unsigned m, const char *more)
{
	char text[2048], error[256] = "";
	int at;

	at = snprintf(text, sizeof(text), "[policy]\n%s", more);
	for (size_t i = 0; i < n; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at,
		    "trust-tables = %s\n", kit_finger[i]);
	if (m > 0)
		snprintf(text + at, sizeof(text) - (size_t)at,
		    "tables-needed = %u\n", m);
	if (policy_parse(bytes_str(text), p, error, sizeof(error)) != OK)
		fail_msg("%s", error);
}

struct tables *
kit_tables(const char *chips)
{
	struct tables *t = tables_new();
	char detail[TABLE_DETAIL] = "";
	uint8_t cose[TABLE_COSE_MAX];
	struct policy policy;
	size_t n;

	assert_non_null(t);
	if (chips != NULL) {
		n = kit_sign(chips, 1, cose, sizeof(cose));
		kit_policy(&policy, 1, 0, "");
		assert_status(
		    tables_set_signatures(t, bytes_view(cose, n)), OK);
		if (tables_add(t, TABLE_CHIPS, bytes_str(chips), &policy,
			detail) != OK)
			fail_msg("%s", detail);
	}
	assert_status(tables_ready(t, NULL, NULL, detail), OK);
	return t;
}

void
kit_number(struct kit_sighting *k, enum fact_key key,
    enum fact_source src, uint64_t v)
{
	assert_true(fact_add_uint(&k->list, key, src, v));
}

void
kit_text(struct kit_sighting *k, enum fact_key key, const char *v)
{
	assert_true(
	    fact_add_text(&k->list, key, SOURCE_SYSFS, bytes_str(v)));
}

void
kit_pci(struct kit_sighting *k, uint64_t vendor, uint64_t device)
{
	kit_number(k, FACT_PCI_VENDOR, SOURCE_SYSFS, vendor);
	kit_number(k, FACT_PCI_DEVICE, SOURCE_SYSFS, device);
}

const struct capability *
kit_judge(const struct tables *t, struct kit_sighting *k, const char *date)
{
	static struct capability c;
	struct writer w = writer_of(k->encoded, sizeof(k->encoded));
	int64_t at;

	if (k->list.n > 0) {
		facts_encode(&k->list, &w);
		k->s.facts = writer_view(&w);
	}
	assert_true(date_parse(bytes_str(date), &at));
	(void)capability_judge(t, &k->s, &at, &c);
	for (size_t i = 0; i < c.findings; i++)
		print_message("  %s: %s\n", status_name(c.finding[i].code),
		    c.finding[i].detail);
	return &c;
}

const struct capability *
kit_name(const struct tables *t, const char *name, const char *date)
{
	static struct kit_sighting k;

	memset(&k, 0, sizeof(k));
	k.s.named = bytes_str(name);
	return kit_judge(t, &k, date);
}

const char *
kit_class(const struct capability *c)
{
	static char text[80];

	snprintf(text, sizeof(text), "%.*s", (int)c->class.n,
	    (const char *)c->class.p);
	return text;
}

enum answer
kit_holds(const struct capability *c, const char *rule)
{
	for (size_t i = 0; i < c->rulings; i++)
		if (bytes_eq(c->ruling[i].rule->id, bytes_str(rule)))
			return c->ruling[i].holds.answer;
	fail_msg("no rule %s", rule);
	return ANSWER_UNKNOWN;
}

bool
kit_found(const struct capability *c, enum status code)
{
	for (size_t i = 0; i < c->findings; i++)
		if (c->finding[i].code == code)
			return true;
	return false;
}
