/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results as people, programs and relying parties get them: JSON of schema 1,
 * EAR (draft-ietf-rats-ear-04) as a JWT that verifies under the JWK.
 */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "crypto.h"
#include "verdict.h"
#include "world.h"

enum { ISSUED = 1790000000, TEXT = 256 * 1024 };

static struct world world;
static char text[TEXT], key_pem[1024], jwk[512];

static void
simulated(struct world *w)
{
	w->forge.devices_sign = true;
}

static void
refused(struct world *w)
{
	w->host.enrolment = ASSAY_REJECTED;
}

static void
unjudged(struct world *w)
{
	w->policy = NULL;
}

/* A result of the world as changed by HOW and CHANGE. */
static struct assay_result *
result(void (*how)(struct world *w), enum forge_stage stage,
    void (*change)(struct forge *f))
{
	struct assay_result *r;

	world_reset(&world);
	if (how != NULL)
		how(&world);
	r = world_verify(&world, stage, change);
	assert_non_null(r);
	return r;
}

static json_t *
as_json(const struct assay_result *r)
{
	json_t *all;
	long n = assay_result_write(r, ASSAY_JSON, NULL, text, sizeof(text));

	assert_in_range(n, 2, sizeof(text) - 1);
	assert_int_equal(strlen(text), n);
	assert_int_equal(text[n - 1], '\n');
	all = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(all);
	return all;
}

static const char *
get(const json_t *at, const char *key)
{
	const char *s = json_string_value(json_object_get(at, key));

	return s != NULL ? s : "";
}

static void
test_json_fields(void **state)
{
	struct assay_result *r = result(simulated, 0, NULL);
	json_t *all = as_json(r), *at;
	size_t i;

	(void)state;
	assert_int_equal(
	    json_integer_value(json_object_get(all, "schema")), 1);
	assert_string_equal(get(all, "verdict"), "warning");
	assert_int_equal(json_integer_value(json_object_get(all, "exit")), 2);
	assert_int_equal(strlen(get(all, "evidence_sha256")), 64);
	assert_int_equal(strlen(get(all, "policy_sha256")), 64);
	assert_true(json_is_object(json_object_get(all, "data")));
	assert_int_equal(
	    json_array_size(json_object_get(all, "reasons")), 1);
	json_array_foreach(json_object_get(all, "reasons"), i, at) {
		assert_string_equal(get(at, "code"), "SIMULATED");
		assert_string_equal(get(at, "where"), "gpu-0");
		assert_true(*get(at, "detail") != '\0');
	}
	assert_true(
	    json_array_size(json_object_get(all, "not_checked")) > 0);
	json_array_foreach(json_object_get(all, "not_checked"), i, at) {
		assert_true(*get(at, "code") != '\0');
		assert_true(*get(at, "why") != '\0');
	}
	json_decref(all);
	assay_result_free(r);
}

/* Too little room: the length that is needed, nothing past the end. */
static void
test_room(void **state)
{
	static const enum assay_format formats[] = {
	    ASSAY_TEXT, ASSAY_JSON, ASSAY_EAR_JWT};
	struct assay_signing s = {key_pem, ISSUED, "test", NULL};
	struct assay_result *r = result(NULL, 0, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		long need = assay_result_write(
		    r, formats[i], &s, text, sizeof(text));
		size_t n = (size_t)need;

		assert_in_range(need, 1, sizeof(text) - 2);
		for (size_t cap = n - 1; cap <= n; cap++) {
			memset(text, 'e', n + 2);
			assert_int_equal(assay_result_write(r, formats[i], &s,
					     text, cap),
			    need);
			assert_int_equal(text[cap], 'e');
		}
		assert_int_equal(
		    assay_result_write(r, formats[i], &s, text, n + 1), need);
		assert_int_equal(strlen(text), n);
		assert_int_equal(
		    assay_result_write(r, formats[i], &s, NULL, 0), need);
	}
	assert_int_equal(assay_result_write(
			     r, ASSAY_EAR_JWT, NULL, text, sizeof(text)),
	    -1);
	assert_int_equal(assay_result_write(r, (enum assay_format)9, &s, text,
			     sizeof(text)),
	    -1);
	assay_result_free(r);
}

