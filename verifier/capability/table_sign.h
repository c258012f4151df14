/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures over a table: beside FILE stands FILE.cose, an array of 1 to 16
 * COSE_Sign1 whose payload is detached, one for each signer (sign1.h), of
 * "application/vnd.assay.table+csv".
 */
#ifndef ASSAY_TABLE_SIGN_H
#define ASSAY_TABLE_SIGN_H

#include "crypto.h"

enum { TABLE_SIGNERS_MAX = 16, TABLE_COSE_MAX = 8 * 1024 };

#define TABLE_CONTENT_TYPE "application/vnd.assay.table+csv"

/* Whose signatures were found, in the order of the file. */
struct table_signers {
	struct digest id[TABLE_SIGNERS_MAX];
	struct bytes signature[TABLE_SIGNERS_MAX]; /* encoded COSE_Sign1 */
	size_t count;
};

/*
 * Every signature in COSE must be one over TABLE by another key.
 * TABLE_SIGNATURES_MALFORMED; TABLE_SIGNATURE when one does not verify: the
 * table was changed, or it is another's.
 */
enum status table_signers_read(
    struct bytes table, struct bytes cose, struct table_signers *out);

/* How many of the signers are among the COUNT digests TRUSTED. */
size_t table_signers_trusted(const struct table_signers *s,
    const struct digest *trusted, size_t count);

/*
 * Sign TABLE and write the signatures of BEFORE that are still good, which
 * may be empty, and the new one.  KEY_MALFORMED, CRYPTO_FAILED,
 * FILE_TOO_LARGE.
 */
enum status table_sign(const char *key_pem, struct bytes table,
    struct bytes before, struct writer *out);

#endif
