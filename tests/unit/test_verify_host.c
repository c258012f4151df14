/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify and appraise: boot logs, devices, policy, the record of the host.
 */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include "deflate.h"
#include "verify_rows.h"

/* Boot logs. */
static uint8_t log_bytes[FORGE_BUF], packed[FORGE_BUF];

static void
use_log(struct forge *f, void (*make)(struct writer *))
{
	struct writer w = writer_of(log_bytes, sizeof(log_bytes));

	make(&w);
	f->eventlog = writer_view(&w);
}

static void
log_sound(struct world *w)
{
	use_log(&w->forge, forge_log_sound);
}

static void
log_sound_required(struct world *w)
{
	log_sound(w);
	w->policy = "[policy]\nrequire-device-signed = no\n"
		    "allow-pinned = yes\n";
}

static void
make_pcr_24(struct writer *w)
{
	static const enum hash banks[] = {HASH_SHA256};

	forge_log_start(w, banks, 1);
	forge_log_event(w, banks, 1, 24, 1, BYTES_LIT("event"));
}

static void
log_pcr_24(struct world *w)
{
	use_log(&w->forge, make_pcr_24);
}

static void
make_sha384(struct writer *w)
{
	static const enum hash banks[] = {HASH_SHA384};

	forge_log_start(w, banks, 1);
	forge_log_event(w, banks, 1, 0, 1, BYTES_LIT("event"));
}

static void
log_other_bank(struct world *w)
{
	use_log(&w->forge, make_sha384);
}

static void
log_cut(struct world *w)
{
	log_sound(w);
	w->forge.eventlog.n--;
}

static void
log_other(struct forge *f)
{
	/* PCR 3 holds something that the log does not tell. */
	f->pcrs.value[0][3][0] ^= 1;
}

static void
log_later(struct forge *f)
{
	/* PCR 11 is extended after the log ends. */
	f->pcrs.value[0][11][0] ^= 1;
}

static void
replace_log(struct forge *f, struct bytes value)
{
	struct evidence_item *it = &f->items[f->item_count - 1];
	size_t start = f->arena.n;

	it->record.value = value;
	cmw_put_record(&f->arena, &it->record);
	it->record.whole =
	    bytes_view(f->arena.p + start, f->arena.n - start);
}

static void
deflate_corrupt(struct forge *f)
{
	struct bytes v = f->items[f->item_count - 1].record.value;

	replace_log(f, forge_keep(f, forge_flipped(v, v.n - 1)));
}

static void
deflate_trailing(struct forge *f)
{
	struct bytes v = f->items[f->item_count - 1].record.value;

	replace_log(f, forge_keep(f, forge_longer(v)));
}

static void
deflate_zeros(struct forge *f, size_t n)
{
	uint8_t *zeros = calloc(1, n);
	size_t used;

	assert_non_null(zeros);
	assert_int_equal(deflate_bytes(bytes_view(zeros, n), packed,
			     sizeof(packed), &used),
	    OK);
	free(zeros);
	replace_log(f, forge_keep(f, bytes_view(packed, used)));
}

static void
deflate_bomb(struct forge *f)
{
	deflate_zeros(f, 900 * 1024);
}

static void
deflate_large(struct forge *f)
{
	/* Some noise keeps the ratio low until the limit is reached. */
	uint8_t *big = calloc(1, LOG_MAX + 1);
	size_t used = 0;

	assert_non_null(big);
	assert_int_equal(random_bytes(big, 9000), OK);
	assert_int_equal(deflate_bytes(bytes_view(big, LOG_MAX + 1), packed, sizeof(packed), &used),
	    OK);
	free(big);
	replace_log(f, forge_keep(f, bytes_view(packed, used)));
}

/* Devices. */
static void
signs(struct world *w)
{
	w->forge.devices_sign = true;
}

#define FLAWED(name, which)                                                    \
	static void name(struct world *w)                                      \
	{                                                                      \
		w->forge.devices_sign = true;                                  \
		w->forge.flaw = which;                                         \
	}
FLAWED(flaw_nonce, FLAW_NONCE)
FLAWED(flaw_signature, FLAW_SIGNATURE)
FLAWED(flaw_serial, FLAW_SERIAL)
FLAWED(flaw_report, FLAW_REPORT)
FLAWED(flaw_opaque, FLAW_OPAQUE)
FLAWED(flaw_mark, FLAW_MARK)
FLAWED(flaw_leaf, FLAW_LEAF)
FLAWED(flaw_cert, FLAW_CERT)

static void
signs_unknown(struct world *w)
{
	signs(w);
	w->forge.device_type = "application/vnd.example+cbor";
}

static void
signs_twice(struct world *w)
{
	signs(w);
	w->forge.devices = 2;
}

