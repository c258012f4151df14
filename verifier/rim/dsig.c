/* SPDX-License-Identifier: Apache-2.0 */
#include "dsig.h"

#include <string.h>

#include <libxml/c14n.h>
#include <libxml/xmlIO.h>

#include "xml.h"

/* Algorithm identifiers (XML-DSig 6; RFC 6931, 2.1.3 and 2.3.6). */
#define ALG_C14N11 "http://www.w3.org/2006/12/xml-c14n11"
#define ALG_ECDSA_SHA384 "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
#define ALG_SHA384 "http://www.w3.org/2001/04/xmldsig-more#sha384"
#define ALG_ENVELOPED "http://www.w3.org/2000/09/xmldsig#enveloped-signature"

enum { SHA384 = 48, P384_SIGNATURE = 96, CERT_MAX = 4096 };

/* The parts of a signature that count. */
struct parts {
	const xmlNode *signed_info;
	uint8_t digest[SHA384];
	uint8_t signature[P384_SIGNATURE];
	uint8_t store[CHAIN_MAX * CERT_MAX];
	struct bytes cert[CHAIN_MAX];
	size_t cert_count;
};

/* Exactly the elements NAMES inside PARENT, in this order. */
static bool
exactly(const xmlNode *parent, const char *const *names, size_t count,
    const xmlNode **out)
{
	size_t n;

	if (!xml_children(parent, out, count, &n) || n != count)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!xml_is(out[i], NS_DSIG, names[i]))
			return false;
	return true;
}

/* An empty element whose only attribute is Algorithm="WANT". */
static enum status
algorithm(const xmlNode *node, const char *want, struct fault *fault)
{
	struct bytes got;

	if (xml_attribute_count(node) != 1 || node->children != NULL ||
	    !xml_attribute(node, NULL, "Algorithm", &got))
		return fault_set(fault, RIM_SIGNATURE_FORM,
		    "%s: must have an Algorithm and nothing else",
		    (const char *)node->name);
	if (!bytes_eq(got, bytes_str(want)))
		return fault_set(fault, RIM_ALGORITHM,
		    "%s: only %s is accepted", (const char *)node->name,
		    want);
	return OK;
}

/* Base64 (RFC 4648, 4) with white space anywhere; -1 when malformed. */
static ptrdiff_t
decode_base64(struct bytes text, uint8_t *out, size_t cap)
{
	char digits[(CERT_MAX + 2) / 3 * 4];
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			continue;
		if (c == '-' || c == '_' || n == sizeof(digits))
			return -1;
		digits[n++] = c == '+' ? '-' : c == '/' ? '_' : (char)c;
	}
	if (n % 4 != 0)
		return -1;
	return bytes_from_base64url(digits, n, true, out, cap);
}

/* Exactly N bytes of base64 in an element without attributes. */
static enum status
fixed_bytes(const xmlNode *node, uint8_t *out, size_t n, struct fault *fault)
{
	struct bytes text;

	if (xml_attribute_count(node) == 0 && xml_text(node, &text) &&
	    decode_base64(text, out, n) == (ptrdiff_t)n)
		return OK;
	return fault_set(fault, RIM_SIGNATURE_FORM,
	    "%s: must be %zu bytes in base64 and nothing else",
	    (const char *)node->name, n);
}

/* One Reference to the whole document, two transforms, SHA-384. */
static enum status
read_reference(const xmlNode *ref, struct parts *p, struct fault *fault)
{
	static const char *const names[] = {
	    "Transforms", "DigestMethod", "DigestValue"};
	static const char *const transforms[] = {"Transform", "Transform"};
	const xmlNode *child[3], *step[2];
	struct bytes uri;
	enum status st;

	if (xml_attribute_count(ref) != 1 ||
	    !xml_attribute(ref, NULL, "URI", &uri) || uri.n != 0)
		return fault_set(fault, RIM_SIGNATURE_FORM,
		    "Reference: must have URI=\"\", the whole document, and "
		    "no other attribute");
	if (!exactly(ref, names, 3, child) ||
	    xml_attribute_count(child[0]) != 0 ||
	    !exactly(child[0], transforms, 2, step))
		return fault_set(fault, RIM_SIGNATURE_FORM,
		    "Reference: must hold two Transforms, DigestMethod and "
		    "DigestValue");
	if ((st = algorithm(step[0], ALG_ENVELOPED, fault)) != OK ||
	    (st = algorithm(step[1], ALG_C14N11, fault)) != OK ||
	    (st = algorithm(child[1], ALG_SHA384, fault)) != OK)
		return st;
	return fixed_bytes(child[2], p->digest, SHA384, fault);
}

static enum status
read_signed_info(const xmlNode *info, struct parts *p, struct fault *fault)
{
	static const char *const names[] = {
	    "CanonicalizationMethod", "SignatureMethod", "Reference"};
	const xmlNode *child[3];
	enum status st;

	if (xml_attribute_count(info) != 0 || !exactly(info, names, 3, child))
		return fault_set(fault, RIM_SIGNATURE_FORM,
		    "SignedInfo: must hold CanonicalizationMethod, "
		    "SignatureMethod and exactly one Reference");
	if ((st = algorithm(child[0], ALG_C14N11, fault)) != OK ||
	    (st = algorithm(child[1], ALG_ECDSA_SHA384, fault)) != OK)
		return st;
	p->signed_info = info;
	return read_reference(child[2], p, fault);
}

