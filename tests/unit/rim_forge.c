/* SPDX-License-Identifier: Apache-2.0 */
#include "rim_forge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/base64.h>

#include "crypto.h"

#define SWID "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
#define HASH_NS "http://www.w3.org/2001/04/xmlenc#sha384"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define HEX(c) c c c c c c c c c c c c c c c c
#define DIGEST(c) HEX(c c c c c c) /* 96 digits */
#define ROW(index, active, name, hash)                                         \
	"<Resource active=\"" active "\" alternatives=\"1\" index=\"" index    \
	"\" name=\"" name "\" size=\"48\" type=\"Measurement\" ns2:Hash0=\""   \
	hash "\"></Resource>\n"
#define BODY_END "</SoftwareIdentity>"

/* Canonical: declarations and attributes sorted, no empty-element tags. */
static const char body[] =
    "<SoftwareIdentity xmlns=\"" SWID "\" xmlns:ns2=\"" HASH_NS
    "\" name=\"TEST100\" tagId=\"00\">\n"
    "<Entity name=\"A made-up vendor\" role=\"softwareCreator\"></Entity>\n"
    "<Meta colloquialVersion=\"550.90.07\" edition=\"GPU\" "
    "product=\"TEST100\"></Meta>\n"
    "<Payload>\n"
    ROW("0", "False", "Measurement_0", DIGEST("0"))
    ROW("7", "True", "Measurement_7", DIGEST("a"))
    ROW("21", "True", "Measurement_21", DIGEST("b"))
    "<Resource active=\"True\" alternatives=\"2\" index=\"8\" "
    "name=\"Measurement_8\" size=\"48\" type=\"Measurement\" ns2:Hash0=\""
    DIGEST("c") "\" ns2:Hash1=\"" DIGEST("d") "\"></Resource>\n"
    "</Payload>\n" BODY_END;

/* %s: the digest.  What C14N adds to the start tag is in info_start. */
static const char info[] =
    "<ds:SignedInfo><ds:CanonicalizationMethod "
    "Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\">"
    "</ds:CanonicalizationMethod><ds:SignatureMethod "
    "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\">"
    "</ds:SignatureMethod><ds:Reference URI=\"\"><ds:Transforms>"
    "<ds:Transform Algorithm=\"" DSIG "enveloped-signature\"></ds:Transform>"
    "<ds:Transform Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\">"
    "</ds:Transform></ds:Transforms><ds:DigestMethod "
    "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\">"
    "</ds:DigestMethod><ds:DigestValue>%s</ds:DigestValue></ds:Reference>"
    "</ds:SignedInfo>";
static const char info_start[] =
    "<ds:SignedInfo xmlns=\"" SWID "\" xmlns:ds=\"" DSIG
    "\" xmlns:ns2=\"" HASH_NS "\">";

static char part[4][RIM_FORGE_MAX], whole[RIM_FORGE_MAX];

static bool fill(char out[RIM_FORGE_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Like printf; false when it does not fit. */
static bool
fill(char out[RIM_FORGE_MAX], const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(out, RIM_FORGE_MAX, format, ap);
	va_end(ap);
	return n >= 0 && n < RIM_FORGE_MAX;
}

/* OUT is IN with FIND, which must be there, replaced by PUT. */
static bool
replace(const char *in, const char *find, const char *put, char *out)
{
	const char *at = strstr(in, find);

	return at != NULL &&
	    fill(out, "%.*s%s%s", (int)(at - in), in, put, at + strlen(find));
}

static const char *
base64(const uint8_t *p, size_t n)
{
	static char text[2][2048];
	static unsigned turn;
	size_t used = 0;
	char *out = text[turn++ % 2];

	if (mbedtls_base64_encode(
		(unsigned char *)out, sizeof(text[0]), &used, p, n) != 0)
		abort();
	return out;
}

bool
rim_forge_sign(
    const struct forge_board *board, struct bytes data, uint8_t sig[96])
{
	struct digest d;
	size_t n = 0;

	return hash_one(HASH_SHA384, data, &d) == OK &&
	    psa_sign_hash(board->key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), d.b,
		d.n, sig, 96, &n) == PSA_SUCCESS &&
	    n == 96;
}

/* The signature's certificates. */
static void
write_certs(const struct forge_board *b, enum rim_stage stage, char *out)
{
	static const char cert[] =
	    "<ds:X509Certificate>%s</ds:X509Certificate>";
	const uint8_t *first = b->leaf, *second = b->root;
	size_t first_len = b->leaf_len, second_len = b->root_len;
	int n;

	if (stage == CERT_SWAPPED) {
		first = b->root;
		first_len = b->root_len;
		second = b->leaf;
		second_len = b->leaf_len;
	}
	n = sprintf(out, cert, base64(first, first_len));
	if (stage == CERT_JUNK)
		sprintf(out + n, cert, "bm8gY2VydGlmaWNhdGU=");
	else if (stage != CERT_LEAF_ONLY)
		sprintf(out + n, cert, base64(second, second_len));
}

/* SIGNATURE over DOCUMENT. */
static bool
sign(const struct forge_board *b, enum rim_stage stage, const char *find,
    const char *put, const char *document, char *signature)
{
	char *text = part[2], *canonical = part[3], certs[4096];
	uint8_t sig[96];
	struct digest d;

	if (hash_one(HASH_SHA384, bytes_str(document), &d) != OK)
		return false;
	sprintf(canonical, info, base64(d.b, d.n));
	strcpy(text, canonical);
	if (stage == EDIT_INFO && !replace(canonical, find, put, text))
		return false;
	if (!replace(text, "<ds:SignedInfo>", info_start, canonical) ||
	    !rim_forge_sign(b, bytes_str(canonical), sig))
		return false;
	if (stage == KEY_OTHER)
		memset(sig, 0x55, sizeof(sig));
	write_certs(b, stage, certs);
	return fill(signature,
	    "<ds:Signature xmlns:ds=\"" DSIG
	    "\">%s<ds:SignatureValue>%s</ds:SignatureValue>"
	    "<ds:KeyInfo><ds:X509Data>%s</ds:X509Data></ds:KeyInfo>"
	    "</ds:Signature>",
	    text, base64(sig, sizeof(sig)), certs);
}

/* Put the signature where STAGE wants it. */
static bool
place(enum rim_stage stage, const char *document, const char *signature)
{
	static char twice[RIM_FORGE_MAX];
	const char *before = BODY_END;

	if (stage == PLACE_NOWHERE) {
		strcpy(whole, document);
		return true;
	}
	if (stage == PLACE_FIRST)
		before = "<Entity";
	if (stage == PLACE_IN_PAYLOAD)
		before = "</Payload>";
	if (!fill(twice, "%s%s%s", stage == PLACE_TWICE ? signature : "",
		signature, before) ||
	    !replace(document, before, twice, whole))
		return false;
	if (stage != PLACE_WRAPPED)
		return true;
	strcpy(twice, whole);
	return fill(whole,
	    "<SoftwareIdentity xmlns=\"" SWID "\">%s</SoftwareIdentity>",
	    twice);
}

const char *
rim_forge(const struct forge_board *board, enum rim_stage stage,
    const char *find, const char *put)
{
	char *document = part[0], *signature = part[1];

	strcpy(document, body);
	if (stage == EDIT_BODY && !replace(body, find, put, document))
		return NULL;
	if (!sign(board, stage, find, put, document, signature) ||
	    !place(stage, document, signature))
		return NULL;
	if (stage != EDIT_WHOLE)
		return whole;
	strcpy(part[0], whole);
	return replace(part[0], find, put, whole) ? whole : NULL;
}
