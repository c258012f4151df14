/* SPDX-License-Identifier: Apache-2.0 */
/* Writing deterministic CBOR. */
#include "dcbor_put.h"

#include <cbor/encoding.h>

/* Heads are encoded aside first, so that a full writer stays as it was. */
enum { HEAD_MAX = 9 };

static void
put_head(struct writer *w, const unsigned char *head, size_t n)
{
	write_bytes(w, bytes_view(head, n));
}

void
dcbor_put_uint(struct writer *w, uint64_t v)
{
	unsigned char h[HEAD_MAX];

	put_head(w, h, cbor_encode_uint(v, h, sizeof(h)));
}

void
dcbor_put_int(struct writer *w, int64_t v)
{
	unsigned char h[HEAD_MAX];

	if (v >= 0)
		dcbor_put_uint(w, (uint64_t)v);
	else
		put_head(w, h,
		    cbor_encode_negint((uint64_t)(-1 - v), h, sizeof(h)));
}

void
dcbor_put_bstr_head(struct writer *w, uint64_t n)
{
	unsigned char h[HEAD_MAX];

	put_head(w, h, cbor_encode_bytestring_start(n, h, sizeof(h)));
}

void
dcbor_put_bstr(struct writer *w, struct bytes b)
{
	dcbor_put_bstr_head(w, b.n);
	write_bytes(w, b);
}

void
dcbor_put_tstr(struct writer *w, struct bytes b)
{
	unsigned char h[HEAD_MAX];

	put_head(w, h, cbor_encode_string_start(b.n, h, sizeof(h)));
	write_bytes(w, b);
}

void
dcbor_put_array(struct writer *w, uint64_t n)
{
	unsigned char h[HEAD_MAX];

	put_head(w, h, cbor_encode_array_start(n, h, sizeof(h)));
}

void
dcbor_put_map(struct writer *w, uint64_t n)
{
	unsigned char h[HEAD_MAX];

	put_head(w, h, cbor_encode_map_start(n, h, sizeof(h)));
}

void
dcbor_put_tag(struct writer *w, uint64_t tag)
{
	unsigned char h[HEAD_MAX];

	put_head(w, h, cbor_encode_tag(tag, h, sizeof(h)));
}
