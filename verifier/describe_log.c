/* SPDX-License-Identifier: Apache-2.0 */
#include "describe_log.h"

#include <stdio.h>

#include "event_describe.h"

/* Longer data, such as lists of certificates, are in the log itself. */
enum { DATA_SHOWN = 64 };

json_t *
describe_pcrs(const struct replay *replay)
{
	uint32_t told = replay->touched | replay->has_locality;
	json_t *banks = json_object();

	for (size_t b = 0; b < replay->pcrs.have.count; b++) {
		enum hash alg = replay->pcrs.have.bank[b].alg;
		json_t *pcrs = json_object();
		char index[4];

		for (unsigned i = 0; i < PCR_COUNT; i++) {
			if (!(told >> i & 1))
				continue;
			snprintf(index, sizeof(index), "%u", i);
			data_hex(
			    pcrs, index, pcrs_get(&replay->pcrs, alg, i));
		}
		json_object_set_new(banks, hash_name(alg), pcrs);
	}
	return banks;
}

static json_t *
digests_json(const struct event *e)
{
	json_t *all = json_object();
	char number[8];

	for (size_t i = 0; i < e->digests; i++) {
		enum hash alg = e->digest[i].id;

		snprintf(number, sizeof(number), "0x%04x", e->digest[i].id);
		data_hex(all, hash_size(alg) != 0 ? hash_name(alg) : number,
		    e->digest[i].value);
	}
	return all;
}

static json_t *
event_json(const struct event *e, enum hash bank)
{
	const char *name = event_type_name(e->type);
	struct event_said said;
	char number[12];
	json_t *j;

	if (event_describe(e, bank, &said) != OK)
		return NULL;
	snprintf(number, sizeof(number), "0x%08x", e->type);
	j = json_pack("{s:I,s:I,s:s,s:s,s:o,s:s,s:s}", "number",
	    (json_int_t)e->number, "pcr", (json_int_t)e->pcr, "type",
	    name != NULL ? name : number, "type_id", number, "digests",
	    digests_json(e), "bound", binding_name(said.binding), "says",
	    said.line.text);
	if (said.malformed)
		json_object_set_new(j, "malformed", json_true());
	data_uint(j, "size", e->data.n);
	if (e->data.n <= DATA_SHOWN)
		data_hex(j, "data", e->data);
	return j;
}

json_t *
describe_events(struct bytes in, enum hash bank)
{
	json_t *all = json_array();
	struct eventlog log;
	struct event e;

	eventlog_open(in, &log);
	while (eventlog_next(&log, &e))
		json_array_append_new(all, event_json(&e, bank));
	return all;
}

void
describe_replay(const struct replay *replay, enum hash bank, json_t *data)
{
	const struct pcr_selection *have = &replay->pcrs.have;
	uint8_t text[64];
	struct writer w = writer_of(text, sizeof(text));

	for (size_t b = 0; b < have->count; b++) {
		write_str(&w, b > 0 ? " " : "");
		write_str(&w, hash_name(have->bank[b].alg));
	}
	data_text(data, "banks", writer_view(&w));
	if (bank != HASH_NONE)
		data_text(data, "described_in", bytes_str(hash_name(bank)));
	data_uint(data, "events", replay->events);
	if (replay->has_locality)
		data_uint(data, "startup_locality", replay->locality);
}

enum hash
describe_bank(const struct pcr_selection *have)
{
	static const enum hash order[] = {
	    HASH_SHA256, HASH_SHA384, HASH_SHA512, HASH_SHA1};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t b = 0; b < have->count; b++)
			if (have->bank[b].alg == order[i])
				return order[i];
	return HASH_NONE;
}
