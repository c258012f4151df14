/* SPDX-License-Identifier: Apache-2.0 */
/* Results for people, for programs, for relying parties. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "verdict.h"

/* Appends like printf to a bounded buffer and counts what it would need. */
struct text {
	char *p;
	size_t cap, n;
};

static void put(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->n < t->cap ? t->p + t->n : NULL,
	    t->n < t->cap ? t->cap - t->n : 0, format, ap);
	va_end(ap);
	if (n > 0)
		t->n += (size_t)n;
}

static json_t *
reasons_json(const struct assay_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->reason_count; i++)
		json_array_append_new(list,
		    json_pack("{s:s,s:s,s:s,s:s}", "code",
			status_name(r->reasons[i].code), "where",
			r->reasons[i].where, "text",
			status_text(r->reasons[i].code), "detail",
			r->reasons[i].detail));
	return list;
}

static json_t *
not_checked_json(const struct assay_result *r)
{
	json_t *list = json_array();

	for (enum check i = 0; i < CHECK_COUNT; i++)
		if (r->not_checked[i])
			json_array_append_new(list,
			    json_pack("{s:s,s:s}", "code", check_code(i),
				"why", check_text(i)));
	return list;
}

static json_t *
subjects_json(const struct assay_result *r)
{
	json_t *all = json_object();

	for (size_t i = 0; i < r->subject_count; i++)
		json_object_set_new(all, r->subjects[i].label,
		    json_string(verdict_name(
			verdict_of_status(r->subjects[i].worst))));
	return all;
}

/* The rules about every device; each says whose they are. */
static json_t *
all_rules(const struct assay_result *r)
{
	json_t *list = json_array(), *device, *rule, *copy;
	const char *label;
	size_t i;

	json_object_foreach(json_object_get(r->data, "devices"), label, device)
		json_array_foreach(
		    json_object_get(
			json_object_get(device, "capability"), "rules"),
		    i, rule) {
			copy = json_copy(rule);
			json_object_set_new(
			    copy, "device", json_string(label));
			json_array_append_new(list, copy);
		}
	return list;
}

static long
write_json(const struct assay_result *r, char *out, size_t cap)
{
	json_t *all = json_object();
	char hex[2 * HASH_MAX + 1];
	size_t n;

	json_object_set_new(all, "schema", json_integer(1));
	json_object_set_new(
	    all, "verdict", json_string(verdict_name(verdict_of(r))));
	json_object_set_new(all, "exit", json_integer(assay_result_exit(r)));
	json_object_set_new(all, "subjects", subjects_json(r));
	json_object_set_new(all, "reasons", reasons_json(r));
	json_object_set_new(all, "not_checked", not_checked_json(r));
	if (r->evidence_digest.n > 0) {
		bytes_to_hex(digest_view(&r->evidence_digest), hex);
		json_object_set_new(all, "evidence_sha256", json_string(hex));
	}
	if (r->policy_digest.n > 0) {
		bytes_to_hex(digest_view(&r->policy_digest), hex);
		json_object_set_new(all, "policy_sha256", json_string(hex));
	}
	if (r->classify)
		json_object_set_new(all, "rules", all_rules(r));
	json_object_set(all, "data", r->data);
	json_object_update(all, r->top);
	n = json_dumpb(all, out, cap > 0 ? cap - 1 : 0, JSON_INDENT(2));
	if (n + 1 < cap)
		memcpy(out + n, "\n", 2);
	json_decref(all);
	return n == 0 ? -1 : (long)n + 1;
}

/*
 * Text from evidence.  What could move a terminal's cursor or begin a line
 * of its own is shown as \xNN; --json keeps it as it is.
 */
static void
put_foreign(struct text *t, const char *s)
{
	for (; *s != '\0'; s++) {
		uint8_t c = (uint8_t)*s;

		if (c >= 0x20 && c <= 0x7e && c != '\\')
			put(t, "%c", c);
		else
			put(t, "\\x%02x", c);
	}
}

