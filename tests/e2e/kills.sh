# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Agent and service killed at each of their system calls, as strace does it:
# the processes of the agent at the Nth by which they speak to each other, to
# the TPM, the disk and the network, or the supervisor at one of its own; the
# service at the Nth of a thread.  Whatever each had said before, the record
# agrees with it.
# Sourced by continuity.sh, in $work, with one host enrolled, whose attestation
# key is named $ak and whose state is in the file "state".
# shellcheck disable=SC2154 # continuity.sh sets kills, seed and ak
agent_calls=socket,connect,getsockopt,sendto,recvfrom,poll,write,pwrite64,fsync
parent_calls=execve,flock,socketpair,clone,clone3,rt_sigtimedwait,wait4
service_calls=pwrite64,pread64,write,read,fsync,fdatasync,ftruncate,unlink
service_calls=$service_calls,openat,recvfrom,sendto,sendmsg

# No leak can be looked for in what is traced.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

# tracer CALLS [N]: the words that run a program under strace, killed at the
# Nth of each of these calls.
tracer() {
	TRACER="strace -f -qq -o trace -e trace=$1"
	[ -z "${2-}" ] || TRACER="$TRACER -e inject=$1:signal=KILL:when=$2"
}

# points: from the trace, "CALL N" for the first to the last time that one
# process or thread made it; sets total.
points() {
	sed -n 's/^\([0-9]*\) *\([a-z0-9_]*\)(.*/\1 \2/p' trace |
		awk '{ n = ++made[$0]; if (n > most[$2]) most[$2] = n }
			END { for (call in most)
				for (n = 1; n <= most[call]; n++)
					print call, n }' | sort >points
	total=$(wc -l <points)
}

# point I MANY: the Ith of so many evenly spread ones; sets call and n.
point() {
	# shellcheck disable=SC2046 # two words
	set -- $(sed -n "$((1 + ($1 * total / $2 + seed - 1) % total))p" points)
	call=$1
	n=$2
}

