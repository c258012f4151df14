/* SPDX-License-Identifier: Apache-2.0 */
#include "forge.h"

#include <stdio.h>
#include <string.h>

#include "deflate.h"
#include "ima_replay.h"
#include "replay.h"

enum { ALG_ECC = 0x0023, ALG_NULL = 0x0010, ALG_ECDSA = 0x0018 };

const char forge_policy[] = "[policy]\n"
			    "name = forged\n"
			    "require-eventlog = no\n"
			    "require-device-signed = no\n"
			    "require-class = no\n"
			    "allow-software-tpm = no\n"
			    "allow-simulated = yes\n"
			    "allow-pinned = yes\n";

bool
forge_ak_new(struct forge_ak *ak, enum key_type type)
{
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;
	bool p256 = type == KEY_P256;
	size_t n = 0;

	*ak = (struct forge_ak){.type = type, .field = p256 ? 32 : 48};
	psa_set_key_type(
	    &at, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&at, p256 ? 256 : 384);
	psa_set_key_usage_flags(&at, PSA_KEY_USAGE_SIGN_HASH);
	psa_set_key_algorithm(
	    &at, PSA_ALG_ECDSA(p256 ? PSA_ALG_SHA_256 : PSA_ALG_SHA_384));
	if (crypto_init() != OK ||
	    psa_generate_key(&at, &ak->id) != PSA_SUCCESS ||
	    psa_export_public_key(ak->id, ak->point, sizeof(ak->point), &n) !=
		PSA_SUCCESS)
		return false;

	forge_ak_sound(ak);
	return true;
}

void
forge_ak_sound(struct forge_ak *ak)
{
	ak->name_alg = ak->type == KEY_P256 ? HASH_SHA256 : HASH_SHA384;
	ak->attributes = TPMA_FIXED_TPM | TPMA_FIXED_PARENT |
	    TPMA_SENSITIVE_DATA_ORIGIN | TPMA_USER_WITH_AUTH |
	    TPMA_RESTRICTED | TPMA_SIGN;
	ak->scheme = ALG_ECDSA;
	ak->scheme_hash = ak->name_alg;
	forge_ak_publish(ak);
}

void
forge_ak_publish(struct forge_ak *ak)
{
	struct writer w = writer_of(ak->wire, sizeof(ak->wire));
	struct tpm_public pub = {.name_alg = ak->name_alg};

	/* TPMT_PUBLIC (Part 2, 12.2.4): no policy, no symmetric, no KDF. */
	write_be16(&w, ALG_ECC);
	write_be16(&w, ak->name_alg);
	write_be32(&w, ak->attributes);
	write_be16(&w, 0);
	write_be16(&w, ALG_NULL);
	write_be16(&w, ak->scheme);
	if (ak->scheme != ALG_NULL)
		write_be16(&w, ak->scheme_hash);
	write_be16(&w, ak->type == KEY_P256 ? 3 : 4);
	write_be16(&w, ALG_NULL);
	for (size_t i = 0; i < 2; i++) {
		write_be16(&w, (uint16_t)ak->field);
		write_bytes(&w,
		    bytes_view(ak->point + 1 + i * ak->field, ak->field));
	}
	ak->wire_len = w.n;

	/* Only SHA-256 and SHA-384 make names that claims may carry. */
	pub.wire = writer_view(&w);
	if (name_of(&pub, &ak->name) != OK)
		ak->name.n = 0;
}

void
forge_ak_free(struct forge_ak *ak)
{
	psa_destroy_key(ak->id);
	ak->id = 0;
}

bool
forge_sign(const struct forge_ak *ak, struct bytes data, struct writer *w)
{
	enum hash alg = ak->type == KEY_P256 ? HASH_SHA256 : HASH_SHA384;
	uint8_t sig[96];
	struct digest d;
	size_t n = 0;

	if (hash_one(alg, data, &d) != OK ||
	    psa_sign_hash(ak->id,
		PSA_ALG_ECDSA(ak->type == KEY_P256 ? PSA_ALG_SHA_256
						   : PSA_ALG_SHA_384),
		d.b, d.n, sig, sizeof(sig), &n) != PSA_SUCCESS)
		return false;
	write_be16(w, ALG_ECDSA);
	write_be16(w, (uint16_t)alg);
	for (size_t i = 0; i < 2; i++) {
		write_be16(w, (uint16_t)ak->field);
		write_bytes(w, bytes_view(sig + i * ak->field, ak->field));
	}
	return !w->failed;
}

