/* SPDX-License-Identifier: Apache-2.0 */
#include "cose.h"

#include "dcbor.h"

static const struct {
	int64_t cose;
	enum key_type type;
	enum hash hash;
} algorithms[] = {
    {COSE_ES256, KEY_P256, HASH_SHA256},
    {COSE_ES384, KEY_P384, HASH_SHA384},
};

enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

enum status
cose_digest(enum hash alg, const struct cose_sign1 *msg, struct digest *out)
{
	uint8_t before[32], between[16];
	struct writer b = writer_of(before, sizeof(before));
	struct writer m = writer_of(between, sizeof(between));
	struct bytes part[4];

	/* ["Signature1", protected, external data (none), payload] */
	dcbor_put_array(&b, 4);
	dcbor_put_tstr(&b, bytes_str("Signature1"));
	dcbor_put_bstr_head(&b, msg->protected_header.n);
	dcbor_put_bstr_head(&m, 0);
	dcbor_put_bstr_head(&m, msg->payload.n);
	part[0] = writer_view(&b);
	part[1] = msg->protected_header;
	part[2] = writer_view(&m);
	part[3] = msg->payload;
	return hash_parts(alg, part, 4, out);
}

enum status
cose_verify(const struct cose_sign1 *msg, int64_t alg,
    const struct public_key *key, struct curves *curves)
{
	struct digest d;
	enum status st;

	for (size_t i = 0; i < ALGORITHMS; i++) {
		if (algorithms[i].cose != alg ||
		    algorithms[i].type != key->type)
			continue;
		st = cose_digest(algorithms[i].hash, msg, &d);
		if (st != OK)
			return st;
		return curves_verify(curves, key, SIG_ECDSA,
		    algorithms[i].hash, digest_view(&d), msg->signature);
	}
	return REFERENCE_ALGORITHM;
}
