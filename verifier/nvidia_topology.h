/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protected PCIe: eight GPUs and four switches that name each other.  What
 * each one names is compared with the identifiers in the others' device
 * certificates.
 */
#ifndef ASSAY_NVIDIA_TOPOLOGY_H
#define ASSAY_NVIDIA_TOPOLOGY_H

#include "nvidia_report.h"

/* One proved device: its identifier, and those it names. */
struct nvidia_member {
	bool is_switch;
	uint8_t pdi[NVIDIA_PDI];
	uint8_t peer[NVIDIA_LINKS][NVIDIA_PDI]; /* each once */
	size_t peers;
};

/* Take the peers from a report; PDI is the certificate's. */
void nvidia_member_of(const struct nvidia_report *rep,
    const uint8_t pdi[NVIDIA_PDI], struct nvidia_member *out);

/*
 * Exactly 8 GPUs and 4 switches; every switch names the 8 GPUs, every GPU the
 * 4 switches.  NVIDIA_TOPOLOGY, with what is wrong in DETAIL.
 */
enum status nvidia_topology(const struct nvidia_member *const *members,
    size_t count, char *detail, size_t cap);

#endif