struct forge_attest
forge_attest_default(void)
{
	/* One bank, SHA-256, no PCR at all. */
	static const uint8_t selection[] = {
	    0, 0, 0, 1, 0, 0x0b, 3, 0, 0, 0};
	static const uint8_t digest[32];

	return (struct forge_attest){
	    .magic = TPM_GENERATED,
	    .type = TPM_ATTEST_QUOTE,
	    .clock = 1000000,
	    .reset_count = 5,
	    .restart_count = 1,
	    .safe = 1,
	    .firmware = UINT64_C(0x0001000200030004),
	    .selection = BYTES_OF(selection),
	    .pcr_digest = BYTES_OF(digest),
	};
}

static void
write_2b(struct writer *w, struct bytes b)
{
	write_be16(w, (uint16_t)b.n);
	write_bytes(w, b);
}

void
forge_attest_write(const struct forge_attest *a, struct writer *w)
{
	write_be32(w, a->magic);
	write_be16(w, a->type);
	write_2b(w, a->signer);
	write_2b(w, a->extra);
	write_be64(w, a->clock);
	write_be32(w, a->reset_count);
	write_be32(w, a->restart_count);
	write_u8(w, a->safe);
	write_be64(w, a->firmware);
	write_bytes(w, a->selection);
	write_2b(w, a->pcr_digest);
}

void
forge_selection_write(const struct pcr_selection *sel, struct writer *w)
{
	write_be32(w, (uint32_t)sel->count);
	for (size_t i = 0; i < sel->count; i++) {
		write_be16(w, (uint16_t)sel->bank[i].alg);
		write_u8(w, 3);
		for (unsigned k = 0; k < 3; k++)
			write_u8(w, (uint8_t)(sel->bank[i].mask >> 8 * k));
	}
}

bool
forge_open(struct forge *f, enum key_type type)
{
	memset(f, 0, sizeof(*f));
	if (!forge_ak_new(&f->ak, type) || !forge_board_new(&f->board))
		return false;
	forge_reset(f);
	return true;
}

void
forge_reset(struct forge *f)
{
	f->devices = 1;
	memset(f->board_of, 0, sizeof(f->board_of));
	f->devices_sign = false;
	f->flaw = FLAW_NONE;
	f->device_type = MEDIA_SIMULATED;
	f->eventlog = (struct bytes){NULL, 0};
	f->ima = f->ima_quoted = f->ima_before = (struct bytes){NULL, 0};
	f->send_pcrs = true;
	memset(f->nonce, 0x5a, sizeof(f->nonce));
	forge_ak_sound(&f->ak);
}

void
forge_close(struct forge *f)
{
	forge_ak_free(&f->ak);
	forge_board_free(&f->board);
}

struct bytes
forge_keep(struct forge *f, struct bytes b)
{
	uint8_t *at = write_space(&f->arena, b.n);

	if (at == NULL)
		return (struct bytes){NULL, 0};
	if (b.n > 0)
		memcpy(at, b.p, b.n);
	return bytes_view(at, b.n);
}

/* What has been written to the arena since START. */
static struct bytes
since(struct forge *f, size_t start)
{
	return bytes_view(f->arena.p + start, f->arena.n - start);
}

/* Other bytes in place of a part, in a buffer that each call overwrites. */
static uint8_t scratch[FORGE_BUF];

struct bytes
forge_flipped(struct bytes b, size_t at)
{
	memcpy(scratch, b.p, b.n);
	scratch[at] ^= 1;
	return bytes_view(scratch, b.n);
}

struct bytes
forge_longer(struct bytes b)
{
	memcpy(scratch, b.p, b.n);
	scratch[b.n] = 0;
	return bytes_view(scratch, b.n + 1);
}

struct bytes
forge_shorter(struct bytes b)
{
	return bytes_view(b.p, b.n - 1);
}

void
forge_resign(struct forge *f)
{
	size_t start = f->arena.n;

	if (!forge_sign(&f->ak, f->attest_wire, &f->arena))
		f->arena.failed = true;
	f->signature_wire = since(f, start);
}

/* An item with its whole record, which is what a digest covers. */
static void
add_item(struct forge *f, struct bytes label, const char *type,
    struct bytes value)
{
	struct evidence_item *it = &f->items[f->item_count++];
	size_t start = f->arena.n;

	*it = (struct evidence_item){.label = label,
	    .record = {.type_text = bytes_str(type),
		.value = value,
		.ind = CMW_EVIDENCE}};
	cmw_put_record(&f->arena, &it->record);
	it->record.whole = since(f, start);
}

