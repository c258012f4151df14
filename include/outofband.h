/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device-signed evidence that reached this host as files: what a board
 * controller was given for a device's nonce.
 *
 *	LABEL.json              an array of one entry, carried as it is
 *	LABEL.cbor              a recorded SPDM exchange, carried as it is
 *	LABEL.bin, LABEL.pem    a report and its chain of certificates
 */
#ifndef ASSAY_OUTOFBAND_H
#define ASSAY_OUTOFBAND_H

#include "platform.h"

/*
 * Like a platform's evidence, from the files in the directory DIR.  Nothing
 * in them is parsed.  FILE_MISSING when there is none for D, FILE_EMPTY,
 * FILE_TOO_LARGE, EVIDENCE_ITEM_MISSING when half of a pair is there.
 */
enum status outofband_evidence(int dir, const struct device *d,
    const uint8_t nonce[NONCE_LEN], char type[MEDIA_TYPE_MAX],
    struct writer *out);

#endif
