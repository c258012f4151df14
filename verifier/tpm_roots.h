/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who vouches for a TPM: certificates of its vendors' authorities, known by
 * the fingerprints of certs/tpm_roots.def or named by the operator, and the
 * way from a certificate to one of them.
 */
#ifndef ASSAY_TPM_ROOTS_H
#define ASSAY_TPM_ROOTS_H

#include "chain.h"

enum { TPM_CA_NAME_MAX = 96, TPM_CA_FILE_MAX = 1 << 20 };

/* One authority whose fingerprint comes with the source. */
struct tpm_ca {
	const char *vendor, *name, *stores, *sha256;
};

/* The whole table. */
const struct tpm_ca *tpm_ca_list(size_t *count);
/* The row of this certificate, DER, or NULL. */
const struct tpm_ca *tpm_ca_find(struct bytes cert);

struct tpm_roots;

struct tpm_roots *tpm_roots_new(void); /* NULL without memory */
void tpm_roots_free(struct tpm_roots *r); /* NULL is fine */

/* Where revocation is looked up; both must outlive R.  CURVES may be NULL. */
void tpm_roots_set_revocation(struct tpm_roots *r,
    const struct revocation *revocation, struct curves *curves);

/*
 * Add the certificates of a file, DER or PEM.  One that is known is trusted;
 * so is the one certificate of a file that begins with the lines
 *
 *	assay-anchor-name: NAME
 *	assay-anchor-sha256: 64 hexadecimal digits
 *
 * when they are of it.  Any other serves as a link of a chain and has to be
 * vouched for itself.  ANCHOR_MALFORMED, ANCHOR_FINGERPRINT, NO_MEMORY.
 */
enum status tpm_roots_add(struct tpm_roots *r, struct bytes file);

/* Was any certificate added? */
bool tpm_roots_any(const struct tpm_roots *r);

/* One certificate of such a file. */
struct tpm_root_seen {
	struct bytes der;
	char subject[SUBJECT_MAX];
	char sha256[65];
	const struct tpm_ca *known;
	char name[TPM_CA_NAME_MAX]; /* that the operator gave, or "" */
};

/* Say of each certificate of FILE what tpm_roots_add would make of it. */
typedef void tpm_root_fn(void *arg, const struct tpm_root_seen *seen);
enum status tpm_roots_look(struct bytes file, tpm_root_fn *fn, void *arg);

/* The way from a certificate to an authority, leaf first. */
struct tpm_path {
	struct chain_link link[CHAIN_MAX + 2];
	size_t count;
	size_t outside; /* on CHAIN_EXPIRED: the link outside its validity */
	char issuer[SUBJECT_MAX]; /* of the leaf */
	char vendor[TPM_CA_NAME_MAX]; /* of the authority; "" when named */
	char name[TPM_CA_NAME_MAX];
	enum revocation_extent revocation; /* of the links below the last */
	char note[CHAIN_NOTE]; /* when refused for it: which and why */
};

/*
 * Find the way from LEAF, DER, through EXTRA, DER or PEM, and what was added
 * to an authority that is trusted.  Links other than that one are signed
 * with SHA-256 or better, RSA of 2048 bits or a curve of NIST.  TIME is NULL
 * when validity is not to be checked.  Every certificate but the authority's
 * is looked up in what was set about revocation.
 *
 * CHAIN_MALFORMED, CHAIN_UNTRUSTED, CHAIN_WEAK, why revocation_find refuses
 * one, CHAIN_EXPIRED.
 */
enum status tpm_roots_verify(struct tpm_roots *r, struct bytes leaf,
    struct bytes extra, const int64_t *time, struct tpm_path *out);

#endif
