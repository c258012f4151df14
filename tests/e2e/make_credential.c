/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-credential EK-PUB AK-NAME OUT: wrap a random secret for the TPM with
 * the endorsement key EK-PUB (TPM2B_PUBLIC or TPMT_PUBLIC) beside the key
 * named AK-NAME, in the form of tpm2_makecredential; prints the secret.
 */
#include <stdio.h>
#include <string.h>

#include "credential.h"

static size_t
read_file(const char *path, uint8_t *out, size_t cap)
{
	FILE *f = fopen(path, "rb");
	size_t n = f == NULL ? 0 : fread(out, 1, cap, f);

	if (f != NULL)
		fclose(f);
	return n;
}

/* Magic, version, TPM2B_ID_OBJECT, TPM2B_ENCRYPTED_SECRET. */
static int
write_file(const char *path, const struct credential *c)
{
	static const uint8_t head[] = {0xba, 0xdc, 0xc0, 0xde, 0, 0, 0, 1};
	FILE *f = fopen(path, "wb");
	int bad = f == NULL ||
	    fwrite(head, 1, sizeof(head), f) != sizeof(head) ||
	    fwrite(c->blob, 1, c->blob_len, f) != c->blob_len ||
	    fwrite(c->seed, 1, c->seed_len, f) != c->seed_len;

	if (f != NULL && fclose(f) != 0)
		bad = 1;
	return bad;
}

int
main(int argc, char **argv)
{
	uint8_t file[2048], name[2 + HASH_MAX], secret[CREDENTIAL_SECRET];
	char hex[2 * CREDENTIAL_SECRET + 1];
	struct credential c;
	struct tpm_public ek;
	ptrdiff_t n;

	if (argc != 4 || crypto_init() != OK)
		return 64;
	n = bytes_from_hex(argv[2], strlen(argv[2]), name, sizeof(name));
	if (n < 0 || random_bytes(secret, sizeof(secret)) != OK ||
	    public_parse(bytes_view(file, read_file(argv[1], file,
					      sizeof(file))),
		&ek) != OK ||
	    credential_make(&ek, bytes_view(name, (size_t)n), secret, &c) !=
		OK ||
	    write_file(argv[3], &c) != 0)
		return 1;
	bytes_to_hex(BYTES_OF(secret), hex);
	printf("%s\n", hex);
	return 0;
}
