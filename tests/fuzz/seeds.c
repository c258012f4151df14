/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-fuzz-seeds DIR [SAMPLES]: first inputs for every fuzzer, in
 * DIR/NAME/, made by the forge, and taken from the folder SAMPLES when it is
 * given.  DIR must exist.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deflate.h"
#include "seeds.h"
#include "spdm_talk.h"
#include "world.h"

enum { SAMPLE_MAX = 1 << 16 };

static const char *root;
static unsigned serial;
static bool failed;

void
seed(const char *fuzzer, int way, struct bytes b)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, fuzzer);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/seed-%u", root, fuzzer, serial++);
	if ((f = fopen(path, "wb")) == NULL) {
		failed = true;
		return;
	}
	if (way >= 0 && fputc(way, f) == EOF)
		failed = true;
	if (b.n > 0 && fwrite(b.p, 1, b.n, f) != b.n)
		failed = true;
	if (fclose(f) != 0)
		failed = true;
}

static struct world world;
static uint8_t log_bytes[2048];

static void
seed_bundle(void)
{
	struct forge *f = &world.forge;
	struct bytes item, parts;
	static uint8_t buf[4096];
	struct writer w = writer_of(buf, sizeof(buf));
	struct quote_parts q;

	if (!forge_build(f, FORGE_START, NULL)) {
		failed = true;
		return;
	}
	seed("evidence", 0, writer_view(&f->out));
	seed("evidence", 1, f->claims_wire);
	seed("evidence", 3, f->pcrs_wire);
	q = (struct quote_parts){f->attest_wire, f->signature_wire,
	    f->public_wire, f->pcrs_wire};
	quote_parts_encode(&q, &w);
	parts = writer_view(&w);
	seed("evidence", 2, parts);
	seed("dcbor", -1, writer_view(&f->out));
	seed("dcbor", -1, f->claims_wire);
	seed("dcbor", -1, parts);
	seed("verify", 0, writer_view(&f->out));
	seed("verify", 0x80, writer_view(&f->out));
	seed("verify", 1, f->claims_wire);
	seed("verify", 2, f->attest_wire);
	seed("verify", 3, f->signature_wire);
	seed("verify", 4, f->public_wire);
	seed("verify", 5, f->pcrs_wire);
	seed("verify", 8, f->claims.devices[0].facts);
	seed("verify", 9, BYTES_LIT("name"));
	seed("tpm", 0, f->attest_wire);
	seed("tpm", 1, f->signature_wire);
	seed("tpm", 2, f->public_wire);
	seed("ek", 3, f->public_wire);
	seed("ek", 0, bytes_view(f->board.leaf, f->board.leaf_len));
	seed("ek", 1, bytes_view(f->board.root, f->board.root_len));
	seed("enrolment", -1,
	    BYTES_LIT("{\"ek_cert\":\"AAAA\",\"ek_pub\":\"AAA=\","
		      "\"ak_pub\":\"AA==\",\"ek_chain\":\"+/+/\"}"));
	seed("enrolment", -1, BYTES_LIT("{\"proof\":\"00\"}"));
	seed("quote_files", 2, f->signature_wire);
	seed("quote_files", 3, f->public_wire);
	if (f->item_count == 0)
		return;
	item = f->items[0].record.value;
	seed("dcbor", -1, f->items[0].record.whole);
	seed("verify", f->eventlog.n > 0 ? 7 : 6, item);
	seed("verify", 0x80 | (f->eventlog.n > 0 ? 7 : 6), item);
	seed(f->eventlog.n > 0 ? "inflate" : "simulated",
	    f->eventlog.n > 0 ? -1 : 0, item);
}

