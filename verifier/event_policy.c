/* SPDX-License-Identifier: Apache-2.0 */
#include "event_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_describe.h"
#include "event_types.h"

enum {
	HEADER_MAX = 32 + 2 * 64, /* UEFI_VARIABLE_DATA before the value */
	TEXT_FORMS = 4,           /* one line makes at most so many matches */
};

struct parse {
	struct event_policy *policy;
	struct reader rest;
	struct bytes line;
	unsigned number;
	int pcr; /* the section we are in, or -1 */
	bool first;
	uint8_t unquoted[EVENT_POLICY_LINE_MAX];
	char *error;
	size_t cap;
};

static enum status
refuse(struct parse *p, enum status st, const char *what)
{
	snprintf(p->error, p->cap,
	    "event policy: line %u: %s, see assay-event-policy(5)", p->number,
	    what);
	return st;
}

/* The next word of the line. */
static struct bytes
word(struct parse *p)
{
	struct bytes w;
	size_t n = 0;

	while (p->line.n > 0 && (p->line.p[0] == ' ' || p->line.p[0] == '\t'))
		p->line = bytes_sub(p->line, 1, p->line.n - 1);
	while (n < p->line.n && p->line.p[n] != ' ' && p->line.p[n] != '\t')
		n++;
	w = bytes_sub(p->line, 0, n);
	p->line = bytes_sub(p->line, n, p->line.n - n);
	return w;
}

/* Is nothing left but blanks? */
static bool
at_end(struct parse *p)
{
	return word(p).n == 0;
}

static struct event_match *
add_match(struct parse *p, enum match_kind kind)
{
	struct event_policy *policy = p->policy;
	struct event_match *m = &policy->matches[policy->match_count++];

	m->kind = kind;
	policy->rules[policy->rule_count - 1].count++;
	return m;
}

/* A match by the digest of DATA, which a host's events must then have. */
static enum status
add_hashed(struct parse *p, const struct bytes *parts, size_t count)
{
	struct digest d;
	enum status st = hash_parts(p->policy->bank, parts, count, &d);

	if (st == OK)
		memcpy(add_match(p, MATCH_DIGEST)->digest, d.b, d.n);
	return st;
}

static enum status
match_digest(struct parse *p)
{
	struct bytes hex = word(p);
	uint8_t value[HASH_MAX];
	size_t n = hash_size(p->policy->bank);

	if (hex.n != 2 * n ||
	    bytes_from_hex((const char *)hex.p, hex.n, value, n) !=
		(ptrdiff_t)n ||
	    !at_end(p))
		return refuse(p, CONFIG_VALUE, "not a digest of this bank");
	memcpy(add_match(p, MATCH_DIGEST)->digest, value, n);
	return OK;
}

/* "text" with \", \\ and \xNN; false when it is not so written. */
static bool
unquote(struct parse *p, struct bytes *out)
{
	struct writer w = writer_of(p->unquoted, sizeof(p->unquoted));
	struct reader r = reader_of(p->line);
	uint8_t c, hex[2];

	while ((c = read_u8(&r)) == ' ' || c == '\t')
		;
	if (c != '"')
		return false;
	while ((c = read_u8(&r)) != '"' && !r.failed) {
		if (c == '\\' && (c = read_u8(&r)) == 'x') {
			hex[0] = read_u8(&r);
			hex[1] = read_u8(&r);
			if (bytes_from_hex((const char *)hex, 2, &c, 1) != 1)
				return false;
		} else if (r.failed) {
			return false;
		}
		write_u8(&w, c);
	}
	p->line = r.rest;
	*out = writer_view(&w);
	return !r.failed && out->n > 0 && at_end(p);
}

/* A text as firmware hashes it: in bytes or in UTF-16, with a NUL or not. */
static enum status
match_text(struct parse *p)
{
	static const uint8_t nul[2];
	uint8_t *wide;
	struct bytes text, parts[2];
	enum status st = OK;

	if (!unquote(p, &text))
		return refuse(p, CONFIG_VALUE, "not a text in quotes");
	if ((wide = calloc(text.n, 2)) == NULL)
		return NO_MEMORY;
	for (size_t i = 0; i < text.n; i++)
		wide[2 * i] = text.p[i];
	for (size_t form = 0; form < TEXT_FORMS && st == OK; form++) {
		bool is_wide = form >= 2;

		parts[0] = is_wide ? bytes_view(wide, 2 * text.n) : text;
		parts[1] = bytes_view(nul, is_wide ? 2 : 1);
		st = add_hashed(p, parts, 1 + form % 2);
	}
	free(wide);
	return st;
}

/* UEFI_VARIABLE_DATA rebuilt from the name and the value. */
static enum status
match_value(struct parse *p, const char *name, struct bytes guid,
    struct bytes value)
{
	uint8_t header[HEADER_MAX];
	struct writer w = writer_of(header, sizeof(header));
	struct bytes parts[2];
	enum status st;

