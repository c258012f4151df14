/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated board on disk: what its generator writes and the port reads.
 *
 *	root.pem        the test root, trusted only when named
 *	gpu-N.der       certificate of device N, issued by that root
 *	gpu-N.key       its private P-384 scalar, 96 hexadecimal digits and a
 *			newline, mode 0600
 */
#ifndef ASSAY_SIMULATED_H
#define ASSAY_SIMULATED_H

#include "platform.h"

#define SIMULATED_ROOT_FILE "root.pem"
#define SIMULATED_CERT_FILE "gpu-%u.der"
#define SIMULATED_KEY_FILE  "gpu-%u.key"

enum {
	SIMULATED_DEVICES = 8,
	SIMULATED_NAME_MAX = 24,
	SIMULATED_SCALAR_LEN = 48,
	SIMULATED_CERT_MAX = 2048,
	SIMULATED_REPORT_MAX = 1024,
};

/*
 * Write a fresh report of device INDEX that answers NONCE, signed with its
 * key in DIR: the SPDM request, the response, and the signature over both.
 * crypto_init() comes first.  FILE_MODE when others could read the key.
 */
enum status simulated_report(int dir, unsigned index,
    const uint8_t nonce[NONCE_LEN], struct writer *out);

#endif
