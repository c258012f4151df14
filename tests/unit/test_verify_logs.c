/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify and appraise: the boot log under a policy for its events, and the
 * list of files under PCR 10, whole and in parts.
 */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include "ima_replay.h"
#include "verify_rows.h"

#define EVENTS "assay-event-policy 1\nbank sha256\nseparators any\n"

static uint8_t log_bytes[FORGE_BUF], list[FORGE_BUF];
static struct digest before;
static const uint8_t a_file[32] = {1, 2, 3};

static void
log_sound(struct world *w)
{
	struct writer log = writer_of(log_bytes, sizeof(log_bytes));

	forge_log_sound(&log);
	w->forge.eventlog = writer_view(&log);
	w->policy = "[policy]\nrequire-device-signed = no\n"
		    "require-class = no\nallow-pinned = yes\n";
	w->event_policy = EVENTS "pcr 4\nevent EV_POST_CODE text \"event\"\n";
}

static void
log_without_policy(struct world *w)
{
	log_sound(w);
	w->event_policy = NULL;
}

static void
log_differs(struct world *w)
{
	log_sound(w);
	w->event_policy = EVENTS "pcr 4\nevent EV_POST_CODE text \"other\"\n";
}

static void
log_has_more(struct world *w)
{
	log_sound(w);
	w->event_policy = EVENTS "pcr 4\n";
}

static void
log_has_less(struct world *w)
{
	log_sound(w);
	w->event_policy = EVENTS "pcr 4\nevent EV_POST_CODE text \"event\"\n"
				 "event EV_IPL any\n";
}

static void
log_separators(struct world *w)
{
	log_sound(w);
	w->event_policy = "assay-event-policy 1\nbank sha256\n";
}

static void
log_secure_boot(struct world *w)
{
	log_sound(w);
	w->event_policy = EVENTS "secure-boot required\n";
}

/* PCR 16 is not quoted, so that the log may say of it what it likes. */
static void
log_unquoted(struct world *w)
{
	log_sound(w);
	w->event_policy = EVENTS "pcr 16\n";
}

static void
log_other_bank(struct world *w)
{
	log_sound(w);
	w->event_policy = "assay-event-policy 1\nbank sha384\n"
			  "separators any\npcr 4\n";
}

/* PCR 11 was extended after the log ends. */
static void
log_later(struct world *w)
{
	log_sound(w);
	w->event_policy = EVENTS "pcr 11\n";
}

static void
later_pcr(struct forge *f)
{
	f->pcrs.value[0][11][0] ^= 1;
}

/* Lists: an aggregate over made-up PCRs, then files. */
static void
put_list_of(struct world *w, const uint8_t file[32], bool violation)
{
	static const uint8_t zero[32];
	uint8_t pcr[10][32];
	struct bytes parts[10];
	struct digest d;
	struct writer l = writer_of(list, sizeof(list));

	for (unsigned i = 0; i < 10; i++) {
		memset(pcr[i], (int)i + 1, 32);
		parts[i] = BYTES_OF(pcr[i]);
	}
	hash_parts(HASH_SHA256, parts, 10, &d);
	forge_ima_file(&l, "boot_aggregate", digest_view(&d));
	forge_ima_file(&l, "/bin/a", bytes_view(file, 32));
	if (violation)
		forge_ima_file(&l, "/bin/busy", BYTES_OF(zero));
	w->forge.ima = writer_view(&l);
}

static void
put_list(struct world *w, bool violation)
{
	put_list_of(w, a_file, violation);
}

static void
ima_sound(struct world *w)
{
	put_list(w, false);
}

static void
ima_violation(struct world *w)
{
	put_list(w, true);
}

static void
ima_violation_allowed(struct world *w)
{
	put_list(w, true);
	w->policy = "[policy]\nrequire-eventlog = no\nallow-pinned = yes\n"
		    "require-device-signed = no\nrequire-class = no\n"
		    "allow-ima-violations = yes\n";
}

static void
ima_pcr10(struct forge *f)
{
	f->pcrs.value[0][10][5] ^= 1;
}

static void
ima_aggregate(struct forge *f)
{
	f->pcrs.value[0][9][5] ^= 1;
}

static void
ima_garbage(struct world *w)
{
	put_list(w, false);
	w->forge.ima.n--;
	w->forge.ima_quoted = bytes_view(list, w->forge.ima.n + 1);
}

static void
ima_changed(struct world *w)
{
	put_list(w, false);
	list[w->forge.ima.n - 3] ^= 1;
	w->forge.ima_quoted = bytes_view(list, 97);
}

