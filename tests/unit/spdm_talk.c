/* SPDX-License-Identifier: Apache-2.0 */
#include "spdm_talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "dcbor.h"
#include "testkit.h"

enum { HASH_LEN = 48, FIRST_PORTION = 256 };

/* Two blocks: index 1 a digest of four bytes, index 2 raw firmware version. */
#define BLOCK_ONE "01010700010400" "6669726d"
#define BLOCK_TWO "02010500860200" "0102"

#define ZEROS_12 "000000000000000000000000"
#define TABLES_ASKED "02200100" "03200100" "04200100" "05200100"
#define TABLES "02200000" "03200000" "04200000" "05200000"

static void
put_digits(struct said *s, uint8_t version, const char *digits)
{
	char text[2 * SAID_MAX + 1];

	assert_true(strlen(digits) < sizeof(text));
	snprintf(text, sizeof(text), "%s", digits);
	for (char *v = text; (v = strstr(v, "VV")) != NULL;) {
		char hex[3];

		snprintf(hex, sizeof(hex), "%02x", version);
		memcpy(v, hex, 2);
	}
	s->n = kit_hex(text, s->b, SAID_MAX).n;
}

struct said *
talk_say(struct talk *t, size_t at, uint8_t direction, const char *digits)
{
	struct said *s = &t->said[at];

	assert_true(t->n < TALK_MAX && at <= t->n);
	memmove(s + 1, s, (t->n - at) * sizeof(*s));
	t->n++;
	memset(s, 0, sizeof(*s));
	s->direction = direction;
	put_digits(s, t->version, digits);
	return s;
}

void
talk_drop(struct talk *t, size_t at)
{
	t->n--;
	memmove(&t->said[at], &t->said[at + 1],
	    (t->n - at) * sizeof(t->said[0]));
}

static void
add(struct said *s, struct bytes b)
{
	assert_true(s->n + b.n <= SAID_MAX);
	memcpy(s->b + s->n, b.p, b.n);
	s->n += b.n;
}

static void
say_agreement(struct talk *t)
{
	bool old = t->version == 0x11;

	talk_say(t, t->n, SAY_REQUEST, "10840000");
	talk_say(t, t->n, SAY_RESPONSE, "100400000001" "00VV");
	talk_say(t, t->n, SAY_REQUEST,
	    old ? "11e1000000000000c6f70000"
		: "12e1000000000000c6f700000012000000800200");
	talk_say(t, t->n, SAY_RESPONSE,
	    old ? "1161000000000000f7fb0000"
		: "1261000000000000f7fb1a000012000000800200");
	talk_say(t, t->n, SAY_REQUEST,
	    "VVe30400" "3000" "0100" "90000000" "03000000" ZEROS_12
	    "00000000" TABLES_ASKED);
	talk_say(t, t->n, SAY_RESPONSE,
	    "VV630400" "3400" "0100" "04000000" "80000000" "02000000" ZEROS_12
	    "00000000" TABLES);
}

/* Certificate chain format: Length, reserved, RootHash, root, leaf. */
static struct bytes
make_chain(const struct forge_board *b, uint8_t *out, size_t cap)
{
	struct writer w = writer_of(out, cap);
	struct digest d;

	assert_int_equal(
	    hash_one(HASH_SHA384, bytes_view(b->root, b->root_len), &d), OK);
	write_le16(&w, (uint16_t)(4 + HASH_LEN + b->root_len + b->leaf_len));
	write_le16(&w, 0);
	write_bytes(&w, digest_view(&d));
	write_bytes(&w, bytes_view(b->root, b->root_len));
	write_bytes(&w, bytes_view(b->leaf, b->leaf_len));
	assert_false(w.failed);
	return writer_view(&w);
}

