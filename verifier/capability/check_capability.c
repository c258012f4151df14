/* SPDX-License-Identifier: Apache-2.0 */
/* A class from a chip's name, from facts, a report, or a bundle. */
#include "check_capability.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_device.h"
#include "classify.h"
#include "facts_json.h"
#include "verify.h"

static struct bytes
view(struct assay_file f)
{
	return bytes_view(f.data, f.len);
}

/* The observation counts for the device that it names. */
static const struct observed *
observed_of(const struct observed *o, const struct fact_list *list)
{
	for (size_t i = 0; o != NULL && i < list->n; i++) {
		struct bytes v = bytes_view(list->f[i].text, list->f[i].len);

		if ((list->f[i].key == FACT_PCI_ADDRESS &&
			bytes_eq(v, bytes_str(o->pci))) ||
		    (list->f[i].key == FACT_UUID &&
			bytes_eq(v, bytes_str(o->uuid))))
			return o;
	}
	return NULL;
}

static void
check_name(const struct assay *ctx, struct bytes name,
    const struct observed *o, struct assay_result *r)
{
	struct sighting s = {.named = name, .observed = o};
	struct node node = {0};

	r->shown = true;
	verdict_subject(r, BYTES_LIT("chip"));
	classify(ctx, &s, "chip", r, &node);
	classify_finish(ctx, &node, r);
}

static enum status
check_fact_list(const struct assay *ctx, const struct facts_device *d,
    const struct observed *o, struct assay_result *r, struct node *node)
{
	enum { ENCODED = FACTS_MAX * (FACT_TEXT_MAX + 16) };
	uint8_t *encoded = malloc(ENCODED);
	struct writer w = writer_of(encoded, ENCODED);
	struct sighting s = {.observed = observed_of(o, &d->list)};

	if (encoded == NULL)
		return NO_MEMORY;
	facts_encode(&d->list, &w);
	s.facts = writer_view(&w);
	verdict_subject(r, bytes_str(d->label));
	if (d->simulated)
		verdict_reason(r, SIMULATED, d->label, "the file says so");
	if (strncmp(d->label, "switch-", 7) != 0)
		classify(ctx, &s, d->label, r, node);
	free(encoded);
	return OK;
}

static void
check_facts(const struct assay *ctx, struct bytes in,
    const struct observed *o, struct assay_result *r)
{
	json_t *all = json_loadb((const char *)in.p, in.n,
	    JSON_REJECT_DUPLICATES, NULL);
	struct facts_device *d = malloc(sizeof(*d));
	struct node node = {0};
	size_t count = 0;
	enum status st = d == NULL ? NO_MEMORY : facts_json_count(all, &count);

	verdict_subject(r, BYTES_LIT("facts"));
	for (size_t i = 0; i < count && st == OK; i++) {
		st = facts_json_read(all, i, d);
		if (st == OK)
			st = check_fact_list(ctx, d, o, r, &node);
	}
	verdict_reason(r, st, "facts",
	    "give what assay-agent measure --json prints");
	if (st == OK && count == 0)
		verdict_reason(r, NO_DEVICE, "facts", "the file names none");
	classify_finish(ctx, &node, r);
	free(d);
	json_decref(all);
}

static void
check_bundle(const struct assay *ctx, const struct assay_check *in,
    struct assay_result *r)
{
	struct verified *v;

	verdict_subject(r, BYTES_LIT("host"));
	v = verify(ctx, view(in->nonce), view(in->evidence), r);
	if (v != NULL)
		appraise(ctx, v, r);
	verified_free(v);
}

/* How many of the ways to name a device were given? */
static int
ways(const struct assay_check *in)
{
	return (in->chip.data != NULL) + (in->facts.data != NULL) +
	    (in->report.data != NULL) + (in->evidence.data != NULL);
}

struct assay_result *
check_capability(struct assay *ctx, const struct assay_check *in)
{
	struct assay_result *r;
	struct observed observed;
	char detail[DETAIL_MAX];
	const struct observed *o = NULL;
	enum status st = OK;

	if (in->observed.data != NULL) {
		st = observed_read(
		    view(in->observed), &observed, detail, sizeof(detail));
		o = &observed;
	}
	if (st == OK && ways(in) == 1 && in->report.data != NULL)
		return check_device_class(ctx, view(in->report),
		    view(in->chain), view(in->nonce), o);
	if ((r = verdict_new("classification")) == NULL)
		return NULL;
	r->classify = true;
	json_object_set_new(r->data, "devices", json_object());
	if (st != OK)
		verdict_reason(r, st, "observed", "%s", detail);
	else if (ways(in) != 1)
		verdict_reason(r, USAGE, "input",
		    "give one of a chip's name, facts, a report, a bundle");
	else if (in->chip.data != NULL)
		check_name(ctx, view(in->chip), o, r);
	else if (in->facts.data != NULL)
		check_facts(ctx, view(in->facts), o, r);
	else
		check_bundle(ctx, in, r);
	return r;
}

static void
describe_table(const struct table *t, size_t rows, json_t *list)
{
	json_t *at = json_object();
	char date[NUMBER_TEXT];

	data_text(at, "id", t->header.id);
	data_text(at, "kind", bytes_str(table_kind_name(t->header.kind)));
	data_uint(at, "version", t->header.version);
	date_text(t->header.issued, date);
	data_text(at, "issued", bytes_str(date));
	date_text(t->header.expires, date);
	data_text(at, "expires", bytes_str(date));
	data_uint(at, "rows", rows);
	data_hex(at, "sha256", digest_view(&t->digest));
	json_array_append_new(list, at);
}

