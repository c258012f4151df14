#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Time only moves forward: restarts, lost power, copied disks and TPMs that
# were put back, with the real service and software TPMs; then agent and
# service killed at their system calls, and the record held against what each
# of them said.  Prints TAP.
#
# ASSAY_KILLS is how often each kind of kill is done (20), a fourth of it for
# the supervisor; the nightly run has a thousand.  ASSAY_SEED moves the points.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"
# shellcheck source=tests/e2e/record.sh
. "$(dirname "$0")/record.sh"
here=$(cd "$(dirname "$0")" && pwd)

kills=${ASSAY_KILLS:-20}
seed=${ASSAY_SEED:-1}
for tool in swtpm swtpm_setup swtpm_localca sqlite3 tpm2_shutdown; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
certified_tpm "$work/tpm" || skip_all "swtpm_setup makes no certificates here"
start_tpm "$work/tpm"
cd "$work" || exit 1
record_begin
serve --policy policy
[ -s port ]
check $? "the service runs"

enrol
ak=$(sql 'SELECT lower(hex(ak_name)) FROM enrolments')
approve "$ak"
[ $status -eq 0 ]
check $? "a host is enrolled"

# --- Restarts of agent and service.

for i in 1 2 3; do
	report state
	[ $status -eq 0 ] && quiet && [ "$(counter state)" = $i ] &&
		[ "$(recorded)" = $i ]
	check $? "report $i follows the one before it"
done
stop_service
serve --policy policy
report state
[ $status -eq 0 ] && quiet
check $? "N57: the service was restarted: nothing is to be said"

# --- Restarts of the TPM.

restart_tpm
report state
[ $status -eq 0 ] && quiet
check $? "N57: the host was shut down well and started again"
crash_tpm
report state
[ $status -eq 0 ] && quiet CLOCK_UNSAFE
check $? "N68: the power was lost: the clock may be unsafe, no more is said"

# A resume: the counters tell it from a reset (Part 1, 36.3).
tpm2_shutdown >out 2>err # TPM_SU_STATE
finish "$swtpm_pid"
start_tpm "$work/tpm" state
report state
[ $status -eq 0 ] && reason TPM_RESUMED && quiet 'TPM_RESUMED|CLOCK_UNSAFE'
check $? "N57: the host slept and woke up: it is told"
report state
[ $status -eq 0 ] && quiet CLOCK_UNSAFE
check $? "N57: once"
restart_tpm
report state

# Whoever falls silent does not stay good.
"$verifier" enroll list --config empty.conf --store assay.db >list
grep -q "^enrolled .* warning .*$ak" list
check $? "the list shows the last verdict"
sql 'UPDATE appraisals SET time = time - 86401' >out
"$verifier" enroll list --config empty.conf --store assay.db >list
grep -q "^enrolled .* stale .*$ak" list
check $? "N11: a host that has been silent for a day is stale"
"$verifier" enroll list --config empty.conf --store assay.db --json \
	--stale-after 999999 >list
grep -q '"stale": false' list
check $? "N11: for how long a verdict counts is the operator's choice"

# --- The state of the TPM is put back.

tpm2_shutdown -c >out 2>err
finish "$swtpm_pid"
cp -a tpm/state tpm-before
start_tpm "$work/tpm"
restart_tpm
report state
kept=$(sql 'SELECT tpm_reset FROM hosts')
tpm2_shutdown -c >out 2>err
finish "$swtpm_pid"
mv tpm/state tpm-after
cp -a tpm-before tpm/state
start_tpm "$work/tpm"
report state
[ $status -eq 0 ] && verdict contraindicated && reason RESET_COUNT_BACK
check $? "N57: a TPM that was put back: its resets went back"
[ "$(sql 'SELECT tpm_reset FROM hosts')" = "$kept" ]
check $? "the record keeps what it knew"
finish "$swtpm_pid"
rm -rf tpm/state
mv tpm-after tpm/state
start_tpm "$work/tpm"

# As many resets as before, and a clock that is behind.
sql 'UPDATE hosts SET tpm_reset = tpm_reset + 1, tpm_clock = tpm_clock + 3600000' >out
report state
[ $status -eq 0 ] && verdict contraindicated && reason CLOCK_BACK
check $? "N70: the clock went back"
sql 'UPDATE hosts SET tpm_reset = tpm_reset - 1, tpm_clock = tpm_clock - 3600000' >out
report state
[ $status -eq 0 ] && reason CHAIN_GAP && quiet 'CHAIN_GAP|CLOCK_UNSAFE'
check $? "T35: the true one goes on; reports that were refused are missing"

# --- The firmware of the TPM.  No software TPM changes it, so the record does.

