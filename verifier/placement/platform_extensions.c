/* SPDX-License-Identifier: Apache-2.0 */
/* What the extensions say (TCG Platform Certificate Profile 1.1, 3.2). */
#include "platform_form.h"

enum { EXTENSIONS_MAX = 64, DER_NULL = 0x05 };

/*
 * The names of the machine by the last arc of their OIDs: 2.23.133.2.N, as
 * the Credential Profiles 1.x have it, and 2.23.133.5.1.N.
 */
static const uint8_t arc_old[] = {0x67, 0x81, 0x05, 0x02};
static const uint8_t arc_new[] = {0x67, 0x81, 0x05, 0x05, 0x01};

enum { OLD_MANUFACTURER = 4, OLD_MODEL = 5, OLD_VERSION = 6, OLD_SERIAL = 23 };
enum {
	MANUFACTURER = 1,
	MANUFACTURER_ID = 2,
	MODEL = 4,
	VERSION = 5,
	SERIAL = 6,
};

static bool
is_below(struct bytes oid, struct bytes arc)
{
	return oid.n == arc.n + 1 && bytes_eq(bytes_sub(oid, 0, arc.n), arc);
}

/* Where the name goes, or NULL. */
static struct bytes *
place_of(struct platform_names *n, struct bytes oid)
{
	bool old = is_below(oid, BYTES_OF(arc_old));
	unsigned last = oid.n > 0 ? oid.p[oid.n - 1] : 0;

	if (!old && !is_below(oid, BYTES_OF(arc_new)))
		return NULL;
	if (last == (old ? OLD_MANUFACTURER : MANUFACTURER))
		return &n->manufacturer;
	if (last == (old ? OLD_MODEL : MODEL))
		return &n->model;
	if (last == (old ? OLD_VERSION : VERSION))
		return &n->version;
	if (last == (old ? OLD_SERIAL : SERIAL))
		return &n->serial;
	return !old && last == MANUFACTURER_ID ? &n->manufacturer_id : NULL;
}

/* ManufacturerId ::= SEQUENCE { OID of a private enterprise } */
static struct bytes
read_enterprise(struct reader *r, const struct name_part *part)
{
	struct reader in = reader_of(part->value);
	struct bytes oid = form_oid(&in, DER_OID);

	r->failed |= part->tag != DER_SEQUENCE;
	form_end(r, &in);
	return oid;
}

static void
keep_name(struct reader *r, struct platform_names *names,
    const struct name_part *part)
{
	struct bytes *place = place_of(names, part->oid);

	if (place == NULL)
		return;
	/* Two may contradict each other. */
	r->failed |= place->p != NULL;
	if (place == &names->manufacturer_id) {
		*place = read_enterprise(r, part);
		return;
	}
	*place = part->value;
	r->failed |= (part->tag != DER_UTF8 && part->tag != DER_PRINTABLE) ||
	             !bytes_is_text(part->value);
}

static void
read_names(struct platform_cert *c, struct reader *r, struct bytes content)
{
	struct name_reader n = name_reader_of(content);
	struct name_part part;

	while (name_next(&n, &part))
		keep_name(&n.sets, &c->names, &part);
	r->failed |= n.sets.failed;
}

/*
 * GeneralNames; the directoryName tells about the machine.  One maker has its
 * parts without the two heads around them.
 */
static void
on_alt_name(struct platform_cert *c, struct reader *r)
{
	struct bytes content = der_get(r, DER_SEQUENCE);
	struct reader in = reader_of(content);

	r->failed |= content.n == 0;
	if (der_next_is(&in, DER_SET)) {
		read_names(c, r, content);
		return;
	}
	while (!in.failed && in.rest.n > 0) {
		uint8_t tag;
		struct reader name = reader_of(der_any(&in, &tag));

		in.failed |= (tag & 0xc0) != TAG_0;
		if (tag != DER_CONTEXT_4)
			continue;
		read_names(c, &in, der_get(&name, DER_SEQUENCE));
		form_end(&in, &name);
	}
	r->failed |= in.failed;
}

/* AuthorityKeyIdentifier (RFC 5280, 4.2.1.1) */
static void
on_authority_key(struct platform_cert *c, struct reader *r)
{
	struct reader in = reader_of(der_get(r, DER_SEQUENCE));
	struct bytes part;

	if (form_optional(&in, TAG_0, &part))
		c->authority_key = part;
	(void)form_optional(&in, (TAG_0 | TAG_CONSTRUCTED) + 1, &part);
	(void)form_optional(&in, TAG_0 + 2, &part);
	form_end(r, &in);
}

