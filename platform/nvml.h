/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA's management library, version 13 of its interface, as far as it is
 * used here: the table below is every function that is ever looked up, and
 * each only reads.  The library is loaded by its fixed name.
 */
#ifndef ASSAY_NVML_H
#define ASSAY_NVML_H

#include <stddef.h>
#include <stdint.h>

#define NVML_LIBRARY "libnvidia-ml.so.1"

/* nvmlReturn_t: what matters here. */
enum nvml_return {
	NVML_SUCCESS = 0,
	NVML_NOT_SUPPORTED = 3,
	NVML_NO_PERMISSION = 4,
	NVML_NOT_FOUND = 6,
	NVML_DRIVER_NOT_LOADED = 9,
	NVML_FUNCTION_NOT_FOUND = 13,
	NVML_GPU_IS_LOST = 15,
	NVML_LIB_RM_VERSION_MISMATCH = 18,
	NVML_ARGUMENT_VERSION_MISMATCH = 25,
};

/* nvmlClockType_t, nvmlDeviceArchitecture_t */
enum { NVML_CLOCK_SM = 1, NVML_CLOCK_MEM = 2 };
enum { NVML_ARCH_HOPPER = 9 };

/* The version word of a versioned structure. */
#define NVML_VERSION(type, n) ((uint32_t)sizeof(type) | (uint32_t)(n) << 24)

/* nvmlDevice_t: opaque */
struct nvml_gpu;

/* nvmlPciInfo_t of nvmlDeviceGetPciInfo_v3 */
struct nvml_pci {
	char bus_id_legacy[16];
	uint32_t domain, bus, device, device_id, subsystem_id;
	char bus_id[32];
};

/* nvmlMemory_v2_t */
struct nvml_memory {
	uint32_t version;
	uint64_t total, reserved, free, used;
};

/* nvmlPdi_v1_t */
struct nvml_pdi {
	uint32_t version;
	uint64_t value;
};

/* nvmlDramEncryptionInfo_v1_t */
struct nvml_encryption {
	uint32_t version, state;
};

/* nvmlConfComputeSystemState_t and nvmlSystemConfComputeSettings_v1_t */
struct nvml_cc_state {
	uint32_t environment, feature, dev_tools;
};
struct nvml_cc_settings {
	uint32_t version, environment, feature, dev_tools, multi_gpu;
};

/* nvmlConfComputeGpuAttestationReport_t, nvmlConfComputeGpuCertificate_t */
enum { NVML_REPORT_MAX = 0x2000, NVML_CHAIN_MAX = 0x1400 };
struct nvml_report {
	uint32_t cec_present, size, cec_size;
	uint8_t nonce[32];
	uint8_t report[NVML_REPORT_MAX];
	uint8_t cec_report[0x1000];
};
struct nvml_certificate {
	uint32_t chain_size, attestation_size;
	uint8_t chain[0x1000];
	uint8_t attestation[NVML_CHAIN_MAX];
};

_Static_assert(sizeof(struct nvml_pci) == 68, "as the library has it");
_Static_assert(sizeof(struct nvml_memory) == 40, "as the library has it");
_Static_assert(sizeof(struct nvml_pdi) == 16, "as the library has it");
_Static_assert(sizeof(struct nvml_report) == 44 + 0x3000, "as it has it");
_Static_assert(sizeof(struct nvml_certificate) == 8 + 0x2400, "as it has it");

#define NVML_TEXT   (struct nvml_gpu *, char *, unsigned)
#define NVML_NUMBER (struct nvml_gpu *, unsigned *)
#define NVML_TWO    (struct nvml_gpu *, unsigned *, unsigned *)

