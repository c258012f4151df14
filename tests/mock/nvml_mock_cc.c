/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rest of the mock library: confidential computing, and the traps.
 */
#include "nvml_mock.h"

#include <string.h>

/* Is KEY of the first device this word? */
static uint32_t
is(const char *key, const char *word)
{
	const char *value = mock_value(mock_gpu(NULL), key);

	return value != NULL && strcmp(value, word) == 0;
}

static uint32_t
environment(void)
{
	return is("cc-environment", "production")
	           ? 2
	           : is("cc-environment", "simulation");
}

int
nvmlSystemGetConfComputeState(struct nvml_cc_state *out)
{
	int rc = mock_enter("nvmlSystemGetConfComputeState", NULL);

	if (mock_value(mock_gpu(NULL), "cc-mode") == NULL)
		return NVML_NOT_SUPPORTED;
	out->environment = environment();
	out->feature = is("cc-mode", "on");
	out->dev_tools = is("cc-dev-tools", "on");
	return rc;
}

int
nvmlSystemGetConfComputeSettings(struct nvml_cc_settings *out)
{
	int rc = mock_enter("nvmlSystemGetConfComputeSettings", NULL);

	if (rc != NVML_SUCCESS)
		return rc;
	if (out->version != NVML_VERSION(struct nvml_cc_settings, 1))
		return NVML_ARGUMENT_VERSION_MISMATCH;
	if (mock_value(mock_gpu(NULL), "cc-mode") == NULL)
		return NVML_NOT_SUPPORTED;
	out->environment = environment();
	out->feature = is("cc-mode", "on");
	out->dev_tools = is("cc-dev-tools", "on");
	out->multi_gpu = is("cc-multi-gpu", "protected PCIe");
	return NVML_SUCCESS;
}

int
nvmlSystemGetConfComputeGpusReadyState(unsigned *out)
{
	*out = is("cc-ready-state", "ready");
	return mock_enter("nvmlSystemGetConfComputeGpusReadyState", NULL);
}

/* A request that carries the nonce, and nothing that anyone signed. */
int
nvmlDeviceGetConfComputeGpuAttestationReport(
    struct nvml_gpu *g, struct nvml_report *out)
{
	static const uint8_t head[4] = {0x11, 0xe0, 0x01, 0xff};
	int rc = mock_enter("nvmlDeviceGetConfComputeGpuAttestationReport", g);

	if (rc != NVML_SUCCESS)
		return rc;
	memcpy(out->report, head, sizeof(head));
	memcpy(out->report + 4, out->nonce, sizeof(out->nonce));
	memcpy(out->report + 37, "MOCK", 4);
	out->size = 41;
	return NVML_SUCCESS;
}

/* Counts the NUL at its end, as some do. */
int
nvmlDeviceGetConfComputeGpuCertificate(
    struct nvml_gpu *g, struct nvml_certificate *out)
{
	static const char chain[] = "-----BEGIN CERTIFICATE-----\n"
	                            "TU9DSw==\n"
	                            "-----END CERTIFICATE-----\n";
	int rc = mock_enter("nvmlDeviceGetConfComputeGpuCertificate", g);

	memcpy(out->attestation, chain, sizeof(chain));
	out->attestation_size = sizeof(chain);
	return rc;
}

/* What would change a device. */
TRAP(nvmlDeviceSetPersistenceMode)
TRAP(nvmlDeviceSetComputeMode)
TRAP(nvmlDeviceSetEccMode)
TRAP(nvmlDeviceClearEccErrorCounts)
TRAP(nvmlDeviceSetMigMode)
TRAP(nvmlDeviceSetDramEncryptionMode)
TRAP(nvmlDeviceSetPowerManagementLimit)
TRAP(nvmlDeviceSetPowerManagementLimit_v2)
TRAP(nvmlDeviceSetApplicationsClocks)
TRAP(nvmlDeviceResetApplicationsClocks)
TRAP(nvmlDeviceSetGpuLockedClocks)
TRAP(nvmlDeviceResetGpuLockedClocks)
TRAP(nvmlDeviceSetMemoryLockedClocks)
TRAP(nvmlDeviceResetMemoryLockedClocks)
TRAP(nvmlDeviceSetAccountingMode)
TRAP(nvmlDeviceClearAccountingPids)
TRAP(nvmlDeviceSetVirtualizationMode)
TRAP(nvmlDeviceSetFanSpeed_v2)
TRAP(nvmlDeviceSetConfComputeUnprotectedMemSize)
TRAP(nvmlSystemSetConfComputeGpusReadyState)
TRAP(nvmlSystemSetConfComputeKeyRotationThresholdInfo)
TRAP(nvmlDeviceRegisterEvents)
TRAP(nvmlDeviceModifyDrainState)
TRAP(nvmlDeviceRemoveGpu_v2)
