/* SPDX-License-Identifier: Apache-2.0 */
/* The frame: whose it is, who issued it, for which time (RFC 5755, 4.1). */
#include "platform_form.h"

enum { VERSION_2 = 1, TAG_PKC_VERSION = 0xa0 };

/* IssuerSerial; a unique identifier of the issuer is not compared. */
static void
read_issuer_serial(
    struct reader *r, struct bytes content, struct platform_holder *out)
{
	struct reader in = reader_of(content);
	struct bytes names = der_get(&in, DER_SEQUENCE);

	out->issuer = form_directory_name(&in, names);
	out->serial = form_integer(&in);
	if (form_optional(&in, DER_BIT_STRING, &names))
		out->other = true;
	form_end(r, &in);
}

/* Holder ::= SEQUENCE { [0] base, [1] name, [2] digest }, one at least. */
static void
read_holder(struct reader *r, struct bytes content, struct platform_cert *c)
{
	struct reader in = reader_of(content);
	struct bytes part;

	in.failed |= content.n == 0;
	if (form_optional(&in, TAG_0 | TAG_CONSTRUCTED, &part))
		read_issuer_serial(&in, part, &c->holder);
	if (form_optional(&in, (TAG_0 | TAG_CONSTRUCTED) + 1, &part))
		c->holder.name = form_directory_name(&in, part);
	if (form_optional(&in, (TAG_0 | TAG_CONSTRUCTED) + 2, &part))
		c->holder.other = true;
	form_end(r, &in);
}

/* AttCertIssuer: v2Form with the issuer's name alone (RFC 5755, 4.2.3). */
static void
read_issuer(struct reader *r, struct platform_cert *c)
{
	struct reader in = reader_of(der_get(r, TAG_0 | TAG_CONSTRUCTED));
	struct bytes names = der_get(&in, DER_SEQUENCE);

	c->issuer = form_directory_name(&in, names);
	form_end(r, &in);
}

static void
read_validity(struct reader *r, struct platform_cert *c)
{
	struct reader in = reader_of(der_get(r, DER_SEQUENCE));

	c->not_before = der_time(&in);
	c->not_after = der_time(&in);
	in.failed |= c->not_after < c->not_before;
	form_end(r, &in);
}

/* Positive (RFC 5755, 4.2.5). */
static void
read_serial(struct reader *r, struct platform_cert *c)
{
	c->serial = form_integer(r);
	r->failed |= r->failed || c->serial.p[0] >= 0x80;
}

/* The element that comes next, with its head. */
static struct bytes
next_whole(const struct reader *r)
{
	return bytes_sub(r->rest, 0, der_size(r->rest));
}

/* The algorithm that is signed is the one of the signature (4.2.4). */
static void
read_algorithm(struct reader *r, struct bytes outside, struct platform_cert *c)
{
	struct bytes whole = next_whole(r);
	struct reader in = reader_of(der_get(r, DER_SEQUENCE));

	c->algorithm = form_oid(&in, DER_OID);
	r->failed |= in.failed || !bytes_eq(whole, outside);
}

/* Remember the first field that was wrong. */
static bool
holds(struct platform_cert *c, const struct reader *r, const char *field)
{
	if (r->failed && c->fault == NULL)
		c->fault = field;
	return !r->failed;
}

/* AttributeCertificateInfo.  OUTSIDE: the algorithm of the signature. */
static bool
read_info(struct reader r, struct bytes outside, struct platform_cert *c)
{
	struct bytes extensions;

	if (der_next_is(&r, TAG_PKC_VERSION)) {
		c->fault = "it is a certificate of a key (X.509)";
		return false;
	}
	r.failed |= form_uint(&r, DER_INTEGER) != VERSION_2;
	if (!holds(c, &r, "version: it is not 2"))
		return false;
	read_holder(&r, der_get(&r, DER_SEQUENCE), c);
	if (!holds(c, &r, "holder"))
		return false;
	read_issuer(&r, c);
	if (!holds(c, &r, "issuer: it is not one name in the v2 form"))
		return false;
	read_algorithm(&r, outside, c);
	if (!holds(c, &r, "signature algorithm: signed is another"))
		return false;
	read_serial(&r, c);
	if (!holds(c, &r, "serial number"))
		return false;
	read_validity(&r, c);
	if (!holds(c, &r, "validity"))
		return false;
	c->attributes = der_get(&r, DER_SEQUENCE);
	form_attributes(&r, c->attributes, c);
	if (!holds(c, &r, "attributes"))
		return false;
	if (form_optional(&r, DER_SEQUENCE, &extensions)) {
		c->extensions = extensions;
		form_extensions(&r, extensions, c);
	}
	if (!holds(c, &r, "extensions"))
		return false;
	r.failed |= r.rest.n > 0;
	return holds(c, &r, "more follows the extensions");
}

enum status
platcert_parse(struct bytes der, struct platform_cert *out)
{
	struct reader top = reader_of(der), r;
	struct bytes rest;

	*out = (struct platform_cert){.fault = NULL};
	if (der.n == 0) {
		out->fault = "it is neither DER nor PEM of one of them";
		return PLATFORM_MALFORMED;
	}
	if (der.n > PLATFORM_CERT_MAX || der_size(der) != der.n) {
		out->fault = "it is not one element of DER";
		return PLATFORM_MALFORMED;
	}
	if (!der_is_sound(der) || !signed_read(der, &out->whole, &rest) ||
	    rest.n != 0 || out->whole.content.p[0] != DER_SEQUENCE) {
		out->fault = "the outer form";
		return PLATFORM_MALFORMED;
	}

	/* SEQUENCE { info, algorithm, signature } */
	r = reader_of(der_get(&top, DER_SEQUENCE));
	top = reader_of(der_get(&r, DER_SEQUENCE));
	return read_info(top, next_whole(&r), out) ? OK : PLATFORM_MALFORMED;
}

/* What TBSCertificate (RFC 5280, 4.1) says of whose the certificate is. */
struct key_cert {
	struct bytes serial, issuer, subject;
};

static bool
read_key_cert(struct bytes der, struct key_cert *out)
{
	struct reader top = reader_of(der), r;

	r = reader_of(der_get(&top, DER_SEQUENCE));
	r = reader_of(der_get(&r, DER_SEQUENCE));
	der_get(&r, TAG_PKC_VERSION);
	out->serial = der_get(&r, DER_INTEGER);
	der_get(&r, DER_SEQUENCE); /* signature */
	out->issuer = next_whole(&r);
	der_get(&r, DER_SEQUENCE);
	der_get(&r, DER_SEQUENCE); /* validity */
	out->subject = next_whole(&r);
	der_get(&r, DER_SEQUENCE);
	return !r.failed && reader_at_end(&top);
}

enum status
platcert_check_holder(const struct platform_cert *in, struct bytes ek)
{
	const struct platform_holder *h = &in->holder;
	struct key_cert cert;

	if (!read_key_cert(ek, &cert))
		return EK_MALFORMED;
	if (h->issuer.n == 0 || h->other)
		return PLATFORM_HOLDER_FORM;
	if (!name_same(h->issuer, cert.issuer) ||
	    !bytes_eq(h->serial, cert.serial) ||
	    (h->name.n > 0 && !name_same(h->name, cert.subject)))
		return PLATFORM_HOLDER_MISMATCH;
	return OK;
}
