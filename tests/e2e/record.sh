# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A service, an agent, a software TPM, and what the service has on record.
# Sourced in $work, after tap.sh and swtpm.sh.
# shellcheck disable=SC2154 # they set work, assay and status
agent=$ASSAY_BIN/assay-agent
verifier=$ASSAY_BIN/assay-verifier
TPM2TOOLS_TCTI=swtpm:path=$work/tpm.sock
export TPM2TOOLS_TCTI
tpm=swtpm:path=$work/tpm.sock
board=${ASSAY_SOURCE:?}/tests/fixtures/board-h100
server_pid=

# Files that all of it needs.
record_begin() {
	echo "# nothing is set" >empty.conf
	mkdir -p roots
	"$assay" anchors add --name "Lab CA" --roots roots \
		tpm/ca/issuercert.pem >out
	cat >policy <<'POLICY'
[policy]
allow-software-tpm = yes
allow-simulated = yes
require-eventlog = no
require-device-signed = no
POLICY
}

# serve OPTION...: the service; sets url and server_pid.  TRACER, words that
# go before it, may be set.
serve() {
	rm -f port
	# shellcheck disable=SC2086 # a list of words
	${TRACER:-} "$verifier" serve --config empty.conf \
		--listen 127.0.0.1:0 --port-file port --store assay.db \
		--key key.pem --tpm-roots roots "$@" >serve.out 2>>serve.err &
	server_pid=$!
	pids="$pids $server_pid"
	tries=0
	while [ ! -s port ] && [ $tries -lt 500 ] &&
		kill -0 "$server_pid" 2>/dev/null; do
		sleep 0.02
		tries=$((tries + 1))
	done
	url=http://127.0.0.1:$(cat port 2>/dev/null)
}

stop_service() {
	finish "$server_pid"
	server_pid=
}

# sql STATEMENT: what the store says, by a connection of its own.
sql() {
	sqlite3 -cmd '.timeout 5000' assay.db "$1"
}

# enrol: the host asks to be enrolled; sets status, out, err.
# shellcheck disable=SC2086 # a list of words
enrol() {
	timeout -k 5 60 ${TRACER:-} "$ASSAY_BIN/assay-enroll" \
		--config empty.conf --tpm "$tpm" --verifier "$url" >out 2>err
	status=$?
}

# approve AK-NAME, reject AK-NAME: an operator decides.
approve() {
	"$verifier" enroll approve --config empty.conf --store assay.db \
		--ak-name "$1" >out 2>err
	status=$?
}
reject() {
	"$verifier" enroll reject --config empty.conf --store assay.db \
		--ak-name "$1" >out 2>err
	status=$?
}

# report STATE-FILE: one report; sets status, out, err.
# shellcheck disable=SC2086 # a list of words
report() {
	timeout -k 5 60 ${TRACER:-} "$agent" run --once --config empty.conf \
		--tpm "$tpm" --verifier "$url" --platform "recorded:$board" \
		--state "$1" --send-eventlog no >out 2>err
	status=$?
}

# counter STATE-FILE: of the last report that was sealed; 0 for none.
counter() {
	for at in 0 512; do
		od -An -v -tx1 -j$at -N16 "$1" 2>/dev/null | tr -d ' \n'
		echo
	done | sed -n 's/^4153534159535431/0x/p' | {
		most=0
		while read -r n; do
			[ $((n)) -gt $most ] && most=$((n))
		done
		echo $most
	}
}

# sealed STATE-FILE: the digest of that report.
sealed() {
	od -An -v -tx1 -j$((($(counter "$1") % 2) * 512 + 16)) -N32 "$1" |
		tr -d ' \n'
}

# recorded: the counter of the last report that the host's record rests on.
recorded() {
	sql "SELECT coalesce(max(chain_counter), 0) FROM hosts"
}

# verdict WORD: was it the last?
verdict() {
	[ "$(sql 'SELECT verdict FROM appraisals ORDER BY id DESC LIMIT 1')" = \
		"$1" ]
}

reasons() {
	sql 'SELECT reasons FROM appraisals ORDER BY id DESC LIMIT 1'
}

# reason CODES: is one of them a reason of the last verdict?
reason() {
	reasons | grep -Eq "\"($1)\""
}

# quiet [CODES]: nothing is said of time, counters, chain and identity but,
# perhaps, that.
quiet() {
	! reasons | grep -Eo '"[A-Z_]+"' | grep -Ev "\"(${1:-NOTHING})\"" |
		grep -Eq '"(CLOCK|RESET|RESTART|CHAIN|TPM_F|TPM_R|EK|AK|HOST|NOT|STORE|NONCE)_'
}

# restart_tpm: shut down well and start.
restart_tpm() {
	tpm2_shutdown -c >out 2>err
	finish "$swtpm_pid"
	start_tpm "$work/tpm"
}

# crash_tpm: the power goes.
crash_tpm() {
	kill -KILL "$swtpm_pid"
	wait "$swtpm_pid" 2>/dev/null
	start_tpm "$work/tpm"
}
