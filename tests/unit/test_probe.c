/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe without a GPU: its table of symbols, its kernels, its arithmetic,
 * its command line, and whole runs with a made-up driver that says MOCK.
 */
#include "testkit.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cuda.h"
#include "options.h"
#include "report.h"
#include "trap.h"
#include "watch.h"

/* --- What is looked up. */

/* The one list, and nothing in it that changes how a device is set. */
static void
looks_up_no_setter(void **state)
{
	static const char *const verbs[] = {"Set", "Reset", "Enable", "Disable",
	    "Limit", "Advise", "Ipc", "Peer", "Import", "Export", "Register",
	    "Primary", "Link", "Process", "Checkpoint", "Profiler"};
	static const char *const allowed[] = {"cuInit", "cuGetErrorName",
	    "cuDeviceGet", "cuCtxCreate_v2", "cuCtxDestroy_v2",
	    "cuModuleLoadDataEx", "cuModuleGetFunction", "cuMemGetInfo_v2",
	    "cuMemAlloc_v2", "cuMemcpy", "cuLaunchKernel", "cuEvent"};
	size_t count = 0;

	(void)state;
	for (const char *name; (name = cuda_symbol(count)) != NULL; count++) {
		bool known = false;

		print_message("# looked up: %s\n", name);
		for (size_t i = 0; i < COUNT(verbs); i++)
			if (strstr(name, verbs[i]) != NULL)
				fail_msg("%s changes something", name);
		for (size_t i = 0; i < COUNT(allowed); i++)
			known = known || strncmp(name, allowed[i],
			                     strlen(allowed[i])) == 0;
		if (!known)
			fail_msg("%s is new here: what does it change?", name);
	}
	assert_int_equal(count, 22);
}

/* The trap itself: whoever looks up a setter ends. */
static void
mock_traps_setters(void **state)
{
	(void)state;
	trap_expect(CUDA_LIBRARY, "cuCtxSetLimit");
}

/* --- Kernels. */

static size_t
occurrences(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text += strlen(word))
		n++;
	return n;
}

/* What is counted stands in the text, once for each chain and step. */
static void
kernels_hold_what_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < burst_count; i++) {
		const struct burst *b = &bursts[i];
		char *text = NULL, *end, shape[16];
		size_t n = 0;
		FILE *f = open_memstream(&text, &n);

		assert_non_null(f);
		burst_write(b, f);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(occurrences(text, b->instruction),
		    BURST_CHAINS * (BURST_STEPS + 1));
		end = strstr(text, "bra round;");
		assert_non_null(end);
		*end = '\0';
		assert_int_equal(
		    occurrences(strstr(text, "\nround:"), b->instruction),
		    BURST_CHAINS * BURST_STEPS);
		free(text);

		/* The depth is the one that the instruction names. */
		(void)snprintf(shape, sizeof(shape), "m16n8k%u.", b->k);
		assert_non_null(strstr(b->instruction, shape));
		assert_int_equal(burst_macs(b),
		    UINT64_C(16) * 8 * b->k * BURST_CHAINS * BURST_STEPS);
		assert_int_equal(b->bits * b->k, 256);
	}
}