/* Every signature of the file is good; whose they are is told. */
static void
describe_signers(struct bytes table, struct bytes cose, struct assay_result *r)
{
	struct table_signers signers;
	json_t *list = json_array();
	enum status st = table_signers_read(table, cose, &signers);

	for (size_t i = 0; st == OK && i < signers.count; i++) {
		char hex[2 * HASH_MAX + 1];

		bytes_to_hex(digest_view(&signers.id[i]), hex);
		json_array_append_new(list, json_string(hex));
	}
	verdict_reason(r, st, "signatures", "in the signatures of the table");
	json_object_set_new(r->data, "signers", list);
}

static void
describe_tables(
    const struct tables *t, const struct tpms *tpms, json_t *list)
{
	describe_table(&tables_chips(t)->table, tables_chips(t)->count, list);
	for (size_t i = 0; i < tables_rule_sets(t); i++)
		describe_table(&tables_rules(t, i)->table,
		    tables_rules(t, i)->count, list);
	if (tpms != NULL)
		describe_table(&tpms->table, tpms->count, list);
}

/* Read a table of either kind, believing nobody. */
static enum status
read_table(struct bytes text, enum table_kind kind, json_t *list,
    char detail[TABLE_DETAIL])
{
	struct chips *chips = malloc(sizeof(*chips));
	struct rules *rules = malloc(sizeof(*rules));
	struct tpms *tpms = malloc(sizeof(*tpms));
	struct tables *shipped = tables_new();
	enum status st = NO_MEMORY;

	if (chips == NULL || rules == NULL || tpms == NULL || shipped == NULL)
		goto out;
	if (kind == TABLE_CHIPS) {
		st = chips_read(chips, text, detail);
		if (st == OK)
			describe_table(&chips->table, chips->count, list);
	} else if (kind == TABLE_TPMS) {
		st = tpms_read(tpms, text, detail);
		if (st == OK)
			describe_table(&tpms->table, tpms->count, list);
	} else {
		st = tables_ready(shipped, NULL, NULL, detail);
		if (st == OK)
			st = tables_read_rules(shipped, text, rules, detail);
		if (st == OK)
			describe_table(&rules->table, rules->count, list);
	}
out:
	tables_free(shipped);
	free(tpms);
	free(rules);
	free(chips);
	return st;
}

/* Would the context take this table? */
static enum status
try_table(const struct assay *ctx, const struct assay_check *in,
    enum table_kind kind, char detail[TABLE_DETAIL])
{
	struct tables *t = tables_new();
	const struct policy *policy = ctx->has_policy ? &ctx->policy : NULL;
	const struct tpms *tpms;
	enum status st = t == NULL ? NO_MEMORY : OK;

	if (st == OK && in->signatures.data != NULL)
		st = tables_set_signatures(t, view(in->signatures));
	if (st == OK)
		st = tables_add(t, kind, view(in->table), policy, detail);
	if (st == OK)
		st = tables_ready(
		    t, ctx->has_time ? &ctx->time : NULL, policy, detail);
	if (st == OK)
		st = tables_tpms(t, ctx->has_time ? &ctx->time : NULL, policy,
		    &tpms, detail);
	tables_free(t);
	return st;
}

static void
check_one_table(const struct assay *ctx, const struct assay_check *in,
    json_t *list, struct assay_result *r)
{
	struct bytes text = view(in->table);
	enum table_kind kind = table_kind_of(text);
	char detail[TABLE_DETAIL] = "";
	enum status st;

	hash_one(HASH_SHA256, text, &r->evidence_digest);
	st = read_table(text, kind, list, detail);
	verdict_reason(r, st, "table", "%s", detail);
	if (in->signatures.data != NULL)
		describe_signers(text, view(in->signatures), r);
	if (verdict_failed(r))
		return;
	if (!ctx->has_policy) {
		verdict_reason(r, POLICY_MISSING, "table",
		    "whose signatures count is in a policy: trust-tables");
		return;
	}
	st = try_table(ctx, in, kind, detail);
	verdict_reason(r, st, "table", "%s", detail);
}

struct assay_result *
check_table(const struct assay *ctx, const struct assay_check *in)
{
	struct assay_result *r = verdict_new("tables");
	char detail[TABLE_DETAIL] = "";
	const struct tpms *tpms = NULL;
	json_t *list;
	enum status st;

	if (r == NULL)
		return NULL;
	list = json_array();
	verdict_subject(r, BYTES_LIT("tables"));
	if (in->table.data != NULL) {
		check_one_table(ctx, in, list, r);
	} else {
		st = tables_ready(ctx->tables,
		    ctx->has_time ? &ctx->time : NULL,
		    ctx->has_policy ? &ctx->policy : NULL, detail);
		verdict_reason(r, st, "tables", "%s", detail);
		st = tables_tpms(ctx->tables,
		    ctx->has_time ? &ctx->time : NULL,
		    ctx->has_policy ? &ctx->policy : NULL, &tpms, detail);
		verdict_reason(r, st, "tables", "%s", detail);
		if (st != TABLE_MALFORMED && st != NO_MEMORY)
			describe_tables(ctx->tables, tpms, list);
	}
	json_object_set_new(r->data, "tables", list);
	return r;
}
