/* SPDX-License-Identifier: Apache-2.0 */
/* What the attributes say (TCG Platform Certificate Profile 1.1, 3.1). */
#include "platform_form.h"

enum { ATTRIBUTES_MAX = 64, CLASS_SIZE = 4 };

/* TCGSpecificationVersion ::= SEQUENCE { major, minor, revision } */
static void
read_version(
    struct reader *r, struct bytes content, struct platform_version *out)
{
	struct reader in = reader_of(content);

	out->known = true;
	out->major = form_uint(&in, DER_INTEGER);
	out->minor = form_uint(&in, DER_INTEGER);
	out->revision = form_uint(&in, DER_INTEGER);
	form_end(r, &in);
}

/*
 * TCGPlatformSpecification ::= SEQUENCE { version, class }.  The class has
 * four bytes; before there were TPMs 2.0 it was text.
 */
static void
on_specification(struct platform_cert *c, struct reader *r)
{
	struct reader in = reader_of(der_get(r, DER_SEQUENCE));

	read_version(&in, der_get(&in, DER_SEQUENCE), &c->specification);
	c->class_is_text = der_next_is(&in, DER_UTF8);
	if (c->class_is_text) {
		c->platform_class = form_text(&in, DER_UTF8);
	} else {
		c->platform_class = der_get(&in, DER_OCTET_STRING);
		in.failed |= c->platform_class.n != CLASS_SIZE;
	}
	form_end(r, &in);
}

/* TCGCredentialSpecification: the version, in some within another SEQUENCE. */
static void
on_credential(struct platform_cert *c, struct reader *r)
{
	struct bytes content = der_get(r, DER_SEQUENCE);
	struct reader in = reader_of(content);
	struct bytes inner;

	if (form_optional(&in, DER_SEQUENCE, &inner)) {
		form_end(r, &in);
		content = inner;
	}
	read_version(r, content, &c->credential);
}

/* TCGCredentialType ::= SEQUENCE { OID } */
static void
on_type(struct platform_cert *c, struct reader *r)
{
	struct reader in = reader_of(der_get(r, DER_SEQUENCE));

	c->type = form_oid(&in, DER_OID);
	form_end(r, &in);
}

/* [N] IMPLICIT, or, as older makers have it, the type's own tag. */
static bool
tagged(const struct reader *r, uint8_t tag, uint8_t own, uint8_t *found)
{
	*found = der_next_is(r, tag) ? tag : own;
	return der_next_is(r, *found);
}

/* CommonCriteriaMeasures */
static void
read_criteria(
    struct reader *r, struct bytes content, struct platform_assertions *a)
{
	struct reader in = reader_of(content);
	struct bytes part;
	uint8_t tag;

	a->has_cc = true;
	a->cc_version = form_text(&in, DER_IA5);
	a->cc_level = form_uint(&in, DER_ENUMERATED);
	a->cc_status = form_uint(&in, DER_ENUMERATED);
	if (der_next_is(&in, DER_BOOLEAN))
		a->cc_plus = form_bool(&in, DER_BOOLEAN);
	if (tagged(&in, TAG_0, DER_ENUMERATED, &tag)) {
		a->has_cc_strength = true;
		a->cc_strength = form_uint(&in, tag);
	}
	if (der_next_is(&in, TAG_0 + 1))
		a->profile_oid = form_oid(&in, TAG_0 + 1);
	if (form_optional(&in, (TAG_0 | TAG_CONSTRUCTED) + 2, &part))
		form_uri(&in, part, &a->profile);
	if (der_next_is(&in, TAG_0 + 3))
		a->target_oid = form_oid(&in, TAG_0 + 3);
	if (form_optional(&in, (TAG_0 | TAG_CONSTRUCTED) + 4, &part))
		form_uri(&in, part, &a->target);
	form_end(r, &in);
}

/* FIPSLevel ::= SEQUENCE { version, level, plus DEFAULT FALSE } */
static void
read_fips(struct reader *r, struct bytes content, struct platform_assertions *a)
{
	struct reader in = reader_of(content);

	a->has_fips = true;
	a->fips_version = form_text(&in, DER_IA5);
	a->fips_level = form_uint(&in, DER_ENUMERATED);
	if (der_next_is(&in, DER_BOOLEAN))
		a->fips_plus = form_bool(&in, DER_BOOLEAN);
	form_end(r, &in);
}

/* TBBSecurityAssertions */
static void
on_assertions(struct platform_cert *c, struct reader *r)
{
	struct platform_assertions *a = &c->assertions;
	struct reader in = reader_of(der_get(r, DER_SEQUENCE));
	uint8_t tag;

	a->known = true;
	if (der_next_is(&in, DER_INTEGER))
		a->version = form_uint(&in, DER_INTEGER);
	if (tagged(&in, TAG_0 | TAG_CONSTRUCTED, DER_SEQUENCE, &tag))
		read_criteria(&in, der_get(&in, tag), a);
	if (der_next_is(&in, (TAG_0 | TAG_CONSTRUCTED) + 1))
		read_fips(&in, der_get(&in, (TAG_0 | TAG_CONSTRUCTED) + 1), a);
	if (tagged(&in, TAG_0 + 2, DER_ENUMERATED, &tag)) {
		a->has_rtm = true;
		a->rtm = form_uint(&in, tag);
	}
	if (der_next_is(&in, DER_BOOLEAN))
		a->iso9000 = form_bool(&in, DER_BOOLEAN);
	if (der_next_is(&in, DER_IA5))
		a->iso9000_uri = form_text(&in, DER_IA5);
	form_end(r, &in);
}

