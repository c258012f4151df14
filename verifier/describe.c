/* SPDX-License-Identifier: Apache-2.0 */
/* Claims and quotes as JSON, for people and for --json. */
#include <inttypes.h>
#include <stdio.h>

#include "facts_read.h"
#include "sandbox.h"
#include "verify.h"

/* {"link-width": {"sysfs": 16}} */
static json_t *
facts_json(struct bytes encoded)
{
	json_t *all = json_object(), *at;
	struct fact_cursor cur;
	struct fact f;
	char unknown[32], source[32];

	if (facts_open(encoded, &cur) != OK)
		return all;
	while (facts_next(&cur, &f)) {
		const char *name = fact_name(f.key);
		const char *src = source_name(f.source);

		snprintf(unknown, sizeof(unknown), "fact-%" PRIu64, f.key);
		snprintf(source, sizeof(source), "source-%" PRIu64, f.source);
		name = name != NULL ? name : unknown;
		src = src != NULL ? src : source;
		if ((at = json_object_get(all, name)) == NULL) {
			at = json_object();
			json_object_set_new(all, name, at);
		}
		if (f.type == CBOR_UINT)
			data_uint(at, src, f.number);
		else if (f.type == CBOR_TSTR)
			data_text(at, src, f.text);
		else
			data_hex(at, src, f.text);
	}
	return all;
}

/* Text if it is text, else hexadecimal digits. */
static void
data_any(json_t *at, const char *key, struct bytes b)
{
	if (bytes_is_text(b))
		data_text(at, key, b);
	else
		data_hex(at, key, b);
}

static json_t *
device_json(const struct device_claims *d)
{
	json_t *at = json_object();

	data_any(at, "model", d->model);
	json_object_set_new(at, "signed", json_boolean(d->item.n > 0));
	if (d->nonce.n > 0)
		data_hex(at, "nonce", d->nonce);
	json_object_set_new(at, "facts", facts_json(d->facts));
	return at;
}

/* What the agent says was in force around it. */
static json_t *
sandbox_json(uint64_t bits)
{
	json_t *names = json_array();

#define BIT(constant, bit, name)                                               \
	if ((bits & (constant)) != 0)                                          \
		json_array_append_new(names, json_string(name));
	SANDBOX_BITS(BIT)
#undef BIT
	return names;
}

void
describe_claims(const struct claims *c, json_t *data)
{
	json_t *devices = json_object();

	data_hex(data, "nonce", c->nonce);
	if (c->epoch_marker.n > 0) {
		data_text(data, "epoch", c->epoch_kind);
		data_uint(data, "epoch_marker_bytes", c->epoch_marker.n);
	}
	data_hex(data, "ueid", c->ueid);
	data_hex(data, "ak_name", c->ak_name);
	if (c->ek_name.n > 0)
		data_hex(data, "ek_name", c->ek_name);
	data_uint(data, "host_time", c->iat);
	data_uint(data, "uptime", c->uptime);
	data_text(data, "agent", c->agent_name);
	data_text(data, "agent_version", c->agent_version);
	data_hex(data, "agent_digest", c->agent_digest);
	json_object_set_new(data, "sandbox", sandbox_json(c->sandbox));
	data_hex(data, "boot_id", c->boot_id);
	if (c->has_chain)
		data_uint(data, "report_counter", c->chain_counter);
	for (size_t i = 0; i < c->device_count; i++)
		json_object_setn_new(devices,
		    (const char *)c->devices[i].label.p, c->devices[i].label.n,
		    device_json(&c->devices[i]));
	json_object_set_new(data, "devices", devices);
}

void
describe_quote(const struct quote *q, json_t *data)
{
	json_t *tpm = json_object();
	uint8_t text[256];
	struct writer w = writer_of(text, sizeof(text));
	char firmware[20];

	selection_to_text(&q->selection, &w);
	data_text(tpm, "pcrs", writer_view(&w));
	data_hex(tpm, "extra_data", q->extra_data);
	data_hex(tpm, "pcr_digest", q->pcr_digest);
	data_hex(tpm, "qualified_signer", q->qualified_signer);
	data_uint(tpm, "clock", q->clock);
	data_uint(tpm, "reset_count", q->reset_count);
	data_uint(tpm, "restart_count", q->restart_count);
	json_object_set_new(tpm, "safe", json_boolean(q->safe));
	snprintf(firmware, sizeof(firmware), "%016" PRIx64,
	    q->firmware_version);
	data_text(tpm, "firmware_version", bytes_str(firmware));
	json_object_set_new(data, "tpm", tpm);
}
