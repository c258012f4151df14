/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay_verify under a fixed context.  The first byte chooses where the rest
 * goes: it is the bundle, or a part of a bundle that is then bound and signed
 * by the forge, so that everything behind the signature is reached too.  Its
 * highest bit gives the host a history: two accelerators that never sign.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "world.h"

static struct world world;
static struct assay *ctx;
static struct bytes input;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(world_open(&world, KEY_P256));
	MUST((ctx = world_context(&world)) != NULL);
	return 0;
}

/* They are expected, and whatever signs here has signed elsewhere. */
static int
recall(void *arg, const uint8_t *name, size_t len, const char *identity,
    size_t i, struct assay_device *out)
{
	(void)arg;
	MUST(len > 0 && len <= ASSAY_NAME_MAX);
	if (identity == NULL && i == 2)
		return 1;
	MUST(i < 2);
	snprintf(out->identity, sizeof(out->identity), "%s",
	    identity == NULL ? "simulated:00" : identity);
	snprintf(out->label, sizeof(out->label), "gpu-%zu", i);
	memcpy(out->ak_name, name, len);
	out->ak_name_len = len;
	return 0;
}

/* What is remembered is bounded, and none of it is expected. */
static void
check_history(const struct assay_result *r)
{
	static struct assay_host host;
	int rc = assay_result_exit(r);

	if (world.host.device_fn == NULL)
		return;
	MUST(rc == 1 || rc == 3 || rc == 65);
	if (!assay_result_host(r, &host))
		return;
	MUST(host.device_fn == NULL);
	MUST(host.device_count <= ASSAY_DEVICES_MAX);
	for (size_t i = 0; i < host.device_count; i++) {
		MUST(host.device[i].identity[0] != '\0');
		MUST(host.device[i].label[0] != '\0');
		MUST(rc == 3 || !host.device[i].expected);
	}
}

static void
as_claims(struct forge *f)
{
	f->claims_wire = input;
}

static void
as_attest(struct forge *f)
{
	f->attest_wire = input;
	forge_resign(f);
}

static void
as_signature(struct forge *f)
{
	f->signature_wire = input;
}

static void
as_public(struct forge *f)
{
	f->public_wire = input;
}

static void
as_pcrs(struct forge *f)
{
	f->pcrs_wire = input;
}

/* The last item, with its digest made afterwards. */
static void
as_item(struct forge *f)
{
	struct evidence_item *it = &f->items[f->item_count - 1];
	size_t start = f->arena.n;

	it->record.value = input;
	cmw_put_record(&f->arena, &it->record);
	it->record.whole = bytes_view(f->arena.p + start, f->arena.n - start);
}

static void
as_facts(struct forge *f)
{
	f->claims.devices[0].facts = input;
}

static void
as_name(struct forge *f)
{
	f->claims.agent_name = input;
}

static const struct {
	enum forge_stage stage;
	void (*change)(struct forge *f);
	bool device, log;
} ways[] = {
    {FORGE_DONE, NULL, false, false},
    {FORGE_BOUND, as_claims, false, false},
    {FORGE_SIGNED, as_attest, false, false},
    {FORGE_SIGNED, as_signature, false, false},
    {FORGE_SIGNED, as_public, false, false},
    {FORGE_SIGNED, as_pcrs, false, false},
    {FORGE_ITEMS, as_item, true, false},
    {FORGE_ITEMS, as_item, false, true},
    {FORGE_CLAIMS, as_facts, false, false},
    {FORGE_CLAIMS, as_name, false, false},
};

/* The result can be written, and its text is fit for a terminal. */
static void
write_out(const struct assay_result *r)
{
	static char text[1 << 19];
	long n = assay_result_write(r, ASSAY_TEXT, NULL, text, sizeof(text));

	MUST(n > 0);
	for (long i = 0; i < n && (size_t)n < sizeof(text); i++)
		MUST(text[i] == '\n' || (text[i] >= 0x20 && text[i] <= 0x7e));
	MUST(assay_result_write(r, ASSAY_JSON, NULL, text, sizeof(text)) > 0);
}

static void
judge(const uint8_t *p, size_t n)
{
	struct assay_result *r =
	    assay_verify(ctx, world.nonce, world.nonce_len, p, n);
	int rc;

	MUST(r != NULL);
	rc = assay_result_exit(r);
	MUST(rc == 0 || rc == 1 || rc == 2 || rc == 3 || rc == 65);
	check_history(r);
	write_out(r);
	assay_result_free(r);
	r = assay_check(NULL, ASSAY_BUNDLE,
	    &(struct assay_check){.evidence = {p, n}});
	MUST(r != NULL);
	rc = assay_result_exit(r);
	MUST(rc == 0 || rc == 1 || rc == 65);
	write_out(r);
	assay_result_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t log[1024];
	struct writer w = writer_of(log, sizeof(log));
	size_t way;

	if (size == 0 || size > FORGE_BUF)
		return 0;
	way = (data[0] & 0x7f) % (sizeof(ways) / sizeof(ways[0]));
	input = bytes_view(data + 1, size - 1);
	world_reset(&world);
	world.host.device_fn = data[0] & 0x80 ? recall : NULL;
	if (ways[way].change == NULL) {
		judge(input.p, input.n);
		return 0;
	}
	world.forge.devices_sign = ways[way].device;
	if (ways[way].log) {
		forge_log_sound(&w);
		world.forge.eventlog = writer_view(&w);
	}
	if (forge_build(&world.forge, ways[way].stage, ways[way].change))
		judge(world.forge.out.p, world.forge.out.n);
	return 0;
}
