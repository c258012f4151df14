/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence.h"

#include <string.h>

#define PROFILE_LABEL "__cmwc_t"

/* A decimal number up to 99 in its shortest form. */
static bool
is_small_number(struct bytes b)
{
	if (b.n == 1)
		return b.p[0] >= '0' && b.p[0] <= '9';
	return b.n == 2 && b.p[0] >= '1' && b.p[0] <= '9' && b.p[1] >= '0' &&
	    b.p[1] <= '9';
}

static bool
has_prefix(struct bytes b, const char *prefix)
{
	return bytes_eq(
	    bytes_sub(b, 0, strlen(prefix)), bytes_str(prefix));
}

bool
device_label_ok(struct bytes label)
{
	static const char *const kinds[] = {"gpu-", "switch-"};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(kinds[i]);

		if (label.n > n && has_prefix(label, kinds[i]))
			return is_small_number(
			    bytes_sub(label, n, label.n - n));
	}
	return false;
}

/* "x-" and 1 to 30 of a-z, 0-9, "-": extensions, digested and ignored. */
static bool
extension_label_ok(struct bytes label)
{
	if (label.n < 3 || label.n > 32 || !has_prefix(label, "x-"))
		return false;
	for (size_t i = 2; i < label.n; i++) {
		uint8_t c = label.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
			return false;
	}
	return true;
}

/* The named items: a Content-Format or a media type, and the indicator. */
static const struct named {
	const char *label;
	uint16_t cf;
	const char *type;
	uint64_t ind;
} named[] = {
    {"claims", CF_EAT_UCS_CBOR, NULL, CMW_EVIDENCE},
    {"tpm-quote", 0, MEDIA_TPM2_QUOTE, CMW_EVIDENCE},
    {"eventlog", 0, MEDIA_EVENTLOG, CMW_EVIDENCE},
    {"ima", 0, MEDIA_IMA, CMW_EVIDENCE},
    {"ak-cert", CF_PKIX_CERT, NULL, CMW_ENDORSEMENTS},
    {"ek-chain", CF_PKCS7_CERTS, NULL, CMW_ENDORSEMENTS},
};

/* Does RECORD have the type and indicator that LABEL must have? */
static enum status
check_item(struct bytes label, const struct cmw_record *rec)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		const struct named *n = &named[i];

		if (!bytes_eq(label, bytes_str(n->label)))
			continue;
		if (rec->ind != n->ind)
			return CMW_INDICATOR;
		if (n->type != NULL ? !cmw_is_text(rec, n->type)
				    : !cmw_is_cf(rec, n->cf))
			return CMW_TYPE;
		return OK;
	}
	if (device_label_ok(label))
		return rec->ind == CMW_EVIDENCE ? OK : CMW_INDICATOR;
	if (extension_label_ok(label))
		return rec->ind != 0 ? OK : CMW_INDICATOR;
	return EVIDENCE_ITEM_UNKNOWN;
}

/* Put the record where it belongs. */
static enum status
keep_item(struct evidence *ev, struct bytes label,
    const struct cmw_record *rec, size_t count[2])
{
	static const size_t most[2] = {GPUS_MAX, SWITCHES_MAX};

	if (bytes_eq(label, BYTES_LIT("claims"))) {
		ev->claims = rec->value;
		return OK;
	}
	if (bytes_eq(label, BYTES_LIT("tpm-quote"))) {
		ev->quote = rec->value;
		return OK;
	}
	if (device_label_ok(label)) {
		size_t kind = label.p[0] == 's';

		if (++count[kind] > most[kind])
			return EVIDENCE_DEVICE_COUNT;
	}
	if (ev->item_count == ITEMS_MAX)
		return EVIDENCE_TOO_LARGE;
	ev->items[ev->item_count++] = (struct evidence_item){label, *rec};
	return OK;
}

enum status
evidence_decode(struct bytes in, struct evidence *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map map;
	struct bytes label, profile = {NULL, 0};
	struct cmw_record rec;
	size_t count[2] = {0, 0};
	enum status st;

	*out = (struct evidence){.whole = in};
	if (in.n > EVIDENCE_MAX)
		return EVIDENCE_TOO_LARGE;

	map = dcbor_get_map(&c);
	if (c.st == OK && map.left == 0)
		return CMW_EMPTY;
	while (dcbor_key_text(&c, &map, &label)) {
		if (bytes_eq(label, BYTES_LIT(PROFILE_LABEL))) {
			profile = dcbor_get_tstr(&c);
			continue;
		}
		if (cmw_get_record(&c, &rec) != OK)
			break;
		if ((st = check_item(label, &rec)) != OK)
			return st;
		if ((st = keep_item(out, label, &rec, count)) != OK)
			return st;
	}
	if ((st = dcbor_end(&c)) != OK)
		return st;

	if (!bytes_eq(profile, BYTES_LIT(EVIDENCE_PROFILE_URI)))
		return EVIDENCE_PROFILE;
	if (out->claims.n == 0 || out->quote.n == 0)
		return EVIDENCE_ITEM_MISSING;
	return OK;
}

