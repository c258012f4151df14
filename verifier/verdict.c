/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *code, *text;
} checks[] = {
#define CHECK(constant, code, text) {code, text},
#include "checks.def"
#undef CHECK
};

const char *
check_code(enum check c)
{
	return checks[c].code;
}

const char *
check_text(enum check c)
{
	return checks[c].text;
}

struct assay_result *
verdict_new(const char *title)
{
	struct assay_result *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->title = title;
	r->data = json_object();
	if (r->data == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

void
assay_result_free(struct assay_result *r)
{
	if (r == NULL)
		return;
	json_decref(r->data);
	json_decref(r->top);
	free(r->learned);
	free(r);
}

static void
copy_label(char out[LABEL_MAX], const char *label, size_t n)
{
	if (n > LABEL_MAX - 1)
		n = LABEL_MAX - 1;
	memcpy(out, label, n);
	out[n] = '\0';
}

struct subject *
verdict_subject(struct assay_result *r, struct bytes label)
{
	struct subject *s;

	if (r->subject_count == SUBJECTS_MAX)
		return NULL;
	s = &r->subjects[r->subject_count++];
	copy_label(s->label, (const char *)label.p, label.n);
	return s;
}

/*
 * The order of badness: malformed and internal faults, contraindicated, no
 * verdict possible, warning, affirming.
 */
static int
badness(enum status st)
{
	switch (status_exit(st)) {
	case 0:
		return 0;
	case 2:
		return 1;
	case 3:
		return 2;
	case 1:
		return 3;
	default:
		return 4;
	}
}

size_t
verdict_owner(const struct assay_result *r, const char *where)
{
	size_t owner = 0;

	for (size_t i = 1; i < r->subject_count; i++)
		if (strcmp(r->subjects[i].label, where) == 0)
			owner = i;
	return owner;
}

static void
blame(struct assay_result *r, enum status code, const char *where)
{
	struct subject *s = &r->subjects[verdict_owner(r, where)];

	if (r->subject_count > 0 && badness(code) > badness(s->worst))
		s->worst = code;
}

void
verdict_reason(struct assay_result *r, enum status code, const char *where,
    const char *format, ...)
{
	struct reason *at;
	va_list ap;

	if (code == OK)
		return;
	blame(r, code, where);

	/* A full list gives up its last place to anything worse. */
	if (r->reason_count < REASONS_MAX)
		at = &r->reasons[r->reason_count++];
	else if (badness(code) > badness(r->reasons[REASONS_MAX - 1].code))
		at = &r->reasons[REASONS_MAX - 1];
	else
		return;
	at->code = code;
	copy_label(at->where, where, strlen(where));
	va_start(ap, format);
	vsnprintf(at->detail, sizeof(at->detail), format, ap);
	va_end(ap);
}

void
verdict_not_checked(struct assay_result *r, enum check c)
{
	r->not_checked[c] = true;
}

enum status
verdict_worst(const struct assay_result *r)
{
	enum status st = OK;

	for (size_t i = 0; i < r->reason_count; i++)
		if (badness(r->reasons[i].code) > badness(st))
			st = r->reasons[i].code;
	return st;
}

bool
verdict_failed(const struct assay_result *r)
{
	return badness(verdict_worst(r)) >= 3;
}

enum assay_verdict
verdict_of_status(enum status st)
{
	int code = status_exit(st);

	return code >= 0 && code <= 3 ? (enum assay_verdict)code : ASSAY_NONE;
}

enum assay_verdict
verdict_of(const struct assay_result *r)
{
	return verdict_of_status(verdict_worst(r));
}

int
assay_result_exit(const struct assay_result *r)
{
	enum status st = verdict_worst(r);

	return r->shown && (st == NOT_VERIFIED || st == CHIP_NAMED)
	    ? 0
	    : status_exit(st);
}

const char *
verdict_name(enum assay_verdict v)
{
	switch (v) {
	case ASSAY_AFFIRMING:
		return "affirming";
	case ASSAY_CONTRAINDICATED:
		return "contraindicated";
	case ASSAY_WARNING:
		return "warning";
	case ASSAY_NONE:
		break;
	}
	return "none";
}

int
assay_result_reason(
    const struct assay_result *r, size_t i, struct assay_reason *out)
{
	if (i >= r->reason_count)
		return 0;
	out->code = status_name(r->reasons[i].code);
	out->where = r->reasons[i].where;
	out->detail = r->reasons[i].detail;
	return 1;
}

int
assay_result_host(const struct assay_result *r, struct assay_host *host)
{
	if (!r->host_known)
		return 0;
	*host = r->host;
	return 1;
}

void
data_hex(json_t *at, const char *key, struct bytes b)
{
	char *text = malloc(2 * b.n + 1);

	if (text == NULL)
		return;
	bytes_to_hex(b, text);
	/* Digits need no look whether they are UTF-8. */
	json_object_set_new_nocheck(
	    at, key, json_stringn_nocheck(text, 2 * b.n));
	free(text);
}

void
data_uint(json_t *at, const char *key, uint64_t v)
{
	char text[24];

	/* Past what every JSON reader keeps exactly, digits travel as text. */
	if (v <= (UINT64_C(1) << 53)) {
		json_object_set_new(at, key, json_integer((json_int_t)v));
		return;
	}
	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	json_object_set_new(at, key, json_string(text));
}

void
data_text(json_t *at, const char *key, struct bytes t)
{
	json_object_set_new(
	    at, key, json_stringn((const char *)t.p, t.n));
}
