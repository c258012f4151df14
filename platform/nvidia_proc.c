/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVIDIA devices as the kernel module tells of them in procfs.  It needs no
 * library and no device node.
 */
#include "vendor.h"

#include <stdio.h>
#include <string.h>

/* The value after "NAME:" in a line of its own; what is unknown has a '?'. */
static struct bytes
field(const char *text, const char *name)
{
	size_t n = strlen(name);
	struct bytes none = {NULL, 0}, value;
	const char *at = text;

	while (at != NULL && (strncmp(at, name, n) != 0 || at[n] != ':')) {
		at = strchr(at, '\n');
		at = at == NULL ? NULL : at + 1;
	}
	if (at == NULL)
		return none;
	at += n + 1;
	at += strspn(at, " \t");
	value = bytes_view(at, strcspn(at, "\n"));
	if (value.n == 0 || memchr(value.p, '?', value.n) != NULL ||
	    bytes_eq(value, BYTES_LIT("N/A")))
		return none;
	return value;
}

/*
 * "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07  Fri ...": the
 * first word that begins with a digit.
 */
static void
add_driver(char *text, struct device *d)
{
	char *save = NULL, *word;
	struct bytes version;
	bool open;

	text[strcspn(text, "\n")] = '\0';
	open = strstr(text, "Open Kernel Module") != NULL;
	for (word = strtok_r(text, " \t", &save); word != NULL;
	     word = strtok_r(NULL, " \t", &save))
		if (*word >= '0' && *word <= '9')
			break;
	if (word == NULL)
		return;
	version = bytes_str(word);
	(void)fact_add_text(
	    &d->facts, FACT_DRIVER_VERSION, SOURCE_PROCFS, version);
	(void)fact_add_text(&d->facts, FACT_DRIVER, SOURCE_PROCFS,
	    open ? BYTES_LIT("nvidia (open)") : BYTES_LIT("nvidia"));
	(void)component_add(&d->components, "driver", version);
}

static void
nvidia_proc_testify(void *ctx, struct device *d)
{
	/* nv-procfs.c of the driver has these fields. */
	static const struct {
		const char *name;
		enum fact_key key;
		const char *component;
	} rows[] = {
	    {"Model", FACT_PRODUCT, NULL},
	    {"GPU UUID", FACT_UUID, NULL},
	    {"Video BIOS", FACT_VBIOS, "vbios"},
	    {"GPU Firmware", FACT_GSP, "gsp"},
	};
	const struct vendors *v = ctx;
	char text[VENDOR_FILE_MAX + 1], path[80], address[24];

	if (v->proc < 0 || !vendor_address(d, address))
		return;
	if (vendor_file(v->proc, "driver/nvidia/version", text))
		add_driver(text, d);
	(void)snprintf(
	    path, sizeof(path), "driver/nvidia/gpus/%s/information", address);
	if (!vendor_file(v->proc, path, text))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes value = field(text, rows[i].name);

		if (value.n == 0)
			continue;
		(void)fact_add_text(
		    &d->facts, rows[i].key, SOURCE_PROCFS, value);
		if (rows[i].component != NULL)
			(void)component_add(
			    &d->components, rows[i].component, value);
	}
}

const struct witness witness_nvidia_proc = {
    .name = "nvidia in procfs",
    .vendor = VENDOR_NVIDIA,
    .testify = nvidia_proc_testify,
};
