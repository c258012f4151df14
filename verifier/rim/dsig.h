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
 * whose chain ends in one of IN's anchors.  CHAIN is valid on OK; whether its
 * certificates were in time is not judged here, whether they were revoked
 * is.  RIM_SIGNATURE_FORM, RIM_ALGORITHM, RIM_DIGEST, RIM_SIGNATURE, or why
 * chain_verify refuses it.
 */
enum status dsig_verify(xmlDoc *doc, const xmlNode *signature,
    const struct rim_input *in, struct chain *chain, struct fault *fault);

#endif