/* Endorsement keys on both curves and of RSA, and a challenge. */
static void
seed_credentials(void)
{
	static const struct {
		enum key_type type;
		uint16_t name_alg, bits;
	} rows[] = {{KEY_P256, HASH_SHA256, 128}, {KEY_P384, HASH_SHA384, 256}};
	uint8_t wire[512];
	struct writer w = writer_of(wire, sizeof(wire));
	struct forge_ak ak;

	for (size_t i = 0; i < 2; i++) {
		failed |= !forge_ak_new(&ak, rows[i].type);
		seed("credential", 0,
		    forge_ek_public(&ak, rows[i].name_alg, 6, rows[i].bits,
			0x43, wire, sizeof(wire)));
		forge_ak_free(&ak);
	}
	write_be16(&w, 0x0001); /* RSA */
	write_be16(&w, HASH_SHA256);
	write_be32(&w, 0x000300b2);
	write_be16(&w, 0); /* no policy */
	write_be16(&w, 6);
	write_be16(&w, 128);
	write_be16(&w, 0x0043);
	write_be16(&w, 0x0010);
	write_be16(&w, 2048);
	write_be32(&w, 0); /* 65537 */
	write_be16(&w, 256);
	for (unsigned i = 0; i < 256; i++)
		write_u8(&w, (uint8_t)(i * 37 | 0x81));
	seed("credential", 0, writer_view(&w));
	seed("credential", 1,
	    BYTES_LIT("{\"id\":\"00000000-0000-4000-8000-000000000001\","
		      "\"credential\":\"AAAA\",\"secret\":\"+/+/\"}"));
}

/* Exchanges of both versions, as they are and as MCTP and DOE carry them. */
static void
seed_exchanges(void)
{
	static struct talk t;

	for (int way = 0; way < 4; way++) {
		talk_start(&t, &world.forge.board, way < 2 ? 0x11 : 0x12);
		failed |= !talk_sign(&t);
		if (way == 1 || way == 3)
			talk_carry(&t, way == 1 ? TALK_MCTP : TALK_DOE);
		seed("spdm_exchange", -1, talk_wire(&t));
	}
}

/* Lists of files of several templates, and policies for events. */
static void
seed_logs(void)
{
	static const uint8_t digest[32] = {1};
	static const char policy[] =
	    "assay-event-policy 1\nname n\nbank sha256\n"
	    "secure-boot required\nseparators any\ndata well-formed\n"
	    "# c\npcr 4\nevent EV_POST_CODE text \"ev\\x65nt\"\n"
	    "or digest 0102030405060708091011121314151617181920"
	    "212223242526272829303132\noptional 0x80000001 any\n"
	    "pcr 7\nevent EV_EFI_VARIABLE_DRIVER_CONFIG "
	    "variable SecureBoot 01\nor variable PK empty\n"
	    "or variable dbx any\n";
	uint8_t list[1024];
	struct writer w = writer_of(list, sizeof(list));

	forge_ima_file(&w, "boot_aggregate", BYTES_OF(digest));
	forge_ima_file(&w, "/bin/a", BYTES_OF(digest));
	seed("ima", -1, writer_view(&w));
	w = writer_of(list, sizeof(list));
	forge_ima_record(&w, "n-ng|buf|sig|iuid",
	    bytes_view("\2\0\0\0a\0\1\0\0\0b\0\0\0\0\0\0\0\0", 19),
	    false);
	seed("ima", -1, writer_view(&w));
	seed("event_policy", -1, bytes_str(policy));
}

static void
seed_forged(void)
{
	struct writer w = writer_of(log_bytes, sizeof(log_bytes));
	uint8_t report[1024];
	struct writer r = writer_of(report, sizeof(report));

	seed_bundle();
	seed_credentials();
	seed_exchanges();
	seed_logs();
	seeds_rim(&world.forge.board);
	world.forge.devices_sign = true;
	seed_bundle();
	world.forge.devices_sign = false;
	forge_log_sound(&w);
	world.forge.eventlog = writer_view(&w);
	seed_bundle();
	seed("eventlog", -1, writer_view(&w));
	forge_report(&world.forge.board, world.forge.nonce, FLAW_NONE, &r);
	seed("spdm", -1, writer_view(&r));
	seed("simulated", 1, writer_view(&r));
	seed("simulated", 2,
	    bytes_view(world.forge.board.leaf, world.forge.board.leaf_len));
	seed("policy", -1, bytes_str(forge_policy));
	seed("tpm", 3, BYTES_LIT("sha256:0,1,2+sha384:23"));
	seed("quote_files", 0,
	    BYTES_LIT("sha1:7=0102030405060708090a0b0c0d0e0f1011121314\n"));
	seed("quote_files", 1,
	    BYTES_LIT("clock=1\nreset-count=2\nrestart-count=3\n"
		      "firmware=0004\n"));
}

