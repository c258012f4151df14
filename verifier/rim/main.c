/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-rim-import: turn vendors' reference integrity manifests into assay's
 * normal form.  Foreign bytes are parsed by a confined child; this process
 * reads files, judges the answer, signs and writes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "report.h"
#include "parser_sandbox.h"
#include "store.h"
#include "xml.h"

/* What all files have in common. */
struct run {
	struct options options;
	struct anchors *anchors;
	bool has_signer;
	struct public_key signer;
	struct file revocation_file[REVOCATION_FILES];
	struct rim_revocation revocation[REVOCATION_FILES];
	struct store store;
	struct reading *reading;
	bool imported;      /* anything */
	bool not_looked_up; /* some signer's revocation */
	json_t *references, *reasons; /* for --json */
};

/* The file's name without folders and its last extension. */
static enum status
file_id(const char *path, struct bytes *id, struct fault *fault)
{
	static const char *const extensions[] = {
	    ".swidtag", ".xml", ".corim", ".cbor", ".rim"};
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	size_t n = strlen(base);

	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	     i++) {
		size_t e = strlen(extensions[i]);

		if (n > e && strcmp(base + n - e, extensions[i]) == 0) {
			n -= e;
			break;
		}
	}
	*id = bytes_view(base, n);
	if (reference_id_ok(*id))
		return OK;
	return fault_set(fault, USAGE,
	    "the name becomes the identifier: use letters, digits, '.', '_' "
	    "and '-', at most %d",
	    REFERENCE_TEXT);
}

/* Verify one file and, unless only checked, store it. */
static enum status
process(struct run *run, const char *path, const char **what,
    struct fault *fault)
{
	static const char *const outcomes[] = {
	    [STORE_ADDED] = "imported",
	    [STORE_REPLACED] = "imported, replacing an older one",
	    [STORE_HAD_IT] = "already imported, kept as it was",
	};
	struct options *o = &run->options;
	struct file file = {0};
	struct digest source;
	struct rim_input in = {
	    .anchors = run->anchors,
	    .signer = run->has_signer ? &run->signer : NULL,
	    .allow_unsigned = o->allow_unsigned,
	    .at = o->at,
	    .revocation = run->revocation,
	    .revocation_count = o->revocation_count,
	};
	enum store_outcome outcome;
	struct bytes id;
	enum status st;

	if ((st = file_id(path, &id, fault)) != OK ||
	    (st = file_read(path, RIM_FILE_MAX, &file, fault)) != OK)
		goto out;
	in.bytes = bytes_view(file.data, file.len);
	if ((st = hash_one(HASH_SHA256, in.bytes, &source)) != OK ||
	    (st = reading_run(&in, id, run->reading, fault)) != OK)
		goto out;
	run->reading->ref.imported = o->now;
	run->reading->ref.as_of = o->at;
	run->reading->ref.source = digest_view(&source);

	*what = "verified, nothing was written";
	if (!o->check) {
		st = store_put(&run->store, run->reading, &outcome, fault);
		if (st != OK)
			goto out;
		*what = outcomes[outcome];
		run->imported = true;
	}
	if (o->json)
		json_array_append_new(run->references,
		    report_json(o, run->reading, path, *what));
	else
		report_text(run->reading, path, *what);
	run->not_looked_up |= run->reading->ref.revocation != REVOCATION_OF_ALL;
	run->reading->ref.source = (struct bytes){NULL, 0};
out:
	file_free(&file);
	return st;
}

