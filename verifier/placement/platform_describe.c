/* SPDX-License-Identifier: Apache-2.0 */
/* A platform certificate as facts. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "check_platform.h"
#include "der_name.h"

enum { LINE = 96, DER_CONTEXT_6 = 0x86 };

static void
put_oid(json_t *at, const char *key, struct bytes oid)
{
	char text[OID_TEXT];

	if (oid.n == 0)
		return;
	oid_text(oid, text);
	data_text(at, key, bytes_str(text));
}

/* Also when it is empty, but not when it is absent. */
static void
put_text(json_t *at, const char *key, struct bytes text)
{
	if (text.p != NULL)
		data_text(at, key, text);
}

static void
put_name(json_t *at, const char *key, struct bytes name)
{
	char text[NAME_TEXT];

	if (name.n == 0)
		return;
	name_text(name, text);
	data_text(at, key, bytes_str(text));
}

static void
put_time(json_t *at, const char *key, int64_t seconds)
{
	time_t t = (time_t)seconds;
	char text[LINE];
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return;
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
	data_text(at, key, bytes_str(text));
}

/* "2.0, revision 43" */
static void
put_version(json_t *at, const char *key, const struct platform_version *v)
{
	char text[LINE];

	if (!v->known)
		return;
	snprintf(text, sizeof(text),
	    "%" PRIu64 ".%" PRIu64 ", revision %" PRIu64, v->major, v->minor,
	    v->revision);
	data_text(at, key, bytes_str(text));
}

/* Where something lies, and what must lie there. */
static void
put_uri(json_t *at, const char *key, const struct uri_reference *uri)
{
	char name[LINE];

	put_text(at, key, uri->uri);
	if (uri->hash.n == 0)
		return;
	snprintf(name, sizeof(name), "%s_hash", key);
	data_hex(at, name, uri->hash);
	snprintf(name, sizeof(name), "%s_hash_algorithm", key);
	put_oid(at, name, uri->hash_oid);
}

/* A number, and its name where it has one. */
static void
put_named(json_t *at, const char *key, uint64_t value, const char *const *names,
    size_t count)
{
	char name[LINE];

	data_uint(at, key, value);
	if (value >= count)
		return;
	snprintf(name, sizeof(name), "%s_name", key);
	data_text(at, name, bytes_str(names[value]));
}

#define NAMED(names) names, sizeof(names) / sizeof((names)[0])

static void
put_criteria(json_t *at, const struct platform_assertions *a)
{
	static const char *const status[] = {
	    "designed to meet", "in evaluation", "evaluated"};
	static const char *const strength[] = {"basic", "medium", "high"};

	put_text(at, "cc_version", a->cc_version);
	data_uint(at, "cc_assurance_level", a->cc_level);
	put_named(at, "cc_status", a->cc_status, NAMED(status));
	json_object_set_new(at, "cc_plus", json_boolean(a->cc_plus));
	if (a->has_cc_strength)
		put_named(at, "cc_strength", a->cc_strength, NAMED(strength));
	put_oid(at, "cc_profile", a->profile_oid);
	put_uri(at, "cc_profile_uri", &a->profile);
	put_oid(at, "cc_target", a->target_oid);
	put_uri(at, "cc_target_uri", &a->target);
}

static json_t *
assertions_json(const struct platform_assertions *a)
{
	static const char *const rtm[] = {
	    "static", "dynamic", "non-host", "hybrid", "physical", "virtual"};
	json_t *at = json_object();

	data_uint(at, "version", a->version);
	if (a->has_cc)
		put_criteria(at, a);
	if (a->has_fips) {
		put_text(at, "fips_version", a->fips_version);
		data_uint(at, "fips_level", a->fips_level);
		json_object_set_new(
		    at, "fips_plus", json_boolean(a->fips_plus));
	}
	if (a->has_rtm)
		put_named(at, "rtm_type", a->rtm, NAMED(rtm));
	json_object_set_new(at, "iso9000", json_boolean(a->iso9000));
	put_text(at, "iso9000_uri", a->iso9000_uri);
	return at;
}

