/* SPDX-License-Identifier: Apache-2.0 */
#include "enroller.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"

enum { ROOTS_FILE_MAX = 1 << 20, RESULT_MAX = 1 << 16 };

struct enroller {
	const char *roots;
	bool optional;
	struct timespec changed; /* the folder, when it was read */
	struct assay *ctx;
};

/* The files that count, by their names (assay(1), anchors). */
static int
is_certificate(const struct dirent *e)
{
	static const char *const ends[] = {".pem", ".crt", ".cer", ".der"};
	size_t n = strlen(e->d_name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (n > 4 && e->d_name[0] != '.' &&
		    strcmp(e->d_name + n - 4, ends[i]) == 0)
			return 1;
	return 0;
}

static enum status
add_file(struct assay *ctx, const char *dir, const char *name,
    struct fault *fault)
{
	struct file file = {0};
	char path[4096], why[256];
	enum status st = OK;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return fault_set(fault, FILE_MISSING, "%.60s: too long", dir);
	if ((st = file_read(path, ROOTS_FILE_MAX, &file, fault)) != OK)
		return st;
	if (assay_add(ctx, ASSAY_TPM_ROOT, file.data, file.len, why,
	        sizeof(why)) != 0)
		st = fault_set(
		    fault, ANCHOR_MALFORMED, "%.200s: %s", path, why);
	file_free(&file);
	return st;
}

/* A context that trusts what is in the folder. */
static enum status
read_roots(struct enroller *e, struct fault *fault)
{
	struct assay *ctx = assay_new();
	struct dirent **names = NULL;
	enum status st = OK;
	int n;

	if (ctx == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	n = scandir(e->roots, &names, is_certificate, alphasort);
	if (n < 0 && !(e->optional && errno == ENOENT))
		st = fault_errno(fault, FILE_READ, e->roots,
		    "name a folder with certificates of TPM vendors");
	for (int i = 0; i < n; i++) {
		if (st == OK)
			st = add_file(ctx, e->roots, names[i]->d_name, fault);
		free(names[i]);
	}
	free(names);
	if (st == OK) {
		assay_free(e->ctx);
		e->ctx = ctx;
	} else {
		assay_free(ctx);
	}
	return st;
}

/* The folder as it is now: files that come and go change its time. */
static enum status
roots_ready(struct enroller *e, struct fault *fault)
{
	struct timespec changed = {0};
	struct stat sb;
	enum status st;

	if (stat(e->roots, &sb) == 0)
		changed = sb.st_mtim;
	if (e->ctx != NULL && changed.tv_sec == e->changed.tv_sec &&
	    changed.tv_nsec == e->changed.tv_nsec)
		return OK;
	if ((st = read_roots(e, fault)) == OK)
		e->changed = changed;
	return st;
}

enum status
enroller_open(const char *roots, bool optional, struct enroller **out,
    struct fault *fault)
{
	struct enroller *e = calloc(1, sizeof(*e));
	enum status st;

	if (e == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	e->roots = roots;
	e->optional = optional;
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
	if ((st = roots_ready(e, fault)) != OK)
		return st;
	assay_set_time(e->ctx, now);
	result = assay_challenge(e->ctx, in, &out->challenge);
	if (result == NULL)
		return fault_set(fault, NO_MEMORY, "no memory");
	if (out->challenge.credential_len == 0)
		st = refusal(result, fault);
	else if ((out->detail = detail_of(result)) == NULL)
		st = fault_set(fault, NO_MEMORY, "no memory");
	assay_result_free(result);
	return st;
}
