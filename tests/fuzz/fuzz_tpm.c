/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the parser, the rest is its input. */
#include "fuzz.h"

#include "tpm_attest.h"

static void
attest(struct bytes in)
{
	struct quote q;

	if (quote_parse(in, &q) != OK)
		return;
	MUST(q.selection.count <= BANKS_MAX && q.pcr_digest.n <= 64);
	for (size_t i = 0; i < q.selection.count; i++)
		MUST(hash_size(q.selection.bank[i].alg) > 0);
}

static void
signature(struct bytes in)
{
	struct tpm_signature sig;

	if (signature_parse(in, &sig) == OK)
		MUST(hash_size(sig.hash) >= 32 && sig.r.n + sig.s.n < in.n);
}

static void
public_area(struct bytes in)
{
	struct tpm_public pub;
	struct tpm_name name;

	if (public_parse(in, &pub) != OK)
		return;
	MUST(pub.wire.n <= in.n && pub.key.der_len <= KEY_DER_MAX);
	if (public_check_ak(&pub) == OK) {
		MUST(name_of(&pub, &name) == OK);
		MUST(name_ok(name_view(&name)));
	}
}

/* What is read as text is written to the same text. */
static void
selection(struct bytes in)
{
	struct pcr_selection sel;
	uint8_t text[512];
	struct writer w = writer_of(text, sizeof(text));
	struct pcr_selection again;

	if (selection_from_text(in, &sel) != OK)
		return;
	selection_to_text(&sel, &w);
	MUST(selection_from_text(writer_view(&w), &again) == OK);
	MUST(selection_eq(&sel, &again));
}

static void
key(struct bytes in)
{
	struct public_key k;

	key_from_spki(in, &k);
	if (in.n > 0)
		key_from_pem(in, &k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct bytes) = {
	    attest, signature, public_area, selection, key};

	if (size > 0)
		parsers[data[0] % 5](bytes_view(data + 1, size - 1));
	return 0;
}
