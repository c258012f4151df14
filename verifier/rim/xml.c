/* SPDX-License-Identifier: Apache-2.0 */
#include "xml.h"

#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

/* Far above a manifest of today: 75 elements, depth 7, 14 attributes. */
enum {
	ELEMENTS_MAX = 1024,
	DEPTH_MAX = 12,
	ATTRIBUTES_MAX = 32,
	NAMESPACES_MAX = 8,
};

#define XML_NAMESPACE "http://www.w3.org/XML/1998/namespace"

static void
silent(void *ctx, const char *format, ...)
{
	(void)ctx;
	(void)format;
}

void
xml_init(void)
{
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, silent);
}

/*
 * "<!" begins comments, CDATA and document types, "<?" instructions; "<" is
 * never data.  Only the XML declaration may stand at the start.
 */
static bool
plain(struct bytes in)
{
	for (size_t i = 0; i + 1 < in.n; i++) {
		if (in.p[i] != '<')
			continue;
		if (in.p[i + 1] == '!')
			return false;
		if (in.p[i + 1] == '?' &&
		    (i != 0 || in.n < 6 || memcmp(in.p, "<?xml ", 6) != 0))
			return false;
	}
	return true;
}

static bool
element_ok(const xmlNode *node)
{
	size_t namespaces = 0;

	for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next)
		namespaces++;
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		if (a->ns != NULL && a->ns->href != NULL &&
		    strcmp((const char *)a->ns->href, XML_NAMESPACE) == 0)
			return false;
	return namespaces <= NAMESPACES_MAX &&
	    xml_attribute_count(node) <= ATTRIBUTES_MAX;
}

/* The node after NODE in document order; keeps count of the depth. */
static const xmlNode *
next_node(const xmlNode *node, size_t *depth)
{
	if (node->type == XML_ELEMENT_NODE && node->children != NULL) {
		++*depth;
		return node->children;
	}
	while (node->next == NULL) {
		node = node->parent;
		if (--*depth == 0)
			return NULL;
	}
	return node->next;
}

/* Elements and text alone, not too many, not too deep, no xml: attribute. */
static bool
tree_ok(const xmlNode *root)
{
	size_t elements = 0, depth = 1;

	for (const xmlNode *n = root; n != NULL; n = next_node(n, &depth)) {
		if (n->type == XML_TEXT_NODE)
			continue;
		if (n->type != XML_ELEMENT_NODE || depth > DEPTH_MAX ||
		    ++elements > ELEMENTS_MAX || !element_ok(n))
			return false;
	}
	return true;
}

enum status
xml_parse(struct bytes in, xmlDoc **doc, struct fault *fault)
{
	xmlParserCtxt *ctxt;
	enum status st = RIM_XML;

	*doc = NULL;
	if (!bytes_is_text(in))
		return fault_set(fault, RIM_XML, "the file is not UTF-8 text");
	if (!plain(in))
		return fault_set(fault, RIM_XML_FORM,
		    "comments, CDATA, document types and instructions are "
		    "refused; fetch the manifest as the vendor signed it");
	if ((ctxt = xmlNewParserCtxt()) == NULL)
		return NO_MEMORY;
	*doc = xmlCtxtReadMemory(ctxt, (const char *)in.p, (int)in.n, NULL,
	    NULL,
	    XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR |
		XML_PARSE_NOWARNING);
	if (*doc == NULL || !ctxt->wellFormed || !ctxt->nsWellFormed ||
	    xmlDocGetRootElement(*doc) == NULL) {
		const xmlError *e = xmlCtxtGetLastError(ctxt);

		(void)fault_set(fault, RIM_XML, "line %d: %s",
		    e == NULL ? 0 : e->line,
		    "not well-formed; fetch the manifest again");
		goto out;
	}
	if ((*doc)->intSubset != NULL || (*doc)->extSubset != NULL ||
	    !tree_ok(xmlDocGetRootElement(*doc))) {
		st = fault_set(fault, RIM_XML_FORM,
		    "the document holds more than elements, attributes and "
		    "text, or too many of them, or xml: attributes");
		goto out;
	}
	st = OK;
out:
	xmlFreeParserCtxt(ctxt);
	return st;
}

static bool
ns_is(const xmlNs *have, const char *want)
{
	if (have == NULL || have->href == NULL)
		return want == NULL;
	return want != NULL && strcmp((const char *)have->href, want) == 0;
}

bool
xml_is(const xmlNode *node, const char *ns, const char *name)
{
	return node != NULL && node->type == XML_ELEMENT_NODE &&
	    ns_is(node->ns, ns) && strcmp((const char *)node->name, name) == 0;
}

static bool
is_blank(const xmlNode *text)
{
	for (const xmlChar *s = text->content; s != NULL && *s != 0; s++)
		if (*s != ' ' && *s != '\t' && *s != '\n' && *s != '\r')
			return false;
	return true;
}

bool
xml_children(
    const xmlNode *parent, const xmlNode **out, size_t max, size_t *count)
{
	*count = 0;
	for (const xmlNode *n = parent->children; n != NULL; n = n->next) {
		if (n->type == XML_TEXT_NODE && is_blank(n))
			continue;
		if (n->type != XML_ELEMENT_NODE || *count == max)
			return false;
		out[(*count)++] = n;
	}
	return true;
}

/* At most one text node, which is what a plain document has. */
static bool
single_text(const xmlNode *first, struct bytes *out)
{
	*out = (struct bytes){NULL, 0};
	if (first == NULL)
		return true;
	if (first->type != XML_TEXT_NODE || first->next != NULL)
		return false;
	if (first->content != NULL)
		*out = bytes_str((const char *)first->content);
	return true;
}

bool
xml_attribute(const xmlNode *node, const char *ns, const char *name,
    struct bytes *out)
{
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		if (ns_is(a->ns, ns) &&
		    strcmp((const char *)a->name, name) == 0)
			return single_text(a->children, out);
	return false;
}

size_t
xml_attribute_count(const xmlNode *node)
{
	size_t n = 0;

	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		n++;
	return n;
}

bool
xml_text(const xmlNode *node, struct bytes *out)
{
	return single_text(node->children, out);
}
