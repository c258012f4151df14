/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials, from both ends: the public area of an endorsement key that a
 * host shows, for which one is made, and the challenge that a host reads.
 */
#include "fuzz.h"

#include "credential.h"
#include "crypto.h"
#include "enrol.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(crypto_init() == OK);
	return 0;
}

static void
make(struct bytes in)
{
	static const uint8_t secret[CREDENTIAL_SECRET] = {1};
	uint8_t name[2 + 32] = {0, HASH_SHA256};
	struct credential c;
	struct tpm_public ek;
	struct reader r;
	size_t hash;

	if (public_parse(in, &ek) != OK ||
	    credential_make(&ek, BYTES_OF(name), secret, &c) != OK)
		return;

	/* TPM2B_ID_OBJECT around the HMAC as a TPM2B, and what is wrapped. */
	MUST(c.blob_len <= sizeof(c.blob) && c.seed_len <= sizeof(c.seed));
	hash = hash_size(ek.name_alg);
	r = reader_of(bytes_view(c.blob, c.blob_len));
	MUST(read_be16(&r) == c.blob_len - 2);
	MUST(read_tpm2b(&r).n == hash);
	MUST(read_bytes(&r, 2 + CREDENTIAL_SECRET).n == 2 + CREDENTIAL_SECRET);
	MUST(reader_at_end(&r));
	r = reader_of(bytes_view(c.seed, c.seed_len));
	MUST(read_tpm2b(&r).n == c.seed_len - 2 && reader_at_end(&r));
}

static void
read_challenge(struct bytes in)
{
	uint8_t buf[CREDENTIAL_MAX];
	struct writer blob = writer_of(buf, sizeof(buf));
	char id[CHALLENGE_ID_LEN + 1] = "";

	if (enrol_parse_challenge(in, id, &blob) != OK)
		return;
	MUST(strlen(id) == CHALLENGE_ID_LEN);
	MUST(blob.n > 1 && blob.n <= sizeof(buf) && !blob.failed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	(data[0] % 2 == 0 ? make : read_challenge)(
	    bytes_view(data + 1, size - 1));
	return 0;
}
