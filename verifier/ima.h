/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of files that the running kernel measured (Linux, security/
 * integrity/ima): binary_runtime_measurements, little-endian.  Here it is
 * read record by record; ima_replay.h says whether a PCR vouches for it.
 */
#ifndef ASSAY_IMA_H
#define ASSAY_IMA_H

#include "crypto.h"
#include "evidence.h"

enum {
	IMA_PCR = 10,
	IMA_RECORDS_MAX = 1000000,
	IMA_NAME_MAX = 255,     /* of a file in the template "ima" */
	IMA_TEMPLATE_MAX = 128, /* bytes of a template's name */
};

/* One record; views borrow from the list. */
struct ima_record {
	size_t number; /* from 0 in this list */
	uint32_t pcr;
	struct bytes digest; /* of the template's data, as the list says */
	struct bytes template;
	struct bytes data; /* of the template, with the lengths of fields */
	bool violation;    /* the kernel could not say what was read */
	/* What the fields say; empty when there is no such field. */
	struct bytes file_hash; /* the name of its algorithm */
	struct bytes file_digest;
	struct bytes path; /* without its NUL */
	struct bytes signature;
	struct bytes buffer;
	struct bytes module_signature;
};

struct ima_list {
	struct reader r;
	enum hash hash; /* of the template digests: SHA-1, unless the file says */
	size_t count;
	enum status st;
};

/*
 * Open a list.  Its template digests are SHA-1, or, in the files of newer
 * kernels that end in _sha256 and the like, of that hash: the first record
 * tells.  IMA_MALFORMED when it is no list, or an empty one.
 */
enum status ima_open(struct bytes in, struct ima_list *out);

/*
 * The next record; false at the end, or with LIST->st set: IMA_MALFORMED,
 * IMA_TEMPLATE for a template whose fields are not known, IMA_DIGEST when
 * the digest does not follow from the data.
 */
bool ima_next(struct ima_list *list, struct ima_record *out);

/*
 * The digest that the kernel extends a bank with: H(data), in the bank's own
 * hash.  The template "ima" hashes its name padded to 256 bytes.
 */
enum status ima_template_digest(
    const struct ima_record *rec, enum hash bank, struct digest *out);

#endif
