/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "text.h"

enum { ASSAY_MALFORMED = 65 };

int
usage_error(const char *format, ...)
{
	struct fault fault;
	va_list ap;

	va_start(ap, format);
	vsnprintf(fault.text, sizeof(fault.text), format, ap);
	va_end(ap);
	return fault_print(&fault, USAGE);
}

int
option_error(const char *option)
{
	return usage_error("'%.60s' is no option here, or lacks its value; "
			   "see --help",
	    option);
}

int
load(const char *path, size_t max, struct file *out)
{
	struct fault fault;
	enum status st = file_read(path, max, out, &fault);

	return st == OK ? 0 : fault_print(&fault, st);
}

int
load_more(const char *option, const char *path, struct file *all)
{
	struct file more = {0};
	struct fault fault;
	uint8_t *joined;
	int rc = load(path, ARTEFACT_FILE_MAX, &more);

	if (rc != 0)
		return rc;
	if (all->len > 0 && (all->data[0] == '0') != (more.data[0] == '0'))
		rc = usage_error("%s: give all files in DER, or all in PEM",
		    option);
	joined = rc == 0 ? realloc(all->data, all->len + more.len + 2) : NULL;
	if (joined != NULL) {
		size_t at = all->len;

		/* PEM begins on a line of its own. */
		if (more.data[0] != '0' && at > 0)
			joined[at++] = '\n';
		memcpy(joined + at, more.data, more.len);
		all->data = joined;
		all->len = at + more.len;
	} else if (rc == 0) {
		rc = fault_print(
		    &fault, fault_set(&fault, NO_MEMORY, "%s", path));
	}
	file_free(&more);
	return rc;
}

int
load_key(const char *path, struct file *key)
{
	struct fault fault;
	int rc = load(path, ARTEFACT_FILE_MAX, key);

	if (rc == 0 && (key->mode & 077) != 0)
		rc = fault_print(&fault,
		    fault_set(&fault, FILE_MODE, "%s: chmod 600 it", path));
	return rc;
}

int
parse_hex(const char *option, const char *hex, uint8_t *out, size_t cap,
    size_t *n)
{
	*n = 0;
	if (*hex == '\0')
		return 0;
	*n = text_from_hex(hex, out, cap);
	if (*n > 0)
		return 0;
	return usage_error(
	    "--%s: give an even number of hexadecimal digits, at most %zu",
	    option, 2 * cap);
}

int
parse_nonce(const char *hex, uint8_t out[NONCE_BYTES], size_t *n)
{
	int rc = parse_hex("nonce", hex, out, NONCE_BYTES, n);

	if (rc == 0 && *n != NONCE_BYTES)
		rc = usage_error("--nonce: give 64 hexadecimal digits");
	return rc;
}

int
parse_time(const char *option, const char *text, int64_t *out)
{
	if (text_from_time(text, time(NULL), out))
		return 0;
	return usage_error("--%s: give now, seconds since 1970, 2026-03-01 or "
			   "2026-03-01T12:00:00Z",
	    option);
}

/* The verdict in colour, on a terminal that has not asked for none. */
static void
print_coloured(const char *text, int status)
{
	static const char *const colours[] = {"32", "31", "33", "35"};
	const char *line = strchr(text, '\n');

	if (!isatty(STDOUT_FILENO) || getenv("NO_COLOR") != NULL ||
	    line == NULL) {
		fputs(text, stdout);
		return;
	}
	printf("\033[1;%sm%.*s\033[0m%s",
	    status >= 0 && status <= 3 ? colours[status] : "31",
	    (int)(line - text), text, line);
}

/* Is it a code that says: malformed? */
static int
says_malformed(const char *code)
{
	for (enum status st = 0; st < STATUS_COUNT; st++)
		if (strcmp(status_name(st), code) == 0)
			return status_exit(st) == ASSAY_MALFORMED;
	return 0;
}

/* One line about the first input that is malformed. */
static void
print_malformed(const struct assay_result *result, const struct place *places)
{
	struct assay_reason reason;
	size_t i = 0;

	do {
		if (!assay_result_reason(result, i++, &reason))
			return;
	} while (!says_malformed(reason.code));
	while (places->where != NULL &&
	    strcmp(places->where, reason.where) != 0)
		places++;
	fprintf(stderr, "%s: %s: %s: %s\n", program_invocation_short_name,
	    reason.code, places->path, reason.detail);
}

char *
result_text(const struct assay_result *result, enum assay_format format)
{
	struct fault fault;
	size_t cap = 256 << 10; /* enough for a log, once */
	char *text;
	long n;

	for (;;) {
		text = malloc(cap);
		n = text == NULL
		    ? -1
		    : assay_result_write(result, format, NULL, text, cap);
		if (n < 0 || (size_t)n < cap)
			break;
		free(text);
		cap = (size_t)n + 1;
	}
	if (n >= 0)
		return text;
	free(text);
	fault_print(&fault, fault_set(&fault, NO_MEMORY, "the result"));
	return NULL;
}

int
print_result(const struct assay_result *result, int json,
    const struct place *places)
{
	return print_result_as(
	    result, json ? ASSAY_JSON : ASSAY_TEXT, places);
}

int
check_and_print(struct assay *ctx, int64_t at, enum assay_artefact what,
    const struct assay_check *in, int json, const struct place *places)
{
	struct assay_result *result;
	struct fault fault;
	int rc;

	assay_set_time(ctx, at);
	result = assay_check(ctx, what, in);
	rc = result == NULL
	    ? fault_print(&fault, fault_set(&fault, NO_MEMORY, "checking"))
	    : print_result(result, json, places);
	assay_result_free(result);
	return rc;
}

int
print_result_as(const struct assay_result *result, enum assay_format format,
    const struct place *places)
{
	char *text = result_text(result, format);
	struct fault fault;

	if (text == NULL)
		return status_exit(NO_MEMORY);
	if (format == ASSAY_JSON)
		fputs(text, stdout);
	else
		print_coloured(text, assay_result_exit(result));
	free(text);
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		return fault_print(&fault,
		    fault_set(&fault, FILE_WRITE, "standard output: %s",
			strerror(errno)));
	if (assay_result_exit(result) == ASSAY_MALFORMED)
		print_malformed(result, places);
	return assay_result_exit(result);
}
