#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The processes of a running agent as the kernel sees them: filter, no new
# privileges, no capabilities, no device in [send], no connection in [collect];
# a kernel without Landlock as the agent would see it; what a report says of
# it.  A software TPM and hostile-verifier.  Prints TAP.
here=$(dirname "$0")
# shellcheck source=tests/e2e/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$here/swtpm.sh"

agent=$ASSAY_BIN/assay-agent
command -v swtpm >/dev/null || skip_all "no swtpm"
"$agent" measure --platform simulated >"$work/out" 2>"$work/err"
! grep -q PLATFORM_UNKNOWN "$work/err" ||
	skip_all "simulated boards are not built in"
! grep -q SANDBOX_MISSING "$work/err" ||
	skip_all "this kernel cannot enforce it: $(cat "$work/err")"
if nm "$agent" 2>/dev/null | grep -qE ' __(asan_init|ubsan_handle|gcov_)'; then
	skip_all "sanitizers make calls of their own"
fi

mkdir -p "$work/swtpm/state" "$work/sys/bus/pci/devices" "$work/proc"
start_tpm "$work/swtpm"
: >"$work/port"
"$ASSAY_TEST_BIN/hostile-verifier" no-answer >"$work/port" &
pids="$pids $!"
tries=0
while [ ! -s "$work/port" ] && [ "$tries" -lt 500 ]; do
	sleep 0.02
	tries=$((tries + 1))
done

# --- While the verifier does not answer, all three are there and wait.

"$agent" run --once --platform "auto:$work" \
	--tpm "swtpm:path=$work/tpm.sock" --send-eventlog no \
	--state "$work/state" --timeout 60 \
	--verifier "http://127.0.0.1:$(cat "$work/port")" \
	>"$work/out" 2>"$work/err" &
supervisor=$!
pids="$pids $supervisor"

# pid_of NAME: the child of the supervisor with that name.
pid_of() {
	awk -v parent="$supervisor" -v name="assay-$1" '
		$1 == "Name:" {is = $2 == name}
		$1 == "PPid:" && $2 == parent && is {
			split(FILENAME, part, "/"); print part[3]; exit
		}' /proc/[0-9]*/status 2>/dev/null
}

# has PID KEY VALUE: a line of its status.
has() {
	[ "$(sed -n "s/^$2:[[:space:]]*//p" "/proc/${1:-none}/status" \
		2>/dev/null)" = "$3" ]
}

for name in collect seal send; do
	tries=0
	pid=
	while [ "$tries" -lt 300 ] && kill -0 "$supervisor"; do
		pid=$(pid_of $name)
		[ -n "$pid" ] && has "$pid" Seccomp 2 && break
		sleep 0.1
		tries=$((tries + 1))
	done
	[ -n "$pid" ] && has "$pid" Seccomp 2
	check $? "K1 K4: [$name] runs behind a filter of system calls"
	has "$pid" NoNewPrivs 1
	check $? "[$name] can gain no privileges"
	has "$pid" CapEff 0000000000000000 &&
		has "$pid" CapPrm 0000000000000000 &&
		has "$pid" CapInh 0000000000000000 &&
		has "$pid" CapAmb 0000000000000000
	check $? "K3: [$name] has no capabilities"
	if [ "$(id -u)" = 0 ]; then
		has "$pid" CapBnd 0000000000000000
		check $? "[$name] can have none again"
	else
		skip "[$name] can have none again" "not root"
	fi
	# Links: "socket:[inode]", a path, "anon_inode:...".
	ls -l "/proc/${pid:-none}/fd" 2>/dev/null | sed -n 's/.* -> //p' >"$work/fd-$name"
	# Field 6 of stat, the session: its own, without a terminal.
	[ "$(cut -d ' ' -f 6,7 "/proc/${pid:-none}/stat" 2>/dev/null)" = "$pid 0" ]
	check $? "[$name] has no terminal to type into"
	[ -s "$work/fd-$name" ] &&
		! grep '^/dev/' "$work/fd-$name" | grep -qvx '/dev/null'
	check $? "K3: [$name] holds no device while nobody asks"
