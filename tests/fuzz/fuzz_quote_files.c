/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the file, the rest is its content. */
#include "fuzz.h"

#include "forge.h"
#include "quote_files.h"

static struct forge_ak ak;
static struct tpm_public pub;
static const uint8_t attest[64];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	MUST(forge_ak_new(&ak, KEY_P384));
	MUST(public_parse(bytes_view(ak.wire, ak.wire_len), &pub) == OK);
	return 0;
}

static void
pcr_file(struct bytes in)
{
	static struct pcr_values v;
	struct digest d;

	memset(&v, 0, sizeof(v));
	if (pcr_file_parse(in, &v) != OK)
		return;
	/* Every value that is said to be there is there. */
	MUST(pcrs_digest(&v, &v.have, HASH_SHA256, &d) == OK);
}

static void
state_file(struct bytes in)
{
	struct last_state last;

	if (state_file_parse(in, &last) == OK)
		MUST(last.has_clock || last.has_reset || last.has_restart ||
		    last.has_firmware);
}

static void
signature_file(struct bytes in)
{
	struct tpm_signature sig;

	/* Nothing that was not signed verifies. */
	if (signature_file_parse(in, &pub, HASH_SHA384, &sig) == OK)
		MUST(signature_verify(&pub, &sig, BYTES_OF(attest)) != OK);
}

static void
key_file(struct bytes in)
{
	struct tpm_public key;
	bool is_tpm;

	key_file_parse(in, &key, &is_tpm);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct bytes) = {
	    pcr_file, state_file, signature_file, key_file};

	if (size > 0)
		parsers[data[0] % 4](bytes_view(data + 1, size - 1));
	return 0;
}
