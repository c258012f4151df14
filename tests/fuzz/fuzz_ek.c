/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses: a certificate of a TPM's key, a file of
 * authorities, links of a chain, a public area that a secret is wrapped for.
 */
#include "fuzz.h"

#include "challenge.h"
#include "credential.h"
#include "ek.h"
#include "tpm_roots.h"

static void
certificate(struct bytes in)
{
	static const int64_t time = 1700000000;
	struct tpm_roots *roots;
	struct tpm_path path;
	struct ek_cert cert;
	enum status st = ek_parse(in, &cert);

	MUST(strlen(cert.model) < EK_TEXT_MAX);
	if (st == EK_MALFORMED || st == EK_PADDING)
		return;
	MUST(cert.der.n + cert.padding == in.n);
	ek_is_roca(ek_modulus(&cert.key));

	/* Nobody vouches for it without an authority. */
	MUST((roots = tpm_roots_new()) != NULL);
	MUST(tpm_roots_verify(
		 roots, cert.der, (struct bytes){NULL, 0}, &time, &path) !=
	    OK);
	tpm_roots_free(roots);
}

static void
count(void *arg, const struct tpm_root_seen *seen)
{
	size_t *n = arg;

	MUST(strlen(seen->sha256) == 64);
	++*n;
}

static void
authorities(struct bytes in)
{
	struct tpm_roots *roots = tpm_roots_new();
	size_t n = 0;

	MUST(roots != NULL);
	/* What is looked at is what is added. */
	MUST((tpm_roots_look(in, count, &n) == OK) ==
	    (tpm_roots_add(roots, in) == OK));
	tpm_roots_free(roots);
}

static void
links(struct bytes in)
{
	struct reader r = reader_of(in);
	struct bytes leaf = read_tpm2b(&r);
	struct tpm_roots *roots = tpm_roots_new();
	struct tpm_path path;

	MUST(roots != NULL);
	tpm_roots_add(roots, r.rest);
	tpm_roots_verify(roots, leaf, r.rest, NULL, &path);
	tpm_roots_free(roots);
}

static void
wrapped(struct bytes in)
{
	static const uint8_t secret[CREDENTIAL_SECRET];
	struct credential c;
	struct tpm_public ek;

	if (public_parse(in, &ek) != OK)
		return;
	if (credential_make(&ek, BYTES_LIT("name"), secret, &c) != OK)
		return;
	MUST(c.blob_len > 2 && c.blob_len <= sizeof(c.blob));
	MUST(c.seed_len > 2 && c.seed_len <= sizeof(c.seed));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct bytes) = {
	    certificate, authorities, links, wrapped};

	if (size > 0)
		parsers[data[0] % 4](bytes_view(data + 1, size - 1));
	return 0;
}
