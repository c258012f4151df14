/* SPDX-License-Identifier: Apache-2.0 */
#include "placement.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts_read.h"
#include "inventories.h"
#include "number.h"
#include "verify.h"

/* What is asked while the devices of one host are gone through. */
struct placing {
	const struct assay *ctx;
	const struct verified *v;
	struct assay_result *r;
	struct bytes ek; /* of this host; empty when it says none */
	bool proved;     /* that it is of this host, by enrolment */
};

/* The host's endorsement key, as far as it is known. */
static void
find_ek(struct placing *p)
{
	const struct assay_host *host = verified_host(p->v);

	p->proved = host->enrolment == ASSAY_ENROLLED && host->ek_name_len > 0;
	p->ek = p->proved ? bytes_view(host->ek_name, host->ek_name_len)
			  : verified_claims(p->v)->ek_name;
}

/* Inventories that count at this time; any other is a reason. */
static size_t
valid(const struct placing *p, const struct inventory *out[INVENTORIES_MAX])
{
	const struct inventories *all = p->ctx->inventories;
	size_t n = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct inventory *one = &all->inventory[i];

		if (!p->ctx->has_time)
			verdict_not_checked(p->r, CHECK_TIME);
		else if (p->ctx->time < one->from ||
		    p->ctx->time > one->until)
			verdict_reason(p->r, INVENTORY_EXPIRED, "host",
			    "inventory %.*s; sign the list anew",
			    (int)one->name.n, (const char *)one->name.p);
		else
			out[n++] = one;
	}
	return n;
}

/* Does every source of the claims have the device in SLOT? */
enum slot { SLOT_UNSAID, SLOT_SAME, SLOT_OTHER };

static enum slot
compare_slot(struct bytes facts, struct bytes slot, char seen[40])
{
	enum slot found = SLOT_UNSAID;
	struct fact_cursor cur;
	uint64_t want = 0, have;
	struct fact f;

	if (!pci_address_read(slot, &want) || facts_open(facts, &cur) != OK)
		return SLOT_UNSAID;
	while (facts_next(&cur, &f)) {
		if (f.key != FACT_PCI_ADDRESS)
			continue;
		snprintf(seen, 40, "%.*s", (int)(f.text.n > 39 ? 39 : f.text.n),
		    (const char *)f.text.p);
		if (!pci_address_read(f.text, &have) || have != want)
			return SLOT_OTHER;
		found = SLOT_SAME;
	}
	return found;
}

/* The device I, which signed, has its place in INVENTORY. */
static bool
judge_place(const struct placing *p, size_t i, const struct place *place,
    const struct inventory *inventory)
{
	const struct device_claims *d = &verified_claims(p->v)->devices[i];
	const char *label = p->r->subjects[i + 1].label;
	char ek[2 * TPM_NAME_MAX + 1], seen[40] = "";
	enum slot slot = SLOT_SAME;

	if (p->ek.n == 0)
		return false;
	if (!bytes_eq(place->ek_name, p->ek)) {
		bytes_to_hex(place->ek_name, ek);
		verdict_reason(p->r, PLACEMENT_HOST, label,
		    "inventory %.*s has it at %s",
		    (int)inventory->name.n, (const char *)inventory->name.p,
		    ek);
		return false;
	}
	if (place->slot.n > 0)
		slot = compare_slot(d->facts, place->slot, seen);
	if (slot == SLOT_OTHER)
		verdict_reason(p->r, PLACEMENT_SLOT, label,
		    "%s; inventory %.*s has it in %.*s", seen,
		    (int)inventory->name.n, (const char *)inventory->name.p,
		    (int)place->slot.n, (const char *)place->slot.p);
	return slot == SLOT_SAME && p->proved;
}

/* Facts about a place that holds. */
static void
describe(const struct placing *p, const char *label,
    const struct place *place, const struct inventory *inventory)
{
	json_t *at = json_object_get(
	    json_object_get(p->r->data, "devices"), label);
	json_t *said = json_object();
	char hex[2 * HASH_MAX + 1];

	data_text(said, "inventory", inventory->name);
	if (place->slot.n > 0)
		data_text(said, "slot", place->slot);
	bytes_to_hex(digest_view(&inventory->signer), hex);
	data_text(said, "signer", bytes_str(hex));
	bytes_to_hex(digest_view(&inventory->digest), hex);
	data_text(said, "sha256", bytes_str(hex));
	json_object_set_new(at, "endorsed", said);
}

/* Is the host in INVENTORY at all? */
static bool
has_host(const struct inventory *inventory, struct bytes ek)
{
	for (size_t i = 0; ek.n > 0 && i < inventory->count; i++)
		if (bytes_eq(inventory->place[i].ek_name, ek))
			return true;
	return false;
}

