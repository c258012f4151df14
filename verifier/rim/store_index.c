/* SPDX-License-Identifier: Apache-2.0 */
/* One signature over all that is in a store. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "normal.h"
#include "reference_index.h"
#include "store.h"

/* Sets that hold, by their digests. */
struct listing {
	const struct store *store;
	struct curves *curves;
	uint8_t digest[REFERENCE_SETS][32];
	size_t count;
	struct reference ref; /* of no further use */
};

static int
is_set(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 6 && strcmp(e->d_name + n - 6, ".corim") == 0;
}

/* Nothing is vouched for twice that would not be believed once. */
static enum status
list_one(struct listing *l, const char *name, struct fault *fault)
{
	char path[PATH_MAX];
	struct file file = {0};
	struct digest d;
	struct bytes set;
	enum status st;

	if (snprintf(path, sizeof(path), "%s/%s", l->store->folder, name) >=
	    (int)sizeof(path))
		return fault_set(fault, FILE_WRITE, "%.200s: path too long",
		    l->store->folder);
	if ((st = file_read(path, REFERENCE_MAX, &file, fault)) != OK)
		return st;
	set = bytes_view(file.data, file.len);
	if (reference_decode(set, &l->store->public_key, l->curves,
		&l->ref) == OK &&
	    hash_one(HASH_SHA256, set, &d) == OK && l->count < REFERENCE_SETS)
		memcpy(l->digest[l->count++], d.b, 32);
	file_free(&file);
	return OK;
}

static enum status
list_all(struct listing *l, struct fault *fault)
{
	struct dirent **names = NULL;
	int n = scandir(l->store->folder, &names, is_set, alphasort);
	enum status st = OK;

	if (n < 0)
		return fault_errno(fault, FILE_READ, l->store->folder,
		    "check the folder's permissions");
	for (int i = 0; i < n; i++) {
		if (st == OK)
			st = list_one(l, names[i]->d_name, fault);
		free(names[i]);
	}
	free(names);
	return st;
}

static enum status
write_index(struct listing *l, struct fault *fault)
{
	uint8_t payload[REFERENCE_INDEX_BYTES], all[REFERENCE_INDEX_BYTES];
	struct writer p = writer_of(payload, sizeof(payload));
	struct writer w = writer_of(all, sizeof(all));
	char path[PATH_MAX];
	enum status st;

	reference_index_payload(l->digest, l->count, &p);
	if (p.failed || snprintf(path, sizeof(path), "%s/importer.index",
			    l->store->folder) >= (int)sizeof(path))
		return fault_set(fault, INTERNAL, "the index does not fit");
	st = normal_sign_index(writer_view(&p),
	    (const char *)l->store->key.data, &w);
	if (st != OK)
		return fault_set(fault, st, "%.200s: could not be signed",
		    path);
	return file_write(path, w.p, w.n, 0644, FILE_REPLACE, NULL, fault);
}

enum status
store_index(const struct store *store, struct fault *fault)
{
	struct listing *l = calloc(1, sizeof(*l));
	enum status st = NO_MEMORY;

	if (l != NULL && (l->curves = curves_new()) != NULL) {
		l->store = store;
		if ((st = list_all(l, fault)) == OK)
			st = write_index(l, fault);
		curves_free(l->curves);
	}
	free(l);
	return st;
}
