/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot logs of real machines: every PCR that somebody else worked out, in
 * every bank, and what was read from the TPM after the boot.
 */
#include "testkit.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_describe.h"
#include "quote_files.h"
#include "replay.h"

static struct replay replay;
static json_t *expected;

/* Lists of the sample are named by their folder there, ours by the file. */
static json_t *
find_expected(const char *file)
{
	const char *key;
	json_t *v;

	json_object_foreach(expected, key, v) {
		const char *slash = strrchr(key, '/');

		if (slash != NULL && strcmp(slash + 1, file) == 0)
			return v;
	}
	return NULL;
}

/* Every value that is given, and none that is not. */
static void
compare(json_t *want)
{
	const char *bank, *index;
	json_t *pcrs, *value;
	size_t count = 0;

	assert_int_equal(json_integer_value(json_object_get(want, "events")),
	    replay.events);
	json_object_foreach(json_object_get(want, "pcrs"), bank, pcrs) {
		enum hash alg = hash_from_name(bytes_str(bank));

		json_object_foreach(pcrs, index, value) {
			char hex[2 * HASH_MAX + 1];

			bytes_to_hex(pcrs_get(&replay.pcrs, alg,
					 (unsigned)atoi(index)), hex);
			assert_string_equal(hex, json_string_value(value));
			count++;
		}
	}
	assert_int_equal(count == 0, replay.touched == 0 &&
		!replay.has_locality);
}

/* Every description ends, and binds or does not bind, without complaint. */
static void
describe(struct bytes in)
{
	struct event_said said;
	struct eventlog log;
	struct event e;

	assert_status(eventlog_open(in, &log), OK);
	while (eventlog_next(&log, &e))
		for (uint32_t i = 0; i < log.algs; i++)
			assert_status(
			    event_describe(&e, log.alg[i].id, &said), OK);
	assert_status(log.st, OK);
}

static void
run_folder(const char *folder)
{
	char path[1024];
	struct dirent *d;
	size_t logs = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", getenv("ASSAY_SAMPLES"), folder);
	if ((dir = opendir(path)) == NULL)
		skip();
	while ((d = readdir(dir)) != NULL) {
		json_t *want = find_expected(d->d_name);
		struct bytes in;

		if (want == NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
		in = kit_sample(path);
		assert_status(eventlog_replay(in, &replay), OK);
		compare(want);
		describe(in);
		free((void *)(uintptr_t)in.p);
		logs++;
	}
	closedir(dir);
	assert_true(logs > 0);
}

static void
test_eventlogs(void **state)
{
	(void)state;
	run_folder("tpm/eventlogs");
}

static void
test_ima_logs(void **state)
{
	(void)state;
	run_folder("tpm/ima");
}

/* Not a log at all, though it looks like one for its first record. */
static void
test_not_a_log(void **state)
{
	struct bytes in = kit_sample("tpm/eventlogs/ek-template-default.bin");

	(void)state;
	if (in.p == NULL)
		skip();
	assert_status(eventlog_replay(in, &replay), EVENTLOG_MALFORMED);
	free((void *)(uintptr_t)in.p);
}

/* Logs of emulated machines, and the PCRs that they were read with. */
static void
test_boots(void **state)
{
	static const char *const boots[] = {"a_sboff", "b_cmdline", "c_ima",
	    "d_sbon_direct", "g_gpu", "g_gpu8_efirom"};
	static struct pcr_values values;

	(void)state;
	for (size_t i = 0; i < COUNT(boots); i++) {
		char path[128];
		struct bytes log, pcrs;
		unsigned wrong = 0;
		uint32_t later;

		snprintf(path, sizeof(path),
		    "boot/%s/binary_bios_measurements", boots[i]);
		log = kit_sample(path);
		snprintf(path, sizeof(path), "boot/%s/pcrs.txt", boots[i]);
		pcrs = kit_sample(path);
		if (log.p == NULL || pcrs.p == NULL)
			skip();
		assert_status(pcr_file_parse(pcrs, &values), OK);
		assert_status(eventlog_replay(log, &replay), OK);
		assert_int_equal(values.have.count, 4);
		assert_status(replay_compare(&replay, &values.have, &values,
				  &wrong, &later), OK);
		/* IMA's own, and nothing else. */
		assert_int_equal(later & ~(UINT32_C(1) << 10), 0);
		describe(log);
		free((void *)(uintptr_t)log.p);
		free((void *)(uintptr_t)pcrs.p);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_eventlogs),
	    cmocka_unit_test(test_ima_logs),
	    cmocka_unit_test(test_not_a_log),
	    cmocka_unit_test(test_boots),
	};
	struct bytes file;
	int rc;

	if (!kit_have_samples())
		return 77;
	file = kit_sample("tpm/replay-expected.json");
	expected = json_loadb((const char *)file.p, file.n, 0, NULL);
	free((void *)(uintptr_t)file.p);
	if (expected == NULL || crypto_init_verify() != OK)
		return 1;
	rc = cmocka_run_group_tests_name("log samples", tests, NULL, NULL);
	json_decref(expected);
	return rc;
}
