/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GPU evidence, verified in process and by a whole process, beside the bare
 * signature checks that it contains:
 *
 *	bench-gpu REPORT CHAIN [ROUNDS [ASSAY [REFERENCES]]]
 *
 * Warm: the chain is remembered from the report before, one signature is
 * left.  Cold: a fresh context each time; one for each certificate below the
 * root and one for the report.  A process of the program ASSAY does that and
 * starts, too; with the folder REFERENCES it also believes sets of reference
 * values, each of which has a signature.  The floor of a row is that many
 * ECDSA P-384 verifications, by mbedTLS (what libassay links) and by OpenSSL.
 * All in one run, in turn; medians of CPU time.
 */
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "check_device.h"
#include "nvidia.h"

enum { ROUNDS = 200, FILE_MAX = 65536 };

struct input {
	uint8_t file[2][FILE_MAX], report[FILE_MAX], der[FILE_MAX];
	struct nvidia_evidence ev;
	struct nvidia_report rep;
	struct chain chain;
	struct digest digest;
	struct anchors *anchors;
	struct curves *curves;
	EVP_PKEY *key;
	uint8_t sig[160];
	size_t sig_len;
	/* A process: its arguments, without and with reference values. */
	char nonce[2 * 32 + 1];
	const char *command[2][14];
	const char *version[3];
	double child_us; /* of the last process */
};

extern char **environ;

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct bytes
load(const char *path, uint8_t *buf)
{
	FILE *f = fopen(path, "rb");
	size_t n = f == NULL ? 0 : fread(buf, 1, FILE_MAX, f);

	if (f != NULL)
		fclose(f);
	return bytes_view(buf, n);
}

/* The same signature and key in OpenSSL's forms. */
static bool
for_openssl(struct input *in)
{
	const unsigned char *p = in->ev.certs[0].p;
	X509 *x = d2i_X509(NULL, &p, (long)in->ev.certs[0].n);
	ECDSA_SIG *s = ECDSA_SIG_new();
	unsigned char *out = in->sig;
	const uint8_t *raw = in->rep.spdm.signature.p;
	int n;

	if (x == NULL || s == NULL)
		return false;
	in->key = X509_get_pubkey(x);
	ECDSA_SIG_set0(
	    s, BN_bin2bn(raw, 48, NULL), BN_bin2bn(raw + 48, 48, NULL));
	n = i2d_ECDSA_SIG(s, &out);
	in->sig_len = n > 0 ? (size_t)n : 0;
	ECDSA_SIG_free(s);
	X509_free(x);
	return in->key != NULL && n > 0;
}

static bool
prepare(struct input *in, char **argv)
{
	struct bytes report = load(argv[1], in->file[0]);
	struct bytes chain = load(argv[2], in->file[1]);

	in->anchors = anchors_new(ANCHOR_DEVICE);
	in->curves = curves_new();
	return crypto_init() == OK && in->anchors != NULL &&
	    in->curves != NULL &&
	    nvidia_report_file(report, in->report, sizeof(in->report),
		&in->ev.report) == OK &&
	    chain_from_pem(chain, in->der, sizeof(in->der), in->ev.certs,
		&in->ev.cert_count) == OK &&
	    nvidia_report_read(in->ev.report, &in->rep) == OK &&
	    chain_verify(in->anchors, in->ev.certs, in->ev.cert_count, NULL,
		&in->chain) == OK &&
	    hash_one(HASH_SHA384, in->rep.spdm.signed_part, &in->digest) ==
		OK &&
	    for_openssl(in);
}

static bool
run_mbedtls(struct input *in)
{
	return verify_digest(&in->chain.key, SIG_ECDSA, HASH_SHA384,
		   digest_view(&in->digest), in->rep.spdm.signature) == OK;
}

static bool
run_kept(struct input *in)
{
	return curves_verify(in->curves, &in->chain.key, SIG_ECDSA,
		   HASH_SHA384, digest_view(&in->digest),
		   in->rep.spdm.signature) == OK;
}

static bool
run_openssl(struct input *in)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(in->key, NULL);
	bool ok = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_verify(ctx, in->sig, in->sig_len, in->digest.b,
		in->digest.n) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
verify_with(struct input *in, const struct anchors *anchors)
{
	struct device_check check = {.anchors = anchors,
	    .nonce = in->rep.spdm.request_nonce};
	struct device_proof proof = {0};
	char detail[256] = "";
	json_t *data = json_object();
	enum status st = nvidia_verify(
	    &in->ev, &check, &proof, data, detail, sizeof(detail));

	json_decref(data);
	return st == OK;
}

static bool
run_warm(struct input *in)
{
	return verify_with(in, in->anchors);
}

static bool
run_cold(struct input *in)
{
	struct anchors *fresh = anchors_new(ANCHOR_DEVICE);
	bool ok = fresh != NULL && verify_with(in, fresh);

	anchors_free(fresh);
	return ok;
}

