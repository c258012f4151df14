#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# "assay classify" and "assay tables" as a person meets them.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

: "${ASSAY_SOURCE:?set it to the folder of the sources}"
agent=$ASSAY_BIN/assay-agent
samples=${ASSAY_SAMPLES:-/nonexistent}
chips=$ASSAY_SOURCE/certs/chips.csv
day=2026-11-26
cd "$work" || exit 1

# has TEXT: is it in the output of the last run?
has() {
	grep -Fq -e "$1" out
}

# first TEXT: does the first line begin with it?
first() {
	head -n 1 out | grep -q -e "^$1"
}

# class NAME STATUS TEXT: the class of a chip by its name.
class() {
	run classify --chip "$1" --at "$day"
	[ "$status" -eq "$2" ] && first "$3" &&
		has 'not a legal determination'
	check $? "$1: $3"
}

# --- By name.

class 'H100 SXM5 80GB' 0 'H100 SXM5 80GB: 3A090.a.1 (basis 0'
class 'H20 96GB' 0 'H20 96GB: none (basis 0'
class 'GeForce RTX 5090 D' 0 'GeForce RTX 5090 D: none (Note 2'
class 'Instinct MI300X' 0 'Instinct MI300X: 3A090.a.1'
class 'Instinct MI308X' 2 'Instinct MI308X: UNKNOWN'
expect 64 CHIP_AMBIGUOUS 'a beginning of several names' classify --chip H100
expect 64 CHIP_UNKNOWN 'a name of none' classify --chip Banana
expect 64 USAGE 'no chip at all' classify
expect 64 USAGE 'two ways at once' classify --chip L4 \
	--facts "$chips"

# The derivation of each reads to the end and says whose word it is.
for chip in 'H100 SXM5 80GB' 'H20 96GB' 'GeForce RTX 5090 D' \
	'Instinct MI300X'; do
	run classify --chip "$chip" --at "$day" --explain
	[ "$status" -eq 0 ] && has 'identity' && has 'rules in force' &&
		has 'US-3A090-A1: ' && has 'assumptions' && has 'sources' &&
		has 'die area: ' && has 'data-centre design or marketing' &&
		has 'SHA-256' && has 'This is not a legal determination.' &&
		[ "$(awk 'length > 100' out | wc -l)" -eq 0 ]
	check $? "$chip explained"
done

run classify --chip 'H20 96GB' --at 2025-04-08
[ "$status" -eq 0 ] && ! has US-ISINFORMED-2025-04
check $? 'the letter is not in force the day before'
run classify --chip 'H20 96GB' --at 2025-04-09
[ "$status" -eq 0 ] && has 'holds: US-ISINFORMED-2025-04'
check $? 'and holds from its day on'
run classify --chip 'L4' --rules my --at "$day" --json
[ "$status" -eq 0 ] && has '"MY-STA-S12"' && ! has '"id": "US-3A090-A1"'
check $? 'one rule set by its name'
expect 64 TABLE_UNKNOWN 'a rule set of no name' classify --chip L4 \
	--rules atlantis
expect 3 TABLE_EXPIRED 'the built-in tables expire' classify --chip L4 \
	--at 2040-01-01

if command -v python3 >/dev/null; then
	run classify --chip 'H20 96GB' --at "$day" --json
	python3 - out <<'END' 2>>err
import json, sys
a = json.load(open(sys.argv[1]))
rules = {r["id"]: r["holds"] for r in a["rules"]}
assert a["schema"] == 1 and a["exit"] == 0 and len(rules) == 30
assert rules["US-3A090-B1"] is False
assert rules["US-ISINFORMED-2025-04"] is True
assert rules["EU-2021-821"] == "unknown"
END
	check $? 'JSON has the rules on top'
else
	skip 'JSON has the rules on top' 'no python3'
fi

# --- From facts.

boards=$ASSAY_SOURCE/tests/fixtures
if "$agent" measure --json --platform "recorded:$boards/board-h100" \
	>facts.json 2>err; then
	run classify --facts facts.json --at "$day"
	[ "$status" -eq 2 ] && said CLASS_CLAIMED &&
		has 'H100 SXM5 80GB: 3A090.a.1 (basis 0' && has tpp_sum
	check $? 'facts of a board, nobody vouching for them'

	sed 's/"pci-device":{"recorded":[0-9]*/"pci-device":{"recorded":9001/' \
		facts.json >spoofed.json
	expect 1 IDENTITY_MISMATCH 'a PCI identifier that was spoofed' \
		classify --facts spoofed.json --at "$day"
	sed 's/"pci-device":{"recorded":[0-9]*/"pci-device":{"recorded":1/' \
		facts.json >unknown.json
	run classify --facts unknown.json --at "$day" --explain
	[ "$status" -eq 2 ] && has 'unknown chip: UNKNOWN' &&
		has 'is not in the table of chips'
	check $? 'an unknown device explained'
	cat >observed.json <<END
{"schema":1,"kind":"assay-observed","device":"d","pci":"0000:00:09.0",
 "uuid":"-","copy_gbs_min":0,"seconds_milli":1,"observed":[
 {"format":"fp8","bits":8,"tops_min_milli":9000000,"method":"m"}]}