sql 'UPDATE hosts SET tpm_firmware = tpm_firmware - 1' >out
report state
[ $status -eq 0 ] && verdict contraindicated && reason TPM_FIRMWARE_CHANGED
check $? "N58: the TPM has another firmware"
report state
reason TPM_FIRMWARE_CHANGED
check $? "N24: and stays refused until an operator acts"
reject "$ak"
enrol
[ $status -ne 0 ]
check $? "N24: a rejected key cannot enrol itself"
sql 'DELETE FROM hosts' >out
enrol
approve "$ak"
report state
[ $status -eq 0 ] && quiet 'CLOCK_UNSAFE'
check $? "after a new decision the record begins anew"

# --- A table of flawed firmware.  The maker of a software TPM is in no table,
# so the record names one.

"$assay" tables key signer.pem >key.out
{ cat policy && sed -n 's/.*: \(trust-tables = .*\)/\1/p' key.out; } >policy.tpm
cat >tpms.csv <<'TABLE'
table,1,tpms,tpm-firmware,2,2026-01-01,2099-01-01
source,lab,made for this test
tpm,lab-flaw,IFX,CVE-0000-0000: made up
firmware,0.0-65535.65535,primary,lab
TABLE
stop_service
serve --policy policy.tpm --tpm-firmware tpms.csv
[ ! -s port ] && grep -q TABLE_UNSIGNED serve.err
check $? "N58: a table that nobody signed is refused"
"$assay" tables sign --key signer.pem tpms.csv >out 2>err &&
	"$assay" tables verify --policy policy.tpm tpms.csv >out 2>err
check $? "N58: it is signed"
serve --policy policy.tpm --tpm-firmware tpms.csv
report state
[ $status -eq 0 ] && quiet CLOCK_UNSAFE
check $? "N58: another maker's flaws are not this TPM's"
sql "UPDATE enrolments SET detail =
	json_set(detail, '\$.ek.manufacturer', 'id:49465800')" >out
report state
[ $status -eq 0 ] && verdict contraindicated && reason TPM_FIRMWARE_DENIED &&
	reasons | grep -q 'CVE-0000-0000: made up; source: lab'
check $? "N58: firmware with a published flaw is refused, with its source"
sed 's/65535.65535/1.1/' tpms.csv >tpms.new && mv tpms.new tpms.csv
before=$(sql 'SELECT count(*) FROM appraisals')
report state
[ $status -ne 0 ] && [ "$(sql 'SELECT count(*) FROM appraisals')" = "$before" ]
check $? "N58: while its signature does not fit nothing is appraised"
"$assay" tables sign --key signer.pem tpms.csv >out 2>err
report state
[ $status -eq 0 ] && quiet 'CLOCK_UNSAFE|CHAIN_GAP'
check $? "N26: a new table counts at once"
stop_service
serve --policy policy

# --- A copied disk, beside the same TPM and beside another.

cp state copy
report state
[ $status -eq 0 ] && quiet CLOCK_UNSAFE
check $? "the host goes on"
report copy
[ $status -eq 0 ] && verdict contraindicated && reason CHAIN_ROLLBACK
check $? "two hosts with one AK: the copy is behind"
report copy
[ $status -eq 0 ] && verdict contraindicated && reason CHAIN_FORK
check $? "T34: two hosts with one AK: the copy follows another report"
: >fresh
report fresh
[ $status -eq 0 ] && verdict contraindicated && reason CHAIN_ROLLBACK
check $? "two hosts with one AK: one without a state"
report state
[ $status -eq 0 ] && quiet CLOCK_UNSAFE
check $? "the true one goes on: what was refused did not count"

finish "$swtpm_pid"
certified_tpm "$work/tpm2" >out 2>err
"$assay" anchors add --name "Lab CA 2" --roots roots tpm2/ca/issuercert.pem \
	>out 2>err
start_tpm "$work/tpm2"
enrol
ak2=$(sql "SELECT lower(hex(ak_name)) FROM enrolments WHERE
	lower(hex(ak_name)) <> '$ak'")
approve "$ak2"
cp state clone
report clone
[ $status -eq 0 ] && verdict contraindicated && reason CHAIN_FORK &&
	reasons | grep -q "follows a report of $ak"
check $? "a copied disk beside another TPM follows another host's report"
report clone
[ $status -eq 0 ] && quiet CLOCK_UNSAFE
check $? "from then on it is a host of its own"
finish "$swtpm_pid"
start_tpm "$work/tpm"
report state
[ $status -eq 0 ] && quiet CLOCK_UNSAFE
check $? "and the host that was copied is not blamed"
reject "$ak2"

# --- Killed at its system calls.

if ! strace -qq -o trace -e trace=write true 2>/dev/null; then
	skip "killed at every step" "strace may not trace here"
	plan
fi
# shellcheck source=tests/e2e/kills.sh
. "$here/kills.sh"
plan
