/* SPDX-License-Identifier: Apache-2.0 */
#include "revocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/x509_crl.h>

#include "der.h"
#include "ocsp.h"

/* reasonCode, 2.5.29.21 */
static const uint8_t oid_reason[] = {0x55, 0x1d, 0x15};

enum { CRL_FILE_MAX = 1 << 20, DATE_MAX = 24 };

/* One response, with the bytes that it borrows from. */
struct response {
	struct response *next;
	struct ocsp ocsp;
	uint8_t bytes[];
};

struct revocation {
	mbedtls_x509_crl lists;
	bool any_list;
	struct response *first;
};

struct revocation *
revocation_new(void)
{
	struct revocation *r = calloc(1, sizeof(*r));

	if (r != NULL)
		mbedtls_x509_crl_init(&r->lists);
	return r;
}

void
revocation_free(struct revocation *r)
{
	if (r == NULL)
		return;
	mbedtls_x509_crl_free(&r->lists);
	while (r->first != NULL) {
		struct response *at = r->first;

		r->first = at->next;
		free(at);
	}
	free(r);
}

static bool
parse_crl(mbedtls_x509_crl *list, const uint8_t *text, size_t n)
{
	return (text[0] == 0x30
		   ? mbedtls_x509_crl_parse_der(list, text, n)
		   : mbedtls_x509_crl_parse(list, text, n + 1)) == 0;
}

/* A file that is refused leaves nothing behind: it is parsed aside first. */
enum status
revocation_add_crl(struct revocation *r, struct bytes crl)
{
	uint8_t *copy = chain_with_nul(crl, CRL_FILE_MAX);
	mbedtls_x509_crl trial;
	bool ok;

	if (copy == NULL)
		return CRL_MALFORMED;
	mbedtls_x509_crl_init(&trial);
	ok = parse_crl(&trial, copy, crl.n) &&
	    parse_crl(&r->lists, copy, crl.n);
	mbedtls_x509_crl_free(&trial);
	free(copy);
	r->any_list |= ok;
	return ok ? OK : CRL_MALFORMED;
}

enum status
revocation_add_ocsp(struct revocation *r, struct bytes der)
{
	struct response *at;
	enum status st;

	if (der.n > OCSP_FILE_MAX)
		return OCSP_MALFORMED;
	if ((at = malloc(sizeof(*at) + der.n)) == NULL)
		return NO_MEMORY;
	memcpy(at->bytes, der.p, der.n);
	if ((st = ocsp_parse(bytes_view(at->bytes, der.n), &at->ocsp)) != OK) {
		free(at);
		return st;
	}
	at->next = r->first;
	r->first = at;
	return OK;
}

bool
revocation_any(const struct revocation *r)
{
	return r->any_list || r->first != NULL;
}

static const char *
date(int64_t seconds, char out[DATE_MAX])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, DATE_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		strcpy(out, "?");
	return out;
}

/* A lookup under way. */
struct search {
	const struct revocation *all;
	const mbedtls_x509_crt *crt, *issuer;
	const int64_t *time;
	struct curves *curves;
	struct revocation_finding *out;
	enum status missed; /* what was no answer for this time, or OK */
};

/* Say what is wrong about the certificate. */
static enum status
refuse(struct search *s, enum status st, const char *what)
{
	char subject[SUBJECT_MAX] = ""; /* as a name without parts leaves it */

	if (mbedtls_x509_dn_gets(
		subject, sizeof(subject), &s->crt->subject) < 0)
		strcpy(subject, "(subject too long to show)");
	snprintf(s->out->note, sizeof(s->out->note), "%s: %s", subject, what);
	return st;
}

static enum status
refuse_revoked(struct search *s, int64_t at, const char *reason)
{
	char when[DATE_MAX], what[96];

	snprintf(what, sizeof(what), "revoked %s, %s", date(at, when),
	    reason != NULL ? reason : "no reason given");
	return refuse(s, CHAIN_REVOKED, what);
}

/* When an answer holds. */
struct window {
	int64_t from, until;
};

static struct window
meet(struct window a, struct window b)
{
	return (struct window){a.from > b.from ? a.from : b.from,
	    a.until < b.until ? a.until : b.until};
}

/*
 * Not revoked, says an answer.  One that is of another time is remembered in
 * case no other comes.
 */
static void
good(struct search *s, enum revocation_source source, struct window w,
    enum status otherwise)
{
	char a[DATE_MAX], b[DATE_MAX], what[96];

	if (s->out->source != REVOCATION_NOT_FOUND)
		return;
	if (s->time == NULL || (*s->time >= w.from && *s->time <= w.until)) {
		s->out->source = source;
		s->out->from = w.from;
		s->out->until = w.until;
		return;
	}
	snprintf(what, sizeof(what), "what was given holds from %s to %s",
	    date(w.from, a), date(w.until, b));
	s->missed = refuse(s, otherwise, what);
}

/* Does the issuer sign this list? */
static bool
list_holds(const struct search *s, const mbedtls_x509_crl *list)
{
	struct signed_der sign;
	struct public_key key;
	struct bytes rest;

	return mbedtls_x509_crt_check_key_usage(
		   s->issuer, MBEDTLS_X509_KU_CRL_SIGN) == 0 &&
	    signed_read(bytes_view(list->raw.p, list->raw.len), &sign,
		&rest) &&
	    rest.n == 0 &&
	    key_from_spki(bytes_view(s->issuer->pk_raw.p,
			      s->issuer->pk_raw.len),
		&key) == OK &&
	    signed_verify(&sign, &key, s->curves) == OK;
}