static void
put_status(json_t *at, bool has, uint64_t status)
{
	static const char *const names[] = {"added", "modified", "removed"};

	if (has && status < sizeof(names) / sizeof(names[0]))
		data_text(at, "status", bytes_str(names[status]));
}

static json_t *
addresses_json(struct bytes list)
{
	struct reader r = reader_of(list);
	struct platform_address address;
	json_t *all = json_array(), *at;

	while (platcert_address_next(&r, &address)) {
		at = json_object();
		put_oid(at, "type", address.oid);
		put_text(at, "value", address.value);
		json_array_append_new(all, at);
	}
	return all;
}

static json_t *
component_json(const struct platform_component *c)
{
	json_t *at = json_object();

	if (c->class_value.n > 0)
		data_hex(at, "class", c->class_value);
	put_oid(at, "class_registry", c->class_registry);
	put_text(at, "manufacturer", c->manufacturer);
	put_text(at, "model", c->model);
	put_text(at, "serial", c->serial);
	put_text(at, "revision", c->revision);
	put_oid(at, "manufacturer_id", c->manufacturer_id);
	if (c->has_replaceable)
		json_object_set_new(
		    at, "field_replaceable", json_boolean(c->replaceable));
	if (c->addresses.n > 0)
		json_object_set_new(
		    at, "addresses", addresses_json(c->addresses));
	if (c->cert.n > 0)
		data_hex(at, "certificate", c->cert);
	put_uri(at, "certificate_uri", &c->cert_at);
	put_status(at, c->has_status, c->status);
	return at;
}

static void
put_lists(json_t *data, const struct platform_cert *c)
{
	struct reader components = reader_of(c->components);
	struct reader properties = reader_of(c->properties);
	json_t *list = json_array(), *at;
	struct platform_component component;
	struct platform_property property;

	while (
	    platcert_component_next(&components, c->config_version, &component))
		json_array_append_new(list, component_json(&component));
	json_object_set_new(data, "components", list);
	list = json_array();
	while (
	    platcert_property_next(&properties, c->config_version, &property)) {
		at = json_object();
		put_text(at, "name", property.name);
		put_text(at, "value", property.value);
		put_status(at, property.has_status, property.status);
		json_array_append_new(list, at);
	}
	json_object_set_new(data, "properties", list);
}

/* Attributes that are not looked into, by their type and digits. */
static void
list_unknown(json_t *list, struct bytes attributes)
{
	struct reader r = reader_of(attributes);
	struct platform_attribute at;

	while (platcert_attribute_next(&r, &at)) {
		json_t *one;

		if (platcert_attribute_known(at.oid))
			continue;
		one = json_object();
		put_oid(one, "type", at.oid);
		data_hex(one, "values", at.values);
		json_array_append_new(list, one);
	}
}

static void
list_extensions(json_t *list, struct bytes extensions)
{
	struct reader r = reader_of(extensions);
	struct extension at;

	while (extension_next(&r, &at)) {
		json_t *one;

		if (platcert_extension_known(at.oid))
			continue;
		one = json_object();
		put_oid(one, "type", at.oid);
		json_object_set_new(one, "critical", json_boolean(at.critical));
		data_hex(one, "values", at.value);
		json_array_append_new(list, one);
	}
}

/* Every URI ([6] of GeneralName) in elements, however deep. */
static void
list_uris(json_t *list, struct bytes b, unsigned depth)
{
	struct reader r = reader_of(b);

	while (!r.failed && r.rest.n > 0) {
		uint8_t tag;
		struct bytes in = der_any(&r, &tag);

		if ((tag & 0x20) != 0 && depth > 0)
			list_uris(list, in, depth - 1);
		else if (!r.failed && tag == DER_CONTEXT_6 && bytes_is_text(in))
			json_array_append_new(
			    list, json_stringn((const char *)in.p, in.n));
	}
}

