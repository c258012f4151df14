/* SPDX-License-Identifier: Apache-2.0 */
#include "mock_rot.h"

#include <string.h>

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

/* As far as a report comes here. */
enum status
rot_quote(struct rot *rot, struct bytes qualifying,
    const struct pcr_selection *sel, struct writer *attest, struct writer *sig)
{
	(void)rot;
	(void)qualifying;
	(void)sel;
	(void)attest;
	(void)sig;
	mock_rot.quoted++;
	return TPM_FAILED;
}

enum status
rot_read_pcrs(struct rot *rot, const struct pcr_selection *sel,
    struct pcr_values *out)
{
	(void)rot;
	(void)sel;
	(void)out;
	return TPM_FAILED;
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