/* CERTIFICATE with N bytes at AT of the chain. */
static void
say_portion(struct talk *t, struct bytes chain, size_t at, size_t n)
{
	struct said *s = talk_say(t, t->n, SAY_RESPONSE, "VV020000");
	uint8_t sizes[4];
	struct writer w = writer_of(sizes, sizeof(sizes));

	write_le16(&w, (uint16_t)n);
	write_le16(&w, (uint16_t)(chain.n - at - n));
	add(s, writer_view(&w));
	add(s, bytes_sub(chain, at, n));
}

static void
say_certificates(struct talk *t)
{
	uint8_t room[2 * FORGE_CERT_MAX + 64];
	struct bytes chain = make_chain(t->board, room, sizeof(room));
	struct digest d;

	talk_say(t, t->n, SAY_REQUEST, "VV810000");
	assert_int_equal(hash_one(HASH_SHA384, chain, &d), OK);
	add(talk_say(t, t->n, SAY_RESPONSE, "VV010001"), digest_view(&d));
	talk_say(t, t->n, SAY_REQUEST, "VV820000" "0000" "0001");
	say_portion(t, chain, 0, FIRST_PORTION);
	talk_say(t, t->n, SAY_REQUEST, "VV820000" "0001" "ffff");
	say_portion(t, chain, FIRST_PORTION, chain.n - FIRST_PORTION);
}

/* MEASUREMENTS with BLOCKS, a nonce of the device, no opaque data. */
static void
say_blocks(struct talk *t, const char *count, const char *blocks)
{
	static const uint8_t fresh[32] = {7};
	static const uint8_t no_opaque[2];
	uint8_t room[SAID_MAX], length[3];
	struct bytes record = kit_hex(blocks, room, sizeof(room));
	struct writer w = writer_of(length, sizeof(length));
	char head[16];
	struct said *s;

	snprintf(head, sizeof(head), "VV600000%s", count);
	s = talk_say(t, t->n, SAY_RESPONSE, head);
	write_le16(&w, (uint16_t)record.n);
	write_u8(&w, 0);
	add(s, writer_view(&w));
	add(s, record);
	add(s, BYTES_OF(fresh));
	add(s, BYTES_OF(no_opaque));
}

void
talk_measure(struct talk *t, const char *blocks)
{
	static const uint8_t slot[1];
	struct said *s = talk_say(t, t->n, SAY_REQUEST, "VVe001ff");

	add(s, BYTES_OF(t->nonce));
	add(s, BYTES_OF(slot));
	say_blocks(t, "02", blocks);
}

void
talk_start(struct talk *t, const struct forge_board *board, uint8_t version)
{
	t->board = board;
	t->version = version;
	t->chain_given = false;
	t->n = 0;
	memset(t->nonce, 0x5a, sizeof(t->nonce));
	say_agreement(t);
	say_certificates(t);
	talk_say(t, t->n, SAY_REQUEST, "VVe00001");
	say_blocks(t, "01", BLOCK_ONE);
	talk_measure(t, BLOCK_ONE BLOCK_TWO);
	t->from = AT_GET_ONE;
	assert_int_equal(t->n, AT_END);
}

/* The tests' own account of what is signed, apart from the verifier's. */
bool
talk_digest(const struct talk *t, enum hash alg, struct digest *out)
{
	static uint8_t all[TALK_WIRE];
	struct writer w = writer_of(all, sizeof(all)), outer;
	struct digest inner;
	uint8_t text[100 + HASH_MAX];

	for (size_t i = 0; t->version != 0x11 && i <= AT_ALGORITHMS; i++)
		write_bytes(&w, bytes_view(t->said[i].b, t->said[i].n));
	for (size_t i = t->from; i < t->n; i++)
		if (!t->said[i].aside)
			write_bytes(
			    &w, bytes_view(t->said[i].b, t->said[i].n));
	if (t->version == 0x11)
		return hash_one(alg, writer_view(&w), out) == OK;

	if (hash_one(alg, writer_view(&w), &inner) != OK)
		return false;
	outer = writer_of(text, sizeof(text));
	write_str(&outer, "dmtf-spdm-v1.2.*dmtf-spdm-v1.2.*");
	write_str(&outer, "dmtf-spdm-v1.2.*dmtf-spdm-v1.2.*");
	write_be32(&outer, 0);
	write_be16(&outer, 0);
	write_str(&outer, "responder-measurements signing");
	write_bytes(&outer, digest_view(&inner));
	return hash_one(alg, writer_view(&outer), out) == OK;
}

