#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# assay-probe as its owner meets it: without a driver, and with one that is
# made up and says MOCK wherever it is seen.  Prints TAP.
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/tap.sh"

: "${ASSAY_SOURCE:?set it to the folder of the sources}"
assay=$ASSAY_BIN/assay-probe
mock=$ASSAY_TEST_BIN/cuda
log=$work/calls
cd "$work" || exit 1

# One line on standard error, nothing on standard output.
one_line() {
	[ "$(wc -l <err)" -eq 1 ] && [ ! -s out ]
}

# made_up STATUS CODE NAME VARIABLE=VALUE... -- ARGUMENT...
made_up() {
	m_want=$1
	m_code=$2
	m_name=$3
	shift 3
	: >"$log"
	for word in "$@"; do
		shift
		if [ "$word" = -- ]; then
			set -- "$@" timeout -k 5 40 "$assay" --seconds 0.2
		else
			set -- "$@" "$word"
		fi
	done
	env LD_LIBRARY_PATH="$mock" CUDA_MOCK_LOG="$log" "$@" >out 2>err
	status=$?
	[ $status -eq "$m_want" ] && { [ "$m_code" = - ] || said "$m_code"; }
	check $? "$m_name"
}

# --- The command line.

expect 0 - "--help" --help
grep -q '^usage: assay-probe' out && grep -q 'never "at most"' out
check $? "which says how it is used, and what it cannot prove"
expect 0 - "--version" --version
expect 64 USAGE "an unknown option" --frobnicate
one_line
check $? "in one line"
expect 64 USAGE "an argument" x
expect 64 USAGE "more than two seconds" --seconds 2.1
expect 64 USAGE "no time at all" --seconds 0
expect 64 USAGE "a device that is neither number nor address" --device H100
expect 64 USAGE "a file without a name" -o

# --- No driver, as on a host without a GPU.

mkdir empty
if [ -e /dev/nvidiactl ]; then
	skip "no driver" "this host has one"
else
	expect 69 PROBE_DRIVER_MISSING "no driver" -o observed.json
	one_line && grep -q libcuda.so.1 err && [ ! -e observed.json ]
	check $? "is said in one line, and nothing is written"
	expect 69 PROBE_DRIVER_MISSING "no driver, as JSON" --json
	grep -q '"verdict": "none"' out && grep -q '"exit": 69' out
	check $? "the reason is in it"
fi

# --- A run.

made_up 0 - "a run" -- -o observed.json
head -n 1 out | grep -q '^MOCK' && grep -q 'MOCK NVIDIA H100' out &&
	grep -q '^fp16 *at least' out && grep -q '^memory *at least' out &&
	tail -n 1 out |
	grep -qx 'at least; a chip that runs slow proves nothing'
check $? "prints bounds, and MOCK"
[ "$(stat -c %a observed.json)" = 644 ]
check $? "mode of the file"
grep -q '"mock": true' observed.json &&
	grep -q '"device": "MOCK ' observed.json
check $? "the file says that it is made up"
sed -n 's/^.*S([a-z_]*, \(cu[A-Za-z0-9_]*\),.*/\1/p' \
	"$ASSAY_SOURCE/probe/cuda.h" >listed
sort -u "$log" | grep -vxFf listed >unknown
[ -s "$log" ] && [ "$(wc -l <listed)" -eq 22 ] && [ ! -s unknown ]
check $? "calls what its list names, nothing else"
find . -name 'observed.json.*' -o -name .nv | grep -q . && rc=1 || rc=0
check "$rc" "no temporary file, no cache"

# The grammar of assay-probe(1): keys, types, order of size.
if command -v python3 >/dev/null; then
	python3 - <<'END' 2>err
import json, re
def pairs(p):
    assert len(p) == len(dict(p)), "a key twice"
    return dict(p)
o = json.load(open("observed.json"), object_pairs_hook=pairs)
assert set(o) == {"schema", "kind", "mock", "device", "pci", "uuid",
    "copy_gbs_min", "seconds_milli", "observed"}, o.keys()
assert o["schema"] == 1 and o["kind"] == "assay-observed"
assert re.fullmatch(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]",
    o["pci"])
