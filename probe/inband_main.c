/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-inband: asks the GPUs of this host, in band, to sign the nonces of
 * one report, and leaves what they signed as files for the agent.  It takes
 * root and writes to configuration space through NVIDIA's library, which is
 * why it is no part of the agent.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "file.h"
#include "inband.h"
#include "say.h"
#include "vendor.h"
#include "worker.h"

enum { INPUT_MAX = 16 * 1024, EACH_MS = 30000, FILE_MODE_PUBLIC = 0644 };

static const char help[] =
    "usage: assay-inband --output DIR [--platform NAME] <NONCES\n\n"
    "Ask the GPUs of this host, in band, to sign the nonces of one report.\n"
    "A Blackwell does so with its confidential mode off, to root, through\n"
    "NVIDIA's libcorelib.so.1.  What each signed becomes DIR/gpu-0.json and\n"
    "so on, for assay-agent report --device-evidence DIR.\n\n"
    "  assay-agent report --nonce HEX --print-nonces | assay-inband -o DIR\n"
    "  assay-agent report --nonce HEX --device-evidence DIR -o FILE\n\n"
    "  -o, --output DIR   the folder that the files go to\n"
    "  --platform NAME    where the devices are; auto\n"
    "  --help, --version\n\n"
    "exit: 0 each GPU has signed, 2 one has not, 64 usage, 65 malformed\n"
    "      nonces, 70 internal fault, 74 input or output\n";

/* One GPU: the nonce that it is to sign, and what came back. */
struct asked {
	const struct device *device;
	uint8_t nonce[NONCE_LEN];
	enum status st;
	size_t n;
	uint8_t evidence[DEVICE_EVIDENCE_MAX];
};

struct inband {
	const char *folder, *spec; /* of the command line */
	const struct platform *port;
	void *ctx;
	struct board board;
	size_t gpus;         /* functions of NVIDIA that were found */
	struct asked *asked; /* in memory that the worker shares */
	size_t count;
};

/* The device of that label, or NULL. */
static const struct device *
device_of(const struct inband *b, struct bytes label)
{
	for (size_t i = 0; i < b->board.count; i++)
		if (bytes_eq(bytes_str(b->board.device[i].label), label))
			return &b->board.device[i];
	return NULL;
}

static bool
is_nvidia(const struct device *d)
{
	return device_number(d, FACT_PCI_VENDOR, SOURCE_SYSFS) ==
	       VENDOR_NVIDIA;
}

/* "gpu-0 0123...": a label and 64 digits. */
static enum status
take_line(struct inband *b, const char *line, unsigned number)
{
	struct asked *a = &b->asked[b->count];
	size_t label = strcspn(line, " ");
	const char *hex = line + label + (line[label] == ' ');

	if (!device_label_ok(bytes_view(line, label)) ||
	    strlen(hex) != 2 * NONCE_LEN ||
	    bytes_from_hex(hex, 2 * NONCE_LEN, a->nonce, NONCE_LEN) !=
	        NONCE_LEN)
		return say(TEXT_MALFORMED,
		    "standard input, line %u: not a label and 64 hexadecimal "
		    "digits, as assay-agent report --print-nonces writes them",
		    number);
	if ((a->device = device_of(b, bytes_view(line, label))) == NULL)
		return say(TEXT_MALFORMED,
		    "standard input, line %u: this host has no %.*s", number,
		    (int)label, line);
	for (size_t i = 0; i < b->count; i++)
		if (b->asked[i].device == a->device)
			return say(TEXT_MALFORMED,
			    "standard input, line %u: %s again", number,
			    a->device->label);
	a->st = DEVICE_UNRESPONSIVE; /* until it has answered */
	if (is_nvidia(a->device))
		b->count++;
	else
		say_note("%s is not NVIDIA's and is not asked",
		    a->device->label);
	return OK;
}

static enum status
read_nonces(struct inband *b)
{
	char text[INPUT_MAX + 1];
	size_t n = fread(text, 1, sizeof(text), stdin);
	enum status st = OK;
	unsigned number = 0;
	char *end;

	if (ferror(stdin) != 0)
		return say(FILE_READ, "standard input: %s", strerror(errno));
	if (n == sizeof(text) || memchr(text, '\0', n) != NULL)
		return say(TEXT_MALFORMED, "standard input: a NUL, or more than "
		           "%d bytes: no nonces", INPUT_MAX);
	text[n] = '\0';
	for (char *at = text; st == OK && *at != '\0'; at = end) {
		end = at + strcspn(at, "\n");
		if (*end != '\0')
			*end++ = '\0';
		st = take_line(b, at, ++number);
	}
	if (st == OK && number == 0)
		st = say(TEXT_MALFORMED, "standard input: no nonces; pipe "
		         "assay-agent report --nonce HEX --print-nonces here");
	return st;
}

