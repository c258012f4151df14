/* SPDX-License-Identifier: Apache-2.0 */
/* Names of TPM objects (TPM 2.0 Library, Part 1, clause 16, revision 1.59). */
#include "tpm_quote.h"

struct bytes
name_view(const struct tpm_name *name)
{
	return bytes_view(name->b, name->n);
}

bool
name_ok(struct bytes name)
{
	struct reader r = reader_of(name);
	uint16_t alg = read_be16(&r);

	return (alg == HASH_SHA256 || alg == HASH_SHA384) && !r.failed &&
	    r.rest.n == hash_size(alg);
}

enum status
name_over(enum hash alg, struct bytes first, struct bytes second,
    struct tpm_name *out)
{
	struct bytes parts[] = {first, second};
	struct digest d;
	struct writer w = writer_of(out->b, sizeof(out->b));
	enum status st = hash_parts(alg, parts, 2, &d);

	out->n = 0;
	if (st != OK)
		return st;
	write_be16(&w, (uint16_t)alg);
	write_bytes(&w, digest_view(&d));
	out->n = w.n;
	return OK;
}
