/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/result.h>

#include "normal.h"
#include "signer.h"

enum { PEM_MAX = 8192 };

static bool
is_there(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
}

static enum status
join(const char *folder, const char *name, const char *suffix,
    char out[PATH_MAX], struct fault *fault)
{
	int n = snprintf(out, PATH_MAX, "%s/%s%s", folder, name, suffix);

	return n > 0 && n < PATH_MAX
	    ? OK
	    : fault_set(fault, FILE_WRITE, "%.200s: the path is too long",
		  folder);
}

/* Make a key at PATH, unless another process was quicker. */
static enum status
make_key(const char *path, struct fault *fault)
{
	char pem[1024];
	long n = assay_key(ASSAY_KEY_NEW, NULL, pem, sizeof(pem));
	enum status st;

	if (n <= 0 || n >= (long)sizeof(pem))
		st = fault_set(
		    fault, CRYPTO_FAILED, "%s: no key could be made", path);
	else
		st = file_write(
		    path, pem, (size_t)n, 0600, FILE_KEEP, NULL, fault);
	explicit_bzero(pem, sizeof(pem));
	return st;
}

static enum status
load_key(const char *path, struct file *out, struct fault *fault)
{
	enum status st;

	if (!is_there(path) && (st = make_key(path, fault)) != OK)
		return st;
	if ((st = file_read(path, PEM_MAX, out, fault)) != OK)
		return st;
	if ((out->mode & 077) != 0)
		return fault_set(fault, FILE_MODE,
		    "%s: mode %04o lets others at the key; chmod 600 it",
		    path, (unsigned)out->mode);
	return OK;
}

/* The public half in the folder: written once, then it must be the same. */
static enum status
publish_key(struct store *store, struct fault *fault)
{
	char path[PATH_MAX], pem[SIGNER_PUBLIC_PEM];
	struct file have = {0};
	enum status st;

	st = signer_public((const char *)store->key.data, pem);
	if (st == KEY_MALFORMED)
		return fault_set(fault, st,
		    "the importer's key is not a private P-384 key in PEM; "
		    "name another with --key, or move it away and one is "
		    "made");
	if (st != OK || (st = key_from_pem(bytes_str(pem),
			     &store->public_key)) != OK)
		return fault_set(fault, st, "the importer's key");
	if ((st = join(store->folder, "importer", ".pub", path, fault)) != OK)
		return st;
	if (!is_there(path))
		return file_write(path, pem, strlen(pem), 0644, FILE_KEEP,
		    NULL, fault);
	if ((st = file_read(path, PEM_MAX, &have, fault)) != OK)
		return st;
	if (!bytes_eq(bytes_view(have.data, have.len), bytes_str(pem)))
		st = fault_set(fault, STORE_KEY,
		    "%s: belongs to another key; give that one with --key, "
		    "or another folder with --store",
		    path);
	file_free(&have);
	return st;
}

enum status
store_open(const char *folder, const char *key_path, struct store *out,
    struct fault *fault)
{
	struct store store = {.folder = folder};
	char path[PATH_MAX];
	enum status st;

	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		return fault_errno(fault, FILE_WRITE, folder,
		    "make the folder, or name another with --store");
	if ((st = join(folder, "importer", ".pem", path, fault)) != OK ||
	    (st = load_key(key_path == NULL ? path : key_path, &store.key,
		 fault)) != OK ||
	    (st = publish_key(&store, fault)) != OK)
		goto out;
	*out = store;
	memset(&store, 0, sizeof(store));
out:
	file_free(&store.key);
	return st;
}

void
store_close(struct store *store)
{
	file_free(&store->key);
}

/*
 * Is what is at PATH already as good as REF?  *THERE: something is.  When it
 * is as good, REF gets its times.
 */
static enum status
compare(const struct store *store, const char *path, struct reference *ref,
    bool *there, bool *same, struct fault *fault)
{
	struct reference *old = NULL;
	struct file file = {0};
	enum status st;

	*same = false;
	if (!(*there = is_there(path)))
		return OK;
	if ((st = file_read(path, REFERENCE_MAX, &file, fault)) != OK)
		return st;
	if ((old = malloc(sizeof(*old))) == NULL) {
		st = fault_set(fault, NO_MEMORY, "%s", path);
		goto out;
	}
	st = reference_decode(bytes_view(file.data, file.len),
	    &store->public_key, NULL, old);
	if (st != OK) {
		st = fault_set(fault, st,
		    "%s: %s; it will not be overwritten, move it away", path,
		    status_text(st));
		goto out;
	}

	/*
	 * A proof that was not back-dated is better than one that was; so is
	 * one for which more was looked up.
	 */
	*same = bytes_eq(old->source, ref->source) &&
	    old->trust == ref->trust && old->revocation >= ref->revocation &&
	    (old->as_of == old->imported || ref->as_of != ref->imported);
	if (*same) {
		ref->imported = old->imported;
		ref->as_of = old->as_of;
		ref->revocation = old->revocation;
	}
out:
	free(old);
	file_free(&file);
	return st;
}

enum status
store_put(const struct store *store, struct reading *reading,
    enum store_outcome *outcome, struct fault *fault)
{
	char path[PATH_MAX], id[REFERENCE_TEXT + 1];
	uint8_t *buf = NULL;
	struct writer w;
	bool there, same;
	enum status st;

	memcpy(id, reading->ref.id.p, reading->ref.id.n);
	id[reading->ref.id.n] = '\0';
	if ((st = join(store->folder, id, ".corim", path, fault)) != OK ||
	    (st = compare(store, path, &reading->ref, &there, &same,
		 fault)) != OK)
		return st;
	*outcome = same ? STORE_HAD_IT : there ? STORE_REPLACED : STORE_ADDED;
	if (same)
		return OK;

	if ((buf = malloc(REFERENCE_MAX)) == NULL)
		return fault_set(fault, NO_MEMORY, "%s", path);
	w = writer_of(buf, REFERENCE_MAX);
	st = normal_sign(&reading->ref, reading->payload,
	    (const char *)store->key.data, &w);
	if (st != OK)
		st = fault_set(fault, st, "%s: could not be signed", path);
	else
		st = file_write(
		    path, w.p, w.n, 0644, FILE_REPLACE, NULL, fault);
	free(buf);
	return st;
}
