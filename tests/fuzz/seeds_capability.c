/* SPDX-License-Identifier: Apache-2.0 */
/* First inputs for the readers of tables and predicates. */
#include "seeds.h"

#include <string.h>

#include <assay/verify.h>

#include "dcbor.h"
#include "tables.h"

static const char facts[] =
    "{\"data\":{\"devices\":[{\"label\":\"gpu-0\",\"simulated\":false,"
    "\"facts\":{\"pci-vendor\":{\"sysfs\":4318},\"product\":"
    "{\"driver library\":\"x\"}}}]}}";
static const char observed[] =
    "{\"schema\":1,\"kind\":\"assay-observed\",\"device\":\"d\","
    "\"pci\":\"0000:17:00.0\",\"uuid\":\"GPU-1\",\"copy_gbs_min\":1,"
    "\"seconds_milli\":1,\"observed\":[{\"format\":\"fp16\",\"bits\":16,"
    "\"tops_min_milli\":1,\"method\":\"m\"}]}";
static const char small[] =
    "table,1,chips,chips,1,2026-01-01,2027-01-01\nsource,s,a test\n"
    "chip,x,Maker,X,die\nsku,A_1_1,primary,s\npci,10de:0001,primary,s\n"
    "tpp,15832,primary,s\narea,?,unknown,\ndc,yes,assumed,s,\"a, note\"\n";

/* Every predicate of the shipped rules by itself. */
static void
seed_predicates(struct bytes rules)
{
	static const char key[] = "\npredicate,";

	for (size_t i = 0; i + sizeof(key) < rules.n; i++) {
		size_t n = 0, at = i + sizeof(key) - 1;

		if (memcmp(rules.p + i, key, sizeof(key) - 1) != 0)
			continue;
		while (at + n < rules.n && rules.p[at + n] != ',')
			n++;
		seed("expression", -1, bytes_sub(rules, at, n));
	}
}

static const char places[] =
    "inventory,1,hall-7,2026-01-01,2027-01-01\n"
    "000baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
    "nvidia:00,0000:17:00.0\n# x\n"
    "000bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,"
    "spdm:1,\n";

/* An inventory as a list, signed, and what is inside. */
static void
seed_inventory(const char *pem)
{
	uint8_t out[1024];
	struct assay_signed what = {
	    .key_pem = pem, .list = {places, sizeof(places) - 1}};
	long n = assay_sign(&what, out, sizeof(out));
	struct dcbor c = dcbor_of(bytes_view(out, n > 0 ? (size_t)n : 0));

	seed("inventory", 2, bytes_str(places));
	if (n <= 0)
		return;
	seed("inventory", 0, c.rest);
	dcbor_want_tag(&c, 18);
	dcbor_want_array(&c, 4);
	(void)dcbor_get_bstr(&c);
	(void)dcbor_get_map(&c);
	seed("inventory", 1, dcbor_get_bstr(&c));
}

static void
seed_signatures(void)
{
	char pem[1024];
	uint8_t cose[TABLE_COSE_MAX];
	struct assay_signed what = {
	    .key_pem = pem, .table = {"table", 5}};
	long n;

	if (assay_key(ASSAY_KEY_NEW, NULL, pem, sizeof(pem)) <= 0)
		return;
	seed_inventory(pem);
	n = assay_sign(&what, cose, sizeof(cose));
	if (n > 0)
		seed("table", 2, bytes_view(cose, (size_t)n));
}

void
seeds_capability(void)
{
	for (size_t i = 0; i < shipped_count; i++) {
		const struct shipped *s = &shipped_tables[i];
		struct bytes text = bytes_view(s->data, s->len);

		if (s->len < 16384)
			seed("table", s->kind == TABLE_CHIPS ? 0
			    : s->kind == TABLE_TPMS ? 5 : 1, text);
		if (s->kind == TABLE_RULES)
			seed_predicates(text);
	}
	seed("table", 0, bytes_str(small));
	seed("table", 3, bytes_str(facts));
	seed("table", 4, bytes_str(observed));
	seed("expression", -1, BYTES_LIT("!(dc && 2*tpp+io>=1.5) || chip(x)"));
	seed_signatures();
}
