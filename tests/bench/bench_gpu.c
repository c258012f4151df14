/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GPU evidence, verified in process, beside the one signature check that
 * nobody can do without:
 *
 *	bench-gpu REPORT CHAIN [ROUNDS]
 *
 * Warm: the chain is remembered from the report before.  Cold: a fresh
 * context each time.  The floor is one ECDSA P-384 verification, by mbedTLS
 * (what libassay links) and by OpenSSL.  All in one run, in turn; medians.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	EVP_PKEY *key;
	uint8_t sig[160];
	size_t sig_len;
};

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
	return crypto_init() == OK && in->anchors != NULL &&
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

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(struct input *in);
	} rows[] = {
	    {"one P-384 verification, mbedTLS", run_mbedtls},
	    {"one P-384 verification, OpenSSL", run_openssl},
	    {"whole GPU evidence, warm", run_warm},
	    {"whole GPU evidence, cold", run_cold},
	};
	static struct input in;
	size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : ROUNDS;
	double *us[4], median[4];

	if (argc < 3 || rounds == 0 || rounds > 100000 ||
	    !prepare(&in, argv)) {
		fprintf(stderr, "usage: bench-gpu REPORT CHAIN [ROUNDS], with "
				"evidence that verifies\n");
		return 64;
	}
	for (size_t k = 0; k < 4; k++)
		if ((us[k] = calloc(rounds, sizeof(double))) == NULL)
			return 70;
	for (size_t i = 0; i < rounds; i++)
		for (size_t k = 0; k < 4; k++) {
			double start = now_us();

			if (!rows[k].run(&in))
				return 1;
			us[k][i] = now_us() - start;
		}
	for (size_t k = 0; k < 4; k++) {
		qsort(us[k], rounds, sizeof(double), by_value);
		median[k] = us[k][rounds / 2];
		free(us[k]);
	}
	for (size_t k = 0; k < 4; k++)
		printf("  %-34s %8.0f us CPU  %5.2f x mbedTLS  %5.2f x "
		       "OpenSSL\n",
		    rows[k].name, median[k], median[k] / median[0],
		    median[k] / median[1]);
	EVP_PKEY_free(in.key);
	anchors_free(in.anchors);
	return 0;
}
