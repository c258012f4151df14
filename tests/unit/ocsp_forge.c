/* SPDX-License-Identifier: Apache-2.0 */
#include "ocsp_forge.h"

#include <string.h>

#define OID_BASIC "2b0601050507300101"
#define OID_NONCE "2b0601050507300102"

enum { WEEK = 7 * 86400 };

struct of_recipe
of_sound(const char *issuer, const struct xf_key *key, uint64_t serial,
    int64_t at)
{
	return (struct of_recipe){
	    .type = OID_BASIC,
	    .responder = issuer,
	    .signer = key,
	    .hash = HASH_SHA384,
	    .single = {{.serial = serial, .hash = HASH_SHA1, .issuer = issuer,
		.issuer_key = key, .reason = -1, .this_update = at,
		.next_update = at + WEEK}},
	    .count = 1,
	};
}

/* The same element with a length that DER does not have. */
static struct bytes
odd_length(struct bytes element, enum of_damage damage)
{
	uint8_t head[4] = {element.p[0]};
	static const uint8_t end[2];
	size_t skip = element.p[1] < 0x80 ? 2 : 2 + (element.p[1] & 0x7fu);
	struct bytes content = bytes_sub(element, skip, element.n - skip);

	if (damage == OF_INDEFINITE) {
		head[1] = 0x80;
		return xf_join(XF_PARTS(
		    bytes_view(head, 2), content, BYTES_OF(end)));
	}
	if (content.n < 0x80) {
		head[1] = 0x81;
		head[2] = (uint8_t)content.n;
		return xf_join(XF_PARTS(bytes_view(head, 3), content));
	}
	if (content.n <= 0xff) {
		head[1] = 0x82;
		head[3] = (uint8_t)content.n;
		return xf_join(XF_PARTS(bytes_view(head, 4), content));
	}
	head[1] = 0x83;
	head[2] = 0;
	head[3] = (uint8_t)(content.n >> 8);
	return xf_join(XF_PARTS(bytes_view(head, 4),
	    bytes_view((const uint8_t[]){(uint8_t)content.n}, 1), content));
}

/* ELEMENT, which stands at PLACE, with the damage that belongs there. */
static struct bytes
at(const struct of_recipe *r, enum of_place place, struct bytes element)
{
	static const uint8_t zero[1];
	size_t skip = element.p[1] < 0x80 ? 2 : 2 + (element.p[1] & 0x7fu);
	struct bytes content = bytes_sub(element, skip, element.n - skip);
	struct bytes copy;

	if (r->place != place)
		return element;
	switch (r->damage) {
	case OF_TRAILING:
		return xf_tlv(element.p[0],
		    xf_join(XF_PARTS(content, BYTES_OF(zero))));
	case OF_CUT:
		return xf_tlv(element.p[0],
		    bytes_sub(content, 0, content.n > 0 ? content.n - 1 : 0));
	case OF_TAG:
		copy = xf_join(&element, 1);
		((uint8_t *)(uintptr_t)copy.p)[0] ^= 0x10;
		return copy;
	case OF_LEFT_OUT:
		return XF_NONE;
	case OF_INDEFINITE:
	case OF_LONG:
	case OF_DAMAGES:
		break;
	}
	return odd_length(element, r->damage);
}

static struct bytes
octets(enum hash hash, struct bytes data)
{
	struct digest d;

	/* An unknown hash has some size, too. */
	(void)hash_one(hash == HASH_NONE ? HASH_SHA256 : hash, data, &d);
	return xf_tlv(0x04, digest_view(&d));
}

static struct bytes
hash_id(const struct of_single *s)
{
	static const struct {
		enum hash hash;
		const char *oid;
	} rows[] = {{HASH_SHA1, "2b0e03021a"},
	    {HASH_SHA256, "608648016503040201"},
	    {HASH_SHA384, "608648016503040202"},
	    {HASH_SHA512, "608648016503040203"}, {HASH_NONE, "2a0304"}};
	size_t i = 0;

	while (rows[i].hash != s->hash)
		i++;
	return XF_SEQ(xf_oid(rows[i].oid), xf_tlv(0x05, XF_NONE));
}

static struct bytes
state_of(const struct of_recipe *r, const struct of_single *s)
{
	const uint8_t reason[] = {0x0a, 0x01, (uint8_t)s->reason};
	struct bytes info;

	if (s->state == OF_GOOD)
		return xf_tlv(0x80, XF_NONE);
	if (s->state == OF_UNKNOWN)
		return xf_tlv(0x82, XF_NONE);
	info = at(r, OF_REVOKED_AT, xf_time(s->revoked_at));
	if (s->reason >= 0)
		info = xf_join(XF_PARTS(info,
		    at(r, OF_REASON, xf_tlv(0xa0, BYTES_OF(reason)))));
	return xf_tlv(0xa1, info);
}