static void
ima_unknown(struct world *w)
{
	struct writer l = writer_of(list, sizeof(list));

	forge_ima_record(&l, "ima-xyz", BYTES_LIT("x"), false);
	w->forge.ima = writer_view(&l);
}

static void
ima_zero(struct world *w)
{
	static const uint8_t zero[32];
	uint8_t data[64];
	struct writer d = writer_of(data, sizeof(data));
	struct writer l = writer_of(list, sizeof(list));

	write_le32(&d, 40);
	write_bytes(&d, bytes_view("sha256:", 8));
	write_bytes(&d, BYTES_OF(zero));
	write_le32(&d, 15);
	write_bytes(&d, bytes_view("boot_aggregate", 15));
	forge_ima_record(&l, "ima-ng", writer_view(&d), false);
	w->forge.ima = writer_view(&l);
}

/* The host is known from a report of this boot: two records. */
static void
known(struct world *w, uint64_t count)
{
	struct forge_attest a = forge_attest_default();

	w->host.has_tpm_state = 1;
	w->host.clock = a.clock;
	w->host.reset_count = a.reset_count;
	w->host.restart_count = a.restart_count;
	w->host.firmware_version = a.firmware;
	w->host.has_ima = 1;
	w->host.ima_count = count;
	w->host.ima_bank = HASH_SHA256;
	memcpy(w->host.ima_pcr, before.b, 32);
}

/* The part from record 2 on, and what came before it. */
static void
ima_part(struct world *w)
{
	struct writer l = writer_of(list, sizeof(list));
	struct bytes first;

	put_list(w, false);
	first = w->forge.ima;
	ima_end_value(first, HASH_SHA256, bytes_view(NULL, 0), &before);
	forge_ima_file(&l, "/bin/b", BYTES_OF(a_file));
	forge_ima_file(&l, "/bin/c", BYTES_OF(a_file));
	w->forge.ima = writer_view(&l);
	w->forge.ima_before = digest_view(&before);
	known(w, 2);
}

static void
claim_part(struct forge *f)
{
	f->claims.has_ima_part = true;
	f->claims.ima_first = 2;
	f->claims.ima_start = digest_view(&before);
	f->claims.ima_total = 4;
}

static void
claim_wrong_total(struct forge *f)
{
	claim_part(f);
	f->claims.ima_total = 5;
}

static void
claim_wrong_start(struct forge *f)
{
	static uint8_t other[32];

	claim_part(f);
	f->claims.ima_start = BYTES_OF(other);
}

static void
ima_part_unknown_host(struct world *w)
{
	ima_part(w);
	w->host.has_ima = 0;
}

static void
ima_part_other_boot(struct world *w)
{
	ima_part(w);
	w->host.reset_count--;
}

static void
ima_part_too_far(struct world *w)
{
	ima_part(w);
	w->host.ima_count = 1;
}

static void
ima_part_rewritten(struct world *w)
{
	ima_part(w);
	w->host.ima_pcr[0] ^= 1;
}

static void
ima_truncated(struct world *w)
{
	put_list(w, false);
	ima_end_value(
	    w->forge.ima, HASH_SHA256, bytes_view(NULL, 0), &before);
	known(w, 3);
}

/* The policy names the program that is /bin/a, and the list has it. */
#define AGENTS_OF(digits)                                                      \
	"[policy]\nrequire-eventlog = no\nallow-pinned = yes\n"                \
	"require-device-signed = no\nrequire-class = no\nagents = " digits      \
	"0000000000000000000000000000000000000000000000000000000000\n"
#define AGENTS AGENTS_OF("010203")

static const uint8_t patched[32] = {9, 9, 9};

static void
agent_listed(struct world *w)
{
	put_list(w, false);
	w->policy = AGENTS;
}

static void
agent_not_measured(struct world *w)
{
	put_list_of(w, patched, false);
	w->policy = AGENTS;
}

static void
agent_in_part(struct world *w)
{
	ima_part(w);
	w->policy = AGENTS;
}

static void
agent_without_list(struct world *w)
{
	w->policy = AGENTS;
}

static void
agent_in_other_part(struct world *w)
{
	ima_part(w);
	w->policy = AGENTS_OF("090909");
}

static void
claim_agent(struct forge *f)
{
	f->claims.agent_digest = BYTES_OF(a_file);
}

static void
claim_agent_part(struct forge *f)
{
	claim_part(f);
	claim_agent(f);
}

