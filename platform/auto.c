/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auto[:ROOT]: the accelerators on PCI, as the port pci finds them, and what
 * the vendors' drivers and libraries know of each.  ROOT, "/" when empty,
 * holds sys, proc and dev and may be a recorded tree.
 */
#include "platform.h"

#include "beneath.h"
#include "vendor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

/* What finds the devices. */
extern const struct platform platform_pci;

/* In the order in which they are heard: what cannot block comes first. */
static const struct witness *const witnesses[] = {
    &witness_nvidia_proc,
    &witness_amdgpu,
    &witness_kfd,
    &witness_xe,
    &witness_habanalabs,
    &witness_nvidia,
    NULL,
};

static void
auto_close(void *ctx)
{
	struct vendors *v = ctx;

	if (v == NULL)
		return;
	nvml_close(&v->nvml);
	platform_pci.close(v->pci);
	if (v->sys >= 0)
		close(v->sys);
	if (v->proc >= 0)
		close(v->proc);
	if (v->dev >= 0)
		close(v->dev);
	free(v);
}

static enum status
auto_open(const char *arg, void **ctx)
{
	struct vendors *v = calloc(1, sizeof(*v));
	char sys[PATH_SIZE], proc[PATH_SIZE], dev[PATH_SIZE];
	enum status st = USAGE;

	if (v == NULL)
		return NO_MEMORY;
	v->sys = v->proc = v->dev = -1;
	if (strlen(arg) >= PATH_SIZE - sizeof("/proc"))
		goto out;
	(void)snprintf(sys, sizeof(sys), "%s/sys", arg);
	(void)snprintf(proc, sizeof(proc), "%s/proc", arg);
	(void)snprintf(dev, sizeof(dev), "%s/dev", arg);
	if ((st = platform_pci.open(sys, &v->pci)) != OK)
		goto out;
	if ((st = beneath_root(sys, &v->sys)) != OK)
		goto out;

	/* Without procfs or device nodes there is only less to say. */
	(void)beneath_root(proc, &v->proc);
	(void)beneath_root(dev, &v->dev);
	*ctx = v;
	st = OK;
out:
	if (st != OK)
		auto_close(v);
	return st;
}

static enum status
auto_survey(void *ctx, struct board *board)
{
	const struct vendors *v = ctx;

	return platform_pci.survey(v->pci, board);
}

/* Gaudi and NVIDIA's devices sign what reaches this host. */
static enum status
auto_evidence(void *ctx, const struct device *device,
    const uint8_t nonce[NONCE_LEN], char type[MEDIA_TYPE_MAX],
    struct writer *out)
{
	bool gaudi = device_number(device, FACT_PCI_VENDOR, SOURCE_SYSFS) ==
	             VENDOR_HABANA;

	(void)snprintf(
	    type, MEDIA_TYPE_MAX, "%s", gaudi ? MEDIA_GAUDI : MEDIA_NVIDIA);
	return gaudi ? gaudi_evidence(ctx, device, nonce, out)
	             : nvidia_evidence(ctx, device, nonce, out);
}

static enum status
auto_tee(void *ctx, const uint8_t *in, struct writer *out)
{
	const struct vendors *v = ctx;

	return tsm_report(v->sys, in, out);
}

const struct platform platform_auto = {
    .name = "auto",
    .simulated = false,
    .open = auto_open,
    .survey = auto_survey,
    .witnesses = witnesses,
    .evidence = auto_evidence,
    .tee = auto_tee,
    .close = auto_close,
};
