/* SPDX-License-Identifier: Apache-2.0 */
#include "ek.h"

#include <string.h>

#include "der.h"

/* Object identifiers, as DER content. */
static const uint8_t oid_basic_constraints[] = {0x55, 0x1d, 0x13};
static const uint8_t oid_key_usage[] = {0x55, 0x1d, 0x0f};
static const uint8_t oid_ext_key_usage[] = {0x55, 0x1d, 0x25};
static const uint8_t oid_alt_name[] = {0x55, 0x1d, 0x11};
static const uint8_t oid_policies[] = {0x55, 0x1d, 0x20};
static const uint8_t oid_subject_attributes[] = {0x55, 0x1d, 0x09};
static const uint8_t oid_subject_key[] = {0x55, 0x1d, 0x0e};
static const uint8_t oid_authority_key[] = {0x55, 0x1d, 0x23};
static const uint8_t oid_crl_points[] = {0x55, 0x1d, 0x1f};
/* tcg-kp-EKCertificate 2.23.133.8.1, tcg-kp-AIKCertificate 2.23.133.8.3 */
static const uint8_t oid_kp_ek[] = {0x67, 0x81, 0x05, 0x08, 0x01};
static const uint8_t oid_kp_aik[] = {0x67, 0x81, 0x05, 0x08, 0x03};
/* tcg-cap-verifiedTPM... 2.23.133.11.1.x; 3 is of restricted keys */
static const uint8_t oid_cap[] = {0x67, 0x81, 0x05, 0x0b, 0x01};
enum { CAP_RESTRICTED = 3 };
/* tcg-at-tpmManufacturer, -Model, -Version: 2.23.133.2.1 to 3 */
static const uint8_t oid_at_tpm[] = {0x67, 0x81, 0x05, 0x02};

/* KeyUsage (RFC 5280, 4.2.1.3), first byte of the bit string. */
enum usage {
	USAGE_SIGN = 0x80,
	USAGE_ENCIPHER = 0x20 | 0x10, /* key or data */
	USAGE_AGREE = 0x08,
	USAGE_ISSUE = 0x04 | 0x02, /* certificates or revocation lists */
};

/* What the extensions say, before it is judged. */
struct extensions {
	struct ek_cert *cert;
	bool failed;  /* a malformed one, or one that comes twice */
	bool unknown; /* a critical one that is not in the table */
	bool ca;
	bool has_usage;
	uint8_t usage;
	bool for_ek, for_aik;          /* extended key usage */
	bool in_tpm, in_tpm_restricted; /* policies */
	unsigned seen;
};

const char *
ek_kind_name(enum ek_kind kind)
{
	static const char *const names[] = {
	    [EK_ENDORSEMENT] = "endorsement key",
	    [EK_ATTESTATION] = "attestation key",
	    [EK_DEVICE] = "device identity",
	    [EK_OTHER] = "another key",
	};

	return names[kind];
}

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, ... } */
static void
on_basic_constraints(struct extensions *x, struct reader *r)
{
	struct reader s = reader_of(der_get(r, DER_SEQUENCE));
	struct bytes ca;

	if (!der_next_is(&s, DER_BOOLEAN))
		return;
	ca = der_get(&s, DER_BOOLEAN);
	x->ca = s.failed || !bytes_is_zero(ca);
}

static void
on_key_usage(struct extensions *x, struct reader *r)
{
	struct bytes bits = der_get(r, DER_BIT_STRING);

	x->has_usage = true;
	if (bits.n < 2)
		r->failed = true;
	else
		x->usage = bits.p[1];
}

static void
on_ext_key_usage(struct extensions *x, struct reader *r)
{
	struct reader s = reader_of(der_get(r, DER_SEQUENCE));

	x->cert->has_eku = true;
	while (!s.failed && s.rest.n > 0) {
		struct bytes oid = der_get(&s, DER_OID);

		x->for_ek |= bytes_eq(oid, BYTES_OF(oid_kp_ek));
		x->for_aik |= bytes_eq(oid, BYTES_OF(oid_kp_aik));
	}
	r->failed |= s.failed;
}