static void
on_config_uri(struct platform_cert *c, struct reader *r)
{
	form_uri(r, der_get(r, DER_SEQUENCE), &c->config);
}

/* Every component and property is read now, so that lists hold later. */
static void
read_lists(struct reader *r, const struct platform_cert *c)
{
	struct reader components = reader_of(c->components);
	struct reader properties = reader_of(c->properties);
	struct platform_component component;
	struct platform_property property;

	while (
	    platcert_component_next(&components, c->config_version, &component))
		;
	while (
	    platcert_property_next(&properties, c->config_version, &property))
		;
	r->failed |= components.failed || properties.failed;
}

/*
 * PlatformConfiguration ::= SEQUENCE { [0] components, [1] where they lie
 * (version 2 alone), properties, where those lie }; each may be missing.
 */
static void
read_config(struct platform_cert *c, struct reader *r, unsigned version)
{
	struct reader in = reader_of(der_get(r, DER_SEQUENCE));
	uint8_t tag = TAG_0 | TAG_CONSTRUCTED;
	struct bytes part;

	/* One certificate has one list. */
	in.failed |= c->config_version != 0;
	c->config_version = version;
	if (form_optional(&in, tag++, &part))
		c->components = part;
	if (version == 2 && form_optional(&in, tag++, &part))
		form_uri(&in, part, &c->components_at);
	if (form_optional(&in, tag++, &part))
		c->properties = part;
	if (form_optional(&in, tag, &part))
		form_uri(&in, part, &c->properties_at);
	read_lists(&in, c);
	form_end(r, &in);
}

static void
on_config_1(struct platform_cert *c, struct reader *r)
{
	read_config(c, r, 1);
}

static void
on_config_2(struct platform_cert *c, struct reader *r)
{
	read_config(c, r, 2);
}

/* 2.23.133.2.N and 2.23.133.5.1.N (TCG OID Registry). */
static const uint8_t oid_specification[] = {0x67, 0x81, 0x05, 0x02, 0x11};
static const uint8_t oid_assertions[] = {0x67, 0x81, 0x05, 0x02, 0x13};
static const uint8_t oid_credential[] = {0x67, 0x81, 0x05, 0x02, 0x17};
static const uint8_t oid_type[] = {0x67, 0x81, 0x05, 0x02, 0x19};
static const uint8_t oid_config_uri[] = {0x67, 0x81, 0x05, 0x05, 0x01, 0x03};
static const uint8_t oid_config_1[] = {
    0x67, 0x81, 0x05, 0x05, 0x01, 0x07, 0x01};
static const uint8_t oid_config_2[] = {
    0x67, 0x81, 0x05, 0x05, 0x01, 0x07, 0x02};

static const struct form_known known[] = {
    {{oid_specification, sizeof(oid_specification)}, on_specification,
        "platform specification"},
    {{oid_assertions, sizeof(oid_assertions)}, on_assertions,
        "TBB security assertions"},
    {{oid_credential, sizeof(oid_credential)}, on_credential,
        "credential specification"},
    {{oid_type, sizeof(oid_type)}, on_type, "credential type"},
    {{oid_config_uri, sizeof(oid_config_uri)}, on_config_uri,
        "platform configuration URI"},
    {{oid_config_1, sizeof(oid_config_1)}, on_config_1,
        "platform configuration"},
    {{oid_config_2, sizeof(oid_config_2)}, on_config_2,
        "platform configuration"},
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

bool
platcert_attribute_known(struct bytes oid)
{
	return form_find(known, KNOWN, oid) < KNOWN;
}

bool
platcert_attribute_next(struct reader *r, struct platform_attribute *out)
{
	struct reader one;

	*out = (struct platform_attribute){.oid = {NULL, 0}};
	if (r->failed || r->rest.n == 0)
		return false;
	one = reader_of(der_get(r, DER_SEQUENCE));
	out->oid = form_oid(&one, DER_OID);
	out->values = der_get(&one, DER_SET);
	one.failed |= out->values.n == 0;
	form_end(r, &one);
	return !r->failed;
}

/* Is the type of the last attribute there already, known or not? */
static bool
came_before(struct bytes list, const struct platform_attribute *last)
{
	struct reader r = reader_of(list);
	struct platform_attribute at;

	while (platcert_attribute_next(&r, &at) && at.oid.p != last->oid.p)
		if (bytes_eq(at.oid, last->oid))
			return true;
	return false;
}

void
form_attributes(struct reader *r, struct bytes list, struct platform_cert *c)
{
	struct reader in = reader_of(list), value;
	struct platform_attribute at;
	size_t count = 0;

	while (platcert_attribute_next(&in, &at)) {
		size_t i = form_find(known, KNOWN, at.oid);

		in.failed |= ++count > ATTRIBUTES_MAX || came_before(list, &at);
		if (i == KNOWN || in.failed)
			continue;
		in.failed |= (c->seen_attributes >> i & 1) != 0;
		c->seen_attributes |= 1u << i;
		value = reader_of(at.values);
		known[i].run(c, &value);
		form_end(&in, &value);
		if (in.failed && c->fault == NULL)
			c->fault = known[i].name;
	}
	r->failed |= in.failed;
}
