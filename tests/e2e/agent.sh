#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# assay-agent against a software TPM, the simulated board, and verifiers that
# misbehave.  Prints TAP.  ASSAY_BIN and ASSAY_TEST_BIN name the folders of the
# programs; ASSAY_ROUNDS how often the endurance test goes round (200).
set -u

: "${ASSAY_BIN:?set it to the folder of assay-agent}"
: "${ASSAY_TEST_BIN:?set it to the folder of hostile-verifier}"
rounds=${ASSAY_ROUNDS:-200}
agent=$ASSAY_BIN/assay-agent

work=$(mktemp -d) || exit 1
swtpm_pid=
stub_pid=

# End PID and wait until it has gone.
finish() {
	[ -n "$1" ] || return 0
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# shellcheck disable=SC2317 # the trap calls it
cleanup() {
	finish "$stub_pid"
	finish "$swtpm_pid"
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

count=0
failed=0

# One result: check STATUS NAME
check() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
		sed 's/^/# /' "$work/err" 2>/dev/null
	fi
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# Wait until FILE has content, or the process PID has gone.
await() {
	tries=0
	while [ ! -s "$1" ] && [ "$tries" -lt 500 ] && kill -0 "$2" 2>/dev/null
	do
		sleep 0.02
		tries=$((tries + 1))
	done
	[ -s "$1" ]
}

# Sanitizers need all the address space; everything else gets 96 MiB.
# (POSIX leaves ulimit -v to the shell; dash, bash and busybox have it.)
limit=96000
# shellcheck disable=SC3045
if ! (ulimit -v $limit && "$agent" --version) >/dev/null 2>&1; then
	limit=unlimited
fi

# Run the agent with a bound on its memory and, against hangs, on its time.
bounded() {
	(
		# shellcheck disable=SC3045
		ulimit -v $limit
		exec timeout -k 5 60 "$agent" "$@"
	) 2>"$work/err"
}

nonce=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f

# --- Without TPM and network.

bounded --version >"$work/out" && grep -q '^assay-agent [0-9]' "$work/out"
check $? "version"
for command in measure report run; do
	bounded $command --help >"$work/out" &&
		grep -q -e --platform "$work/out"
	check $? "help of $command"
done
bounded frobnicate >"$work/out"
[ $? -eq 64 ]
check $? "an unknown command is refused"
bounded measure --frobnicate >"$work/out"
[ $? -eq 64 ]
check $? "an unknown option is refused"

mkdir -p "$work/empty/bus/pci/devices"
bounded measure --platform "pci:$work/empty" >"$work/out" &&
	grep -q 'No accelerators were found' "$work/out"
check $? "a host without accelerators says so"
bounded measure --platform nowhere >"$work/out"
[ $? -eq 64 ] && grep -q PLATFORM_UNKNOWN "$work/err"
check $? "an unknown platform is refused"

"$ASSAY_BIN/assay-simulated-board" "$work/board" >/dev/null
check $? "the simulated board is made"
simulated=simulated:$work/board
bounded measure --platform "$simulated" >"$work/out" &&
	[ "$(grep -c '^gpu-[0-7] .*SIMULATED' "$work/out")" -eq 8 ]
check $? "every simulated device says so"
bounded measure --json --platform "$simulated" >"$work/out" &&
	grep -q '^{"schema":1,.*"simulated":true.*"label":"gpu-7"' "$work/out"
check $? "JSON"
if command -v python3 >/dev/null; then
	python3 -m json.tool <"$work/out" >/dev/null 2>"$work/err"
	check $? "JSON is well-formed"
else
	skip "JSON is well-formed" "no python3"
fi

# More than stdio keeps back, and less.
for platform in "$simulated" "pci:$work/empty"; do
	bounded measure --platform "$platform" >/dev/full
	[ $? -eq 74 ] && grep -q FILE_WRITE "$work/err"
	check $? "a full disk is told, ${platform%%:*}"
	bounded measure --json --platform "$platform" >&-
	[ $? -eq 74 ] && grep -q FILE_WRITE "$work/err"
	check $? "a closed standard output is told, ${platform%%:*}"
done
bounded --version >/dev/full
[ $? -eq 74 ] && bounded run --help >/dev/full
[ $? -eq 74 ] && grep -q FILE_WRITE "$work/err"
check $? "for help and version too"

# --- Settings.

# settings TEXT STATUS CODE NAME: what measure makes of a file.
settings() {
	printf '%b' "$1" >"$work/conf"
	bounded measure --config "$work/conf" >"$work/out"
	status=$?
	[ $status -eq "$2" ] && { [ "$3" = - ] || grep -q "$3" "$work/err"; }
	check $? "$4"
}
settings "[agent]\nplatform = pci:$work/empty\ntimeout = 5\n" 0 - "settings"
settings "colour = blue\n" 64 CONFIG_KEY "unknown key"
settings "[other]\ntimeout = 5\n" 64 CONFIG_KEY "unknown section"
settings "timeout = 5\ntimeout = 6\n" 64 CONFIG_VALUE "key given twice"
settings "timeout = soon\n" 64 CONFIG_VALUE "not a number"
settings "timeout = 0\n" 64 CONFIG_VALUE "number out of range"
settings "send-eventlog = maybe\n" 64 CONFIG_VALUE "neither yes nor no"
settings "timeout\n" 64 CONFIG_VALUE "not a setting"
settings "tpm = $(printf '%0500d' 0)\n" 64 CONFIG_VALUE "line too long"
settings "timeout = 5\\0000 = 6\n" 64 CONFIG_VALUE "a NUL in a line"
settings "timeout = 5\n\\0000\n" 64 CONFIG_VALUE "a NUL before a line"
bounded measure --config "$work/none.conf" >"$work/out"
[ $? -eq 74 ] && grep -q FILE_MISSING "$work/err"
check $? "a named configuration file must be there"
bounded measure --config "$work" >"$work/out"
[ $? -eq 74 ] && grep -q FILE_NOT_REGULAR "$work/err"
check $? "a folder is no configuration file"
truncate -s 10G "$work/sparse"
bounded measure --config "$work/sparse" >"$work/out"
[ $? -eq 65 ] && grep -q FILE_TOO_LARGE "$work/err"
check $? "a huge configuration file is refused"
rm -f "$work/sparse"

# --- With a software TPM.

if ! command -v swtpm >/dev/null; then
	skip "reports" "no swtpm"
	echo "1..$count"
	exit "$((failed > 0))"
fi
mkdir "$work/tpm"
swtpm socket --tpm2 --tpmstate "dir=$work/tpm" \
	--server "type=unixio,path=$work/tpm.sock" \
	--ctrl "type=unixio,path=$work/tpm.sock.ctrl" \
	--flags not-need-init,startup-clear 2>"$work/swtpm.err" &
swtpm_pid=$!
tries=0
while [ ! -S "$work/tpm.sock.ctrl" ] && [ "$tries" -lt 500 ]; do
	sleep 0.02
	tries=$((tries + 1))
done
tpm=swtpm:path=$work/tpm.sock

cat >"$work/conf" <<END
platform = $simulated,count=1
tpm = $tpm
send-eventlog = no
timeout = 20
END

report() {
	bounded report --config "$work/conf" "$@"
}

report --nonce $nonce -o "$work/one.cbor" >"$work/out" &&
	[ -s "$work/one.cbor" ] && [ ! -s "$work/out" ]
check $? "a report"
report --nonce $nonce >"$work/two.cbor" && [ -s "$work/two.cbor" ] &&
	! cmp -s "$work/one.cbor" "$work/two.cbor"
check $? "a second one, through standard output"
[ "$(stat -c %a "$work/one.cbor")" = 644 ]
check $? "a report can be read by all"
report --nonce $nonce -o "$work/eight.cbor" --platform "$simulated" &&
	[ "$(stat -c %s "$work/eight.cbor")" -gt 8000 ]
check $? "a report of eight devices"
"$ASSAY_BIN/assay" show --json "$work/eight.cbor" >/dev/full 2>"$work/err"
[ $? -eq 74 ] && grep -q FILE_WRITE "$work/err"
check $? "which is not shown to a full disk without a word"
report --nonce $nonce -o "$work/nodev.cbor" --platform "pci:$work/empty"
check $? "a report without devices"

printf 'TCG log of no machine' >"$work/log"
report --nonce $nonce -o "$work/log.cbor" --send-eventlog yes \
	--eventlog "$work/log" && grep -q eventlog "$work/log.cbor"
check $? "a boot log travels along"
report --nonce $nonce -o "$work/x.cbor" --send-eventlog yes \
	--eventlog "$work/missing"
[ $? -eq 74 ] && grep -q FILE_MISSING "$work/err" && [ ! -e "$work/x.cbor" ]
check $? "a named boot log must be there"
truncate -s 2M "$work/log"
report --nonce $nonce -o "$work/x.cbor" --send-eventlog yes \
	--eventlog "$work/log"
[ $? -eq 65 ] && grep -q FILE_TOO_LARGE "$work/err" && [ ! -e "$work/x.cbor" ]
check $? "a boot log that is too large is refused"

# refused STATUS CODE NAME OPTION...: a report that must not come about.
refused() {
	want=$1
	code=$2
	name=$3
	shift 3
	report "$@" -o "$work/x.cbor"
	status=$?
	[ $status -eq "$want" ] && grep -q "$code" "$work/err" &&
		[ ! -e "$work/x.cbor" ]
	check $? "$name"
}
refused 64 USAGE "no nonce"
refused 64 USAGE "a nonce of 31 bytes" --nonce "${nonce%??}"
refused 64 USAGE "a nonce of 33 bytes" --nonce "${nonce}00"
refused 64 USAGE "a nonce that is no number" --nonce "${nonce%?}g"
refused 64 TCTI_UNNAMED "a TPM without a name" --nonce $nonce --tpm ""
echo precious >"$work/precious"
refused 64 TCTI_UNNAMED "a file is no TPM" --nonce $nonce \
	--tpm "device:$work/precious"
[ "$(cat "$work/precious")" = precious ]
check $? "and nothing is written to it"
bounded run --once --verifier http://operator:sesame@host.example/
[ $? -eq 64 ] && grep -q URL_MALFORMED "$work/err" &&
	! grep -q sesame "$work/err"
check $? "a password in a URL is refused and not told"
refused 69 TPM_UNAVAILABLE "a TPM that is not there" --nonce $nonce \
	--tpm "swtpm:path=$work/nothing"
refused 64 CONFIG_VALUE "PCRs that do not exist" --nonce $nonce \
	--pcrs sha256:24
report --nonce $nonce -o "$work/missing/x.cbor"
[ $? -eq 74 ] && grep -q FILE_MISSING "$work/err"
check $? "an output folder that is not there"

report --nonce $nonce -o /dev/null
[ $? -eq 74 ] && grep -q FILE_NOT_REGULAR "$work/err" && [ -c /dev/null ]
check $? "no device is replaced by a file"
: >"$work/target"
ln -s target "$work/link"
report --nonce $nonce -o "$work/link"
[ $? -eq 74 ] && grep -q FILE_NOT_REGULAR "$work/err" &&
	[ -L "$work/link" ] && [ ! -s "$work/target" ]
check $? "nor a link"
report --nonce $nonce >&-
[ $? -eq 74 ] && grep -q FILE_WRITE "$work/err"
check $? "no report vanishes into a closed standard output"
(
	ulimit -f 0
	exec timeout -k 5 60 "$agent" report --config "$work/conf" \
		--nonce $nonce -o "$work/limited.cbor" 2>/dev/null
)
[ $? -eq 74 ] && ! ls "$work"/limited.cbor* >/dev/null 2>&1
check $? "a limit on files leaves nothing half-written"

# --- Verifiers.

start_stub() {
	: >"$work/port"
	"$ASSAY_TEST_BIN/hostile-verifier" "$1" >"$work/port" &
	stub_pid=$!
	await "$work/port" "$stub_pid" || echo "# no stub for $1"
	port=$(cat "$work/port")
}

stop_stub() {
	finish "$stub_pid"
	stub_pid=
}

run_once() {
	bounded run --once --config "$work/conf" \
		--verifier "http://127.0.0.1:$port" "$@" >"$work/out"
}

# hostile MODE STATUS CODE
hostile() {
	start_stub "$1"
	run_once --timeout 3
	status=$?
	[ $status -eq "$2" ] && grep -q "$3" "$work/err"
	check $? "$1: exit $status, $3"
	stop_stub
}
hostile nonce-31 65 NONCE_SIZE
hostile nonce-33 65 NONCE_SIZE
hostile body-1gib 65 HTTP_TOO_LARGE
hostile body-endless-chunked 65 HTTP_TOO_LARGE
hostile body-endless-close 65 HTTP_TOO_LARGE
hostile endless-headers 65 HTTP_TOO_LARGE
hostile endless-line 65 HTTP_TOO_LARGE
hostile redirect 65 HTTP_REDIRECT
hostile garbage-json 65 SESSION_MALFORMED
hostile duplicate-keys 65 SESSION_MALFORMED
hostile location-foreign 65 SESSION_MALFORMED
hostile close-early 65 HTTP_MALFORMED
hostile close-at-once 69 CONNECT_FAILED
hostile status-500 69 HTTP_STATUS
hostile trickle 69 TIMEOUT
hostile no-answer 69 TIMEOUT
hostile late-1gib 65 HTTP_TOO_LARGE
hostile late-chunked 65 HTTP_TOO_LARGE
hostile late-redirect 65 HTTP_REDIRECT
hostile late-500 69 HTTP_STATUS
hostile late-failed 69 HTTP_STATUS
hostile late-no-answer 69 TIMEOUT
hostile late-close 69 CONNECT_FAILED

port=1
run_once
[ $? -eq 69 ] && grep -q CONNECT_FAILED "$work/err"
check $? "nobody listens"
bounded run --once --config "$work/conf"
[ $? -eq 64 ] && grep -q USAGE "$work/err"
check $? "no verifier is named"
bounded run --once --config "$work/conf" --verifier "file:///etc/passwd"
[ $? -eq 64 ] && grep -q URL_MALFORMED "$work/err"
check $? "not a URL of a verifier"

for mode in accept-any accept-contraindicated accept-later; do
	start_stub $mode
	run_once
	check $? "$mode: whatever the verdict, the evidence was taken"
	stop_stub
done

# --- TLS: only who can show a trusted certificate for its name is spoken to.

# certificate NAME: a self-signed one for that name.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$work/$1.key" -out "$work/$1.pem" -days 2 \
		-subj "/CN=$1" -addext "subjectAltName=DNS:$1" 2>/dev/null
}

# tls NAME CA CODE TEXT: a TLS server called NAME that never answers HTTP.
tls() {
	: >"$work/port"
	openssl s_server -accept 127.0.0.1:0 -cert "$work/$1.pem" \
		-key "$work/$1.key" -www >"$work/port" 2>&1 &
	stub_pid=$!
	tries=0
	port=
	while [ -z "$port" ] && [ "$tries" -lt 500 ]; do
		sleep 0.02
		port=$(sed -n 's/^ACCEPT 127.0.0.1://p' "$work/port")
		tries=$((tries + 1))
	done
	bounded run --once --config "$work/conf" --timeout 2 \
		--verifier "https://localhost:$port" --ca-file "$work/$2.pem"
	[ $? -eq 69 ] && grep -q "$3" "$work/err"
	check $? "TLS: $4"
	stop_stub
}
if command -v openssl >/dev/null && getent hosts localhost >/dev/null &&
	certificate localhost && certificate other
then
	tls localhost localhost TIMEOUT "a trusted certificate for the name"
	tls localhost other TLS_FAILED "a certificate that nobody trusts"
	tls other other TLS_FAILED "a trusted certificate for another name"
	tls localhost none TLS_FAILED "no file of trusted certificates"
else
	skip "TLS" "no openssl, or localhost has no address"
fi

# --- The chain.

start_stub accept-any
run_once --state "$work/state" && run_once --state "$work/state" &&
	[ "$(stat -c %s "$work/state")" -eq 1024 ]
check $? "two reports in a chain"
printf 'damage' | dd of="$work/state" bs=1 conv=notrunc 2>/dev/null
run_once --state "$work/state"
check $? "one damaged slot is survived"
printf 'damage' | dd of="$work/state" bs=1 conv=notrunc 2>/dev/null
printf 'damage' | dd of="$work/state" bs=1 seek=512 conv=notrunc 2>/dev/null
run_once --state "$work/state"
[ $? -eq 74 ] && grep -q STATE_DAMAGED "$work/err"
check $? "a damaged state file is an error"
run_once --state "$work/missing/state"
[ $? -eq 74 ] && grep -q FILE_MISSING "$work/err"
check $? "a named state file needs its folder"

# --- Nothing is left behind.

ls -lR "$work/tpm" "$work/board" >"$work/before"
i=0
bad=0
while [ "$i" -lt "$rounds" ]; do
	run_once || bad=$((bad + 1))
	i=$((i + 1))
done
[ $bad -eq 0 ]
check $? "$rounds reports in a row"
find "$work" -newer "$work/before" -type f ! -path "$work/tpm/*" \
	! -name err ! -name swtpm.err ! -name out ! -name before \
	! -name new >"$work/new"
sed 's/^/# new: /' "$work/new"
[ ! -s "$work/new" ]
check $? "no file is left behind"
if command -v tpm2_getcap >/dev/null; then
	for handles in handles-transient handles-loaded-session \
		handles-saved-session; do
		tpm2_getcap -T "$tpm" $handles >"$work/out" 2>"$work/err" &&
			[ ! -s "$work/out" ]
		check $? "the TPM has no $handles"
	done
else
	skip "the TPM is left clean" "no tpm2-tools"
fi

# --- The daemon ends when it is told to, and its children with it.

"$agent" run --config "$work/conf" --interval 3600 \
	--verifier "http://127.0.0.1:$port" 2>"$work/err" &
daemon=$!
sleep 1
kill -TERM $daemon
wait $daemon
check $? "SIGTERM between two reports"
stop_stub
start_stub no-answer
"$agent" run --config "$work/conf" --verifier "http://127.0.0.1:$port" \
	2>"$work/err" &
daemon=$!
sleep 1
kill -TERM $daemon
wait $daemon
check $? "SIGTERM within a report"
stop_stub

# --- How often there is a report is for the host to say, whatever it is told.
# More reports than fit into the time between would be too many; a machine
# that is slow makes fewer.

for mode in status-500 late-500; do
	start_stub $mode
	begin=$(date +%s)
	"$agent" run --config "$work/conf" --interval 2 --timeout 3 \
		--verifier "http://127.0.0.1:$port" 2>"$work/err" &
	daemon=$!
	sleep 7
	kill -TERM $daemon
	wait $daemon
	most=$((1 + ($(date +%s) + 1 - begin) * 10 / 18))
	reports=$(grep -c HTTP_STATUS "$work/err")
	[ "$reports" -ge 1 ] && [ "$reports" -le $most ]
	check $? "$mode: $reports reports, of at most $most in this time"
	stop_stub
done

echo "1..$count"
exit "$((failed > 0))"
