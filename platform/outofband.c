/* SPDX-License-Identifier: Apache-2.0 */
#include "outofband.h"

#include "beneath.h"
#include "vendor.h"

#include <stdio.h>
#include <stdlib.h>

/* What may lie in a file; both buffers are this large. */
enum { FILE_MAX = DEVICE_EVIDENCE_MAX };

struct buffers {
	uint8_t a[FILE_MAX], b[FILE_MAX];
};

static enum status
read_file(int dir, const struct device *d, const char *suffix,
    uint8_t buf[FILE_MAX], struct bytes *out)
{
	char name[LABEL_MAX + 8];
	enum status st;
	size_t n = 0;

	(void)snprintf(name, sizeof(name), "%s%s", d->label, suffix);
	st = beneath_read(dir, name, false, buf, FILE_MAX, &n);
	*out = bytes_view(buf, n);
	return st == OK && n == 0 ? FILE_EMPTY : st;
}

/* A report without a chain is no evidence. */
static enum status
put_pair(int dir, const struct device *d, const uint8_t nonce[NONCE_LEN],
    struct buffers *buf, struct writer *out)
{
	struct bytes report, chain;
	enum status st = read_file(dir, d, ".bin", buf->a, &report);

	if (st != OK)
		return st;
	st = read_file(dir, d, ".pem", buf->b, &chain);
	if (st != OK)
		return st == FILE_MISSING ? EVIDENCE_ITEM_MISSING : st;
	nvidia_item(d, chain, report, nonce, out);
	return OK;
}

enum status
outofband_evidence(int dir, const struct device *d,
    const uint8_t nonce[NONCE_LEN], char type[MEDIA_TYPE_MAX],
    struct writer *out)
{
	static const struct {
		const char *suffix, *type;
	} whole[] = {
	    {".json", MEDIA_NVIDIA},
	    {".cbor", MEDIA_SPDM},
	};
	struct buffers *buf = malloc(sizeof(*buf));
	const char *found = MEDIA_NVIDIA;
	enum status st = FILE_MISSING;
	struct bytes b;

	if (buf == NULL)
		return NO_MEMORY;
	for (size_t i = 0;
	     i < sizeof(whole) / sizeof(whole[0]) && st == FILE_MISSING; i++) {
		st = read_file(dir, d, whole[i].suffix, buf->a, &b);
		if (st != OK)
			continue;
		found = whole[i].type;
		write_bytes(out, b);
	}
	if (st == FILE_MISSING)
		st = put_pair(dir, d, nonce, buf, out);
	free(buf);
	if (st != OK)
		return st;
	(void)snprintf(type, MEDIA_TYPE_MAX, "%s", found);
	return out->failed ? EVIDENCE_TOO_LARGE : OK;
}
