/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data of events, form by form (PFP 1.06, 10.4).  Each function writes a line
 * for people and returns false when the data do not have the form.
 */
#ifndef ASSAY_EVENT_FORMS_H
#define ASSAY_EVENT_FORMS_H

#include "line.h"

/* UEFI_VARIABLE_DATA (10.2.6): views into the event's data. */
struct event_variable {
	struct bytes guid;  /* 16 bytes */
	struct bytes name;  /* UTF-16 without NUL */
	struct bytes value;
};

bool variable_parse(struct bytes data, struct event_variable *out);

/*
 * Variables whose vendor GUID is settled: the name alone says which one.
 * False when NAME is not among them.
 */
bool variable_guid(const char *name, struct bytes *guid);
/* The name itself, lasting, when it is among them; else NULL. */
const char *variable_known(struct bytes name);
/* Is it the variable of that name, under its settled GUID? */
bool variable_is(const struct event_variable *v, const char *name);

bool form_bytes(struct bytes data, struct line *out);
bool form_string(struct bytes data, struct line *out);
bool form_blob(struct bytes data, struct line *out);
bool form_blob2(struct bytes data, struct line *out);
bool form_tables(struct bytes data, struct line *out);
bool form_tables2(struct bytes data, struct line *out);
bool form_version(struct bytes data, struct line *out);
bool form_no_action(struct bytes data, struct line *out);
bool form_separator(struct bytes data, struct line *out);
bool form_tagged(struct bytes data, struct line *out);
bool form_ipl(struct bytes data, struct line *out);
bool form_omit(struct bytes data, struct line *out);
bool form_hcrtm(struct bytes data, struct line *out);
bool form_variable(struct bytes data, struct line *out);
bool form_image(struct bytes data, struct line *out);
bool form_gpt(struct bytes data, struct line *out);
bool form_spdm(struct bytes data, struct line *out); /* event_spdm.c */

/* What boot loaders write before the text that they hash: "grub_cmd: ". */
struct bytes ipl_hashed(struct bytes data);

#endif
