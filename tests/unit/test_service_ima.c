/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of measured files, sent in parts: what the service keeps of a
 * host between two reports is enough to go on from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "appraiser.h"
#include "ima_replay.h"
#include "world.h"

static struct world world;
static struct digest before; /* PCR 10 after the first part */
static uint8_t list[512];
static char folder[] = "/tmp/test_service_ima.XXXXXX";
static char db[64], policy[64];

/* boot_aggregate over the forge's PCRs, and a file. */
static void
first_part(struct forge *f)
{
	static const uint8_t file[32] = {1};
	struct writer l = writer_of(list, sizeof(list));
	uint8_t pcr[10][32];
	struct bytes parts[10];
	struct digest d;

	for (unsigned i = 0; i < 10; i++) {
		memset(pcr[i], (int)i + 1, 32);
		parts[i] = BYTES_OF(pcr[i]);
	}
	assert_int_equal(hash_parts(HASH_SHA256, parts, 10, &d), OK);
	forge_ima_file(&l, "boot_aggregate", digest_view(&d));
	forge_ima_file(&l, "/bin/a", BYTES_OF(file));
	f->ima = writer_view(&l);
	assert_int_equal(ima_end_value(f->ima, HASH_SHA256,
	                     bytes_view(NULL, 0), &before),
	    OK);
}

/* What came behind it. */
static void
second_part(struct forge *f)
{
	static const uint8_t file[32] = {2};
	struct writer l = writer_of(list, sizeof(list));

	first_part(f);
	l.n = 0;
	forge_ima_file(&l, "/bin/b", BYTES_OF(file));
	f->ima = writer_view(&l);
	f->ima_before = digest_view(&before);
}

static void
claim_second(struct forge *f)
{
	f->claims.has_ima_part = true;
	f->claims.ima_first = 2;
	f->claims.ima_start = digest_view(&before);
	f->claims.ima_total = 3;
}

/* One report about PART in session N; does it say that files are unseen? */
static bool
has_gap(struct appraiser *a, struct store *store, unsigned n, bool second)
{
	struct session s = {.state = SESSION_WAITING,
	    .created = world.time - 1,
	    .expiry = world.time + 100};
	struct fault fault = {0};
	sqlite3_stmt *row = NULL;
	sqlite3 *other = NULL;
	char *result = NULL;
	bool gap;

	world_reset(&world);
	world.forge.nonce[0] = (uint8_t)n;
	(second ? second_part : first_part)(&world.forge);
	assert_true(forge_build(&world.forge,
	    second ? FORGE_CLAIMS : FORGE_START,
	    second ? claim_second : NULL));
	(void)snprintf(s.id, sizeof(s.id), "00000000-0000-4000-8000-%012x", n);
	memcpy(s.nonce, world.forge.nonce, sizeof(s.nonce));
	assert_int_equal(store_session_add(store, &s), OK);
	assert_int_equal(
	    appraiser_run(a, &s, world.forge.out.p, world.forge.out.n,
	        world.time, &result, &fault),
	    OK);
	free(result);

	assert_int_equal(sqlite3_open(db, &other), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(other,
	        "SELECT instr(reasons, 'IMA_GAP') > 0,"
	        " instr(reasons, 'IMA_') > 0 FROM appraisals"
	        " ORDER BY id DESC LIMIT 1",
	        -1, &row, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	gap = sqlite3_column_int(row, 0) != 0;
	/* Nothing else is wrong with the lists. */
	assert_int_equal(sqlite3_column_int(row, 1), gap);
	(void)sqlite3_finalize(row);
	(void)sqlite3_close(other);
	return gap;
}

static void
test_parts(void **state)
{
	struct signing_key key = {.jwk = ""};
	struct appraiser_input in = {.key = &key, .policy = policy};
	struct appraiser *a = NULL;
	struct fault fault = {0};
	char path[64];
	bool changed;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/key", folder);
	assert_int_equal(key_load(path, &key, &fault), OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(store_open(db, STORE_CREATE, &store_limits, &in.store,
	                     &fault),
	    OK);
	assert_int_equal(appraiser_open(&in, &a, &fault), OK);

	/* A host is known by its key. */
	assert_true(forge_build(&world.forge, FORGE_START, NULL));
	assert_int_equal(
	    store_host_decide(in.store, world.forge.claims.ak_name.p,
	        world.forge.claims.ak_name.n, ASSAY_PINNED, world.time,
	        &changed),
	    OK);

	/* Before its beginning was seen, a part proves nothing. */
	assert_true(has_gap(a, in.store, 1, true));
	assert_false(has_gap(a, in.store, 2, false));
	assert_false(has_gap(a, in.store, 3, true));

	/* A new decision begins anew. */
	assert_int_equal(
	    store_host_decide(in.store, world.forge.claims.ak_name.p,
	        world.forge.claims.ak_name.n, ASSAY_REJECTED, world.time,
	        &changed),
	    OK);
	assert_int_equal(
	    store_host_decide(in.store, world.forge.claims.ak_name.p,
	        world.forge.claims.ak_name.n, ASSAY_PINNED, world.time,
	        &changed),
	    OK);
	assert_true(has_gap(a, in.store, 4, true));
	appraiser_close(a);
	store_close(in.store);
	key_free(&key);
}

static int
setup(void **state)
{
	FILE *f;

	(void)state;
	if (mkdtemp(folder) == NULL || !world_open(&world, KEY_P256))
		return -1;
	(void)snprintf(db, sizeof(db), "%s/db", folder);
	(void)snprintf(policy, sizeof(policy), "%s/policy", folder);
	if ((f = fopen(policy, "w")) == NULL)
		return -1;
	(void)fputs(forge_policy, f);
	return fclose(f);
}

static int
teardown(void **state)
{
	(void)state;
	world_close(&world);
	(void)unlink(db);
	(void)unlink(policy);
	return rmdir(folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests_name(
	    "service_ima", tests, setup, teardown);
}
