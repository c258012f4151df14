/* SPDX-License-Identifier: Apache-2.0 */
#include "swidtag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsig.h"
#include "xml.h"

#define NS_SWID "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
#define NS_SHA384 "http://www.w3.org/2001/04/xmlenc#sha384"

enum { SHA384 = 48, ROOT_CHILDREN = 4 };

/* A decimal number below 1000 in its shortest form; -1 when it is not. */
static int
number(struct bytes t)
{
	int v = 0;

	if (t.n == 0 || t.n > 3 || (t.n > 1 && t.p[0] == '0'))
		return -1;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return -1;
		v = 10 * v + (t.p[i] - '0');
	}
	return v;
}

/* The attribute NAME of a Resource; RIM_STRUCTURE when it is missing. */
static enum status
get(const xmlNode *node, const char *name, struct bytes *out,
    struct fault *fault)
{
	if (xml_attribute(node, NULL, name, out))
		return OK;
	return fault_set(fault, RIM_STRUCTURE, "%s: attribute %s is missing",
	    (const char *)node->name, name);
}

/* Hash0 ... of exactly 48 bytes each, as many as "alternatives" says. */
static enum status
read_digests(const xmlNode *node, int count, struct document_row *row,
    struct fault *fault)
{
	row->alg = HASH_SHA384;
	for (int i = 0; i < count; i++) {
		struct bytes hex;
		char name[16];

		snprintf(name, sizeof(name), "Hash%d", i);
		if (!xml_attribute(node, NS_SHA384, name, &hex) ||
		    hex.n != 2u * SHA384 ||
		    bytes_from_hex((const char *)hex.p, hex.n, row->digest[i],
			SHA384) != SHA384)
			return fault_set(fault, RIM_VALUE,
			    "Resource %u: %s must be %d hexadecimal digits",
			    row->index, name, 2 * SHA384);
	}
	row->count = (size_t)count;
	return OK;
}

/* One Resource.  ACTIVE says whether it counts. */
static enum status
read_resource(const xmlNode *node, struct document_row *row, bool *active,
    struct fault *fault)
{
	enum { PLAIN = 6 }; /* attributes beside the digests */
	struct bytes type, index, flag, alternatives, name, size;
	int i, k;
	enum status st;

	if ((st = get(node, "type", &type, fault)) != OK ||
	    (st = get(node, "index", &index, fault)) != OK ||
	    (st = get(node, "active", &flag, fault)) != OK ||
	    (st = get(node, "alternatives", &alternatives, fault)) != OK ||
	    (st = get(node, "name", &name, fault)) != OK ||
	    (st = get(node, "size", &size, fault)) != OK)
		return st;
	i = number(index);
	k = number(alternatives);
	if (i < 0 || i > REFERENCE_INDEX_MAX)
		return fault_set(fault, RIM_VALUE,
		    "Resource: index must be 0 to %d", REFERENCE_INDEX_MAX);
	row->index = (unsigned)i;
	*active = bytes_eq(flag, bytes_str("True"));
	if (!bytes_eq(type, bytes_str("Measurement")) ||
	    (!*active && !bytes_eq(flag, bytes_str("False"))) || k < 1 ||
	    k > REFERENCE_ALTERNATIVES || number(size) != SHA384 ||
	    xml_attribute_count(node) != PLAIN + (size_t)k ||
	    node->children != NULL)
		return fault_set(fault, RIM_VALUE,
		    "Resource %d: type, active, alternatives, size or their "
		    "number is not that of a measurement",
		    i);
	if ((st = document_text(name, "Resource name", row->name, fault)) !=
	    OK)
		return st;
	return read_digests(node, k, row, fault);
}

/* Every Resource of the Payload; inactive ones are checked and left out. */
static enum status
read_payload(
    const xmlNode *payload, struct document *doc, struct fault *fault)
{
	const xmlNode *child[REFERENCE_INDEX_MAX + 1];
	bool seen[REFERENCE_INDEX_MAX + 1] = {false};
	size_t count;

	if (!xml_children(payload, child, REFERENCE_INDEX_MAX + 1, &count))
		return fault_set(fault, RIM_STRUCTURE,
		    "Payload: text, or more than %d elements",
		    REFERENCE_INDEX_MAX + 1);
	for (size_t i = 0; i < count; i++) {
		struct document_row row = {0};
		bool active = false;
		enum status st;

		if (!xml_is(child[i], NS_SWID, "Resource"))
			return fault_set(fault, RIM_STRUCTURE,
			    "Payload: holds more than Resource elements");
		st = read_resource(child[i], &row, &active, fault);
		if (st != OK)
			return st;
		if (seen[row.index])
			return fault_set(fault, RIM_INDEX_DUPLICATE,
			    "Resource: index %u is given twice", row.index);
		seen[row.index] = true;
		if (active && (st = document_add(doc, &row, fault)) != OK)
			return st;
	}
	if (doc->row_count == 0)
		return fault_set(fault, RIM_EMPTY,
		    "Payload: no Resource is active");
	return OK;
}