bool
talk_sign(struct talk *t)
{
	struct digest d;
	uint8_t sig[96];
	size_t n;

	if (!talk_digest(t, HASH_SHA384, &d) ||
	    psa_sign_hash(t->board->key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), d.b,
		d.n, sig, sizeof(sig), &n) != PSA_SUCCESS)
		return false;
	add(&t->said[t->n - 1], bytes_view(sig, n));
	return true;
}

/* One message with what carries it, in place. */
static void
carry(struct said *s, enum talk_how how)
{
	uint8_t whole[SAID_MAX];
	struct writer w = writer_of(whole, sizeof(whole));
	size_t words = (s->n + 3) / 4;

	if (how == TALK_MCTP) {
		write_u8(&w, 0x05);
	} else {
		write_le16(&w, 1);
		write_le16(&w, 1);
		write_le32(&w, (uint32_t)(words + 2));
	}
	write_bytes(&w, bytes_view(s->b, s->n));
	while (how == TALK_DOE && w.n < 8 + 4 * words)
		write_u8(&w, 0);
	assert_false(w.failed);
	s->n = 0;
	add(s, writer_view(&w));
}

void
talk_carry(struct talk *t, enum talk_how how)
{
	for (size_t i = 0; i < t->n; i++)
		carry(&t->said[i], how);
}

struct bytes
talk_wire(struct talk *t)
{
	struct writer w = writer_of(t->wire, sizeof(t->wire));

	dcbor_put_map(&w, t->chain_given ? 3 : 2);
	dcbor_put_uint(&w, 0);
	dcbor_put_uint(&w, 1);
	dcbor_put_uint(&w, 1);
	dcbor_put_array(&w, t->n);
	for (size_t i = 0; i < t->n; i++) {
		dcbor_put_array(&w, 2);
		dcbor_put_uint(&w, t->said[i].direction);
		dcbor_put_bstr(&w, bytes_view(t->said[i].b, t->said[i].n));
	}
	if (t->chain_given) {
		dcbor_put_uint(&w, 2);
		dcbor_put_array(&w, 2);
		dcbor_put_bstr(
		    &w, bytes_view(t->board->leaf, t->board->leaf_len));
		dcbor_put_bstr(
		    &w, bytes_view(t->board->root, t->board->root_len));
	}
	assert_false(w.failed);
	return writer_view(&w);
}

/* One line: {"dir": "req", "command": "0x1", "payload": "0510840000"}. */
static void
load_line(struct talk *t, const char *line, size_t n)
{
	json_t *all = json_loadb(line, n, 0, NULL);
	const char *command, *dir, *payload;

	assert_int_equal(json_unpack(all, "{s:s,s:s,s:s}", "command", &command,
			     "dir", &dir, "payload", &payload),
	    0);
	/* Other commands are the emulator's own, not SPDM. */
	if (strcmp(command, "0x1") == 0)
		talk_say(t, t->n,
		    strcmp(dir, "req") == 0 ? SAY_REQUEST : SAY_RESPONSE,
		    payload);
	json_decref(all);
}

bool
talk_load(struct talk *t, const char *name)
{
	char path[128];
	struct bytes file;
	const char *at, *end;

	snprintf(path, sizeof(path), "spdm/%s", name);
	if ((file = kit_sample(path)).p == NULL)
		return false;
	t->chain_given = false;
	t->n = 0;
	at = (const char *)file.p;
	for (; (end = strchr(at, '\n')) != NULL; at = end + 1)
		load_line(t, at, (size_t)(end - at));
	free((void *)(uintptr_t)file.p);
	return t->n > 0;
}
