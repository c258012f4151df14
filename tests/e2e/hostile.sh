#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The whole agent against a verifier that does all it can to be more than one:
# afterwards this host is as it was before.  A software TPM, the MOCK of
# NVIDIA's library, hostile-verifier.  Prints TAP.
#
# ASSAY_HOSTILE_RUNS: how many reports (50), ASSAY_HOSTILE_SEED: of which seed.
here=$(dirname "$0")
# shellcheck source=tests/e2e/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/e2e/swtpm.sh
. "$here/swtpm.sh"
# shellcheck source=tests/e2e/mock_host.sh
. "$here/mock_host.sh"

: "${ASSAY_SOURCE:?set it to the folder of the sources}"
agent=$ASSAY_BIN/assay-agent
runs=${ASSAY_HOSTILE_RUNS:-50}
seed=${ASSAY_HOSTILE_SEED:-2026}
for tool in swtpm tpm2_getcap; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
"$agent" measure --platform simulated >"$work/out" 2>"$work/err"
! said PLATFORM_UNKNOWN || skip_all "simulated boards are not built in"

# --- A host: its files, its accelerators, its TPM.

host=$work/host
calls=$work/calls
anybody=$ASSAY_SOURCE/tests/hostile-verifier/nobody.pem
fixture=$ASSAY_SOURCE/tests/fixtures/board-h100/board.ini
mkdir -p "$host/etc" "$host/state" "$host/tmp" "$host/home" "$host/proc" \
	"$host/sys/bus/pci/devices" "$work/swtpm/state"
pci_tree "$fixture" "$host"
cp "$fixture" "$host/gpu-settings"
start_tpm "$work/swtpm"
tpm=swtpm:path=$work/tpm.sock
cat >"$host/etc/agent.conf" <<END
platform = auto:$host
tpm = $tpm
send-eventlog = no
state = $host/state/state
timeout = 3
END

limit=96000
# shellcheck disable=SC3045
(ulimit -v $limit && "$agent" --version) >/dev/null 2>&1 || limit=unlimited

# there COMMAND...: on that host, with an environment of its own.
there() (
	cd "$host" || exit 1
	exec env -i PATH="$PATH" HOME="$host/home" TMPDIR="$host/tmp" \
		LD_LIBRARY_PATH="$ASSAY_TEST_BIN/nvml" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
		NVML_MOCK_BOARD="$host/gpu-settings" NVML_MOCK_LOG="$calls" \
		ASSAY_MOCK_FOLDERS="$work" "$@"
)

# on_host ARGUMENT...: the agent there, bounded in memory and, against hangs,
# in time.
on_host() (
	# shellcheck disable=SC3045
	ulimit -v $limit
	there timeout -k 5 60 "$agent" "$@" --config "$host/etc/agent.conf"
)

# Every file with its owner, mode and contents; of the chain of reports the
# contents may change, and nothing else of it.
files() {
	find "$host" ! -path "$host/state/state" \
		-printf '%P %y %m %U:%G %s %T@ %l\n' | sort
	stat -c '%n %F %a %U:%G %s' "$host/state/state"
	find "$host" -type f ! -path "$host/state/state" \
		-exec sha256sum {} + | sort
}

# All that a TPM keeps; its clock alone may go on.
tpm_state() {
	for what in handles-persistent handles-nv-index handles-transient \
		handles-loaded-session handles-saved-session pcrs; do
		echo "$what"
		tpm2_getcap -T "$tpm" $what
	done
	tpm2_getcap -T "$tpm" properties-variable
	tpm2_pcrread -T "$tpm"
	tpm2_readclock -T "$tpm" | grep -E 'reset|restart|safe'
}

# Processes that were begun on the host and are still there.
processes() {
	for link in /proc/[0-9]*/cwd; do
		case $(readlink "$link" 2>/dev/null) in
		"$host"*) cat "${link%cwd}comm" ;;
		esac
	done
}

state_of_host() {
	files
	tpm_state
	processes
	find /etc/assay /var/lib/assay 2>/dev/null | sort
}

