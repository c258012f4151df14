/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secure boot, as PCR 7 tells it (PFP 3.3.4.8): its configuration, each
 * variable once; the separator; what verified the images that came then.
 * SecureBoot = 1 alone proves little: firmware may have started a kernel past
 * the check, and then nothing was verified.
 */
#include "event_describe.h"
#include "event_policy.h"
#include "event_types.h"

enum { PCR_IMAGES = 4, PCR_SECURE_BOOT = 7 };

/* The variables that firmware measures whatever they hold. */
static const char *const required[] = {"SecureBoot", "PK", "KEK", "db", "dbx"};

enum { REQUIRED = sizeof(required) / sizeof(required[0]) };

struct secure_boot {
	enum hash bank;
	struct event_findings *out;
	bool seen[REQUIRED];
	bool on;
	bool separator;
	unsigned authorities; /* after the separator, bound */
	unsigned images;      /* applications in PCR 4 */
};

/* A variable of the configuration, which its digest binds. */
static void
see_variable(struct secure_boot *s, const struct event *e)
{
	struct event_variable v;
	size_t i;

	if (!variable_parse(e->data, &v)) {
		event_finding(s->out, EVENT_DATA_MALFORMED, e,
		    "event %zu, PCR %u: not a variable", e->number, e->pcr);
		return;
	}
	for (i = 0; i < REQUIRED && !variable_is(&v, required[i]); i++)
		;
	if (i == REQUIRED)
		return;
	if (s->seen[i])
		event_finding(s->out, SECURE_BOOT_ORDER, e,
		    "event %zu, PCR %u: %s a second time", e->number, e->pcr,
		    required[i]);
	s->seen[i] = true;
	if (i == 0)
		s->on = v.value.n == 1 && v.value.p[0] == 1;
	else if (i == 1 && v.value.n == 0)
		event_finding(s->out, SECURE_BOOT_OFF, e,
		    "event %zu, PCR %u: PK is empty, anyone may set the keys",
		    e->number, e->pcr);
}

static enum status
see_event(struct secure_boot *s, const struct event *e)
{
	bool config = e->type == EV_EFI_VARIABLE_DRIVER_CONFIG;
	bool authority = e->type == EV_EFI_VARIABLE_AUTHORITY;
	enum event_binding binding;
	enum status st;

	if (e->pcr == PCR_IMAGES &&
	    e->type == EV_EFI_BOOT_SERVICES_APPLICATION)
		s->images++;
	if (e->pcr != PCR_SECURE_BOOT)
		return OK;
	if (e->type == EV_SEPARATOR) {
		s->separator = true;
		return OK;
	}
	if (s->separator && !authority) {
		event_finding(s->out, SECURE_BOOT_ORDER, e,
		    "event %zu, PCR %u: %s after the separator", e->number,
		    e->pcr,
		    config ? "configuration" : "something else");
		return OK;
	}
	if ((st = event_binds(e, s->bank, &binding)) != OK)
		return st;
	if (config && binding != BOUND_DATA)
		event_finding(s->out, EVENT_UNBOUND, e,
		    "event %zu, PCR %u: a variable that its digest does not "
		    "vouch for",
		    e->number, e->pcr);
	else if (config)
		see_variable(s, e);
	else if (authority && s->separator && binding == BOUND_DATA)
		s->authorities++;
	return OK;
}

static void
conclude(const struct secure_boot *s)
{
	for (size_t i = 0; i < REQUIRED; i++)
		if (!s->seen[i])
			event_finding(s->out, SECURE_BOOT_OFF, NULL,
			    "PCR 7: %s was not measured", required[i]);
	if (s->seen[0] && !s->on)
		event_finding(
		    s->out, SECURE_BOOT_OFF, NULL, "PCR 7: SecureBoot is not 1");
	if (s->seen[0] && s->on && (s->authorities == 0 || s->images == 0))
		event_finding(s->out, SECURE_BOOT_UNPROVED, NULL,
		    "%u authorities in PCR 7 after the separator, %u images "
		    "in PCR 4",
		    s->authorities, s->images);
}

enum status
secure_boot_check(
    enum hash bank, struct bytes in, struct event_findings *out)
{
	struct secure_boot s = {.bank = bank, .out = out};
	struct eventlog log;
	struct event e;
	enum status st = OK;

	eventlog_open(in, &log);
	while (st == OK && eventlog_next(&log, &e))
		if (event_extends(&e))
			st = see_event(&s, &e);
	if (st == OK)
		conclude(&s);
	return st;
}
