/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an event's data say, and whether that may be believed.  The digest is
 * what a PCR vouches for; data are worth something only when the digest turns
 * out to be made of them, here and now, in the bank that is trusted.
 */
#ifndef ASSAY_EVENT_DESCRIBE_H
#define ASSAY_EVENT_DESCRIBE_H

#include "event_forms.h"
#include "eventlog.h"

enum event_binding {
	BOUND_NOT,  /* the digest is of something that is not in the log */
	BOUND_DATA, /* of the data, to the last byte */
	BOUND_PART, /* of a variable's value, of a text after its prefix */
	BOUND_NONE, /* there is no digest: EV_NO_ACTION */
};

struct event_said {
	enum event_binding binding;
	bool malformed; /* the data do not have the form of their type */
	/* H(data) must be the digest for this type, and it is not. */
	bool mismatch;
	struct line line;
};

/*
 * Describe EVENT by its digest in BANK.  CRYPTO_FAILED only when hashing
 * fails; everything else is in OUT.
 */
enum status event_describe(
    const struct event *e, enum hash bank, struct event_said *out);

/* Whether the digest in BANK is that of the data, whatever the type. */
enum status event_binds(
    const struct event *e, enum hash bank, enum event_binding *out);

/* "data", "part", "no" or "none". */
const char *binding_name(enum event_binding b);

/*
 * The name of a type, NULL when it has none here, and back; names also read
 * as hexadecimal numbers, "0x8000000a".
 */
const char *event_type_name(uint32_t type);
bool event_type_from_name(struct bytes name, uint32_t *out);

#endif