/* One device that signed; true when its place holds. */
static bool
judge_device(const struct placing *p, size_t i, const char *identity,
    const struct inventory *const *in, size_t count)
{
	const char *label = p->r->subjects[i + 1].label;
	bool listed = false, holds = false, host = false;

	for (size_t k = 0; k < count; k++) {
		const struct place *place =
		    inventory_find(in[k], bytes_str(identity));

		host |= has_host(in[k], p->ek);
		if (place == NULL || listed)
			continue;
		listed = true;
		holds = judge_place(p, i, place, in[k]);
		if (holds)
			describe(p, label, place, in[k]);
	}
	if (host && !listed)
		verdict_reason(p->r, PLACEMENT_UNLISTED, label,
		    "%s; add it with assay inventory sign", identity);
	return holds;
}

/* Did one of this host's devices with evidence of its own say IDENTITY? */
static bool
was_shown(const struct verified *v, struct bytes identity)
{
	const struct device_proof *proof;

	for (size_t i = 0; i < verified_claims(v)->device_count; i++)
		if (verified_device(v, i, &proof) == DEVICE_PROVED &&
		    bytes_eq(bytes_str(proof->identity), identity))
			return true;
	return false;
}

/* What was put into this host and did not show itself. */
static void
find_missing(const struct placing *p, const struct inventory *in)
{
	for (size_t i = 0; p->ek.n > 0 && i < in->count; i++) {
		const struct place *place = &in->place[i];

		if (!bytes_eq(place->ek_name, p->ek) ||
		    was_shown(p->v, place->identity))
			continue;
		verdict_reason(p->r, PLACEMENT_MISSING, "host",
		    "%.*s of inventory %.*s", (int)place->identity.n,
		    (const char *)place->identity.p, (int)in->name.n,
		    (const char *)in->name.p);
	}
}

void
placement_judge(const struct assay *ctx, const struct verified *v,
    struct assay_result *r, bool endorsed[DEVICES_MAX])
{
	const struct inventory *in[INVENTORIES_MAX];
	struct placing p = {.ctx = ctx, .v = v, .r = r};
	size_t count = verified_claims(v)->device_count, held = 0, n;

	find_ek(&p);
	n = valid(&p, in);
	for (size_t i = 0; i < count; i++) {
		const struct device_proof *proof;

		endorsed[i] = verified_device(v, i, &proof) == DEVICE_PROVED &&
		    proof->identity[0] != '\0' &&
		    judge_device(&p, i, proof->identity, in, n);
		held += endorsed[i];
	}
	for (size_t i = 0; i < n; i++)
		find_missing(&p, in[i]);
	if (held == count)
		return;
	verdict_not_checked(r, CHECK_PLACEMENT);
	if (n > 0 && !p.proved)
		verdict_not_checked(r, CHECK_PLACEMENT_EK);
}

/* The PCI address of a device, when its sources agree. */
static void
find_slot(struct bytes facts, char out[40])
{
	struct fact_cursor cur;
	uint64_t address;
	struct fact f;

	out[0] = '\0';
	if (facts_open(facts, &cur) != OK)
		return;
	while (facts_next(&cur, &f))
		if (f.key == FACT_PCI_ADDRESS && out[0] == '\0' &&
		    pci_address_read(f.text, &address))
			snprintf(out, 40, "%04" PRIx64 ":%02x:%02x.%x",
			    address >> 16, (unsigned)(address >> 8 & 0xff),
			    (unsigned)(address >> 3 & 0x1f),
			    (unsigned)(address & 7));
	if (out[0] != '\0' &&
	    compare_slot(facts, bytes_str(out), (char[40]){""}) != SLOT_SAME)
		out[0] = '\0';
}

enum { LIST_LINE_MAX = 2 * TPM_NAME_MAX + IDENTITY_MAX + 48, YEAR = 365 };

char *
placement_list(const struct verified *v, int64_t at)
{
	const struct claims *c = verified_claims(v);
	size_t cap = LIST_LINE_MAX * (c->device_count + 1), n = 0;
	char ek[2 * TPM_NAME_MAX + 1], slot[40], from[NUMBER_TEXT],
	    until[NUMBER_TEXT];
	const struct device_proof *proof;
	struct placing p = {.v = v};
	char *out;

	find_ek(&p);
	if (p.ek.n == 0 || (out = malloc(cap)) == NULL)
		return NULL;
	bytes_to_hex(p.ek, ek);
	date_text(at, from);
	date_text(at + (int64_t)YEAR * 86400, until);
	n += (size_t)snprintf(out, cap, "inventory,1,%.16s,%s,%s\n", ek + 4,
	    from, until);
	for (size_t i = 0; i < c->device_count; i++) {
		if (verified_device(v, i, &proof) != DEVICE_PROVED ||
		    !identity_ok(bytes_str(proof->identity)))
			continue;
		find_slot(c->devices[i].facts, slot);
		n += (size_t)snprintf(out + n, cap - n, "%s,%s,%s\n", ek,
		    proof->identity, slot);
	}
	return out;
}