/* A value from the facts on one line; identifiers of PCI in their base. */
static void
put_value(struct text *t, const char *key, const json_t *v)
{
	if (json_is_string(v))
		put_foreign(t, json_string_value(v));
	else if (json_is_integer(v) && strncmp(key, "pci-", 4) == 0)
		put(t, "0x%04llx",
		    (unsigned long long)json_integer_value(v));
	else if (json_is_integer(v))
		put(t, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		put(t, "%s", json_is_true(v) ? "yes" : "no");
}

/* One fact as each source told it, on one line. */
static void
put_fact(struct text *t, const char *fact, json_t *sources)
{
	const char *source, *sep = "";
	json_t *v;

	put(t, "      %-22s ", fact);
	json_object_foreach(sources, source, v) {
		put(t, "%s", sep);
		put_value(t, fact, v);
		put(t, " (%s)", source);
		sep = ", ";
	}
	put(t, "\n");
}

/* Scalars of an object, one a line. */
static void
put_scalars(struct text *t, json_t *at, int indent)
{
	const char *key;
	json_t *v;

	json_object_foreach(at, key, v) {
		if (json_is_object(v) || json_is_array(v))
			continue;
		put(t, "%*s%-*s ", indent, "", 28 - indent, key);
		put_value(t, key, v);
		put(t, "\n");
	}
}

/* The class in one line; assay classify tells the rest. */
static void
put_class(struct text *t, json_t *at)
{
	const char *chip = json_string_value(json_object_get(at, "chip"));

	if (at == NULL)
		return;
	put(t, "      class %s: %s, basis %" JSON_INTEGER_FORMAT ", %s\n",
	    json_string_value(json_object_get(at, "class")),
	    chip != NULL ? chip : "unknown chip",
	    json_integer_value(json_object_get(at, "basis")),
	    json_string_value(json_object_get(at, "notice")));
}

static void
put_devices(struct text *t, json_t *devices, bool full)
{
	const char *label, *fact;
	json_t *d, *sources;

	json_object_foreach(devices, label, d) {
		const char *model = json_string_value(json_object_get(d, "model"));
		bool is_signed = json_is_true(json_object_get(d, "signed"));

		put(t, "  %-9s ", label);
		put_foreign(t, model != NULL ? model : "?");
		put(t, ", %s\n",
		    is_signed ? "carries its own evidence"
			      : "signs nothing itself");
		put_class(t, json_object_get(d, "capability"));
		if (!full)
			continue;
		put_scalars(t, d, 6);
		json_object_foreach(json_object_get(d, "facts"), fact, sources)
			put_fact(t, fact, sources);
	}
}

static void
put_items(struct text *t, json_t *items)
{
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		const char *type =
		    json_string_value(json_object_get(item, "type"));
		const char *provider =
		    json_string_value(json_object_get(item, "provider"));

		put(t, "  %-10s %8" JSON_INTEGER_FORMAT " bytes  ",
		    json_string_value(json_object_get(item, "label")),
		    json_integer_value(json_object_get(item, "bytes")));
		put_foreign(t, type != NULL ? type : "");
		if (provider != NULL) {
			put(t, ", %" JSON_INTEGER_FORMAT " of them by ",
			    json_integer_value(
				json_object_get(item, "report_bytes")));
			put_foreign(t, provider);
		}
		put(t, "\n");
	}
}

/* Who vouches for TPMs, a line and a fingerprint each. */
static void
put_authorities(struct text *t, json_t *list)
{
	json_t *a;
	size_t i;

	json_array_foreach(list, i, a) {
		put(t, "  %-20s ",
		    json_string_value(json_object_get(a, "vendor")));
		put_foreign(t, json_string_value(json_object_get(a, "name")));
		put(t, "\n  %20s %s\n", "",
		    json_string_value(json_object_get(a, "sha256")));
	}
}

static void
put_chain(struct text *t, json_t *links)
{
	json_t *link;
	size_t i;

	json_array_foreach(links, i, link) {
		put(t, "  %*s", (int)(2 * i), "");
		put_foreign(t, json_string_value(link));
		put(t, "\n");
	}
}