const struct evidence_item *
evidence_find(const struct evidence *ev, const char *label)
{
	for (size_t i = 0; i < ev->item_count; i++)
		if (bytes_eq(ev->items[i].label, bytes_str(label)))
			return &ev->items[i];
	return NULL;
}

bool
label_before(struct bytes a, struct bytes b)
{
	return a.n != b.n ? a.n < b.n : bytes_cmp(a, b) < 0;
}

enum status
evidence_encode(struct bytes claims, struct bytes quote,
    const struct evidence_item *items, size_t count, struct writer *out)
{
	const struct evidence_item fixed[] = {
	    {BYTES_LIT("claims"),
		{.type_cf = CF_EAT_UCS_CBOR, .value = claims,
		    .ind = CMW_EVIDENCE}},
	    {BYTES_LIT("tpm-quote"),
		{.type_text = BYTES_LIT(MEDIA_TPM2_QUOTE), .value = quote,
		    .ind = CMW_EVIDENCE}},
	    {BYTES_LIT(PROFILE_LABEL), {0}},
	};
	const struct evidence_item *sorted[ITEMS_MAX + 3];
	size_t n = 0;

	if (count > ITEMS_MAX)
		return EVIDENCE_TOO_LARGE;

	/* Insert each where its encoded key belongs. */
	for (size_t i = 0; i < count + 3; i++) {
		const struct evidence_item *it =
		    i < 3 ? &fixed[i] : &items[i - 3];
		size_t at = n++;

		for (; at > 0 && label_before(it->label, sorted[at - 1]->label);
		     at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = it;
	}

	dcbor_put_map(out, n);
	for (size_t i = 0; i < n; i++) {
		dcbor_put_tstr(out, sorted[i]->label);
		if (sorted[i] == &fixed[2])
			dcbor_put_tstr(out, BYTES_LIT(EVIDENCE_PROFILE_URI));
		else
			cmw_put_record(out, &sorted[i]->record);
	}
	return out->failed ? EVIDENCE_TOO_LARGE : OK;
}

enum status
quote_parts_decode(struct bytes in, struct quote_parts *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m = dcbor_get_map(&c);
	int64_t key;

	*out = (struct quote_parts){0};
	while (dcbor_key_int(&c, &m, &key)) {
		if (key == 0)
			out->attest = dcbor_get_bstr(&c);
		else if (key == 1)
			out->signature = dcbor_get_bstr(&c);
		else if (key == 2)
			out->ak_public = dcbor_get_bstr(&c);
		else if (key == 3)
			out->pcrs = dcbor_skip(&c, 3);
		else
			return CLAIM_UNKNOWN;
	}
	if (dcbor_end(&c) != OK)
		return dcbor_end(&c);
	if (out->attest.n == 0 || out->signature.n == 0 ||
	    out->ak_public.n == 0)
		return CLAIM_MISSING;
	return OK;
}

void
quote_parts_encode(const struct quote_parts *q, struct writer *w)
{
	const struct bytes part[] = {q->attest, q->signature, q->ak_public};

	dcbor_put_map(w, q->pcrs.n > 0 ? 4 : 3);
	for (size_t i = 0; i < 3; i++) {
		dcbor_put_uint(w, i);
		dcbor_put_bstr(w, part[i]);
	}
	if (q->pcrs.n > 0) {
		dcbor_put_uint(w, 3);
		write_bytes(w, q->pcrs);
	}
}

enum status
evidence_binding(enum hash alg, struct bytes claims, struct digest *out)
{
	/* The literal brings its NUL: the 00 of the formula. */
	static const char context[] = "assay/evidence/1";
	struct bytes parts[] = {
	    bytes_view(context, sizeof(context)), claims};

	return hash_parts(alg, parts, 2, out);
}

enum status
evidence_ueid(
    struct bytes ak_name, struct bytes ek_name, uint8_t out[UEID_LEN])
{
	struct digest d;
	enum status st =
	    hash_one(HASH_SHA256, ek_name.n > 0 ? ek_name : ak_name, &d);

	if (st != OK)
		return st;
	out[0] = 0x01; /* RAND, RFC 9711 4.2.1.1 */
	memcpy(out + 1, d.b, d.n);
	return OK;
}

enum status
evidence_device_nonce(struct bytes nonce, struct bytes ak_name,
    struct bytes label, uint8_t out[NONCE_LEN])
{
	uint8_t buf[256];
	struct writer w = writer_of(buf, sizeof(buf));
	struct digest d;
	enum status st;

	dcbor_put_array(&w, 4);
	dcbor_put_tstr(&w, BYTES_LIT("assay/gpu-nonce/1"));
	dcbor_put_bstr(&w, nonce);
	dcbor_put_bstr(&w, ak_name);
	dcbor_put_tstr(&w, label);
	if (w.failed)
		return INTERNAL;
	if ((st = hash_one(HASH_SHA256, writer_view(&w), &d)) != OK)
		return st;
	memcpy(out, d.b, NONCE_LEN);
	return OK;
}
