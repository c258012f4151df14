/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a GPU signs in band while its confidential mode is off, through
 * NVIDIA's own library.
 */
#ifndef ASSAY_INBAND_H
#define ASSAY_INBAND_H

#include "corelib.h"
#include "platform.h"

/* Load the library; false when it or one of its functions is not there. */
bool inband_open(struct corelib *c);

/*
 * Let D sign NONCE and write the item that carries it, as the agent does for
 * what its driver gives: [{"arch","certificate","evidence","nonce"}].  ALONE:
 * D is the only one of NVIDIA's functions on this host.  DEVICE_LIBRARY when
 * D is not found, or there is no answer.
 */
enum status inband_evidence(const struct corelib *c, const struct device *d,
    bool alone, const uint8_t nonce[NONCE_LEN], struct writer *out);

/*
 * Write the certificates in DER, root first, as text, leaf first (RFC 7468).
 * False: these are none, or they do not fit.
 */
bool inband_pem(struct bytes der, struct writer *w);

#endif
