#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# K7, a host that hears nothing: evidence for an epoch marker, judged by
# whoever knows the marker.  K6, what leaves: a dry run tells it beforehand,
# to the byte.  A software TPM and the simulated board.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$(dirname "$0")/swtpm.sh"

for tool in swtpm python3; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
agent=$ASSAY_BIN/assay-agent
[ -x "$ASSAY_BIN/assay-simulated-board" ] || skip_all "no simulated board"
cd "$work" || exit 1
mkdir -p tpm/state chain
start_tpm "$work/tpm"
"$ASSAY_BIN/assay-simulated-board" board >/dev/null || exit 1
echo "# nothing is set" >empty.conf
cat >policy <<END
[policy]
require-eventlog = no
require-class = no
allow-software-tpm = yes
allow-simulated = yes
END
printf 'beacon round 4711' >marker
printf 'beacon round 4712' >other

# report OPTION...: by the agent; sets status, out, err.
report() {
	timeout -k 5 60 "$agent" report --config empty.conf \
		--tpm "swtpm:path=$work/tpm.sock" \
		--platform "simulated:$work/board" "$@" >out 2>err
	status=$?
}
# verify OPTION...: of the bundle, under $policy.
policy=policy
verify() {
	"$assay" verify bundle --anchor board/root.pem \
		--ak-name "$ak" --policy "$policy" "$@" >out 2>err
	status=$?
}
said() {
	grep -q -- "$1" err
}
has() {
	grep -q -- "$1" out
}

# --- One way.

report --epoch beacon:marker --send-eventlog no --state chain/state -o bundle
check $status "a report for an epoch marker"
"$assay" show bundle >out
ak=$(sed -n 's/^ *ak_name *//p' out)
n=$(sha256sum marker | cut -d ' ' -f 1)
has "nonce *$n" && has 'epoch *beacon$' && has 'report_counter *1$'
check $? "it answers the digest of the marker, and is chained"
verify --epoch other --epoch marker
[ $status -lt 4 ] && ! has EPOCH_OTHER && ! has EPOCH_MISMATCH &&
	has 'not checked' && has EPOCH_TIME
check $? "who knows the marker accepts it, and that it was ever later is open"
verify --epoch other
[ $status -eq 1 ] && has EPOCH_OTHER
check $? "who knows another one does not"
verify --nonce "$n"
[ $status -eq 1 ] || has EPOCH
check $? "nor does it pass for an answer to a nonce"
report --epoch beacon:marker --send-eventlog no --state chain/state -o bundle
"$assay" show bundle >out
[ $status -eq 0 ] && has 'report_counter *2$'
check $? "the next one goes on, so that a gap shows"
report --epoch beacon:marker --send-eventlog no -o - && mv out piped
"$assay" show piped >out
[ $status -eq 0 ] && has 'epoch *beacon$'
check $? "it can be piped away"
report --epoch beacon:marker --print-nonces
mv out nonces
report --nonce "$n" --print-nonces
cmp -s out nonces && [ -s nonces ]
check $? "what devices have to answer follows from the marker"

: >empty
head -c 4096 /dev/zero >long
head -c 4097 /dev/zero >longer
# refused STATUS TEXT OPTION...
refused() {
	want=$1
	text=$2
	shift 2
	rm -f none
	report --send-eventlog no -o none "$@"
	[ $status -eq "$want" ] && said "$text" && [ ! -e none ]
	check $? "refused: $*"
}
report --epoch "beacon:$work/long" --send-eventlog no -o bundle
check $status "a marker of 4096 bytes"
refused 65 EPOCH_MARKER --epoch beacon:longer
refused 65 EPOCH_MARKER --epoch beacon:empty
refused 74 FILE_MISSING --epoch beacon:none
refused 74 FILE_NOT_REGULAR --epoch beacon:/dev/null
refused 64 KIND:FILE --epoch marker
refused 64 KIND:FILE --epoch :marker
refused 64 KIND:FILE --epoch beacon:
refused 64 KIND:FILE --epoch "$(printf '%065d' 0):marker"
refused 64 KIND:FILE --epoch "$(printf '\377'):marker"
refused 64 'either' --epoch beacon:marker --nonce "$n"
refused 64 'is needed'
refused 74 FILE_MISSING --epoch beacon:marker --state nowhere/state
refused 74 'FILE_READ: epoch' --epoch beacon:/proc/self/mem
cp chain/state before
refused 74 'its folder' --epoch beacon:marker --state chain/state -o no/where
refused 74 FILE_NOT_REGULAR --epoch beacon:marker --state chain/state -o chain
cmp -s chain/state before
check $? "where it cannot be written to no number is taken"
if [ -e /var/lib/assay/agent ]; then
	skip "the default place of the chain" "there is one on this host"
else
	report --epoch beacon:marker --send-eventlog no -o bundle
	[ $status -eq 0 ] && said 'reports are not chained'
	check $? "where there is no place for the chain it says so"
