/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the tool, and what they share. */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include <assay/verify.h>

#include "fault.h"
#include "file.h"

/*
 * A command: the words that select it, its function, one line for the list,
 * and its --help.  ARGV[0] is the last of its words.
 */
struct command {
	const char *words[2];
	int (*run)(int argc, char **argv);
	const char *summary;
	const char *help;
};

extern const struct command command_verify;
extern const struct command command_show;
extern const struct command command_check_quote;
extern const struct command command_check_gpu;
extern const struct command command_check_switch;
extern const struct command command_check_spdm;
extern const struct command command_check_eventlog;
extern const struct command command_check_ima;
extern const struct command command_policy_learn;
extern const struct command command_check_ek;
extern const struct command command_check_iak;
extern const struct command command_check_platform;
extern const struct command command_anchors_list;
extern const struct command command_anchors_check;
extern const struct command command_anchors_add;
extern const struct command command_classify;
extern const struct command command_tables_show;
extern const struct command command_tables_verify;
extern const struct command command_tables_sign;
extern const struct command command_tables_key;
extern const struct command command_inventory_list;
extern const struct command command_inventory_sign;
extern const struct command command_inventory_check;

/* assay verify; PLACES: print the list for an inventory instead. */
int verify_run(int argc, char **argv, int places);

/* The private key in a file that only its owner reads. */
int load_key(const char *path, struct file *key);

/* The largest file of each sort that can be valid. */
enum {
	EVIDENCE_FILE_MAX = 1 << 20,
	ARTEFACT_FILE_MAX = 64 << 10,
	REFERENCE_FILE_MAX = 128 << 10,
	REPORT_FILE_MAX = 1 << 20,
	CRL_FILE_MAX = (1 << 20) - 1,
	ROOTS_FILE_MAX = 1 << 20,
	EVENTLOG_FILE_MAX = 16 << 20,
	EVENT_POLICY_FILE_MAX = 256 << 10,
	TABLE_FILE_MAX = 256 << 10,
	INVENTORY_FILE_MAX = 4 << 20,
};

/* A new file to be given to libassay; false after an error was printed. */
int load(const char *path, size_t max, struct file *out);

/* One more file of certificates behind ALL; OPTION is what gave it. */
int load_more(const char *option, const char *path, struct file *all);

/* Give the context the file PATH; an error names it. */
int context_add(struct assay *ctx, enum assay_input kind, const char *path);

/* Give it every *.corim of the folder DIR, under DIR/importer.pub. */
int context_add_references(struct assay *ctx, const char *dir);

struct dirent;

/*
 * The files of certificates in the folder DIR, in order; the caller frees
 * each of *NAMES, and *NAMES.
 */
int list_roots(const char *dir, struct dirent ***names, int *count);
/* Give it every one of them. */
int context_add_roots(struct assay *ctx, const char *dir);

/* "DIR/NAME" into OUT. */
int join_path(const char *dir, const char *name, char *out, size_t cap);

/* Give it the table PATH, after the signatures in PATH.cose if there. */
int context_add_table(
    struct assay *ctx, enum assay_input kind, const char *path);

/* The key that the auditor vouches for on the command line. */
struct pin {
	uint8_t name[ASSAY_NAME_MAX];
	size_t len;
	uint8_t ek_name[ASSAY_NAME_MAX]; /* that enrolment proved with it */
	size_t ek_len;
};

/* An assay_host_fn that knows the host of the pin at ARG. */
int find_pinned(void *arg, const uint8_t *ak_name, size_t len,
    struct assay_host *host);

/* --nonce: 64 hexadecimal digits into NONCE_BYTES. */
enum { NONCE_BYTES = 32 };
int parse_nonce(const char *hex, uint8_t out[NONCE_BYTES], size_t *n);

/* HEX of at most CAP bytes; prints an error that names OPTION. */
int parse_hex(const char *option, const char *hex, uint8_t *out, size_t cap,
    size_t *n);

/*
 * "now", seconds since 1970, "2026-03-01" or "2026-03-01T12:00:00Z"; prints
 * an error that names OPTION.
 */
int parse_time(const char *option, const char *text, int64_t *out);

/*
 * Where in the inputs a reason can lie ("ak", "attest"), and the file that
 * was given for it.  The last place of a list has no WHERE and stands for
 * all others.
 */
struct place {
	const char *where;
	const char *path;
};

/* The result as text, to be freed; NULL after an error was printed. */
char *result_text(
    const struct assay_result *result, enum assay_format format);

/*
 * Print the result and return the exit status.  Malformed input is named on
 * standard error, too, with its file.
 */
int print_result(const struct assay_result *result, int json,
    const struct place *places);

/* Check IN as of AT and print the result so. */
int check_and_print(struct assay *ctx, int64_t at, enum assay_artefact what,
    const struct assay_check *in, int json, const struct place *places);

/* print_result in another form. */
int print_result_as(const struct assay_result *result,
    enum assay_format format, const struct place *places);

/*
 * What getopt_long did not take; OPTION is what it looked at last.  Returns
 * 64.
 */
int option_error(const char *option);

/* One line about wrong use; returns 64. */
int usage_error(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
