#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measure whole processes beside tpm2-tools, on one software TPM: a report
# against tpm2_quote, a check against tpm2_checkquote, and the memory of all
# processes of the agent together.
#
#	sh cmake/bench.sh [ROUNDS]	(200)
#
# ASSAY_BENCH_BUILD=FOLDER uses another build folder than build/bench.
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-200}
build=${ASSAY_BENCH_BUILD:-build/bench}

sh cmake/dependencies.sh test
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
	-DASSAY_TESTS=ON -DASSAY_SIMULATED=OFF -DASSAY_WERROR=OFF >/dev/null
cmake --build "$build" --target assay-tool assay-agent assay-rim-import \
	bench bench-gpu hostile-verifier -- --quiet
build=$(cd "$build" && pwd)
bin=$build/bin
bench=$build/test-bin/bench

work=$(mktemp -d)
pids=
clean() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# await TEST FILE: for at most ten seconds.
await() {
	tries=500
	while ! test "$1" "$2" && [ $tries -gt 0 ]; do
		sleep 0.02
		tries=$((tries - 1))
	done
	test "$1" "$2" || {
		echo "bench: $2 does not appear" >&2
		exit 69
	}
}

# A software TPM, and the key of the agent made lasting in it: what
# assay-agent would make, "assay" in unique.x (a TPMU_PUBLIC_ID of C).
mkdir "$work/tpm"
swtpm socket --tpm2 --tpmstate "dir=$work/tpm" \
	--server "type=unixio,path=$work/tpm.sock" \
	--ctrl "type=unixio,path=$work/tpm.sock.ctrl" \
	--flags not-need-init,startup-clear >"$work/swtpm.log" 2>&1 &
pids="$! $pids"
await -S "$work/tpm.sock.ctrl"
tpm=swtpm:path=$work/tpm.sock
export TPM2TOOLS_TCTI="$tpm"
ak=0x81018000
attributes='fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda'
{
	printf '\005\000assay'
	head -c 253 /dev/zero
} >"$work/unique"
tpm2_createprimary -C e -G ecc256:ecdsa-sha256:null -g sha256 \
	-a "$attributes|restricted|sign" -u "$work/unique" \
	-c "$work/ak.ctx" >"$work/tools.log"
tpm2_evictcontrol -C o -c "$work/ak.ctx" $ak >"$work/tools.log"
tpm2_flushcontext -t
tpm2_readpublic -c $ak -f tss -o "$work/ak.pub" >"$work/tools.log"

# A host without accelerators: what is measured is attestation itself.
mkdir -p "$work/host/bus/pci/devices"
cat >"$work/agent.conf" <<END
platform = pci:$work/host
tpm = $tpm
send-eventlog = no
END
nonce=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
pcrs=sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15

echo "assay-agent report against tpm2_quote: one P-256 key, sixteen PCRs and"
echo "their values, $rounds rounds in turn"
"$bench" compare "$rounds" "$bin/assay-agent" report \
	--config "$work/agent.conf" --nonce $nonce -o "$work/bundle" -- \
	tpm2_quote -c $ak -l $pcrs -q $nonce -m "$work/msg" -s "$work/sig" \
	-o "$work/pcrs"

echo "assay check quote against tpm2_checkquote: that quote"
"$bench" compare "$rounds" "$bin/assay" check quote --ak "$work/ak.pub" \
	--attest "$work/msg" --signature "$work/sig" --nonce $nonce \
	--pcrs "$work/pcrs" -- \
	tpm2_checkquote -u "$work/ak.pub" -m "$work/msg" -s "$work/sig" \
	-q $nonce -f "$work/pcrs" -g sha256

# A boot log of about 50 kB, when there is one.
log=${ASSAY_SAMPLES:-../shared/samples}/tpm/ima
log=$log/sample-binary_bios_measurements-pcrs-8-9
if [ -r "$log" ]; then
	"$bin/assay" check eventlog "$log" >"$work/log.txt" || :
	grep '^sha[0-9]*:' "$work/log.txt" >"$work/log.pcrs"
	echo "assay check eventlog against tpm2_eventlog: $(wc -c <"$log") bytes"
	"$bench" compare "$rounds" "$bin/assay" check eventlog \
		--pcrs "$work/log.pcrs" "$log" -- tpm2_eventlog "$log"
	echo "the same as JSON"
	"$bench" compare "$rounds" "$bin/assay" check eventlog --json \
		--pcrs "$work/log.pcrs" "$log" -- tpm2_eventlog "$log"
else
	echo "boot log: not measured, no samples"
fi

# The key that tpm2-tools make unless told otherwise.
tpm2_createek -G rsa -c "$work/ek.ctx" >"$work/tools.log"
tpm2_flushcontext -t
tpm2_createak -C "$work/ek.ctx" -c "$work/rsa.ctx" -G rsa -g sha256 \
	-s rsassa -u "$work/rsa.pub" -f tss >"$work/tools.log"
tpm2_flushcontext -t
tpm2_quote -c "$work/rsa.ctx" -l $pcrs -q $nonce -m "$work/msg" \
	-s "$work/sig" -o "$work/pcrs" -g sha256 >"$work/tools.log"
tpm2_flushcontext -t
echo "the same with an RSA-2048 key"
"$bench" compare "$rounds" "$bin/assay" check quote --ak "$work/rsa.pub" \
	--attest "$work/msg" --signature "$work/sig" --nonce $nonce \
	--pcrs "$work/pcrs" -- \
	tpm2_checkquote -u "$work/rsa.pub" -m "$work/msg" -s "$work/sig" \
	-q $nonce -f "$work/pcrs" -g sha256

echo "All processes of the agent together, proportional set size:"
echo "assay-agent report"
"$bench" pss 20 "$bin/assay-agent" report --config "$work/agent.conf" \
	--nonce $nonce -o "$work/bundle"

# against MODE ROUNDS: run --once with a verifier that behaves so.
against() {
	: >"$work/port"
	"$build/test-bin/hostile-verifier" "$1" >"$work/port" &
	stub=$!
	pids="$stub $pids"
	await -s "$work/port"
	"$bench" pss "$2" "$bin/assay-agent" run --once \
		--config "$work/agent.conf" --timeout 2 \
		--verifier "http://127.0.0.1:$(cat "$work/port")"
	kill "$stub"
	wait "$stub" 2>/dev/null || :
}
echo "assay-agent run --once, the verifier answers"
against accept-any 20
echo "assay-agent run --once, the verifier holds it up"
against no-answer 1

# GPU evidence, when there is some.
gpu=${ASSAY_SAMPLES:-../shared/samples}/nvidia/h100-550.90.07
if [ -r "$gpu-report.hex" ]; then
	echo "GPU evidence beside the bare signature checks that it contains,"
	echo "in process and as a whole process, with two sets of reference values"
	"$bin/assay-rim-import" --store "$work/reference" --at 2026-03-01 \
		"${gpu%/*}/NV_GPU_DRIVER_GH100_550.90.07.swidtag" \
		"${gpu%/*}/NV_GPU_VBIOS_1010_0200_882_96009F0001.swidtag" \
		>"$work/import.log"
	"$build/test-bin/bench-gpu" "$gpu-report.hex" "$gpu-chain.pem" \
		"$rounds" "$bin/assay" "$work/reference"
else
	echo "GPU evidence: not measured, no samples"
fi
