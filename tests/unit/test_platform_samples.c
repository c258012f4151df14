/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real platform certificates, as "assay check platform --json" tells them,
 * against what another program made of them.
 */
#include "testkit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <assay/verify.h>

#include "chain_parse.h"
#include "check_platform.h"
#include "der_name.h"
#include "platform_signer.h"

#define FOLDER "tpm/platform-certs"
enum { FILES = 12, DIGITS = 96 };

static struct bytes
sample(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	return kit_sample(path);
}

/* Our facts about FILE, to be freed. */
static json_t *
facts(struct bytes file)
{
	static char out[256 << 10];
	struct assay *ctx = assay_new();
	struct assay_check in = {.platform = {file.p, file.n}};
	struct assay_result *r = assay_check(ctx, ASSAY_PLATFORM, &in);
	json_t *json, *data;

	assert_non_null(r);
	assert_true(assay_result_write(r, ASSAY_JSON, NULL, out, sizeof(out)) <
	    (long)sizeof(out));
	json = json_loads(out, 0, NULL);
	data = json_incref(json_object_get(json, "data"));
	json_decref(json);
	assay_result_free(r);
	assay_free(ctx);
	assert_true(json_object_size(data) > 0);
	return data;
}

/* Text at KEY; "" when it is not there, as they have it. */
static const char *
text_at(const json_t *at, const char *key)
{
	const char *s = json_string_value(json_object_get(at, key));

	return s != NULL ? s : "";
}

static void
same_text(const json_t *ours, const char *our_key, const json_t *theirs,
    const char *their_key)
{
	assert_string_equal(
	    text_at(ours, our_key), text_at(theirs, their_key));
}

static void
same_number(const json_t *ours, const char *our_key, const json_t *theirs,
    const char *their_key)
{
	assert_true((double)json_integer_value(json_object_get(ours, our_key)) ==
	    json_real_value(json_object_get(theirs, their_key)));
}

static void
same_bool(const json_t *ours, const char *our_key, const json_t *theirs,
    const char *their_key)
{
	assert_int_equal(json_is_true(json_object_get(ours, our_key)),
	    json_is_true(json_object_get(theirs, their_key)));
}

/* HEX as decimal digits. */
static void
decimal(const char *hex, char out[DIGITS])
{
	uint8_t digits[DIGITS] = {0};
	size_t n = 1;

	for (; *hex != '\0'; hex++) {
		unsigned carry = (unsigned)(strchr("0123456789abcdef", *hex) -
		    "0123456789abcdef");

		for (size_t i = 0; i < n; i++) {
			carry += digits[i] * 16u;
			digits[i] = (uint8_t)(carry % 10);
			carry /= 10;
		}
		for (; carry > 0; carry /= 10)
			digits[n++] = (uint8_t)(carry % 10);
	}
	for (size_t i = 0; i < n; i++)
		out[i] = (char)('0' + digits[n - 1 - i]);
	out[n] = '\0';
}

/* Their numbers are larger than readers of JSON take: as text. */
static void
same_serial(const json_t *ours, const char *our_key, const char *text,
    const char *their_key)
{
	char key[64], digits[DIGITS] = "";
	const char *at = text;

	snprintf(key, sizeof(key), "\"%s\": ", their_key);
	while ((at = strstr(at, key)) != NULL &&
	    (at[strlen(key)] < '0' || at[strlen(key)] > '9'))
		at++;
	assert_non_null(at);
	at += strlen(key);
	decimal(text_at(ours, our_key), digits);
	assert_true(strspn(at, "0123456789") == strlen(digits) &&
	    strncmp(at, digits, strlen(digits)) == 0);
}

/* Every part of their name is in ours, in order. */
static void
same_name(const json_t *ours, const char *our_key, const json_t *theirs)
{
	const char *at = text_at(ours, our_key);
	json_t *part;
	size_t i;

	assert_true(json_array_size(json_object_get(theirs, "Names")) > 0);
	json_array_foreach(json_object_get(theirs, "Names"), i, part) {
		const char *value = text_at(part, "Value");

		assert_true(value[0] != '\0');
		at = strstr(at, value);
		assert_non_null(at);
		at += strlen(value);
	}
	assert_string_equal(at, "");
}

