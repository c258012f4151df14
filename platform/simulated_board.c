/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-simulated-board DIR: make the keys and certificates of a simulated
 * board.  For tests and demonstrations; never installed.
 *
 * The root's key is used and forgotten, so nobody can add a device later.
 */
#include "simulated.h"

#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#define ROOT_NAME  "CN=SIMULATED test root\\, not for production"
#define LEAF_NAME  "CN=SIMULATED accelerator,serialNumber="
#define NOT_BEFORE "20260101000000"
#define NOT_AFTER  "20360101000000"

enum { SERIAL_LEN = 8, PEM_MAX = 4096 };

/* Random bytes in the form that mbedTLS asks for. */
static int
random_for_mbedtls(void *ctx, unsigned char *out, size_t n)
{
	(void)ctx;
	return random_bytes(out, n) == OK ? 0 : -1;
}

static bool
make_key(mbedtls_pk_context *key)
{
	return mbedtls_pk_setup(
	           key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
	       mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP384R1,
	           mbedtls_pk_ec(*key), random_for_mbedtls, NULL) == 0;
}

/*
 * The device's serial number, in hexadecimal: the first bytes of SHA-384
 * over the public point, which ends its SubjectPublicKeyInfo.
 */
static bool
serial_of(mbedtls_pk_context *key, char out[2 * SERIAL_LEN + 1])
{
	enum { POINT_LEN = 1 + 2 * SIMULATED_SCALAR_LEN };
	uint8_t spki[256];
	struct digest d;
	int n;

	/* mbedTLS writes to the end of the buffer. */
	n = mbedtls_pk_write_pubkey_der(key, spki, sizeof(spki));
	if (n < POINT_LEN)
		return false;
	if (hash_one(HASH_SHA384,
	        bytes_view(spki + sizeof(spki) - POINT_LEN, POINT_LEN),
	        &d) != OK)
		return false;
	bytes_to_hex(bytes_view(d.b, SERIAL_LEN), out);
	return true;
}

/* What a certificate says. */
struct certificate {
	const char *subject;
	mbedtls_pk_context *subject_key, *issuer_key;
	bool is_root;
};