	write_bytes(&w, guid);
	write_le32(&w, (uint32_t)strlen(name));
	write_le32(&w, 0);
	write_le32(&w, (uint32_t)value.n);
	write_le32(&w, 0);
	for (const char *c = name; *c != '\0'; c++)
		write_le16(&w, (uint8_t)*c);
	if (w.failed)
		return INTERNAL;
	parts[0] = writer_view(&w);
	parts[1] = value;
	st = add_hashed(p, parts, 2);

	/* Of a boot variable older firmware hashes the value alone. */
	if (st == OK && p->policy->rules[p->policy->rule_count - 1].type ==
		EV_EFI_VARIABLE_BOOT)
		st = add_hashed(p, &value, 1);
	return st;
}

static enum status
match_variable(struct parse *p)
{
	const char *name = variable_known(word(p));
	struct bytes value = word(p), guid;
	ptrdiff_t n = 0;

	if (name == NULL || !variable_guid(name, &guid))
		return refuse(p, CONFIG_VALUE, "a variable not known by name");
	if (!at_end(p))
		return refuse(p, CONFIG_VALUE, "words after the value");
	if (bytes_eq(value, BYTES_LIT("any"))) {
		add_match(p, MATCH_VARIABLE)->variable = name;
		return OK;
	}
	if (!bytes_eq(value, BYTES_LIT("empty")))
		n = bytes_from_hex((const char *)value.p, value.n, p->unquoted,
		    sizeof(p->unquoted));
	if (n < 0 || value.n == 0)
		return refuse(p, CONFIG_VALUE,
		    "not the value of a variable in digits, any or empty");
	return match_value(p, name, guid, bytes_view(p->unquoted, (size_t)n));
}

static enum status
match_any(struct parse *p)
{
	if (!at_end(p) ||
	    p->policy->rules[p->policy->rule_count - 1].count > 0)
		return refuse(p, CONFIG_VALUE, "any stands alone");
	add_match(p, MATCH_ANY);
	return OK;
}

static const struct {
	const char *word;
	enum status (*read)(struct parse *p);
} matches[] = {
    {"digest", match_digest},
    {"text", match_text},
    {"variable", match_variable},
    {"any", match_any},
};

static enum status
read_match(struct parse *p)
{
	struct bytes w = word(p);

	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++)
		if (bytes_eq(w, bytes_str(matches[i].word)))
			return matches[i].read(p);
	return refuse(p, CONFIG_VALUE,
	    "an event is matched by digest, text, variable or any");
}

/* "event TYPE MATCH", "optional TYPE MATCH". */
static enum status
read_event(struct parse *p, bool optional)
{
	struct event_policy *policy = p->policy;
	uint32_t type;

	if (p->pcr < 0)
		return refuse(p, CONFIG_KEY, "events stand below a pcr");
	if (!event_type_from_name(word(p), &type) || type == EV_NO_ACTION)
		return refuse(p, CONFIG_VALUE, "not a type of measured event");
	policy->rules[policy->rule_count++] = (struct event_rule){.type = type,
	    .optional = optional,
	    .first = policy->match_count,
	    .line = p->number};
	policy->of_pcr[p->pcr].count++;
	return read_match(p);
}

static enum status
key_event(struct parse *p)
{
	return read_event(p, false);
}

static enum status
key_optional(struct parse *p)
{
	return read_event(p, true);
}

static enum status
key_or(struct parse *p)
{
	const struct event_policy *policy = p->policy;

	if (p->pcr < 0 || policy->of_pcr[p->pcr].count == 0)
		return refuse(p, CONFIG_KEY, "no event to be an alternative");
	if (policy->matches[policy->match_count - 1].kind == MATCH_ANY)
		return refuse(p, CONFIG_VALUE, "any stands alone");
	return read_match(p);
}

static enum status
key_pcr(struct parse *p)
{
	struct bytes number = word(p);
	struct pcr_selection sel;
	char text[16];
	int n = 0;

	/* As a selection of one, so that there is one way to write it. */
	snprintf(text, sizeof(text), "sha256:%.*s",
	    number.n < 4 ? (int)number.n : 0, (const char *)number.p);
	if (p->policy->bank == HASH_NONE)
		return refuse(p, CONFIG_KEY, "bank comes before pcr");
	if (number.n > 2 || !at_end(p) ||
	    selection_from_text(bytes_str(text), &sel) != OK)
		return refuse(p, CONFIG_VALUE, "not the number of a PCR");
	while (!(sel.bank[0].mask >> n & 1))
		n++;
	if (p->policy->pcrs >> n & 1)
		return refuse(p, CONFIG_KEY, "a PCR given twice");
	p->policy->pcrs |= UINT32_C(1) << n;
	p->policy->of_pcr[n].first = p->policy->rule_count;
	p->pcr = n;
	return OK;
}

static enum status
key_name(struct parse *p)
{
	struct bytes text = p->line;

	while (text.n > 0 && text.p[0] == ' ')
		text = bytes_sub(text, 1, text.n - 1);
	if (text.n == 0 || text.n >= EVENT_POLICY_NAME_MAX ||
	    p->policy->name[0] != '\0')
		return refuse(
		    p, CONFIG_VALUE, "one name of at most 63 bytes");
	memcpy(p->policy->name, text.p, text.n);
	return OK;
}