/* certificatePolicies: SEQUENCE OF SEQUENCE { OID, ... } */
static void
on_policies(struct extensions *x, struct reader *r)
{
	struct reader s = reader_of(der_get(r, DER_SEQUENCE));

	while (!s.failed && s.rest.n > 0) {
		struct reader one = reader_of(der_get(&s, DER_SEQUENCE));
		struct bytes oid = der_get(&one, DER_OID);
		size_t n = sizeof(oid_cap);

		if (oid.n != n + 1 ||
		    !bytes_eq(bytes_sub(oid, 0, n), BYTES_OF(oid_cap)))
			continue;
		x->in_tpm = true;
		x->in_tpm_restricted |= oid.p[n] == CAP_RESTRICTED;
	}
	r->failed |= s.failed;
}

/* Keep printable ASCII that fits; anything else is left out. */
static void
keep_text(struct bytes value, char out[EK_TEXT_MAX])
{
	if (value.n >= EK_TEXT_MAX)
		return;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < 0x20 || value.p[i] > 0x7e)
			return;
	memcpy(out, value.p, value.n);
	out[value.n] = '\0';
}

/* AttributeTypeAndValue of the directory name. */
static void
on_attribute(struct extensions *x, struct reader *r)
{
	struct reader s = reader_of(der_get(r, DER_SEQUENCE));
	struct bytes oid = der_get(&s, DER_OID);
	uint8_t tag;
	struct bytes value = der_any(&s, &tag);
	size_t n = sizeof(oid_at_tpm);

	if (s.failed || oid.n != n + 1 ||
	    !bytes_eq(bytes_sub(oid, 0, n), BYTES_OF(oid_at_tpm)))
		return;
	if (oid.p[n] == 1)
		keep_text(value, x->cert->manufacturer);
	else if (oid.p[n] == 2)
		keep_text(value, x->cert->model);
	else if (oid.p[n] == 3)
		keep_text(value, x->cert->version);
}

/* Of all general names, the directory name [4] tells about the TPM. */
static void
on_alt_name(struct extensions *x, struct reader *r)
{
	struct reader names = reader_of(der_get(r, DER_SEQUENCE));

	while (!names.failed && names.rest.n > 0) {
		uint8_t tag;
		struct reader name = reader_of(der_any(&names, &tag));
		struct reader rdns;

		if (tag != DER_CONTEXT_4)
			continue;
		rdns = reader_of(der_get(&name, DER_SEQUENCE));
		while (!rdns.failed && rdns.rest.n > 0) {
			struct reader set = reader_of(der_get(&rdns, DER_SET));

			while (!set.failed && set.rest.n > 0)
				on_attribute(x, &set);
			rdns.failed |= set.failed;
		}
		names.failed |= name.failed || rdns.failed;
	}
	r->failed |= names.failed;
}

