/* SPDX-License-Identifier: Apache-2.0 */
#include "enroller.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"

enum { ROOTS_FILE_MAX = 1 << 20, RESULT_MAX = 1 << 16 };

struct enroller {
	const char *roots;
	bool optional;
	const char *crls;          /* NULL for none */
	uint8_t seen[SHA256_LEN]; /* of the folders, when they were read */
	struct assay *ctx;
};

/* Does the name end in one of ENDS, of which NULL is the last? */
static int
ends_in(const struct dirent *e, const char *const *ends)
{
	size_t n = strlen(e->d_name);

	for (; *ends != NULL; ends++)
		if (n > 4 && e->d_name[0] != '.' &&
		    strcmp(e->d_name + n - 4, *ends) == 0)
			return 1;
	return 0;
}

/* The files that count, by their names (assay(1), anchors). */
static int
is_certificate(const struct dirent *e)
{
	static const char *const ends[] = {
	    ".pem", ".crt", ".cer", ".der", NULL};

	return ends_in(e, ends);
}

static int
is_list(const struct dirent *e)
{
	static const char *const ends[] = {".crl", ".pem", ".der", NULL};

	return ends_in(e, ends);
}

static enum status
add_file(struct assay *ctx, enum assay_input kind, const char *dir,
    const char *name, struct fault *fault)
{
	struct file file = {0};
	char path[4096], why[256];
	enum status st = OK;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return fault_set(fault, FILE_MISSING, "%.60s: too long", dir);
	if ((st = file_read(path, ROOTS_FILE_MAX, &file, fault)) != OK)
		return st;
	if (assay_add(ctx, kind, file.data, file.len, why, sizeof(why)) != 0)
		st = fault_set(fault,
		    kind == ASSAY_CRL ? CRL_MALFORMED : ANCHOR_MALFORMED,
		    "%.200s: %s", path, why);
	file_free(&file);
	return st;
}

/* Give CTX every file of DIR that IS one of its KIND. */
static enum status
add_folder(struct assay *ctx, enum assay_input kind, const char *dir,
    int (*is)(const struct dirent *e), struct fault *fault)
{
	struct dirent **names = NULL;
	enum status st = OK;
	int n = scandir(dir, &names, is, alphasort);

	if (n < 0)
		st = fault_errno(fault, FILE_READ, dir,
		    kind == ASSAY_CRL
		        ? "name a folder with revocation lists"
		        : "name a folder with certificates of TPM vendors");
	for (int i = 0; i < n; i++) {
		if (st == OK)
			st = add_file(ctx, kind, dir, names[i]->d_name, fault);
		free(names[i]);
	}
	free(names);
	return st;
}

