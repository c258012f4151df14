/* SPDX-License-Identifier: Apache-2.0 */
/* What the options of several commands give to a context. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

#define REFERENCE_INDEX "importer.index"

/*
 * libassay's line begins with a code, which goes first on ours, too; that of
 * a policy names its key instead.
 */
static void
print_refusal(const char *path, enum assay_input kind, const char *error)
{
	const char *rest = strstr(error, ": ");
	size_t n = rest == NULL ? 0 : (size_t)(rest - error);
	struct fault fault;

	if (kind == ASSAY_POLICY || kind == ASSAY_EVENT_POLICY || rest == NULL)
		fault_print(&fault,
		    fault_set(
			&fault, POLICY_MALFORMED, "%s: %s", path, error));
	else
		fprintf(stderr, "%s: %.*s: %s%s\n",
		    program_invocation_short_name, (int)n, error, path, rest);
}

int
context_add(struct assay *ctx, enum assay_input kind, const char *path)
{
	size_t max = kind == ASSAY_CRL ? CRL_FILE_MAX
	    : kind == ASSAY_REFERENCE ? REFERENCE_FILE_MAX
	    : kind == ASSAY_EVENT_POLICY ? EVENT_POLICY_FILE_MAX
	    : kind == ASSAY_TPM_ROOT  ? ROOTS_FILE_MAX
	    : kind == ASSAY_INVENTORY ? INVENTORY_FILE_MAX
	    : kind == ASSAY_CHIPS || kind == ASSAY_RULES ||
		kind == ASSAY_TPM_FIRMWARE
	    ? TABLE_FILE_MAX
				      : ARTEFACT_FILE_MAX;
	struct file file = {0};
	char error[256];
	int rc = load(path, max, &file);

	if (rc != 0)
		return rc;
	rc = assay_add(ctx, kind, file.data, file.len, error, sizeof(error));
	file_free(&file);
	if (rc == 0)
		return 0;
	print_refusal(path, kind, error);
	return rc;
}

/* Does the name end in SUFFIX, and is it more than that? */
static int
ends_in(const struct dirent *e, const char *suffix)
{
	size_t n = strlen(e->d_name), k = strlen(suffix);

	return n > k && e->d_name[0] != '.' &&
	    strcmp(e->d_name + n - k, suffix) == 0;
}

static int
is_corim(const struct dirent *e)
{
	return ends_in(e, ".corim");
}

static int
is_certificate(const struct dirent *e)
{
	return ends_in(e, ".pem") || ends_in(e, ".crt") ||
	    ends_in(e, ".cer") || ends_in(e, ".der");
}

int
join_path(const char *dir, const char *name, char *out, size_t cap)
{
	struct fault fault;

	if (snprintf(out, cap, "%s/%s", dir, name) < (int)cap)
		return 0;
	return fault_print(&fault,
	    fault_set(&fault, FILE_MISSING, "%.60s: path too long", dir));
}

static int
add_beneath(struct assay *ctx, enum assay_input kind, const char *dir,
    const char *name)
{
	char path[4096];
	int rc = join_path(dir, name, path, sizeof(path));

	return rc == 0 ? context_add(ctx, kind, path) : rc;
}

int
list_roots(const char *dir, struct dirent ***names, int *count)
{
	struct fault fault;

	*names = NULL;
	if ((*count = scandir(dir, names, is_certificate, alphasort)) < 0)
		return fault_print(&fault,
		    fault_errno(&fault, FILE_READ, dir,
			"give a folder with certificates of TPM vendors"));
	return 0;
}

int
context_add_roots(struct assay *ctx, const char *dir)
{
	struct dirent **names;
	int n, rc = list_roots(dir, &names, &n);

	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_beneath(
			    ctx, ASSAY_TPM_ROOT, dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* Older importers make none. */
static int
has_index(const char *dir)
{
	char path[4096];

	return snprintf(path, sizeof(path), "%s/" REFERENCE_INDEX, dir) <
	    (int)sizeof(path) &&
	    access(path, F_OK) == 0;
}

int
context_add_references(struct assay *ctx, const char *dir)
{
	struct dirent **names = NULL;
	struct fault fault;
	int n, rc;

	if ((n = scandir(dir, &names, is_corim, alphasort)) < 0)
		return fault_print(&fault,
		    fault_errno(&fault, FILE_READ, dir,
			"give a folder that assay-rim-import made"));
	if (n == 0) {
		free(names);
		return fault_print(&fault,
		    fault_set(&fault, FILE_MISSING,
			"%s: no reference values; fill it with "
			"assay-rim-import", dir));
	}
	rc = add_beneath(ctx, ASSAY_REFERENCE_KEY, dir, "importer.pub");
	if (rc == 0 && has_index(dir))
		rc = add_beneath(
		    ctx, ASSAY_REFERENCE_INDEX, dir, REFERENCE_INDEX);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_beneath(
			    ctx, ASSAY_REFERENCE, dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return rc;
}

int
context_add_table(struct assay *ctx, enum assay_input kind, const char *path)
{
	char cose[4096];
	struct fault fault;
	int rc = 0;

	if (snprintf(cose, sizeof(cose), "%s.cose", path) >= (int)sizeof(cose))
		return fault_print(&fault,
		    fault_set(&fault, FILE_MISSING, "%.60s: path too long",
			path));

	/* Without signatures libassay says what it thinks of the table. */
	if (access(cose, F_OK) == 0)
		rc = context_add(ctx, ASSAY_TABLE_SIGNATURES, cose);
	return rc != 0 ? rc : context_add(ctx, kind, path);
}

int
find_pinned(
    void *arg, const uint8_t *ak_name, size_t len, struct assay_host *host)
{
	const struct pin *pin = arg;

	if (pin->len == 0 || pin->len != len ||
	    memcmp(pin->name, ak_name, len) != 0)
		return 1;
	memset(host, 0, sizeof(*host));
	host->enrolment = pin->ek_len > 0 ? ASSAY_ENROLLED : ASSAY_PINNED;
	memcpy(host->ek_name, pin->ek_name, pin->ek_len);
	host->ek_name_len = pin->ek_len;
	return 0;
}
