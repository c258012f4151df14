/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] [seal] */
#include "board.h"

#include <string.h>

/* No part is longer than the evidence of a device, which 16 bits can count. */
static void
put(struct writer *w, struct bytes part)
{
	write_be16(w, (uint16_t)part.n);
	write_bytes(w, part);
}

static void
put_facts(struct writer *w, const struct fact_list *l)
{
	write_u8(w, (uint8_t)l->n);
	for (size_t i = 0; i < l->n; i++) {
		write_be16(w, (uint16_t)l->f[i].key);
		write_be16(w, (uint16_t)l->f[i].source);
		write_u8(w, (uint8_t)l->f[i].type);
		if (l->f[i].type == CBOR_UINT)
			write_be64(w, l->f[i].number);
		else
			put(w, bytes_view(l->f[i].text, l->f[i].len));
	}
}

static void
put_components(struct writer *w, const struct component_list *l)
{
	write_u8(w, (uint8_t)l->n);
	for (size_t i = 0; i < l->n; i++) {
		put(w, bytes_str(l->c[i].name));
		put(w, bytes_view(l->c[i].version, l->c[i].len));
	}
}

/* What was answered; nothing when asking failed. */
static struct bytes
answered(const struct answer *a)
{
	return bytes_view(a->bytes, a->st == OK ? a->len : 0);
}

void
board_encode(
    const struct board *board, const struct answer *answers, struct writer *w)
{
	write_u8(w, (uint8_t)board->count);
	for (size_t i = 0; i < board->count; i++) {
		const struct device *d = &board->device[i];
		struct bytes evidence = answered(&answers[i]);

		put(w, bytes_str(d->label));
		put(w, bytes_view(d->model, d->model_len));
		put_facts(w, &d->facts);
		put_components(w, &d->components);
		put(w, bytes_str(evidence.n > 0 ? answers[i].type : ""));
		put(w, evidence);
	}
	put(w, answered(&answers[board->count]));
}

/* Of known types, each once: the list takes no others. */
static bool
read_facts(struct reader *r, struct fact_list *l)
{
	bool ok = true;

	for (unsigned left = read_u8(r); left > 0 && ok; left--) {
		enum fact_key key = (enum fact_key)read_be16(r);
		enum fact_source source = (enum fact_source)read_be16(r);
		unsigned type = read_u8(r);

		if (type == CBOR_UINT)
			ok = fact_add_uint(l, key, source, read_be64(r));
		else
			ok = type == CBOR_TSTR &&
			     fact_add_text(l, key, source, read_tpm2b(r));
	}
	return ok && !r->failed && l->n > 0;
}

static bool
read_components(struct reader *r, struct component_list *l)
{
	bool ok = true;

	for (unsigned left = read_u8(r); left > 0 && ok; left--) {
		struct bytes name = read_tpm2b(r), version = read_tpm2b(r);
		char text[COMPONENT_NAME_MAX] = {0};

		if (name.n < 1 || name.n >= sizeof(text) ||
		    !bytes_is_text(name))
			return false;
		memcpy(text, name.p, name.n);
		ok = component_add(l, text, version);
	}
	return ok && !r->failed;
}

static bool
read_device(struct reader *r, struct writer *tables, struct board_device *out)
{
	struct fact_list facts = {.n = 0};
	struct component_list components = {.n = 0};
	size_t start = tables->n;

	out->label = read_tpm2b(r);
	out->model = read_tpm2b(r);
	if (!device_label_ok(out->label) || out->model.n < 1 ||
	    out->model.n > MODEL_MAX || !read_facts(r, &facts) ||
	    !read_components(r, &components))
		return false;

	/* What will be signed is written here, whatever was told. */
	facts_encode(&facts, tables);
	out->facts =
	    bytes_sub(writer_view(tables), start, tables->n - start);
	start = tables->n;
	if (components.n > 0)
		components_encode(&components, tables);
	out->measurements =
	    bytes_sub(writer_view(tables), start, tables->n - start);

	out->type = read_tpm2b(r);
	out->evidence = read_tpm2b(r);
	return !r->failed && (out->type.n == 0) == (out->evidence.n == 0) &&
	       out->type.n < MEDIA_TYPE_MAX && bytes_is_text(out->type) &&
	       out->evidence.n <= DEVICE_EVIDENCE_MAX;
}

enum status
board_decode(struct bytes in, struct writer *tables, struct board_view *out)
{
	struct reader r = reader_of(in);
	size_t count = read_u8(&r);

	out->count = 0;
	if (count > DEVICES_MAX)
		return EVIDENCE_DEVICE_COUNT;
	for (size_t i = 0; i < count; i++) {
		struct board_device *d = &out->device[i];

		if (!read_device(&r, tables, d))
			return BOARD_MALFORMED;
		for (size_t k = 0; k < i; k++)
			if (bytes_eq(out->device[k].label, d->label))
				return BOARD_MALFORMED;
		out->count++;
	}
	out->tee = read_tpm2b(&r);
	if (!reader_at_end(&r) || out->tee.n > DEVICE_EVIDENCE_MAX)
		return BOARD_MALFORMED;
	return tables->failed ? EVIDENCE_TOO_LARGE : OK;
}
