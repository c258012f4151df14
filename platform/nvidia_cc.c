/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confidential computing on NVIDIA devices: its state, and the report that
 * a device signs when it is on.
 */
#include "vendor.h"

#include <stdlib.h>
#include <string.h>

/* nvmlSystemConfComputeSettings_v1_t: environment and multiGpuMode */
static const char *const environments[] = {
    "unavailable", "simulation", "production"};
static const char *const multi_gpu[] = {
    "none", "protected PCIe", "NVLink encryption"};
enum { MULTI_NONE = 0, MULTI_PCIE = 1 };

static void
add_word(struct device *d, enum fact_key key, const char *const *words,
    size_t count, uint32_t v)
{
	const char *word = v < count ? words[v] : "unknown to this program";

	(void)fact_add_text(&d->facts, key, SOURCE_DRIVER, bytes_str(word));
}

/* The settings, or what older drivers say of them; false when neither. */
static bool
get_settings(const struct nvml *n, struct nvml_cc_settings *s)
{
	struct nvml_cc_state state = {0};

	s->version = NVML_VERSION(struct nvml_cc_settings, 1);
	s->multi_gpu = MULTI_NONE;
	if (n->cc_settings != NULL && n->cc_settings(s) == NVML_SUCCESS)
		return true;
	if (n->cc_state == NULL || n->cc_state(&state) != NVML_SUCCESS)
		return false;
	s->environment = state.environment;
	s->feature = state.feature;
	s->dev_tools = state.dev_tools;
	return true;
}

void
nvidia_cc(const struct nvml *n, unsigned architecture, struct device *d)
{
	static const char *const off_on[] = {"off", "on"};
	static const char *const readiness[] = {"not ready", "ready"};
	struct nvml_cc_settings s = {0};
	unsigned ready = 0;
	bool on;

	if (!get_settings(n, &s))
		return;
	add_word(d, FACT_CC, off_on, 2, s.feature != 0);
	add_word(d, FACT_CC_DEV_TOOLS, off_on, 2, s.dev_tools != 0);
	add_word(d, FACT_CC_ENVIRONMENT, environments, 3, s.environment);
	add_word(d, FACT_CC_MULTI_GPU, multi_gpu, 3, s.multi_gpu);

	/* With protected PCIe the feature itself reads as off. */
	on = s.feature != 0 || s.multi_gpu == MULTI_PCIE;
	if (on && n->cc_ready != NULL && n->cc_ready(&ready) == NVML_SUCCESS)
		add_word(d, FACT_CC_READY, readiness, 2, ready != 0);
	d->signs = on && architecture >= NVML_ARCH_HOPPER &&
	           n->report != NULL && n->certificate != NULL;
}

static enum status
failure(int rc)
{
	switch (rc) {
	case NVML_SUCCESS:
		return OK;
	case NVML_NOT_SUPPORTED:
		return DEVICE_UNSIGNED;
	case NVML_NO_PERMISSION:
		return PERMISSION;
	case NVML_GPU_IS_LOST:
		return DEVICE_UNRESPONSIVE;
	default:
		return DEVICE_LIBRARY;
	}
}

/* What the library fills in; too large for the stack of a stranger. */
struct signed_report {
	struct nvml_report report;
	struct nvml_certificate certificate;
};

static enum status
ask(const struct nvml *n, struct nvml_gpu *gpu, struct signed_report *r)
{
	enum status st = failure(n->report(gpu, &r->report));

	if (st == OK)
		st = failure(n->certificate(gpu, &r->certificate));
	if (st != OK)
		return st;
	if (r->report.size == 0 || r->report.size > NVML_REPORT_MAX ||
	    r->certificate.attestation_size == 0 ||
	    r->certificate.attestation_size > NVML_CHAIN_MAX)
		return DEVICE_LIBRARY;
	return OK;
}

/* The chain is text, and some libraries count the NUL at its end. */
static struct bytes
chain_of(const struct nvml_certificate *c)
{
	struct bytes b = bytes_view(c->attestation, c->attestation_size);

	while (b.n > 0 && b.p[b.n - 1] == '\0')
		b.n--;
	return b;
}

enum status
nvidia_evidence(struct vendors *v, const struct device *d,
    const uint8_t nonce[NONCE_LEN], struct writer *out)
{
	struct nvml *n = &v->nvml;
	struct signed_report *r;
	struct nvml_gpu *gpu;
	char address[24];
	enum status st;

	if (!vendor_address(d, address))
		return INTERNAL;
	if (nvml_open(n) != NULL || n->report == NULL || n->certificate == NULL)
		return DEVICE_LIBRARY;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return NO_MEMORY;

	/* The device signs NONCE itself; the library only carries it. */
	memcpy(r->report.nonce, nonce, NONCE_LEN);
	if ((st = failure(n->gpu_at(address, &gpu))) != OK)
		goto out;
	if ((st = ask(n, gpu, r)) != OK)
		goto out;
	nvidia_item(d, chain_of(&r->certificate),
	    bytes_view(r->report.report, r->report.size), nonce, out);
	st = out->failed ? EVIDENCE_TOO_LARGE : OK;
out:
	free(r);
	return st;
}
