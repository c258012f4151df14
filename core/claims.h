/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claims of evidence profile 1 (UCCS, RFC 9781; EAT, RFC 9711) and the
 * facts about one device.  Decoding gives views into the input.
 */
#ifndef ASSAY_CLAIMS_H
#define ASSAY_CLAIMS_H

#include "evidence.h"

/*
 * What the agent saw about a device.  One fact may have several values, one
 * per source, reported side by side and never merged.
 *
 *	FACT(constant, label in CBOR, name, unit, type)
 */
#define FACTS(FACT)                                                            \
	FACT(FACT_PCI_ADDRESS, 0, "pci-address", "", TSTR)                     \
	FACT(FACT_PCI_VENDOR, 1, "pci-vendor", "", UINT)                       \
	FACT(FACT_PCI_DEVICE, 2, "pci-device", "", UINT)                       \
	FACT(FACT_PCI_SUBVENDOR, 3, "pci-subsystem-vendor", "", UINT)          \
	FACT(FACT_PCI_SUBDEVICE, 4, "pci-subsystem-device", "", UINT)          \
	FACT(FACT_PCI_CLASS, 5, "pci-class", "", UINT)                         \
	FACT(FACT_PCI_REVISION, 6, "pci-revision", "", UINT)                   \
	FACT(FACT_LINK_SPEED, 7, "link-speed", "MT/s", UINT)                   \
	FACT(FACT_LINK_SPEED_MAX, 8, "link-speed-max", "MT/s", UINT)           \
	FACT(FACT_LINK_WIDTH, 9, "link-width", "lanes", UINT)                  \
	FACT(FACT_LINK_WIDTH_MAX, 10, "link-width-max", "lanes", UINT)         \
	FACT(FACT_NUMA_NODE, 11, "numa-node", "", UINT)                        \
	FACT(FACT_DRIVER, 12, "driver", "", TSTR)                              \
	FACT(FACT_DRIVER_VERSION, 13, "driver-version", "", TSTR)              \
	FACT(FACT_PRODUCT, 14, "product", "", TSTR)                            \
	FACT(FACT_VBIOS, 15, "vbios-version", "", TSTR)                        \
	FACT(FACT_MEMORY, 16, "memory", "bytes", UINT)                         \
	FACT(FACT_STATE, 17, "state", "", TSTR)                                \
	FACT(FACT_SERIAL, 18, "serial", "", TSTR)                              \
	FACT(FACT_UUID, 19, "uuid", "", TSTR)                                  \
	FACT(FACT_PDI, 20, "pdi", "", TSTR)                                    \
	FACT(FACT_PART_NUMBER, 21, "part-number", "", TSTR)                    \
	FACT(FACT_BOARD_ID, 22, "board-id", "", UINT)                          \
	FACT(FACT_MODULE_ID, 23, "module-id", "", UINT)                        \
	FACT(FACT_INFOROM, 24, "inforom-version", "", TSTR)                    \
	FACT(FACT_GSP, 25, "gsp-version", "", TSTR)                            \
	FACT(FACT_ARCHITECTURE, 26, "architecture", "", TSTR)                  \
	FACT(FACT_COMPUTE_CAPABILITY, 27, "compute-capability", "", TSTR)      \
	FACT(FACT_CORES, 28, "cores", "", UINT)                                \
	FACT(FACT_SM_COUNT, 29, "sm-count", "", UINT)                          \
	FACT(FACT_BUS_WIDTH, 30, "memory-bus-width", "bits", UINT)             \
	FACT(FACT_CLOCK_MAX, 31, "max-clock", "MHz", UINT)                     \
	FACT(FACT_CLOCK_MEMORY_MAX, 32, "max-clock-memory", "MHz", UINT)       \
	FACT(FACT_POWER_LIMIT, 33, "power-limit", "mW", UINT)                  \
	FACT(FACT_POWER_LIMIT_MAX, 34, "power-limit-max", "mW", UINT)          \
	FACT(FACT_NVLINKS, 35, "nvlink-count", "links", UINT)                  \
	FACT(FACT_MIG, 36, "mig-mode", "", TSTR)                               \
	FACT(FACT_ECC, 37, "ecc-mode", "", TSTR)                               \
	FACT(FACT_DRAM_ENCRYPTION, 38, "dram-encryption", "", TSTR)            \
	FACT(FACT_VIRTUALIZATION, 39, "virtualisation", "", TSTR)              \
	FACT(FACT_CC, 40, "cc-mode", "", TSTR)                                 \
	FACT(FACT_CC_DEV_TOOLS, 41, "cc-dev-tools", "", TSTR)                  \
	FACT(FACT_CC_ENVIRONMENT, 42, "cc-environment", "", TSTR)              \
	FACT(FACT_CC_MULTI_GPU, 43, "cc-multi-gpu", "", TSTR)                  \
	FACT(FACT_CC_READY, 44, "cc-ready-state", "", TSTR)                    \
	FACT(FACT_MEMORY_VENDOR, 45, "memory-vendor", "", TSTR)                \
	FACT(FACT_UNIQUE_ID, 46, "unique-id", "", TSTR)                        \
	FACT(FACT_SOS, 47, "sos-version", "", TSTR)                            \
	FACT(FACT_COMPUTE_PARTITION, 48, "compute-partition", "", TSTR)        \
	FACT(FACT_MEMORY_PARTITION, 49, "memory-partition", "", TSTR)          \
	FACT(FACT_PTL, 50, "ptl-state", "", TSTR)                              \
	FACT(FACT_PTL_FORMATS, 51, "ptl-formats", "", TSTR)                    \
	FACT(FACT_PTL_SUPPORTED, 52, "ptl-formats-supported", "", TSTR)        \
	FACT(FACT_SIMD_COUNT, 53, "simd-count", "", UINT)                      \
	FACT(FACT_CU_COUNT, 54, "cu-count", "", UINT)                          \
	FACT(FACT_XCC_COUNT, 55, "xcc-count", "", UINT)                        \
	FACT(FACT_SECURITY, 56, "security", "", TSTR)

