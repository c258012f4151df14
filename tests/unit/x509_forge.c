/* SPDX-License-Identifier: Apache-2.0 */
#include "x509_forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARENA = 1 << 20 };

static uint8_t arena[ARENA];
static size_t used;

void
xf_reset(void)
{
	used = 0;
}

static uint8_t *
take(size_t n)
{
	uint8_t *p = arena + used;

	if (n > ARENA - used)
		abort();
	used += n;
	return p;
}

struct bytes
xf_join(const struct bytes *parts, size_t count)
{
	struct bytes out = {NULL, 0};
	uint8_t *p;

	for (size_t i = 0; i < count; i++)
		out.n += parts[i].n;
	out.p = p = take(out.n);
	for (size_t i = 0; i < count; i++) {
		if (parts[i].n > 0)
			memcpy(p, parts[i].p, parts[i].n);
		p += parts[i].n;
	}
	return out;
}

struct bytes
xf_tlv(uint8_t tag, struct bytes content)
{
	uint8_t head[4];
	struct writer w = writer_of(head, sizeof(head));

	write_u8(&w, tag);
	if (content.n < 0x80) {
		write_u8(&w, (uint8_t)content.n);
	} else if (content.n <= 0xff) {
		write_u8(&w, 0x81);
		write_u8(&w, (uint8_t)content.n);
	} else {
		write_u8(&w, 0x82);
		write_be16(&w, (uint16_t)content.n);
	}
	return xf_join(XF_PARTS(writer_view(&w), content));
}

struct bytes
xf_uint(uint64_t v)
{
	uint8_t b[9] = {0};
	size_t at = 0;

	for (size_t i = 0; i < 8; i++)
		b[1 + i] = (uint8_t)(v >> (56 - 8 * i));
	while (at < 8 && b[at] == 0 && b[at + 1] < 0x80)
		at++;
	return xf_tlv(0x02, bytes_view(b + at, sizeof(b) - at));
}

struct bytes
xf_oid(const char *hex)
{
	uint8_t b[32];
	ptrdiff_t n = bytes_from_hex(hex, strlen(hex), b, sizeof(b));

	return xf_tlv(0x06, bytes_view(b, n < 0 ? 0 : (size_t)n));
}

struct bytes
xf_time(int64_t t)
{
	time_t at = (time_t)t;
	char text[32];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &tm);
	return xf_tlv(0x18, bytes_str(text));
}

struct bytes
xf_name(const char *common_name)
{
	const char *slash = strchr(common_name, '/');
	const char *cn = slash == NULL ? common_name : slash + 1;
	struct bytes name, serial = XF_NONE;

	name = xf_tlv(0x31,
	    XF_SEQ(xf_oid("550403"), xf_tlv(0x0c, bytes_str(cn))));
	if (slash != NULL) {
		serial = bytes_view(common_name, (size_t)(slash - common_name));
		serial = xf_tlv(
		    0x31, XF_SEQ(xf_oid("550405"), xf_tlv(0x13, serial)));
	}
	return XF_SEQ(serial, name);
}

struct bytes
xf_extension(const char *oid_hex, bool critical, struct bytes value)
{
	static const uint8_t yes[] = {0x01, 0x01, 0xff};

	return XF_SEQ(xf_oid(oid_hex), critical ? BYTES_OF(yes) : XF_NONE,
	    xf_tlv(0x04, value));
}

static struct bytes
bit_string(struct bytes bits)
{
	static const uint8_t none[] = {0};

	return xf_tlv(0x03, xf_join(XF_PARTS(BYTES_OF(none), bits)));
}

static struct bytes
null(void)
{
	return xf_tlv(0x05, XF_NONE);
}