/* What may be critical: what is looked into, and what asks for nothing. */
static const struct {
	struct bytes oid;
	void (*run)(struct extensions *x, struct reader *r);
} known[] = {
    {{oid_basic_constraints, sizeof(oid_basic_constraints)},
	on_basic_constraints},
    {{oid_key_usage, sizeof(oid_key_usage)}, on_key_usage},
    {{oid_ext_key_usage, sizeof(oid_ext_key_usage)}, on_ext_key_usage},
    {{oid_alt_name, sizeof(oid_alt_name)}, on_alt_name},
    {{oid_policies, sizeof(oid_policies)}, on_policies},
    {{oid_subject_attributes, sizeof(oid_subject_attributes)}, NULL},
    {{oid_subject_key, sizeof(oid_subject_key)}, NULL},
    {{oid_authority_key, sizeof(oid_authority_key)}, NULL},
    {{oid_crl_points, sizeof(oid_crl_points)}, NULL},
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

/* Extension ::= SEQUENCE { OID, critical BOOLEAN DEFAULT FALSE, value } */
static void
on_extension(struct extensions *x, struct reader *r)
{
	struct reader s = reader_of(der_get(r, DER_SEQUENCE)), value;
	struct bytes oid = der_get(&s, DER_OID);
	bool critical = false;
	size_t i = 0;

	if (der_next_is(&s, DER_BOOLEAN))
		critical = !bytes_is_zero(der_get(&s, DER_BOOLEAN));
	value = reader_of(der_get(&s, DER_OCTET_STRING));
	x->failed |= !reader_at_end(&s);

	while (i < KNOWN && !bytes_eq(oid, known[i].oid))
		i++;
	if (i == KNOWN) {
		x->unknown |= critical;
		return;
	}
	x->failed |= (x->seen >> i & 1) != 0;
	x->seen |= 1u << i;
	if (known[i].run == NULL)
		return;
	known[i].run(x, &value);
	x->failed |= !reader_at_end(&value);
}

/* Content of the next element; WHOLE is the element with its head. */
static struct bytes
get_whole(struct reader *r, uint8_t tag, struct bytes *whole)
{
	struct bytes before = r->rest;
	struct bytes content = der_get(r, tag);

	*whole = bytes_sub(before, 0, before.n - r->rest.n);
	return content;
}

enum {
	TAG_VERSION = 0xa0,
	TAG_ISSUER_ID = 0x81,
	TAG_SUBJECT_ID = 0x82,
	TAG_EXTENSIONS = 0xa3,
};

/* TBSCertificate (RFC 5280, 4.1): the key and the extensions. */
static enum status
read_body(struct bytes body, struct extensions *x)
{
	struct reader r = reader_of(body), list, outer;
	struct bytes spki;

	der_get(&r, TAG_VERSION);
	der_get(&r, DER_INTEGER);  /* serialNumber */
	der_get(&r, DER_SEQUENCE); /* signature */
	der_get(&r, DER_SEQUENCE); /* issuer */
	der_get(&r, DER_SEQUENCE); /* validity */
	der_get(&r, DER_SEQUENCE); /* subject */
	get_whole(&r, DER_SEQUENCE, &spki);
	if (der_next_is(&r, TAG_ISSUER_ID))
		der_get(&r, TAG_ISSUER_ID);
	if (der_next_is(&r, TAG_SUBJECT_ID))
		der_get(&r, TAG_SUBJECT_ID);
	outer = reader_of(der_get(&r, TAG_EXTENSIONS));
	list = reader_of(der_get(&outer, DER_SEQUENCE));
	if (!reader_at_end(&r) || !reader_at_end(&outer))
		return EK_MALFORMED;
	while (!list.failed && list.rest.n > 0)
		on_extension(x, &list);
	if (list.failed || x->failed)
		return EK_MALFORMED;
	return key_from_spki(spki, &x->cert->key);
}

/* Which key is it?  The key usage decides, then what it is said to be for. */
static enum ek_kind
kind_of(const struct extensions *x)
{
	uint8_t hides = USAGE_ENCIPHER | USAGE_AGREE;

	if (x->has_usage ? (x->usage & hides) != 0 : x->for_ek)
		return EK_ENDORSEMENT;
	if (x->for_ek || x->for_aik || x->in_tpm_restricted)
		return EK_ATTESTATION;
	return x->in_tpm ? EK_DEVICE : EK_OTHER;
}

static enum status
judge(const struct extensions *x)
{
	if (x->unknown)
		return EK_EXTENSION;
	if (x->ca)
		return EK_CA;
	if (x->cert->kind != EK_ENDORSEMENT || (x->usage & USAGE_ISSUE) != 0)
		return EK_USAGE;
	return x->cert->has_eku && !x->for_ek ? EK_PURPOSE : OK;
}

/* Only 00, or only FF. */
static bool
is_padding(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != b.p[0] || (b.p[0] != 0x00 && b.p[0] != 0xff))
			return false;
	return true;
}

