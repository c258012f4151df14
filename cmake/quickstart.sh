#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Attest this host: install what is missing, build, run verifier and agent
# here, print the verdict.  Leaves nothing running and nothing outside build/.
#
#	ASSAY_TPM=device:/dev/tpmrm0	use this TPM; default: a software one
set -eu
cd "$(dirname "$0")/.."

step() {
	printf '\n\033[1m== %s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else
		sed 's/\x1b\[[0-9;]*m//g'
	fi
}

step "What is missing"
sh cmake/dependencies.sh run

step "Build"
cmake -S . -B build/quickstart -G Ninja -DCMAKE_BUILD_TYPE=Release \
	-DASSAY_TESTS=OFF -DASSAY_WERROR=OFF -DASSAY_SIMULATED=ON >/dev/null
cmake --build build/quickstart -- --quiet
bin=$PWD/build/quickstart/bin

# Everything of this run is in one folder, and goes with it.
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
chmod 700 "$work"

# wait_for FILE PROGRAM LOG: until it is there, for at most ten seconds.
wait_for() {
	tries=100
	while [ ! -s "$1" ] && [ $tries -gt 0 ]; do
		sleep 0.1
		tries=$((tries - 1))
	done
	[ -s "$1" ] || {
		echo "quickstart: $2 did not start:" >&2
		cat "$3" >&2
		exit 69
	}
}

# start_swtpm: a software TPM on the first pair of free ports; sets tpm.
start_swtpm() {
	mkdir "$work/tpm"
	port=$((20000 + $$ % 20000))
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		swtpm socket --tpm2 --tpmstate "dir=$work/tpm" \
			--server "type=tcp,port=$port,bindaddr=127.0.0.1" \
			--ctrl "type=tcp,port=$((port + 1)),bindaddr=127.0.0.1" \
			--flags not-need-init,startup-clear \
			--pid "file=$work/swtpm.pid" >"$work/swtpm.log" 2>&1 &
		swtpm=$!
		sleep 0.3
		if kill -0 $swtpm 2>/dev/null; then
			pids="$pids $swtpm"
			tpm="swtpm:host=127.0.0.1,port=$port"
			return
		fi
		port=$((port + 2))
	done
	echo "quickstart: swtpm does not start:" >&2
	cat "$work/swtpm.log" >&2
	exit 69
}

step "The TPM"
if [ -n "${ASSAY_TPM:-}" ]; then
	tpm=$ASSAY_TPM
	echo "$tpm, as named by ASSAY_TPM"
else
	start_swtpm
	echo "a software TPM, made for this run ($tpm)"
	echo "use a real one with: ASSAY_TPM=device:/dev/tpmrm0 sh cmake/quickstart.sh"
fi

step "The accelerators of this host"
"$bin/assay-agent" measure
platform=auto
anchor=
if "$bin/assay-agent" measure --json | grep -q '"devices":\[\]'; then
	echo "Going on with a SIMULATED board of eight; it proves nothing."
	"$bin/assay-simulated-board" "$work/board"
	platform=simulated:$work/board
	anchor="--anchor $work/board/root.pem"
fi

# What the demonstration lets pass as a warning; never use it in earnest.
cat >"$work/demonstration.policy" <<POLICY
[policy]
name = demonstration
require-eventlog = no
allow-software-tpm = yes
allow-simulated = yes
POLICY

step "Verifier and agent"
cat >"$work/verifier.conf" <<CONF
listen = 127.0.0.1:0
store = $work/assay.db
key = $work/verifier.pem
policy = $work/demonstration.policy
${anchor:+anchor = $work/board/root.pem}
CONF
"$bin/assay-verifier" serve --config "$work/verifier.conf" \
	--port-file "$work/port" 2>"$work/verifier.log" &
pids="$! $pids"
wait_for "$work/port" assay-verifier "$work/verifier.log"
url=http://127.0.0.1:$(cat "$work/port")

cat >"$work/agent.conf" <<CONF
verifier = $url
tpm = $tpm
platform = $platform
state = $work/state
CONF
"$bin/assay-agent" run --once --config "$work/agent.conf"
echo "the agent reported to $url and discarded the result unread"

step "The verdict, from the archived evidence, offline"
"$bin/assay-verifier" export --config "$work/verifier.conf" --last \
	-o "$work/evidence.cbor" 2>"$work/export.txt"
nonce=$(sed -n 's/.*--nonce \([0-9a-f]*\).*/\1/p' "$work/export.txt")
status=0
# shellcheck disable=SC2086
"$bin/assay" verify --nonce "$nonce" --policy "$work/demonstration.policy" \
	$anchor "$work/evidence.cbor" || status=$?

cp "$work/evidence.cbor" build/quickstart/evidence.cbor
cat <<DONE

The evidence stays in build/quickstart/evidence.cbor; try
  build/quickstart/bin/assay show build/quickstart/evidence.cbor
DONE

# Not enrolled, so a warning is what must come out of a demonstration.
if [ $status != 2 ]; then
	echo "quickstart: expected the verdict warning, got exit $status" >&2
	exit 1
fi
