/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded SPDM exchanges up to the measurements: the agreement, the turns,
 * the certificates; one thing wrong, one code.
 */
#include "testkit.h"

#include <string.h>

#include "spdm_rows.h"

/* The agreement. */
static void
version_1_3(struct talk *t)
{
	t->said[AT_VERSION].b[7] = 0x13;
	for (size_t i = AT_GET_CAPABILITIES; i < t->n; i++)
		t->said[i].b[0] = 0x13;
}

static void
version_not_offered(struct talk *t)
{
	t->said[AT_VERSION].b[7] = t->version == 0x11 ? 0x12 : 0x11;
}

static void
version_none(struct talk *t)
{
	t->said[AT_VERSION].b[5] = 0;
	t->said[AT_VERSION].n = 6;
}

static void
version_two(struct talk *t)
{
	struct said *s = &t->said[AT_VERSION];

	s->b[5] = 2;
	s->b[s->n++] = 0x00;
	s->b[s->n++] = 0x10;
}

static void
version_count(struct talk *t)
{
	t->said[AT_VERSION].b[5] = 2;
}

static void
version_of_get_version(struct talk *t)
{
	t->said[AT_GET_VERSION].b[0] = 0x11;
}

static void
version_in_between(struct talk *t)
{
	t->said[AT_CERTIFICATE].b[0] ^= 0x03;
}

static void
capabilities_short(struct talk *t)
{
	t->said[AT_CAPABILITIES].n--;
}

static void
capabilities_long(struct talk *t)
{
	t->said[AT_GET_CAPABILITIES].n += 4;
}

static void
asym_p521(struct talk *t)
{
	t->said[AT_NEGOTIATE].b[9] = 0x01;
	t->said[AT_ALGORITHMS].b[12] = 0;
	t->said[AT_ALGORITHMS].b[13] = 0x01;
}

static void
asym_two(struct talk *t)
{
	t->said[AT_ALGORITHMS].b[12] = 0x90;
}

static void
asym_not_offered(struct talk *t)
{
	t->said[AT_NEGOTIATE].b[8] = 0x10;
}

static void
hash_sha512(struct talk *t)
{
	t->said[AT_NEGOTIATE].b[12] = 0x07;
	t->said[AT_ALGORITHMS].b[16] = 0x04;
}

static void
hash_not_offered(struct talk *t)
{
	t->said[AT_NEGOTIATE].b[12] = 0x01;
}

static void
measurements_not_dmtf(struct talk *t)
{
	t->said[AT_ALGORITHMS].b[6] = 0x02;
}

static void
algorithms_length(struct talk *t)
{
	t->said[AT_ALGORITHMS].b[4]--;
}

static void
algorithms_tables(struct talk *t)
{
	t->said[AT_ALGORITHMS].b[2] = 5;
}

static void
algorithms_fixed(struct talk *t)
{
	t->said[AT_ALGORITHMS].b[37] = 0x10;
}

/* An extended asymmetric algorithm, chosen. */
static void
algorithms_extended(struct talk *t)
{
	struct said *s = &t->said[AT_ALGORITHMS];

	memmove(s->b + 40, s->b + 36, s->n - 36);
	s->n += 4;
	s->b[4] += 4;
	s->b[32] = 1;
}

/* One offered is no harm. */
static void
extended_offered(struct talk *t)
{
	struct said *s = &t->said[AT_NEGOTIATE];

	memmove(s->b + 36, s->b + 32, s->n - 32);
	s->n += 4;
	s->b[4] += 4;
	s->b[28] = 1;
}

static void
agreement_order(struct talk *t)
{
	struct said s = t->said[AT_GET_CAPABILITIES];

	t->said[AT_GET_CAPABILITIES] = t->said[AT_NEGOTIATE];
	t->said[AT_NEGOTIATE] = s;
}

static void
agreement_twice(struct talk *t)
{
	talk_say(t, AT_GET_DIGESTS, SAY_RESPONSE, "100400000001" "00VV");
	talk_say(t, AT_GET_DIGESTS, SAY_REQUEST, "10840000");
}

static void
agreement_error(struct talk *t)
{
	memcpy(t->said[AT_CAPABILITIES].b, "\x12\x7f\x03\x00", 4);
	t->said[AT_CAPABILITIES].n = 4;
}

