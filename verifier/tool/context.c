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

	if (kind == ASSAY_POLICY || rest == NULL)
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

static int
is_corim(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 6 && strcmp(e->d_name + n - 6, ".corim") == 0;
}

static int
add_beneath(struct assay *ctx, enum assay_input kind, const char *dir,
    const char *name)
{
	struct fault fault;
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return fault_print(&fault,
		    fault_set(&fault, FILE_MISSING, "%.60s: path too long",
			dir));
	return context_add(ctx, kind, path);
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