static void
no_devices(struct world *w)
{
	w->forge.devices = 0;
}

static void
many_devices(struct world *w)
{
	w->forge.devices = GPUS_MAX + 1;
}

static void
many_signing(struct world *w)
{
	many_devices(w);
	signs(w);
}

static void
sixteen_devices(struct world *w)
{
	w->forge.devices = GPUS_MAX;
}

static void
no_anchor(struct world *w)
{
	signs(w);
	w->anchor = false;
}

static void
too_late(struct world *w)
{
	signs(w);
	w->time = INT64_C(4000000000);
}

static void
too_early(struct world *w)
{
	signs(w);
	w->time = 0;
}

static void
device_item_other(struct forge *f)
{
	f->claims.devices[0].item = BYTES_LIT("gpu-7");
}

static void
device_item_none(struct forge *f)
{
	f->claims.devices[0].item.n = 0;
}

static void
device_nonce(struct forge *f)
{
	f->device_nonce[0][4] ^= 1;
}

/* What the verifier is told. */
static void
simulated_refused(struct world *w)
{
	signs(w);
	w->policy = "[policy]\nrequire-eventlog = no\nallow-pinned = yes\n";
}

static void
no_policy(struct world *w)
{
	w->policy = NULL;
}

static void
log_required(struct world *w)
{
	w->policy = "[policy]\nrequire-device-signed = no\n"
		    "allow-pinned = yes\n";
}

static void
device_signed_required(struct world *w)
{
	w->policy = "[policy]\nrequire-eventlog = no\nallow-pinned = yes\n";
}

static void
pcr_16_required(struct world *w)
{
	w->policy = "[policy]\nrequire-eventlog = no\nallow-pinned = yes\n"
		    "require-device-signed = no\nrequired-pcrs = sha256:16\n";
}

static void
pinned_refused(struct world *w)
{
	w->policy = "[policy]\nrequire-eventlog = no\n"
		    "require-device-signed = no\n";
}

static void
not_enrolled(struct world *w)
{
	w->host_rc = 1;
}

static void
rejected(struct world *w)
{
	w->host.enrolment = ASSAY_REJECTED;
}

/* An endorsement key that was certified, and one that nobody has seen. */
static const uint8_t known_ek[34] = {0, 0x0b, 1};
static const uint8_t other_ek[34] = {0, 0x0b, 2};

static void
enrolled(struct world *w)
{
	w->policy = "[policy]\nrequire-eventlog = no\nrequire-class = no\n"
		    "require-device-signed = no\n";
	w->host.enrolment = ASSAY_ENROLLED;
	memcpy(w->host.ek_name, known_ek, sizeof(known_ek));
	w->host.ek_name_len = sizeof(known_ek);
}

static void
claim_ek(struct forge *f, struct bytes name)
{
	f->claims.ek_name = name;
	if (evidence_ueid(f->claims.ak_name, name, f->ueid) != OK)
		f->claims.ek_name.n = 0;
}

static void
ek_same(struct forge *f)
{
	claim_ek(f, BYTES_OF(known_ek));
}

static void
ek_other(struct forge *f)
{
	claim_ek(f, BYTES_OF(other_ek));
}

static void
store_broken(struct world *w)
{
	w->host_rc = -1;
}

/* What was last seen of the forge's TPM is what it says now. */
static void
seen_before(struct world *w)
{
	w->host.has_tpm_state = 1;
	w->host.clock = 1000000;
	w->host.reset_count = 5;
	w->host.restart_count = 1;
	w->host.firmware_version = UINT64_C(0x0001000200030004);
	w->host.clock_safe = 1;
}

static void
clock_back(struct world *w)
{
	seen_before(w);
	w->host.clock++;
}

static void
clock_back_after_reset(struct world *w)
{
	clock_back(w);
	w->host.reset_count--;
}

static void
reset_back(struct world *w)
{
	seen_before(w);
	w->host.reset_count++;
}

static void
restart_back(struct world *w)
{
	seen_before(w);
	w->host.restart_count++;
}

static void
resumed(struct world *w)
{
	seen_before(w);
	w->host.restart_count--;
}

static void
restarts_after_reset(struct world *w)
{
	restart_back(w);
	w->host.reset_count--;
}

static void
firmware_changed(struct world *w)
{
	seen_before(w);
	w->host.firmware_version--;
}

/* An enrolled TPM of a maker; its firmware is the quote's. */
static void
made_by_stm(struct world *w)
{
	enrolled(w);
	memcpy(w->host.tpm_manufacturer, "id:53544D20", 12);
}

static void
made_by_ifx(struct world *w)
{
	enrolled(w);
	memcpy(w->host.tpm_manufacturer, "id:49465800", 12);
}