fi

# --- What would leave.

printf 'MZ\1\2 root=/dev/sda quiet \1ab\1U\0n\0i\0c\0o\0d\0e\0Beside\1' >log
cp chain/state before
report --dry-run --eventlog log --state chain/state
mv out dry
[ $status -eq 0 ] && grep -q '^Nothing has left this host' dry &&
	cmp -s chain/state before && [ ! -s err ]
check $? "a dry run; the next report has the number that it shows"
! grep -q '[?]$' dry && ! grep -q '  ?  ' dry
check $? "each field has its name"
grep -q '"MZ' dry
[ $? -ne 0 ] && grep -q '" root=/dev/sda quiet "' dry &&
	grep -q '"Unicode"' dry && grep -q '"Beside"' dry && ! grep -q '"ab"' dry
check $? "the strings in the boot log are listed, in either form"
grep -qE '^ +[0-9]+ +0  nonce ' dry && grep -qE '^ +[0-9]+ +[1-9][0-9]*  iat ' dry
check $? "a field says how much of it is free"
report --epoch beacon:marker --eventlog log --state chain/state -o bundle
cat >sums.py <<'END'
"""The rows of a dry run against the bundle that left after it."""
import re, sys
def head(b, i):
    low = b[i] & 31
    if low < 24:
        return b[i] >> 5, low, i + 1
    n = 1 << (low - 24)
    return b[i] >> 5, int.from_bytes(b[i + 1:i + 1 + n], "big"), i + 1 + n
def skip(b, i):
    major, n, i = head(b, i)
    if major in (2, 3):
        return i + n
    for _ in range({4: n, 5: 2 * n, 6: 1}.get(major, 0)):
        i = skip(b, i)
    return i
def pairs(b, i):
    _, n, i = head(b, i)
    for _ in range(n):
        k = i
        i = skip(b, i)
        v = i
        i = skip(b, i)
        yield b[k:v], b[v:i]
bundle = open(sys.argv[1], "rb").read()
whole = {k[1:].decode(): v for k, v in pairs(bundle, 0)}
def value(record):                      # [type, value, indicator]
    _, _, i = head(record, 0)
    i = skip(record, i)
    _, n, i = head(record, i)
    return record[i:i + n]
claims = value(whole["claims"])
_, _, at = head(claims, 0)
sizes = [len(v) for _, v in pairs(claims, at)]
sizes += [len(v) for _, v in pairs(value(whole["tpm-quote"]), 0)]
rows = [int(m) for m in re.findall(r"^ +(\d+) +\d+  \S+ +(?!a device|what the device|what was seen|where its|versions of|what is answered)", open(sys.argv[2]).read(), re.M)]
missing = [s for s in sizes if s not in rows]
# The marker is in this bundle alone; a signature varies by a few bytes.
print(len(sizes), len(missing), max(missing, default=0))
sys.exit(0 if len(sizes) > 15 and len(missing) <= 3 else 1)
END
python3 sums.py bundle dry >out 2>err
check $? "its fields have the sizes of those that then left"
free=$(sed -n 's/^\([0-9]*\) bits at most are free.*/\1/p' dry)
sum=$(awk '/^ +[0-9]+ +[0-9]+  / {sum += $2} END {print sum}' dry)
[ "${free:-0}" -gt 0 ] && [ "$free" = "$sum" ]
check $? "T36: the free bits are the sum of those of all fields"
! grep -qE '^ +[0-9]+ +0  (pcrs|epoch-marker|gpu-[0-9]|eventlog) ' dry
check $? "T36: what a verifier may be unable to check is free, a label too"
report --dry-run --send-eventlog no
[ $status -eq 0 ] && ! has 'log, deflated' && has ' 0 of them in logs'
check $? "without a boot log there is none in it"
# carries DRY: a dry run tells the size of the bundle that then leaves.
carries() {
	[ "$(sed -n 's/.*would carry \([0-9]*\) bytes.*/\1/p' "$1")" = \
		"$(wc -c <bundle)" ]
}
mkdir first
# A signature of the TPM may be a byte shorter, now and then.
tries=5
until report --dry-run --epoch beacon:marker --send-eventlog no \
	--state first/state && mv out dry && [ ! -e first/state ] &&
	report --epoch beacon:marker --send-eventlog no --state first/state \
		-o bundle && carries dry || [ $tries -eq 0 ]; do
	rm -f first/state
	tries=$((tries - 1))
done
[ $tries -gt 0 ]
check $? "before the first report too it tells how large that is"
tries=5
until report --dry-run --nonce "$n" --send-eventlog no --state first/state &&
	mv out dry && ! grep -q ' chain ' dry &&
	report --nonce "$n" --send-eventlog no --state first/state -o bundle &&
	carries dry || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
