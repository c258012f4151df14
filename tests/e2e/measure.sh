#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What assay-agent measures: every recorded board, NVIDIA's libraries and the
# kernel as mocks play them, one that blocks, one that is not there, and a
# host without any accelerator.  Prints TAP.
here=$(dirname "$0")
# shellcheck source=tests/e2e/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/e2e/mock_host.sh
. "$here/mock_host.sh"

: "${ASSAY_SOURCE:?set it to the folder of the sources}"
agent=$ASSAY_BIN/assay-agent
mock=$ASSAY_TEST_BIN/nvml
kernel=$ASSAY_TEST_BIN/kernel/libkernel-mock.so
fixtures=$ASSAY_SOURCE/tests/fixtures
log=$work/calls

# measured ARGUMENT...: the agent within 20 s; sets status, out, err, took.
measured() {
	before=$(date +%s)
	timeout -k 5 120 "$agent" "$@" >"$work/out" 2>"$work/err"
	status=$?
	took=$(($(date +%s) - before))
}

# with_mock BOARD VARIABLE=VALUE... -- ARGUMENT...
with_mock() {
	(
		export LD_LIBRARY_PATH="$mock" NVML_MOCK_LOG="$log"
		export NVML_MOCK_BOARD="$fixtures/$1/board.ini"
		export ASSAY_MOCK_FOLDERS="$work:$fixtures"
		shift
		while [ "$1" != -- ]; do
			export "${1?}"
			shift
		done
		shift
		timeout -k 5 30 "$agent" "$@" >"$work/out" 2>"$work/err"
	)
	status=$?
}

# with_kernel VARIABLE=VALUE... -- ARGUMENT...: the same, and the kernel.
with_kernel() {
	with_mock board-h100 LD_PRELOAD="$kernel" \
		ASAN_OPTIONS="${ASAN_OPTIONS-}:verify_asan_link_order=0" "$@"
}

# tree BOARD: a tree with the PCI functions of a recorded board.
tree() {
	root=$work/tree-$1
	pci_tree "$fixtures/$1/board.ini" "$root"
	mkdir -p "$root/proc"
}

# has TEXT: is it in the output of the last run?
has() {
	grep -Fq -- "$1" "$work/out"
}

# json: is the output one JSON object, where that can be told?
json() {
	! command -v python3 >/dev/null ||
		python3 -m json.tool <"$work/out" >/dev/null 2>>"$work/err"
}

# --- No accelerator at all.

mkdir -p "$work/none/sys/bus/pci/devices"
measured measure --json --platform "auto:$work/none"
[ "$status" -eq 0 ] && has '"devices":[]' && json
check $? "a host without accelerators has an empty list"
measured measure --platform "auto:$work/none"
[ "$status" -eq 0 ] && has 'No accelerators were found'
check $? "and says so"
if [ -d /sys/bus ]; then
	measured measure --json
	[ "$status" -eq 0 ] && has '"platform":"auto"' && json
	check $? "this host, with the default settings"
else
	skip "this host" "no sysfs"
fi

# --- Every recorded board.

measured measure --platform recorded:
if said PLATFORM_UNKNOWN; then
	skip "recorded boards" "not built in"