/* Text from evidence must not reach a terminal as it came. */
static void
hostile_name(struct forge *f)
{
	f->claims.agent_name =
	    BYTES_LIT("x\033[2J\nevidence: affirming\xc2\x9b\xe2\x80\xae");
	f->claims.devices[0].model = BYTES_LIT("m\n\033]0;x\a\r");
}

static void
n05_terminal(void **state)
{
	struct assay_result *r = result(refused, FORGE_CLAIMS, hostile_name);
	json_t *all;

	(void)state;
	assert_in_range(
	    assay_result_write(r, ASSAY_TEXT, NULL, text, sizeof(text)), 1,
	    sizeof(text) - 1);
	for (size_t i = 0; text[i] != '\0'; i++)
		assert_true(text[i] == '\n' ||
		    (text[i] >= 0x20 && text[i] <= 0x7e));
	assert_null(strstr(text, "\nevidence: affirming"));
	assert_non_null(strstr(text, "\\x1b[2J"));

	/* Programs get it whole. */
	all = as_json(r);
	assert_memory_equal(
	    get(json_object_get(all, "data"), "agent"), "x\033[2J\n", 6);
	json_decref(all);
	assay_result_free(r);
}

/* Split a compact JWS, check its signature under the JWK; the claims. */
static json_t *
open_jwt(const char *jwt)
{
	const char *dot1 = strchr(jwt, '.'), *dot2 = strrchr(jwt, '.');
	static uint8_t payload[TEXT];
	uint8_t sig[100], head[256], x[48], y[48];
	json_t *key = json_loads(jwk, 0, NULL), *h;
	struct public_key pub;
	struct digest d;
	ptrdiff_t n;

	assert_non_null(key);
	assert_string_equal(get(key, "kty"), "EC");
	assert_string_equal(get(key, "crv"), "P-384");
	assert_string_equal(get(key, "alg"), "ES384");
	assert_int_equal(
	    bytes_from_base64url(get(key, "x"), strlen(get(key, "x")), false,
		x, sizeof(x)),
	    48);
	assert_int_equal(
	    bytes_from_base64url(get(key, "y"), strlen(get(key, "y")), false,
		y, sizeof(y)),
	    48);
	assert_status(
	    key_from_point(KEY_P384, BYTES_OF(x), BYTES_OF(y), &pub), OK);

	assert_true(dot1 != NULL && dot2 != dot1);
	assert_status(hash_one(HASH_SHA384,
			  bytes_view(jwt, (size_t)(dot2 - jwt)), &d),
	    OK);
	n = bytes_from_base64url(
	    dot2 + 1, strlen(dot2 + 1), false, sig, sizeof(sig));
	assert_int_equal(n, 96);
	assert_status(verify_digest(&pub, SIG_ECDSA, HASH_SHA384,
			  digest_view(&d), bytes_view(sig, 96)),
	    OK);

	n = bytes_from_base64url(
	    jwt, (size_t)(dot1 - jwt), false, head, sizeof(head));
	assert_true(n > 0);
	h = json_loadb((const char *)head, (size_t)n, 0, NULL);
	assert_string_equal(get(h, "alg"), "ES384");
	assert_string_equal(get(h, "kid"), get(key, "kid"));
	json_decref(h);
	json_decref(key);
	n = bytes_from_base64url(dot1 + 1, (size_t)(dot2 - dot1 - 1), false,
	    payload, sizeof(payload));
	assert_true(n > 0);
	return json_loadb((const char *)payload, (size_t)n,
	    JSON_REJECT_DUPLICATES, NULL);
}

static json_t *
as_ear(const struct assay_result *r, const uint8_t *nonce)
{
	struct assay_signing s = {key_pem, ISSUED, "assay 0", nonce};
	json_t *ear;

	assert_in_range(
	    assay_result_write(r, ASSAY_EAR_JWT, &s, text, sizeof(text)), 1,
	    sizeof(text) - 1);
	ear = open_jwt(text);
	assert_non_null(ear);
	return ear;
}

