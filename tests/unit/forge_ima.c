/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of files as a kernel measures them. */
#include "forge.h"

#include <string.h>

void
forge_ima_record(struct writer *w, const char *template, struct bytes data,
    bool violation)
{
	struct digest d = {.n = 20};

	if (!violation)
		hash_one(HASH_SHA1, data, &d);
	write_le32(w, 10);
	write_bytes(w, digest_view(&d));
	write_le32(w, (uint32_t)strlen(template));
	write_str(w, template);
	write_le32(w, (uint32_t)data.n);
	write_bytes(w, data);
}

void
forge_ima_file(struct writer *w, const char *path, struct bytes digest)
{
	uint8_t data[512];
	struct writer d = writer_of(data, sizeof(data));

	write_le32(&d, (uint32_t)(8 + digest.n));
	write_bytes(&d, bytes_view("sha256:", 8));
	write_bytes(&d, digest);
	write_le32(&d, (uint32_t)strlen(path) + 1);
	write_bytes(&d, bytes_view(path, strlen(path) + 1));
	forge_ima_record(
	    w, "ima-ng", writer_view(&d), bytes_is_zero(digest));
}