/* "96.00.9F.00.01": five pairs of hexadecimal digits. */
static bool
is_vbios_version(const char *s)
{
	uint8_t byte;

	if (strlen(s) != 14)
		return false;
	for (size_t i = 0; i < 14; i += 3)
		if (bytes_from_hex(s + i, 2, &byte, 1) != 1 ||
		    (s[i + 2] != '.' && s[i + 2] != '\0'))
			return false;
	return true;
}

/* Product, version, and from them what kind of firmware it is. */
static enum status
read_meta(const xmlNode *meta, struct document *doc, struct fault *fault)
{
	struct bytes product, version, edition;
	enum status st;

	if ((st = get(meta, "product", &product, fault)) != OK ||
	    (st = get(meta, "colloquialVersion", &version, fault)) != OK ||
	    (st = get(meta, "edition", &edition, fault)) != OK ||
	    (st = document_text(
		 product, "Meta product", doc->product, fault)) != OK ||
	    (st = document_text(version, "Meta colloquialVersion",
		 doc->version, fault)) != OK)
		return st;
	if (bytes_eq(edition, bytes_str("SWITCH")))
		doc->kind = REFERENCE_SWITCH;
	else if (!bytes_eq(edition, bytes_str("GPU")))
		return fault_set(fault, RIM_VALUE,
		    "Meta edition: neither GPU nor SWITCH");
	else
		doc->kind = is_vbios_version(doc->version) ? REFERENCE_VBIOS
							   : REFERENCE_DRIVER;
	if (meta->children != NULL)
		return fault_set(
		    fault, RIM_STRUCTURE, "Meta: must be an empty element");
	strcpy(doc->vendor, "NVIDIA");
	return OK;
}

/* The four children of the root, the signature last. */
static enum status
read_root(const xmlNode *root, const xmlNode *child[ROOT_CHILDREN],
    struct fault *fault)
{
	static const struct {
		const char *ns, *name;
	} want[ROOT_CHILDREN] = {
	    {NS_SWID, "Entity"},
	    {NS_SWID, "Meta"},
	    {NS_SWID, "Payload"},
	    {NS_DSIG, "Signature"},
	};
	size_t n;

	if (!xml_is(root, NS_SWID, "SoftwareIdentity"))
		return fault_set(fault, RIM_STRUCTURE,
		    "the root is not a SoftwareIdentity of ISO/IEC 19770-2");
	if (!xml_children(root, child, ROOT_CHILDREN, &n) || n == 0)
		goto structure;
	if (n == ROOT_CHILDREN - 1 && xml_is(child[n - 1], NS_SWID, "Payload"))
		return fault_set(fault, RIM_UNSIGNED,
		    "SoftwareIdentity: no Signature; fetch the manifest as "
		    "the vendor signed it");
	for (size_t i = 0; i < ROOT_CHILDREN; i++)
		if (i >= n || !xml_is(child[i], want[i].ns, want[i].name))
			goto structure;
	return OK;
structure:
	return fault_set(fault, RIM_STRUCTURE,
	    "SoftwareIdentity: must hold Entity, Meta, Payload and Signature, "
	    "in this order, once each");
}

enum status
swidtag_read(
    const struct rim_input *in, struct document *doc, struct fault *fault)
{
	const xmlNode *child[ROOT_CHILDREN];
	struct chain *chain = calloc(1, sizeof(*chain));
	xmlDoc *xml = NULL;
	enum status st = NO_MEMORY;

	if (chain == NULL)
		goto out;

	/* Form first, then who vouches for it, then what it says. */
	if ((st = xml_parse(in->bytes, &xml, fault)) != OK ||
	    (st = read_root(xmlDocGetRootElement(xml), child, fault)) != OK ||
	    (st = dsig_verify(xml, child[3], in, chain, fault)) != OK ||
	    (st = document_signer(doc, chain, in->at, fault)) != OK)
		goto out;
	doc->trust = REFERENCE_PINNED;
	if ((st = read_meta(child[1], doc, fault)) != OK)
		goto out;
	st = read_payload(child[2], doc, fault);
out:
	xmlFreeDoc(xml);
	free(chain);
	return st;
}
