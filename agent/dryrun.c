/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
#include "dryrun.h"

#include <inttypes.h>
#include <stdio.h>

#include "claims.h"
#include "say.h"

/* A run of at least as many characters in a log is text, as strings(1). */
enum { STRING_MIN = 4 };

/* Major types (RFC 8949, 3.1). */
enum { MAJOR_NEGATIVE = 1, MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * A field: is it free, so that no verifier can tell whether it had to be
 * what it is?  Counted with its head, for the sum is to be an upper bound.
 */
struct field {
	int64_t key;
	bool free;
	const char *name, *why;
};

static const struct field fields[] = {
    {CLAIM_IAT, true, "iat", "the host's clock"},
    {CLAIM_NONCE, false, "nonce", "what is answered"},
    {CLAIM_UEID, false, "ueid", "the host's pseudonym, from its key's name"},
    {CLAIM_UPTIME, true, "uptime", "seconds since boot"},
    {CLAIM_PROFILE, false, "eat_profile", "which format this is"},
    {CLAIM_SUBMODS, false, "submods", "the devices:"},
    {CLAIM_SWNAME, true, "swname", "this program"},
    {CLAIM_SWVERSION, true, "swversion", "and its version"},
    {CLAIM_ITEM_DIGESTS, false, "item-digests", "bind the items to the quote"},
    {CLAIM_KEY_NAMES, false, "key-names", "which key of the TPM has signed"},
    {CLAIM_BOOT, true, "boot", "the kernel's boot id, milliseconds since"},
    {CLAIM_EPOCH, true, "epoch-marker", "this is not older than that"},
    {CLAIM_CHAIN, false, "chain", "digest and number of the last: gaps show"},
    {CLAIM_AGENT, true, "agent", "digest of this program; its sandbox"},
    {CLAIM_MEASUREMENTS, true, "measurements", "versions of firmware"},
    {CLAIM_HWMODEL, true, "hwmodel", "what the device is called"},
    {CLAIM_FACTS, true, "facts", "what was seen, and by whom:"},
    {CLAIM_DEVICE_ITEM, false, "device-item", "where its evidence is"},
    /* Of the quote. */
    {0, false, "attest", "what the TPM signed: PCRs, clock, resets"},
    {1, true, "signature", "random bits of the TPM, not of the agent"},
    {2, false, "ak-public", "the key's public part"},
    {3, true, "pcrs", "values: no log may tell what led to them"},
};

/* A head of CBOR (RFC 8949, 3), of what this process has just encoded. */
static uint64_t
head(struct reader *r, unsigned *major)
{
	uint8_t first = read_u8(r), low = first & 31;
	uint64_t n = low < 24 ? low : 0;

	for (unsigned left = low < 24 ? 0 : 1u << (low - 24); left > 0; left--)
		n = n << 8 | read_u8(r);
	*major = first >> 5;
	return n;
}

static void
put_string(struct bytes b, bool text)
{
	(void)printf(text ? "\"" : "h'");
	for (size_t i = 0; !text && i < b.n; i++)
		(void)printf("%02x", b.p[i]);
	if (text)
		put_text(b);
	(void)putchar(text ? '"' : '\'');
}

/* Pass one item; print it in diagnostic notation (RFC 8949, 8) or not. */
static void
pass(struct reader *r, bool print)
{
	unsigned major;
	uint64_t n = head(r, &major);
	bool map = major == MAJOR_MAP;

	if (major <= MAJOR_NEGATIVE && print)
		(void)printf("%s%" PRIu64, major > 0 ? "-" : "", n + major);
	if (major == MAJOR_BYTES || major == MAJOR_TEXT) {
		struct bytes b = read_bytes(r, n);

		if (print)
			put_string(b, major == MAJOR_TEXT);
	}
	if (major != MAJOR_ARRAY && !map)
		return;
	if (print)
		(void)putchar(map ? '{' : '[');
	for (uint64_t i = 0; i < n && !r->failed; i++) {
		if (print && i > 0)
			(void)printf(", ");
		pass(r, print);
		if (print && map)
			(void)printf(": ");
		if (map)
			pass(r, print);
	}
	if (print)
		(void)putchar(map ? '}' : ']');
}

/* Returns how many bits of it are free. */
static size_t
put_row(size_t bytes, bool free, struct bytes name, const char *why)
{
	size_t bits = free ? 8 * bytes : 0;

	(void)printf("%9zu %9zu  ", bytes, bits);
	put_text(name);
	(void)printf("%*s %s\n", name.n < 15 ? (int)(15 - name.n) : 0, "", why);
	return bits;
}

/* {fact: {source: value}}: one line for each that was seen. */
static void
put_facts(struct reader *r)
{
	unsigned major;

	for (uint64_t n = head(r, &major); n > 0 && !r->failed; n--) {
		uint64_t key = head(r, &major);

		for (uint64_t k = head(r, &major); k > 0 && !r->failed; k--) {
			const char *source = source_name(head(r, &major));
			const char *name = fact_name(key);

			(void)printf("%25s%s (%s) ", "",
			    name == NULL ? "?" : name,
			    source == NULL ? "?" : source);
			pass(r, true);
			(void)putchar('\n');
		}
	}
}

static const struct field *
field_of(int64_t key)
{
	static const struct field unknown = {0, true, "?", "?"};

	for (size_t i = 0; i < COUNT(fields); i++)
		if (fields[i].key == key)
			return &fields[i];
	return &unknown;
}

/*
 * A map of fields, each with what it holds; devices, by their labels, are
 * such maps again.  Returns the sum of free bits.
 */
static size_t
put_fields(struct reader *r)
{
	unsigned major;
	size_t sum = 0;

	for (uint64_t n = head(r, &major); n > 0 && !r->failed; n--) {
		uint64_t key = head(r, &major);
		const struct field *f;
		struct reader value;

		if (major == MAJOR_TEXT) {
			sum += put_row(1 + key, true, read_bytes(r, key), "a device:");
			sum += put_fields(r);
			continue;
		}
		f = field_of(
		    major == MAJOR_NEGATIVE ? -1 - (int64_t)key : (int64_t)key);
		value = *r;
		pass(r, false);
		sum += put_row(value.rest.n - r->rest.n, f->free,
		    bytes_str(f->name), f->why);

		if (f->key == CLAIM_SUBMODS) {
			sum += put_fields(&value);
		} else if (f->key == CLAIM_FACTS) {
			put_facts(&value);
		} else {
			(void)printf("%23s", "");
			pass(&value, true);
			(void)putchar('\n');
		}
	}
	return sum;
}

/* How many printable characters from I on, of STEP bytes each. */
static size_t
run_of(struct bytes log, size_t i, size_t step)
{
	size_t n = 0;

	for (; i + step <= log.n && log.p[i] >= 0x20 && log.p[i] < 0x7f &&
	       (step == 1 || log.p[i + 1] == 0); i += step)
		n++;
	return n;
}

/* Runs of them, of one byte each or of two (UTF-16LE). */
static void
put_strings(struct bytes log)
{
	for (size_t i = 0; i < log.n;) {
		size_t step = run_of(log, i, 1) < STRING_MIN ? 2 : 1;
		size_t n = run_of(log, i, step);

		if (n < STRING_MIN) {
			i++;
			continue;
		}
		(void)printf("%23s\"", "");
		for (; n > 0; n--, i += step)
			(void)putchar(log.p[i]);
		(void)printf("\"\n");
	}
}

/* Whether others have signed them is not looked at here. */
static size_t
put_items(const struct dry_run *d, size_t *logs)
{
	size_t sum = 0;

	for (size_t i = 0; i < d->item_count; i++) {
		struct bytes label = d->items[i].label, log = {NULL, 0};

		if (bytes_eq(label, BYTES_LIT("eventlog")))
			log = d->log;
		if (bytes_eq(label, BYTES_LIT("ima")))
			log = d->ima;
		sum += put_row(d->items[i].record.value.n, true, label,
		    log.n > 0 ? "a log, deflated: what led to the PCRs"
		              : "evidence, as it was handed over");
		*logs += log.n > 0 ? 8 * d->items[i].record.value.n : 0;
		if (log.n > 0)
			(void)printf("%21sstrings in it, of %d characters or "
			             "more:\n", "", STRING_MIN);
		put_strings(log);
	}
	return sum;
}

enum status
dry_run_print(const struct dry_run *d)
{
	struct reader claims = reader_of(d->claims);
	struct reader quote = reader_of(d->quote);
	static char buffer[4096];
	unsigned major;
	size_t sum, items, logs = 0;

	/* Our own, for the library's asks a terminal, which kills [seal]. */
	(void)setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	(void)printf("Nothing has left this host.  A report would carry %zu "
	             "bytes, of at most %d,\nevery %" PRIu64 " s:\n\n"
	             "    bytes free bits  field           why\n",
	    d->whole, EVIDENCE_MAX, d->interval);
	(void)head(&claims, &major); /* #6.601 */
	sum = put_fields(&claims);
	sum += put_fields(&quote);
	items = put_items(d, &logs);
	(void)printf("\n%zu bits at most are free, %zu of them in logs, %zu in "
	             "evidence of others:\na verifier may be unable to tell "
	             "whether they had to be so.  When a report is\nmade and "
	             "which of these it has tells something too.\n",
	    sum + items, logs, items - logs);
	if (claims.failed || quote.failed)
		return INTERNAL;
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? OK : FILE_WRITE;
}
