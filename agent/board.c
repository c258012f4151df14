/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] [seal] */
#include "board.h"

#include "claims.h"
#include "dcbor.h"
#include "platform.h"

enum board_key {
	BOARD_LABEL = 0,
	BOARD_MODEL = 1,
	BOARD_FACTS = 2,
	BOARD_TYPE = 3,
	BOARD_EVIDENCE = 4,
	BOARD_MEASUREMENTS = 5,
};

void
board_encode(struct board_view *board, struct writer *w)
{
	label_sort(board->device, board->count, sizeof(board->device[0]));
	dcbor_put_array(w, 2);
	dcbor_put_array(w, board->count);
	for (size_t i = 0; i < board->count; i++) {
		const struct board_device *d = &board->device[i];

		dcbor_put_map(w, (d->evidence.n > 0 ? 5u : 3u) +
		                     (d->measurements.n > 0 ? 1u : 0u));
		dcbor_put_uint(w, BOARD_LABEL);
		dcbor_put_tstr(w, d->label);
		dcbor_put_uint(w, BOARD_MODEL);
		dcbor_put_bstr(w, d->model);
		dcbor_put_uint(w, BOARD_FACTS);
		write_bytes(w, d->facts);
		if (d->evidence.n > 0) {
			dcbor_put_uint(w, BOARD_TYPE);
			dcbor_put_tstr(w, d->type);
			dcbor_put_uint(w, BOARD_EVIDENCE);
			dcbor_put_bstr(w, d->evidence);
		}
		if (d->measurements.n > 0) {
			dcbor_put_uint(w, BOARD_MEASUREMENTS);
			write_bytes(w, d->measurements);
		}
	}
	dcbor_put_bstr(w, board->tee);
}

/* As the claims want them: [ + [295, bstr] ]. */
static struct bytes
measurements_decode(struct dcbor *c)
{
	struct bytes before = c->rest;
	uint64_t n = dcbor_get_array(c);

	if (n < 1 || n > COMPONENTS_MAX)
		dcbor_fail(c, BOARD_MALFORMED);
	for (uint64_t i = 0; i < n && c->st == OK; i++) {
		dcbor_want_array(c, 2);
		if (dcbor_get_uint(c) != CF_MEASURED_COMPONENT)
			dcbor_fail(c, BOARD_MALFORMED);
		(void)dcbor_get_bstr(c);
	}
	return bytes_sub(before, 0, before.n - c->rest.n);
}

static void
device_decode(struct dcbor *c, struct board_device *out)
{
	struct dcbor_map m = dcbor_get_map(c);
	int64_t key;

	*out = (struct board_device){0};
	while (dcbor_key_int(c, &m, &key)) {
		switch (key) {
		case BOARD_LABEL:
			out->label = dcbor_get_tstr(c);
			break;
		case BOARD_MODEL:
			out->model = dcbor_get_bstr(c);
			break;
		case BOARD_FACTS:
			out->facts = dcbor_skip(c, EVIDENCE_DEPTH);
			break;
		case BOARD_TYPE:
			out->type = dcbor_get_tstr(c);
			break;
		case BOARD_EVIDENCE:
			out->evidence = dcbor_get_bstr(c);
			break;
		case BOARD_MEASUREMENTS:
			out->measurements = measurements_decode(c);
			break;
		default:
			dcbor_fail(c, BOARD_MALFORMED);
			break;
		}
	}
}

/* What every device must have, whatever the CBOR said. */
static enum status
device_check(const struct board_device *d)
{
	if (!device_label_ok(d->label))
		return BOARD_MALFORMED;
	if (d->model.n < 1 || d->model.n > MODEL_MAX)
		return BOARD_MALFORMED;
	if ((d->type.n == 0) != (d->evidence.n == 0))
		return BOARD_MALFORMED;
	if (d->type.n >= MEDIA_TYPE_MAX || d->evidence.n > DEVICE_EVIDENCE_MAX)
		return BOARD_MALFORMED;
	return facts_check(d->facts);
}

enum status
board_decode(struct bytes in, struct board_view *out)
{
	struct dcbor c = dcbor_of(in);
	uint64_t count;
	enum status st;

	dcbor_want_array(&c, 2);
	count = dcbor_get_array(&c);
	out->count = 0;
	if (count > DEVICES_MAX)
		return EVIDENCE_DEVICE_COUNT;
	for (size_t i = 0; i < count; i++) {
		struct board_device *d = &out->device[i];

		device_decode(&c, d);
		if (c.st != OK)
			return c.st;
		if ((st = device_check(d)) != OK)
			return st;
		if (i > 0 && !label_before(d[-1].label, d->label))
			return BOARD_MALFORMED;
		out->count++;
	}
	out->tee = dcbor_get_bstr(&c);
	return out->tee.n > DEVICE_EVIDENCE_MAX ? BOARD_MALFORMED
	                                        : dcbor_end(&c);
}