done
[ $tries -gt 0 ]
check $? "with a nonce it tells of a report that is not chained"
report --dry-run --send-eventlog no -o dry
[ $status -eq 64 ] && said '-o is for a bundle'
check $? "it goes to standard output, and -o is refused"
report --dry-run --epoch beacon:marker --send-eventlog no
[ $status -eq 0 ] && has 'epoch-marker'
check $? "with an epoch marker it is in it"
timeout -k 5 60 "$agent" report --dry-run --send-eventlog no \
	--tpm "swtpm:path=$work/tpm.sock" --config empty.conf \
	--platform "simulated:$work/board" >/dev/full 2>err
status=$?
[ $status -eq 74 ] && said FILE_WRITE
check $? "what cannot be printed is an error"

# --- The kernel's list of measured files, where the owner sends it.

cat >measure.py <<'END'
"""A kernel that measures FILE=DIGEST: the list, and what PCR 10 takes."""
import hashlib, struct, sys
out = open("ima", "ab")
for arg in sys.argv[1:]:
    name, digest = arg.split("=")
    if name == "boot_aggregate":
        digest = hashlib.sha256(bytes(320)).hexdigest()
    field = b"sha256:\0" + bytes.fromhex(digest)
    path = name.encode() + b"\0"
    data = struct.pack("<I", len(field)) + field
    data += struct.pack("<I", len(path)) + path
    out.write(struct.pack("<I", 10) + hashlib.sha1(data).digest() +
              struct.pack("<I", 6) + b"ima-ng" +
              struct.pack("<I", len(data)) + data)
    print("10:sha256=" + hashlib.sha256(data).hexdigest())
END
# measured FILE=DIGEST...: the list first and then the PCR, as a kernel does.
measured() {
	python3 measure.py "$@" >extends && while read -r extend; do
		tpm2_pcrextend -T "swtpm:path=$work/tpm.sock" "$extend" || return 1
	done <extends
}
if command -v tpm2_pcrextend >/dev/null; then
	own=$(sha256sum "$agent" | cut -d ' ' -f 1)
	measured boot_aggregate= "/usr/bin/assay-agent=$own" /bin/ls=$(printf '%064d' 7)
	check $? "a kernel that measures files, as this test plays it"
	cp policy policy.agents
	echo "agents = $own" >>policy.agents
	cp policy policy.others
	echo "agents = $n" >>policy.others
	report --epoch beacon:marker --send-eventlog no --ima ima -o bundle
	verify --epoch marker
	[ $status -lt 4 ] && has AGENT_DIGEST && ! grep -aq ima-log bundle
	check $? "it is not sent unless the owner says so"
	report --epoch beacon:marker --send-eventlog no --send-ima yes \
		--ima "$work/ima" -o bundle
	policy=policy.agents
	[ $status -eq 0 ] && verify --epoch marker
	[ $status -lt 4 ] && [ $status -ne 1 ] && ! has AGENT_DIGEST && ! has IMA_
	check $? "sent, it confirms that the agent is the one that it says"
	policy=policy.others
	verify --epoch marker
	[ $status -eq 1 ] && has AGENT_UNTRUSTED
	check $? "T31: another agent than the policy names"
	policy=policy.agents
	: >going
	(while [ -e going ]; do
		measured "/bin/passing=$(printf '%064d' 8)" >/dev/null 2>&1
	done) &
	busy=$!
	pids="$pids $busy"
	bad=0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		report --epoch beacon:marker --send-eventlog no \
			--send-ima yes --ima ima -o bundle
		[ $status -eq 0 ] || bad=1
		verify --epoch marker
		if [ $status -eq 1 ] || [ $status -gt 3 ] || has IMA_; then
			bad=1
		fi
	done
	rm going
	wait $busy
	check $bad "while files are measured each list leads to its quote"
	report --dry-run --send-eventlog no --send-ima yes --ima ima
	[ $status -eq 0 ] && has '"/usr/bin/assay-agent"'
	check $? "a dry run lists the names in it"
	head -c 1048577 /dev/zero >large
	report --epoch beacon:marker --send-eventlog no --send-ima yes \
		--ima large -o bundle
	[ $status -eq 0 ] && said send-ima && ! grep -aq ima-log bundle
	check $? "a list that is too large is left out, with a word"
	head -c 600000 /dev/urandom >large
	report --epoch beacon:marker --eventlog large --send-ima yes \
		--ima large -o bundle
	[ $status -eq 0 ] && said 'it is left out' && ! grep -aq ima-log bundle &&
		grep -aq eventlog bundle
	check $? "so is one that leaves the rest no room"
	report --epoch beacon:marker --send-eventlog no --send-ima yes \
		--ima missing -o bundle
	[ $status -eq 74 ] && said FILE_MISSING
	check $? "a list that is not there is an error"
else
	skip "measured files" "no tpm2_pcrextend"
fi
plan
