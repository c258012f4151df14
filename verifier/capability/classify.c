/* SPDX-License-Identifier: Apache-2.0 */
#include "classify.h"

#include <stdlib.h>
#include <string.h>

static const struct policy *
policy_of(const struct assay *ctx)
{
	return ctx->has_policy ? &ctx->policy : NULL;
}

static const int64_t *
time_of(const struct assay *ctx)
{
	return ctx->has_time ? &ctx->time : NULL;
}

/* Must a class be known?  By policy, or because that was the question. */
static bool
wanted(const struct assay *ctx, const struct assay_result *r)
{
	return r->classify || (ctx->has_policy && ctx->policy.require_class);
}

static bool
is_doubt(enum status st)
{
	return st == CLASS_UNKNOWN || st == LIMITER_UNKNOWN;
}

static void
add_reasons(const struct assay *ctx, const struct capability *c,
    const char *label, struct assay_result *r)
{
	for (size_t i = 0; i < c->findings; i++)
		if (wanted(ctx, r) || !is_doubt(c->finding[i].code))
			verdict_reason(r, c->finding[i].code, label, "%s",
			    c->finding[i].detail);
	if (!r->classify || !c->known)
		return;
	if (c->rung == RUNG_NAMED)
		verdict_reason(r, CHIP_NAMED, label,
		    "this is what the tables say of it");
	else if (c->basis < 2)
		verdict_reason(r, CLASS_CLAIMED, label, "%s", c->basis == 1
			? "basis 1: under a verified quote, not signed by the "
			  "device"
			: "basis 0: nobody vouches for these facts");
}

/* A package counts once, however many devices it shows. */
static void
add_to_node(const struct capability *c, struct node *node)
{
	uint64_t functions = MILLI;

	node->devices++;
	if (c->chip == NULL || c->about.figure[VARIABLE_TPP].low == 0) {
		node->unknown++;
		return;
	}
	if (!capability_cell(c, FIGURE_FUNCTIONS, &functions) ||
	    functions < MILLI)
		functions = MILLI;
	node->tpp += c->about.figure[VARIABLE_TPP].low / (functions / MILLI);
}

void
classify(const struct assay *ctx, const struct sighting *s, const char *label,
    struct assay_result *r, struct node *node)
{
	json_t *devices = json_object_get(r->data, "devices");
	struct capability *c = calloc(1, sizeof(*c));
	char detail[TABLE_DETAIL];
	enum status st;

	if (c == NULL) {
		verdict_reason(r, NO_MEMORY, label, "while classifying");
		return;
	}

	/* Tables that may not be used make no class. */
	st = tables_ready(
	    ctx->tables, time_of(ctx), policy_of(ctx), detail);
	if (st != OK && wanted(ctx, r))
		verdict_reason(r, st, label, "%s", detail);
	if (st == OK) {
		st = capability_judge(ctx->tables, s, time_of(ctx), c);
		add_reasons(ctx, c, label, r);
	}
	if (st == OK) {
		add_to_node(c, node);
		if (json_object_get(devices, label) == NULL)
			json_object_set_new(devices, label, json_object());
		json_object_set_new(json_object_get(devices, label),
		    "capability",
		    r->classify ? capability_json(c) : capability_claim(c));
	}
	free(c);
}

void
result_add_table(struct assay_result *r, const struct table *t)
{
	json_t *list = json_object_get(r->data, "tables");
	json_t *at = json_object();

	if (list == NULL) {
		list = json_array();
		json_object_set_new(r->data, "tables", list);
	}
	data_text(at, "id", t->header.id);
	data_uint(at, "version", t->header.version);
	data_hex(at, "sha256", digest_view(&t->digest));
	json_array_append_new(list, at);
}

void
classify_finish(
    const struct assay *ctx, const struct node *node, struct assay_result *r)
{
	json_t *at;
	char sum[NUMBER_TEXT];

	if (node->devices == 0)
		return;
	result_add_table(r, &tables_chips(ctx->tables)->table);
	for (size_t i = 0; i < tables_rule_sets(ctx->tables); i++)
		result_add_table(r, &tables_rules(ctx->tables, i)->table);
	if (node->devices < 2)
		return;
	at = json_object();
	number_text(node->tpp, sum);
	data_text(at, "tpp_sum", bytes_str(sum));
	data_uint(at, "devices", node->devices);
	data_uint(at, "devices_unknown", node->unknown);
	data_text(at, "note", BYTES_LIT("for orientation only: rules look at "
					"one chip, never at their sum"));
	json_object_set_new(r->data, "node", at);
}
