/* SPDX-License-Identifier: Apache-2.0 */
#include "deflate.h"

#include <zlib.h>

enum status
deflate_bytes(struct bytes in, uint8_t *out, size_t cap, size_t *n)
{
	uLongf len = cap;
	int rc = compress(out, &len, in.p, in.n);

	*n = rc == Z_OK ? len : 0;
	return rc == Z_OK         ? OK
	       : rc == Z_MEM_ERROR ? NO_MEMORY
	                           : DEFLATE_TOO_LARGE;
}
