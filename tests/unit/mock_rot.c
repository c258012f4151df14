/* SPDX-License-Identifier: Apache-2.0 */
#include "mock_rot.h"

#include <string.h>
#include <unistd.h>

#include "rot.h"

struct mock_rot mock_rot;

static const uint8_t public_area[] = "MOCK, no key";
static const uint8_t name[MOCK_NAME_LEN] = {0x00, 0x0b, 1, 2, 3};

enum status
rot_open(const char *tcti, struct rot **out)
{
	(void)tcti;
	mock_rot.opened++;
	*out = (struct rot *)&mock_rot;
	return OK;
}

void
rot_close(struct rot *rot)
{
	(void)rot;
}

struct bytes
rot_ak_public(const struct rot *rot)
{
	(void)rot;
	return BYTES_OF(public_area);
}

struct bytes
rot_ak_name(const struct rot *rot)
{
	(void)rot;
	return BYTES_OF(name);
}

/* As far as a report comes here, unless the MOCK is to sign: over zeros. */
enum status
rot_quote(struct rot *rot, struct bytes qualifying,
    const struct pcr_selection *sel, struct writer *attest, struct writer *sig)
{
	struct pcr_values zeros = {0};
	struct digest d;

	(void)qualifying;
	mock_rot.quoted++;
	if (!mock_rot.signs)
		return TPM_FAILED;
	if (mock_rot.grows > 0) {
		mock_rot.grows--;
		if (write(mock_rot.list, "more", 4) != 4)
			return INTERNAL;
	}
	if (rot_read_pcrs(rot, sel, &zeros) != OK ||
	    pcrs_digest(&zeros, sel, HASH_SHA256, &d) != OK)
		return INTERNAL;
	write_str(attest, "MOCK");
	write_bytes(attest, digest_view(&d));
	write_str(sig, "MOCK");
	return OK;
}

enum status
rot_read_pcrs(struct rot *rot, const struct pcr_selection *sel,
    struct pcr_values *out)
{
	static const uint8_t zero[HASH_MAX];

	(void)rot;
	for (size_t b = 0; mock_rot.signs && b < sel->count; b++)
		for (unsigned i = 0; i < PCR_COUNT; i++)
			if (sel->bank[b].mask >> i & 1)
				(void)pcrs_set(out, sel->bank[b].alg, i,
				    bytes_view(
				        zero, hash_size(sel->bank[b].alg)));
	return mock_rot.signs ? OK : TPM_FAILED;
}

enum status
rot_ek(struct rot *rot, struct writer *cert, struct writer *chain,
    struct writer *pub)
{
	(void)rot;
	(void)chain;
	write_str(cert, "MOCK");
	write_str(pub, "MOCK");
	return OK;
}

struct bytes
rot_ek_name(const struct rot *rot)
{
	(void)rot;
	return BYTES_OF(name);
}

enum status
rot_activate(struct rot *rot, struct bytes blob, struct writer *secret)
{
	(void)rot;
	mock_rot.activated++;
	mock_rot.blob_len = blob.n <= MOCK_BLOB_MAX ? blob.n : 0;
	memcpy(mock_rot.blob, blob.p, mock_rot.blob_len);
	write_str(secret, "MOCK secret");
	return OK;
}

enum status
rot_keep_ak(struct rot *rot)
{
	(void)rot;
	mock_rot.kept++;
	return OK;
}

uint32_t
rot_last_rc(const struct rot *rot)
{
	(void)rot;
	return 0;
}
