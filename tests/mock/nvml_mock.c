/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library that answers as NVIDIA's would about a recorded board, in the
 * format of tests/fixtures/README.md.  Everything that it can be told comes
 * from the environment:
 *
 *	NVML_MOCK_BOARD   the file to answer from
 *	NVML_MOCK_LOG     every call is appended here, one name a line
 *	NVML_MOCK_BLOCK   a function that never returns
 *	NVML_MOCK_FAIL    FUNCTION:CODE, or *:CODE for all about devices
 *	NVML_MOCK_DEVICE  the PCI address to which the two above are limited
 *	NVML_MOCK_CHANGE  a file: made by the first start, and once it is
 *			  there the VBIOS has another version
 *	NVML_MOCK_NOISE   what every start prints
 *
 * It exports functions that would change a device as traps: looking one up
 * ends the process.
 */
#include "nvml_mock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_LEN = 256 };

static struct nvml_gpu gpus[GPUS_MAX];
static size_t gpu_count;
static int changed;

const char *
mock_value(const struct nvml_gpu *g, const char *key)
{
	for (size_t i = 0; g != NULL && i < g->n; i++)
		if (strcmp(g->p[i].key, key) == 0)
			return g->p[i].value;
	return NULL;
}

void
mock_note(const char *name)
{
	mock_log(mock_setting("NVML_MOCK_LOG"), name);
}

/* Is this device the one that misbehaves?  Without a name all do. */
static int
misbehaves(const struct nvml_gpu *g)
{
	const char *who = mock_setting("NVML_MOCK_DEVICE"),
	           *address = mock_value(g, "pci-address");

	return who[0] == '\0' || (address != NULL && strcmp(who, address) == 0);
}

int
mock_enter(const char *name, const struct nvml_gpu *g)
{
	const char *fail = mock_setting("NVML_MOCK_FAIL");
	const char *colon = strchr(fail, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - fail);

	mock_note(name);
	if (!misbehaves(g))
		return NVML_SUCCESS;
	if (strcmp(mock_setting("NVML_MOCK_BLOCK"), name) == 0)
		for (;;)
			pause();
	if (n > 0 && ((strlen(name) == n && strncmp(fail, name, n) == 0) ||
	                 (fail[0] == '*' && g != NULL)))
		return atoi(colon + 1);
	return NVML_SUCCESS;
}

/* "key = value" in a section; lines of no use are passed over. */
static void
take_line(char *line)
{
	static struct nvml_gpu *g;
	char key[40] = "", value[104] = "";

	if (line[0] == '[') {
		g = strncmp(line, "[gpu-", 5) == 0 && gpu_count < GPUS_MAX
		        ? &gpus[gpu_count++]
		        : NULL;
		if (g != NULL)
			g->n = 0;
		return;
	}
	if (g == NULL || g->n == PAIRS_MAX || line[0] == '#' ||
	    sscanf(line, " %39[a-z0-9-] = %103[^\n]", key, value) != 2)
		return;
	memcpy(g->p[g->n].key, key, sizeof(key));
	memcpy(g->p[g->n++].value, value, sizeof(value));
}

static void
read_board(void)
{
	FILE *f = fopen(mock_setting("NVML_MOCK_BOARD"), "r");
	char line[LINE_LEN];

	gpu_count = 0;
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		take_line(line);
	if (f != NULL)
		fclose(f);
}

/* The first start makes the file, every other one finds it. */
static void
look_for_change(void)
{
	const char *path = mock_setting("NVML_MOCK_CHANGE");
	int fd;

	if (path[0] == '\0')
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	changed = fd < 0;
	if (fd >= 0)
		close(fd);
}

int
nvmlInit_v2(void)
{
	int rc = mock_enter("nvmlInit_v2", NULL);

	if (rc != NVML_SUCCESS)
		return rc;
	read_board();
	look_for_change();
	(void)printf("%s", mock_setting("NVML_MOCK_NOISE"));
	(void)fflush(stdout);
	return NVML_SUCCESS;
}

int
nvmlShutdown(void)
{
	mock_note("nvmlShutdown");
	return NVML_SUCCESS;
}

struct nvml_gpu *
mock_gpu(const char *address)
{
	for (size_t i = 0; i < gpu_count; i++) {
		const char *a = mock_value(&gpus[i], "pci-address");

		if (address == NULL || (a != NULL && strcmp(a, address) == 0))
			return &gpus[i];
	}
	return NULL;
}

int
mock_changed(void)
{
	return changed;
}