# watch_service CALLS [N]: the same, of the running service; sets tracer_pid.
watch_service() {
	tracer "$@"
	# shellcheck disable=SC2086 # a list of words
	$TRACER -p "$server_pid" 2>strace.err &
	tracer_pid=$!
	TRACER=
	tries=0
	while grep -q '^TracerPid:.0$' "/proc/$server_pid/task"/*/status &&
		kill -0 $tracer_pid 2>/dev/null && [ $tries -lt 500 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
}

# end_service: the power goes, if it has not gone before; and comes back.
end_service() {
	kill -KILL "$server_pid" 2>/dev/null
	wait "$server_pid" 2>/dev/null
	wait "${tracer_pid:-$server_pid}" 2>/dev/null
	tracer_pid=
	serve --policy policy
}

# settle: the service ends what it is still at, and starts anew.
settle() {
	stop_service
	serve --policy policy
}

# whole: the store is one, and sessions and appraisals belong together.
whole() {
	[ "$(sql 'PRAGMA integrity_check')" = ok ] &&
		[ "$(sql "SELECT count(*) FROM sessions AS s WHERE
			(state = 'complete') <> EXISTS (SELECT 1 FROM
			appraisals WHERE session = s.id)")" = 0 ]
}

# mark: what is on record before something is killed.
mark() {
	sealed_before=$(counter state)
	rows_before=$(sql 'SELECT count(*) FROM appraisals')
}

# kept: after a report that ended with $status: nothing is lost that was
# said to be kept, nothing is on record that was not sealed.  Sets lost, the
# reports that were sealed and are not on record.
kept() {
	now=$(counter state)
	rows=$(($(sql 'SELECT count(*) FROM appraisals') - rows_before))
	lost=$((now - $(recorded)))
	echo "# $1: exit $status, sealed $((now - sealed_before)), recorded $rows, lost $lost"
	whole || return 1
	[ $((now - sealed_before)) -le 1 ] && [ $rows -le 1 ] || return 1
	[ "$status" -ne 0 ] || [ $rows -eq 1 ] || return 1
	[ $rows -eq 0 ] || { [ $lost -eq 0 ] && [ "$(sealed state)" = \
		"$(sql 'SELECT lower(hex(chain_digest)) FROM hosts')" ]; }
}

# goes_on: one more report says just how many are missing.
goes_on() {
	report state
	[ "$status" -eq 0 ] && [ "$(recorded)" = "$(counter state)" ] ||
		return 1
	[ "$lost" -ne 0 ] || { quiet CLOCK_UNSAFE; return; }
	reasons | grep -q "\"$lost missing\"" && reason CHAIN_GAP &&
		quiet 'CLOCK_UNSAFE|CHAIN_GAP'
}

# tidy_tpm: what a resource manager does when a program that used it dies.
tidy_tpm() {
	for kind in -t -l -s; do
		tpm2_flushcontext $kind >out 2>err
	done
}

# --- Reporting.

# kill_reports WHO CALLS MANY
kill_reports() {
	tracer "$2"
	report state
	points
	TRACER=
	[ "$status" -eq 0 ] && [ "$total" -gt 9 ]
	check $? "N11: $1 makes $total calls in a report"
	died=0
	i=0
	while [ $i -lt "$3" ]; do
		point $i "$3"
		mark
		tracer "$call" "$n"
		report state
		TRACER=
		[ "$status" -eq 0 ] || died=$((died + 1))
		settle
		kept "$1, $call $n" && tidy_tpm && goes_on
		check $? "N11: $1 is killed at $call $n of a report"
		i=$((i + 1))
	done
	[ $died -gt 0 ]
	check $? "N11: $died of them did not get through"
}
kill_reports "the agent" "$agent_calls" "$kills"
kill_reports "the supervisor" "$parent_calls" $((kills / 4 + 1))

watch_service "$service_calls"
report state
cp trace trace.whole
end_service
cp trace.whole trace
points
[ "$total" -gt 15 ]
check $? "N11: the service makes $total calls in a report"
died=0
i=0
while [ $i -lt "$kills" ]; do
	point $i "$kills"
	mark
	watch_service "$call" "$n"
	report state
	kill -0 "$server_pid" 2>/dev/null || died=$((died + 1))
	end_service
	kept "service, $call $n" && goes_on
	check $? "N11: the service is killed at $call $n of a report"
	i=$((i + 1))
done
[ $died -gt 0 ]
check $? "N11: $died of them did not get through"

# --- Enrolment, of the same host at a service that knows nobody.

# fresh: a service without a record.
fresh() {
	stop_service
	rm -f assay.db assay.db-*
	serve --policy policy
}

# enrolled: no half of an enrolment, and none that was not answered.
enrolled() {
	pairs=$(sql 'SELECT count(*) FROM enrolments')
	answered=$(sql 'SELECT count(*) FROM challenges WHERE open = 0')
	echo "# $1: exit $status, answered $answered, enrolled $pairs"
	[ "$(sql 'PRAGMA integrity_check')" = ok ] && [ "$pairs" -le 1 ] &&
		[ "$answered" -eq "$pairs" ] || return 1
	[ "$status" -ne 0 ] || [ "$pairs" -eq 1 ]
}

# enrols: once more, and it is on record, once, and waits.
enrols() {
	enrol
	[ "$status" -eq 0 ] && [ "$(sql 'SELECT count(*),
		lower(hex(min(ak_name))) FROM enrolments')" = "1|$ak" ] &&
		[ "$(sql 'SELECT count(*) FROM hosts')" = 0 ]
}

fresh
# kill_enrolments WHO CALLS MANY
kill_enrolments() {
	fresh
	tracer "$2"
	enrol
	points
	TRACER=
	[ "$status" -eq 0 ] && [ "$total" -gt 4 ]
	check $? "N11: $1 makes $total calls to enrol"
	i=0
	while [ $i -lt "$3" ]; do
		point $i "$3"
		fresh
		tracer "$call" "$n"
		enrol
		TRACER=
		settle
		enrolled "$1, $call $n" && tidy_tpm && enrols
		check $? "N11: $1 is killed at $call $n of an enrolment"
		i=$((i + 1))
	done
}
kill_enrolments "the agent" "$agent_calls" "$kills"
kill_enrolments "the supervisor" "$parent_calls" $((kills / 4 + 1))

fresh
watch_service "$service_calls"
enrol
cp trace trace.whole
end_service
cp trace.whole trace
points
[ "$total" -gt 15 ]
check $? "N11: the service makes $total calls to enrol"
i=0
while [ $i -lt "$kills" ]; do
	point $i "$kills"
	fresh
	watch_service "$call" "$n"
	enrol
	end_service
	enrolled "service, $call $n" && enrols
	check $? "N11: the service is killed at $call $n of an enrolment"
	i=$((i + 1))
done