static enum status
open_host(struct inband *b)
{
	const char *arg = NULL;
	enum status st = platform_find(b->spec, &b->port, &arg);

	if (st == OK && strcmp(b->port->name, "auto") != 0)
		st = PLATFORM_UNKNOWN;
	if (st == OK)
		st = b->port->open(arg, &b->ctx);
	if (st == OK)
		st = b->port->survey(b->ctx, &b->board);
	if (st != OK)
		return say(st, "\"%s\": %s; see --platform", b->spec,
		    status_text(st));
	for (size_t i = 0; i < b->board.count; i++)
		b->gpus += is_nvidia(&b->board.device[i]);
	b->asked = worker_memory(DEVICES_MAX * sizeof(struct asked));
	return b->asked != NULL ? OK : say(NO_MEMORY, "for the answers");
}

/* In the worker: the driver names the architecture, the device signs. */
static void
ask_one(void *arg, size_t i)
{
	struct inband *b = arg;
	struct asked *a = &b->asked[i];
	struct writer w = writer_of(a->evidence, sizeof(a->evidence));
	struct device d = *a->device;
	struct corelib library = {.library = NULL};

	witness_nvidia.testify(b->ctx, &d);
	a->st = DEVICE_LIBRARY;
	if (!inband_open(&library))
		(void)say(DEVICE_LIBRARY, "%s: %s; it comes with NVIDIA's "
		    "attestation SDK", CORELIB_LIBRARY,
		    library.library == NULL ? "cannot be loaded"
		                            : "lacks a function");
	else
		a->st = inband_evidence(
		    &library, &d, b->gpus == 1, a->nonce, &w);
	a->n = w.n;
}

static bool
always(const void *arg, size_t i)
{
	(void)arg;
	(void)i;
	return true;
}

static bool
ended(void *arg, size_t i, enum step_end end)
{
	struct inband *b = arg;

	if (end != STEP_DONE)
		b->asked[i].st =
		    end == STEP_DIED ? DEVICE_LIBRARY : DEVICE_UNRESPONSIVE;
	return true;
}

/* DIR/LABEL.json, whole or not at all. */
static enum status
write_one(const struct inband *b, const struct asked *a)
{
	struct fault fault = {""};
	char *path = NULL;
	enum status st;

	if (a->st != OK)
		return say(a->st, "%s: %s%s", a->device->label,
		    status_text(a->st), a->st != DEVICE_LIBRARY ? ""
		    : "; is this root, and does it sign in band?");
	if (asprintf(&path, "%s/%s.json", b->folder, a->device->label) < 0)
		return say(NO_MEMORY, "for a name");
	st = file_write(path, a->evidence, a->n, FILE_MODE_PUBLIC,
	    FILE_REPLACE, NULL, &fault);
	if (st != OK)
		(void)say(st, "%s", fault.text);
	else
		(void)printf("%s: %zu bytes\n", path, a->n);
	free(path);
	return st;
}

static enum status
run(struct inband *b)
{
	struct work work = {b, 0, always, ask_one, ended, EACH_MS, 0};
	enum status st, one;

	if ((st = open_host(b)) != OK || (st = read_nonces(b)) != OK)
		return st;
	work.count = b->count;
	work.deadline = deadline_in((uint64_t)EACH_MS * (b->count + 1));
	if ((st = worker_run(&work)) != OK)
		return say(st, "no process can be started");
	for (size_t i = 0; i < b->count; i++)
		if (status_exit(one = write_one(b, &b->asked[i])) >
		    status_exit(st))
			st = one;
	if (b->count == 0)
		st = say(DEVICE_UNSIGNED, "there is no GPU to ask");
	return st;
}

static enum status
options(int argc, char **argv, struct inband *b, const char **print)
{
	static const struct option longs[] = {
	    {"output", required_argument, NULL, 'o'},
	    {"platform", required_argument, NULL, 'p'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (c == '?')
			return USAGE;
		if (c == 'o')
			b->folder = optarg;
		else if (c == 'p')
			b->spec = optarg;
		else
			*print = c == 'h' ? help
			                  : "assay-inband " ASSAY_VERSION "\n";
	}
	if (*print != NULL)
		return OK;
	if (optind < argc)
		return say(USAGE, "\"%s\": nonces come on standard input",
		    argv[optind]);
	if (b->folder == NULL || b->folder[0] == '\0')
		return say(USAGE, "name the folder: --output DIR");
	if (isatty(STDIN_FILENO) == 1)
		return say(USAGE, "nonces come on standard input; see --help");
	return OK;
}

int
main(int argc, char **argv)
{
	static struct inband b = {.spec = "auto"};
	const char *print = NULL;
	enum status st;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	st = options(argc, argv, &b, &print);
	if (print != NULL)
		(void)fputs(print, stdout);
	else if (st == OK)
		st = run(&b);
	if (b.ctx != NULL)
		b.port->close(b.ctx);
	worker_free(b.asked, DEVICES_MAX * sizeof(struct asked));
	if (st == OK && fflush(stdout) != 0)
		st = say(FILE_WRITE, "standard output: %s", strerror(errno));
	return status_exit(st);
}
