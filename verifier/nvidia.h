/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification of one NVIDIA device: report, certificates, what binds them,
 * and reference values.
 */
#ifndef ASSAY_NVIDIA_H
#define ASSAY_NVIDIA_H

#include "device.h"
#include "nvidia_report.h"

/* A report with its chain, DER, leaf first. */
struct nvidia_evidence {
	struct bytes report;
	struct bytes certs[CHAIN_MAX];
	size_t cert_count;
};

/*
 * Everything a device proves by itself: chain to a pinned root, signature,
 * nonce, firmware identifier, device identifier; then reference values, if
 * any were given.  An empty nonce in CHECK is not compared.  See device.h
 * for PROOF, DATA, DETAIL.
 */
enum status nvidia_verify(const struct nvidia_evidence *ev,
    const struct device_check *check, struct device_proof *proof,
    json_t *data, char *detail, size_t cap);

/* Does this chain, once verified, belong to a device made by NVIDIA? */
bool nvidia_owns(const struct chain *chain);

/*
 * What that device is called, whatever form its evidence has: its identifier,
 * and "nvidia:" with it.  NVIDIA_ARCHITECTURE, NVIDIA_PDI_MISMATCH.
 */
enum status nvidia_identify(const struct chain *chain,
    uint8_t pdi[NVIDIA_PDI], char identity[IDENTITY_MAX]);

/*
 * Compare the measurements with the reference values for PRODUCT ("GH100").
 * REFERENCE_NOT_FOUND, REFERENCE_CONFLICT, REFERENCE_MISMATCH: every index
 * that differs is in DATA, the first in DETAIL.
 */
enum status nvidia_compare(const struct nvidia_report *rep,
    const char *product, const struct references *set,
    struct device_proof *proof, json_t *data, char *detail, size_t cap);

/* Facts of a report that parses, verified or not (nvidia_facts.c). */
void nvidia_describe(
    const struct nvidia_report *rep, const struct chain *chain, json_t *data);

#endif
