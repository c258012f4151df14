/* SPDX-License-Identifier: Apache-2.0 */
/* The list of files that a kernel measured, by itself. */
#include "check_ima.h"

#include <stdlib.h>

#include "line.h"
#include "quote_files.h"
#include "verify_logs.h"

void
ima_judge(const struct ima_replay *found, bool allow_violations,
    struct assay_result *r)
{
	switch (found->aggregate) {
	case AGGREGATE_ZERO:
		verdict_reason(r, IMA_BOOT_AGGREGATE_ZERO, "ima", "record 0");
		break;
	case AGGREGATE_WRONG:
		verdict_reason(r, IMA_BOOT_AGGREGATE, "ima",
		    "record 0, by PCR 0 to 7 as by 0 to 9");
		break;
	case AGGREGATE_UNCHECKED:
		verdict_not_checked(r, CHECK_BOOT_AGGREGATE);
		break;
	case AGGREGATE_ABSENT:
	case AGGREGATE_0_7:
	case AGGREGATE_0_9:
		break;
	}
	if (found->violations > 0 && !allow_violations)
		verdict_reason(r, IMA_VIOLATION, "ima",
		    "%zu, the first in record %zu, %s", found->violations,
		    found->first_violation, found->first_path);
}

static void
put_field(json_t *j, const char *key, struct bytes value)
{
	if (value.n > 0)
		data_hex(j, key, value);
}

static json_t *
record_json(const struct ima_record *rec)
{
	struct line path = {.n = 0}, hash = {.n = 0}, template = {.n = 0};
	json_t *j;

	line_put_text(&path, rec->path);
	line_put_text(&hash, rec->file_hash);
	line_put_text(&template, rec->template);
	j = json_pack("{s:I,s:I,s:s,s:s,s:s,s:b}", "number",
	    (json_int_t)rec->number, "pcr", (json_int_t)rec->pcr, "template",
	    template.text, "path", path.text, "hash", hash.text, "violation",
	    rec->violation);
	data_hex(j, "digest", rec->file_digest);
	data_hex(j, "template_digest", rec->digest);
	put_field(j, "signature", rec->signature);
	put_field(j, "buffer", rec->buffer);
	put_field(j, "module_signature", rec->module_signature);
	return j;
}

/* PCR 10 after the whole list, in every bank that can be worked out. */
static json_t *
pcrs_json(struct bytes list)
{
	static const enum hash banks[] = {
	    HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512};
	json_t *all = json_object();

	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		json_t *one = json_object();
		struct digest d;

		if (ima_end_value(
			list, banks[i], bytes_view(NULL, 0), &d) == OK)
			data_hex(one, "10", digest_view(&d));
		json_object_set_new(all, hash_name(banks[i]), one);
	}
	return all;
}

static enum status
describe(struct bytes in, struct assay_result *r)
{
	json_t *records = json_array();
	struct ima_list list;
	struct ima_record rec;
	enum status st = ima_open(in, &list);

	while (st == OK && ima_next(&list, &rec))
		json_array_append_new(records, record_json(&rec));
	if (st == OK)
		st = list.st;
	verdict_reason(r, st, "ima", "record %zu", list.count);
	if (st == OK)
		r->top = json_pack(
		    "{s:o,s:O}", "pcrs", pcrs_json(in), "records", records);
	json_decref(records);
	return st;
}

/* Every bank in which there is a PCR 10. */
static void
compare(struct bytes list, struct bytes file, struct assay_result *r)
{
	struct pcr_values *values = calloc(1, sizeof(*values));
	const struct ima_part whole = {.list = list};
	struct ima_replay found;
	enum status st =
	    values != NULL ? pcr_file_parse(file, values) : NO_MEMORY;
	bool any = false;

	verdict_reason(r, st, "pcrs",
	    "give what tpm2_quote -o or tpm2_pcrread wrote, or lines "
	    "sha256:10=HEX");
	for (size_t b = 0; st == OK && b < values->have.count; b++) {
		enum hash bank = values->have.bank[b].alg;

		if (pcrs_get(values, bank, IMA_PCR).n == 0)
			continue;
		st = ima_replay(&whole, bank, values, NULL, &found);
		verdict_reason(r, st, "ima", "bank %s", hash_name(bank));
		any = true;
	}
	if (st == OK && !any)
		verdict_reason(r, PCR_NOT_QUOTED, "pcrs", "PCR 10");
	if (st == OK && any) {
		verdict_not_checked(r, CHECK_QUOTE);
		describe_ima(&found, r->data);
		ima_judge(&found, false, r);
	}
	free(values);
}

/* Without PCR values what a list says of itself can still be refused. */
static void
look(struct bytes in, struct assay_result *r)
{
	struct ima_replay found = {.aggregate = AGGREGATE_UNCHECKED};
	struct ima_list list;
	struct ima_record rec;

	ima_open(in, &list);
	while (ima_next(&list, &rec)) {
		if (rec.number == 0 && bytes_is_zero(rec.file_digest))
			found.aggregate = AGGREGATE_ZERO;
		if (rec.violation && found.violations++ == 0)
			found.first_violation = rec.number;
	}
	verdict_not_checked(r, CHECK_LOG_PCRS);
	ima_judge(&found, false, r);
	verdict_reason(r, NOT_VERIFIED, "ima", "give --pcrs");
}

struct assay_result *
check_ima(const struct assay_check *in)
{
	struct bytes list = bytes_view(in->ima.data, in->ima.len);
	struct assay_result *r = verdict_new("IMA list");

	if (r == NULL || crypto_init_verify() != OK) {
		assay_result_free(r);
		return NULL;
	}
	verdict_subject(r, BYTES_LIT("ima"));
	if (describe(list, r) != OK)
		return r;
	if (in->pcrs.data != NULL)
		compare(list, bytes_view(in->pcrs.data, in->pcrs.len), r);
	else
		look(list, r);
	return r;
}