# serve ARGUMENT...: hostile-verifier; sets port, its log is $work/said.
serve() {
	: >"$work/port"
	"$ASSAY_TEST_BIN/hostile-verifier" "$@" >"$work/port" 2>"$work/said" &
	stub=$!
	pids="$pids $stub"
	tries=0
	while [ ! -s "$work/port" ] && [ "$tries" -lt 500 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
	port=$(cat "$work/port")
}

nonce=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f

# --- Once without fault, so that there is a chain.

serve accept-any
on_host run --once --verifier "http://127.0.0.1:$port" >"$work/out" 2>"$work/err"
status=$?
[ "$status" -eq 0 ] && [ "$(stat -c %s "$host/state/state")" -eq 1024 ] &&
	grep -q nvmlDeviceGetName "$calls"
check $? "a report, in which the library was asked"

# N40: what travels does so over sockets, and never where others can look.
[ ! -s "$work/err" ]
check $? "N40: of a good report nothing is told"
finish $stub
serve no-answer
on_host run --once --timeout 20 --verifier "http://127.0.0.1:$port" \
	>"$work/out" 2>"$work/err" &
waiting=$!
tries=0
while [ "$(processes | grep -c '^assay-')" -lt 4 ] && [ "$tries" -lt 250 ]; do
	sleep 0.02
	tries=$((tries + 1))
done
: >"$work/seen"
for link in /proc/[0-9]*/cwd; do
	dir=${link%/cwd}
	[ "$(readlink "$link" 2>/dev/null)" = "$host" ] || continue
	grep -q '^assay-' "$dir/comm" || continue
	cat "$dir/comm" >>"$work/seen"
	tr '\0' '\n' <"$dir/cmdline" >>"$work/arguments"
	tr '\0' '\n' <"$dir/environ" >>"$work/environ"
	for fd in "$dir"/fd/*; do
		inode=$(readlink "$fd" | sed -n 's/^socket:\[\(.*\)\]$/\1/p')
		[ -n "$inode" ] || continue
		cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/raw \
			2>/dev/null | awk -v i="$inode" '$10 == i {print $4}' \
			>>"$work/sockets"
		awk -v i="$inode" '$7 == i && $4 ~ /1....$/ {print "unix " $0}' \
			/proc/net/unix >>"$work/sockets"
	done
done
sort -u "$work/seen" | tr '\n' ' ' >"$work/out"
[ "$(cat "$work/out")" = "assay-agent assay-collect assay-seal assay-send " ]
check $? "four processes wait for an answer"
! grep -Ev '^(01|02)$' "$work/sockets"
check $? "N3: K1: none of them listens; one connection goes out"
[ "$(wc -l <"$work/sockets")" -eq 1 ]
check $? "and there is one connection"
sort -u "$work/arguments" >"$work/out"
printf '%s\n' "$agent" run --once --timeout 20 --verifier \
	"http://127.0.0.1:$port" --config "$host/etc/agent.conf" |
	sort -u | cmp -s - "$work/out"
check $? "N40: their arguments are those that were given"
there env | sort >"$work/expected"
sort -u "$work/environ" | cmp -s - "$work/expected"
check $? "N40: their environment is that of who started them"
finish $stub
wait $waiting

# T37: of what else is on this host, nothing is in a report.  Its own log, by
# the way, is the owner's to send or not; here it is not sent.
on_host report --nonce "$nonce" -o "$work/bundle" >"$work/out" 2>"$work/err"
status=$?
[ "$status" -eq 0 ] && grep -aq 'MOCK' "$work/bundle"
check $? "a report to look into"
{
	uname -n
	cat /etc/hostname /proc/sys/kernel/hostname
	cat /sys/class/net/*/address | grep -v '^00:00:00:00:00:00$'
	for link in /proc/[0-9]*/comm; do
		cat "$link"
	done | grep -E '^.{6,}$'
	awk -F: '{print $1; print $6}' /etc/passwd | grep -E '^.{6,}$'
	hostname -I | tr ' ' '\n'
	id -un
	pwd
	echo "$host"
} 2>/dev/null | grep -E '^.{4,}$' | grep -Evx 'assay-.*' | sort -u \
	>"$work/names"
