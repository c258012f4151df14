#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# K5: a workload does not depend on the agent.  A SIMULATED workload of a GPU
# runs while an agent reports and is killed, stopped and starved at moments
# that a seed chooses, and again alone: the same steps, the same checksum.
# How fast each went is printed, and is no condition.  Prints TAP.
#
# ASSAY_WORKLOAD_ROUNDS: how often (16), ASSAY_WORKLOAD_SEED: at which moments.
here=$(dirname "$0")
# shellcheck source=tests/e2e/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$here/swtpm.sh"
# shellcheck source=tests/e2e/mock_host.sh
. "$here/mock_host.sh"

: "${ASSAY_SOURCE:?set it to the folder of the sources}"
agent=$ASSAY_BIN/assay-agent
rounds=${ASSAY_WORKLOAD_ROUNDS:-16}
seed=${ASSAY_WORKLOAD_SEED:-2026}
for tool in swtpm ps; do
	command -v $tool >/dev/null || skip_all "no $tool"
done

host=$work/host
settings=$host/gpu-settings
mkdir -p "$host/state" "$host/sys/bus/pci/devices" "$work/swtpm/state"
cp "$ASSAY_SOURCE/tests/fixtures/board-h100/board.ini" "$settings"
pci_tree "$settings" "$host"
start_tpm "$work/swtpm"
accept_any

# The daemon; it reports once a second and says nothing when all is well.
daemon=
start_agent() {
	(
		cd "$host" || exit 1
		export LD_LIBRARY_PATH="$ASSAY_TEST_BIN/nvml"
		export NVML_MOCK_BOARD="$settings" NVML_MOCK_LOG="$work/calls"
		export ASSAY_MOCK_FOLDERS="$work"
		exec "$agent" run --interval 1 --timeout 10 \
			--platform "auto:$host" --send-eventlog no \
			--tpm "swtpm:path=$work/tpm.sock" \
			--state "$host/state/state" \
			--verifier "http://127.0.0.1:$(cat "$work/port")"
	) >/dev/null 2>>"$work/agent.err" &
	daemon=$!
	agents="$agents $daemon"
}
agents=

# The daemon, if it lives, and its processes, one a line: number and name.
victims() {
	ps -o pid=,comm= -p "$daemon"
	ps -o pid=,comm= --ppid "$daemon"
}

# choose ROUND: three numbers from 0 to 999 that the seed has for it.
choose() {
	awk -v seed="$seed" -v round="$1" 'BEGIN {
		srand(seed * 1000 + round)
		print int(rand() * 1000), int(rand() * 1000), int(rand() * 1000)
	}'
}

# suffer KIND PID NAME: what is done to a process, and a line of it.
suffer() {
	echo "$1 $3"
	case $1 in
	kill) kill -KILL "$2" ;;
	stop)
		kill -STOP "$2"
		sleep 0.3
		kill -CONT "$2"
		;;
	starve)
		# Held most of the time, and last in line for the rest.
		renice -n 19 -p "$2" >&2
		for _ in 1 2 3 4 5; do
			kill -STOP "$2"
			sleep 0.05
			kill -CONT "$2"
			sleep 0.002
		done
		;;
	esac 2>/dev/null
}

start_agent
"$ASSAY_TEST_BIN/simulated-workload" 0 "$settings" "$work/beside" \
	>"$work/first" &
workload=$!
pids="$pids $workload"
: >"$work/done"
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	choose $round >"$work/luck"
	read -r moment who wait <"$work/luck"
	kill -0 $daemon 2>/dev/null || start_agent

	# Two times of three in the middle of a report.
	tries=$((wait % 3 * 60))
	while victims | grep assay- >"$work/victims" && [ "$tries" -gt 0 ] &&
		[ "$(wc -l <"$work/victims")" -lt 3 ]; do
		tries=$((tries - 1))
		sleep 0.01
	done
	sleep "0.$(printf %03d $((moment / 20)))"
	n=$(wc -l <"$work/victims")
	[ "$n" -gt 0 ] || continue
	victim=$(sed -n "$((who % n + 1)){s/^ *//;p}" "$work/victims")
	case $((round % 4)) in
	0) suffer stop "${victim% *}" "${victim#* }" ;;
	1) suffer starve "${victim% *}" "${victim#* }" ;;
	2) suffer kill "${victim% *}" "${victim#* }" ;;
	3) while read -r pid name; do
		suffer kill "$pid" "$name"
	done <"$work/victims" ;;
	esac >>"$work/done"
done
kill -0 $workload 2>/dev/null
check $? "a SIMULATED workload goes on, whatever is done to the agent"
kill -TERM $workload
wait $workload
check $? "and ends well"
for pid in $agents; do
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
done
steps=$(awk '{print $2}' "$work/first")
"$ASSAY_TEST_BIN/simulated-workload" "$steps" "$settings" "$work/alone" \
	>"$work/second"
check $? "the same number of steps alone: $steps"

sort "$work/done" | uniq -c | sed 's/^/# /'
for what in 'kill assay-agent' 'kill assay-\(collect\|seal\|send\)' stop \
	starve; do
	grep -q "^$what" "$work/done"
	check $? "the agent was made to suffer: $what"
done
grep -q nvmlDeviceGetName "$work/calls" && [ -s "$host/state/state" ]
check $? "it reported meanwhile"
sed 's/^/# beside: /' "$work/first"
sed 's/^/# alone:  /' "$work/second"
awk '{ cpu[NR] = $6; wall[NR] = $8 } END {
	if (cpu[1] > 0 && wall[1] > 0)
		printf "# rate beside : alone = %.3f of processor time, " \
		    "%.3f of the clock\n", cpu[2] / cpu[1], wall[2] / wall[1]
}' "$work/first" "$work/second"
[ "$(cut -d ' ' -f 1-4 "$work/first")" = "$(cut -d ' ' -f 1-4 "$work/second")" ]
check $? "K5: as many steps, and the same checksum"
[ "$(wc -l <"$work/beside")" -eq "$steps" ] && [ "$steps" -gt 100 ] &&
	cmp -s "$work/alone" "$work/beside"
check $? "K5: no step was lost, and each was the same"
plan
