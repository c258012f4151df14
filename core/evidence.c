/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence_read.h"

#include "dcbor.h"

/* "x-" and 1 to 30 of a-z, 0-9, "-": extensions, digested and ignored. */
static bool
extension_label_ok(struct bytes label)
{
	if (label.n < 3 || label.n > 32 ||
	    !bytes_eq(bytes_sub(label, 0, 2), BYTES_LIT("x-")))
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