static void
test_ear_claims(void **state)
{
	struct assay_result *r = result(simulated, 0, NULL);
	json_t *ear = as_ear(r, world.nonce), *submods, *host, *gpu, *vector;
	char nonce[64];

	(void)state;
	bytes_to_base64url(
	    bytes_view(world.nonce, NONCE_LEN), nonce, sizeof(nonce));
	assert_string_equal(
	    get(ear, "eat_profile"), "tag:ietf.org,2026:rats/ear#04");
	assert_string_equal(get(ear, "ear_status"), "warning");
	assert_string_equal(get(ear, "eat_nonce"), nonce);
	assert_int_equal(
	    json_integer_value(json_object_get(ear, "iat")), ISSUED);
	assert_string_equal(
	    get(json_object_get(ear, "ear_verifier_id"), "build"), "assay 0");
	assert_true(
	    *get(json_object_get(ear, "ear_verifier_id"), "developer") != 0);
	assert_true(json_is_object(json_object_get(ear, "assay.digests")));

	submods = json_object_get(ear, "submods");
	assert_int_equal(json_object_size(submods), 2);
	host = json_object_get(submods, "host");
	gpu = json_object_get(submods, "gpu-0");
	assert_string_equal(get(host, "ear_status"), "affirming");
	assert_string_equal(get(gpu, "ear_status"), "warning");
	/* N20: the nonce seen in the evidence itself. */
	assert_string_equal(get(host, "eat_nonce"), nonce);
	vector = json_object_get(host, "ear_trustworthiness_vector");
	assert_int_equal(json_integer_value(json_object_get(
			     vector, "instance-identity")),
	    2);
	assert_true(json_is_array(
	    json_object_get(host, "ear_appraisal_policy_ids")));
	assert_string_equal(json_string_value(json_array_get(
				json_object_get(gpu, "assay.reasons"), 0)),
	    "SIMULATED");
	json_decref(ear);
	assay_result_free(r);
}

static void
cut_one(struct forge *f)
{
	f->out.n--;
}

static void
bad_signature(struct forge *f)
{
	f->signature_wire = forge_flipped(f->signature_wire, 20);
}

/* The tiers: four words, and never better than the worst submodule. */
static void
test_ear_tiers(void **state)
{
	static const struct {
		void (*how)(struct world *w);
		enum forge_stage stage;
		void (*change)(struct forge *f);
		const char *tier;
	} rows[] = {
	    {NULL, 0, NULL, "affirming"},
	    {simulated, 0, NULL, "warning"},
	    {refused, 0, NULL, "contraindicated"},
	    {unjudged, 0, NULL, "none"},
	    {NULL, FORGE_DONE, cut_one, "contraindicated"},
	    {simulated, FORGE_SIGNED, bad_signature, "contraindicated"},
	};
	static const char *const order[] = {
	    "affirming", "warning", "none", "contraindicated"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct assay_result *r =
		    result(rows[i].how, rows[i].stage, rows[i].change);
		json_t *ear = as_ear(r, NULL), *at;
		const char *label;
		size_t whole = 0, part;

		assert_string_equal(get(ear, "ear_status"), rows[i].tier);
		assert_null(json_object_get(ear, "eat_nonce"));
		while (strcmp(order[whole], rows[i].tier) != 0)
			whole++;
		json_object_foreach(
		    json_object_get(ear, "submods"), label, at) {
			for (part = 0; strcmp(order[part],
					   get(at, "ear_status")) != 0;
			     part++)
				;
			assert_true(part <= whole);
		}
		json_decref(ear);
		assay_result_free(r);
	}
}

/* Devices of a host whose quote does not hold are not called good. */
static void
test_unreached_devices(void **state)
{
	struct assay_result *r =
	    result(simulated, FORGE_SIGNED, bad_signature);
	json_t *ear = as_ear(r, NULL);
	json_t *submods = json_object_get(ear, "submods");

	(void)state;
	assert_string_not_equal(
	    get(json_object_get(submods, "gpu-0"), "ear_status"),
	    "affirming");
	assert_int_equal(
	    json_integer_value(json_object_get(
		json_object_get(json_object_get(submods, "host"),
		    "ear_trustworthiness_vector"),
		"instance-identity")),
	    99);
	json_decref(ear);
	assay_result_free(r);
}

