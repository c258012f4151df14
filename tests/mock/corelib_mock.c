/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library that answers as NVIDIA's in-band SPDM library would, MOCK: it
 * speaks to no device, and nothing is signed.
 *
 *	CORELIB_MOCK_DEVICES  descriptions, with commas between them
 *	CORELIB_MOCK_FAIL     a function that fails
 *	CORELIB_MOCK_CRASH    a function that ends the process, after a word
 *	CORELIB_MOCK_HUGE     a function whose answer is too long to be true
 *	CORELIB_MOCK_CHAIN    "none": there are no certificates
 *	NVML_MOCK_LOG         every call is appended here, one name a line
 *
 * The one function that would begin anew what others may have begun is a
 * trap: looking it up ends the process.
 */
#include "corelib.h"
#include "mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECLARE(type, member, symbol, arguments) EXPORT type symbol arguments;
CORELIB_SYMBOLS(DECLARE)
#undef DECLARE

enum { DEVICES = 4, FAILED = 1, INVALID = 2, TOO_SMALL = 3, NOT_FOUND = 4 };

struct corelib_device {
	char description[64];
};

struct corelib_manager {
	struct corelib_device device[DEVICES];
	size_t count;
};

struct corelib_client {
	const struct corelib_device *device;
};

static struct corelib_manager manager;
static struct corelib_client client;

/* Log the call; is it to fail? */
static int
enter(const char *name)
{
	mock_log(mock_setting("NVML_MOCK_LOG"), name);
	if (strcmp(mock_setting("CORELIB_MOCK_CRASH"), name) == 0) {
		(void)printf("MOCK crash\n");
		(void)fflush(stdout);
		abort();
	}
	return strcmp(mock_setting("CORELIB_MOCK_FAIL"), name) == 0 ? FAILED : 0;
}

int
corelib_device_manager_create(struct corelib_manager **out)
{
	const char *at = mock_setting("CORELIB_MOCK_DEVICES");

	manager.count = 0;
	while (*at != '\0' && manager.count < DEVICES) {
		size_t n = strcspn(at, ",");

		(void)snprintf(manager.device[manager.count++].description,
		    sizeof(manager.device[0].description), "%.*s", (int)n, at);
		at += n + (at[n] == ',');
	}
	*out = &manager;
	return enter("corelib_device_manager_create");
}

int
corelib_device_manager_discover_inband_gpus(
    struct corelib_manager *m, struct corelib_device **out, size_t *n)
{
	if (enter("corelib_device_manager_discover_inband_gpus") != 0)
		return FAILED;
	for (size_t i = 0; out != NULL && i < m->count; i++)
		out[i] = &m->device[i];
	*n = m->count;
	if (strcmp(mock_setting("CORELIB_MOCK_HUGE"), "discover") == 0)
		*n = 1000;
	return 0;
}

int
corelib_device_get_description(struct corelib_device *d, char *out, size_t *n)
{
	if (enter("corelib_device_get_description") != 0)
		return FAILED;
	if (*n <= strlen(d->description))
		return TOO_SMALL;
	*n = strlen(d->description);
	memcpy(out, d->description, *n);
	return 0;
}

int
corelib_spdm_client_create(
    struct corelib_device *d, struct corelib_client **out)
{
	if (enter("corelib_spdm_client_create") != 0)
		return FAILED;
	if (client.device != NULL)
		return INVALID; /* one at a time */
	client.device = d;
	*out = &client;
	return 0;
}

void
corelib_spdm_client_destroy(struct corelib_client *c)
{
	(void)enter("corelib_spdm_client_destroy");
	c->device = NULL;
}

/* An answer of LEN bytes: how long it is, or all of it. */
static int
give(const char *name, const uint8_t *answer, size_t len, uint8_t *out,
    size_t *n)
{
	size_t cap = *n;

	if (enter(name) != 0)
		return FAILED;
	*n = strcmp(mock_setting("CORELIB_MOCK_HUGE"), name) == 0 ? 1 << 20 : len;
	if (out == NULL)
		return 0;
	if (cap < len)
		return TOO_SMALL;
	memcpy(out, answer, len);
	return 0;
}

/* The digest of a root, then two certificates of 60 and 4 bytes, no real. */
int
corelib_spdm_get_certificate(
    struct corelib_client *c, uint8_t slot, uint8_t *out, size_t *n)
{
	uint8_t chain[48 + 64 + 8];
	size_t len = sizeof(chain);

	if (c->device == NULL || slot != 0)
		return NOT_FOUND;
	memset(chain, 'r', sizeof(chain));
	memcpy(chain + 48, "\x30\x82\x00\x3c", 4);
	memcpy(chain + 48 + 64, "\x30\x82\x00\x04LEAF", 8);
	if (strcmp(mock_setting("CORELIB_MOCK_CHAIN"), "none") == 0)
		len = 48;
	return give("corelib_spdm_get_certificate", chain, len, out, n);
}

/* A request that carries the nonce, and who was asked. */
int
corelib_spdm_get_measurement_transcript(struct corelib_client *c, uint8_t index,
    const uint8_t *nonce, size_t nonce_len, uint8_t *out, size_t *n)
{
	uint8_t report[37 + sizeof(c->device->description)] = {
	    0x11, 0xe0, 0x01, 0xff};
	size_t len;

	if (c->device == NULL || index != 0xff || nonce_len != 32)
		return INVALID;
	len = strlen(c->device->description);
	memcpy(report + 4, nonce, nonce_len);
	memcpy(report + 37, c->device->description, len);
	return give("corelib_spdm_get_measurement_transcript", report, 37 + len,
	    out, n);
}

TRAP(corelib_spdm_reset_session)