else
	for folder in "$fixtures"/board-*; do
		board=${folder##*/}
		measured measure --json --platform "recorded:$folder"
		[ "$status" -eq 0 ] && has '"label":"gpu-0"' && json
		check $? "$board as recorded"
	done
fi

# What a device says, however odd, is JSON and no command to a terminal.
mkdir "$work/odd"
cat >"$work/odd/board.ini" <<END
[gpu-0]
model = 10de:2330
pci-address = 0000:00:09.0
pci-vendor = 0x10de
memory = 9223372036854775808
product = A$(printf '\302\233')B
END
measured measure --json --platform "recorded:$work/odd"
if said PLATFORM_UNKNOWN; then
	skip "odd facts" "not built in"
else
	[ "$status" -eq 0 ] && json && has '9223372036854775808' &&
		! has '-9223' && has 'A\u009BB' &&
		! LC_ALL=C grep -q "$(printf '\302')" "$work/out"
	check $? "odd facts, as they are"
	timeout -k 5 20 "$agent" measure --json \
		--platform "recorded:$fixtures/board-a100-8" >/dev/full 2>"$work/err"
	[ $? -eq 74 ] && said FILE_WRITE
	check $? "a long list that cannot be written is an error of output"
fi

# --- The mock of NVIDIA's library.

for board in board-h100 board-h100-cc board-l40s board-a100-mig; do
	tree $board
	with_mock $board -- measure --json --platform "auto:$root"
	[ "$status" -eq 0 ] && json && has 'driver library":"MOCK NVIDIA' &&
		has '"components":{"vbios":"'
	check $? "$board through the mock library"
done
tree board-a100-8
with_mock board-a100-8 -- measure --json --platform "auto:$root"
[ "$status" -eq 0 ] && json &&
	[ "$(grep -o '"label":"switch-' "$work/out" | wc -l)" -eq 6 ] &&
	[ "$(grep -o 'nvlink-count":{"driver library":12}' "$work/out" |
		wc -l)" -eq 8 ]
check $? "a whole host of eight accelerators and six switches"
grep -Fq "nvmlDeviceGetUUID" "$log"
check $? "the mock has a log of every call"
! grep -Ev '^nvml((Device|System)Get|Init_v2$|Shutdown$)' "$log"
check $? "which has getters only"
grep -aoE 'nvml(Device|System|Unit|Gpu|Vgpu|Event|Init|Shut)[A-Za-z0-9_]+' \
	"$agent" | sort -u >"$work/out"
[ -s "$work/out" ] &&
	! grep -Ev '^nvml((Device|System)Get|Init_v2$|Shutdown$)' "$work/out"
check $? "the program names getters only"
sed 's/^/# /' "$work/out"

tree board-mi100
with_mock board-mi100 -- measure --json --platform "auto:$root"
[ "$status" -eq 0 ] && json && ! has 'driver library'
check $? "NVIDIA's library is not asked about an AMD device"
if ! ldconfig -p 2>/dev/null | grep -q libnvidia-ml.so.1; then
	tree board-h100
	measured measure --json --platform "auto:$root"
	[ "$status" -eq 0 ] && has '"state":{"driver library":"no driver lib' &&
		has '"pci-device":{"sysfs":9008}'
	check $? "without a library there are facts of PCI"
else
	skip "without a library there are facts of PCI" "there is one here"
fi

# What a library prints is no output of ours.
tree board-h100
with_mock board-h100 NVML_MOCK_NOISE=noise -- measure --json \
	--platform "auto:$root"
[ "$status" -eq 0 ] && json && ! has noise
check $? "a library that prints does not spoil the output"

# U+009B would begin a command to a terminal.
printf '[gpu-0]\npci-address = 0000:00:09.0\nuuid = A\302\233B\n' \
	>"$work/control.ini"
with_mock board-h100 NVML_MOCK_BOARD="$work/control.ini" -- measure \
	--platform "auto:$root"
[ "$status" -eq 0 ] && has 'A??B' && ! LC_ALL=C grep -q "$(printf '\302')" \
	"$work/out"
check $? "nothing that a device says reaches the terminal as a command"

# blocked NAME VARIABLE=VALUE...: two H100, and something that never returns.
blocked() {
	tree board-h100
	before=$(date +%s)
	with_mock board-h100 "$@" -- measure --json --device-timeout 1 \
		--platform "auto:$root"
	took=$(($(date +%s) - before))
}
blocked NVML_MOCK_BLOCK=nvmlInit_v2
[ "$status" -eq 0 ] && [ "$took" -lt 5 ] && said DEVICE_UNRESPONSIVE && json &&
	has '"pci-device":{"sysfs":9008}' && ! has 'driver library' &&
	[ "$(grep -o '"agent":"unresponsive"' "$work/out" | wc -l)" -eq 2 ]
check $? "a library that blocks at once: facts of PCI within the time"
blocked NVML_MOCK_BLOCK=nvmlDeviceGetMigMode NVML_MOCK_DEVICE=0000:00:09.0
[ "$status" -eq 0 ] && [ "$took" -lt 5 ] && said DEVICE_UNRESPONSIVE && json &&
	[ "$(grep -o '"agent":"unresponsive"' "$work/out" | wc -l)" -eq 1 ] &&
	[ "$(grep -o 'driver library":"MOCK' "$work/out" | wc -l)" -eq 1 ]
check $? "one device that blocks: its neighbour is measured"
blocked 'NVML_MOCK_FAIL=*:15'
[ "$status" -eq 0 ] && json && has '"state":{"driver library":"lost"}'
check $? "a lost device says so"
# The workers do not outlive the agent, whatever they hang in.
! pgrep -f "auto:$work" >/dev/null
check $? "no process is left behind"

# --- The TEE that a guest is in, and the kernel as the mock plays it.

tree board-h100
tsm=$root/sys/kernel/config/tsm/report
with_kernel -- measure --json --platform "auto:$root"
[ "$status" -eq 0 ] && json && has '"tee":{"code":"FILE_MISSING"'
check $? "a host in no TEE says so"
mkdir -p "$tsm"
with_kernel TSM_MOCK_PROVIDER=mock_guest -- measure --json \
	--platform "auto:$root"
[ "$status" -eq 0 ] && json && [ -z "$(ls "$tsm")" ] &&
	has '"tee":{"code":"OK","provider":"mock_guest"}'
check $? "a guest names who would sign, and leaves nothing behind"
with_kernel TSM_MOCK_DENY=1 -- measure --platform "auto:$root"
[ "$status" -eq 0 ] && has 'no TEE report: PERMISSION'
check $? "a guest that may not ask says why"
with_kernel TSM_MOCK_STUCK=1 -- measure --json --device-timeout 1 \
	--platform "auto:$root"
[ "$status" -eq 0 ] && json && has '"tee":{"code":"DEVICE_UNRESPONSIVE"' &&
	has 'driver library":"MOCK NVIDIA'
check $? "a TEE that never answers: everything else is measured"

# --- Reports.

if ! command -v swtpm >/dev/null; then
	skip "reports" "no swtpm"
	plan
fi
mkdir "$work/tpm"
swtpm socket --tpm2 --tpmstate "dir=$work/tpm" \
	--server "type=unixio,path=$work/tpm.sock" \
	--ctrl "type=unixio,path=$work/tpm.sock.ctrl" \
	--flags not-need-init,startup-clear 2>"$work/swtpm.err" &
pids="$pids $!"
tries=0
while [ ! -S "$work/tpm.sock.ctrl" ] && [ "$tries" -lt 500 ]; do
	sleep 0.02
	tries=$((tries + 1))
done
nonce=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
cat >"$work/conf" <<END
tpm = swtpm:path=$work/tpm.sock
send-eventlog = no
timeout = 20
device-timeout = 2
END

# reported BOARD VARIABLE=VALUE... -- OPTION...: sets status and bundle.
reported() {
	r_board=$1
	shift
	tree "$r_board"
	r_set=
	while [ "$1" != -- ]; do
		r_set="$r_set $1"
		shift
	done
	shift
	bundle=$work/bundle
	rm -f "$bundle"
	# shellcheck disable=SC2086 # the settings are words
	with_mock "$r_board" $r_set -- report --config "$work/conf" \
		--platform "auto:$root" --nonce $nonce "$@"
}

# carries TEXT: is it in the bundle?
carries() {
	grep -Faq -- "$1" "$work/bundle"
}

nvidia=application/vnd.veraison.nvidia-gpu-evidence+json
reported board-h100-cc -- -o "$work/bundle"
[ "$status" -eq 0 ] && carries $nvidia && carries '[{"arch":"HOPPER"' &&
	carries 96.00.A5.00.01 && ! carries 'changed during measurement'
check $? "a report with what the device signed"
run show "$work/bundle"
[ "$status" -eq 0 ] && has 'cc-environment'
check $? "which can be shown"
reported board-h100 -- -o "$work/bundle"
[ "$status" -eq 0 ] && ! carries $nvidia
check $? "with confidential mode off nothing is signed"
reported board-h100 NVML_MOCK_BLOCK=nvmlInit_v2 -- -o "$work/bundle"
[ "$status" -eq 0 ] && carries unresponsive && said DEVICE_UNRESPONSIVE &&
	! carries 'changed during measurement'
check $? "a library that blocks: a report without its facts"
fn=nvmlDeviceGetConfComputeGpuAttestationReport
reported board-h100-cc NVML_MOCK_BLOCK=$fn -- -o "$work/bundle"
[ "$status" -eq 0 ] && carries unresponsive && carries 96.00.A5.00.01 &&
	! carries $nvidia
check $? "a device that blocks when it shall sign: its facts are kept"
reported board-h100-cc NVML_MOCK_FAIL=$fn:4 -- -o "$work/bundle"
[ "$status" -eq 0 ] && carries 'evidence failed' && said PERMISSION
check $? "a device that may not be asked to sign"
reported board-h100 "NVML_MOCK_CHANGE=$work/change" -- -o "$work/bundle"
[ "$status" -eq 0 ] && carries 'changed during measurement' &&
	said DEVICE_CHANGED
check $? "a device that changes between two readings"

# The last word counts: what failed first does not hide what changed.
reported board-h100-cc NVML_MOCK_FAIL=$fn:4 "NVML_MOCK_CHANGE=$work/again" \
	-- -o "$work/bundle"
[ "$status" -eq 0 ] && carries 'changed during measurement'
check $? "a device that changes and may not be asked to sign"

# --- The report of a TEE.

# tee_report VARIABLE=VALUE...: a report of the tree, with the mock kernel.
tee_report() {
	rm -f "$work/bundle"
	with_kernel "$@" -- report --config "$work/conf" --nonce $nonce \
		--platform "auto:$root" -o "$work/bundle"
}
tree board-h100
mkdir -p "$tsm"
tee_report TSM_MOCK_AUX='MOCK CERTIFICATES'
[ "$status" -eq 0 ] && carries x-tee-report && carries 'MOCK TEE REPORT ' &&
	carries 'MOCK CERTIFICATES' && [ -z "$(ls "$tsm")" ]
check $? "a report of a guest carries its TEE's"
run show "$work/bundle"
[ "$status" -eq 0 ] && has 'tee-report+cbor, 80 of them by mock_guest'
check $? "which is shown by its provider and size"
run verify --nonce $nonce "$work/bundle"
[ "$status" -eq 3 ] && said TEE_REPORT && ! said ITEM_DIGEST_MISMATCH
check $? "which is bound and not appraised, and the verdict says so"
sed 's/MOCK TEE REPORT/MOCK TEE REPEAT/' "$work/bundle" >"$work/changed"
run verify --nonce $nonce "$work/changed"
[ "$status" -eq 1 ] && said ITEM_DIGEST_MISMATCH
check $? "which cannot be changed after the quote"
tee_report TSM_MOCK_RACE=9
[ "$status" -eq 0 ] && said DEVICE_CHANGED && ! carries x-tee-report
check $? "another writer: a report without the TEE's"
tee_report TSM_MOCK_DENY=1
[ "$status" -eq 0 ] && said PERMISSION && ! carries x-tee-report
check $? "no permission: a report without the TEE's"
tee_report TSM_MOCK_BLOCK=1
[ "$status" -eq 0 ] && said DEVICE_UNRESPONSIVE && ! carries x-tee-report &&
	carries 96.00.A5.00.01
check $? "a TEE that never answers: a report with everything else"
rm -rf "$root/sys/kernel"
tee_report
[ "$status" -eq 0 ] && ! said FILE_MISSING && ! carries x-tee-report
check $? "no TEE: nothing is sent, and nothing is said"

# --- What a Gaudi signs.

root=$work/gaudi
at=$root/sys/bus/pci/devices/0000:33:00.0
mkdir -p "$at/accel/accel0/device" "$root/dev/accel" "$root/proc"
echo 0x1da3 >"$at/vendor"
echo 0x1020 >"$at/device"
echo 0x120000 >"$at/class"
echo 1 >"$at/accel/accel0/device/security_enabled"
: >"$root/dev/accel/accel_controlD0"
tee_report
[ "$status" -eq 0 ] && carries gaudi-quote+cbor && carries 'MOCK QUOTE' &&
	carries 'MOCK SIGNATURE'
check $? "a report with what a Gaudi signed"
run verify --nonce $nonce "$work/bundle"
said DEVICE_EVIDENCE_UNKNOWN
check $? "which is bound and not appraised"
tee_report GAUDI_MOCK_FAIL=22
[ "$status" -eq 0 ] && said DEVICE_UNSIGNED && carries 'evidence failed' &&
	! carries gaudi-quote+cbor
check $? "a Gaudi whose firmware cannot sign"
tee_report GAUDI_MOCK_BLOCK=1
[ "$status" -eq 0 ] && said DEVICE_UNRESPONSIVE && carries unresponsive
check $? "a Gaudi that never answers"

# --- What a Blackwell signs with confidential mode off.

root=$work/blackwell
at=$root/sys/bus/pci/devices/0000:00:09.0
mkdir -p "$at" "$root/proc"
echo 0x10de >"$at/vendor"
echo 0x2901 >"$at/device"
echo 0x030200 >"$at/class"
cat >"$work/blackwell.ini" <<END
[gpu-0]
pci-address = 0000:00:09.0
product = Blackwell
architecture = Blackwell
cc-mode = off
END
: >"$log"
tee_report NVML_MOCK_BOARD="$work/blackwell.ini" \
	CORELIB_MOCK_DEVICES='MOCK at 0000:00:09.0'
[ "$status" -eq 0 ] && ! carries $nvidia && ! grep -q corelib "$log"
check $? "the agent itself does not ask a Blackwell in band"

# inband SETTING... -- OPTION...: by the program that root runs.
inband=$ASSAY_BIN/assay-inband
inband() {
	(
		export LD_LIBRARY_PATH="$mock" NVML_MOCK_LOG="$log"
		export NVML_MOCK_BOARD="$work/blackwell.ini"
		export CORELIB_MOCK_DEVICES='MOCK at 0000:00:09.0'
		while [ "$1" != -- ]; do
			export "${1?}"
			shift
		done
		shift
		timeout -k 5 30 "$inband" "$@" <"$work/nonces" >"$work/out" \
			2>"$work/err"
	)
	status=$?
}
if [ -x "$inband" ]; then
	rm -rf "$work/signed" && mkdir "$work/signed"
	with_kernel NVML_MOCK_BOARD="$work/blackwell.ini" -- report \
		--config "$work/conf" --nonce $nonce --platform "auto:$root" \
		--print-nonces
	cp "$work/out" "$work/nonces"
	inband -- -o "$work/signed" --platform "auto:$root"
	[ "$status" -eq 0 ] && [ -s "$work/signed/gpu-0.json" ] &&
		grep -q "signed/gpu-0.json: [0-9]* bytes" "$work/out"
	check $? "assay-inband writes what it signed"
	grep -q corelib_spdm_get_measurement_transcript "$log" &&
		! grep -Ev '^nvml((Device|System)Get|Init_v2$|Shutdown$)' "$log" |
			grep -Ev '^corelib_(.*(_get_|discover).*|.*(_create|_destroy))$'
	check $? "only getters are called"
	grep -aoE 'corelib_(spdm|device)_[a-z_]+' "$inband" | sort -u >"$work/out"
	[ -s "$work/out" ] && ! grep -Ev \
		'^corelib_(.*(_get_|discover).*|.*(_create|_destroy))$' "$work/out"
	check $? "and it names no other function of that library"
	with_kernel NVML_MOCK_BOARD="$work/blackwell.ini" -- report \
		--config "$work/conf" --nonce $nonce --platform "auto:$root" \
		-o "$work/bundle" --device-evidence "$work/signed"
	[ "$status" -eq 0 ] && carries $nvidia && carries '[{"arch":"BLACKWELL"'
	check $? "and the agent carries it"
	rm "$work/signed/gpu-0.json"
	inband CORELIB_MOCK_FAIL=corelib_device_manager_discover_inband_gpus -- \
		-o "$work/signed" --platform "auto:$root"
	[ "$status" -eq 2 ] && said DEVICE_LIBRARY && [ -z "$(ls "$work/signed")" ]
	check $? "without the right to ask it says so and writes nothing"
	inband CORELIB_MOCK_CRASH=corelib_spdm_client_create -- \
		-o "$work/signed" --platform "auto:$root"
	[ "$status" -eq 2 ] && said 'DEVICE_LIBRARY: gpu-0' && ! has MOCK &&
		[ -z "$(ls "$work/signed")" ]
	check $? "a library that prints and crashes has failed, and is not late"
	inband LD_LIBRARY_PATH=/nonexistent -- -o "$work/signed" \
		--platform "auto:$root"
	[ "$status" -eq 2 ] && said libcorelib.so.1
	check $? "without the library it says which one"
	inband -- -o "$work/nowhere" --platform "auto:$root"
	[ "$status" -eq 74 ] && said FILE_MISSING
	check $? "a folder that is not there is an error"
	echo 'gpu-0 12' >"$work/nonces"
	inband -- -o "$work/signed" --platform "auto:$root"
	[ "$status" -eq 65 ] && said 'TEXT_MALFORMED: standard input, line 1'
	check $? "what is no nonce is refused"
	printf 'gpu-7 %s\n' $nonce >"$work/nonces"
	inband -- -o "$work/signed" --platform "auto:$root"
	[ "$status" -eq 65 ] && said 'this host has no gpu-7'
	check $? "and a device that this host has not"
	: >"$work/nonces"
	inband -- -o "$work/signed" --platform "auto:$root"
	[ "$status" -eq 65 ] && said 'no nonces'
	check $? "and nothing at all"
	inband --
	[ "$status" -eq 64 ] && said 'name the folder'
	check $? "and no folder"
	inband -- -o "" --platform "auto:$work/none"
	[ "$status" -eq 64 ] && said 'name the folder'
	check $? "nor does an empty name stand for the root folder"
fi

# --- Evidence that was fetched out of band.

reported board-h100 -- --print-nonces
[ "$status" -eq 0 ] &&
	[ "$(grep -Ec '^gpu-[01] [0-9a-f]{64}$' "$work/out")" -eq 2 ]
check $? "the nonces of the devices"
own=$(sed -n 's/^gpu-0 //p' "$work/out")
mkdir "$work/bmc"
printf 'report' >"$work/bmc/gpu-0.bin"
printf 'chain' >"$work/bmc/gpu-0.pem"
printf '[{"arch":"HOPPER","from":"elsewhere"}]' >"$work/bmc/gpu-1.json"
reported board-h100 -- -o "$work/bundle" --device-evidence "$work/bmc"
[ "$status" -eq 0 ] && carries elsewhere && carries "\"nonce\":\"$own\"" &&
	carries '"certificate":"Y2hhaW4=","evidence":"cmVwb3J0"'
check $? "a report with evidence from files"
rm "$work/bmc/gpu-0.pem"
reported board-h100 -- -o "$work/bundle" --device-evidence "$work/bmc"
[ "$status" -eq 65 ] && said EVIDENCE_ITEM_MISSING && [ ! -e "$work/bundle" ]
check $? "a report file without its chain is refused"
rm "$work/bmc"/*
ln -s /etc/passwd "$work/bmc/gpu-0.json"
reported board-h100 -- -o "$work/bundle" --device-evidence "$work/bmc"
[ "$status" -ne 0 ] && said FILE_NOT_REGULAR && [ ! -e "$work/bundle" ]
check $? "a link in the folder is not followed"
reported board-h100 -- -o "$work/bundle" --device-evidence "$work/missing"
[ "$status" -eq 74 ] && said FILE_MISSING
check $? "a folder that is not there is an error"
plan