/* "FILE: what" on one line, without what moves a terminal's cursor. */
static int
complain(const char *path, enum status st, const struct fault *fault)
{
	struct fault line;
	const char *text =
	    fault->text[0] == '\0' ? status_text(st) : fault->text;

	if (strncmp(text, path, strlen(path)) == 0)
		(void)fault_set(&line, st, "%s", text);
	else
		(void)fault_set(&line, st, "%.200s: %s", path, text);
	for (char *p = line.text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return fault_print(&line, st);
}

/* Every file, one after the other; the first failure decides the exit. */
static int
process_all(struct run *run)
{
	int exit_status = 0;

	for (int i = 0; i < run->options.file_count; i++) {
		const char *path = run->options.files[i], *what = "";
		struct fault fault = {""};
		enum status st = process(run, path, &what, &fault);
		int rc;

		if (st == OK)
			continue;
		if (run->options.json)
			json_array_append_new(
			    run->reasons, report_reason(st, path, &fault));
		rc = complain(path, st, &fault);
		if (exit_status == 0)
			exit_status = rc;
	}

	/* One signature for whoever reads the whole folder. */
	if (run->imported) {
		struct fault fault = {""};
		enum status st = store_index(&run->store, &fault);

		int rc = st == OK
		    ? 0
		    : complain(run->options.store, st, &fault);

		if (exit_status == 0)
			exit_status = rc;
	}
	return exit_status;
}

static enum status
load_signer(struct run *run, struct fault *fault)
{
	enum { KEY_FILE_MAX = 4096 };
	const char *path = run->options.signer;
	struct file file;
	enum status st;

	if (path == NULL)
		return OK;
	if ((st = file_read(path, KEY_FILE_MAX, &file, fault)) != OK)
		return st;
	st = key_from_pem(bytes_view(file.data, file.len), &run->signer);
	file_free(&file);
	run->has_signer = st == OK;
	return st == OK ? OK
			: fault_set(fault, st,
			      "%s: give a public key on P-256 or P-384, PEM",
			      path);
}

/* Lists and responses: read here, parsed where the manifests are. */
static enum status
load_revocation(struct run *run, struct fault *fault)
{
	for (size_t i = 0; i < run->options.revocation_count; i++) {
		struct file *f = &run->revocation_file[i];
		const char *path = run->options.revocation[i].path;
		enum status st = file_read(path, RIM_FILE_MAX, f, fault);

		if (st != OK)
			return st;
		run->revocation[i] = (struct rim_revocation){
		    .ocsp = run->options.revocation[i].ocsp,
		    .path = path,
		    .bytes = bytes_view(f->data, f->len)};
	}
	return OK;
}

/* Everything that is done once, while no foreign byte has been read. */
static enum status
prepare(struct run *run, struct fault *fault)
{
	enum status st;

	if ((st = crypto_init()) != OK)
		return fault_set(fault, st, "%s", status_text(st));
	xml_init();
	if (!sandbox_filters())
		fprintf(stderr, "assay-rim-import: a build with sanitizers: "
				"the parser is not confined\n");
	run->anchors = anchors_new(ANCHOR_REFERENCE);
	run->reading = calloc(1, sizeof(*run->reading));
	run->references = json_array();
	run->reasons = json_array();
	if (run->anchors == NULL || run->reading == NULL ||
	    run->references == NULL || run->reasons == NULL)
		return fault_set(fault, NO_MEMORY, "starting");
	if ((st = load_signer(run, fault)) != OK ||
	    (st = load_revocation(run, fault)) != OK || run->options.check)
		return st;
	return store_open(
	    run->options.store, run->options.key, &run->store, fault);
}

int
main(int argc, char **argv)
{
	static struct run run;
	struct fault fault = {""};
	enum status st = options_parse(argc, argv, &run.options, &fault);
	int rc;

	if (st == OK && (run.options.help || run.options.version)) {
		if (run.options.help)
			fputs(options_help, stdout);
		else
			printf("assay-rim-import %s\n", ASSAY_VERSION);
		return 0;
	}
	if (st != OK || (st = prepare(&run, &fault)) != OK) {
		rc = fault_print(&fault, st);
		goto out;
	}
	rc = process_all(&run);
	if (run.options.json) {
		st = report_finish(
		    run.references, run.reasons, rc, run.not_looked_up);
		run.references = run.reasons = NULL;
	}
	if (st != OK || fflush(stdout) != 0)
		rc = fault_print(&fault, fault_set(&fault, FILE_WRITE,
					     "standard output: %s",
					     strerror(errno)));
out:
	json_decref(run.references);
	json_decref(run.reasons);
	store_close(&run.store);
	for (size_t i = 0; i < REVOCATION_FILES; i++)
		file_free(&run.revocation_file[i]);
	free(run.reading);
	anchors_free(run.anchors);
	return rc;
}