/* What classes rest on: name, version and digest of every table. */
static void
put_tables(struct text *t, json_t *tables)
{
	json_t *table;
	size_t i;

	json_array_foreach(tables, i, table)
		put(t, "  %-9s version %-4" JSON_INTEGER_FORMAT " %s\n",
		    json_string_value(json_object_get(table, "id")),
		    json_integer_value(json_object_get(table, "version")),
		    json_string_value(json_object_get(table, "sha256")));
}

/* Where an inventory has each device. */
static void
put_places(struct text *t, json_t *places)
{
	json_t *place;
	size_t i;

	json_array_foreach(places, i, place) {
		put(t, "  ");
		put_foreign(t,
		    json_string_value(json_object_get(place, "identity")));
		put(t, " ");
		put_foreign(
		    t, json_string_value(json_object_get(place, "slot")));
		put(t, "\n    at %s\n",
		    json_string_value(json_object_get(place, "ek_name")));
	}
}

/* VALUE, or nothing, behind a comma. */
static void
put_after(struct text *t, const char *label, json_t *value)
{
	if (!json_is_string(value) || json_string_length(value) == 0)
		return;
	put(t, ", %s", label);
	put_foreign(t, json_string_value(value));
}

/* What a machine was made of, a line each. */
static void
put_components(struct text *t, json_t *list)
{
	json_t *c, *address;
	size_t i, k;

	if (json_array_size(list) > 0)
		put(t, "components, as the maker listed them\n");
	json_array_foreach(list, i, c) {
		put(t, "  %zu ", i + 1);
		put_foreign(
		    t, json_string_value(json_object_get(c, "manufacturer")));
		put_after(t, "", json_object_get(c, "model"));
		put_after(t, "serial ", json_object_get(c, "serial"));
		put_after(t, "revision ", json_object_get(c, "revision"));
		put_after(t, "class ", json_object_get(c, "class"));
		json_array_foreach(
		    json_object_get(c, "addresses"), k, address)
			put_after(t, "address ",
			    json_object_get(address, "value"));
		put_after(t, "", json_object_get(c, "status"));
		put(t, "\n");
	}
}

static void
put_properties(struct text *t, json_t *list)
{
	json_t *p;
	size_t i;

	if (json_array_size(list) > 0)
		put(t, "properties\n");
	json_array_foreach(list, i, p) {
		put(t, "  ");
		put_foreign(t, json_string_value(json_object_get(p, "name")));
		put(t, " = ");
		put_foreign(t, json_string_value(json_object_get(p, "value")));
		put_after(t, "", json_object_get(p, "status"));
		put(t, "\n");
	}
}

/* Parts that nobody looked into, by their types. */
static void
put_unknown(struct text *t, const char *what, json_t *list)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		put(t, "  %s ", what);
		put_foreign(t, json_string_value(json_object_get(one, "type")));
		put(t, "\n");
	}
}

static void
put_platform(struct text *t, json_t *data)
{
	json_t *assertions = json_object_get(data, "assertions");

	put_components(t, json_object_get(data, "components"));
	put_properties(t, json_object_get(data, "properties"));
	if (assertions != NULL) {
		put(t, "the maker asserts\n");
		put_scalars(t, assertions, 2);
	}
	if (json_array_size(json_object_get(data, "other_attributes")) +
		json_array_size(json_object_get(data, "other_extensions")) >
	    0)
		put(t, "not looked into\n");
	put_unknown(t, "attribute", json_object_get(data, "other_attributes"));
	put_unknown(t, "extension", json_object_get(data, "other_extensions"));
}