static void
same_specification(const json_t *ours, const json_t *theirs)
{
	json_t *v = json_object_get(
	    json_object_get(theirs, "TCGPlatformSpecification"), "Version");
	char text[96];

	snprintf(text, sizeof(text), "%.0f.%.0f, revision %.0f",
	    json_real_value(json_object_get(v, "MajorVersion")),
	    json_real_value(json_object_get(v, "MinorVersion")),
	    json_real_value(json_object_get(v, "Revision")));
	assert_string_equal(text_at(ours, "specification"), text);
}

static void
same_assertions(const json_t *data, const json_t *theirs)
{
	json_t *ours = json_object_get(data, "assertions");
	json_t *all = json_object_get(theirs, "TBBSecurityAssertions");
	json_t *cc = json_object_get(all, "CcInfo");
	json_t *fips = json_object_get(all, "FipsLevel");

	assert_non_null(ours);
	same_number(ours, "version", all, "Version");
	same_text(ours, "cc_version", cc, "Version");
	same_number(ours, "cc_assurance_level", cc, "AssuranceLevel");
	same_number(ours, "cc_status", cc, "EvaluationStatus");
	same_number(ours, "cc_strength", cc, "StrengthOfFunction");
	same_bool(ours, "cc_plus", cc, "Plus");
	same_text(ours, "fips_version", fips, "Version");
	same_number(ours, "fips_level", fips, "Level");
	same_bool(ours, "fips_plus", fips, "Plus");
	same_number(ours, "rtm_type", all, "RtmType");
	same_bool(ours, "iso9000", all, "Iso9000Certified");
	same_text(ours, "iso9000_uri", all, "Iso9000URI");
}

static void
same_addresses(const json_t *ours, const json_t *theirs)
{
	json_t *a, *arc;
	size_t i, k;

	assert_int_equal(json_array_size(ours), json_array_size(theirs));
	json_array_foreach(ours, i, a) {
		json_t *b = json_array_get(theirs, i);
		char oid[OID_TEXT] = "";

		json_array_foreach(json_object_get(b, "AddressType"), k, arc)
			snprintf(oid + strlen(oid), sizeof(oid) - strlen(oid),
			    "%s%.0f", k > 0 ? "." : "", json_real_value(arc));
		assert_string_equal(text_at(a, "type"), oid);
		same_text(a, "value", b, "AddressValue");
	}
}

static void
same_components(const json_t *data, const json_t *theirs)
{
	json_t *ours = json_object_get(data, "components"), *a;
	size_t i;

	theirs = json_object_get(theirs, "Components");
	assert_int_equal(json_array_size(ours), json_array_size(theirs));
	json_array_foreach(ours, i, a) {
		json_t *b = json_array_get(theirs, i);

		same_text(a, "manufacturer", b, "Manufacturer");
		same_text(a, "model", b, "Model");
		same_text(a, "serial", b, "Serial");
		same_text(a, "revision", b, "Revision");
		same_bool(a, "field_replaceable", b, "FieldReplaceable");
		same_addresses(json_object_get(a, "addresses"),
		    json_object_get(b, "Addresses"));
	}
}

/* They have the bytes of the enterprise's OID as a number. */
static void
same_enterprises(const struct platform_cert *cert, const json_t *theirs)
{
	struct reader r = reader_of(cert->components);
	struct platform_component c;
	json_t *list = json_object_get(theirs, "Components");

	for (size_t i = 0;
	     platcert_component_next(&r, cert->config_version, &c); i++) {
		double n = 0;

		for (size_t k = 0; k < c.manufacturer_id.n; k++)
			n = n * 256 + c.manufacturer_id.p[k];
		assert_true(n ==
		    json_real_value(json_object_get(
			json_array_get(list, i), "ManufacturerID")));
	}
}

static void
same_properties(const json_t *data, const json_t *theirs)
{
	json_t *ours = json_object_get(data, "properties"), *a;
	size_t i;

	same_text(data, "properties_uri", theirs, "PropertiesURI");
	theirs = json_object_get(theirs, "Properties");
	assert_int_equal(json_array_size(ours), json_array_size(theirs));
	json_array_foreach(ours, i, a) {
		same_text(a, "name", json_array_get(theirs, i),
		    "PropertyName");
		same_text(a, "value", json_array_get(theirs, i),
		    "PropertyValue");
	}
}

/* What is signed, and the signature, byte for byte. */
static void
same_bytes(const struct platform_cert *cert, const json_t *theirs)
{
	static char text[16 << 10];
	struct writer w = writer_of(text, sizeof(text) - 1);

	write_base64(&w, cert->whole.content);
	text[w.n] = '\0';
	assert_string_equal(
	    text, text_at(theirs, "RawTBSAttributeCertificate"));
	w.n = 0;
	write_base64(&w, cert->whole.signature);
	text[w.n] = '\0';
	assert_string_equal(text, text_at(theirs, "Signature"));
}