/* One device: claims, and evidence when it signs. */
static bool
make_device(struct forge *f, size_t i)
{
	struct device_claims *d = &f->claims.devices[i];
	struct fact_list facts = {.n = 0};
	size_t start = f->arena.n;
	struct bytes value;

	snprintf(f->label[i], LABEL_MAX, "gpu-%zu", i);
	fact_add_uint(&facts, FACT_PCI_VENDOR, SOURCE_SIMULATED, 0x1234);
	facts_encode(&facts, &f->arena);
	*d = (struct device_claims){.label = bytes_str(f->label[i]),
	    .model = BYTES_LIT("forged"),
	    .facts = since(f, start)};
	if (!f->devices_sign)
		return true;

	if (evidence_device_nonce(BYTES_OF(f->nonce), name_view(&f->ak.name),
		d->label, f->device_nonce[i]) != OK)
		return false;
	start = f->arena.n;
	if (!forge_device_evidence(
		f->board_of[i] != NULL ? f->board_of[i] : &f->board,
		f->device_nonce[i], f->flaw, &f->arena))
		return false;
	value = since(f, start);
	d->nonce = BYTES_OF(f->device_nonce[i]);
	d->item = d->label;
	add_item(f, d->label, f->device_type, value);
	return true;
}

/* The list of files, and PCR 10 as its records lead to it. */
static bool
make_ima(struct forge *f)
{
	static uint8_t packed[FORGE_BUF];
	struct digest value;
	size_t n;

	if (f->ima.n == 0)
		return true;
	if (deflate_bytes(f->ima, packed, sizeof(packed), &n) != OK)
		return false;
	add_item(f, BYTES_LIT("ima"), MEDIA_IMA,
	    forge_keep(f, bytes_view(packed, n)));
	if (ima_end_value(f->ima_quoted.n > 0 ? f->ima_quoted : f->ima,
		HASH_SHA256, f->ima_before, &value) == OK)
		pcrs_set(&f->pcrs, HASH_SHA256, 10, digest_view(&value));
	return true;
}

static bool
make_log(struct forge *f)
{
	static uint8_t packed[FORGE_BUF];
	struct replay replay;
	size_t n;

	if (f->eventlog.n == 0)
		return true;
	if (deflate_bytes(f->eventlog, packed, sizeof(packed), &n) != OK)
		return false;
	add_item(f, BYTES_LIT("eventlog"), MEDIA_EVENTLOG,
	    forge_keep(f, bytes_view(packed, n)));

	/* A log that does not replay is a test's own business. */
	if (eventlog_replay(f->eventlog, &replay) == OK)
		for (unsigned i = 0; i < 16; i++)
			pcrs_set(&f->pcrs, HASH_SHA256, i,
			    pcrs_get(&replay.pcrs, HASH_SHA256, i));
	return true;
}

/* PCR 0 to 15 hold something, from the log or else made up. */
static void
make_pcrs(struct forge *f)
{
	for (unsigned i = 0; i < 16; i++) {
		uint8_t value[32];

		memset(value, (int)i + 1, sizeof(value));
		pcrs_set(&f->pcrs, HASH_SHA256, i, BYTES_OF(value));
	}
	f->selection = f->pcrs.have;
}

static bool
make_digests(struct forge *f)
{
	enum hash alg =
	    f->ak.type == KEY_P256 ? HASH_SHA256 : HASH_SHA384;
	struct claims *c = &f->claims;

	for (size_t i = 0; i < f->item_count; i++) {
		if (hash_one(alg, f->items[i].record.whole, &f->digest[i]) !=
		    OK)
			return false;
		c->digests[i] = (struct item_digest){f->items[i].label,
		    alg == HASH_SHA256 ? COSE_SHA256 : COSE_SHA384,
		    digest_view(&f->digest[i])};
	}
	c->digest_count = f->item_count;
	return true;
}

static bool
make_claims(struct forge *f)
{
	static const uint8_t zero[32];
	struct claims *c = &f->claims;

	c->iat = 1790000000;
	c->nonce = BYTES_OF(f->nonce);
	c->uptime = 3600;
	c->profile = BYTES_LIT(EVIDENCE_PROFILE_URI);
	c->device_count = f->devices;
	c->agent_name = BYTES_LIT("forge");
	c->agent_version = BYTES_LIT("1");
	c->ak_name = name_view(&f->ak.name);
	c->boot_id = bytes_view(zero, 16);
	c->monotonic_ms = 3600000;
	c->agent_digest = bytes_view(zero, 32);
	c->ueid = BYTES_OF(f->ueid);
	return evidence_ueid(c->ak_name, c->ek_name, f->ueid) == OK;
}

