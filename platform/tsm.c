/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report of the TEE that this guest runs in, through configfs
 * (Documentation/ABI/testing/configfs-tsm-report of Linux 6.7).  Making an
 * entry and writing what is to be signed is how the kernel wants to be
 * asked: the one place below /sys that is written, and no device's own.
 */
#include "vendor.h"

#include "beneath.h"
#include "dcbor_put.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORTS "kernel/config/tsm/report"

/* What an operator made for a user who may make none. */
#define ENTRY "assay"

enum { BLOB_MAX = DEVICE_EVIDENCE_MAX };

/* What an entry says. */
struct entry {
	char text[VENDOR_FILE_MAX + 1], provider[VENDOR_FILE_MAX + 1];
	uint8_t out[BLOB_MAX], aux[BLOB_MAX];
};

/* How often the entry was written to; 0 when that cannot be read. */
static uint64_t
generation(int dir, struct entry *e)
{
	return vendor_file(dir, "generation", e->text)
	           ? strtoull(e->text, NULL, 10)
	           : 0;
}

/* The kernel takes what was written when the file is closed. */
static enum status
write_inblob(int dir, const uint8_t in[TEE_NONCE_LEN])
{
	int fd = openat(dir, "inblob", O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return errno == EACCES ? PERMISSION : FILE_WRITE;
	n = write(fd, in, TEE_NONCE_LEN);
	return close(fd) == 0 && n == TEE_NONCE_LEN ? OK : FILE_WRITE;
}

/* One question.  DEVICE_CHANGED: somebody else wrote to the entry as well. */
static enum status
ask(int dir, const uint8_t in[TEE_NONCE_LEN], struct entry *e, struct writer *w)
{
	uint64_t number = generation(dir, e) + 1;
	size_t n = 0, aux = 0;
	enum status st = write_inblob(dir, in);

	if (st != OK)
		return st;
	st = beneath_read(dir, "outblob", false, e->out, BLOB_MAX, &n);
	if (beneath_read(dir, "auxblob", false, e->aux, BLOB_MAX, &aux) != OK)
		aux = 0;
	if (generation(dir, e) != number)
		return DEVICE_CHANGED;
	if (st != OK || n == 0)
		return st != OK ? st : FILE_EMPTY;

	dcbor_put_array(w, aux > 0 ? 4 : 3);
	dcbor_put_tstr(w, bytes_str(e->provider));
	dcbor_put_uint(w, number);
	dcbor_put_bstr(w, bytes_view(e->out, n));
	if (aux > 0)
		dcbor_put_bstr(w, bytes_view(e->aux, aux));
	return OK;
}

/* Without a question only the provider's name; else ask, at most twice. */
static enum status
ask_entry(int dir, const uint8_t *in, struct writer *w)
{
	struct entry *e = malloc(sizeof(*e));
	enum status st = NO_MEMORY;

	if (e == NULL)
		return st;
	st = DEVICE_LIBRARY;
	if (!vendor_file(dir, "provider", e->provider) ||
	    !bytes_is_text(bytes_str(e->provider)))
		goto out;
	st = OK;
	if (in == NULL)
		write_str(w, e->provider);
	else if ((st = ask(dir, in, e, w)) == DEVICE_CHANGED)
		st = ask(dir, in, e, w);
	if (st == OK && w->failed)
		st = EVIDENCE_TOO_LARGE;
out:
	free(e);
	return st;
}

enum status
tsm_report(int sys, const uint8_t *in, struct writer *out)
{
	char own[32] = "";
	int reports, dir;
	enum status st = beneath_dir(sys, BYTES_LIT(REPORTS), &reports);

	if (st != OK)
		return st;
	st = beneath_dir(reports, BYTES_LIT(ENTRY), &dir);
	if (st == FILE_MISSING) {
		(void)snprintf(own, sizeof(own), "assay-%ld", (long)getpid());
		if (mkdirat(reports, own, 0700) == 0)
			st = beneath_dir(reports, bytes_str(own), &dir);
		else
			st = errno == ENXIO ? DEVICE_LIBRARY : PERMISSION;
	}
	if (st == OK) {
		st = ask_entry(dir, in, out);
		close(dir);
	}

	/* What was made here is taken away again. */
	if (own[0] != '\0')
		(void)unlinkat(reports, own, AT_REMOVEDIR);
	close(reports);
	return st;
}
