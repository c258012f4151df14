/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes quotes out of the forms in which other projects keep them, and puts
 * them into the files that "assay check quote" reads.
 *
 *	unpack protobuf FILE FOLDER   go-tpm-tools' Attestation message:
 *		ak.pub, eventlog, and N.msg, N.sig, N.pcrs from N = 0
 *	unpack json FILE FOLDER       evidence of confidential virtual machines:
 *		msg, sig, pcrs, and ak.pem where the file says the key
 *	unpack hcl FILE FOLDER        the key in an Azure HCL report: ak.pem
 *	unpack nonce FILE             extraData of a TPMS_ATTEST, in hex
 *	unpack state FILE             clock, counters and firmware in it, as
 *		lines for --state
 *	unpack swap FILE NEW          a PCR file of tpm2-tools in the other
 *		byte order
 *	unpack flip FILE NEW BIT      a copy with one bit turned over
 *
 * Inputs are samples that the tests were given, not what a stranger sent:
 * what does not fit ends the program with a line and exit status 1.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tpm_attest.h"
#include "unpack.h"

enum { INPUT_MAX = 4 << 20, PATH_SIZE = 4096 };

int
complain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("unpack: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	return 1;
}

/* The whole file, to be freed by the caller; p is NULL after a complaint. */
static struct bytes
load(const char *path)
{
	uint8_t *p = malloc(INPUT_MAX);
	FILE *f = fopen(path, "rb");
	size_t n = 0;

	if (p != NULL && f != NULL)
		n = fread(p, 1, INPUT_MAX, f);
	if (f != NULL)
		fclose(f);
	if (n == 0 || n == INPUT_MAX) {
		complain("%s cannot be read", path);
		free(p);
		p = NULL;
	}
	return bytes_view(p, n);
}

int
store(const char *folder, const char *name, struct bytes b)
{
	char path[PATH_SIZE];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s%s%s", folder == NULL ? "" : folder,
	    folder == NULL ? "" : "/", name);
	if ((f = fopen(path, "wb")) == NULL)
		return complain("%s cannot be made", path);
	n = fwrite(b.p, 1, b.n, f);
	if (fclose(f) != 0 || n != b.n)
		return complain("%s cannot be written", path);
	return 0;
}

/* --- Protocol buffers: varints and length-delimited fields. */

static uint64_t
read_varint(struct reader *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = read_u8(r);

		v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80)
			return v;
	}
	r->failed = true;
	return 0;
}

/* The next field: its number, and its bytes or its value. */
static bool
read_field(
    struct reader *r, uint64_t *field, struct bytes *data, uint64_t *value)
{
	uint64_t key;

	*data = (struct bytes){NULL, 0};
	*value = 0;
	if (r->rest.n == 0 || r->failed)
		return false;
	key = read_varint(r);
	*field = key >> 3;
	switch (key & 7) {
	case 0:
		*value = read_varint(r);
		break;
	case 1:
		*value = read_le64(r);
		break;
	case 2:
		*data = read_bytes(r, read_varint(r));
		break;
	case 5:
		*value = read_le32(r);
		break;
	default:
		r->failed = true;
	}
	return !r->failed;
}

/* One entry of map<uint32, bytes> as a line "sha256:7=HEX". */
static void
print_pcr(struct writer *w, uint64_t alg, struct bytes entry)
{
	struct reader r = reader_of(entry);
	struct bytes data, digest = {NULL, 0};
	uint64_t field, value, index = 0;
	char head[40], hex[2 * HASH_MAX + 1];

	while (read_field(&r, &field, &data, &value)) {
		if (field == 1)
			index = value;
		else if (field == 2)
			digest = bytes_sub(data, 0, data.n);
	}
	if (digest.n == 0 || digest.n > HASH_MAX) {
		w->failed = true;
		return;
	}
	snprintf(head, sizeof(head), "%s:%u=", hash_name((enum hash)alg),
	    (unsigned)index);
	bytes_to_hex(digest, hex);
	write_str(w, head);
	write_str(w, hex);
	write_str(w, "\n");
}

/* tpm.PCRs: field 1 the hash, field 2 the map; the hash comes first. */
static void
print_pcrs(struct writer *w, struct bytes pcrs)
{
	struct reader r = reader_of(pcrs);
	struct bytes data;
	uint64_t field, value, alg = 0;

	while (read_field(&r, &field, &data, &value)) {
		if (field == 1)
			alg = value;
		else if (field == 2)
			print_pcr(w, alg, data);
	}
}

/* tpm.Quote: field 1 the attest, 2 the signature, 3 the PCRs. */
static int
unpack_quote(struct bytes quote, unsigned number, const char *folder)
{
	static const char *const suffix[] = {"", "msg", "sig", "pcrs"};
	uint8_t text[8192];
	struct writer w = writer_of(text, sizeof(text));
	struct reader r = reader_of(quote);
	struct bytes data;
	uint64_t field, value;
	char name[16];
	int rc = 0;

	while (rc == 0 && read_field(&r, &field, &data, &value)) {
		if (field < 1 || field > 3)
			continue;
		snprintf(name, sizeof(name), "%u.%s", number, suffix[field]);
		if (field == 3) {
			print_pcrs(&w, data);
			data = writer_view(&w);
		}
		rc = w.failed ? complain("PCRs that cannot be understood")
		              : store(folder, name, data);
	}
	return rc;
}

