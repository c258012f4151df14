/* SPDX-License-Identifier: Apache-2.0 */
#include "history.h"

#include <stdio.h>
#include <string.h>

#include "number.h"

_Static_assert((int)ASSAY_IDENTITY_MAX == (int)IDENTITY_MAX, "as in result.h");
_Static_assert((int)ASSAY_LABEL_MAX == (int)LABEL_MAX, "as in result.h");
_Static_assert((int)ASSAY_DEVICES_MAX == (int)DEVICES_MAX, "as in result.h");

#define REMEDY "assay-verifier devices accept"

/* What is asked while the devices of one host are gone through. */
struct recall {
	const struct verified *v;
	const struct assay_host *host;
	struct assay_result *r;
	bool *endorsed;
	bool known[DEVICES_MAX]; /* this host is expected to have them */
	bool failed;             /* what was before cannot be read */
};

/* What device I has signed for this report, or NULL. */
static const struct device_proof *
signed_by(const struct verified *v, size_t i)
{
	const struct device_proof *proof;

	(void)verified_device(v, i, &proof);
	return proof->answered && proof->identity[0] != '\0' ? proof : NULL;
}

/* Ask the caller; false when there is none or it cannot be said. */
static bool
ask(struct recall *h, const char *identity, size_t i, struct assay_device *out)
{
	struct bytes name = verified_claims(h->v)->ak_name;
	int rc;

	if (h->failed)
		return false;
	memset(out, 0, sizeof(*out));
	rc = h->host->device_fn(
	    h->host->device_arg, name.p, name.n, identity, i, out);
	if (rc < 0) {
		h->failed = true;
		verdict_reason(h->r, STORE_UNAVAILABLE, "host",
		    "the verdict cannot rest on its accelerators' history");
	}
	out->identity[sizeof(out->identity) - 1] = '\0';
	out->label[sizeof(out->label) - 1] = '\0';
	return rc == 0;
}

/* One device that is signed for by two hosts is in one of them at most. */
static void
find_moved(struct recall *h, size_t i, const char *identity)
{
	char name[2 * ASSAY_NAME_MAX + 1], day[NUMBER_TEXT];
	struct assay_device before;

	if (!ask(h, identity, 0, &before) ||
	    before.ak_name_len > sizeof(before.ak_name))
		return;
	bytes_to_hex(bytes_view(before.ak_name, before.ak_name_len), name);
	date_text(before.last_seen, day);
	h->endorsed[i] = false;
	verdict_reason(h->r, DEVICE_MOVED, h->r->subjects[i + 1].label,
	    "%s signed for %s on %s; if it was moved: " REMEDY, identity, name,
	    day);
}

/* The number of the device that signed and says IDENTITY, or the count. */
static size_t
find_shown(const struct verified *v, const char *identity)
{
	size_t count = verified_claims(v)->device_count, i = 0;

	for (; i < count; i++) {
		const struct device_proof *proof = signed_by(v, i);

		if (proof != NULL && strcmp(proof->identity, identity) == 0)
			break;
	}
	return i;
}

/* The number of the device that has the label, or the count. */
static size_t
find_label(const struct verified *v, const char *label)
{
	const struct claims *c = verified_claims(v);
	size_t i = 0;

	while (i < c->device_count &&
	    !bytes_eq(c->devices[i].label, bytes_str(label)))
		i++;
	return i;
}

/*
 * A device that is expected here did not sign.  What is in its place tells
 * more: another one, one whose evidence was refused and has its reason, or
 * one for which software alone speaks.
 */
static void
judge_missing(struct recall *h, const struct assay_device *last)
{
	size_t i = find_label(h->v, last->label);
	bool there = i < verified_claims(h->v)->device_count;
	const struct device_proof *proof, *now;
	char day[NUMBER_TEXT];

	now = there ? signed_by(h->v, i) : NULL;
	date_text(last->last_seen, day);
	if (now != NULL && !h->known[i]) {
		h->endorsed[i] = false;
		verdict_reason(h->r, DEVICE_REPLACED, last->label,
		    "%s, where %s was on %s; if it was exchanged: " REMEDY,
		    now->identity, last->identity, day);
		return;
	}
	if (there && now == NULL &&
	    verified_device(h->v, i, &proof) == DEVICE_FAILED)
		return;
	verdict_reason(h->r, DEVICE_EVIDENCE_MISSING,
	    there && now == NULL ? last->label : "host",
	    "%s signed on %s as %s; if it was taken out: " REMEDY,
	    last->identity, day, last->label);
}

/* Which of the devices are expected; then which of those did not sign. */
static void
compare_expected(struct recall *h)
{
	size_t count = verified_claims(h->v)->device_count, at;
	struct assay_device last;

	for (size_t i = 0; ask(h, NULL, i, &last); i++)
		if ((at = find_shown(h->v, last.identity)) < count)
			h->known[at] = true;
	for (size_t i = 0; ask(h, NULL, i, &last); i++)
		if (find_shown(h->v, last.identity) == count)
			judge_missing(h, &last);
}

void
history_judge(const struct verified *v, struct assay_result *r,
    bool endorsed[DEVICES_MAX])
{
	const struct assay_host *host = verified_host(v);
	struct recall h = {.v = v, .host = host, .r = r, .endorsed = endorsed};

	if (host->device_fn == NULL ||
	    (host->enrolment != ASSAY_PINNED &&
	        host->enrolment != ASSAY_ENROLLED)) {
		verdict_not_checked(r, CHECK_DEVICE_HISTORY);
		return;
	}
	for (size_t i = 0; i < verified_claims(v)->device_count; i++) {
		const struct device_proof *proof = signed_by(v, i);

		if (proof != NULL)
			find_moved(&h, i, proof->identity);
	}
	compare_expected(&h);
}

void
history_remember(const struct verified *v, struct assay_result *r)
{
	const struct claims *c = verified_claims(v);
	int expected = !verdict_failed(r) && verified_fresh(v);

	r->host.device_fn = NULL;
	r->host.device_arg = NULL;
	r->host.device_count = 0;
	memset(r->host.device, 0, sizeof(r->host.device));
	for (size_t i = 0; i < c->device_count; i++) {
		struct assay_device *d =
		    &r->host.device[r->host.device_count];
		const struct device_proof *proof = signed_by(v, i);

		if (proof == NULL)
			continue;
		memcpy(d->identity, proof->identity, sizeof(d->identity));
		memcpy(d->label, r->subjects[i + 1].label, sizeof(d->label));
		d->expected = expected;
		memcpy(d->ak_name, c->ak_name.p, c->ak_name.n);
		d->ak_name_len = c->ak_name.n;
		r->host.device_count++;
	}
}
