/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Blackwell signs with confidential mode off: its firmware answers
 * SPDM, and NVIDIA's library carries question and answer.
 */
#include "inband.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "vendor.h"

/* Slot 0 is the one that every device has (DSP0274, 10.5). */
enum { SLOT = 0, ALL_BLOCKS = 0xff };
/* A digest of the root stands in front of the certificates. */
enum { ROOT_DIGEST_LEN = 48, PART_MAX = 16 * 1024 };

/* Answers, and the chain as text. */
struct answers {
	uint8_t chain[PART_MAX], report[PART_MAX], pem[2 * PART_MAX];
};

bool
inband_open(struct corelib *c)
{
	static const struct vendor_symbol symbols[] = {
#define SYMBOL(type, member, symbol, arguments)                                \
	{#symbol, offsetof(struct corelib, member)},
	    CORELIB_SYMBOLS(SYMBOL)
#undef SYMBOL
	};
	enum { SYMBOLS = sizeof(symbols) / sizeof(symbols[0]) };

	return vendor_library(c, CORELIB_LIBRARY, symbols, SYMBOLS) == SYMBOLS;
}

/*
 * The device, by its address.  What a description looks like is not
 * documented: without an address in it, only a device that is the only one
 * on both sides is known.
 */
static struct corelib_device *
find(const struct corelib *c, const struct device *d, bool alone)
{
	struct corelib_device *all[DEVICES_MAX];
	struct corelib_manager *manager = NULL;
	char address[24];
	size_t n = 0;

	if (!vendor_address(d, address) || c->manager(&manager) != 0 ||
	    c->discover(manager, NULL, &n) != 0 || n > DEVICES_MAX ||
	    c->discover(manager, all, &n) != 0 || n > DEVICES_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		char text[257] = "";
		size_t len = sizeof(text) - 1;
		const char *at = c->description(all[i], text, &len) == 0
		                     ? strcasestr(text, address)
		                     : NULL;

		if (at != NULL &&
		    (at == text || !isxdigit((unsigned char)at[-1])))
			return all[i];
	}
	return n == 1 && alone ? all[0] : NULL;
}

/*
 * One question, in a conversation of its own: first how long the answer is,
 * as NVIDIA's own program does it.  With a nonce for the measurements,
 * without one for the certificates.  Returns 0 when there is no answer.
 */
static size_t
ask(const struct corelib *c, struct corelib_device *device,
    const uint8_t *nonce, uint8_t buf[PART_MAX])
{
	struct corelib_client *client = NULL;
	int rc = c->client(device, &client);
	uint8_t *to = NULL;
	size_t n = 0;

	for (unsigned i = 0; i < 2 && rc == 0 && n <= PART_MAX; i++, to = buf)
		rc = nonce == NULL ? c->certificate(client, SLOT, to, &n)
		                   : c->transcript(client, ALL_BLOCKS, nonce,
		                         NONCE_LEN, to, &n);
	if (client != NULL)
		c->close(client);
	return rc == 0 && n <= PART_MAX ? n : 0;
}

/* RFC 7468: 64 digits a line.  The root stands first in DER, last in PEM. */
bool
inband_pem(struct bytes der, struct writer *w)
{
	struct bytes cert[8];
	size_t n = 0, k;

	while (der.n > 0) {
		/* A SEQUENCE with a length of two bytes (X.690, 8.1.3). */
		if (n == sizeof(cert) / sizeof(cert[0]) || der.n < 4 ||
		    der.p[0] != 0x30 || der.p[1] != 0x82)
			return false;
		k = 4 + ((size_t)der.p[2] << 8 | der.p[3]);
		if (k > der.n)
			return false;
		cert[n++] = bytes_sub(der, 0, k);
		der = bytes_sub(der, k, der.n - k);
	}
	while (n-- > 0) {
		write_str(w, "-----BEGIN CERTIFICATE-----\n");
		for (size_t at = 0; at < cert[n].n; at += k) {
			k = cert[n].n - at < 48 ? cert[n].n - at : 48;
			write_base64(w, bytes_sub(cert[n], at, k));
			write_u8(w, '\n');
		}
		write_str(w, "-----END CERTIFICATE-----\n");
	}
	return !w->failed;
}

enum status
inband_evidence(const struct corelib *c, const struct device *d, bool alone,
    const uint8_t nonce[NONCE_LEN], struct writer *out)
{
	struct answers *a = malloc(sizeof(*a));
	struct corelib_device *device;
	enum status st = DEVICE_LIBRARY;
	size_t chain, report;
	struct writer pem;

	if (a == NULL)
		return NO_MEMORY;
	if ((device = find(c, d, alone)) == NULL)
		goto out;
	chain = ask(c, device, NULL, a->chain);
	report = ask(c, device, nonce, a->report);
	pem = writer_of(a->pem, sizeof(a->pem));
	if (chain <= ROOT_DIGEST_LEN || report == 0 ||
	    !inband_pem(
	        bytes_view(a->chain + ROOT_DIGEST_LEN, chain - ROOT_DIGEST_LEN),
	        &pem))
		goto out;
	nvidia_item(
	    d, writer_view(&pem), bytes_view(a->report, report), nonce, out);
	st = out->failed ? EVIDENCE_TOO_LARGE : OK;
out:
	free(a);
	return st;
}