/* Every symbol: name here, name there, arguments.  Getters only. */
#define NVML_SYMBOLS(S)                                                        \
	S(init, nvmlInit_v2, (void))                                           \
	S(shutdown, nvmlShutdown, (void))                                      \
	S(driver_version, nvmlSystemGetDriverVersion, (char *, unsigned))      \
	S(cc_state, nvmlSystemGetConfComputeState, (struct nvml_cc_state *))   \
	S(cc_settings, nvmlSystemGetConfComputeSettings,                       \
	    (struct nvml_cc_settings *))                                       \
	S(cc_ready, nvmlSystemGetConfComputeGpusReadyState, (unsigned *))      \
	S(gpu_at, nvmlDeviceGetHandleByPciBusId_v2,                            \
	    (const char *, struct nvml_gpu **))                                \
	S(pci, nvmlDeviceGetPciInfo_v3,                                        \
	    (struct nvml_gpu *, struct nvml_pci *))                            \
	S(name, nvmlDeviceGetName, NVML_TEXT)                                  \
	S(uuid, nvmlDeviceGetUUID, NVML_TEXT)                                  \
	S(serial, nvmlDeviceGetSerial, NVML_TEXT)                              \
	S(part_number, nvmlDeviceGetBoardPartNumber, NVML_TEXT)                \
	S(vbios, nvmlDeviceGetVbiosVersion, NVML_TEXT)                         \
	S(inforom, nvmlDeviceGetInforomImageVersion, NVML_TEXT)                \
	S(gsp, nvmlDeviceGetGspFirmwareVersion, (struct nvml_gpu *, char *))   \
	S(pdi, nvmlDeviceGetPdi, (struct nvml_gpu *, struct nvml_pdi *))       \
	S(board_id, nvmlDeviceGetBoardId, NVML_NUMBER)                         \
	S(module_id, nvmlDeviceGetModuleId, NVML_NUMBER)                       \
	S(architecture, nvmlDeviceGetArchitecture, NVML_NUMBER)                \
	S(capability, nvmlDeviceGetCudaComputeCapability,                      \
	    (struct nvml_gpu *, int *, int *))                                 \
	S(cores, nvmlDeviceGetNumGpuCores, NVML_NUMBER)                        \
	S(memory, nvmlDeviceGetMemoryInfo_v2,                                  \
	    (struct nvml_gpu *, struct nvml_memory *))                         \
	S(bus_width, nvmlDeviceGetMemoryBusWidth, NVML_NUMBER)                 \
	S(clock_max, nvmlDeviceGetMaxClockInfo,                                \
	    (struct nvml_gpu *, int, unsigned *))                              \
	S(link_gen, nvmlDeviceGetCurrPcieLinkGeneration, NVML_NUMBER)          \
	S(link_gen_max, nvmlDeviceGetMaxPcieLinkGeneration, NVML_NUMBER)       \
	S(link_width, nvmlDeviceGetCurrPcieLinkWidth, NVML_NUMBER)             \
	S(link_width_max, nvmlDeviceGetMaxPcieLinkWidth, NVML_NUMBER)          \
	S(nvlink, nvmlDeviceGetNvLinkState,                                    \
	    (struct nvml_gpu *, unsigned, unsigned *))                         \
	S(power_limit, nvmlDeviceGetPowerManagementLimit, NVML_NUMBER)         \
	S(power_range, nvmlDeviceGetPowerManagementLimitConstraints, NVML_TWO) \
	S(mig, nvmlDeviceGetMigMode, NVML_TWO)                                 \
	S(ecc, nvmlDeviceGetEccMode, NVML_TWO)                                 \
	S(encryption, nvmlDeviceGetDramEncryptionMode,                         \
	    (struct nvml_gpu *, struct nvml_encryption *,                      \
	        struct nvml_encryption *))                                     \
	S(virtualization, nvmlDeviceGetVirtualizationMode, NVML_NUMBER)        \
	S(report, nvmlDeviceGetConfComputeGpuAttestationReport,                \
	    (struct nvml_gpu *, struct nvml_report *))                         \
	S(certificate, nvmlDeviceGetConfComputeGpuCertificate,                 \
	    (struct nvml_gpu *, struct nvml_certificate *))

/* The library, loaded; a function that it lacks is NULL. */
struct nvml {
	void *library;
	const char *trouble; /* why it does not answer, in words for a fact */
#define MEMBER(member, symbol, arguments) int(*member) arguments;
	NVML_SYMBOLS(MEMBER)
#undef MEMBER
};

/*
 * Load the library and get it going, once; N starts zeroed.  NULL when it
 * answers, else the trouble.  May block as long as the driver does.
 */
const char *nvml_open(struct nvml *n);
void nvml_close(struct nvml *n);

#endif
