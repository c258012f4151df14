/* SPDX-License-Identifier: Apache-2.0 */
#include "table_sign.h"

#include <string.h>

#include "sign1.h"

static const struct sign1_kind kind = {.content_type = TABLE_CONTENT_TYPE,
    .detached = true,
    .malformed = TABLE_SIGNATURES_MALFORMED,
    .mismatch = TABLE_SIGNATURE};

/* Read all; a signature that does not verify ends it, or is left out. */
static enum status
read_all(struct bytes table, struct bytes cose, bool lenient,
    struct table_signers *out)
{
	struct dcbor c = dcbor_of(cose);
	uint64_t n = dcbor_get_array(&c);
	enum status st;

	out->count = 0;
	if (cose.n > TABLE_COSE_MAX || n == 0 || n > TABLE_SIGNERS_MAX)
		return TABLE_SIGNATURES_MALFORMED;
	for (uint64_t i = 0; i < n; i++) {
		struct digest *id = &out->id[out->count];
		struct bytes start = c.rest;

		st = sign1_read(&c, &kind, &table, id);
		if (st == TABLE_SIGNATURE && lenient)
			continue;
		if (st != OK)
			return st;

		/* Nobody counts twice. */
		if (table_signers_trusted(out, id, 1) > 0)
			return TABLE_SIGNATURES_MALFORMED;
		out->signature[out->count++] =
		    bytes_sub(start, 0, start.n - c.rest.n);
	}
	return dcbor_end(&c) == OK ? OK : TABLE_SIGNATURES_MALFORMED;
}

enum status
table_signers_read(
    struct bytes table, struct bytes cose, struct table_signers *out)
{
	return read_all(table, cose, false, out);
}

size_t
table_signers_trusted(const struct table_signers *s,
    const struct digest *trusted, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; k < count; k++)
			n += bytes_eq(digest_view(&s->id[i]),
			    digest_view(&trusted[k]));
	return n;
}

enum status
table_sign(const char *key_pem, struct bytes table, struct bytes before,
    struct writer *out)
{
	struct table_signers old = {.count = 0};
	struct digest id;
	size_t kept = 0;
	enum status st;

	if ((st = sign1_signer(key_pem, &id)) != OK)
		return st;
	if (before.n > 0 &&
	    (st = read_all(table, before, true, &old)) != OK)
		return st;

	/* Others stay; an older one of our own does not. */
	for (size_t i = 0; i < old.count; i++)
		kept += !bytes_eq(digest_view(&old.id[i]), digest_view(&id));
	if (kept == TABLE_SIGNERS_MAX)
		return FILE_TOO_LARGE;
	dcbor_put_array(out, kept + 1);
	for (size_t i = 0; i < old.count; i++)
		if (!bytes_eq(digest_view(&old.id[i]), digest_view(&id)))
			write_bytes(out, old.signature[i]);
	if ((st = sign1_write(key_pem, &kind, table, out)) != OK)
		return st;
	return out->failed ? FILE_TOO_LARGE : OK;
}