/* Every file of SAMPLES/FOLDER whose name ends in SUFFIX. */
static void
seed_folder(const char *samples, const char *folder, const char *suffix,
    const char *fuzzer, int way)
{
	static uint8_t buf[SAMPLE_MAX];
	char path[1024];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", samples, folder);
	if ((dir = opendir(path)) == NULL)
		return;
	while ((e = readdir(dir)) != NULL) {
		size_t len = strlen(e->d_name), tail = strlen(suffix), n;
		FILE *f;

		if (e->d_name[0] == '.' || len < tail ||
		    strcmp(e->d_name + len - tail, suffix) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", samples, folder,
		    e->d_name);
		if ((f = fopen(path, "rb")) == NULL)
			continue;
		n = fread(buf, 1, sizeof(buf), f);
		fclose(f);
		if (n > 0 && n < sizeof(buf))
			seed(fuzzer, way, bytes_view(buf, n));
	}
	closedir(dir);
}

static void
seed_samples(const char *samples)
{
	static const struct {
		const char *folder, *suffix, *fuzzer;
		int way;
	} rows[] = {
	    {"tpm/eventlogs", ".bin", "eventlog", -1},
	    {"tpm/eventlogs", "_eventlog", "eventlog", -1},
	    {"tpm/eventlogs", "_measurements", "eventlog", -1},
	    {"boot/a_sboff", "_measurements", "eventlog", -1},
	    {"boot/g_gpu8_efirom", "_measurements", "eventlog", -1},
	    {"boot/c_ima", "_binary.bin", "ima", -1},
	    {"tpm/quotes", ".msg", "tpm", 0},
	    {"tpm/quotes", ".sig", "tpm", 1},
	    {"tpm/quotes", ".pub", "tpm", 2},
	    {"tpm/quotes", ".pem", "tpm", 4},
	    {"tpm/quotes", ".pcrs", "quote_files", 0},
	    {"tpm/quotes", ".sig", "quote_files", 2},
	    {"tpm/quotes", ".pem", "quote_files", 3},
	    {"tpm/ek-roots/keylime", ".pem", "ek", 1},
	    {"tpm/ek-roots/tpm-ca-certificates", ".crt", "ek", 0},
	    {"tpm/ek-roots/tpm-ca-certificates", ".cer", "ek", 0},
	    {"tpm/quotes", ".pub", "ek", 3},
	    {"tpm/platform-certs", ".cer", "platform_cert", 0},
	    {"nvidia", "-report.hex", "nvidia", 0},
	    {"nvidia", "-chain.pem", "nvidia", 1},
	    {"nvidia", "evidence.json", "nvidia", 2},
	    {"vectors/cmw/veraison", ".cbor", "dcbor", -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		seed_folder(samples, rows[i].folder, rows[i].suffix,
		    rows[i].fuzzer, rows[i].way);
}

int
main(int argc, char **argv)
{
	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: assay-fuzz-seeds DIR [SAMPLES]\n");
		return status_exit(USAGE);
	}
	root = argv[1];
	if (!world_open(&world, KEY_P256))
		return status_exit(CRYPTO_FAILED);
	seed_forged();
	seeds_agent();
	seeds_capability();
	failed |= !seeds_ocsp();
	failed |= !seeds_platform();
	if (argc == 3)
		seed_samples(argv[2]);
	world_close(&world);
	return failed ? status_exit(FILE_WRITE) : 0;
}