/* attest.Attestation: field 1 the AK, 2 the quotes, 3 the boot log. */
static int
unpack_protobuf(struct bytes in, char **args)
{
	const char *folder = args[0];
	struct reader r = reader_of(in);
	struct bytes data;
	uint64_t field, value;
	unsigned quotes = 0;
	int rc = 0;

	while (rc == 0 && read_field(&r, &field, &data, &value)) {
		if (field == 1)
			rc = store(folder, "ak.pub", data);
		else if (field == 2)
			rc = unpack_quote(data, quotes++, folder);
		else if (field == 3)
			rc = store(folder, "eventlog", data);
	}
	if (rc == 0 && (r.failed || quotes == 0))
		rc = complain("not an Attestation message");
	return rc;
}

/* --- TPM files. */

/* Magic, type, qualifiedSigner, then extraData (Part 2, 10.12.12). */
static int
print_nonce(struct bytes in, char **unused)
{
	struct reader r = reader_of(in);
	struct bytes nonce;
	char hex[2 * 128 + 1];

	(void)unused;
	read_bytes(&r, 6);
	read_tpm2b(&r);
	nonce = read_tpm2b(&r);
	if (r.failed || nonce.n > 128)
		return complain("not a TPMS_ATTEST");
	bytes_to_hex(nonce, hex);
	puts(hex);
	return 0;
}

/* What follows extraData: TPMS_CLOCK_INFO and firmwareVersion. */
static int
print_state(struct bytes in, char **unused)
{
	struct reader r = reader_of(in);
	uint64_t clock, firmware;
	uint32_t reset, restart;

	(void)unused;
	read_bytes(&r, 6);
	read_tpm2b(&r);
	read_tpm2b(&r);
	clock = read_be64(&r);
	reset = read_be32(&r);
	restart = read_be32(&r);
	read_u8(&r);
	firmware = read_be64(&r);
	if (r.failed)
		return complain("not a TPMS_ATTEST");
	printf("clock=%" PRIu64 "\nreset-count=%" PRIu32
	       "\nrestart-count=%" PRIu32 "\nfirmware=%016" PRIx64 "\n",
	    clock, reset, restart, firmware);
	return 0;
}

static int
flip_bit(struct bytes in, char **args)
{
	static uint8_t out[INPUT_MAX];
	struct writer w = writer_of(out, sizeof(out));
	unsigned long bit = strtoul(args[1], NULL, 10);

	write_bytes(&w, in);
	if (w.failed || bit / 8 >= in.n)
		return complain("the file has no such bit");
	out[bit / 8] ^= (uint8_t)(1u << bit % 8);
	return store(NULL, args[0], writer_view(&w));
}

static void
swap16(struct reader *r, struct writer *w)
{
	write_be16(w, read_le16(r));
}

static uint32_t
swap32(struct reader *r, struct writer *w)
{
	uint32_t v = read_le32(r);

	write_be32(w, v);
	return v;
}

/*
 * TPML_PCR_SELECTION with its 16 places, a count, and that many TPML_DIGEST
 * with their 8 places, as C on a little-endian machine lays them out.
 */
static int
swap_pcrs(struct bytes in, char **args)
{
	static uint8_t out[65536];
	struct reader r = reader_of(in);
	struct writer w = writer_of(out, sizeof(out));
	uint32_t lists;

	swap32(&r, &w);
	for (int i = 0; i < 16; i++) {
		swap16(&r, &w);
		write_bytes(&w, read_bytes(&r, 6));
	}
	lists = swap32(&r, &w);
	for (uint32_t l = 0; l < lists && !r.failed; l++) {
		swap32(&r, &w);
		for (int i = 0; i < 8; i++) {
			swap16(&r, &w);
			write_bytes(&w, read_bytes(&r, 64));
		}
	}
	if (!reader_at_end(&r) || w.failed)
		return complain("not a PCR file");
	return store(NULL, args[0], writer_view(&w));
}

static const struct {
	const char *name;
	int args;
	int (*run)(struct bytes in, char **args);
} commands[] = {
    {"protobuf", 4, unpack_protobuf},
    {"json", 4, unpack_json},
    {"hcl", 4, unpack_report},
    {"nonce", 3, print_nonce},
    {"state", 3, print_state},
    {"swap", 4, swap_pcrs},
    {"flip", 5, flip_bit},
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct bytes in;
		int rc;

		if (argc != commands[i].args ||
		    strcmp(argv[1], commands[i].name) != 0)
			continue;
		in = load(argv[2]);
		if (in.p == NULL)
			return 1;
		rc = commands[i].run(in, argv + 3);
		free((void *)(uintptr_t)in.p);
		return rc;
	}
	return complain("see the head of its source");
}