static void
claim_other_part(struct forge *f)
{
	claim_part(f);
	f->claims.agent_digest = BYTES_OF(patched);
}

static const struct verify_row rows[] = {
    {"events as expected", log_sound, FORGE_START, NULL, OK, 0},
    {"no policy for events", log_without_policy, FORGE_START, NULL,
	EVENTLOG_POLICY, 2},
    {"an event differs", log_differs, FORGE_START, NULL, EVENT_MISMATCH, 1},
    {"an event too many", log_has_more, FORGE_START, NULL, EVENT_UNEXPECTED,
	1},
    {"an event is missing", log_has_less, FORGE_START, NULL, EVENT_MISSING,
	1},
    {"no separators", log_separators, FORGE_START, NULL, EVENT_SEPARATOR, 1},
    {"no secure boot", log_secure_boot, FORGE_START, NULL, SECURE_BOOT_OFF,
	1},
    {"events of a PCR that is not quoted", log_unquoted, FORGE_START, NULL,
	EVENT_POLICY_UNCOVERED, 3},
    {"events of a bank that is not quoted", log_other_bank, FORGE_START, NULL,
	EVENT_POLICY_UNCOVERED, 3},
    {"events of a PCR that went on", log_later, FORGE_ITEMS, later_pcr,
	EVENT_POLICY_UNCOVERED, 3},
    {"files as measured", ima_sound, FORGE_START, NULL, OK, 0},
    {"files lead elsewhere", ima_sound, FORGE_ITEMS, ima_pcr10, IMA_MISMATCH,
	1},
    {"files of another boot", ima_sound, FORGE_ITEMS, ima_aggregate,
	IMA_BOOT_AGGREGATE, 1},
    {"N73 boot_aggregate is zero", ima_zero, FORGE_START, NULL,
	IMA_BOOT_AGGREGATE_ZERO, 1},
    {"N71 violation", ima_violation, FORGE_START, NULL, IMA_VIOLATION, 1},
    {"N71 violation, allowed", ima_violation_allowed, FORGE_START, NULL, OK,
	0},
    {"list cut short", ima_garbage, FORGE_START, NULL, IMA_MALFORMED, 65},
    {"record changed", ima_changed, FORGE_START, NULL, IMA_DIGEST, 1},
    {"unknown template", ima_unknown, FORGE_START, NULL, IMA_TEMPLATE, 65},
    {"files in parts", ima_part, FORGE_CLAIMS, claim_part, OK, 0},
    {"a part, wrong total", ima_part, FORGE_CLAIMS, claim_wrong_total,
	IMA_MALFORMED, 65},
    {"a part, wrong start", ima_part, FORGE_CLAIMS, claim_wrong_start,
	IMA_MISMATCH, 1},
    {"a part of an unknown host", ima_part_unknown_host, FORGE_CLAIMS,
	claim_part, IMA_GAP, 3},
    {"a part of another boot", ima_part_other_boot, FORGE_CLAIMS, claim_part,
	IMA_GAP, 3},
    {"a part too far on", ima_part_too_far, FORGE_CLAIMS, claim_part,
	IMA_GAP, 3},
    {"N72 a part of another list", ima_part_rewritten, FORGE_CLAIMS,
	claim_part, IMA_REWRITTEN, 1},
    {"N72 list shorter than before", ima_truncated, FORGE_START, NULL,
	IMA_TRUNCATED, 1},
    {"the agent counts, and was measured", agent_listed, FORGE_CLAIMS,
	claim_agent, OK, 0},
    {"T31 the agent was patched: not as measured", agent_not_measured,
	FORGE_CLAIMS, claim_agent, AGENT_UNTRUSTED, 1},
    {"T31 another agent", agent_listed, FORGE_START, NULL, AGENT_UNTRUSTED,
	1},
    {"the agent is in this part", agent_in_part, FORGE_CLAIMS,
	claim_agent_part, OK, 0},
    {"the agent may be in another part", agent_in_other_part, FORGE_CLAIMS,
	claim_other_part, AGENT_UNCONFIRMED, 2},
    {"T31 it says that it counts, no list", agent_without_list, FORGE_CLAIMS,
	claim_agent, AGENT_UNCONFIRMED, 2},
    {"T31 another agent, no list", agent_without_list, FORGE_START, NULL,
	AGENT_UNTRUSTED, 1},
};

int
main(void)
{
	return verify_rows_run("verify logs", rows, COUNT(rows));
}