done

# sockets NAME: how many it holds; TCP ones are in the kernel's list.
sockets() {
	sed -n 's/^socket:\[\(.*\)\]$/\1/p' "$work/fd-$1"
}
for name in collect seal; do
	sockets $name >"$work/inodes"
	[ -s "$work/inodes" ] && ! awk 'NR == FNR {mine[$1]; next}
		$10 in mine {found = 1} END {exit !found}' \
		"$work/inodes" /proc/net/tcp
	check $? "[$name] has a peer, and no connection of the network"
done
sockets send >"$work/inodes"
awk 'NR == FNR {mine[$1]; next} $10 in mine {n++; if ($4 == "0A") bad = 1}
	END {exit n != 1 || bad}' "$work/inodes" /proc/net/tcp
check $? "K1: [send] has one connection, and listens on none"
finish "$supervisor"

# --- What a report says, and a kernel without Landlock.

nonce=$(printf '%064d' 7)
# reported ARGUMENT...: a bundle; and what "assay show" says was in force.
reported() {
	rm -f "$work/bundle"
	"$agent" report --nonce "$nonce" -o "$work/bundle" \
		--platform "auto:$work" --tpm "swtpm:path=$work/tpm.sock" \
		--send-eventlog no "$@" >"$work/out" 2>"$work/err"
	status=$?
	[ ! -s "$work/bundle" ] ||
		"$assay" show --json "$work/bundle" >"$work/out" 2>>"$work/err"
}

reported
[ $status -eq 0 ] && grep -q '"seccomp"' "$work/out" &&
	grep -q '"Landlock"' "$work/out" &&
	grep -q '"no capabilities"' "$work/out"
check $? "a report says what was in force"
if getent passwd assay-collect >/dev/null &&
	getent passwd assay-seal >/dev/null &&
	getent passwd assay-send >/dev/null && [ "$(id -u)" = 0 ]; then
	grep -q '"own users"' "$work/out"
else
	[ $status -eq 0 ] && ! grep -q '"own users"' "$work/out"
fi
check $? "users of their own are told when they are there, and only then"

ASSAY_MOCK_KERNEL_WITHOUT_LANDLOCK=1
export ASSAY_MOCK_KERNEL_WITHOUT_LANDLOCK
reported
[ $status -eq 77 ] && [ ! -e "$work/bundle" ] &&
	grep -q SANDBOX_MISSING "$work/err"
check $? "a MOCK kernel without Landlock: nothing is done"
reported --require-sandbox no
[ $status -eq 0 ] && grep -q '"seccomp"' "$work/out" &&
	! grep -q '"Landlock"' "$work/out"
check $? "unless the owner says so; then the report tells"
# What the agent itself says of all this.
"$agent" selfcheck --json --require-sandbox no >"$work/out" 2>"$work/err"
[ $? -eq 1 ] && grep -q SELFCHECK_FAILED "$work/err" &&
	grep -q '"id":"K4","[^}]*"holds":false' "$work/out" &&
	grep -q '"id":"K1","[^}]*"holds":true' "$work/out"
check $? "without Landlock selfcheck says which property does not hold"
unset ASSAY_MOCK_KERNEL_WITHOUT_LANDLOCK
"$agent" selfcheck --json >"$work/out" 2>"$work/err"
[ $? -eq 0 ] && [ "$(grep -o '"seccomp":2' "$work/out" | wc -l)" -eq 3 ] &&
	[ "$(grep -o '"holds":true' "$work/out" | wc -l)" -eq 7 ] &&
	[ "$(grep -o '"holds":null' "$work/out" | wc -l)" -eq 3 ] &&
	grep -q "$(sha256sum "$agent" | cut -c1-64)" "$work/out"
check $? "selfcheck looks at each process, and says what no look can tell"
plan