/* A SEQUENCE OF SEQUENCE, at least one, looked into by who tells it. */
static struct bytes
read_list(struct reader *r)
{
	struct bytes list = der_get(r, DER_SEQUENCE);
	struct reader in = reader_of(list);

	in.failed |= list.n == 0;
	while (!in.failed && in.rest.n > 0)
		der_get(&in, DER_SEQUENCE);
	r->failed |= in.failed;
	return list;
}

/* PolicyInformation ::= SEQUENCE { OID, qualifiers OPTIONAL } */
static void
on_policies(struct platform_cert *c, struct reader *r)
{
	struct reader in, one;

	c->policies = read_list(r);
	in = reader_of(c->policies);
	while (!r->failed && in.rest.n > 0) {
		one = reader_of(der_get(&in, DER_SEQUENCE));
		form_oid(&one, DER_OID);
		r->failed |= one.failed;
	}
}

static void
on_crl_points(struct platform_cert *c, struct reader *r)
{
	c->revocation_at = read_list(r);
}

static void
on_information(struct platform_cert *c, struct reader *r)
{
	c->information_at = read_list(r);
}

/* noRevAvail is NULL (RFC 5755, 4.3.6). */
static void
on_no_revocation(struct platform_cert *c, struct reader *r)
{
	c->no_revocation = true;
	r->failed |= der_get(r, DER_NULL).n != 0;
}

/* Attributes where certificates of keys have them (TCG, before 2.0). */
static void
on_directory_attributes(struct platform_cert *c, struct reader *r)
{
	c->more_attributes = der_get(r, DER_SEQUENCE);
	form_attributes(r, c->more_attributes, c);
}

static const uint8_t oid_alt_name[] = {0x55, 0x1d, 0x11};
static const uint8_t oid_policies[] = {0x55, 0x1d, 0x20};
static const uint8_t oid_directory[] = {0x55, 0x1d, 0x09};
static const uint8_t oid_authority_key[] = {0x55, 0x1d, 0x23};
static const uint8_t oid_crl_points[] = {0x55, 0x1d, 0x1f};
static const uint8_t oid_no_revocation[] = {0x55, 0x1d, 0x38};
static const uint8_t oid_information[] = {
    0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01};

/* What may be critical. */
static const struct form_known known[] = {
    {{oid_alt_name, sizeof(oid_alt_name)}, on_alt_name,
        "subject alternative name"},
    {{oid_policies, sizeof(oid_policies)}, on_policies, "certificate policies"},
    {{oid_directory, sizeof(oid_directory)}, on_directory_attributes,
        "subject directory attributes"},
    {{oid_authority_key, sizeof(oid_authority_key)}, on_authority_key,
        "authority key identifier"},
    {{oid_crl_points, sizeof(oid_crl_points)}, on_crl_points,
        "CRL distribution points"},
    {{oid_no_revocation, sizeof(oid_no_revocation)}, on_no_revocation,
        "no revocation available"},
    {{oid_information, sizeof(oid_information)}, on_information,
        "authority information access"},
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

bool
platcert_extension_known(struct bytes oid)
{
	return form_find(known, KNOWN, oid) < KNOWN;
}

/* Is the last extension there already, known or not? */
static bool
came_before(struct bytes list, const struct extension *last)
{
	struct reader r = reader_of(list);
	struct extension at;

	while (extension_next(&r, &at) && at.oid.p != last->oid.p)
		if (bytes_eq(at.oid, last->oid))
			return true;
	return false;
}

static void
read_extension(
    struct reader *r, const struct extension *at, struct platform_cert *c)
{
	struct reader value = reader_of(at->value);
	size_t i = form_find(known, KNOWN, at->oid);

	if (i == KNOWN) {
		if (at->critical)
			c->critical = at->oid;
		return;
	}
	r->failed |= !der_is_sound(at->value);
	if (!r->failed) {
		known[i].run(c, &value);
		form_end(r, &value);
	}
	if (r->failed && c->fault == NULL)
		c->fault = known[i].name;
}

void
form_extensions(struct reader *r, struct bytes list, struct platform_cert *c)
{
	struct reader in = reader_of(list);
	struct extension at;
	size_t count = 0;

	in.failed |= list.n == 0;
	while (extension_next(&in, &at)) {
		in.failed |= ++count > EXTENSIONS_MAX ||
		             !oid_is_sound(at.oid) || came_before(list, &at);
		if (!in.failed)
			read_extension(&in, &at, c);
	}
	r->failed |= in.failed;
}
