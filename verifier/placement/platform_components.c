/* SPDX-License-Identifier: Apache-2.0 */
/* Components and properties (TCG Platform Certificate Profile 1.1, 3.1.6). */
#include "platform_form.h"

enum { CLASS_SIZE = 4, REMOVED = 2 };

/*
 * ComponentClass ::= SEQUENCE { registry OID, OCTET STRING of four bytes }.
 * Version 1 has none; drafts of it had the four bytes alone.
 */
static void
read_class(struct reader *r, unsigned version, struct platform_component *out)
{
	struct bytes content;

	if (version == 1 && form_optional(r, DER_OCTET_STRING, &content)) {
		out->class_value = content;
		r->failed |= content.n != CLASS_SIZE;
	} else if (version == 2) {
		struct reader in = reader_of(der_get(r, DER_SEQUENCE));

		out->class_registry = form_oid(&in, DER_OID);
		out->class_value = der_get(&in, DER_OCTET_STRING);
		in.failed |= out->class_value.n != CLASS_SIZE;
		form_end(r, &in);
	}
}

static void
read_addresses(
    struct reader *r, struct bytes list, struct platform_component *out)
{
	struct reader in = reader_of(list);
	struct platform_address address;

	in.failed |= list.n == 0;
	out->addresses = list;
	while (platcert_address_next(&in, &address))
		;
	r->failed |= in.failed;
}

/* AttributeStatus ::= ENUMERATED { added, modified, removed } */
static uint64_t
read_status(struct reader *r, uint8_t tag)
{
	uint64_t status = form_uint(r, tag);

	r->failed |= status > REMOVED;
	return status;
}

/* What version 2 has besides. */
static void
read_more(struct reader *in, struct platform_component *out)
{
	struct bytes part;

	if (form_optional(in, (TAG_0 | TAG_CONSTRUCTED) + 5, &part))
		out->cert = part;
	if (form_optional(in, (TAG_0 | TAG_CONSTRUCTED) + 6, &part))
		form_uri(in, part, &out->cert_at);
	if (der_next_is(in, TAG_0 + 7)) {
		out->has_status = true;
		out->status = read_status(in, TAG_0 + 7);
	}
}

bool
platcert_component_next(
    struct reader *r, unsigned version, struct platform_component *out)
{
	struct reader in;
	struct bytes part;

	*out = (struct platform_component){.replaceable = false};
	if (r->failed || r->rest.n == 0)
		return false;
	in = reader_of(der_get(r, DER_SEQUENCE));
	read_class(&in, version, out);
	out->manufacturer = form_text(&in, DER_UTF8);
	out->model = form_text(&in, DER_UTF8);
	if (der_next_is(&in, TAG_0))
		out->serial = form_text(&in, TAG_0);
	if (der_next_is(&in, TAG_0 + 1))
		out->revision = form_text(&in, TAG_0 + 1);
	if (der_next_is(&in, TAG_0 + 2))
		out->manufacturer_id = form_oid(&in, TAG_0 + 2);
	if (der_next_is(&in, TAG_0 + 3)) {
		out->has_replaceable = true;
		out->replaceable = form_bool(&in, TAG_0 + 3);
	}
	if (form_optional(&in, (TAG_0 | TAG_CONSTRUCTED) + 4, &part))
		read_addresses(&in, part, out);
	if (version == 2)
		read_more(&in, out);
	form_end(r, &in);
	return !r->failed;
}

bool
platcert_address_next(struct reader *r, struct platform_address *out)
{
	struct reader in;

	*out = (struct platform_address){.oid = {NULL, 0}};
	if (r->failed || r->rest.n == 0)
		return false;
	in = reader_of(der_get(r, DER_SEQUENCE));
	out->oid = form_oid(&in, DER_OID);
	out->value = form_text(&in, DER_UTF8);
	form_end(r, &in);
	return !r->failed;
}

bool
platcert_property_next(
    struct reader *r, unsigned version, struct platform_property *out)
{
	struct reader in;

	*out = (struct platform_property){.has_status = false};
	if (r->failed || r->rest.n == 0)
		return false;
	in = reader_of(der_get(r, DER_SEQUENCE));
	out->name = form_text(&in, DER_UTF8);
	out->value = form_text(&in, DER_UTF8);
	if (version == 2 && der_next_is(&in, TAG_0)) {
		out->has_status = true;
		out->status = read_status(&in, TAG_0);
	}
	form_end(r, &in);
	return !r->failed;
}