static bool
make_attest(struct forge *f)
{
	enum hash alg = f->ak.type == KEY_P256 ? HASH_SHA256 : HASH_SHA384;
	size_t start = f->arena.n;

	f->attest = forge_attest_default();
	if (evidence_binding(alg, f->claims_wire, &f->q) != OK ||
	    pcrs_digest(&f->pcrs, &f->selection, alg, &f->pcr_digest) != OK ||
	    qualified_name_primary(TPM_HIERARCHY_ENDORSEMENT,
		name_view(&f->ak.name), &f->signer) != OK)
		return false;
	forge_selection_write(&f->selection, &f->arena);
	f->attest.selection = since(f, start);
	f->attest.signer = name_view(&f->signer);
	f->attest.extra = digest_view(&f->q);
	f->attest.pcr_digest = digest_view(&f->pcr_digest);
	return true;
}

static bool
make_quote(struct forge *f)
{
	size_t start = f->arena.n;

	forge_attest_write(&f->attest, &f->arena);
	f->attest_wire = since(f, start);
	start = f->arena.n;
	if (!forge_sign(&f->ak, f->attest_wire, &f->arena))
		return false;
	f->signature_wire = since(f, start);
	f->public_wire = bytes_view(f->ak.wire, f->ak.wire_len);
	start = f->arena.n;
	pcrs_encode(&f->pcrs, &f->arena);
	f->pcrs_wire = since(f, start);
	return true;
}

static bool
put_together(struct forge *f)
{
	struct quote_parts parts = {f->attest_wire, f->signature_wire,
	    f->public_wire, {NULL, 0}};
	size_t start = f->arena.n;

	if (f->send_pcrs)
		parts.pcrs = f->pcrs_wire;
	quote_parts_encode(&parts, &f->arena);
	return evidence_encode(f->claims_wire, since(f, start), f->items,
		   f->item_count, &f->out) == OK;
}

/* Call the test's change if this is its stage. */
static void
at(struct forge *f, enum forge_stage now, enum forge_stage stage,
    void (*change)(struct forge *f))
{
	if (now == stage && change != NULL)
		change(f);
}

bool
forge_build(
    struct forge *f, enum forge_stage stage, void (*change)(struct forge *f))
{
	size_t start;

	f->arena = writer_of(f->arena_bytes, sizeof(f->arena_bytes));
	f->out = writer_of(f->out_bytes, sizeof(f->out_bytes));
	memset(&f->claims, 0, sizeof(f->claims));
	memset(&f->pcrs, 0, sizeof(f->pcrs));
	f->item_count = 0;

	at(f, FORGE_START, stage, change);
	for (size_t i = 0; i < f->devices; i++)
		if (!make_device(f, i))
			return false;
	if (!make_ima(f) || !make_log(f))
		return false;
	make_pcrs(f);
	at(f, FORGE_ITEMS, stage, change);
	if (!make_digests(f) || !make_claims(f))
		return false;
	at(f, FORGE_CLAIMS, stage, change);
	start = f->arena.n;
	claims_encode(&f->claims, &f->arena);
	f->claims_wire = since(f, start);
	at(f, FORGE_BOUND, stage, change);
	if (!make_attest(f))
		return false;
	at(f, FORGE_ATTEST, stage, change);
	if (!make_quote(f))
		return false;
	at(f, FORGE_SIGNED, stage, change);
	if (!put_together(f) || f->arena.failed)
		return false;
	at(f, FORGE_DONE, stage, change);
	return true;
}

struct bytes
forge_ek_public(const struct forge_ak *ak, uint16_t name_alg, uint16_t cipher,
    uint16_t bits, uint16_t mode, uint8_t *out, size_t cap)
{
	struct writer w = writer_of(out, cap);

	write_be16(&w, 0x0023); /* ECC */
	write_be16(&w, name_alg);
	write_be32(&w, TPMA_FIXED_TPM | TPMA_FIXED_PARENT |
		TPMA_SENSITIVE_DATA_ORIGIN | TPMA_RESTRICTED | TPMA_DECRYPT);
	write_be16(&w, 0); /* no policy */
	write_be16(&w, cipher);
	if (cipher != 0x0010) {
		write_be16(&w, bits);
		write_be16(&w, mode);
	}
	write_be16(&w, 0x0010); /* no scheme */
	write_be16(&w, ak->type == KEY_P384 ? 4 : 3);
	write_be16(&w, 0x0010); /* no kdf */
	write_be16(&w, (uint16_t)ak->field);
	write_bytes(&w, bytes_view(ak->point + 1, ak->field));
	write_be16(&w, (uint16_t)ak->field);
	write_bytes(&w, bytes_view(ak->point + 1 + ak->field, ak->field));
	return writer_view(&w);
}
