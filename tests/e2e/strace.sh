#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every system call of a whole report, process by process: nothing outside
# strace.table, nobody who listens, starts programs or writes to devices, no
# network but in [send], no device in it.  A software TPM behind a socket (the
# one connection that [seal] makes, where a host has /dev/tpmrm0), and the
# MOCK of NVIDIA's library.  Prints TAP.
here=$(dirname "$0")
# shellcheck source=tests/e2e/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$here/swtpm.sh"
# shellcheck source=tests/e2e/mock_host.sh
. "$here/mock_host.sh"

: "${ASSAY_SOURCE:?set it to the folder of the sources}"
agent=$ASSAY_BIN/assay-agent
for tool in swtpm strace; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
strace -o "$work/none" true 2>/dev/null ||
	skip_all "this system lets nobody trace"
if nm "$agent" 2>/dev/null | grep -qE ' __(asan_init|ubsan_handle)'; then
	skip_all "sanitizers make calls of their own"
fi

fixture=$ASSAY_SOURCE/tests/fixtures/board-h100/board.ini
mkdir -p "$work/swtpm/state" "$work/sys/bus/pci/devices" "$work/traces" "$work/sent"
pci_tree "$fixture" "$work"
start_tpm "$work/swtpm"
accept_any
port=$(cat "$work/port")

# traced ARGUMENT...: the agent, one trace for each of its processes.
traced() {
	rm -f "$work/traces"/*
	LD_LIBRARY_PATH="$ASSAY_TEST_BIN/nvml" NVML_MOCK_LOG="$work/calls" \
		ASSAY_MOCK_FOLDERS="$work:${fixture%/*}" \
		NVML_MOCK_BOARD="$fixture" timeout -k 5 120 \
		strace -ff -yy -s 80 -o "$work/traces/t" "$agent" "$@" \
		--platform "auto:$work" --tpm "swtpm:path=$work/tpm.sock" \
		>"$work/out" 2>"$work/err"
	status=$?
}

judge() {
	awk -v table="$here/strace.table" -v tpm="$work/tpm.sock" \
		-v state="$work/state" -v port="$port" -v mock="$work/calls" \
		-f "$here/strace.awk" "$@"
}

for log in no yes; do
	printf 'TCG log of no machine' >"$work/log"
	traced run --once --state "$work/state" --timeout 60 \
		--verifier "http://127.0.0.1:$port" \
		--send-eventlog $log --eventlog "$work/log"
	check $status "a report under strace, with a boot log: $log"
	judge "$work/traces"/t.* >"$work/out"
	[ ! -s "$work/out" ]
	check $? "K1 K3 K4: all calls of $(find "$work/traces" -name 't.*' |
		wc -l) processes are in the table"
done
grep -q nvmlDeviceGetName "$work/calls"
check $? "the library was asked meanwhile"
cp "$work/traces"/t.* "$work/sent"

# One way, and without anything that leaves: there is no [send].
printf 'a round' >"$work/marker"
for end in '-o -' --dry-run; do
	# shellcheck disable=SC2086 # an option and its value
	traced report --epoch "beacon:$work/marker" $end --timeout 60 \
		--state "$work/state" --eventlog "$work/log" \
		--send-ima yes --ima "$work/log"
	[ $status -eq 0 ] && ! grep -q assay-send "$work/traces"/t.* &&
		grep -q assay-seal "$work/traces"/t.*
	check $? "K7: a report for an epoch marker, $end, starts no [send]"
	judge "$work/traces"/t.* >"$work/out"
	missing=$(grep -cE '^(no trace of send|0 connections .*)$' "$work/out")
	[ "$end" != --dry-run ] || grep -q '^no state was kept$' "$work/out"
	[ $? -eq 0 ] && [ "$missing" -eq 2 ] &&
		! grep -Ev '^(no trace of send|0 conn.*|no state .*)$' "$work/out"
	check $? "and makes no other calls"
done
rm -f "$work/traces"/*
mv "$work/sent"/* "$work/traces"

# The judge itself: what must not be, put into a trace that was good.
mkdir "$work/spoilt"
# spoilt PROCESS LINE REASON: is it found?
spoilt() {
	rm -f "$work/spoilt"/*
	cp "$work/traces"/t.* "$work/spoilt"
	file=$(grep -l "PR_SET_NAME, \"assay-$1\"" "$work/spoilt"/t.*)
	echo "$2" >>"$file"
	judge "$work/spoilt"/t.* >"$work/out"
	grep -q "^$1: $3: " "$work/out"
	check $? "found: $3, $1"
}
socket='socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 9<TCP:[1]>'
gpu='"/dev/nvidia0"'
spoilt send 'listen(3<TCP:[1]>, 5) = 0' 'listens'
spoilt send 'bind(3<TCP:[1]>, {sa_family=AF_INET}, 16) = 0' 'listens'
spoilt seal 'execve("/bin/sh", ["sh"], 0x1) = 0' 'starts a program'
spoilt collect "$socket" 'a socket'
spoilt seal "$socket" 'a socket'
spoilt send 'socket(AF_NETLINK, SOCK_RAW, 0) = 9<NETLINK:[1]>' 'a socket'
spoilt send "openat(AT_FDCWD, $gpu, O_RDONLY) = 9</dev/nvidia0<char 195:0>>" \
	'opens a device'
spoilt seal 'openat(5</dev<dir>>, "x", O_RDONLY) = 9</dev/x<char 195:0>>' \
	'opens a device'
spoilt collect "openat(AT_FDCWD, $gpu, O_RDWR) = 9</dev/nvidia0<char 195:0>>" \
	'opens for writing'
spoilt collect 'write(9</dev/nvidia0<char 195:0>>, "x", 1) = 1' \
	'a device is written to'
spoilt send 'connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("169.254.169.254")}, 16) = 0' \
	'a connection'
spoilt seal 'connect(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path="/run/docker.sock"}, 110) = 0' \
	'a connection'
spoilt send 'openat(AT_FDCWD, "/etc/cron.d/x", O_WRONLY|O_CREAT, 0644) = 9' \
	'opens for writing'
spoilt collect 'ptrace(PTRACE_ATTACH, 1) = 0' 'not in the table'
spoilt seal 'reboot(LINUX_REBOOT_MAGIC1) = 0' 'not in the table'
plan
