/* SPDX-License-Identifier: Apache-2.0 */
/* Readers and writers that programs which only make evidence do not need. */
#include "bytes.h"

uint16_t
read_le16(struct reader *r)
{
	return (uint16_t)read_le(r, 2);
}

uint32_t
read_le24(struct reader *r)
{
	return (uint32_t)read_le(r, 3);
}

uint64_t
read_le64(struct reader *r)
{
	return read_le(r, 8);
}

void
write_be32(struct writer *w, uint32_t v)
{
	write_be(w, v, 4);
}

void
write_le16(struct writer *w, uint16_t v)
{
	write_le(w, v, 2);
}