grep -aoFf "$work/names" "$work/bundle" | sort -u >"$work/out"
[ "$(wc -l <"$work/names")" -gt 5 ] && [ ! -s "$work/out" ]
check $? "T37: none of $(wc -l <"$work/names") names, addresses and processes \
of this host is in it"
! grep -Ei 'util|process|account|sample|running' "$calls"
check $? "T37: the library was asked for no utilisation and no processes"

# N4: a state that others could have put there is not used.
mv "$host/state/state" "$work/kept"
echo precious >"$host/target"
ln -s ../target "$host/state/state"
on_host run --once --verifier "http://127.0.0.1:1" >"$work/out" 2>"$work/err"
status=$?
[ "$status" -eq 74 ] && [ "$(cat "$host/target")" = precious ]
check $? "N4: a link is no state file"
rm "$host/state/state" "$host/target"
mkdir "$host/state/state"
on_host run --once --verifier "http://127.0.0.1:1" >"$work/out" 2>"$work/err"
status=$?
[ "$status" -eq 74 ]
check $? "N4: nor is a folder"
rmdir "$host/state/state"
mv "$work/kept" "$host/state/state"

# N6: no file of a known name in a place that all can write to.
if nm "$agent" 2>/dev/null | grep -qE ' __(asan_init|ubsan_handle)'; then
	skip "N6: the program knows no folder for temporary files" \
		"sanitizers do"
else
	! grep -aoE '/tmp[A-Za-z0-9/._-]*|/var/tmp|/dev/shm' "$agent" \
		>"$work/out"
	check $? "N6: the program knows no folder for temporary files"
fi

# --- T32 T33 K2: whatever it says.

state_of_host >"$work/before"
for what in gpu-settings sys/bus/pci/devices state/state reset_count sha256: \
	TPM2_PT_PERMANENT handles-nv-index; do
	grep -q "$what" "$work/before" || echo "no $what"
done >"$work/out"
[ ! -s "$work/out" ]
check $? "the state of the host is known before"
serve --seed "$seed"
: >"$calls"
: >"$work/codes"
i=0
bad=0
while [ "$i" -lt "$runs" ]; do
	i=$((i + 1))
	url=http://127.0.0.1:$port
	[ $((i % 10)) -ne 0 ] || url=https://127.0.0.1:$port
	on_host run --once --verifier "$url" --ca-file "$anybody" \
		>"$work/out" 2>"$work/err"
	status=$?

	# The last answer says what may come of it.
	may=$(tail -n 1 "$work/said" | cut -d ' ' -f 2)
	code=$(sed -n 's/^assay-agent\[send\]: \([A-Z_]*\): .*/\1/p' \
		"$work/err" | grep -v VERIFIER_ANOMALY | tail -n 1)
	[ "$status" -ne 0 ] || code=OK
	echo "$code" >>"$work/codes"
	right=1
	case "|$may|" in
	*"|$code|"*) right=0 ;;
	esac
	[ ! -s "$work/out" ] || right=1
	[ "$status" -ne 124 ] && [ "$status" -ne 137 ] || right=1
	[ "$right" -eq 0 ] && continue
	bad=$((bad + 1))
	echo "# run $i: exit $status, ${code:-no code} where $may was due:"
	tail -n 2 "$work/said" | sed 's/^/#   /'
	sed 's/^/#   /' "$work/err"
done
[ $bad -eq 0 ]
check $? "T32 T33: $runs reports, each ends as its answers allow, and says why"
sort "$work/codes" | uniq -c | sort -rn | sed 's/^/#/'
echo "# $(wc -l <"$work/said") hostile answers of seed $seed"
[ "$(wc -l <"$work/said")" -ge "$runs" ]
check $? "every one of them was answered"
finish $stub

state_of_host >"$work/after"
diff "$work/before" "$work/after" >"$work/difference"
status=$?
sed 's/^/# /' "$work/difference"
check $status "K2: files, processes, sysfs and TPM are as they were"
grep -q nvmlInit_v2 "$calls" &&
	! grep -Ev '^nvml((Device|System)Get[A-Za-z0-9_]*|Init_v2|Shutdown)$' \
		"$calls"
check $? "K3: $(sort -u "$calls" | wc -l) functions of the library were \
called, getters all"
plan