/* Certificates and nothing else: no other way to name a key. */
static enum status
read_key_info(const xmlNode *info, struct parts *p, struct fault *fault)
{
	static const char *const names[] = {"X509Data"};
	const xmlNode *data, *cert[CHAIN_MAX];
	size_t used = 0;

	if (xml_attribute_count(info) != 0 || !exactly(info, names, 1, &data) ||
	    xml_attribute_count(data) != 0 ||
	    !xml_children(data, cert, CHAIN_MAX, &p->cert_count) ||
	    p->cert_count < 2)
		goto form;
	for (size_t i = 0; i < p->cert_count; i++) {
		struct bytes text;
		ptrdiff_t n = -1;

		if (xml_is(cert[i], NS_DSIG, "X509Certificate") &&
		    xml_attribute_count(cert[i]) == 0 &&
		    xml_text(cert[i], &text))
			n = decode_base64(text, p->store + used, CERT_MAX);
		if (n <= 0)
			goto form;
		p->cert[i] = bytes_view(p->store + used, (size_t)n);
		used += (size_t)n;
	}
	return OK;
form:
	return fault_set(fault, RIM_SIGNATURE_FORM,
	    "KeyInfo: must hold one X509Data with 2 to %d X509Certificate, "
	    "leaf first; no other key is taken",
	    CHAIN_MAX);
}

static enum status
read_signature(
    const xmlNode *signature, struct parts *p, struct fault *fault)
{
	static const char *const names[] = {
	    "SignedInfo", "SignatureValue", "KeyInfo"};
	const xmlNode *child[3];
	enum status st;

	if (xml_attribute_count(signature) != 0 ||
	    !exactly(signature, names, 3, child))
		return fault_set(fault, RIM_SIGNATURE_FORM,
		    "Signature: must hold SignedInfo, SignatureValue and "
		    "KeyInfo");
	if ((st = read_signed_info(child[0], p, fault)) != OK ||
	    (st = fixed_bytes(child[1], p->signature, P384_SIGNATURE,
		 fault)) != OK)
		return st;
	return read_key_info(child[2], p, fault);
}

/* Part of a document: what is in TOP, or everything else. */
struct subset {
	const xmlNode *top;
	bool inside;
};

/* PARENT is the element that text, attribute or namespace belongs to. */
static int
is_visible(void *user, xmlNode *node, xmlNode *parent)
{
	const struct subset *s = user;
	const xmlNode *n = node->type == XML_ELEMENT_NODE ? node : parent;

	for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent)
		if (n == s->top)
			return s->inside;
	return !s->inside;
}

/* SHA-384 of the canonical form (Canonical XML 1.1) of a subset. */
static enum status
canonical_digest(xmlDoc *doc, struct subset subset, struct digest *out)
{
	xmlOutputBuffer *buf = xmlAllocOutputBuffer(NULL);
	enum status st = INTERNAL;

	if (buf == NULL)
		return NO_MEMORY;
	if (xmlC14NExecute(doc, is_visible, &subset, XML_C14N_1_1, NULL, 0,
		buf) >= 0)
		st = hash_one(HASH_SHA384,
		    bytes_view(xmlOutputBufferGetContent(buf),
			xmlOutputBufferGetSize(buf)),
		    out);
	(void)xmlOutputBufferClose(buf);
	return st;
}

static enum status
check_digest(xmlDoc *doc, const xmlNode *signature, const struct parts *p,
    struct fault *fault)
{
	struct digest d;
	enum status st;

	st = canonical_digest(doc, (struct subset){signature, false}, &d);
	if (st != OK)
		return st;
	if (!bytes_eq_ct(digest_view(&d), BYTES_OF(p->digest)))
		return fault_set(fault, RIM_DIGEST,
		    "DigestValue: the document was changed after signing; "
		    "fetch it from the vendor again");
	return OK;
}

static enum status
check_signature(xmlDoc *doc, const struct parts *p,
    const struct public_key *key, struct fault *fault)
{
	struct digest d;
	enum status st;

	if (key->type != KEY_P384)
		return fault_set(fault, RIM_ALGORITHM,
		    "X509Certificate: the signer's key is not on P-384");
	st = canonical_digest(doc, (struct subset){p->signed_info, true}, &d);
	if (st != OK)
		return st;
	if (verify_digest(key, SIG_ECDSA, HASH_SHA384, digest_view(&d),
		BYTES_OF(p->signature)) != OK)
		return fault_set(fault, RIM_SIGNATURE,
		    "SignatureValue: does not verify under the first "
		    "certificate; fetch the manifest from the vendor again");
	return OK;
}

enum status
dsig_verify(xmlDoc *doc, const xmlNode *signature,
    const struct rim_input *in, struct chain *chain, struct fault *fault)
{
	struct parts parts = {0};
	enum status st;

	if ((st = read_signature(signature, &parts, fault)) != OK)
		return st;

	/* Whose key it is comes first: no other key is ever tried. */
	st = chain_verify(
	    in->anchors, parts.cert, parts.cert_count, &in->at, chain);
	if (st != OK && st != CHAIN_EXPIRED)
		return fault_set(fault, st, "X509Data: %s; %s",
		    status_text(st),
		    chain->note[0] != '\0'
			? chain->note
			: "the chain must end in a root of certs/anchors.def");

	/* What was signed, then that it was signed. */
	if ((st = check_digest(doc, signature, &parts, fault)) != OK)
		return st;
	return check_signature(doc, &parts, &chain->key, fault);
}
