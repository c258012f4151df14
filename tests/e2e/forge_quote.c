/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes quotes with a chosen defect and a signature that is good all the
 * same: what a stolen or careless key could sign, and no TPM would.
 *
 *	forge-quote list             every forgery: its name, the exit status
 *		and the code with which "assay check quote" has to answer
 *	forge-quote NAME FOLDER      ak.pub (TPM2B_PUBLIC), ak.pem, ek.pub,
 *		msg, sig, and pcrs in the form of tpm2-tools
 *
 * The nonce is always the 32 bytes 00 01 .. 1f.  A forgery is a row of
 * changes to a plan; N-numbers in names group what belongs together.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/pem.h>

#include "forge_key.h"

enum { CHANGES = 4, NONCE_BYTES = 32, ATTRIBUTES = 0x00050072 };

enum signer { SIGNER_RIGHT, SIGNER_OTHER_PARENT, SIGNER_OTHER_HIERARCHY };

/* What is made.  All fields are wide, so that rows can say anything. */
struct plan {
	uint64_t none; /* what an empty change changes */
	/* TPMS_ATTEST (Part 2, 10.12.12) */
	uint64_t magic, type, signer, nonce_size;
	uint64_t clock, reset, restart, safe, firmware;
	/* The selection: what it claims to count, what it has. */
	uint64_t count, entries, alg, second, size, mask;
	uint64_t digest_size, cut, trailing;
	/* The PCR file. */
	uint64_t file_alg, file_mask;
	/* The key (12.2.4), and what it signs with. */
	uint64_t key, attributes, name_alg, scheme, scheme_hash, no_size;
	uint64_t sig_alg, sig_hash, sig_form, sign_hash, flip;
};

static const struct plan honest = {
    .magic = TPM_GENERATED, .type = TPM_ATTEST_QUOTE,
    .nonce_size = NONCE_BYTES, .clock = 1000000, .reset = 5, .restart = 2,
    .safe = 1, .firmware = UINT64_C(0x2020031200120003), .count = 1,
    .entries = 1, .alg = HASH_SHA256, .size = 3, .mask = 0xffff,
    .digest_size = 32, .file_alg = HASH_SHA256, .file_mask = 0xffff,
    .key = FORGE_P256, .attributes = ATTRIBUTES, .name_alg = HASH_SHA256,
    .scheme = 0x0018, .scheme_hash = HASH_SHA256, .sig_alg = 0x0018,
    .sig_hash = HASH_SHA256, .sign_hash = HASH_SHA256,
};

#define AT(field) offsetof(struct plan, field)
#define RSA_KEY(kind) \
	{AT(key), kind}, {AT(scheme), 0x0014}, {AT(sig_alg), 0x0014}

