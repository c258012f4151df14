/* SPDX-License-Identifier: Apache-2.0 */
#include "ima_replay.h"

#include <stdio.h>
#include <string.h>

#include "line.h"

/* The two ways in which a kernel may have extended a bank. */
enum way { OWN, PADDED, WAYS };

struct run {
	enum hash bank;
	struct digest pcr[WAYS];
	bool mark_ok[WAYS]; /* it passed the mark's value at the mark */
};

/* What a bank is extended with for a record, in one of the ways. */
static enum status
extension(const struct ima_record *rec, enum hash bank, enum way way,
    struct digest *out)
{
	enum hash hash = way == OWN ? bank : HASH_SHA1;
	size_t n = hash_size(bank);
	enum status st = OK;

	memset(out, 0, sizeof(*out));
	if (rec->violation) {
		memset(out->b, 0xff, hash_size(hash));
		out->n = hash_size(hash);
	} else {
		st = ima_template_digest(rec, hash, out);
	}
	if (st == OK && out->n < n)
		memset(out->b + out->n, 0, n - out->n);
	out->n = n;
	return st;
}

static enum status
extend(struct run *run, const struct ima_record *rec)
{
	enum status st = OK;

	for (enum way way = OWN; way < WAYS && st == OK; way++) {
		struct digest d, next;
		struct bytes parts[2];

		st = extension(rec, run->bank, way, &d);
		if (st != OK)
			return st;
		parts[0] = digest_view(&run->pcr[way]);
		parts[1] = digest_view(&d);
		st = hash_parts(run->bank, parts, 2, &next);
		run->pcr[way] = next;
	}
	return st;
}

/* The aggregate over PCR 0 to LAST, made with the hash of its bank. */
static enum status
aggregate_of(const struct pcr_values *values, enum hash alg, unsigned last,
    struct digest *out)
{
	struct bytes parts[10];

	for (unsigned i = 0; i <= last; i++) {
		parts[i] = pcrs_get(values, alg, i);
		if (parts[i].n == 0)
			return PCR_NOT_QUOTED;
	}
	return hash_parts(alg, parts, last + 1, out);
}

static enum ima_aggregate
check_aggregate(const struct ima_record *rec, const struct pcr_values *values)
{
	static const struct {
		unsigned last;
		enum ima_aggregate is;
	} forms[] = {{7, AGGREGATE_0_7}, {9, AGGREGATE_0_9}};
	enum hash alg = hash_from_name(rec->file_hash);
	enum ima_aggregate what = AGGREGATE_WRONG;

	if (!bytes_eq(rec->path, BYTES_LIT("boot_aggregate")))
		return AGGREGATE_WRONG;
	if (bytes_is_zero(rec->file_digest))
		return AGGREGATE_ZERO;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct digest d;
		enum status st =
		    aggregate_of(values, alg, forms[i].last, &d);

		if (st == OK && bytes_eq(digest_view(&d), rec->file_digest))
			return forms[i].is;
		if (st != OK)
			what = AGGREGATE_UNCHECKED;
	}
	return what;
}

static void
see_violation(struct ima_replay *out, const struct ima_record *rec)
{
	struct line path = {.n = 0};

	if (out->violations++ > 0)
		return;
	out->first_violation = rec->number;
	line_put_text(&path, rec->path);
	snprintf(out->first_path, sizeof(out->first_path), "%.63s", path.text);
}

/* PCR 10 before the part. */
static bool
start(struct run *run, const struct ima_part *part)
{
	size_t n = hash_size(run->bank);

	if (part->start.n != 0 && part->start.n != n)
		return false;
	for (enum way way = OWN; way < WAYS; way++) {
		run->pcr[way] = (struct digest){.n = n};
		if (part->start.n == n)
			memcpy(run->pcr[way].b, part->start.p, n);
	}
	return true;
}

/* After COUNT records of the whole list: is the mark passed as it was? */
static void
see_mark(struct run *run, const struct ima_mark *mark, uint64_t count)
{
	if (mark == NULL || count != mark->count)
		return;
	for (enum way way = OWN; way < WAYS; way++)
		run->mark_ok[way] =
		    bytes_eq(digest_view(&run->pcr[way]), mark->value);
}

enum status
ima_replay(const struct ima_part *part, enum hash bank,
    const struct pcr_values *values, const struct ima_mark *mark,
    struct ima_replay *out)
{
	struct bytes quoted = pcrs_get(values, bank, IMA_PCR);
	struct run run = {.bank = bank};
	struct ima_list list;
	struct ima_record rec;
	enum way way = WAYS;
	enum status st;

	*out = (struct ima_replay){.aggregate = AGGREGATE_ABSENT};
	if ((st = ima_open(part->list, &list)) != OK)
		return st;
	if (quoted.n == 0 || !start(&run, part))
		return IMA_MISMATCH;
	see_mark(&run, mark, part->first);
	while (ima_next(&list, &rec)) {
		if (rec.number == 0 && part->first == 0)
			out->aggregate = check_aggregate(&rec, values);
		if (way != WAYS || rec.pcr != IMA_PCR)
			continue;
		if ((st = extend(&run, &rec)) != OK)
			return st;
		if (rec.violation)
			see_violation(out, &rec);
		see_mark(&run, mark, part->first + rec.number + 1);
		for (enum way w = WAYS; w-- > OWN;)
			if (bytes_eq(digest_view(&run.pcr[w]), quoted))
				way = w;
		if (way != WAYS)
			out->covered = rec.number + 1;
	}
	out->records = list.count;
	if (list.st != OK)
		return list.st;
	if (way == WAYS)
		return IMA_MISMATCH;
	out->padded = way == PADDED && bank != HASH_SHA1;
	if (mark != NULL && part->first + out->covered < mark->count)
		return IMA_TRUNCATED;
	return mark == NULL || run.mark_ok[way] ? OK : IMA_REWRITTEN;
}

bool
ima_has_file(struct bytes in, size_t covered, struct bytes sha256)
{
	struct ima_list list;
	struct ima_record rec;

	if (ima_open(in, &list) != OK)
		return false;
	while (ima_next(&list, &rec) && rec.number < covered)
		if (rec.pcr == IMA_PCR && !rec.violation &&
		    bytes_eq(rec.file_hash, BYTES_LIT("sha256")) &&
		    bytes_eq(rec.file_digest, sha256))
			return true;
	return false;
}

enum status
ima_end_value(struct bytes in, enum hash bank, struct bytes before,
    struct digest *out)
{
	struct run run = {.bank = bank};
	struct ima_list list;
	struct ima_record rec;
	enum status st;

	if (!start(&run, &(struct ima_part){.start = before}))
		return IMA_MISMATCH;
	if ((st = ima_open(in, &list)) != OK)
		return st;
	while (ima_next(&list, &rec))
		if (rec.pcr == IMA_PCR && (st = extend(&run, &rec)) != OK)
			return st;
	*out = run.pcr[OWN];
	return list.st;
}
