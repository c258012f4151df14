/* SPDX-License-Identifier: Apache-2.0 */
/* Qualified names (TPM 2.0 Library, Part 1, clause 16, revision 1.59). */
#include "tpm_attest.h"

/* The hash algorithm at the head of a name. */
static enum hash
name_hash(struct bytes name)
{
	struct reader r = reader_of(name);

	return read_be16(&r);
}

enum status
qualified_name_primary(
    uint32_t hierarchy, struct bytes name, struct tpm_name *out)
{
	uint8_t handle[4];
	struct writer w = writer_of(handle, sizeof(handle));

	write_be32(&w, hierarchy);
	return name_over(name_hash(name), writer_view(&w), name, out);
}

enum status
qualified_name_child(
    struct bytes parent, struct bytes name, struct tpm_name *out)
{
	return name_over(name_hash(name), parent, name, out);
}
