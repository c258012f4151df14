#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where accelerators are: an inventory is made of a report, signed, checked,
# and held against reports at the real service, with software TPMs and the
# simulated board.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"

for tool in swtpm swtpm_setup swtpm_localca python3; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
agent=$ASSAY_BIN/assay-agent
verifier=$ASSAY_BIN/assay-verifier
[ -x "$ASSAY_BIN/assay-simulated-board" ] || skip_all "no simulated board"
certified_tpm "$work/tpm" || skip_all "swtpm_setup makes no certificates here"
cd "$work" || exit 1
echo "# nothing is set" >empty.conf
mkdir roots state
"$assay" anchors add --name "Lab CA" --roots roots tpm/ca/issuercert.pem >out
"$ASSAY_BIN/assay-simulated-board" board >/dev/null || exit 1

# serve OPTION...: the service; sets url and server_pid.
serve() {
	rm -f port
	"$verifier" serve --config empty.conf --listen 127.0.0.1:0 \
		--port-file port --store assay.db --key key.pem \
		--tpm-roots roots --policy policy --anchor board/root.pem \
		"$@" >serve.out 2>>serve.err &
	server_pid=$!
	pids="$pids $server_pid"
	tries=0
	while [ ! -s port ] && [ $tries -lt 500 ] &&
		kill -0 "$server_pid" 2>/dev/null; do
		sleep 0.02
		tries=$((tries + 1))
	done
	url=http://127.0.0.1:$(cat port)
}
again() {
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
	serve "$@"
}

# tpm DIR: that one is in the host from now on.
tpm() {
	if [ -n "${swtpm_pid:-}" ]; then
		finish "$swtpm_pid"
	fi
	start_tpm "$1"
	host=$1
	mkdir -p "state/$1"
}
# agent COMMAND OPTION...: with this TPM; sets status, out, err.
agent() {
	command=$1
	shift
	timeout -k 5 60 "$agent" "$command" --config empty.conf \
		--tpm "swtpm:path=$work/tpm.sock" "$@" >out 2>err
	status=$?
}
# report PLATFORM: to the service; its reasons, a code a line, in "reasons".
report() {
	agent run --once --verifier "$url" --platform "$1" \
		--state "state/$host/chain" --send-eventlog no
	[ $status -eq 0 ] && python3 - >reasons <<'END2'
import json, sqlite3
row = sqlite3.connect("assay.db").execute(
    "SELECT verdict, reasons FROM appraisals ORDER BY id DESC").fetchone()
print(row[0])
for r in json.loads(row[1]):
    print(r["code"], r["where"], r["detail"])
END2
}
# enrol: this host, and approve it; sets ak.
enrol() {
	timeout -k 5 60 "$ASSAY_BIN/assay-enroll" --config empty.conf \
		--tpm "swtpm:path=$work/tpm.sock" --verifier "$url" \
		>out 2>err || return 1
	ak=$(sqlite "SELECT hex(ak_name) FROM enrolments ORDER BY proved DESC, rowid DESC")
	ak=$(echo "$ak" | tr A-F a-f)
	"$verifier" enroll approve --config empty.conf --store assay.db \
		--ak-name "$ak" >out 2>err
}
sqlite() {
	python3 - "$1" <<'END2'
import sqlite3, sys
row = sqlite3.connect("assay.db").execute(sys.argv[1]).fetchone()
print("" if row is None else row[0])
END2
}
gave() {
	grep -q "^$1" reasons
}
two=simulated:$work/board,count=2

cat >plain <<'END'
[policy]
allow-software-tpm = yes
allow-simulated = yes
require-eventlog = no
required-pcrs = sha256:0
END
"$assay" tables key signer.pem >out || exit 1
signer=$(sed -n 's/.*trust-tables = //p' out)
"$assay" tables key stranger.pem >out || exit 1
stranger=$(sed -n 's/.*trust-tables = //p' out)
cp plain policy
echo "trust-inventory = $signer" >>policy

tpm tpm
serve
[ -s port ] && enrol && report "$two" && gave warning
check $? "a host enrols and reports two accelerators"

# --- The inventory.

"$verifier" export --config empty.conf --store assay.db --last -o bundle \
	>out 2>err
"$assay" show --json bundle >shown
shown() {
	python3 -c 'import json, sys
print(json.load(open("shown"))["data"][sys.argv[1]])' "$1"
}
nonce=$(shown nonce)
"$verifier" enroll list --config empty.conf --store assay.db --json >hosts
ek=$(sed -n 's/.*"ek_name": "\([0-9a-f]*\)".*/\1/p' hosts)
run inventory list --anchor board/root.pem bundle
[ $status -eq 3 ]
check $? "nothing is listed of a bundle that is not accepted"
run inventory list --nonce "$nonce" --policy policy --ak-name "$ak" \
	--anchor board/root.pem bundle
[ $status -eq 64 ] && grep -q ek-name err
check $? "nor of a host whose endorsement key nothing names"
run inventory list --nonce "$nonce" --policy policy --ak-name "$ak" \
	--ek-name "$ek" --anchor board/root.pem bundle
