/* SPDX-License-Identifier: Apache-2.0 */
/* First inputs for the fuzzer of OCSP responses. */
#include "seeds.h"

#include "ocsp_forge.h"

enum { FROM = 1700000000, DAY = 86400, SERIAL = 3 };

static struct xf_key issuer, responder;

/* A response whole and as what is signed of it. */
static void
seed_both(const struct of_recipe *r)
{
	seed("ocsp", 0, of_make(r));
	seed("ocsp", 1, of_data(r));
	xf_reset();
}

static void
seed_answers(void)
{
	struct of_recipe r = of_sound("issuer", &issuer, SERIAL, FROM);

	for (int state = OF_GOOD; state <= OF_UNKNOWN; state++) {
		r.single[0].state = (enum of_state)state;
		r.single[0].revoked_at = FROM;
		r.single[0].reason = state;
		r.by_key = state == OF_REVOKED;
		seed_both(&r);
	}
	r.single[1] = r.single[0];
	r.single[1].hash = HASH_SHA384;
	r.single[1].no_next = true;
	r.count = 2;
	r.nonce = true;
	seed_both(&r);
	r.single[1].extension = true;
	r.single[1].critical = true;
	seed_both(&r);
}

static void
seed_certificates(void)
{
	struct xf_cert c = {.subject = "responder", .issuer = "issuer",
	    .key = &responder, .by = &issuer, .serial = 9, .from = FROM,
	    .until = FROM + 1000 * DAY, .ocsp_signing = true,
	    .nocheck = true};
	struct of_recipe r = of_sound("responder", &responder, SERIAL, FROM);

	r.cert[r.certs++] = xf_cert_make(&c);
	seed("ocsp", 0, of_make(&r));
	seed("ocsp", 2, xf_cert_content(&c));
	c.nocheck = false;
	c.usage = XF_SIGN;
	seed("ocsp", 2, xf_cert_content(&c));
	c.any_purpose = true;
	seed("ocsp", 2, xf_cert_content(&c));
	xf_reset();
}

bool
seeds_ocsp(void)
{
	if (!xf_key_new(&issuer, KEY_P256) ||
	    !xf_key_new(&responder, KEY_P256))
		return false;
	seed_answers();
	seed_certificates();
	seed("ocsp", 0, BYTES_LIT("\x30\x03\x0a\x01\x03"));
	xf_key_free(&issuer);
	xf_key_free(&responder);
	return true;
}