static void
one_file(const char *name)
{
	char beside[256];
	struct bytes der = sample(name), text;
	struct platform_cert cert;
	json_t *ours, *theirs;

	snprintf(beside, sizeof(beside), "%s.json", name);
	text = sample(beside);
	assert_non_null(text.p);
	theirs = json_loads(
	    (const char *)text.p, JSON_DECODE_INT_AS_REAL, NULL);
	assert_non_null(theirs);
	assert_status(platcert_parse(der, &cert), OK);
	ours = facts(der);
	same_bytes(&cert, theirs);
	same_serial(ours, "serial", (const char *)text.p, "SerialNumber");
	same_serial(ours, "holder_serial", (const char *)text.p, "Serial");
	same_name(ours, "issuer", json_object_get(theirs, "Issuer"));
	same_name(ours, "holder_issuer",
	    json_object_get(json_object_get(theirs, "Holder"), "Issuer"));
	same_text(ours, "not_before", theirs, "NotBefore");
	same_text(ours, "not_after", theirs, "NotAfter");
	same_text(ours, "manufacturer", theirs, "PlatformManufacturer");
	same_text(ours, "model", theirs, "PlatformModel");
	same_text(ours, "version", theirs, "PlatformVersion");
	same_text(ours, "platform_serial", theirs, "PlatformSerial");
	same_specification(ours, theirs);
	same_assertions(ours, theirs);
	same_components(ours, theirs);
	same_enterprises(&cert, theirs);
	same_properties(ours, theirs);
	json_decref(ours);
	json_decref(theirs);
	free((void *)(uintptr_t)der.p);
	free((void *)(uintptr_t)text.p);
}

/* Call FN for each certificate that has its JSON beside it. */
static size_t
each_file(void (*fn)(const char *name))
{
	static const char end[] = ".cer.json";
	char path[1024];
	struct dirent *e;
	size_t count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" FOLDER, getenv("ASSAY_SAMPLES"));
	if ((dir = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(dir)) != NULL) {
		size_t n = strlen(e->d_name);
		char name[256];

		if (n < sizeof(end) ||
		    strcmp(e->d_name + n - (sizeof(end) - 1), end) != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(n - 5), e->d_name);
		print_message("%s\n", name);
		fn(name);
		count++;
	}
	closedir(dir);
	return count;
}

static void
as_others_read_them(void **state)
{
	(void)state;
	assert_int_equal(each_file(one_file), FILES);
}

/*
 * The key of 2017 signed four of them, with SHA-1: their signatures hold, so
 * what is signed is cut out right, and they are refused for it all the same.
 */
static size_t of_that_key;

static void
one_signature(const char *name)
{
	static struct platform_signer signer;
	struct bytes der = sample(name);
	struct bytes by = sample("IntelSigningKey_20April2017.cer");
	struct platform_cert cert;
	mbedtls_x509_crt crt;
	struct digest d;
	enum status st;

	mbedtls_x509_crt_init(&crt);
	assert_true(chain_parse_one(&crt, by));
	assert_status(platcert_parse(der, &cert), OK);
	st = platcert_find_signer(&cert, by, NULL, &signer);
	if (st != PLATFORM_ISSUER) {
		assert_status(st, PLATFORM_ALGORITHM);
		assert_status(
		    hash_one(HASH_SHA1, cert.whole.content, &d), OK);
		/* Ours takes no SHA-1. */
		of_that_key += mbedtls_pk_verify(&crt.pk, MBEDTLS_MD_SHA1,
				   d.b, d.n, cert.whole.signature.p,
				   cert.whole.signature.n) == 0;
	}
	mbedtls_x509_crt_free(&crt);
	free((void *)(uintptr_t)der.p);
	free((void *)(uintptr_t)by.p);
}

static void
with_sha1(void **state)
{
	(void)state;
	assert_int_equal(each_file(one_signature), FILES);
	assert_int_equal(of_that_key, 4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_others_read_them),
	    cmocka_unit_test(with_sha1),
	};
	struct bytes key;

	if (crypto_init() != OK)
		return 1;
	key = sample("IntelSigningKey_20April2017.cer");
	if (!kit_have_samples() || key.p == NULL) {
		print_message("SKIP: no samples\n");
		return 77;
	}
	free((void *)(uintptr_t)key.p);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