/* The same bundle under a P-384 key, with SHA-384 throughout. */
static void
test_p384(void **state)
{
	static struct world strong;
	struct assay_result *r;

	(void)state;
	assert_true(world_open(&strong, KEY_P384));
	r = world_verify(&strong, 0, NULL);
	assert_non_null(r);
	assert_int_equal(assay_result_exit(r), 0);
	assay_result_free(r);
	strong.forge.devices_sign = true;
	r = world_verify(&strong, 0, NULL);
	assert_non_null(r);
	assert_int_equal(assay_result_exit(r), 2);
	assert_true(world_has(r, SIMULATED));
	assay_result_free(r);
	r = world_verify(&strong, FORGE_SIGNED, bad_signature);
	assert_non_null(r);
	assert_true(world_has(r, SIGNATURE_INVALID));
	assay_result_free(r);
	world_close(&strong);
}

static void
store_broken(struct world *w)
{
	w->host_rc = -1;
}

/* Our own trouble is no contraindication: AR4SI has -1 for it. */
static void
test_own_trouble(void **state)
{
	struct assay_result *r = result(store_broken, 0, NULL);
	json_t *ear = as_ear(r, NULL);
	json_t *host =
	    json_object_get(json_object_get(ear, "submods"), "host");

	(void)state;
	assert_string_equal(get(host, "ear_status"), "none");
	assert_int_equal(
	    json_integer_value(json_object_get(
		json_object_get(host, "ear_trustworthiness_vector"),
		"instance-identity")),
	    -1);
	json_decref(ear);
	assay_result_free(r);
}

/* What may be remembered about a host, and when. */
static void
test_host_record(void **state)
{
	struct assay_result *r = result(NULL, 0, NULL);
	struct assay_host host;

	(void)state;
	assert_int_equal(assay_result_host(r, &host), 1);
	assert_int_equal(host.has_tpm_state, 1);
	assert_int_equal(host.reset_count, 5);
	assert_int_equal(host.ak_name_len, 34);
	assay_result_free(r);

	/* Rejected: verified, but nothing moves forward. */
	r = result(refused, 0, NULL);
	assert_int_equal(assay_result_host(r, &host), 1);
	assert_int_equal(host.has_tpm_state, 0);
	assay_result_free(r);

	/* Not verified: nothing to remember. */
	r = result(NULL, FORGE_SIGNED, bad_signature);
	assert_int_equal(assay_result_host(r, &host), 0);
	assay_result_free(r);
	assay_result_free(NULL);
}

static void
is_enrolled(struct world *w)
{
	w->host.enrolment = ASSAY_ENROLLED;
}

/* Only of an enrolled host the endorsement key's certificate was looked at. */
static void
test_enrolled(void **state)
{
	struct assay_result *r = result(is_enrolled, 0, NULL);

	(void)state;
	assert_false(r->not_checked[CHECK_ENDORSEMENT]);
	assert_true(r->not_checked[CHECK_REVOCATION]);
	assert_int_equal(
	    r->subjects[0].trust[TRUST_IDENTITY], TRUST_AFFIRMING);
	assay_result_free(r);
	r = result(NULL, 0, NULL);
	assert_true(r->not_checked[CHECK_ENDORSEMENT]);
	assay_result_free(r);
}

/* Keys: what is generated is taken, and nothing else is. */
static void
test_keys(void **state)
{
	char bad[1024];

	(void)state;
	assert_int_equal(
	    assay_key(ASSAY_KEY_JWK, key_pem, jwk, sizeof(jwk)), strlen(jwk));
	assert_true(assay_key(ASSAY_KEY_NEW, NULL, NULL, 0) > 0);
	assert_true(assay_key(ASSAY_KEY_JWK, key_pem, bad, 10) > 10);
	assert_int_equal(assay_key(ASSAY_KEY_JWK, "", bad, sizeof(bad)), -1);
	assert_int_equal(assay_key(ASSAY_KEY_JWK, "-----BEGIN EC PRIVATE KEY-----\n"
					  "-----END EC PRIVATE KEY-----\n",
			     bad, sizeof(bad)),
	    -1);

	/* Another public point behind the same scalar. */
	for (size_t i = 40; i < strlen(key_pem) - 40; i += 7) {
		strcpy(bad, key_pem);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		if (strcmp(bad, key_pem) != 0)
			assert_int_equal(
			    assay_key(ASSAY_KEY_JWK, bad, text, sizeof(text)), -1);
	}
}