/* One process with its output dropped; true when it exits 0. */
static bool
run_process(struct input *in, const char **argv)
{
	posix_spawn_file_actions_t fa;
	struct rusage use;
	int status = -1;
	pid_t pid;
	bool ok;

	posix_spawn_file_actions_init(&fa);
	ok = posix_spawn_file_actions_addopen(
		 &fa, 1, "/dev/null", O_WRONLY, 0) == 0 &&
	    posix_spawn(&pid, argv[0], &fa, NULL,
		(char **)(uintptr_t)argv, environ) == 0 &&
	    wait4(pid, &status, 0, &use) == pid && status == 0;
	posix_spawn_file_actions_destroy(&fa);
	if (ok)
		in->child_us = (double)(use.ru_utime.tv_sec +
				   use.ru_stime.tv_sec) * 1e6 +
		    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
	return ok;
}

static bool
run_start(struct input *in)
{
	return run_process(in, in->version);
}

static bool
run_check(struct input *in)
{
	return run_process(in, in->command[0]);
}

static bool
run_compared(struct input *in)
{
	return run_process(in, in->command[1]);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* What is measured, and how many signatures there are to be verified. */
struct row {
	const char *name;
	bool (*run)(struct input *in);
	bool process;
	size_t signatures;
	double *us;
};

enum { ROWS = 8, MBEDTLS = 0, OPENSSL = 1 };

/* The rows that can be measured with these arguments. */
static size_t
make_rows(struct input *in, int argc, char **argv, struct row *rows)
{
	const size_t cold = in->ev.cert_count; /* less the root, and report */
	const char *usual[] = {argv[4], "check", "gpu", "--report", argv[1],
	    "--chain", argv[2], "--nonce", in->nonce, "--reference",
	    argc > 5 ? argv[5] : NULL};
	char pattern[4096];
	size_t n = 0;
	glob_t sets;

	rows[n++] = (struct row){
	    "one P-384 verification, mbedTLS", run_mbedtls, false, 1, NULL};
	rows[n++] = (struct row){
	    "one P-384 verification, OpenSSL", run_openssl, false, 1, NULL};
	rows[n++] = (struct row){
	    "the same, mbedTLS, curve kept", run_kept, false, 1, NULL};
	rows[n++] = (struct row){"GPU evidence, warm", run_warm, false, 1, NULL};
	rows[n++] = (struct row){
	    "GPU evidence, cold", run_cold, false, cold, NULL};
	if (argc < 5)
		return n;
	bytes_to_hex(in->rep.spdm.request_nonce, in->nonce);
	in->version[0] = argv[4];
	in->version[1] = "--version";
	memcpy(in->command[0], usual, 9 * sizeof(usual[0]));
	memcpy(in->command[1], usual, sizeof(usual));
	rows[n++] =
	    (struct row){"process: --version", run_start, true, 0, NULL};
	rows[n++] =
	    (struct row){"process: check gpu", run_check, true, cold, NULL};
	snprintf(pattern, sizeof(pattern), "%s/*.corim",
	    argc > 5 ? argv[5] : "");
	if (argc > 5 && glob(pattern, 0, NULL, &sets) == 0) {
		rows[n++] = (struct row){"process: check gpu --reference",
		    run_compared, true, cold + sets.gl_pathc, NULL};
		globfree(&sets);
	}
	return n;
}

static bool
measure(struct input *in, struct row *row, size_t round)
{
	double start = now_us();

	if (!row->run(in)) {
		fprintf(stderr, "bench-gpu: %s failed\n", row->name);
		return false;
	}
	row->us[round] = row->process ? in->child_us : now_us() - start;
	return true;
}

static void
print_rows(struct row *rows, size_t count, size_t rounds)
{
	double median[ROWS];

	for (size_t k = 0; k < count; k++) {
		qsort(rows[k].us, rounds, sizeof(double), by_value);
		median[k] = rows[k].us[rounds / 2];
	}
	printf("  %-32s %9s  signatures  floor and ratio: mbedTLS       "
	       "OpenSSL\n",
	    "", "us CPU");
	for (size_t k = 0; k < count; k++) {
		double n = (double)rows[k].signatures;

		printf("  %-32s %9.0f  %10zu", rows[k].name, median[k],
		    rows[k].signatures);
		if (rows[k].signatures > 0)
			printf("  %9.0f %6.2f %9.0f %6.2f",
			    n * median[MBEDTLS],
			    median[k] / (n * median[MBEDTLS]),
			    n * median[OPENSSL],
			    median[k] / (n * median[OPENSSL]));
		printf("\n");
	}
}

int
main(int argc, char **argv)
{
	static struct input in;
	struct row rows[ROWS];
	size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : ROUNDS, count;

	if (argc < 3 || argc > 6 || rounds == 0 || rounds > 100000 ||
	    !prepare(&in, argv)) {
		fprintf(stderr, "usage: bench-gpu REPORT CHAIN [ROUNDS [ASSAY "
				"[REFERENCES]]], with evidence that verifies\n");
		return 64;
	}
	count = make_rows(&in, argc, argv, rows);
	for (size_t k = 0; k < count; k++)
		if ((rows[k].us = calloc(rounds, sizeof(double))) == NULL)
			return 70;
	for (size_t i = 0; i < rounds; i++)
		for (size_t k = 0; k < count; k++)
			if (!measure(&in, &rows[k], i))
				return 1;
	print_rows(rows, count, rounds);
	for (size_t k = 0; k < count; k++)
		free(rows[k].us);
	EVP_PKEY_free(in.key);
	curves_free(in.curves);
	anchors_free(in.anchors);
	return 0;
}