enum fact_key {
#define FACT(constant, label, name, unit, type) constant = (label),
	FACTS(FACT)
#undef FACT
};

/* Where a fact was seen. */
#define SOURCES(SOURCE)                                                        \
	SOURCE(SOURCE_SIMULATED, 0, "simulated")                               \
	SOURCE(SOURCE_RECORDED, 1, "recorded")                                 \
	SOURCE(SOURCE_SYSFS, 2, "sysfs")                                       \
	SOURCE(SOURCE_DRIVER, 3, "driver library")                             \
	SOURCE(SOURCE_AGENT, 4, "agent")                                       \
	SOURCE(SOURCE_PROCFS, 5, "procfs")                                     \
	SOURCE(SOURCE_KFD, 6, "kfd topology")

enum fact_source {
#define SOURCE(constant, label, name) constant = (label),
	SOURCES(SOURCE)
#undef SOURCE
};

/* Name and unit of a fact, name of a source; NULL when not listed. */
const char *fact_name(uint64_t key);
const char *fact_unit(uint64_t key);
const char *source_name(uint64_t source);

/* A known fact has its type; an unknown one any of UINT, TSTR and BSTR. */
bool fact_type_fits(uint64_t key, enum dcbor_type type);

/*
 * Collects facts and writes them in order.  Text is copied into the caller's
 * struct, so that facts may come from a passing buffer.
 */
enum { FACTS_MAX = 96, FACT_TEXT_MAX = 96 };

struct fact_list {
	struct {
		uint64_t key, source;
		enum dcbor_type type;
		uint64_t number;
		uint8_t text[FACT_TEXT_MAX];
		size_t len;
	} f[FACTS_MAX];
	size_t n;
};

/* False when the list is full, the text too long, or the fact is there. */
bool fact_add_uint(
    struct fact_list *l, enum fact_key key, enum fact_source src, uint64_t v);
bool fact_add_text(struct fact_list *l, enum fact_key key,
    enum fact_source src, struct bytes v);
void facts_encode(const struct fact_list *l, struct writer *w);

/* One device's claims, keyed by its label under submods. */
struct device_claims {
	struct bytes label;
	struct bytes nonce;        /* 32 bytes, or empty: signs nothing */
	struct bytes ueid;         /* may be empty */
	struct bytes model;        /* hwmodel, 1 to 32 bytes */
	struct bytes measurements; /* encoded [ + [295, bstr] ], may be empty */
	struct bytes facts;        /* encoded table */
	struct bytes item;         /* label of the CMW item, may be empty */
};

struct item_digest {
	struct bytes label;
	int64_t alg; /* COSE_SHA256 or COSE_SHA384 */
	struct bytes digest;
};

struct claims {
	uint64_t iat;
	struct bytes nonce; /* 32 bytes */
	struct bytes ueid;
	uint64_t uptime;
	struct bytes profile;
	struct device_claims devices[DEVICES_MAX];
	size_t device_count;
	struct bytes agent_name;
	struct bytes agent_version;
	struct item_digest digests[ITEMS_MAX];
	size_t digest_count;
	struct bytes ak_name;
	struct bytes ek_name; /* empty when the TPM has no EK certificate */
	struct bytes boot_id; /* 16 bytes */
	uint64_t monotonic_ms;
	struct bytes epoch_kind; /* both empty: N answers a request */
	struct bytes epoch_marker;
	bool has_chain;
	uint64_t chain_counter;
	struct bytes chain_previous; /* 32 bytes */
	bool has_ima_part; /* else the list is sent from its first record */
	uint64_t ima_first;
	struct bytes ima_start; /* PCR 10 before that record */
	uint64_t ima_total;
	struct bytes agent_digest; /* 32 bytes */
	uint64_t sandbox;
};

/*
 * Decode #6.601(claims) strictly: mandatory claims present, ranges kept,
 * unknown keys above -65537 refused, unknown private keys ignored.
 */
enum status claims_decode(struct bytes in, struct claims *out);
/*
 * Encode what struct claims holds, after bringing devices and digests into
 * the order of their labels.  Every mandatory member must be filled.
 */
void claims_encode(struct claims *c, struct writer *w);

#endif