/* RFC 5280, 4.1 and 4.2.1: fill in all but the signature. */
static bool
fill(
    mbedtls_x509write_cert *w, mbedtls_mpi *serial, const struct certificate *c)
{
	unsigned usage = c->is_root ? MBEDTLS_X509_KU_KEY_CERT_SIGN
	                            : MBEDTLS_X509_KU_DIGITAL_SIGNATURE;

	mbedtls_x509write_crt_set_version(w, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(w, MBEDTLS_MD_SHA384);
	mbedtls_x509write_crt_set_subject_key(w, c->subject_key);
	mbedtls_x509write_crt_set_issuer_key(w, c->issuer_key);

	/* A positive serial number of at most 16 bytes (4.1.2.2). */
	if (mbedtls_mpi_fill_random(serial, 16, random_for_mbedtls, NULL) ||
	    mbedtls_mpi_set_bit(serial, 127, 0) ||
	    mbedtls_mpi_set_bit(serial, 126, 1))
		return false;

	return mbedtls_x509write_crt_set_serial(w, serial) == 0 &&
	       mbedtls_x509write_crt_set_subject_name(w, c->subject) == 0 &&
	       mbedtls_x509write_crt_set_issuer_name(w, ROOT_NAME) == 0 &&
	       mbedtls_x509write_crt_set_validity(w, NOT_BEFORE, NOT_AFTER) ==
	           0 &&
	       mbedtls_x509write_crt_set_basic_constraints(
	           w, c->is_root, c->is_root ? 0 : -1) == 0 &&
	       mbedtls_x509write_crt_set_key_usage(w, usage) == 0 &&
	       mbedtls_x509write_crt_set_subject_key_identifier(w) == 0 &&
	       mbedtls_x509write_crt_set_authority_key_identifier(w) == 0;
}

/* Sign: PEM text for the root, DER for a device.  OUT is a view of BUF. */
static bool
issue(const struct certificate *c, uint8_t buf[PEM_MAX], struct bytes *out)
{
	mbedtls_x509write_cert w;
	mbedtls_mpi serial;
	bool ok = false;
	int n;

	mbedtls_x509write_crt_init(&w);
	mbedtls_mpi_init(&serial);
	if (!fill(&w, &serial, c))
		goto out;
	if (c->is_root) {
		if (mbedtls_x509write_crt_pem(
		        &w, buf, PEM_MAX, random_for_mbedtls, NULL) != 0)
			goto out;
		*out = bytes_str((const char *)buf);
	} else {
		n = mbedtls_x509write_crt_der(
		    &w, buf, PEM_MAX, random_for_mbedtls, NULL);
		if (n <= 0 || n > SIMULATED_CERT_MAX)
			goto out;
		*out = bytes_view(buf + PEM_MAX - n, (size_t)n);
	}
	ok = true;
out:
	mbedtls_mpi_free(&serial);
	mbedtls_x509write_crt_free(&w);
	return ok;
}

/* A new file NAME in DIR, on the disk before this returns. */
static bool
write_file(int dir, const char *name, mode_t mode, struct bytes data)
{
	bool ok = false;
	int fd;

	fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return false;
	while (data.n > 0) {
		ssize_t n = write(fd, data.p, data.n);

		if (n < 0 && errno != EINTR)
			goto out;
		if (n > 0)
			data = bytes_sub(data, (size_t)n, data.n - (size_t)n);
	}
	ok = fsync(fd) == 0;
out:
	return close(fd) == 0 && ok;
}

/* The private scalar as the port reads it. */
static bool
write_key(int dir, unsigned index, mbedtls_pk_context *key)
{
	uint8_t scalar[SIMULATED_SCALAR_LEN];
	char text[2 * SIMULATED_SCALAR_LEN + 2], name[SIMULATED_NAME_MAX];
	bool ok = false;

	if (mbedtls_ecp_write_key(
	        mbedtls_pk_ec(*key), scalar, sizeof(scalar)) == 0) {
		bytes_to_hex(BYTES_OF(scalar), text);
		text[sizeof(text) - 2] = '\n';
		snprintf(name, sizeof(name), SIMULATED_KEY_FILE, index);
		ok = write_file(
		    dir, name, 0600, bytes_view(text, sizeof(text) - 1));
	}
	explicit_bzero(scalar, sizeof(scalar));
	explicit_bzero(text, sizeof(text));
	return ok;
}

/* Key and certificate of device INDEX. */
static enum status
make_device(int dir, unsigned index, mbedtls_pk_context *root)
{
	char name[SIMULATED_NAME_MAX], serial[2 * SERIAL_LEN + 1];
	char subject[sizeof(LEAF_NAME) + sizeof(serial)];
	uint8_t buf[PEM_MAX];
	mbedtls_pk_context key;
	struct bytes der;
	enum status st;

	mbedtls_pk_init(&key);
	st = CRYPTO_FAILED;
	if (!make_key(&key) || !serial_of(&key, serial))
		goto out;
	snprintf(subject, sizeof(subject), "%s%s", LEAF_NAME, serial);
	if (!issue(
	        &(struct certificate){subject, &key, root, false}, buf, &der))
		goto out;

	st = FILE_WRITE;
	snprintf(name, sizeof(name), SIMULATED_CERT_FILE, index);
	if (!write_file(dir, name, 0644, der) || !write_key(dir, index, &key))
		goto out;
	st = OK;
out:
	mbedtls_pk_free(&key);
	return st;
}

/* Everything, into the open directory. */
static enum status
make_board(int dir)
{
	uint8_t buf[PEM_MAX];
	mbedtls_pk_context root;
	struct bytes pem;
	enum status st;

	mbedtls_pk_init(&root);
	if ((st = crypto_init()) != OK)
		goto out;

	st = CRYPTO_FAILED;
	if (!make_key(&root) ||
	    !issue(&(struct certificate){ROOT_NAME, &root, &root, true}, buf,
	        &pem))
		goto out;
	st = FILE_WRITE;
	if (!write_file(dir, SIMULATED_ROOT_FILE, 0644, pem))
		goto out;
	for (unsigned i = 0; i < SIMULATED_DEVICES; i++)
		if ((st = make_device(dir, i, &root)) != OK)
			goto out;
	st = fsync(dir) == 0 ? OK : FILE_WRITE;
out:
	mbedtls_pk_free(&root);
	return st;
}

/* Remove what make_board may have left in the directory PATH. */
static void
remove_board(const char *path, int dir)
{
	char name[SIMULATED_NAME_MAX];

	unlinkat(dir, SIMULATED_ROOT_FILE, 0);
	for (unsigned i = 0; i < SIMULATED_DEVICES; i++) {
		snprintf(name, sizeof(name), SIMULATED_CERT_FILE, i);
		unlinkat(dir, name, 0);
		snprintf(name, sizeof(name), SIMULATED_KEY_FILE, i);
		unlinkat(dir, name, 0);
	}
	rmdir(path);
}

/*
 * The board is made beside its place and moved there whole.  The move
 * succeeds only when PATH is absent or an empty directory.
 */
static enum status
make_directory(const char *path)
{
	char temp[4096];
	enum status st;
	int dir, n;

	n = snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	if (n < 0 || (size_t)n >= sizeof(temp) || mkdtemp(temp) == NULL)
		return FILE_WRITE;
	dir = open(temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0) {
		rmdir(temp);
		return FILE_WRITE;
	}
	st = make_board(dir);
	if (st == OK && rename(temp, path) != 0)
		st = FILE_WRITE;
	if (st != OK)
		remove_board(temp, dir);
	close(dir);
	return st;
}

static const char usage[] =
    "usage: assay-simulated-board DIR\n"
    "\n"
    "Make keys and certificates of eight SIMULATED accelerators in the new\n"
    "directory DIR: root.pem, gpu-N.der and gpu-N.key for N from 0 to 7.\n"
    "For tests only.  The key of the test root is not kept.\n";

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	char path[4000];
	enum status st;
	size_t n;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt != 'h')
			goto wrong;
		st = fputs(usage, stdout) < 0 || fflush(stdout) != 0
		         ? FILE_WRITE
		         : OK;
		return status_exit(st);
	}
	if (argc - optind != 1 || argv[optind][0] == '\0')
		goto wrong;

	/* Without slashes at the end, so that a name can be built on it. */
	n = strlen(argv[optind]);
	while (n > 1 && argv[optind][n - 1] == '/')
		n--;
	if (n >= sizeof(path))
		goto wrong;
	memcpy(path, argv[optind], n);
	path[n] = '\0';

	st = make_directory(path);
	if (st != OK)
		fprintf(stderr, "assay-simulated-board: %s: %s: %s%s\n", path,
		    status_name(st), status_text(st),
		    st == FILE_WRITE ? "; name a directory that is new or "
		                       "empty, in one that can be written"
		                     : "");
	return status_exit(st);
wrong:
	fputs(usage, stderr);
	return status_exit(USAGE);
}