assert re.fullmatch(r"(GPU|MIG)(-[0-9a-f]+){5}", o["uuid"])
for key in "copy_gbs_min", "seconds_milli":
    assert type(o[key]) is int and o[key] >= 0
assert 1 <= len(o["observed"]) <= 3
for row in o["observed"]:
    assert set(row) == {"format", "bits", "tops_min_milli", "method"}
    assert (row["format"], row["bits"]) in {("fp16", 16), ("fp8", 8),
        ("int8", 8)}
    assert type(row["tops_min_milli"]) is int and row["tops_min_milli"] > 0
    assert re.fullmatch(r"[ -~]{1,95}", row["method"])
formats = [row["format"] for row in o["observed"]]
assert formats == sorted(set(formats), key=["fp16", "fp8", "int8"].index)
END
	check $? "the file follows the grammar"
	made_up 0 - "a run as JSON" -- --json
	python3 -c 'import json, sys
o = json.load(open("out"))
sys.exit(not (o["data"]["mock"] and o["verdict"] == "none"))' 2>err
	check $? "which is the envelope of all programs"
else
	skip "the grammar" "no python3"
fi

# --- Files that cannot be written, and what is there already.

echo old >observed.json
made_up 0 - "a file that is there" -- -o observed.json
grep -q assay-observed observed.json
check $? "is replaced"
echo old >observed.json
made_up 69 PROBE_NO_DEVICE "a device that is not there" -- \
	--device 7 -o observed.json
[ "$(cat observed.json)" = old ]
check $? "leaves it as it was"
made_up 74 FILE_MISSING "a folder that is not there" -- -o no/such
made_up 74 FILE_NOT_REGULAR "a folder in its place" -- -o empty
if [ -w /dev/full ]; then
	LD_LIBRARY_PATH=$mock timeout 40 "$assay" --seconds 0.1 \
		>/dev/full 2>err
	status=$?
	: >out
	[ $status -eq 74 ] && one_line
	check $? "a full disk"
fi

# --- Drivers that misbehave: an end in time, one line, nothing written.

rm -f observed.json
made_up 69 TIMEOUT "a GPU that never comes back" \
	CUDA_MOCK_BLOCK=cuEventSynchronize -- -o observed.json
one_line
check $? "is given up in one line"
made_up 70 PROBE_WRONG_RESULT "a GPU that miscomputes" \
	CUDA_MOCK_WRONG=sum -- -o observed.json
made_up 70 PROBE_DIED "a driver that takes its process down" \
	CUDA_MOCK_DIE=cuLaunchKernel -- -o observed.json
made_up 69 PROBE_DRIVER_FAILED "a driver that refuses" \
	CUDA_MOCK_FAIL=cuInit:999 -- -o observed.json
made_up 69 PROBE_UNSUPPORTED "a chip without bursts" \
	CUDA_MOCK_CAPABILITY=70 -- -o observed.json
made_up 69 PROBE_UNSUPPORTED "a driver that takes no kernel" \
	CUDA_MOCK_PTX=6.5 -- -o observed.json
made_up 69 PROBE_NO_DEVICE "no GPU" CUDA_MOCK_GPUS=0 -- -o observed.json
[ ! -e observed.json ]
check $? "no file came of any of these"
pgrep -f "$assay" >/dev/null 2>&1 && rc=1 || rc=0
check "$rc" "no process is left"

# --- It links no driver, and needs no rights.

readelf -d "$assay" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
	grep -Evx 'lib(jansson|c|dl|m|gcc_s|asan|ubsan)\.so\..*|ld-linux.*' >unknown
[ ! -s unknown ]
check $? "it links jansson and libc alone"
if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null; then
	skip "without root" "nobody else to be"
else
	chmod 755 "$work"
	LD_LIBRARY_PATH=$mock setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$assay" --seconds 0.1 >out 2>err
	status=$?
	if grep -q '^setpriv' err || ! setpriv --reuid 65534 --regid 65534 \
		--clear-groups test -r "$mock"; then
		skip "without root" "the build is hidden from others"
	else
		check $status "without root"
	fi
fi
plan