/* Turns. */
static void
two_requests(struct talk *t)
{
	talk_drop(t, AT_DIGESTS);
	t->from--;
}

static void
two_responses(struct talk *t)
{
	talk_drop(t, AT_GET_CERTIFICATE_REST);
	t->from--;
}

static void
wrong_direction(struct talk *t)
{
	t->said[AT_GET_DIGESTS].direction = SAY_RESPONSE;
}

static void
wrong_answer(struct talk *t)
{
	t->said[AT_DIGESTS].b[1] = 0x02;
}

static void
unknown_request(struct talk *t)
{
	t->said[AT_GET_DIGESTS].b[1] = 0xe4; /* KEY_EXCHANGE */
}

static void
ends_open(struct talk *t)
{
	talk_say(t, t->n, SAY_REQUEST, "VVe00000");
}

static void
trailing(struct talk *t)
{
	t->said[AT_DIGESTS].n++;
}

static void
header_short(struct talk *t)
{
	t->said[AT_GET_DIGESTS].n = 3;
}

/* Certificates. */
static void
no_certificates(struct talk *t)
{
	for (int i = 0; i < 6; i++)
		talk_drop(t, AT_GET_DIGESTS);
	t->from -= 6;
}

static void
chain_given(struct talk *t)
{
	no_certificates(t);
	t->chain_given = true;
}

static void
chain_rest_missing(struct talk *t)
{
	talk_drop(t, AT_CERTIFICATE_REST);
	talk_drop(t, AT_GET_CERTIFICATE_REST);
	t->from -= 2;
}

static void
chain_begin_missing(struct talk *t)
{
	talk_drop(t, AT_CERTIFICATE);
	talk_drop(t, AT_GET_CERTIFICATE);
	t->from -= 2;
}

static void
chain_length(struct talk *t)
{
	t->said[AT_CERTIFICATE].b[8]++;
}

static void
chain_read_again(struct talk *t)
{
	struct said rest[4];

	memcpy(rest, &t->said[AT_GET_CERTIFICATE], sizeof(rest));
	for (size_t i = 0; i < 4; i++)
		*talk_say(t, AT_GET_ONE + i, 0, "") = rest[i];
	t->from += 4;
}

static void
digest_other(struct talk *t)
{
	t->said[AT_DIGESTS].b[20] ^= 1;
}

static void
root_hash_other(struct talk *t)
{
	t->said[AT_CERTIFICATE].b[12] ^= 1;
}

static void
no_digests(struct talk *t)
{
	talk_drop(t, AT_DIGESTS);
	talk_drop(t, AT_GET_DIGESTS);
	t->from -= 2;
}

/* The first certificate begins behind header, sizes and root hash. */
static void
cert_tag(struct talk *t)
{
	t->said[AT_CERTIFICATE].b[8 + 4 + 48] = 0x31;
	no_digests(t);
}

static void
cert_length_form(struct talk *t)
{
	t->said[AT_CERTIFICATE].b[8 + 4 + 48 + 1] = 0x83;
	no_digests(t);
}

static void
cert_length(struct talk *t)
{
	t->said[AT_CERTIFICATE].b[8 + 4 + 48 + 3]++;
	no_digests(t);
}

static void
portion_past_request(struct talk *t)
{
	t->said[AT_GET_CERTIFICATE].b[7] = 0;
	t->said[AT_GET_CERTIFICATE].b[6] = 255;
}

static void
portion_of_other_slot(struct talk *t)
{
	t->said[AT_CERTIFICATE].b[2] = 1;
}

static void
slot_fifteen(struct talk *t)
{
	t->said[AT_GET_ALL].b[36] = 0x0f;
	t->said[AT_ALL].b[3] |= 0x0f;
}

static void
slot_other(struct talk *t)
{
	t->said[AT_GET_ALL].b[36] = 1;
	t->said[AT_ALL].b[3] |= 1;
}

