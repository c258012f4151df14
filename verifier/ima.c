/* SPDX-License-Identifier: Apache-2.0 */
#include "ima.h"

#include <string.h>

#define TEMPLATE_IMA BYTES_LIT("ima")

/* Templates of the kernel (ima_template.c); others spell their fields out. */
static const struct {
	const char *name, *fields;
} templates[] = {
    {"ima", "d|n"},
    {"ima-ng", "d-ng|n-ng"},
    {"ima-ngv2", "d-ngv2|n-ng"},
    {"ima-sig", "d-ng|n-ng|sig"},
    {"ima-sigv2", "d-ngv2|n-ng|sig"},
    {"ima-buf", "d-ng|n-ng|buf"},
    {"ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig"},
    {"evm-sig", "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|"
		"iuid|igid|imode"},
};

/* Up to the first of C, which is passed over; false when there is none. */
static bool
cut_at(struct bytes *b, uint8_t c, struct bytes *out)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->p[i] != c)
			continue;
		*out = bytes_sub(*b, 0, i);
		*b = bytes_sub(*b, i + 1, b->n - i - 1);
		return true;
	}
	return false;
}

/* A bare digest: SHA-1 or MD5, which this template pads to 20 bytes. */
static bool
field_d(struct bytes field, struct ima_record *rec)
{
	rec->file_hash = BYTES_LIT("sha1");
	rec->file_digest = field;
	return field.n == 20;
}

/* "sha256:", a NUL, the digest; of a kind before it: "verity:sha256:". */
static bool
digest_field(struct bytes field, bool kind, struct ima_record *rec)
{
	struct bytes name, rest = field;
	size_t size;

	if ((kind && !cut_at(&rest, ':', &name)) ||
	    !cut_at(&rest, ':', &rec->file_hash) ||
	    !cut_at(&rest, 0, &name) || name.n != 0 ||
	    rec->file_hash.n == 0 || !bytes_is_text(rec->file_hash))
		return false;
	rec->file_digest = rest;
	size = hash_size(hash_from_name(rec->file_hash));
	return size != 0 ? rest.n == size : rest.n > 0 && rest.n <= HASH_MAX;
}

static bool
field_d_ng(struct bytes field, struct ima_record *rec)
{
	return digest_field(field, false, rec);
}

static bool
field_d_ngv2(struct bytes field, struct ima_record *rec)
{
	return digest_field(field, true, rec);
}

static bool
field_n(struct bytes field, struct ima_record *rec)
{
	rec->path = field;
	return field.n > 0 && field.n <= IMA_NAME_MAX &&
	    memchr(field.p, 0, field.n) == NULL;
}

static bool
field_n_ng(struct bytes field, struct ima_record *rec)
{
	struct bytes rest = field;

	return cut_at(&rest, 0, &rec->path) && rest.n == 0 && rec->path.n > 0;
}

static bool
field_sig(struct bytes field, struct ima_record *rec)
{
	rec->signature = field;
	return true;
}

static bool
field_buf(struct bytes field, struct ima_record *rec)
{
	rec->buffer = field;
	return true;
}

static bool
field_modsig(struct bytes field, struct ima_record *rec)
{
	rec->module_signature = field;
	return true;
}

/* Of a file that is signed within: empty when it is not. */
static bool
field_d_modsig(struct bytes field, struct ima_record *rec)
{
	struct ima_record other = *rec;

	return field.n == 0 || digest_field(field, false, &other);
}

/* Attributes, which are measured and not looked at. */
static bool
field_other(struct bytes field, struct ima_record *rec)
{
	(void)field;
	(void)rec;
	return true;
}

static const struct {
	const char *name;
	bool (*read)(struct bytes field, struct ima_record *rec);
} fields[] = {
    {"d", field_d},
    {"n", field_n},
    {"d-ng", field_d_ng},
    {"d-ngv2", field_d_ngv2},
    {"n-ng", field_n_ng},
    {"sig", field_sig},
    {"buf", field_buf},
    {"d-modsig", field_d_modsig},
    {"modsig", field_modsig},
    {"evmsig", field_other},
    {"iuid", field_other},
    {"igid", field_other},
    {"imode", field_other},
    {"xattrnames", field_other},
    {"xattrlengths", field_other},
    {"xattrvalues", field_other},
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static size_t
find_field(struct bytes name)
{
	size_t i;

	for (i = 0; i < FIELDS && !bytes_eq(bytes_str(fields[i].name), name);
	     i++)
		;
	return i;
}

/* The fields of a template by its name, or as the name lists them. */
static struct bytes
fields_of(struct bytes name)
{
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++)
		if (bytes_eq(bytes_str(templates[i].name), name))
			return bytes_str(templates[i].fields);
	return name;
}