/* A TEE's report: [provider, generation, outblob, ? auxblob]. */
static struct bytes tee;

static void
carry_tee(struct forge *f)
{
	struct evidence_item item = {.label = BYTES_LIT(LABEL_TEE)};
	uint8_t buf[512];
	struct writer w = writer_of(buf, sizeof(buf));

	item.record.type_text = BYTES_LIT(MEDIA_TEE);
	item.record.value = tee;
	item.record.ind = CMW_EVIDENCE;
	cmw_put_record(&w, &item.record);
	item.record.whole = forge_keep(f, writer_view(&w));
	f->items[f->item_count++] = item;
}

/* It is bound, shown by its provider and size, and never appraised. */
static void
test_tee(void **state)
{
	const struct {
		struct bytes value;
		const char *shown, *provider;
	} rows[] = {
	    {BYTES_LIT("\x83\x65guest\x01\x43rep"), "3 of them by guest",
		"guest"},
	    {BYTES_LIT("\x84\x65guest\x02\x43rep\x42zz"),
		"3 of them by guest", "guest"},
	    {BYTES_LIT("\x83\x63g\x1bm\x01\x43rep"), "by g\\x1bm", "g\x1bm"},
	    {BYTES_LIT("\x82\x65guest\x01"), NULL, ""},
	    {BYTES_LIT("\x85\x65guest\x01\x40\x40\x40"), NULL, ""},
	    {BYTES_LIT("\x83\x01\x65guest\x43rep"), NULL, ""},
	    {BYTES_LIT("\x83\x65guest\x01\x43rep0"), NULL, ""},
	    {BYTES_LIT("report"), NULL, ""},
	};

	struct assay_result *r = result(NULL, 0, NULL);

	(void)state;
	assert_false(r->not_checked[CHECK_TEE]);
	assay_result_free(r);
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *all;

		tee = rows[i].value;
		r = result(NULL, FORGE_ITEMS, carry_tee);
		assert_int_equal(assay_result_exit(r), 0);
		assert_true(r->not_checked[CHECK_TEE]);
		assay_result_free(r);

		r = assay_check(NULL, ASSAY_BUNDLE, &(struct assay_check){
		    .evidence = {world.forge.out.p, world.forge.out.n}});
		assert_non_null(r);
		all = json_object_get(r->data, "items");
		assert_int_equal(json_array_size(all), 1);
		assert_string_equal(
		    get(json_array_get(all, 0), "provider"), rows[i].provider);
		assert_in_range(assay_result_write(r, ASSAY_TEXT, NULL, text,
				    sizeof(text)),
		    1, sizeof(text) - 1);
		assert_non_null(strstr(text, LABEL_TEE));
		if (rows[i].shown != NULL)
			assert_non_null(strstr(text, rows[i].shown));
		else
			assert_null(strstr(text, "of them by"));
		assert_null(strchr(text, '\x1b'));
		assay_result_free(r);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_json_fields),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_tee),
	    cmocka_unit_test(n05_terminal),
	    cmocka_unit_test(test_ear_claims),
	    cmocka_unit_test(test_ear_tiers),
	    cmocka_unit_test(test_unreached_devices),
	    cmocka_unit_test(test_p384),
	    cmocka_unit_test(test_own_trouble),
	    cmocka_unit_test(test_host_record),
	    cmocka_unit_test(test_enrolled),
	    cmocka_unit_test(test_keys),
	};
	int rc;

	if (!world_open(&world, KEY_P256) ||
	    assay_key(ASSAY_KEY_NEW, NULL, key_pem, sizeof(key_pem)) <= 0 ||
	    assay_key(ASSAY_KEY_JWK, key_pem, jwk, sizeof(jwk)) <= 0)
		return 1;
	rc = cmocka_run_group_tests_name("result", tests, NULL, NULL);
	world_close(&world);
	return rc;
}