/* What the evidence says: all of it, or what helps to place it. */
static void
put_data(struct text *t, const struct assay_result *r)
{
	json_t *devices = json_object_get(r->data, "devices");
	json_t *items = json_object_get(r->data, "items");
	json_t *tpm = json_object_get(r->data, "tpm");
	json_t *chain = json_object_get(r->data, "chain");
	json_t *tables = json_object_get(r->data, "tables");
	json_t *node = json_object_get(r->data, "node");

	if (json_object_size(r->data) == 0)
		return;
	put(t, "\nwhat it says\n");
	put_scalars(t, r->data, 2);
	if (tpm != NULL) {
		put(t, "tpm\n");
		put_scalars(t, tpm, 2);
	}
	if (json_object_size(devices) > 0) {
		put(t, "devices\n");
		put_devices(t, devices, r->in_full);
	}
	put_places(t, json_object_get(r->data, "places"));
	put_platform(t, r->data);
	if (json_array_size(items) > 0) {
		put(t, "items\n");
		put_items(t, items);
	}
	if (json_array_size(chain) > 0) {
		put(t, "vouched for by\n");
		put_chain(t, chain);
	}
	put_authorities(t, json_object_get(r->data, "authorities"));
	if (json_array_size(tables) > 0) {
		put(t, "tables\n");
		put_tables(t, tables);
	}
	if (node != NULL) {
		put(t, "node\n");
		put_scalars(t, node, 2);
	}
}

/* PCR values as lines that --pcrs reads. */
static void
put_pcrs(struct text *t, json_t *banks)
{
	const char *bank, *index;
	json_t *pcrs, *value;

	if (json_object_size(banks) > 0)
		put(t, "\npcrs\n");
	json_object_foreach(banks, bank, pcrs)
		json_object_foreach(pcrs, index, value)
			put(t, "%s:%s=%s\n", bank, index,
			    json_string_value(value));
}

/* Events one a line; a '*' where the digest vouches for what is said. */
static void
put_events(struct text *t, json_t *events)
{
	json_t *e;
	size_t i;

	if (json_array_size(events) > 0)
		put(t, "\nevents (* bound by the digest)\n");
	json_array_foreach(events, i, e) {
		const char *bound =
		    json_string_value(json_object_get(e, "bound"));

		put(t, "%5zu  PCR %-2" JSON_INTEGER_FORMAT " %-33s %c ", i,
		    json_integer_value(json_object_get(e, "pcr")),
		    json_string_value(json_object_get(e, "type")),
		    bound[0] == 'd' || bound[0] == 'p' ? '*' : ' ');
		put(t, "%s\n", json_string_value(json_object_get(e, "says")));
	}
}

/* Files that a kernel measured, one a line. */
static void
put_records(struct text *t, json_t *records)
{
	json_t *rec;
	size_t i;

	if (json_array_size(records) > 0)
		put(t, "\nrecords\n");
	json_array_foreach(records, i, rec)
		put(t, "%5zu  %s%s:%s %s\n", i,
		    json_is_true(json_object_get(rec, "violation"))
			? "VIOLATION "
			: "",
		    json_string_value(json_object_get(rec, "hash")),
		    json_string_value(json_object_get(rec, "digest")),
		    json_string_value(json_object_get(rec, "path")));
}

/* Every reason of one subject: the code, its words, the details. */
static void
put_reasons(struct text *t, const struct assay_result *r, size_t subject)
{
	for (size_t i = 0; i < r->reason_count; i++) {
		const struct reason *at = &r->reasons[i];

		if (verdict_owner(r, at->where) != subject)
			continue;
		put(t, "      %s: %s\n", status_name(at->code),
		    status_text(at->code));
		if (strcmp(at->where, r->subjects[subject].label) != 0)
			put(t, "        in %s: ", at->where);
		else if (at->detail[0] != '\0')
			put(t, "        ");
		else
			continue;
		put_foreign(t, at->detail);
		put(t, "\n");
	}
}

/* Devices that differ in nothing but their number are told once. */
static bool
same_reasons(const struct assay_result *r, size_t a, size_t b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < r->reason_count &&
		    strcmp(r->reasons[i].where, r->subjects[a].label) != 0)
			i++;
		while (k < r->reason_count &&
		    strcmp(r->reasons[k].where, r->subjects[b].label) != 0)
			k++;
		if (i == r->reason_count || k == r->reason_count)
			return i == r->reason_count && k == r->reason_count;
		if (r->reasons[i].code != r->reasons[k].code ||
		    strcmp(r->reasons[i].detail, r->reasons[k].detail) != 0)
			return false;
		i++;
		k++;
	}
}

