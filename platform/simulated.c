/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simulated:DIR[,count=N]: up to eight accelerators of a made-up vendor,
 * "Simulated Silicon".  They sign fresh reports in the form of SPDM 1.1 with
 * the keys that assay-simulated-board has put into DIR.  docs/protocol.md
 * has the format of the evidence.  Everything they say says SIMULATED.
 */
#include "platform.h"

#include "beneath.h"
#include "hash.h"
#include "dcbor_put.h"
#include "simulated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct simulated {
	int dir;
	size_t count;
};

static enum status
simulated_evidence(void *ctx, const struct device *device,
    const uint8_t nonce[NONCE_LEN], char type[MEDIA_TYPE_MAX],
    struct writer *out)
{
	const struct simulated *sim = ctx;
	uint8_t report[SIMULATED_REPORT_MAX], leaf[SIMULATED_CERT_MAX];
	struct writer w = writer_of(report, sizeof(report));
	char name[SIMULATED_NAME_MAX];
	enum status st;
	size_t n;

	/* The leaf certificate; the verifier has the root. */
	snprintf(name, sizeof(name), SIMULATED_CERT_FILE, device->handle);
	st = beneath_read(sim->dir, name, false, leaf, sizeof(leaf), &n);
	if (st != OK)
		return st;
	st = simulated_report(sim->dir, device->handle, nonce, &w);
	if (st != OK)
		return st;

	dcbor_put_map(out, 3);
	dcbor_put_uint(out, 0);
	dcbor_put_tstr(out, BYTES_LIT("SIMULATED"));
	dcbor_put_uint(out, 1);
	dcbor_put_array(out, 1);
	dcbor_put_bstr(out, bytes_view(leaf, n));
	dcbor_put_uint(out, 2);
	dcbor_put_bstr(out, writer_view(&w));
	if (out->failed)
		return EVIDENCE_TOO_LARGE;
	snprintf(type, MEDIA_TYPE_MAX, "%s", MEDIA_SIMULATED);
	return OK;
}

/* What a host would see of device INDEX. */
static void
describe(unsigned index, struct device *dev)
{
	static const char model[] = "SIMULATED fffe:0001";
	struct fact_list *f = &dev->facts;
	char address[16];

	memset(dev, 0, sizeof(*dev));
	snprintf(dev->label, sizeof(dev->label), "gpu-%u", index);
	dev->model_len = sizeof(model) - 1;
	memcpy(dev->model, model, dev->model_len);
	dev->signs = true;
	dev->handle = index;

	snprintf(address, sizeof(address), "fffe:%02x:00.0", index + 1);
	fact_add_text(
	    f, FACT_PCI_ADDRESS, SOURCE_SIMULATED, bytes_str(address));
	fact_add_uint(f, FACT_PCI_VENDOR, SOURCE_SIMULATED, 0xfffe);
	fact_add_uint(f, FACT_PCI_DEVICE, SOURCE_SIMULATED, 0x0001);
	fact_add_uint(f, FACT_PCI_CLASS, SOURCE_SIMULATED, 0x120000);
	fact_add_text(
	    f, FACT_DRIVER, SOURCE_SIMULATED, BYTES_LIT("SIMULATED driver"));
	fact_add_text(f, FACT_PRODUCT, SOURCE_SIMULATED,
	    BYTES_LIT("SIMULATED accelerator A1 of Simulated Silicon"));
	fact_add_text(
	    f, FACT_VBIOS, SOURCE_SIMULATED, BYTES_LIT("SIMULATED firmware 1"));
	fact_add_uint(f, FACT_MEMORY, SOURCE_SIMULATED, UINT64_C(64) << 30);
}

static enum status
simulated_survey(void *ctx, struct board *board)
{
	const struct simulated *sim = ctx;

	for (size_t i = 0; i < sim->count; i++)
		describe((unsigned)i, &board->device[i]);
	board->count = sim->count;
	return OK;
}

/* "DIR" or "DIR,count=N": the directory, and how many devices. */
static bool
parse_argument(const char *arg, char *dir, size_t cap, size_t *count)
{
	static const char key[] = ",count=";
	const char *comma = strrchr(arg, ',');
	size_t n = strlen(arg);

	*count = SIMULATED_DEVICES;
	if (comma != NULL && strncmp(comma, key, sizeof(key) - 1) == 0) {
		const char *digit = comma + sizeof(key) - 1;

		if (*digit < '1' || *digit > '0' + SIMULATED_DEVICES ||
		    digit[1] != '\0')
			return false;
		*count = (size_t)(*digit - '0');
		n = (size_t)(comma - arg);
	}
	if (n == 0 || n >= cap)
		return false;
	memcpy(dir, arg, n);
	dir[n] = '\0';
	return true;
}

static enum status
simulated_open(const char *arg, void **ctx)
{
	char path[4096];
	struct simulated *sim;
	enum status st;
	size_t count;

	if (!parse_argument(arg, path, sizeof(path), &count))
		return USAGE;
	if ((st = crypto_init()) != OK)
		return st;
	if ((sim = calloc(1, sizeof(*sim))) == NULL)
		return NO_MEMORY;
	sim->count = count;
	if ((st = beneath_root(path, &sim->dir)) != OK) {
		free(sim);
		return st;
	}
	*ctx = sim;
	return OK;
}

static void
simulated_close(void *ctx)
{
	struct simulated *sim = ctx;

	if (sim == NULL)
		return;
	close(sim->dir);
	free(sim);
}

const struct platform platform_simulated = {
    .name = "simulated",
    .simulated = true,
    .open = simulated_open,
    .survey = simulated_survey,
    .evidence = simulated_evidence,
    .close = simulated_close,
};
