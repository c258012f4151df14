/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A made-up maker of machines: its key, a TPM's endorsement key certificate,
 * platform certificates that are wrong at will.
 */
#ifndef ASSAY_PLATFORM_FORGE_H
#define ASSAY_PLATFORM_FORGE_H

#include "x509_forge.h"

/* From 2023 for a hundred years. */
#define PF_TIME INT64_C(1700000000)
#define PF_UNTIL (PF_TIME + INT64_C(36500) * PF_DAY)
enum { PF_DAY = 86400, PF_EK_SERIAL = 0x7b076be4, PF_PARTS = 8 };
#define PF_MAKER "Made-up Machines"
#define PF_TPM_MAKER "Made-up TPM maker"

/* Places of parts. */
enum {
	PF_SPECIFICATION,
	PF_TYPE,
	PF_CREDENTIAL,
	PF_ASSERTIONS,
	PF_CONFIG,
	PF_CONFIG_URI,
	PF_MORE,
};
enum { PF_NAMES, PF_POLICIES, PF_KEY_ID, PF_CRL, PF_INFORMATION, PF_OTHER };

/* The fields of AttributeCertificateInfo, each an element or nothing. */
struct pf_recipe {
	struct bytes version, holder, issuer, algorithm, serial, validity;
	struct bytes attribute[PF_PARTS], extension[PF_PARTS], rest;
	bool no_extensions;
};

/* A recipe that nothing is wrong with, to be signed by KEY with SHA-384. */
struct pf_recipe pf_sound(const struct xf_key *key);
struct bytes pf_make(const struct pf_recipe *r, const struct xf_key *key);

/* Parts of it. */
struct bytes pf_attribute(const char *oid, struct bytes value);
struct bytes pf_text(const char *s);          /* UTF8String */
struct bytes pf_tagged(uint8_t tag, const char *s);
struct bytes pf_general_name(struct bytes name); /* GeneralNames */
struct bytes pf_component(const char *model, struct bytes rest);
struct bytes pf_config(struct bytes components, struct bytes properties);
struct bytes pf_alt_name(const char *manufacturer, const char *model,
    struct bytes more);
/* baseCertificateID of the certificate of this issuer and serial number. */
struct bytes pf_base(const char *issuer, uint64_t serial);

/* The certificate of an endorsement key, signed by BY. */
struct bytes pf_ek(const struct xf_key *key, const struct xf_key *by,
    const char *issuer, uint64_t serial);
/* The maker's own, which BY issued; USAGE 0 for no extension. */
struct bytes pf_issuer(const struct xf_key *key, const struct xf_key *by,
    const char *issuer, unsigned usage);

#endif
