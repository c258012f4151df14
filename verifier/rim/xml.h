/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small part of XML that signed manifests use, parsed by libxml2:
 * elements, attributes, text, namespaces.  Everything else is refused before
 * libxml2 sees the document.  Nothing is fetched and nothing is defined.
 */
#ifndef RIM_XML_H
#define RIM_XML_H

#include <libxml/tree.h>

#include "bytes.h"
#include "fault.h"

/* Make libxml2 ready and silent; once, before anything else. */
void xml_init(void);

/*
 * Parse IN; the caller frees *DOC with xmlFreeDoc, also on failure (it may be
 * NULL).  RIM_XML_FORM, RIM_XML.
 */
enum status xml_parse(struct bytes in, xmlDoc **doc, struct fault *fault);

/* Is this the element NAME of the namespace NS? */
bool xml_is(const xmlNode *node, const char *ns, const char *name);

/*
 * Collect the element children of PARENT; false when there are more than MAX
 * or when there is text between them.
 */
bool xml_children(
    const xmlNode *parent, const xmlNode **out, size_t max, size_t *count);

/*
 * The attribute NAME, in namespace NS or in none (NULL).  False when it is
 * not there.  The view lives as long as the document.
 */
bool xml_attribute(const xmlNode *node, const char *ns, const char *name,
    struct bytes *out);

/* How many attributes the element has, namespace declarations aside. */
size_t xml_attribute_count(const xmlNode *node);

/* The text of an element without element children, or of an attribute. */
bool xml_text(const xmlNode *node, struct bytes *out);

#endif
