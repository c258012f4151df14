#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# T05, T09: accelerators that move, are exchanged or fall silent, and what an
# operator says about it, at the real service, with two hosts that have
# software TPMs and simulated boards.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"
# shellcheck source=tests/e2e/record.sh
. "$(dirname "$0")/record.sh"

for tool in swtpm swtpm_setup swtpm_localca sqlite3; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
[ -x "$ASSAY_BIN/assay-simulated-board" ] || skip_all "no simulated board"
certified_tpm "$work/tpm" || skip_all "swtpm_setup makes no certificates here"
cd "$work" || exit 1
record_begin
for name in one two; do
	"$ASSAY_BIN/assay-simulated-board" $name >/dev/null || exit 1
done
certified_tpm "$work/tpm2" || exit 1
"$assay" anchors add --name "Lab CA 2" --roots roots tpm2/ca/issuercert.pem \
	>out 2>err || exit 1

# service OPTION...: with both boards' roots.
service() {
	serve --policy policy --anchor one/root.pem --anchor two/root.pem "$@"
}
# host NAME: its TPM is the one at hand from now on.
host() {
	[ -z "${swtpm_pid:-}" ] || finish "$swtpm_pid"
	start_tpm "$work/$1"
	host=$1
}
# shows PLATFORM: a report of this host; sets status.
shows() {
	timeout -k 5 60 "$agent" run --once --config empty.conf --tpm "$tpm" \
		--verifier "$url" --platform "$1" --state "chain.$host" \
		--send-eventlog no >out 2>err
	status=$?
	[ $status -eq 0 ]
}
one=simulated:$work/one,count=1
both=simulated:$work/one,count=2
two=simulated:$work/two,count=1
codes='DEVICE_(MOVED|REPLACED|EVIDENCE_MISSING)'
# fine: the last report was not refused, and nothing is said of devices.
fine() {
	verdict warning && ! reason "$codes"
}
# found CODE WHERE: it was, and this is the one thing said of devices.
found() {
	verdict contraindicated &&
		[ "$(reasons | grep -Eo "\"$codes\"" | sort -u)" = "\"$1\"" ] &&
		reasons | grep -q "\"code\":\"$1\",\"where\":\"$2\""
}
# elsewhere: it was because of another host, and what was here is missed.
elsewhere() {
	verdict contraindicated && reason DEVICE_REPLACED &&
		reasons | grep -q '"code":"DEVICE_MOVED","where":"gpu-0"'
}
devices() {
	run_verifier devices "$@"
}
run_verifier() {
	"$verifier" "$@" --config empty.conf --store assay.db >out 2>err
	status=$?
}
state_of() {
	devices list "$1" && sed -n "s/^\([a-z]*\) .* $1 $2\$/\1/p" out
}

service
host tpm
enrol
a=$(sql 'SELECT lower(hex(ak_name)) FROM enrolments')
approve "$a"
host tpm2
enrol
b=$(sql "SELECT lower(hex(ak_name)) FROM enrolments
	WHERE lower(hex(ak_name)) <> '$a'")
approve "$b"
[ -n "$a" ] && [ -n "$b" ] && [ "$a" != "$b" ]
check $? "two hosts are enrolled"

# --- One host.

host tpm
devices list
[ $status -eq 0 ] && grep -q '^no device' out
check $? "no device has signed yet"
shows "$one" && fine && shows "$one" && fine
check $? "the same device again is nothing"
devices list
id=$(sed -n "s/.* $a \(simulated:[0-9a-f]*\)\$/\1/p" out)
[ -n "$id" ] && [ "$(state_of "$a" "$id")" = present ]
check $? "it is on the list"
devices list --json "$a"
grep -q "\"identity\": \"$id\"" out && grep -q '"state": "present"' out
check $? "also in JSON"
shows "recorded:$board" && found DEVICE_EVIDENCE_MISSING gpu-0
check $? "T09: evidence that falls away is no lower grade"
[ "$(state_of "$a" "$id")" = missing ]
check $? "and the list says so"
shows "$both" && fine
check $? "it is back, with one more"
shows "$one" && found DEVICE_EVIDENCE_MISSING host
check $? "T09: which is expected, too"
devices accept "$a" --all
[ $status -eq 0 ] && said '1 forgotten' && shows "$one" && fine
check $? "until an operator says that it was taken out"
shows "$two" && found DEVICE_REPLACED gpu-0
check $? "T09: another card in its place is found"
reasons | grep -q "where $id was"
check $? "and both are named"
new=$(sql "SELECT identity FROM devices WHERE present = 1")
[ "$(state_of "$a" "$new")" = new ] && [ "$(state_of "$a" "$id")" = missing ]
check $? "the list has both"
shows "$two" && found DEVICE_REPLACED gpu-0
check $? "again, as long as nobody says that it is right"
devices accept "$a" "$new"
[ $status -eq 0 ] && said '1 expected here, 1 forgotten' && shows "$two" &&
	fine
check $? "which an operator does"

# --- Two hosts.

host tpm2
shows "$one" && fine
check $? "the old card is free for another host"
shows "$two" && elsewhere
check $? "T05: the new one is not"
host tpm
shows "$two" && found DEVICE_MOVED gpu-0
check $? "T05: both hosts are told"
devices accept "$a" "$new"
[ $status -eq 0 ] && said '1 taken' && shows "$two" && fine
check $? "until an operator says where it is"
host tpm2
shows "$two" && elsewhere
check $? "T05: the other one goes on being told"
shows "$one" && fine
check $? "unless it shows its own"

# The window is the operator's.
stop_service
service --device-window 1
sleep 3
shows "simulated:$work/one,count=1" && fine
host tpm
sleep 3
shows "$two" && fine
check $? "a longer time between than the window is a move like any other"

# --- What is asked wrongly.

wrong=0
for words in "accept" "accept $a" "accept $a $new $id" \
	"accept $a $new --all" "list $a $b" "accept $new $a" "accept - -" \
	"list --all" "accept --frob $a $new"; do
	# shellcheck disable=SC2086 # a list of words
	devices $words
	{ [ $status -eq 64 ] || [ $status -eq 65 ]; } &&
		[ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] || wrong=1
done
[ $wrong -eq 0 ]
check $? "wrong words are refused in one line"
devices accept "$a" nvidia:00
[ $status -eq 65 ] && said DEVICE_UNSEEN
check $? "so is a device that the host has not shown"
devices accept "000b$(printf '%064d' 7)" --all
[ $status -eq 65 ] && said HOST_UNKNOWN
check $? "and a host that nobody knows"
sql "INSERT INTO devices VALUES (X'$a', 'x' || char(27) || '[31m',
	'gpu-' || char(10), 0, 0, -1, 9223372036854775807)"
devices list "$a"
[ $status -eq 0 ] && [ "$(wc -l <out)" -eq 3 ] &&
	! LC_ALL=C grep -q '[^ -~]' out
check $? "nothing in the store gives orders to a terminal"
sql "DELETE FROM devices WHERE last_seen = 9223372036854775807"
run_verifier serve --device-window 0
[ $status -eq 64 ] && said device-window
check $? "the window has no way to be switched off"

# --- Offline nothing is remembered.

run_verifier export --last -o bundle
run verify --json --policy policy --anchor two/root.pem --ak-name "$a" bundle
grep -q '"DEVICE_HISTORY"' out
check $? "an auditor's verdict says that it was not checked"
reject "$a"
[ "$(sql "SELECT count(*) FROM devices
	WHERE lower(hex(ak_name)) = '$a'")" = 0 ]
check $? "a rejected host has no devices"
stop_service
plan
