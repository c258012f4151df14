/* SPDX-License-Identifier: Apache-2.0 */
#include "event_describe.h"

#include "event_types.h"

/* What the digest of a type ought to be made of, see event_types.h. */
enum made_of { MADE_OF_DATA, MADE_OF_PART, MADE_OF_EITHER, MADE_OF_OTHER,
	MADE_OF_NONE };

#define FORM_BYTES form_bytes
#define FORM_STRING form_string
#define FORM_BLOB form_blob
#define FORM_BLOB2 form_blob2
#define FORM_TABLES form_tables
#define FORM_TABLES2 form_tables2
#define FORM_VERSION form_version
#define FORM_NO_ACTION form_no_action
#define FORM_SEPARATOR form_separator
#define FORM_TAGGED form_tagged
#define FORM_IPL form_ipl
#define FORM_OMIT form_omit
#define FORM_HCRTM form_hcrtm
#define FORM_VARIABLE form_variable
#define FORM_IMAGE form_image
#define FORM_GPT form_gpt
#define FORM_SPDM form_spdm

static const struct kind {
	uint32_t type;
	const char *name;
	enum made_of made_of;
	bool (*form)(struct bytes data, struct line *out);
} kinds[] = {
#define KIND(constant, number, digest, form)                                   \
	{number, #constant, MADE_OF_##digest, FORM_##form},
    EVENT_TYPES(KIND)
#undef KIND
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct kind *
find_kind(uint32_t type)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

const char *
event_type_name(uint32_t type)
{
	const struct kind *k = find_kind(type);

	return k != NULL ? k->name : NULL;
}

bool
event_type_from_name(struct bytes name, uint32_t *out)
{
	uint8_t number[4];

	for (size_t i = 0; i < KINDS; i++) {
		if (!bytes_eq(bytes_str(kinds[i].name), name))
			continue;
		*out = kinds[i].type;
		return true;
	}
	if (name.n != 10 || !bytes_eq(bytes_sub(name, 0, 2), BYTES_LIT("0x")) ||
	    bytes_from_hex((const char *)name.p + 2, 8, number, 4) != 4)
		return false;
	*out = (uint32_t)number[0] << 24 | (uint32_t)number[1] << 16 |
	    (uint32_t)number[2] << 8 | number[3];
	return true;
}

const char *
binding_name(enum event_binding b)
{
	static const char *const names[] = {"no", "data", "part", "none"};

	return names[b];
}

/* Is the digest that of BYTES? */
static enum status
is_digest_of(const struct event *e, enum hash bank, struct bytes bytes,
    bool *out)
{
	struct digest d;
	enum status st = hash_one(bank, bytes, &d);

	*out = st == OK && bytes_eq(digest_view(&d), event_digest(e, bank));
	return st;
}

/* Parts of the data that firmware and boot loaders hash in their place. */
enum { PARTS_MAX = 2 };

static size_t
hashed_parts(const struct event *e, struct bytes part[PARTS_MAX + 1])
{
	struct event_variable v;
	struct bytes text = ipl_hashed(e->data);

	if (e->type == EV_EFI_VARIABLE_BOOT && variable_parse(e->data, &v)) {
		part[0] = v.value;
		return 1;
	}
	if (e->type != EV_IPL || text.n == 0)
		return 0;
	/* GRUB of one house hashes the NUL, of others not. */
	part[0] = text;
	part[0].n -= text.p[text.n - 1] == 0;
	part[1] = text;
	return text.n < e->data.n ? PARTS_MAX : 1;
}

enum status
event_binds(const struct event *e, enum hash bank, enum event_binding *out)
{
	struct bytes part[PARTS_MAX + 1];
	size_t parts = hashed_parts(e, part);
	enum status st = OK;
	bool is = false;

	*out = event_extends(e) ? BOUND_NOT : BOUND_NONE;
	if (*out == BOUND_NONE || hash_size(bank) == 0 ||
	    event_digest(e, bank).n == 0)
		return OK;

	/* The parts are shorter, and where there are some they are hashed. */
	part[parts] = e->data;
	for (size_t i = 0; i <= parts && !is; i++) {
		if ((st = is_digest_of(e, bank, part[i], &is)) != OK)
			return st;
		if (is)
			*out = part[i].n == e->data.n ? BOUND_DATA
						      : BOUND_PART;
	}
	return OK;
}

enum status
event_describe(
    const struct event *e, enum hash bank, struct event_said *out)
{
	const struct kind *k = find_kind(e->type);
	enum status st;

	out->line.n = 0;
	out->line.text[0] = '\0';
	out->malformed = !(k != NULL ? k->form : form_bytes)(
	    e->data, &out->line);
	if (out->malformed) {
		out->line.n = 0;
		line_put(&out->line, "malformed, ");
		form_bytes(e->data, &out->line);
	}
	st = event_binds(e, bank, &out->binding);
	out->mismatch = k != NULL && k->made_of == MADE_OF_DATA &&
	    out->binding != BOUND_DATA;
	return st;
}