static enum status
key_bank(struct parse *p)
{
	enum hash bank = hash_from_name(word(p));

	if (bank == HASH_NONE || !at_end(p) || p->policy->bank != HASH_NONE)
		return refuse(p, CONFIG_VALUE, "one bank, such as sha256");
	p->policy->bank = bank;
	return OK;
}

/* One of two words, the first of which means yes. */
static enum status
choice(struct parse *p, const char *yes, const char *no, bool *out)
{
	struct bytes w = word(p);

	*out = bytes_eq(w, bytes_str(yes));
	if ((!*out && !bytes_eq(w, bytes_str(no))) || !at_end(p))
		return refuse(p, CONFIG_VALUE, "a value not understood");
	return OK;
}

static enum status
key_secure_boot(struct parse *p)
{
	return choice(p, "required", "any", &p->policy->secure_boot);
}

static enum status
key_separators(struct parse *p)
{
	return choice(p, "required", "any", &p->policy->separators);
}

static enum status
key_data(struct parse *p)
{
	return choice(p, "well-formed", "any", &p->policy->well_formed);
}

/* Every key; those above stand before the first pcr. */
static const struct {
	const char *key;
	enum status (*read)(struct parse *p);
	bool head;
} keys[] = {
    {"name", key_name, true},
    {"bank", key_bank, true},
    {"secure-boot", key_secure_boot, true},
    {"separators", key_separators, true},
    {"data", key_data, true},
    {"pcr", key_pcr, false},
    {"event", key_event, false},
    {"optional", key_optional, false},
    {"or", key_or, false},
};

static enum status
read_line(struct parse *p)
{
	struct bytes key = word(p);

	if (key.n == 0 || key.p[0] == '#')
		return OK;
	if (p->first) {
		p->first = false;
		return bytes_eq(key, BYTES_LIT("assay-event-policy")) &&
			bytes_eq(word(p), BYTES_LIT("1")) && at_end(p)
		    ? OK
		    : refuse(p, POLICY_MALFORMED,
			  "not \"assay-event-policy 1\"");
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!bytes_eq(key, bytes_str(keys[i].key)))
			continue;
		if (keys[i].head && p->pcr >= 0)
			return refuse(p, CONFIG_KEY,
			    "this key stands before the first pcr");
		return keys[i].read(p);
	}
	return refuse(p, CONFIG_KEY, "unknown key");
}

/* Cut the next line off; false at the end. */
static bool
next_line(struct parse *p)
{
	size_t n = 0;

	if (p->rest.rest.n == 0)
		return false;
	while (n < p->rest.rest.n && p->rest.rest.p[n] != '\n')
		n++;
	p->line = read_bytes(&p->rest, n);
	read_u8(&p->rest);
	p->rest.failed = false;
	p->number++;
	return true;
}

static size_t
count_lines(struct bytes text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

static enum status
read_all(struct parse *p)
{
	enum status st = OK;

	while (st == OK && next_line(p)) {
		if (p->line.n > EVENT_POLICY_LINE_MAX)
			st = refuse(p, POLICY_MALFORMED, "line too long");
		else
			st = read_line(p);
	}
	if (st == OK && p->first)
		st = refuse(p, POLICY_MALFORMED, "nothing in it");
	if (st == OK && p->policy->bank == HASH_NONE)
		st = refuse(p, POLICY_MALFORMED, "no bank");
	return st;
}

enum status
event_policy_parse(
    struct bytes text, struct event_policy *out, char *error, size_t cap)
{
	size_t lines = count_lines(text);
	struct parse *p;
	enum status st;

	*out = (struct event_policy){.separators = true};
	if (text.n == 0 || text.n > EVENT_POLICY_MAX ||
	    lines > EVENT_POLICY_LINES_MAX || !bytes_is_text(text)) {
		snprintf(error, cap, "event policy: not a text of 1 byte to "
		    "256 KiB and at most %d lines", EVENT_POLICY_LINES_MAX);
		return POLICY_MALFORMED;
	}
	p = calloc(1, sizeof(*p));
	out->rules = calloc(lines, sizeof(*out->rules));
	out->matches = calloc(lines * TEXT_FORMS, sizeof(*out->matches));
	st = NO_MEMORY;
	snprintf(error, cap, "event policy: no memory");
	if (p != NULL && out->rules != NULL && out->matches != NULL) {
		*p = (struct parse){.policy = out, .rest = reader_of(text),
		    .pcr = -1, .first = true, .error = error, .cap = cap};
		st = read_all(p);
	}
	if (st == OK)
		st = hash_one(HASH_SHA256, text, &out->digest);
	free(p);
	return st;
}

void
event_policy_free(struct event_policy *policy)
{
	free(policy->rules);
	free(policy->matches);
	*policy = (struct event_policy){0};
}

uint32_t
event_policy_needs(const struct event_policy *policy)
{
	return policy->pcrs |
	    (policy->secure_boot ? UINT32_C(0x90) : 0) | /* PCR 4 and 7 */
	    (policy->separators ? EVENTLOG_FIRMWARE_PCRS : 0);
}