/* No product of a warp can be used twice: B hangs on the sum before it. */
static void
operands_hang_on_sums(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	burst_write(&bursts[0], f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(occurrences(text, "\tand.b32 %t, %t, %m;"),
	    BURST_CHAINS * (BURST_STEPS + 1));
	assert_int_equal(occurrences(text, "{%a0,%a1,%a2,%a3}, {%x,%y}"),
	    BURST_CHAINS * (BURST_STEPS + 1));
	free(text);
	assert_int_equal(burst_words(&bursts[0], 1, 1).mask, 0);
}

/* Sums of eight chains, worked out by hand. */
static void
answers_are_exact(void **state)
{
	/* fp16: 17 to 24 in halves, 4c40 to 4e00 by 40, twice in each of two
	 * registers; fp16 in floats: 41880000 to 41c00000 by 80000, four
	 * times; int8: 33 to 40, four times. */
	static const struct {
		size_t burst;
		uint32_t sum;
	} rows[] = {
	    {0, 2u * (8u * 0x4c404c40u + 28u * 0x00400040u)},
	    {1, 4u * (8u * 0x41880000u + 28u * 0x00080000u)},
	    {4, 4u * (33 + 34 + 35 + 36 + 37 + 38 + 39 + 40)},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct burst *b = &bursts[rows[i].burst];
		struct burst_words w = burst_words(b, 7, 1000);
		struct burst_answer a = burst_answer(b, &w);

		assert_int_equal(a.rounds, 7);
		assert_int_equal(a.sum, rows[i].sum + 1000);
	}
}

/* Formats by compute capability. */
static void
chips_get_their_bursts(void **state)
{
	static const struct {
		unsigned capability;
		const char *formats;
	} rows[] = {
	    {70, ""},
	    {75, ""},
	    {80, "fp16 fp16 int8 "},
	    {86, "fp16 fp16 int8 "},
	    {89, "fp16 fp16 fp8 fp8 int8 "},
	    {90, "fp16 fp16 int8 "},
	    {100, "fp16 fp16 int8 "},
	    {103, "fp16 fp16 int8 "},
	    {120, "fp16 fp16 fp8 fp8 int8 "},
	    {121, "fp16 fp16 fp8 fp8 int8 "},
	    {130, "fp16 fp16 int8 "},
	};

	(void)state;
	assert_true(burst_count <= MEASURE_BURSTS);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char have[64] = "";

		for (size_t k = 0; k < burst_count; k++)
			if (burst_fits(&bursts[k], rows[i].capability)) {
				strcat(have, bursts[k].format);
				strcat(have, " ");
			}
		assert_string_equal(have, rows[i].formats);
	}
}

/* --- Arithmetic. */

static void
the_longer_time_counts(void **state)
{
	(void)state;
	assert_int_equal(measure_longer(5000000, 4.0F), 5000000);
	assert_int_equal(measure_longer(5000000, 8.0F), 8000001);
	assert_int_equal(measure_longer(5000000, -1.0F), 5000000);
	assert_int_equal(measure_longer(5000000, 0.0F), 5000000);
	assert_int_equal(measure_longer(5000000, (float)NAN), 5000000);
	assert_int_equal(measure_longer(5000000, (float)INFINITY), 5000000);
	assert_int_equal(measure_longer(0, 0.0F), 0);
}

static void
addresses_have_one_form(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
	    {"0000:17:00.0", "0000:17:00.0"},
	    {"0000:3B:00.0", "0000:3b:00.0"},
	    {"00000000:3B:00.0", "0000:3b:00.0"},
	    {"00010000:3B:00.0", "10000:3b:00.0"},
	    {"17:00.0", NULL},
	    {"0000:17:00", NULL},
	    {"0000:17:00.0 ", NULL},
	    {" 0000:17:00.0", NULL},
	    {"0000:17.00:0", NULL},
	    {"000000000:17:00.0", NULL},
	    {"0x00:17:00.0", NULL},
	    {"0000:+7:00.0", NULL},
	    {"0000:1g:00.0", NULL},
	    {"", NULL},
	};
	char out[GPU_PCI_LEN + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool ok = gpu_address(rows[i].in, out);

		if (ok != (rows[i].out != NULL))
			fail_msg("'%s'", rows[i].in);
		if (ok)
			assert_string_equal(out, rows[i].out);
	}
}

/* --- The command line. */