static const struct forgery {
	const char *name;
	int exit;
	const char *code; /* an extended regular expression */
	struct {
		size_t at;
		uint64_t value;
	} change[CHANGES];
} forgeries[] = {
    {"honest", 0, "-", {{0, 0}}},
    {"n12-attest-bit", 1, "SIGNATURE_INVALID", {{AT(flip), 60}}},
    {"n20-nonce-short", 1, "QUOTE_NONCE_MISMATCH", {{AT(nonce_size), 31}}},
    {"n20-nonce-long", 1, "QUOTE_NONCE_MISMATCH", {{AT(nonce_size), 33}}},
    {"n20-nonce-none", 1, "QUOTE_NONCE_MISMATCH", {{AT(nonce_size), 0}}},
    {"n28-no-bank", 1, "PCR_SELECTION_EMPTY",
	{{AT(count), 0}, {AT(entries), 0}}},
    {"n28-no-pcr", 1, "PCR_SELECTION_EMPTY", {{AT(mask), 0}}},
    {"n29-pcr-not-quoted", 1, "PCR_SELECTION_MISMATCH",
	{{AT(file_mask), 0x1ffff}}},
    {"n29-pcr-not-given", 1, "PCR_SELECTION_MISMATCH",
	{{AT(file_mask), 0x7fff}}},
    {"n30-bank-not-given", 1, "PCR_SELECTION_MISMATCH",
	{{AT(second), HASH_SHA384}, {AT(count), 2}}},
    {"n42-magic-zero", 1, "ATTEST_MAGIC", {{AT(magic), 0}}},
    {"n42-magic-reversed", 1, "ATTEST_MAGIC", {{AT(magic), 0x474354ff}}},
    {"n43-swapped-bank", 1, "PCR_SELECTION_MISMATCH",
	{{AT(alg), HASH_SHA1}}},
    {"n44-certify", 1, "ATTEST_TYPE", {{AT(type), 0x8017}}},
    {"n44-nv", 1, "ATTEST_TYPE", {{AT(type), 0x8014}}},
    {"n44-creation", 1, "ATTEST_TYPE", {{AT(type), 0x801a}}},
    {"n61-unrestricted", 1, "AK_ATTRIBUTES",
	{{AT(attributes), ATTRIBUTES & ~TPMA_RESTRICTED}}},
    {"n61-not-fixed-tpm", 1, "AK_ATTRIBUTES",
	{{AT(attributes), ATTRIBUTES & ~TPMA_FIXED_TPM}}},
    {"n61-not-fixed-parent", 1, "AK_ATTRIBUTES",
	{{AT(attributes), ATTRIBUTES & ~TPMA_FIXED_PARENT}}},
    {"n61-born-outside", 1, "AK_ATTRIBUTES",
	{{AT(attributes), ATTRIBUTES & ~TPMA_SENSITIVE_DATA_ORIGIN}}},
    {"n61-sign-clear", 1, "AK_ATTRIBUTES",
	{{AT(attributes), ATTRIBUTES & ~TPMA_SIGN}}},
    {"n61-decrypt", 1, "AK_ATTRIBUTES",
	{{AT(attributes), ATTRIBUTES | TPMA_DECRYPT}}},
    {"n61-scheme-null", 1, "AK_SCHEME", {{AT(scheme), 0x0010}}},
    {"n61-name-sha1", 1, "AK_NAME_ALG", {{AT(name_alg), HASH_SHA1}}},
    {"n63-hash-sha384", 1, "SIGNATURE_HASH",
	{{AT(sig_hash), HASH_SHA384}, {AT(sign_hash), HASH_SHA384}}},
    {"n63-hash-named-sha384", 1, "SIGNATURE_HASH",
	{{AT(sig_hash), HASH_SHA384}}},
    {"n63-hash-sha1", 1, "SIGNATURE_HASH",
	{{AT(sig_hash), HASH_SHA1}, {AT(sign_hash), HASH_SHA1},
	    {AT(scheme_hash), HASH_SHA1}}},
    {"n64-r-zero", 1, "SIGNATURE_RANGE", {{AT(sig_form), FORM_R_ZERO}}},
    {"n64-s-zero", 1, "SIGNATURE_RANGE", {{AT(sig_form), FORM_S_ZERO}}},
    {"n64-r-empty", 1, "SIGNATURE_RANGE", {{AT(sig_form), FORM_R_EMPTY}}},
    {"n64-r-order", 1, "SIGNATURE_RANGE", {{AT(sig_form), FORM_R_ORDER}}},
    {"n64-s-order", 1, "SIGNATURE_RANGE", {{AT(sig_form), FORM_S_ORDER}}},
    {"n64-s-top", 1, "SIGNATURE_RANGE", {{AT(sig_form), FORM_S_TOP}}},
    {"n64-s-negated", 0, "-", {{AT(sig_form), FORM_S_NEGATED}}},
    {"n64-r-too-wide", 1, "SIGNATURE_LENGTH", {{AT(sig_form), FORM_R_WIDE}}},
    {"n64-der", 0, "-", {{AT(sig_form), FORM_DER}}},
    {"n64-der-zeros", 1, "SIGNATURE_[A-Z]+", {{AT(sig_form), FORM_DER_ZEROS}}},
    {"n64-der-trailing", 1, "SIGNATURE_[A-Z]+",
	{{AT(sig_form), FORM_DER_TRAILING}}},
    {"n65-rsa", 0, "-", {RSA_KEY(FORGE_RSA2048)}},
    {"n65-rsa-raw", 0, "-",
	{RSA_KEY(FORGE_RSA2048), {AT(sig_form), FORM_RAW}}},
    {"n65-rsa-short", 1, "SIGNATURE_LENGTH",
	{RSA_KEY(FORGE_RSA2048), {AT(sig_form), FORM_RSA_SHORT}}},
    {"n65-rsa-long", 1, "SIGNATURE_LENGTH",
	{RSA_KEY(FORGE_RSA2048), {AT(sig_form), FORM_RSA_LONG}}},
    {"n65-rsa-garbage", 1, "SIGNATURE_INVALID",
	{RSA_KEY(FORGE_RSA2048), {AT(sig_form), FORM_RSA_GARBAGE}}},
    {"n65-rsa-e3", 1, "PUBLIC_UNSUPPORTED", {RSA_KEY(FORGE_RSA_E3)}},
    {"n65-rsa-e3-garbage", 1, "PUBLIC_UNSUPPORTED",
	{RSA_KEY(FORGE_RSA_E3), {AT(sig_form), FORM_RSA_GARBAGE}}},
    {"n65-rsa-1024", 1, "PUBLIC_UNSUPPORTED", {RSA_KEY(FORGE_RSA1024)}},
    {"n66-hmac", 1, "SIGNATURE_ALGORITHM", {{AT(sig_alg), 0x0005}}},
    {"n66-null", 1, "SIGNATURE_ALGORITHM", {{AT(sig_alg), 0x0010}}},
    {"n66-sm2", 1, "SIGNATURE_ALGORITHM", {{AT(sig_alg), 0x001b}}},
    {"n66-ecdaa", 1, "SIGNATURE_ALGORITHM", {{AT(sig_alg), 0x001a}}},
    {"n66-schnorr", 1, "SIGNATURE_ALGORITHM", {{AT(sig_alg), 0x001c}}},
    {"n66-rsa-scheme", 1, "SIGNATURE_SCHEME",
	{{AT(sig_alg), 0x0014}, {AT(sig_form), FORM_ONE_PART}}},
    {"n66-cut", 65, "SIGNATURE_TRUNCATED", {{AT(sig_form), FORM_CUT}}},
    {"n66-trailing", 65, "SIGNATURE_TRAILING",
	{{AT(sig_form), FORM_TRAILING}}},
    {"n67-trailing-bytes", 65, "ATTEST_TRAILING", {{AT(trailing), 4}}},
    {"n67-cut", 65, "ATTEST_TRUNCATED", {{AT(cut), 1}}},
    {"n67-select-0", 65, "ATTEST_SELECTION", {{AT(size), 0}}},
    {"n67-select-4", 65, "ATTEST_SELECTION", {{AT(size), 4}}},
    {"n67-select-255", 65, "ATTEST_SELECTION", {{AT(size), 255}}},
    {"n67-count-16", 65, "ATTEST_SELECTION", {{AT(count), 16}}},
    {"n67-count-17", 65, "ATTEST_SELECTION", {{AT(count), 17}}},
    {"n67-count-2", 65, "ATTEST_[A-Z]+", {{AT(count), 2}}},
    {"n67-count-max", 65, "ATTEST_SELECTION", {{AT(count), UINT32_MAX}}},
    {"n67-bank-twice", 65, "ATTEST_SELECTION",
	{{AT(count), 2}, {AT(entries), 2}}},
    {"n67-bank-unknown", 65, "ATTEST_SELECTION", {{AT(alg), 0x0012}}},
    {"n67-digest-empty", 65, "ATTEST_DIGEST_SIZE", {{AT(digest_size), 0}}},
    {"n67-digest-16", 65, "ATTEST_DIGEST_SIZE", {{AT(digest_size), 16}}},
    {"n67-digest-20", 1, "PCR_DIGEST_MISMATCH", {{AT(digest_size), 20}}},
    {"n68-safe-0", 2, "CLOCK_UNSAFE", {{AT(safe), 0}}},
    {"n68-safe-2", 65, "ATTEST_SAFE", {{AT(safe), 2}}},
    {"n68-safe-255", 65, "ATTEST_SAFE", {{AT(safe), 255}}},
    {"n69-other-parent", 1, "QUALIFIED_SIGNER_MISMATCH",
	{{AT(signer), SIGNER_OTHER_PARENT}}},
    {"n69-other-hierarchy", 1, "QUALIFIED_SIGNER_MISMATCH",
	{{AT(signer), SIGNER_OTHER_HIERARCHY}}},
    {"n52-public-size", 65, "PUBLIC_[A-Z]+", {{AT(no_size), 1}}},
};

