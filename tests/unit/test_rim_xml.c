/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed XML manifests: one sound one, and every way of bending it that has
 * a name.  Each row says which code it must end in.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rim_forge.h"
#include "xml.h"

#define TRANSFORM "<ds:Transform Algorithm=\""
#define ENVELOPED "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
#define C14N11 "http://www.w3.org/2006/12/xml-c14n11"
#define PAYLOAD_END "</Payload>\n"
#define RESOURCE "<Resource active=\"True\" alternatives=\"1\" index=\"7\""
#define OTHER_NS "urn:example:other"

static struct forge_board board, stranger;
static struct anchors *anchors;
static struct document doc, sound;
static struct fault fault;

static const struct row {
	const char *name;
	enum rim_stage stage;
	const char *find, *put;
	enum status want;
} rows[] = {
    {"sound", EDIT_NONE, "", "", OK},

    /* Other spellings of the same document are the same document. */
    {"empty-element tags", EDIT_WHOLE, "></Entity>", "/>", OK},
    {"single quotes", EDIT_WHOLE, "edition=\"GPU\"", "edition='GPU'", OK},
    {"attributes in another order", EDIT_WHOLE,
	"edition=\"GPU\" product=\"TEST100\"",
	"product=\"TEST100\" edition=\"GPU\"", OK},
    {"a character reference", EDIT_WHOLE, "edition=\"GPU\"",
	"edition=\"G&#80;U\"", OK},
    {"an XML declaration", EDIT_WHOLE, "<SoftwareIdentity ",
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SoftwareIdentity ", OK},
    {"a newline inside base64", EDIT_WHOLE, "<ds:SignatureValue>",
	"<ds:SignatureValue>\n ", OK},

    /* Changed after it was signed. */
    {"a digest changed", EDIT_WHOLE, "ns2:Hash0=\"aa", "ns2:Hash0=\"ab",
	RIM_DIGEST},
    {"the version changed", EDIT_WHOLE, "550.90.07", "550.90.08", RIM_DIGEST},
    {"a value activated", EDIT_WHOLE, "active=\"False\"", "active=\"True\"",
	RIM_DIGEST},
    {"white space added", EDIT_WHOLE, PAYLOAD_END, PAYLOAD_END " ",
	RIM_DIGEST},
    {"a namespace declared at the root", EDIT_WHOLE, " name=\"TEST100\"",
	" name=\"TEST100\" xmlns:x=\"" OTHER_NS "\"", RIM_DIGEST},
    {"DigestValue changed", EDIT_WHOLE, "<ds:DigestValue>",
	"<ds:DigestValue>AAAA", RIM_SIGNATURE_FORM},
    {"white space in SignedInfo", EDIT_WHOLE, "<ds:SignedInfo>",
	"<ds:SignedInfo> ", RIM_SIGNATURE},
    {"a namespace declared at Signature", EDIT_WHOLE, "<ds:Signature ",
	"<ds:Signature xmlns:x=\"" OTHER_NS "\" ", RIM_SIGNATURE},
    {"signed by another key", KEY_OTHER, "", "", RIM_SIGNATURE},
    {"signature of the wrong length", EDIT_WHOLE, "<ds:SignatureValue>",
	"<ds:SignatureValue>AAAA", RIM_SIGNATURE_FORM},

    /* Wrapping: the signed part is not the part that is read. */
    {"a second payload", EDIT_WHOLE, PAYLOAD_END,
	PAYLOAD_END "<Payload></Payload>", RIM_STRUCTURE},
    {"a second payload first", EDIT_WHOLE, "<Payload>",
	"<Payload></Payload><Payload>", RIM_STRUCTURE},
    {"a second Meta", EDIT_WHOLE, "<Payload>", "<Meta></Meta><Payload>",
	RIM_STRUCTURE},
    {"signature first", PLACE_FIRST, "", "", RIM_STRUCTURE},
    {"signature in the payload", PLACE_IN_PAYLOAD, "", "", RIM_UNSIGNED},
    {"no signature", PLACE_NOWHERE, "", "", RIM_UNSIGNED},
    {"two signatures", PLACE_TWICE, "", "", RIM_STRUCTURE},
    {"the document in another root", PLACE_WRAPPED, "", "", RIM_STRUCTURE},
    {"an Object in the signature", EDIT_WHOLE, "</ds:KeyInfo>",
	"</ds:KeyInfo><ds:Object><Payload></Payload></ds:Object>",
	RIM_SIGNATURE_FORM},
    {"Id on the signature", EDIT_WHOLE, "<ds:Signature ",
	"<ds:Signature Id=\"s\" ", RIM_SIGNATURE_FORM},
    {"text beside elements", EDIT_WHOLE, PAYLOAD_END, PAYLOAD_END "x",
	RIM_STRUCTURE},
    {"another root", EDIT_WHOLE, "<SoftwareIdentity ", "<a><b/></a><c ",
	RIM_XML},

    /* The reference. */
    {"two references", EDIT_INFO, "<ds:Reference URI=\"\">",
	"<ds:Reference URI=\"#x\"></ds:Reference><ds:Reference URI=\"\">",
	RIM_SIGNATURE_FORM},
    {"no reference", EDIT_INFO, "<ds:Reference URI=\"\">",
	"<ds:Manifest></ds:Manifest><ds:Reference URI=\"\">",
	RIM_SIGNATURE_FORM},
    {"a reference to a part", EDIT_INFO, "URI=\"\"", "URI=\"#x\"",
	RIM_SIGNATURE_FORM},
    {"a reference to a file", EDIT_INFO, "URI=\"\"",
	"URI=\"file:///etc/passwd\"", RIM_SIGNATURE_FORM},
    {"a reference without URI", EDIT_INFO, " URI=\"\"", "",
	RIM_SIGNATURE_FORM},
    {"a reference with a type", EDIT_INFO, "URI=\"\"",
	"Type=\"http://www.w3.org/2000/09/xmldsig#Object\" URI=\"\"",
	RIM_SIGNATURE_FORM},
    {"no transform", EDIT_INFO, TRANSFORM ENVELOPED "\"></ds:Transform>", "",
	RIM_SIGNATURE_FORM},
    {"a third transform", EDIT_INFO, TRANSFORM C14N11,
	TRANSFORM C14N11 "\"></ds:Transform>" TRANSFORM C14N11,
	RIM_SIGNATURE_FORM},
    {"transforms swapped", EDIT_INFO, ENVELOPED "\"></ds:Transform>" TRANSFORM
	    C14N11, C14N11 "\"></ds:Transform>" TRANSFORM ENVELOPED,
	RIM_ALGORITHM},
    {"XPath instead", EDIT_INFO, ENVELOPED,
	"http://www.w3.org/TR/1999/REC-xpath-19991116", RIM_ALGORITHM},
    {"XSLT instead", EDIT_INFO, ENVELOPED,
	"http://www.w3.org/TR/1999/REC-xslt-19991116", RIM_ALGORITHM},
    {"something inside a transform", EDIT_INFO,
	TRANSFORM ENVELOPED "\">", TRANSFORM ENVELOPED "\"><ds:XPath/>",
	RIM_SIGNATURE_FORM},
    {"exclusive canonical form", EDIT_INFO, C14N11,
	"http://www.w3.org/2001/10/xml-exc-c14n#", RIM_ALGORITHM},
    {"canonical form with comments", EDIT_INFO, C14N11,
	C14N11 "#WithComments", RIM_ALGORITHM},
    {"SHA-1", EDIT_INFO, "http://www.w3.org/2001/04/xmldsig-more#sha384",
	"http://www.w3.org/2000/09/xmldsig#sha1", RIM_ALGORITHM},
    {"ECDSA with SHA-256", EDIT_INFO, "ecdsa-sha384", "ecdsa-sha256",
	RIM_ALGORITHM},
    {"HMAC", EDIT_INFO,
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
	"http://www.w3.org/2000/09/xmldsig#hmac-sha1", RIM_ALGORITHM},
    {"HMAC output length", EDIT_INFO, "</ds:SignatureMethod>",
	"<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>",
	RIM_SIGNATURE_FORM},

    /* The key. */
    {"a bare key", EDIT_WHOLE, "<ds:KeyInfo>",
	"<ds:KeyInfo><ds:KeyValue></ds:KeyValue>", RIM_SIGNATURE_FORM},
    {"a key by name", EDIT_WHOLE, "<ds:KeyInfo>",
	"<ds:KeyInfo><ds:KeyName>k</ds:KeyName>", RIM_SIGNATURE_FORM},
    {"two X509Data", EDIT_WHOLE, "</ds:X509Data>",
	"</ds:X509Data><ds:X509Data></ds:X509Data>", RIM_SIGNATURE_FORM},
    {"more than certificates", EDIT_WHOLE, "<ds:X509Data>",
	"<ds:X509Data><ds:X509SubjectName>x</ds:X509SubjectName>",
	RIM_SIGNATURE_FORM},
    {"a certificate in another alphabet", EDIT_WHOLE,
	"<ds:X509Certificate>", "<ds:X509Certificate>----",
	RIM_SIGNATURE_FORM},
    {"only the leaf", CERT_LEAF_ONLY, "", "", RIM_SIGNATURE_FORM},
    {"root before leaf", CERT_SWAPPED, "", "", RIM_SIGNATURE},
    {"no certificate", CERT_JUNK, "", "", CHAIN_MALFORMED},

    /* More than elements and text. */
    {"a comment", EDIT_WHOLE, "<Payload>", "<!-- --><Payload>",
	RIM_XML_FORM},
    {"a comment in text", EDIT_WHOLE, "</ds:DigestValue>",
	"<!-- --></ds:DigestValue>", RIM_XML_FORM},
    {"CDATA", EDIT_WHOLE, "</ds:DigestValue>", "<![CDATA[]]></ds:DigestValue>",
	RIM_XML_FORM},
    {"an instruction", EDIT_WHOLE, "<Payload>", "<?x y?><Payload>",
	RIM_XML_FORM},
    {"a stylesheet before the root", EDIT_WHOLE, "<SoftwareIdentity ",
	"<?xml-stylesheet href=\"x\"?><SoftwareIdentity ", RIM_XML_FORM},
    {"an entity bomb", EDIT_WHOLE, "<SoftwareIdentity ",
	"<!DOCTYPE a [<!ENTITY a \"aaaaaaaa\"><!ENTITY b "
	"\"&a;&a;&a;&a;&a;&a;\">]><SoftwareIdentity ", RIM_XML_FORM},
    {"an entity bomb after a declaration", EDIT_WHOLE, "<SoftwareIdentity ",
	"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"a\">]>"
	"<SoftwareIdentity ", RIM_XML_FORM},
    {"an external entity", EDIT_WHOLE, "<SoftwareIdentity ",
	"<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM \"file:///etc/passwd\">"
	"<SoftwareIdentity ", RIM_XML_FORM},
    {"an entity that is not defined", EDIT_WHOLE, "edition=\"GPU\"",
	"edition=\"GPU&x;\"", RIM_XML},
    {"xml:lang", EDIT_WHOLE, "<Entity ", "<Entity xml:lang=\"en\" ",
	RIM_XML_FORM},
    {"xml:base", EDIT_WHOLE, "<Payload>", "<Payload xml:base=\"urn:x\">",
	RIM_XML_FORM},
    {"xml:id", EDIT_BODY, "<Payload>", "<Payload xml:id=\"p\">",
	RIM_XML_FORM},
    {"not UTF-8", EDIT_WHOLE, "made-up", "made\xff-up", RIM_XML},
    {"not well-formed", EDIT_WHOLE, "</Payload>", "</Paylaod>", RIM_XML},
    {"an attribute twice", EDIT_WHOLE, "edition=\"GPU\"",
	"edition=\"GPU\" edition=\"GPU\"", RIM_XML},

    /* Namespaces. */
    {"a prefix without namespace", EDIT_WHOLE, "<Payload>",
	"<Payload x:y=\"\">", RIM_XML},
    {"signature of another namespace", EDIT_WHOLE,
	"xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
	"xmlns:ds=\"" OTHER_NS "\"", RIM_STRUCTURE},
    {"payload of another namespace", EDIT_BODY, "<Payload>",
	"<Payload xmlns=\"" OTHER_NS "\">", RIM_STRUCTURE},
    {"a resource of another namespace", EDIT_BODY, "<Resource ",
	"<Resource xmlns=\"" OTHER_NS "\" ", RIM_STRUCTURE},
    {"digests of another namespace", EDIT_BODY, "<Payload>",
	"<Payload xmlns:ns2=\"" OTHER_NS "\">", RIM_VALUE},
    {"version of another namespace", EDIT_BODY,
	"<Meta colloquialVersion=\"550.90.07\" edition=\"GPU\" "
	"product=\"TEST100\">",
	"<Meta edition=\"GPU\" product=\"TEST100\" "
	"ns2:colloquialVersion=\"550.90.07\">", RIM_STRUCTURE},
    {"SignedInfo of no namespace", EDIT_WHOLE, "<ds:KeyInfo>",
	"<ds:KeyInfo xmlns:ds=\"" OTHER_NS "\">", RIM_SIGNATURE_FORM},

    /* Well signed, and still not a manifest. */
    {"an index twice", EDIT_BODY, "index=\"21\"", "index=\"7\"",
	RIM_INDEX_DUPLICATE},
    {"an inactive index twice", EDIT_BODY, "index=\"0\"", "index=\"7\"",
	RIM_INDEX_DUPLICATE},
    {"an index too large", EDIT_BODY, "index=\"21\"", "index=\"254\"",
	RIM_VALUE},
    {"an index with a zero in front", EDIT_BODY, "index=\"21\"",
	"index=\"021\"", RIM_VALUE},
    {"a negative index", EDIT_BODY, "index=\"21\"", "index=\"-1\"",
	RIM_VALUE},
    {"no index", EDIT_BODY, "index=\"21\" ", "", RIM_STRUCTURE},
    {"a digest too short", EDIT_BODY, "Hash0=\"aa", "Hash0=\"", RIM_VALUE},
    {"a digest too long", EDIT_BODY, "Hash0=\"aa", "Hash0=\"aaaa", RIM_VALUE},
    {"a digest of other digits", EDIT_BODY, "Hash0=\"aa", "Hash0=\"ag",
	RIM_VALUE},
    {"an inactive digest too short", EDIT_BODY, "Hash0=\"00", "Hash0=\"",
	RIM_VALUE},
    {"more digests than said", EDIT_BODY, "alternatives=\"2\"",
	"alternatives=\"1\"", RIM_VALUE},
    {"fewer digests than said", EDIT_BODY, "alternatives=\"2\"",
	"alternatives=\"3\"", RIM_VALUE},
    {"no digest", EDIT_BODY, "alternatives=\"2\"", "alternatives=\"0\"",
	RIM_VALUE},
    {"too many digests", EDIT_BODY, "alternatives=\"2\"",
	"alternatives=\"9\"", RIM_VALUE},
    {"another size", EDIT_BODY, "size=\"48\"", "size=\"32\"", RIM_VALUE},
    {"another type", EDIT_BODY, "type=\"Measurement\"", "type=\"Other\"",
	RIM_VALUE},
    {"neither active nor not", EDIT_BODY, "active=\"True\"",
	"active=\"true\"", RIM_VALUE},
    {"an attribute more", EDIT_BODY, RESOURCE,
	"<Resource active=\"True\" alternatives=\"1\" extra=\"1\" "
	"index=\"7\"", RIM_VALUE},
    {"another element in the payload", EDIT_BODY, "<Payload>\n",
	"<Payload>\n<Directory></Directory>", RIM_STRUCTURE},
    {"an element in a resource", EDIT_BODY, "\"></Resource>",
	"\"><Resource></Resource></Resource>", RIM_VALUE},
    {"no product", EDIT_BODY, " product=\"TEST100\"", "", RIM_STRUCTURE},
    {"an empty version", EDIT_BODY, "\"550.90.07\"", "\"\"", RIM_VALUE},
    {"a version that is not ASCII", EDIT_BODY, "550.90.07",
	"550.90.\xc2\xa7", RIM_VALUE},
    {"another edition", EDIT_BODY, "edition=\"GPU\"", "edition=\"NIC\"",
	RIM_VALUE},
};

static enum status
read_text(const char *text, size_t len, struct anchors *trust, int64_t at)
{
	struct rim_input in = {
	    .bytes = bytes_view(text, len),
	    .anchors = trust,
	    .at = at,
	};

	fault.text[0] = '\0';
	return rim_read(&in, &doc, &fault);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	const char *text = rim_forge(&board, row->stage, row->find, row->put);
	enum status st;

	assert_non_null(text);
	st = read_text(text, strlen(text), anchors, RIM_FORGE_TIME);
	if (st != row->want)
		print_message("%s\n", fault.text);
	assert_status(st, row->want);
	assert_true(st == OK || fault.text[0] != '\0');
	if (st == OK) {
		assert_int_equal(doc.row_count, 3);
		assert_memory_equal(&doc, &sound, sizeof(doc));
	}
}

static void
test_content(void **state)
{
	static const unsigned index[] = {7, 8, 21};

	(void)state;
	assert_int_equal(sound.row_count, COUNT(index));
	for (size_t i = 0; i < COUNT(index); i++)
		assert_int_equal(sound.row[i].index, index[i]);
	assert_int_equal(sound.row[1].count, 2);
	assert_int_equal(sound.row[0].digest[0][47], 0xaa);
	assert_int_equal(sound.row[1].digest[1][0], 0xdd);
	assert_string_equal(sound.row[2].name, "Measurement_21");
	assert_string_equal(sound.product, "TEST100");
	assert_string_equal(sound.version, "550.90.07");
	assert_int_equal(sound.kind, REFERENCE_DRIVER);
	assert_int_equal(sound.trust, REFERENCE_PINNED);
}

/* The kind follows from what is signed. */
static void
test_kind(void **state)
{
	const char *text = rim_forge(
	    &board, EDIT_BODY, "\"550.90.07\"", "\"96.00.9F.00.01\"");

	(void)state;
	assert_status(read_text(text, strlen(text), anchors, RIM_FORGE_TIME),
	    OK);
	assert_int_equal(doc.kind, REFERENCE_VBIOS);
	text = rim_forge(&board, EDIT_BODY, "\"GPU\"", "\"SWITCH\"");
	assert_status(read_text(text, strlen(text), anchors, RIM_FORGE_TIME),
	    OK);
	assert_int_equal(doc.kind, REFERENCE_SWITCH);
}

static void
test_trust(void **state)
{
	struct anchors *known = anchors_new(ANCHOR_REFERENCE);
	struct anchors *device = anchors_new(ANCHOR_DEVICE);
	const char *text = rim_forge(&stranger, EDIT_NONE, "", "");
	size_t n = strlen(text);

	(void)state;
	/* A stranger's chain, under roots of the same name and others. */
	assert_status(
	    read_text(text, n, anchors, RIM_FORGE_TIME), CHAIN_UNTRUSTED);
	assert_status(
	    read_text(text, n, known, RIM_FORGE_TIME), CHAIN_UNTRUSTED);
	assert_status(
	    read_text(text, n, device, RIM_FORGE_TIME), CHAIN_UNTRUSTED);

	/* Outside the validity, with the subject and the end in words. */
	text = rim_forge(&board, EDIT_NONE, "", "");
	n = strlen(text);
	assert_status(read_text(text, n, anchors, 0), CHAIN_EXPIRED);
	assert_non_null(strstr(fault.text, "only from 2026-01-01"));
	assert_status(
	    read_text(text, n, anchors, INT64_C(4000000000)), CHAIN_EXPIRED);
	assert_non_null(strstr(fault.text, "SIMULATED accelerator"));
	assert_non_null(strstr(fault.text, "until 2036-01-01T00:00:00Z"));
	anchors_free(known);
	anchors_free(device);
}

/* Large in every direction. */
static void
test_large(void **state)
{
	enum { DEEP = 200, MANY = 3000 };
	char *put = malloc(2 * RIM_FORGE_MAX), *p = put;
	const char *text;

	(void)state;
	assert_non_null(put);
	p += sprintf(p, ">");
	for (int i = 0; i < DEEP; i++)
		p += sprintf(p, "<e>");
	for (int i = 0; i < DEEP; i++)
		p += sprintf(p, "</e>");
	sprintf(p, "</Entity>");
	text = rim_forge(&board, EDIT_WHOLE, "></Entity>", put);
	assert_non_null(text);
	assert_status(read_text(text, strlen(text), anchors, RIM_FORGE_TIME),
	    RIM_XML_FORM);

	p = put + sprintf(put, ">");
	for (int i = 0; i < MANY; i++)
		p += sprintf(p, "<e/>");
	sprintf(p, "</Entity>");
	text = rim_forge(&board, EDIT_WHOLE, "></Entity>", put);
	assert_non_null(text);
	assert_status(read_text(text, strlen(text), anchors, RIM_FORGE_TIME),
	    RIM_XML_FORM);

	p = put;
	for (int i = 0; i < 40; i++)
		p += sprintf(p, " xmlns:n%d=\"urn:%d\"", i, i);
	sprintf(p, "></Entity>");
	text = rim_forge(&board, EDIT_WHOLE, "></Entity>", put);
	assert_non_null(text);
	assert_status(read_text(text, strlen(text), anchors, RIM_FORGE_TIME),
	    RIM_XML_FORM);
	free(put);
}

/* Cut at every length: never accepted.  Changed anywhere: never different. */
static void
test_mutation(void **state)
{
	const char *text = rim_forge(&board, EDIT_NONE, "", "");
	size_t n = strlen(text);
	char *copy = malloc(n);

	(void)state;
	assert_non_null(copy);
	memcpy(copy, text, n);
	for (size_t i = 0; i < n; i++)
		assert_int_not_equal(
		    read_text(copy, i, anchors, RIM_FORGE_TIME), OK);
	for (size_t i = 0; i < n; i += 3) {
		copy[i] ^= 1;
		if (read_text(copy, n, anchors, RIM_FORGE_TIME) == OK)
			assert_memory_equal(&doc, &sound, sizeof(doc));
		copy[i] ^= 1;
	}
	free(copy);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_content),
	    cmocka_unit_test(test_kind),
	    cmocka_unit_test(test_trust),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_mutation),
	};
	const char *text;
	int rc;

	xml_init();
	anchors = anchors_new(ANCHOR_REFERENCE);
	if (anchors == NULL || !forge_board_new(&board) ||
	    !forge_board_new(&stranger) ||
	    anchors_add(anchors, bytes_view(board.root, board.root_len)) != OK)
		return 1;
	text = rim_forge(&board, EDIT_NONE, "", "");
	if (text == NULL || read_text(text, strlen(text), anchors,
				RIM_FORGE_TIME) != OK) {
		fprintf(stderr, "the sound manifest: %s\n", fault.text);
		return 1;
	}
	memcpy(&sound, &doc, sizeof(sound));
	rc = kit_run_rows("rim_xml", rows, sizeof(rows[0]), COUNT(rows),
	    test_row, tests, COUNT(tests));
	forge_board_free(&board);
	forge_board_free(&stranger);
	anchors_free(anchors);
	return rc;
}
