/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a vendor's manifest says, once it was verified: reference values of
 * one product and version, in memory of its own.
 */
#ifndef RIM_DOCUMENT_H
#define RIM_DOCUMENT_H

#include "chain.h"
#include "fault.h"
#include "reference.h"

enum { RIM_FILE_MAX = 1 << 20 };

struct document_row {
	unsigned index; /* 0-based */
	char name[REFERENCE_TEXT + 1];
	enum hash alg;
	uint8_t digest[REFERENCE_ALTERNATIVES][HASH_MAX];
	size_t count;
};

struct document {
	enum reference_kind kind;
	enum reference_trust trust;
	char vendor[REFERENCE_TEXT + 1];
	char product[REFERENCE_TEXT + 1];
	char version[REFERENCE_TEXT + 1];
	char signer[REFERENCE_SIGNER + 1];
	int64_t not_after; /* of the signer, 0 when nothing says so */
	enum revocation_extent revocation; /* of the signer's certificates */
	struct document_row row[REFERENCE_ROWS]; /* ascending */
	size_t row_count;
	unsigned skipped; /* values of kinds that are not compared */
};

/* A revocation list or an OCSP response. */
struct rim_revocation {
	bool ocsp;
	const char *path;
	struct bytes bytes;
};

/* A manifest and what it is judged by. */
struct rim_input {
	struct bytes bytes;
	struct anchors *anchors;         /* roots of manifests */
	const struct public_key *signer; /* named by the operator, or NULL */
	bool allow_unsigned;
	int64_t at; /* when the signers must have been valid */
	const struct rim_revocation *revocation;
	size_t revocation_count;
};

/*
 * Verify and decode a manifest of any kind.  DOC is valid on OK only; else
 * FAULT names the field and the remedy.
 */
enum status rim_read(const struct rim_input *in, struct document *doc,
    struct fault *fault);

/*
 * Give the anchors what IN has on revocation.  A code of anchors_add_crl or
 * anchors_add_ocsp; FAULT names the file.
 */
enum status rim_revocation_add(
    const struct rim_input *in, struct fault *fault);

/*
 * Insert ROW at its place.  RIM_INDEX_DUPLICATE, RIM_VALUE when it does not
 * fit.
 */
enum status document_add(struct document *doc, const struct document_row *row,
    struct fault *fault);

/*
 * Copy T as text: printable ASCII, 1 to REFERENCE_TEXT bytes.  RIM_VALUE
 * names FIELD.
 */
enum status document_text(struct bytes t, const char *field,
    char out[REFERENCE_TEXT + 1], struct fault *fault);

/*
 * Take signer, end of validity and what was looked up about revocation from
 * a chain of which all but its time was verified; CHAIN_EXPIRED names every
 * certificate that was not valid at AT.
 */
enum status document_signer(struct document *doc, const struct chain *chain,
    int64_t at, struct fault *fault);

#endif
