/* SPDX-License-Identifier: Apache-2.0 */
#include "replay.h"

#include <string.h>

enum {
	DRTM_FIRST = 17, /* PCR 17 to 22 start as all ones (PTP 3.6.2) */
	DRTM_LAST = 22,
};

/* Start values of every PCR in one bank. */
static bool
start_bank(struct replay *out, enum hash alg)
{
	uint8_t start[HASH_MAX];

	for (unsigned i = 0; i < PCR_COUNT; i++) {
		bool ones = i >= DRTM_FIRST && i <= DRTM_LAST;

		memset(start, ones ? 0xff : 0, sizeof(start));
		if (!pcrs_set(&out->pcrs, alg, i,
			bytes_view(start, hash_size(alg))))
			return false;
	}
	return true;
}

/* The storage of a PCR, for the replay alone. */
static uint8_t *
pcr_at(struct replay *out, enum hash alg, unsigned index)
{
	for (size_t b = 0; b < out->pcrs.have.count; b++)
		if (out->pcrs.have.bank[b].alg == alg)
			return out->pcrs.value[b][index];
	return NULL;
}

/* PCR := H(PCR || digest) (TPM 2.0 Library, Part 1, 17.4). */
static enum status
extend(struct replay *out, enum hash alg, unsigned index, struct bytes digest)
{
	uint8_t *at = pcr_at(out, alg, index);
	struct bytes parts[] = {bytes_view(at, hash_size(alg)), digest};
	struct digest d;
	enum status st;

	if (at == NULL)
		return INTERNAL;
	if ((st = hash_parts(alg, parts, 2, &d)) != OK)
		return st;
	memcpy(at, d.b, d.n);
	out->touched |= UINT32_C(1) << index;
	return OK;
}

/*
 * EFI_STARTUP_LOCALITY_EVENT (PFP 10.4.5.3) sets the last byte of PCR 0's
 * start: once, in PCR 0, before anything was measured there.
 */
static enum status
start_locality(struct replay *out, const struct event *e)
{
	if (!bytes_eq(bytes_sub(e->data, 0, 16),
		bytes_view("StartupLocality", 16)))
		return OK;
	if (e->data.n != 17 || e->pcr != 0 || out->has_locality ||
	    (out->touched & 1) != 0)
		return EVENTLOG_MALFORMED;
	out->has_locality = true;
	out->locality = e->data.p[16];
	for (size_t b = 0; b < out->pcrs.have.count; b++) {
		enum hash alg = out->pcrs.have.bank[b].alg;

		pcr_at(out, alg, 0)[hash_size(alg) - 1] = out->locality;
	}
	return OK;
}

static enum status
replay_event(struct replay *out, const struct event *e)
{
	enum status st = OK;

	if (!event_extends(e))
		return start_locality(out, e);
	for (size_t i = 0; i < e->digests && st == OK; i++)
		if (hash_size(e->digest[i].id) != 0)
			st = extend(out, e->digest[i].id, e->pcr,
			    e->digest[i].value);
	return st;
}

enum status
eventlog_replay(struct bytes in, struct replay *out)
{
	struct eventlog log;
	struct event e;
	enum status st;

	memset(out, 0, sizeof(*out));
	if ((st = eventlog_open(in, &log)) != OK)
		return st;
	for (uint32_t i = 0; i < log.algs; i++)
		if (hash_size(log.alg[i].id) != 0 &&
		    !start_bank(out, log.alg[i].id))
			return EVENTLOG_MALFORMED;
	while (st == OK && eventlog_next(&log, &e))
		st = replay_event(out, &e);
	out->events = log.count;
	return st != OK ? st : log.st;
}

/*
 * As the boot goes on, systemd extends PCR 11 with these words, each by its
 * hash, which no boot log holds (systemd-pcrphase.service(8)).
 */
static const char *const phases[] = {
    "enter-initrd", "leave-initrd", "sysinit", "ready", "shutdown", "final"};

enum { PHASES = sizeof(phases) / sizeof(phases[0]), PHASE_PCR = 11 };

/* Do some of the words, one after the other, lead from WAS to IS? */
static bool
only_phases(enum hash alg, struct bytes was, struct bytes is)
{
	for (size_t first = 0; first < PHASES; first++) {
		struct digest pcr = {.n = was.n};

		memcpy(pcr.b, was.p, was.n);
		for (size_t i = first; i < PHASES; i++) {
			struct digest word, next;
			struct bytes parts[2];

			if (hash_one(alg, bytes_str(phases[i]), &word) != OK)
				return false;
			parts[0] = digest_view(&pcr);
			parts[1] = digest_view(&word);
			if (hash_parts(alg, parts, 2, &next) != OK)
				return false;
			if (bytes_eq(digest_view(&next), is))
				return true;
			pcr = next;
		}
	}
	return false;
}

enum status
replay_compare(const struct replay *replay, const struct pcr_selection *quoted,
    const struct pcr_values *values, unsigned *first_wrong, uint32_t *later)
{
	*later = 0;
	for (size_t b = 0; b < quoted->count; b++) {
		enum hash alg = quoted->bank[b].alg;

		for (unsigned i = 0; i < PCR_COUNT; i++) {
			struct bytes is = pcrs_get(values, alg, i);
			struct bytes want = pcrs_get(&replay->pcrs, alg, i);

			if (!(quoted->bank[b].mask >> i & 1))
				continue;
			if (want.n == 0)
				return EVENTLOG_BANK_MISSING;
			*first_wrong = i;
			if (EVENTLOG_FIRMWARE_PCRS & ~replay->touched &
			    UINT32_C(1) << i)
				return EVENTLOG_UNEXTENDED;
			if (bytes_eq(is, want))
				continue;
			if (EVENTLOG_BOOT_PCRS >> i & 1)
				return EVENTLOG_MISMATCH;
			if (i == PHASE_PCR && only_phases(alg, want, is))
				continue;
			*later |= UINT32_C(1) << i;
		}
	}
	return OK;
}