static struct bytes
single_of(const struct of_recipe *r, const struct of_single *s)
{
	struct bytes id = XF_SEQ(at(r, OF_ID_HASH, hash_id(s)),
	    at(r, OF_NAME_HASH, octets(s->hash, xf_name(s->issuer))),
	    at(r, OF_KEY_HASH, octets(s->hash, xf_key_bits(s->issuer_key))),
	    at(r, OF_SERIAL, xf_uint(s->serial)));
	struct bytes next = XF_NONE, extensions = XF_NONE;

	if (!s->no_next)
		next = at(r, OF_NEXT_TAG,
		    xf_tlv(0xa0,
			at(r, OF_NEXT_UPDATE, xf_time(s->next_update))));
	if (s->extension)
		extensions = at(r, OF_SINGLE_EXTENSIONS_TAG,
		    xf_tlv(0xa1,
			at(r, OF_SINGLE_EXTENSIONS,
			    XF_SEQ(at(r, OF_EXTENSION,
				xf_extension("2a030406", s->critical,
				    xf_uint(1)))))));
	return XF_SEQ(at(r, OF_ID, id), at(r, OF_STATE, state_of(r, s)),
	    at(r, OF_THIS_UPDATE, xf_time(s->this_update)), next, extensions);
}

static struct bytes
responder_of(const struct of_recipe *r)
{
	const struct xf_key *key =
	    r->responder_key != NULL ? r->responder_key : r->signer;

	if (r->by_key)
		return xf_tlv(0xa2, octets(HASH_SHA1, xf_key_bits(key)));
	return xf_tlv(0xa1, xf_name(r->responder));
}

struct bytes
of_data(const struct of_recipe *r)
{
	struct bytes singles = XF_NONE, extensions = XF_NONE;

	for (size_t i = 0; i < r->count; i++)
		singles = xf_join(XF_PARTS(singles,
		    at(r, OF_SINGLE, single_of(r, &r->single[i]))));
	if (r->nonce || r->critical)
		extensions = at(r, OF_EXTENSIONS_TAG,
		    xf_tlv(0xa1,
			at(r, OF_EXTENSIONS,
			    XF_SEQ(xf_extension(OID_NONCE, r->critical,
				xf_tlv(0x04, BYTES_LIT("0123456789")))))));
	return XF_SEQ(
	    r->version ? xf_tlv(0xa0, xf_uint(0)) : XF_NONE,
	    at(r, OF_RESPONDER, responder_of(r)),
	    at(r, OF_PRODUCED, xf_time(r->single[0].this_update)),
	    at(r, OF_SINGLES, xf_tlv(0x30, singles)), extensions);
}

/* Take what xf_signed made apart again, to damage its later parts. */
static struct bytes
element(struct bytes *in)
{
	size_t skip = in->p[1] < 0x80 ? 2 : 2 + (in->p[1] & 0x7fu), n = 0;
	struct bytes one;

	if (in->p[1] < 0x80)
		n = in->p[1];
	for (size_t i = 2; i < skip; i++)
		n = n << 8 | in->p[i];
	one = bytes_sub(*in, 0, skip + n);
	*in = bytes_sub(*in, one.n, in->n - one.n);
	return one;
}

static struct bytes
basic_of(const struct of_recipe *r, struct bytes data)
{
	struct bytes whole = xf_signed(r->signer, r->hash, data, XF_NONE);
	size_t skip = whole.p[1] < 0x80 ? 2 : 2 + (whole.p[1] & 0x7fu);
	struct bytes in = bytes_sub(whole, skip, whole.n - skip);
	struct bytes algorithm, signature, certs = XF_NONE;

	/* What is signed may be odd, but it is known how long it is. */
	in = bytes_sub(in, data.n, in.n - data.n);
	algorithm = at(r, OF_ALGORITHM, element(&in));
	signature = element(&in);
	if (r->bad_signature)
		((uint8_t *)(uintptr_t)signature.p)[signature.n - 1] ^= 1;
	signature = at(r, OF_SIGNATURE, signature);
	if (r->certs > 0)
		certs = at(r, OF_CERTS_TAG,
		    xf_tlv(0xa0,
			at(r, OF_CERTS,
			    xf_tlv(0x30, xf_join(r->cert, r->certs)))));
	return XF_SEQ(data, algorithm, signature, certs);
}

struct bytes
of_around(const struct of_recipe *r, struct bytes data)
{
	const uint8_t status[] = {0x0a, 0x01, (uint8_t)r->status};
	struct bytes bytes = XF_SEQ(at(r, OF_TYPE, xf_oid(r->type)),
	    at(r, OF_BASIC_STRING,
		xf_tlv(0x04, at(r, OF_BASIC, basic_of(r, data)))));

	return at(r, OF_RESPONSE,
	    XF_SEQ(at(r, OF_STATUS, BYTES_OF(status)),
		r->status != 0
		    ? XF_NONE
		    : at(r, OF_BYTES_TAG,
			  xf_tlv(0xa0, at(r, OF_BYTES, bytes)))));
}

struct bytes
of_make(const struct of_recipe *r)
{
	return of_around(r, at(r, OF_DATA, of_data(r)));
}