static void
firmware_73_4(struct forge *f)
{
	f->attest.firmware = UINT64_C(0x0049000400000000);
}

static void
firmware_73_20(struct forge *f)
{
	f->attest.firmware = UINT64_C(0x0049001400000000);
}

static void
chained(struct world *w)
{
	w->host.has_chain = 1;
	w->host.chain_counter = 8;
}

static void
chained_ahead(struct world *w)
{
	chained(w);
	w->host.chain_counter = 9;
}

static void
chained_behind(struct world *w)
{
	chained(w);
	w->host.chain_counter = 2;
}

/* A host without a chain so far, which follows a report of WHOM. */
static void
follows_own(struct world *w)
{
	w->before = BEFORE_OWN;
}

static void
follows_other(struct world *w)
{
	w->before = BEFORE_OTHER;
}

static void
stranger_follows_other(struct world *w)
{
	follows_other(w);
	w->host_rc = 1;
}

static void
chained_follows_other(struct world *w)
{
	chained(w);
	w->before = BEFORE_OTHER;
}

static void
chain_9(struct forge *f)
{
	static const uint8_t zero[32];

	f->claims.has_chain = true;
	f->claims.chain_counter = 9;
	f->claims.chain_previous = BYTES_OF(zero);
}

static void
chain_9_other(struct forge *f)
{
	static const uint8_t other[32] = {1};

	chain_9(f);
	f->claims.chain_previous = BYTES_OF(other);
}

static void
pcrs_unsent(struct forge *f)
{
	f->send_pcrs = false;
}

static void
unsafe(struct forge *f)
{
	f->attest.safe = 0;
}