static void
options_are_strict(void **state)
{
	static const struct {
		const char *words[4];
		enum status st;
		unsigned ms;
	} rows[] = {
	    {{NULL}, OK, 2000},
	    {{"--seconds", "2"}, OK, 2000},
	    {{"--seconds", "2.000"}, OK, 2000},
	    {{"--seconds", "0.1"}, OK, 100},
	    {{"--seconds", "1.25"}, OK, 1250},
	    {{"--seconds", "2.001"}, USAGE, 0},
	    {{"--seconds", "0.09"}, USAGE, 0},
	    {{"--seconds", "3"}, USAGE, 0},
	    {{"--seconds", "-1"}, USAGE, 0},
	    {{"--seconds", "1."}, USAGE, 0},
	    {{"--seconds", ".5"}, USAGE, 0},
	    {{"--seconds", "1.2345"}, USAGE, 0},
	    {{"--seconds", "1e0"}, USAGE, 0},
	    {{"--seconds", "1.0.0"}, USAGE, 0},
	    {{"--seconds", "nan"}, USAGE, 0},
	    {{"--seconds", ""}, USAGE, 0},
	    {{"--seconds"}, USAGE, 0},
	    {{"--device", "0"}, OK, 2000},
	    {{"--device", "0000:17:00.0"}, OK, 2000},
	    {{"--device", "-1"}, USAGE, 0},
	    {{"--device", "00000"}, USAGE, 0},
	    {{"--device", "x"}, USAGE, 0},
	    {{"--device", ""}, USAGE, 0},
	    {{"-o", "f", "--json"}, OK, 2000},
	    {{"--frobnicate"}, USAGE, 0},
	    {{"-x"}, USAGE, 0},
	    {{"more"}, USAGE, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char words[4][24], *argv[6] = {words[0]};
		struct fault fault = {""};
		struct options o;
		enum status st;
		int argc = 1;

		(void)strcpy(words[0], "assay-probe");
		for (; argc < 4 && rows[i].words[argc - 1] != NULL; argc++) {
			(void)strcpy(words[argc], rows[i].words[argc - 1]);
			argv[argc] = words[argc];
		}
		optind = 0;
		st = options_parse(argc, argv, &o, &fault);
		assert_status(st, rows[i].st);
		if (st == OK)
			assert_int_equal(o.budget_ms, rows[i].ms);
		else
			assert_true(fault.text[0] != '\0');
	}
}

/* --- Whole runs with the made-up driver. */

static const char *const settings[] = {"CUDA_MOCK_BLOCK", "CUDA_MOCK_DIE",
    "CUDA_MOCK_FAIL", "CUDA_MOCK_NAME", "CUDA_MOCK_GPUS",
    "CUDA_MOCK_CAPABILITY", "CUDA_MOCK_FREE_MIB", "CUDA_MOCK_PTX",
    "CUDA_MOCK_CLOCK", "CUDA_MOCK_WRONG"};

/* A run of 0.3 s under one setting, "NAME=value" or NULL. */
static enum status
run(const char *set, const char *device, struct observation *seen,
    struct fault *fault)
{
	struct watch w = {.device = device,
	    .budget_ms = 300,
	    .start_ms = 60000,
	    .grace_ms = 60000};
	char name[32];

	for (size_t i = 0; i < COUNT(settings); i++)
		unsetenv(settings[i]);
	if (set != NULL) {
		size_t n = strcspn(set, "=");

		(void)snprintf(name, sizeof(name), "%.*s", (int)n, set);
		assert_int_equal(setenv(name, set + n + 1, 1), 0);
		if (strstr(name, "BLOCK") != NULL)
			w.start_ms = w.grace_ms = 200;
	}
	memset(seen, 0, sizeof(*seen));
	fault->text[0] = '\0';
	return watch_run(&w, seen, fault);
}

/* The highest bound of a format. */
static uint64_t
bound(const struct observation *o, const char *format)
{
	uint64_t best = 0;

	for (size_t i = 0; i < o->count; i++)
		if (strcmp(o->row[i].burst->format, format) == 0 &&
		    o->row[i].tops_milli > best)
			best = o->row[i].tops_milli;
	return best;
}

/* Never more than the made-up rates; how much less is for the host to say. */
static void
bounds_are_lower_bounds(void **state)
{
	struct observation o;
	struct fault fault;

	(void)state;
	assert_status(run(NULL, NULL, &o, &fault), OK);
	assert_true(o.gpu.mock);
	assert_string_equal(o.gpu.name, "MOCK NVIDIA H100 80GB HBM3");
	assert_string_equal(o.gpu.pci, "0000:17:00.0");
	assert_string_equal(
	    o.gpu.uuid, "GPU-4d4f434b-0000-0000-0000-00000000000a");
	assert_int_equal(o.count, 3);
	assert_in_range(bound(&o, "fp16"), 1, 660000);
	assert_in_range(bound(&o, "int8"), 1, 1200000);
	assert_in_range(o.copy_gbs, 1, 3000);
}

/* Events that show less time than passed gain nothing. */
static void
a_slow_clock_gains_nothing(void **state)
{
	struct observation o;
	struct fault fault;

	(void)state;
	assert_status(run("CUDA_MOCK_CLOCK=1", NULL, &o, &fault), OK);
	assert_in_range(bound(&o, "fp16"), 1, 660000);
	assert_in_range(bound(&o, "int8"), 1, 1200000);
	assert_in_range(o.copy_gbs, 1, 3000);

	/* And events that show more lose. */
	assert_status(run("CUDA_MOCK_CLOCK=400", NULL, &o, &fault), OK);
	assert_in_range(bound(&o, "fp16"), 1, 165000);
	assert_in_range(o.copy_gbs, 1, 750);
}

static void
devices_are_found(void **state)
{
	struct observation o;
	struct fault fault;

	(void)state;
	assert_status(run(NULL, "1", &o, &fault), OK);
	assert_string_equal(o.gpu.pci, "0000:3b:00.0");
	assert_status(run(NULL, "0000:3B:00.0", &o, &fault), OK);
	assert_string_equal(
	    o.gpu.uuid, "GPU-4d4f434b-0000-0000-0000-00000000000b");
	assert_status(run(NULL, "2", &o, &fault), PROBE_NO_DEVICE);
	assert_status(run(NULL, "0000:18:00.0", &o, &fault), PROBE_NO_DEVICE);
	assert_status(
	    run("CUDA_MOCK_GPUS=0", NULL, &o, &fault), PROBE_NO_DEVICE);
	assert_status(run("CUDA_MOCK_FAIL=cuInit:100", NULL, &o, &fault),
	    PROBE_NO_DEVICE);
	assert_status(
	    run("CUDA_MOCK_NAME=MOCK \x1b[2J MIG 1g.10gb", NULL, &o, &fault),
	    OK);
	assert_string_equal(o.gpu.name, "MOCK ?[2J MIG 1g.10gb");
	assert_memory_equal(o.gpu.uuid, "MIG-4d4f434b", 12);
	assert_status(run("CUDA_MOCK_NAME=Some GPU", NULL, &o, &fault), OK);
	assert_false(o.gpu.mock);
}

/* What a driver or a chip lacks is left out, with the reason. */
static void
what_is_missing_is_said(void **state)
{
	struct observation o;
	struct fault fault;

	(void)state;
	assert_status(run("CUDA_MOCK_CAPABILITY=75", NULL, &o, &fault),
	    PROBE_UNSUPPORTED);
	assert_non_null(strstr(fault.text, "7.5"));
	assert_status(run("CUDA_MOCK_CAPABILITY=89", NULL, &o, &fault), OK);
	assert_int_equal(o.count, 5);
	assert_in_range(bound(&o, "fp8"), 1, 1310000);
	assert_status(run("CUDA_MOCK_PTX=8.0", NULL, &o, &fault), OK);
	assert_int_equal(bound(&o, "fp8"), 0);
	assert_true(bound(&o, "fp16") > 0);
	assert_status(run("CUDA_MOCK_PTX=6.0", NULL, &o, &fault), OK);
	assert_false(report_any(&o));
	assert_non_null(strstr(o.row[0].why, "MOCK_ERROR_222"));
	assert_status(run("CUDA_MOCK_FREE_MIB=100", NULL, &o, &fault), OK);
	assert_int_equal(o.copy_gbs, 0);
	assert_true(o.copy_why[0] != '\0');
}

/* Whatever goes wrong in the driver ends in a code, in time. */
static void
drivers_that_misbehave(void **state)
{
	static const struct {
		const char *set;
		enum status st;
		const char *said;
	} rows[] = {
	    {"CUDA_MOCK_WRONG=sum", PROBE_WRONG_RESULT, "thread 67583"},
	    {"CUDA_MOCK_WRONG=rounds", PROBE_WRONG_RESULT, "thread 33792"},
	    {"CUDA_MOCK_WRONG=copy", PROBE_WRONG_RESULT, "memory differs"},
	    {"CUDA_MOCK_BLOCK=cuInit", TIMEOUT, "did not start"},
	    {"CUDA_MOCK_BLOCK=cuModuleLoadDataEx", TIMEOUT, "did not start"},
	    {"CUDA_MOCK_BLOCK=cuLaunchKernel", TIMEOUT, "did not come back"},
	    {"CUDA_MOCK_BLOCK=cuEventSynchronize", TIMEOUT,
	        "did not come back"},
	    {"CUDA_MOCK_DIE=cuInit", PROBE_DIED, "ended the process"},
	    {"CUDA_MOCK_DIE=cuLaunchKernel", PROBE_DIED, "ended the process"},
	    {"CUDA_MOCK_FAIL=cuInit:999", PROBE_DRIVER_FAILED,
	        "cuInit: MOCK_ERROR_999 (999)"},
	    {"CUDA_MOCK_FAIL=cuDeviceGetCount:3", PROBE_DRIVER_FAILED,
	        "cuDeviceGetCount"},
	    {"CUDA_MOCK_FAIL=cuDeviceGet:3", PROBE_DRIVER_FAILED,
	        "cuDeviceGet"},
	    {"CUDA_MOCK_FAIL=cuDeviceGetName:3", PROBE_DRIVER_FAILED,
	        "cuDeviceGetName"},
	    {"CUDA_MOCK_FAIL=cuDeviceGetPCIBusId:3", PROBE_DRIVER_FAILED,
	        "cuDeviceGetPCIBusId"},
	    {"CUDA_MOCK_FAIL=cuDeviceGetUuid_v2:3", PROBE_DRIVER_FAILED,
	        "cuDeviceGetUuid_v2"},
	    {"CUDA_MOCK_FAIL=cuDeviceGetAttribute:3", PROBE_DRIVER_FAILED,
	        "cuDeviceGetAttribute"},
	    {"CUDA_MOCK_CAPABILITY=-10", PROBE_DRIVER_FAILED, "attribute 75"},
	    {"CUDA_MOCK_CAPABILITY=5000", PROBE_DRIVER_FAILED, "believed"},
	    {"CUDA_MOCK_FAIL=cuCtxCreate_v2:46", PROBE_DRIVER_FAILED,
	        "cuCtxCreate_v2"},
	    {"CUDA_MOCK_FAIL=cuEventCreate:2", PROBE_DRIVER_FAILED,
	        "cuEventCreate"},
	    {"CUDA_MOCK_FAIL=cuMemAlloc_v2:2", PROBE_DRIVER_FAILED,
	        "cuMemAlloc_v2"},
	    {"CUDA_MOCK_FAIL=cuLaunchKernel:701", PROBE_DRIVER_FAILED,
	        "cuLaunchKernel"},
	    {"CUDA_MOCK_FAIL=cuEventRecord:4", PROBE_DRIVER_FAILED,
	        "cuEventRecord"},
	    {"CUDA_MOCK_FAIL=cuEventSynchronize:715", PROBE_DRIVER_FAILED,
	        "cuEventSynchronize"},
	    {"CUDA_MOCK_FAIL=cuEventElapsedTime:4", PROBE_DRIVER_FAILED,
	        "cuEventElapsedTime"},
	    {"CUDA_MOCK_FAIL=cuMemcpyDtoH_v2:4", PROBE_DRIVER_FAILED,
	        "cuMemcpyDtoH_v2"},
	    {"CUDA_MOCK_FAIL=cuMemcpyHtoD_v2:4", PROBE_DRIVER_FAILED,
	        "cuMemcpyHtoD_v2"},
	    {"CUDA_MOCK_FAIL=cuMemcpyDtoDAsync_v2:4", PROBE_DRIVER_FAILED,
	        "cuMemcpyDtoDAsync_v2"},
	};
	struct observation o;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum status st = run(rows[i].set, NULL, &o, &fault);

		if (st != rows[i].st ||
		    strstr(fault.text, rows[i].said) == NULL)
			fail_msg("%s: %s: %s", rows[i].set, status_name(st),
			    fault.text);
	}
}

