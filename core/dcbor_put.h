/* SPDX-License-Identifier: Apache-2.0 */
/* Writing deterministic CBOR, see dcbor.h: all that making evidence needs. */
#ifndef ASSAY_DCBOR_PUT_H
#define ASSAY_DCBOR_PUT_H

#include "bytes.h"

enum dcbor_type {
	CBOR_UINT,   /* value */
	CBOR_NINT,   /* -1 - value */
	CBOR_BSTR,   /* text.n bytes */
	CBOR_TSTR,
	CBOR_ARRAY,  /* value items follow */
	CBOR_MAP,    /* value pairs follow */
	CBOR_TAG,    /* value; one item follows */
	CBOR_BOOL,   /* value is 0 or 1 */
	CBOR_NULL,
};

/* Writing.  Each sets w->failed when the item does not fit. */
void dcbor_put_uint(struct writer *w, uint64_t v);
void dcbor_put_int(struct writer *w, int64_t v);
void dcbor_put_bstr(struct writer *w, struct bytes b);
void dcbor_put_tstr(struct writer *w, struct bytes b);
void dcbor_put_array(struct writer *w, uint64_t n);
void dcbor_put_map(struct writer *w, uint64_t n);
void dcbor_put_tag(struct writer *w, uint64_t tag);
/* The head of a byte string whose N bytes the caller writes next. */
void dcbor_put_bstr_head(struct writer *w, uint64_t n);

#endif
