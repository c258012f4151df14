/* SPDX-License-Identifier: Apache-2.0 */
/* The appraiser of the service, with evidence that is large when shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <assay/result.h>

#include "appraiser.h"
#include "claims.h"
#include "dcbor.h"

enum { FACT_SOURCES = 200, FACT_KEYS = 40, SPACE = 1 << 20 };

static uint8_t facts_space[64 * 1024], claims_space[SPACE], bundle[SPACE];

/* A table of facts that takes 3 bytes for what JSON needs a line for. */
static struct bytes
many_facts(void)
{
	struct writer w = writer_of(facts_space, sizeof(facts_space));

	dcbor_put_map(&w, FACT_KEYS);
	for (uint64_t key = 0; key < FACT_KEYS; key++) {
		dcbor_put_uint(&w, 1000 + key);
		dcbor_put_map(&w, FACT_SOURCES);
		for (uint64_t source = 0; source < FACT_SOURCES; source++) {
			dcbor_put_uint(&w, 24 + source);
			dcbor_put_uint(&w, 0);
		}
	}
	assert_false(w.failed);
	return writer_view(&w);
}

/* TPMT_PUBLIC of a P-256 key: the generator (FIPS 186-4, D.1.2.3). */
static const uint8_t public_area[] = {0x00, 0x23, 0x00, 0x0b, 0x00, 0x05, 0x00,
    0x72, 0x00, 0x00, 0x00, 0x10, 0x00, 0x18, 0x00, 0x0b, 0x00, 0x03, 0x00,
    0x10, 0x00, 0x20, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8,
    0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d,
    0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x00,
    0x20, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
    0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e,
    0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

/* Evidence that decodes and proves nothing: anyone can send it. */
static struct bytes
large_evidence(void)
{
	static const uint8_t zero[64], name[34] = {0x00, 0x0b};
	struct writer wc = writer_of(claims_space, SPACE);
	struct writer wb = writer_of(bundle, SPACE);
	struct claims *c = calloc(1, sizeof(*c));
	char label[DEVICES_MAX][16];
	uint8_t quote[256];
	struct writer wq = writer_of(quote, sizeof(quote));
	const struct quote_parts parts = {
	    .attest = bytes_view(zero, 8),
	    .signature = bytes_view(zero, 8),
	    .ak_public = BYTES_OF(public_area)};

	assert_non_null(c);
	c->nonce = c->agent_digest = bytes_view(zero, 32);
	c->ueid = bytes_view(zero, 33);
	c->boot_id = bytes_view(zero, 16);
	c->profile = BYTES_LIT(EVIDENCE_PROFILE_URI);
	c->agent_name = c->agent_version = BYTES_LIT("x");
	c->ak_name = BYTES_OF(name);
	for (size_t i = 0; i < DEVICES_MAX; i++) {
		(void)snprintf(label[i], sizeof(label[i]), "%s-%zu",
		    i < GPUS_MAX ? "gpu" : "switch", i % GPUS_MAX);
		c->devices[i].label = bytes_str(label[i]);
		c->devices[i].model = BYTES_LIT("x");
		c->devices[i].facts = many_facts();
	}
	c->device_count = DEVICES_MAX;
	claims_encode(c, &wc);
	quote_parts_encode(&parts, &wq);
	assert_int_equal(evidence_encode(writer_view(&wc), writer_view(&wq),
	                     NULL, 0, &wb),
	    OK);
	free(c);
	return writer_view(&wb);
}

/* It is a result like any other, not a fault of the verifier. */
static void
test_large(void **state)
{
	struct session session = {
	    .id = "2b496f61-fbdc-40ce-945d-4092676eef61",
	    .state = SESSION_WAITING,
	    .created = 1000,
	    .expiry = 1150};
	struct signing_key key = {.jwk = ""};
	struct appraiser_input in = {.key = &key};
	char folder[] = "/tmp/test_appraiser.XXXXXX", path[64];
	struct appraiser *a = NULL;
	struct bytes evidence = large_evidence();
	struct fault fault = {0};
	char *result = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/key", folder);
	assert_int_equal(key_load(path, &key, &fault), OK);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof(path), "%s/db", folder);
	assert_int_equal(store_open(path, STORE_CREATE, &store_limits,
	                     &in.store, &fault),
	    OK);
	assert_int_equal(appraiser_open(&in, &a, &fault), OK);
	assert_int_equal(store_session_add(in.store, &session), OK);

	assert_int_equal(appraiser_run(a, &session, evidence.p, evidence.n,
	                     1001, &result, &fault),
	    OK);
	assert_non_null(result);

	free(result);
	appraiser_close(a);
	store_close(in.store);
	key_free(&key);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests_name("appraiser", tests, NULL, NULL);
}
