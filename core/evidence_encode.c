/* SPDX-License-Identifier: Apache-2.0 */
/* Labels, the formulas, and writing evidence. */
#include "evidence.h"

#include <string.h>

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

bool
label_before(struct bytes a, struct bytes b)
{
	return a.n != b.n ? a.n < b.n : bytes_cmp(a, b) < 0;
}

/* The label that an item begins with. */
static struct bytes
label_of(const uint8_t *item)
{
	struct bytes label;

	memcpy(&label, item, sizeof(label));
	return label;
}

/* Insertion sort: the lists are short and mostly in order. */
void
label_sort(void *items, size_t count, size_t size)
{
	for (size_t i = 1; i < count; i++) {
		uint8_t *at = (uint8_t *)items + i * size;

		while (at != items &&
		    label_before(label_of(at), label_of(at - size))) {
			at -= size;
			for (size_t k = 0; k < size; k++) {
				uint8_t byte = at[k];

				at[k] = at[k + size];
				at[k + size] = byte;
			}
		}
	}
}

enum status
evidence_encode(struct bytes claims, struct bytes quote,
    const struct evidence_item *items, size_t count, struct writer *out)
{
	struct evidence_item all[3 + ITEMS_MAX] = {
	    {BYTES_LIT("claims"),
		{.type_cf = CF_EAT_UCS_CBOR, .value = claims,
		    .ind = CMW_EVIDENCE}},
	    {BYTES_LIT("tpm-quote"),
		{.type_text = BYTES_LIT(MEDIA_TPM2_QUOTE), .value = quote,
		    .ind = CMW_EVIDENCE}},
	    {BYTES_LIT(PROFILE_LABEL), {0}},
	};

	if (count > ITEMS_MAX)
		return EVIDENCE_TOO_LARGE;
	for (size_t i = 0; i < count; i++)
		all[3 + i] = items[i];
	label_sort(all, 3 + count, sizeof(all[0]));

	dcbor_put_map(out, 3 + count);
	for (size_t i = 0; i < 3 + count; i++) {
		dcbor_put_tstr(out, all[i].label);
		if (bytes_eq(all[i].label, BYTES_LIT(PROFILE_LABEL)))
			dcbor_put_tstr(out, BYTES_LIT(EVIDENCE_PROFILE_URI));
		else
			cmw_put_record(out, &all[i].record);
	}
	return out->failed ? EVIDENCE_TOO_LARGE : OK;
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

/* What another signs for us: its nonce follows from N and the AK. */
static enum status
follow(enum hash alg, const char *context, const struct bytes part[2],
    struct bytes label, uint8_t *out)
{
	uint8_t buf[256];
	struct writer w = writer_of(buf, sizeof(buf));
	struct digest d;
	enum status st;

	dcbor_put_array(&w, label.n > 0 ? 4 : 3);
	dcbor_put_tstr(&w, bytes_str(context));
	dcbor_put_bstr(&w, part[0]);
	dcbor_put_bstr(&w, part[1]);
	if (label.n > 0)
		dcbor_put_tstr(&w, label);
	if (w.failed)
		return INTERNAL;
	if ((st = hash_one(alg, writer_view(&w), &d)) != OK)
		return st;
	memcpy(out, d.b, d.n);
	return OK;
}

enum status
evidence_device_nonce(struct bytes nonce, struct bytes ak_name,
    struct bytes label, uint8_t out[NONCE_LEN])
{
	const struct bytes part[2] = {nonce, ak_name};

	return follow(HASH_SHA256, "assay/gpu-nonce/1", part, label, out);
}

enum status
evidence_tee_nonce(
    struct bytes nonce, struct bytes ak_name, uint8_t out[TEE_NONCE_LEN])
{
	const struct bytes part[2] = {nonce, ak_name}, none = {NULL, 0};

	return follow(HASH_SHA512, "assay/tee-nonce/1", part, none, out);
}
