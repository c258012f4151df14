/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSP responses.  The first byte chooses what the rest is: a whole file; the
 * part that is signed, which the issuer then signs; or the part that is signed
 * of a responder's certificate, which the issuer signs and the responder
 * answers with.
 */
#include "fuzz.h"

#include "chain.h"
#include "ocsp_forge.h"

enum { WAYS = 3, FROM = 1700000000, DAY = 86400, SERIAL = 3 };
enum { ISSUED = 2048 };

static struct xf_key issuer_key, leaf_key, responder_key;
static uint8_t store[2][ISSUED];
static struct bytes issuer, leaf;

static struct bytes
keep(const struct xf_cert *c, uint8_t to[ISSUED])
{
	struct bytes der = xf_cert_make(c);

	MUST(der.n <= ISSUED);
	memcpy(to, der.p, der.n);
	return bytes_view(to, der.n);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct xf_cert a = {.subject = "issuer", .issuer = "issuer",
	    .key = &issuer_key, .by = &issuer_key, .serial = 1,
	    .from = FROM, .until = FROM + 1000 * DAY, .ca = true};
	struct xf_cert b = {.subject = "leaf", .issuer = "issuer",
	    .key = &leaf_key, .by = &issuer_key, .serial = SERIAL,
	    .from = FROM, .until = FROM + 1000 * DAY};

	(void)argc;
	(void)argv;
	MUST(crypto_init() == OK);
	MUST(xf_key_new(&issuer_key, KEY_P256));
	MUST(xf_key_new(&leaf_key, KEY_P256));
	MUST(xf_key_new(&responder_key, KEY_P256));
	issuer = keep(&a, store[0]);
	leaf = keep(&b, store[1]);
	return 0;
}

static bool
has(struct bytes in, const char *what, size_t n)
{
	return memmem(in.p, in.n, what, n) != NULL;
}

/* Does it hold the OID id-kp-OCSPSigning? */
static bool
names_purpose(struct bytes in)
{
	return has(in, "\x2b\x06\x01\x05\x05\x07\x03\x09", 8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t time = FROM + DAY;
	struct bytes in = bytes_view(data + 1, size == 0 ? 0 : size - 1), file;
	const struct bytes certs[] = {leaf, issuer};
	struct of_recipe r;
	struct anchors *a;
	struct chain chain;
	int way;

	if (size == 0 || size > 16384)
		return 0;
	xf_reset();
	way = data[0] % WAYS;
	r = of_sound("issuer", &issuer_key, SERIAL, FROM);
	file = in;
	if (way == 1)
		file = of_around(&r, in);
	if (way == 2) {
		r.responder = "responder";
		r.signer = &responder_key;
		r.cert[r.certs++] = xf_signed(
		    &issuer_key, HASH_SHA384, in, XF_NONE);
		file = of_make(&r);
	}

	MUST((a = anchors_new(0)) != NULL);
	MUST(anchors_add(a, issuer) == OK);
	if (anchors_add_ocsp(a, file) == OK &&
	    chain_verify(a, certs, 2, &time, &chain) == OK &&
	    chain.revocation != REVOCATION_OF_NONE) {
		/* Who signed nothing vouches for nothing. */
		MUST(way != 0);
		MUST(way != 1 || has(in, "\x80\x00", 2));
		MUST(way != 2 || names_purpose(in));
	}
	anchors_free(a);
	return 0;
}