static const struct spdm_row rows[] = {
    OF_BOTH("version_1_3", version_1_3, NULL, SPDM_VERSION),
    OF_BOTH("version_not_offered", version_not_offered, NULL, SPDM_VERSION),
    OF_BOTH("version_none", version_none, NULL, SPDM_MALFORMED),
    OF_BOTH("version_two", version_two, NULL, OK),
    OF_BOTH("version_count", version_count, NULL, SPDM_MALFORMED),
    OF_BOTH("version_of_get_version", version_of_get_version, NULL,
	SPDM_VERSION),
    OF_BOTH("version_in_between", version_in_between, NULL, SPDM_VERSION),
    OF_BOTH("capabilities_short", capabilities_short, NULL, SPDM_MALFORMED),
    OF_BOTH("capabilities_long", capabilities_long, NULL, SPDM_MALFORMED),
    OF_BOTH("asym_p521", asym_p521, NULL, SPDM_ALGORITHM),
    OF_BOTH("asym_two", asym_two, NULL, SPDM_ALGORITHM),
    OF_BOTH("asym_not_offered", asym_not_offered, NULL, SPDM_ALGORITHM),
    OF_BOTH("hash_sha512", hash_sha512, NULL, SPDM_ALGORITHM),
    OF_BOTH("hash_not_offered", hash_not_offered, NULL, SPDM_ALGORITHM),
    OF_BOTH("measurements_not_dmtf", measurements_not_dmtf, NULL,
	SPDM_ALGORITHM),
    OF_BOTH("algorithms_length", algorithms_length, NULL, SPDM_MALFORMED),
    OF_BOTH("algorithms_tables", algorithms_tables, NULL, SPDM_MALFORMED),
    OF_BOTH("algorithms_fixed", algorithms_fixed, NULL, SPDM_MALFORMED),
    OF_BOTH("algorithms_extended", algorithms_extended, NULL,
	SPDM_ALGORITHM),
    OF_BOTH("extended_offered", extended_offered, NULL, OK),
    OF_BOTH("agreement_order", agreement_order, NULL, SPDM_SEQUENCE),
    OF_BOTH("agreement_twice", NULL, agreement_twice, SPDM_VERSION),
    {"agreement_error", 0x12, agreement_error, NULL, SPDM_SEQUENCE},
    OF_BOTH("two_requests", two_requests, NULL, SPDM_SEQUENCE),
    OF_BOTH("two_responses", two_responses, NULL, SPDM_SEQUENCE),
    OF_BOTH("wrong_direction", wrong_direction, NULL, SPDM_SEQUENCE),
    OF_BOTH("wrong_answer", wrong_answer, NULL, SPDM_SEQUENCE),
    OF_BOTH("unknown_request", unknown_request, NULL, SPDM_SEQUENCE),
    OF_BOTH("ends_open", NULL, ends_open, SPDM_SEQUENCE),
    OF_BOTH("trailing", trailing, NULL, SPDM_MALFORMED),
    OF_BOTH("header_short", header_short, NULL, SPDM_MALFORMED),
    OF_BOTH("no_certificates", no_certificates, NULL, SPDM_CHAIN_MISSING),
    OF_BOTH("chain_given", chain_given, NULL, OK),
    OF_BOTH("chain_rest_missing", chain_rest_missing, NULL,
	SPDM_CHAIN_INCOMPLETE),
    OF_BOTH("chain_begin_missing", chain_begin_missing, NULL,
	SPDM_CHAIN_INCOMPLETE),
    OF_BOTH("chain_length", chain_length, NULL, SPDM_CHAIN_INCOMPLETE),
    OF_BOTH("chain_read_again", chain_read_again, NULL, OK),
    OF_BOTH("digest_other", digest_other, NULL, SPDM_CHAIN_DIGEST),
    OF_BOTH("root_hash_other", root_hash_other, NULL, SPDM_CHAIN_DIGEST),
    OF_BOTH("no_digests", no_digests, NULL, OK),
    OF_BOTH("cert_tag", cert_tag, NULL, CHAIN_MALFORMED),
    OF_BOTH("cert_length_form", cert_length_form, NULL, CHAIN_MALFORMED),
    OF_BOTH("cert_length", cert_length, NULL, CHAIN_MALFORMED),
    OF_BOTH("portion_past_request", portion_past_request, NULL,
	SPDM_MALFORMED),
    OF_BOTH("portion_of_other_slot", portion_of_other_slot, NULL,
	SPDM_MALFORMED),
    OF_BOTH("slot_fifteen", slot_fifteen, NULL, SPDM_CHAIN_MISSING),
    OF_BOTH("slot_other", slot_other, NULL, SPDM_CHAIN_MISSING),
};

int
main(void)
{
	return spdm_rows_run(
	    "SPDM exchanges: agreement", rows, COUNT(rows), NULL, 0);
}