static void
put_uris(json_t *data, const char *key, struct bytes extension)
{
	enum { DEPTH = 6 };
	json_t *list;

	if (extension.n == 0)
		return;
	list = json_array();
	list_uris(list, extension, DEPTH);
	json_object_set_new(data, key, list);
}

/* The policies by their OIDs. */
static void
put_policies(json_t *data, struct bytes policies)
{
	struct reader r = reader_of(policies), one;
	json_t *list = json_array();
	char text[OID_TEXT];

	while (!r.failed && r.rest.n > 0) {
		one = reader_of(der_get(&r, DER_SEQUENCE));
		oid_text(der_get(&one, DER_OID), text);
		json_array_append_new(list, json_string(text));
	}
	json_object_set_new(data, "policies", list);
}

/* Names that a person may know. */
static void
put_algorithm(json_t *data, const struct platform_cert *c)
{
	static const uint8_t sha1_rsa[] = {
	    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05};
	char text[LINE];

	if (bytes_eq(c->algorithm, BYTES_OF(sha1_rsa))) {
		data_text(
		    data, "signature_algorithm", BYTES_LIT("RSA with sha1"));
	} else if (c->whole.hash == HASH_NONE) {
		put_oid(data, "signature_algorithm", c->algorithm);
	} else {
		snprintf(text, sizeof(text), "%s with %s",
		    c->whole.scheme == SIG_ECDSA ? "ECDSA" : "RSA",
		    hash_name(c->whole.hash));
		data_text(data, "signature_algorithm", bytes_str(text));
	}
}

static void
put_platform(json_t *data, const struct platform_cert *c)
{
	put_text(data, "manufacturer", c->names.manufacturer);
	put_oid(data, "manufacturer_id", c->names.manufacturer_id);
	put_text(data, "model", c->names.model);
	put_text(data, "version", c->names.version);
	put_text(data, "platform_serial", c->names.serial);
	put_version(data, "specification", &c->specification);
	if (c->class_is_text)
		put_text(data, "class", c->platform_class);
	else if (c->platform_class.n > 0)
		data_hex(data, "class", c->platform_class);
	put_oid(data, "type", c->type);
	put_version(data, "profile", &c->credential);
	put_uri(data, "configuration_uri", &c->config);
	put_uri(data, "components_uri", &c->components_at);
	put_uri(data, "properties_uri", &c->properties_at);
}

void
platcert_describe(const struct platform_cert *c, json_t *data)
{
	json_t *unknown = json_array(), *extensions = json_array();

	put_platform(data, c);
	data_hex(data, "serial", c->serial);
	put_time(data, "not_before", c->not_before);
	put_time(data, "not_after", c->not_after);
	put_name(data, "issuer", c->issuer);
	put_name(data, "holder_issuer", c->holder.issuer);
	if (c->holder.serial.n > 0)
		data_hex(data, "holder_serial", c->holder.serial);
	put_name(data, "holder_name", c->holder.name);
	put_algorithm(data, c);
	if (c->authority_key.n > 0)
		data_hex(data, "authority_key", c->authority_key);
	if (c->no_revocation)
		json_object_set_new(data, "no_revocation", json_true());
	if (c->assertions.known)
		json_object_set_new(
		    data, "assertions", assertions_json(&c->assertions));
	put_lists(data, c);
	put_policies(data, c->policies);
	put_uris(data, "revocation_at", c->revocation_at);
	put_uris(data, "information_at", c->information_at);
	list_unknown(unknown, c->attributes);
	list_unknown(unknown, c->more_attributes);
	json_object_set_new(data, "other_attributes", unknown);
	list_extensions(extensions, c->extensions);
	json_object_set_new(data, "other_extensions", extensions);
}