static void
put_subjects(struct text *t, const struct assay_result *r)
{
	/* Files hold devices; only what is wrong with a file is told. */
	bool file = r->subject_count > 1 && r->subjects[0].worst == OK &&
	    strcmp(r->subjects[0].label, "host") != 0;

	for (size_t i = file ? 1 : 0; i < r->subject_count;) {
		size_t end = i + 1;

		while (i > 0 && end < r->subject_count &&
		    same_reasons(r, i, end))
			end++;
		put(t, "  %s", r->subjects[i].label);
		if (end - i > 1)
			put(t, " to %s", r->subjects[end - 1].label);
		put(t, ": %s\n",
		    verdict_name(verdict_of_status(r->subjects[i].worst)));
		put_reasons(t, r, i);
		i = end;
	}
}

static void
put_not_checked(struct text *t, const struct assay_result *r)
{
	bool any = false;

	for (enum check i = 0; i < CHECK_COUNT; i++) {
		if (!r->not_checked[i])
			continue;
		if (!any)
			put(t, "\nnot checked\n");
		any = true;
		put(t, "  %-20s %s\n", check_code(i), check_text(i));
	}
}

static void
put_line(void *arg, const char *line)
{
	struct text *t = arg;

	/* The tree has no foreign characters but those of the evidence. */
	put_foreign(t, line);
	put(t, "\n");
}

/* The question was the class: it comes first. */
static void
put_classes(struct text *t, const struct assay_result *r, bool full)
{
	json_t *devices = json_object_get(r->data, "devices"), *device, *node;
	const char *label;

	json_object_foreach(devices, label, device) {
		json_t *at = json_object_get(device, "capability");

		if (at == NULL)
			continue;
		if (json_object_size(devices) > 1)
			put(t, "%s: ", label);
		explain(at, full, put_line, t);
		put(t, "\n");
	}
	if ((node = json_object_get(r->data, "node")) != NULL) {
		put(t, "node\n");
		put_scalars(t, node, 2);
		put(t, "\n");
	}
}

static long
write_text(const struct assay_result *r, bool full, char *out, size_t cap)
{
	struct text t = {out, cap, 0};

	if (r->classify)
		put_classes(&t, r, full);
	put(&t, "%s: %s\n", r->title, verdict_name(verdict_of(r)));
	put_subjects(&t, r);
	put_not_checked(&t, r);
	if (!r->classify)
		put_data(&t, r);
	put_pcrs(&t, json_object_get(r->top, "pcrs"));
	put_events(&t, json_object_get(r->top, "events"));
	put_records(&t, json_object_get(r->top, "records"));
	return (long)t.n;
}

static long
write_ear(const struct assay_result *r, const struct assay_signing *s,
    char *out, size_t cap)
{
	json_t *ear = ear_claims(r, s);
	char *text = json_dumps(ear, JSON_COMPACT);
	long n = -1;

	if (text != NULL)
		n = signer_jws(s->key_pem, text, strlen(text), out, cap);
	free(text);
	json_decref(ear);
	return n;
}

static long
write_learned(const struct assay_result *r, char *out, size_t cap)
{
	size_t n = r->learned != NULL ? strlen(r->learned) : 0;

	if (n == 0)
		return -1;
	if (n < cap)
		memcpy(out, r->learned, n + 1);
	return (long)n;
}

long
assay_result_write(const struct assay_result *r, enum assay_format format,
    const struct assay_signing *signing, char *out, size_t cap)
{
	switch (format) {
	case ASSAY_TEXT:
	case ASSAY_EXPLAIN:
		return write_text(r, format == ASSAY_EXPLAIN, out, cap);
	case ASSAY_JSON:
		return write_json(r, out, cap);
	case ASSAY_EAR_JWT:
		return signing != NULL ? write_ear(r, signing, out, cap) : -1;
	case ASSAY_LEARNED:
		return write_learned(r, out, cap);
	}
	return -1;
}