static psa_key_attributes_t
attributes(enum key_type type, unsigned bits)
{
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;
	bool rsa = type == KEY_RSA;

	psa_set_key_type(&at,
	    rsa ? PSA_KEY_TYPE_RSA_KEY_PAIR
		: PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&at, bits);
	psa_set_key_algorithm(&at,
	    rsa ? PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_ANY_HASH)
		: PSA_ALG_ECDSA(PSA_ALG_ANY_HASH));
	psa_set_key_usage_flags(
	    &at, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_EXPORT);
	return at;
}

static bool
new_key(struct xf_key *k, enum key_type type, unsigned bits)
{
	psa_key_attributes_t at = attributes(type, bits);
	uint8_t point[600];
	struct bytes alg, spki;
	size_t n = 0;

	memset(k, 0, sizeof(*k));
	k->type = type;
	if (psa_generate_key(&at, &k->id) != PSA_SUCCESS ||
	    psa_export_public_key(k->id, point, sizeof(point), &n) !=
		PSA_SUCCESS)
		return false;
	if (type == KEY_RSA)
		alg = XF_SEQ(xf_oid("2a864886f70d010101"), null());
	else
		alg = XF_SEQ(xf_oid("2a8648ce3d0201"),
		    xf_oid(type == KEY_P256 ? "2a8648ce3d030107"
					    : "2b81040022"));
	spki = XF_SEQ(alg, bit_string(bytes_view(point, n)));
	memcpy(k->store, spki.p, spki.n);
	k->spki = bytes_view(k->store, spki.n);
	return true;
}

bool
xf_key_new(struct xf_key *k, enum key_type type)
{
	return new_key(k, type,
	    type == KEY_RSA ? 2048 : type == KEY_P256 ? 256 : 384);
}

bool
xf_rsa_new(struct xf_key *k, unsigned bits)
{
	return new_key(k, KEY_RSA, bits);
}

void
xf_key_free(struct xf_key *k)
{
	psa_destroy_key(k->id);
	memset(k, 0, sizeof(*k));
}

struct bytes
xf_key_bits(const struct xf_key *k)
{
	size_t n = k->type == KEY_P256 ? 65 : 97;

	/* An RSAPublicKey is what follows the head of the BIT STRING. */
	for (size_t i = 0; k->type == KEY_RSA && i + 1 < k->spki.n; i++)
		if (k->spki.p[i] == 0x00 && k->spki.p[i + 1] == 0x30)
			n = k->spki.n - i - 1;
	return bytes_sub(k->spki, k->spki.n - n, n);
}

/* How each algorithm is called and what PSA calls it. */
static const struct {
	enum hash hash;
	const char *ecdsa, *rsa;
	psa_algorithm_t psa;
} algorithms[] = {
    {HASH_SHA1, "2a8648ce3d0401", "2a864886f70d010105", PSA_ALG_SHA_1},
    {HASH_SHA256, "2a8648ce3d040302", "2a864886f70d01010b", PSA_ALG_SHA_256},
    {HASH_SHA384, "2a8648ce3d040303", "2a864886f70d01010c", PSA_ALG_SHA_384},
    {HASH_SHA512, "2a8648ce3d040304", "2a864886f70d01010d", PSA_ALG_SHA_512},
};

/* An INTEGER from N bytes. */
static struct bytes
integer(const uint8_t *p, size_t n)
{
	static const uint8_t zero[] = {0};

	while (n > 1 && p[0] == 0) {
		p++;
		n--;
	}
	return xf_tlv(0x02,
	    xf_join(XF_PARTS(p[0] >= 0x80 ? BYTES_OF(zero) : XF_NONE,
		bytes_view(p, n))));
}

struct bytes
xf_signed(const struct xf_key *by, enum hash hash, struct bytes content,
    struct bytes rest)
{
	bool rsa = by->type == KEY_RSA;
	uint8_t sig[600];
	struct bytes value;
	struct digest d;
	size_t row = 0, n = 0;