static const mbedtls_x509_crl_entry *
find_entry(const mbedtls_x509_crl *list, const mbedtls_x509_buf *serial)
{
	const mbedtls_x509_crl_entry *e = &list->entry;

	for (; e != NULL && e->serial.len != 0; e = e->next)
		if (bytes_eq(bytes_view(e->serial.p, e->serial.len),
			bytes_view(serial->p, serial->len)))
			return e;
	return NULL;
}

/* Its reason, when it gives one: serial, time, extensions. */
static const char *
entry_reason(const mbedtls_x509_crl_entry *e)
{
	struct reader r = reader_of(bytes_view(e->raw.p, e->raw.len));
	struct extension ext;
	uint8_t tag;

	(void)der_any(&r, &tag);
	(void)der_any(&r, &tag);
	return extension_find(r.rest, BYTES_OF(oid_reason), &ext)
	    ? reason_read(ext.value)
	    : NULL;
}

/* Every list of the issuer. */
static enum status
search_lists(struct search *s)
{
	const mbedtls_x509_crl *l = s->all->any_list ? &s->all->lists : NULL;

	for (; l != NULL; l = l->next) {
		struct window w = {chain_seconds(&l->this_update), INT64_MAX};
		const mbedtls_x509_crl_entry *e;

		if (!bytes_eq(bytes_view(l->issuer_raw.p, l->issuer_raw.len),
			bytes_view(s->crt->issuer_raw.p,
			    s->crt->issuer_raw.len)))
			continue;
		if (!list_holds(s, l))
			return refuse(s, CHAIN_CRL_INVALID,
			    "the list that names its issuer");
		if ((e = find_entry(l, &s->crt->serial)) != NULL)
			return refuse_revoked(s,
			    chain_seconds(&e->revocation_date),
			    entry_reason(e));
		if (l->next_update.year != 0)
			w.until = chain_seconds(&l->next_update);
		good(s, REVOCATION_BY_LIST, w, CHAIN_CRL_EXPIRED);
	}
	return OK;
}

/*
 * A responder whose own certificate may have been revoked: only a list of
 * the issuer can say that it was not.  *CLEAR when one does, within W.
 */
static enum status
check_responder(
    struct search *s, struct bytes der, struct window *w, bool *clear)
{
	struct revocation_finding found = {.source = REVOCATION_NOT_FOUND};
	struct search own = *s;
	mbedtls_x509_crt crt;
	enum status st = OCSP_DELEGATION;

	own.out = &found;
	own.crt = &crt;
	mbedtls_x509_crt_init(&crt);
	if (mbedtls_x509_crt_parse_der(&crt, der.p, der.n) == 0)
		st = search_lists(&own);
	mbedtls_x509_crt_free(&crt);
	if (st != OK)
		return refuse(s, OCSP_DELEGATION,
		    "the responder's own certificate was revoked");
	*clear = found.source != REVOCATION_NOT_FOUND;
	*w = meet(*w, (struct window){found.from, found.until});
	return OK;
}

/* What an answer says, once it is known whose it is and within what time. */
static enum status
judge_answer(
    struct search *s, const struct ocsp_answer *a, struct window signer)
{
	struct window w = {a->this_update, a->next_update};

	switch (a->state) {
	case OCSP_STATE_REVOKED:
		return refuse_revoked(s, a->revoked_at, a->reason);
	case OCSP_STATE_UNKNOWN:
		return refuse(s, OCSP_UNKNOWN, "the answer is \"unknown\"");
	case OCSP_STATE_GOOD:
		break;
	}

	/* Without an end there may be news at any time (RFC 6960, 4.2.2.1). */
	if (!a->has_next && s->time != NULL) {
		s->missed = refuse(s, OCSP_UNBOUNDED,
		    "ask a responder that says how long its answers hold");
		return OK;
	}
	good(s, REVOCATION_BY_OCSP, meet(w, signer), OCSP_EXPIRED);
	return OK;
}

static enum status
search_response(struct search *s, const struct ocsp *ocsp)
{
	struct ocsp_answer answer;
	struct ocsp_signer signer;
	bool found, clear = true;
	struct window w;
	enum status st;

	st = ocsp_find(ocsp, s->crt, s->issuer, &answer, &found);
	if (st == OK && !found)
		return OK;
	if (st == OK)
		st = ocsp_verify(
		    ocsp, s->issuer, s->time, s->curves, &signer);
	if (st != OK)
		return refuse(s, st, "in a response about it");
	w = (struct window){signer.from, signer.until};
	if (signer.ask.n > 0 &&
	    (st = check_responder(s, signer.ask, &w, &clear)) != OK)
		return st;

	/* "Good" counts only if its signer was not revoked itself. */
	return clear || answer.state != OCSP_STATE_GOOD
	    ? judge_answer(s, &answer, w)
	    : OK;
}

enum status
revocation_find(const struct revocation *r, const mbedtls_x509_crt *crt,
    const mbedtls_x509_crt *issuer, const int64_t *time,
    struct curves *curves, struct revocation_finding *out)
{
	struct search s = {.all = r, .crt = crt, .issuer = issuer,
	    .time = time, .curves = curves, .out = out, .missed = OK};
	const struct response *at;
	enum status st;

	*out = (struct revocation_finding){.source = REVOCATION_NOT_FOUND};
	st = search_lists(&s);
	for (at = r->first; st == OK && at != NULL; at = at->next)
		st = search_response(&s, &at->ocsp);
	if (st != OK || out->source != REVOCATION_NOT_FOUND)
		return st;
	return s.missed;
}