/* --- What is written. */

static void
the_file_has_its_form(void **state)
{
	static const char want[] =
	    "{\"schema\":1,\"kind\":\"assay-observed\",\"mock\":true,"
	    "\"device\":\"MOCK \\\"x\\\"\",\"pci\":\"0000:17:00.0\","
	    "\"uuid\":\"GPU-1\",\"copy_gbs_min\":2999,\"seconds_milli\":301,"
	    "\"observed\":[{\"format\":\"fp16\",\"bits\":16,"
	    "\"tops_min_milli\":12,\"method\":"
	    "\"mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32\"},"
	    "{\"format\":\"int8\",\"bits\":8,\"tops_min_milli\":7,\"method\":"
	    "\"mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32\"}]}";
	struct observation o = {
	    .gpu = {"MOCK \"x\"", "0000:17:00.0", "GPU-1", true},
	    .copy_gbs = 2999,
	    .seconds_milli = 301,
	    .count = 5,
	    .row = {{&bursts[0], 11, ""}, {&bursts[1], 12, ""},
	        {&bursts[2], 0, "why"}, {&bursts[3], 0, "why"},
	        {&bursts[4], 7, ""}},
	};
	char *text = report_file(&o), *compact;
	json_t *read;

	(void)state;
	assert_non_null(text);
	read = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(read);
	compact = json_dumps(read, JSON_COMPACT);
	assert_string_equal(compact, want);
	free(compact);
	free(text);

	/* Real hardware has no "mock" at all. */
	json_decref(read);
	o.gpu.mock = false;
	text = report_file(&o);
	assert_null(strstr(text, "mock"));
	free(text);
	assert_true(report_any(&o));
	o.row[0].tops_milli = o.row[1].tops_milli = o.row[4].tops_milli = 0;
	assert_false(report_any(&o));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(looks_up_no_setter),
	    cmocka_unit_test(mock_traps_setters),
	    cmocka_unit_test(kernels_hold_what_is_counted),
	    cmocka_unit_test(operands_hang_on_sums),
	    cmocka_unit_test(answers_are_exact),
	    cmocka_unit_test(chips_get_their_bursts),
	    cmocka_unit_test(the_longer_time_counts),
	    cmocka_unit_test(addresses_have_one_form),
	    cmocka_unit_test(options_are_strict),
	    cmocka_unit_test(bounds_are_lower_bounds),
	    cmocka_unit_test(a_slow_clock_gains_nothing),
	    cmocka_unit_test(devices_are_found),
	    cmocka_unit_test(what_is_missing_is_said),
	    cmocka_unit_test(drivers_that_misbehave),
	    cmocka_unit_test(the_file_has_its_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