enum status
ek_parse(struct bytes file, struct ek_cert *out)
{
	struct extensions x = {.cert = out};
	size_t n = der_size(file);
	struct reader r, top;
	struct bytes body;
	enum status st;

	*out = (struct ek_cert){.kind = EK_OTHER};
	if (n == 0 || n > EK_CERT_MAX || file.p[0] != DER_SEQUENCE)
		return EK_MALFORMED;
	if (!is_padding(bytes_sub(file, n, file.n - n)))
		return EK_PADDING;
	out->der = bytes_sub(file, 0, n);
	out->padding = file.n - n;

	/* Certificate ::= SEQUENCE { body, algorithm, signature } */
	top = reader_of(out->der);
	r = reader_of(der_get(&top, DER_SEQUENCE));
	body = der_get(&r, DER_SEQUENCE);
	der_get(&r, DER_SEQUENCE);
	der_get(&r, DER_BIT_STRING);
	if (!reader_at_end(&r))
		return EK_MALFORMED;
	if ((st = read_body(body, &x)) != OK)
		return st;
	out->kind = kind_of(&x);
	return judge(&x);
}

enum status
ek_check_public(const struct ek_cert *cert, const struct tpm_public *pub)
{
	static const uint32_t must = TPMA_FIXED_TPM | TPMA_FIXED_PARENT |
	    TPMA_SENSITIVE_DATA_ORIGIN | TPMA_RESTRICTED | TPMA_DECRYPT;

	if (!bytes_eq(bytes_view(cert->key.der, cert->key.der_len),
		bytes_view(pub->key.der, pub->key.der_len)))
		return EK_KEY_MISMATCH;
	if ((pub->attributes & must) != must ||
	    (pub->attributes & TPMA_SIGN) != 0 ||
	    (pub->name_alg != HASH_SHA256 && pub->name_alg != HASH_SHA384))
		return EK_ATTRIBUTES;
	return OK;
}

enum status
ak_check_public(const struct tpm_public *pub)
{
	enum status st = public_check_ak(pub);

	return st == OK && ek_is_roca(ek_modulus(&pub->key)) ? AK_ROCA : st;
}

struct bytes
ek_modulus(const struct public_key *key)
{
	struct reader top, r;
	struct bytes n;

	if (key->type != KEY_RSA)
		return (struct bytes){NULL, 0};
	top = reader_of(bytes_view(key->der, key->der_len));
	r = reader_of(der_get(&top, DER_SEQUENCE));
	n = der_get(&r, DER_INTEGER);
	return n.n > 0 && n.p[0] == 0 ? bytes_sub(n, 1, n.n - 1) : n;
}

/*
 * The primes of Infineon's keys are k * M + (65537^a mod M), with M the
 * product of the first primes; so is every modulus 65537^c modulo each of
 * those primes.  Here are the primes below 168 modulo which not every number
 * is a power of 65537, and how many are: the order of 65537.  A group of
 * units is cyclic, so X is one of them exactly when X^order is 1.
 */
static const struct {
	uint8_t prime, order;
} fingerprint[] = {
    {11, 2}, {13, 6}, {17, 8}, {19, 9}, {37, 3}, {53, 26}, {61, 20}, {71, 35},
    {73, 24}, {79, 13}, {97, 6}, {103, 51}, {107, 53}, {109, 54}, {127, 42},
    {151, 50}, {157, 78},
};

bool
ek_is_roca(struct bytes modulus)
{
	for (size_t i = 0; i < sizeof(fingerprint) / sizeof(fingerprint[0]);
	     i++) {
		unsigned p = fingerprint[i].prime, x = 0, power = 1;

		for (size_t k = 0; k < modulus.n; k++)
			x = (x << 8 | modulus.p[k]) % p;
		for (unsigned k = 0; k < fingerprint[i].order; k++)
			power = power * x % p;
		if (power != 1)
			return false;
	}
	return modulus.n > 0;
}