/* Every field of the data, to the last byte. */
static enum status
read_fields(struct ima_record *rec)
{
	struct bytes names = fields_of(rec->template), name;
	struct reader r = reader_of(rec->data);
	bool bare = bytes_eq(rec->template, TEMPLATE_IMA);

	while (names.n > 0) {
		struct bytes value;
		size_t i;

		if (!cut_at(&names, '|', &name)) {
			name = names;
			names.n = 0;
		}
		if ((i = find_field(name)) == FIELDS)
			return IMA_TEMPLATE;
		/* The oldest template has no length before its digest. */
		value = read_bytes(&r,
		    bare && fields[i].read == field_d ? 20 : read_le32(&r));
		if (r.failed || !fields[i].read(value, rec))
			return IMA_MALFORMED;
	}
	return reader_at_end(&r) ? OK : IMA_MALFORMED;
}

/* The data of "ima" end where its name ends. */
static struct bytes
read_ima_data(struct reader *r)
{
	struct reader ahead = *r;

	read_bytes(&ahead, 20);
	return read_bytes(r, 20 + 4 + (size_t)read_le32(&ahead));
}

enum status
ima_template_digest(
    const struct ima_record *rec, enum hash bank, struct digest *out)
{
	static const uint8_t padding[IMA_NAME_MAX + 1];
	struct bytes parts[3] = {rec->data};

	if (!bytes_eq(rec->template, TEMPLATE_IMA))
		return hash_parts(bank, parts, 1, out);
	parts[0] = rec->file_digest;
	parts[1] = rec->path;
	parts[2] = bytes_view(padding, sizeof(padding) - rec->path.n);
	return hash_parts(bank, parts, 3, out);
}

static enum status
read_record(struct ima_list *list, struct ima_record *rec)
{
	struct reader *r = &list->r;
	struct digest d;
	enum status st;

	*rec = (struct ima_record){.number = list->count};
	rec->pcr = read_le32(r);
	rec->digest = read_bytes(r, hash_size(list->hash));
	rec->template = read_bytes(r, read_le32(r));
	if (r->failed || rec->pcr >= PCR_COUNT || rec->template.n == 0 ||
	    rec->template.n > IMA_TEMPLATE_MAX)
		return IMA_MALFORMED;
	rec->data = bytes_eq(rec->template, TEMPLATE_IMA)
	    ? read_ima_data(r)
	    : read_bytes(r, read_le32(r));
	if (r->failed)
		return IMA_MALFORMED;
	if ((st = read_fields(rec)) != OK)
		return st;

	/* Of a violation there is no digest, neither of file nor of data. */
	rec->violation = bytes_is_zero(rec->digest);
	if (rec->violation)
		return OK;
	if ((st = ima_template_digest(rec, list->hash, &d)) != OK)
		return st;
	return bytes_eq(digest_view(&d), rec->digest) ? OK : IMA_DIGEST;
}

bool
ima_next(struct ima_list *list, struct ima_record *out)
{
	if (list->st != OK || list->r.rest.n == 0)
		return false;
	list->st = list->count < IMA_RECORDS_MAX ? read_record(list, out)
						 : IMA_MALFORMED;
	list->count += list->st == OK;
	return list->st == OK;
}

enum status
ima_open(struct bytes in, struct ima_list *out)
{
	static const enum hash order[] = {
	    HASH_SHA256, HASH_SHA384, HASH_SHA512};
	struct ima_record rec;
	enum status first;

	*out = (struct ima_list){.r = reader_of(in), .hash = HASH_SHA1,
	    .st = IMA_MALFORMED};
	if (in.n == 0)
		return out->st;
	first = read_record(out, &rec);
	for (size_t i = 0; first != OK &&
	     i < sizeof(order) / sizeof(order[0]); i++) {
		struct ima_list other = {
		    .r = reader_of(in), .hash = order[i]};

		if (read_record(&other, &rec) != OK)
			continue;
		out->hash = order[i];
		first = OK;
	}
	/* What the first record lacks is told when it is read as SHA-1. */
	out->r = reader_of(in);
	out->st = OK;
	return OK;
}
