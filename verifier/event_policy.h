/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the boot of a good host looks like, event by event
 * (assay-event-policy(5)).  A policy is a text; event_learn.h makes one from
 * the logs of good hosts.
 */
#ifndef ASSAY_EVENT_POLICY_H
#define ASSAY_EVENT_POLICY_H

#include "replay.h"

enum {
	EVENT_POLICY_MAX = 256 * 1024,
	EVENT_POLICY_LINE_MAX = 16 * 1024,
	EVENT_POLICY_LINES_MAX = 8192,
	EVENT_POLICY_NAME_MAX = 64,
};

/* One way in which an event may be what was expected. */
struct event_match {
	enum match_kind {
		MATCH_DIGEST,   /* its digest is this one */
		MATCH_VARIABLE, /* it binds data that name this variable */
		MATCH_ANY,      /* it is there */
	} kind;
	const char *variable;
	uint8_t digest[HASH_MAX];
};

/* An expected event: a type, and one or more matches. */
struct event_rule {
	uint32_t type;
	bool optional;
	size_t first, count; /* in MATCHES */
	unsigned line;       /* in the text */
};

struct event_policy {
	char name[EVENT_POLICY_NAME_MAX];
	enum hash bank;
	bool secure_boot; /* it must be on, and have been used */
	bool separators;  /* one in each PCR of the firmware */
	bool well_formed; /* data of every event have their form */
	uint32_t pcrs;    /* bit i: the events of PCR i are all listed */
	struct {
		size_t first, count; /* in RULES, in order */
	} of_pcr[PCR_COUNT];
	struct event_rule *rules;
	size_t rule_count;
	struct event_match *matches;
	size_t match_count;
	struct digest digest; /* SHA-256 of the text */
};

/*
 * Read a policy.  Codes and ERROR as those of policy_parse (policy.h):
 * POLICY_MALFORMED, CONFIG_KEY, CONFIG_VALUE, NO_MEMORY.  Free it with
 * event_policy_free, after a failure too.
 */
enum status event_policy_parse(
    struct bytes text, struct event_policy *out, char *error, size_t cap);
void event_policy_free(struct event_policy *policy);

/* PCRs whose values must be vouched for before the policy says anything. */
uint32_t event_policy_needs(const struct event_policy *policy);

/* What differs, in the order of the log. */
enum { EVENT_FINDINGS_MAX = 24, EVENT_FINDING_TEXT = 288 };

struct event_findings {
	struct event_finding {
		enum status code;
		size_t event; /* its number, SIZE_MAX for what is missing */
		char text[EVENT_FINDING_TEXT];
	} f[EVENT_FINDINGS_MAX];
	size_t n;
};

/*
 * Compare a log, which has been replayed, with the policy.  OUT gets every
 * event that is not as expected, up to the point in each PCR from where
 * nothing can be put beside anything:
 *
 *	EVENT_MISMATCH      its digest is none of those expected there
 *	EVENT_UNEXPECTED    no event is expected there, or another type
 *	EVENT_MISSING       required, and not in the log
 *	EVENT_SEPARATOR     none, two, or one that says error
 *	EVENT_UNBOUND       its digest does not follow from its data
 *	EVENT_DATA_MALFORMED
 *	SECURE_BOOT_OFF, SECURE_BOOT_ORDER, SECURE_BOOT_UNPROVED
 *
 * The code returned is OK when the comparison was made, whatever it found:
 * else EVENTLOG_BANK_MISSING, NO_MEMORY, CRYPTO_FAILED.
 */
enum status event_policy_compare(const struct event_policy *policy,
    struct bytes log, struct event_findings *out);

/* secure_boot.c: the rules about PCR 7 and its neighbours. */
enum status secure_boot_check(
    enum hash bank, struct bytes log, struct event_findings *out);

/* Add a finding with a text like printf; a full list keeps the first. */
void event_finding(struct event_findings *to, enum status code,
    const struct event *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
