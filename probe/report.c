/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static const char sentence[] = "at least; a chip that runs slow proves nothing";

/* What no burst can tell. */
static const struct {
	const char *code, *why;
} not_checked[] = {
    {"UPPER_BOUND", sentence},
    {"IDENTITY", "name, address and UUID are the driver's word"},
};

enum { NOT_CHECKED = sizeof(not_checked) / sizeof(not_checked[0]) };

/* Is row I the highest of its format, and the first of equals? */
static bool
is_best(const struct observation *o, size_t i)
{
	uint64_t rate = o->row[i].tops_milli;

	for (size_t k = 0; k < o->count; k++)
		if (strcmp(o->row[k].burst->format, o->row[i].burst->format) ==
		        0 &&
		    (o->row[k].tops_milli > rate ||
		        (o->row[k].tops_milli == rate && k < i)))
			return false;
	return rate > 0;
}

bool
report_any(const struct observation *o)
{
	for (size_t i = 0; i < o->count; i++)
		if (is_best(o, i))
			return true;
	return false;
}

/* The object of the file. */
static json_t *
object_of(const struct observation *o)
{
	json_t *rows = json_array();
	json_t *all =
	    json_pack("{s:i,s:s}", "schema", 1, "kind", "assay-observed");

	if (all != NULL && o->gpu.mock)
		json_object_set_new(all, "mock", json_true());
	for (size_t i = 0; i < o->count; i++)
		if (is_best(o, i))
			json_array_append_new(rows,
			    json_pack("{s:s,s:i,s:I,s:s}", "format",
			        o->row[i].burst->format, "bits",
			        (int)o->row[i].burst->bits, "tops_min_milli",
			        (json_int_t)o->row[i].tops_milli, "method",
			        o->row[i].burst->instruction));
	if (all == NULL ||
	    json_object_update_new(all,
	        json_pack("{s:s,s:s,s:s,s:I,s:I,s:o}", "device", o->gpu.name,
	            "pci", o->gpu.pci, "uuid", o->gpu.uuid, "copy_gbs_min",
	            (json_int_t)o->copy_gbs, "seconds_milli",
	            (json_int_t)o->seconds_milli, "observed", rows)) != 0) {
		json_decref(all);
		return NULL;
	}
	return all;
}

char *
report_file(const struct observation *o)
{
	json_t *all = object_of(o);
	char *text = all == NULL ? NULL : json_dumps(all, JSON_INDENT(2));

	json_decref(all);
	return text;
}

/* A row of the table: what, how much, how. */
static void
print_row(FILE *to, const char *what, uint64_t milli, const char *unit,
    const char *how)
{
	(void)fprintf(to, "%-8s at least %9" PRIu64 ".%03" PRIu64 " %-5s %s\n",
	    what, milli / 1000, milli % 1000, unit, how);
}

enum status
report_text(const struct observation *o, FILE *to)
{
	if (o->gpu.mock)
		(void)fprintf(to, "MOCK: a made-up driver, no hardware; its "
		                  "numbers mean nothing\n");
	(void)fprintf(to, "%-8s %s\n         %s  %s\n", "device", o->gpu.name,
	    o->gpu.pci, o->gpu.uuid);
	for (size_t i = 0; i < o->count; i++) {
		const struct burst *b = o->row[i].burst;

		if (is_best(o, i))
			print_row(to, b->format, o->row[i].tops_milli, "TOPS",
			    b->instruction);
		else if (o->row[i].tops_milli == 0)
			(void)fprintf(to, "%-8s not measured: %s: %s\n",
			    b->format, b->instruction, o->row[i].why);
	}
	if (o->copy_gbs > 0)
		print_row(to, "memory", o->copy_gbs * 1000, "GB/s",
		    "copies, read and written, less what a cache holds");
	else
		(void)fprintf(to, "memory   not measured: %s\n", o->copy_why);
	(void)fprintf(to, "time     %" PRIu64 ".%03" PRIu64 " s of the GPU\n",
	    o->seconds_milli / 1000, o->seconds_milli % 1000);
	(void)fprintf(to, "%s\n", sentence);
	return fflush(to) == 0 && ferror(to) == 0 ? OK : FILE_WRITE;
}

/* What was not measured, and what cannot be. */
static json_t *
unchecked(const struct observation *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < NOT_CHECKED; i++)
		json_array_append_new(
		    list, json_pack("{s:s,s:s}", "code", not_checked[i].code,
		              "why", not_checked[i].why));
	for (size_t i = 0; o != NULL && i < o->count; i++)
		if (o->row[i].tops_milli == 0)
			json_array_append_new(
			    list, json_pack("{s:s,s:s+++}", "code", "BURST",
			              "why", o->row[i].burst->instruction, ": ",
			              o->row[i].why, ""));
	if (o != NULL && o->copy_gbs == 0)
		json_array_append_new(list,
		    json_pack("{s:s,s:s}", "code", "COPY", "why", o->copy_why));
	return list;
}

enum status
report_json(const struct observation *o, enum status st,
    const struct fault *fault, FILE *to)
{
	json_t *reasons = json_array(), *all;
	enum status done = FILE_WRITE;

	/* Measured here, not judged: there is no verdict. */
	if (o == NULL)
		json_array_append_new(
		    reasons, json_pack("{s:s,s:s,s:s}", "code", status_name(st),
		                 "where", "device", "detail", fault->text));
	all = json_pack("{s:i,s:s,s:i,s:o,s:o,s:o}", "schema", 1, "verdict",
	    "none", "exit", status_exit(st), "reasons", reasons, "not_checked",
	    unchecked(o), "data", o == NULL ? json_object() : object_of(o));
	if (all != NULL && json_dumpf(all, to, JSON_INDENT(2)) == 0 &&
	    fputc('\n', to) != EOF && fflush(to) == 0)
		done = OK;
	json_decref(all);
	return done;
}