enum { FORGERIES = sizeof(forgeries) / sizeof(forgeries[0]) };

static void
change(struct plan *p, size_t at, uint64_t value)
{
	memcpy((char *)p + at, &value, sizeof(value));
}

static int
store(const char *folder, const char *name, const struct writer *w)
{
	char path[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (w->failed || (f = fopen(path, "wb")) == NULL) {
		fprintf(stderr, "forge-quote: %s cannot be made\n", path);
		return 1;
	}
	n = fwrite(w->p, 1, w->n, f);
	return fclose(f) != 0 || n != w->n;
}

/* alg || H(wire), for algorithms that no verifier would take, too. */
static void
put_name(struct writer *w, enum hash alg, struct bytes wire)
{
	struct digest d;

	if (hash_one(alg, wire, &d) != OK)
		w->failed = true;
	write_be16(w, (uint16_t)alg);
	write_bytes(w, digest_view(&d));
}

/* The value of a PCR: its index, all over. */
static struct bytes
pcr_value(uint64_t alg, unsigned index, uint8_t out[HASH_MAX])
{
	memset(out, (int)index + 1, HASH_MAX);
	return bytes_view(out, hash_size((enum hash)alg));
}

/* pcrDigest over the values of the file, for the PCRs of the selection. */
static void
put_digest(struct writer *w, const struct plan *p)
{
	struct pcr_values v = {0};
	struct pcr_selection sel = {0};
	uint8_t value[HASH_MAX];
	struct digest d = {{0}, 0};

	for (unsigned i = 0; i < PCR_COUNT; i++)
		if (p->mask >> i & 1)
			pcrs_set(&v, (enum hash)p->file_alg, i,
			    pcr_value(p->file_alg, i, value));
	sel = v.have;
	if (pcrs_digest(&v, &sel, HASH_SHA256, &d) != OK)
		w->failed = true;
	write_be16(w, (uint16_t)p->digest_size);
	write_bytes(w, bytes_view(d.b, p->digest_size));
}

static void
put_selection(struct writer *w, const struct plan *p)
{
	write_be32(w, (uint32_t)p->count);
	for (uint64_t i = 0; i < p->entries + (p->second != 0); i++) {
		uint64_t alg = i < p->entries ? p->alg : p->second;

		write_be16(w, (uint16_t)alg);
		write_u8(w, (uint8_t)p->size);
		for (uint64_t b = 0; b < p->size; b++)
			write_u8(w,
			    (uint8_t)(b < 3 ? p->mask >> (8 * b) : 0));
	}
}

/* qualifiedSigner: of the hierarchy, the parent and the key. */
static void
put_signer(struct writer *w, const struct plan *p, struct bytes ak_name,
    struct bytes ek_name)
{
	uint32_t hierarchy = p->signer == SIGNER_OTHER_HIERARCHY
	    ? UINT32_C(0x40000001)
	    : TPM_HIERARCHY_ENDORSEMENT;
	struct tpm_name parent, qualified;

	if (p->signer == SIGNER_OTHER_PARENT)
		ek_name = ak_name;
	if (qualified_name_primary(hierarchy, ek_name, &parent) != OK ||
	    qualified_name_child(name_view(&parent), ak_name, &qualified) !=
		OK)
		w->failed = true;
	write_be16(w, (uint16_t)qualified.n);
	write_bytes(w, name_view(&qualified));
}

static void
put_attest(struct writer *w, const struct plan *p, struct bytes ak_name,
    struct bytes ek_name)
{
	write_be32(w, (uint32_t)p->magic);
	write_be16(w, (uint16_t)p->type);
	put_signer(w, p, ak_name, ek_name);
	write_be16(w, (uint16_t)p->nonce_size);
	for (uint64_t i = 0; i < p->nonce_size; i++)
		write_u8(w, (uint8_t)i);
	write_be64(w, p->clock);
	write_be32(w, (uint32_t)p->reset);
	write_be32(w, (uint32_t)p->restart);
	write_u8(w, (uint8_t)p->safe);
	write_be64(w, p->firmware);
	put_selection(w, p);
	put_digest(w, p);
	for (uint64_t i = 0; i < p->trailing; i++)
		write_u8(w, 0);
	w->n -= p->cut;
}

/* The file of tpm2_quote -o, little-endian. */
static void
put_file(struct writer *w, const struct plan *p)
{
	unsigned list[PCR_COUNT], n = 0;
	uint8_t value[HASH_MAX];

	for (unsigned i = 0; i < PCR_COUNT; i++)
		if (p->file_mask >> i & 1)
			list[n++] = i;

	/* TPML_PCR_SELECTION: 16 places. */
	write_le32(w, 1);
	write_le16(w, (uint16_t)p->file_alg);
	write_u8(w, 3);
	for (unsigned b = 0; b < 3; b++)
		write_u8(w, (uint8_t)(p->file_mask >> (8 * b)));
	write_le16(w, 0);
	for (unsigned i = 1; i < 16; i++)
		write_bytes(w, bytes_view((const uint8_t[8]){0}, 8));

	/* TPML_DIGEST: 8 places each. */
	write_le32(w, (n + 7) / 8);
	for (unsigned at = 0; at < n; at += 8) {
		write_le32(w, n - at < 8 ? n - at : 8);
		for (unsigned i = at; i < at + 8; i++) {
			bool there = i < n;
			struct bytes v = pcr_value(
			    p->file_alg, there ? list[i] : 0, value);

			write_le16(w, there ? (uint16_t)v.n : 0);
			if (!there)
				memset(value, 0, sizeof(value));
			else
				memset(value + v.n, 0, HASH_MAX - v.n);
			write_bytes(w, BYTES_OF(value));
		}
	}
}

/* The public area as TPM2B_PUBLIC, with a wrong size on request. */
static int
store_public(const char *folder, const char *name, struct bytes area, bool bad)
{
	uint8_t out[1024];
	struct writer w = writer_of(out, sizeof(out));

	write_be16(&w, (uint16_t)(area.n + bad));
	write_bytes(&w, area);
	return store(folder, name, &w);
}

static int
store_pem(const char *folder, const struct forge_key *key)
{
	unsigned char pem[2048];
	uint8_t der[700];
	struct writer spki = writer_of(der, sizeof(der));
	struct writer w = writer_of(pem, sizeof(pem));

	forge_key_spki(key, &spki);
	if (mbedtls_pem_write_buffer("-----BEGIN PUBLIC KEY-----\n",
		"-----END PUBLIC KEY-----\n", spki.p, spki.n, pem,
		sizeof(pem), &w.n) != 0)
		w.failed = true;
	w.n--; /* its NUL */
	return store(folder, "ak.pem", &w);
}

static int
forge(const struct plan *p, const char *folder)
{
	uint8_t area[700], parent[700], ak_name[80], ek_name[80];
	uint8_t attest[1024], sig[1024], pcrs[4096];
	struct writer w_area = writer_of(area, sizeof(area));
	struct writer w_parent = writer_of(parent, sizeof(parent));
	struct writer w_ak = writer_of(ak_name, sizeof(ak_name));
	struct writer w_ek = writer_of(ek_name, sizeof(ek_name));
	struct writer w_attest = writer_of(attest, sizeof(attest));
	struct writer w_sig = writer_of(sig, sizeof(sig));
	struct writer w_pcrs = writer_of(pcrs, sizeof(pcrs));
	struct forge_template ak = {p->attributes, p->name_alg, p->scheme,
	    p->scheme_hash};
	struct forge_template ek = {0x000300b2, HASH_SHA256, 0x0010, 0};
	struct forge_key key, ek_key;
	int bad = !forge_key_make(&key, (enum forge_kind)p->key) ||
	    !forge_key_make(&ek_key, FORGE_P256);

	if (bad) {
		fprintf(stderr, "forge-quote: no key can be made\n");
		return 1;
	}
	forge_key_area(&key, &ak, &w_area);
	forge_key_area(&ek_key, &ek, &w_parent);
	put_name(&w_ak, (enum hash)p->name_alg, writer_view(&w_area));
	put_name(&w_ek, HASH_SHA256, writer_view(&w_parent));
	put_attest(&w_attest, p, writer_view(&w_ak), writer_view(&w_ek));
	forge_key_sign(&key, (enum hash)p->sign_hash, writer_view(&w_attest),
	    &(struct forge_form){(uint16_t)p->sig_alg, (uint16_t)p->sig_hash,
		(enum forge_shape)p->sig_form},
	    &w_sig);
	if (p->flip != 0)
		attest[p->flip] ^= 1;
	put_file(&w_pcrs, p);

	bad = store_public(
		  folder, "ak.pub", writer_view(&w_area), p->no_size != 0) |
	    store_pem(folder, &key) | store(folder, "ek.pub", &w_parent) |
	    store(folder, "msg", &w_attest) | store(folder, "sig", &w_sig) |
	    store(folder, "pcrs", &w_pcrs);
	forge_key_free(&key);
	forge_key_free(&ek_key);
	return bad;
}

int
main(int argc, char **argv)
{
	struct plan plan = honest;
	bool list = argc == 2 && strcmp(argv[1], "list") == 0;

	for (size_t i = 0; i < FORGERIES; i++) {
		const struct forgery *f = &forgeries[i];

		if (list)
			printf("%s %d %s\n", f->name, f->exit, f->code);
		if (list || argc != 3 || strcmp(argv[1], f->name) != 0)
			continue;
		for (size_t k = 0; k < CHANGES; k++)
			change(&plan, f->change[k].at, f->change[k].value);
		if (crypto_init() != OK)
			return 1;
		return forge(&plan, argv[2]);
	}
	if (!list)
		fprintf(stderr, "forge-quote: see the head of its source\n");
	return !list;
}
