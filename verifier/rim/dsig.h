/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML signatures (XML-DSig core, second edition) in the one form that
 * NVIDIA's manifests have: enveloped, over the whole document, ECDSA P-384
 * with SHA-384, certificates leaf first.
 */
#ifndef RIM_DSIG_H
#define RIM_DSIG_H

#include <libxml/tree.h>

#include "document.h"

#define NS_DSIG "http://www.w3.org/2000/09/xmldsig#"

/*
 * Verify SIGNATURE, an element of DOC, over all of DOC but itself, by a key
 * whose chain ends in one of ANCHORS.  CHAIN is valid on OK; whether it was
 * in time is not judged here.  RIM_SIGNATURE_FORM, RIM_ALGORITHM, RIM_DIGEST,
 * RIM_SIGNATURE, CHAIN_MALFORMED, CHAIN_UNTRUSTED.
 */
enum status dsig_verify(xmlDoc *doc, const xmlNode *signature,
    const struct anchors *anchors, struct chain *chain, struct fault *fault);

#endif