	while (algorithms[row].hash != hash)
		row++;
	if (hash_one(hash, content, &d) != OK ||
	    psa_sign_hash(by->id,
		rsa ? PSA_ALG_RSA_PKCS1V15_SIGN(algorithms[row].psa)
		    : PSA_ALG_ECDSA(algorithms[row].psa),
		d.b, d.n, sig, sizeof(sig), &n) != PSA_SUCCESS)
		abort();
	value = rsa ? bytes_view(sig, n)
		    : XF_SEQ(integer(sig, n / 2), integer(sig + n / 2, n / 2));
	return XF_SEQ(content,
	    XF_SEQ(xf_oid(rsa ? algorithms[row].rsa : algorithms[row].ecdsa),
		rsa ? null() : XF_NONE),
	    bit_string(value), rest);
}

static struct bytes
algorithm_of(const struct xf_cert *c)
{
	enum hash hash = c->hash == HASH_NONE ? HASH_SHA384 : c->hash;
	bool rsa = c->by->type == KEY_RSA;
	size_t row = 0;

	while (algorithms[row].hash != hash)
		row++;
	return XF_SEQ(
	    xf_oid(rsa ? algorithms[row].rsa : algorithms[row].ecdsa),
	    rsa ? null() : XF_NONE);
}

/* basicConstraints, keyUsage, extendedKeyUsage and what is odd. */
static struct bytes
extensions_of(const struct xf_cert *c)
{
	static const uint8_t yes[] = {0x01, 0x01, 0xff};
	const uint8_t usage[] = {0x03, 0x02, 0x00, (uint8_t)c->usage};
	struct bytes ca = XF_SEQ(c->ca ? BYTES_OF(yes) : XF_NONE,
	    c->path_length > 0 ? xf_uint((uint64_t)c->path_length - 1)
			       : XF_NONE);
	struct bytes purpose = XF_SEQ(
	    c->ocsp_signing ? xf_oid("2b06010505070309") : XF_NONE,
	    c->any_purpose ? xf_oid("551d2500") : XF_NONE);

	return xf_tlv(0xa3,
	    XF_SEQ(xf_extension("551d13", true, ca),
		c->usage != 0 ? xf_extension("551d0f", true, BYTES_OF(usage))
			      : XF_NONE,
		c->ocsp_signing || c->any_purpose
		    ? xf_extension("551d25", false, purpose)
		    : XF_NONE,
		c->nocheck
		    ? xf_extension("2b0601050507300105", false, null())
		    : XF_NONE,
		c->odd_critical ? xf_extension("2a030405", true, null())
				: XF_NONE));
}

struct bytes
xf_cert_content(const struct xf_cert *c)
{
	struct bytes version = xf_tlv(0xa0, xf_uint(2));

	return XF_SEQ(c->version1 ? XF_NONE : version, xf_uint(c->serial),
	    algorithm_of(c), xf_name(c->issuer),
	    XF_SEQ(xf_time(c->from), xf_time(c->until)), xf_name(c->subject),
	    c->key->spki, c->version1 ? XF_NONE : extensions_of(c));
}

struct bytes
xf_cert_make(const struct xf_cert *c)
{
	return xf_signed(c->by, c->hash == HASH_NONE ? HASH_SHA384 : c->hash,
	    xf_cert_content(c), XF_NONE);
}

struct bytes
xf_crl(const char *issuer, const struct xf_key *by, int64_t from,
    int64_t until, uint64_t serial, int64_t at, int reason)
{
	const uint8_t why[] = {0x0a, 0x01, (uint8_t)reason};
	struct xf_cert alg = {.by = by};
	struct bytes entry = XF_SEQ(xf_uint(serial), xf_time(at),
	    reason >= 0
		? XF_SEQ(xf_extension("551d15", false, BYTES_OF(why)))
		: XF_NONE);

	return xf_signed(by, HASH_SHA384,
	    XF_SEQ(xf_uint(1), algorithm_of(&alg), xf_name(issuer),
		xf_time(from), xf_time(until),
		serial != 0 ? XF_SEQ(entry) : XF_NONE),
	    XF_NONE);
}