/* A context that trusts what is in the folder. */
static enum status
read_folders(struct enroller *e, struct fault *fault)
{
	struct assay *ctx = assay_new();
	enum status st = OK;

	if (ctx == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	if (!e->optional || access(e->roots, F_OK) == 0)
		st = add_folder(
		    ctx, ASSAY_TPM_ROOT, e->roots, is_certificate, fault);
	if (st == OK && e->crls != NULL)
		st = add_folder(ctx, ASSAY_CRL, e->crls, is_list, fault);
	if (st == OK) {
		assay_free(e->ctx);
		e->ctx = ctx;
	} else {
		assay_free(ctx);
	}
	return st;
}

/*
 * What the folder looks like, into SEEN, on top of what is there: names,
 * sizes and times, so that no file need be opened.
 */
static bool
look_at(const char *dir, int (*is)(const struct dirent *e),
    uint8_t seen[SHA256_LEN])
{
	struct dirent **names = NULL;
	int n = scandir(dir, &names, is, alphasort);
	bool ok = true;

	for (int i = 0; i < n; i++) {
		char all[4096];
		struct stat sb = {0};
		int len = snprintf(
		    all, sizeof(all), "%s/%s", dir, names[i]->d_name);

		ok = ok && len < (int)sizeof(all) - 256 && stat(all, &sb) == 0;
		if (ok) {
			len += snprintf(all + len, 128,
			    " %llu %lld %lld.%09ld ",
			    (unsigned long long)sb.st_ino,
			    (long long)sb.st_size,
			    (long long)sb.st_mtim.tv_sec, sb.st_mtim.tv_nsec);
			memcpy(all + len, seen, SHA256_LEN);
			ok = digest_sha256((uint8_t *)all, (size_t)len + SHA256_LEN,
			         seen) == OK;
		}
		free(names[i]);
	}
	free(names);
	return ok;
}

/* The folders as they are now. */
static enum status
roots_ready(struct enroller *e, struct fault *fault)
{
	uint8_t seen[SHA256_LEN] = {0};
	bool known = look_at(e->roots, is_certificate, seen) &&
	    (e->crls == NULL || look_at(e->crls, is_list, seen));
	enum status st;

	if (known && e->ctx != NULL &&
	    memcmp(seen, e->seen, sizeof(seen)) == 0)
		return OK;
	if ((st = read_folders(e, fault)) == OK)
		memcpy(e->seen, seen, sizeof(seen));
	return st;
}

enum status
enroller_open(const char *roots, bool optional, const char *crls,
    struct enroller **out, struct fault *fault)
{
	struct enroller *e = calloc(1, sizeof(*e));
	enum status st;

	if (e == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	e->roots = roots;
	e->optional = optional;
	e->crls = crls;
	if ((st = roots_ready(e, fault)) != OK) {
		enroller_close(e);
		return st;
	}
	*out = e;
	return OK;
}

void
enroller_close(struct enroller *e)
{
	if (e == NULL)
		return;
	assay_free(e->ctx);
	free(e);
}

/* Facts and warnings of RESULT for who has to decide. */
static char *
detail_of(const struct assay_result *result)
{
	char *text = malloc(RESULT_MAX);
	long n = text == NULL ? -1
	                      : assay_result_write(result, ASSAY_JSON, NULL,
	                            text, RESULT_MAX);
	json_t *root = n < 0 || n >= RESULT_MAX ? NULL
	                                        : json_loads(text, 0, NULL);
	json_t *detail = json_pack("{s:O, s:O}", "ek",
	    json_object_get(root, "data"), "reasons",
	    json_object_get(root, "reasons"));

	free(text);
	text = detail == NULL ? NULL : json_dumps(detail, JSON_COMPACT);
	json_decref(detail);
	json_decref(root);
	return text;
}

/* The code of a reason's name. */
static enum status
code_of(const char *name)
{
	for (enum status st = OK; st < STATUS_COUNT; st++)
		if (strcmp(status_name(st), name) == 0)
			return st;
	return INTERNAL;
}

/* Why there was no question: the first reason that is no mere warning. */
static enum status
refusal(const struct assay_result *result, struct fault *fault)
{
	struct assay_reason r;

	for (size_t i = 0; assay_result_reason(result, i, &r) != 0; i++) {
		enum status st = code_of(r.code);

		if (status_exit(st) != ASSAY_WARNING)
			return fault_set(fault, st, "%s%s%s", status_text(st),
			    r.detail[0] == '\0' ? "" : "; ", r.detail);
	}
	return fault_set(
	    fault, PUBLIC_MALFORMED, "give both keys in the TPM's form");
}

enum status
enroller_ask(struct enroller *e, const struct assay_check *in, int64_t now,
    struct question *out, struct fault *fault)
{
	struct assay_result *result;
	enum status st;

	out->detail = NULL;
	out->refused = false;
	if ((st = roots_ready(e, fault)) != OK)
		return st;
	assay_set_time(e->ctx, now);
	result = assay_challenge(e->ctx, in, &out->challenge);
	if (result == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	out->refused = out->challenge.credential_len == 0;
	if (out->refused)
		st = refusal(result, fault);
	else if ((out->detail = detail_of(result)) == NULL)
		st = fault_set(fault, NO_MEMORY, "no memory");
	assay_result_free(result);
	return st;
}
