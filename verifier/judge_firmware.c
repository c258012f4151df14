/* SPDX-License-Identifier: Apache-2.0 */
#include "judge_firmware.h"

#include <stdio.h>

#include "classify.h"
#include "tables.h"

/* The whole row, for who has to decide. */
static json_t *
row_json(const struct flawed *row)
{
	json_t *at = json_object();

	data_text(at, "id", row->id);
	data_text(at, "versions", row->versions.text);
	data_text(at, "reason", row->reason);
	data_text(at, "level", bytes_str(level_name(row->versions.level)));
	data_text(at, "source", row->versions.source->text);
	if (row->versions.note.n > 0)
		data_text(at, "note", row->versions.note);
	return at;
}

void
judge_firmware(const struct assay *ctx, const struct quote *quote,
    const struct assay_host *host, struct assay_result *r)
{
	json_t *tpm = json_object_get(r->data, "tpm");
	const struct flawed *row;
	const struct tpms *set;
	char detail[TABLE_DETAIL], version[16];
	enum status st;

	if (host->tpm_manufacturer[0] == '\0') {
		verdict_not_checked(r, CHECK_TPM_FIRMWARE);
		return;
	}
	st = tables_tpms(ctx->tables, ctx->has_time ? &ctx->time : NULL,
	    ctx->has_policy ? &ctx->policy : NULL, &set, detail);
	verdict_reason(r, st, "host", "%s", detail);
	if (st != OK) {
		verdict_not_checked(r, CHECK_TPM_FIRMWARE);
		return;
	}
	result_add_table(r, &set->table);
	snprintf(version, sizeof(version), "%u.%u",
	    (unsigned)(quote->firmware_version >> 48),
	    (unsigned)(quote->firmware_version >> 32 & 0xffff));
	data_text(
	    tpm, "manufacturer", bytes_str(host->tpm_manufacturer));
	data_text(tpm, "firmware", bytes_str(version));

	row = tpms_find(set, host->tpm_manufacturer, quote->firmware_version);
	if (row == NULL)
		return;
	json_object_set_new(tpm, "flaw", row_json(row));
	verdict_reason(r, TPM_FIRMWARE_DENIED, "host",
	    "%.*s %s: %.*s; source: %.*s", (int)row->manufacturer.n,
	    (const char *)row->manufacturer.p, version, (int)row->reason.n,
	    (const char *)row->reason.p, (int)row->versions.source->id.n,
	    (const char *)row->versions.source->id.p);
}