static const struct verify_row rows[] = {
    {"log_sound", log_sound, 0, NULL, OK, 0},
    {"log_sound_without_values", log_sound, FORGE_SIGNED, pcrs_unsent, OK,
	0},
    {"log_later", log_sound, FORGE_ITEMS, log_later, OK, 0},
    {"log_sound_required", log_sound_required, 0, NULL, EVENTLOG_POLICY, 2},
    {"log_required", log_required, 0, NULL, EVENTLOG_REQUIRED, 3},
    {"n45_log_pcr_24", log_pcr_24, 0, NULL, EVENTLOG_PCR_INDEX, 65},
    {"n55_log_other_bank", log_other_bank, 0, NULL, EVENTLOG_BANK_MISSING, 1},
    {"n55_log_other_bank_without_values", log_other_bank, FORGE_SIGNED,
	pcrs_unsent, EVENTLOG_BANK_MISSING, 1},
    {"log_cut", log_cut, 0, NULL, EVENTLOG_MALFORMED, 65},
    {"n54_log_other", log_sound, FORGE_ITEMS, log_other, EVENTLOG_MISMATCH, 1},
    {"n07_deflate_ratio", log_sound, FORGE_ITEMS, deflate_bomb, DEFLATE_RATIO,
	65},
    {"n07_deflate_large", log_sound, FORGE_ITEMS, deflate_large,
	DEFLATE_TOO_LARGE, 65},
    {"deflate_corrupt", log_sound, FORGE_ITEMS, deflate_corrupt,
	DEFLATE_CORRUPT, 65},
    {"deflate_trailing", log_sound, FORGE_ITEMS, deflate_trailing,
	DEFLATE_TRAILING, 65},
    {"device_simulated", signs, 0, NULL, SIMULATED, 2},
    {"device_simulated_refused", simulated_refused, 0, NULL,
	SIMULATED_NOT_ALLOWED, 1},
    {"device_nonce_in_report", flaw_nonce, 0, NULL, DEVICE_NONCE_MISMATCH, 1},
    {"device_signature", flaw_signature, 0, NULL, DEVICE_SIGNATURE, 1},
    {"device_serial", flaw_serial, 0, NULL, SERIAL_MISMATCH, 1},
    {"device_report", flaw_report, 0, NULL, SPDM_MALFORMED, 65},
    {"device_opaque", flaw_opaque, 0, NULL, SIMULATED_MALFORMED, 65},
    {"device_mark", flaw_mark, 0, NULL, SIMULATED_MALFORMED, 65},
    {"device_leaf", flaw_leaf, 0, NULL, CHAIN_UNTRUSTED, 1},
    {"device_cert", flaw_cert, 0, NULL, CHAIN_MALFORMED, 65},
    {"device_no_anchor", no_anchor, 0, NULL, CHAIN_UNTRUSTED, 1},
    {"device_too_late", too_late, 0, NULL, CHAIN_EXPIRED, 1},
    {"device_too_early", too_early, 0, NULL, CHAIN_EXPIRED, 1},
    {"device_unknown", signs_unknown, 0, NULL, DEVICE_EVIDENCE_UNKNOWN, 2},
    {"device_twice", signs_twice, 0, NULL, DEVICE_DUPLICATE, 1},
    {"device_item_other", signs, FORGE_CLAIMS, device_item_other,
	DEVICE_ITEM_MISMATCH, 1},
    {"device_item_none", signs, FORGE_CLAIMS, device_item_none,
	DEVICE_ITEM_MISMATCH, 1},
    {"device_nonce_in_claims", signs, FORGE_CLAIMS, device_nonce,
	DEVICE_NONCE_MISMATCH, 1},
    {"devices_none", no_devices, 0, NULL, NO_DEVICE, 2},
    {"devices_16", sixteen_devices, 0, NULL, OK, 0},
    {"devices_17_claimed", many_devices, 0, NULL, EVIDENCE_DEVICE_COUNT, 65},
    {"devices_17_signing", many_signing, 0, NULL, EVIDENCE_DEVICE_COUNT, 65},
    {"policy_missing", no_policy, 0, NULL, POLICY_MISSING, 3},
    {"policy_device_signed", device_signed_required, 0, NULL,
	DEVICE_UNSIGNED, 2},
    {"n55_policy_pcr_16", pcr_16_required, 0, NULL, PCR_NOT_QUOTED, 1},
    {"policy_pinned", pinned_refused, 0, NULL, PINNED_BY_HAND, 2},
    {"host_not_enrolled", not_enrolled, 0, NULL, NOT_ENROLLED, 2},
    {"host_rejected", rejected, 0, NULL, HOST_REJECTED, 1},
    {"host_enrolled", enrolled, 0, NULL, OK, 0},
    {"host_enrolled_ek", enrolled, FORGE_CLAIMS, ek_same, OK, 0},
    {"n09_host_enrolled_other_ek", enrolled, FORGE_CLAIMS, ek_other,
	EK_NAME_MISMATCH, 1},
    {"host_store_broken", store_broken, 0, NULL, STORE_UNAVAILABLE, 3},
    {"n57_seen_before", seen_before, 0, NULL, OK, 0},
    {"n70_clock_back", clock_back, 0, NULL, CLOCK_BACK, 1},
    {"n70_clock_back_unsafe", clock_back, FORGE_ATTEST, unsafe, CLOCK_BACK,
	1},
    {"n70_clock_back_unsafe_after_reset", clock_back_after_reset,
	FORGE_ATTEST, unsafe, CLOCK_UNSAFE, 2},
    {"n70_clock_back_after_reset", clock_back_after_reset, 0, NULL,
	CLOCK_BACK, 1},
    {"n57_reset_back", reset_back, 0, NULL, RESET_COUNT_BACK, 1},
    {"n57_restart_back", restart_back, 0, NULL, RESTART_COUNT_BACK, 1},
    {"n57_resumed", resumed, 0, NULL, TPM_RESUMED, 2},
    {"n57_restarts_after_reset", restarts_after_reset, 0, NULL, OK, 0},
    {"n58_firmware_changed", firmware_changed, 0, NULL, TPM_FIRMWARE_CHANGED,
	1},
    {"n58_firmware_flawed", made_by_stm, FORGE_ATTEST, firmware_73_4,
	TPM_FIRMWARE_DENIED, 1},
    {"n58_firmware_fixed", made_by_stm, FORGE_ATTEST, firmware_73_20, OK, 0},
    {"n58_firmware_of_another", made_by_ifx, FORGE_ATTEST, firmware_73_4, OK,
	0},
    {"chain_first", NULL, FORGE_CLAIMS, chain_9, OK, 0},
    {"chain_next", chained, FORGE_CLAIMS, chain_9, OK, 0},
    {"chain_fork", chained, FORGE_CLAIMS, chain_9_other, CHAIN_FORK, 1},
    {"chain_copied_disk", follows_other, FORGE_CLAIMS, chain_9_other,
	CHAIN_FORK, 1},
    {"chain_copied_disk_later", chained_follows_other, FORGE_CLAIMS,
	chain_9_other, CHAIN_FORK, 1},
    {"chain_of_before_enrolment", follows_own, FORGE_CLAIMS, chain_9_other, OK,
	0},
    {"chain_of_a_copied_stranger", stranger_follows_other, FORGE_CLAIMS,
	chain_9_other, CHAIN_FORK, 1},
    {"chain_rollback", chained_ahead, FORGE_CLAIMS, chain_9, CHAIN_ROLLBACK,
	1},
    {"chain_gap", chained_behind, FORGE_CLAIMS, chain_9, CHAIN_GAP, 2},
};

int
main(void)
{
	return verify_rows_run("verify: host", rows, COUNT(rows));
}