END
	expect 1 CAPABILITY_EXCEEDED 'more was observed than the row allows' \
		classify --facts facts.json --observed observed.json --at "$day"
	sed 's/0000:00:09.0/0000:00:08.0/' observed.json >other.json
	run classify --facts facts.json --observed other.json --at "$day"
	[ "$status" -eq 2 ] && ! said CAPABILITY_EXCEEDED
	check $? 'an observation of another device counts for none here'
else
	skip 'facts of a board' 'no recorded boards in this build'
fi
echo '{}' >empty.json
expect 65 FACTS_MALFORMED 'no facts' classify --facts empty.json
expect 65 OBSERVED_MALFORMED 'no observation' classify --chip L4 \
	--observed empty.json

# --- From a signed report.

report=$samples/nvidia/h100-550.90.07-report.hex
chain=$samples/nvidia/h100-550.90.07-chain.pem
if [ -e "$report" ]; then
	run classify --report "$report" --chain "$chain" --at "$day" --explain
	[ "$status" -eq 0 ] && first 'H100 PCIe 80GB: 3A090.a.1 (basis 2' &&
		has 'signed SKU 1010_0200_882' && has 'nvidia:'
	check $? 'a genuine H100 by what it signed'
	sed 's/a/b/' "$report" >changed.hex
	run classify --report changed.hex --chain "$chain" --at "$day"
	[ "$status" -ne 0 ] && ! has 'basis 2'
	check $? 'a report with one digit changed'
else
	skip 'a genuine H100' 'no samples'
fi

# --- Tables.

run tables show
[ "$status" -eq 0 ] && has 'chips ' && has 'us-bills'
check $? 'the built-in tables are listed'
run tables key one.pem && run tables key two.pem
[ "$status" -eq 0 ] && [ "$(stat -c %a two.pem)" = 600 ]
check $? 'a key of a signer'
expect 64 USAGE 'a key is never overwritten' tables key one.pem
one=$("$assay" tables key 1.pem | sed 's/.* = //')
two=$("$assay" tables key 2.pem | sed 's/.* = //')
policy() {
	printf '[policy]\n' >policy
	printf '%s\n' "$@" >>policy
}
sed 's/^table,1,chips,chips,1,/table,1,chips,chips,2,/' "$chips" >new.csv

policy "trust-tables = $one, $two"
expect 1 TABLE_UNSIGNED 'an unsigned table' tables verify --policy policy \
	new.csv
expect 1 TABLE_UNSIGNED 'is not used either' classify --chip L4 --at "$day" \
	--policy policy --chips new.csv
run tables sign --key 1.pem new.csv
[ "$status" -eq 0 ] && has "$one" && [ -s new.csv.cose ]
check $? 'the first signer signs'
expect 1 TABLE_SIGNERS 'one of two signers' tables verify --policy policy \
	new.csv
run tables sign --key 2.pem new.csv
run tables verify --policy policy --at "$day" new.csv
[ "$status" -eq 0 ] && has 'version 2'
check $? 'two of two'
run classify --chip L4 --policy policy --chips new.csv --at "$day"
[ "$status" -eq 0 ] && first 'L4: 3A090.a.2'
check $? 'the table is used'
expect 3 POLICY_MISSING 'without a policy nobody is trusted' tables verify \
	--at "$day" new.csv

policy "trust-tables = $one, $two" 'table-versions = chips:3'
expect 1 TABLE_OLD 'an older table than the policy allows' tables verify \
	--policy policy --at "$day" new.csv
policy "trust-tables = $one, $two"
expect 3 TABLE_EXPIRED 'past its expiry' tables verify --policy policy \
	--at 2030-01-01 new.csv

sed 's/^tpp,2368/tpp,2369/' new.csv >changed.csv
cp new.csv.cose changed.csv.cose
expect 1 TABLE_SIGNATURE 'one digit changed' tables verify --policy policy \
	--at "$day" changed.csv
expect 1 TABLE_SIGNATURE 'and not used' classify --chip L4 --at "$day" \
	--policy policy --chips changed.csv
sed 's/^tpp,2368/tpp,many/' new.csv >bad.csv
"$assay" tables sign --key 1.pem bad.csv >/dev/null
expect 65 TABLE_MALFORMED 'a table that is none' tables verify \
	--policy policy bad.csv
chmod 644 1.pem
expect 77 FILE_MODE 'a key that others can read' tables sign --key 1.pem \
	new.csv
plan