cp out list
[ $status -eq 0 ] && [ "$(wc -l <list)" -eq 3 ] &&
	[ "$(grep -c "^$ek,simulated:[0-9a-f]*,[0-9a-f:.]*\$" list)" -eq 2 ]
check $? "a list is made of one that is"
run inventory sign --key signer.pem -o hall.cose list
[ $status -eq 0 ] && said "$signer"
check $? "and signed"
expect 0 - "it can be checked" inventory check --signer "$signer" hall.cose
said "$ek" && said simulated
check $? "and says what is where"
run inventory check --json --signer "$signer" hall.cose
python3 -c '
import json, sys
d = json.load(open("out"))
sys.exit(d["exit"] != 0 or len(d["data"]["places"]) != 2)'
check $? "also as JSON"
expect 3 POLICY_MISSING "whose signature counts must be said" \
	inventory check hall.cose
expect 1 INVENTORY_UNSIGNED "another key's counts for nothing" \
	inventory check --signer "$stranger" hall.cose
expect 3 INVENTORY_EXPIRED "it ends" \
	inventory check --signer "$signer" --at 2099-01-01 hall.cose
expect 64 USAGE "a signer is a fingerprint" \
	inventory check --signer me hall.cose
python3 -c '
b = bytearray(open("hall.cose", "rb").read())
i = b.index(b"simulated:")
b[i + 12] ^= 1
open("changed.cose", "wb").write(b)'
expect 1 INVENTORY_SIGNATURE "a change is seen" \
	inventory check --signer "$signer" changed.cose
expect 65 INVENTORY_MALFORMED "a list is no inventory" \
	inventory check --signer "$signer" list
sed '2s/,/;/' list >bad
expect 65 INVENTORY_LIST "a bad list is not signed" \
	inventory sign --key signer.pem bad
grep -q 'bad.*line 2' err && [ ! -e bad.cose ]
check $? "its line is named and nothing written"
chmod 644 stranger.pem
expect 77 FILE_MODE "nor with a key that others can read" \
	inventory sign --key stranger.pem list
chmod 600 stranger.pem

# --- Reports against it.

verify() {
	run verify --json --nonce "$nonce" --policy policy \
		--anchor board/root.pem --ak-name "$ak" "$@" bundle
}
verify --inventory hall.cose
[ $status -eq 2 ] && grep -q '"PLACEMENT"' out && ! grep -q '"endorsed"' out
check $? "what only the host says of itself makes no place hold"
verify --inventory hall.cose --ek-name "$ek"
[ $status -eq 2 ] && ! grep -q '"PLACEMENT"' out &&
	[ "$(grep -c '"endorsed"' out)" -eq 2 ]
check $? "what enrolment proved does"
cp policy trusting
cp plain policy
verify --inventory hall.cose --ek-name "$ek"
[ $status -eq 1 ] && said INVENTORY_UNSIGNED
check $? "an inventory of nobody is refused"
cp trusting policy

again --inventory hall.cose
report "$two" && gave warning && ! gave PLACEMENT
check $? "at the service both are in their places"
report "simulated:$work/board,count=1" && gave contraindicated &&
	gave 'PLACEMENT_MISSING host'
check $? "T10: one that is hidden is missed"
report "simulated:$work/board,count=3" && gave 'PLACEMENT_UNLISTED gpu-2'
check $? "one more is seen"
report "$two" && gave contraindicated && gave 'DEVICE_EVIDENCE_MISSING host'
check $? "T09: and missed when it is gone, which no inventory says"
"$verifier" devices accept --config empty.conf --store assay.db "$ak" --all \
	>out 2>err && report "$two" && gave warning && ! gave DEVICE_
check $? "until an operator accepts that"
sed '2s/,[0-9a-f:.]*$/,0000:fe:00.0/' list >moved
"$assay" inventory sign --key signer.pem -o moved.cose moved >out
again --inventory moved.cose
report "$two" && gave contraindicated && gave 'PLACEMENT_SLOT gpu-'
check $? "another slot is another place"
sed "s/^$ek/000b$(printf '%064d' 7)/" list >elsewhere
"$assay" inventory sign --key signer.pem -o elsewhere.cose elsewhere >out
again --inventory elsewhere.cose
report "$two" && gave contraindicated && gave 'PLACEMENT_HOST gpu-0'
check $? "T05: an accelerator of another host is told"
cp hall.cose now.cose
again --inventory now.cose
report "$two" && gave warning
number='SELECT max(id) FROM appraisals'
before=$(sqlite "$number")
cp changed.cose now.cose
agent run --once --verifier "$url" --platform "$two" \
	--state "state/$host/chain" --send-eventlog no
[ $status -eq 69 ] && said HTTP_STATUS && [ "$(sqlite "$number")" = "$before" ]
check $? "while an inventory is damaged nothing is appraised"
cp hall.cose now.cose
report "$two" && gave warning
check $? "then again"
plan
